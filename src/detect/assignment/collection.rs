//! The values of a list or map whose name tells: `tokens: {alice: "...", bob: "..."}`, a list of YAML, a section of TOML.
//!
//! In: text and the name. Out: a [`Found`] for each value that a program made, keys left out. Refuses names of one thing, values
//! in brackets of their own, and words: of what people made up only a name of its own says what it is.

use super::join::{Join, blanks, space};
use super::key::{Key, at, cut};
use super::kind::Kind;
use super::literal::Found;
use super::parsed::AFTER;
use crate::check::maker::{Maker, Use, maker};
use std::ops::Range;

/// Shortest value in bytes: so long a random one is none by chance.
const SHORTEST: usize = 12;
/// Most values of one collection.
const MOST: usize = 64;
/// How far after its name a collection opens, in bytes: `map[string]string{`.
const OPENS: usize = 64;

/// The values that belong to `key`; none if it is no collection.
pub(super) fn values(text: &[u8], key: &Key) -> Vec<Found> {
    let tail = cut(text, key.word.end..key.ident.end);
    let many = [&b"_map"[..], b"_list", b"Map", b"List", b"_MAP", b"_LIST"].iter().any(|end| tail.ends_with(end))
        || tail.first().is_some_and(|b| b.eq_ignore_ascii_case(&b's'));
    // What is under `credentials` has many kinds of parts.
    if !many || key.kind == Kind::Credential {
        return Vec::new();
    }
    let end = key.ident.end;
    // `[tokens]`
    if key.lead == b'[' && at(text, end) == b']' && matches!(at(text, end + 1), b'\n' | b'\r') {
        return lines(text, end + 1, None);
    }
    let sign = blanks(text, end + key.closing);
    let Some(sign_len) =
        [&b"=>"[..], b":=", b"=", b":"].iter().find(|s| cut(text, sign..text.len()).starts_with(s)).map(|s| s.len())
    else {
        return Vec::new();
    };
    let value = blanks(text, sign + sign_len);
    let rest = cut(text, value..value + OPENS);
    if at(text, sign) == b':' && matches!(rest.first(), Some(b'\n' | b'\r' | b'#')) {
        let line = memchr::memrchr(b'\n', &text[..key.ident.start]).map_or(0, |n| n + 1);
        let own = cut(text, line..key.ident.start).iter().take_while(|b| **b == b' ').count();
        return lines(text, value, Some(own));
    }
    let head = &rest[..rest.iter().position(|b| b"\"'`\n;,".contains(b)).unwrap_or(rest.len())];
    let open = head.iter().rposition(|b| matches!(b, b'{' | b'[' | b'('));
    open.map(|open| brackets(text, value + open + 1)).unwrap_or_default()
}

/// The values in brackets, from `from` to where they close.
fn brackets(text: &[u8], from: usize) -> Vec<Found> {
    let mut out = Vec::new();
    let (mut here, mut depth) = (from, 0_usize);
    while here < text.len() && out.len() < MOST {
        match at(text, here) {
            mark @ (b'"' | b'\'' | b'`') => {
                let rest = cut(text, here + 1..text.len());
                let Some(len) = memchr::memchr3(mark, b'\n', b'\\', rest).filter(|len| rest[*len] == mark) else {
                    break;
                };
                let next = space(text, here + len + 2);
                let is_key = at(text, next) == b':' || cut(text, next..next + 2) == b"=>";
                if depth == 0 && !is_key {
                    out.extend(made(text, here + 1..here + 1 + len, true));
                }
                here += len + 2;
            }
            b'{' | b'[' | b'(' if depth == 2 => break,
            b'{' | b'[' | b'(' => (depth, here) = (depth + 1, here + 1),
            b'}' | b']' | b')' if depth == 0 => break,
            b'}' | b']' | b')' => (depth, here) = (depth - 1, here + 1),
            b if b.is_ascii_alphanumeric() => {
                let len = cut(text, here..text.len()).iter().take_while(|b| is_word(**b)).count();
                // `[a, b]` of YAML.
                let alone = matches!(at(text, space(text, here + len)), b',' | b']' | b'}');
                if depth == 0 && alone {
                    out.extend(made(text, here..here + len, false));
                }
                here += len;
            }
            _ => here += 1,
        }
    }
    out
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.+/=".contains(&byte)
}

/// The values on the lines behind `from`: items or fields that are indented further than `own`, all of them as far as the first;
/// of a section (`None`) all up to the next one.
fn lines(text: &[u8], from: usize, own: Option<usize>) -> Vec<Found> {
    let mut out = Vec::new();
    let mut here = from;
    let mut column = None;
    while let Some(next) = cut(text, here..text.len()).iter().position(|b| *b == b'\n').filter(|_| out.len() < MOST) {
        let start = here + next + 1;
        let rest = cut(text, start..text.len());
        let end = memchr::memchr(b'\n', rest);
        // Where the text was cut, its last line may go on.
        if end.is_none() && text.len() >= from + AFTER - OPENS {
            break;
        }
        let line = &rest[..end.unwrap_or(rest.len())];
        here = start;
        let body = line.trim_ascii();
        if body.is_empty() || body.starts_with(b"#") {
            if here >= text.len() {
                break;
            }
            continue;
        }
        let lead = line.len() - line.trim_ascii_start().len();
        let item = body.strip_prefix(b"- ").map(<[u8]>::trim_ascii_start);
        let inside = match own {
            Some(own) => lead > own || (lead == own && item.is_some()),
            None => !body.starts_with(b"["),
        };
        if !inside || *column.get_or_insert(lead) != lead {
            break;
        }
        let name = |b: &u8| b.is_ascii_alphanumeric() || b"_-. \"'@".contains(b);
        let value = item.or_else(|| {
            let sign = body.iter().position(|b| matches!(b, b':' | b'=')).filter(|n| body[..*n].iter().all(name))?;
            Some(body[sign + 1..].trim_ascii_start())
        });
        let Some(value) = value else { break };
        let begin = start + lead + body.len() - value.len();
        let mark = value.first().copied().filter(|b| matches!(b, b'"' | b'\''));
        let len = match mark {
            Some(mark) => memchr::memchr(mark, &value[1..]).unwrap_or(0),
            None => value.iter().take_while(|b| is_word(**b)).count(),
        };
        let cut_off = usize::from(mark.is_some());
        let ends = value.get(len + 2 * cut_off..).unwrap_or_default().trim_ascii();
        if ends.is_empty() || matches!(ends.first(), Some(b'#' | b',')) {
            out.extend(made(text, begin + cut_off..begin + cut_off + len, mark.is_some()));
        }
    }
    out
}

/// A value that a program made.
fn made(text: &[u8], secret: Range<usize>, quoted: bool) -> Option<Found> {
    let value = text.get(secret.clone())?;
    let is_made = value.len() >= SHORTEST && maker(value, Use::Token) == Maker::Machine;
    is_made.then(|| Found { quoted, ..Found::new(secret.clone(), secret.end + usize::from(quoted), Join::Equals) })
}
