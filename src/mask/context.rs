//! What is hidden in the lines around a finding, decided on the worker that has the blob.
//!
//! In: a text (a blob, or a window of it) and everything that rules find in it. Out: [`Draft`]s of lines: their text with
//! what rules find, what is near a telling word or looks generated, and short values near their own match. The end of the
//! run adds the values that were found elsewhere (`outcome`), in text that nothing has cut to pieces.
//! What is hidden is decided for a [`Block`] of a line at a time and remembered: findings share their lines, and a hostile
//! line holds thousands of them.

mod block;

use super::hidden::Hidden;
use super::{beside, known, spans};
use crate::finding::secret::Secret;
use crate::finding::{Draft, DraftLine, Known, Snippet, Span};
use crate::rule::{Identity, Rule};
use crate::text::view::Encoding;
use block::Block;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Bytes shown to either side of a secret on its own line.
const BESIDE: usize = 120;
/// Bytes shown of a neighbouring line.
const NEIGHBOUR: usize = 160;
/// Bytes beyond what is shown that are looked at for telling words and for the rest of a value.
const BEYOND: usize = 256;
/// Blocks of a long line begin and end at multiples of this many bytes.
const STEP: usize = 512;
/// Lines before, of at most [`BEYOND`] bytes each, that are looked at for what a line goes on with.
const EARLIER: usize = 3;
/// Blocks that are remembered: the lines of one snippet, and of the next.
const REMEMBERED: usize = 8;

/// What rules find in a text.
#[derive(Debug, Default)]
pub struct Masks {
    /// Disjoint, ascending: where, and what stands for it.
    ranges: Vec<Span>,
    /// Short values and words, by their place.
    near: Vec<(Range<usize>, Box<[u8]>)>,
    /// The last blocks that were asked for.
    blocks: RefCell<Vec<Rc<Block>>>,
    /// How many were made.
    #[cfg(test)]
    made: std::cell::Cell<usize>,
}

impl Masks {
    /// Of everything that was found in one text. Overlapping matches become one.
    pub(super) fn new(mut all: Vec<Hidden>) -> Self {
        // Of two that are the same bytes, the one that knows whose secret it is says what may be shown.
        all.sort_by_key(|c| (c.secret.start, std::cmp::Reverse((c.secret.end, c.distinctive))));
        let mut masks = Self::default();
        for Hidden { secret, shown, value, reportable, .. } in all {
            let bytes = value.expose_in_clear();
            if reportable && !known::everywhere(bytes) {
                masks.near.push((secret.clone(), bytes.into()));
            }
            match masks.ranges.last_mut() {
                Some((range, text)) if secret.start < range.end => {
                    if secret.end > range.end {
                        range.end = secret.end;
                        *text = None;
                    }
                }
                _ => masks.ranges.push((secret, Some(shown))),
            }
        }
        masks.near.dedup();
        masks
    }

    pub(super) fn ranges(&self) -> &[Span] {
        &self.ranges
    }

    /// A part of `text` as it may be shown: the words of a comment.
    pub fn part(&self, text: &[u8], part: Range<usize>, encoding: Encoding) -> String {
        self.line(text, part, None, encoding).shown(Vec::new()).0
    }

    /// The line of `secret`, one before and one after, cut to a bounded width. `line` is the secret's first. What is shown
    /// of it is decided at the end of the run.
    pub fn snippet(&self, text: &[u8], secret: &Range<usize>, line: u64, encoding: Encoding) -> Snippet {
        let ends = Ends { text, encoding };
        let cut = ends.line_start(secret.start, BESIDE)..ends.line_end(secret.end, BESIDE);
        let own = self.line(text, cut.clone(), Some(secret), encoding);
        let (mut lines, mut first_line, mut at) = (vec![own], line, 0);
        if encoding == Encoding::Bytes {
            // A neighbouring line only where this one is whole.
            if let Some(end) = ends.before(cut.start) {
                let start = ends.line_start(end, NEIGHBOUR);
                lines.insert(0, self.line(text, start..end, None, encoding));
                (first_line, at) = (first_line - 1, 1);
            }
            let one = !text.get(secret.clone()).unwrap_or_default().iter().any(|b| matches!(b, b'\n' | b'\r'));
            if let Some(start) = ends.after(cut.end).filter(|start| one && *start < text.len()) {
                let end = ends.line_end(start, NEIGHBOUR);
                lines.push(self.line(text, start..end, None, encoding));
            }
        }
        Snippet { first_line, mark: (at, 0, 0), draft: Some(Box::new(Draft(lines))), ..Snippet::default() }
    }

    /// `text[cut]`, with everything that is to be hidden in it and some text beyond.
    fn line(&self, text: &[u8], cut: Range<usize>, mark: Option<&Range<usize>>, encoding: Encoding) -> DraftLine {
        let ends = Ends { text, encoding };
        let around = ends.line_start(cut.start, BEYOND)..ends.line_end(cut.end, BEYOND);
        let block = self.block(text, &around, encoding);
        let to = |range: &Range<usize>| block.place(text, range.start)..block.place(text, range.end);
        let mut line = DraftLine { block: Arc::clone(block.draft()), ..DraftLine::default() };
        (line.cut, line.mark) = (to(&cut), mark.map(to));
        // A finding that is no secret (a setting) is what the report is about: telling words beside it do not blank it.
        let found = block.found();
        let secret = |mark: &Range<usize>| found.iter().any(|(r, _)| r.start <= mark.start && mark.end <= r.end);
        let Some(mark) = line.mark.clone().filter(|mark| !secret(mark)) else { return line };
        let (short, beside) = block.more();
        let touches = |r: &Range<usize>| r.start < mark.end && mark.start < r.end;
        let (inside, outside): (Vec<_>, Vec<_>) = beside.iter().cloned().partition(touches);
        if inside.is_empty() {
            return line;
        }
        // What reaches into it, outside of it; and what looks generated in it.
        let all = to(&around);
        let generated = beside::generated_spans(&block.draft().text[all.clone()]).into_iter();
        let generated = generated.map(|r| all.start + r.start..all.start + r.end).filter(touches);
        let cut = inside.iter().flat_map(|r| [r.start..mark.start.max(r.start), mark.end.min(r.end)..r.end]);
        let more = short.iter().cloned().chain(outside).chain(generated).chain(cut);
        let more = more.filter(|r| !r.is_empty()).map(|r| (r, None)).collect();
        line.hidden = Some(spans::merged(found.to_vec(), more));
        line
    }

