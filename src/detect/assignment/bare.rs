//! Values without quotes: of INI and YAML files, shells, command lines, connection strings and queries.
//!
//! In: text and the place where the value begins. Out: [`Found`]. Refuses what a program would evaluate (variables, calls,
//! members, tags, negations) unless `expression.rs` finds a literal inside, and words of prose behind a colon.

use super::expression::{expression, template_default};
use super::join::Join;
use super::key::{Key, MARK, at, cut};
use super::literal::{Found, MAX_VALUE};

/// A value without quotes.
///
/// Four steps, in this order: whether the first bytes [refuse](refuses) a literal, how far the value [extends](extent), what is
/// [trimmed](Trimmed::new) from its end, and what the [rest of its line](judged_by_line) says about it.
pub(super) fn bare(text: &[u8], from: usize, join: Join, key: &Key) -> Option<Found> {
    if let Some(found) = setting(text, from, join, key) {
        return Some(found);
    }
    if refuses(text, from, join) {
        return if rest_starts(text, from, b"${") { template_default(text, from, join) } else { None };
    }
    if rest_starts(text, from, b"new ") || rest_starts(text, from, b"await ") {
        return expression(text, from, join);
    }
    let enclosing = if join == Join::Query { Some(0) } else { enclosing(text, key) };
    let rest = cut(text, from..from + MAX_VALUE);
    let len = extent(rest, join, key, enclosing);
    if len == MAX_VALUE || len == 0 {
        return None;
    }
    // A quote that ends a bare value outside of quotes: `foo("...`, `r'...`, a call, or prose.
    if matches!(at(rest, len), b'"' | b'\'' | b'`') && enclosing.is_none() {
        return expression(text, from, join);
    }
    let value = Trimmed::new(rest, len, join);
    if value.is_source_or_usage() {
        return None;
    }
    if value.body.is_empty() || looks_like_code(value.body) || member(value.body) {
        return expression(text, from, join);
    }
    judged_by_line(text, from, len, &value, enclosing)
}

/// The whole rest of a line that is a setting by its form and whose value has signs that code would have: `NAME=a&&b`,
/// `export NAME=->x`, `name: a::b`. Only a value with letters and digits in no order of a language is one there.
pub(super) fn setting(text: &[u8], from: usize, join: Join, key: &Key) -> Option<Found> {
    let near = from == key.ident.end + 1;
    if key.closing > 0 || !(join == Join::Equals && near || join == Join::Colon) {
        return None;
    }
    let rest = cut(text, from..from + MAX_VALUE);
    let len = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
    let body = cut(rest, 0..len);
    // Code ends with a sign of its own, and most values have no sign of code at all.
    let statement = !key.shout && matches!(body.last(), Some(b';' | b',' | b')' | b'{'));
    let coded =
        |b: &u8| matches!(b, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'&' | b'|' | b'<' | b'>' | b'=' | b':' | b'$');
    let starts = body.first().is_some_and(|b| !b.is_ascii_alphanumeric());
    // `password: 1t's...`: one quote between letters or digits begins no text.
    if join == Join::Colon
        && body.len() >= 8
        && has_lone_quote(body)
        && body.iter().any(u8::is_ascii_digit)
        && ends_line(cut(rest, len..rest.len()))
    {
        return Some(Found::new(from..from + body.len(), from + body.len(), join));
    }
    if body.len() < 10 || statement || !(starts || body.iter().any(coded)) {
        return None;
    }
    if (rest.len() == MAX_VALUE && len == rest.len()) || !ends_line(cut(rest, len..rest.len())) {
        return None;
    }
    let (line, is_whole) = line_before(text, key);
    let before = line.trim_ascii();
    let opens = [&b""[..], b"-", b"export", b"set", b"ENV", b"ARG", b"declare -x", b"local", b"readonly"];
    if !is_whole || !opens.contains(&before) || !is_odd(body, key.shout) {
        return None;
    }
    Some(Found::new(from..from + body.len(), from + body.len(), join))
}

/// Whether nothing but a comment follows on the line.
fn ends_line(rest: &[u8]) -> bool {
    let line = cut(rest, 0..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).trim_ascii();
    line.is_empty() || line.starts_with(b"#")
}

/// Whether the one quote of a value is between two letters or digits.
fn has_lone_quote(body: &[u8]) -> bool {
    let mut quotes = body.iter().enumerate().filter(|(_, b)| matches!(b, b'"' | b'\'' | b'`')).map(|(i, _)| i);
    let first = quotes.next().filter(|_| quotes.next().is_none());
    first.is_some_and(|i| i > 0 && at(body, i - 1).is_ascii_alphanumeric() && at(body, i + 1).is_ascii_alphanumeric())
}

