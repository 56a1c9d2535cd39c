//! Ways in which one language or framework alone gives a value to a name.
//!
//! In: text and the [`Key`]. Out: a [`Found`]. Refuses all that is no literal. `syntax.rs` says where each of them may begin.

use super::bare::line_before;
use super::expression;
use super::join::{Join, blanks, space};
use super::key::{Key, at, cut, quote_len};
use super::kind::Kind;
use super::literal::{Found, literal};
use super::shape::{generated, has_no_word};
use std::ops::Range;

/// A value that comes before its name: `setValue("...", forHTTPHeaderField: "X-Api-Key")` of Swift, `"..." -> password`
/// of R, `When I enter "..." as the password` of a test in words.
pub(super) fn before(text: &[u8], key: &Key) -> Option<Found> {
    let outside = key.ident.start - if key.quoted { key.closing } else { 0 };
    let line = cut(text, outside.saturating_sub(1024)..outside);
    let line = line.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let head = if key.quoted {
        line.strip_suffix(b"forHTTPHeaderField: ")?.strip_suffix(b", ")?
    } else if let Some(head) = line.strip_suffix(b" -> ") {
        head
    } else {
        let step = [&b"Given "[..], b"When ", b"Then ", b"And ", b"But ", b"* "];
        let is_step = step.iter().any(|s| line.trim_ascii_start().starts_with(s));
        let head = [&b" as the "[..], b" as my ", b" as ", b" for the ", b" in the ", b" into the "];
        head.iter().find_map(|words| line.strip_suffix(*words)).filter(|_| is_step)?
    };
    let inner = head.strip_suffix(b"\"")?;
    let open = memchr::memrchr(b'"', inner)?;
    // The next name on the line has a value of its own.
    let secret = outside - line.len() + open + 1..outside - line.len() + inner.len();
    let after = blanks(text, key.ident.end);
    let after = after + if cut(text, after..after + 5) == b"field" { 5 } else { 0 };
    let ends = key.quoted || matches!(at(text, after), b'\n' | b'\r' | b';' | 0);
    (ends && !secret.is_empty()).then(|| quoted(secret, Join::Pair))
}

/// `${PASSWORD}    ...` of Robot Framework: a variable at the start of a line, and its value after several blanks.
pub(super) fn robot(text: &[u8], key: &Key) -> Option<Found> {
    let opens = key.ident.start - 2;
    let first = opens == 0 || at(text, opens - 1) == b'\n';
    let from = key.ident.end + 1;
    let start = blanks(text, from);
    let apart = start > from + 1 || at(text, from) == b'\t';
    if !first || at(text, key.ident.end) != b'}' || !apart {
        return None;
    }
    let rest = cut(text, start..start + 120);
    let line = rest.split(|b| matches!(b, b'\r' | b'\n')).next().unwrap_or_default().trim_ascii_end();
    let one = !line.is_empty() && line.len() < 120 && !line.windows(2).any(|w| w == b"  ") && !line.contains(&b'\t');
    (one && !line.starts_with(b"$") && !line.starts_with(b"%{"))
        .then(|| Found::new(start..start + line.len(), start + line.len(), Join::Equals))
}

/// `$(echo ... | base64 -d)` and `$(base64 -d <<< ...)`: what a shell decodes, with a quote before it or not.
pub(super) fn decoded_by_shell(text: &[u8], here: usize) -> Option<Found> {
    let open = here + usize::from(at(text, here) == b'"');
    let body = match (at(text, open), at(text, open + 1)) {
        (b'$', b'(') => open + 2,
        (b'`', _) => open + 1,
        _ => return None,
    };
    let rest = cut(text, body..body + 400);
    let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
    let decodes = [&b"base64 -d"[..], b"base64 --decode", b"base64 -D"];
    let command = decodes.iter().find_map(|command| memchr::memmem::find(line, command))?;
    let mut from = 0;
    if command == 0 {
        from = memchr::memmem::find(line, b"<<<")? + 3;
    }
    for word in [&b"echo "[..], b"printf ", b"-n ", b"-e ", b"'%s' ", b"\"%s\" ", b"%s ", b" "] {
        from += if line[from..].starts_with(word) { word.len() } else { 0 };
    }
    from += usize::from(matches!(line.get(from), Some(b'"' | b'\'')));
    let len = line[from..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"+/=-_".contains(b)).count();
    let piped = command == 0 || (command > from && memchr::memchr(b'|', &line[from..command]).is_some());
    (piped && len >= 8).then(|| quoted(body + from..body + from + len, Join::Equals))
}

