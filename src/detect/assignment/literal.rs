//! A literal between quotes: where it begins and ends, and whether something is joined to it.
//!
//! In: text and the place where a value may begin. Out: [`Found`]. Refuses empty values, texts with interpolation, shell
//! commands in backticks, and values that do not end within [`MAX_VALUE`] bytes.

use super::join::{Join, blanks, space};
use super::key::{at, cut, quote_len};
use std::ops::Range;

/// Longest value in bytes.
pub(super) const MAX_VALUE: usize = 1024;

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
    /// The text of several literals that are joined, or of one that is written in another code.
    pub text: Option<Vec<u8>>,
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
            text: None,
        }
    }
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
