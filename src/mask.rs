//! Text that may be shown: every secret in it masked, at every confidence (design.md, law 5).
//!
//! In: text and a detector. Out: the same text with each candidate's bytes replaced, or a [`Snippet`] around one of
//! them. A neighbour may be a secret that this run had no reason to report, so all candidates count, weak ones too.
//! What comes out is still untrusted text: each sink escapes it.

use crate::detect::{Candidate, Detector, Input};
use crate::finding::Snippet;
use crate::rule::RuleSet;
use crate::text::view::Encoding;
use std::ops::Range;

/// Bytes shown to either side of a secret on its own line.
const BESIDE: usize = 120;
/// Bytes shown of a neighbouring line.
const NEIGHBOUR: usize = 160;

/// What to replace in a text: disjoint ranges in ascending order.
#[derive(Debug, Default)]
pub struct Masks(Vec<(Range<usize>, String)>);

impl Masks {
    /// Masks for these candidates of one text. Overlapping ones become one.
    pub fn new(candidates: &[Candidate], rules: &RuleSet) -> Self {
        let mut all: Vec<(Range<usize>, String)> = Vec::new();
        let mut sorted: Vec<&Candidate> = candidates.iter().collect();
        // Of two that are the same bytes, the one that knows whose secret it is says what may be shown.
        let knows = |c: &Candidate| rules.rule(c.rule).distinctive;
        sorted.sort_by_key(|c| (c.secret.start, std::cmp::Reverse((c.secret.end, knows(c)))));
        for c in sorted {
            let rule = rules.rule(c.rule);
            if rule.identity == crate::rule::Identity::Setting {
                continue;
            }
            match all.last_mut() {
                Some((range, text)) if c.secret.start < range.end => {
                    if c.secret.end > range.end {
                        range.end = c.secret.end;
                        *text = "…".into();
                    }
                }
                _ => all.push((c.secret.clone(), c.value.redacted(rule.identity, rule.shown_prefix()))),
            }
        }
        Self(all)
    }

    /// Whether there is nothing to mask.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `text[region]` with its secrets replaced; and, in characters of the result, where `mark` lies in it.
    fn apply(
        &self,
        text: &[u8],
        region: Range<usize>,
        mark: &Range<usize>,
        encoding: Encoding,
    ) -> (String, (usize, usize)) {
        let mut out = String::new();
        let mut marked = None;
        let mut at = region.start;
        let first = self.0.partition_point(|(r, _)| r.end <= region.start);
        for (range, replacement) in &self.0[first..] {
            if range.start >= region.end {
                break;
            }
            // A secret may begin before the region: then nothing plain stands in front of it.
            push_plain(&mut out, &mut marked, text, at..range.start.max(at), mark, encoding);
            let from = out.chars().count();
            out.push_str(replacement);
            if range.start <= mark.start && mark.end <= range.end {
                marked = Some((from, out.chars().count()));
            }
            at = range.end.min(region.end).max(at);
        }
        push_plain(&mut out, &mut marked, text, at..region.end.max(at), mark, encoding);
        (out, marked.unwrap_or((0, 0)))
    }

    /// The whole of `text`, masked.
    pub fn all(&self, text: &[u8]) -> String {
        self.apply(text, 0..text.len(), &(0..0), Encoding::Bytes).0
    }

    /// A part of `text`, masked.
    pub fn part(&self, text: &[u8], part: Range<usize>, encoding: Encoding) -> String {
        self.apply(text, part, &(0..0), encoding).0
    }

    /// The line of `secret`, one before and one after, masked and cut to a bounded width. `line` is the secret's first.
    pub fn snippet(&self, text: &[u8], secret: &Range<usize>, line: u64, encoding: Encoding) -> Snippet {
        let from = line_start(text, secret.start, BESIDE);
        // The byte after a line end may be the second half of its unit.
        let from = from + (secret.start - from) % encoding.width();
        let to = line_end(text, secret.end, BESIDE);
        let (own, (mark_from, mark_to)) = self.apply(text, from..to, secret, encoding);
        let own = own.trim_end_matches(['\n', '\r']).replace(['\n', '\r'], " ");
        let mut snippet = Snippet { first_line: line, lines: vec![own], mark: (0, mark_from, mark_to) };
        if encoding != Encoding::Bytes {
            return snippet;
        }
        // A neighbouring line only where it is whole: a cut could hide from the detector what it cuts.
        if from > 0 && is_line_end(text[from - 1]) {
            let end = from - 1 - usize::from(text[..from].ends_with(b"\r\n"));
            let start = line_start(text, end, NEIGHBOUR);
            let (before, _) = self.apply(text, start..end, &(0..0), encoding);
            snippet.lines.insert(0, before);
            snippet.first_line -= 1;
            snippet.mark.0 = 1;
        }
        if !text[secret.clone()].iter().any(|b| is_line_end(*b)) && text.get(to).copied().is_some_and(is_line_end) {
            let start = to + 1 + usize::from(text[to..].starts_with(b"\r\n"));
            if start < text.len() {
                let end = line_end(text, start, NEIGHBOUR);
                snippet.lines.push(self.apply(text, start..end, &(0..0), encoding).0);
            }
        }
        snippet
    }
}

/// `text` (a path, a message) with every secret in it masked; `None` when there is none.
pub fn masked(text: &[u8], detector: &Detector<'_>) -> Option<String> {
    let found = detector.candidates(&Input::all(text));
    let masks = Masks::new(&found.candidates, detector.rules());
    (!masks.is_empty()).then(|| masks.all(text))
}

/// Appends a part that holds no secret. A setting is not masked, so its mark lies in such a part.
fn push_plain(
    out: &mut String,
    marked: &mut Option<(usize, usize)>,
    text: &[u8],
    part: Range<usize>,
    mark: &Range<usize>,
    encoding: Encoding,
) {
    if mark.is_empty() || mark.start < part.start || part.end < mark.end {
        out.push_str(&encoding.decode(&text[part]));
        return;
    }
    out.push_str(&encoding.decode(&text[part.start..mark.start]));
    let from = out.chars().count();
    out.push_str(&encoding.decode(&text[mark.clone()]));
    *marked = Some((from, out.chars().count()));
    out.push_str(&encoding.decode(&text[mark.end..part.end]));
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn line_start(text: &[u8], at: usize, most: usize) -> usize {
    let low = at.saturating_sub(most);
    text[low..at].iter().rposition(|b| is_line_end(*b)).map_or(low, |i| low + i + 1)
}

fn line_end(text: &[u8], at: usize, most: usize) -> usize {
    let high = text.len().min(at + most);
    text[at..high].iter().position(|b| is_line_end(*b)).map_or(high, |i| at + i)
}