/// `{{ .Values.password | default "..." }}` of Helm, `{{ x | default('...') }}` of Jinja, with a quote before it or not:
/// what is taken where nothing is given.
pub(super) fn default_in_braces(text: &[u8], here: usize) -> Option<Found> {
    let open = here + usize::from(matches!(at(text, here), b'"' | b'\''));
    if cut(text, open..open + 2) != b"{{" {
        return None;
    }
    let rest = cut(text, open..open + 240);
    let body = &rest[..memchr::memmem::find(rest, b"}}")?];
    let word = memchr::memmem::find(body, b"default")? + 7;
    let bracket = blanks(body, word);
    let from = blanks(body, bracket + usize::from(at(body, bracket) == b'('));
    let found = (from > word).then(|| literal(text, open + from, Join::Equals)).flatten()?;
    Some(Found { default: true, ..found })
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

/// `getPassword() { return "..."; }`, `def password(self):\n  return "..."`, `const getToken = () => "..."`: what a function gives
/// whose name tells; `open` is its bracket. Functions give all kinds of texts, so that only what is no word counts.
pub(super) fn returned(text: &[u8], open: usize) -> Option<Found> {
    const HEAD: usize = 96;
    let head = cut(text, open..open + HEAD);
    let close = head.iter().position(|b| *b == b')')?;
    let body = &head[close + 1..];
    // A type, and what opens the body.
    let sign = body.iter().position(|b| matches!(b, b'{' | b'=' | b'\n' | b'"' | b'\'' | b'`' | b';' | b','))?;
    let from = open + close + 1 + sign;
    // The brace may be on the next line.
    let next = space(text, from);
    let inner = match at(text, from) {
        b'{' => space(text, from + 1),
        b'\n' if at(text, next) == b'{' => space(text, next + 1),
        b'\n' if body[..sign].trim_ascii_end().ends_with(b":") => space(text, from + 1),
        b'=' if at(text, from + 1) == b'>' => {
            let body = space(text, from + 2);
            if at(text, body) == b'{' { space(text, body + 1) } else { body }
        }
        b'=' if at(text, from + 1) == b' ' => space(text, from + 1),
        _ => return None,
    };
    let inner = past_comment(text, inner);
    let inner = if cut(text, inner..inner + 7) == b"return " { blanks(text, inner + 7) } else { inner };
    given(text, inner)
}

/// Past a comment of one line.
fn past_comment(text: &[u8], from: usize) -> usize {
    let line = cut(text, from..from + 120);
    let end = if line.starts_with(b"//") || line.starts_with(b"# ") { memchr::memchr(b'\n', line) } else { None };
    end.map_or(from, |end| space(text, from + end))
}

/// `def api_key\n  "..."\nend` of Ruby; `from` is after the name.
pub(super) fn of_method(text: &[u8], key: &Key, from: usize) -> Option<Found> {
    let before = cut(text, key.ident.start.saturating_sub(9)..key.ident.start);
    let is_method = before.ends_with(b"def ") || before.ends_with(b"def self.");
    if is_method && key.closing == 0 { given(text, space(text, from + 1)) } else { None }
}

/// The literal at `from` that is all of a statement, if it is no word.
fn given(text: &[u8], from: usize) -> Option<Found> {
    let found = literal(text, from, Join::Call)?;
    let rest = cut(text, found.close..found.close + 16);
    let turned =
        [&b".toCharArray()"[..], b".to_string()", b".into()", b", nil"].iter().any(|call| rest.starts_with(call));
    let ends = turned || matches!(at(text, blanks(text, found.close)), b';' | b'\n' | b'\r' | b'}' | 0);
    let value = cut(text, found.secret.clone());
    let telling = value.iter().any(u8::is_ascii_digit) && has_no_word(value);
    (ends && telling).then_some(found)
}

/// `name = test ? "..." : x`: the first of the two that is a literal and not a word; `from` is after the sign.
pub(super) fn ternary(text: &[u8], from: usize) -> Option<Found> {
    let line = cut(text, from..from + 200);
    let line = line.split(|b| *b == b'\n').next().unwrap_or_default();
    let sign = memchr::memmem::find(line, b" ? ")?;
    // What is tested is no text.
    if line[..sign].iter().any(|b| matches!(b, b'"' | b'\'' | b'`' | b',' | b'{')) {
        return None;
    }
    let first = blanks(text, from + sign + 3);
    let second = || {
        let colon = memchr::memmem::find(line.get(sign + 3..)?, b" : ")?;
        Some(blanks(text, from + sign + 3 + colon + 3))
    };
    given_part(text, first).or_else(|| given_part(text, second()?))
}

/// `process.env.API_TOKEN || "..."`: the default of a setting; `from` is after the sign.
pub(super) fn otherwise(text: &[u8], from: usize) -> Option<Found> {
    given_part(text, blanks(text, from))
}

/// `user, password = "app", "..."`, `const [user, password] = ["app", "..."]`: names and values in the same order, on one line.
pub(super) fn parallel(text: &[u8], key: &Key) -> Option<Found> {
    let (line, is_whole) = line_before(text, key);
    let rest = cut(text, key.ident.end..key.ident.end + 240);
    let rest = rest.split(|b| *b == b'\n').next().unwrap_or_default();
    let sign = rest.iter().position(|b| *b == b'=')?;
    let word = |b: &u8| b.is_ascii_alphanumeric() || b"_$@%".contains(b);
    let name = |part: &[u8]| !part.is_empty() && part.iter().all(word);
    let open = line.iter().rposition(|b| matches!(b, b'(' | b'['));
    // What declares them is the first word; before a bracket there is nothing else.
    let words = [&b"var"[..], b"let", b"const", b"local", b"my", b"list"];
    let declares = |part: &[u8]| part.is_empty() || words.contains(&part);
    let before = line[open.map_or(0, |i| i + 1)..].trim_ascii_start();
    let word_end = before.iter().position(|b| *b == b' ').filter(|i| words.contains(&&before[..*i]));
    let before = &before[word_end.map_or(0, |i| i + 1)..];
    if open.is_some_and(|i| !declares(line[..i].trim_ascii())) {
        return None;
    }
    let place = before.iter().filter(|b| **b == b',').count();
    let head = before.strip_suffix(b",").or_else(|| before.strip_suffix(b", ")).unwrap_or(before);
    let names = rest[..sign].trim_ascii();
    let end = names.iter().rposition(|b| !matches!(b, b')' | b']' | b' ' | b':')).map_or(0, |i| i + 1);
    let names = &names[..end];
    let names = names.strip_prefix(b",").unwrap_or(names);
    let all_names = |part: &[u8]| part.is_empty() || part.split(|b| *b == b',').all(|part| name(part.trim_ascii()));
    if !is_whole || !all_names(head) || !all_names(names) || matches!(rest.get(sign + 1), Some(b'=' | b'>')) {
        return None;
    }
    let mut here = blanks(text, key.ident.end + sign + 1);
    here += usize::from(matches!(at(text, here), b'(' | b'['));
    for _ in 0..place {
        here = space(text, here);
        here = match literal(text, here, Join::Equals) {
            Some(found) => found.close,
            None => here + cut(text, here..here + 64).iter().take_while(|b| word(b) || **b == b'.').count(),
        };
        here = blanks(text, here);
        if at(text, here) != b',' {
            return None;
        }
        here += 1;
    }
    let here = blanks(text, here);
    literal(text, here, Join::Equals).or_else(|| expression::decoded(text, here, Join::Equals))
}

/// The literal at `from`, if it is no word.
fn given_part(text: &[u8], from: usize) -> Option<Found> {
    let found = literal(text, from, Join::Equals)?;
    let value = cut(text, found.secret.clone());
    (value.iter().any(u8::is_ascii_digit) && has_no_word(value)).then_some(found)
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

/// A block that holds the value of its name: `variable "db_password" { default = "..." }`.
pub(super) fn nested(text: &[u8], here: usize) -> Option<Found> {
    let body = cut(text, here..here + 240);
    let body = cut(body, 0..body.iter().position(|b| *b == b'}')?);
    for label in [&b"default"[..], b"value"] {
        let mut from = 0;
        while let Some(i) = cut(body, from..body.len()).windows(label.len()).position(|w| w == label) {
            let end = from + i + label.len();
            from = end;
            let end = end + quote_len(body, end).map_or(0, |(len, _)| len);
            let after = blanks(body, end);
            if matches!(at(body, after), b'=' | b':') {
                return literal(text, space(text, here + after + 1), Join::Named);
            }
        }
    }
    None
}
