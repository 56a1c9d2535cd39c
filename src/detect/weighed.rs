//! What was found at a match, with the reasons for and against it.
//!
//! In: nothing; this is a type. Out: [`Weighed`], which `weigh` and the readers of structure make.

use crate::finding::evidence::Evidence;
use crate::finding::secret::Secret;
use std::ops::Range;

/// A value with its place and its evidence.
pub(super) struct Weighed {
    /// What was read to find it, where that is more than what lies between its match and its ends.
    pub(super) read: Range<usize>,
    pub(super) whole: Range<usize>,
    pub(super) secret: Range<usize>,
    pub(super) value: Secret,
    pub(super) evidence: Vec<Evidence>,
    pub(super) related: Vec<(String, Range<usize>)>,
    pub(super) host: Vec<u8>,
}
