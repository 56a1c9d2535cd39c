//! From occurrences to findings: one finding for one secret, however many places hold it.
//!
//! In: [`Occurrence`]s of a run, weighed. Out: [`Finding`]s, worst first, each with its primary place and its other places.
//! Two occurrences are one finding if their `GroupKey` is equal. Which of several matches in the same bytes counts is
//! decided before, in `overlap`. It reads no text and changes no confidence.

use super::overlap;
use super::secret::{Id, Secret};
use super::{Finding, Keys, KnownAs, Location, MALFORMED, Occurrence, State};
use crate::rule::{Family, Identity, RuleId, RuleSet};
use std::collections::HashMap;

/// What makes two occurrences one finding.
pub(crate) type GroupKey = (Family, Secret, Vec<u8>);

/// Inside one run equality is by value; a setting is no value, so its places stay apart by rule, host and path.
pub(crate) fn group_key(rules: &RuleSet, rule: RuleId, secret: &Secret, host: &[u8], path: &[u8]) -> GroupKey {
    let rule = rules.rule(rule);
    let apart = match rule.identity {
        Identity::Random | Identity::Guessable => Vec::new(),
        Identity::Setting | Identity::Dataset => [rule.id.as_bytes(), b"\0", host, b"\0", path].concat(),
    };
    (rule.family, secret.clone(), apart)
}

/// Puts occurrences of the same secret together and sorts the findings.
pub fn gather(occurrences: Vec<Occurrence>, rules: &RuleSet, keys: &Keys) -> Vec<Finding> {
    let occurrences = overlap::without_overlaps(occurrences, rules);
    let mut groups: HashMap<GroupKey, Vec<Occurrence>> = HashMap::new();
    for o in occurrences {
        let path = o.location.origin.path().unwrap_or_default();
        groups.entry(group_key(rules, o.rule, &o.secret, &o.host, path)).or_default().push(o);
    }
    let mut findings: Vec<Finding> = groups.into_values().filter_map(|group| finding_of(group, rules, keys)).collect();
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (std::cmp::Reverse((f.severity, f.confidence)), f.location.clone(), f.id.clone());
        key(a).cmp(&key(b))
    });
    findings
}

/// The finding of one secret's occurrences; `None` only for an empty group.
fn finding_of(mut group: Vec<Occurrence>, rules: &RuleSet, keys: &Keys) -> Option<Finding> {
    // The order is total: state first, then confidence, then the place, then the rule.
    group.sort_by(|a, b| {
        let key = |o: &Occurrence| (o.location.state, std::cmp::Reverse(o.confidence), o.location.clone(), o.rule);
        key(a).cmp(&key(b))
    });
    group.dedup_by(|later, kept| later.location == kept.location);
    let mut comments = group.iter().map(|o| o.comment.as_ref());
    let first = comments.next().flatten().cloned();
    let comment = comments.fold(first, |all, next| all?.shared(next?));
    let malformed = group.iter().filter_map(|o| Some((o.location.clone(), o.malformed.clone()?)));
    let malformed = malformed.take(MALFORMED).collect();
    // What was there before lends no confidence to what the change brings.
    let gates = |o: &&Occurrence| o.location.state.is_none_or(State::is_from_change);
    let surest = group.iter().filter(gates).reduce(|best, o| if o.confidence > best.confidence { o } else { best });
    let surest = surest.map(|o| (o.confidence, o.evidence.clone()));
    let mut also: Vec<Location> = group.iter().skip(1).map(|o| o.location.clone()).collect();
    also.sort();
    let first = group.into_iter().next()?;
    let (confidence, evidence) = surest.unwrap_or_else(|| (first.confidence, first.evidence.clone()));
    Some(Finding { confidence, evidence, comment, malformed, ..finding(first, also, rules, keys) })
}

/// The finding whose primary place is that of `first`; `also` are its other places, sorted.
pub fn finding(first: Occurrence, also: Vec<Location>, rules: &RuleSet, keys: &Keys) -> Finding {
    let rule = rules.rule(first.rule);
    let path = first.location.origin.path().unwrap_or_default();
    let id = match rule.identity {
        Identity::Random => Id::random(rule.family, &first.secret),
        Identity::Guessable => Id::guessable(rule.family, &first.secret, keys.salt.as_ref(), path),
        Identity::Setting => Id::setting(&rule.id, first.secret.expose_in_clear(), &first.host, path),
        Identity::Dataset => Id::dataset(&rule.id, path, b""),
    };
    let org_id = match rule.identity {
        Identity::Random | Identity::Guessable => {
            keys.organisation.as_ref().map(|key| Id::organisation(key, rule.family, &first.secret))
        }
        Identity::Setting | Identity::Dataset => None,
    };
    let state = first.location.state;
    let guessable = rule.identity == Identity::Guessable;
    let known_as = KnownAs {
        check: guessable.then(|| first.secret.check()),
        salted: keys
            .exceptions
            .iter()
            .filter(|salt| guessable && keys.salt.as_ref() != Some(*salt))
            .map(|salt| Id::guessable(rule.family, &first.secret, Some(salt), path))
            .collect(),
    };
    Finding {
        id,
        org_id,
        rule: first.rule,
        severity: first.severity,
        confidence: first.confidence,
        environment: first.environment,
        evidence: first.evidence,
        redacted: first.secret.redacted(rule.identity, rule.shown_prefix()),
        length: (rule.identity != Identity::Guessable).then(|| first.secret.len()),
        identity: rule.identity,
        location: first.location,
        also,
        related: first.related,
        snippet: first.snippet,
        life: None,
        state,
        comment: first.comment,
        malformed: Vec::new(),
        known_as,
    }
}

/// The order of the findings of a history: what HEAD still holds first, then as [`gather`] sorts: worst, surest, by place.
pub fn history_order(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let alive = |f: &Finding| f.life.as_ref().is_some_and(|life| life.in_head);
    (alive(b), b.severity, b.confidence)
        .cmp(&(alive(a), a.severity, a.confidence))
        .then_with(|| a.location.cmp(&b.location))
        .then_with(|| a.id.cmp(&b.id))
}
