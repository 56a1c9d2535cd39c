//! What records are made of: fields, the ways in which they are written, and limits.
//!
//! In: nothing; these are types and constants. Out: [`Form`], [`Field`], [`Wanted`].

use std::ops::Range;

/// How far a record is read to either side of a name in it, in bytes.
pub const FAR: usize = 96 * 1024;
/// Deepest nesting between two fields of one record.
pub(super) const DEPTH: usize = 16;

/// How a record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `{"name": ..., "value": ...}`, with quotes or without, `=` or `=>` in place of the colon; the quotes have this many
    /// backslashes before them.
    Brackets(usize),
    /// Fields on lines of their own, as far indented as each other: YAML.
    Lines,
    /// Attributes of one tag: `<add key="..." value="..."/>`.
    Attributes,
    /// Elements beside each other: `<name>...</name><value>...</value>`.
    Elements,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Range<usize>,
    /// Where its value begins, or the white space before it.
    pub value: usize,
}

/// Whether more fields are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Go on.
    More,
    /// What was looked for is there.
    Enough,
}

/// The byte at `at`, 0 outside.
pub(super) fn at(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// The name of our own field, at which a record ends when it comes again. Whoever writes it in another case, with other
/// joints or with another prefix (`Name`, `na_me`, `x.name`) must not make each of a thousand such fields read all of them.
pub(super) struct Own<'t> {
    name: &'t [u8],
    /// There is a prefix before it that is not part of it.
    prefixed: bool,
}

impl<'t> Own<'t> {
    pub(super) fn new(text: &'t [u8], name: &Range<usize>) -> Self {
        let before = name.start.checked_sub(1).map_or(0, |before| at(text, before));
        let prefixed = names(before) || matches!(before, b':' | b'@');
        Self { name: text.get(name.clone()).unwrap_or_default(), prefixed }
    }

    /// Whether a field with the name `other` is ours once more.
    pub(super) fn is(&self, other: &[u8]) -> bool {
        let mut parts = other.rsplit(|b| matches!(b, b'.' | b':' | b'@'));
        let other = if self.prefixed { parts.next().unwrap_or_default() } else { other };
        other == self.name || folded(other).eq(folded(self.name))
    }
}

/// Letters and digits of a name, in lower case.
fn folded(name: &[u8]) -> impl Iterator<Item = u8> + '_ {
    name.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase)
}

/// Whether a byte can be part of a name that is written without quotes.
pub(super) fn names(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}