/// Whether a value with signs of code is none: nothing of it closes, and its letters and digits are those of a password.
fn is_odd(body: &[u8], constant: bool) -> bool {
    let (first, last) = (at(body, 0), at(body, body.len().wrapping_sub(1)));
    let fills = matches!(
        (first, last),
        (b'<', b'>') | (b'[', b']') | (b'{', b'}') | (b'(', b')') | (b'%', b'%') | (b'@', b'@')
    );
    let variable = first == b'$' && !at(body, 1).is_ascii_digit();
    let closes = memchr::memmem::find(body, b"${").is_some_and(|i| body[i..].contains(&b'}'))
        || memchr::memmem::find(body, b"$(").is_some_and(|i| body[i..].contains(&b')'));
    if fills || variable || closes || first == b'`' || first == b'#' {
        return false;
    }
    let shape = super::shape::Shape::new(body);
    let letters = body.iter().filter(|b| b.is_ascii_alphabetic()).count();
    shape.digit > 0
        && letters > 0
        && body.len() - letters - shape.digit <= body.len() / 3
        && !(shape.path && body.contains(&b'/'))
        && !shape.email
        && if constant { super::shape::has_no_word(body) } else { super::shape::generated_password(body) }
}

/// Whether the first two bytes say that no literal begins here: a variable, a bracket, a comment, a tag, a list.
fn refuses(text: &[u8], from: usize, join: Join) -> bool {
    let first = at(text, from);
    let second = at(text, from + 1);
    match first {
        b'$' => !second.is_ascii_digit(),
        b'<' | b'{' | b'(' | b')' | b'[' | b']' | b'}' | b'=' | b'>' | b'|' | b';' | b',' | b':' | b'\\' | b'`' | 0 => {
            true
        }
        b'-' | b'*' | b'&' | b'!' | b'#' if second.is_ascii_whitespace() || second == first || second == b'>' => true,
        b'#' => second == b'{' || join == Join::Flag,
        b'&' => join != Join::Flag && second.is_ascii_alphabetic(),
        b'!' => join == Join::Compare || tag(cut(text, from + 1..from + 64)),
        b'-' => join == Join::Flag,
        b'*' => join == Join::Colon && second.is_ascii_alphabetic(),
        b'%' => second == b'(' || second == b'{',
        b'/' => matches!(second, b'/' | b'*'),
        _ => false,
    }
}

/// How many bytes of `rest` belong to the value that begins it. `enclosing` is the quote that the name stands inside of.
fn extent(rest: &[u8], join: Join, key: &Key, enclosing: Option<u8>) -> usize {
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
            b',' => at(rest, len + 1).is_ascii_whitespace() || enclosing.is_some() || names_next(&rest[len + 1..]),
            b'(' | b'[' | b'{' => {
                depth += 1;
                false
            }
            b')' | b']' | b'}' => {
                depth -= 1;
                // One that nothing opened ends the value, unless the value plainly goes on behind it.
                let on = at(rest, len + 1);
                let goes_on =
                    on.is_ascii_alphanumeric() && join != Join::Query && enclosing.is_none() && key.lead != b'{';
                if depth < 0 && goes_on {
                    depth = 0;
                }
                depth < 0
            }
            _ => false,
        };
        if ends {
            break;
        }
        len += 1;
    }
    len
}

/// Whether another setting of a list begins here, as after the comma of `addr=x,db=0`.
fn names_next(rest: &[u8]) -> bool {
    let len = rest.iter().take(32).take_while(|b| b.is_ascii_lowercase() || **b == b'_').count();
    len > 1 && at(rest, len) == b'='
}

/// A bare value without what stands after it: commas, a full stop, further parameters.
struct Trimmed<'t> {
    body: &'t [u8],
    /// The byte that ends it.
    end_mark: u8,
    join: Join,
}

impl<'t> Trimmed<'t> {
    fn new(rest: &'t [u8], len: usize, mut join: Join) -> Self {
        let mut body = cut(rest, 0..len);
        let mut end_mark = at(rest, len);
        while let [head @ .., b',' | b';'] = body {
            end_mark = at(rest, head.len());
            body = head;
        }
        if let (Join::Is | Join::Colon | Join::Cell, [head @ .., b'.']) = (join, body) {
            body = head;
        }
        if matches!(join, Join::Equals | Join::Query) {
            // `token=x&type=y`: a form or a query that begins with it.
            if let Some(i) = next_parameter(body) {
                body = cut(body, 0..i);
                join = Join::Query;
            }
        }
        Self { body, end_mark, join }
    }

