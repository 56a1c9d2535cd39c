//! Names and values with nothing between them: flags of commands, directives, declarations with a type, SQL, sentences.
//!
//! In: text, a [`Key`], and the place of the word behind it. Out: a [`Found`]. Refuses prose, where any two words stand
//! beside each other: the form of the line, the name or the value must tell.

use super::join::{Join, blanks};
use super::key::{Key, MARK, at, cut};
use super::kind::Kind;
use super::literal::{Found, literal, quote_start};
use super::{bare, expression, value};

/// `PASSWORD 'x'`, `#define PASSWORD "x"`: a literal directly behind the name.
pub(super) fn spaced(text: &[u8], key: &Key, here: usize) -> Option<Found> {
    let join = if key.dashes > 0 { Join::Flag } else { Join::Space };
    // "Pass `--flag`", "the token `x`": prose about code.
    let verb = cut(text, key.ident.clone()).eq_ignore_ascii_case(b"pass");
    if join == Join::Space && (verb || (at(text, here) == b'`' && key.kind != Kind::Password)) {
        return None;
    }
    literal(text, here, join)
}

/// A word behind the name: a flag's value, `ENV NAME value`, a declaration with a type, `password is value`.
pub(super) fn word(text: &[u8], key: &Key, here: usize) -> Option<Found> {
    if key.identified(text) {
        let value = cut(text, here..here + 24);
        let value = value.split(|b| b.is_ascii_whitespace() || *b == b';').next().unwrap_or(&[]);
        if !sets_user(text, key) || value.iter().all(u8::is_ascii_lowercase) {
            return None;
        }
    }
    if key.identified(text) || (key.dashes > 0 && !key.lead.is_ascii_alphanumeric()) {
        // Two blanks and more: a column of a help text.
        if here > key.ident.end + 1 {
            return None;
        }
        let found = value::read(text, here, Join::Flag, key)?;
        // Flags that a sentence names, with words of it behind them.
        let word = cut(text, found.secret.clone()).iter().all(u8::is_ascii_lowercase);
        return (!word || found.quoted || !sentence(text, found.close)).then_some(found);
    }
    if cut(text, here..here + 3).eq_ignore_ascii_case(b"is ") {
        // "the password is wrong": only a value with a digit or a sign is named so.
        let found = value::read(text, here + 3, Join::Is, key)?;
        let value = cut(text, found.secret.clone());
        return (found.quoted || value.iter().any(|b| !b.is_ascii_alphabetic())).then_some(found);
    }
    if key.shout
        && opens_line(
            text,
            key,
            &[
                b"ENV", b"ARG", b"setx", b"set", b"set -x", b"set -gx", b"set -Ux", b"set -xg", b"setenv", b"\\set",
                b"#define",
            ],
        )
    {
        return value::read(text, here, Join::Flag, key);
    }
    if let Some(found) = directive(text, key, here) {
        return Some(found);
    }
    // `-String "..."`, the flag of PowerShell's `ConvertTo-SecureString`.
    if cut(text, here..here + 8).eq_ignore_ascii_case(b"-String ") {
        return literal(text, blanks(text, here + 8), Join::Flag);
    }
    // `pass verify="..."`: the verb.
    if cut(text, key.ident.clone()).eq_ignore_ascii_case(b"pass") {
        return None;
    }
    // `password string = "..."`
    let after = typed(text, here)?;
    // One word is a type; more are prose, but for `As String` of Basic.
    let kind = cut(text, here..after).trim_ascii_end();
    let kind = kind.strip_suffix(b"=").unwrap_or(kind).trim_ascii_end();
    let kind = kind.strip_prefix(b"As ").or_else(|| kind.strip_prefix(b"as ")).unwrap_or(kind);
    if kind.contains(&b' ') {
        return None;
    }
    value::read(text, after, Join::Equals, key)
}

/// `- --name` of a list in YAML, and its value on the next line: the item behind it, as far indented.
pub(super) fn next_item(text: &[u8], key: &Key, line_end: usize) -> Option<Found> {
    let outside = usize::from(key.dashes) + if key.quoted { key.closing } else { 0 };
    let start = key.ident.start.checked_sub(outside)?;
    if key.closing > 0 && !key.quoted {
        return None;
    }
    let before = cut(text, start.saturating_sub(80)..start);
    let indent = cut(before, memchr::memrchr(b'\n', before).map_or(0, |i| i + 1)..before.len());
    let item = indent.strip_suffix(b"- ").map(<[u8]>::trim_ascii_start)?;
    let next = line_end + 1 + usize::from(at(text, line_end) == b'\r');
    if !item.is_empty() || cut(text, next..next + indent.len()) != indent {
        return None;
    }
    let from = blanks(text, next + indent.len());
    let found = literal(text, from, Join::Flag).or_else(|| bare::bare(text, from, Join::Flag, key))?;
    let value = cut(text, found.secret.clone());
    let alone = matches!(at(text, blanks(text, found.close)), b'\n' | b'\r' | b'#' | 0);
    (alone && !value.starts_with(b"-") && !value.starts_with(b"$")).then_some(found)
}

