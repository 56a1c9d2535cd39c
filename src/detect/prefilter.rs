//! The prefilter: which rules have an anchor where.
//!
//! In: text. Out: [`Hit`]s, every occurrence of every anchor, each with the rules that have it (design.md, law 2). The
//! gate says where an anchor may begin; an Aho-Corasick automaton over all anchors, built when the gate first lets
//! something through, says exactly which ones do: the longest that begins there, and with it all that are its prefixes
//! (so `token` does not hide `token_`). The gate tries every position, so an anchor inside another one is found, too.

use super::gate::{Gate, Heads, PADDING, fold_into};
use crate::rule::anchor::{self, MAX_ANCHOR, fold};
use crate::rule::{FORM_HEADS, FORMS, List, RuleId, RuleSet};
use crate::text::forms::{EncodedForm, FORM_LITERAL, encoded_forms};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};
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
    /// Its encoded forms are looked for, too.
    pub(crate) formed: bool,
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
    /// Anchors of rules.
    anchors: Table,
    /// Encoded forms of them. Apart, because ordinary text hardly ever asks for their automaton.
    encoded: Table,
    /// The encoded forms that are looked for.
    pub(crate) forms: Vec<EncodedForm>,
}

/// What the gate's hits are held against.
struct Table {
    heads: Heads,
    entries: Vec<Entry>,
    /// Built when the heads first let something through: most of the time that a small scan takes would go into it.
    exact: OnceLock<Option<Exact>>,
}

/// One anchor of one rule, or one encoded form.
struct Entry {
    folded: List<u8>,
    /// Exact bytes, 0 for any.
    exact: List<u8>,
    of: Of,
    formed: bool,
}

/// The automaton of a table.
struct Exact {
    automaton: AhoCorasick,
    /// For each pattern the entries that have it or one of its prefixes.
    users: Vec<Vec<u32>>,
}

/// Working memory of one thread.
#[derive(Default)]
pub(crate) struct Scratch {
    folded: Vec<u8>,
}

impl Prefilter {
    /// A prefilter for all rules of the set, and for encoded forms of distinctive rules' anchors.
    pub(crate) fn new(rules: &RuleSet) -> Self {
        let mut anchors = Vec::new();
        // Those of the built-in rules were made when the program was built; a rule that was left out finds nothing.
        let mut forms = FORMS.to_vec();
        for (id, rule) in rules.iter() {
            for anchor in rule.anchors.iter() {
                let head = if rule.distinctive { anchor::head(&anchor.exact, FORM_LITERAL) } else { None };
                let (folded, exact) = (anchor.folded.clone(), anchor.exact.clone());
                anchors.push(Entry { folded, exact, of: Of::Rule(id), formed: head.is_some() });
                if let Some(head) = head {
                    if FORM_HEADS.binary_search(&head.as_slice()).is_err() {
                        forms.extend(encoded_forms(&head));
                    }
                }
            }
        }
        let encoded = forms.iter().enumerate().map(|(i, form)| Entry {
            folded: form.text.iter().map(|b| fold(*b)).collect(),
            exact: form.exact(),
            of: Of::Encoded(i as u32),
            formed: false,
        });
        let (anchors, encoded) = (Table::new(anchors), Table::new(encoded.collect()));
        let all = anchors.entries.iter().chain(&encoded.entries).map(|e| &*e.folded);
        Self { gate: Gate::new(all), anchors, encoded, forms }
    }

    /// All anchors that begin in `core`, a part of `text`, in no particular order.
    pub(crate) fn hits(&self, text: &[u8], core: Range<usize>, scratch: &mut Scratch, out: &mut Vec<Hit>) {
        let end = text.len().min(core.end + MAX_ANCHOR);
        let Some(part) = text.get(core.start..end) else { return };
        fold_into(part, &mut scratch.folded);
        let folded = &scratch.folded;
        let end = core.end - core.start;
        self.gate.each(folded, |start| {
            for table in [&self.anchors, &self.encoded] {
                if start < end && table.heads.may_begin(folded, start) {
                    table.hits_at(folded, start, part, core.start, out);
                }
            }
        });
    }
}

impl Table {
    fn new(entries: Vec<Entry>) -> Self {
        Self { heads: Heads::new(entries.iter().map(|e| &*e.folded)), entries, exact: OnceLock::new() }
    }

    /// The anchors that begin at `start`.
    fn hits_at(&self, folded: &[u8], start: usize, part: &[u8], offset: usize, out: &mut Vec<Hit>) {
        let Some(exact) = self.exact.get_or_init(|| Exact::new(&self.entries)) else { return };
        let end = folded.len() - PADDING;
        let input = Input::new(folded).range(start..end).anchored(Anchored::Yes);
        let Some(found) = exact.automaton.find(input) else { return };
        for user in &exact.users[found.pattern().as_usize()] {
            let entry = &self.entries[*user as usize];
            let text = &part[start..start + entry.exact.len()];
            if entry.exact.iter().zip(text).all(|(want, have)| *want == 0 || want == have) {
                out.push(Hit { at: offset + start, len: text.len(), of: entry.of, formed: entry.formed });
            }
        }
    }
}

impl Exact {
    fn new(entries: &[Entry]) -> Option<Self> {
        let mut order: Vec<u32> = (0..entries.len() as u32).collect();
        order.sort_unstable_by_key(|i| &entries[*i as usize].folded);
        let groups: Vec<&[u32]> =
            order.chunk_by(|a, b| entries[*a as usize].folded == entries[*b as usize].folded).collect();
        let text = |group: &[u32]| &*entries[group[0] as usize].folded;
        // In sorted order the prefixes of a pattern stand before it, the nearest one last.
        let mut users: Vec<Vec<u32>> = Vec::with_capacity(groups.len());
        let mut prefixes: Vec<usize> = Vec::new();
        for (i, group) in groups.iter().enumerate() {
            while prefixes.last().is_some_and(|p| !text(group).starts_with(text(groups[*p]))) {
                prefixes.pop();
            }
            let mut all = prefixes.last().map_or_else(Vec::new, |p| users[*p].clone());
            all.extend_from_slice(group);
            users.push(all);
            prefixes.push(i);
        }
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::NoncontiguousNFA))
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            .prefilter(false)
            .build(groups.iter().map(|g| text(g)));
        Some(Self { automaton: automaton.ok()?, users })
    }
}
