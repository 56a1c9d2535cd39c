//! From occurrences to findings: one finding for one secret, however many places hold it.
//!
//! In: [`Occurrence`]s of a run, weighed. Out: [`Finding`]s, worst first, each with its worst place and its other places.
//! Two occurrences are one finding if their `GroupKey` is equal. Which of several matches in the same bytes counts is
//! decided before, in `overlap`. It reads no text and changes no confidence.

use super::few::MOST_PLACES;
use super::overlap;
use super::secret::{Id, Secret};
use super::{Finding, Keys, KnownAs, Location, MALFORMED, Occurrence};
use crate::rule::{Family, Identity, RuleId, RuleSet};
use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

impl Occurrence {
    /// The bytes of a repository in which it is, whatever their path.
    fn content(&self) -> Option<(&str, u64)> {
        Some((self.location.origin.git()?.object.as_deref()?, self.location.byte_offset))
    }
}

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
    findings.sort_by(report_order);
    findings
}

/// The finding of one secret's occurrences; `None` only for an empty group.
fn finding_of(mut group: Vec<Occurrence>, rules: &RuleSet, keys: &Keys) -> Option<Finding> {
    // The order is total: the worst place, then confidence, then the place, then the rule.
    group.sort_by(|a, b| {
        let key = |o: &Occurrence| (o.location.badness(), Reverse(o.confidence), o.location.clone(), o.rule);
        key(a).cmp(&key(b))
    });
    group.dedup_by(|later, kept| later.location == kept.location);
    let mut comments = group.iter().map(|o| o.comment.as_ref());
    let first = comments.next().flatten().cloned();
    let comment = comments.fold(first, |all, next| all?.shared(next?));
    let malformed = group.iter().filter_map(|o| Some((o.location.clone(), o.malformed.clone()?)));
    let malformed = malformed.take(MALFORMED).collect();
    // What was there before lends no confidence to what the change brings.
    let gates = |o: &&Occurrence| o.location.gates();
    let surest = group.iter().filter(gates).reduce(|best, o| if o.confidence > best.confidence { o } else { best });
    let surest = surest.map(|o| (o.confidence, o.evidence.clone()));
    let mut more: u64 = group.iter().map(|o| o.more).sum();
    let mut also: Vec<Location> = group.iter().skip(1).map(|o| o.location.clone()).collect();
    also.sort();
    more += also.len().saturating_sub(MOST_PLACES) as u64;
    also.truncate(MOST_PLACES);
    let mut group = group.into_iter();
    let mut first = group.next()?;
    if first.snippet.draft.is_none() {
        // The same content at another place was shown.
        let same = |o: &Occurrence| o.content() == first.content() && o.snippet.draft.is_some();
        if let Some(shown) = group.find(same) {
            first.snippet = shown.snippet;
        }
    }
    let (confidence, evidence) = surest.unwrap_or_else(|| (first.confidence, first.evidence.clone()));
    let mut found = Finding { confidence, evidence, comment, malformed, ..finding(first, also, rules, keys) };
    found.count_more(more);
    Some(found)
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
    let Location { state, severity, environment, .. } = first.location;
    Finding {
        id,
        org_id,
        rule: first.rule,
        severity,
        confidence: first.confidence,
        environment,
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
        more: 0,
        known_as,
    }
}

/// What decides the order of findings in a report: what the change brings, or what HEAD of a history still holds, comes
/// first, then what is worst, then what is surest.
pub(crate) fn rank(f: &Finding) -> impl Ord + use<> {
    let alive = f.life.as_ref().is_some_and(|life| life.in_head);
    (!f.location.gates(), !alive, Reverse((f.severity, f.confidence)))
}

