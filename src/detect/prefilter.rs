//! The prefilter: which rules have an anchor where.
//!
//! In: text. Out: [`Hit`]s, every occurrence of every anchor, each with the rules that have it (design.md, law 2). The
//! gate says where an anchor may begin; an Aho-Corasick automaton over all anchors, built when the gate first lets
//! something through, says exactly which ones do: the longest that begins there, and with it all that are its prefixes
//! (so `token` does not hide `token_`). The gate tries every position, so an anchor inside another one is found, too.

use super::gate::{Gate, PADDING, fold_into};
use crate::rule::anchor::{MAX_ANCHOR, MIN_ANCHOR, fold};
use crate::rule::{RuleId, RuleSet};
use crate::text::decode::{EncodedForm, encoded_forms};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

/// An anchor in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    /// Where it begins.
    pub(crate) at: usize,
    /// Its length in bytes.
    pub(crate) len: usize,
    /// What it is an anchor of.
    pub(crate) of: Of,
}

/// What an anchor belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Of {
    /// A rule.
    Rule(RuleId),
    /// An encoded form of some distinctive rule's anchor: index into [`Prefilter::forms`].
    Encoded(u32),
}

/// Finds anchors.
pub(crate) struct Prefilter {
    gate: Gate,
    /// Folded anchors, sorted, each with those who have it or one of its prefixes.
    patterns: Vec<(Vec<u8>, Vec<Use>)>,
    automaton: OnceLock<Option<AhoCorasick>>,
    /// The encoded forms that are looked for.
    pub(crate) forms: Vec<EncodedForm>,
}

#[derive(Clone)]
struct Use {
    of: Of,
    /// Exact bytes, 0 for any.
    exact: Vec<u8>,
}

/// Working memory of one thread.
#[derive(Default)]
pub(crate) struct Scratch {
    folded: Vec<u8>,
}

impl Prefilter {
    /// A prefilter for all rules of the set. `encoded`: also for encoded forms of distinctive rules' anchors.
    pub(crate) fn new(rules: &RuleSet, encoded: bool) -> Self {
        let mut users: BTreeMap<Vec<u8>, Vec<Use>> = BTreeMap::new();
        let mut heads = BTreeMap::new();
        for (id, rule) in rules.iter() {
            for anchor in rule.anchors.iter() {
                let exact = anchor.exact.to_vec();
                if encoded && rule.distinctive && !exact[..4.min(exact.len())].contains(&0) {
                    heads.insert(exact[..exact.iter().position(|b| *b == 0).unwrap_or(exact.len()).min(6)].to_vec(), ());
                }
                users.entry(anchor.folded.to_vec()).or_default().push(Use { of: Of::Rule(id), exact });
            }
        }
        let mut forms = Vec::new();
        for head in heads.keys() {
            for form in encoded_forms(head) {
                let folded = form.text.iter().map(|b| fold(*b)).collect();
                let of = Of::Encoded(forms.len() as u32);
                users.entry(folded).or_default().push(Use { of, exact: form.text.clone() });
                forms.push(form);
            }
        }
        let with_prefixes = |folded: &Vec<u8>| -> Vec<Use> {
            let prefixes = (MIN_ANCHOR..=folded.len()).filter_map(|len| users.get(&folded[..len]));
            prefixes.flatten().cloned().collect()
        };
        let patterns: Vec<_> = users.keys().map(|folded| (folded.clone(), with_prefixes(folded))).collect();
        Self {
            gate: Gate::new(patterns.iter().map(|(folded, _)| folded.as_slice())),
            patterns,
            automaton: OnceLock::new(),
            forms,
        }
    }

    /// All anchors that begin in `core`, a part of `text`, in no particular order.
    pub(crate) fn hits(&self, text: &[u8], core: Range<usize>, scratch: &mut Scratch, out: &mut Vec<Hit>) {
        let end = text.len().min(core.end + MAX_ANCHOR);
        let Some(part) = text.get(core.start..end) else { return };
        fold_into(part, &mut scratch.folded);
        let folded = &scratch.folded;
        self.gate.each(folded, |start| {
            if core.start + start < core.end {
                self.exact_at(folded, start, part, core.start, out);
            }
        });
    }

    /// The anchors that begin at `start`.
    fn exact_at(&self, folded: &[u8], start: usize, part: &[u8], offset: usize, out: &mut Vec<Hit>) {
        let Some(automaton) = self.automaton() else { return };
        let end = folded.len() - PADDING;
        let Some(found) = automaton.find(Input::new(folded).range(start..end).anchored(Anchored::Yes)) else { return };
        let (_, users) = &self.patterns[found.pattern().as_usize()];
        for user in users {
            let text = &part[start..start + user.exact.len()];
            if user.exact.iter().zip(text).all(|(want, have)| *want == 0 || want == have) {
                out.push(Hit { at: offset + start, len: text.len(), of: user.of });
            }
        }
    }

    fn automaton(&self) -> Option<&AhoCorasick> {
        let build = || {
            AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::NoncontiguousNFA))
                .match_kind(MatchKind::LeftmostLongest)
                .start_kind(StartKind::Anchored)
                .prefilter(false)
                .build(self.patterns.iter().map(|(folded, _)| folded))
                .ok()
        };
        self.automaton.get_or_init(build).as_ref()
    }
}
