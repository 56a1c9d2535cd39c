//! What every run has in common, whatever it looks at: how it is made, and how it ends.
//!
//! In: findings and gaps of a scan, a change or a history. Out: an [`Outcome`] in which everything may be shown. The end is
//! the same for all three, so that they cannot differ: borrowed objects are one gap, strictness decides which gaps block,
//! and texts are redacted.

use crate::blob::Gap;
use crate::detect::Detector;
use crate::finding::{Covered, Finding, Keys, Known, Outcome};
use crate::mask;
use crate::rule::Identity;
use crate::text::glob::PathGlob;
use std::fmt;

/// How a run is made.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// Threads, at least 1.
    pub threads: usize,
    /// "Now", in seconds since 1970: the one input for expiry dates.
    pub now: i64,
    /// What decides ids.
    pub keys: Keys,
    /// Gaps that are only noted block as well.
    pub strict: bool,
    /// Files that are left out and counted.
    pub exclude: Vec<PathGlob>,
}

/// A request that cannot be carried out at all: exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError(pub String);

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RequestError {}

/// What a run found, before any of it may be shown.
pub(crate) struct Found {
    /// In the order of the report.
    pub(crate) findings: Vec<Finding>,
    /// In any order.
    pub(crate) gaps: Vec<Gap>,
    /// Values that were found.
    pub(crate) known: Known,
    /// What was scanned.
    pub(crate) covered: Covered,
}

/// The end of every run.
pub(crate) fn finish(found: Found, run: &RunOptions, detector: &Detector<'_>) -> Outcome {
    let Found { findings, mut gaps, known, mut covered } = found;
    covered.excluded.iter_mut().for_each(|e| e.glob = mask::message(&e.glob).into_owned());
    Gap::join_borrowed(&mut gaps);
    for gap in &mut gaps {
        gap.blocks |= run.strict;
    }
    let weak_ids = run.keys.salt.is_none() && findings.iter().any(|f| f.identity == Identity::Guessable);
    let mut outcome = Outcome { findings, gaps, covered, weak_ids, known, ..Outcome::default() };
    mask::finish(&mut outcome, detector);
    outcome
}
