//! A name at the head of a column, and its values in the rows below: `INSERT INTO t (a, password) VALUES (...)`, `COPY`, CSV,
//! tables of Markdown.
//!
//! In: text and a [`Key`]. Out: whether the key is such a head ([`head`]), and then the values of its column ([`values`]), those of the
//! first [`ROWS`] rows: more of them are a table of people, which has a rule of its own. Refuses lists of names without rows.

use super::join::{Join, blanks, space};
use super::key::{Key, at, cut};
use super::literal::Found;
use std::ops::Range;

/// Most rows that are read.
const ROWS: usize = 20;
/// Longest list of names before ours, in bytes.
const NAMES: usize = 560;

/// Where a head stands.
pub(super) struct Head {
    /// Number of columns before it.
    index: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Insert,
    Copy,
    /// Fields with this sign between them, a line each.
    Lines(u8),
}

/// Whether `key` is the head of a column.
pub(super) fn head(text: &[u8], key: &Key) -> Option<Head> {
    let quoted = usize::from(key.closing == 1);
    let start = key.ident.start.checked_sub(if key.quoted || key.lead == b'[' { 1 } else { 0 })?;
    let end = key.ident.end + quoted + usize::from(at(text, key.ident.end) == b']');
    let before = cut(text, start.saturating_sub(NAMES)..start);
    match at(text, blanks(text, end)) {
        b',' | b')' => in_statement(before).or_else(|| in_line(text, before, end, b',')),
        sign @ (b';' | b'\t') => in_line(text, before, end, sign),
        b'|' => in_line(text, before, end, b'|'),
        b'\n' | b'\r' => {
            let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_end();
            let sign = *line.last().filter(|b| matches!(b, b',' | b';' | b'\t'))?;
            in_line(text, before, end, sign)
        }
        _ => None,
    }
}

/// The list of columns of `INSERT INTO` or `COPY`.
fn in_statement(before: &[u8]) -> Option<Head> {
    let name =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'`' | b'"' | b'[' | b']' | b'.' | b'$' | b'-' | b'#');
    let mut open = before.len();
    loop {
        open = open.checked_sub(1)?;
        match before[open] {
            b'(' => break,
            b if name(b) || b == b',' || b.is_ascii_whitespace() => {}
            _ => return None,
        }
    }
    // The name of the table, and the word before it.
    let table = before[..open].trim_ascii_end();
    let word = &table[..table.len() - table.iter().rev().take_while(|b| name(**b)).count()];
    let word = word.trim_ascii_end();
    let ends = |with: &[u8]| word.len() >= with.len() && word[word.len() - with.len()..].eq_ignore_ascii_case(with);
    let kind = if ends(b"into") || ends(b"replace") {
        Kind::Insert
    } else if ends(b"copy") {
        Kind::Copy
    } else {
        return None;
    };
    Some(Head { index: before[open..].iter().filter(|b| **b == b',').count(), kind })
}

/// A line of names: each column is one, and the next line has as many.
fn in_line(text: &[u8], before: &[u8], end: usize, sign: u8) -> Option<Head> {
    let table = sign == b'|';
    // Lines of a program begin with blanks, have them behind their commas, or end with a comma.
    let is_name = |field: &[u8]| {
        let field = if table { field.trim_ascii() } else { field };
        let field = field.strip_prefix(b"\"").and_then(|f| f.strip_suffix(b"\"")).unwrap_or(field);
        field.len() <= 40
            && (table || !field.is_empty())
            && field
                .first()
                .is_none_or(|b| b.is_ascii_alphabetic() || !b.is_ascii() || matches!(b, b'_' | b'#' | b'*' | b'`'))
            && field.iter().all(|b| {
                b.is_ascii_alphanumeric() || !b.is_ascii() || b"_-.".contains(b) || (table && b" *`/".contains(b))
            })
    };
    let start = memchr::memrchr(b'\n', before).map_or(0, |n| n + 1);
    if start == 0 && before.len() == NAMES {
        return None;
    }
    let before = &before[start..];
    // What is between the sign before our name and the name itself is white space in a table, and nothing elsewhere.
    let (own, names) = match memchr::memrchr(sign, before) {
        Some(place) => (&before[place + 1..], &before[..place]),
        None => (before, &before[..0]),
    };
    if !own.trim_ascii().is_empty() || (!table && !own.is_empty()) {
        return None;
    }
    let index = before.iter().filter(|b| **b == sign).count();
    if index > 0 && !names.split(|b| *b == sign).all(is_name) {
        return None;
    }
    let rest = cut(text, end..end + NAMES);
    let len = memchr::memchr(b'\n', rest)?;
    let names = rest[..len].trim_ascii_end().trim_ascii_start();
    let more = names.iter().filter(|b| **b == sign).count();
    if more > 0 && !names.strip_prefix(&[sign]).is_some_and(|names| names.split(|b| *b == sign).all(is_name)) {
        return None;
    }
    let next = cut(text, end + len + 1..end + len + 1 + 1024);
    let row = &next[..memchr::memchr(b'\n', next).unwrap_or(next.len())];
    // A table of Markdown has a line of dashes below its head.
    let rule = row.iter().all(|b| b"|-: \r".contains(b)) && row.contains(&b'-');
    let row = row.trim_ascii_end();
    let is_row = !row.first().is_some_and(u8::is_ascii_whitespace) && row.last() != Some(&sign);
    let fits = if table { rule } else { is_row && fields(row, sign).len() == index + more + 1 };
    (index + more > 0 && fits).then_some(Head { index, kind: Kind::Lines(sign) })
}

