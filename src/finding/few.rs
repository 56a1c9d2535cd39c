//! A few of many places of the same content, without losing what they decide.
//!
//! In: places one after the other, each with its class: how bad and how sure the secrets are there. Out: whether it is
//! kept. A hostile tree names one blob under a million paths. What is cut is counted by class, and some of each class are
//! kept wherever they come, so that none that is cut is worse than all that are kept.

use std::collections::HashMap;
use std::hash::Hash;

/// Places of one finding that are kept.
pub(crate) const MOST_PLACES: usize = 100_000;
/// Places of all findings of one blob that are kept.
pub(crate) const MOST_OF_BLOB: usize = 200_000;
/// Places of one class that are kept in any case.
const OF_CLASS: usize = 10;

/// Places that are kept of content with so many findings.
pub(crate) fn least(findings: usize) -> usize {
    (MOST_OF_BLOB / findings.max(1)).clamp(1, MOST_PLACES)
}

/// Says which places are kept.
pub(crate) struct Few<C> {
    most: usize,
    kept: usize,
    classes: HashMap<C, Class>,
}

struct Class {
    /// Which of all that are kept was the first of this class.
    first: usize,
    kept: usize,
    cut: u64,
}

impl<C: Hash + Eq> Few<C> {
    /// Keeps so many places.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, kept: 0, classes: HashMap::new() }
    }

    /// For content with so many findings.
    pub(crate) fn of(findings: usize) -> Self {
        Self::new(least(findings))
    }

    /// Whether a place of this class is kept.
    pub(crate) fn takes(&mut self, class: C) -> bool {
        let class = self.classes.entry(class).or_insert(Class { first: self.kept, kept: 0, cut: 0 });
        let keep = self.kept < self.most || class.kept < OF_CLASS;
        if keep {
            (self.kept, class.kept) = (self.kept + 1, class.kept + 1);
        } else {
            class.cut += 1;
        }
        keep
    }

    /// What was cut: a place of the same class, as its number among those that are kept, and how many.
    pub(crate) fn cut(self) -> Vec<(usize, u64)> {
        let cut = self.classes.into_values().filter(|class| class.cut > 0);
        let mut cut: Vec<(usize, u64)> = cut.map(|class| (class.first, class.cut)).collect();
        cut.sort_unstable();
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_places_of_each_class_are_kept_and_the_others_counted() {
        let mut few = Few::new(100);
        let places = std::iter::repeat_n("test", 1000).chain(std::iter::repeat_n("production", 20)).chain(["test"]);
        let kept: Vec<&str> = places.filter(|class| few.takes(*class)).collect();
        assert_eq!(kept.len(), 100 + OF_CLASS);
        assert_eq!(kept[100..], ["production"; OF_CLASS]);
        assert_eq!(few.cut(), [(0, 901), (100, 10)]);
        // Many findings share what one blob may have.
        assert_eq!((Few::<u8>::of(1).most, Few::<u8>::of(50).most, Few::<u8>::of(1_000_000).most), (100_000, 4000, 1));
    }
}
