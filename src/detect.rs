//! The detector: from a blob's bytes to candidates.
//!
//! In: text, the part of it whose anchors are ours, and what in it is fresh. Out: [`Candidate`]s with their evidence, as
//! ranges of the blob's bytes. Stages: `screen` and `prefilter` find anchors, `matcher` the match around each, parsers
//! read on, `weigh` collects evidence. Text that is encoded (UTF-16, UTF-32, base64, hex, escapes) is decoded one level and
//! goes through the same stages as a layer whose ranges map back; a value that its name or a Kubernetes Secret says is base64 is
//! opened and searched for everything, up to four in each other. Whether a candidate exists depends only on the bytes of
//! [`Candidate::depends`], so fresh ranges and windows of large files lose nothing (docs/design.md, law 3). An anchor whose name
//! is in a record (`structure`) is marked, because what becomes of it depends on the whole record.
//! It does not look at paths: their evidence is added when an occurrence is made (`context`).
//!
//! # An example
//!
//! The rules are `github-pat` and `generic-token`, and the text has 47 bytes: `TOKEN=`, a GitHub token (`ghp_` and 36 letters
//! and digits, the last six of them a checksum), and a line feed.
//!
//! | step | in | out |
//! |---|---|---|
//! | `screen` | the bytes, folded: lower case, every digit as `0` | the places whose four bytes may begin an anchor |
//! | `prefilter` | these places | two hits: `token` at 0 for `generic-token`, `ghp_` at 6 for `github-pat` |
//! | `matcher` | `ghp_` at 6, and its window 6..46 | the match 6..46 |
//! | `weigh` | the match | a provider's format, and a checksum that fits |
//! | [`Candidate`] | all of it | `whole` and `secret` 6..46, `depends` 0..47 |
//!
//! The window is as small as the pattern allows: no match begins before its anchor here, and none has more than 40 bytes. The
//! bytes beside the match, `=` and the line feed, are not of the token's alphabet, so the match is not a piece of something
//! longer. `depends` is wider than the match, because the check may look at 512 bytes to either side.
//!
//! The other hit becomes a candidate as well. Its match is the word at 0..5; from there the parser `assignment` reads on to the
//! value, so `secret` is 6..46 again. `finding::overlap` decides later which of the two is reported. Had the text been
//! encoded in base64, `prefilter` would have found the encoded form of `ghp_` instead: the run around it is decoded, and the
//! decoded text goes through the same steps.

mod alone;
mod argument;
mod around;
pub mod assignment;
mod candidate;
pub mod context;
mod encoded;
pub mod entropy;
mod layered;
mod manifest;
mod matcher;
mod neighbours;
mod prefilter;
mod reach;
mod reasons;
mod screen;
pub mod structure;
mod table;
mod walk;
mod weigh;
mod weighed;

pub use alone::LONGEST as LONGEST_ALONE;
pub use candidate::{Candidate, Found, Input, MAX_CANDIDATES};
pub use matcher::Match;
pub use neighbours::accepts;
pub use reasons::reasons;

use encoded::Encoded;
use layered::{Level, Past, Text, widened};
use matcher::Matcher;
use reach::reach;

use crate::check::pem;
use crate::rule::{MAX_REACH, Parser, Rule, RuleId, RuleSet};
use crate::text::decode;
use crate::text::layer::Layer;
use crate::text::wide;
pub use prefilter::Hit;
use prefilter::{Far, Of, Prefilter, Scratch};
use std::cell::RefCell;
use std::ops::Range;

/// Most layers of text in each other.
const MAX_LAYERS: usize = 4;
/// Anchors are looked for in this many bytes at a time: hostile text has dozens in each byte.
const PIECE: usize = 64 * 1024;
/// Longest mark of a byte order, in bytes.
const MARK: usize = 4;
/// How far readers of structure read in text that was decoded: as UTF-32 a character takes four bytes.
const FAR_IN_LAYER: usize = structure::FAR / 4;
/// How far what a reader of structure finds depends on the text around its anchor, in bytes.
const FAR_SPAN: usize = structure::FAR + around::BACK + 4 * 1024;

// The farthest that anything reads in text, a PEM block or a record, as UTF-32.
const _: () = assert!(MAX_REACH >= 4 * (pem::REACH + 2 * 1024) + wide::REACH);
const _: () =
    assert!(MAX_REACH >= 4 * (FAR_SPAN - structure::FAR + FAR_IN_LAYER) + wide::REACH && MAX_REACH >= FAR_SPAN);

/// Finds candidates with one rule set. Shared by all threads.
pub struct Detector<'r> {
    rules: &'r RuleSet,
    prefilter: Prefilter,
    /// How far before and after an anchor of each rule a match may depend on.
    spans: Vec<(usize, usize)>,
    /// Rules of files that hold one value.
    alone: Vec<RuleId>,
    now: i64,
}

