//! The blobs and messages of a repository's whole history, each looked at once, deltas only where they are new.
//!
//! In: objects of `git::walk`, with what was learned of their base. Out: [`Matched`]s and every [`Place`] they stand at.
//! What a delta copies is not searched again: anchors and matches of the base are carried over, and only what depends on
//! new bytes, or on a seam between two copies, goes to the matcher (design.md, law 3). A delta in which nothing can
//! depend on anything new is never put together. It knows no commits and no paths.

pub mod shape;

use super::{Fresh, Gap, GapKind};
use crate::detect::{Candidate, Detector, Found, Hit, Input};
use crate::evidence::{self, Evidence};
use crate::git::delta::{Content, From, Piece};
use crate::git::objects::Number;
use crate::git::walk::{Item, Visit};
use crate::rule::RuleId;
use crate::secret::Secret;
use crate::source::Start;
use crate::text::lines::Lines;
use crate::text::view::{self, Encoding, View};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Blobs beyond this size are searched window by window, and their deltas anew: what is carried would be too much.
const CARRIED: usize = 32 << 20;
/// Anchors are looked for in parts of this size, which bounds working memory.
const PART: usize = 1 << 20;

/// What was found, apart from where: shared by all copies of it.
#[derive(Debug)]
pub struct Matched {
    /// The rule.
    pub rule: RuleId,
    /// The secret.
    pub value: Secret,
    /// Length of the secret in the object's bytes.
    pub len: u32,
    /// Reasons for and against, context excluded.
    pub evidence: Vec<Evidence>,
    /// Other parts: role, start relative to the secret's, length.
    pub related: Vec<(String, i64, u32)>,
    /// Host of a connection.
    pub host: Vec<u8>,
}

/// One copy of a [`Matched`]. Lines and columns as in [`crate::finding::Location`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The object.
    pub object: Number,
    /// First byte of the secret.
    pub offset: u32,
    /// Index of the [`Matched`].
    pub matched: u32,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
}

/// What was found in all objects.
#[derive(Debug, Default)]
pub struct Record {
    /// Matches, in no particular order.
    pub matched: Vec<Matched>,
    /// Where they stand, in no particular order.
    pub places: Vec<Place>,
    /// What could not be looked at.
    pub gaps: Vec<Gap>,
    /// Objects with more candidates than one may have.
    pub limited: Vec<Number>,
    /// Blobs whose content is not opened: why, with their number and one of them.
    pub unopened: BTreeMap<(GapKind, String), (u64, Number)>,
}

/// Looks at objects.
pub struct History<'d, 'r> {
    detector: &'d Detector<'r>,
    record: Mutex<Record>,
    /// Everything is searched, as if each object were new: what the tests hold the rest against.
    exhaustive: bool,
    /// Bytes that went to the matcher's anchors: what was new.
    pub fresh: AtomicU64,
}

/// What is kept of an object for its deltas.
#[derive(Debug, Default)]
pub struct Kept {
    hits: Vec<Hit>,
    found: Vec<Carried>,
    view: Option<View>,
    /// It holds a NUL, so that some of it may be UTF-16.
    nul: bool,
    /// Everything in it was searched, by every rule, without reaching a limit.
    sound: bool,
}

/// A match in an object, as ranges of its bytes.
#[derive(Debug, Clone)]
struct Carried {
    matched: u32,
    rule: RuleId,
    secret: Range<usize>,
    whole: Range<usize>,
    depends: Range<usize>,
}

impl Carried {
    fn key(&self) -> (usize, usize, RuleId, usize, usize) {
        (self.secret.start, self.secret.end, self.rule, self.whole.start, self.whole.end)
    }

    fn moved(&self, from: usize, to: usize) -> Self {
        let at = |r: &Range<usize>| r.start - from + to..r.end - from + to;
        Self { secret: at(&self.secret), whole: at(&self.whole), depends: at(&self.depends), ..self.clone() }
    }
}

impl<'d, 'r> History<'d, 'r> {
    /// For one repository.
    pub fn new(detector: &'d Detector<'r>, exhaustive: bool) -> Self {
        Self { detector, record: Mutex::default(), exhaustive, fresh: AtomicU64::new(0) }
    }

