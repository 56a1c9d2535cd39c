//! What is hidden in the lines around a finding, decided on the worker that has the blob.
//!
//! In: a text (a blob, or a window of it) and everything that rules find in it. Out: [`Draft`]s of lines: their text with
//! what rules find, what is near a telling word or looks generated, and short values near their own match. The end of the
//! run adds the values that were found elsewhere (`outcome`), in text that nothing has cut to pieces.

use super::{Hidden, beside, known, spans, words};
use crate::finding::{Draft, DraftLine, Known, Snippet, Span};
use crate::rule::{Identity, Rule};
use crate::secret::Secret;
use crate::text::view::Encoding;
use std::ops::Range;

/// Bytes shown to either side of a secret on its own line.
const BESIDE: usize = 120;
/// Bytes shown of a neighbouring line.
const NEIGHBOUR: usize = 160;
/// Bytes beyond what is shown that are looked at for telling words and for the rest of a value.
const BEYOND: usize = 256;
/// How far from its match a short value or a word is hidden, in bytes.
const NEAR: usize = 256;
/// Longest secret whose text a draft keeps: of a longer one nothing can be told from a part.
const KEPT: usize = 1024;

/// What rules find in a text.
#[derive(Debug, Default)]
pub struct Masks {
    /// Disjoint, ascending: where, and what stands for it.
    ranges: Vec<Span>,
    /// Short values and words, by their place.
    near: Vec<(Range<usize>, Box<[u8]>)>,
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
        let around = part.start.saturating_sub(BEYOND & !3)..text.len().min(part.end + BEYOND);
        self.line(text, around, part, None, encoding).shown(Vec::new()).0
    }

    /// The line of `secret`, one before and one after, cut to a bounded width. `line` is the secret's first. What is shown
    /// of it is decided at the end of the run.
    pub fn snippet(&self, text: &[u8], secret: &Range<usize>, line: u64, encoding: Encoding) -> Snippet {
        let ends = Ends { text, encoding };
        let cut = ends.line_start(secret.start, BESIDE)..ends.line_end(secret.end, BESIDE);
        let wide = |start, end| ends.line_start(start, BEYOND)..ends.line_end(end, BEYOND);
        let own = self.line(text, wide(cut.start, cut.end), cut.clone(), Some(secret), encoding);
        let (mut lines, mut first_line, mut at) = (vec![own], line, 0);
        if encoding == Encoding::Bytes {
            // A neighbouring line only where this one is whole.
            if let Some(end) = ends.before(cut.start) {
                let start = ends.line_start(end, NEIGHBOUR);
                lines.insert(0, self.line(text, wide(start, end), start..end, None, encoding));
                (first_line, at) = (first_line - 1, 1);
            }
            let one = !text.get(secret.clone()).unwrap_or_default().iter().any(|b| matches!(b, b'\n' | b'\r'));
            if let Some(start) = ends.after(cut.end).filter(|start| one && *start < text.len()) {
                let end = ends.line_end(start, NEIGHBOUR);
                lines.push(self.line(text, wide(start, end), start..end, None, encoding));
            }
        }
        Snippet { first_line, mark: (at, 0, 0), draft: Some(Box::new(Draft(lines))), ..Snippet::default() }
    }

    /// `text[around]` with everything that is to be hidden in it; `cut` of it is shown.
    fn line(
        &self,
        text: &[u8],
        around: Range<usize>,
        cut: Range<usize>,
        mark: Option<&Range<usize>>,
        encoding: Encoding,
    ) -> DraftLine {
        let mut line = DraftLine::default();
        // Where the parts begin and end that are told apart, in bytes of the text and of the line.
        let mut stops: Vec<usize> =
            [cut.start, cut.end].into_iter().chain(mark.into_iter().flat_map(|m| [m.start, m.end])).collect();
        let mut places = Vec::new();
        let first = self.ranges.partition_point(|(r, _)| r.end <= around.start);
        let hidden = self.ranges.get(first..).unwrap_or_default().iter().take_while(|(r, _)| r.start < around.end);
        let hidden: Vec<&Span> = hidden.collect();
        stops.extend(hidden.iter().flat_map(|(r, _)| [r.start, r.end]));
        stops.extend([around.start, around.end]);
        stops.iter_mut().for_each(|s| *s = (*s).clamp(around.start, around.end));
        stops.sort_unstable();
        stops.dedup();
        for part in stops.windows(2) {
            let [start, end] = *part else { continue };
            places.push((start, line.text.len()));
            let long = hidden.iter().any(|(r, _)| r.start <= start && end <= r.end && r.len() > KEPT);
            match long {
                true => line.text.push('\0'),
                false => line.text.push_str(&encoding.decode(text.get(start..end).unwrap_or_default())),
            }
        }
        places.push((around.end, line.text.len()));
        let place = |at: usize| {
            let n = places.partition_point(|(source, _)| *source < at);
            places.get(n).map_or(line.text.len(), |(_, to)| *to)
        };
        let to = |range: &Range<usize>| place(range.start)..place(range.end);
        let found: Vec<Span> = hidden.iter().map(|(range, shown)| (to(range), shown.clone())).collect();
        (line.cut, line.mark) = (to(&cut), mark.map(to));
        let mut more = self.short(&around, &line.text);
        let ranges: Vec<Range<usize>> = found.iter().map(|(r, _)| r.clone()).collect();
        // A finding that is no secret (a setting) is what the report is about: telling words beside it do not blank it.
        let spared =
            line.mark.clone().filter(|mark| !ranges.iter().any(|r| r.start <= mark.start && mark.end <= r.end));
        let outside = |r: &Range<usize>| spared.as_ref().is_none_or(|mark| r.end <= mark.start || mark.end <= r.start);
        let (beside, inside): (Vec<_>, Vec<_>) = beside::spans(&line.text, &ranges).into_iter().partition(outside);
        more.extend(beside);
        if !inside.is_empty() {
            // What reaches into it, outside of it; and what looks generated in it.
            let mark = spared.unwrap_or_default();
            let generated = beside::generated_spans(&line.text);
            more.extend(generated.into_iter().filter(|r| r.start < mark.end && mark.start < r.end));
            more.extend(inside.iter().flat_map(|r| [r.start..mark.start.max(r.start), mark.end.min(r.end)..r.end]));
        }
        let more = more.into_iter().filter(|r| !r.is_empty()).map(|r| (r, None)).collect();
        line.hidden = spans::with(found, more);
        line
    }

    /// Short values and words whose match is near `around`, in the text of it.
    fn short(&self, around: &Range<usize>, line: &str) -> Vec<Range<usize>> {
        let first = self.near.partition_point(|(at, _)| at.start + 2 * NEAR < around.start);
        let near = self.near.get(first..).unwrap_or_default().iter();
        let near =
            near.take_while(|(at, _)| at.start < around.end + NEAR).filter(|(at, _)| at.end + NEAR > around.start);
        let mut out = Vec::new();
        let mut values: Vec<&[u8]> = near.map(|(_, value)| &**value).collect();
        values.sort_unstable();
        values.dedup();
        for value in values {
            let Ok(value) = std::str::from_utf8(value) else { continue };
            // A word, and what is very short, only where it stands alone; the telling word itself is nobody's secret.
            let alone = value.len() < 5 || words::is_word(value.as_bytes());
            if value.is_empty() || beside::is_telling(value) {
                continue;
            }
            out.extend(line.match_indices(value).map(|(at, _)| at..at + value.len()).filter(|r| {
                let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                let glued = letter(line[..r.start].chars().next_back()) || letter(line[r.end..].chars().next());
                !(alone && glued)
            }));
        }
        out
    }
}

impl Known {
    /// Adds what was found in a text and is hidden wherever it stands.
    pub(super) fn take(&mut self, all: &[Hidden]) {
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