/// What reading on from a match gives.
struct Reading {
    candidates: Vec<Candidate>,
    /// Text that is encoded and to be searched.
    encoded: Vec<Encoded>,
    /// What is found depends on a reader of structure.
    far: bool,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl<'r> Detector<'r> {
    /// A detector for these rules; `now` in seconds since 1970 is for expiry dates.
    pub fn new(rules: &'r RuleSet, now: i64) -> Self {
        let span = |rule: &Rule| {
            let (before, after) = reach(rule);
            (rule.before + before, rule.max_len + after)
        };
        let alone = rules.iter().filter(|(_, rule)| rule.parser == Some(Parser::File)).map(|(id, _)| id).collect();
        let spans = rules.iter().map(|(_, rule)| span(rule)).collect();
        Self { rules, prefilter: Prefilter::new(rules), spans, alone, now }
    }

    /// The rules.
    pub fn rules(&self) -> &'r RuleSet {
        self.rules
    }

    /// Appends every anchor that begins in `part` of `text`, ascending.
    pub fn hits(&self, text: &[u8], part: Range<usize>, out: &mut Vec<Hit>) {
        SCRATCH.with_borrow_mut(|scratch| self.prefilter.hits(text, part, scratch, out));
    }

    /// The bytes that decide what becomes of an anchor in text of `len` bytes.
    pub fn span(&self, hit: &Hit, len: usize) -> Range<usize> {
        let (before, after) = match hit.of {
            Of::Rule(id) if self.may_be_far(id) && hit.far != Far::No => (FAR_SPAN, FAR_SPAN),
            Of::Rule(id) => self.spans[id as usize],
            Of::Encoded(form) => {
                let form = &self.prefilter.forms[form as usize];
                let reach = form.kind.reach() + form.lead() + decode::JOIN_REACH;
                (reach, reach)
            }
        };
        hit.at.saturating_sub(before)..len.min(hit.at + after)
    }

    /// Whether a reader of structure may read on from anchors of this rule.
    fn may_be_far(&self, id: RuleId) -> bool {
        matches!(self.rules.rule(id).parser, Some(Parser::Assignment | Parser::Manifest))
    }

    /// All candidates whose anchor lies in the core and that depend on something fresh.
    pub fn candidates(&self, input: &Input<'_>) -> Found {
        let mut found = Found::default();
        let raw = Text::raw(input.text, &input.core);
        self.search(input, &raw, input.core.clone(), &mut found);
        self.layers(input, &raw, true, found)
    }

    /// [`Self::candidates`] with the anchors that [`Self::hits`] gives for the core, known from before. `nul`: the text
    /// may hold a NUL, without which there is no UTF-16 or UTF-32 in it. Notes which anchors a reader of structure reads on from.
    pub fn candidates_at(&self, input: &Input<'_>, hits: &mut [Hit], nul: bool) -> Found {
        let mut found = Found::default();
        let raw = Text::raw(input.text, &input.core);
        self.read(input, &raw, hits, &mut Past::default(), &mut found);
        self.layers(input, &raw, nul, found)
    }

    /// Adds the candidates that depend on the text as a whole, in UTF-16 and UTF-32 as well.
    fn layers(&self, input: &Input<'_>, raw: &Text<'_>, nul: bool, mut found: Found) -> Found {
        self.alone(input, raw, &mut found);
        for layer in if nul { wide::layers(input.text) } else { Vec::new() } {
            let all = layer.source(0..layer.bytes().len());
            if input.fresh.touches(widened(&all, wide::REACH)) {
                let (bytes, chain) = (layer.bytes(), &[&layer]);
                let text = Text { bytes, level: Level::Decoded(false), chain, owned: all, opened: None };
                self.search(input, &text, 0..bytes.len(), &mut found);
                self.alone(input, &text, &mut found);
            }
        }
        found.candidates.sort_by_key(key);
        found.candidates.dedup_by(|a, b| key(a) == key(b));
        found
    }

    /// Whether `text`, all of an object and not UTF-16 or UTF-32, is one value: what is found then depends on each of its bytes.
    pub fn is_alone(&self, text: &[u8]) -> bool {
        !self.alone.is_empty() && alone::value(text).is_some()
    }

