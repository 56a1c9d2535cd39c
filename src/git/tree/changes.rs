//! What a tree, or the index, holds that none of its parents holds at the same path.
//!
//! In: the new side and the trees of the parents. Out: [`Changes`]. A merge is compared with all its parents at once, so
//! that what only the resolution of a conflict brought is a change, and what one parent had is none. Folders that are
//! equal are not opened; of the index, git's own cache of trees says which those are. It reads trees only, follows no
//! attribute, and stops with a gap where a hostile tree would not end: a few objects can name each other ten thousand
//! million times over ([`Budget`]).

use crate::blob::{Gap, GapKind};
use crate::git::mode;
use crate::git::object::{Kind, tree_entries};
use crate::git::repo::access::Access;
use crate::git::repo::entry::EntryAt;
use crate::git::repo::index::Index;
use gix_hash::ObjectId;
use std::collections::{HashMap, HashSet};
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

/// The entries of one folder in one parent, by name.
type Folder = HashMap<Vec<u8>, EntryAt>;

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
        let folders = self.folders(path, parents);
        let mut seen = HashSet::new();
        for entry in tree_entries(&bytes, self.access.objects.hash()) {
            if !self.counts(path) {
                return;
            }
            let Ok(entry) = entry else {
                let why = "the tree is malformed".into();
                self.out.gaps.push(Gap { kind: GapKind::CorruptObject, what: shown(path).to_vec(), why, blocks: true });
                break;
            };
            self.compare_entry(path, entry.name, EntryAt { mode: entry.mode, id: entry.id }, &folders);
            if !folders.is_empty() {
                seen.insert(entry.name.to_vec());
            }
        }
        self.gone(path, &folders, |name| seen.contains(name));
    }

    /// The folder in each of the parents.
    fn folders(&mut self, path: &[u8], parents: &[ObjectId]) -> Vec<Folder> {
        let mut folders = Vec::with_capacity(parents.len());
        for parent in parents {
            match self.access.objects.read_as(parent, Kind::Tree) {
                Ok(bytes) => {
                    let mut folder = Folder::new();
                    for e in tree_entries(&bytes, self.access.objects.hash()).map_while(Result::ok) {
                        if !self.counts(path) {
                            return folders;
                        }
                        folder.insert(e.name.to_vec(), EntryAt { mode: e.mode, id: e.id });
                    }
                    folders.push(folder);
                }
                // Then all of it counts as new.
                Err(lost) => self.out.gaps.push(lost.gap([b"tree of ", shown(path)].concat())),
            }
        }
        folders
    }

    /// One entry of the new side.
    fn compare_entry(&mut self, path: &[u8], name: &[u8], now: EntryAt, folders: &[Folder]) {
        let was: Vec<EntryAt> = folders.iter().filter_map(|f| f.get(name)).copied().collect();
        if mode::is_tree(now.mode) {
            let parents = once(was.iter().filter(|e| mode::is_tree(e.mode)).map(|e| e.id));
            if !parents.contains(&now.id) {
                self.waiting.push(([path, name, b"/"].concat(), now.id, parents));
            }
            return self.replaced(path, name, folders);
        }
        // The same bytes under another mode are not new.
        let submodule = mode::is_submodule(now.mode);
        if !was.iter().any(|e| e.id == now.id && mode::is_submodule(e.mode) == submodule) {
            if !self.budget.keeps(3 * (path.len() + name.len()) + PER_PATH) {
                return self.limit(path);
            }
            self.out.new.push(Change { path: [path, name].concat(), now, was });
        }
    }

    /// The files that a folder of the new side took the place of.
    fn replaced(&mut self, path: &[u8], name: &[u8], folders: &[Folder]) {
        let files = folders.iter().filter_map(|f| f.get(name)).filter(|e| !mode::is_tree(e.mode));
        self.out.gone.extend(files.map(|e| ([path, name].concat(), *e)));
    }

    fn gone(&mut self, path: &[u8], folders: &[Folder], there: impl Fn(&[u8]) -> bool) {
        for folder in folders {
            let gone = folder.iter().filter(|(name, _)| !there(name));
            self.out.gone.extend(gone.map(|(name, entry)| ([path, name.as_slice()].concat(), *entry)));
        }
    }

    /// Compares a folder of the index; the folders in it come to `waiting`.
    fn index<'i>(&mut self, index: &'i Index, folder: Staged<'i>, waiting: &mut Vec<Staged<'i>>) {
        let Staged { range, path, cached, parents } = folder;
        let known = cached.and_then(|c| index.tree_of(c, &range));
        if known.is_some_and(|tree| parents.contains(&tree)) {
            return;
        }
        let folders = self.folders(&path, &parents);
        let mut seen = HashSet::new();
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
            seen.insert(name.to_vec());
            if name.len() == rest.len() {
                at += 1;
                if let Some(now) = entry.now {
                    self.compare_entry(&path, name, now, &folders);
                }
                continue;
            }
            // A folder that a sparse checkout left out is one entry, with its tree.
            if name.len() + 1 == rest.len() {
                at += 1;
                if let Some(now) = entry.now {
                    self.compare_entry(&path, name, EntryAt { mode: mode::TREE, ..now }, &folders);
                }
                continue;
            }
            let below = [path.as_slice(), name, b"/"].concat();
            let end = index.end_of(&below, at, range.end);
            let trees = folders.iter().filter_map(|f| f.get(name)).filter(|e| mode::is_tree(e.mode));
            let parents = once(trees.map(|e| e.id));
            let cached = cached.and_then(|c| index.child(c, name));
            self.replaced(&path, name, &folders);
            waiting.push(Staged { range: at..end, path: below, cached, parents });
            at = end;
        }
        self.gone(&path, &folders, |name| seen.contains(name));
    }
}

fn shown(path: &[u8]) -> &[u8] {
    if path.is_empty() { b"the root" } else { path }
}
