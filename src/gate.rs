//! Gates: what a change brings, compared with what was there before. For the commit hook the index against HEAD, for a
//! push or a pull request every commit that the base does not have.
//!
//! In: a repository, a [`Subject`], rules. Out: an [`Outcome`] whose findings have a state. It reads objects, never the
//! work tree, runs nothing, and takes nothing that it is told by the change itself: who is scanned does not set the rules
//! (design.md, law 7). What it cannot look at is a gap; what policy accepts is decided elsewhere (`policy`).

use crate::finding::{Keys, Outcome};
use crate::git::Access;
use crate::rule::RuleSet;
use crate::scan::RequestError;

/// What to look at.
#[derive(Debug, Clone)]
pub enum Subject {
    /// What `git commit` would record now.
    Staged,
    /// What these commits bring.
    Range(Range),
    /// A text that is no object yet: the message of the commit that is being made.
    Message(Vec<u8>),
}

/// Commits to look at.
#[derive(Debug, Clone, Default)]
pub struct Range {
    /// What is known already: revisions as git writes them. What they reach is not looked at.
    pub bases: Vec<String>,
    /// Further commits that are known already, where it is no mistake that some are not there: what a remote has.
    pub known: Vec<String>,
    /// What is new: revisions. An annotated tag counts with its message.
    pub heads: Vec<String>,
    /// Names of references that come with it.
    pub refs: Vec<Vec<u8>>,
    /// Further texts that come with it, by name: `title`, `body`.
    pub texts: Vec<(String, Vec<u8>)>,
    /// A base that has no commit in common with a head is no mistake: a new branch with a history of its own.
    pub unrelated: bool,
}

/// How to look.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads, at least 1.
    pub threads: usize,
    /// "Now", in seconds since 1970.
    pub now: i64,
    /// What decides ids.
    pub keys: Keys,
    /// Noted gaps block, too.
    pub strict: bool,
}

/// Looks at `subject`.
///
/// # Errors
/// When a revision does not exist or is no commit: exit code 2, or 3 for a base (then it is a gap of the outcome).
pub fn run(
    rules: &RuleSet,
    repository: &Access,
    subject: &Subject,
    options: &Options,
) -> Result<Outcome, RequestError> {
    let _ = (rules, repository, subject, options);
    Err(RequestError("gates are being built".into()))
}
