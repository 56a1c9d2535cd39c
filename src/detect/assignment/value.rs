//! Where a value ends: quoted, bare, in markup, in a block, wrapped in a call, or the default of a variable.
//!
//! In: text and the place behind the separator. Out: [`Found`]. Refuses what is no literal: variables, calls,
//! templates without a default, blocks, and values that do not end within [`MAX_VALUE`] bytes.

use super::key::{Key, at, cut, quote_len};
use super::syntax::{Join, blanks, space};
use super::words::GETTERS;
use std::ops::Range;

/// Longest value in bytes.
const MAX_VALUE: usize = 1024;

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
    fn new(secret: Range<usize>, close: usize, join: Join) -> Self {
        Self { secret, first: None, close, join, quoted: false, nested: false, wrapped: false, default: false, more: false, code: false, inside: false, joined: false }
    }
}

/// Reads the value that begins at or after `from`.
pub(super) fn read(text: &[u8], from: usize, join: Join, key: &Key) -> Option<Found> {
    let here = blanks(text, from);
    // `"Password: "`: the quote behind the colon ends the text that the name stands in.
    if key.closing == 0 && matches!(at(text, here), b'"' | b'\'' | b'`') && enclosing(text, key) == Some(at(text, here)) {
        return None;
    }
    if let Some(found) = literal(text, here, join, key) {
        return Some(found);
    }
    match at(text, here) {
        b'\n' | b'\r' => next_line(text, here, join, key),
        b'\\' if matches!(at(text, here + 1), b'\n' | b'\r') => literal(text, space(text, here + 1), join, key),
        b'[' | b'{' if join != Join::Cell => {
            let inner = space(text, here + 1);
            if at(text, here) == b'{' { nested_value(text, inner, key) } else { list(text, literal(text, inner, join, key)?, key) }
        }
        b'|' | b'>' if join == Join::Colon => block(text, here),
        _ => bare(text, here, join, key),
    }
}

/// A list of generated values is one finding from the first to the last, so that none of them is shown beside another.
fn list(text: &[u8], first: Found, key: &Key) -> Option<Found> {
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
        let Some(next) = literal(text, space(text, comma + 1), found.join, key) else { break };
        let value = cut(text, next.secret.clone());
        if value.len() * 2 < found.secret.len() || value.len() < 12 || found.secret.len() < 12 || !value.iter().any(u8::is_ascii_digit) {
            break;
        }
        last = next;
    }
    Some(found)
}

/// `{"type": "string", "value": "..."}` behind a name.
fn nested_value(text: &[u8], from: usize, key: &Key) -> Option<Found> {
    let body = cut(text, from..from + 160);
    let body = cut(body, 0..body.iter().position(|b| *b == b'}')?);
    let i = body.windows(5).position(|w| w == b"value")?;
    let end = from + i + 5;
    let end = blanks(text, end + quote_len(text, end).map_or(0, |(len, _)| len));
    matches!(at(text, end), b':' | b'=').then_some(())?;
    literal(text, space(text, end + 1), Join::Named, key)
}

/// Where a quoted literal begins at `from`: position of its quote (or of the backslashes before it) behind a prefix
/// (`b"`, `f"`, `@"`, `N'`), and whether the prefix allows interpolation.
pub(super) fn quote_start(text: &[u8], from: usize) -> Option<(usize, bool)> {
    let mut i = from;
    let mut fills = false;
    while i < from + 3 && matches!(at(text, i), b'b' | b'B' | b'r' | b'R' | b'u' | b'U' | b'f' | b'F' | b'L' | b'N' | b'@' | b'$' | b'&' | b'#') {
        fills |= matches!(at(text, i), b'f' | b'F' | b'$');
        i += 1;
    }
    let (len, mark) = quote_len(text, i)?;
    // An escaped quote is one inside another text; a backslash with no quote behind it never gets here.
    let _ = (len, mark);
    Some((i, fills))
}

