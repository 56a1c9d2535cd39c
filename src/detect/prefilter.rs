//! The prefilter: which rules have an anchor where.
//!
//! In: text. Out: [`Hit`]s, every occurrence of every anchor, each with what it belongs to (docs/design.md, law 2). The gate
//! says where the rarest four bytes of an anchor may be; tables by heads say which anchors are there. Every position is tried
//! by itself, so an anchor inside another one (`token` in `access_token`) is found, too. An Aho-Corasick automaton in this place
//! takes several times as long (`cargo bench --bench compare -- --anchors`), and its tables cannot be made when the program is
//! built.

use super::screen::{fold_into, places};
use crate::rule::anchor::{self, MAX_ANCHOR};
use crate::rule::literals::fold;
use crate::rule::rarity::rarest;
use crate::rule::tables::{
    Heads, IN_FORMS, IN_LONG, IN_RUNS, IN_SHORT, RECORD, Record, SHORT, Sought, Tables, lower, number, sixteen,
};
use crate::rule::{FORM_HEADS, FORMS, RuleId, RuleSet, TABLES};
use crate::text::forms::{EncodedForm, FORM_LITERAL, encoded_forms};
use std::borrow::Cow;
use std::ops::Range;

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
    tables: Cow<'static, Tables>,
    /// Whether some anchors are one digit again and again; to all others each digit is as good.
    one_digit: bool,
    /// The encoded forms that are looked for.
    pub(crate) forms: Cow<'static, [EncodedForm]>,
}

/// Working memory of one thread.
#[derive(Default)]
pub(crate) struct Scratch {
    folded: Vec<u8>,
    hashes: Vec<[u16; 2]>,
    places: Vec<usize>,
}

impl Prefilter {
    /// A prefilter for all rules of the set, and for encoded forms of distinctive rules' anchors.
    pub(crate) fn new(rules: &RuleSet) -> Self {
        let (tables, forms) = if rules.has_anchors_of_builtin() {
            (Cow::Borrowed(&TABLES), Cow::Borrowed(FORMS))
        } else {
            let (tables, forms) = made(rules);
            (Cow::Owned(tables), Cow::Owned(forms))
        };
        let one_digit = tables.runs.all().any(|record| record.first()[1].is_ascii_digit());
        Self { tables, one_digit, forms }
    }

    /// All anchors that begin in `core`, a part of `text`, ascending.
    pub(crate) fn hits(&self, text: &[u8], core: Range<usize>, scratch: &mut Scratch, out: &mut Vec<Hit>) {
        let end = text.len().min(core.end + MAX_ANCHOR);
        let Some(part) = text.get(core.start..end) else { return };
        fold_into(part, &mut scratch.folded);
        let tables: &Tables = &self.tables;
        let groups = tables.seen();
        let [short, long, runs, short_form, long_form] = tables.each().map(|(_, table)| table.heads());
        let places = places(groups.gate, &scratch.folded, &mut scratch.hashes, &mut scratch.places);
        let part = Part { text, part, folded: &scratch.folded, core, first: out.len() };
        for place in places.iter().copied().take_while(|place| *place < part.part.len()) {
            let head = number(&part.folded[place..]);
            // Some only share a bit with an anchor: another hash of the same four bytes is not shared as well.
            let which = groups.which(head & SHORT);
            if which == 0 {
                continue;
            }
            if which & IN_SHORT != 0 {
                part.look(&short, head & SHORT, place, Of::Rule, out);
            }
            if which & IN_LONG != 0 {
                part.look(&long, head, place, Of::Rule, out);
            }
            if which & IN_RUNS != 0 && !self.is_inside_run(&part, place) {
                part.look(&runs, head & SHORT, place, Of::Rule, out);
            }
            if which & IN_FORMS != 0 {
                let head = lower(number(&part.part[place..]));
                part.look(&short_form, head & SHORT, place, Of::Encoded, out);
                part.look(&long_form, head, place, Of::Encoded, out);
            }
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
    /// Adds what a table has with this head, which is at `place`.
    #[inline(always)]
    fn look(&self, table: &Heads<'_>, head: u64, place: usize, of: fn(u32) -> Of, out: &mut Vec<Hit>) {
        // Most groups that a table may have are none of its heads.
        if table.may_have(head) {
            self.add_all(table.records(head), place, of, out);
        }
    }

    #[inline(never)]
    fn add_all(&self, records: &[[u8; RECORD]], place: usize, of: fn(u32) -> Of, out: &mut Vec<Hit>) {
        for record in records.iter().map(Record) {
            self.add(&record, place, of, out);
        }
    }

    /// Adds the anchor of `record` if it is there with its head at `place` and begins in the core.
    fn add(&self, record: &Record<'_>, place: usize, of: fn(u32) -> Of, out: &mut Vec<Hit>) {
        let Some(start) = place.checked_sub(record.head()).filter(|start| *start < self.core.len()) else {
            return;
        };
        let rest = &self.part[start..];
        if !record.is_at(sixteen(&self.folded[start..]), sixteen(rest)) || rest.len() < record.size().into() {
            return;
        }
        let (at, run) = (self.core.start + start, record.run());
        let goes_on = |before: u8| {
            let [folded, exact] = record.first();
            fold(before) == folded && (exact == 0 || exact == before)
        };
        if run && at.checked_sub(1).and_then(|at| self.text.get(at)).is_some_and(|before| goes_on(*before)) {
            return;
        }
        out.push(Hit { at, len: record.size(), of: of(record.of()), formed: record.formed(), run, far: Far::Unknown });
        // Heads come in order, anchors may begin before them: by a few bytes.
        let mut last = out.len() - 1;
        while last > self.first && out[last] < out[last - 1] {
            out.swap(last, last - 1);
            last -= 1;
        }
    }
}

/// The tables for these rules, and the encoded forms that are in them. Those of the built-in rules are there in any case: a rule
/// that was left out finds nothing.
fn made(rules: &RuleSet) -> (Tables, Vec<EncodedForm>) {
    let (mut all, mut forms) = (Vec::new(), FORMS.to_vec());
    for (id, rule) in rules.iter() {
        for anchor in rule.anchors.iter() {
            let head = if rule.distinctive { anchor::head(anchor.exact(), FORM_LITERAL) } else { None };
            all.push(anchor.sought(id, head.is_some()));
            if let Some(head) = head
                && FORM_HEADS.binary_search(&head.as_slice()).is_err()
            {
                let rare = |form: EncodedForm| EncodedForm { rarest: rarest(&form.folded(fold)) as u8, ..form };
                forms.extend(encoded_forms(&head).into_iter().map(rare));
            }
        }
    }
    let folded: Vec<_> = forms.iter().map(|form| (form.folded(fold), form.exact())).collect();
    all.extend(forms.iter().zip(&folded).zip(0..).map(|((form, (folded, exact)), of)| {
        let (text, exact) = (form.text(), &exact[..folded.len()]);
        Sought { folded, exact, text: Some(text), rarest: form.rarest, of, formed: false }
    }));
    (Tables::new(&all), forms)
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
