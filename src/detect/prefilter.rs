//! The prefilter: which rules have an anchor where.
//!
//! In: text. Out: [`Hit`]s, every occurrence of every anchor, each with what it belongs to (docs/design.md, law 2). The gate
//! says where the rarest four bytes of an anchor may be; a table by heads, built when something first gets through, says which
//! anchors are there. Every position is tried by itself, so an anchor inside another one (`token` in `access_token`) is found, too. An
//! Aho-Corasick automaton in this place took a fifth of a scan's time, seven calls of eight for nothing, and most of the
//! start-up of a small one: behind a gate there is no run of text for an automaton to walk along.

use super::screen::{Gate, Heads, fold_into};
use crate::rule::anchor::{self, MAX_ANCHOR};
use crate::rule::literals::{fold, is_run};
use crate::rule::rarity::rarest;
use crate::rule::{FORM_HEADS, FORMS, RuleId, RuleSet};
use crate::text::forms::{EncodedForm, FORM_LITERAL, encoded_forms};
use std::ops::Range;
use std::sync::OnceLock;

/// An anchor in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Where it begins.
    pub at: usize,
    /// Its length in bytes.
    pub(crate) len: u8,
    /// What it is an anchor of.
    pub(crate) of: Of,
    /// Its encoded forms are looked for, too.
    pub(crate) formed: bool,
    /// It begins a run of one byte: the byte before it decides as well.
    pub(crate) run: bool,
    /// Whether a reader of structure reads on from it.
    pub(crate) far: Far,
}

/// Whether a reader of structure reads on from an anchor, as far as one may. The bytes close to the anchor decide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Far {
    /// These bytes were not read.
    Unknown,
    No,
    Yes,
}

impl Hit {
    /// The rule whose anchor it is; `None` for an encoded form.
    pub fn rule(&self) -> Option<RuleId> {
        match self.of {
            Of::Rule(id) => Some(id),
            Of::Encoded(_) => None,
        }
    }

    /// The first byte after it.
    pub fn end(&self) -> usize {
        self.at + usize::from(self.len)
    }

    /// The first byte that decides whether it is there.
    pub fn start(&self) -> usize {
        self.at.saturating_sub(usize::from(self.run))
    }
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
    /// What the gate looks for, once more under another hash.
    groups: Heads,
    /// Anchors of rules, by four bytes, the rarest, or by eight from there, if there are so many.
    anchors: [Table; 2],
    /// Anchors that are one byte again and again, by four of it. A run of it has one, where it begins: a picture that is dark
    /// for a megabyte would have a million.
    runs: Table,
    /// Whether some of them are one digit again and again; to all others each digit is as good.
    one_digit: bool,
    /// Encoded forms, likewise; by the text in lower case, for their digits are certain: folded, all forms of hex that
    /// have digits at the same places would have one head.
    encoded: [Table; 2],
    /// The encoded forms that are looked for.
    pub(crate) forms: Vec<EncodedForm>,
}

/// What the gate's hits are held against: anchors by their head, four or eight bytes as a number.
struct Table {
    may: Heads,
    /// The head of each entry.
    heads: Vec<u64>,
    entries: Vec<Entry>,
    /// Built when the heads first let something through: most of the time that a small scan takes would go into it.
    exact: OnceLock<Exact>,
}

/// One anchor of one rule, or one encoded form.
#[derive(Clone, Copy)]
struct Entry {
    /// Folded bytes, and which of the sixteen from its start must be these.
    folded: [u128; 2],
    /// Exact bytes, likewise.
    exact: [u128; 2],
    len: u8,
    /// Where its head begins.
    head: u8,
    of: Of,
    formed: bool,
    run: bool,
}

impl Entry {
    fn new(folded: &[u8], exact: &[u8], head: u8, of: Of, formed: bool) -> Self {
        let run = is_run(folded) && is_run(exact);
        let masked = |bytes: &[u8], is_fixed: fn(u8) -> bool| {
            let mut all = [[0; 16]; 2];
            for (at, byte) in bytes.iter().enumerate().filter(|(_, byte)| is_fixed(**byte)) {
                (all[0][at], all[1][at]) = (*byte, 0xff);
            }
            all.map(u128::from_le_bytes)
        };
        let len = folded.len() as u8;
        Self { folded: masked(folded, |_| true), exact: masked(exact, |b| b != 0), len, head, of, formed, run }
    }

