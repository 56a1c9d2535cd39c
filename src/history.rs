//! The history of one repository: everything that it keeps.
//!
//! In: rules, a repository or a bundle, [`Options`]. Out: an [`Outcome`] whose findings carry their lives. Four steps:
//! blobs are searched (`search`), then commits, tags and trees, whose edges to what was found become a graph;
//! the graph says paths, commits and life of each secret (`timeline`); places become findings (`gather`), shown from one
//! more look at the object that speaks for each (`show`). It writes nothing and decides no exit code.

pub mod clean_blobs;
mod excluded;
pub mod fleet;
mod gather;
pub mod search;
mod show;
mod since;
pub mod timeline;

use crate::blob::{Gap, GapKind};
use crate::detect::Detector;
use crate::finding::group::report_order;
use crate::finding::{Covered, Finding, Outcome};
use crate::git::object::tree_entries;
use crate::git::repo::open::Repository;
use crate::git::repo::refs::Refs;
use crate::git::repo::{bundle, empty};
use crate::git::store::Store;
use crate::git::store::numbers::Number;
use crate::git::store::walk::{Forests, Item, Visit, Walk};
use crate::git::{Kind, RefKind};
use crate::history::clean_blobs::Seen;
use crate::history::search::graph::{BlobSet, GraphBuilder, HistoryGraph, Named, missing_gap};
use crate::history::search::{History, Record};
use crate::history::timeline::Attribution;
use crate::rule::RuleSet;
use crate::scan::{Found, RequestError, RunOptions, finish};
use crate::source::excluded::Exclude;
use crate::{mask, text};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How to look at a repository.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// As every run.
    pub run: RunOptions,
    /// Match every object whole instead of what is new in it.
    pub exhaustive: bool,
    /// Compute every object's id and compare it with the one it is kept under.
    pub rehash: bool,
    /// Folders whose objects may be borrowed.
    pub alternates: Vec<PathBuf>,
    /// The repository's name among several, else empty.
    pub name: Vec<u8>,
    /// A list names the repository, so that it is expected to hold something.
    pub listed: bool,
    /// Blobs that need not be searched, and where those go in which nothing is found.
    pub seen: Option<Arc<Seen>>,
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

/// Objects that are named and not there which are told one by one.
const TOLD: usize = 1000;

/// What is known of a repository before its objects are read.
struct Opened {
    store: Store,
    refs: Refs,
    gaps: Vec<Gap>,
    /// Commits whose parents are known to be missing.
    shallow: Vec<gix::ObjectId>,
    /// The folder of the repository's files; a bundle has none.
    folder: Option<PathBuf>,
}

/// Everything that `repo` keeps.
///
/// # Errors
/// When it does not exist or is no repository.
pub fn scan(rules: &RuleSet, repo: &Path, options: &Options, progress: &Progress) -> Result<Outcome, RequestError> {
    let detector = Detector::new(rules, options.run.now);
    let threads = pool(options.run.threads.max(1))?;
    threads.install(|| {
        let opened = open(repo, options)?;
        Ok(look(&detector, opened, options, progress))
    })
}

/// So many threads, or as many of them as the system lets us have, down to this one.
fn pool(wanted: usize) -> Result<rayon::ThreadPool, RequestError> {
    let of = crate::threads::pool;
    let fewer = std::iter::successors(Some(wanted), |n| (*n > 1).then_some(n / 2));
    let some = fewer.map(|threads| of(threads).build()).find_map(Result::ok);
    let alone = || of(1).use_current_thread().build();
    some.map_or_else(alone, Ok).map_err(|e| RequestError(format!("threads cannot be started: {e}")))
}

fn open(repo: &Path, options: &Options) -> Result<Opened, RequestError> {
    if let Some(bundle) = bundle::open(repo).map_err(RequestError)? {
        let (store, mut gaps) = Store::of_pack(bundle.pack, bundle.claims, bundle.hash);
        gaps.extend(bundle.gaps);
        if store.is_empty() {
            gaps.extend(empty::gap(None, &bundle.refs, options.listed));
        }
        return Ok(Opened { store, refs: bundle.refs, gaps, shallow: bundle.needs, folder: None });
    }
    let repository =
        Repository::open(repo, &options.alternates).map_err(|e| RequestError(format!("{}: {e}", repo.display())))?;
    let (store, mut gaps) = Store::open(&repository.object_dirs, repository.hash);
    let mut refs = Refs::read(&repository);
    gaps.append(&mut refs.gaps);
    if store.is_empty() {
        gaps.extend(empty::gap(Some(&repository), &refs, options.listed));
    }
    gaps.extend(repository.gaps);
    Ok(Opened { store, refs, gaps, shallow: repository.shallow, folder: Some(repository.common_dir) })
}

