//! What a report is made of: a run with its outcome, and the trait that every format implements.
//!
//! In: an outcome, and what the command line and leaktight.toml decided about it. Out: a [`Run`], the same for all formats:
//! which findings are listed, which fail the check, the exit code. It decides nothing itself (`policy::threshold` does).

use super::labels;
use crate::config::ALSO_LIMIT;
use crate::finding::evidence::Confidence;
use crate::finding::{Excluded, Finding, Outcome, Suppressed};
use crate::policy::threshold::{Threshold, Verdict};
use crate::rule::{RuleSet, named};
use std::borrow::Cow;
use std::io;

named! {
    /// The command that a report is of. A merged report is that of a history.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Command {
        /// Files of a folder.
        Scan = "scan",
        /// A history, or several.
        History = "history",
        /// What is staged.
        Staged = "staged",
        /// What a range of commits brings.
        Range = "range",
        /// What a pull request or push brings, as the platform says.
        Ci = "ci",
        /// What git's pre-commit calls.
        PreCommit = "hook pre-commit",
        /// What git's commit-msg calls.
        CommitMsg = "hook commit-msg",
        /// What git's pre-push calls.
        PrePush = "hook pre-push",
        /// What git's pre-receive calls.
        PreReceive = "hook pre-receive",
    }
}

impl Command {
    /// Whether it looks at a change, and not at all that is there.
    pub fn is_gate(self) -> bool {
        !matches!(self, Self::Scan | Self::History)
    }
}

/// What every report needs to know of a run.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// The command.
    pub command: Command,
    /// What the user asked to look at, in the user's words (`.`, several paths joined by a blank). Untrusted.
    pub target: &'a str,
    /// The rules that were used.
    pub rules: &'a RuleSet,
    /// What was found and what could not be looked at.
    pub outcome: &'a Outcome,
    /// Findings that somebody accepted; those of the outcome.
    pub suppressed: &'a [Suppressed],
    /// From where on a finding fails the check.
    pub threshold: Threshold,
    /// Confidence from which a finding is listed. It decides nothing else: what is hidden still fails the check.
    pub min_confidence: Confidence,
    /// Most other places of one secret in a report; `None`: all. Their number is always there.
    pub also_limit: Option<usize>,
    /// The exit code that the process will end with: [`Verdict::code`], unless the caller knows better.
    pub exit: u8,
    /// Where the content is kept, if that is known.
    pub provenance: Option<Provenance>,
    /// Names of the repositories of a history, sorted; empty for every other command.
    pub repositories: &'a [String],
    /// What else the result of a history follows from.
    pub made: Option<RunInputs>,
    /// Which part of a list of repositories it is.
    pub shard: Option<Part>,
    /// "Now" of the run, in seconds since 1970, for formats that demand a time.
    pub now: Option<i64>,
}

/// What the result of a history follows from, beside rules and version: reports that differ in it are not merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunInputs {
    /// "Now" of the run, in seconds since 1970.
    pub now: i64,
    /// Tells whether two runs had the same organisation's key, without giving it away; `none` without one.
    pub key: String,
    /// Names the state of one repository and the flags of its scan; only in the results that `--resume` takes up.
    pub state: Option<String>,
}

/// Part of a list of repositories (`history --shard`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which part: 1 to `count`.
    pub index: u32,
    /// Number of parts.
    pub count: u32,
    /// Identifies the list: a hash over the names of all its repositories, 32 hexadecimal digits.
    pub list: String,
}

/// The version control that holds what was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// URI of the repository, without credentials.
    pub repository_uri: String,
    /// Commit id.
    pub revision: Option<String>,
    /// Branch name.
    pub branch: Option<String>,
}

impl<'a> Run<'a> {
    /// A run with the defaults of the command line: gate at likely and medium, everything shown.
    pub fn new(command: Command, target: &'a str, rules: &'a RuleSet, outcome: &'a Outcome) -> Self {
        let mut run = Self {
            command,
            target,
            rules,
            outcome,
            suppressed: &outcome.suppressed,
            threshold: Threshold::default(),
            min_confidence: Confidence::Possible,
            also_limit: Some(ALSO_LIMIT),
            exit: 0,
            provenance: None,
            repositories: &[],
            made: None,
            shard: None,
            now: None,
        };
        run.exit = run.verdict().code();
        run
    }

    /// The same run measured against another threshold; sets `exit` as well.
    #[must_use]
    pub fn measured(mut self, threshold: Threshold) -> Self {
        self.threshold = threshold;
        self.exit = self.verdict().code();
        self
    }

