//! Files and folders as they lie on disk, walked in parallel.
//!
//! In: the paths that the user named. Out: blobs of regular files, targets of symbolic links, names; gaps for what cannot
//! be read. In a git work tree what git ignores and does not track is left out and counted; elsewhere, and with `all`,
//! everything is looked at. Links are never followed, unless the user named one.

use super::excluded::Exclude;
use super::ignored::{Ignored, Look};
use super::whole::Recognising;
use super::{Sink, Source, window};
use crate::blob::{Blob, Gap, GapKind, Origin};
use crate::fs;
use crate::fs::open::{OpenError, Root, open_named, special_name};
use crate::fs::root::{beneath, slashed, work_tree};
use crate::git::is_bare;
use ignore::{DirEntry, WalkBuilder, WalkState};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

/// Bytes that a file may grow by while it is read before we stop.
const GROWTH: u64 = 1 << 20;

/// The paths of one scan.
#[derive(Debug)]
pub struct Worktree {
    /// Files and folders; each exists.
    pub paths: Vec<PathBuf>,
    /// Also what git ignores.
    pub all: bool,
    /// Threads of the walk.
    pub threads: usize,
    /// Files that are left out and counted, absolute and with links resolved: the reports of this run.
    pub left_out: Vec<PathBuf>,
    /// Files that the policy or a flag leaves out.
    pub(crate) exclude: Exclude,
}

/// A target with what its files are called in reports.
struct Target {
    /// Absolute, links resolved.
    path: PathBuf,
    /// What is cut from the front of a file's path...
    base: PathBuf,
    /// ... and what is put there instead.
    prefix: Vec<u8>,
}

impl Source for Worktree {
    fn drive(&self, sink: &dyn Sink) -> Result<(), String> {
        let ignored = Arc::new(Ignored::new(self.all));
        let left_out: HashSet<PathBuf> = self.left_out.iter().cloned().collect();
        for named in &self.paths {
            let target = target(named, self.paths.len() > 1).map_err(|e| format!("{}: {e}", named.display()))?;
            if target.path.is_dir() {
                self.folder(&target, &ignored, &left_out, sink);
                let name = |path: &Path| Some(target.name(path)).filter(|name| self.exclude.find(name).is_none());
                ignored.sparse(&target.path, &name).into_iter().for_each(|gap| sink.gap(gap));
            } else {
                let name = target.name(&target.path);
                if !self.excludes(&name, &target.path) {
                    file(|| open_named(&target.path), name, true, sink);
                }
            }
        }
        for (path, why) in ignored.problems() {
            // The name of the folder only: a report holds no path of the machine.
            let what = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            sink.gap(Gap { kind: GapKind::DamagedIndex, what: what.into_bytes(), why, blocks: true });
        }
        sink.ignored(ignored.files.load(Ordering::Relaxed), ignored.left_folders.load(Ordering::Relaxed));
        Ok(())
    }
}

impl Worktree {
    /// Whether the file of this name is left out; then it is counted.
    fn excludes(&self, name: &[u8], path: &Path) -> bool {
        let Some(glob) = self.exclude.find(name) else { return false };
        let bytes = path.symlink_metadata().ok().filter(|meta| meta.is_file()).map_or(0, |meta| meta.len());
        self.exclude.count(glob, 1, bytes);
        true
    }

    /// Reports a bare repository: what git stores in it is compressed, and the walk sees only that. One in a work tree, as
    /// tests of git tools have, does not block.
    fn repository(&self, folder: &Path, target: &Target, blocks: bool, sink: &dyn Sink) {
        let name = target.name(folder);
        let what = if name.is_empty() { b".".to_vec() } else { name.to_vec() };
        if self.exclude.find(&name).is_none() {
            let why = "a git repository without a work tree: what it stores is not read as files".into();
            sink.gap(Gap { kind: GapKind::Bare, what, why, blocks });
        }
    }

    fn folder(&self, target: &Target, ignored: &Arc<Ignored>, left_out: &HashSet<PathBuf>, sink: &dyn Sink) {
        let root = Root::new(&target.path);
        let filter = Arc::clone(ignored);
        let is_folder = |e: &DirEntry| e.file_type().is_some_and(|t| t.is_dir());
        if is_bare(&target.path) {
            self.repository(&target.path, target, true, sink);
        }
        let each = |entry: Result<DirEntry, ignore::Error>| match entry {
            Ok(entry) if entry.depth() == 0 => {}
            Ok(entry) if is_folder(&entry) => {
                if is_bare(entry.path()) {
                    self.repository(entry.path(), target, work_tree(entry.path()).is_none(), sink);
                }
                let empty = ignored.look(entry.path(), true) == Look::EmptySubmodule;
                if empty && self.exclude.find(&target.name(entry.path())).is_none() {
                    sink.gap(Gap {
                        kind: GapKind::Submodule,
                        what: target.name(entry.path()).to_vec(),
                        why: "a submodule whose files are not here".into(),
                        blocks: false,
                    });
                }
            }
            Ok(entry) if left_out.contains(entry.path()) => sink.left_out(),
            Ok(entry) => {
                let name = target.name(entry.path());
                if !self.excludes(&name, entry.path()) {
                    one(&entry, name, target, &root, sink);
                }
            }
            Err(e) => {
                let gap = walk_gap(&e, target);
                match self.exclude.find(&gap.what) {
                    // What is in it nobody can count.
                    Some(glob) => self.exclude.count(glob, 1, 0),
                    None => sink.gap(gap),
                }
            }
        };
        let mut walk = WalkBuilder::new(&target.path);
        walk.standard_filters(false)
            .follow_links(false)
            .filter_entry(move |e| e.depth() == 0 || filter.look(e.path(), is_folder(e)) != Look::No);
        match threads_there_are(self.threads) {
            0 | 1 => walk.build().for_each(each),
            threads => walk.threads(threads).build_parallel().run(|| {
                Box::new(|entry| {
                    each(entry);
                    WalkState::Continue
                })
            }),
        }
    }
}

