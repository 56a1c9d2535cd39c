//! A text as it is read: the blob's bytes, or a layer of them that was decoded, and what in it is whose.
//!
//! In: layers. Out: [`Text`], which maps ranges back to the blob and says what its content depends on, and [`Runs`], the
//! encoded runs that were decoded. Finds nothing itself.

use super::candidate::{Candidate, LongMatches};
use super::prefilter::Hit;
use crate::rule::RuleId;
use crate::text::decode::{self, EncodedForm};
use crate::text::layer::Layer;
use crate::text::wide;
use std::ops::Range;

/// How a text was obtained from the blob's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The bytes themselves.
    Raw,
    /// Decoded; `true` for an encoded run (base64 and the like), `false` for another character encoding.
    Decoded(bool),
    /// Decoded because its name or the file around it says that it is encoded: searched for everything.
    Opened,
}

/// A text that is read: the blob's bytes, or a layer of them.
pub(super) struct Text<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) level: Level,
    /// The layers that lead to it, outermost first.
    pub(super) chain: &'a [&'a Layer],
    /// The part of the text around it whose anchors are this reading's.
    pub(super) owned: Range<usize>,
    /// What decides that it, or a text around it, was opened, as a range of the blob's bytes.
    pub(super) opened: Option<Range<usize>>,
}

impl<'a> Text<'a> {
    /// The blob's bytes themselves.
    pub(super) fn raw(bytes: &'a [u8], core: &Range<usize>) -> Self {
        Self { bytes, level: Level::Raw, chain: &[], owned: core.clone(), opened: None }
    }

    /// Whether an anchor is ours: it is in the blob's core, and in our part of the text around.
    pub(super) fn owns(&self, hit: &Hit, core: &Range<usize>) -> bool {
        let Some((inner, outer)) = self.chain.split_last() else { return true };
        let mut range = inner.source(hit.at..hit.at + usize::from(hit.len));
        if !self.owned.contains(&range.start) {
            return false;
        }
        for layer in outer.iter().rev() {
            range = layer.source(range);
        }
        // What was opened belongs to the anchor that opened it, which lies in the core.
        self.opened.is_some() || core.contains(&range.start)
    }

    /// A range of this text as a range of the blob's bytes.
    pub(super) fn back(&self, range: Range<usize>) -> Range<usize> {
        self.chain.iter().rev().fold(range, |range, layer| layer.source(range))
    }

    /// The bytes of the blob that decide how this text is decoded. A run is fresh as a whole when a part of it is. What was
    /// opened has the range that was asked about before it was opened: a wider one would promise what was not searched.
    pub(super) fn depends(&self) -> Range<usize> {
        if let Some(opened) = &self.opened {
            return opened.clone();
        }
        let wide = if self.chain.len() > usize::from(self.level == Level::Decoded(true)) { wide::REACH } else { 0 };
        widened(&self.back(0..self.bytes.len()), wide + decode::JOIN_REACH * self.chain.len())
    }

    /// The bytes of the blob that something depends on which depends on `range` of this text.
    pub(super) fn depends_on(&self, range: Range<usize>) -> Range<usize> {
        match self.level {
            Level::Raw => range,
            Level::Decoded(false) => widened(&self.back(range), wide::REACH),
            Level::Decoded(true) | Level::Opened => self.depends(),
        }
    }

    pub(super) fn map_back(&self, candidate: &mut Candidate) {
        if self.chain.is_empty() {
            return;
        }
        candidate.whole = self.back(candidate.whole.clone());
        candidate.secret = self.back(candidate.secret.clone());
        candidate.depends = self.depends_on(candidate.depends.clone());
        for (_, range) in &mut candidate.related {
            *range = self.back(range.clone());
        }
    }
}

/// What was read of a text so far.
#[derive(Default)]
pub(super) struct Past {
    /// The last match: several anchors of one match give it several times.
    pub(super) last: Option<(RuleId, Range<usize>)>,
    /// Encoded runs.
    pub(super) runs: Runs,
    /// Long matches.
    pub(super) long: LongMatches,
}

/// The encoded runs that were decoded: for each way to read one the last, for hits come in ascending order.
#[derive(Default)]
pub(super) struct Runs(Vec<Run>);

struct Run {
    kind: decode::Kind,
    /// The part that its reading owns.
    owned: Range<usize>,
    /// Characters from the start of a unit to `at`, modulo the unit.
    into_unit: usize,
    at: usize,
}

impl Runs {
    /// Whether a reading that was made owns the form at `at`.
    pub(super) fn cover(&mut self, text: &[u8], at: usize, form: &EncodedForm) -> bool {
        let unit = form.kind.unit();
        self.0.retain(|run| run.owned.end > at);
        self.0.iter_mut().filter(|run| run.kind == form.kind && run.owned.contains(&at)).any(|run| {
            let more = form.kind.characters(text.get(run.at..at).unwrap_or_default());
            (run.into_unit, run.at) = ((run.into_unit + more) % unit, at);
            run.into_unit == form.lead() % unit
        })
    }

    /// Notes a run that was decoded around `at` and gives the part of it that this reading owns: far enough from both
    /// ends of a run that was cut.
    pub(super) fn add(&mut self, at: usize, form: &EncodedForm, all: &Range<usize>) -> Range<usize> {
        let owned = at..all.end.min(at + form.kind.reach() / 2);
        let into_unit = form.lead() % form.kind.unit();
        self.0.push(Run { kind: form.kind, owned: owned.clone(), into_unit, at });
        // A form begins with the first character that the literal alone decides; its first bits stand before that.
        at.saturating_sub(form.lead())..owned.end
    }
}

pub(super) fn widened(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start.saturating_sub(by)..range.end + by
}