/// `"..." | ConvertTo-SecureString`: what is piped into the command.
pub(super) fn piped(text: &[u8], key: &Key) -> Option<Found> {
    let before = cut(text, key.ident.start.saturating_sub(160)..key.ident.start);
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let value = line.trim_ascii_end().strip_suffix(b"|")?.trim_ascii_end();
    let (mark, body) = value.split_last().filter(|(mark, _)| matches!(mark, b'"' | b'\''))?;
    let open = memchr::memrchr(*mark, body)?;
    let from = key.ident.start - line.len() + open;
    literal(text, from, Join::Flag)
}

/// A line of a configuration file that is nothing but name and value (`requirepass ...`, `auth_pass ...`), or the
/// password of a login in `.netrc`. In prose two words stand alone as well, so the value needs a digit or a sign.
fn directive(text: &[u8], key: &Key, here: usize) -> Option<Found> {
    let before = cut(text, key.ident.start.saturating_sub(160)..key.ident.start);
    let line = match memchr::memrchr(b'\n', before) {
        Some(i) => cut(before, i + 1..before.len()),
        None if before.len() < 160 => before.strip_prefix(MARK).unwrap_or(before),
        None => return None,
    };
    let alone = line.trim_ascii().is_empty();
    let netrc = before.windows(6).any(|w| w == b"login ") && matches!(key.lead, b' ' | b'\n' | b'\t');
    if !(alone || netrc) || !matches!(key.kind, Kind::Password | Kind::Secret) {
        return None;
    }
    let found = value::read(text, here, Join::Flag, key)?;
    let value = cut(text, found.secret.clone());
    let end = blanks(text, found.close);
    let ends = matches!(at(text, end), b'\n' | b'\r' | 0) && !found.code;
    let telling = value.iter().any(u8::is_ascii_digit)
        || value.iter().any(|b| matches!(b, b'!' | b'@' | b'#' | b'$' | b'%' | b'&' | b'*'));
    (ends && telling && value.len() > 4).then_some(found)
}

/// Position after the `=` that follows a type at `from`, if a text literal comes next.
pub(super) fn typed(text: &[u8], from: usize) -> Option<usize> {
    let rest = cut(text, from..from + 56);
    if !rest.first().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'&' | b'*' | b'[' | b'?')) {
        return None;
    }
    let len = rest.iter().position(|b| {
        !(b.is_ascii_alphanumeric()
            || matches!(b, b'_' | b'.' | b'<' | b'>' | b'[' | b']' | b'?' | b'|' | b'&' | b'*' | b'!' | b' ' | b','))
    })?;
    // A lifetime (`&'static str`) is the one quote a type may hold.
    let len = if rest.get(len) == Some(&b'\'') && rest.first() == Some(&b'&') {
        len + rest.get(len..)?.iter().position(|b| *b == b'=')?
    } else {
        len
    };
    // Ada and Pascal: `name : constant String := "..."`.
    let len = len + usize::from(rest.get(len) == Some(&b':'));
    if rest.get(len) != Some(&b'=') {
        return None;
    }
    let after = blanks(text, from + len + 1);
    let argument = || {
        expression::default_of_field(text, after, Join::Equals)
            .or_else(|| expression::default_argument(text, call_start(text, after)?, Join::Equals))
    };
    (quote_start(text, after).is_some() || argument().is_some()).then_some(from + len + 1)
}

/// Just behind the bracket of the call that begins at `from`.
fn call_start(text: &[u8], from: usize) -> Option<usize> {
    let name = cut(text, from..from + 40);
    let len = name.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')).count();
    (len > 0 && at(name, len) == b'(').then_some(from + len + 1)
}

/// Whether a statement about a user stands before `IDENTIFIED BY`: elsewhere these are words of prose.
fn sets_user(text: &[u8], key: &Key) -> bool {
    let before = cut(text, key.ident.start.saturating_sub(160)..key.ident.start);
    [&b"alter "[..], b"create ", b"grant "].iter().any(|s| before.windows(s.len()).any(|w| w.eq_ignore_ascii_case(s)))
}

/// Whether the word before the name is one of `words`, at the start of its line.
fn opens_line(text: &[u8], key: &Key, words: &[&[u8]]) -> bool {
    let line = cut(text, key.ident.start.saturating_sub(40)..key.ident.start);
    let line = match line.iter().rposition(|b| *b == b'\n') {
        Some(i) => cut(line, i + 1..line.len()),
        None => line,
    };
    let first = line.trim_ascii();
    words.iter().any(|w| first.eq_ignore_ascii_case(w))
}

/// Whether two plain words follow at `from`, on its line.
fn sentence(text: &[u8], from: usize) -> bool {
    let rest = cut(text, from..from + 60);
    let line = rest.split(|b| *b == b'\n').next().unwrap_or(&[]);
    let plain = |word: &&[u8]| {
        let word = word.strip_suffix(b".").or_else(|| word.strip_suffix(b",")).unwrap_or(word);
        !word.is_empty() && word.iter().all(u8::is_ascii_lowercase)
    };
    let words = line.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty());
    words.take(2).filter(plain).count() == 2
}
