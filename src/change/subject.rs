//! What a run over a change is about: the index, a range of commits, or a message.
//!
//! In: what a command, a hook or the event of a platform names. Out: a [`Subject`]. Nothing is looked up here.

use std::fmt;

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
    /// Further commits that are known already, where it is no mistake that some are not there: revisions, references
    /// beneath a folder (`refs/remotes/origin/`), or all references (`--all`).
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

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Staged => f.write_str("the index"),
            Self::Message(_) => f.write_str("the commit message"),
            Self::Range(range) => write!(f, "{}..{}", range.bases.join(" "), range.heads.join(" ")),
        }
    }
}
