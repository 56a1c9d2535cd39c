//! Says where found objects are in a history: paths, first commits, how they can be reached, the life of each secret.
//!
//! In: a [`Graph`], what references point at, the objects that hold each secret. Out: [`Place`]s, [`Reach`]es, [`Life`]s.
//! Works on the level of the secret, not of the blob: a commit holds it if its tree does, under whatever path and in
//! whatever blob. 64 secrets are one word of bits, and each pass runs once over the commits and once over the trees that
//! lead to anything found. It refuses to recurse, to trust a date for an order, and to hang on a cycle.

mod order;
mod places;
#[cfg(test)]
mod tests;

pub use places::{Place, Places};

use crate::blob::{Gap, Reach};
use crate::finding::{Life, listed};
use crate::git::repo::refs::RefKind;
use crate::git::tree::graph::Graph;
use crate::time::DAY;
use order::{BLOB, NONE, Order, Slot};
use places::{Found, Limits};
use std::collections::HashMap;

/// Tags of tags that are followed.
const TAGS: usize = 1000;

/// Ways to reach an object, nearest first: one bit each.
const REACHES: [Reach; 8] =
    [Reach::Head, Reach::Branch, Reach::Tag, Reach::Stash, Reach::Note, Reach::Reflog, Reach::Replace, Reach::Other];

/// The bit of a kind of reference.
fn bit(kind: RefKind) -> u8 {
    match kind {
        RefKind::Head => 1,
        RefKind::Branch => 1 << 1,
        RefKind::Tag => 1 << 2,
        RefKind::Stash => 1 << 3,
        RefKind::Note => 1 << 4,
        RefKind::Reflog => 1 << 5,
        RefKind::Replace => 1 << 6,
        RefKind::Other => 1 << 7,
    }
}

/// A reference, peeled.
struct Tip<'a> {
    kind: RefKind,
    name: &'a [u8],
    /// The tags on the way.
    tags: Vec<u32>,
    end: Slot,
}

/// Everything that can be said about found objects.
pub struct Attribution<'a> {
    graph: &'a Graph,
    order: Order,
    tips: Vec<Tip<'a>>,
    found: Found,
    reach: Reached,
    now: i64,
    /// What was left out.
    pub gaps: Vec<Gap>,
}

/// Masks of [`REACHES`], by position.
#[derive(Default)]
struct Reached {
    commits: Vec<u8>,
    tags: Vec<u8>,
    trees: Vec<u8>,
    blobs: Vec<u8>,
}

