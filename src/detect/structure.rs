//! Structure: the fields that stand beside each other in one record of JSON, YAML, XML and what looks like them.
//!
//! In: text, the name of one field of a record, and how it is written. Out: the other fields of the record, each with the
//! place where its value begins, and the range of the text that this was read from. No text is parsed from its start: reading goes
//! from the field outwards, to both ends of its record, and past what is nested in between. So the answer depends on
//! nothing farther than the bytes that were read, at most [`FAR`] to either side (docs/design.md, law 3).
//! Refuses nothing: text that is no such record has no fields. No byte is read by more than a few records, however they are
//! nested: a record ends where a field of the same name comes again, in whatever case and with whatever joints, and what is
//! nested more than 16 deep ends it.

mod brackets;
mod field;
mod lines;
mod markup;
#[cfg(test)]
mod tests;

pub use field::{FAR, Field, Form, Wanted};
use std::ops::Range;

/// Shows all fields of the record that has a field named at `name`, that field among them or not, and gives the range that
/// was read.
pub fn fields(text: &[u8], name: &Range<usize>, form: Form, see: &mut dyn FnMut(Field) -> Wanted) -> Range<usize> {
    match form {
        Form::Brackets(escapes) => brackets::fields(text, name, escapes, see),
        Form::Lines => lines::fields(text, name, see),
        Form::Attributes => markup::attributes(text, name, see),
        Form::Elements => markup::elements(text, name, see),
    }
}

/// Shows the fields of the record that is the value of a field, and gives the range that was read.
pub fn nested(text: &[u8], field: &Field, form: Form, see: &mut dyn FnMut(Field) -> Wanted) -> Range<usize> {
    match form {
        Form::Brackets(escapes) => brackets::nested(text, field.value, escapes, see),
        Form::Lines => lines::nested(text, field, see),
        Form::Attributes | Form::Elements => field.value..field.value,
    }
}
