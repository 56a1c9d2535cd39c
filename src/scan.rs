//! One run: wires source, detector and findings; owns threads, progress and statistics.
//!
//! In: the rules and [`Options`]. Out: an [`Outcome`] for the reports. It decides no exit code and writes nothing.

use crate::finding::{Keys, Outcome};
use crate::rule::RuleSet;
use std::fmt;
use std::path::PathBuf;

/// What to look at, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Files and folders; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// Also what git ignores.
    pub all: bool,
    /// Threads for walking and scanning, at least 1.
    pub threads: usize,
    /// "Now", in seconds since 1970: the one input for expiry dates.
    pub now: i64,
    /// What decides ids.
    pub keys: Keys,
    /// Show a progress bar on standard error.
    pub progress: bool,
    /// Noted gaps block, too.
    pub strict: bool,
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

/// Scans what `options` asks for.
///
/// # Errors
/// When a path does not exist; what exists but cannot be read is a gap.
pub fn scan(rules: &RuleSet, options: &Options) -> Result<Outcome, RequestError> {
    let _ = (rules, options);
    Err(RequestError("not connected yet".into()))
}