impl<'a> Attribution<'a> {
    /// Looks at a whole history. `tips` are the references with the objects they stand for; those whose object is not
    /// there are left out by the caller. `now` ends a life that goes on, seconds since 1970.
    pub fn new(graph: &'a Graph, tips: &'a [(RefKind, Vec<u8>, u32)], now: i64) -> Self {
        let mut order = Order::new(graph);
        let mut gaps = Vec::new();
        let tips: Vec<Tip<'a>> =
            tips.iter().map(|(kind, name, object)| Tip::new(*kind, name, *object, graph, &mut order)).collect();
        let limits = Limits::of(&order);
        let reach = Reached::new(&order, graph, &tips);
        let of_head = |tip: &Tip<'_>| match (tip.kind, tip.end) {
            (RefKind::Head, Slot::Commit(at)) => order.roots.get(at as usize).copied().filter(|root| *root != NONE),
            _ => None,
        };
        let root = tips.iter().find_map(of_head);
        let found = places::find(graph, &order, root, limits, &mut gaps);
        Self { graph, order, tips, found, reach, now, gaps }
    }

    /// Every path that a blob ever had, with the first commit that has it there, earliest commit first, and whether
    /// HEAD's tree has it there. Of a tree of [`Graph::held`]: its paths as a folder.
    pub fn places(&self, object: u32) -> Places<'_> {
        let key = match self.order.slot(object) {
            Slot::Blob(at) => at | BLOB,
            Slot::Tree(at) => at,
            _ => NONE,
        };
        self.found.of(key, self.graph, &self.order)
    }

    /// How an object can be reached, at its nearest. Trees that lead to nothing found are not known here.
    pub fn reach(&self, object: u32) -> Reach {
        let mask = match self.order.slot(object) {
            Slot::Commit(at) => self.reach.commits[at as usize],
            Slot::Tag(at) => self.reach.tags[at as usize],
            Slot::Tree(at) => self.reach.trees[at as usize],
            Slot::Blob(at) => self.reach.blobs[at as usize],
            Slot::Nothing => 0,
        };
        REACHES.get(mask.trailing_zeros() as usize).copied().unwrap_or(Reach::Unreachable)
    }

    /// The life of each secret. A secret is the list of objects that hold it: blobs and trees, or commits and tags whose
    /// text does. `hex` writes the id of an object.
    pub fn lives(&self, secrets: &[Vec<u32>], hex: &dyn Fn(u32) -> String) -> Vec<Life> {
        let mut lives: Vec<Life> = Vec::with_capacity(secrets.len());
        for chunk in secrets.chunks(64) {
            lives.extend(self.chunk(chunk, hex));
        }
        lives
    }

    /// Up to 64 secrets, one bit each.
    fn chunk(&self, secrets: &[Vec<u32>], hex: &dyn Fn(u32) -> String) -> Vec<Life> {
        let masks = Masks::new(self, secrets);
        let mut parts: Vec<Part> = vec![Part::default(); secrets.len()];
        for (at, index) in self.order.commits.iter().enumerate() {
            let (holds, said) = (masks.holds[at], masks.own_message[at]);
            let (mut held, mut gone) = (0, 0);
            for parent in self.order.parents.get(at) {
                let parent = *parent as usize;
                held |= masks.holds[parent];
                gone |= masks.ever[parent] & !masks.holds[parent];
            }
            let commit = &self.graph.commits[*index as usize];
            for secret in bits(holds | said) {
                parts[secret].seen(commit.committed, commit.authored);
            }
            for secret in bits((holds & !held) | said) {
                parts[secret].introduced.push(*index);
            }
            for secret in bits(held & !holds & !gone) {
                parts[secret].removed.push(*index);
            }
        }
        let mut lives: Vec<Life> = secrets.iter().zip(parts).map(|(s, part)| self.life(s, part, hex)).collect();
        for tip in &self.tips {
            for secret in bits(masks.of(tip)) {
                let life = &mut lives[secret];
                match tip.kind {
                    RefKind::Head => life.in_head = true,
                    RefKind::Tag => life.tags.push(tip.name.to_vec()),
                    RefKind::Reflog => {}
                    _ => life.refs.push(tip.name.to_vec()),
                }
            }
        }
        for life in &mut lives {
            life.more_refs = listed(&mut life.refs);
            life.more_tags = listed(&mut life.tags);
            // What a reference still holds lives on; `days` holds the last removal until here.
            let still = life.in_head || !life.refs.is_empty() || !life.tags.is_empty();
            if let (true, Some(first)) = (still, life.first) {
                life.days = days(first, self.now);
            }
        }
        lives
    }

    /// What commits alone say about a secret.
    fn life(&self, secret: &[u32], part: Part, hex: &dyn Fn(u32) -> String) -> Life {
        let commit = |index: &u32| &self.graph.commits[*index as usize];
        let ids = |list: &[u32]| list.iter().map(|index| hex(commit(index).object)).collect();
        let mut authors: Vec<u32> = part.introduced.iter().map(|index| commit(index).author).collect();
        authors.sort_unstable();
        authors.dedup();
        let mut authors: Vec<Vec<u8>> = authors.iter().map(|a| self.graph.people.text(*a).to_vec()).collect();
        authors.sort_unstable();
        let mut objects = secret.to_vec();
        objects.sort_unstable();
        objects.dedup();
        let mut reach: Vec<Reach> = objects.iter().map(|object| self.reach(*object)).collect();
        reach.sort_unstable();
        reach.dedup();
        let end = part.removed.iter().map(|index| commit(index).committed).max().or(part.committed.map(|c| c.1));
        Life {
            first: part.committed.map(|c| c.0),
            last: part.committed.map(|c| c.1),
            authored: part.authored,
            introduced: ids(&part.introduced),
            removed: ids(&part.removed),
            in_head: false,
            refs: Vec::new(),
            more_refs: 0,
            tags: Vec::new(),
            more_tags: 0,
            authors,
            days: part.committed.zip(end).map_or(0, |((first, _), end)| days(first, end)),
            objects: objects.len() as u64,
            reach,
        }
    }
}

impl<'a> Tip<'a> {
    fn new(kind: RefKind, name: &'a [u8], object: u32, graph: &Graph, order: &mut Order) -> Self {
        let (mut object, mut tags) = (object, Vec::new());
        let end = loop {
            match order.slot(object) {
                Slot::Tag(at) if tags.len() < TAGS && !tags.contains(&at) => {
                    tags.push(at);
                    object = graph.tags[at as usize].target;
                }
                Slot::Tag(_) => break Slot::Nothing,
                // Perhaps a blob that no tree names, perhaps a tree without anything found: as a blob it does no harm.
                Slot::Nothing => break Slot::Blob(order.blob(object)),
                slot => break slot,
            }
        };
        Self { kind, name, tags, end }
    }
}

