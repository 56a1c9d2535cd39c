//! Several literals that make one value: `"abc" + "def"`, over lines or not, and lists of names with a list of values.
//!
//! In: text and the first literal. Out: the [`Found`] from the first to the last with the text of all, or the place of the literal
//! that belongs to a name. Refuses to join what is not a literal: there the first one stays, with the remark that it goes on.

use super::join::{blanks, space};
use super::key::{Key, at, cut};
use super::literal::{Found, literal};

/// Most literals that are joined.
const MAX: usize = 64;

/// The place behind an operator that joins texts, if one is at or after `from`.
pub(super) fn after_operator(text: &[u8], from: usize) -> Option<usize> {
    let here = space(text, from);
    let len = match (at(text, here), at(text, here + 1)) {
        (b'.', b'.') | (b'+', b'+') | (b'<', b'>') => 2,
        (b'+', b'=') => return None,
        (b'+' | b'&', _) => 1,
        (b'.', b' ' | b'\n' | b'\r' | b'"' | b'\'') => 1,
        (b'\\', b'\n' | b'\r') => 1,
        _ => return None,
    };
    Some(space(text, here + len))
}

/// Whether an empty text in quotes is at `here`.
pub(super) fn is_empty(text: &[u8], here: usize) -> bool {
    at(text, here) == at(text, here + 1) && at(text, here + 2) != at(text, here)
}

/// `first` with the literals that operators join to it.
pub(super) fn with_others(text: &[u8], first: Found) -> Found {
    join(text, first, after_operator)
}

/// `first` with the literals behind it, as they follow each other in brackets.
pub(super) fn in_brackets(text: &[u8], first: Found) -> Found {
    join(text, first, |text, from| {
        let next = after_operator(text, from).unwrap_or_else(|| space(text, from));
        matches!(at(text, next), b'"' | b'\'').then_some(next)
    })
}

fn join(text: &[u8], first: Found, next: impl Fn(&[u8], usize) -> Option<usize>) -> Found {
    if !first.quoted || first.first.is_some() {
        return first;
    }
    let mut all = first.clone();
    let mut whole: Option<Vec<u8>> = None;
    for _ in 0..MAX {
        let Some(from) = next(text, all.close) else { break };
        let Some(more) = literal(text, from, first.join).filter(|more| more.nested == first.nested) else {
            // Something else is joined to them: the first one is as much a value as before.
            return first;
        };
        let so_far = whole.take().unwrap_or_else(|| cut(text, first.secret.clone()).to_vec());
        whole = Some([&so_far, cut(text, more.secret.clone())].concat());
        all.secret.end = more.secret.end;
        all.close = more.close;
    }
    if whole.is_some() {
        all.joined = false;
        all.text = whole;
    }
    all
}

/// Where the value of `key` begins if several names are assigned at once: as many values along as names stand before it.
pub(super) fn after_names(text: &[u8], here: usize, key: &Key) -> usize {
    if key.closing > 0 || !matches!(at(text, here), b'"' | b'\'') || key.lead != b' ' {
        return here;
    }
    let before = cut(text, key.ident.start.saturating_sub(80)..key.ident.start);
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
    let Some(names) = line.strip_suffix(b",") else { return here };
    let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b',' | b' ' | b'$' | b'@');
    if !names.iter().all(name) {
        return here;
    }
    let mut place = here;
    for _ in names.split(|b| *b == b',') {
        let Some(found) = literal(text, place, super::join::Join::Equals) else { return here };
        let comma = blanks(text, found.close);
        if at(text, comma) != b',' {
            return here;
        }
        place = space(text, comma + 1);
    }
    place
}