/// How many of so many threads the system lets us have. The walk waits for all that it wants: with fewer it would never end.
fn threads_there_are(wanted: usize) -> usize {
    // The walk starts them with the stack that the environment asks for; too small a one would overflow.
    if wanted < 2 || !crate::threads::stack_is_usual() {
        return wanted.min(1);
    }
    let gate = Mutex::new(());
    let shut = gate.lock();
    std::thread::scope(|scope| {
        let wait = || drop(gate.lock());
        let started = (0..wanted).map_while(|_| std::thread::Builder::new().spawn_scoped(scope, wait).ok()).count();
        drop(shut);
        started
    })
}

/// A file, link or special file that the walk met.
fn one(entry: &DirEntry, name: Arc<[u8]>, target: &Target, root: &Root, sink: &dyn Sink) {
    sink.blob(&Blob::whole(&name, &Origin::Name(Arc::clone(&name))));
    let Some(kind) = entry.file_type() else { return };
    if kind.is_symlink() {
        sink.link();
        match std::fs::read_link(entry.path()) {
            Ok(to) => sink.blob(&Blob::whole(&slashed(&to), &Origin::Link(Arc::clone(&name)))),
            Err(e) => sink.gap(unreadable(&name, reason(&e))),
        }
    } else if kind.is_file() {
        match entry.path().strip_prefix(&target.path) {
            Ok(relative) => file(|| root.open(relative), name, false, sink),
            Err(e) => sink.gap(unreadable(&name, e.to_string())),
        }
    } else {
        // It holds no stored bytes, and git cannot hold it: said, but nothing that could have been read is missing.
        let why = format!("{}, not read", special_name(kind));
        sink.gap(Gap { kind: GapKind::SpecialFile, what: name.to_vec(), why, blocks: false });
    }
}

thread_local! {
    static BUFFER: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// Reads one file to its end.
fn file(open: impl FnOnce() -> Result<(std::fs::File, u64), OpenError>, name: Arc<[u8]>, named: bool, sink: &dyn Sink) {
    let (file, size) = match open() {
        Ok(opened) => opened,
        Err(OpenError::Io(e)) => return sink.gap(unreadable(&name, reason(&e))),
        Err(OpenError::Special(what)) => {
            let why = format!("{what}, not read");
            return sink.gap(Gap { kind: GapKind::SpecialFile, what: name.to_vec(), why, blocks: named });
        }
    };
    let origin = Origin::File(Arc::clone(&name));
    let limit = size.saturating_mul(2).saturating_add(GROWTH);
    let read = BUFFER.with_borrow_mut(|buffer| {
        let read = {
            let pass = window::holes(&file, size);
            window::read_all(&mut &file, limit, window::CORE, &origin, &Recognising(sink), buffer, &pass)
        };
        // One huge file must not keep its buffer for the rest of the run.
        if buffer.capacity() > 4 * window::CORE {
            *buffer = Vec::new();
        }
        read
    });
    match read {
        Ok(bytes) if bytes >= limit => sink.gap(Gap {
            kind: GapKind::Limit,
            what: name.to_vec(),
            why: format!("it grew from {size} to more than {bytes} bytes while it was read"),
            blocks: true,
        }),
        Ok(bytes) => sink.done(bytes),
        Err(e) => sink.gap(unreadable(&name, reason(&e))),
    }
}

fn unreadable(name: &[u8], why: String) -> Gap {
    Gap { kind: GapKind::Unreadable, what: name.to_vec(), why, blocks: true }
}

/// Why what was there is not read.
fn reason(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::NotFound => "it went away while the scan ran".into(),
        _ => fs::reason(e),
    }
}

fn walk_gap(error: &ignore::Error, target: &Target) -> Gap {
    let mut at = error;
    let mut path = None;
    loop {
        at = match at {
            ignore::Error::WithPath { path: p, err } => {
                path = Some(p);
                err
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            _ => break,
        };
    }
    let why = match at {
        ignore::Error::Io(e) => reason(e),
        other => other.to_string(),
    };
    unreadable(&path.map_or_else(|| Arc::from(&b""[..]), |p| target.name(p)), why)
}

impl Target {
    /// What a path is called in reports.
    fn name(&self, path: &Path) -> Arc<[u8]> {
        let relative = beneath(path, &self.base).unwrap_or_else(|| slashed(path));
        match (self.prefix.is_empty(), relative.is_empty()) {
            (true, _) => (*relative).into(),
            (false, true) => self.prefix.as_slice().into(),
            (false, false) => [&self.prefix[..], b"/", &relative].concat().into(),
        }
    }
}

/// Names are relative to the root of the innermost work tree, so that hook, CI and history agree; outside git to the
/// current folder where that holds the target, else to the target itself.
fn target(named: &Path, several: bool) -> io::Result<Target> {
    let path = named.canonicalize()?;
    let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
    if let Some(root) = work_tree(folder) {
        let base = root.to_owned();
        return Ok(Target { path, base, prefix: Vec::new() });
    }
    if let Ok(here) = std::env::current_dir().and_then(|d| d.canonicalize())
        && path.starts_with(&here)
    {
        return Ok(Target { path, base: here, prefix: Vec::new() });
    }
    let prefix = match folder.file_name() {
        Some(name) if several => slashed(Path::new(name)).into_owned(),
        _ => Vec::new(),
    };
    let base = folder.to_owned();
    Ok(Target { path, base, prefix })
}
