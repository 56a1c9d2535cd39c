//! Where a value ends that is quoted, stands in markup, a list or a block; `bare.rs` reads those without quotes.
//!
//! In: text and the place behind the separator. Out: [`Found`]. Refuses empty values, texts with interpolation, shell
//! commands in backticks, and values that do not end within [`MAX_VALUE`] bytes.

use super::bare::{bare, ended_by_quote};
use super::key::{Key, at, cut, quote_len};
use super::syntax::{Join, blanks, space};
use std::ops::Range;

/// Longest value in bytes.
pub(super) const MAX_VALUE: usize = 1024;

/// Most values of one list.
const MAX_LIST: usize = 16;

/// A literal and how it is written.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub secret: Range<usize>,
    /// The first value of a list whose values are one secret.
    pub first: Option<Range<usize>>,
    /// Just behind the value and its closing quote.
    pub close: usize,
    pub join: Join,
    pub quoted: bool,
    /// Backslashes before each of its quotes: it is written inside another text.
    pub nested: bool,
    /// An argument of a call whose result is the value.
    pub wrapped: bool,
    /// The default of a variable.
    pub default: bool,
    /// More words stand behind a bare value on its line.
    pub more: bool,
    /// A bare value that ends at a bracket, comma or semicolon, as in code.
    pub code: bool,
    /// A bare value inside a quoted text (a connection string, a command).
    pub inside: bool,
    /// Joined with something that is no literal (`"..." + x`).
    pub joined: bool,
}

impl Found {
    pub(super) fn new(secret: Range<usize>, close: usize, join: Join) -> Self {
        Self {
            secret,
            first: None,
            close,
            join,
            quoted: false,
            nested: false,
            wrapped: false,
            default: false,
            more: false,
            code: false,
            inside: false,
            joined: false,
        }
    }
}

/// Reads the value that begins at or after `from`.
pub(super) fn read(text: &[u8], from: usize, join: Join, key: &Key) -> Option<Found> {
    let here = blanks(text, from);
    // `"Password: "`: the quote behind the colon ends the text that the name stands in.
    if key.closing == 0
        && matches!(at(text, here), b'"' | b'\'' | b'`')
        && ended_by_quote(text, key) == Some(at(text, here))
    {
        return None;
    }
    if let Some(found) = literal(text, here, join) {
        return Some(found);
    }
    match at(text, here) {
        b'\n' | b'\r' => next_line(text, here, join, key),
        b'\\' if matches!(at(text, here + 1), b'\n' | b'\r') => literal(text, space(text, here + 1), join),
        // Brackets that only let a value stand on a line of its own.
        b'(' if matches!(at(text, here + 1), b'\n' | b'\r') => {
            literal(text, space(text, here + 1), join).filter(|found| at(text, space(text, found.close)) == b')')
        }
        b'[' | b'{' if join != Join::Cell => {
            let inner = space(text, here + 1);
            if at(text, here) == b'{' { nested_value(text, inner) } else { list(text, literal(text, inner, join)?) }
        }
        b'|' | b'>' if join == Join::Colon => block(text, here),
        _ => bare(text, here, join, key),
    }
}

/// A list of generated values is one finding from the first to the last, so that none of them is shown beside another.
fn list(text: &[u8], first: Found) -> Option<Found> {
    let (mut last, mut found) = (first.clone(), first);
    for _ in 0..MAX_LIST {
        let comma = space(text, last.close);
        match at(text, comma) {
            b']' => {
                found.first = Some(found.secret.clone());
                found.secret.end = last.secret.end;
                found.close = last.close;
                return Some(found);
            }
            b',' => {}
            _ => break,
        }
        let Some(next) = literal(text, space(text, comma + 1), found.join) else { break };
        let value = cut(text, next.secret.clone());
        if value.len() * 2 < found.secret.len()
            || value.len() < 12
            || found.secret.len() < 12
            || !value.iter().any(u8::is_ascii_digit)
        {
            break;
        }
        last = next;
    }
    Some(found)
}

/// `{"type": "string", "value": "..."}` behind a name.
fn nested_value(text: &[u8], from: usize) -> Option<Found> {
    let body = cut(text, from..from + 160);
    let body = cut(body, 0..body.iter().position(|b| *b == b'}')?);
    let i = body.windows(5).position(|w| w == b"value")?;
    let end = from + i + 5;
    let end = blanks(text, end + quote_len(text, end).map_or(0, |(len, _)| len));
    matches!(at(text, end), b':' | b'=').then_some(())?;
    literal(text, space(text, end + 1), Join::Named)
}

/// Where a quoted literal begins at `from`: position of its quote (or of the backslashes before it) behind a prefix
/// (`b"`, `f"`, `@"`, `N'`), and whether the prefix allows interpolation.
pub(super) fn quote_start(text: &[u8], from: usize) -> Option<(usize, bool)> {
    let mut i = from;
    let mut fills = false;
    while i < from + 3
        && matches!(
            at(text, i),
            b'b' | b'B' | b'r' | b'R' | b'u' | b'U' | b'f' | b'F' | b'L' | b'N' | b'@' | b'$' | b'&' | b'#'
        )
    {
        fills |= matches!(at(text, i), b'f' | b'F' | b'$');
        i += 1;
    }
    quote_len(text, i).map(|_| (i, fills))
}

