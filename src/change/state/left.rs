//! The paths that values left: the base held them there, and the end of the change does not.
//!
//! In: values that are not at their path in the base. Out: for each end of the change and each value the paths that it left.
//! A file that the change altered or removed is searched for the bytes of all values in one pass, and read by the detector
//! only if that meets one. Limits count bytes and values; what lies beyond them was left by nothing.

use super::past::{Past, SecretsInBlob, is_blob};
use super::weight::Weight;
use crate::blob::Origin;
use crate::finding::Occurrence;
use crate::finding::group::GroupKey;
use crate::git::repo::entry::EntryAt;
use crate::git::tree::changes::{self, Budget};
use crate::git::{ObjectId, mode};
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// Bytes that are searched; each value that a file may hold counts as [`PER_VALUE`].
const MOST_SEARCHED: usize = 256 << 20;
const PER_VALUE: usize = 64;
/// Values that are searched for at once: the automaton for them is what takes memory.
const BATCH: usize = 10_000;
/// Shortest piece of a value that is searched for (passwords are short), and how much of it; more would not tell it from
/// others.
const SHORTEST: usize = 3;
const LONGEST: usize = 64;

/// The paths that each value left.
pub(super) type Left = HashMap<usize, LeftPaths>;

/// The paths that a value left.
#[derive(Debug, Clone, Default)]
pub(super) struct LeftPaths {
    /// How many, by weight.
    pub(super) weights: BTreeMap<Weight, usize>,
    /// The names of the files.
    pub(super) names: HashSet<Vec<u8>>,
}

/// The last part of a path.
pub(super) fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|b| *b == b'/').next().unwrap_or_default()
}

/// A value that is searched for: its index, its key, and one of its occurrences.
pub(super) type Sought<'s> = (usize, &'s GroupKey, &'s Occurrence);

/// A search for many values at once.
struct Search<'p, 'a> {
    past: &'p mut Past<'a>,
    needles: AhoCorasick,
    /// Index of the value that each needle belongs to.
    of: Vec<usize>,
    /// Bytes that may still be searched.
    budget: &'p mut usize,
}

/// Files that a change altered or removed, each with what the compared trees hold there. A base and the commit at which
/// the range left it often hold the same path; it was left once.
type Files = BTreeMap<Vec<u8>, BTreeSet<ObjectId>>;

