//! Puts commits and trees in an order in which one pass is enough: parents before children, subtrees before trees.
//!
//! In: a [`Graph`]. Out: [`Order`], with trees that lead to nothing found left out. A repository whose objects do not
//! hash to their names can have cycles: an edge that would close one is left out, so every pass ends.

use crate::git::tree::graph::Graph;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// No such thing.
pub(super) const NONE: u32 = u32::MAX;

/// What an object is, with its position in the tables of [`Order`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// Nothing that was told.
    Nothing,
    /// Position of a commit.
    Commit(u32),
    /// Position of a tree.
    Tree(u32),
    /// Position of a blob that holds something found, or that a reference names.
    Blob(u32),
    /// Position of a tag.
    Tag(u32),
}

/// Child of a tree: a tree's position, or a blob's with this bit.
pub(super) const BLOB: u32 = 1 << 31;

/// Lists of numbers, one after the other in one table.
#[derive(Debug)]
pub(super) struct Lists<T> {
    ends: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { ends: Vec::new(), items: Vec::new() }
    }
}

impl<T> Lists<T> {
    pub(super) fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.ends.push(self.items.len() as u32);
    }

    pub(super) fn get(&self, at: usize) -> &[T] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.items[start..self.ends[at] as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn items(&self) -> &[T] {
        &self.items
    }
}

/// Everything that later passes run over.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// Commits, parents first, else by date of the committer, else by number: indices in the graph.
    pub(super) commits: Vec<u32>,
    /// Positions of each commit's parents: all of them smaller than its own.
    pub(super) parents: Lists<u32>,
    /// Position of each commit's tree, or [`NONE`] if nothing found is beneath it.
    pub(super) roots: Vec<u32>,
    /// Trees that lead to something found, subtrees first: their children with names.
    pub(super) trees: Lists<(u32, u32)>,
    /// Whether a tree holds something found itself.
    pub(super) held: Vec<bool>,
    /// Number of blobs.
    pub(super) blobs: u32,
    /// By object: a kind in the upper three bits, a position in the others.
    slots: Vec<u32>,
}

impl Order {
    pub(super) fn new(graph: &Graph) -> Self {
        let mut order = Self::default();
        order.commits(graph);
        order.trees(graph);
        for (at, tag) in (0..).zip(&graph.tags) {
            order.set(tag.object, Slot::Tag(at));
        }
        order
    }

    /// What an object is.
    pub(super) fn slot(&self, object: u32) -> Slot {
        let packed = self.slots.get(object as usize).copied().unwrap_or(0);
        let at = packed & (u32::MAX >> 3);
        match packed >> 29 {
            1 => Slot::Commit(at),
            2 => Slot::Tree(at),
            3 => Slot::Blob(at),
            4 => Slot::Tag(at),
            _ => Slot::Nothing,
        }
    }

    fn set(&mut self, object: u32, slot: Slot) {
        let index = object as usize;
        if index >= self.slots.len() {
            self.slots.resize(index + 1, 0);
        }
        self.slots[index] = match slot {
            Slot::Nothing => 0,
            Slot::Commit(at) => 1 << 29 | at,
            Slot::Tree(at) => 2 << 29 | at,
            Slot::Blob(at) => 3 << 29 | at,
            Slot::Tag(at) => 4 << 29 | at,
        };
    }

    /// Position of a blob, which it gets now if it has none.
    pub(super) fn blob(&mut self, object: u32) -> u32 {
        if let Slot::Blob(at) = self.slot(object) {
            return at;
        }
        let at = self.blobs;
        self.blobs += 1;
        self.set(object, Slot::Blob(at));
        at
    }

