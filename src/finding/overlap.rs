//! Which of several matches in the same bytes is reported: one, with one id.
//!
//! In: occurrences of all rules. Out: those of which no two of one family overlap. A piece of a longer run (see
//! `detect/neighbours.rs`) inside a whole token of a provider's rule is a shorter reading of that token, however sure it
//! is: `glpat-` and 20 characters of a longer `glpat-` token. Of the rest the surest speaks, then the most specific.

use super::{Location, Occurrence};
use crate::finding::evidence::{Confidence, Evidence, Reason};
use crate::rule::{Rule, RuleId, RuleSet, Severity};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// What decides about a match that is a piece of a longer run.
pub(crate) struct Reading<K> {
    /// What keeps places apart: the blob and the family.
    pub(crate) key: K,
    /// First byte of the secret.
    pub(crate) start: i64,
    /// The byte after it.
    pub(crate) end: i64,
    /// A match of a provider's rule.
    pub(crate) provider: bool,
    /// A piece of a longer run.
    pub(crate) piece: bool,
}

/// Whether a match is a piece of a longer run.
pub(crate) fn is_piece(evidence: &[Evidence]) -> bool {
    evidence.iter().any(|e| e.reason == Reason::Glued)
}

/// Leaves out the pieces that lie in a whole token of a provider's rule.
pub(crate) fn without_pieces<T, K: Eq + Hash>(all: &mut Vec<T>, reading: impl Fn(&T) -> Reading<K>) {
    // They are rare.
    if !all.iter().any(|one| reading(one).piece) {
        return;
    }
    let mut wholes: HashMap<K, Vec<(i64, i64)>> = HashMap::new();
    for whole in all.iter().map(&reading).filter(|r| r.provider && !r.piece) {
        wholes.entry(whole.key).or_default().push((whole.start, whole.end));
    }
    // Each end becomes the farthest one of all that begin up to there, so that one look-up decides.
    for ranges in wholes.values_mut() {
        ranges.sort_unstable();
        let mut farthest = i64::MIN;
        for (_, end) in ranges {
            farthest = farthest.max(*end);
            *end = farthest;
        }
    }
    let contained = |r: &Reading<K>| {
        let ranges = wholes.get(&r.key)?;
        let last = ranges.partition_point(|(start, _)| *start <= r.start).checked_sub(1)?;
        Some(ranges.get(last)?.1 >= r.end)
    };
    all.retain(|one| {
        let r = reading(one);
        !(r.piece && contained(&r) == Some(true))
    });
}

/// What a match is to others in the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Of a rule that knows a provider's form; `rejected`: it says that this is no secret of theirs, because the checksum of
    /// a value with a fixed prefix is wrong, or because it is a published example.
    Specific {
        /// See above.
        rejected: bool,
    },
    /// Of a rule that knows names only.
    Generic,
}

impl Role {
    /// The role of what `rule` found with this evidence.
    pub(crate) fn of(rule: &Rule, evidence: &[Evidence]) -> Self {
        let has = |reason: Reason| evidence.iter().any(|e| e.reason == reason);
        if rule.is_by_name() {
            return Self::Generic;
        }
        Self::Specific { rejected: has(Reason::VendorExample) || (rule.distinctive && has(Reason::ChecksumWrong)) }
    }
}

/// A match with what decides between a generic and a specific one.
pub(crate) struct Claim<K> {
    /// What keeps places apart: the blob and the family.
    pub(crate) key: K,
    /// First byte of the secret and the byte after it.
    pub(crate) range: (i64, i64),
    /// How sure it is.
    pub(crate) confidence: Confidence,
    /// What it is to others.
    pub(crate) role: Role,
}

/// Matches that may contain another one and are asked whether they do.
const NESTED: usize = 16;

/// The specific rule wins (docs/design.md, law 11): a generic match inside a specific one is merged into it. Gives for each
/// claim what it is worth then; `None`: it is merged.
pub(crate) fn merged<K: Eq + Hash>(claims: &[Claim<K>]) -> Vec<Option<Confidence>> {
    let mut out: Vec<Option<Confidence>> = claims.iter().map(|claim| Some(claim.confidence)).collect();
    let mut specific: HashMap<&K, Vec<usize>> = HashMap::new();
    for (at, claim) in claims.iter().enumerate() {
        if claim.role != Role::Generic {
            specific.entry(&claim.key).or_default().push(at);
        }
    }
    specific.values_mut().for_each(|all| all.sort_by_key(|at| claims[*at].range));
    for (at, claim) in claims.iter().enumerate().filter(|(_, claim)| claim.role == Role::Generic) {
        let Some(all) = specific.get(&claim.key) else { continue };
        let before = all.partition_point(|other| claims[*other].range.0 <= claim.range.0);
        let holder = all[..before].iter().rev().take(NESTED).find(|other| claims[**other].range.1 >= claim.range.1);
        let Some(holder) = holder else { continue };
        out[at] = None;
        if claims[*holder].role == (Role::Specific { rejected: false }) {
            out[*holder] = out[*holder].max(Some(claim.confidence));
        }
    }
    out
}