    /// What the pattern stage alone finds: for tests and benchmarks that hold it against an exhaustive search.
    pub fn matches(&self, text: &[u8]) -> Vec<(RuleId, Match)> {
        let mut hits = Vec::new();
        self.prefilter.hits(text, 0..text.len(), &mut Scratch::default(), &mut hits);
        let mut matcher = Matcher::new(self.rules, text);
        let of_rule = |hit: &Hit| match hit.of {
            Of::Rule(id) => Some((id, matcher.at_anchor(id, hit.at, hit.len.into())?)),
            Of::Encoded(_) => None,
        };
        let mut all: Vec<_> = hits.iter().filter_map(of_rule).collect();
        all.sort_by_key(|(id, m)| (*id, m.whole.start, m.whole.end, m.secret.start));
        all.dedup();
        all
    }

    /// Candidates whose anchors are in `part` of a text.
    fn search(&self, input: &Input<'_>, text: &Text<'_>, part: Range<usize>, found: &mut Found) {
        let (mut hits, mut past) = (Vec::new(), Past::default());
        for at in part.clone().step_by(PIECE) {
            hits.clear();
            self.hits(text.bytes, at..part.end.min(at + PIECE), &mut hits);
            self.read(input, text, &mut hits, &mut past, found);
        }
    }

    /// Candidates of one text, from its anchors, which follow those that `past` is about.
    fn read(&self, input: &Input<'_>, text: &Text<'_>, hits: &mut [Hit], past: &mut Past, found: &mut Found) {
        let Past { last, runs, long } = past;
        let mut matcher = Matcher::new(self.rules, text.bytes);
        for hit in hits {
            if found.candidates.len() >= MAX_CANDIDATES {
                found.limited = true;
                return;
            }
            if !text.owns(hit, &input.core) {
                continue;
            }
            match hit.of {
                Of::Rule(id) => {
                    let rule = self.rules.rule(id);
                    // Of an encoded run only what has a hit of its own in the text around it is ours: anything else
                    // would depend on which anchor made us decode it.
                    let skip = match text.level {
                        Level::Raw | Level::Decoded(false) => input.binary && !rule.distinctive,
                        Level::Decoded(true) => !hit.formed,
                        Level::Opened => false,
                    };
                    if skip || (text.chain.is_empty() && !input.fresh.touches(self.span(hit, usize::MAX))) {
                        continue;
                    }
                    // An anchor of a match that was read by another one has nothing of its own to read.
                    hit.far = Far::No;
                    let Some(m) = matcher.at_anchor(id, hit.at, hit.len.into()) else {
                        continue;
                    };
                    if last.as_ref().is_some_and(|(r, w)| *r == id && *w == m.whole) {
                        continue;
                    }
                    *last = Some((id, m.whole.clone()));
                    if !long.admit(id, &m.secret, text.bytes.len()) {
                        found.miss(text.back(m.secret));
                        continue;
                    }
                    let read = self.reading(id, text, m);
                    hit.far = if read.far { Far::Yes } else { Far::No };
                    for mut candidate in read.candidates {
                        text.map_back(&mut candidate);
                        candidate.depends.end = candidate.depends.end.min(input.text.len());
                        if input.fresh.touches(candidate.depends.clone()) {
                            found.candidates.push(candidate);
                        }
                    }
                    for encoded in &read.encoded {
                        self.open(input, text, encoded, found);
                    }
                }
                Of::Encoded(form) => {
                    let Some(form) = self.prefilter.forms.get(form as usize) else { continue };
                    if text.level == Level::Decoded(true) || runs.cover(text.bytes, hit.at, form) {
                        continue;
                    }
                    let Some(run) = decode::run(text.bytes, hit.at, form) else { continue };
                    let all = run.source(0..run.bytes().len());
                    let owned = runs.add(hit.at, form, &all);
                    let chain: Vec<&Layer> = text.chain.iter().copied().chain([&run]).collect();
                    let (bytes, opened) = (run.bytes(), text.opened.clone());
                    let inner = Text { bytes, level: Level::Decoded(true), chain: &chain, owned, opened };
                    if input.fresh.touches(inner.depends()) {
                        self.search(input, &inner, 0..inner.bytes.len(), found);
                    }
                }
            }
        }
    }

    /// The value of a file that holds nothing else. `text` is the file, as it is or from UTF-16 or UTF-32.
    fn alone(&self, input: &Input<'_>, text: &Text<'_>, found: &mut Found) {
        let all = 0..input.text.len();
        let whole = input.file && !input.binary && input.core == all && all.len() <= alone::LONGEST;
        if !whole || !input.fresh.touches(all.clone()) {
            return;
        }
        let Some(value) = alone::value(text.bytes) else { return };
        let rest = all.len() - text.back(0..text.bytes.len()).len();
        if rest > if text.chain.is_empty() { 0 } else { MARK } {
            return;
        }
        for id in &self.alone {
            if !matcher::begins(self.rules, *id, text.bytes, &value.secret) {
                continue;
            }
            let all_of_it = Match { whole: value.secret.clone(), secret: value.secret.clone(), glued: false };
            for mut candidate in self.reading(*id, text, all_of_it).candidates {
                text.map_back(&mut candidate);
                // Every byte of the file counts.
                found.candidates.push(Candidate { depends: all.clone(), ..candidate });
            }
        }
    }