/// A quoted literal at `from`.
pub(super) fn literal(text: &[u8], from: usize, join: Join, key: &Key) -> Option<Found> {
    let (open, fills) = quote_start(text, from)?;
    let (len, mark) = quote_len(text, open)?;
    let _ = key;
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
            end += if mark == b'\'' && len == 1 && at(text, end + 1) == b'\'' && ends_there(text, end + 2) { 1 } else { 2 };
            continue;
        } else if b == b'\n' && !triple && mark != b'`' {
            return None;
        } else if len > 1 && b == mark {
            return None;
        }
        end += 1;
    }
    let close = end + if triple { 3 } else { len };
    let body = cut(text, start..end).trim_ascii_end();
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
    if let Some(found) = literal(text, next, join, key) {
        let after = blanks(text, found.close);
        return (!matches!(at(text, after), b':' | b'=')).then_some(found);
    }
    let item = at(text, next) == b'-' && at(text, next + 1) == b' ';
    if !item || join != Join::Colon {
        return None;
    }
    let from = blanks(text, next + 2);
    literal(text, from, join, key).or_else(|| bare(text, from, join, key))
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

/// A value without quotes.
fn bare(text: &[u8], from: usize, join: Join, key: &Key) -> Option<Found> {
    let first = at(text, from);
    let second = at(text, from + 1);
    match first {
        b'$' if matches!(second, b'{') => return template_default(text, from, join),
        b'$' if !second.is_ascii_digit() => return None,
        b'<' | b'{' | b'(' | b')' | b'[' | b']' | b'}' | b'=' | b'>' | b'|' | b';' | b',' | b':' | b'\\' | b'`' | 0 => return None,
        b'-' | b'*' | b'&' | b'!' | b'#' if second.is_ascii_whitespace() || second == first || second == b'>' => return None,
        b'#' if second == b'{' || join == Join::Flag => return None,
        b'&' if join != Join::Flag && second.is_ascii_alphabetic() => return None,
        b'!' if tag(cut(text, from + 1..from + 64)) => return None,
        b'-' if join == Join::Flag => return None,
        b'*' if join == Join::Colon && second.is_ascii_alphabetic() => return None,
        b'%' if second == b'(' || second == b'{' => return None,
        b'/' if matches!(second, b'/' | b'*') => return None,
        _ => {}
    }
    if rest_starts(text, from, b"new ") || rest_starts(text, from, b"await ") {
        return expression(text, from, join, key);
    }
    let enclosing = if join == Join::Query { Some(0) } else { enclosing(text, key) };
    let rest = cut(text, from..from + MAX_VALUE);
    let mut depth = 0_i32;
    let mut len = 0;
    while let Some(b) = rest.get(len) {
        let ends = match b {
            b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'`' => true,
            b'<' => join == Join::Query || at(rest, len + 1) == b'/',
            b'&' => join == Join::Query || enclosing.is_some(),
            b'#' => join == Join::Query,
            b'\\' => enclosing.is_some() || matches!(at(rest, len + 1), b'\n' | b'\r'),
            b';' => enclosing.is_some() || at(rest, len + 1).is_ascii_whitespace(),
            b'|' => join == Join::Cell,
            b',' => at(rest, len + 1).is_ascii_whitespace() || enclosing.is_some(),
            b'(' | b'[' | b'{' => {
                depth += 1;
                false
            }
            b')' | b']' | b'}' => {
                depth -= 1;
                depth < 0
            }
            _ => false,
        };
        if ends {
            break;
        }
        len += 1;
    }
    let mut body = cut(rest, 0..len);
    let mut end_mark = at(rest, len);
    if len == MAX_VALUE || body.is_empty() {
        return None;
    }
    // A quote that ends a bare value outside of quotes: `foo("...`, `r'...`, a call, or prose.
    if matches!(end_mark, b'"' | b'\'' | b'`') && enclosing.is_none() {
        return expression(text, from, join, key);
    }
    while let [head @ .., b',' | b';'] = body {
        end_mark = at(rest, head.len());
        body = head;
    }
    if matches!(join, Join::Is | Join::Colon | Join::Cell) {
        if let [head @ .., b'.'] = body {
            body = head;
        }
    }
    let mut join = join;
    if matches!(join, Join::Equals | Join::Query) {
        // `token=x&type=y`: a form or a query that begins with it.
        if let Some(i) = next_parameter(body) {
            body = cut(body, 0..i);
            join = Join::Query;
        }
    }
    if join == Join::Flag && (body.starts_with(b"pass:") || body.starts_with(b"env:") || body.starts_with(b"file:")) {
        return None;
    }
    // `--password PASSWORD`: the usage line of a command.
    if join == Join::Flag && body.iter().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-' | b'.')) {
        return None;
    }
    if body.is_empty() || looks_like_code(body) || member(body) {
        return expression(text, from, join, key);
    }
    let mut found = Found::new(from..from + body.len(), from + body.len(), join);
    found.inside = enclosing.is_some() && join != Join::Query;
    found.code = matches!(end_mark, b',' | b';' | b')' | b']' | b'}') && enclosing.is_none();
    let line = cut(text, from + len..from + len + 120);
    let line = cut(line, 0..line.iter().position(|b| *b == b'\n').unwrap_or(line.len())).trim_ascii();
    let comment = line.starts_with(b"#") || line.starts_with(b"//") || line.starts_with(b"--") || line.starts_with(b"|") || line.starts_with(b"<");
    if join == Join::Colon && !comment && body.iter().all(u8::is_ascii_alphabetic) && goes_on(line) {
        return None;
    }
    found.more = enclosing.is_none() && !comment && !matches!(join, Join::Query | Join::Flag) && line.iter().any(u8::is_ascii_alphanumeric);
    if found.more && (line.starts_with(b"||") || line.starts_with(b"or ") || line.starts_with(b"??") || line.starts_with(b"? ")) {
        return expression(text, from, join, key);
    }
    // A command follows its variables: `PASSWORD=x command`, or further variables of one line.
    Some(found)
}

