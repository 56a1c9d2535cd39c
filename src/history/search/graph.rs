//! Commits, tags and trees of a history: their text is searched, and what leads to a find is kept as a [`Graph`].
//!
//! In: objects of `git::store::walk`. Out: messages and author lines for the detector, names of entries (each once), the graph's
//! nodes and edges, and every object that is named and not there. Of a tree that is a delta only the entries that its base
//! has not are read; edges of the others are carried over. It attributes nothing: `history::timeline` does.

use super::History;
use crate::blob::{Gap, GapKind};
use crate::git::object::{Commit, Kind, Tag, TreeEntry, tree_entries};
use crate::git::store::delta::{Content, From, Piece};
use crate::git::store::numbers::{Number, Objects};
use crate::git::store::walk::{Item, Visit};
use crate::git::tree::graph::{CommitNode, Edge, Graph, TagNode};
use gix_hash::Kind as Hash;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Objects in which something was found.
#[derive(Debug, Default)]
pub struct BlobSet {
    numbers: Vec<u64>,
    /// Ids by their first twenty bits: most entries of most trees hold nothing, and are not looked up.
    may: Vec<u64>,
}

impl BlobSet {
    /// A set of these objects.
    pub fn new(numbers: impl IntoIterator<Item = Number>, objects: &Objects) -> Self {
        let mut set = Self { numbers: vec![0; objects.len() / 64 + 1], may: vec![0; 1 << 14] };
        for number in numbers {
            let Some(id) = objects.id(number) else { continue };
            let slot = slot(id.as_slice());
            set.may[slot >> 6] |= 1 << (slot & 63);
            if let Some(word) = set.numbers.get_mut(number as usize / 64) {
                *word |= 1 << (number % 64);
            }
        }
        set
    }

    fn may_hold(&self, id: &[u8]) -> bool {
        let slot = slot(id);
        self.may.get(slot >> 6).is_some_and(|word| word >> (slot & 63) & 1 == 1)
    }

    fn holds(&self, number: Number) -> bool {
        self.numbers.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

fn slot(id: &[u8]) -> usize {
    let byte = |n: usize| usize::from(id.get(n).copied().unwrap_or(0));
    byte(0) << 12 | byte(1) << 4 | byte(2) >> 4
}

/// An object that is named somewhere and not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// Its id.
    pub id: gix_hash::ObjectId,
    /// The object that names it.
    pub by: Number,
    /// As what.
    pub role: &'static str,
}

/// A secret in the name of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Index of the match.
    pub matched: u32,
    /// Where in the name.
    pub offset: u32,
    /// The name, a number of [`Graph::names`].
    pub name: u32,
    /// The object of that name.
    pub child: Number,
}

/// What the walk over commits, tags and trees gave.
#[derive(Debug, Default)]
pub struct HistoryGraph {
    /// What leads to finds.
    pub graph: Graph,
    /// Objects that are not there.
    pub missing: BTreeMap<gix_hash::ObjectId, Missing>,
    /// Submodules: how many entries name a commit of another repository.
    pub submodules: u64,
    /// Secrets in names.
    pub named: Vec<Named>,
    /// Trees that break off.
    pub malformed: Vec<(Number, usize)>,
}

/// Looks at commits, tags and trees.
pub struct GraphBuilder<'h, 'd, 'r> {
    history: &'h History<'d, 'r>,
    objects: &'h Objects,
    hash: Hash,
    holders: BlobSet,
    shaped: Mutex<HistoryGraph>,
    /// Their text was searched by an earlier walk.
    searched: bool,
}

/// What is kept of a tree for its deltas.
#[derive(Debug, Default)]
pub struct KeptTree {
    /// Where each entry begins.
    starts: Vec<u32>,
    /// Edges with where their entry begins.
    edges: Vec<(u32, Edge)>,
    len: usize,
    sound: bool,
}

impl KeptTree {
    fn end_of(&self, entry: usize) -> usize {
        self.starts.get(entry + 1).map_or(self.len, |s| *s as usize)
    }
}

impl HistoryGraph {
    /// Notes an object that is not there. Of several that name it the first one by number speaks, whichever thread comes
    /// first: the report must not depend on that.
    fn miss(&mut self, missing: Missing) {
        let kept = self.missing.entry(missing.id).or_insert(missing);
        *kept = missing.min(*kept);
    }
}

