//! Literals in brackets instead of quotes: `q(...)` of Perl, `%q{...}` of Ruby, `[[...]]` of Lua, `''...''` of Nix, `R"(...)"` of C++,
//! `@'...'@` of PowerShell.
//!
//! In: text and the place where a value may begin. Out: [`Found`]. Refuses what has blanks, line ends or more brackets
//! in it, and what is too long.

use super::join::{Join, space};
use super::key::{at, cut};
use super::literal::{Found, MAX_VALUE};

/// How a literal begins, and how it ends then.
const FORMS: [(&[u8], &[u8]); 19] = [
    (b"q(", b")"),
    (b"q{", b"}"),
    (b"q[", b"]"),
    (b"q|", b"|"),
    (b"q/", b"/"),
    (b"qq(", b")"),
    (b"qq{", b"}"),
    (b"qq[", b"]"),
    (b"qq|", b"|"),
    (b"%q(", b")"),
    (b"%q{", b"}"),
    (b"%q[", b"]"),
    (b"%Q(", b")"),
    (b"%(", b")"),
    (b"[[", b"]]"),
    (b"''", b"''"),
    (b"R\"(", b")\""),
    (b"@'", b"'@"),
    (b"@\"", b"\"@"),
];

/// The literal at `from`.
pub(super) fn literal(text: &[u8], from: usize, join: Join) -> Option<Found> {
    if !matches!(at(text, from), b'q' | b'%' | b'[' | b'\'' | b'R' | b'@') {
        return None;
    }
    let rest = cut(text, from..from + MAX_VALUE);
    let (open, close) = FORMS.iter().find(|(open, _)| rest.starts_with(open))?;
    // What begins in the same way in other languages has its own reader, but for the text on lines of its own.
    let here = open[0] == b'@';
    if here && !matches!(at(rest, open.len()), b'\n' | b'\r') {
        return None;
    }
    let start = if here { space(text, from + open.len()) } else { from + open.len() };
    let inner = cut(text, start..start + MAX_VALUE);
    let len = memchr::memmem::find(inner, close)?;
    let body = cut(inner, 0..len);
    let body = if here { body.trim_ascii_end() } else { body };
    let plain = body.iter().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'(' | b'[' | b'{'));
    if body.is_empty() || !plain {
        return None;
    }
    let mut found = Found::new(start..start + body.len(), start + len + close.len(), join);
    found.quoted = true;
    Some(found)
}