/// The paths that values left, for each end; and whether all was searched. `there`: whether an end still holds a value at
/// a path.
pub(super) fn left(
    past: &mut Past<'_>,
    sought: &[Sought<'_>],
    there: impl Fn(usize, usize, &[u8]) -> bool,
) -> (Vec<Left>, bool) {
    let mut out = vec![Left::new(); past.material.left.len()];
    if sought.is_empty() {
        return (out, true);
    }
    let (walked, mut whole) = (Budget::default(), true);
    let mut ends: Vec<Files> = Vec::new();
    for list in &past.material.left {
        let mut files = Files::new();
        for (path, entry) in list {
            let (found, all) = files_at(past, path, entry, &walked);
            whole &= all;
            found.into_iter().for_each(|(path, blob)| {
                files.entry(path).or_default().insert(blob.id);
            });
        }
        ends.push(files);
    }
    let mut budget = MOST_SEARCHED;
    for batch in sought.chunks(BATCH) {
        if let Some(search) = Search::new(past, batch, &mut budget) {
            search.run(&ends, batch, &there, &mut out);
        }
    }
    (out, whole && budget > 0)
}

/// The file at a path, or all files of a directory there; and whether that is all.
fn files_at(past: &Past<'_>, path: &[u8], entry: &EntryAt, walked: &Budget) -> (Vec<(Vec<u8>, EntryAt)>, bool) {
    if !mode::is_tree(entry.mode) {
        return (if is_blob(entry) { vec![(path.to_vec(), *entry)] } else { Vec::new() }, true);
    }
    let changes = changes::of_tree(past.access, &entry.id, &[], walked);
    let all = changes.new.into_iter().filter(|c| is_blob(&c.now));
    (all.map(|c| ([path, b"/", c.path.as_slice()].concat(), c.now)).collect(), changes.gaps.is_empty())
}

impl<'p, 'a> Search<'p, 'a> {
    fn new(past: &'p mut Past<'a>, sought: &[Sought<'_>], budget: &'p mut usize) -> Option<Self> {
        let (mut needles, mut open) = (Vec::new(), None);
        for (i, (_, _, o)) in sought.iter().enumerate() {
            let runs =
                [written(past, o, &mut open), o.secret.expose_in_clear().to_vec()].map(|text| longest(&text).to_vec());
            needles.extend(runs.into_iter().filter(|run| run.len() >= SHORTEST).map(|run| (run, i)));
        }
        needles.sort_unstable();
        needles.dedup();
        let (runs, of): (Vec<Vec<u8>>, Vec<usize>) = needles.into_iter().unzip();
        // Only too many of them could make it fail, and their number has a limit.
        let needles = AhoCorasick::new(runs).ok().filter(|_| !of.is_empty())?;
        Some(Self { past, needles, of, budget })
    }

    fn run(
        mut self,
        ends: &[Files],
        sought: &[Sought<'_>],
        there: impl Fn(usize, usize, &[u8]) -> bool,
        out: &mut [Left],
    ) {
        let mut met: HashMap<ObjectId, (Rc<[usize]>, usize)> = HashMap::new();
        for (end, paths) in ends.iter().enumerate() {
            for (path, blobs) in paths {
                let mut gone = BTreeSet::new();
                for blob in blobs {
                    let (met, bytes) = met.entry(*blob).or_insert_with(|| self.met(blob));
                    let cost = if met.is_empty() { 0 } else { *bytes + met.len() * PER_VALUE };
                    *self.budget = self.budget.saturating_sub(cost);
                    gone.extend(met.iter().filter(|i| !there(end, sought[**i].0, path)));
                }
                if *self.budget == 0 {
                    return;
                }
                if gone.is_empty() {
                    continue;
                }
                let sides = self.sides(path);
                for (value, key, _) in gone.into_iter().map(|i: usize| sought[i]) {
                    let weight = |side: &Vec<Rc<SecretsInBlob>>| {
                        side.iter().filter_map(|h| h.get(key)).copied().reduce(Weight::join)
                    };
                    let weights: Option<Vec<Weight>> = sides.iter().map(weight).collect();
                    if let Some(weight) = weights.and_then(|all| all.into_iter().reduce(Weight::meet)) {
                        let left = out[end].entry(value).or_default();
                        *left.weights.entry(weight).or_default() += 1;
                        left.names.insert(file_name(path).to_vec());
                    }
                }
            }
        }
    }

    /// Which of the values a blob may hold, and its length.
    fn met(&mut self, id: &ObjectId) -> (Rc<[usize]>, usize) {
        let Some(bytes) = self.past.blob(id).filter(|_| *self.budget > 0) else { return (Rc::new([]), 0) };
        *self.budget = self.budget.saturating_sub(bytes.len());
        let met = self.needles.find_overlapping_iter(bytes.as_slice()).map(|m| self.of[m.pattern().as_usize()]);
        let met: BTreeSet<usize> = met.collect();
        (met.into_iter().collect(), bytes.len())
    }

    /// What the trees of each side hold at a path.
    fn sides(&mut self, path: &[u8]) -> Vec<Vec<Rc<SecretsInBlob>>> {
        let material = self.past.material;
        let side = |trees: &Vec<ObjectId>| trees.iter().filter_map(|tree| self.past.at(tree, path)).collect();
        material.sides.iter().map(side).collect()
    }
}

/// A secret as it is written where it was found. `open`: the file that was read last, for the next value is often in it.
fn written(past: &Past<'_>, o: &Occurrence, open: &mut Option<(ObjectId, Arc<Vec<u8>>)>) -> Vec<u8> {
    let Origin::Git(place) = &o.location.origin else { return Vec::new() };
    let id = place.object.as_ref().and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
    let Some(id) = id else { return Vec::new() };
    if open.as_ref().is_none_or(|(known, _)| *known != id) {
        *open = past.blob(&id).map(|bytes| (id, bytes));
    }
    let from = o.location.byte_offset as usize;
    let range = from..from.saturating_add(o.location.byte_length as usize);
    open.as_ref().and_then(|(_, bytes)| bytes.get(range)).unwrap_or_default().to_vec()
}

/// The longest run without blanks, quotes and escapes: what a copy holds, too, even if it is indented in another way.
fn longest(text: &[u8]) -> &[u8] {
    let runs = text.split(|b| b.is_ascii_whitespace() || matches!(b, b'\\' | b'"' | b'\''));
    let run = runs.max_by_key(|run| run.len()).unwrap_or_default();
    &run[..run.len().min(LONGEST)]
}
