//! Something that is to be hidden in a text: what the masker finds, and what masks and known values are made of.
//!
//! In: a candidate and its rule. Out: [`Hidden`], or nothing where the rule is about a setting, which may be shown.

use super::spans::BLANK;
use crate::detect::{Candidate, Found};
use crate::finding::evidence;
use crate::finding::secret::Secret;
use crate::rule::{Identity, Parser, RuleSet};
use std::ops::Range;

/// Something that is to be hidden in a text.
pub(crate) struct Hidden {
    pub(super) secret: Range<usize>,
    /// What stands for it.
    pub(super) shown: Box<str>,
    pub(super) value: Secret,
    pub(super) identity: Identity,
    pub(super) prefix: usize,
    pub(super) distinctive: bool,
    /// It is a finding at some confidence, whatever its file is called.
    pub(super) reportable: bool,
}

impl Hidden {
    /// A place of which only that is known.
    fn missing(secret: Range<usize>) -> Self {
        Self {
            secret,
            shown: BLANK.into(),
            value: Secret::normalise(b""),
            identity: Identity::Guessable,
            prefix: 0,
            distinctive: false,
            reportable: false,
        }
    }

    /// Everything that is hidden of what was found.
    pub(super) fn all(found: Found, rules: &RuleSet) -> Vec<Self> {
        let candidates = found.candidates.into_iter().filter_map(|c| Self::from_candidate(c, rules));
        candidates.chain(found.missing.into_iter().map(Self::missing)).collect()
    }

    /// What a candidate is hidden as.
    fn from_candidate(c: Candidate, rules: &RuleSet) -> Option<Self> {
        let rule = rules.rule(c.rule);
        (rule.identity != Identity::Setting).then(|| Self {
            // Whether a value that is all of its file is a secret depends on the file's name, and most are versions and ids.
            reportable: rule.parser != Some(Parser::File)
                && evidence::confidence(&c.evidence, rule.distinctive).is_some(),
            shown: c.value.redacted(rule.identity, rule.shown_prefix()).into(),
            secret: c.secret,
            value: c.value,
            identity: rule.identity,
            prefix: rule.shown_prefix(),
            distinctive: rule.distinctive,
        })
    }
}
