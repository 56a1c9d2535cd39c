//! Offline checks that rules name: proofs by calculation, and facts about the form of a value.
//!
//! In: a [`Subject`] (the secret and the bytes around it). Out: [`Outcome`]. Every check looks only at the secret and at
//! [`NEAR`] bytes to either side, so that what it says does not depend on the rest of the blob. A check may demote only
//! where its code was confirmed by a vector that somebody else made (design.md, law 10).

pub(crate) mod base58;
pub(crate) mod bech32;
pub mod host;
pub(crate) mod iban;
mod key;
pub(crate) mod marvin;
pub mod pem;
pub mod placeholder;
pub(crate) mod stellar;
pub mod url;

pub(crate) use key::pgp::crc24;

use crate::evidence::Evidence;
use crate::rule::Check;

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

/// Runs one check.
pub fn run(check: Check, subject: &Subject<'_>) -> Outcome {
    let _ = (check, subject);
    Outcome::Says(Vec::new())
}
