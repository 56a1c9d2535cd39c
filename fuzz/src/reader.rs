//! Readers behind rules, tried with nothing but these rules: what they find is inside, and what they did not read changes
//! nothing.
//!
//! In: the parsers of the rules, a text, and the bytes that everything out of reach is replaced with. Panics when a
//! candidate is lost or another one.

use crate::{NOW, Seeds, seeds::examples};
use leaktight::detect::{Candidate, Detector, Input};
use leaktight::rule::{Parser, Rule, RuleSet};

fn is_of(rule: &Rule, parsers: &[Parser]) -> bool {
    rule.parser.is_some_and(|parser| parsers.contains(&parser))
}

/// A detector with nothing but the built-in rules that have one of these parsers. It lives as long as the process.
pub fn detector(parsers: &[Parser]) -> Detector<'static> {
    let rules = RuleSet::list().into_iter().filter(|rule| is_of(rule, parsers)).collect();
    Detector::new(Box::leak(Box::new(RuleSet::new(rules))), NOW)
}

/// The examples of these rules, and their anchors.
pub fn seeds(parsers: &'static [Parser]) -> Seeds {
    Seeds::new(examples(|rule| is_of(rule, parsers))).anchors(|rule| is_of(rule, parsers))
}

/// Looks for secrets in the text of `data`, and for each again where its first two bytes have taken the place of all that the
/// secret does not depend on.
pub fn holds(detector: &Detector<'_>, data: &[u8]) {
    let mut input = crate::Input(data);
    let filler = [input.byte(), input.byte()];
    let text = input.0;
    for found in detector.candidates(&Input::all(text)).candidates.iter().take(8) {
        let Candidate { whole, secret, depends, .. } = found;
        assert!(whole.start <= secret.start && secret.end <= whole.end && whole.end <= text.len(), "{found:?}");
        assert!(depends.start <= whole.start && whole.end <= depends.end, "{found:?}");
        let mut other = text.to_vec();
        let outside = (0..depends.start).chain(depends.end.min(text.len())..text.len());
        for (at, byte) in outside.zip(filler.iter().cycle()) {
            other[at] = *byte;
        }
        let again = detector.candidates(&Input::all(&other)).candidates;
        let is_same =
            |c: &Candidate| (c.rule, &c.whole, &c.secret, &c.evidence) == (found.rule, whole, secret, &found.evidence);
        assert!(again.iter().any(is_same), "{found:?} is lost or another one where {filler:?} is around {depends:?}");
    }
}
