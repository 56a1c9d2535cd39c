//! A scan of files and folders, from the request to the outcome; and what every run has in common.
//!
//! In: the rules and a [`Request`]. Out: an [`Outcome`] for the reports. It decides no exit code and writes nothing.
//! `collector` takes what sources hand over, `run` says how a run is made and brings it to its end; `change` and `history`
//! use both.

mod collector;
mod run;

pub(crate) use collector::{Collector, Places, weighed};
pub(crate) use run::{Found, finish};
pub use run::{RequestError, RunOptions};

use crate::detect::Detector;
use crate::finding::group::gather;
use crate::finding::{Covered, Occurrence, Outcome};
use crate::fs::reason;
use crate::rule::RuleSet;
use crate::source::Source as _;
use crate::source::excluded::Exclude;
use crate::source::stdin::Stdin;
use crate::source::worktree::Worktree;
use std::path::{Path, PathBuf};

/// What to scan.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Files and folders; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// Also what git ignores.
    pub all: bool,
    /// How.
    pub run: RunOptions,
    /// Show a progress bar on standard error.
    pub progress: bool,
    /// Files that are left out and counted, absolute and with links resolved: the reports of this run.
    pub left_out: Vec<PathBuf>,
}

/// Scans what `request` asks for.
///
/// # Errors
/// When a path does not exist; what exists but cannot be read is a gap.
pub fn scan(rules: &RuleSet, request: &Request) -> Result<Outcome, RequestError> {
    scan_with(rules, request, &mut |_| ())
}

/// The same, and shows every occurrence with its secret to `look` before findings are made of them: for comparing values
/// with those that other tools kept.
///
/// # Errors
/// When a path does not exist.
pub fn scan_with(
    rules: &RuleSet,
    request: &Request,
    look: &mut dyn FnMut(&Occurrence),
) -> Result<Outcome, RequestError> {
    let (stdin, paths): (Vec<&PathBuf>, Vec<&PathBuf>) = request.paths.iter().partition(|p| *p == Path::new("-"));
    for path in &paths {
        // Looked up before anything is scanned; a link that leads nowhere does not exist, either.
        path.metadata().map_err(|e| RequestError(format!("{}: {}", path.display(), words(&e))))?;
    }
    let detector = Detector::new(rules, request.run.now);
    let collector = Collector::new(&detector, request.progress);
    if !stdin.is_empty() {
        Stdin.drive(&collector).map_err(RequestError)?;
    }
    let mut excluded = Vec::new();
    if !paths.is_empty() {
        let paths = paths.into_iter().cloned().collect();
        let (all, threads) = (request.all, request.run.threads);
        let exclude = Exclude::new(&request.run.exclude);
        let source = Worktree { paths, all, threads, left_out: request.left_out.clone(), exclude };
        source.drive(&collector).map_err(RequestError)?;
        excluded = source.exclude.counts();
    }
    collector.each(look);
    let (skipped, known) = (collector.skipped(), collector.known());
    let (occurrences, gaps, (files, bytes)) = collector.parts();
    let findings = gather(occurrences, rules, &request.run.keys);
    let found = Found { findings, gaps, known, covered: Covered { files, bytes, excluded, ..skipped } };
    Ok(finish(found, &request.run, &detector))
}

fn words(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".into(),
        _ => reason(e),
    }
}