    /// What was found.
    pub fn finish(self) -> Record {
        self.record.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The objects in which something was found so far, sorted.
    pub fn objects(&self) -> Vec<Number> {
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Number> = record.places.iter().map(|p| p.object).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Looks at a text that is no blob: a message, the name of a reference.
    pub fn text(&self, object: Number, bytes: &[u8], core: Range<usize>) {
        let input = Input { text: bytes, core, fresh: Fresh::All, binary: false };
        let found = self.detector.candidates(&input);
        let carried = self.recorded(object, found);
        self.place(object, &carried, bytes, Encoding::Bytes);
    }

    /// Takes new candidates into the record.
    fn recorded(&self, object: Number, found: Found) -> Vec<Carried> {
        if found.limited {
            self.record.lock().unwrap_or_else(PoisonError::into_inner).limited.push(object);
        }
        let rules = self.detector.rules();
        // Context only ever weakens: what is nothing without it is nothing.
        let reportable = |c: &Candidate| evidence::confidence(&c.evidence, rules.rule(c.rule).distinctive).is_some();
        let candidates: Vec<Candidate> = found.candidates.into_iter().filter(reportable).collect();
        if candidates.is_empty() {
            return Vec::new();
        }
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let mut one = |c: Candidate| {
            let matched = record.matched.len() as u32;
            let relative = |r: &Range<usize>| (r.start as i64 - c.secret.start as i64, r.len() as u32);
            let related = c.related.iter().map(|(role, r)| (role.clone(), relative(r).0, relative(r).1)).collect();
            let carried =
                Carried { matched, rule: c.rule, secret: c.secret.clone(), whole: c.whole, depends: c.depends };
            record.matched.push(Matched {
                rule: c.rule,
                value: c.value,
                len: c.secret.len() as u32,
                evidence: c.evidence,
                related,
                host: c.host,
            });
            carried
        };
        candidates.into_iter().map(&mut one).collect()
    }

    /// Notes where matches stand in an object.
    fn place(&self, object: Number, found: &[Carried], bytes: &[u8], encoding: Encoding) {
        if found.is_empty() {
            return;
        }
        let lines = Lines::new(Start::default(), bytes, encoding);
        let places: Vec<Place> = found
            .iter()
            .map(|c| {
                let (from, to) = (lines.position(c.secret.start), lines.position(c.secret.end));
                let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
                Place {
                    object,
                    offset: small(c.secret.start as u64),
                    matched: c.matched,
                    line: small(from.line),
                    column: small(from.column),
                    end_line: small(to.line),
                    end_column: small(to.column),
                }
            })
            .collect();
        self.record.lock().unwrap_or_else(PoisonError::into_inner).places.extend(places);
    }

    /// Anchors that begin in `part`.
    fn hits(&self, bytes: &[u8], part: Range<usize>, out: &mut Vec<Hit>) {
        self.fresh.fetch_add(part.len() as u64, Ordering::Relaxed);
        let mut at = part.start;
        while at < part.end {
            let end = part.end.min(at + PART);
            self.detector.hits(bytes, at..end, out);
            at = end;
        }
    }

    /// An object that is searched from start to end.
    fn all(&self, object: Number, bytes: &[u8], view: View) -> Kept {
        if bytes.len() > CARRIED {
            self.windows(object, bytes, view);
            return Kept::default();
        }
        let mut hits = Vec::new();
        self.hits(bytes, 0..bytes.len(), &mut hits);
        let input = Input { text: bytes, core: 0..bytes.len(), fresh: Fresh::All, binary: view.binary };
        let nul = memchr::memchr(0, bytes).is_some();
        let candidates = self.detector.candidates_at(&input, &hits, nul);
        let sound = !candidates.limited;
        let found = self.recorded(object, candidates);
        self.place(object, &found, bytes, view.encoding);
        Kept { hits, found, view: Some(view), nul, sound }
    }

    /// A large object, in windows, as a large file is (`source::window`).
    fn windows(&self, object: Number, bytes: &[u8], view: View) {
        let mut at = 0;
        let mut all = Vec::new();
        while at < bytes.len() {
            let core = at..bytes.len().min(at + super::window::CORE);
            // Windows begin at even offsets, so that two-byte text keeps its parity.
            let from = at.saturating_sub(crate::rule::MAX_REACH) & !1;
            let to = bytes.len().min(core.end + crate::rule::MAX_REACH);
            let text = &bytes[from..to];
            self.fresh.fetch_add(core.len() as u64, Ordering::Relaxed);
            let input =
                Input { text, core: core.start - from..core.end - from, fresh: Fresh::All, binary: view.binary };
            let found = self.recorded(object, self.detector.candidates(&input));
            all.extend(found.iter().map(|c| c.moved(0, from)));
            at = core.end;
        }
        // Two anchors of one match may lie in two windows.
        all.sort_by_key(Carried::key);
        all.dedup_by(|a, b| a.key() == b.key());
        self.place(object, &all, bytes, view.encoding);
    }

    /// An object that is a delta on one that was searched.
    fn delta(&self, item: &Item<'_, Kept>, base: &Kept, pieces: &[Piece], base_len: usize) -> Kept {
        let len = item.content.len();
        let fresh = fresh(pieces, base_len, len);
        let view = self.view_of(item, base, &fresh, base_len, len);
        let mut whole = Bytes { content: item.content, whole: item.whole, made: Vec::new() };
        // UTF-16 is read by the parity of its place.
        let shifted = base.nul && pieces.iter().any(|p| matches!(p.from, From::Base(from) if (p.at ^ from) & 1 == 1));
        if !base.sound || base.view != Some(view) || shifted || len > CARRIED {
            return self.all(item.object, whole.get(), view);
        }
        let fresh_ranges = Fresh::Ranges(&fresh);
        let (new_hits, nul) = self.new_hits(&item.content, item.whole, &fresh, len);
        let nul = base.nul || nul;
        let mut found: Vec<Carried> = Vec::new();
        if !base.found.is_empty() {
            for piece in pieces {
                let From::Base(from) = piece.from else { continue };
                let end = from + piece.len;
                let first = base.found.partition_point(|c| c.secret.start < from);
                let inside = base.found[first..].iter().take_while(|c| c.secret.start < end);
                found.extend(inside.filter(|c| from <= c.depends.start && c.depends.end <= end).filter_map(|c| {
                    let c = c.moved(from, piece.at);
                    (!fresh_ranges.touches(c.depends.clone())).then_some(c)
                }));
            }
        }
        let mut hits = new_hits;
        let mut search = nul || !hits.is_empty();
        if !base.hits.is_empty() {
            for piece in pieces {
                let From::Base(from) = piece.from else { continue };
                let first = base.hits.partition_point(|h| h.at < from);
                let end = from + piece.len;
                for hit in base.hits[first..].iter().take_while(|h| h.at < end) {
                    if hit.end() > end {
                        continue;
                    }
                    let hit = Hit { at: hit.at - from + piece.at, ..*hit };
                    if item.has_children {
                        hits.push(hit);
                    }
                    search = search || fresh_ranges.touches(self.detector.span(&hit, len));
                }
            }
        }
        if search {
            if !item.has_children {
                // The last one of its chain: only now is it known that its anchors are needed.
                for piece in pieces {
                    let From::Base(from) = piece.from else { continue };
                    let first = base.hits.partition_point(|h| h.at < from);
                    let end = from + piece.len;
                    let inside = base.hits[first..].iter().take_while(|h| h.at < end).filter(|h| h.end() <= end);
                    hits.extend(inside.map(|h| Hit { at: h.at - from + piece.at, ..*h }));
                }
            }
            hits.sort_unstable();
            let bytes = whole.get();
            let input = Input { text: bytes, core: 0..len, fresh: fresh_ranges, binary: view.binary };
            let candidates = self.detector.candidates_at(&input, &hits, nul);
            if candidates.limited {
                return self.all(item.object, whole.get(), view);
            }
            found.extend(self.recorded(item.object, candidates));
            found.sort_by_key(Carried::key);
            found.dedup_by(|a, b| a.key() == b.key());
        } else if item.has_children {
            hits.sort_unstable();
        }
        if !found.is_empty() {
            self.place(item.object, &found, whole.get(), view.encoding);
        }
        Kept { hits, found, view: Some(view), nul, sound: true }
    }

    /// Anchors that the base cannot have had, and whether a NUL is among the new bytes.
    fn new_hits(
        &self,
        content: &Content<'_>,
        whole: Option<&[u8]>,
        fresh: &[Range<usize>],
        len: usize,
    ) -> (Vec<Hit>, bool) {
        let reach = crate::rule::anchor::MAX_ANCHOR - 1;
        let (mut hits, mut nul) = (Vec::new(), false);
        let mut scratch = Vec::new();
        let mut next = 0;
        while let Some(first) = fresh.get(next) {
            // Ranges that lie close together are looked at in one go.
            let mut end = first.end;
            let from = next;
            next += 1;
            while let Some(more) = fresh.get(next).filter(|r| r.start <= end + 2 * reach) {
                end = more.end;
                next += 1;
            }
            let part = first.start.saturating_sub(reach)..end.min(len);
            let before = hits.len();
            match whole {
                Some(bytes) => {
                    nul = nul || memchr::memchr(0, &bytes[part.clone()]).is_some();
                    self.hits(bytes, part, &mut hits);
                }
                None => {
                    scratch.clear();
                    content.append(part.start..len.min(end + reach + 1), &mut scratch);
                    nul = nul || memchr::memchr(0, &scratch).is_some();
                    self.hits(&scratch, 0..part.len(), &mut hits);
                    hits[before..].iter_mut().for_each(|h| h.at += part.start);
                }
            }
            // What lies in one copied piece is carried over from the base.
            let mut at = before;
            while at < hits.len() {
                let hit = &hits[at];
                if divided(&fresh[from..next], hit.at..hit.end()) {
                    at += 1;
                } else {
                    hits.swap_remove(at);
                }
            }
        }
        (hits, nul)
    }

    fn view_of(&self, item: &Item<'_, Kept>, base: &Kept, fresh: &[Range<usize>], base_len: usize, len: usize) -> View {
        let head = view::HEAD;
        let same = fresh.first().is_none_or(|r| r.start >= head) && (len == base_len || len.min(base_len) >= head);
        match base.view {
            Some(view) if same => view,
            _ => match item.whole {
                Some(bytes) => view::view(bytes),
                None => {
                    let mut start = Vec::new();
                    item.content.append(0..head.min(len), &mut start);
                    view::view(&start)
                }
            },
        }
    }

    fn unopened(&self, object: Number, content: &Content<'_>) {
        let mut head = Vec::new();
        // Pointers of LFS are smaller than this, magic numbers shorter.
        content.append(0..content.len().min(1024), &mut head);
        if let Some(gap) = super::worktree::not_opened(&head, b"") {
            let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
            let seen = record.unopened.entry((gap.kind, gap.why)).or_insert((0, object));
            *seen = (seen.0 + 1, seen.1.min(object));
        }
    }

    /// Looks at a commit or tag, from the first byte that is text.
    pub fn message(&self, object: Number, bytes: &[u8], start: usize) {
        self.fresh.fetch_add((bytes.len() - start.min(bytes.len())) as u64, Ordering::Relaxed);
        self.text(object, bytes, start..bytes.len());
    }

    /// Looks at a name: index of each match, and where in the name its secret begins.
    pub fn name(&self, name: &[u8]) -> Vec<(u32, u32)> {
        let found = self.detector.candidates(&Input::all(name));
        self.recorded(0, found).iter().map(|c| (c.matched, c.secret.start as u32)).collect()
    }
}

impl Visit for History<'_, '_> {
    type Kept = Kept;

    fn object(&self, item: &Item<'_, Kept>) -> Kept {
        self.unopened(item.object, &item.content);
        match (item.content, item.base) {
            (Content::Delta { pieces, base: bytes, .. }, Some(base)) if !self.exhaustive => {
                self.delta(item, base, pieces, bytes.len())
            }
            _ => {
                let mut whole = Bytes { content: item.content, whole: item.whole, made: Vec::new() };
                let bytes = whole.get();
                self.all(item.object, bytes, view::view(bytes))
            }
        }
    }

    fn gap(&self, gap: Gap) {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).gaps.push(gap);
    }
}

/// The bytes of an object, put together when they are first needed.
struct Bytes<'a> {
    content: Content<'a>,
    whole: Option<&'a [u8]>,
    made: Vec<u8>,
}