impl<'h, 'd, 'r> GraphBuilder<'h, 'd, 'r> {
    /// For one repository. `holders`: the blobs in which something was found. `searched`: texts and names were searched
    /// before, only the graph is wanted.
    pub fn new(
        history: &'h History<'d, 'r>,
        objects: &'h Objects,
        hash: Hash,
        holders: BlobSet,
        searched: bool,
    ) -> Self {
        Self { history, objects, hash, holders, shaped: Mutex::default(), searched }
    }

    /// What the walk gave.
    pub fn finish(self) -> HistoryGraph {
        self.shaped.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, change: impl FnOnce(&mut HistoryGraph) -> T) -> T {
        change(&mut self.shaped.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn known(&self, id: &gix_hash::ObjectId, by: Number, role: &'static str) -> Option<Number> {
        let number = self.objects.find(id.as_slice());
        if number.is_none() {
            self.with(|s| s.miss(Missing { id: *id, by, role }));
        }
        number
    }

    fn commit(&self, object: Number, bytes: &[u8]) {
        let commit = Commit::read(bytes, self.hash);
        if !self.searched {
            self.history.message(object, bytes, commit.text_start);
        }
        let tree = commit.tree.as_ref().and_then(|id| self.known(id, object, "tree of a commit"));
        let parents = commit.parents(bytes, self.hash);
        let parents = parents.filter_map(|id| self.known(&id, object, "parent of a commit")).collect();
        let (author, committer) = (commit.author.unwrap_or_default(), commit.committer.unwrap_or_default());
        let name = bytes.get(author.text).unwrap_or_default();
        self.with(|s| {
            let author_number = s.graph.people.number(name);
            s.graph.commits.push(CommitNode {
                object,
                tree,
                parents,
                author: author_number,
                authored: author.seconds,
                committed: committer.seconds,
            });
        });
    }

    fn tag(&self, object: Number, bytes: &[u8]) {
        let tag = Tag::read(bytes, self.hash);
        if !self.searched {
            self.history.message(object, bytes, tag.text_start);
        }
        if let Some(target) = tag.target.as_ref().and_then(|id| self.known(id, object, "target of a tag")) {
            self.with(|s| s.graph.tags.push(TagNode { object, target }));
        }
    }

    fn tree(&self, item: &Item<'_, KeptTree>) -> KeptTree {
        let len = item.content.len();
        let kept = match (item.content, item.base) {
            (Content::Delta { pieces, .. }, Some(base)) if base.sound => self.delta(item, base, pieces, len),
            _ => None,
        };
        let kept = kept.unwrap_or_else(|| {
            let mut kept = KeptTree { len, sound: true, ..KeptTree::default() };
            kept.sound = self.entries(item, 0..len, &mut kept, item.has_children);
            kept
        });
        self.with(|s| s.graph.push_tree(item.object, kept.edges.iter().map(|(_, edge)| *edge)));
        kept
    }

    /// A tree that is a delta: entries that lie in one copied piece are those of the base. `None` when pieces and entries
    /// do not fit together.
    fn delta(&self, item: &Item<'_, KeptTree>, base: &KeptTree, pieces: &[Piece], len: usize) -> Option<KeptTree> {
        let mut kept = KeptTree { len, sound: true, ..KeptTree::default() };
        // Everything before is read.
        let mut done = 0;
        for piece in pieces {
            let From::Base(from) = piece.from else { continue };
            let end = from + piece.len;
            let first = base.starts.partition_point(|s| (*s as usize) < from);
            let mut behind = base.starts.partition_point(|s| (*s as usize) < end);
            if behind > first && base.end_of(behind - 1) > end {
                behind -= 1;
            }
            if behind <= first {
                continue;
            }
            let start = base.starts[first] as usize;
            let moved = |at: u32| (at as usize - from + piece.at) as u32;
            if start - from + piece.at < done {
                return None;
            }
            if !self.entries(item, done..start - from + piece.at, &mut kept, item.has_children) {
                return None;
            }
            if item.has_children {
                kept.starts.extend(base.starts[first..behind].iter().map(|s| moved(*s)));
            }
            let to = base.end_of(behind - 1);
            let edges = base.edges.partition_point(|(at, _)| (*at as usize) < start);
            let carried = base.edges[edges..].iter().take_while(|(at, _)| (*at as usize) < to);
            kept.edges.extend(carried.map(|(at, edge)| (moved(*at), *edge)));
            done = to - from + piece.at;
        }
        self.entries(item, done..len, &mut kept, item.has_children).then_some(kept)
    }

    /// Reads the entries in `range`, which have to fill it; `false` where they do not.
    fn entries(&self, item: &Item<'_, KeptTree>, range: Range<usize>, kept: &mut KeptTree, starts: bool) -> bool {
        if range.is_empty() {
            return true;
        }
        let mut made = Vec::new();
        let bytes = match item.whole {
            Some(bytes) => bytes.get(range.clone()).unwrap_or_default(),
            None => {
                item.content.append(range.clone(), &mut made);
                &made
            }
        };
        // A part that does not fit is read again as part of the whole: nothing is noted before it is known to fit.
        let whole = range.len() == item.content.len();
        if !whole && tree_entries(bytes, self.hash).any(|entry| entry.is_err()) {
            return false;
        }
        for entry in tree_entries(bytes, self.hash) {
            match entry {
                Ok(entry) => self.entry(item.object, &entry, range.start, kept, starts),
                Err(error) => {
                    self.with(|s| s.malformed.push((item.object, error.offset)));
                    return false;
                }
            }
        }
        true
    }

    fn entry(&self, tree: Number, entry: &TreeEntry<'_>, from: usize, kept: &mut KeptTree, starts: bool) {
        let at = (from + entry.offset) as u32;
        if starts {
            kept.starts.push(at);
        }
        if entry.is_submodule() {
            self.with(|s| s.submodules += 1);
        }
        let child = if entry.is_submodule() { None } else { self.known(&entry.id, tree, "entry of a tree") };
        let (name, new) = self.with(|s| {
            let before = s.graph.names.len();
            let name = s.graph.names.number(entry.name);
            (name, s.graph.names.len() > before)
        });
        let child_or_tree = child.unwrap_or(tree);
        if new && !self.searched {
            let named = self.history.name(entry.name);
            self.with(|s| {
                s.named.extend(named.into_iter().map(|(matched, offset)| Named {
                    matched,
                    offset,
                    name,
                    child: child_or_tree,
                }));
            });
        }
        if let Some(child) = child
            && (entry.is_tree() || (self.holders.may_hold(entry.id.as_slice()) && self.holders.holds(child)))
        {
            kept.edges.push((at, Edge { name, child }));
        }
    }
}

impl Visit for GraphBuilder<'_, '_, '_> {
    type Kept = KeptTree;

    fn size(kept: &KeptTree) -> usize {
        kept.starts.capacity() * size_of::<u32>() + kept.edges.capacity() * size_of::<(u32, Edge)>()
    }

    fn object(&self, item: &Item<'_, KeptTree>) -> KeptTree {
        if item.kind == Kind::Tree {
            return self.tree(item);
        }
        let mut made = Vec::new();
        let bytes = item.bytes(&mut made);
        match item.kind {
            Kind::Commit => self.commit(item.object, bytes),
            Kind::Tag => self.tag(item.object, bytes),
            Kind::Tree | Kind::Blob => {}
        }
        KeptTree::default()
    }

    fn gap(&self, gap: Gap) {
        self.history.gap(gap);
    }
}

/// The gap of an object that is not there.
pub fn missing_gap(missing: &Missing, objects: &Objects) -> Gap {
    let by = objects.id(missing.by).map(|id| id.to_string()).unwrap_or_default();
    Gap {
        kind: GapKind::MissingObject,
        what: missing.id.to_string().into_bytes(),
        why: format!("{} {by}, and not there", missing.role),
        blocks: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_names_a_missing_object_does_not_depend_on_the_order() {
        let id = gix_hash::ObjectId::null(gix_hash::Kind::Sha1);
        let all = [(3, "tree of a commit"), (1, "parent of a commit"), (1, "entry of a tree"), (2, "entry of a tree")];
        let all = all.map(|(by, role)| Missing { id, by, role });
        for first in 0..all.len() {
            let mut graph = HistoryGraph::default();
            all.iter().cycle().skip(first).take(all.len()).for_each(|missing| graph.miss(*missing));
            assert_eq!(graph.missing[&id], all[2]);
        }
    }
}