fn look(detector: &Detector<'_>, opened: Opened, options: &Options, progress: &Progress) -> Outcome {
    let Opened { store, refs, mut gaps, shallow, folder } = opened;
    let history = History::new(detector, options.exhaustive).beside(folder.as_deref());
    progress.total.store(store.objects.claimed() as u64, Ordering::Relaxed);
    let forests = Forests::new(&store, &|gap| history.gap(gap));
    let mut covered = Covered { repositories: 1, refs: refs.all.len() as u64, ..Covered::default() };

    let exclude = Exclude::new(&options.run.exclude);
    let sparing = since::SkipKnownClean::new(&history, &store.objects, options.seen.as_deref(), !exclude.is_empty());
    let blobs = Walk::new(&store, &forests, &sparing, |kind| kind == Kind::Blob).rehashing(options.rehash);
    watched(progress, &blobs.bytes, &blobs.objects, || blobs.run());
    covered.blobs = blobs.distinct(Kind::Blob);
    covered.bytes = blobs.bytes.load(Ordering::Relaxed) + history.lfs_bytes.load(Ordering::Relaxed);
    drop(blobs);
    let (looked_at, sizes) = sparing.finish();

    if store.has_unnamed() {
        // Objects that no index names get their ids from their bytes, before trees and commits ask for them.
        Walk::new(&store, &forests, &Numbering(&history), |kind| kind != Kind::Blob).run();
    }

    let mut graph = |named: &BTreeSet<Number>, again: bool| -> HistoryGraph {
        // What is excluded follows from the paths of a blob: then those of all are wanted.
        let found = history.objects().into_iter().chain(named.iter().copied());
        let blobs = BlobSet::new(found.chain(sizes.iter().map(|(number, _)| *number)), &store.objects);
        let builder = GraphBuilder::new(&history, &store.objects, store.hash, blobs, again);
        let others = Walk::new(&store, &forests, &builder, |kind| kind != Kind::Blob).rehashing(options.rehash);
        if again {
            others.run();
        } else {
            watched(progress, &others.bytes, &others.objects, || others.run());
            covered.bytes += others.bytes.load(Ordering::Relaxed);
        }
        covered.trees = others.distinct(Kind::Tree);
        covered.commits = others.distinct(Kind::Commit);
        covered.tags = others.distinct(Kind::Tag);
        drop(others);
        builder.finish()
    };
    let mut shaped = graph(&BTreeSet::new(), false);
    if !shaped.named.is_empty() {
        // The name of an entry holds a secret: what it names has to be found in the trees, too.
        let owners = NameOwners::of(&shaped, &store);
        Walk::new(&store, &forests, &owners, |kind| kind == Kind::Tree).run();
        shaped = HistoryGraph { named: owners.named(&shaped), ..shaped };
        let named = shaped.named.iter().map(|n| n.child).collect();
        // Names are numbered anew in the second walk.
        shaped = renamed(shaped, graph(&named, true));
    }
    let ref_names = ref_names(&history, &refs);
    let record = history.finish();
    if let Some(seen) = &options.seen {
        since::keep(seen, &looked_at, &record, &store.objects);
    }

    let tips: Vec<(RefKind, Vec<u8>, Number)> = refs
        .all
        .iter()
        .filter_map(|r| Some((r.kind, r.name.clone(), store.objects.find(r.target.as_slice())?)))
        .collect();
    let lost =
        refs.all.iter().filter(|r| r.kind != RefKind::Reflog && store.objects.find(r.target.as_slice()).is_none());
    gaps.extend(lost.map(|r| Gap {
        kind: GapKind::MissingObject,
        what: r.target.to_string().into_bytes(),
        why: format!("{} points at it, and it is not there", String::from_utf8_lossy(&r.name)),
        blocks: true,
    }));
    let attribution = Attribution::new(&shaped.graph, &tips, options.run.now);
    let left_out = excluded::count(&exclude, &attribution, &sizes, &mut covered);
    gaps.extend(noted(&record, &shaped, &store, &shallow, &left_out));
    gaps.extend(attribution.gaps.iter().cloned());

    let source = gather::Sources {
        store: &store,
        record: &record,
        shaped: &shaped,
        attribution: &attribution,
        exclude: &exclude,
        ref_names,
    };
    let mut findings = gather::findings(&source, detector, &options.name, &options.run.keys);
    let mut known = show::snippets(&mut findings, &store, folder.as_deref(), detector);
    let rules = detector.rules();
    record.matched.iter().for_each(|m| mask::learn(&mut known, &m.value, rules.rule(m.rule)));
    let findings: Vec<Finding> = findings.into_iter().map(|f| f.finding).collect();
    gaps.extend(record.gaps);
    progress.findings.store(findings.len() as u64, Ordering::Relaxed);
    let mut outcome = finish(Found { findings, gaps, known, covered }, &options.run, detector);
    // In the order of what is shown.
    outcome.findings.sort_by(report_order);
    outcome
}

