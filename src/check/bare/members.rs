//! Names and values of a small flat object, in JSON (escaped or not), YAML, or program text.
//!
//! In: text and a part of it. Out: for a name where its value begins, and the value as bytes or as a word. A name is
//! what stands before a colon; nothing else of the syntax is asked for.

use super::digits::Reader;
use std::ops::Range;

/// Most members of an object that are looked at.
const MOST: usize = 64;

/// The members of an object.
pub(super) struct Members<'a> {
    text: &'a [u8],
    all: Vec<(&'a [u8], usize)>,
}

/// A value in base64.
pub(super) struct Value {
    /// Where it stands.
    pub(super) range: Range<usize>,
    /// What it decodes to.
    pub(super) bytes: Vec<u8>,
}

impl<'a> Members<'a> {
    /// The members that `part` of `text` has.
    pub(super) fn new(text: &'a [u8], part: &Range<usize>) -> Self {
        let text = text.get(..part.end).unwrap_or(text);
        let inside = text.get(part.start..).unwrap_or_default();
        let quotes = |b: &u8| matches!(b, b'"' | b'\'' | b'\\' | b' ' | b'\t');
        let named = |colon: usize| {
            let before = &inside[..colon];
            let end = before.iter().rposition(|b| !quotes(b))? + 1;
            let len = before[..end].iter().rev().take(16).take_while(|b| b.is_ascii_alphanumeric()).count();
            let after = inside.get(colon + 1..)?;
            let blanks = after.iter().take(64).take_while(|b| quotes(b) || matches!(b, b'\n' | b'\r')).count();
            (len > 0).then(|| (&before[end - len..end], part.start + colon + 1 + blanks))
        };
        Self { text, all: memchr::memchr_iter(b':', inside).take(MOST).filter_map(named).collect() }
    }

    fn value_at(&self, name: &[u8]) -> Option<usize> {
        self.all.iter().find(|(known, _)| *known == name).map(|(_, at)| *at)
    }

    /// The word that `name` has as its value.
    pub(super) fn word(&self, name: &[u8]) -> Option<&'a [u8]> {
        let rest = self.text.get(self.value_at(name)?..)?;
        let len = rest.iter().take(16).take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
        rest.get(..len)
    }

    /// The base64 that `name` has as its value.
    pub(super) fn value(&self, name: &[u8]) -> Option<Value> {
        value(self.text, self.value_at(name)?, false)
    }
}

/// The base64 at `start`; `joins`: it may go on in a further string.
pub(super) fn value(text: &[u8], start: usize, joins: bool) -> Option<Value> {
    let mut reader = Reader::new(text, start, joins);
    let (mut digits, mut end) = (Vec::new(), start);
    while let Some(digit) = reader.next_digit() {
        digits.push(digit);
        end = reader.at();
    }
    if digits.len() % 4 == 1 {
        return None;
    }
    Some(Value { range: start..end, bytes: crate::check::decode::base64(&digits)? })
}
