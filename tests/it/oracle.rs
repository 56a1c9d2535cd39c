//! The detector held against a plain, exhaustive matcher without prefilter and without windows (`exhaustive.rs`), over
//! texts made of the examples of all rules (docs/design.md, laws 2 and 3).

use crate::exhaustive::{Places, anchored, exhaustive};
use leaktight::blob::Fresh;
use leaktight::detect::{Candidate, Detector, Input};
use leaktight::example;
use leaktight::rule::{RuleId, RuleSet};
use proptest::prelude::*;
use regex::bytes::Regex;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);
static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&RULES, 1_800_000_000));
static ANCHORED: LazyLock<Vec<Regex>> = LazyLock::new(|| RULES.iter().map(|(_, rule)| anchored(rule)).collect());

const GLUE: &[&[u8]] = &[
    b"",
    b"",
    b"",
    b"x",
    b"Q7",
    b"f",
    b"-",
    b"_",
    b"\\n",
    b"\\x3d",
    b"\\u003d",
    b"\\u{3d}",
    b"\\075",
    b"%3D",
    b"%253D",
    b"=3D",
    b"\x1b[36m",
    b"\\x1b[1;31m",
    b"\\033[0m",
    b"\\e[m",
    b"\x1b[38;2;200;200;200m",
    b"\\u001b[38;2;200;200;200;48;5;1m",
];

/// Text made of examples, pieces of examples, their anchors, and noise; glued together without regard to boundaries.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let rules = RULES.len();
    let piece =
        (0..rules, 0..4_usize, any::<u64>(), 0..8_u8, 0..400_usize).prop_map(|(rule, which, seed, kind, cut)| {
            let rule = RULES.rule(rule as RuleId);
            let examples: Vec<_> = rule.matches.iter().chain(rule.misses.iter()).collect();
            let text = example::expand(&examples[which % examples.len()].text, seed).expect("a template").text;
            match kind {
                0 => text[..cut.min(text.len())].to_vec(),
                1 => text[cut.min(text.len())..].to_vec(),
                2 => text.to_ascii_uppercase(),
                3 if !rule.anchors.is_empty() => rule.anchors[cut % rule.anchors.len()].folded().to_vec(),
                _ => text,
            }
        });
    let noise = proptest::collection::vec(
        prop_oneof![Just(b'\n'), Just(b' '), Just(b'"'), Just(b'='), Just(0), any::<u8>(), 32..127_u8],
        0..24,
    );
    // What may stand directly before a token: escapes, colours, and letters and digits that are none.
    let noise = (noise, proptest::sample::select(GLUE)).prop_map(|(noise, glue)| [&noise, glue].concat());
    proptest::collection::vec((piece, noise), 1..4)
        .prop_map(|parts| parts.into_iter().flat_map(|(p, n)| [p, n].concat()).take(4000).collect())
}

/// The same, plain or as UTF-32 of either byte order, at any offset.
fn any_encoding() -> impl Strategy<Value = Vec<u8>> {
    (text(), 0..4_u8, 0..4_usize).prop_map(|(text, kind, before)| {
        let to = match kind {
            0 => u32::to_le_bytes,
            1 => u32::to_be_bytes,
            _ => return text,
        };
        let wide = String::from_utf8_lossy(&text).chars().flat_map(|c| to(c.into())).collect::<Vec<u8>>();
        [&vec![b'x'; before][..], &wide].concat()
    })
}

fn ranges(len: usize) -> impl Strategy<Value = Vec<Range<usize>>> {
    proptest::collection::btree_set(0..=len, 0..8).prop_map(|cuts| {
        let cuts: Vec<usize> = cuts.into_iter().collect();
        // Pairs of cuts are ranges; a last odd one is a seam.
        cuts.chunks(2).map(|c| c[0]..*c.get(1).unwrap_or(&c[0])).collect()
    })
}

