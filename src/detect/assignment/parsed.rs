//! What reading an assignment gives, in whatever syntax it is written, and how far it reads.
//!
//! In: nothing; these are a type and constants. Out: [`Parsed`]. `assignment` makes one of a name and its value, `header` and `command` of
//! what they read by themselves.

use crate::finding::evidence::Evidence;
use std::ops::Range;

/// How far `parse` looks before the word, in bytes: a name of 64, and 512 before it for the quote that it stands in. What
/// is farther away could only be white space or backslashes in a row.
pub const BEFORE: usize = 640;
/// How far `parse` looks behind the word, in bytes: a value of 1024 may stand some hundred bytes from its name, and a
/// list of values may be longer.
pub const AFTER: usize = 2048;

/// A literal that is assigned to a telling name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// From the name to the end of the value.
    pub whole: Range<usize>,
    /// The value.
    pub secret: Range<usize>,
    /// Everything from name to value, and of a record all that was read.
    pub read: Range<usize>,
    /// The value without its escapes, where it has any.
    pub value: Option<Vec<u8>>,
    /// Reasons for and against.
    pub evidence: Vec<Evidence>,
}

impl Parsed {
    /// The same, for which more was read.
    pub(super) fn having_read(self, more: &Range<usize>) -> Self {
        Self { read: self.read.start.min(more.start)..self.read.end.max(more.end), ..self }
    }
}
