//! The detector: from a blob's bytes to candidates.
//!
//! In: text, the part of it whose anchors are ours, and what in it is fresh. Out: [`Candidate`]s with their evidence, as
//! ranges of the blob's bytes. Stages: `gate` and `prefilter` find anchors, `matcher` the match around each, parsers
//! read on, `weigh` collects evidence. Text that is encoded (UTF-16, base64, hex, escapes) is decoded one level and goes
//! through the same stages as a layer whose ranges map back. Whether a candidate exists depends only on the bytes of
//! [`Candidate::depends`], so fresh ranges and windows of large files lose nothing (design.md, law 3).
//! It does not look at paths: their evidence is added when an occurrence is made (`context`).

pub mod assignment;
pub mod context;
pub mod entropy;
mod gate;
mod matcher;
mod prefilter;
mod weigh;

pub use matcher::Match;

use crate::evidence::Evidence;
use crate::rule::{Parser, Rule, RuleId, RuleSet};
use crate::source::Fresh;
use crate::text::layer::Layer;
use crate::text::{decode, utf16};
use prefilter::{Hit, Of, Prefilter, Scratch};
use std::cell::RefCell;
use std::ops::Range;

/// Most candidates in one blob or window; more is a limit, and said.
pub const MAX_CANDIDATES: usize = 200_000;

/// A match with its evidence; ranges are bytes of the blob it was found in.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The rule.
    pub rule: RuleId,
    /// The whole match.
    pub whole: Range<usize>,
    /// The secret.
    pub secret: Range<usize>,
    /// Everything that its existence and its evidence depend on.
    pub depends: Range<usize>,
    /// The secret's bytes, decoded and unescaped.
    pub value: crate::secret::Secret,
    /// Reasons for and against, context of the path excluded.
    pub evidence: Vec<Evidence>,
    /// Other parts, by role.
    pub related: Vec<(String, Range<usize>)>,
    /// Host of a connection, for the id of a setting.
    pub host: Vec<u8>,
}

/// What [`Detector::candidates`] looks at.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// The bytes.
    pub text: &'a [u8],
    /// The part whose anchors count; the rest is overlap with neighbouring windows.
    pub core: Range<usize>,
    /// What is new.
    pub fresh: Fresh<'a>,
    /// Only rules with a distinctive anchor: the bytes are no text.
    pub binary: bool,
}

impl<'a> Input<'a> {
    /// All of `text`, all of it new.
    pub fn all(text: &'a [u8]) -> Self {
        Self { text, core: 0..text.len(), fresh: Fresh::All, binary: false }
    }
}

/// What was found, and whether that is all.
#[derive(Debug, Default)]
pub struct Found {
    /// Candidates, sorted by place and rule.
    pub candidates: Vec<Candidate>,
    /// [`MAX_CANDIDATES`] was reached; the rest is missing.
    pub limited: bool,
}

/// Finds candidates with one rule set. Shared by all threads.
pub struct Detector<'r> {
    rules: &'r RuleSet,
    prefilter: Prefilter,
    now: i64,
}

/// How a text was obtained from the blob's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The bytes themselves.
    Raw,
    /// Another character encoding.
    Text,
    /// An encoded run.
    Decoded,
}

thread_local! {
    static SCRATCH: RefCell<(Scratch, Vec<Hit>)> = RefCell::default();
}

impl<'r> Detector<'r> {
    /// A detector for these rules; `now` in seconds since 1970 is for expiry dates.
    pub fn new(rules: &'r RuleSet, now: i64) -> Self {
        Self { rules, prefilter: Prefilter::new(rules), now }
    }