/// The fields of a line, as ranges of it; signs in quotes do not count.
fn fields(line: &[u8], sign: u8) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (i, b) in line.iter().enumerate() {
        quoted ^= *b == b'"';
        if *b == sign && !quoted {
            out.push(start..i);
            start = i + 1;
        }
    }
    out.push(start..line.len());
    out
}

/// The values below `head`.
pub(super) fn values(text: &[u8], key: &Key, head: &Head) -> Vec<Found> {
    match head.kind {
        Kind::Insert => insert(text, key.ident.end, head.index),
        Kind::Copy => {
            let mut from = key.ident.end;
            let near = cut(text, from..from + 640).to_ascii_lowercase();
            let Some(stdin) = memchr::memmem::find(&near, b"stdin;") else { return Vec::new() };
            from += stdin;
            lines(text, from, head.index, b'\t')
        }
        Kind::Lines(sign) => lines(text, key.ident.end, head.index, sign),
    }
}

fn lines(text: &[u8], from: usize, index: usize, sign: u8) -> Vec<Found> {
    let mut out = Vec::new();
    let mut here = from;
    for _ in 0..ROWS {
        let Some(next) = text.get(here..).and_then(|rest| memchr::memchr(b'\n', rest)) else { break };
        let start = here + next + 1;
        let rest = cut(text, start..start + 8 * 1024);
        let line = cut(rest, 0..memchr::memchr(b'\n', rest).unwrap_or(rest.len()));
        if line.trim_ascii().is_empty() || line.starts_with(b"\\.") {
            break;
        }
        here = start;
        let Some(field) = fields(line, sign).into_iter().nth(index) else { break };
        let body = cut(line, field.clone());
        let lead = body.len() - body.trim_ascii_start().len();
        let body = body.trim_ascii();
        let mark =
            body.first().copied().filter(|b| matches!(b, b'"' | b'`') && body.len() > 2 && body.last() == Some(b));
        let cut_off = usize::from(mark.is_some());
        let from = start + field.start + lead + cut_off;
        let secret = from..from + body.len() - 2 * cut_off;
        if !secret.is_empty() && !body.iter().all(|b| b"-:".contains(b)) {
            let mut found = Found::new(secret.clone(), secret.end, Join::Cell);
            found.quoted = mark.is_some() || sign != b'|';
            out.push(found);
        }
    }
    out
}

/// The values of a column of `INSERT`, row by row.
fn insert(text: &[u8], from: usize, index: usize) -> Vec<Found> {
    let mut out = Vec::new();
    let near = cut(text, from..from + 1024);
    let Some(close) = memchr::memchr(b')', near) else { return out };
    let mut here = space(text, from + close + 1);
    let word = cut(text, here..here + 6).to_ascii_lowercase();
    if !word.starts_with(b"value") {
        return out;
    }
    here += if word == b"values" { 6 } else { 5 };
    for _ in 0..ROWS {
        here = space(text, here);
        if at(text, here) != b'(' {
            break;
        }
        let Some((row, end)) = tuple(text, here + 1) else { break };
        if let Some(value) = row.get(index).filter(|value| value.1) {
            let mut found = Found::new(value.0.clone(), value.0.end + 1, Join::Pair);
            found.quoted = true;
            out.push(found);
        }
        here = space(text, end);
        if at(text, here) != b',' {
            break;
        }
        here += 1;
    }
    out
}

/// An item of a row, and whether it is a text.
type Item = (Range<usize>, bool);

/// The items of a row that begins at `from`, and the place behind its bracket.
fn tuple(text: &[u8], from: usize) -> Option<(Vec<Item>, usize)> {
    let mut items = Vec::new();
    let (mut here, mut depth, mut item) = (from, 0_usize, None);
    let limit = text.len().min(from + 16 * 1024);
    let mut start = from;
    while here < limit {
        match at(text, here) {
            // A text, a backslash before each of its quotes or not.
            mark @ (b'\'' | b'"') => {
                let open = here + 1;
                here = open;
                while here < limit && (at(text, here) != mark || at(text, here + 1) == mark) {
                    here += if at(text, here) == mark || at(text, here) == b'\\' { 2 } else { 1 };
                }
                if depth == 0 {
                    item = Some(open..here);
                }
            }
            b'(' => depth += 1,
            b')' if depth == 0 => {
                items.push((item.clone().unwrap_or(start..here), item.is_some()));
                return Some((items, here + 1));
            }
            b')' => depth -= 1,
            b',' if depth == 0 => {
                items.push((item.clone().unwrap_or(start..here), item.is_some()));
                item = None;
                start = here + 1;
            }
            _ => {}
        }
        here += 1;
    }
    None
}