/// The order of findings in a report: by [`rank`], then by place.
pub(crate) fn report_order(a: &Finding, b: &Finding) -> Ordering {
    rank(a).cmp(&rank(b)).then_with(|| a.location.cmp(&b.location)).then_with(|| a.id.cmp(&b.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Origin;
    use crate::detect::context::{Context, assess};
    use crate::finding::evidence::{Confidence, Evidence, Reason};
    use crate::finding::{Snippet, State};
    use crate::rule::{Environment, Severity};

    /// A made-up password at these places of a change, in each as sure and as bad as it is there.
    fn gathered(places: &[(&str, Option<State>)]) -> Finding {
        let rules = RuleSet::builtin();
        let rule = rules.find("generic-password").unwrap();
        // Just likely, so that one objection of a place makes it possible there.
        let name = Evidence { weight: Some(55), ..Evidence::new(Reason::NamePassword) };
        let evidence = [name, Evidence::new(Reason::MadeUpValue)];
        let value = b"made-up-1";
        let one = |(path, state): &(&str, Option<State>)| {
            let assessed = assess(rules.rule(rule), &evidence, b"", Some(&Context::new(path.as_bytes()))).unwrap();
            Occurrence {
                rule,
                secret: Secret::normalise(value),
                location: Location {
                    state: *state,
                    severity: assessed.severity,
                    environment: assessed.environment,
                    origin: Origin::File(path.as_bytes().into()),
                    byte_offset: 9,
                    byte_length: 9,
                    line: 1,
                    column: 10,
                    end_line: 1,
                    end_column: 19,
                },
                confidence: assessed.confidence,
                evidence: assessed.evidence,
                related: Vec::new(),
                snippet: Snippet::default(),
                host: Vec::new(),
                comment: None,
                malformed: None,
                more: 0,
            }
        };
        let mut findings = gather(places.iter().map(one).collect(), &rules, &Keys::default());
        assert_eq!(findings.len(), 1);
        findings.remove(0)
    }

    fn paths(f: &Finding) -> Vec<&str> {
        let all = std::iter::once(&f.location).chain(&f.also);
        all.map(|l| std::str::from_utf8(l.origin.path().unwrap()).unwrap()).collect()
    }

    #[test]
    fn the_worst_place_speaks_for_a_finding() {
        let f = gathered(&[("docs/a.md", None), ("tests/a.py", None), ("src/prod.env", None), ("tests/b.py", None)]);
        assert_eq!(paths(&f), ["src/prod.env", "docs/a.md", "tests/a.py", "tests/b.py"]);
        assert!(f.severity > Severity::Low && f.severity == f.location.severity);
        assert_eq!(f.environment, Environment::Production);
        assert!(f.also.iter().all(|l| l.severity == Severity::Low));
        let environments: Vec<Environment> = f.also.iter().map(|l| l.environment).collect();
        assert_eq!(environments, [Environment::Documentation, Environment::Test, Environment::Test]);
    }

    #[test]
    fn a_list_of_places_that_is_cut_keeps_the_worst() {
        let tests: Vec<String> = (0..150).map(|n| format!("a/tests/{n}.py")).collect();
        let mut places: Vec<(&str, Option<State>)> = tests.iter().map(|path| (path.as_str(), None)).collect();
        places.extend([("zz/app.py", None), ("zz/main.py", None)]);
        assert_eq!(paths(&gathered(&places))[..2], ["zz/app.py", "zz/main.py"]);
    }

    #[test]
    fn in_a_change_only_what_it_brings_decides() {
        let (new, gone) = (Some(State::New), Some(State::RemovedAgain));
        let (moved, existing) = (Some(State::Moved), Some(State::Existing));
        let f = gathered(&[("src/prod.env", existing), ("lib/a.py", moved), ("tests/a.py", new)]);
        assert_eq!(paths(&f), ["tests/a.py", "lib/a.py", "src/prod.env"]);
        assert_eq!((f.state, f.severity, f.environment), (new, Severity::Low, Environment::Test));
        // What was removed again fails the check as well, and is in the history for good.
        let f = gathered(&[("src/prod.env", gone), ("tests/a.py", new)]);
        assert_eq!((f.state, f.environment), (gone, Environment::Production));
        assert!(f.severity > Severity::Low);
        // Of equally bad ones that which is still there.
        let f = gathered(&[("src/a.env", gone), ("src/b.env", new)]);
        assert_eq!(f.state, new);
    }

    #[test]
    fn of_equally_bad_places_the_surest_speaks() {
        let f = gathered(&[("src/a.min.js", None), ("src/b.env", None)]);
        assert_eq!((paths(&f)[0], f.confidence), ("src/b.env", Confidence::Likely));
    }
}
