//! `Authorization` headers: the credentials behind the scheme words `Bearer` and `Basic`.
//!
//! In: text and the scheme word. Out: [`Parsed`]. `Basic` credentials must decode to `name:password` (RFC 7617), which
//! text behind the word hardly ever does. Refuses prose, variables and templates.

use super::judge;
use super::key::{at, cut};
use super::parsed::Parsed;
use super::refused::refused;
use super::shape::Shape;
use crate::finding::evidence::{Evidence, Reason};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use std::ops::Range;

/// Longest credentials in bytes.
const MAX: usize = 1024;

/// Whether the telling word is a scheme of an `Authorization` header.
pub(super) fn is_scheme(word: &[u8]) -> bool {
    word.trim_ascii().eq_ignore_ascii_case(b"bearer") || word.trim_ascii().eq_ignore_ascii_case(b"basic")
}

/// The password in the credentials of a `Basic` header; `None` if they do not decode to `name:password`.
pub(super) fn password_of_basic(value: &[u8]) -> Option<Vec<u8>> {
    let decoded = STANDARD.decode(value).or_else(|_| STANDARD_NO_PAD.decode(value)).ok()?;
    let colon = decoded.iter().position(|b| *b == b':')?;
    let text = decoded.iter().all(|b| (0x20..0x7f).contains(b));
    let password = decoded.get(colon + 1..)?;
    (text && colon + password.len() > 2 && !password.is_empty()).then(|| password.to_vec())
}

/// The credentials behind the scheme at `word`.
pub(super) fn parse(view: &[u8], word: Range<usize>) -> Option<Parsed> {
    let basic = cut(view, word.clone()).trim_ascii().eq_ignore_ascii_case(b"basic");
    if word.start > 0 && (at(view, word.start - 1).is_ascii_alphanumeric() || at(view, word.start - 1) == b'_') {
        return None;
    }
    let mut start = word.end;
    while matches!(at(view, start), b' ' | b'\t') && start < word.end + 4 {
        start += 1;
    }
    if start == word.start + cut(view, word.clone()).trim_ascii_end().len() {
        return None;
    }
    let rest = cut(view, start..start + MAX);
    let len = rest
        .iter()
        .position(|b| {
            !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b'.' | b'~' | b'%'))
        })
        .unwrap_or(rest.len());
    let mut value = cut(rest, 0..len);
    // A percent sign begins one of those characters, as URLs write it; any other ends the credentials.
    let part = |i: usize| {
        [&b"2B"[..], b"2F", b"3D", b"2D", b"5F", b"2E", b"7E"]
            .iter()
            .any(|code| cut(value, i + 1..i + 3).eq_ignore_ascii_case(code))
    };
    if let Some(other) = memchr::memchr_iter(b'%', value).find(|i| !part(*i)) {
        value = cut(value, 0..other);
    }
    while let [head @ .., b'.'] = value {
        value = head;
    }
    if value.len() < 6 || len == MAX || refused(value, false) {
        return None;
    }
    let end = start + value.len();
    let mut evidence = Vec::with_capacity(8);
    let shape = Shape::new(value);
    if basic {
        let password = password_of_basic(value)?;
        evidence.push(Evidence::new(Reason::BasicHeader));
        if Shape::new(&password).weak {
            // Lighter than beside a name: a header is made to be sent.
            evidence.push(Evidence { weight: Some(-45), ..Evidence::new(Reason::CommonStandIn) });
        }
    } else {
        // Prose and code: `bearer token`, `Bearer authentication`.
        let plain = shape.digit == 0;
        if plain && (value.len() < 16 || !shape.noisy()) {
            return None;
        }
        evidence.push(Evidence::new(Reason::BearerHeader));
        judge::of_header(&shape, &mut evidence);
    }
    Some(Parsed { whole: word.start..end, secret: start..end, read: word.start..end, value: None, evidence })
}