    /// Whether a flag says where the password is (`pass:`, `env:`, `file:`), or stands in the usage line of a command
    /// (`--password PASSWORD`).
    fn is_source_or_usage(&self) -> bool {
        let body = self.body;
        self.join == Join::Flag
            && (body.starts_with(b"pass:")
                || body.starts_with(b"env:")
                || body.starts_with(b"file:")
                || body.iter().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-' | b'.')))
    }
}

/// The value at `from`, of which `len` bytes were read before trimming, with what the rest of its line says about it.
/// Inlined into its one caller: a call costs more instructions than it saves.
#[inline(always)]
fn judged_by_line(text: &[u8], from: usize, len: usize, value: &Trimmed<'_>, enclosing: Option<u8>) -> Option<Found> {
    let &Trimmed { body, end_mark, join } = value;
    let mut found = Found::new(from..from + body.len(), from + body.len(), join);
    found.inside = enclosing.is_some() && join != Join::Query;
    found.code = matches!(end_mark, b',' | b';' | b')' | b']' | b'}') && enclosing.is_none();
    let line = cut(text, from + len..from + len + 120);
    let line = cut(line, 0..line.iter().position(|b| *b == b'\n').unwrap_or(line.len())).trim_ascii();
    let comment = line.starts_with(b"#")
        || line.starts_with(b"//")
        || line.starts_with(b"--")
        || (line.starts_with(b"|") && !line.starts_with(b"||"))
        || line.starts_with(b"<");
    let operator = [&b"||"[..], b"or ", b"??", b"? ", b"if "].iter().any(|o| line.starts_with(o));
    if join == Join::Colon && !comment && !operator && body.iter().all(u8::is_ascii_alphabetic) && goes_on(line) {
        return None;
    }
    found.more = enclosing.is_none()
        && !comment
        && !matches!(join, Join::Query | Join::Flag)
        && (line.iter().any(u8::is_ascii_alphanumeric) || line.starts_with(b"***"));
    if found.more && operator {
        return expression(text, from, join);
    }
    // A command follows its variables: `PASSWORD=x command`, or further variables of one line.
    Some(found)
}

/// How far before a name the quote that it may stand inside of is looked for, in bytes.
const ENCLOSING: usize = 512;

/// The quote that is open where a line is cut, as far as its first quote tells: one that something follows as after a value,
/// and that does not begin one. In doubt none is open, so that the place of the cut hides no value.
fn opened_before(line: &[u8]) -> Option<u8> {
    let first = line.iter().position(|b| matches!(b, b'"' | b'\'' | b'`'))?;
    let (before, after) = (line[..first].last(), line.get(first + 1));
    let begins = before.is_some_and(|b| b"=:([{,+ ".contains(b));
    let ends = after.is_some_and(|b| b";,)]}:+.".contains(b));
    (ends && !begins && before != Some(&b'\\')).then(|| line[first])
}

/// The quote that the name of a bare value stands inside of on its line, if any; none is open where a long line is cut.
pub(super) fn enclosing(text: &[u8], key: &Key) -> Option<u8> {
    let (line, _) = line_before(text, key);
    open_after(line, None)
}

/// The same where a quote follows the name: one that begins a value must not be taken for the end of the text around.
pub(super) fn ended_by_quote(text: &[u8], key: &Key) -> Option<u8> {
    let (line, is_whole) = line_before(text, key);
    open_after(line, if is_whole { None } else { opened_before(line) })
}

/// The line before the name, as far as it is looked at, and whether that is all of it.
pub(super) fn line_before<'t>(text: &'t [u8], key: &Key) -> (&'t [u8], bool) {
    let from = key.ident.start.saturating_sub(ENCLOSING);
    let line = cut(text, from..key.ident.start);
    match memchr::memrchr(b'\n', line) {
        Some(i) => (cut(line, i + 1..line.len()), true),
        None => (line.strip_prefix(MARK).unwrap_or(line), from == 0),
    }
}

/// The quote that is open after `line`, if this one is open before it.
fn open_after(line: &[u8], before: Option<u8>) -> Option<u8> {
    let mut open = before;
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
        part.first().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'@'))
            && part.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'?'))
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
    let name =
        rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']')).count();
    (name > 0 && rest.get(name) == Some(&b'=')).then_some(i)
}

/// Brackets, arrows and paths of a programming language.
fn looks_like_code(body: &[u8]) -> bool {
    let opens = body.iter().position(|b| matches!(b, b'(' | b'[' | b'{'));
    let called = opens.is_some_and(|i| {
        i > 0
            && (at(body, i - 1).is_ascii_alphanumeric()
                || matches!(at(body, i - 1), b'_' | b'.' | b'!' | b'?' | b'$' | b'%' | b'#'))
    });
    let has = |piece: &[u8]| body.windows(piece.len()).any(|w| w == piece);
    let generic =
        body.iter().position(|b| *b == b'<').is_some_and(|i| i > 0 && (body.ends_with(b">") || body.ends_with(b"]")));
    called
        || generic
        || has(b"->")
        || has(b"::")
        || has(b"=>")
        // At the end it is what base64 is filled up with.
        || memchr::memmem::find(body.strip_suffix(b"==").unwrap_or(body), b"==").is_some()
        || has(b"&&")
        || has(b"||")
        || has(b"${")
        || has(b"{{")
        || has(b"$(")
        || body.ends_with(b"(")
        || body.ends_with(b"{")
}
