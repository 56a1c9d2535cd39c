//! What is written is read back: for every format the report of what was read is the report of what was there.

use super::*;
use crate::blob::Reach;
use crate::finding::evidence::Confidence;
use crate::report::human::Human;
use crate::report::run::{Command, Run};
use crate::report::{Format, fixtures};
use proptest::prelude::*;

fn json(run: &Run<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    Format::Json.report(&Human::default()).write(run, &mut out).unwrap();
    out
}

fn whole<'a>(rules: &'a RuleSet, outcome: &'a Outcome) -> Run<'a> {
    let mut run = Run::new(Command::History, "x", rules, outcome);
    run.also_limit = None;
    run.made = Some(RunInputs { now: 1_795_219_200, key: "none".into(), state: Some("s".into()) });
    run.shard = Some(part());
    run
}

fn part() -> Part {
    Part { index: 2, count: 3, list: "0123456789abcdef".repeat(2) }
}

/// Every report of `outcome`.
fn reports(rules: &RuleSet, outcome: &Outcome) -> Vec<String> {
    let run = whole(rules, outcome);
    let one = |format: &Format| {
        let mut bytes = Vec::new();
        format.report(&Human { verbose: true, ..Human::default() }).write(&run, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    Format::ALL.iter().map(one).collect()
}

fn comes_back(rules: &RuleSet, outcome: &Outcome) {
    let document = Reader::new(rules).read(&json(&whole(rules, outcome))).unwrap();
    assert_eq!(document.command, "history");
    assert_eq!(document.made.map(|m| (m.now, m.state)), Some((1_795_219_200, Some("s".into()))));
    assert_eq!(document.shard, Some(part()));
    assert_eq!(document.outcome.gaps, outcome.gaps);
    assert_eq!(document.outcome.covered, outcome.covered);
    for (read, was) in document.outcome.findings.iter().zip(&outcome.findings) {
        assert_eq!((&read.id, &read.org_id, read.rule), (&was.id, &was.org_id, was.rule));
        if was.life.is_some() {
            assert_eq!((&read.location, &read.also, &read.related), (&was.location, &was.also, &was.related));
            assert_eq!(read.evidence, was.evidence);
            assert_eq!(read.snippet, was.snippet);
        }
    }
    // Without a life a report gives no mark and one kind for files and links: it is JSON again, and no more.
    let all = outcome.findings.iter().all(|f| f.life.is_some());
    let (read, was) = (reports(rules, &document.outcome), reports(rules, outcome));
    for (n, format) in Format::ALL.iter().enumerate().filter(|(_, f)| all || **f == Format::Json) {
        assert_eq!(read[n], was[n], "{format}");
    }
}

#[test]
fn samples_come_back() {
    let rules = RuleSet::builtin();
    let (one, several) = (fixtures::history(&rules, "", [1, 2, 3]), fixtures::history(&rules, "a/b", [4, 5, 6]));
    for outcome in [fixtures::usual(&rules), fixtures::clean(), one, several, fixtures::hostile_history(&rules)] {
        comes_back(&rules, &outcome);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_stands_in_it_comes_back(
        path in proptest::collection::vec(any::<u8>(), 0..12),
        author in proptest::collection::vec(any::<u8>(), 0..12),
        refs in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..5), 0..3),
        line in "[^\n]{0,20}",
        mark in any::<(usize, usize, usize)>(),
        times in any::<(Option<u32>, Option<u32>)>(),
        numbers in any::<(u64, u64, u64)>(),
        detail in ".{0,10}",
        weight in any::<i32>(),
        kinds in (0..9_usize, 0..6_usize),
    ) {
        use crate::blob::{GitKind, GitPlace, Origin};
        use crate::finding::evidence::Reason;
        let rules = RuleSet::builtin();
        let mut outcome = fixtures::history(&rules, "r", [1, 2, 3]);
        let f = &mut outcome.findings[1];
        f.also.truncate(3);
        f.location.origin = Origin::Git(std::sync::Arc::new(GitPlace {
            reach: Reach::ALL[kinds.0],
            kind: GitKind::ALL[kinds.1],
            repo: path.as_slice().into(),
            path: (!path.is_empty()).then(|| path.as_slice().into()),
            commit: times.0.map(|n| n.to_string().as_str().into()),
            object: times.1.map(|n| n.to_string().as_str().into()),
            refs: refs.iter().map(|r| r.as_slice().into()).collect(),
            author: Some(author.as_slice().into()),
            date: Some(line.as_str().into()),
        }));
        f.location.byte_offset = numbers.0;
        f.snippet.lines[1] = line;
        f.snippet.mark = mark;
        let evidence = Evidence::with(Reason::Expires, detail);
        f.evidence.push(Evidence { weight: Some(weight).filter(|w| *w != evidence.weight()), ..evidence });
        let life = f.life.as_mut().unwrap();
        (life.first, life.last) = (times.0.map(i64::from), times.1.map(i64::from));
        (life.days, life.objects) = (numbers.1, numbers.2);
        life.refs = refs;
        life.authors = vec![author];
        let document = Reader::new(&rules).read(&json(&whole(&rules, &outcome))).unwrap();
        for (read, was) in document.outcome.findings.iter().zip(&outcome.findings) {
            prop_assert_eq!((&read.location, &read.also, &read.life), (&was.location, &was.also, &was.life));
            prop_assert_eq!((&read.evidence, &read.snippet), (&was.evidence, &was.snippet));
        }
    }
}

#[test]
fn what_is_no_whole_report_is_refused_with_its_place() {
    let rules = RuleSet::builtin();
    let reader = Reader::new(&rules);
    let outcome = fixtures::history(&rules, "", [1, 2, 3]);
    let good = String::from_utf8(json(&whole(&rules, &outcome))).unwrap();
    let refused = |text: &str| reader.read(text.as_bytes()).unwrap_err().to_string();
    assert!(refused("").contains("not a JSON report") && refused("[1]").contains("line 1 column"));
    assert!(refused(&good[..good.len() / 2]).contains("line "), "{}", refused(&good[..good.len() / 2]));
    assert!(refused(&good.replacen("leaktight/1", "leaktight/9", 1)).contains("leaktight/1"));
    let hash = rules.hash();
    assert!(refused(&good.replacen(&hash, &"0".repeat(32), 1)).contains("--rules"));
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(refused(&good.replacen(&version, "\"version\": \"0.0.1\"", 1)).contains("by leaktight 0.0.1"));
    assert!(refused(&good.replacen("\"rule\": \"github-pat\"", "\"rule\": \"no-such\"", 1)).contains("finding 1"));
    assert!(refused(&good.replacen("lt1:r", "lt1:R", 1)).contains("finding 1"));
    assert!(refused(&good.replacen("\"line\": 4", "\"line\": -4", 1)).contains("column"));
    assert!(refused(&good.replacen("\"reach\": \"head\"", "\"reach\": \"foot\"", 1)).contains("foot"));
    assert!(refused(&"[".repeat(100_000)).contains("line 1"), "depth is bounded");
    let mut few = whole(&rules, &outcome);
    few.also_limit = Some(5);
    assert!(refused(&String::from_utf8(json(&few)).unwrap()).contains("places are left out"));
    let mut outcome = outcome;
    outcome.findings[0].confidence = Confidence::Possible;
    let mut few = whole(&rules, &outcome);
    few.min_confidence = Confidence::Likely;
    assert!(refused(&String::from_utf8(json(&few)).unwrap()).contains("leaves findings out"));
}

#[test]
fn every_kind_of_place_has_a_name_and_comes_back() {
    use crate::blob::Origin;
    let rules = RuleSet::builtin();
    let schema = serde_json::from_str(crate::report::json::JSON_SCHEMA).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for origin in fixtures::origins(b"d/a.env") {
        let mut outcome = fixtures::usual(&rules);
        outcome.findings[0].location.origin = origin.clone();
        let written = json(&whole(&rules, &outcome));
        assert!(schema.is_valid(&serde_json::from_slice(&written).unwrap()), "{origin:?}");
        let document = Reader::new(&rules).read(&written).unwrap();
        let again = match &origin {
            // Both have one kind.
            Origin::Link(path) => Origin::File(path.clone()),
            other => other.clone(),
        };
        assert_eq!(document.outcome.findings[0].location.origin, again);
        let shown = crate::report::labels::place(&outcome.findings[0].location);
        match origin.path() {
            Some(_) => assert!(shown.starts_with("d/a.env"), "{shown}"),
            None if origin.git().is_none() => assert!(shown.starts_with(&format!("<{}>", origin.kind())), "{shown}"),
            None => assert!(!shown.is_empty()),
        }
        assert_eq!(shown.contains("!d/a.env!d/a.env"), matches!(origin, Origin::Member(_)), "{shown}");
        assert_eq!(origin.path().is_none(), crate::policy::place(&origin).starts_with(b":"), "{origin:?}");
    }
}
