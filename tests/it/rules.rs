//! Every rule against its own examples, through the whole detector: matches are found at `likely` or above, misses
//! are not. Examples are expanded from several seeds.

use leaktight::detect::context::{self, Context};
use leaktight::detect::{Detector, Input};
use leaktight::example;
use leaktight::finding::evidence::Confidence;
use leaktight::rule::read::{Author, read};
use leaktight::rule::written::MIN_EXAMPLES;
use leaktight::rule::{Rule, RuleSet};
use std::collections::{BTreeMap, BTreeSet};

/// Confidence with which `rule` finds something in `text`.
fn found(detector: &Detector<'_>, rule: &Rule, text: &[u8], path: &str) -> Option<Confidence> {
    let candidates = detector.candidates(&Input::all(text)).candidates;
    let of_rule = candidates.iter().filter(|c| detector.rules().rule(c.rule).id == rule.id);
    let place = Context::new(path.as_bytes());
    of_rule.filter_map(|c| Some(context::assess(rule, &c.evidence, &c.host, Some(&place))?.confidence)).max()
}

#[test]
fn every_rule_finds_its_matches_and_not_its_misses() {
    let rules = RuleSet::builtin();
    let detector = Detector::new(&rules, 1_800_000_000);
    let mut wrong = Vec::new();
    for (_, rule) in rules.iter() {
        for seed in 0..5 {
            let expand = |text: &str| example::expand(text, seed).unwrap_or_else(|e| panic!("{}: {e}", rule.id));
            for example in rule.matches.iter() {
                let got = found(&detector, rule, &expand(&example.text).text, &example.path);
                if got < Some(Confidence::Likely) {
                    wrong.push(format!("{} (seed {seed}) is {got:?} for the match {}", rule.id, example.text));
                }
            }
            for example in rule.misses.iter() {
                let got = found(&detector, rule, &expand(&example.text).text, &example.path);
                if got >= Some(Confidence::Likely) {
                    wrong.push(format!("{} (seed {seed}) is {got:?} for the miss {}", rule.id, example.text));
                }
            }
        }
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_pattern_that_cannot_be_scanned_for_soundly_does_not_load() {
    let file = |pattern: &str| {
        format!(
            "family = \"credential\"\n\n[[rule]]\nid = \"x\"\nname = \"x\"\nseverity = \"low\"\nidentity = \"random\"\n\
             pattern = '{pattern}'\n"
        )
    };
    let load = |pattern: &str| leaktight::rule::load_file(std::path::Path::new("x.toml"), &file(pattern));
    for (pattern, words) in [
        ("(?<secret>abcd[0-9]+)", "unbounded repeat"),
        ("(?<secret>[0-9a-f]{32})", "no usable anchor"),
        ("(?<secret>abc[0-9a-z]{8}xyz)", "no usable anchor"),
        (r"\b(?<secret>abcd[0-9]{8})", "boundary"),
        ("abcd[0-9]{8}", "no group"),
        ("(?<secret>abcd[0-9]{8}", "does not parse"),
        ("(?<secret>abcd.{20000})", "at most"),
    ] {
        let error = load(pattern).expect_err(pattern).0.remove(0);
        assert!(error.message.contains(words), "{pattern}: {}", error.message);
        assert_eq!(error.line, 8, "{pattern}");
    }
    let rule = load("(?<secret>abcd[0-9]{8})").expect("a sound rule").remove(0);
    assert_eq!((rule.before, rule.max_len, rule.distinctive, rule.public_prefix), (0, 12, true, 4));
    // Context words are anchors as well, wherever they stand; alternatives all count.
    let rule = load("(?i:acme|umbrella)[^\\n]{0,9}(?<secret>[0-9a-f]{32})").expect("a sound rule").remove(0);
    let mut anchors: Vec<_> = rule.anchors.iter().map(|a| String::from_utf8_lossy(a.folded()).into_owned()).collect();
    anchors.sort();
    assert_eq!((anchors, rule.distinctive), (vec!["acme".to_owned(), "umbrella".to_owned()], false));
}

/// The text between two others.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from = text.find(start).unwrap_or_else(|| panic!("{start:?} is missing")) + start.len();
    text[from..].split(end).next().unwrap_or_default()
}

#[test]
fn the_numbers_of_readme_are_those_of_the_rules() {
    let readme = include_str!("../../README.md");
    let rules = RuleSet::builtin();
    let providers: BTreeSet<&str> = rules.iter().map(|(_, r)| &*r.provider).filter(|p| !p.is_empty()).collect();
    let said = between(readme, "More than ", " providers (`leaktight rules list`");
    let (of_rules, of_providers) =
        said.split_once(" rules for more than ").expect("README says how many rules there are");
    assert_about(of_rules, rules.len());
    assert_about(of_providers, providers.len());
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    rules.iter().for_each(|(_, rule)| *families.entry(rule.family.name()).or_default() += 1);
    let mut table = BTreeMap::new();
    for row in between(readme, "| family | what | rules |\n|---|---|---|\n", "\n\n").lines() {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        table.insert(cells[0], cells[2]);
    }
    assert_eq!(table.keys().collect::<Vec<_>>(), families.keys().collect::<Vec<_>>());
    for (family, said) in table {
        match said.strip_prefix("over ") {
            Some(said) => assert_about(said, families[family]),
            None => assert_eq!(said, families[family].to_string(), "{family}"),
        }
    }
}

/// README says "more than" or "over" this number: the real one is above it, and not far, so that a new rule needs no edit.
fn assert_about(said: &str, real: usize) {
    let said: usize = said.parse().expect("a number");
    assert!(said < real && real <= said + said / 5, "README says {said}, there are {real}: round down");
}

/// One number, in the loader and in the guide, and built-in rules keep to it.
#[test]
fn a_built_in_rule_has_the_examples_that_the_guide_demands() {
    let guide = include_str!("../../CONTRIBUTING.md");
    let word = ["no", "one", "two", "three"][MIN_EXAMPLES];
    assert!(guide.contains(&format!("at least {word} matches, in different syntaxes, and {word} misses")));
    let whole = between(guide, "```toml\n", "```").replace("\n   ", "\n");
    let ours = |text: &str| read(text, Author::Project).1;
    assert_eq!(ours(&whole), [], "the block that the guide has to be copied is whole");
    let blocks: Vec<&str> = whole.split("[[rule.").collect();
    for (left_out, kind) in [("match]]", "match"), ("miss]]", "miss")] {
        let mut kept = 0;
        let fewer = blocks.iter().filter(|b| {
            !b.starts_with(left_out) || {
                kept += 1;
                kept < MIN_EXAMPLES
            }
        });
        let mistakes = ours(&fewer.copied().collect::<Vec<_>>().join("[[rule."));
        assert_eq!(mistakes.len(), 1, "{kind}: {mistakes:?}");
        assert!(mistakes[0].message.contains(&format!("it needs {MIN_EXAMPLES} of each")), "{mistakes:?}");
    }
    // Nothing of what a user's own rule may leave out.
    for key in ["name", "severity", "id", "identity", "pattern", "family"] {
        let without: String =
            whole.lines().filter(|l| !l.starts_with(&format!("{key} ="))).map(|l| format!("{l}\n")).collect();
        assert!(!ours(&without).is_empty(), "{key}");
    }
    let unexplained = whole.replace("why = \"one character short\"", "");
    assert!(ours(&unexplained)[0].message.contains("does not say why"));
}

#[test]
fn an_old_boundary_says_what_to_write_instead() {
    let file = |boundary: &str| {
        format!(
            "family = \"credential\"\n\n[[rule]]\nid = \"x\"\nname = \"x\"\nseverity = \"low\"\nidentity = \"random\"\n\
             pattern = '(?<secret>abcd[0-9]{{8}})'\nboundary = \"{boundary}\"\n[[rule.match]]\ntext = 'a'\n\
             [[rule.match]]\ntext = 'b'\n[[rule.miss]]\ntext = 'c'\nwhy = 'c'\n[[rule.miss]]\ntext = 'd'\nwhy = 'd'\n"
        )
    };
    let load = |boundary: &str| {
        leaktight::rule::load_files(&[(std::path::PathBuf::from("x.toml"), file(boundary).into_bytes())])
    };
    for old in ["alphanumeric", "token"] {
        let error = load(old).expect_err(old).to_string();
        assert!(error.contains("leave the line out") && error.starts_with("x.toml:9:"), "{old}: {error}");
    }
    assert!(load("hexx").expect_err("a mistake").to_string().contains("`hex`"));
    for known in ["body", "word", "base64", "hex", "digits", "none"] {
        assert!(load(known).is_ok(), "{known}");
    }
}
