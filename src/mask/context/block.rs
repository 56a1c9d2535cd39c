//! A line, or a part of a long one, as text, with everything that is hidden in it.
//!
//! In: a text, a range of it, what rules found in it. Out: the range decoded, with the ranges of what rules found, of short
//! values near their own match, and of what is near a telling word or looks generated. It does not know what is shown of it.

use super::super::{beside, spans, words};
use crate::finding::{DraftBlock, Span};
use crate::text::char_floor;
use crate::text::view::Encoding;
use std::ops::Range;
use std::sync::Arc;

/// How far from its match a short value or a word is hidden, in bytes, and the whole line or block that this reaches.
const NEAR: usize = 256;
/// Longest secret whose text a draft keeps: of a longer one nothing can be told from a part.
const KEPT: usize = 1024;

/// Ranges are bytes of its text, at boundaries of characters, where they are not said to be of the whole text.
pub(super) struct Block {
    /// In the whole text.
    around: Range<usize>,
    encoding: Encoding,
    text: String,
    /// The text for those who show it, with all that is hidden.
    draft: Arc<DraftBlock>,
    /// Where parts begin that were decoded each by itself: in the whole text, and here. Ascending; the last is the end.
    places: Vec<(usize, usize)>,
    /// What rules found: disjoint, ascending.
    found: Vec<Span>,
    short: Vec<Range<usize>>,
    beside: Vec<Range<usize>>,
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Block([{} bytes])", self.text.len())
    }
}

impl Block {
    /// `text[around]`. `ranges` are what rules found, disjoint and ascending, `near` the short values and words among it by
    /// their place; both in the whole text.
    pub(super) fn new(
        text: &[u8],
        around: Range<usize>,
        ranges: &[Span],
        near: &[(Range<usize>, Box<[u8]>)],
        encoding: Encoding,
    ) -> Self {
        let mut block = Self {
            text: String::new(),
            draft: Arc::default(),
            places: Vec::new(),
            found: Vec::new(),
            short: Vec::new(),
            beside: Vec::new(),
            around: around.clone(),
            encoding,
        };
        let first = ranges.partition_point(|(r, _)| r.end <= around.start);
        let mut at = around.start;
        for (range, shown) in ranges[first..].iter().take_while(|(r, _)| r.start < around.end) {
            let part = range.start.max(around.start)..range.end.min(around.end);
            block.decode(text, at..part.start);
            let start = block.text.len();
            // Of a long secret nothing can be told from a part, so its text is not kept.
            match range.len() > KEPT {
                true => {
                    block.places.push((part.start, start));
                    block.text.push('\0');
                }
                false => block.decode(text, part.clone()),
            }
            block.found.push((start..block.text.len(), shown.clone()));
            at = part.end;
        }
        block.decode(text, at..around.end);
        block.places.push((around.end, block.text.len()));
        block.short = block.short(near);
        let found: Vec<Range<usize>> = block.found.iter().map(|(r, _)| r.clone()).collect();
        block.beside = beside::spans(&block.text, &found);
        let more =
            block.short.iter().chain(&block.beside).filter(|r| !r.is_empty()).map(|r| (r.clone(), None)).collect();
        let hidden = spans::merged(block.found.clone(), more);
        block.draft = Arc::new(DraftBlock { text: block.text.clone(), hidden });
        block
    }

    fn decode(&mut self, text: &[u8], part: Range<usize>) {
        self.places.push((part.start, self.text.len()));
        self.text.push_str(&self.encoding.decode(text.get(part).unwrap_or_default()));
    }

    pub(super) fn around(&self) -> &Range<usize> {
        &self.around
    }

    /// The text with all that is hidden in it.
    pub(super) fn draft(&self) -> &Arc<DraftBlock> {
        &self.draft
    }

    /// What rules found, and what stands for it.
    pub(super) fn found(&self) -> &[Span] {
        &self.found
    }

    /// What else is hidden: short values and words near their match; what is near a telling word or looks generated.
    pub(super) fn more(&self) -> (&[Range<usize>], &[Range<usize>]) {
        (&self.short, &self.beside)
    }

    /// Where a byte of the whole `text` stands here.
    pub(super) fn place(&self, text: &[u8], at: usize) -> usize {
        // Of parts that begin at the same byte all but the last are empty.
        let next = self.places.partition_point(|(source, _)| *source <= at);
        let Some((source, here)) = next.checked_sub(1).and_then(|n| self.places.get(n)) else { return 0 };
        let end = self.places.get(next).map_or(self.text.len(), |(_, to)| *to);
        if self.text.get(*here..end) == Some("\0") {
            return *here;
        }
        let before = self.encoding.decode(text.get(*source..at).unwrap_or_default());
        char_floor(&self.text, (here + before.len()).min(end))
    }

    /// Short values and words whose match is near.
    fn short(&self, near: &[(Range<usize>, Box<[u8]>)]) -> Vec<Range<usize>> {
        // A secret with a short value is short.
        let first = near.partition_point(|(at, _)| at.start + 2 * NEAR < self.around.start);
        let near = near[first..].iter().take_while(|(at, _)| at.start < self.around.end + NEAR);
        let near = near.filter(|(at, _)| at.end + NEAR > self.around.start);
        let mut values: Vec<&[u8]> = near.map(|(_, value)| &**value).collect();
        values.sort_unstable();
        values.dedup();
        let mut out = Vec::new();
        for value in values {
            let Ok(value) = std::str::from_utf8(value) else { continue };
            // A word, and what is very short, only where it stands alone; the telling word itself is nobody's secret.
            let alone = value.len() < 5 || words::is_word(value.as_bytes());
            if value.is_empty() || beside::is_telling(value) {
                continue;
            }
            out.extend(self.text.match_indices(value).map(|(at, _)| at..at + value.len()).filter(|r| {
                let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                let glued =
                    letter(self.text[..r.start].chars().next_back()) || letter(self.text[r.end..].chars().next());
                !(alone && glued)
            }));
        }
        out.sort_unstable_by_key(|r| (r.start, r.end));
        out
    }
}
