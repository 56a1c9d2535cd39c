//! Objects that are dense in anchors, or large: searched window by window, and their anchors not kept.
//!
//! In: bytes, what in them is new, the matches that a base taught. Out: all matches, as if the object had been searched
//! in one go. A match that depends on something new has its anchor within [`MAX_REACH`] of it, so that much is searched
//! again around each new range: more work than to carry anchors over, in memory that does not depend on their number.

use super::{CARRIED, Carried, DeltaState, History};
use crate::blob::Fresh;
use crate::detect::{Input, MAX_CANDIDATES};
use crate::git::store::numbers::Number;
use crate::rule::MAX_REACH;
use crate::source::window::CORE;
use crate::text::view::View;
use std::ops::Range;
use std::sync::atomic::Ordering;

impl History<'_, '_> {
    /// Searches what is `fresh`, in windows as a large file is (`source::window`), and adds it to what was `found`.
    pub(super) fn dense(
        &self,
        object: Number,
        bytes: &[u8],
        view: View,
        fresh: &[Range<usize>],
        mut found: Vec<Carried>,
    ) -> DeltaState {
        let mut limited = false;
        for core in cores(fresh, bytes.len()) {
            if found.len() >= MAX_CANDIDATES {
                limited = true;
                break;
            }
            // Windows begin at a multiple of four, so that units of UTF-16 and UTF-32 stay whole.
            let from = core.start.saturating_sub(MAX_REACH) & !3;
            let to = bytes.len().min(core.end + MAX_REACH);
            let inside = fresh.iter().filter(|r| r.end >= from && r.start <= to);
            let inside: Vec<Range<usize>> = inside.map(|r| r.start.max(from) - from..r.end.min(to) - from).collect();
            self.fresh.fetch_add(core.len() as u64, Ordering::Relaxed);
            let input = Input {
                core: core.start - from..core.end - from,
                fresh: Fresh::Ranges(&inside),
                binary: view.binary,
                ..Input::all(&bytes[from..to])
            };
            let candidates = self.detector.candidates(&input);
            limited |= candidates.limited;
            found.extend(self.recorded(candidates).iter().map(|c| c.moved(0, from)));
        }
        if limited {
            self.limited(object);
        }
        // Two anchors of one match may lie in two windows.
        found.sort_by_key(Carried::key);
        found.dedup_by(|a, b| a.key() == b.key());
        self.place(object, &found, bytes, view.encoding);
        if bytes.len() > CARRIED {
            return DeltaState::default();
        }
        let nul = memchr::memchr(0, bytes).is_some();
        DeltaState { hits: Vec::new(), dense: true, found, view: Some(view), nul, sound: !limited }
    }
}

/// The parts of an object that are searched: all that is close enough to something new, in pieces of bounded length.
fn cores(fresh: &[Range<usize>], len: usize) -> Vec<Range<usize>> {
    let mut near: Vec<Range<usize>> = Vec::new();
    for range in fresh {
        let wide = range.start.saturating_sub(MAX_REACH)..len.min(range.end + MAX_REACH);
        match near.last_mut().filter(|last| wide.start <= last.end) {
            Some(last) => last.end = last.end.max(wide.end),
            None => near.push(wide),
        }
    }
    let pieces = near.into_iter().flat_map(|r| r.clone().step_by(CORE).map(move |at| at..r.end.min(at + CORE)));
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_something_new_is_searched_once_and_in_pieces() {
        let len = 10 * CORE;
        let all = 0..len;
        assert_eq!(cores(std::slice::from_ref(&all), len).len(), 10);
        let near = CORE - MAX_REACH..CORE + 12 + MAX_REACH;
        assert_eq!(cores(&[CORE..CORE, CORE + 9..CORE + 12], len), vec![near; 1]);
        let ends = [0..3, len..len];
        assert_eq!(cores(&ends, len), [0..3 + MAX_REACH, len - MAX_REACH..len]);
    }
}
