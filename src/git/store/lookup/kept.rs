//! Objects that were read and may be the bases of what is read next.
//!
//! In: objects with their places. Out: the same, if they are still kept. Once those that were used last are half of what may
//! be kept, they take the place of those before them, so that what a chain needs next is never dropped with the rest.

use crate::git::object::Kind;
use std::collections::HashMap;
use std::sync::Arc;

/// A pack, by its place among those that are open, and an offset in it.
pub(super) type Place = (usize, u64);

/// An object that was read.
pub type Object = (Kind, Arc<Vec<u8>>);

/// Bytes of objects that are kept.
const KEPT: usize = 96 << 20;
/// Longest object that is kept.
const LONGEST_KEPT: usize = KEPT / 8;

/// Objects of packs: those that were used last, and those that were used before them.
#[derive(Default)]
pub(super) struct Kept {
    last: HashMap<Place, Object>,
    before: HashMap<Place, Object>,
    /// Bytes of the last ones.
    bytes: usize,
}

impl Kept {
    /// The object at a place, if it is kept.
    pub(super) fn get(&mut self, place: Place) -> Option<Object> {
        if let Some(object) = self.last.get(&place) {
            return Some(object.clone());
        }
        let object = self.before.remove(&place)?;
        self.put(place, object.clone());
        Some(object)
    }

    /// Keeps an object, unless it is large.
    pub(super) fn put(&mut self, place: Place, object: Object) {
        if object.1.len() > LONGEST_KEPT {
            return;
        }
        if self.bytes + object.1.len() > KEPT / 2 {
            (self.before, self.bytes) = (std::mem::take(&mut self.last), 0);
        }
        self.bytes += object.1.len();
        self.last.insert(place, object);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_stays() {
        let object = || (Kind::Blob, Arc::new(vec![0; LONGEST_KEPT]));
        let mut kept = Kept::default();
        for at in 0..20 {
            kept.put((0, at), object());
            // The base of all others.
            assert!(kept.get((0, 0)).is_some(), "{at}");
        }
        let there: Vec<u64> = (0..20).filter(|at| kept.get((0, *at)).is_some()).collect();
        assert!(there.len() <= KEPT / LONGEST_KEPT && there.ends_with(&[18, 19]), "{there:?}");
        kept.put((1, 0), (Kind::Blob, Arc::new(vec![0; LONGEST_KEPT + 1])));
        assert!(kept.get((1, 0)).is_none());
    }
}
