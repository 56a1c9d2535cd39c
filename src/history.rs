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
mod noted;
pub mod search;
mod show;
mod since;
pub mod timeline;
mod watch;

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
use crate::history::clean_blobs::{Partial, Seen};
use crate::history::search::History;
use crate::history::search::graph::{BlobSet, GraphBuilder, HistoryGraph, Named};
use crate::history::timeline::Attribution;
use crate::history::watch::{Keeper, watched};
use crate::mask;
use crate::rule::RuleSet;
use crate::scan::{Found, RequestError, RunOptions, finish};
use crate::source::excluded::Exclude;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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
    /// What an interrupted scan left, and where this one leaves the same.
    pub partial: Option<Partial>,
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

/// What is known of a repository before its objects are read.
struct Opened {
    store: Store,
    refs: Refs,
    gaps: Vec<Gap>,
    /// Commits whose parents are known to be missing.
    shallow: Vec<gix_hash::ObjectId>,
    /// The folder of the repository's files; a bundle has none.
    folder: Option<PathBuf>,
}

/// Everything that `repo` keeps.
///
/// # Errors
/// When it does not exist or is no repository.
pub fn scan(rules: &RuleSet, repo: &Path, options: &Options, progress: &Progress) -> Result<Outcome, RequestError> {
    let detector = Detector::new(rules, options.run.now);
    let work = || {
        let opened = open(repo, options)?;
        Ok(look(&detector, opened, options, progress))
    };
    match pool(options.run.threads.max(1)) {
        Ok(threads) => threads.install(work),
        // This thread did the work of the repository before, and stays what it is.
        Err(_) if rayon::current_thread_index().is_some() => work(),
        Err(e) => {
            // Where it is on this machine is nobody's business.
            let here = || repo.file_name().map_or(b".".to_vec(), |name| name.as_encoded_bytes().to_vec());
            let what = if options.name.is_empty() { here() } else { options.name.clone() };
            let why = format!("threads cannot be started: {e}");
            let gaps = vec![Gap { kind: GapKind::Repository, what, why, blocks: true }];
            Ok(Outcome { gaps, ..Outcome::default() })
        }
    }
}

/// So many threads, or as many of them as the system lets us have, down to this one.
fn pool(wanted: usize) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    let of = crate::threads::pool;
    let fewer = std::iter::successors(Some(wanted), |n| (*n > 1).then_some(n / 2));
    let some = fewer.map(|threads| of(threads).build()).find_map(Result::ok);
    some.map_or_else(|| of(1).use_current_thread().build(), Ok)
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
    let seen: Vec<&Seen> =
        options.seen.as_deref().into_iter().chain(options.partial.as_ref().map(|p| &*p.known)).collect();
    let sparing = since::SkipKnownClean::new(&history, &store.objects, &seen, !exclude.is_empty());
    let blobs = Walk::new(&store, &forests, &sparing, |kind| kind == Kind::Blob).rehashing(options.rehash);
    let mut keeper = options.partial.as_ref().map(|partial| {
        let (sparing, history, objects) = (&sparing, &history, &store.objects);
        Keeper::new(partial.pause, move || {
            let clean = Seen::default();
            // In this order: what was found in a blob is recorded before the blob counts as scanned.
            let looked_at = sparing.looked_at();
            since::keep(&clean, &looked_at, history.unclean(), objects);
            (partial.save)(&clean, detector.rules(), options.run.now)
        })
    });
    {
        let shown = counters(progress, &blobs.bytes, &blobs.objects);
        watched(|| blobs.run(), &mut || {
            shown();
            keeper.iter_mut().for_each(Keeper::keep_now_and_then);
        });
    }
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
            watched(|| others.run(), &mut counters(progress, &others.bytes, &others.objects));
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
        since::keep(seen, &looked_at, record.unclean(), &store.objects);
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
    gaps.extend(noted::noted(&record, &shaped, &store, &shallow, &left_out));
    gaps.extend(attribution.gaps.iter().cloned());

    let found: BTreeSet<Number> = record.places.iter().map(|place| place.object).collect();
    let mut staged: BTreeMap<Number, BTreeSet<&[u8]>> = BTreeMap::new();
    for (id, path) in &refs.staged {
        if let Some(object) = store.objects.find(id.as_slice()).filter(|object| found.contains(object)) {
            staged.entry(object).or_default().insert(path);
        }
    }
    let source = gather::Sources {
        store: &store,
        record: &record,
        shaped: &shaped,
        attribution: &attribution,
        exclude: &exclude,
        ref_names,
        staged,
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

/// Copies the counters of a walk to where progress is shown from.
fn counters(progress: &Progress, bytes: &AtomicU64, objects: &AtomicU64) -> impl Fn() + Send {
    let [bytes_before, objects_before] = [&progress.bytes, &progress.objects].map(|n| n.load(Ordering::Relaxed));
    move || {
        progress.bytes.store(bytes_before + bytes.load(Ordering::Relaxed), Ordering::Relaxed);
        progress.objects.store(objects_before + objects.load(Ordering::Relaxed), Ordering::Relaxed);
    }
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