impl Bytes<'_> {
    fn get(&mut self) -> &[u8] {
        match self.whole {
            Some(bytes) => bytes,
            None => {
                if self.made.len() != self.content.len() {
                    self.made.clear();
                    self.made.reserve_exact(self.content.len());
                    self.content.append(0..self.content.len(), &mut self.made);
                }
                &self.made
            }
        }
    }
}

/// What is new in a delta: bytes that are not copied, and as empty ranges the seams between copies that were no
/// neighbours in the base. Where the base began or ended and the delta goes on is a seam, too.
fn fresh(pieces: &[Piece], base_len: usize, len: usize) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut add = |range: Range<usize>| match out.last_mut() {
        Some(last) if last.end == range.start && last.start < last.end && range.start < range.end => {
            last.end = range.end
        }
        Some(last) if *last == range => {}
        _ => out.push(range),
    };
    let seam = |at: usize| at..at;
    // Where the last copy ended in the base; 0 before the first byte.
    let mut copied_to = Some(0);
    for piece in pieces {
        match piece.from {
            From::Base(from) => {
                if copied_to.map_or(from == 0, |end| end != from) {
                    add(seam(piece.at));
                }
                copied_to = Some(from + piece.len);
            }
            From::Delta(_) => {
                if piece.at > 0 && copied_to == Some(base_len) {
                    add(seam(piece.at));
                }
                add(piece.range());
                copied_to = None;
            }
        }
    }
    if copied_to.is_some_and(|end| end != base_len) {
        add(seam(len));
    }
    out
}

