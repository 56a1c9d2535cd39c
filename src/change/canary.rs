//! The canary of every gate: a secret that the run makes for itself must be found with the rules that are in force.
//!
//! In: the rules. Out: a blocking gap if it is not found, so that a configuration that switches everything off, or a
//! broken build, never looks like a clean change. The secret is made anew from an example's template; it stays in memory.

use crate::blob::{Blob, Gap, GapKind, Origin};
use crate::detect::Detector;
use crate::example;
use crate::scan::Collector;
use crate::source::Sink as _;

/// The rule whose example is planted, if it is in force.
const FIRST: &str = "github-pat";
/// Text around the canary.
const FILLER: &[u8] = b"the quick brown fox jumps over the lazy dog\n";

/// The gap, if the canary is not found.
pub(super) fn failed(detector: &Detector<'_>) -> Option<Gap> {
    let rules = detector.rules();
    let first = rules.find(FIRST).into_iter();
    let others = rules.iter().filter(|(_, rule)| rule.distinctive).chain(rules.iter()).map(|(id, _)| id);
    let chosen = first.chain(others).find_map(|id| Some((id, rules.rule(id).matches.first()?)));
    let found = chosen.is_some_and(|(id, template)| {
        let Ok(canary) = example::expand(&template.text, 1) else { return false };
        let text = [&FILLER.repeat(20), &canary.text, &b"\n"[..], &FILLER.repeat(20)].concat();
        let collector = Collector::unseen(detector);
        collector.blob(&Blob::whole(&text, &Origin::File(template.path.as_bytes().into())));
        collector.parts().0.iter().any(|o| o.rule == id)
    });
    (!found).then(|| Gap {
        kind: GapKind::SelfTest,
        what: b"leaktight".to_vec(),
        why: "a secret that this run planted in memory was not found; its result means nothing".into(),
        blocks: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Example, Family, RuleSet};

    fn failed_with(rules: &RuleSet) -> Option<GapKind> {
        failed(&Detector::new(rules, 0)).map(|gap| gap.kind)
    }

    #[test]
    fn the_canary_is_found_unless_nothing_is_looked_for() {
        assert_eq!(failed_with(&RuleSet::builtin()), None);
        let none = RuleSet::new(Vec::<crate::rule::Rule>::new());
        assert_eq!(failed_with(&none), Some(GapKind::SelfTest));
        // A rule that never matches what it says it does.
        let mut broken = RuleSet::builtin().iter().map(|(_, r)| r.clone()).collect::<Vec<_>>();
        broken.retain(|r| r.id == FIRST);
        broken[0].matches = vec![Example { text: "nothing".into(), path: "".into(), why: "".into() }].into();
        assert_eq!(failed_with(&RuleSet::new(broken)), Some(GapKind::SelfTest));
    }

    #[test]
    fn one_family_is_enough() {
        let all = RuleSet::builtin();
        let transport = all.iter().filter(|(_, r)| r.family == Family::Transport);
        let rules = RuleSet::new(transport.map(|(_, r)| r.clone()).collect::<Vec<_>>());
        assert_eq!(failed_with(&rules), None);
    }
}
