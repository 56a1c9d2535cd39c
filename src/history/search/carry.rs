//! Objects that are deltas: what their base taught is carried over, and only what is new is searched.
//!
//! In: the pieces of a delta, and the anchors and matches of its base. Out: those of the object itself, the same as if all
//! of it had been searched: an anchor is carried that lies in one copied piece, a match that depends on nothing new. What
//! the whole decides (view, parity of UTF-16 and UTF-32) makes everything new where it differs.
//!
//! A delta that copies two pieces of its base and has six new bytes between them. `A` are anchors, `[ ]` is what a match
//! depends on: its window, not only its secret.
//!
//! ```text
//! base     A1.[..A2....]......A3...[...A4..]
//!          └── piece 1 ───┘└──── piece 2 ──┘
//!             │                       │
//! object   A1.[..A2....]...nnnnnn...A3...[...A4..]
//!          └── piece 1 ───┘      └──── piece 2 ──┘
//!
//! A1, A2, A3, A4   each inside one copied piece: carried, moved by the difference of the places. An anchor that lies
//!                  across the end of a piece is not; it is looked for again, for `nnnnnn` is searched with the bytes
//!                  to both sides that an anchor can reach (`new_hits`).
//! [A2], [A4]       matches whose window no new byte touches: carried, nothing is matched.
//! A3               its window reaches into `nnnnnn`: matched again, from the anchor on.
//! ```
//!
//! Anchors are kept only of objects on which other deltas build.

use super::{CARRIED, Carried, DeltaState, History, MOST_HITS};
use crate::blob::Fresh;
use crate::detect::{self, Hit, Input};
use crate::git::store::delta::{Content, From, Piece};
use crate::git::store::walk::Item;
use crate::rule::Parser;
use crate::text::view::{self, View};
use std::ops::Range;

impl History<'_, '_> {
    /// An object that is a delta on one that was searched.
    pub(super) fn delta(
        &self,
        item: &Item<'_, DeltaState>,
        base: &DeltaState,
        pieces: &[Piece],
        base_len: usize,
    ) -> DeltaState {
        let len = item.content.len();
        let fresh = fresh(pieces, base_len, len);
        let view = self.view_of(item, base, &fresh, base_len, len);
        let mut whole = Bytes { content: item.content, whole: item.whole, made: Vec::new() };
        // UTF-16 and UTF-32 are read by the parity of their place.
        let shifted = base.nul && pieces.iter().any(|p| matches!(p.from, From::Base(from) if (p.at ^ from) & 1 == 1));
        if !base.sound || base.view != Some(view) || shifted || len > CARRIED {
            return self.all(item.object, whole.get(), view);
        }
        let fresh_ranges = Fresh::Ranges(&fresh);
        let (new_hits, nul) =
            if base.dense { Default::default() } else { self.new_hits(&item.content, item.whole, &fresh, len) };
        let nul = base.nul || nul;
        let mut found: Vec<Carried> = Vec::new();
        if !base.found.is_empty() {
            for piece in pieces {
                let From::Base(from) = piece.from else { continue };
                let end = from + piece.len;
                let first = base.found.partition_point(|c| c.secret.start < from);
                let inside = base.found[first..].iter().take_while(|c| c.secret.start < end);
                let rules = self.detector.rules();
                // What was all of the base is looked for below.
                let inside = inside.filter(|c| rules.rule(c.rule).parser != Some(Parser::File));
                found.extend(inside.filter(|c| from <= c.depends.start && c.depends.end <= end).filter_map(|c| {
                    let c = c.moved(from, piece.at);
                    (!fresh_ranges.touches(c.depends.clone())).then_some(c)
                }));
            }
        }
        if base.dense || new_hits.len() > MOST_HITS {
            return self.dense(item.object, whole.get(), view, &fresh, found);
        }
        // Anchors that may have to be matched, and those that are only carried: most, and in order, for pieces are.
        let (mut near, mut far) = (new_hits, Vec::new());
        let mut search = nul || !near.is_empty();
        search = search || (len <= detect::LONGEST_ALONE && self.detector.is_alone(whole.get()));
        if !base.hits.is_empty() {
            for piece in pieces {
                let From::Base(from) = piece.from else { continue };
                let first = base.hits.partition_point(|h| h.at < from);
                let end = from + piece.len;
                for hit in base.hits[first..].iter().take_while(|h| h.at < end) {
                    if hit.end() > end || !is_inside(hit, from, piece.at) {
                        continue;
                    }
                    let hit = Hit { at: hit.at - from + piece.at, ..*hit };
                    let span = self.detector.span(&hit, len);
                    // Most lie inside of their piece, and nothing new is there.
                    let touched =
                        (span.start <= piece.at || span.end >= piece.at + piece.len) && fresh_ranges.touches(span);
                    search = search || touched;
                    // Which encoded form opens a run depends on all those before it.
                    if touched || hit.rule().is_none() {
                        near.push(hit);
                    } else if item.has_children {
                        far.push(hit);
                    }
                }
            }
        }
        near.sort_unstable();
        if search {
            let bytes = whole.get();
            let input = Input { fresh: fresh_ranges, binary: view.binary, ..Input::all(bytes) };
            let candidates = self.detector.candidates_at(&input, &mut near, nul);
            if candidates.limited {
                return self.all(item.object, whole.get(), view);
            }
            found.extend(self.recorded(candidates));
            found.sort_by_key(Carried::key);
            found.dedup_by(|a, b| a.key() == b.key());
        }
        let mut hits = far;
        if item.has_children {
            hits.append(&mut near);
            // Two ascending lists: a stable sort merges them.
            hits.sort();
        }
        if !found.is_empty() {
            self.place(item.object, &found, whole.get(), view.encoding);
        }
        let dense = hits.len() > MOST_HITS;
        let hits = if dense { Vec::new() } else { hits };
        DeltaState { hits, dense, found, view: Some(view), nul, sound: true }
    }

