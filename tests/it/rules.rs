//! Every rule against its own examples, through the whole detector: matches are found at `likely` or above, misses
//! are not. Examples are expanded from several seeds.

use leaktight::detect::{Detector, Input, context};
use leaktight::evidence::{self, Confidence};
use leaktight::rule::{Rule, RuleSet, example};

/// Confidence with which `rule` finds something in `text`.
fn found(detector: &Detector<'_>, rule: &Rule, text: &[u8], path: &str) -> Option<Confidence> {
    let candidates = detector.candidates(&Input::all(text)).candidates;
    let of_rule = candidates.iter().filter(|c| detector.rules().rule(c.rule).id == rule.id);
    of_rule
        .filter_map(|c| {
            let evidence: Vec<_> = c.evidence.iter().cloned().chain(context::context(path.as_bytes())).collect();
            evidence::confidence(&evidence, rule.distinctive)
        })
        .max()
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
             pattern = '{pattern}'\n[[rule.match]]\ntext = 'a'\n[[rule.match]]\ntext = 'b'\n\
             [[rule.miss]]\ntext = 'c'\nwhy = 'c'\n[[rule.miss]]\ntext = 'd'\nwhy = 'd'\n"
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
        let error = load(pattern).expect_err(pattern);
        assert!(error.message.contains(words), "{pattern}: {}", error.message);
        assert_eq!(error.line, 8, "{pattern}");
    }
    let rule = load("(?<secret>abcd[0-9]{8})").expect("a sound rule").remove(0);
    assert_eq!((rule.before, rule.max_len, rule.distinctive, rule.public_prefix), (0, 12, true, 4));
    // Context words are anchors as well, wherever they stand; alternatives all count.
    let rule = load("(?i:acme|umbrella)[^\\n]{0,9}(?<secret>[0-9a-f]{32})").expect("a sound rule").remove(0);
    let mut anchors: Vec<_> = rule.anchors.iter().map(|a| String::from_utf8_lossy(&a.folded).into_owned()).collect();
    anchors.sort();
    assert_eq!((anchors, rule.distinctive), (vec!["acme".to_owned(), "umbrella".to_owned()], false));
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
    let load = |boundary: &str| leaktight::rule::load_file(std::path::Path::new("x.toml"), &file(boundary));
    for old in ["alphanumeric", "token"] {
        let error = load(old).expect_err(old);
        assert!(error.message.contains("leave the line out"), "{old}: {}", error.message);
        assert_eq!(error.line, 9, "{old}");
    }
    assert!(load("hexx").expect_err("a mistake").message.contains("`hex`"));
    for known in ["body", "word", "base64", "hex", "digits", "none"] {
        assert!(load(known).is_ok(), "{known}");
    }
}
