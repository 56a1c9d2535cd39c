//! Merging depends neither on the order of the parts nor on how they are grouped, and loses no place.

use super::*;
use crate::report::fixtures;
use crate::rule::{Environment, Identity, RuleSet, Severity};
use proptest::prelude::*;

fn part(rules: &RuleSet, name: &str, seeds: [u64; 3]) -> Outcome {
    let mut outcome = fixtures::history(rules, name, seeds);
    named(&mut outcome, name);
    outcome
}

fn shown(outcome: &Outcome) -> String {
    format!("{outcome:#?}")
}

#[test]
fn one_secret_in_two_repositories_is_one_finding() {
    let rules = RuleSet::builtin();
    let (a, b) = (part(&rules, "a", [1, 2, 3]), part(&rules, "b", [9, 1, 8]));
    let all = merge([a.clone(), b.clone()]);
    assert_eq!(all.findings.len(), 5);
    let both = all.findings.iter().find(|f| f.id == a.findings[0].id).unwrap();
    assert_eq!(both.location, a.findings[0].location, "in HEAD comes first");
    assert!(both.also.contains(&b.findings[1].location) && both.also.len() == 61);
    let life = both.life.as_ref().unwrap();
    assert_eq!((life.in_head, life.objects, life.days, life.removed.len()), (true, 24, 421, 1));
    assert_eq!(life.refs, [b"a:refs/heads/main".to_vec()]);
    assert_eq!(life.tags, [b"a:refs/tags/v1".to_vec(), b"b:refs/tags/v1".to_vec()]);
    assert_eq!(life.authors.len(), 1);
    assert!(life.introduced[0].starts_with("a:01") && life.introduced.len() == 4);
    assert_eq!((all.covered.repositories, all.covered.commits), (2, 178));
    assert_eq!(all.findings.iter().filter(|f| f.life.as_ref().unwrap().in_head).count(), 2);
    assert!(all.findings[..2].iter().all(|f| f.life.as_ref().unwrap().in_head), "what HEAD holds comes first");
}

#[test]
fn the_worst_place_of_all_parts_says_how_bad_a_secret_is() {
    let rules = RuleSet::builtin();
    let with = |name: &str, severity, environment| {
        let mut one = part(&rules, name, [1, 2, 3]);
        one.findings.truncate(1);
        let f = &mut one.findings[0];
        (f.location.severity, f.location.environment) = (severity, environment);
        f.follow_place();
        one
    };
    let low = with("a", Severity::Low, Environment::Test);
    let high = with("b", Severity::High, Environment::Production);
    let medium = with("c", Severity::Medium, Environment::Staging);
    for parts in [[&low, &high, &medium], [&medium, &low, &high], [&high, &medium, &low]] {
        let all = merge(parts.map(Clone::clone));
        let f = &all.findings[0];
        assert_eq!((all.findings.len(), f.severity, f.environment), (1, Severity::High, Environment::Production));
        assert_eq!(f.location, high.findings[0].location);
        assert_eq!(f.also.iter().map(|l| l.severity).collect::<Vec<_>>(), [Severity::Medium, Severity::Low]);
    }
}

#[test]
fn findings_of_one_repository_stay_apart_whatever_their_ids() {
    let rules = RuleSet::builtin();
    let mut a = part(&rules, "a", [1, 2, 3]);
    a.findings.iter_mut().for_each(|f| f.identity = Identity::Guessable);
    let id = a.findings[0].id.clone();
    a.findings[1].id = id.clone();
    let mut b = part(&rules, "b", [4, 5, 6]);
    b.findings[2].id = id.clone();
    let all = merge([a, b]);
    assert_eq!(all.findings.len(), 5);
    assert_eq!(all.findings.iter().filter(|f| f.id == id).count(), 2);
}

#[test]
fn an_organisations_id_links_what_other_ids_do_not() {
    let rules = RuleSet::builtin();
    let (mut a, mut b) = (part(&rules, "a", [1, 2, 3]), part(&rules, "b", [4, 5, 6]));
    a.findings[0].org_id = Some("lt1:o1".into());
    b.findings[2].org_id = Some("lt1:o1".into());
    let all = merge([b, a]);
    assert_eq!(all.findings.len(), 5);
}

#[test]
fn a_single_run_becomes_part_of_one_over_several() {
    let rules = RuleSet::builtin();
    let mut outcome = fixtures::history(&rules, "", [1, 2, 3]);
    adopt(&mut outcome, "a");
    assert_eq!(shown(&outcome), shown(&part(&rules, "a", [1, 2, 3])));
    let before = shown(&outcome);
    adopt(&mut outcome, "a");
    assert_eq!(shown(&outcome), before, "once is enough");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn grouping_and_order_do_not_matter(
        seeds in proptest::collection::vec((0..6_u64, 0..6_u64, 0..6_u64), 1..6),
        kinds in proptest::collection::vec(0..6_u8, 18),
        shards in proptest::collection::vec(0..3_usize, 6),
        turn in 0..6_usize,
    ) {
        use crate::finding::evidence::{Confidence, Evidence, Reason};
        let rules = RuleSet::builtin();
        let mut parts: Vec<Outcome> =
            seeds.iter().enumerate().map(|(n, s)| part(&rules, &format!("r{n}"), [s.0, s.1, s.2])).collect();
        for (f, kind) in parts.iter_mut().flat_map(|p| &mut p.findings).zip(&kinds) {
            match kind {
                1 => f.confidence = Confidence::Proven,
                2 => f.evidence.push(Evidence::new(Reason::Random)),
                3 => f.org_id = Some("lt1:o".into()),
                4 => f.location.severity = Severity::Low,
                5 => f.location.environment = Environment::Production,
                _ => {}
            }
            f.follow_place();
            f.also.truncate(5);
        }
        let whole = merge(parts.clone());
        let places: usize = parts.iter().flat_map(|p| &p.findings).map(|f| 1 + f.also.len()).sum();
        prop_assert!(whole.findings.iter().map(|f| 1 + f.also.len()).sum::<usize>() <= places);
        let mut groups: Vec<Vec<Outcome>> = vec![Vec::new(); 3];
        for (part, shard) in parts.into_iter().zip(&shards) {
            groups[*shard].push(part);
        }
        let len = groups.len();
        groups.rotate_left(turn % len);
        let regrouped = merge(groups.into_iter().map(merge));
        prop_assert_eq!(shown(&regrouped), shown(&whole));
    }
}
