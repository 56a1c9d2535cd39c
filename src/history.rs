//! The history of one repository: everything that it keeps.
//!
//! In: rules, a repository, [`Options`]. Out: an [`Outcome`] whose findings carry their lives. TEMPORARY stand-in: it
//! proves that there is a repository and walks nothing; the pack engine takes its place.

use crate::finding::{Covered, Keys, Outcome};
use crate::rule::RuleSet;
use crate::scan::RequestError;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

/// How to look at a repository.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Threads, at least 1.
    pub threads: usize,
    /// "Now", in seconds since 1970.
    pub now: i64,
    /// What decides ids.
    pub keys: Keys,
    /// Noted gaps block, too.
    pub strict: bool,
    /// Match every object whole instead of what is new in it.
    pub exhaustive: bool,
    /// Folders whose objects may be borrowed.
    pub alternates: Vec<PathBuf>,
    /// The repository's name among several, else empty.
    pub name: Vec<u8>,
}

/// How far a scan is; written by its threads, read by whoever shows it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of objects decoded.
    pub bytes: AtomicU64,
    /// Objects looked at.
    pub objects: AtomicU64,
    /// Objects that there are; 0 while that is not known.
    pub total: AtomicU64,
    /// Findings so far.
    pub findings: AtomicU64,
}

/// Everything that `repo` keeps.
///
/// # Errors
/// When it does not exist or is no repository.
pub fn scan(_rules: &RuleSet, repo: &Path, _options: &Options, _progress: &Progress) -> Result<Outcome, RequestError> {
    repo.metadata().map_err(|_| RequestError(format!("{}: there is no such folder", repo.display())))?;
    let known = [repo.join(".git"), repo.join("HEAD")].iter().any(|p| p.symlink_metadata().is_ok());
    if !known {
        return Err(RequestError(format!("{}: is no git repository", repo.display())));
    }
    Ok(Outcome { covered: Covered { repositories: 1, ..Covered::default() }, ..Outcome::default() })
}
