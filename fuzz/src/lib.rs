//! What the fuzz targets share: the loop around a target, seeds, and files in the formats of git.
//!
//! In: a target's seeds, and a function that takes the bytes of one input and panics when something is wrong. Out: a
//! libFuzzer target ([`target!`]) that writes its seeds before libFuzzer reads them and measures what an input costs.
//! Nothing here is part of the program, and no corpus is kept in the repository.

#[path = "../../tests/it/exhaustive.rs"]
mod exhaustive;
pub mod folder;
pub mod input;
pub mod measure;
pub mod pack;
pub mod reader;
pub mod seeds;

pub use folder::Folder;
pub use input::Input;
pub use libfuzzer_sys;
pub use seeds::Seeds;

use leaktight::detect::Detector;
use leaktight::rule::{Rule, RuleId, RuleSet};
use regex::bytes::Regex;
use std::collections::BTreeSet;
use std::sync::{LazyLock, OnceLock};

/// The built-in rules.
pub static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);
/// A few of them, one with each parser among them: a report lists all rules of its run.
pub static FEW: LazyLock<RuleSet> = LazyLock::new(|| {
    let mut parsers = Vec::new();
    let mut is_first = |rule: &Rule| {
        rule.parser.is_some() && !parsers.contains(&rule.parser) && {
            parsers.push(rule.parser);
            true
        }
    };
    let few = RuleSet::list().into_iter().enumerate().filter(|(n, rule)| n % 80 == 0 || is_first(rule));
    RuleSet::new(few.map(|(_, rule)| rule).collect())
});
/// A detector with all rules.
pub static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&RULES, NOW));
/// "Now", in seconds since 1970.
pub const NOW: i64 = 1_800_000_000;

/// A fuzz target: seeds, and what to do with the bytes of an input.
#[macro_export]
macro_rules! target {
    ($seeds:expr, $run:expr) => {
        $crate::libfuzzer_sys::fuzz_target!(init: $crate::measure::prepare($seeds), |data: &[u8]| {
            $crate::measure::measured(data, $run)
        });
    };
}

/// Start and end of a match, and of the secret in it.
pub type Places = (usize, usize, usize, usize);

/// Everything that a rule matches in `text`, found by trying every start. Panics when a match has none of its anchors.
pub fn exhaustive(rule: &Rule, text: &[u8]) -> BTreeSet<Places> {
    exhaustive::exhaustive(rule, &exhaustive::anchored(rule), text)
}

/// The same for one of [`RULES`], whose pattern is compiled once.
pub fn exhaustive_of(id: RuleId, text: &[u8]) -> BTreeSet<Places> {
    static PATTERNS: LazyLock<Vec<OnceLock<Regex>>> = LazyLock::new(|| RULES.iter().map(|_| OnceLock::new()).collect());
    let rule = RULES.rule(id);
    exhaustive::exhaustive(rule, PATTERNS[id as usize].get_or_init(|| exhaustive::anchored(rule)), text)
}
