//! The numbers of objects: every id that a repository's store knows gets one, so that tables hold four bytes and not
//! twenty or thirty-two.
//!
//! In: ids, claimed by indexes and file names, or computed. Out: numbers, and ids for them. It neither reads nor checks
//! an object.

use gix_hash::ObjectId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Number of an object in [`Objects`].
pub type Number = u32;

/// All ids, sorted; those that no index names come behind in the order in which they were found.
#[derive(Debug, Default)]
pub struct Objects {
    ids: Vec<u8>,
    width: usize,
    /// For each pair of first bytes the number of ids before it.
    fan: Vec<u32>,
    found: Mutex<(Vec<ObjectId>, HashMap<ObjectId, Number>)>,
}

impl Objects {
    /// Numbers for these ids, in any order and with duplicates; each of `width` bytes.
    pub fn new(mut ids: Vec<ObjectId>, width: usize) -> Self {
        ids.sort_unstable();
        ids.dedup();
        let mut fan = vec![0_u32; 0x1_0001];
        let mut flat = Vec::with_capacity(ids.len() * width);
        for id in &ids {
            fan[usize::from(head(id.as_slice())) + 1] += 1;
            flat.extend_from_slice(id.as_slice());
        }
        for i in 1..fan.len() {
            fan[i] += fan[i - 1];
        }
        Self { ids: flat, width: width.max(1), fan, found: Mutex::default() }
    }

    /// Ids that indexes or file names claim.
    pub fn claimed(&self) -> usize {
        self.ids.len() / self.width.max(1)
    }

    /// All ids, found ones included.
    pub fn len(&self) -> usize {
        self.claimed() + self.found.lock().unwrap_or_else(PoisonError::into_inner).0.len()
    }

    /// Whether there is no id.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of an id, given by its bytes.
    pub fn find(&self, id: &[u8]) -> Option<Number> {
        if id.len() == self.width && !self.fan.is_empty() {
            let head = usize::from(head(id));
            let (mut low, mut high) = (self.fan[head] as usize, self.fan[head + 1] as usize);
            while low < high {
                let middle = low.midpoint(high);
                match self.ids[middle * self.width..(middle + 1) * self.width].cmp(id) {
                    std::cmp::Ordering::Equal => return u32::try_from(middle).ok(),
                    std::cmp::Ordering::Less => low = middle + 1,
                    std::cmp::Ordering::Greater => high = middle,
                }
            }
        }
        let id = ObjectId::try_from(id).ok()?;
        self.found.lock().unwrap_or_else(PoisonError::into_inner).1.get(&id).copied()
    }

    /// The number of an id that was computed from an object's bytes; a new one where nobody claimed it.
    pub fn number(&self, id: ObjectId) -> Number {
        if let Some(number) = self.find(id.as_slice()) {
            return number;
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let next = u32::try_from(self.claimed() + found.0.len()).unwrap_or(Number::MAX);
        let (list, by_id) = &mut *found;
        *by_id.entry(id).or_insert_with(|| {
            list.push(id);
            next
        })
    }

    /// The id of a number that this table gave.
    pub fn id(&self, number: Number) -> Option<ObjectId> {
        let at = number as usize;
        match self.ids.get(at * self.width..(at + 1) * self.width) {
            Some(bytes) => ObjectId::try_from(bytes).ok(),
            None => {
                let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                found.0.get(at - self.claimed()).copied()
            }
        }
    }
}

fn head(id: &[u8]) -> u16 {
    u16::from_be_bytes([id.first().copied().unwrap_or(0), id.get(1).copied().unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_numbers_lead_to_each_other() {
        let id = |n: u8| ObjectId::from_bytes_or_panic(&[n; 20]);
        let objects = Objects::new(vec![id(9), id(3), id(9), id(0xff), id(0)], 20);
        assert_eq!((objects.claimed(), objects.len()), (4, 4));
        for n in [0, 3, 9, 0xff] {
            let number = objects.find(id(n).as_slice()).expect("it is there");
            assert_eq!(objects.id(number), Some(id(n)));
        }
        assert_eq!(objects.find(id(4).as_slice()), None);
        assert_eq!(objects.number(id(4)), 4);
        assert_eq!(objects.number(id(4)), 4);
        assert_eq!(objects.number(id(3)), 1);
        assert_eq!((objects.id(4), objects.id(5)), (Some(id(4)), None));
        assert_eq!(objects.find(id(4).as_slice()), Some(4));
    }
}
