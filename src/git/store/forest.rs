//! How the entries of a pack hang together: which are bases, which are deltas on which.
//!
//! In: the headers of all entries. Out: [`Forest`]s, trees of deltas by entry, and a [`Gap`] for every entry whose base is
//! not there or whose chain leads back to itself. It inflates nothing.

use super::numbers::Number;
use super::pack::{Header, NONE, Pack};
use super::{Store, kind};
use crate::blob::{Gap, GapKind};
use crate::git::object::Kind;
use gix_pack::data::entry::Header as EntryKind;
use rayon::iter::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};
use std::collections::HashMap;

/// How the entries of all packs of a store hang together.
pub struct Forests(pub(crate) Vec<Forest>);

/// How the entries of a pack hang together.
pub(crate) struct Forest {
    pub(crate) first_child: Vec<u32>,
    pub(crate) next_sibling: Vec<u32>,
    /// Entries in the subtree, itself included.
    pub(crate) weight: Vec<u32>,
    /// Entries that are no delta, with their kind.
    pub(crate) roots: Vec<(u32, Kind)>,
    /// Entries whose base is in no entry of this pack, as far as its index says.
    pub(crate) outside: Vec<u32>,
}

/// Entries whose headers one task reads.
const LINKED: usize = 4096;

/// What an entry hangs on.
enum Link {
    Root(Kind),
    Base(u32),
    Id(gix_hash::ObjectId),
    Lost(&'static str),
}

impl Link {
    fn new(pack: &Pack, at: usize, header: Option<Header>) -> Self {
        let Some(header) = header else { return Self::Lost("its header is damaged") };
        match &header.header {
            EntryKind::OfsDelta { base_distance } => {
                let offset = header.pack_offset();
                let base = offset.checked_sub(*base_distance).filter(|base| *base < offset);
                let found = base.and_then(|base| pack.entries[..at].binary_search_by_key(&base, |e| e.offset).ok());
                let found = found.and_then(|base| u32::try_from(base).ok());
                found.map_or(Self::Lost("its delta's base is not there"), Self::Base)
            }
            EntryKind::RefDelta { base_id } => Self::Id(*base_id),
            root => kind(root).map_or(Self::Lost("it is of no kind"), Self::Root),
        }
    }
}

impl Forests {
    /// Reads all headers of all packs and links entries to their bases; what has none is a gap.
    pub fn new(store: &Store, gap: &dyn Fn(Gap)) -> Self {
        Self(store.packs.iter().map(|pack| Forest::new(store, pack, gap)).collect())
    }
}

impl Forest {
    fn new(store: &Store, pack: &Pack, gap: &dyn Fn(Gap)) -> Self {
        let count = pack.entries.len();
        let mut forest = Self {
            first_child: vec![NONE; count],
            next_sibling: vec![NONE; count],
            weight: vec![1; count],
            roots: Vec::new(),
            outside: Vec::new(),
        };
        let lost = |at: u32, why: &str| {
            let entry = pack.entries[at as usize];
            gap(corrupt(store, entry.object, Some((pack, at)), why.into()));
        };
        // Entries of this pack by object, for deltas that name their base by id; made when one does.
        let mut by_object: Option<HashMap<Number, u32>> = None;
        let mut base_of = vec![NONE; count];
        let links: Vec<Vec<Link>> = (0..count)
            .into_par_iter()
            .step_by(LINKED)
            .map(|from| {
                let mut links = Vec::with_capacity(LINKED);
                pack.headers(from..count.min(from + LINKED), |at, header| links.push(Link::new(pack, at, header)));
                links
            })
            .collect();
        for (at, link) in (0_u32..).zip(links.into_iter().flatten()) {
            let base = match link {
                Link::Root(kind) => {
                    forest.roots.push((at, kind));
                    continue;
                }
                Link::Base(base) => base,
                Link::Lost(why) => {
                    lost(at, why);
                    continue;
                }
                Link::Id(id) => {
                    let by_object =
                        by_object.get_or_insert_with(|| pack.entries.iter().map(|e| e.object).zip(0..).collect());
                    match store.objects.find(id.as_slice()).and_then(|number| by_object.get(&number)) {
                        Some(base) if *base != at => *base,
                        // In another pack, loose, or an object of this pack that no index names.
                        _ => {
                            forest.outside.push(at);
                            continue;
                        }
                    }
                }
            };
            base_of[at as usize] = base;
        }
        forest.link(&base_of);
        // Deltas that name their base by id can lead in a circle, which no root reaches.
        let mut reached = vec![false; count];
        for top in (0_u32..).take(count).filter(|at| base_of[*at as usize] == NONE) {
            reached[top as usize] = true;
            forest.beneath(top, |at| reached[at as usize] = true);
        }
        for (at, _) in (0..).zip(&reached).filter(|(_, reached)| !**reached) {
            lost(at, "its chain of deltas leads back to itself");
        }
        forest
    }

    /// Weighs subtrees, and links each base to its deltas, the heaviest of them last: when its turn comes the base is
    /// given up, so that a walk never holds more bases than the number of entries can be halved, whatever the chains.
    fn link(&mut self, base_of: &[u32]) {
        let mut waiting = vec![0_u32; base_of.len()];
        base_of.iter().filter(|base| **base != NONE).for_each(|base| waiting[*base as usize] += 1);
        let mut ready: Vec<usize> = (0..base_of.len()).filter(|at| waiting[*at] == 0).collect();
        // The heaviest delta of each base.
        let mut last = vec![NONE; base_of.len()];
        while let Some(at) = ready.pop() {
            let Some(base) = Some(base_of[at]).filter(|base| *base != NONE).map(|base| base as usize) else { continue };
            self.weight[base] = self.weight[base].saturating_add(self.weight[at]);
            if last[base] == NONE || self.weight[at] > self.weight[last[base] as usize] {
                last[base] = at as u32;
            }
            waiting[base] -= 1;
            if waiting[base] == 0 {
                ready.push(base);
            }
        }
        let children = || (0_u32..).zip(base_of).filter(|(_, base)| **base != NONE);
        let heavy = |at: u32, base: u32| last[base as usize] == at;
        for (at, base) in children().filter(|(at, base)| heavy(*at, **base)) {
            self.first_child[*base as usize] = at;
        }
        for (at, base) in children().filter(|(at, base)| !heavy(*at, **base)) {
            self.next_sibling[at as usize] = self.first_child[*base as usize];
            self.first_child[*base as usize] = at;
        }
    }

    /// Calls `each` with every entry beneath this one.
    pub(crate) fn beneath(&self, entry: u32, mut each: impl FnMut(u32)) {
        let mut left = vec![self.first_child[entry as usize]];
        while let Some(mut at) = left.pop() {
            while at != NONE {
                each(at);
                left.push(self.first_child[at as usize]);
                at = self.next_sibling[at as usize];
            }
        }
    }
}

pub(crate) fn name(store: &Store, object: Number) -> Vec<u8> {
    let id = (object != NONE).then(|| store.objects.id(object)).flatten();
    id.map_or_else(|| "an object".into(), |id| id.to_string()).into_bytes()
}

pub(crate) fn corrupt(store: &Store, object: Number, at: Option<(&Pack, u32)>, why: String) -> Gap {
    let what = match (object, at) {
        (NONE, Some((pack, at))) => format!("{} at {}", pack.name, pack.entries[at as usize].offset).into_bytes(),
        _ => name(store, object),
    };
    Gap { kind: GapKind::CorruptObject, what, why, blocks: true }
}
