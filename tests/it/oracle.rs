//! The oracle: a plain, exhaustive matcher without prefilter and without windows, and the detector held against it
//! (docs/design.md, laws 2 and 3). It tries every rule at every byte; nothing in it is shared with `src/detect`.

use leaktight::blob::Fresh;
use leaktight::detect::{Candidate, Detector, Input};
use leaktight::rule::anchor::fold;
use leaktight::rule::{Boundary, Check, Rule, RuleId, RuleSet};
use leaktight::{check, example};
use proptest::prelude::*;
use regex::bytes::{Regex, RegexBuilder};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);
static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&RULES, 1_800_000_000));
static ANCHORED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let compile = |(_, rule): (RuleId, &Rule)| {
        let pattern = format!(r"\A(?:{})", rule.pattern);
        RegexBuilder::new(&pattern).unicode(false).size_limit(64 << 20).build().expect("the pattern compiles")
    };
    RULES.iter().map(compile).collect()
});

type Places = (usize, usize, usize, usize);

/// The match that `rule` has at exactly `start`.
fn match_at(id: RuleId, text: &[u8], start: usize) -> Option<Places> {
    let captures = ANCHORED[id as usize].captures(&text[start..])?;
    let (whole, secret) = (captures.get(0)?, captures.name("secret")?);
    Some((start, start + whole.end(), start + secret.start(), start + secret.end()))
}

/// What the end of the text before a secret must be for its last byte to be no letter of the text: written once more, as
/// one expression, over at most 32 bytes.
static ESCAPE: LazyLock<Regex> = LazyLock::new(|| {
    let hex = "[0-9A-Fa-f]";
    let escape = format!(
        r"\\[ntrbfv0]|\\x{hex}{{2}}|\\u{hex}{{4}}|\\u\{{{hex}{{1,6}}\}}|\\[0-7]{{1,3}}|%(?:25)?{hex}{{2}}|={hex}{{2}}"
    );
    let colour = r"(?:\x1b|(?i:\\x1b|\\033|\\u001b|\\u\{1b\}|\\e|%1b))\[[0-9;:]*[mK]";
    RegexBuilder::new(&format!(r"(?:{escape}|{colour})\z")).unicode(false).build().expect("it compiles")
});

/// Nothing beside the secret belongs to it.
fn is_free(rule: &Rule, text: &[u8], m: Places) -> bool {
    let in_set = |set: [u64; 4], b: u8| set[usize::from(b) / 64] & (1 << (b % 64)) != 0;
    let byte = |i: usize| text.get(i).copied().unwrap_or(b' ');
    let (start, end) = (m.2, m.3);
    let before: [u8; 2] = [1, 2].map(|n| if start >= n { byte(start - n) } else { b' ' });
    let after: [u8; 2] = [byte(end), byte(end + 1)];
    let padded = text[start..end].ends_with(b"=");
    let uuid = |[a, b]: [u8; 2]| a == b'-' && b.is_ascii_hexdigit();
    let number = |[a, b]: [u8; 2]| a.is_ascii_alphanumeric() || (b" .-".contains(&a) && b.is_ascii_digit());
    let by_alphabet = (in_set(rule.neighbours.before, before[0]), !padded && in_set(rule.neighbours.after, after[0]));
    let (left, right) = match rule.boundary {
        Boundary::None => (false, false),
        Boundary::Body => by_alphabet,
        Boundary::Word => (by_alphabet.0, by_alphabet.1 || b"_-".contains(&after[0])),
        Boundary::Base64 => (by_alphabet.0 || b"+/".contains(&before[0]), by_alphabet.1 || b"+/".contains(&after[0])),
        Boundary::Hex => (by_alphabet.0 || uuid(before), by_alphabet.1 || uuid(after)),
        Boundary::Digits => (number(before), number(after)),
    };
    !right && (!left || ESCAPE.is_match(&text[start.saturating_sub(32)..start]))
}

/// It is a secret whatever stands beside it: by its prefix, or by a proof of 24 bits or more.
fn is_proven(rule: &Rule, text: &[u8], m: Places) -> bool {
    const NO_PROOF: [Check; 9] = [
        Check::AwsKeyId,
        Check::Base64Bytes64,
        Check::Base64Bytes32,
        Check::PaymentCard,
        Check::Iban,
        Check::UsSsn,
        Check::StellarSeed,
        Check::LocalHost,
        Check::MixedLettersDigits,
    ];
    let secret = &text[m.2..m.3];
    let passes = |check: &Check| {
        let subject = check::subject::Subject { secret, whole: secret, before: b"", after: b"", now: 0 };
        match check::run(*check, &subject) {
            check::subject::Outcome::Reject => false,
            check::subject::Outcome::Says(says) => *check == Check::Jwt || says.iter().any(|e| e.reason.proves()),
        }
    };
    rule.neighbours.prefixed || rule.checks.iter().any(|check| !NO_PROOF.contains(check) && passes(check))
}

/// Where an anchor of `rule` stands: start and length, found without any index.
fn anchors(rule: &Rule, text: &[u8]) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    for anchor in rule.anchors.iter() {
        for (at, window) in text.windows(anchor.folded.len()).enumerate() {
            if window.iter().zip(anchor.folded.iter()).all(|(b, f)| fold(*b) == *f) && anchor.admits(window) {
                all.push((at, window.len()));
            }
        }
    }
    all
}

/// Everything that rule `id` matches in `text`, by trying every start; panics when a match has no anchor (law 2).
fn exhaustive(id: RuleId, text: &[u8]) -> BTreeSet<Places> {
    let rule = RULES.rule(id);
    let anchors = anchors(rule, text);
    let starts: Vec<Places> = (0..text.len()).filter_map(|s| match_at(id, text, s)).collect();
    for m in &starts {
        let anchored = anchors.iter().any(|(a, len)| m.0 <= *a && a - m.0 <= rule.before && a + len <= m.1);
        assert!(anchored, "a match of {} contains none of its anchors within {} bytes", rule.id, rule.before);
        assert!(m.1 - m.0 <= rule.max_len, "a match of {} is longer than {}", rule.id, rule.max_len);
    }
    anchors
        .iter()
        .filter_map(|(a, len)| {
            let covers = |m: &&Places| m.0 <= *a && a - m.0 <= rule.before && a + len <= m.1;
            let mut all = starts.iter().filter(covers);
            let free = all.clone().find(|m| rule.parser.is_some() || is_free(rule, text, **m));
            free.or_else(|| all.find(|m| is_proven(rule, text, **m))).copied()
        })
        .collect()
}

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
                3 => rule.anchors[cut % rule.anchors.len()].folded.to_vec(),
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
        for (id, rule) in RULES.iter() {
            prop_assert_eq!(&found[id as usize], &exhaustive(id, &text), "{}", rule.id);
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
