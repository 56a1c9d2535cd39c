//! A value that is known to be encoded text, by its name or by the file that it stands in.
//!
//! In: nothing; this is a type. Out: [`Encoded`]. The detector decodes it and looks for everything in it.

use std::ops::Range;

/// A value that is text in base64, as the name or the file around it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encoded {
    /// Its characters.
    pub(super) run: Range<usize>,
    /// What was read to find it.
    pub(super) read: Range<usize>,
}