    /// The block that holds `around`, a part of a line or of several.
    fn block(&self, text: &[u8], around: &Range<usize>, encoding: Encoding) -> Rc<Block> {
        let ends = Ends { text, encoding };
        let mut start = ends.line_start(around.start, around.start % STEP);
        // A value may have begun in a line before, and only that line says so.
        for _ in 0..EARLIER {
            let Some(end) = ends.before(start) else { break };
            let line = ends.line_start(end, BEYOND);
            if line > 0 && ends.before(line).is_none() {
                break;
            }
            start = line;
        }
        let end = ends.line_end(around.end, STEP - around.end % STEP);
        let mut blocks = self.blocks.borrow_mut();
        if let Some(at) = blocks.iter().position(|b| *b.around() == (start..end)) {
            let block = blocks.remove(at);
            blocks.push(Rc::clone(&block));
            return block;
        }
        let block = Rc::new(Block::new(text, start..end, &self.ranges, &self.near, encoding));
        #[cfg(test)]
        self.made.set(self.made.get() + 1);
        if blocks.len() == REMEMBERED {
            blocks.remove(0);
        }
        blocks.push(Rc::clone(&block));
        block
    }
}

impl Known {
    /// Adds what was found in a text and is hidden wherever it stands.
    pub(super) fn add_hidden(&mut self, all: &[Hidden]) {
        for c in all.iter().filter(|c| c.reportable && known::everywhere(c.value.expose_in_clear())) {
            self.add(&c.value, c.identity, c.prefix);
        }
    }
}

/// Adds a value that a rule found, if it is hidden wherever it stands. What a setting says is no secret.
pub fn learn(known: &mut Known, value: &Secret, rule: &Rule) {
    if rule.identity != Identity::Setting && known::everywhere(value.expose_in_clear()) {
        known.add(value, rule.identity, rule.shown_prefix());
    }
}

/// Finds the ends of lines, in units of the encoding.
struct Ends<'a> {
    text: &'a [u8],
    encoding: Encoding,
}

impl Ends<'_> {
    fn step(&self) -> usize {
        self.encoding.width()
    }

    fn is_end(&self, at: usize) -> bool {
        let unit = self.text.get(at..at + self.step());
        unit.is_some_and(|unit| self.encoding.is(unit, b'\n') || self.encoding.is(unit, b'\r'))
    }

    fn line_start(&self, at: usize, most: usize) -> usize {
        let low = at.saturating_sub(most);
        let mut start = at;
        while start >= low + self.step() && !self.is_end(start - self.step()) {
            start -= self.step();
        }
        start
    }

    fn line_end(&self, at: usize, most: usize) -> usize {
        let high = self.text.len().min(at + most);
        let mut end = at;
        while end + self.step() <= high && !self.is_end(end) {
            end += self.step();
        }
        end
    }

    /// The end of the line before the one that begins here, if one does.
    fn before(&self, start: usize) -> Option<usize> {
        let end = start.checked_sub(1).filter(|at| self.is_end(*at))?;
        Some(end - usize::from(self.text.get(..start)?.ends_with(b"\r\n")))
    }

    /// The start of the line after the one that ends here, if one does.
    fn after(&self, end: usize) -> Option<usize> {
        let crlf = self.text.get(end..).is_some_and(|t| t.starts_with(b"\r\n"));
        self.is_end(end).then_some(end + 1 + usize::from(crlf))
    }
}

#[cfg(test)]
mod tests {
    use super::super::masker::Masker;
    use super::*;
    use std::fmt::Write as _;

    #[test]
    fn thousands_of_values_on_one_line_share_their_blocks() {
        let mut line = String::new();
        for n in 0..4000 {
            // In two parts, so that the test itself holds no URL with a password.
            line += "http:";
            write!(line, "//a:Kx{n}@").expect("text");
        }
        let masks = Masker::builtin().masks(line.as_bytes(), &mut Known::default());
        assert!(masks.ranges.len() > 3900, "{}", masks.ranges.len());
        let mut texts = std::collections::BTreeMap::new();
        for (secret, _) in masks.ranges() {
            let snippet = masks.snippet(line.as_bytes(), secret, 1, Encoding::Bytes);
            let own = snippet.draft.expect("a draft").0.remove(0);
            let (shown, _) = own.shown(Vec::new());
            texts.insert(Arc::as_ptr(&own.block), Arc::clone(&own.block));
            assert!(shown.contains("://a:…@") && !shown.contains("a:K"), "{shown}");
        }
        // A snippet may need the blocks on both sides of a border.
        let most = 4 * line.len().div_ceil(STEP);
        assert!(masks.made.get() <= most, "{} blocks of {} bytes", masks.made.get(), line.len());
        // Findings hold the text of their blocks together, not a copy each.
        let held: usize = texts.values().map(|block| block.text.len()).sum();
        assert!(held < 8 * line.len(), "{held} bytes are held for {}", line.len());
    }
}
