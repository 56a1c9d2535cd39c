//! Every rule against its own examples, through the whole detector: matches are found at `likely` or above, misses
//! are not. Examples are expanded from several seeds.

use leakgate::detect::{Detector, Input, context};
use leakgate::evidence::{self, Confidence};
use leakgate::rule::{Rule, RuleSet, example};

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
