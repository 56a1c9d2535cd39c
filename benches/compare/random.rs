//! What random text is taken for: findings in 100 MB of each alphabet that data in source trees is written in.
//!
//! In: rules. Out: a row for each alphabet, with the rules that found something. It fails when one of them has more than
//! [`MOST`] findings at `likely` or above. The text is the same at every run.

use anyhow::{Result, ensure};
use leaktight::detect::{Detector, Input};
use leaktight::example::Rng;
use leaktight::finding::evidence::{self, Confidence};
use leaktight::rule::RuleSet;
use std::collections::BTreeMap;

/// Bytes of each alphabet.
const SIZE: usize = 100_000_000;
/// Bytes that are made and searched at a time.
const PIECE: usize = 2_000_000;
/// Characters of a line, where there are lines.
const LINE: usize = 76;
/// Most findings at `likely` or above in one alphabet.
const MOST: usize = 1;

const ALPHABETS: [(&str, &[u8]); 5] = [
    ("base64", b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
    ("hex", b"0123456789abcdef"),
    ("upper-case hex", b"0123456789ABCDEF"),
    ("base32", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    ("digits", b"0123456789"),
];

/// Searches all alphabets.
///
/// # Errors
/// When one of them has too many findings.
pub(crate) fn run(rules: &RuleSet) -> Result<()> {
    let detector = Detector::new(rules, 1_800_000_000);
    println!("{:<15} {:>6} {:>7} {:>9}", "100 MB of", "likely", "in all", "expected");
    let mut too_many = Vec::new();
    for (seed, (name, alphabet)) in (40..).zip(ALPHABETS) {
        let mut rng = Rng(seed);
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        let (mut likely, mut all) = (0, 0);
        for piece in 0..SIZE / PIECE {
            let text = text(&mut rng, alphabet, piece % 2 == 0);
            for c in detector.candidates(&Input::all(&text)).candidates {
                let rule = rules.rule(c.rule);
                let Some(confidence) = evidence::confidence(&c.evidence, rule.distinctive) else { continue };
                all += 1;
                if confidence >= Confidence::Likely {
                    let around = &text[c.secret.start.saturating_sub(8)..text.len().min(c.secret.end + 8)];
                    println!("    {}: {}", rule.id, around.escape_ascii());
                }
                likely += usize::from(confidence >= Confidence::Likely);
                *found.entry(format!("{} ({confidence:?})", rule.id)).or_default() += 1;
            }
        }
        println!("{name:<15} {likely:>6} {all:>7} {:>9}", format!("<= {MOST}"));
        for (rule, count) in found {
            println!("    {count:>6} {rule}");
        }
        if likely > MOST {
            too_many.push(name);
        }
    }
    ensure!(too_many.is_empty(), "random text is taken for secrets: {}", too_many.join(", "));
    Ok(())
}

fn text(rng: &mut Rng, alphabet: &[u8], lines: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(PIECE + 8);
    while out.len() < PIECE {
        // Eight characters of one draw: 64 bits are enough for eight times any of these alphabets.
        let mut bits = rng.bits();
        for _ in 0..8 {
            out.push(alphabet[(bits % alphabet.len() as u64) as usize]);
            bits /= alphabet.len() as u64;
            if lines && out.len() % (LINE + 1) == LINE {
                out.push(b'\n');
            }
        }
    }
    out
}