    /// The first eight folded bytes from its head on, zeros where there are fewer.
    fn head_on(&self) -> u64 {
        (self.folded[0] >> (8 * self.head)) as u64
    }

    /// Bytes from its head on.
    fn len_on(&self) -> usize {
        usize::from(self.len - self.head)
    }

    /// Whether it is at the start of these.
    #[inline(always)]
    fn is_at(&self, folded: u128, text: u128) -> bool {
        let differs = |have: u128, [want, mask]: [u128; 2]| (have ^ want) & mask;
        differs(folded, self.folded) | differs(text, self.exact) == 0
    }

    /// Whether it is a run of `byte`.
    fn goes_on(&self, byte: u8) -> bool {
        let first = |[bytes, _]: [u128; 2]| bytes.to_le_bytes()[0];
        fold(byte) == first(self.folded) && [0, byte].contains(&first(self.exact))
    }
}

/// A hash table of heads, each with its run of entries.
struct Exact {
    /// Index into `heads` plus one, 0 for an empty slot; probed linearly.
    slots: Vec<u32>,
    /// Head and the range of `order` that has it.
    heads: Vec<(u64, Range<u32>)>,
    /// Indexes of entries, sorted by head.
    order: Vec<u32>,
}

/// Working memory of one thread.
#[derive(Default)]
pub(crate) struct Scratch {
    folded: Vec<u8>,
    hashes: Vec<[u16; 2]>,
    places: Vec<usize>,
}

/// Which bytes of eight are the head of an anchor that has fewer.
const SHORT: u64 = u32::MAX as u64;

impl Prefilter {
    /// A prefilter for all rules of the set, and for encoded forms of distinctive rules' anchors.
    pub(crate) fn new(rules: &RuleSet) -> Self {
        let mut entries = Vec::new();
        // Those of the built-in rules were made when the program was built; a rule that was left out finds nothing.
        let mut forms = FORMS.to_vec();
        for (id, rule) in rules.iter() {
            for anchor in rule.anchors.iter() {
                let head = if rule.distinctive { anchor::head(anchor.exact(), FORM_LITERAL) } else { None };
                entries.push(Entry::new(anchor.folded(), anchor.exact(), anchor.rarest, Of::Rule(id), head.is_some()));
                if let Some(head) = head
                    && FORM_HEADS.binary_search(&head.as_slice()).is_err()
                {
                    let rare = |form: EncodedForm| EncodedForm { rarest: rarest(&form.folded(fold)) as u8, ..form };
                    forms.extend(encoded_forms(&head).into_iter().map(rare));
                }
            }
        }
        let encoded: Vec<Entry> = forms
            .iter()
            .zip(0..)
            .map(|(form, i)| {
                let len = form.text().len();
                Entry::new(&form.bytes.map(fold)[..len], &form.exact()[..len], form.rarest, Of::Encoded(i), false)
            })
            .collect();
        let all = || entries.iter().chain(&encoded).map(|e| e.head_on() & SHORT);
        let (gate, groups) = (Gate::new(all().map(|head| head as u32)), Heads::new(all()));
        let tables = |entries: Vec<Entry>, head: fn(&Entry, &[EncodedForm]) -> u64| {
            let (long, short): (Vec<_>, Vec<_>) = entries.into_iter().partition(|e| e.len_on() >= 8);
            [(short, SHORT), (long, u64::MAX)].map(|(entries, mask)| {
                let heads = entries.iter().map(|e| head(e, &forms) & mask).collect();
                Table::new(entries, heads)
            })
        };
        let encoded = tables(encoded, |e, forms| match e.of {
            Of::Encoded(i) => lower(number(&forms[i as usize].text()[usize::from(e.head)..])),
            Of::Rule(_) => e.head_on(),
        });
        let (runs, entries): (Vec<_>, Vec<_>) = entries.into_iter().partition(|e| e.run);
        let one_digit = runs.iter().any(|e| e.exact[0].to_le_bytes()[0].is_ascii_digit());
        let heads = runs.iter().map(|e| e.head_on() & SHORT).collect();
        let anchors = tables(entries, |e, _| e.head_on());
        Self { gate, groups, anchors, runs: Table::new(runs, heads), one_digit, encoded, forms }
    }

