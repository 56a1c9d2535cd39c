//! What a tree, or the index, holds that none of its parents holds at the same path.
//!
//! In: the new side and the trees of the parents. Out: [`Changes`]. A merge is compared with all its parents at once, so
//! that what only the resolution of a conflict brought is a change, and what one parent had is none. Folders that are
//! equal are not opened; of the index, git's own cache of trees says which those are. It reads trees only, follows no
//! attribute, and stops with a gap where a hostile tree would not end: a few objects can name each other ten thousand
//! million times over ([`Budget`]).

use super::folders::Folders;
use crate::blob::{Gap, GapKind};
use crate::git::mode;
use crate::git::object::{Kind, tree_entries};
use crate::git::repo::access::Access;
use crate::git::repo::entry::EntryAt;
use crate::git::repo::index::Index;
use gix_hash::ObjectId;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// Entries of trees that one comparison looks at, those of the parents included.
const MOST: usize = 5_000_000;
/// The same for all comparisons of a run.
const MOST_OF_ALL: usize = 200_000_000;
/// Bytes that a run keeps of what is new: more than a million paths.
const MOST_KEPT: usize = 512 << 20;
/// What a path costs beside its three copies: object, place, what points at them.
const PER_PATH: usize = 300;
/// Longest path.
const LONGEST: usize = 1 << 16;

/// A path that holds something else than in every parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub path: Vec<u8>,
    /// What is there now; never a folder.
    pub now: EntryAt,
    /// What the parents that have the path hold there.
    pub was: Vec<EntryAt>,
}

impl Change {
    /// Whether it is a commit of another repository.
    pub fn is_submodule(&self) -> bool {
        mode::is_submodule(self.now.mode)
    }
}

/// All differences.
#[derive(Debug, Default)]
pub struct Changes {
    /// What is new, in the order of the trees.
    pub new: Vec<Change>,
    /// What some parent has at a path that is no longer there; folders as a whole.
    pub gone: Vec<(Vec<u8>, EntryAt)>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// What the comparisons of one run may cost together, however the objects are laid.
#[derive(Debug, Default)]
pub struct Budget {
    entries: AtomicUsize,
    kept: AtomicUsize,
}

impl Budget {
    /// Whether so many bytes more may be kept.
    pub fn keeps(&self, bytes: usize) -> bool {
        self.kept.fetch_add(bytes, Relaxed).saturating_add(bytes) <= MOST_KEPT
    }

    fn entry(&self) -> bool {
        self.entries.fetch_add(1, Relaxed) < MOST_OF_ALL
    }
}

/// A comparison that is going on.
struct Walk<'a> {
    access: &'a Access,
    budget: &'a Budget,
    out: Changes,
    entries: usize,
    limited: bool,
    /// Folders that are still to be compared: path with a `/` behind it, the tree, its parents.
    waiting: Vec<(Vec<u8>, ObjectId, Vec<ObjectId>)>,
}

/// What the tree `new` holds that no tree of `parents` does.
pub fn of_tree(access: &Access, new: &ObjectId, parents: &[ObjectId], budget: &Budget) -> Changes {
    let mut walk = Walk::new(access, budget);
    walk.waiting.push((Vec::new(), *new, once(parents.iter().copied())));
    walk.finish()
}

/// What the index holds that no tree of `parents` does.
pub fn of_index(access: &Access, index: &Index, parents: &[ObjectId], budget: &Budget) -> Changes {
    let mut walk = Walk::new(access, budget);
    let parents = once(parents.iter().copied());
    let mut waiting = vec![Staged { range: 0..index.len(), path: Vec::new(), cached: index.root(), parents }];
    while let Some(folder) = waiting.pop().filter(|_| !walk.limited) {
        walk.index(index, folder, &mut waiting);
    }
    walk.finish()
}

/// Each tree once: a merge may have a thousand parents that are all the same.
fn once(trees: impl Iterator<Item = ObjectId>) -> Vec<ObjectId> {
    let mut seen = HashSet::new();
    trees.filter(|tree| seen.insert(*tree)).collect()
}

/// A folder of the index that is still to be compared: its entries, whose paths begin with `path`.
struct Staged<'i> {
    range: std::ops::Range<usize>,
    path: Vec<u8>,
    cached: Option<&'i crate::git::repo::index::Cached>,
    parents: Vec<ObjectId>,
}

impl<'a> Walk<'a> {
    fn new(access: &'a Access, budget: &'a Budget) -> Self {
        Self { access, budget, out: Changes::default(), entries: 0, limited: false, waiting: Vec::new() }
    }

    fn finish(mut self) -> Changes {
        while let Some((path, tree, parents)) = self.waiting.pop().filter(|_| !self.limited) {
            if !parents.contains(&tree) {
                self.tree(&path, &tree, &parents);
            }
        }
        self.out
    }

    fn limit(&mut self, path: &[u8]) {
        if !std::mem::replace(&mut self.limited, true) {
            let why = "the trees have more entries or longer paths than are looked at".into();
            self.out.gaps.push(Gap { kind: GapKind::Limit, what: shown(path).to_vec(), why, blocks: true });
        }
    }

    /// Counts an entry of the folder `path`; whether it may be looked at.
    fn counts(&mut self, path: &[u8]) -> bool {
        self.entries += 1;
        if self.entries > MOST || path.len() > LONGEST || !self.budget.entry() {
            self.limit(path);
        }
        !self.limited
    }