    /// Reads on from a match and weighs what is there, with the bytes that each of it depends on.
    fn reading(&self, id: RuleId, text: &Text<'_>, m: Match) -> Reading {
        let (before, after) = reach(self.rules.rule(id));
        let matched = m.whole.clone();
        let far = if text.chain.is_empty() { structure::FAR } else { FAR_IN_LAYER };
        let read = weigh::weigh(self.rules, id, text.bytes, m, far, self.now);
        let read_far = read.far;
        let around = |read: &Range<usize>| {
            // What a reader takes from beside its match is in the rule's reach, and an anchor's span has no more. A reader of
            // structure reads farther, and its anchor is marked.
            let (start, end) = match read_far {
                true => (matched.start.min(read.start), matched.end.max(read.end)),
                false => (matched.start, matched.end),
            };
            start.saturating_sub(before)..(end + after).min(text.bytes.len())
        };
        let candidate = |weighed: weighed::Weighed| Candidate {
            rule: id,
            depends: around(&weighed.read),
            whole: weighed.whole,
            secret: weighed.secret,
            value: weighed.value,
            // There may be a hundred thousand of them.
            evidence: weighed.evidence.into_boxed_slice().into_vec(),
            related: weighed.related,
            host: weighed.host,
        };
        let encoded = |run: Encoded| Encoded { read: around(&run.read), ..run };
        Reading {
            candidates: read.weighed.into_iter().map(candidate).collect(),
            encoded: read.encoded.into_iter().map(encoded).collect(),
            far: read.far,
        }
    }

    /// Looks for everything in text that its name or the file around it says is encoded.
    fn open(&self, input: &Input<'_>, text: &Text<'_>, encoded: &Encoded, found: &mut Found) {
        if text.chain.len() >= MAX_LAYERS {
            return;
        }
        let Some(layer) = decode::base64_text(text.bytes, &encoded.run) else { return };
        let outer = text.depends_on(encoded.read.clone());
        if !input.fresh.touches(outer.clone()) {
            return;
        }
        let chain: Vec<&Layer> = text.chain.iter().copied().chain([&layer]).collect();
        let (bytes, owned) = (layer.bytes(), encoded.run.clone());
        let inner = Text { bytes, level: Level::Opened, chain: &chain, owned, opened: Some(outer) };
        self.search(input, &inner, 0..inner.bytes.len(), found);
        // Encoded once more, as a whole.
        let lead = bytes.len() - bytes.trim_ascii_start().len();
        let run = lead..lead + bytes.trim_ascii().len();
        if decode::is_long_base64(&bytes[run.clone()]) {
            self.open(input, &inner, &Encoded { read: run.clone(), run }, found);
        }
    }
}

fn key(c: &Candidate) -> (usize, usize, RuleId, usize, usize) {
    (c.secret.start, c.secret.end, c.rule, c.whole.start, c.whole.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;
    use crate::finding::evidence::Reason;

    #[test]
    fn the_example_of_the_module_is_what_happens() {
        let two = RuleSet::list().into_iter().filter(|r| matches!(&*r.id, "github-pat" | "generic-token")).collect();
        let rules = RuleSet::new(two);
        let [pat, token] = ["github-pat", "generic-token"].map(|id| rules.find(id).expect("a built-in rule"));
        let text = expand("TOKEN={{ghp_ + base62(30) + crc32}}\n", 1).expect("a template").text;
        assert_eq!(text.len(), 47);
        let detector = Detector::new(&rules, 0);
        let mut hits = Vec::new();
        detector.hits(&text, 0..text.len(), &mut hits);
        let hits: Vec<_> = hits.iter().map(|hit| (hit.at, hit.end(), hit.of)).collect();
        assert_eq!(hits, [(0, 5, Of::Rule(token)), (6, 10, Of::Rule(pat))]);
        assert_eq!((rules.rule(pat).before, rules.rule(pat).max_len), (0, 40));
        let found = detector.candidates(&Input::all(&text)).candidates;
        let of = |rule| found.iter().find(|c| c.rule == rule).expect("a candidate");
        assert_eq!(found.len(), 2);
        assert_eq!((of(pat).whole.clone(), of(pat).secret.clone(), of(pat).depends.clone()), (6..46, 6..46, 0..47));
        assert!(of(pat).evidence.iter().any(|e| e.reason == Reason::ProviderShape));
        assert!(of(pat).evidence.iter().any(|e| e.reason.proves()));
        assert_eq!(of(token).secret, 6..46);
    }
}
