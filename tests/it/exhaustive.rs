//! A plain, exhaustive matcher without prefilter and without windows: it tries a rule at every byte, and nothing in it is
//! shared with `src/detect`. `oracle.rs` and the fuzz targets (`fuzz/`) hold the detector against it.

use leaktight::check;
use leaktight::rule::{Anchor, Boundary, Check, Rule, literals::fold};
use regex::bytes::{Regex, RegexBuilder};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Start and end of a match, and of the secret in it.
pub(crate) type Places = (usize, usize, usize, usize);

/// The rule's pattern, for the place where a text begins.
pub(crate) fn anchored(rule: &Rule) -> Regex {
    let pattern = format!(r"\A(?:{})", rule.pattern);
    RegexBuilder::new(&pattern).unicode(false).size_limit(64 << 20).build().expect("the pattern compiles")
}

/// The match at exactly `start`.
fn match_at(anchored: &Regex, text: &[u8], start: usize) -> Option<Places> {
    let captures = anchored.captures(&text[start..])?;
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
        for (at, window) in text.windows(anchor.folded().len()).enumerate() {
            let same = |at: usize| {
                window.iter().all(|b| fold(*b) == fold(text[at])) && anchor.admits(&[text[at]].repeat(window.len()))
            };
            // A run of one byte has one anchor, where it begins.
            if at > 0 && is_run(anchor) && same(at - 1) {
                continue;
            }
            if window.iter().zip(anchor.folded().iter()).all(|(b, f)| fold(*b) == *f)
                && anchor.admits(window)
                && rule.may_follow(text.get(at + window.len()).copied())
            {
                all.push((at, window.len()));
            }
        }
    }
    all
}

/// Whether an anchor is one byte again and again.
fn is_run(anchor: &Anchor) -> bool {
    [anchor.folded(), anchor.exact()].iter().all(|bytes| bytes.iter().all(|b| *b == bytes[0]))
}

/// Everything that a rule matches in `text`, by trying every start with its [`anchored`] pattern; panics when a match has
/// no anchor (law 2).
pub(crate) fn exhaustive(rule: &Rule, pattern: &Regex, text: &[u8]) -> BTreeSet<Places> {
    let anchors = anchors(rule, text);
    let starts: Vec<Places> = (0..text.len()).filter_map(|s| match_at(pattern, text, s)).collect();
    for m in &starts {
        let anchored = anchors.iter().any(|(a, len)| m.0 <= *a && a - m.0 <= rule.before && a + len <= m.1);
        // What begins within a run is a piece of what begins with it.
        let in_run = m.0 > 0 && fold(text[m.0]) == fold(text[m.0 - 1]) && rule.anchors.iter().any(is_run);
        assert!(anchored || in_run, "a match of {} contains none of its anchors within {} bytes", rule.id, rule.before);
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
