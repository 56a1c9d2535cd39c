//! Literals in brackets instead of quotes: `q(...)` of Perl, `%q{...}` of Ruby, `[[...]]` of Lua, `''...''` of Nix, `R"(...)"` of C++,
//! `@'...'@` of PowerShell, documents on lines of their own (`<<EOT` of shells, PHP and Ruby).
//!
//! In: text and the place where a value may begin. Out: [`Found`]. Refuses what has blanks, line ends or more brackets
//! in it, and what is too long.

use super::join::{Join, space};
use super::key::{at, cut};
use super::literal::{Found, MAX_VALUE};

/// How a literal begins, and how it ends then.
const FORMS: [(&[u8], &[u8]); 21] = [
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
    (b"[=[", b"]=]"),
    (b"[==[", b"]==]"),
    (b"''", b"''"),
    (b"R\"(", b")\""),
    (b"@'", b"'@"),
    (b"@\"", b"\"@"),
];

/// The literal at `from`.
pub(super) fn literal(text: &[u8], from: usize, join: Join) -> Option<Found> {
    if at(text, from) == b'<' {
        return document(text, from, join);
    }
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

/// One line that stands between `<<END` and `END`.
fn document(text: &[u8], from: usize, join: Join) -> Option<Found> {
    let rest = cut(text, from..from + 48);
    let signs = rest.iter().take_while(|b| matches!(b, b'<' | b'~' | b'-')).count();
    let mark = &rest[signs..memchr::memchr(b'\n', rest)?];
    let mark = mark.trim_ascii();
    let mark = mark.strip_prefix(b"'").or_else(|| mark.strip_prefix(b"\"")).unwrap_or(mark);
    let mark = &mark[..mark.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count()];
    if !(2..=4).contains(&signs) || !rest.starts_with(b"<<") || mark.is_empty() {
        return None;
    }
    let start = space(text, from + memchr::memchr(b'\n', rest)?);
    let body = cut(text, start..start + MAX_VALUE);
    let len = memchr::memchr(b'\n', body)?;
    let value = body[..len].trim_ascii_end();
    let is_end = body[len..].trim_ascii_start().starts_with(mark);
    let plain = !value.is_empty() && value.iter().all(u8::is_ascii_graphic) && !value.contains(&b'$');
    (is_end && plain).then(|| Found { quoted: true, ..Found::new(start..start + value.len(), start + len, join) })
}
