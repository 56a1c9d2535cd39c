//! Every set of reports of shards but the whole one has a gap that blocks.

use super::*;
use crate::finding::Outcome;
use crate::report::read::Reader;
use crate::rule::RuleSet;
use proptest::prelude::*;

fn document(shard: Option<Part>, names: &[&str]) -> Document {
    Document {
        command: "history".into(),
        target: String::new(),
        repositories: names.iter().map(|n| (*n).to_owned()).collect(),
        made: None,
        shard,
        outcome: Outcome::default(),
    }
}

/// Part `index` of `count` of a list of `names`.
fn part(file: &str, index: u32, count: u32, names: &[&str]) -> Given {
    let ours: Vec<&str> = names.iter().copied().skip(index as usize - 1).step_by(count as usize).collect();
    let shard = Part { index, count, list: list_hash(names.iter().copied()) };
    Given { file: file.into(), report: Ok(document(Some(shard), &ours)) }
}

const LIST: [&str; 5] = ["a", "b", "c", "d", "e"];

/// Files that are merged, and `what: why` of each gap.
fn said(given: Vec<Given>) -> (Vec<String>, Vec<String>) {
    let (kept, gaps) = of_one_run(given);
    assert!(gaps.iter().all(|g| g.blocks && g.kind == GapKind::Shard));
    let text = |g: &Gap| format!("{}: {}", String::from_utf8_lossy(&g.what), g.why);
    (kept.into_iter().map(|(file, _)| file).collect(), gaps.iter().map(text).collect())
}

#[test]
fn all_parts_are_merged_in_their_order() {
    let given = vec![part("z", 3, 3, &LIST), part("x", 1, 3, &LIST), part("y", 2, 3, &LIST)];
    assert_eq!(said(given), (vec!["x".into(), "y".into(), "z".into()], Vec::new()));
    assert_eq!(said(vec![part("x", 1, 1, &LIST)]).1, [""; 0]);
    assert_eq!(said(vec![part("x", 2, 2, &["a"]), part("y", 1, 2, &["a"])]).1, [""; 0], "a part without repositories");
}

#[test]
fn a_missing_part_is_named() {
    let (kept, gaps) = said(vec![part("x", 1, 4, &LIST), part("y", 3, 4, &LIST)]);
    assert_eq!(kept, ["x", "y"]);
    let why = "none of the reports is of this part of the list, so its repositories are not in the result";
    assert_eq!(gaps, [format!("shard 2/4 missing: {why}"), format!("shard 4/4 missing: {why}")]);
    let (_, gaps) = said(vec![part("x", 7, u32::MAX, &LIST)]);
    assert_eq!(gaps.len(), NAMED + 1);
    assert!(gaps[NAMED].starts_with("4294966294 more shards of 4294967295 missing"), "{}", gaps[NAMED]);
}

#[test]
fn a_doubled_part_counts_once() {
    let given = vec![part("y", 2, 2, &LIST), part("x", 1, 2, &LIST), part("x2", 1, 2, &LIST)];
    let (kept, gaps) = said(given);
    assert_eq!(kept, ["x", "y"]);
    assert_eq!(gaps, ["shard 1/2 twice: `x` is merged, `x2` left out: pass only one of them"]);
    let given = vec![part("x", 1, 1, &LIST), part("y", 1, 1, &LIST), part("z", 1, 1, &LIST)];
    assert_eq!(said(given).1, ["shard 1/1 3 times: `x` is merged, `y`, `z` left out: pass only one of them"]);
}

#[test]
fn a_foreign_report_is_left_out_by_name() {
    let mut other = LIST;
    other[4] = "f";
    let whole = || Given { file: "whole".into(), report: Ok(document(None, &["q"])) };
    let rules = RuleSet::builtin();
    let text = br#"{"schema": "leaktight/1", "tool": {"version": "0.0.0", "rules": "x"}}"#;
    let error = Reader::new(&rules).read(text).unwrap_err();
    assert!(error.is_foreign());
    let given = vec![
        part("old", 1, 2, &other),
        part("x", 1, 2, &LIST),
        part("three", 1, 3, &LIST),
        whole(),
        Given { file: "version".into(), report: Err(error.clone()) },
        part("y", 2, 2, &LIST),
    ];
    let (kept, gaps) = said(given);
    assert_eq!(kept, ["x", "y"]);
    assert_eq!(
        gaps,
        [
            "old: foreign report, left out: it is shard 1/2 of another list of repositories".to_owned(),
            "three: foreign report, left out: it is shard 1/3, and this run has 2".to_owned(),
            "whole: foreign report, left out: it is not the report of a shard".to_owned(),
            format!("version: foreign report, left out: it {error}"),
        ]
    );
    // As many of one list as of the other: the first one given counts.
    let (kept, gaps) = said(vec![part("x", 1, 2, &LIST), part("y", 2, 2, &other)]);
    assert_eq!((kept.len(), gaps.len()), (1, 2), "{gaps:?}");
}

#[test]
fn parts_that_do_not_hold_their_list_are_no_run() {
    let mut less = part("y", 2, 2, &LIST);
    less.report.as_mut().unwrap().repositories.pop();
    let (_, gaps) = said(vec![part("x", 1, 2, &LIST), less]);
    assert_eq!(
        gaps,
        [
            "shards 1/2 to 2/2: the repositories in the reports of all shards are not those of the list that the shards name"
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_each_part_once_is_complete(count in 1_u32..6, given in proptest::collection::vec(1_u32..6, 1..9)) {
        let given: Vec<u32> = given.into_iter().map(|k| (k - 1) % count + 1).collect();
        let mut sorted = given.clone();
        sorted.sort_unstable();
        let whole = sorted == (1..=count).collect::<Vec<_>>();
        let (kept, gaps) = of_one_run(given.iter().map(|k| part("x", *k, count, &LIST)).collect());
        prop_assert_eq!(gaps.is_empty(), whole);
        sorted.dedup();
        prop_assert_eq!(kept.len(), sorted.len());
    }
}
