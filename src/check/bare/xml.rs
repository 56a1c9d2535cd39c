//! RSA keys in the XML of .NET: `<RSAKeyValue>` (XML signatures) and `<RSAParameters>`, plain, escaped or in a string.
//!
//! In: text and the range of the element's name. Out: the key if it has the private exponent and its numbers have the
//! lengths that belong together; a public key has only `Modulus` and `Exponent` and is nothing.

use super::found::{Bare, REACH};
use super::members::{Value, value};
use super::web;
use crate::check::pem;
use std::ops::Range;

/// Most elements that are looked at.
const MOST: usize = 32;
/// Most bytes of an opening tag.
const TAG: usize = 160;
/// How an angle bracket is written: in XML, escaped for XML, in JSON.
const LESS: [&[u8]; 3] = [b"<", b"&lt;", b"\\u003c"];
const GREATER: [&[u8]; 3] = [b">", b"&gt;", b"\\u003e"];

/// Reads the element whose opening tag has its name at `name`.
pub(super) fn parse(text: &[u8], name: Range<usize>) -> Option<Bare> {
    let end = text.len().min(name.end + REACH);
    let after = text.get(name.end..end)?;
    // The closing tag, or another key.
    let close = memchr::memmem::find(after, text.get(name.clone())?)?;
    let seen = text.get(..name.end + close)?;
    let mut found: [Option<Value>; 4] = [const { None }; 4];
    let mut at = name.end;
    for _ in 0..MOST {
        let Some((tag, next)) = next_tag(seen, at) else { break };
        at = next;
        let slot = [&b"Modulus"[..], b"D", b"P", b"Q"].iter().position(|known| *known == tag);
        if let Some(slot) = slot.and_then(|slot| found.get_mut(slot)) {
            *slot = value(seen, at, true);
            at = slot.as_ref().map_or(at, |v| v.range.end);
        }
    }
    let [modulus, exponent, p, q] = found;
    let exponent = exponent?;
    let kind = web::rsa(&modulus?.bytes, &exponent.bytes, [p, q])?;
    let rest = text.get(name.end + close + name.len()..)?;
    let tail = GREATER.iter().find(|g| starts(rest, g)).map_or(0, |g| g.len());
    let before = text.get(..name.start)?;
    let head = LESS.iter().find(|l| before.len() >= l.len() && starts(&before[before.len() - l.len()..], l));
    let extent = name.start - head.map_or(0, |l| l.len())..name.end + close + name.len() + tail;
    let value = pem::body_of(&exponent.bytes);
    Some(Bare { extent: extent.clone(), secret: extent, value, proof: Some(kind), encrypted: false })
}

fn starts(text: &[u8], with: &[u8]) -> bool {
    text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

/// The name of the next opening tag after `at`, and where its content begins.
fn next_tag(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let mut at = at;
    loop {
        let rest = text.get(at..)?;
        at += memchr::memchr3(b'<', b'&', b'\\', rest)?;
        let rest = text.get(at..)?;
        let Some(less) = LESS.iter().find(|l| starts(rest, l)) else {
            at += 1;
            continue;
        };
        at += less.len();
        let rest = text.get(at..)?;
        let len = rest.iter().take(64).take_while(|b| b.is_ascii_alphanumeric() || **b == b':').count();
        let name = rest.get(..len)?;
        let name = name.rsplit(|b| *b == b':').next().unwrap_or(name);
        if name.is_empty() {
            continue;
        }
        let tag = rest.get(len..rest.len().min(len + TAG))?;
        let close = (0..tag.len()).find_map(|n| {
            let greater = GREATER.iter().find(|g| starts(&tag[n..], g))?;
            Some(n + greater.len())
        });
        if let Some(close) = close {
            return Some((name, at + len + close));
        }
    }
}
