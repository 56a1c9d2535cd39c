//! Every path that a found blob ever had, with the first commit that has it there.
//!
//! In: commits and trees in order. Out: [`Place`]s by blob. Each pair of tree and path is visited once, in the order of the
//! commits, so the first visit is the first commit. It refuses to follow more steps than an honest history has: a
//! repository of a few objects can have 10^10 paths. What is left out then is a gap.

use super::order::{BLOB, NONE, Order};
use crate::blob::{Gap, GapKind};
use crate::git::tree::graph::Graph;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A path of a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// From the root of the tree, `/` between its parts. Of a tree: its own path, empty for the root.
    pub path: Arc<[u8]>,
    /// The first commit that has it there: number of the object.
    pub commit: u32,
}

/// What paths may cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Entries of trees that are looked at.
    pub(super) steps: u64,
    /// Folders beneath each other.
    pub(super) depth: u32,
    /// Bytes of all paths.
    pub(super) bytes: u64,
}

impl Limits {
    /// An honest tree has one path or a few in its life, so the steps follow the size of the history.
    pub(super) fn of(order: &Order) -> Self {
        Self { steps: 1_000_000 + 8 * order.trees.items().len() as u64, depth: 4096, bytes: 1 << 28 }
    }
}

/// The empty path.
const ROOT: u32 = 0;

/// Paths as numbers: each is a name beneath another.
struct Paths {
    parts: Vec<(u32, u32)>,
    numbers: HashMap<(u32, u32), u32>,
}

impl Paths {
    fn beneath(&mut self, parent: u32, name: u32) -> u32 {
        let next = self.parts.len() as u32;
        let number = *self.numbers.entry((parent, name)).or_insert(next);
        if number == next {
            self.parts.push((parent, name));
        }
        number
    }

    fn text(&self, mut path: u32, graph: &Graph) -> Arc<[u8]> {
        let mut names = Vec::new();
        while path != ROOT {
            let (parent, name) = self.parts[path as usize];
            names.push(graph.names.text(name));
            path = parent;
        }
        names.reverse();
        names.join(&b'/').into()
    }
}

/// Places of all blobs and of held trees, by `blob` and `BLOB`-less position of a tree after them: see [`Found::of`].
#[derive(Debug, Default)]
pub(super) struct Found {
    keys: Vec<u32>,
    places: Vec<Place>,
    ends: Vec<u32>,
}

impl Found {
    /// Places of a tree's position, or of a blob's with the bit [`BLOB`].
    pub(super) fn of(&self, key: u32) -> &[Place] {
        let Ok(at) = self.keys.binary_search(&key) else { return &[] };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.places[start..self.ends[at] as usize]
    }
}

/// What lies beneath the tree at `root`, with its path: keys as in [`Found::of`]. Stops where the limits do; what is left
/// out then counts as not beneath.
pub(super) fn beneath(graph: &Graph, order: &Order, root: u32, limits: Limits) -> HashSet<(u32, Vec<u8>)> {
    let mut all = HashSet::new();
    let mut steps = limits.steps;
    let mut stack: Vec<(u32, Vec<u8>, u32)> = vec![(root, Vec::new(), 0)];
    while let Some((tree, path, depth)) = stack.pop() {
        for (child, name) in order.trees.get(tree as usize) {
            if steps == 0 {
                return all;
            }
            steps -= 1;
            let name = graph.names.text(*name);
            let below = if path.is_empty() { name.to_vec() } else { [path.as_slice(), b"/", name].concat() };
            if child & BLOB == 0 && depth < limits.depth {
                stack.push((*child, below.clone(), depth + 1));
            }
            all.insert((*child, below));
        }
    }
    all
}

/// Finds all places.
pub(super) fn find(graph: &Graph, order: &Order, limits: Limits, gaps: &mut Vec<Gap>) -> Found {
    let mut paths = Paths { parts: vec![(ROOT, 0)], numbers: HashMap::new() };
    let mut visited: HashSet<(u32, u32)> = HashSet::new();
    let mut taken: HashSet<(u32, u32)> = HashSet::new();
    // Key, position of the commit, path.
    let mut found: Vec<(u32, u32, u32)> = Vec::new();
    let (mut steps, mut too_deep, mut out_of_steps) = (limits.steps, false, false);
    let mut stack: Vec<(u32, u32, u32)> = Vec::new();
    'commits: for (commit, root) in (0u32..).zip(&order.roots) {
        if *root != NONE && visited.insert((*root, ROOT)) {
            stack.push((*root, ROOT, 0));
        }
        while let Some((tree, path, depth)) = stack.pop() {
            if order.held[tree as usize] {
                found.push((tree, commit, path));
            }
            for (child, name) in order.trees.get(tree as usize) {
                if steps == 0 {
                    out_of_steps = true;
                    break 'commits;
                }
                steps -= 1;
                let beneath = paths.beneath(path, *name);
                if child & BLOB != 0 {
                    if taken.insert((*child, beneath)) {
                        found.push((*child, commit, beneath));
                    }
                } else if depth == limits.depth {
                    too_deep = true;
                } else if visited.insert((*child, beneath)) {
                    stack.push((*child, beneath, depth + 1));
                }
            }
        }
    }
    drop((visited, taken));
    let mut limit = |why: String| {
        gaps.push(Gap { kind: GapKind::Limit, what: b"paths of a history".to_vec(), why, blocks: true });
    };
    if out_of_steps {
        limit(format!("there are more than {} entries of folders by path; the rest have no path", limits.steps));
    }
    if too_deep {
        limit(format!("folders are nested more than {} deep; what is beneath has no path", limits.depth));
    }
    let mut texts: Vec<((u32, u32), Place)> = Vec::with_capacity(found.len());
    let mut bytes = limits.bytes;
    // The same path is often that of many blobs.
    let mut known: HashMap<u32, Arc<[u8]>> = HashMap::new();
    for (key, at, path) in found {
        let text = match known.get(&path) {
            Some(text) => Arc::clone(text),
            None => {
                let text = paths.text(path, graph);
                if text.len() as u64 > bytes {
                    limit(format!("paths have more than {} bytes in all; the rest have no path", limits.bytes));
                    break;
                }
                bytes -= text.len() as u64;
                known.insert(path, Arc::clone(&text));
                text
            }
        };
        let commit = graph.commits[order.commits[at as usize] as usize].object;
        texts.push(((key, at), Place { path: text, commit }));
    }
    texts.sort_unstable_by(|a, b| (a.0, &a.1.path).cmp(&(b.0, &b.1.path)));
    // Two entries of one name are two edges to the same place.
    texts.dedup();
    let mut out = Found::default();
    for ((key, _), place) in texts {
        out.places.push(place);
        if out.keys.last() != Some(&key) {
            out.keys.push(key);
            out.ends.push(0);
        }
        if let Some(end) = out.ends.last_mut() {
            *end = out.places.len() as u32;
        }
    }
    out
}