    fn tree(&mut self, path: &[u8], tree: &ObjectId, parents: &[ObjectId]) {
        let bytes = match self.access.objects.read_as(tree, Kind::Tree) {
            Ok(bytes) => bytes,
            Err(lost) => return self.out.gaps.push(lost.gap([b"tree of ", shown(path)].concat())),
        };
        let trees = self.trees(path, parents);
        let mut folders = self.folders(path, &trees);
        let mut was = Vec::new();
        for entry in tree_entries(&bytes, self.access.objects.hash()) {
            if !self.counts(path) {
                return;
            }
            let Ok(entry) = entry else {
                let why = "the tree is malformed".into();
                self.out.gaps.push(Gap { kind: GapKind::CorruptObject, what: shown(path).to_vec(), why, blocks: true });
                break;
            };
            folders.find(entry.name, &mut was);
            self.compare_entry(path, entry.name, EntryAt { mode: entry.mode, id: entry.id }, &was);
        }
        self.gone(path, &folders);
    }

    /// The bytes of the folder in each of the parents.
    fn trees(&mut self, path: &[u8], parents: &[ObjectId]) -> Vec<Arc<Vec<u8>>> {
        let mut trees = Vec::with_capacity(parents.len());
        for parent in parents {
            match self.access.objects.read_as(parent, Kind::Tree) {
                Ok(bytes) => trees.push(bytes),
                // Then all of it counts as new.
                Err(lost) => self.out.gaps.push(lost.gap([b"tree of ", shown(path)].concat())),
            }
        }
        trees
    }

    fn folders<'b>(&mut self, path: &[u8], trees: &'b [Arc<Vec<u8>>]) -> Folders<'b> {
        let mut folders = Folders::default();
        for tree in trees {
            folders.add(tree, self.access.objects.hash(), || self.counts(path));
        }
        folders
    }

    /// One entry of the new side; `was`: what the parents have under its name.
    fn compare_entry(&mut self, path: &[u8], name: &[u8], now: EntryAt, was: &[EntryAt]) {
        if mode::is_tree(now.mode) {
            let parents = once(was.iter().filter(|e| mode::is_tree(e.mode)).map(|e| e.id));
            if !parents.contains(&now.id) {
                self.waiting.push(([path, name, b"/"].concat(), now.id, parents));
            }
            return self.replaced(path, name, was);
        }
        // The same bytes under another mode are not new.
        let submodule = mode::is_submodule(now.mode);
        if !was.iter().any(|e| e.id == now.id && mode::is_submodule(e.mode) == submodule) {
            if !self.budget.keeps(3 * (path.len() + name.len()) + PER_PATH) {
                return self.limit(path);
            }
            self.out.new.push(Change { path: [path, name].concat(), now, was: was.to_vec() });
        }
    }

    /// The files that a folder of the new side took the place of.
    fn replaced(&mut self, path: &[u8], name: &[u8], was: &[EntryAt]) {
        let files = was.iter().filter(|e| !mode::is_tree(e.mode));
        self.out.gone.extend(files.map(|e| ([path, name].concat(), *e)));
    }

    fn gone(&mut self, path: &[u8], folders: &Folders<'_>) {
        self.out.gone.extend(folders.left().map(|(name, entry)| ([path, name].concat(), entry)));
    }

    /// Compares a folder of the index; the folders in it come to `waiting`.
    fn index<'i>(&mut self, index: &'i Index, folder: Staged<'i>, waiting: &mut Vec<Staged<'i>>) {
        let Staged { range, path, cached, parents } = folder;
        let known = cached.and_then(|c| index.tree_of(c, &range));
        if known.is_some_and(|tree| parents.contains(&tree)) {
            return;
        }
        let trees = self.trees(&path, &parents);
        let mut folders = self.folders(&path, &trees);
        let mut was = Vec::new();
        let mut at = range.start;
        while at < range.end && self.counts(&path) {
            let entry = index.entry(at);
            // Git sorts its entries; where somebody else did not, a folder cannot be told from its neighbours.
            let Some(rest) = entry.path.strip_prefix(path.as_slice()) else {
                let why = "the index is damaged: its entries are not in order".into();
                let what = shown(&path).to_vec();
                return self.out.gaps.push(Gap { kind: GapKind::DamagedIndex, what, why, blocks: true });
            };
            let name = rest.split(|b| *b == b'/').next().unwrap_or_default();
            folders.find(name, &mut was);
            if name.len() == rest.len() {
                at += 1;
                if let Some(now) = entry.now {
                    self.compare_entry(&path, name, now, &was);
                }
                continue;
            }
            // A folder that a sparse checkout left out is one entry, with its tree.
            if name.len() + 1 == rest.len() {
                at += 1;
                if let Some(now) = entry.now {
                    self.compare_entry(&path, name, EntryAt { mode: mode::TREE, ..now }, &was);
                }
                continue;
            }
            let below = [path.as_slice(), name, b"/"].concat();
            let end = index.end_of(&below, at, range.end);
            let parents = once(was.iter().filter(|e| mode::is_tree(e.mode)).map(|e| e.id));
            let cached = cached.and_then(|c| index.child(c, name));
            self.replaced(&path, name, &was);
            waiting.push(Staged { range: at..end, path: below, cached, parents });
            at = end;
        }
        self.gone(&path, &folders);
    }
}

fn shown(path: &[u8]) -> &[u8] {
    if path.is_empty() { b"the root" } else { path }
}
