//! JSON web keys (RFC 7517, 7518, 8037), in sets or alone, with their members in any order; and the same of .NET
//! (`RSAParameters`).
//!
//! In: text and the range of a name that every such object has (`"kty"`, `"InverseQ"`). Out: the private member, if the
//! object has one, and whether the lengths of its numbers prove a key. An object is read as far as its braces; without
//! braces (YAML) as far as the lines around it go that have members.

use super::found::{BEFORE, Bare};
use super::members::{Members, Value};
use crate::check::key::bits;
use crate::check::pem;
use std::ops::Range;

/// Most lines of a key without braces, to either side of the name.
const LINES: usize = 16;

/// Curves and the bytes of a number on them.
const CURVES: &[(&[u8], usize)] = &[
    (b"P-256", 32),
    (b"P-384", 48),
    (b"P-521", 66),
    (b"secp256k1", 32),
    (b"Ed25519", 32),
    (b"X25519", 32),
    (b"Ed448", 57),
    (b"X448", 56),
];

/// Reads the object around `name`.
pub(super) fn parse(text: &[u8], name: &Range<usize>) -> Option<Bare> {
    let object = object(text, name)?;
    let members = Members::new(text, &object);
    let (secret, proof) = match members.word(b"kty") {
        Some(b"RSA") => {
            let d = members.value(b"d")?;
            let n = members.value(b"n").map(|v| v.bytes).unwrap_or_default();
            let proof = rsa(&n, &d.bytes, [b"p", b"q"].map(|name| members.value(name)));
            (d, proof)
        }
        Some(b"EC" | b"OKP") => {
            let d = members.value(b"d")?;
            let curve = members.word(b"crv").unwrap_or_default();
            let size = CURVES.iter().find(|(name, _)| *name == curve).map(|(_, size)| *size);
            let public = members.value(b"x").is_some_and(|x| Some(x.bytes.len()) == size);
            let proof = (public && Some(d.bytes.len()) == size).then(|| String::from_utf8_lossy(curve).into_owned());
            (d, proof)
        }
        Some(b"oct") => (members.value(b"k")?, None),
        Some(_) => return None,
        None => {
            let (d, n) = (members.value(b"D")?, members.value(b"Modulus")?);
            let proof = rsa(&n.bytes, &d.bytes, [members.value(b"P"), members.value(b"Q")])?;
            let value = pem::body_of(&d.bytes);
            return Some(Bare {
                extent: d.range.clone(),
                secret: d.range,
                value,
                proof: Some(proof),
                encrypted: false,
            });
        }
    };
    if secret.bytes.len() < MIN_SECRET {
        return None;
    }
    let value = text.get(secret.range.clone())?.to_vec();
    Some(Bare { extent: secret.range.clone(), secret: secret.range, value, proof, encrypted: false })
}

/// Fewest bytes of a private member.
const MIN_SECRET: usize = 16;

/// The kind of an RSA key if its numbers have the lengths that belong together.
pub(super) fn rsa(n: &[u8], d: &[u8], primes: [Option<Value>; 2]) -> Option<String> {
    let size = bits(n);
    let fits = size >= 512 && bits(d) <= size && bits(d) * 4 > size;
    let [p, q] = primes.map(|prime| prime.map(|v| bits(&v.bytes)));
    let product = match (p, q) {
        (Some(p), Some(q)) => p + q <= size + 16 && p + q + 16 >= size,
        _ => true,
    };
    (fits && product).then(|| format!("RSA, {size} bits"))
}

/// The bytes between the braces around `name`, or the lines around it. Another object's `name` ends it.
fn object(text: &[u8], name: &Range<usize>) -> Option<Range<usize>> {
    let mark = text.get(name.clone())?;
    let from = name.start.saturating_sub(BEFORE);
    let before = text.get(from..name.start)?;
    let from = memchr::memmem::rfind(before, mark).map_or(from, |at| from + at + mark.len());
    let to = text.len().min(name.end + BEFORE);
    let to = memchr::memmem::find(text.get(name.end..to)?, mark).map_or(to, |at| name.end + at);
    let (before, after) = (text.get(from..name.start)?, text.get(name.end..to)?);
    let Some(open) = unmatched(before.iter().rev(), b'}', b'{') else { return Some(lines(before, after, name)) };
    let close = unmatched(after.iter(), b'{', b'}').unwrap_or(after.len());
    Some(name.start - open..name.end + close)
}

/// Where the first `up` is that no `down` before it goes with.
fn unmatched<'b>(bytes: impl IntoIterator<Item = &'b u8>, down: u8, up: u8) -> Option<usize> {
    let mut depth = 0_usize;
    bytes.into_iter().position(|b| {
        let is_ours = *b == up && depth == 0;
        if *b == down {
            depth += 1;
        } else if *b == up {
            depth = depth.saturating_sub(1);
        }
        is_ours
    })
}

/// The lines around `name` that have members.
fn lines(before: &[u8], after: &[u8], name: &Range<usize>) -> Range<usize> {
    let has = |line: &[u8]| line.contains(&b':');
    let is_item = |line: &[u8]| line.trim_ascii_start().starts_with(b"- ");
    let mut start = name.start;
    for (n, line) in before.rsplit(|b| *b == b'\n').take(LINES).enumerate() {
        // The first is the start of the name's own line.
        if n > 0 && !has(line) {
            break;
        }
        start = start.saturating_sub(line.len() + usize::from(n > 0));
        if is_item(line) {
            break;
        }
    }
    let mut end = name.end;
    for (n, line) in after.split(|b| *b == b'\n').take(LINES).enumerate() {
        if n > 0 && (!has(line) || is_item(line)) {
            break;
        }
        end += line.len() + usize::from(n > 0);
    }
    start..end
}