    /// All anchors that begin in `core`, a part of `text`, ascending.
    pub(crate) fn hits(&self, text: &[u8], core: Range<usize>, scratch: &mut Scratch, out: &mut Vec<Hit>) {
        let end = text.len().min(core.end + MAX_ANCHOR);
        let Some(part) = text.get(core.start..end) else { return };
        fold_into(part, &mut scratch.folded);
        self.gate.places(&scratch.folded, &mut scratch.hashes, &mut scratch.places);
        let folded = &scratch.folded;
        let [short, long] = &self.anchors;
        let [short_form, long_form] = &self.encoded;
        let part = Part { text, part, folded, core, first: out.len() };
        for place in scratch.places.iter().copied().take_while(|place| *place < part.part.len()) {
            let mut look = |table: &Table, head: u64| {
                if table.may.may_hold(head) {
                    table.hits_at(head, place, &part, out);
                }
            };
            let head = number(&folded[place..]);
            // Some only share a bit with an anchor: another hash of the same four bytes is not shared as well.
            if !self.groups.may_hold(head & SHORT) {
                continue;
            }
            if head & SHORT == (head & 0xff) * 0x0101_0101 && !self.is_inside_run(&part, place) {
                look(&self.runs, head & SHORT);
            }
            look(short, head & SHORT);
            look(long, head);
            let head = lower(number(&part.part[place..]));
            look(short_form, head & SHORT);
            look(long_form, head);
        }
    }

    /// Whether the byte before `place` makes it certain that no run begins there.
    fn is_inside_run(&self, part: &Part<'_>, place: usize) -> bool {
        let at = part.core.start + place;
        let (Some(before), Some(byte)) = (at.checked_sub(1).and_then(|at| part.text.get(at)), part.text.get(at)) else {
            return false;
        };
        before == byte || (!self.one_digit && before.is_ascii_digit() && byte.is_ascii_digit())
    }
}

/// What is searched: a part of a text, the same folded and padded, and where in the text anchors may begin.
struct Part<'a> {
    text: &'a [u8],
    part: &'a [u8],
    folded: &'a [u8],
    core: Range<usize>,
    /// How many hits there were before.
    first: usize,
}

impl Part<'_> {
    /// Sixteen bytes of the part, zeros where there are fewer.
    #[inline(always)]
    fn wide(&self, start: usize) -> u128 {
        let rest = &self.part[start..];
        let few = || {
            let mut all = [0; 16];
            all[..rest.len()].copy_from_slice(rest);
            all
        };
        u128::from_le_bytes(rest.first_chunk().copied().unwrap_or_else(few))
    }
}