/// Has every object numbered, and looks at none.
struct Numbering<'h>(&'h History<'h, 'h>);

impl Visit for Numbering<'_> {
    type Kept = ();
    fn object(&self, _: &Item<'_, ()>) {}
    /// The walk that looks at them says the same again.
    fn gap(&self, gap: Gap) {
        self.0.gap(gap);
    }
}

/// Everything that ever had a name in which a secret was found. The walk that searches names looks at each of them once,
/// and at what is called so only where it comes upon it first.
struct NameOwners<'s> {
    store: &'s Store,
    names: HashMap<Vec<u8>, u32>,
    found: Mutex<BTreeSet<(u32, Number)>>,
}

impl<'s> NameOwners<'s> {
    fn of(shaped: &HistoryGraph, store: &'s Store) -> Self {
        let names = shaped.named.iter().map(|n| (shaped.graph.names.text(n.name).to_vec(), n.name)).collect();
        Self { store, names, found: Mutex::default() }
    }

    /// Every secret in a name with everything that is called so.
    fn named(self, shaped: &HistoryGraph) -> Vec<Named> {
        let found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        let all = |n: &Named| {
            let n = *n;
            let bearers = found.range((n.name, Number::MIN)..=(n.name, Number::MAX)).map(|(_, child)| *child);
            bearers.map(|child| Named { child, ..n }).collect::<Vec<_>>()
        };
        shaped.named.iter().flat_map(all).collect()
    }
}

impl Visit for NameOwners<'_> {
    type Kept = ();

    fn object(&self, item: &Item<'_, ()>) {
        let mut made = Vec::new();
        let bytes = item.bytes(&mut made);
        for entry in tree_entries(bytes, self.store.hash).map_while(Result::ok) {
            if let Some(name) = self.names.get(entry.name) {
                let child = if entry.is_submodule() { None } else { self.store.objects.find(entry.id.as_slice()) };
                let pair = (*name, child.unwrap_or(item.object));
                self.found.lock().unwrap_or_else(PoisonError::into_inner).insert(pair);
            }
        }
    }

    /// The walk before said it.
    fn gap(&self, _: Gap) {}
}

/// Runs `walk` and copies its counters to where progress is shown from.
fn watched(progress: &Progress, bytes: &AtomicU64, objects: &AtomicU64, walk: impl FnOnce() + Send) {
    let (bytes_before, objects_before) =
        (progress.bytes.load(Ordering::Relaxed), progress.objects.load(Ordering::Relaxed));
    let done = std::sync::atomic::AtomicBool::new(false);
    let copy = || {
        progress.bytes.store(bytes_before + bytes.load(Ordering::Relaxed), Ordering::Relaxed);
        progress.objects.store(objects_before + objects.load(Ordering::Relaxed), Ordering::Relaxed);
    };
    std::thread::scope(|scope| {
        let watch = || {
            while !done.load(Ordering::Relaxed) {
                copy();
                std::thread::park_timeout(std::time::Duration::from_millis(100));
            }
        };
        let watcher = crate::threads::builder().spawn_scoped(scope, watch);
        walk();
        done.store(true, Ordering::Relaxed);
        let _ = watcher.map(|watcher| watcher.thread().unpark());
    });
    copy();
}

