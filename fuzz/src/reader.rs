//! Readers behind rules, tried with nothing but these rules: what they find is inside, and what they did not read changes
//! nothing.
//!
//! In: the parsers of the rules, a text, and the bytes that everything out of reach is replaced with. Panics when a
//! candidate is lost or another one.

use crate::{NOW, Seeds, seeds::examples};
use leaktight::detect::{Candidate, Detector, Input};
use leaktight::rule::{Parser, Rule, RuleSet};

/// The built-in rules with one of these parsers.
pub fn rules(parsers: &'static [Parser]) -> RuleSet {
    RuleSet::new(RuleSet::list().into_iter().filter(|rule| is_of(rule, parsers)).collect())
}

fn is_of(rule: &Rule, parsers: &[Parser]) -> bool {
    rule.parser.is_some_and(|parser| parsers.contains(&parser))
}

/// A detector with nothing but `rules`.
pub fn detector(rules: &RuleSet) -> Detector<'_> {
    Detector::new(rules, NOW)
}

/// The examples of these rules, and their anchors.
pub fn seeds(parsers: &'static [Parser]) -> Seeds {
    Seeds::new(examples(|rule| is_of(rule, parsers))).anchors(|rule| is_of(rule, parsers))
}

/// Looks for secrets in `text`, and for each again where `filler` has taken the place of all that it does not depend on.
pub fn holds(detector: &Detector<'_>, text: &[u8], filler: &[u8]) {
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