/// Everything that identifies a candidate, evidence included.
fn facts(c: &Candidate) -> String {
    format!("{} {:?} {:?} {:?} {:?} {:?}", RULES.rule(c.rule).id, c.whole, c.secret, c.depends, c.evidence, c.related)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Law 2: with the prefilter, the same matches as without.
    #[test]
    fn prefilter_and_windows_lose_nothing(text in text()) {
        let mut found: Vec<BTreeSet<Places>> = vec![BTreeSet::new(); RULES.len()];
        for (id, m) in DETECTOR.matches(&text) {
            found[id as usize].insert((m.whole.start, m.whole.end, m.secret.start, m.secret.end));
        }
        // A file of its own is found by that, and not by a pattern somewhere in it.
        for (id, rule) in RULES.iter().filter(|(_, rule)| !rule.anchors.is_empty()) {
            let want = exhaustive(rule, &ANCHORED[id as usize], &text);
            prop_assert_eq!(&found[id as usize], &want, "{}", rule.id);
        }
    }

    /// Law 3: fresh ranges give exactly the candidates that depend on something fresh, with the same evidence.
    #[test]
    fn fresh_ranges_lose_nothing((text, fresh) in any_encoding().prop_flat_map(|t| { let n = t.len(); (Just(t), ranges(n)) })) {
        let touched = Fresh::Ranges(&fresh);
        let all = DETECTOR.candidates(&Input::all(&text)).candidates;
        let want: Vec<String> = all.iter().filter(|c| touched.touches(c.depends.clone())).map(facts).collect();
        let input = Input { fresh: touched, ..Input::all(&text) };
        let got: Vec<String> = DETECTOR.candidates(&input).candidates.iter().map(facts).collect();
        prop_assert_eq!(got, want);
    }

    /// Law 3: whether a candidate exists depends only on the bytes that it says it depends on.
    #[test]
    fn candidates_are_local(text in text(), noise in proptest::collection::vec(any::<u8>(), 0..64)) {
        for c in DETECTOR.candidates(&Input::all(&text)).candidates {
            let cut = &text[c.depends.clone()];
            // Other text around what it depends on; a neighbour that is not text keeps views alike.
            let moved = [&noise[..], cut, &noise[..]].concat();
            let shift = noise.len();
            let same = |o: &Candidate| {
                o.rule == c.rule
                    && o.secret.start + c.depends.start == c.secret.start + shift
                    && o.secret.len() == c.secret.len()
            };
            if c.depends.start > 0 && c.depends.end < text.len() {
                let found = DETECTOR.candidates(&Input::all(&moved)).candidates;
                prop_assert!(found.iter().any(same), "{} is not local", RULES.rule(c.rule).id);
            }
        }
    }
}

/// Law 3 at both ends of what a candidate depends on, where one byte more would be too much: for every rule, and for values
/// that are decoded within other encodings as well.
#[test]
fn the_first_and_the_last_byte_that_a_candidate_depends_on_find_it() {
    let decoded = ["kubeconfig-client-key", "kubernetes-secret", "base64-pem-private-key", "private-key", "github-pat"];
    let plain = |text: &str| text.as_bytes().to_vec();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wider = |text: &str| text.chars().flat_map(|c| u32::to_be_bytes(c.into())).collect();
    type Encode = fn(&str) -> Vec<u8>;
    let encodings: [Encode; 3] = [plain, wide, wider];
    let mut tried = 0;
    for (_, rule) in RULES.iter() {
        let encodings = if decoded.contains(&&*rule.id) { &encodings[..] } else { &encodings[..1] };
        for (example, encode) in rule.matches.iter().flat_map(|example| encodings.iter().map(move |e| (example, e))) {
            let text = example::expand(&example.text, 1).expect("a template").text;
            let filler = "lorem ipsum\n".repeat(200);
            let text = encode(&format!("{filler}{}\n{filler}", String::from_utf8_lossy(&text)));
            for c in DETECTOR.candidates(&Input::all(&text)).candidates {
                let Range { start, end } = c.depends;
                for range in [start..start, start..start + 1, end - 1..end, end..end] {
                    let input = Input { fresh: Fresh::Ranges(std::slice::from_ref(&range)), ..Input::all(&text) };
                    let found = DETECTOR.candidates(&input).candidates;
                    let what = facts(&c);
                    assert!(found.iter().any(|other| facts(other) == what), "{range:?} does not find {what}");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 10_000, "{tried}");
}

/// A text may begin and end anywhere, also within what a reader reads backwards or forwards.
#[test]
fn examples_that_are_cut_anywhere_are_searched() {
    let mut found = 0;
    for example in RULES.iter().flat_map(|(_, rule)| rule.matches.iter()) {
        let text = example::expand(&example.text, 1).expect("a template").text;
        for cut in 0..text.len().min(300) {
            for part in [&text[cut..], &text[..cut]] {
                let candidates = DETECTOR.candidates(&Input::all(part)).candidates;
                assert!(candidates.iter().all(|c| c.whole.end <= part.len() && c.depends.end <= part.len()));
                found += candidates.len();
            }
        }
    }
    assert!(found > 10_000, "{found}");
}
