//! The shape of a history, as small as it can be kept: commits, tags, and of each tree only what leads to a find.
//!
//! In, from the engine: objects as numbers (positions in its sorted table of all ids), names and people as interned
//! numbers. Out: plain tables that [`crate::history::timeline`] walks. Millions of rows: a tree costs 12 bytes and 8 an edge. It refuses
//! nothing; parents that are missing are left out by the engine, and cycles are the walker's business.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Byte strings as small numbers.
#[derive(Debug, Default, Clone)]
pub struct Interner {
    numbers: HashMap<Arc<[u8]>, u32>,
    texts: Vec<Arc<[u8]>>,
}

impl Interner {
    /// The number of `text`; equal texts have the same.
    pub fn number(&mut self, text: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let text: Arc<[u8]> = text.into();
        let number = self.texts.len() as u32;
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        number
    }

    /// The text of a number; empty for one that was never given.
    pub fn text(&self, number: u32) -> &[u8] {
        self.texts.get(number as usize).map_or(b"", |t| t)
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// A commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitNode {
    /// Its object.
    pub object: u32,
    /// Its tree.
    pub tree: Option<u32>,
    /// Its parents, in order; those that are not there are left out.
    pub parents: Vec<u32>,
    /// Who wrote it: `Name <mail>`, a number of [`Graph::people`].
    pub author: u32,
    /// Author's date, seconds since 1970.
    pub authored: i64,
    /// Committer's date, seconds since 1970.
    pub committed: i64,
}

/// An annotated tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagNode {
    /// Its object.
    pub object: u32,
    /// What it points at.
    pub target: u32,
}

/// A tree: where its edges are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeRow {
    /// Its object.
    pub object: u32,
    /// Its edges, in [`Graph::edges`].
    pub edges: Range<u32>,
}

/// An entry of a tree that matters: a subtree, or a blob that holds something found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Its name, a number of [`Graph::names`].
    pub name: u32,
    /// Its object: a subtree if that object has a row, a blob otherwise.
    pub child: u32,
}

/// Commits, tags and trees of one repository.
#[derive(Debug, Default, Clone)]
pub struct Graph {
    /// All commits, in any order, each once.
    pub commits: Vec<CommitNode>,
    /// All annotated tags, in any order, each once.
    pub tags: Vec<TagNode>,
    /// All trees, in any order, each once; those without edges, too.
    pub trees: Vec<TreeRow>,
    /// Edges of all trees.
    pub edges: Vec<Edge>,
    /// Trees that hold something found themselves, in the name of an entry.
    pub held: Vec<u32>,
    /// Names of entries.
    pub names: Interner,
    /// Authors.
    pub people: Interner,
}

impl Graph {
    /// Makes room, so that tables of millions of rows do not grow by doubling.
    pub fn reserve(&mut self, commits: usize, trees: usize, edges: usize) {
        self.commits.reserve_exact(commits);
        self.trees.reserve_exact(trees);
        self.edges.reserve_exact(edges);
    }

    /// Adds a tree with its edges to subtrees and to blobs that hold something found, in the order of the tree. Every tree
    /// has to be added, without edges if it has none, or it counts as a blob where it is named.
    pub fn push_tree(&mut self, object: u32, edges: impl IntoIterator<Item = Edge>) {
        let start = self.edges.len() as u32;
        self.edges.extend(edges);
        self.trees.push(TreeRow { object, edges: start..self.edges.len() as u32 });
    }

    /// Edges of a row.
    pub fn edges_of(&self, row: usize) -> &[Edge] {
        let Some(row) = self.trees.get(row) else { return &[] };
        self.edges.get(row.edges.start as usize..row.edges.end as usize).unwrap_or(&[])
    }
}
