//! The engine held against the plain way, over repositories of any size.
//!
//! In: a repository. Out: objects by kind as the engine and as `git cat-file --batch-check` count them, and how many
//! objects differ in an occurrence (object, range, rule, reasons) from what the matcher says of the whole object as
//! `git cat-file --batch` prints it. Objects stream through: a few at a time are in memory, besides what was found.

use super::repository::git;
use anyhow::{Context, Result, ensure};
use leaktight::blob::Fresh;
use leaktight::detect::{Detector, Input};
use leaktight::finding::evidence;
use leaktight::git::store::Store;
use leaktight::git::store::numbers::Number;
use leaktight::git::store::walk::{Forests, Visit as _, Walk};
use leaktight::git::{Kind, Repository};
use leaktight::history::search::graph::{BlobSet, GraphBuilder};
use leaktight::history::search::{History, Place, Record};
use leaktight::rule::RuleSet;
use leaktight::text::view;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// "Now", for both.
pub(crate) const NOW: i64 = 1_800_000_000;
/// Bytes of objects that go to a thread at once, unless one is larger.
const BATCH: usize = 4 << 20;
/// Differences that are shown.
const SHOWN: usize = 10;

/// What the engine alone made of a repository.
pub(crate) struct Looked {
    pub(crate) record: Record,
    /// Blobs, trees, commits, tags.
    pub(crate) counts: [u64; 4],
    pub(crate) fresh: u64,
    pub(crate) bytes: u64,
    pub(crate) missing: usize,
    pub(crate) gaps: Vec<String>,
    pub(crate) seconds: f64,
    store: Store,
}

/// Looks at every object with two threads.
///
/// # Errors
/// When it is no repository.
pub(crate) fn look(detector: &Detector<'_>, repo: &Path) -> Result<Looked> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    let start = Instant::now();
    let repository = Repository::open(repo, &[]).map_err(|e| anyhow::anyhow!("{}: {e}", repo.display()))?;
    let (store, gaps) = Store::open(&repository.object_dirs, repository.hash);
    let history = History::new(detector, false);
    let mut counts = [0; 4];
    let (mut bytes, mut missing) = (0, 0);
    pool.install(|| {
        let forests = Forests::new(&store, &|gap| history.gap(gap));
        let blobs = Walk::new(&store, &forests, &history, |k| k == Kind::Blob);
        blobs.run();
        let holders = BlobSet::new(history.objects(), &store.objects);
        let shape = GraphBuilder::new(&history, &store.objects, store.hash, holders, false);
        let others = Walk::new(&store, &forests, &shape, |k| k != Kind::Blob);
        others.run();
        for (count, kind) in counts.iter_mut().zip([Kind::Blob, Kind::Tree, Kind::Commit, Kind::Tag]) {
            *count = blobs.distinct(kind) + others.distinct(kind);
        }
        bytes = blobs.bytes.load(Ordering::Relaxed) + others.bytes.load(Ordering::Relaxed);
        drop(others);
        missing = shape.finish().missing.len();
    });
    let fresh = history.fresh.load(Ordering::Relaxed);
    let mut record = history.finish();
    let seconds = start.elapsed().as_secs_f64();
    let gaps = gaps.iter().chain(&record.gaps).map(|g| format!("{}: {}", String::from_utf8_lossy(&g.what), g.why));
    let gaps = gaps.collect();
    record.places.sort_unstable();
    Ok(Looked { record, counts, fresh, bytes, missing, gaps, seconds, store })
}

/// What [`verify`] counted.
pub(crate) struct Verified {
    pub(crate) ours: [u64; 4],
    pub(crate) gits: [u64; 4],
    pub(crate) missing: usize,
    pub(crate) gaps: Vec<String>,
    pub(crate) found: Option<Compared>,
}