/// Whether an anchor at `range` is in no one copied piece: it holds new bytes, or a seam divides it.
fn divided(fresh: &[Range<usize>], range: Range<usize>) -> bool {
    fresh.get(fresh.partition_point(|r| r.end <= range.start)).is_some_and(|r| r.start < range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(of: &[(Option<usize>, usize)]) -> Vec<Piece> {
        let mut at = 0;
        let one = |(from, len): &(Option<usize>, usize)| {
            let piece = Piece { at, len: *len, from: from.map_or(From::Delta(0), From::Base) };
            at += len;
            piece
        };
        of.iter().map(one).collect()
    }

    #[test]
    fn new_bytes_and_seams_are_fresh_and_nothing_else() {
        let of = |list: &[(Option<usize>, usize)], base: usize| {
            let pieces = pieces(list);
            fresh(&pieces, base, pieces.last().map_or(0, |p| p.at + p.len))
        };
        assert!(of(&[(Some(0), 10)], 10).is_empty());
        assert_eq!(of(&[(Some(0), 4), (None, 3), (Some(4), 6)], 10), [4..7]);
        assert_eq!(of(&[(Some(0), 4), (Some(6), 4)], 10), [4..4]);
        assert_eq!(of(&[(Some(2), 8)], 10), [0..0]);
        assert_eq!(of(&[(Some(0), 8)], 10), [8..8]);
        // The base began or ended where the delta goes on.
        assert_eq!(of(&[(None, 2), (Some(0), 10)], 10), [0..2, 2..2]);
        assert_eq!(of(&[(Some(0), 10), (None, 2)], 10), [10..10, 10..12]);
        assert_eq!(of(&[(Some(0), 10), (Some(0), 10)], 10), [10..10]);
        assert_eq!(of(&[(None, 2), (None, 3)], 10), [0..5]);
        assert_eq!(of(&[(None, 5)], 10), [0..5]);
    }

    #[test]
    fn an_anchor_is_carried_only_out_of_one_piece() {
        let ranges = vec![4..4, 10..12];
        for (anchor, new) in
            [(0..4, false), (2..6, true), (4..8, false), (5..10, false), (8..11, true), (12..16, false)]
        {
            assert_eq!(divided(&ranges, anchor.clone()), new, "{anchor:?}");
        }
    }
}