    /// Anchors that the base cannot have had, and whether a NUL is among the new bytes; where there are more than
    /// [`MOST_HITS`], neither is complete.
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
            // A run of one byte may begin right after what is new.
            let part = first.start.saturating_sub(reach)..len.min(end + 1);
            let before = hits.len();
            match whole {
                Some(bytes) => {
                    nul = nul || memchr::memchr(0, &bytes[part.clone()]).is_some();
                    self.hits(bytes, part, &mut hits);
                }
                None => {
                    scratch.clear();
                    let from = part.start.saturating_sub(1);
                    content.append(from..len.min(end + reach + 2), &mut scratch);
                    nul = nul || memchr::memchr(0, &scratch).is_some();
                    self.hits(&scratch, part.start - from..part.end - from, &mut hits);
                    hits[before..].iter_mut().for_each(|h| h.at += from);
                }
            }
            if hits.len() > MOST_HITS {
                return (hits, nul);
            }
            // What lies in one copied piece is carried over from the base.
            let mut at = before;
            while at < hits.len() {
                let hit = &hits[at];
                if divided(&fresh[from..next], hit.start()..hit.end()) {
                    at += 1;
                } else {
                    hits.swap_remove(at);
                }
            }
        }
        (hits, nul)
    }

    fn view_of(
        &self,
        item: &Item<'_, DeltaState>,
        base: &DeltaState,
        fresh: &[Range<usize>],
        base_len: usize,
        len: usize,
    ) -> View {
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

/// Whether a piece that begins at `from` of the base and at `at` of the object holds all that decides an anchor: the byte before
/// a run as well, but for the first run of both.
fn is_inside(hit: &Hit, from: usize, at: usize) -> bool {
    hit.start() >= from && (hit.start() < hit.at || !hit.run || at == 0)
}

/// Whether an anchor at `range` is in no one copied piece: it holds new bytes, or a seam divides it.
fn divided(fresh: &[Range<usize>], range: Range<usize>) -> bool {
    fresh.get(fresh.partition_point(|r| r.end <= range.start)).is_some_and(|r| r.start < range.end)
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "ranges of bytes, and sometimes there is one")]
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