    fn commits(&mut self, graph: &Graph) {
        // For now the slot is the index in the graph; it becomes the position below.
        for (at, commit) in (0..).zip(&graph.commits) {
            self.set(commit.object, Slot::Commit(at));
        }
        let known = |order: &Self, parent: u32| match order.slot(parent) {
            Slot::Commit(at) => Some(at),
            _ => None,
        };
        let count = graph.commits.len();
        let mut waiting = vec![0u32; count];
        let mut degree = vec![0u32; count + 1];
        for (at, commit) in graph.commits.iter().enumerate() {
            for parent in commit.parents.iter().filter_map(|p| known(self, *p)) {
                waiting[at] += 1;
                degree[parent as usize + 1] += 1;
            }
        }
        for at in 0..count {
            degree[at + 1] += degree[at];
        }
        let mut fill = degree.clone();
        let mut children = vec![0u32; degree[count] as usize];
        for (at, commit) in (0u32..).zip(&graph.commits) {
            for parent in commit.parents.iter().filter_map(|p| known(self, *p)) {
                children[fill[parent as usize] as usize] = at;
                fill[parent as usize] += 1;
            }
        }
        let key = |at: u32| {
            let commit = &graph.commits[at as usize];
            Reverse((commit.committed, commit.object, at))
        };
        let mut ready: BinaryHeap<_> = (0..count as u32).filter(|at| waiting[*at as usize] == 0).map(key).collect();
        // Where a cycle keeps all from being ready, the oldest goes first all the same.
        let mut stuck: Option<std::vec::IntoIter<u32>> = None;
        let mut done = vec![false; count];
        while self.commits.len() < count {
            let at = match ready.pop() {
                Some(Reverse((_, _, at))) => at,
                None => {
                    let left = stuck.get_or_insert_with(|| {
                        let mut left: Vec<u32> = (0..count as u32).filter(|at| !done[*at as usize]).collect();
                        left.sort_unstable_by_key(|at| key(*at).0);
                        left.into_iter()
                    });
                    match left.next() {
                        Some(at) => at,
                        None => break,
                    }
                }
            };
            if std::mem::replace(&mut done[at as usize], true) {
                continue;
            }
            self.commits.push(at);
            for child in &children[degree[at as usize] as usize..degree[at as usize + 1] as usize] {
                waiting[*child as usize] -= 1;
                if waiting[*child as usize] == 0 {
                    ready.push(key(*child));
                }
            }
        }
        for position in 0..self.commits.len() as u32 {
            let object = graph.commits[self.commits[position as usize] as usize].object;
            self.set(object, Slot::Commit(position));
        }
        for position in 0..self.commits.len() as u32 {
            let commit = &graph.commits[self.commits[position as usize] as usize];
            let parents: Vec<u32> =
                commit.parents.iter().filter_map(|p| known(self, *p)).filter(|p| *p < position).collect();
            self.parents.push(parents);
        }
    }

    fn trees(&mut self, graph: &Graph) {
        const NEW: u32 = NONE;
        const OPEN: u32 = NONE - 1;
        const DEAD: u32 = NONE - 2;
        for (row, tree) in (0..).zip(&graph.trees) {
            self.set(tree.object, Slot::Tree(row));
        }
        let row_of = |order: &Self, object: u32| match order.slot(object) {
            Slot::Tree(row) => Some(row),
            _ => None,
        };
        let mut holds = vec![false; graph.trees.len()];
        for object in &graph.held {
            if let Some(row) = row_of(self, *object) {
                holds[row as usize] = true;
            }
        }
        // The rows to start from: trees of commits, then whatever they do not lead to.
        let mut starts: Vec<u32> = Vec::with_capacity(graph.commits.len() + graph.trees.len());
        starts.extend(self.commits.iter().filter_map(|c| row_of(self, graph.commits[*c as usize].tree?)));
        let mut all: Vec<u32> = (0..graph.trees.len() as u32).collect();
        all.sort_unstable_by_key(|row| graph.trees[*row as usize].object);
        starts.extend(all);

        let mut state = vec![NEW; graph.trees.len()];
        let mut stack: Vec<(u32, u32)> = Vec::new();
        let mut live: Vec<(u32, u32)> = Vec::new();
        for start in starts {
            if state[start as usize] != NEW {
                continue;
            }
            state[start as usize] = OPEN;
            stack.push((start, 0));
            while let Some((row, cursor)) = stack.last_mut() {
                let edges = graph.edges_of(*row as usize);
                if let Some(edge) = edges.get(*cursor as usize) {
                    *cursor += 1;
                    if let Some(child) = row_of(self, edge.child)
                        && state[child as usize] == NEW
                    {
                        state[child as usize] = OPEN;
                        stack.push((child, 0));
                    }
                    continue;
                }
                let row = *row as usize;
                stack.pop();
                live.clear();
                for edge in edges {
                    match self.slot(edge.child) {
                        // One that is still open closes a cycle.
                        Slot::Tree(child) if state[child as usize] < DEAD => {
                            live.push((state[child as usize], edge.name));
                        }
                        Slot::Tree(_) | Slot::Commit(_) | Slot::Tag(_) => {}
                        Slot::Blob(_) | Slot::Nothing => live.push((self.blob(edge.child) | BLOB, edge.name)),
                    }
                }
                if live.is_empty() && !holds[row] {
                    state[row] = DEAD;
                } else {
                    state[row] = self.trees.len() as u32;
                    self.trees.push(live.iter().copied());
                    self.held.push(holds[row]);
                }
            }
        }
        for (row, tree) in graph.trees.iter().enumerate() {
            let at = state[row];
            self.set(tree.object, if at < DEAD { Slot::Tree(at) } else { Slot::Nothing });
        }
        let roots =
            self.commits.iter().map(|commit| match graph.commits[*commit as usize].tree.map(|t| self.slot(t)) {
                Some(Slot::Tree(at)) => at,
                _ => NONE,
            });
        self.roots = roots.collect();
    }
}