/// Whether plain words follow, as in a sentence: no separator in the next one.
fn goes_on(line: &[u8]) -> bool {
    let next = line.split(u8::is_ascii_whitespace).next().unwrap_or(&[]);
    let letters = next.iter().filter(|b| b.is_ascii_alphabetic()).count();
    letters > 0 && next.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b',' | b'.' | b'\'' | b'`' | b')' | b'('))
}

fn rest_starts(text: &[u8], from: usize, word: &[u8]) -> bool {
    cut(text, from..from + word.len()) == word
}

/// `user.password`, `process.env.PASSWORD`: names joined by dots, as no literal is.
fn member(body: &[u8]) -> bool {
    let mut parts = 0;
    let names = body.split(|b| *b == b'.').all(|part| {
        parts += 1;
        part.first().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'@')) && part.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'?'))
    });
    names && parts > 1 && body.iter().filter(|b| b.is_ascii_digit()).count() < 3
}

/// `!Ref name`, `!vault |`, `!cond`: a tag or a negation, not a value that begins with an exclamation mark.
fn tag(rest: &[u8]) -> bool {
    let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':')).count();
    rest.get(len).is_none_or(|b| !matches!(b, b'!' | b'@' | b'#' | b'$' | b'%' | b'*' | b'?' | b'&' | b'+' | b'-'))
}

/// Where the next parameter of a form or query begins: `&name=`.
fn next_parameter(body: &[u8]) -> Option<usize> {
    let i = body.iter().position(|b| *b == b'&')?;
    let rest = cut(body, i + 1..body.len());
    let name = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']')).count();
    (name > 0 && rest.get(name) == Some(&b'=')).then_some(i)
}

/// The quote that the name of a bare value stands inside of on its line, if any.
fn enclosing(text: &[u8], key: &Key) -> Option<u8> {
    let line = cut(text, key.ident.start.saturating_sub(512)..key.ident.start);
    let line = match memchr::memrchr(b'\n', line) {
        Some(i) => cut(line, i + 1..line.len()),
        None => line,
    };
    let mut open = None;
    let mut i = 0;
    while let Some(b) = line.get(i) {
        match (open, *b) {
            (_, b'\\') => i += 1,
            (Some(mark), b) if b == mark => open = None,
            (None, b'\'') if i > 0 && at(line, i - 1).is_ascii_alphanumeric() => {}
            (None, b'"' | b'\'' | b'`') => open = Some(*b),
            _ => {}
        }
        i += 1;
    }
    open
}

/// Brackets, arrows and paths of a programming language.
fn looks_like_code(body: &[u8]) -> bool {
    let opens = body.iter().position(|b| matches!(b, b'(' | b'[' | b'{'));
    let called = opens.is_some_and(|i| i > 0 && (at(body, i - 1).is_ascii_alphanumeric() || matches!(at(body, i - 1), b'_' | b'.' | b'!' | b'?' | b'$' | b'%' | b'#')));
    let has = |piece: &[u8]| body.windows(piece.len()).any(|w| w == piece);
    let generic = body.iter().position(|b| *b == b'<').is_some_and(|i| i > 0 && (body.ends_with(b">") || body.ends_with(b"]")));
    called || generic || has(b"->") || has(b"::") || has(b"=>") || has(b"==") || has(b"&&") || has(b"||") || has(b"${") || has(b"{{") || has(b"$(") || body.ends_with(b"(") || body.ends_with(b"{")
}

