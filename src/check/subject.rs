//! What a check looks at and what it may say: the words that every check shares.
//!
//! In: nothing; these are types. Out: [`Subject`], with at most [`NEAR`] bytes of text to either side of the secret, and
//! [`Outcome`]. It knows no check: those import it, and `check` calls them.

use crate::finding::evidence::Evidence;

/// How far a check looks to either side of the match, in bytes.
pub const NEAR: usize = 512;

/// What a check looks at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The bytes of the group `secret`.
    pub secret: &'a [u8],
    /// The whole match.
    pub whole: &'a [u8],
    /// At most [`NEAR`] bytes before the secret.
    pub before: &'a [u8],
    /// At most [`NEAR`] bytes after the secret.
    pub after: &'a [u8],
    /// "Now" of the run, in seconds since 1970 (law 4).
    pub now: i64,
}

/// What a check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is not what the rule looks for at all: no candidate.
    Reject,
    /// Reasons for or against; none when there is nothing to say.
    Says(Vec<Evidence>),
}

impl Outcome {
    /// One reason.
    pub(crate) fn says(evidence: Evidence) -> Self {
        Self::Says(vec![evidence])
    }

    /// No reason.
    pub(crate) fn nothing() -> Self {
        Self::Says(Vec::new())
    }
}