    /// Whether a hook has nothing to report: it passes, and there is no finding, accepted ones included, and no gap; and it
    /// did look at something.
    pub fn has_nothing_to_say(&self) -> bool {
        let outcome = self.outcome;
        self.exit == 0
            && outcome.findings.is_empty()
            && outcome.gaps.is_empty()
            && self.suppressed.is_empty()
            && !self.excludes_everything()
    }

    /// Whether the globs left nothing to scan: there were files, and all of them are excluded.
    pub fn excludes_everything(&self) -> bool {
        let covered = &self.outcome.covered;
        // The number of files of an index says nothing about what was read.
        let scanned = covered.blobs + if self.command == Command::Scan { covered.files } else { 0 };
        scanned == 0 && covered.excluded.iter().any(|e| e.files > 0)
    }

    /// One line for each glob that excludes files: the glob, which is somebody's text, and what it left out.
    pub(crate) fn excluded(&self) -> impl Iterator<Item = (&'a str, String)> {
        let counts = |e: &Excluded| format!("{}, {}", labels::count(e.files, "file", "files"), labels::size(e.bytes));
        self.outcome.covered.excluded.iter().map(move |e| (e.glob.as_str(), counts(e)))
    }

    /// What the run means for the check.
    pub fn verdict(&self) -> Verdict {
        self.threshold.verdict(self.rules, self.outcome)
    }

    /// The findings to list, worst first: those of `min_confidence` and above, whether they gate or not.
    pub fn shown(&self) -> impl Iterator<Item = &'a Finding> + '_ {
        self.outcome.findings.iter().filter(|f| f.confidence >= self.min_confidence)
    }

    /// Number of findings that are hidden: not listed.
    pub fn hidden(&self) -> usize {
        self.outcome.findings.len().saturating_sub(self.shown().count())
    }

    /// Number of findings that are hidden and at or above the gate. Every format says it when there are any, because
    /// a check that fails must say why.
    pub fn hidden_failing(&self) -> usize {
        self.outcome.findings.iter().filter(|f| f.confidence < self.min_confidence && self.fails(f)).count()
    }

    /// Why the check fails although not all that fails it is listed, without a full stop; `None` if all of it is.
    pub(crate) fn hidden_reason(&self) -> Option<String> {
        let hidden = self.hidden_failing() as u64;
        let what = labels::count(hidden, "finding that fails the check is", "findings that fail the check are");
        (hidden > 0).then(|| format!("{what} hidden by --min-confidence {}", self.min_confidence.name()))
    }

    /// Whether this finding is at or above the threshold.
    pub fn fails(&self, finding: &Finding) -> bool {
        self.threshold.fails(self.rules, finding)
    }
}

/// Writes a run in one format. Besides the findings that are listed ([`Run::shown`]) each says, in whatever way its readers
/// see: gaps that block, with their kinds; `Run::hidden_reason`, if there is one; and it must be recognisable when there is
/// nothing to report. Lines end with LF, and no text that somebody else wrote comes through without `text::escape` or an
/// encoder of the format. The tests over `Format::ALL` (`report.rs`, `tests/it/{laws,listing,redaction}.rs`) hold that.
pub trait Report {
    /// Writes all of it; buffers by itself where it writes in small pieces.
    ///
    /// # Errors
    /// Those of `to`: the report is not complete then.
    fn write(&self, run: &Run<'_>, to: &mut dyn io::Write) -> io::Result<()>;

    /// Whether a file that begins so may be an older report of this format: nothing else is overwritten.
    fn recognises(&self, beginning: &Beginning<'_>) -> bool;
}

/// How a file begins.
#[derive(Debug, Clone)]
pub struct Beginning<'a> {
    /// Its text, without a byte order mark and blanks.
    pub text: Cow<'a, str>,
    /// The text without any white space: JSON may be written on one line or on many.
    pub dense: String,
}

impl<'a> Beginning<'a> {
    /// Of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        let text = match String::from_utf8_lossy(bytes) {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches('\u{feff}').trim_start()),
            Cow::Owned(text) => Cow::Owned(text.trim_start_matches('\u{feff}').trim_start().to_owned()),
        };
        let dense = text.chars().filter(|c| !c.is_whitespace()).collect();
        Self { text, dense }
    }

    /// Whether it is a JSON object that contains one of these.
    pub fn is_object_with(&self, words: &[&str]) -> bool {
        self.dense.starts_with('{') && words.iter().any(|w| self.dense.contains(w))
    }
}
