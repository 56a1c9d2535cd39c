//! What the trees hold that a change is compared with: at one path, and at the paths that the change altered or removed.
//!
//! In: the compared trees, values. Out: how weighty a value was at a path, and how many paths it left. A blob is searched
//! only where it may matter, for the bytes of all values in one pass, and read by the detector only if that meets one.
//! Limits count bytes and entries; what lies beyond them holds nothing that we know of.

use crate::detect::{Detector, Input};
use crate::evidence::Confidence;
use crate::finding::{Occurrence, Sameness, sameness};
use crate::gate::look;
use crate::gate::material::Material;
use crate::git::access::EntryAt;
use crate::git::changes::{self, Budget};
use crate::git::object::tree_entries;
use crate::git::{Access, Kind, ObjectId};
use crate::rule::Severity;
use crate::scan::weighed;
use crate::source::Origin;
use crate::text::view;
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// Bytes that are searched for values that are not at their path; each value met at a path counts as [`PER_VALUE`].
const MOST_SEARCHED: usize = 256 << 20;
const PER_VALUE: usize = 64;
/// Values of one change that are searched for.
const MOST_SOUGHT: usize = 10_000;
/// Shortest piece of a value that is searched for, and how much of it; more would not tell it from others.
const SHORTEST: usize = 6;
const LONGEST: usize = 64;
/// Entries of trees that are kept for further look-ups.
const MOST_KEPT: usize = 1_000_000;

/// How bad and how sure a value is at a path, and how often it is there if it is a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight {
    severity: Severity,
    confidence: Confidence,
    times: usize,
}

impl Weight {
    pub(super) fn new(severity: Severity, confidence: Confidence) -> Self {
        Self { severity, confidence, times: 1 }
    }

    pub(super) fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// The more of both, by each measure.
    pub(super) fn join(self, other: Self) -> Self {
        Self {
            severity: self.severity.max(other.severity),
            confidence: self.confidence.max(other.confidence),
            times: self.times.max(other.times),
        }
    }

    /// The less of both, by each measure.
    fn meet(self, other: Self) -> Self {
        Self {
            severity: self.severity.min(other.severity),
            confidence: self.confidence.min(other.confidence),
            times: self.times.min(other.times),
        }
    }

    /// Whether nothing rises from this to `other`.
    pub(super) fn covers(self, other: Self) -> bool {
        self.join(other) == self
    }
}

/// Whether a key without a path is that of a setting, which has no value and is counted.
pub(super) fn is_setting(key: &Sameness) -> bool {
    !key.2.is_empty()
}

/// What a blob holds at a path, by keys without the path.
type Held = HashMap<Sameness, Weight>;
/// The paths that each value left, counted by weight.
pub(super) type Left = HashMap<usize, BTreeMap<Weight, usize>>;

pub(super) struct Past<'a> {
    access: &'a Access,
    material: &'a Material,
    detector: &'a Detector<'a>,
    /// By object and path: the path counts for the weight.
    held: HashMap<(ObjectId, Vec<u8>), Rc<Held>>,
    trees: HashMap<ObjectId, Rc<HashMap<Vec<u8>, EntryAt>>>,
    /// Entries in `trees`.
    kept: usize,
    /// Bytes that may still be searched.
    budget: usize,
    /// What reading directories may still cost.
    walked: Budget,
}

impl<'a> Past<'a> {
    pub(super) fn new(access: &'a Access, material: &'a Material, detector: &'a Detector<'a>) -> Self {
        let (held, trees) = (HashMap::new(), HashMap::new());
        Self { access, material, detector, held, trees, kept: 0, budget: MOST_SEARCHED, walked: Budget::default() }
    }

    /// What is at `path` of a tree. Trees are kept: many places are in one directory.
    pub(super) fn entry(&mut self, tree: &ObjectId, path: &[u8]) -> Option<EntryAt> {
        let mut at = EntryAt { mode: 0o040_000, id: *tree };
        for name in path.split(|b| *b == b'/') {
            if at.mode & 0o170_000 != 0o040_000 {
                return None;
            }
            at = *self.tree(&at.id)?.get(name)?;
        }
        Some(at)
    }

