//! Records whose fields stand on lines of their own, as far indented as each other: block style of YAML.
//!
//! In: text and the name of a field. Out: the fields of its mapping. Lines that are indented further belong to a field before
//! them and are passed over; the mapping ends where a line is indented less, where another item of its list begins, and at
//! the end of the document. Refuses names that are not a field of their line, or that have anything but blanks, dashes and
//! quotes before them.

use super::field::{Field, Own, Wanted};
use std::ops::Range;

/// One line: how far it is indented, dashes of lists included and not, and what stands on it.
struct Line {
    /// Columns before the first dash, or before the content where there is none.
    first: usize,
    /// Columns before the content.
    column: usize,
    /// The content, without the line end.
    body: Range<usize>,
}

impl Line {
    /// The line that begins at `start`.
    fn at(text: &[u8], start: usize) -> Self {
        let end = text.get(start..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(text.len(), |n| start + n);
        let line = text.get(start..end).unwrap_or_default();
        let first = line.iter().take_while(|b| **b == b' ').count();
        let mut column = first;
        while line.get(column) == Some(&b'-') && line.get(column + 1) == Some(&b' ') {
            column += 1 + line.get(column + 1..).unwrap_or_default().iter().take_while(|b| **b == b' ').count();
        }
        Self { first, column, body: start + column..end }
    }

    fn is_item(&self) -> bool {
        self.first < self.column
    }

    /// Nothing, or a comment.
    fn is_blank(&self, text: &[u8]) -> bool {
        let body = text.get(self.body.clone()).unwrap_or_default().trim_ascii();
        body.is_empty() || body.starts_with(b"#")
    }

    fn ends_document(&self, text: &[u8]) -> bool {
        self.first == 0 && text.get(self.body.clone()).is_some_and(|b| b.starts_with(b"---") || b.starts_with(b"..."))
    }

    /// The field on this line: `name:`, in quotes or not.
    fn field(&self, text: &[u8]) -> Option<Field> {
        let body = text.get(self.body.clone())?;
        let quote = *body.first()?;
        let (name, after) = if matches!(quote, b'"' | b'\'') {
            let end = 1 + memchr::memchr(quote, body.get(1..)?)?;
            (1..end, end + 1)
        } else {
            let end = body.iter().position(|b| *b == b':' || b.is_ascii_whitespace())?;
            (0..end, end)
        };
        let colon = after + body.get(after..)?.iter().take_while(|b| **b == b' ').count();
        let ends = matches!(body.get(colon + 1), None | Some(b' ' | b'\t' | b'\r'));
        (body.get(colon) == Some(&b':') && ends && !name.is_empty()).then(|| Field {
            name: self.body.start + name.start..self.body.start + name.end,
            value: self.body.start + colon + 1,
        })
    }
}

/// Where the first line begins: behind a byte order mark.
fn first_line(text: &[u8]) -> usize {
    if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }
}

/// What was read before a line that begins at `start`: the end of another one, or a mark of UTF-8, without which the first
/// line would begin elsewhere.
fn before_line(start: usize) -> usize {
    if start <= 3 { 0 } else { start - 1 }
}

/// Where the line of `place` begins.
fn line_start(text: &[u8], place: usize) -> usize {
    let before = text.get(..place).and_then(|before| memchr::memrchr(b'\n', before));
    before.map_or_else(|| first_line(text).min(place), |n| n + 1)
}

/// Fields of the mapping that has `name`.
pub(super) fn fields(text: &[u8], name: &Range<usize>, see: &mut dyn FnMut(Field) -> Wanted) -> Range<usize> {
    let own = Line::at(text, line_start(text, name.start));
    let mut start = own.body.start - own.column;
    // A line is read with the ends of lines around it.
    let nothing = before_line(start)..text.len().min(own.body.end + 1);
    // What is no field itself would not end the record of another one like it.
    if own.field(text).is_none_or(|field| field.name != *name) {
        return nothing;
    }
    let own_name = Own::new(text, name);
    let same = |field: &Field| own_name.is(text.get(field.name.clone()).unwrap_or_default());
    let mut read = nothing;
    let top = first_line(text);
    while start > top && !own.is_item() {
        let line = Line::at(text, line_start(text, start - 1));
        start = line.body.start - line.column;
        read.start = before_line(start);
        if line.is_blank(text) {
            continue;
        }
        if line.ends_document(text) || line.first.max(if line.is_item() { line.column } else { 0 }) < own.column {
            break;
        }
        if line.column != own.column || (line.is_item() && line.first >= own.column) {
            continue;
        }
        if let Some(field) = line.field(text)
            && (same(&field) || see(field) == Wanted::Enough)
        {
            return read;
        }
        if line.is_item() {
            break;
        }
    }
    read.end = following(text, own.body.end + 1, own.column, &mut |field| {
        if same(&field) { Wanted::Enough } else { see(field) }
    });
    read
}

/// Fields of the mapping that is the value of `field`.
pub(super) fn nested(text: &[u8], field: &Field, see: &mut dyn FnMut(Field) -> Wanted) -> Range<usize> {
    let own = Line::at(text, line_start(text, field.name.start));
    let mut start = own.body.end + 1;
    let mut first = Line::at(text, start.min(text.len()));
    while start < text.len() && first.is_blank(text) {
        start = first.body.end + 1;
        first = Line::at(text, start.min(text.len()));
    }
    if start >= text.len() || first.column <= own.column || first.is_item() {
        return field.value..text.len().min(first.body.end + 1);
    }
    field.value..following(text, start, first.column, see)
}

/// Fields at `column` on the lines from `start` on, and where they end.
fn following(text: &[u8], mut start: usize, column: usize, see: &mut dyn FnMut(Field) -> Wanted) -> usize {
    while start < text.len() {
        let line = Line::at(text, start);
        let next = line.body.end + 1;
        if !line.is_blank(text) {
            if line.ends_document(text) || line.first < column {
                return text.len().min(line.body.end + 1);
            }
            if line.first == column
                && !line.is_item()
                && let Some(field) = line.field(text)
                && see(field) == Wanted::Enough
            {
                return text.len().min(line.body.end + 1);
            }
        }
        start = next;
    }
    text.len()
}
