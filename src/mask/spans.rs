//! Parts of a text that are replaced, and the text that results.
//!
//! In: [`Span`]s of one text. Out: disjoint ones, and the text with each replaced. Where spans overlap, the earlier list
//! decides what is shown, and what of a later one reaches beyond it is hidden all the same.

use crate::finding::{DraftLine, Span};
use std::ops::Range;

/// What stands for a secret of which nothing may be shown.
pub(super) const BLANK: &str = "…";

/// `first`, and what of `more` it does not cover; sorted and disjoint. `first` is so already.
pub(super) fn merged(first: Vec<Span>, mut more: Vec<Span>) -> Vec<Span> {
    more.sort_by_key(|(range, shown)| (range.start, std::cmp::Reverse(range.end), shown.is_none()));
    let mut all = first;
    let held = all.len();
    let mut done = 0;
    for (range, shown) in more {
        let mut from = range.start.max(done);
        done = done.max(range.end);
        let whole = from == range.start;
        let begin = all[..held].partition_point(|(r, _)| r.end <= from);
        let mut parts = Vec::new();
        for (r, _) in all[begin..held].iter().take_while(|(r, _)| r.start < range.end) {
            if from < r.start {
                parts.push(from..r.start);
            }
            from = from.max(r.end);
        }
        if from < range.end {
            parts.push(from..range.end);
        }
        let alone = whole && parts.first() == Some(&range);
        let shown = if alone { shown } else { None };
        all.extend(parts.into_iter().map(|part| (part, shown.clone())));
    }
    all.sort_by_key(|(r, _)| r.start);
    // Two blanks beside one another are one.
    all.dedup_by(|later, kept| {
        let join = later.0.start == kept.0.end && later.1.is_none() && kept.1.is_none();
        if join {
            kept.0.end = later.0.end;
        }
        join
    });
    all
}

/// `text[cut]` with its spans replaced, and where `mark` is in the result, in characters.
pub(super) fn replaced(
    text: &str,
    spans: &[Span],
    cut: &Range<usize>,
    mark: Option<&Range<usize>>,
) -> (String, Option<(usize, usize)>) {
    // With its length in characters, which is not counted again for each span.
    let mut out = (String::new(), 0);
    let push = |out: &mut (String, usize), text: &str| {
        out.0.push_str(text);
        out.1 += text.chars().count();
    };
    let (mut from, mut to) = (None, None);
    let plain = |out: &mut (String, usize), part: Range<usize>, from: &mut Option<usize>, to: &mut Option<usize>| {
        let text = text.get(part.clone()).unwrap_or_default();
        let place = |at: usize, before: usize| before + text.get(..at - part.start).unwrap_or_default().chars().count();
        if let Some(mark) = mark {
            if from.is_none() && (part.start..=part.end).contains(&mark.start) && mark.start < part.end {
                *from = Some(place(mark.start, out.1));
            }
            if to.is_none() && from.is_some() && (part.start..=part.end).contains(&mark.end) {
                *to = Some(place(mark.end, out.1));
            }
        }
        push(out, text);
    };
    let mut at = cut.start;
    let reaching = spans.iter().take_while(|(r, _)| r.start < cut.end).filter(|(r, _)| r.end > cut.start);
    for (range, shown) in reaching {
        plain(&mut out, at..range.start.max(at), &mut from, &mut to);
        let start = out.1;
        push(&mut out, shown.as_deref().unwrap_or(BLANK));
        if let Some(mark) = mark {
            if from.is_none() && mark.start < range.end && range.start <= mark.start {
                from = Some(start);
            }
            if to.is_none() && from.is_some() && mark.end <= range.end {
                to = Some(out.1);
            }
        }
        at = range.end.min(cut.end).max(at);
    }
    plain(&mut out, at..cut.end.max(at), &mut from, &mut to);
    (out.0, from.zip(to))
}

impl DraftLine {
    /// The line as it is shown, with `more` of its block hidden, too.
    pub(super) fn shown(&self, more: Vec<Span>) -> (String, Option<(usize, usize)>) {
        let hidden = self.hidden.as_ref().unwrap_or(&self.block.hidden);
        self.without(&merged(hidden.clone(), more))
    }

    /// The line without what `all`, disjoint and ascending, hides in its block.
    pub(super) fn without(&self, all: &[Span]) -> (String, Option<(usize, usize)>) {
        let first = all.partition_point(|(r, _)| r.end <= self.cut.start);
        replaced(&self.block.text, &all[first..], &self.cut, self.mark.as_ref())
    }
}

/// `text` with its spans replaced. What is not UTF-8 is only changed where something is hidden.
pub(super) fn bytes_replaced(text: &[u8], all: &[Span]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for (range, shown) in all {
        out.extend_from_slice(text.get(at..range.start).unwrap_or_default());
        out.extend_from_slice(shown.as_deref().unwrap_or(BLANK).as_bytes());
        at = range.end;
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_beyond_another_span_is_hidden_all_the_same() {
        let first = vec![(2..4, Some("<a>".into())), (8..9, Some("<b>".into()))];
        let all = merged(first, vec![(0..3, None), (3..10, None), (12..14, Some("<c>".into()))]);
        let (text, mark) = replaced("0123456789abcdefgh", &all, &(0..18), Some(&(2..4)));
        assert_eq!((text.as_str(), mark), ("…<a>…<b>…ab<c>efgh", Some((1, 4))));
    }

    #[test]
    fn a_cut_inside_a_span_shows_nothing_of_it() {
        let spans = vec![(2..6, None)];
        assert_eq!(replaced("0123456789", &spans, &(4..8), None).0, "…67");
        assert_eq!(replaced("0123456789", &spans, &(0..4), None).0, "01…");
        assert_eq!(replaced("0123456789", &spans, &(0..8), Some(&(6..8))), ("01…67".into(), Some((3, 5))));
        assert_eq!(replaced("0123456789", &[], &(0..8), Some(&(6..8))), ("01234567".into(), Some((6, 8))));
    }
}