/// A literal inside an expression: wrapped in a call, or the default of a variable.
pub(super) fn expression(text: &[u8], from: usize, join: Join, key: &Key) -> Option<Found> {
    let rest = cut(text, from..from + 200);
    let rest = cut(rest, 0..rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()));
    // `process.env.X || "..."`, `x or "..."`, `x ?? "..."`
    for operator in [&b"||"[..], b" or ", b"??", b"?:"] {
        if let Some(i) = rest.windows(operator.len()).position(|w| w == operator) {
            let mut found = literal(text, blanks(text, from + i + operator.len()), join, key)?;
            found.default = true;
            return Some(found);
        }
    }
    let mut start = 0;
    for word in [&b"new "[..], b"await ", b"&", b"!"] {
        if cut(rest, start..rest.len()).starts_with(word) {
            start += word.len();
        }
    }
    let open = cut(rest, start..rest.len()).iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'<' | b'>' | b'!')))? + start;
    if !matches!(at(rest, open), b'(' | b'[' | b'"' | b'\'') || open == start {
        return None;
    }
    let name = cut(rest, start..open);
    let bracket = usize::from(matches!(at(rest, open), b'(' | b'['));
    let mut inner = blanks(text, from + open + bracket);
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
    let mut found = literal(text, inner, join, key)?;
    let after = space(text, found.close);
    if getter {
        // `getenv("X", "default")`
        if at(text, after) != b',' {
            return None;
        }
        found = literal(text, space(text, after + 1), join, key)?;
        found.default = true;
        let after = space(text, found.close);
        return matches!(at(text, after), b')' | b',').then_some(found);
    }
    found.wrapped = true;
    matches!(at(text, after), b')' | b'.' | b',').then_some(found)
}

fn is_getter(name: &[u8]) -> bool {
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

/// The value without backslash escapes, XML entities or per cent signs, if it has any.
pub(super) fn unescape(raw: &[u8], found: &Found) -> Option<Vec<u8>> {
    if found.join == Join::Element && raw.contains(&b'&') {
        return Some(entities(raw));
    }
    if found.join == Join::Query && raw.contains(&b'%') {
        return Some(percent(raw));
    }
    if !found.quoted || !raw.contains(&b'\\') {
        return None;
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut i = 0;
    while let Some(b) = raw.get(i) {
        let next = at(raw, i + 1);
        i += 1;
        if *b != b'\\' {
            out.push(*b);
            continue;
        }
        match next {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'"' | b'\'' | b'`' | b'\\' | b'/' => out.push(next),
            b'u' => {
                let code = std::str::from_utf8(cut(raw, i + 1..i + 5)).ok().and_then(|h| u32::from_str_radix(h, 16).ok());
                match code.and_then(char::from_u32) {
                    Some(c) => {
                        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                        i += 4;
                    }
                    None => out.extend_from_slice(b"\\u"),
                }
            }
            _ => {
                out.push(b'\\');
                continue;
            }
        }
        i += 1;
    }
    Some(out)
}

fn entities(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut i = 0;
    'next: while let Some(b) = raw.get(i) {
        if *b == b'&' {
            for (name, byte) in [(&b"&amp;"[..], b'&'), (b"&lt;", b'<'), (b"&gt;", b'>'), (b"&quot;", b'"'), (b"&apos;", b'\'')] {
                if cut(raw, i..raw.len()).starts_with(name) {
                    out.push(byte);
                    i += name.len();
                    continue 'next;
                }
            }
        }
        out.push(*b);
        i += 1;
    }
    out
}

fn percent(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut i = 0;
    while let Some(b) = raw.get(i) {
        let hex = std::str::from_utf8(cut(raw, i + 1..i + 3)).ok().filter(|h| h.len() == 2).and_then(|h| u8::from_str_radix(h, 16).ok());
        match (b, hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 3;
            }
            _ => {
                out.push(*b);
                i += 1;
            }
        }
    }
    out
}
