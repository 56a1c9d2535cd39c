//! Values that are longer than [`MAX_VALUE`]: tokens and keys of one run of characters.
//!
//! In: text and a [`Key`]. Out: whether such a value follows ([`follows`]), which the bytes close to the name tell, and then the
//! [`Found`] ([`value`]). Refuses what has blanks, other characters than those of base64 and its like, or no end.

use super::join::{Join, blanks};
use super::key::{Key, at, cut};
use super::literal::{Found, MAX_VALUE};
use std::ops::Range;

/// Longest value in bytes.
const MAX: usize = 32 * 1024;

fn belongs(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'.')
}

/// Where the value begins, and the quote around it.
fn start(text: &[u8], key: &Key) -> Option<(usize, Option<u8>)> {
    let here = blanks(text, key.ident.end + key.closing);
    let sign = at(text, here);
    if !matches!(sign, b'=' | b':') || matches!(at(text, here + 1), b'=' | b':') {
        return None;
    }
    let from = blanks(text, here + 1 + usize::from(at(text, here + 1) == b'>'));
    let mark = at(text, from);
    let quoted = matches!(mark, b'"' | b'\'');
    Some((from + usize::from(quoted), quoted.then_some(mark)))
}

fn run(text: &[u8], from: usize, most: usize) -> Range<usize> {
    let rest = cut(text, from..from + most);
    let len = rest.iter().position(|b| !belongs(*b)).unwrap_or(rest.len());
    from..from + len + cut(rest, len..len + 2).iter().take_while(|b| **b == b'=').count()
}

/// Whether a value follows that is too long for the other readers.
pub(super) fn follows(text: &[u8], key: &Key) -> bool {
    start(text, key).is_some_and(|(from, _)| run(text, from, MAX_VALUE).len() >= MAX_VALUE)
}

/// The value, if it ends where it may end.
pub(super) fn value(text: &[u8], key: &Key) -> Option<Found> {
    let (from, quote) = start(text, key)?;
    let secret = run(text, from, MAX);
    let ends = match quote {
        Some(mark) => at(text, secret.end) == mark,
        None => at(text, secret.end).is_ascii_whitespace() || secret.end == text.len(),
    };
    if secret.len() < MAX_VALUE || !ends {
        return None;
    }
    let mut found = Found::new(secret.clone(), secret.end + usize::from(quote.is_some()), Join::Equals);
    found.quoted = quote.is_some();
    Some(found)
}
