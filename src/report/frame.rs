//! The code frame of the report for people: lines with numbers, and carets under the mask of the secret.
//!
//! In: a snippet, whose secrets are masked already but whose text is untrusted. Out: [`Frame`], escaped, cut around the
//! mark to a width in terminal columns. It refuses to trust the mark: one that points nowhere gives no carets.

use crate::finding::Snippet;
use crate::text::escape;
use unicode_width::UnicodeWidthChar as _;

/// Columns of a tab.
const TAB: &str = "    ";
/// Most characters of a line to look at to either side of the mark: lines are bounded already, this is a second guard.
const MAX_CHARS: usize = 400;

/// A code frame, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// Lines with their numbers.
    pub(super) rows: Vec<Row>,
    /// Columns of the widest number.
    pub(super) digits: usize,
}

/// One line of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) number: u64,
    /// What stands before the mask; the whole line, if the mask is not on it.
    pub(super) before: String,
    /// The mask.
    pub(super) mask: String,
    /// What stands after the mask.
    pub(super) after: String,
}

impl Frame {
    /// The frame of `snippet` in `width` columns, numbers included: the marked line and at most one line to either side.
    /// `None` when there is nothing to show.
    pub(super) fn new(snippet: &Snippet, width: usize) -> Option<Self> {
        let (marked, from, to) = snippet.mark;
        let first = marked.saturating_sub(1);
        let chosen: Vec<(usize, &String)> = snippet
            .lines
            .iter()
            .enumerate()
            .skip(first)
            .take(marked - first + 2)
            .filter(|(i, line)| *i == marked || !line.trim().is_empty())
            .collect();
        let number = |i: usize| snippet.first_line.saturating_add(i as u64);
        let digits = chosen.iter().map(|(i, _)| number(*i).to_string().len()).max()?;
        // Number, blank, bar, blank.
        let width = width.saturating_sub(digits + 3).max(16);
        let rows = chosen
            .into_iter()
            .map(|(i, line)| {
                let (before, mask, after) =
                    if i == marked { split(line, from, to) } else { (text(line), String::new(), String::new()) };
                let (before, mask, after) = fit(before, mask, after, width);
                Row { number: number(i), before, mask, after }
            })
            .collect();
        Some(Self { rows, digits })
    }
}

/// The three parts of the marked line, escaped. A mark that lies outside gives the line without a mask.
fn split(line: &str, from: usize, to: usize) -> (String, String, String) {
    let end = |n: usize| line.char_indices().map(|(i, _)| i).chain([line.len()]).nth(n);
    match (end(from), end(to)) {
        (Some(from), Some(to)) if from < to => {
            let part = |from, to| line.get(from..to).unwrap_or_default();
            let before = part(0, from);
            let skip = before.chars().count().saturating_sub(MAX_CHARS);
            let before: String = before.chars().skip(skip).collect();
            (text(&before), text(part(from, to)), text(part(to, line.len())))
        }
        _ => (text(line), String::new(), String::new()),
    }
}

/// Untrusted text of a line for a terminal, tabs expanded, bounded.
fn text(part: &str) -> String {
    let part = match part.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => part.get(..end).unwrap_or_default(),
        None => part,
    };
    escape::terminal(part.replace('\t', TAB).as_bytes()).into_owned()
}

/// Cuts the parts so that together they fill at most `width` columns: the mask stays, the rest is shared.
fn fit(before: String, mask: String, after: String, width: usize) -> (String, String, String) {
    let mask = if columns(&mask) > width { cut_end(&mask, width) } else { mask };
    let room = width.saturating_sub(columns(&mask));
    let (left, right) = (columns(&before), columns(&after));
    if left + right <= room {
        return (before, mask, after);
    }
    // A line without a mask keeps its start; else the left side gets half, or what the right one leaves.
    let left_room = if mask.is_empty() { room } else { (room / 2).max(room.saturating_sub(right)) };
    let before = match () {
        () if left <= left_room => before,
        () if mask.is_empty() => cut_end(&before, left_room),
        () => cut_start(&before, left_room),
    };
    let after = cut_end(&after, room.saturating_sub(columns(&before)));
    (before, mask, after)
}

/// Columns that `text` fills in a terminal.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The start of `text` in `width` columns, `…` at its end if anything was cut.
pub(super) fn cut_end(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= width
        })
        .collect();
    if width == 0 { String::new() } else { kept + "…" }
}

/// The end of `text` in `width` columns, `…` before it if anything was cut.
fn cut_start(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let kept = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| {
            used += c.width().unwrap_or(0);
            used <= width
        })
        .last()
        .map_or("", |(i, _)| text.get(i..).unwrap_or_default());
    if width == 0 { String::new() } else { format!("…{kept}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(line: &str, mark: (usize, usize), width: usize) -> (String, String, String) {
        let snippet = Snippet { first_line: 7, lines: vec![line.into()], mark: (0, mark.0, mark.1), draft: None };
        let row = Frame::new(&snippet, width).unwrap().rows.remove(0);
        (row.before, row.mask, row.after)
    }

    #[test]
    fn a_long_line_is_cut_around_the_mask() {
        let line = format!("{}MASK{}", "a".repeat(200), "z".repeat(200));
        let (before, mask, after) = frame(&line, (200, 204), 44);
        assert_eq!(mask, "MASK");
        assert_eq!((before.as_str(), after.as_str()), ("…aaaaaaaaaaaaaaaaa", "zzzzzzzzzzzzzzzzz…"));
        // Nothing on the right: the left gets all the room.
        let (before, _, after) = frame(&line[..204], (200, 204), 44);
        assert_eq!((columns(&before), after.as_str()), (36, ""));
    }

    #[test]
    fn wide_characters_and_tabs_count_as_the_terminal_counts() {
        let (before, mask, _) = frame("\t鍵=MASK", (3, 7), 80);
        assert_eq!((before.as_str(), mask.as_str(), columns(&before)), ("    鍵=", "MASK", 7));
        assert!(columns(&cut_end("鍵鍵鍵鍵", 6)) <= 6);
        assert!(columns(&cut_start("鍵鍵鍵鍵", 6)) <= 6);
    }

    #[test]
    fn a_mark_that_points_nowhere_gives_no_mask() {
        for mark in [(0, 0), (3, 2), (9, 12), (0, usize::MAX)] {
            assert_eq!(frame("four", mark, 80), ("four".into(), String::new(), String::new()));
        }
        assert_eq!(
            Frame::new(&Snippet { first_line: 1, lines: vec!["a".into()], mark: (7, 0, 1), draft: None }, 80),
            None
        );
        assert_eq!(Frame::new(&Snippet::default(), 80), None);
    }
}
