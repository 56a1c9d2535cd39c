//! A few of many places of the same content, without losing what they decide.
//!
//! In: places one after the other, each with its class: how bad and how sure the secrets are there. Out: whether it is
//! kept. A hostile tree names one blob under a million paths. What is cut is counted by class, and some of each class are
//! kept wherever they come, so that none that is cut is worse than all that are kept.

use std::collections::HashMap;
use std::hash::Hash;

/// Places of one finding that are kept.
pub(crate) const MOST_PLACES: usize = 100_000;
/// Places that a run keeps of content that is at several: a path of a blob with three findings counts three times.
pub(crate) const MOST_OF_RUN: usize = 200_000;
/// Places of one class that are kept in any case, unless fewer may be kept.
const OF_CLASS: usize = 10;

/// How many places each blob of a run may keep.
pub(crate) struct Shares {
    /// Places of all findings of one blob.
    most: usize,
}

impl Shares {
    /// For blobs with so many paths and findings each, in any order: those that want least get all, the others equal parts.
    pub(crate) fn of(blobs: impl Iterator<Item = (usize, usize)>) -> Self {
        let wanted = blobs.filter(|(paths, _)| *paths > 1).map(|(paths, findings)| paths.saturating_mul(findings));
        let mut wanted: Vec<usize> = wanted.collect();
        wanted.sort_unstable();
        let (mut left, mut count) = (MOST_OF_RUN, wanted.len());
        for want in wanted {
            if want > left / count {
                return Self { most: left / count };
            }
            (left, count) = (left - want, count - 1);
        }
        Self { most: usize::MAX }
    }

    /// Paths that are kept of a blob with so many findings.
    pub(crate) fn paths(&self, findings: usize) -> usize {
        (self.most / findings.max(1)).clamp(1, MOST_PLACES)
    }
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

    /// Whether a place of this class is kept.
    pub(crate) fn takes(&mut self, class: C) -> bool {
        let class = self.classes.entry(class).or_insert(Class { first: self.kept, kept: 0, cut: 0 });
        let keep = self.kept < self.most || class.kept < OF_CLASS.min(self.most);
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
    }

    #[test]
    fn a_run_shares_what_it_may_keep() {
        let paths = |blobs: &[(usize, usize)], findings| Shares::of(blobs.iter().copied()).paths(findings);
        // One finding of one blob, and more findings.
        assert_eq!((paths(&[(1_000_000, 1)], 1), paths(&[(1_000_000, 50)], 50)), (MOST_PLACES, 4000));
        assert_eq!(paths(&[(1_000_000, 1_000_000)], 1_000_000), 1);
        // Who has a single path takes nothing from the others.
        let alone = [(1, 5000); 100];
        assert_eq!(paths(&[&alone[..], &[(3, 10), (2, 7)]].concat(), 10), MOST_PLACES);
        // A blob with a few keeps all of them; those with very many share the rest.
        let many = [(500, 10), (1_000_000, 1), (1_000_000, 2), (1_000_000, 2)];
        assert_eq!((paths(&many, 10), paths(&many, 1), paths(&many, 2)), (6500, 65_000, 32_500));
        assert_eq!(paths(&[(1000, 100); 1000], 100), 2);
    }
}
