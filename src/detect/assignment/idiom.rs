//! Ways in which one language or framework alone gives a value to a name.
//!
//! In: text and the [`Key`]. Out: a [`Found`]. Refuses all that is no literal. `syntax.rs` says where each of them may begin.

use super::join::{Join, blanks, space};
use super::key::{Key, Kind, at, cut};
use super::literal::{Found, literal};
use super::shape::generated;
use std::ops::Range;

/// A value that comes before its name: `setValue("...", forHTTPHeaderField: "X-Api-Key")` of Swift, `"..." -> password` of R.
pub(super) fn before(text: &[u8], key: &Key) -> Option<Found> {
    let outside = key.ident.start - if key.quoted { key.closing } else { 0 };
    let line = cut(text, outside.saturating_sub(1024)..outside);
    let line = line.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let head = if key.quoted {
        line.strip_suffix(b"forHTTPHeaderField: ")?.strip_suffix(b", ")?
    } else {
        line.strip_suffix(b" -> ")?
    };
    let inner = head.strip_suffix(b"\"")?;
    let open = memchr::memrchr(b'"', inner)?;
    // The next name on the line has a value of its own.
    let secret = outside - line.len() + open + 1..outside - line.len() + inner.len();
    let ends = key.quoted || matches!(at(text, blanks(text, key.ident.end)), b'\n' | b'\r' | b';' | 0);
    (ends && !secret.is_empty()).then(|| quoted(secret, Join::Pair))
}

/// `{ "..." }` and `{ get; set; } = "..."` after a name: what a block gives, the first value of a property of C#.
pub(super) fn in_braces(text: &[u8], open: usize) -> Option<Found> {
    let inner = space(text, open + 1);
    if matches!(at(text, inner), b'"' | b'\'') {
        return literal(text, inner, Join::Equals).filter(|found| at(text, space(text, found.close)) == b'}');
    }
    let body = cut(text, open..open + 64);
    let close = body.iter().position(|b| *b == b'}').filter(|close| body[..*close].windows(4).any(|w| w == b"get;"))?;
    let sign = blanks(text, open + close + 1);
    (at(text, sign) == b'=').then(|| literal(text, blanks(text, sign + 1), Join::Equals)).flatten()
}

/// `"name" to "..."` of Kotlin.
pub(super) fn to(text: &[u8], from: usize) -> Option<Found> {
    literal(text, blanks(text, from), Join::Pair)
}

/// `let(:name) { "..." }` of tests in Ruby; `close` is the bracket. What is no password is mostly made up.
pub(super) fn memoised(text: &[u8], key: &Key, close: usize) -> Option<Found> {
    let open = blanks(text, close + 1);
    let found = (at(text, open) == b'{').then(|| in_braces(text, open)).flatten()?;
    (key.kind == Kind::Password || generated(cut(text, found.secret.clone()))).then_some(found)
}

/// `{name, "..."}` and `{name, <<"...">>}` of Erlang; `comma` is the one after the name.
pub(super) fn tuple(text: &[u8], comma: usize) -> Option<Found> {
    let from = space(text, comma + 1);
    let binary = cut(text, from..from + 2) == b"<<";
    let found = literal(text, from + if binary { 2 } else { 0 }, Join::Pair)?;
    let close = space(text, found.close);
    let close = if binary && cut(text, close..close + 2) == b">>" { space(text, close + 2) } else { close };
    (at(text, close) == b'}').then_some(found)
}

/// `<td>name</td><td>...</td>`; `from` is behind the name. Gives the place where the value begins.
pub(super) fn cell_of_html(text: &[u8], from: usize) -> Option<usize> {
    let rest = cut(text, from..from + 160);
    let close = [&b"</td>"[..], b"</th>", b"</dt>"].iter().find(|tag| rest.starts_with(tag))?.len();
    let open = space(text, from + close);
    let next = cut(text, open..open + 80);
    let is_cell = next.starts_with(b"<td") || next.starts_with(b"<dd");
    let end = memchr::memchr(b'>', next).filter(|_| is_cell)?;
    let inner = space(text, open + end + 1);
    let code = if cut(text, inner..inner + 6) == b"<code>" { 6 } else { 0 };
    Some(inner + code)
}

/// Whether the line is a call of Gradle without brackets: `buildConfigField "String", "NAME", "..."`, `resValue 'string', 'name', '...'`.
pub(super) fn is_gradle(text: &[u8], key: &Key) -> bool {
    let before = cut(text, key.ident.start.saturating_sub(96)..key.ident.start);
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_start();
    [&b"buildConfigField "[..], b"resValue "].iter().any(|call| line.starts_with(call))
}

fn quoted(secret: Range<usize>, join: Join) -> Found {
    Found { quoted: true, ..Found::new(secret.clone(), secret.end + 1, join) }
}
