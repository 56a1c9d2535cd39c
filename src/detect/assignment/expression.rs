//! A literal inside an expression: the argument of a call, or the default of a variable.
//!
//! In: text and the place where an expression begins. Out: [`Found`]. Refuses calls whose first text names a place
//! (`getenv("X")`) unless they have a default, and everything without a literal. Looks at 200 bytes at most.

use super::join::{Join, blanks, space};
use super::key::{at, cut};
use super::literal::{Found, literal, quote_start};
use super::words::GETTERS;

/// The literal that a call has as its argument `default` or `value`: `Field(default="...")`. `from` is behind the bracket.
pub(super) fn default_argument(text: &[u8], from: usize, join: Join) -> Option<Found> {
    let rest = cut(text, from..from + 200);
    let rest = cut(rest, 0..closing(rest));
    let name = |word: &[u8]| {
        let places = memchr::memmem::find_iter(rest, word);
        places
            .filter(|i| !i.checked_sub(1).is_some_and(|b| rest[b].is_ascii_alphanumeric() || rest[b] == b'_'))
            .find_map(|i| {
                let sign = blanks(rest, i + word.len());
                matches!(at(rest, sign), b'=' | b':').then(|| blanks(rest, sign + 1))
            })
    };
    let start =
        [&b"default"[..], b"default_value", b"defaultValue", b"fallback", b"value"].iter().find_map(|w| name(w))?;
    let mut found = literal(text, from + start, join)?;
    found.default = true;
    Some(found)
}

/// Where the bracket that opens before `rest` closes; its length if it does not close there.
fn closing(rest: &[u8]) -> usize {
    outside_quotes(rest, |b| b == b')')
}

/// The first byte that is not in quotes and that `ends` takes; the length of `rest` if there is none.
fn outside_quotes(rest: &[u8], mut ends: impl FnMut(u8) -> bool) -> usize {
    let mut open = None;
    let mut escaped = false;
    let found = rest.iter().position(|b| {
        match open {
            _ if escaped => escaped = false,
            Some(_) if *b == b'\\' => escaped = true,
            Some(mark) if *b == mark => open = None,
            Some(_) => {}
            None if matches!(b, b'"' | b'\'') => open = Some(*b),
            None => return ends(*b),
        }
        false
    });
    found.unwrap_or(rest.len())
}