    fn tree(&mut self, id: &ObjectId) -> Option<Rc<HashMap<Vec<u8>, EntryAt>>> {
        if let Some(known) = self.trees.get(id) {
            return Some(Rc::clone(known));
        }
        let bytes = self.access.objects.read_as(id, Kind::Tree).ok()?;
        let mut entries = HashMap::new();
        for e in tree_entries(&bytes, self.access.objects.hash()).map_while(Result::ok) {
            // Of two entries of one name the first counts, as for git.
            entries.entry(e.name.to_vec()).or_insert(EntryAt { mode: e.mode, id: e.id });
        }
        self.kept += entries.len();
        if self.kept > MOST_KEPT {
            self.trees.clear();
            self.kept = entries.len();
        }
        let entries = Rc::new(entries);
        self.trees.insert(*id, Rc::clone(&entries));
        Some(entries)
    }

    /// Whether a compared tree holds it at this path, and as weighty.
    pub(super) fn held(&mut self, key: &Sameness, path: &[u8], weight: Weight) -> bool {
        let material = self.material;
        material.compared.iter().any(|tree| {
            let held = self.at(tree, path);
            held.is_some_and(|held| held.get(key).is_some_and(|was| was.covers(weight)))
        })
    }

    /// What a tree holds at this path.
    fn at(&mut self, tree: &ObjectId, path: &[u8]) -> Option<Rc<Held>> {
        let id = self.entry(tree, path).filter(|e| is_blob(e))?.id;
        if let Some(known) = self.held.get(&(id, path.to_vec())) {
            return Some(Rc::clone(known));
        }
        let mut held = Held::new();
        // What cannot be read holds nothing that we know of.
        if let Some(bytes) = self.blob(&id) {
            let binary = view::view(&bytes).binary;
            let found = self.detector.candidates(&Input { binary, ..Input::all(&bytes) });
            let rules = self.detector.rules();
            for (c, _, confidence) in weighed(&found.candidates, Some(path), rules) {
                let key = sameness(rules, c.rule, &c.value, &c.host, b"");
                let (setting, weight) = (is_setting(&key), Weight::new(rules.rule(c.rule).severity, confidence));
                held.entry(key)
                    .and_modify(|was| *was = was.join(weight).times(was.times + usize::from(setting)))
                    .or_insert(weight);
            }
        }
        let held = Rc::new(held);
        self.held.insert((id, path.to_vec()), Rc::clone(&held));
        Some(held)
    }

    /// The bytes of a file, those that Git LFS keeps where it is a pointer.
    fn blob(&self, id: &ObjectId) -> Option<Arc<Vec<u8>>> {
        let bytes = self.access.objects.read_as(id, Kind::Blob).ok()?;
        Some(look::content(self.access, &bytes).map_or(bytes, Arc::new))
    }

    /// The paths that values left, for each end. `sought`: index, key and an occurrence of each value; `there`: whether an
    /// end still holds a value at a path.
    pub(super) fn left(
        &mut self,
        sought: &[(usize, &Sameness, &Occurrence)],
        there: impl Fn(usize, usize, &[u8]) -> bool,
    ) -> Vec<Left> {
        let material = self.material;
        let mut out = vec![Left::new(); material.left.len()];
        let Some(search) = self.search_for(sought) else { return out };
        let mut met: HashMap<ObjectId, (Rc<[usize]>, usize)> = HashMap::new();
        for (end, list) in material.left.iter().enumerate() {
            // A base and the commit at which the range left it hold the same path.
            let mut counted = HashSet::new();
            for (path, blob) in list.iter().flat_map(|(path, entry)| self.files(path, entry)).collect::<Vec<_>>() {
                if !met.contains_key(&blob.id) {
                    met.insert(blob.id, self.met(&blob.id, &search));
                }
                let Some((met, bytes)) = met.get(&blob.id).filter(|(met, _)| !met.is_empty()) else { continue };
                self.budget = self.budget.saturating_sub(bytes + met.len() * PER_VALUE);
                if self.budget == 0 {
                    return out;
                }
                let gone: Vec<usize> = met.iter().filter(|i| !there(end, sought[**i].0, &path)).copied().collect();
                if gone.is_empty() || !counted.insert(path.clone()) {
                    continue;
                }
                let sides = self.sides(&path);
                for (value, key, _) in gone.into_iter().map(|i| sought[i]) {
                    let weight =
                        |side: &Vec<Rc<Held>>| side.iter().filter_map(|h| h.get(key)).copied().reduce(Weight::join);
                    let weights: Option<Vec<Weight>> = sides.iter().map(weight).collect();
                    if let Some(weight) = weights.and_then(|all| all.into_iter().reduce(Weight::meet)) {
                        *out[end].entry(value).or_default().entry(weight).or_default() += 1;
                    }
                }
            }
        }
        out
    }