    /// The rules.
    pub fn rules(&self) -> &'r RuleSet {
        self.rules
    }

    /// All candidates whose anchor lies in the core and that depend on something fresh.
    pub fn candidates(&self, input: &Input<'_>) -> Found {
        let mut found = Found::default();
        self.layer(input, Level::Raw, None, &mut found);
        for layer in utf16::layers(input.text) {
            self.mapped(input, &layer, Level::Text, input.binary, &mut found);
        }
        found.candidates.sort_by(|a, b| key(a).cmp(&key(b)));
        found.candidates.dedup_by(|a, b| key(a) == key(b));
        found
    }

    /// What the pattern stage alone finds: for tests and benchmarks that hold it against an exhaustive search.
    pub fn matches(&self, text: &[u8]) -> Vec<(RuleId, Match)> {
        let mut hits = Vec::new();
        self.prefilter.hits(text, 0..text.len(), &mut Scratch::default(), &mut hits);
        let of_rule = |hit: &Hit| match hit.of {
            Of::Rule(id) => Some((id, matcher::at_anchor(self.rules, id, text, hit.at, hit.len)?)),
            Of::Encoded(_) => None,
        };
        let mut all: Vec<_> = hits.iter().filter_map(of_rule).collect();
        all.sort_by_key(|(id, m)| (*id, m.whole.start, m.whole.end, m.secret.start));
        all.dedup();
        all
    }

    /// Candidates of one text. `map`: the text is a layer, and ranges go back through it.
    fn layer(&self, input: &Input<'_>, level: Level, map: Option<&Layer>, found: &mut Found) {
        let hits = SCRATCH.with_borrow_mut(|(scratch, hits)| {
            hits.clear();
            self.prefilter.hits(input.text, input.core.clone(), scratch, hits);
            hits.sort_unstable();
            hits.clone()
        });
        // Several anchors of one match give it several times, and one encoded run holds several anchors.
        let mut last: Option<(RuleId, Range<usize>)> = None;
        let mut runs: Vec<(Range<usize>, decode::Kind, u8)> = Vec::new();
        for hit in hits {
            if found.candidates.len() >= MAX_CANDIDATES {
                found.limited = true;
                return;
            }
            match hit.of {
                Of::Rule(id) => {
                    let rule = self.rules.rule(id);
                    if input.binary && !rule.distinctive {
                        continue;
                    }
                    let reach = reach(rule);
                    let may = hit.at.saturating_sub(rule.before + reach)..hit.at + rule.max_len + reach;
                    if !input.fresh.touches(may) {
                        continue;
                    }
                    let Some(m) = matcher::at_anchor(self.rules, id, input.text, hit.at, hit.len) else { continue };
                    if last.as_ref().is_some_and(|(r, w)| *r == id && *w == m.whole) {
                        continue;
                    }
                    last = Some((id, m.whole.clone()));
                    let Some(mut candidate) = self.candidate(id, input.text, m) else { continue };
                    if !input.fresh.touches(candidate.depends.clone()) {
                        continue;
                    }
                    if let Some(layer) = map {
                        through(&mut candidate, layer);
                    }
                    found.candidates.push(candidate);
                }
                // One level is undone, no more.
                Of::Encoded(_) if level == Level::Decoded => {}
                Of::Encoded(form) => {
                    let Some(form) = self.prefilter.forms.get(form as usize) else { continue };
                    let covered = |(run, kind, phase): &(Range<usize>, decode::Kind, u8)| {
                        run.contains(&hit.at) && *kind == form.kind && *phase == form.phase
                    };
                    if runs.iter().rev().take(8).any(covered) {
                        continue;
                    }
                    let Some(run) = decode::run(input.text, hit.at, form) else { continue };
                    runs.push((run.source(0..run.bytes().len()), form.kind, form.phase));
                    match map {
                        None => self.mapped(input, &run, Level::Decoded, true, found),
                        Some(outer) => self.mapped_twice(input, outer, &run, found),
                    }
                }
            }
        }
    }

    /// Candidates of a layer of `input`.
    fn mapped(&self, input: &Input<'_>, layer: &Layer, level: Level, binary: bool, found: &mut Found) {
        let fresh = layer.fresh(input.fresh);
        let inside = Input {
            text: layer.bytes(),
            core: 0..layer.bytes().len(),
            fresh: match input.fresh {
                Fresh::All => Fresh::All,
                Fresh::Ranges(_) => Fresh::Ranges(&fresh),
            },
            binary,
        };
        self.layer(&inside, level, Some(layer), found);
    }

    /// Candidates of an encoded run inside a UTF-16 layer, as all fresh: ranges go back through both.
    fn mapped_twice(&self, input: &Input<'_>, outer: &Layer, run: &Layer, found: &mut Found) {
        let before = found.candidates.len();
        self.mapped(input, run, Level::Decoded, true, found);
        for candidate in &mut found.candidates[before..] {
            through(candidate, outer);
        }
    }

    /// Reads on from a match, weighs it, and says what it depends on; `None` when it is nothing.
    fn candidate(&self, id: RuleId, text: &[u8], m: Match) -> Option<Candidate> {
        let weighed = weigh::weigh(self.rules, id, text, m, self.now)?;
        let reach = reach(self.rules.rule(id));
        Some(Candidate {
            rule: id,
            depends: weighed.whole.start.saturating_sub(reach)..(weighed.whole.end + reach).min(text.len()),
            whole: weighed.whole,
            secret: weighed.secret,
            value: weighed.value,
            evidence: weighed.evidence,
            related: weighed.related,
            host: weighed.host,
        })
    }
}

/// How far beyond its match a rule looks to either side: neighbours, checks, pair, parser. In bytes.
fn reach(rule: &Rule) -> usize {
    let checks = if rule.checks.is_empty() { 2 } else { crate::check::NEAR };
    let parser = match rule.parser {
        None => 0,
        Some(Parser::Pem) => crate::check::pem::REACH,
        Some(Parser::Assignment) => assignment::REACH,
        Some(Parser::Url) => crate::check::url::REACH,
    };
    checks.max(parser).max(rule.pair.as_ref().map_or(0, |p| p.within + crate::rule::anchor::MAX_MATCH.min(512)))
}

fn key(c: &Candidate) -> (usize, usize, RuleId, usize, usize) {
    (c.secret.start, c.secret.end, c.rule, c.whole.start, c.whole.end)
}

fn through(candidate: &mut Candidate, layer: &Layer) {
    candidate.whole = layer.source(candidate.whole.clone());
    candidate.secret = layer.source(candidate.secret.clone());
    candidate.depends = layer.source(candidate.depends.clone());
    for (_, range) in &mut candidate.related {
        *range = layer.source(range.clone());
    }
}
