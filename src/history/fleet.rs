//! A history of several repositories: who is scanned when, what happens to those that fail, and how results are kept.
//!
//! In: repositories with names, a function that scans one, and a folder for results if the run may have to be resumed.
//! Out: one [`Outcome`], made by the same [`merge`] that makes one report of shards. Small repositories are scanned side
//! by side with one thread each, large ones alone with all. One that fails stops no other: it is a blocking gap.

mod merge;
mod names;
mod progress;
mod results;
pub mod shards;

pub use merge::{adopt, merge};
pub use names::{ListError, Repository, Shard, list_hash, named, read_list, target};
pub use results::{Work, key_check};

use crate::blob::{Gap, GapKind};
use crate::finding::Outcome;
use crate::git::{Access, TreeFiles};
use crate::history::{Options, Progress};
use crate::report::read::Reader;
use crate::report::run::RunInputs;
use crate::rule::RuleSet;
use crate::scan::{RequestError, RunOptions};
use crate::{config, text};
use progress::Board;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Bytes of packs from which a repository is scanned alone, with all threads.
const LARGE: u64 = 64 << 20;

/// Scans one repository: [`crate::history::scan`], or what a test puts in its place.
pub type Scan<'a> = dyn Fn(&Path, &Options, &Progress) -> Result<Outcome, RequestError> + Sync + 'a;

/// What to do.
pub struct Request<'a> {
    /// The rules.
    pub rules: &'a RuleSet,
    /// The repositories of this run: all, or those of its shard.
    pub repositories: &'a [Repository],
    /// The whole list names several, so that places say which one they are in.
    pub several: bool,
    /// This is one of several shards: that all its repositories fail says nothing about the others.
    pub shard: bool,
    /// How to scan each; `name` and the salt are filled in.
    pub options: &'a Options,
    /// Where results are kept as soon as they are there.
    pub work: Option<&'a Work>,
    /// Take up what is there.
    pub resume: bool,
    /// Show bars on standard error.
    pub progress: bool,
    /// Scans one.
    pub scan: &'a Scan<'a>,
    /// Tells the user something, on standard error.
    pub say: &'a (dyn Fn(&str) + Sync),
}

/// Scans all of them.
///
/// # Errors
/// When the only repository, or every one of them, cannot be opened at all.
pub fn run(request: &Request<'_>) -> Result<Outcome, RequestError> {
    let reader = Reader::new(request.rules);
    let mut parts: Vec<Option<Result<Outcome, RequestError>>> = Vec::new();
    let mut pending = Vec::new();
    for (n, repository) in request.repositories.iter().enumerate() {
        let kept = request.work.filter(|_| request.resume).and_then(|w| take(request, w, repository, &reader));
        if kept.is_none() {
            pending.push((n, results::pack_bytes(&repository.path)));
        }
        parts.push(kept.map(Ok));
    }
    if request.resume {
        let taken = parts.len() - pending.len();
        let of = text::count(parts.len() as u64, "repository was", "repositories were");
        (request.say)(&format!("{taken} of {of} scanned before"));
    }
    let board = Board::new(request.progress, &pending);
    let slots: Vec<Mutex<Option<Result<Outcome, RequestError>>>> = parts.into_iter().map(Mutex::new).collect();
    let one = |n: usize, weight: u64, threads: usize| {
        if let (Some(repository), Some(slot)) = (request.repositories.get(n), slots.get(n)) {
            let done = one(request, repository, threads, &board, weight);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
        }
    };
    let (large, small): (Vec<_>, Vec<_>) = pending.into_iter().partition(|(_, bytes)| *bytes >= LARGE);
    let threads = request.options.run.threads.max(1);
    let workers = threads.min(small.len());
    board.shown_while(|| {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let work = || {
                while let Some((n, bytes)) = small.get(next.fetch_add(1, Ordering::Relaxed)) {
                    one(*n, *bytes, threads / workers);
                }
            };
            let started = (0..workers).filter(|_| crate::threads::builder().spawn_scoped(scope, work).is_ok()).count();
            if started == 0 && workers > 0 {
                work();
            }
        });
        for (n, bytes) in &large {
            one(*n, *bytes, threads);
        }
    });
    let results = slots.into_iter().filter_map(|s| s.into_inner().unwrap_or_else(PoisonError::into_inner));
    together(request, results.collect())
}

/// The outcome of all, with a gap for each that failed.
fn together(request: &Request<'_>, results: Vec<Result<Outcome, RequestError>>) -> Result<Outcome, RequestError> {
    let mut parts = Vec::new();
    for (result, repository) in results.into_iter().zip(request.repositories) {
        let absent = || repository.listed && is_absent(&repository.path);
        parts.push(match result {
            Ok(part) => part,
            Err(error) if !request.several && !absent() => return Err(error),
            Err(error) => {
                let mut gap = failed(repository, &error.0);
                if absent() {
                    gap = Gap { kind: GapKind::Fetch, why: "the list names it, and it is not there".into(), ..gap };
                }
                (request.say)(&format!("{}: {}", repository.name, gap.why));
                Outcome { gaps: vec![gap], ..Outcome::default() }
            }
        });
    }
    let outcome = merge(parts);
    if !request.shard && none_opened(&outcome) {
        return Err(RequestError("none of the repositories could be opened".into()));
    }
    Ok(outcome)
}

/// Whether nothing has this path.
pub fn is_absent(path: &Path) -> bool {
    std::fs::metadata(path).is_err_and(|e| matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory))
}

