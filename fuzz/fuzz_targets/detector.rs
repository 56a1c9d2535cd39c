//! The detector with all rules, over random bytes and mixed examples: with its prefilter it finds what an exhaustive search
//! finds (law 2), with fresh ranges what depends on something fresh (law 3), and every range is inside.

#![no_main]

use leaktight::blob::Fresh;
use leaktight::detect::{self, Candidate};
use leaktight::rule::RuleId;
use leaktight_fuzz::measure::timed;
use leaktight_fuzz::{DETECTOR, Input, RULES, Seeds, exhaustive_of, seeds, target};
use std::collections::{BTreeMap, BTreeSet};

/// Rules without a match that are tried at every byte, other ones for each input.
const SAMPLE: usize = 8;

target!(inputs, |data| {
    let mut input = Input(data);
    let (which, mode) = (input.below(RULES.len()), input.byte());
    let (from, len) = (input.below(1 << 16), input.below(64));
    let text = input.0.to_vec();
    let text = match mode & 7 {
        // A byte becomes a unit of another encoding.
        1 => text.iter().flat_map(|b| [*b, 0]).collect(),
        2 => text.iter().flat_map(|b| [0, *b]).collect(),
        3 => text.iter().flat_map(|b| [*b, 0, 0, 0]).collect(),
        _ => text,
    };

    let mut found: BTreeMap<RuleId, BTreeSet<_>> = BTreeMap::new();
    for (id, m) in DETECTOR.matches(&text) {
        found.entry(id).or_default().insert((m.whole.start, m.whole.end, m.secret.start, m.secret.end));
    }
    for (id, rule) in RULES.iter().filter(|(_, rule)| !rule.anchors.is_empty()) {
        let sampled = (id as usize + RULES.len() - which) % RULES.len() < SAMPLE;
        // The pattern alone says most of the time that there is nothing to find.
        if found.contains_key(&id) || (sampled && RULES.regex(id).is_some_and(|regex| regex.is_match(&text))) {
            let found = found.remove(&id).unwrap_or_default();
            assert_eq!(found, exhaustive_of(id, &text), "{}", rule.id);
        }
    }

    let all = timed(|| DETECTOR.candidates(&detect::Input::all(&text))).candidates;
    for c in &all {
        assert!(c.depends.start <= c.secret.start && c.secret.end <= text.len(), "{c:?}");
        assert!(c.depends.start <= c.whole.start && c.whole.end <= c.depends.end, "{c:?}");
        assert!(c.related.iter().all(|(_, range)| range.end <= text.len()), "{c:?}");
    }
    let from = from.checked_rem(text.len() + 1).unwrap_or_default();
    let range = from..text.len().min(from + len);
    let fresh = Fresh::Ranges(std::slice::from_ref(&range));
    let want: Vec<String> = all.iter().filter(|c| fresh.touches(c.depends.clone())).map(facts).collect();
    let input = detect::Input { fresh, ..detect::Input::all(&text) };
    let got: Vec<String> = DETECTOR.candidates(&input).candidates.iter().map(facts).collect();
    assert_eq!(got, want, "fresh: {range:?}");
});

/// Everything that identifies a candidate, evidence included.
fn facts(c: &Candidate) -> String {
    format!("{} {:?} {:?} {:?} {:?} {:?}", RULES.rule(c.rule).id, c.whole, c.secret, c.depends, c.evidence, c.related)
}

fn inputs() -> Seeds {
    let examples = seeds::examples(|_| true);
    let mut inputs = Vec::new();
    for (n, text) in examples.iter().enumerate() {
        let head = [&(n as u16).to_le_bytes()[..], &[(n % 5) as u8], &(n as u16 * 3).to_le_bytes(), &[9, 0]].concat();
        inputs.push([&head, text.as_slice()].concat());
        // Two examples without anything between them.
        if n % 4 == 0 {
            inputs.push([&head, text.as_slice(), &examples[n * 7 % examples.len()]].concat());
        }
    }
    inputs.retain(|input| input.len() <= 2048);
    Seeds::new(inputs).anchors(|_| true).words(&["\\n", "%3D", "\\u003d", "\u{1b}[36m", "\\x1b[1;31m", " = \"", "=3D"])
}
