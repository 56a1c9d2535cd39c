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

/// Paths as numbers: each is a name beneath another. A repository of a few objects has a million of them, so their texts
/// are made where they are asked for.
#[derive(Debug)]
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

    /// The names of a path, last first.
    fn names<'g>(&self, path: u32, graph: &'g Graph) -> impl Iterator<Item = &'g [u8]> {
        let up = |path: &u32| Some(self.parts[*path as usize].0);
        let all = std::iter::successors(Some(path), up).take_while(|path| *path != ROOT);
        all.map(|path| graph.names.text(self.parts[path as usize].1))
    }

    fn text(&self, path: u32, graph: &Graph) -> Arc<[u8]> {
        let mut names: Vec<&[u8]> = self.names(path, graph).collect();
        names.reverse();
        names.join(&b'/').into()
    }
}

/// A path of an object: the first commit that has it there, as a position in the order, and the path.
type At = (u32, u32);

/// Places of all blobs and of held trees, by position: see [`Found::of`].
#[derive(Debug)]
pub(super) struct Found {
    paths: Paths,
    /// Keys with the end of their places.
    keys: Vec<(u32, u32)>,
    places: Vec<At>,
    /// What HEAD's tree holds, by key and path.
    head: HashSet<(u32, u32)>,
}

impl Found {
    /// Places of a tree's position, or of a blob's with the bit [`BLOB`]: by commit, those of one commit as its tree has
    /// them. With each whether HEAD's tree holds it.
    pub(super) fn of<'f>(&'f self, key: u32, graph: &'f Graph, order: &'f Order) -> Places<'f> {
        let range = self.keys.binary_search_by_key(&key, |(key, _)| *key).map(|at| {
            let start = at.checked_sub(1).map_or(0, |before| self.keys[before].1 as usize);
            start..self.keys[at].1 as usize
        });
        let all = range.ok().and_then(|range| self.places.get(range)).unwrap_or_default();
        Places { found: self, graph, order, key, all: all.iter() }
    }
}

/// The places of one object.
#[derive(Clone)]
pub struct Places<'f> {
    found: &'f Found,
    graph: &'f Graph,
    order: &'f Order,
    key: u32,
    all: std::slice::Iter<'f, At>,
}

impl Iterator for Places<'_> {
    type Item = (Place, bool);

    fn next(&mut self) -> Option<(Place, bool)> {
        let (at, path) = self.all.next()?;
        let commit = self.graph.commits[self.order.commits[*at as usize] as usize].object;
        let place = Place { path: self.found.paths.text(*path, self.graph), commit };
        Some((place, self.found.head.contains(&(self.key, *path))))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.all.size_hint()
    }
}

impl ExactSizeIterator for Places<'_> {}

/// Finds all places. `head`: the tree of HEAD, by position; where the limits stop the walk through it, what is left out
/// counts as not in it.
pub(super) fn find(graph: &Graph, order: &Order, head: Option<u32>, limits: Limits, gaps: &mut Vec<Gap>) -> Found {
    let mut paths = Paths { parts: vec![(ROOT, 0)], numbers: HashMap::new() };
    let mut visited: HashSet<(u32, u32)> = HashSet::new();
    let mut taken: HashSet<(u32, u32)> = HashSet::new();
    // Key, place.
    let mut found: Vec<(u32, At)> = Vec::new();
    let (mut steps, mut too_deep, mut out_of_steps) = (limits.steps, false, false);
    let mut stack: Vec<(u32, u32, u32)> = Vec::new();
    'commits: for (commit, root) in (0u32..).zip(&order.roots) {
        if *root != NONE && visited.insert((*root, ROOT)) {
            stack.push((*root, ROOT, 0));
        }
        while let Some((tree, path, depth)) = stack.pop() {
            if order.held[tree as usize] {
                found.push((tree, (commit, path)));
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
                        found.push((*child, (commit, beneath)));
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
    // The same path is often that of many blobs.
    let mut counted = vec![false; paths.parts.len()];
    let mut bytes = limits.bytes;
    let fits = |(_, (_, path)): &(u32, At)| {
        if !std::mem::replace(&mut counted[*path as usize], true) {
            let length: u64 = paths.names(*path, graph).map(|name| name.len() as u64 + 1).sum();
            match bytes.checked_sub(length.saturating_sub(1)) {
                Some(rest) => bytes = rest,
                None => return false,
            }
        }
        true
    };
    if let Some(at) = found.iter().map(fits).position(|fits| !fits) {
        limit(format!("paths have more than {} bytes in all; the rest have no path", limits.bytes));
        found.truncate(at);
    }
    found.sort_by_key(|(key, (at, _))| (*key, *at));
    let head = head.map(|root| beneath(order, root, &mut paths, limits)).unwrap_or_default();
    paths.numbers = HashMap::new();
    let mut keys: Vec<(u32, u32)> = Vec::new();
    for (end, (key, _)) in (1..).zip(&found) {
        match keys.last_mut().filter(|(last, _)| last == key) {
            Some((_, last)) => *last = end,
            None => keys.push((*key, end)),
        }
    }
    Found { paths, keys, places: found.into_iter().map(|(_, at)| at).collect(), head }
}

/// What lies beneath the tree at `root`, with its path: keys as in [`Found::of`].
fn beneath(order: &Order, root: u32, paths: &mut Paths, limits: Limits) -> HashSet<(u32, u32)> {
    let mut all = HashSet::new();
    let mut steps = limits.steps;
    let mut stack: Vec<(u32, u32, u32)> = vec![(root, ROOT, 0)];
    while let Some((tree, path, depth)) = stack.pop() {
        for (child, name) in order.trees.get(tree as usize) {
            if steps == 0 {
                return all;
            }
            steps -= 1;
            let below = paths.beneath(path, *name);
            let tree = child & BLOB == 0;
            if tree && depth < limits.depth {
                stack.push((*child, below, depth + 1));
            }
            if !tree || order.held[*child as usize] {
                all.insert((*child, below));
            }
        }
    }
    all
}
