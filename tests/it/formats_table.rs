//! The known token formats, each with an answer: a rule, the same as another rule, or no rule for a reason.
//!
//! In: `formats_table.tsv`, one line for each format: its id, a tab, and the answer. Out: an error for an answer that does
//! not hold. To add a format, add a line in the place of its provider and raise [`FORMATS`]:
//! `rule` (a built-in rule has this id), `same-as OTHER-RULE` (the value has its shape) or `none: REASON`, where the reason
//! is one of [`REASONS`] or a sentence.

use leaktight::rule::RuleSet;
use std::collections::{BTreeMap, BTreeSet};

/// Formats of the list of 2026-11-30.
const FORMATS: usize = 1083;

/// Why a format has no rule.
const REASONS: &[&str] = &[
    // Only a name beside it tells it from other values: the generic rules read the name and find the value.
    "context",
    // Meant to be public, or a name that gives access to nothing.
    "public",
    // Encrypted: harmless without the key, which is a format of its own.
    "encrypted",
    // A hash of a password. The entries of password files have rules; elsewhere most are fixtures.
    "hash",
    // A list of common words.
    "words",
    // A binary file without text.
    "binary",
    // The service no longer accepts it.
    "retired",
    // Valid for minutes, or once.
    "short-lived",
    // Too few fixed characters to tell it from other text.
    "short-prefix",
];

/// The lines as id and answer.
fn table() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("formats_table.tsv").lines();
    lines.map(|line| line.split_once('\t').unwrap_or_else(|| panic!("{line:?} has no answer"))).collect()
}

/// What is wrong with an answer.
fn mistake(id: &str, answer: &str, rules: &BTreeSet<&str>) -> Option<String> {
    if answer == "rule" {
        return (!rules.contains(id)).then(|| format!("{id}: there is no such rule"));
    }
    if let Some(other) = answer.strip_prefix("same-as ") {
        if rules.contains(id) {
            return Some(format!("{id}: it has a rule, so the answer is `rule`"));
        }
        return (!rules.contains(other)).then(|| format!("{id}: there is no rule {other}"));
    }
    let Some(reason) = answer.strip_prefix("none: ") else {
        return Some(format!("{id}: `{answer}` is not an answer"));
    };
    if rules.contains(id) {
        return Some(format!("{id}: it has a rule, so the answer is `rule`"));
    }
    let sentence = reason.split(' ').count() > 3 && reason.ends_with('.');
    (!sentence && !REASONS.contains(&reason)).then(|| format!("{id}: `{reason}` is not a reason"))
}

#[test]
fn every_known_format_has_an_answer_that_holds() {
    let rules = RuleSet::builtin();
    let ids: BTreeSet<&str> = rules.iter().map(|(_, rule)| &*rule.id).collect();
    let table = table();
    let mistakes: Vec<String> = table.iter().filter_map(|(id, answer)| mistake(id, answer, &ids)).collect();
    assert!(mistakes.is_empty(), "{} wrong:\n{}", mistakes.len(), mistakes.join("\n"));
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    table.iter().for_each(|(id, _)| *times.entry(id).or_default() += 1);
    let twice: Vec<&&str> = times.iter().filter(|(_, n)| **n > 1).map(|(id, _)| id).collect();
    assert!(twice.is_empty(), "more than one line: {twice:?}");
    assert_eq!(table.len(), FORMATS);
}

#[test]
fn a_wrong_answer_is_named() {
    let rules = BTreeSet::from(["acme-key"]);
    let wrong = |id: &str, answer: &str| mistake(id, answer, &rules).is_some();
    for (id, answer) in [
        ("acme-key", "rule"),
        ("acme-old-key", "same-as acme-key"),
        ("acme-id", "none: public"),
        ("acme-id", "none: Acme publishes it with every build."),
    ] {
        assert!(!wrong(id, answer), "{id} {answer}");
    }
    for (id, answer) in [
        ("acme-token", "rule"),
        ("acme-old-key", "same-as acme-token"),
        ("acme-key", "same-as acme-key"),
        ("acme-key", "none: public"),
        ("acme-id", "none: because"),
        ("acme-id", "none"),
        ("acme-id", ""),
    ] {
        assert!(wrong(id, answer), "{id} {answer}");
    }
}
