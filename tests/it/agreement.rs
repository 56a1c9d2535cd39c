//! The same secrets through every command that scans: what a hook says of a secret is what CI and a history say of it.

use crate::harness::{self, Tree, made};
use leaktight::rule::{Identity, Rule, RuleSet};
use serde_json::Value;
use std::collections::BTreeMap;

/// Secrets that go through each command.
const SECRETS: usize = 40;

/// What must be the same everywhere, by path.
type Said = BTreeMap<String, Vec<Value>>;

#[test]
fn every_command_says_the_same_of_a_secret() {
    let tree = Tree::new();
    let git = |args: &[&str]| harness::succeed(harness::git(tree.path(), tree.path()).args(args));
    git(&["init", "-q"]);
    tree.file("readme", "nothing\n");
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "first"]);
    let base = git(&["rev-parse", "HEAD"]);
    for (path, text) in secrets() {
        tree.file(path, text);
    }
    let scan = said(&tree, &["scan", "."], 1);
    assert!(scan.len() >= SECRETS, "{} of {SECRETS} files have a finding", scan.len());
    git(&["add", "."]);
    let mut others = vec![("staged", said(&tree, &["staged"], 1))];
    git(&["commit", "-q", "-m", "second"]);
    others.push(("range", said(&tree, &["range", &format!("{base}..HEAD")], 1)));
    others.push(("ci", said(&tree, &["ci", "generic", "--base", &base], 1)));
    others.push(("history", said(&tree, &["history", "."], 1)));
    for (command, other) in others {
        assert_eq!(other.keys().collect::<Vec<_>>(), scan.keys().collect::<Vec<_>>(), "{command}: other files");
        for (path, findings) in &scan {
            assert_eq!(other[path], *findings, "{command} does not say of {path} what scan says");
        }
    }
}

/// Files with one secret each: of every kind of rule, and in places that count for the confidence or the severity.
fn secrets() -> Vec<(String, String)> {
    let rules = RuleSet::builtin();
    let places = ["src/{}.conf", "tests/fixtures/{}.py", "docs/{}.md", "deploy/production/{}.yml", "vendor/lib/{}.js"];
    let mut all: Vec<&Rule> = Vec::new();
    // A third of each kind at most, spread over its rules; tokens make up the number.
    for (kind, most) in
        [(Identity::Guessable, SECRETS / 3), (Identity::Setting, SECRETS / 3), (Identity::Random, SECRETS)]
    {
        let of_kind: Vec<&Rule> = rules.iter().map(|(_, rule)| rule).filter(|rule| rule.identity == kind).collect();
        let wanted = most.min(SECRETS - all.len());
        all.extend(of_kind.iter().step_by((of_kind.len() / wanted).max(1)).take(wanted));
    }
    assert_eq!(all.len(), SECRETS);
    let numbered = all.into_iter().zip(1..);
    let file = |(rule, seed): (&Rule, u64)| {
        let place = places[seed as usize % places.len()].replace("{}", &format!("{seed}-{}", rule.id));
        (place, format!("first line\n{}\nlast line\n", made(&rule.matches[0].text, seed)))
    };
    numbered.map(file).collect()
}

/// What a command says of each file.
fn said(tree: &Tree, args: &[&str], code: i32) -> Said {
    let fixed = ["--format", "json", "--now", "1795219200"];
    let run = tree.leaktight(&[args, &fixed].concat());
    assert_eq!(run.code, Some(code), "{args:?}: {}", run.stderr);
    let mut all = Said::new();
    for finding in run.json()["findings"].as_array().expect("findings") {
        if finding["family"] == "policy" {
            continue;
        }
        let fields = ["id", "rule", "confidence", "severity", "environment", "evidence", "secret", "snippet", "help"];
        let of_finding = fields.iter().map(|name| ((*name).to_owned(), finding[*name].clone()));
        let location = &finding["location"];
        let region = ["line", "column", "end_line", "end_column", "byte_offset", "byte_length"];
        let of_place = region.iter().map(|name| ((*name).to_owned(), location[*name].clone()));
        let path = location["path"].as_str().expect("a path").to_owned();
        all.entry(path).or_default().push(Value::Object(of_finding.chain(of_place).collect()));
    }
    for findings in all.values_mut() {
        findings.sort_by_key(Value::to_string);
    }
    all
}
