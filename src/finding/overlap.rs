//! Which of several matches in the same bytes is reported: one, with one id.
//!
//! In: occurrences of all rules. Out: those of which no two of one family overlap. A piece of a longer run (see
//! `detect/neighbours.rs`) inside a whole token of a provider's rule is a shorter reading of that token, however sure it
//! is: `glpat-` and 20 characters of a longer `glpat-` token. Of the rest the surest speaks, then the most specific.

use super::Occurrence;
use crate::evidence::{Evidence, Reason};
use crate::rule::{Family, RuleSet};
use crate::source::Origin;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// Whole tokens of providers' rules, by what keeps them apart: start of each with the farthest end of all up to it.
pub(crate) struct Wholes<K>(HashMap<K, Vec<(i64, i64)>>);

impl<K: Eq + Hash> Wholes<K> {
    /// Of key, start and end of each.
    pub(crate) fn new(tokens: impl Iterator<Item = (K, i64, i64)>) -> Self {
        let mut all: HashMap<K, Vec<(i64, i64)>> = HashMap::new();
        tokens.for_each(|(key, start, end)| all.entry(key).or_default().push((start, end)));
        for ranges in all.values_mut() {
            ranges.sort_unstable();
            let mut farthest = i64::MIN;
            for (_, end) in ranges {
                farthest = farthest.max(*end);
                *end = farthest;
            }
        }
        Self(all)
    }

    /// Whether one of them contains this range.
    pub(crate) fn contain(&self, key: &K, start: i64, end: i64) -> bool {
        let Some(ranges) = self.0.get(key) else { return false };
        let before = ranges.partition_point(|(s, _)| *s <= start);
        before.checked_sub(1).and_then(|i| ranges.get(i)).is_some_and(|(_, farthest)| *farthest >= end)
    }
}

/// Whether a match is a piece of a longer run.
pub(crate) fn is_piece(evidence: &[Evidence]) -> bool {
    evidence.iter().any(|e| e.reason == Reason::Glued)
}

/// Leaves out the pieces that lie in a whole token.
fn without_pieces(mut occurrences: Vec<Occurrence>, rules: &RuleSet) -> Vec<Occurrence> {
    // They are rare.
    if !occurrences.iter().any(|o| is_piece(&o.evidence)) {
        return occurrences;
    }
    let place = |o: &Occurrence| {
        let start = o.location.byte_offset as i64;
        ((o.location.origin.clone(), rules.rule(o.rule).family), start, start + o.location.byte_length as i64)
    };
    let whole = |o: &&Occurrence| rules.rule(o.rule).distinctive && !is_piece(&o.evidence);
    let wholes: Wholes<(Origin, Family)> = Wholes::new(occurrences.iter().filter(whole).map(place));
    occurrences.retain(|o| {
        let (key, start, end) = place(o);
        !(is_piece(&o.evidence) && wholes.contain(&key, start, end))
    });
    occurrences
}

/// Of occurrences of one family that overlap, the one that says most: higher confidence, then the more specific rule.
pub(super) fn without_overlaps(occurrences: Vec<Occurrence>, rules: &RuleSet) -> Vec<Occurrence> {
    let mut occurrences = without_pieces(occurrences, rules);
    let family = |o: &Occurrence| rules.rule(o.rule).family;
    let rank = |o: &Occurrence| {
        let rule = rules.rule(o.rule);
        (o.confidence, rule.specificity(), rule.severity, o.location.byte_length)
    };
    occurrences.sort_by(|a, b| {
        let key = |o: &Occurrence| (std::cmp::Reverse(rank(o)), o.location.clone(), o.rule);
        key(a).cmp(&key(b))
    });
    // What is taken, by blob and family: start of each range with its end. Ranges in it are disjoint.
    let mut taken: HashMap<(Origin, Family), BTreeMap<u64, u64>> = HashMap::new();
    occurrences.retain(|o| {
        let taken = taken.entry((o.location.origin.clone(), family(o))).or_default();
        let (start, end) = (o.location.byte_offset, o.location.byte_offset + o.location.byte_length);
        if taken.range(..end).next_back().is_some_and(|(_, e)| *e > start) {
            return false;
        }
        taken.insert(start, end);
        // The public half of a pair is no finding of its own.
        for part in &o.related {
            let (start, end) = (part.location.byte_offset, part.location.byte_offset + part.location.byte_length);
            if taken.range(..end).next_back().is_none_or(|(_, e)| *e <= start) {
                taken.insert(start, end);
            }
        }
        true
    });
    occurrences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_contained_by_any_that_begins_before_it() {
        let wholes = Wholes::new([("a", 10, 60), ("a", 20, 30), ("b", 0, 99)].into_iter());
        for (start, end, want) in [(10, 60, true), (25, 60, true), (9, 60, false), (25, 61, false), (60, 61, false)] {
            assert_eq!(wholes.contain(&"a", start, end), want, "{start}..{end}");
        }
        assert!(!wholes.contain(&"c", 10, 20));
    }
}
