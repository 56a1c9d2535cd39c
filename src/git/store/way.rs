//! The deltas that lead from an object to the whole one that it is made from.
//!
//! In: places of deltas, each with its length. Out: nothing; it refuses a delta that needs itself, and more bytes of
//! deltas than an object may have. The number of deltas has no limit of its own: each is in a pack, once.

use super::pack::MOST_BYTES;
use std::collections::HashSet;
use std::hash::Hash;

/// The deltas on the way.
pub(super) struct Way<P> {
    chain: Vec<P>,
    on_it: HashSet<P>,
    bytes: u64,
}

impl<P> Default for Way<P> {
    fn default() -> Self {
        Self { chain: Vec::new(), on_it: HashSet::new(), bytes: 0 }
    }
}

impl<P: Copy + Eq + Hash> Way<P> {
    /// Goes on over the delta at `place`, of so many bytes.
    ///
    /// # Errors
    /// That it was met before, or that all of them are too large.
    pub(super) fn enter(&mut self, place: P, delta: usize) -> Result<(), String> {
        self.bytes += delta as u64;
        if self.bytes > MOST_BYTES {
            return Err("the deltas that it is made from are larger than the limit of 1 GiB".into());
        }
        if !self.on_it.insert(place) {
            return Err("its chain of deltas leads back to itself".into());
        }
        self.chain.push(place);
        Ok(())
    }

    /// Where it is now.
    pub(super) fn here(&self) -> (usize, u64) {
        (self.chain.len(), self.bytes)
    }

    /// Goes back to where it was.
    pub(super) fn back(&mut self, (len, bytes): (usize, u64)) {
        for place in self.chain.drain(len..) {
            self.on_it.remove(&place);
        }
        self.bytes = bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_entered_once_unless_the_way_went_back() {
        let mut way = Way::default();
        way.enter(1, 10).unwrap();
        let fork = way.here();
        way.enter(2, 10).unwrap();
        assert!(way.enter(1, 10).unwrap_err().contains("back to itself"));
        way.back(fork);
        way.enter(2, 10).unwrap();
        assert_eq!(way.here(), (2, 20));
        assert!(way.enter(3, MOST_BYTES as usize).unwrap_err().contains("1 GiB"));
    }
}
