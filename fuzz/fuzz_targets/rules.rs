//! Rule files of a user: one that loads finds its own examples' text without a panic, and law 2 holds for its patterns.

#![no_main]

use leaktight::detect::{Detector, Input};
use leaktight::example;
use leaktight::rule::{RuleSet, load_files};
use leaktight_fuzz::measure::timed;
use leaktight_fuzz::{NOW, RULES, Seeds, exhaustive, input, target};
use std::collections::BTreeSet;

/// Longer matches make the exhaustive search too slow to be of use here.
const MOST: usize = 4096;

target!(seeds, |data| {
    let mut parts = input::parts(data);
    let (file, text) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let rules = match timed(|| load_files(&[("a.toml".into(), file.to_vec())])) {
        Ok(rules) => RuleSet::new(rules.into_iter().flatten().collect()),
        Err(errors) => {
            let lines = file.iter().filter(|b| **b == b'\n').count() + 1;
            for error in &errors.0 {
                assert!((1..=lines).contains(&error.line) && error.column >= 1 && !error.message.is_empty(), "{error}");
            }
            assert!(!errors.0.is_empty());
            return;
        }
    };
    assert_eq!(rules.hash(), rules.hash());
    let detector = Detector::new(&rules, NOW);
    let mut texts = vec![text.to_vec()];
    for (_, rule) in rules.iter() {
        assert!(
            !rule.anchors.is_empty() && rule.anchors.iter().all(|anchor| anchor.folded().len() == anchor.exact().len())
        );
        texts.extend(rule.matches.iter().filter_map(|m| Some(example::expand(&m.text, 1).ok()?.text)));
        texts.push(rule.anchors.iter().take(50).flat_map(|anchor| anchor.folded().to_vec()).collect());
    }
    for text in texts.iter().filter(|text| text.len() <= 2048).take(8) {
        detector.candidates(&Input::all(text));
        let found = detector.matches(text);
        for (id, rule) in rules.iter().filter(|(_, rule)| rule.max_len <= MOST) {
            let found = found.iter().filter(|(of, _)| *of == id).map(|(_, m)| m);
            let found: BTreeSet<_> =
                found.map(|m| (m.whole.start, m.whole.end, m.secret.start, m.secret.end)).collect();
            let any = rules.regex(id).expect("it compiles").is_match(text);
            let want = if any { exhaustive(rule, text) } else { BTreeSet::new() };
            assert_eq!(found, want, "{} in {text:?}", rule.pattern);
        }
    }
});

fn seeds() -> Seeds {
    let file = "[[rule]]\nid = \"acme\"\nfamily = \"credential\"\nidentity = \"random\"\npattern = '(?<secret>acme_[0-9a-f]{12})'\n\
                severity = \"high\"\nname = \"x\"\nhelp = \"x\"\nchecks = [\"mixed-letters-digits\"]\nboundary = \"hex\"\n\
                [[rule.match]]\ntext = 'x={{acme_ + hex(12)}}'\n[[rule.miss]]\ntext = '{{acme_ + hex(11)}}'\n\
                [rule.pair]\nrole = \"y\"\npattern = '(?<secret>acme[A-Z]{8})'\nwithin = 100\n";
    let mut inputs = vec![[file.as_bytes(), b"acme_0123456789ab"].join(&0xff)];
    // The patterns of our own rules, in the file of a user.
    for (n, (_, rule)) in RULES.iter().enumerate().filter(|(_, (_, rule))| !rule.anchors.is_empty()) {
        let delimiter = if rule.pattern.contains('\'') { "'''" } else { "'" };
        let file = format!(
            "[[rule]]\nid = \"r{n}\"\nfamily = \"credential\"\nidentity = \"random\"\npattern = {delimiter}{}{delimiter}\n",
            rule.pattern
        );
        let text = example::expand(&rule.matches[0].text, n as u64).expect("a template").text;
        inputs.push([file.as_bytes(), text.as_slice()].join(&0xff));
    }
    inputs.retain(|input| input.len() <= 1024);
    Seeds::new(inputs).words(&[
        "(?i)",
        "(?i:",
        "[[:alpha:]]",
        "\\b",
        "(?-u)",
        "{1,9}",
        "|",
        "\\x{",
        "[[rule]]\n",
        "parser = \"url\"\n",
        "{{",
    ])
}
