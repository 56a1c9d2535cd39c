//! A scan that spares blobs in which an earlier one found nothing.
//!
//! In: objects of a walk and what is known of them. Out: the same record as that of a full search. A blob that is spared
//! has nothing to record; a delta on it is searched whole, because nothing was learned that could be carried over. What is
//! not opened is said again. An id is believed here, as everywhere in the store; `--rehash` checks it.

use crate::blob::Gap;
use crate::git::store::numbers::{Number, Objects};
use crate::git::store::walk::{Item, Visit};
use crate::history::clean_blobs::Seen;
use crate::history::search::{DeltaState, History};
use crate::source::whole::not_opened;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of a blob that say whether it can be opened.
const HEAD: usize = 1024;

/// Hands on what has to be searched.
pub(super) struct SkipKnownClean<'h, 'd, 'r> {
    history: &'h History<'d, 'r>,
    spared: Vec<u64>,
    /// Blobs that were looked at to their end, or spared: one bit each, as far as ids were claimed for them.
    looked_at: Vec<AtomicU64>,
    /// Length of each blob and one more; empty unless somebody asks.
    sizes: Vec<AtomicU64>,
}

impl<'h, 'd, 'r> SkipKnownClean<'h, 'd, 'r> {
    /// `seen`: what need not be searched. `sized`: the length of every blob is wanted.
    pub(super) fn new(history: &'h History<'d, 'r>, objects: &Objects, seen: &[&Seen], sized: bool) -> Self {
        let words = if seen.is_empty() { 0 } else { objects.claimed().div_ceil(64) };
        let mut spared = vec![0_u64; words];
        let mut spare = |number: Number| {
            if let Some(word) = spared.get_mut(number as usize / 64) {
                *word |= 1 << (number % 64);
            }
        };
        for seen in seen {
            // Those of hundreds of repositories, for one of them: what it has is the shorter list.
            if seen.count() / 4 > objects.claimed() {
                let has = |number: &Number| objects.id(*number).is_some_and(|id| seen.holds(id.as_slice()));
                (0..objects.claimed() as Number).filter(has).for_each(&mut spare);
            } else {
                seen.known().filter_map(|id| objects.find(id)).for_each(&mut spare);
            }
        }
        let sizes = (0..if sized { objects.claimed() } else { 0 }).map(|_| AtomicU64::new(0)).collect();
        Self { history, spared, looked_at: (0..words).map(|_| AtomicU64::new(0)).collect(), sizes }
    }

    /// One bit for each blob that was looked at, and the blobs with their lengths, if those were wanted.
    pub(super) fn finish(self) -> (Vec<u64>, Vec<(Number, u64)>) {
        let sizes = (0..).zip(self.sizes).map(|(number, size)| (number, size.into_inner()));
        let sizes = sizes.filter_map(|(number, size)| Some((number, size.checked_sub(1)?))).collect();
        (self.looked_at.into_iter().map(AtomicU64::into_inner).collect(), sizes)
    }

    /// What was looked at so far, as [`Self::finish`] gives it.
    pub(super) fn looked_at(&self) -> Vec<u64> {
        self.looked_at.iter().map(|word| word.load(Ordering::Acquire)).collect()
    }

    fn is_spared(&self, item: &Item<'_, DeltaState>) -> bool {
        let word = self.spared.get(item.object as usize / 64).copied().unwrap_or(0);
        if word >> (item.object % 64) & 1 == 0 {
            return false;
        }
        let mut head = Vec::new();
        item.content.append(0..item.content.len().min(HEAD), &mut head);
        not_opened(&head, b"").is_none()
    }
}

impl Visit for SkipKnownClean<'_, '_, '_> {
    type Kept = DeltaState;

    fn object(&self, item: &Item<'_, DeltaState>) -> DeltaState {
        let kept = if self.is_spared(item) { DeltaState::default() } else { self.history.object(item) };
        if let Some(size) = self.sizes.get(item.object as usize) {
            size.store(item.content.len() as u64 + 1, Ordering::Relaxed);
        }
        if let Some(word) = self.looked_at.get(item.object as usize / 64) {
            // After what was found in it.
            word.fetch_or(1 << (item.object % 64), Ordering::Release);
        }
        kept
    }

    fn gap(&self, gap: Gap) {
        self.history.gap(gap);
    }
}

/// Keeps the ids of blobs in which nothing was found; `found`: those in which something was.
pub(super) fn keep(seen: &Seen, looked_at: &[u64], found: impl IntoIterator<Item = Number>, objects: &Objects) {
    let mut clean = looked_at.to_vec();
    for number in found {
        if let Some(word) = clean.get_mut(number as usize / 64) {
            *word &= !(1 << (number % 64));
        }
    }
    let numbers = (0..clean.len() as Number * 64).filter(|n| clean[*n as usize / 64] >> (n % 64) & 1 == 1);
    let ids: Vec<gix_hash::ObjectId> = numbers.filter_map(|n| objects.id(n)).collect();
    seen.keep(ids.iter().map(|id| id.as_slice()));
}