/// Occurrences by the oracle and by the engine.
#[derive(Default)]
pub(crate) struct Compared {
    pub(crate) bytes: u64,
    pub(crate) oracle: usize,
    pub(crate) engine: usize,
    /// Objects with an occurrence.
    pub(crate) holders: usize,
    pub(crate) differing: usize,
    /// Objects with more candidates than one may have.
    pub(crate) limited: usize,
    pub(crate) examples: Vec<String>,
    seen: BTreeSet<Number>,
}

/// First byte, length, rule, reasons.
type Occurrence = (usize, usize, u32, String);

/// Holds the engine against git, and if `occurrences` are asked for, against the oracle.
///
/// # Errors
/// When git cannot be run or fails, or it is no repository.
pub(crate) fn verify(rules: &RuleSet, repo: &Path, occurrences: bool) -> Result<Verified> {
    let detector = Detector::new(rules, NOW);
    let looked = look(&detector, repo)?;
    let gits = counted(repo)?;
    let found = if occurrences { Some(compare(&detector, rules, repo, &looked)?) } else { None };
    Ok(Verified { ours: looked.counts, gits, missing: looked.missing, gaps: looked.gaps, found })
}

fn print(repo: &Path, batch: &str) -> Result<(Child, BufReader<ChildStdout>)> {
    let mut command = git(repo);
    command.args(["cat-file", "--batch-all-objects", "--unordered", batch]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("git cannot be started")?;
    let out = child.stdout.take().context("git prints nothing")?;
    Ok((child, BufReader::with_capacity(1 << 20, out)))
}

fn counted(repo: &Path) -> Result<[u64; 4]> {
    let (mut child, mut out) = print(repo, "--batch-check")?;
    let mut counts = [0; 4];
    let mut line = String::new();
    while out.read_line(&mut line)? > 0 {
        let kind = line.split(' ').nth(1).unwrap_or_default();
        let at = ["blob", "tree", "commit", "tag"].iter().position(|k| *k == kind);
        counts[at.with_context(|| format!("git printed {line}"))?] += 1;
        line.clear();
    }
    ensure!(child.wait()?.success(), "git cat-file failed");
    Ok(counts)
}

/// An object as git prints it.
struct Printed {
    id: gix_hash::ObjectId,
    blob: bool,
    bytes: Vec<u8>,
}

fn compare(detector: &Detector<'_>, rules: &RuleSet, repo: &Path, looked: &Looked) -> Result<Compared> {
    let (mut child, mut out) = print(repo, "--batch")?;
    let compared = Mutex::new(Compared::default());
    let (sender, receiver) = sync_channel::<Vec<Printed>>(2);
    let receiver = Mutex::new(receiver);
    std::thread::scope(|scope| -> Result<()> {
        for _ in 0..2 {
            scope.spawn(|| work(detector, rules, looked, &receiver, &compared));
        }
        // Owned here, so that the threads end when reading does, by an error too.
        let sender = sender;
        let (mut batch, mut held) = (Vec::new(), 0);
        while let Some(printed) = next(&mut out)? {
            held += printed.bytes.len();
            batch.push(printed);
            if held >= BATCH {
                sender.send(std::mem::take(&mut batch)).ok().context("a thread ended")?;
                held = 0;
            }
        }
        sender.send(batch).ok().context("a thread ended")
    })?;
    ensure!(child.wait()?.success(), "git cat-file failed");
    let mut compared = compared.into_inner().unwrap_or_else(PoisonError::into_inner);
    // What the engine has in objects that git did not print.
    for part in looked.record.places.chunk_by(|a, b| a.object == b.object) {
        if !compared.seen.contains(&part[0].object) {
            compared.differ(looked, part[0].object, &BTreeSet::new(), &ours(&looked.record, part));
        }
    }
    Ok(compared)
}

/// The next blob, commit or tag; trees are only read.
fn next(out: &mut impl BufRead) -> Result<Option<Printed>> {
    loop {
        let mut head = String::new();
        if out.read_line(&mut head)? == 0 {
            return Ok(None);
        }
        let mut words = head.trim_end().split(' ');
        let (id, kind, size) = (words.next(), words.next(), words.next());
        let size: usize = size.and_then(|s| s.parse().ok()).with_context(|| format!("git printed {head}"))?;
        let mut bytes = vec![0; size + 1];
        out.read_exact(&mut bytes)?;
        bytes.pop();
        if kind != Some("tree") {
            let id = gix_hash::ObjectId::from_hex(id.unwrap_or_default().as_bytes())?;
            return Ok(Some(Printed { id, blob: kind == Some("blob"), bytes }));
        }
    }
}

fn work(
    detector: &Detector<'_>,
    rules: &RuleSet,
    looked: &Looked,
    batches: &Mutex<Receiver<Vec<Printed>>>,
    compared: &Mutex<Compared>,
) {
    loop {
        let batch = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(batch) = batch else { return };
        for printed in batch {
            let (want, limited) = whole(detector, rules, &printed);
            let number = looked.store.objects.find(printed.id.as_slice());
            let places = &looked.record.places;
            let from = number.map_or(places.len(), |n| places.partition_point(|p| p.object < n));
            let to = number.map_or(places.len(), |n| places.partition_point(|p| p.object <= n));
            let have = ours(&looked.record, &places[from..to]);
            let mut compared = compared.lock().unwrap_or_else(PoisonError::into_inner);
            compared.bytes += printed.bytes.len() as u64;
            compared.oracle += want.len();
            compared.engine += have.len();
            compared.holders += usize::from(!want.is_empty());
            compared.seen.extend(number.filter(|_| !have.is_empty()));
            if limited {
                compared.limited += 1;
            } else if want != have {
                compared.differ(looked, number.unwrap_or(Number::MAX), &want, &have);
            }
        }
    }
}

impl Compared {
    fn differ(&mut self, looked: &Looked, object: Number, want: &BTreeSet<Occurrence>, have: &BTreeSet<Occurrence>) {
        self.differing += 1;
        if self.examples.len() < SHOWN {
            let id = looked.store.objects.id(object).map(|id| id.to_string()).unwrap_or_default();
            let lacks: Vec<_> = want.difference(have).take(2).collect();
            let more: Vec<_> = have.difference(want).take(2).collect();
            self.examples.push(format!("{id}: the engine lacks {lacks:?}, has besides {more:?}"));
        }
    }
}

/// What the engine found at these places.
fn ours(record: &Record, places: &[Place]) -> BTreeSet<Occurrence> {
    let one = |p: &Place| {
        let m = &record.matched[p.matched as usize];
        (p.offset as usize, m.len as usize, m.rule, format!("{:?}", m.evidence))
    };
    places.iter().map(one).collect()
}

/// What the matcher says of a whole object, and whether it reached a limit.
fn whole(detector: &Detector<'_>, rules: &RuleSet, printed: &Printed) -> (BTreeSet<Occurrence>, bool) {
    let text = printed.bytes.as_slice();
    let head = |l: &&[u8]| [&b"tree "[..], b"parent ", b"object "].iter().any(|h| l.starts_with(h));
    let start = match printed.blob {
        true => 0,
        false => text.split_inclusive(|b| *b == b'\n').take_while(head).map(<[u8]>::len).sum(),
    };
    let binary = printed.blob && view::view(text).binary;
    let found =
        detector.candidates(&Input { text, core: start..text.len(), fresh: Fresh::All, binary, file: printed.blob });
    let candidates = found.candidates.into_iter();
    let shown = candidates.filter(|c| evidence::confidence(&c.evidence, rules.rule(c.rule).distinctive).is_some());
    let one = |c: leaktight::detect::Candidate| (c.secret.start, c.secret.len(), c.rule, format!("{:?}", c.evidence));
    (shown.map(one).collect(), found.limited)
}