/// The first eight bytes as a number, the first byte lowest; zeros where there are fewer.
#[inline(always)]
fn number(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    let mut eight = [0; 8];
    eight[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(eight)
}

/// The same with ASCII letters in lower case, all eight bytes at once.
#[inline(always)]
fn lower(bytes: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let low = bytes & (0x7f * EACH);
    let from_a = low + (0x80 - b'A' as u64) * EACH;
    let beyond_z = low + (0x7f - b'Z' as u64) * EACH;
    let upper = (from_a ^ beyond_z) & !bytes & (0x80 * EACH);
    bytes | (upper >> 2)
}

impl Table {
    fn new(entries: Vec<Entry>, heads: Vec<u64>) -> Self {
        Self { may: Heads::new(heads.iter().copied()), heads, entries, exact: OnceLock::new() }
    }

    /// The anchors that begin in the core and have `head` at `place` of the part.
    #[inline(never)]
    fn hits_at(&self, head: u64, place: usize, part: &Part<'_>, out: &mut Vec<Hit>) {
        let exact = self.exact.get_or_init(|| Exact::new(&self.heads));
        for index in exact.with_head(head) {
            let entry = &self.entries[*index as usize];
            let Some(start) = place.checked_sub(entry.head.into()).filter(|start| *start < part.core.len()) else {
                continue;
            };
            let folded = part.folded.get(start..).and_then(|rest| rest.first_chunk()).copied().map(u128::from_le_bytes);
            let whole = start + usize::from(entry.len) <= part.part.len();
            if !whole || !folded.is_some_and(|folded| entry.is_at(folded, part.wide(start))) {
                continue;
            }
            let at = part.core.start + start;
            if entry.run && at.checked_sub(1).and_then(|at| part.text.get(at)).is_some_and(|b| entry.goes_on(*b)) {
                continue;
            }
            let (len, of, formed, run) = (entry.len, entry.of, entry.formed, entry.run);
            out.push(Hit { at, len, of, formed, run, far: Far::Unknown });
            // Heads come in order, anchors may begin before them: by a few bytes.
            let mut last = out.len() - 1;
            while last > part.first && out[last] < out[last - 1] {
                out.swap(last, last - 1);
                last -= 1;
            }
        }
    }
}

impl Exact {
    fn new(heads: &[u64]) -> Self {
        let mut keyed: Vec<(u64, u32)> = heads.iter().copied().zip(0..).collect();
        keyed.sort_unstable();
        let order = keyed.iter().map(|(_, i)| *i).collect();
        let mut heads: Vec<(u64, Range<u32>)> = Vec::new();
        for group in keyed.chunk_by(|a, b| a.0 == b.0) {
            let from = heads.last().map_or(0, |(_, range)| range.end);
            heads.push((group[0].0, from..from + group.len() as u32));
        }
        let slots = vec![0; (4 * heads.len()).next_power_of_two().max(64)];
        let mut exact = Self { slots, heads: Vec::new(), order };
        for (n, (head, _)) in heads.iter().enumerate() {
            let mut slot = exact.slot(*head);
            while exact.slots[slot] != 0 {
                slot = (slot + 1) & (exact.slots.len() - 1);
            }
            exact.slots[slot] = n as u32 + 1;
        }
        exact.heads = heads;
        exact
    }

    #[inline]
    fn slot(&self, head: u64) -> usize {
        (head.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & (self.slots.len() - 1)
    }

    /// Indexes of the entries that begin with `head`.
    #[inline]
    fn with_head(&self, head: u64) -> &[u32] {
        let mut slot = self.slot(head);
        while self.slots[slot] != 0 {
            let (have, range) = &self.heads[self.slots[slot] as usize - 1];
            if *have == head {
                return &self.order[range.start as usize..range.end as usize];
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_anchor_is_found_wherever_the_text_is_divided() {
        let rules = RuleSet::builtin();
        let prefilter = Prefilter::new(&rules);
        let mut text = Vec::new();
        let mut want = Vec::new();
        for (id, rule) in rules.iter() {
            for anchor in rule.anchors.iter() {
                want.push((text.len(), anchor.folded().len(), id));
                let bytes = anchor.folded().iter().zip(anchor.exact().iter());
                text.extend(bytes.map(|(folded, exact)| if *exact == 0 { *folded } else { *exact }));
                text.push(b'|');
            }
        }
        let hits = |core: Range<usize>| {
            let mut out = Vec::new();
            prefilter.hits(&text, core, &mut Scratch::default(), &mut out);
            out
        };
        let all = hits(0..text.len());
        assert!(all.is_sorted());
        for (at, len, id) in want {
            assert!(
                all.iter().any(|h| h.at == at && h.len as usize == len && h.of == Of::Rule(id)),
                "{}",
                rules.rule(id).id
            );
        }
        for cut in (1..40).chain((40..text.len()).step_by(997)) {
            assert_eq!([hits(0..cut), hits(cut..text.len())].concat(), all, "{cut}");
        }
    }
}