    /// The file at a path, or all files of a directory there.
    fn files(&self, path: &[u8], entry: &EntryAt) -> Vec<(Vec<u8>, EntryAt)> {
        if entry.mode & 0o170_000 != 0o040_000 {
            return if is_blob(entry) { vec![(path.to_vec(), *entry)] } else { Vec::new() };
        }
        let all = changes::of_tree(self.access, &entry.id, &[], &self.walked).new;
        let all = all.into_iter().filter(|c| is_blob(&c.now));
        all.map(|c| ([path, b"/", c.path.as_slice()].concat(), c.now)).collect()
    }

    /// A search for all of these values at once.
    fn search_for(&self, sought: &[(usize, &Sameness, &Occurrence)]) -> Option<Search> {
        let mut needles = Vec::new();
        for (i, (_, _, o)) in sought.iter().enumerate().take(MOST_SOUGHT) {
            let runs = [self.written(o), o.secret.expose_in_clear().to_vec()].map(|text| longest(&text).to_vec());
            needles.extend(runs.into_iter().filter(|run| run.len() >= SHORTEST).map(|run| (run, i)));
        }
        needles.sort_unstable();
        needles.dedup();
        let (runs, of): (Vec<Vec<u8>>, Vec<usize>) = needles.into_iter().unzip();
        // Only too many of them could make it fail, and their number has a limit.
        let needles = AhoCorasick::new(runs).ok().filter(|_| !of.is_empty())?;
        Some(Search { needles, of })
    }

    /// A secret as it is written where it was found.
    fn written(&self, o: &Occurrence) -> Vec<u8> {
        let Origin::Git(place) = &o.location.origin else { return Vec::new() };
        let id = place.object.as_ref().and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
        let Some(bytes) = id.and_then(|id| self.blob(&id)) else { return Vec::new() };
        let from = o.location.byte_offset as usize;
        bytes.get(from..from.saturating_add(o.location.byte_length as usize)).unwrap_or_default().to_vec()
    }

    /// Which of the values a blob may hold, and its length.
    fn met(&mut self, id: &ObjectId, search: &Search) -> (Rc<[usize]>, usize) {
        let Some(bytes) = self.blob(id).filter(|_| self.budget > 0) else { return (Rc::new([]), 0) };
        self.budget = self.budget.saturating_sub(bytes.len());
        let met = search.needles.find_overlapping_iter(bytes.as_slice()).map(|m| search.of[m.pattern().as_usize()]);
        let met: BTreeSet<usize> = met.collect();
        (met.into_iter().collect(), bytes.len())
    }

    /// What the trees of each side hold at a path.
    fn sides(&mut self, path: &[u8]) -> Vec<Vec<Rc<Held>>> {
        let material = self.material;
        let side = |trees: &Vec<ObjectId>| trees.iter().filter_map(|tree| self.at(tree, path)).collect();
        material.sides.iter().map(side).collect()
    }
}

/// The longest run without blanks, quotes and escapes: what a copy holds, too, even if it is indented in another way.
fn longest(text: &[u8]) -> &[u8] {
    let runs = text.split(|b| b.is_ascii_whitespace() || matches!(b, b'\\' | b'"' | b'\''));
    let run = runs.max_by_key(|run| run.len()).unwrap_or_default();
    &run[..run.len().min(LONGEST)]
}

/// The values that are searched for.
struct Search {
    needles: AhoCorasick,
    /// Index of the value that each needle belongs to.
    of: Vec<usize>,
}

fn is_blob(entry: &EntryAt) -> bool {
    !matches!(entry.mode & 0o170_000, 0o040_000 | 0o160_000)
}