/// A quoted literal at `from`.
pub(super) fn literal(text: &[u8], from: usize, join: Join) -> Option<Found> {
    let (open, fills) = quote_start(text, from)?;
    let (len, mark) = quote_len(text, open)?;
    let mut start = open + len;
    let triple = len == 1 && at(text, start) == mark && at(text, start + 1) == mark;
    if triple {
        start += 2;
        start = space(text, start);
    }
    let limit = start + MAX_VALUE;
    let mut end = start;
    loop {
        if end >= limit || end >= text.len() {
            return None;
        }
        let b = at(text, end);
        if b == mark && len == 1 {
            if !triple || (at(text, end + 1) == mark && at(text, end + 2) == mark) {
                break;
            }
        } else if b == b'\\' {
            if len > 1 {
                let run = quote_len(text, end);
                if run == Some((len, mark)) {
                    break;
                }
            }
            // In a shell or YAML text in single quotes a backslash is itself, and the quote after it ends the text.
            end += if mark == b'\'' && len == 1 && at(text, end + 1) == b'\'' && ends_there(text, end + 2) {
                1
            } else {
                2
            };
            continue;
        } else if (b == b'\n' && !triple && mark != b'`') || (len > 1 && b == mark) {
            return None;
        }
        end += 1;
    }
    let close = end + if triple { 3 } else { len };
    let body = cut(text, start..end);
    start += body.len() - body.trim_ascii_start().len();
    let body = body.trim_ascii();
    // In backticks with blanks stands a shell command.
    if body.is_empty() || (mark == b'`' && body.contains(&b' ')) {
        return None;
    }
    let mut found = Found::new(start..start + body.len(), close, join);
    found.quoted = true;
    found.nested = len > 1;
    let after = blanks(text, close);
    found.joined = match at(text, after) {
        b'+' => at(text, after + 1) != b'\n',
        b'%' => at(text, after + 1) == b' ',
        b'.' => at(text, after + 1) == b' ' || cut(text, after..after + 7) == b".format",
        _ => false,
    };
    if fills && body.contains(&b'{') {
        return None;
    }
    // `Bearer x`: the header rules read the part behind the scheme; here the scheme goes.
    for scheme in [&b"Bearer "[..], b"Basic ", b"Token ", b"token ", b"bearer "] {
        if body.starts_with(scheme) {
            found.secret.start += scheme.len();
        }
    }
    Some(found)
}

/// Whether a text may end before `from`: a separator or the end of the line comes next.
fn ends_there(text: &[u8], from: usize) -> bool {
    matches!(at(text, blanks(text, from)), b'\n' | b'\r' | b',' | b';' | b')' | b']' | b'}' | 0)
}

/// Text between two tags.
pub(super) fn element(text: &[u8], from: usize) -> Option<Found> {
    let rest = cut(text, from..from + MAX_VALUE);
    let mut len = rest.iter().position(|b| *b == b'<')?;
    let mut start = from;
    if cut(rest, len..len + 9) == b"<![CDATA[" {
        start = from + len + 9;
        len = cut(text, start..start + MAX_VALUE).windows(3).position(|w| w == b"]]>")?;
    } else if at(rest, len + 1) != b'/' {
        // `<name>password</name><value>x</value>` is read from the closing tag of the name.
        return None;
    }
    let body = cut(text, start..start + len);
    let lead = body.len() - body.trim_ascii_start().len();
    let body = body.trim_ascii();
    if body.is_empty() || body.contains(&b'\n') {
        return None;
    }
    Some(Found::new(start + lead..start + lead + body.len(), start + len, Join::Element))
}

/// The value on the line after its name: a quoted text, or an item of a YAML list.
fn next_line(text: &[u8], here: usize, join: Join, key: &Key) -> Option<Found> {
    let next = space(text, here);
    if let Some(found) = literal(text, next, join) {
        let after = blanks(text, found.close);
        return (!matches!(at(text, after), b':' | b'=')).then_some(found);
    }
    let item = at(text, next) == b'-' && at(text, next + 1) == b' ';
    if !item || join != Join::Colon {
        return None;
    }
    let from = blanks(text, next + 2);
    literal(text, from, join).or_else(|| bare(text, from, join, key))
}

/// First line of a block scalar.
fn block(text: &[u8], here: usize) -> Option<Found> {
    let mut from = here + 1;
    while matches!(at(text, from), b'-' | b'+' | b'0'..=b'9') {
        from += 1;
    }
    from = blanks(text, from);
    if !matches!(at(text, from), b'\n' | b'\r') {
        return None;
    }
    let start = space(text, from);
    let rest = cut(text, start..start + MAX_VALUE);
    let len = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
    let body = cut(rest, 0..len).trim_ascii_end();
    if body.is_empty() || body.contains(&b' ') {
        return None;
    }
    Some(Found::new(start..start + body.len(), start + len, Join::Colon))
}