/// Where a comma ends the expression that `rest` begins with: one outside of brackets and quotes.
fn comma(rest: &[u8]) -> usize {
    let mut depth = 0_i32;
    outside_quotes(rest, |b| {
        match b {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        b == b',' && depth <= 0
    })
}

/// The default that pydantic's `Field("...", env="NAME")` has as its first argument, which elsewhere is a name; `from` is at the call.
pub(super) fn default_of_field(text: &[u8], from: usize, join: Join) -> Option<Found> {
    if cut(text, from..from + 6) != b"Field(" {
        return None;
    }
    let mut found = literal(text, space(text, from + 6), join)?;
    let ends = matches!(at(text, space(text, found.close)), b')' | b',');
    found.default = true;
    (ends && super::shape::generated(cut(text, found.secret.clone()))).then_some(found)
}

/// Calls that decode the base64 of a literal, whatever is called with the result.
const DECODERS: [&[u8]; 6] = [
    b"FromBase64String(",
    b"ecoder().decode(",
    b"Encoding.DecodeString(",
    b"parseBase64Binary(",
    b"decodeBase64(",
    b"Base64.decode(",
];

/// The literal that the expression at `from` decodes: `new String(Base64.getDecoder().decode("..."))`.
pub(super) fn decoded(text: &[u8], from: usize, join: Join) -> Option<Found> {
    let rest = cut(text, from..from + 120);
    let rest = cut(rest, 0..rest.iter().position(|b| matches!(b, b'\n' | b';')).unwrap_or(rest.len()));
    let end = DECODERS.iter().find_map(|call| Some(memchr::memmem::find(rest, call)? + call.len()))?;
    let found = literal(text, space(text, from + end), join)?;
    Some(Found { wrapped: true, ..found })
}

/// A literal inside an expression: wrapped in a call, or the default of a variable.
pub(super) fn expression(text: &[u8], from: usize, join: Join) -> Option<Found> {
    let rest = cut(text, from..from + 200);
    let rest = cut(rest, 0..rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()));
    // `process.env.X || "..."`, `x or "..."`, `x ?? "..."`, `x if y else "..."`
    let own = cut(rest, 0..comma(rest));
    for operator in [&b"||"[..], b" or ", b"??", b"?:", b" else "] {
        if let Some(i) = own.windows(operator.len()).position(|w| w == operator) {
            let mut found = literal(text, blanks(text, from + i + operator.len()), join)?;
            found.default = true;
            return Some(found);
        }
    }
    if let Some(found) = decoded(text, from, join) {
        return Some(found);
    }
    let mut start = 0;
    for word in [&b"new "[..], b"await ", b"&", b"!"] {
        if cut(rest, start..rest.len()).starts_with(word) {
            start += word.len();
        }
    }
    let open = cut(rest, start..rest.len())
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'<' | b'>' | b'!')))?
        + start;
    if !matches!(at(rest, open), b'(' | b'[' | b'"' | b'\'') || open == start {
        return None;
    }
    if let Some(found) = default_of_field(text, from + start, join) {
        return Some(found);
    }
    let name = cut(rest, start..open);
    let bracket = usize::from(matches!(at(rest, open), b'(' | b'['));
    let mut inner = space(text, from + open + bracket);
    if at(rest, open) == b'('
        && at(text, inner).is_ascii_alphabetic()
        && quote_start(text, inner).is_none()
        && let Some(found) = default_argument(text, inner, join)
    {
        return Some(found);
    }
    // `Base64.decode(String("..."))` goes one level deeper at most.
    let getter = is_getter(name) || at(rest, open) == b'[';
    if quote_start(text, inner).is_none() {
        let deeper = cut(text, inner..inner + 40);
        let i = deeper.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')))?;
        if i == 0 || at(deeper, i) != b'(' || is_getter(cut(deeper, 0..i)) {
            return None;
        }
        inner += i + 1;
    }
    let mut found = literal(text, inner, join)?;
    let after = space(text, found.close);
    if getter {
        // `getenv("X", "default")`
        if at(text, after) != b',' {
            return None;
        }
        let next = space(text, after + 1);
        // `config("X", default="...")`
        if at(text, next).is_ascii_alphabetic() && quote_start(text, next).is_none() {
            return default_argument(text, next, join);
        }
        found = literal(text, next, join)?;
        found.default = true;
        let after = space(text, found.close);
        return matches!(at(text, after), b')' | b',').then_some(found);
    }
    found.wrapped = true;
    matches!(at(text, after), b')' | b'.' | b',').then_some(found)
}

fn is_getter(name: &[u8]) -> bool {
    // The type, not a word with "by" in it.
    if name.eq_ignore_ascii_case(b"byte") || name.eq_ignore_ascii_case(b"bytes") {
        return false;
    }
    // `t("auth.password")`: a text in the language of its reader.
    let last = name.rsplit(|b| *b == b'.').next().unwrap_or(name);
    if [&b"t"[..], b"tr", b"_", b"__", b"_t", b"trans"].contains(&last) {
        return true;
    }
    GETTERS.iter().any(|g| name.windows(g.len()).any(|w| w.eq_ignore_ascii_case(g.as_bytes())))
}

/// `${NAME:-default}`, `${NAME:default}`.
pub(super) fn template_default(text: &[u8], from: usize, join: Join) -> Option<Found> {
    let rest = cut(text, from..from + 200);
    let end = rest.iter().position(|b| matches!(b, b'}' | b'\n' | b'"' | b'\''))?;
    if at(rest, end) != b'}' {
        return None;
    }
    let body = cut(rest, 2..end);
    let colon = body.iter().position(|b| matches!(b, b':' | b'-'))?;
    let mut start = 2 + colon + 1;
    if at(rest, start) == b'-' || at(rest, start) == b'=' {
        start += 1;
    }
    if start >= end || matches!(at(rest, start), b'?' | b'+' | b'$' | b'{') {
        return None;
    }
    let mut found = Found::new(from + start..from + end, from + end + 1, join);
    found.default = true;
    Some(found)
}
