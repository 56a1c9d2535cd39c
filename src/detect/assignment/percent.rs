//! Names and values whose separator is written with per cent signs: `password%3D...%26`, `%22token%22%3A%22...%22`.
//!
//! In: text and the place behind a name. Out: [`Found`] with the decoded value. A text that was encoded twice (`%253D`) is
//! read in the same way. Refuses everything else than a separator behind the name, and empty values.

use super::join::Join;
use super::key::at;
use super::literal::{Found, MAX_VALUE};

/// The character that is encoded at `from`, and how many bytes that takes.
fn encoded(text: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut here = from;
    if at(text, here) != b'%' {
        return None;
    }
    // A per cent sign that is itself encoded, at most three times.
    let mut depth = 0;
    while at(text, here + 1) == b'2' && at(text, here + 2) == b'5' && depth < 3 {
        here += 2;
        depth += 1;
    }
    let digits = std::str::from_utf8(text.get(here + 1..here + 3)?).ok()?;
    Some((u8::from_str_radix(digits, 16).ok()?, here + 3 - from))
}

/// Past `byte`, if it is what is encoded at `from`.
fn past(text: &[u8], from: usize, bytes: &[u8]) -> Option<usize> {
    encoded(text, from).filter(|(b, _)| bytes.contains(b)).map(|(_, len)| from + len)
}

fn past_blanks(text: &[u8], mut from: usize) -> usize {
    for _ in 0..4 {
        from = match at(text, from) {
            b'+' => from + 1,
            _ => past(text, from, b" ").unwrap_or(from),
        };
    }
    from
}

/// The value behind the name that ends at `end`.
pub(super) fn find(text: &[u8], end: usize) -> Option<Found> {
    let quoted = past(text, end, b"\"'");
    let mut here = past_blanks(text, quoted.unwrap_or(end));
    here = past(text, here, b"]").unwrap_or(here);
    here = if at(text, here) == b'=' { here + 1 } else { past(text, here, b"=:")? };
    here = past_blanks(text, here);
    if let Some(next) = past(text, here, b"\"'") {
        here = next;
    }
    let start = here;
    let mut value = Vec::new();
    while here < start + MAX_VALUE {
        let b = at(text, here);
        match encoded(text, here) {
            Some((b'&' | b'"' | b'\'' | b',' | b';' | b' ' | b'}' | b'<' | b'\n' | b'\r', _)) => break,
            Some((byte, len)) => {
                value.push(byte);
                here += len;
            }
            None if b.is_ascii_alphanumeric() || b"_.~-!*()+@/:$".contains(&b) => {
                value.push(b);
                here += 1;
            }
            None => break,
        }
    }
    if value.is_empty() || here >= start + MAX_VALUE {
        return None;
    }
    let mut found = Found::new(start..here, here, Join::Query);
    found.text = Some(value);
    Some(found)
}