/// The graph of the second walk with the finds of the first.
fn renamed(before: HistoryGraph, mut after: HistoryGraph) -> HistoryGraph {
    let renumbered = |n: &Named| Named { name: after.graph.names.number(before.graph.names.text(n.name)), ..*n };
    after.named = before.named.iter().map(renumbered).collect();
    // A name stands in the trees that have it as an entry; folders that are called so are found for their paths.
    let names: HashSet<u32> = after.named.iter().map(|n| n.name).collect();
    let graph = &after.graph;
    let having = (0..graph.trees.len()).filter(|row| graph.edges_of(*row).iter().any(|e| names.contains(&e.name)));
    let mut held: Vec<Number> = having.filter_map(|row| Some(graph.trees.get(row)?.object)).collect();
    held.extend(after.named.iter().map(|n| n.child));
    held.sort_unstable();
    held.dedup();
    after.graph.held = held;
    after
}

/// Matches in the names of references: index of the match, where in the name, the reference.
fn ref_names(history: &History<'_, '_>, refs: &Refs) -> Vec<(u32, u32, Vec<u8>)> {
    let names: BTreeSet<&[u8]> =
        refs.all.iter().filter(|r| r.kind != RefKind::Reflog).map(|r| r.name.as_slice()).collect();
    let one = |name: &[u8]| -> Vec<(u32, u32, Vec<u8>)> {
        history.name(name).into_iter().map(|(matched, at)| (matched, at, name.to_vec())).collect()
    };
    names.into_iter().flat_map(one).collect()
}

/// What the walks noticed besides secrets, in all but the blobs that are `left_out`.
fn noted(
    record: &Record,
    shaped: &HistoryGraph,
    store: &Store,
    shallow: &[gix::ObjectId],
    left_out: &HashSet<Number>,
) -> Vec<Gap> {
    let id = |number: Number| store.objects.id(number).map(|id| id.to_string()).unwrap_or_default();
    let mut gaps = Vec::new();
    for number in record.limited.iter().filter(|number| !left_out.contains(number)) {
        gaps.push(Gap {
            kind: GapKind::Limit,
            what: id(*number).into_bytes(),
            why: "more candidates than one object may have".into(),
            blocks: true,
        });
    }
    for ((kind, why), numbers) in &record.unopened {
        let numbers = numbers.iter().copied().filter(|number| !left_out.contains(number));
        let what = match (numbers.clone().count(), numbers.min()) {
            (_, None) => continue,
            (1, Some(one)) => id(one),
            (n, Some(first)) => format!("{n} blobs, one of them {}", id(first)),
        };
        gaps.push(Gap { kind: *kind, what: what.into_bytes(), why: why.clone(), blocks: false });
    }
    for (tree, offset) in &shaped.malformed {
        gaps.push(Gap {
            kind: GapKind::CorruptObject,
            what: id(*tree).into_bytes(),
            why: format!("the tree is malformed from byte {offset} on"),
            blocks: true,
        });
    }
    if shaped.submodules > 0 {
        gaps.push(Gap {
            kind: GapKind::Submodule,
            what: text::count(shaped.submodules, "entry of a tree", "entries of trees").into_bytes(),
            why: "submodules: commits of other repositories, which were not scanned".into(),
            blocks: false,
        });
    }
    // The parents of a shallow boundary are known to be missing, and said once.
    let expected: BTreeSet<Number> = shallow.iter().filter_map(|id| store.objects.find(id.as_slice())).collect();
    let missing = shaped.missing.values().filter(|m| !(m.role == "parent of a commit" && expected.contains(&m.by)));
    let count = missing.clone().count();
    gaps.extend(missing.take(TOLD).map(|m| missing_gap(m, &store.objects)));
    if count > TOLD {
        gaps.push(Gap {
            kind: GapKind::MissingObject,
            what: text::count((count - TOLD) as u64, "more object", "more objects").into_bytes(),
            why: "named by trees or commits, and not there".into(),
            blocks: true,
        });
    }
    gaps
}