/// Of occurrences of one family that overlap, the one that says most: higher confidence, then the more specific rule.
pub(super) fn without_overlaps(mut occurrences: Vec<Occurrence>, rules: &RuleSet) -> Vec<Occurrence> {
    let family = |o: &Occurrence| rules.rule(o.rule).family;
    without_pieces(&mut occurrences, |o| {
        let start = o.location.byte_offset as i64;
        Reading {
            key: (o.location.origin.clone(), family(o)),
            start,
            end: start + o.location.byte_length as i64,
            provider: rules.rule(o.rule).distinctive,
            piece: is_piece(&o.evidence),
        }
    });
    let claims: Vec<Claim<_>> = occurrences
        .iter()
        .map(|o| {
            let start = o.location.byte_offset as i64;
            Claim {
                key: (o.location.origin.clone(), family(o)),
                range: (start, start + o.location.byte_length as i64),
                confidence: o.confidence,
                role: Role::of(rules.rule(o.rule), &o.evidence),
            }
        })
        .collect();
    let mut worth = merged(&claims).into_iter();
    occurrences.retain_mut(|o| worth.next().flatten().map(|confidence| o.confidence = confidence).is_some());
    occurrences.sort_by(|a, b| {
        let length = |o: &Occurrence| o.location.byte_length;
        // Not by how bad it is there: a history decides by offset alone.
        let place = |l: &Location| (l.state, l.origin.clone(), l.byte_offset);
        let key = |o: &Occurrence| (Reverse(rank(rules, o.rule, o.confidence, length(o))), place(&o.location), o.rule);
        key(a).cmp(&key(b))
    });
    let mut taken = Taken::default();
    occurrences.retain(|o| {
        let range = |l: &Location| (l.byte_offset as i64, (l.byte_offset + l.byte_length) as i64);
        let related = o.related.iter().map(|part| range(&part.location));
        taken.takes((o.location.origin.clone(), family(o)), range(&o.location), related)
    });
    occurrences
}

/// What decides between two matches that overlap: the surer one, then the one of the more specific rule.
pub(crate) fn rank(
    rules: &RuleSet,
    rule: RuleId,
    confidence: Confidence,
    length: u64,
) -> (Confidence, u8, Severity, u64) {
    let rule = rules.rule(rule);
    (confidence, rule.specificity(), rule.severity, length)
}

/// Ranges that matches have taken, the best first. `K`: what keeps places apart, the blob and the family.
pub(crate) struct Taken<K>(HashMap<K, BTreeMap<i64, i64>>);

impl<K> Default for Taken<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Taken<K> {
    /// Takes this range with the parts that belong to it, unless something better has a part of it.
    pub(crate) fn takes(
        &mut self,
        key: K,
        (start, end): (i64, i64),
        related: impl Iterator<Item = (i64, i64)>,
    ) -> bool {
        // Start of each range with its end. They are disjoint.
        let taken = self.0.entry(key).or_default();
        let free = |taken: &BTreeMap<i64, i64>, start: i64, end: i64| {
            taken.range(..end).next_back().is_none_or(|(_, e)| *e <= start)
        };
        if !free(taken, start, end) {
            return false;
        }
        taken.insert(start, end);
        // The public half of a pair is no finding of its own.
        for (start, end) in related {
            if free(taken, start, end) {
                taken.insert(start, end);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specific_rule_wins_inside_its_match() {
        use Confidence::{Likely, Possible, Proven};
        let (taken, refused) = (Role::Specific { rejected: false }, Role::Specific { rejected: true });
        let claim = |key, range, confidence, role| Claim { key, range, confidence, role };
        let claims = [
            claim("a", (10, 50), Possible, taken),
            claim("a", (10, 50), Likely, Role::Generic),
            claim("b", (10, 50), Possible, refused),
            claim("b", (20, 50), Likely, Role::Generic),
            // It goes on beyond the match, it is elsewhere, or nothing specific is there.
            claim("b", (10, 60), Likely, Role::Generic),
            claim("c", (10, 50), Likely, Role::Generic),
            claim("d", (10, 50), Proven, taken),
            claim("d", (12, 14), Likely, Role::Generic),
        ];
        let want = [Some(Likely), None, Some(Possible), None, Some(Likely), Some(Likely), Some(Proven), None];
        assert_eq!(merged(&claims), want);
    }

    #[test]
    fn a_piece_is_left_out_only_inside_a_whole_token_of_a_provider() {
        // Key, start, end, provider's rule, piece; then whether it stays.
        let all = [
            ("a", 10, 60, true, false, true),
            ("a", 20, 30, true, false, true),
            ("b", 0, 99, false, false, true),
            ("a", 25, 60, true, true, false),
            ("a", 25, 61, true, true, true),
            ("a", 9, 60, true, true, true),
            ("b", 10, 20, true, true, true),
            ("c", 10, 20, true, true, true),
        ];
        let mut left = all.to_vec();
        without_pieces(&mut left, |&(key, start, end, provider, piece, _)| Reading {
            key,
            start,
            end,
            provider,
            piece,
        });
        assert_eq!(left, all.into_iter().filter(|one| one.5).collect::<Vec<_>>());
    }
}
