//! The rules of one run, their regular expressions (compiled when first needed), and the hash that names the set.

use super::anchor;
use super::builtin::BUILTIN;
use super::model::{Rule, SharedRule};
use super::steps::Steps;
use regex::bytes::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// Index of a rule in its [`RuleSet`].
pub type RuleId = u32;

/// The rules of one run.
#[derive(Debug)]
pub struct RuleSet {
    rules: Vec<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    rule: SharedRule,
    steps: OnceLock<Option<Steps>>,
    regex: OnceLock<Option<Regex>>,
    pair: OnceLock<Option<Regex>>,
}

impl RuleSet {
    /// The built-in rules.
    pub fn builtin() -> Self {
        Self::new(Self::list())
    }

    /// Whether a built-in rule has that name, whatever this run selects.
    pub fn is_builtin(id: &str) -> bool {
        BUILTIN.iter().any(|rule| rule.id == id)
    }

    /// The built-in rules as a list, to be added to.
    pub fn list() -> Vec<SharedRule> {
        BUILTIN.iter().map(SharedRule::Builtin).collect()
    }

    /// The rules of this set as a list, to be added to.
    pub fn to_list(&self) -> Vec<SharedRule> {
        self.rules.iter().map(|c| c.rule.clone()).collect()
    }

    /// A set of these rules, in this order.
    pub fn new(rules: Vec<impl Into<SharedRule>>) -> Self {
        let compiled =
            |rule: SharedRule| Compiled { rule, steps: OnceLock::new(), regex: OnceLock::new(), pair: OnceLock::new() };
        Self { rules: rules.into_iter().map(Into::into).map(compiled).collect() }
    }

    /// Whether the built-in rules come first, in their order, and no other rule has anchors: [`TABLES`](super::TABLES) are theirs.
    pub(crate) fn has_anchors_of_builtin(&self) -> bool {
        let same = |(ours, theirs): (&Compiled, &Rule)| std::ptr::eq(&*ours.rule.anchors, &*theirs.anchors);
        self.len() >= BUILTIN.len()
            && self.rules.iter().zip(BUILTIN.iter()).all(same)
            && self.rules[BUILTIN.len()..].iter().all(|other| other.rule.anchors.is_empty())
    }

    /// Number of rules.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is no rule at all.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule of that index.
    #[inline]
    pub fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id as usize].rule
    }

    /// All rules with their indexes.
    pub fn iter(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.rules.iter().enumerate().map(|(i, c)| (i as RuleId, &*c.rule))
    }

    /// Index of the rule with that name.
    pub fn find(&self, id: &str) -> Option<RuleId> {
        self.rules.iter().position(|c| c.rule.id == id).map(|i| i as RuleId)
    }

    /// The rule's pattern, written out at the first call. `None`: it has too many steps (a loader's check forbids that).
    pub(crate) fn steps(&self, id: RuleId) -> Option<&Steps> {
        let compiled = &self.rules[id as usize];
        compiled.steps.get_or_init(|| steps(&compiled.rule.pattern)).as_ref()
    }

    /// The rule's pattern as a regular expression, which defines what it matches: for tests that hold the matcher against it.
    pub fn regex(&self, id: RuleId) -> Option<&Regex> {
        let compiled = &self.rules[id as usize];
        compiled.regex.get_or_init(|| compile(&compiled.rule.pattern).ok()).as_ref()
    }

    /// The pattern of the other half of the rule's pair, if it has one.
    pub fn pair_regex(&self, id: RuleId) -> Option<&Regex> {
        let compiled = &self.rules[id as usize];
        compiled.pair.get_or_init(|| compile(&compiled.rule.pair.as_ref()?.pattern).ok()).as_ref()
    }

    /// Hash over what the rules say of what is found, in the words of rule files: 32 hexadecimal digits.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for c in self.rules.iter().filter(|c| c.rule.is_searched()) {
            let r = &c.rule;
            let pair = r.pair.as_ref().map(|p| (&p.role, &p.pattern, p.within, p.holds_secret));
            let kind = (r.identity, r.severity, r.family, r.environment);
            let written = (&r.id, &r.pattern, r.boundary, &r.checks, r.parser, pair, kind);
            // Strings, numbers and names: there is nothing in it that JSON cannot express.
            hasher.update(serde_json::to_string(&written).unwrap_or_default().as_bytes());
            hasher.update(b"\n");
        }
        hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
        hasher.finalize().to_hex()[..32].to_owned()
    }
}

/// Writes out a rule's pattern; `None` if it has too many steps.
pub(crate) fn steps(pattern: &str) -> Option<Steps> {
    Steps::new(&anchor::parsed(pattern).ok()?)
}

/// Compiles a rule's pattern as the anchors were derived: bytes, no Unicode.
///
/// # Errors
/// The engine's own message.
pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).size_limit(8 << 20).build()
}

/// Farthest that any matcher, parser, pair or check looks to either side of an anchor, in bytes. Windows of a large
/// blob overlap by this much, so that what is found never depends on where a window begins. A character of UTF-32 takes
/// four of these bytes.
pub const MAX_REACH: usize = 144 * 1024;
const _: () = assert!(MAX_REACH > 2 * anchor::MAX_MATCH);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::evidence::Confidence;
    use crate::rule::{Environment, Family, Identity, Severity};

    #[test]
    fn names_of_enums_are_what_serde_reads_and_writes() {
        fn same<T: serde::Serialize + Copy>(all: &[T], name: fn(T) -> &'static str) {
            for value in all {
                assert_eq!(serde_json::to_value(value).unwrap(), name(*value));
            }
        }
        same(Severity::ALL, Severity::name);
        same(Family::ALL, Family::name);
        same(Identity::ALL, Identity::name);
        same(Environment::ALL, Environment::name);
        same(Confidence::ALL, Confidence::name);
    }
    use crate::rule::Check;

    #[test]
    fn every_built_in_pattern_can_be_written_out() {
        let rules = RuleSet::builtin();
        for (id, rule) in rules.iter() {
            assert!(rules.steps(id).is_some(), "{}", rule.id);
        }
    }

    #[test]
    fn the_hash_follows_what_is_written_and_not_what_is_derived() {
        let rule = BUILTIN[0].clone();
        let hash = |rule: Rule| RuleSet::new(vec![rule]).hash();
        let same = Rule { before: rule.before + 1, help: "other".into(), ..rule.clone() };
        assert_eq!(hash(same), hash(rule.clone()));
        for other in [
            Rule { id: "other".into(), ..rule.clone() },
            Rule { pattern: "(?<secret>other)".into(), ..rule.clone() },
            Rule { checks: Vec::from([Check::Iban]).into(), ..rule.clone() },
            Rule { environment: Environment::Staging, ..rule.clone() },
        ] {
            assert_ne!(hash(other), hash(rule.clone()));
        }
    }
}
