//! Structure: the fields that stand beside each other in one record of JSON, YAML, XML and what looks like them.
//!
//! In: text, the name of one field of a record, and how it is written. Out: the other fields of the record, each with the
//! place where its value begins, and the range of the text that this was read from. No text is parsed from its start: reading goes
//! from the field outwards, to both ends of its record, and past what is nested in between. So the answer depends on
//! nothing farther than the bytes that were read, at most [`FAR`] to either side (docs/design.md, law 3).
//! Refuses nothing: text that is no such record has no fields. No byte is read by more than a few records, however they are
//! nested: a record ends where a field of the same name comes again, and what is nested deeper than [`DEPTH`] ends it.

mod brackets;
mod lines;
mod markup;

use std::ops::Range;

/// How far a record is read to either side of a name in it, in bytes.
pub(super) const FAR: usize = 96 * 1024;
/// Deepest nesting between two fields of one record.
const DEPTH: usize = 16;

/// How a record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
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
pub(super) struct Field {
    /// Its name.
    pub(super) name: Range<usize>,
    /// Where its value begins, or the white space before it.
    pub(super) value: usize,
}

/// Whether more fields are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    More,
    Enough,
}

/// Shows all fields of the record that has a field named at `name`, that field among them or not, and gives the range that
/// was read.
pub(super) fn fields(
    text: &[u8],
    name: &Range<usize>,
    form: Form,
    see: &mut dyn FnMut(Field) -> Wanted,
) -> Range<usize> {
    match form {
        Form::Brackets(escapes) => brackets::fields(text, name, escapes, see),
        Form::Lines => lines::fields(text, name, see),
        Form::Attributes => markup::attributes(text, name, see),
        Form::Elements => markup::elements(text, name, see),
    }
}

/// Shows the fields of the record that is the value of a field, and gives the range that was read.
pub(super) fn nested(text: &[u8], field: &Field, form: Form, see: &mut dyn FnMut(Field) -> Wanted) -> Range<usize> {
    match form {
        Form::Brackets(escapes) => brackets::nested(text, field.value, escapes, see),
        Form::Lines => lines::nested(text, field, see),
        Form::Attributes | Form::Elements => field.value..field.value,
    }
}

/// The byte at `at`, 0 outside.
fn at(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// Whether a byte can be part of a name that is written without quotes.
fn names(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}
