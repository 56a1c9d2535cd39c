//! Gates: what a change brings, compared with what was there before. For the commit hook the index against HEAD, for a
//! push or a pull request every commit that the base does not have.
//!
//! In: a repository, a [`Subject`], rules. Out: an [`Outcome`] whose findings have a state. `material` says which objects
//! and texts are new, `look` searches them, `state` asks whether what was found had been there before. It reads objects,
//! never the work tree, runs nothing, and takes nothing that it is told by the change itself: who is scanned does not set
//! the rules (design.md, law 7). What it cannot look at is a gap; what policy accepts is decided elsewhere (`policy`).

mod canary;
mod new_content;
mod search;
mod state;
mod workers;

use crate::blob::{Gap, GapKind};
use crate::detect::Detector;
use crate::finding::group::gather;
use crate::finding::{Covered, Keys, Outcome};
use crate::git::Access;
use crate::mask;
use crate::rule::{Identity, RuleSet};
use crate::scan::{Collector, RequestError};
use std::fmt;
use workers::Workers;

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
/// When a head does not exist or is no commit: exit code 2. A base that does not exist is a gap of the outcome.
pub fn run(rules: &RuleSet, access: &Access, subject: &Subject, options: &Options) -> Result<Outcome, RequestError> {
    let workers = Workers::new(options.threads);
    // Reading the index and making the detector take about as long, and do not need each other.
    let (detector, blind) = std::thread::scope(|scope| {
        if options.threads > 1 && matches!(subject, Subject::Staged) {
            scope.spawn(|| access.index());
        }
        let detector = Detector::new(rules, options.now);
        let blind = canary::failed(&detector);
        (detector, blind)
    });
    let mut material = new_content::of(access, subject, &workers)?;
    let collector = Collector::new(&detector, false);
    let mut gaps = std::mem::take(&mut material.gaps);
    gaps.extend(blind);
    search::all(access, &material, &collector, &workers);
    let known = collector.known();
    let (mut occurrences, more, (blobs, bytes)) = collector.parts();
    gaps.extend(more);
    gaps.extend(state::decide(&mut occurrences, access, &material, &detector));
    let mut findings = gather(occurrences, rules, &options.keys);
    // What the change brings comes first.
    findings.sort_by_key(|f| f.state.is_some_and(|s| !s.is_from_change()));
    // A promise of objects hides nothing by itself: it explains what is missing, and else every commit would say it.
    if !gaps.iter().any(|g| g.kind == GapKind::MissingObject) {
        gaps.retain(|g| g.kind != GapKind::PartialClone);
    }
    Gap::join_borrowed(&mut gaps);
    for gap in &mut gaps {
        gap.blocks |= options.strict;
    }
    let weak_ids = options.keys.salt.is_none() && findings.iter().any(|f| f.identity == Identity::Guessable);
    let covered = Covered { blobs, bytes, ..material.covered };
    let mut outcome = Outcome { findings, gaps, covered, weak_ids, known, ..Outcome::default() };
    mask::finish(&mut outcome, &detector);
    Ok(outcome)
}
