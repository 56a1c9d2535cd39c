//! Kinds of secrets by the way they are written, each with forms of its own (`kinds.tsv`): the value of every form fails the check,
//! and forms that look like them have nothing that does.

use leaktight::detect::context::{self, Context};
use leaktight::detect::{Detector, Input};
use leaktight::example::expand;
use leaktight::finding::evidence::Confidence;
use leaktight::rule::{Family, RuleSet, Severity};
use std::collections::BTreeMap;
use std::ops::Range;

const FORMS: &str = include_str!("kinds.tsv");
/// Each form with this many values.
const SEEDS: u64 = 3;

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some('n')) => '\n',
            (_, Some('t')) => '\t',
            (_, Some('r')) => '\r',
            (_, Some('B')) => '\u{feff}',
            (_, Some(other)) => other,
            (c, None) => c,
        });
    }
    out
}

/// What fails the check in a file of this path: rule and place.
fn fails(detector: &Detector<'_>, path: &str, text: &[u8]) -> Vec<(String, Range<usize>)> {
    let rules = detector.rules();
    let place = Context::new(path.as_bytes());
    let found = detector.candidates(&Input::all(text)).candidates.into_iter().filter_map(|c| {
        let rule = rules.rule(c.rule);
        let assessed = context::assess(rule, &c.evidence, &c.host, Some(&place))?;
        let over = assessed.confidence >= Confidence::Likely && assessed.severity >= Severity::Medium;
        (over && rule.family == Family::Credential).then(|| (rule.id.to_string(), c.secret))
    });
    found.collect()
}

#[test]
fn each_form_of_each_kind_is_found() {
    let rules = RuleSet::builtin();
    let detector = Detector::new(&rules, 1_800_000_000);
    let mut forms: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in FORMS.lines().filter(|line| !line.starts_with('#')) {
        let [kind, path, text, value] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four columns: {line}")
        };
        let text = unescaped(text);
        if value == "-" {
            let found = fails(&detector, path, text.as_bytes());
            if !found.is_empty() {
                wrong.push(format!("{kind}: nothing is to be found in {path}: {text:?}, but {found:?}"));
            }
            continue;
        }
        *forms.entry(kind).or_default() += 1;
        for seed in 0..SEEDS {
            let value = String::from_utf8(expand(&unescaped(value), seed).expect("a template").text).expect("text");
            let text = text.replace('§', &value);
            let at = text.find(&value).expect("the value is in the text");
            let found = fails(&detector, path, text.as_bytes());
            if !found.iter().any(|(_, secret)| secret.start < at + value.len() && at < secret.end) {
                wrong.push(format!("{kind}: not found in {path}: {text:?} ({found:?})"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A kind is a kind only with several forms.
    assert!(forms.len() >= 12 && forms.values().all(|n| *n >= 4), "{forms:?}");
}