/// Why a repository was not scanned to its end; it could be opened, so this is no wrong request.
const PANICKED: &str = "a bug of leaktight stopped its scan";

/// Whether there were repositories and not one of them could be opened: a wrong request. One that is not there although a
/// list names it is a gap instead, even if it is the only one.
pub fn none_opened(outcome: &Outcome) -> bool {
    if outcome.gaps.iter().any(|g| g.kind == GapKind::Fetch) {
        return false;
    }
    let mut failed = outcome.gaps.iter().filter(|g| g.kind == GapKind::Repository).peekable();
    outcome.covered.repositories == 0 && failed.peek().is_some() && failed.all(|g| g.why != PANICKED)
}

/// The result of an earlier run, if it is the one that a scan would give now.
fn take(request: &Request<'_>, work: &Work, repository: &Repository, reader: &Reader<'_>) -> Option<Outcome> {
    let made = made(&keys(request, repository).0, repository);
    match work.load(repository, &made, reader) {
        Ok(outcome) => outcome,
        Err(why) => {
            (request.say)(&format!("{}: scanned again, because its result {why}", repository.name));
            None
        }
    }
}

/// Scans one repository and keeps its result.
fn one(
    request: &Request<'_>,
    repository: &Repository,
    threads: usize,
    board: &Board,
    weight: u64,
) -> Result<Outcome, RequestError> {
    let (options, unusable_salt) = keys(request, repository);
    let work = request.work.filter(|_| !options.exhaustive);
    let partial = work.map(|w| w.of_part(repository, request.resume, request.rules, options.run.now));
    let known = partial.as_ref().map_or(0, |partial| partial.known.count());
    if known > 0 {
        let blobs = text::count(known as u64, "blob was", "blobs were");
        (request.say)(&format!("{}: {blobs} searched before", repository.name));
    }
    let options = Options { run: RunOptions { threads: threads.max(1), ..options.run }, partial, ..options };
    let made = made(&options, repository);
    let ticket = board.begin(&repository.name, weight);
    // A panic is a bug of ours; it must cost one repository, be said, and not pass for "nothing found".
    let scanned = catch_unwind(AssertUnwindSafe(|| (request.scan)(&repository.path, &options, ticket.progress())));
    board.end(ticket);
    let mut outcome = match scanned {
        Ok(scanned) => scanned?,
        Err(_) => {
            let gap = failed(repository, PANICKED);
            return Ok(Outcome { gaps: vec![gap], ..Outcome::default() });
        }
    };
    outcome.covered.repositories = 1;
    outcome.gaps.extend(unusable_salt);
    if request.several {
        merge::named(&mut outcome, &repository.name);
    }
    if let Some(work) = request.work
        && let Err(why) = work.save(repository, &outcome, made, request.rules)
    {
        (request.say)(&format!("{}: its result is not kept for --resume: {why}", repository.name));
    }
    Ok(outcome)
}

/// The options for one: its name and its salt, which comes from the tree of HEAD as everything that the check of a change
/// obeys. The gap says that there is a salt and that it cannot be used: ids depend on locations then.
fn keys(request: &Request<'_>, repository: &Repository) -> (Options, Option<Gap>) {
    let mut options = request.options.clone();
    options.name = if request.several { repository.name.clone().into_bytes() } else { Vec::new() };
    options.listed = repository.listed;
    // What cannot be opened, or has no HEAD, is the scan's to say.
    let Ok(access) = Access::at(&repository.path, &options.alternates) else { return (options, None) };
    let head = access.resolve_commit("HEAD").ok().and_then(|id| access.commit(&id).ok());
    let files = TreeFiles::new(&access, head.map(|commit| commit.tree));
    match config::salts(&files, Path::new("")) {
        Ok(salts) => {
            let mut salts = salts.into_iter();
            options.run.keys.salt = salts.next();
            options.run.keys.exceptions.extend(salts);
        }
        Err(e) => {
            let (kind, what, why) =
                (GapKind::Unreadable, config::SALT.into(), format!("{} (in the tree of HEAD)", e.message));
            return (options, Some(Gap { kind, what, why, blocks: true }));
        }
    }
    (options, None)
}

fn made(options: &Options, repository: &Repository) -> RunInputs {
    let state = Some(results::fingerprint(options, repository));
    RunInputs { now: options.run.now, key: key_check(options.run.keys.organisation.as_ref()), state }
}

/// The gap of a repository that could not be scanned. Its place on this machine is nobody's business: its name stands for
/// every form of its path.
fn failed(repository: &Repository, why: &str) -> Gap {
    let path = &repository.path;
    let mut forms = vec![path.clone()];
    forms.extend(std::fs::canonicalize(path));
    forms.extend(std::path::absolute(path));
    // The longest first: one may begin with another. A dot or a single part stands in other words, too.
    forms.retain(|f| f.components().count() > 1);
    forms.sort_by_key(|f| std::cmp::Reverse(f.as_os_str().len()));
    let why = forms.iter().fold(why.to_owned(), |why, form| why.replace(&*form.to_string_lossy(), &repository.name));
    let own = [format!("{}: ", repository.name), format!("{}: ", path.display())];
    let why = own.iter().find_map(|start| why.strip_prefix(start)).unwrap_or(&why).to_owned();
    Gap { kind: GapKind::Repository, what: repository.name.clone().into_bytes(), why, blocks: true }
}

#[cfg(test)]
mod tests;