impl Reached {
    fn new(order: &Order, graph: &Graph, tips: &[Tip<'_>]) -> Self {
        let mut reach = Self {
            commits: vec![0; order.commits.len()],
            tags: vec![0; graph.tags.len()],
            trees: vec![0; order.trees.len()],
            blobs: vec![0; order.blobs as usize],
        };
        for tip in tips {
            let bit = bit(tip.kind);
            for tag in &tip.tags {
                reach.tags[*tag as usize] |= bit;
            }
            match tip.end {
                Slot::Commit(at) => reach.commits[at as usize] |= bit,
                Slot::Tree(at) => reach.trees[at as usize] |= bit,
                Slot::Blob(at) => reach.blobs[at as usize] |= bit,
                Slot::Tag(_) | Slot::Nothing => {}
            }
            // HEAD's own tree and no other is HEAD for what lies in it.
            if let (RefKind::Head, Slot::Commit(at)) = (tip.kind, tip.end)
                && let Some(root) = order.roots.get(at as usize).filter(|root| **root != NONE)
            {
                reach.trees[*root as usize] |= bit;
            }
        }
        for at in (0..order.commits.len()).rev() {
            let mask = reach.commits[at];
            for parent in order.parents.get(at) {
                reach.commits[*parent as usize] |= mask;
            }
            if order.roots[at] != NONE {
                let (head, branch) = (bit(RefKind::Head), bit(RefKind::Branch));
                let past = if mask & head != 0 { mask & !head | branch } else { mask };
                reach.trees[order.roots[at] as usize] |= past;
            }
        }
        for at in (0..order.trees.len()).rev() {
            let mask = reach.trees[at];
            for (child, _) in order.trees.get(at) {
                match child & BLOB {
                    0 => reach.trees[*child as usize] |= mask,
                    _ => reach.blobs[(child & !BLOB) as usize] |= mask,
                }
            }
        }
        reach
    }
}

/// What 64 secrets are in, one bit each.
struct Masks {
    /// By commit: its tree holds it.
    holds: Vec<u64>,
    /// By commit: its tree or that of an ancestor holds it.
    ever: Vec<u64>,
    /// By commit: its own text holds it.
    own_message: Vec<u64>,
    /// By commit: its text or that of an ancestor holds it.
    inherited_message: Vec<u64>,
    /// By position of a tree.
    trees: Vec<u64>,
    blobs: HashMap<u32, u64>,
    tags: HashMap<u32, u64>,
}

impl Masks {
    fn new(at: &Attribution<'_>, secrets: &[Vec<u32>]) -> Self {
        let order = &at.order;
        let commits = order.commits.len();
        let mut masks = Self {
            holds: vec![0; commits],
            ever: vec![0; commits],
            own_message: vec![0; commits],
            inherited_message: vec![0; commits],
            trees: vec![0; order.trees.len()],
            blobs: HashMap::new(),
            tags: HashMap::new(),
        };
        let mut blobs = vec![0u64; order.blobs as usize];
        for (secret, objects) in secrets.iter().enumerate() {
            let bit = 1u64 << secret;
            for object in objects {
                match order.slot(*object) {
                    Slot::Commit(at) => masks.own_message[at as usize] |= bit,
                    Slot::Tree(at) => masks.trees[at as usize] |= bit,
                    Slot::Blob(at) => blobs[at as usize] |= bit,
                    Slot::Tag(at) => *masks.tags.entry(at).or_default() |= bit,
                    Slot::Nothing => {}
                }
            }
        }
        for tree in 0..order.trees.len() {
            let beneath = order.trees.get(tree).iter().fold(masks.trees[tree], |mask, (child, _)| {
                mask | match child & BLOB {
                    0 => masks.trees[*child as usize],
                    _ => blobs[(child & !BLOB) as usize],
                }
            });
            masks.trees[tree] = beneath;
        }
        for commit in 0..commits {
            let root = order.roots[commit];
            let holds = if root == NONE { 0 } else { masks.trees[root as usize] };
            let (mut ever, mut inherited) = (holds, masks.own_message[commit]);
            for parent in order.parents.get(commit) {
                ever |= masks.ever[*parent as usize];
                inherited |= masks.inherited_message[*parent as usize];
            }
            (masks.holds[commit], masks.ever[commit], masks.inherited_message[commit]) = (holds, ever, inherited);
        }
        masks.blobs = (0..).zip(blobs).filter(|(_, mask)| *mask != 0).collect();
        masks
    }

    /// What a reference holds: content in its tip, messages in its history, text of its tags.
    fn of(&self, tip: &Tip<'_>) -> u64 {
        let end = match tip.end {
            Slot::Commit(at) => self.holds[at as usize] | self.inherited_message[at as usize],
            Slot::Tree(at) => self.trees[at as usize],
            Slot::Blob(at) => self.blobs.get(&at).copied().unwrap_or(0),
            Slot::Tag(_) | Slot::Nothing => 0,
        };
        tip.tags.iter().fold(end, |mask, tag| mask | self.tags.get(tag).copied().unwrap_or(0))
    }
}

/// What is gathered about one secret on the way through the commits.
#[derive(Clone, Default)]
struct Part {
    introduced: Vec<u32>,
    removed: Vec<u32>,
    committed: Option<(i64, i64)>,
    authored: Option<(i64, i64)>,
}

impl Part {
    fn seen(&mut self, committed: i64, authored: i64) {
        let wider = |range: Option<(i64, i64)>, date: i64| match range {
            Some((first, last)) => Some((first.min(date), last.max(date))),
            None => Some((date, date)),
        };
        self.committed = wider(self.committed, committed);
        self.authored = wider(self.authored, authored);
    }
}

/// The numbers of the bits that are set.
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (mask != 0).then(|| mask.trailing_zeros() as usize)?;
        mask &= mask - 1;
        Some(at)
    })
}

/// Whole days from one date to another, none if it is earlier.
fn days(from: i64, to: i64) -> u64 {
    if to > from { to.abs_diff(from) / DAY.unsigned_abs() } else { 0 }
}
