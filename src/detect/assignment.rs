//! Assignments of passwords, secrets, tokens and keys, in the syntaxes people use.
//!
//! In: text and the place of a telling word (`password`, `api_key`) that a rule of `rules/generic.toml` matched. Out:
//! [`Parsed`]: where the value stands, unescaped, and the evidence for and against it. `key.rs` reads the name around the
//! word, `kind.rs` says what the word means and `provider.rs` whose it is; `syntax.rs` finds where its value begins (`phrase.rs` where nothing stands between the two, `apart.rs` where it stands in
//! another field of the same record, `columns.rs` in a row below its head, `collection.rs` in a list or map, `idiom.rs` in ways of one language). `literal.rs`, `raw.rs`, `bare.rs`, `long.rs`,
//! `joined.rs`, `percent.rs`, `scheme.rs`, `expression.rs` and `value.rs` find where it ends. `shape.rs` says what it looks like, `refused.rs` what
//! cannot be a secret, `other.rs` what it plainly is instead of a secret, and `judge.rs` turns all of it into reasons with fitted weights. `header.rs`
//! reads the headers whose scheme is the telling word.
//! Gives nothing for everything that is no literal: calls, variables, types, prose, templates, empty values. It does not
//! look at paths, and at most at [`BEFORE`] and [`AFTER`] bytes beside the word, records and long values excepted
//! (docs/design.md, law 3).

mod apart;
mod bare;
mod collection;
mod columns;
mod escape;
mod expression;
mod header;
mod idiom;
mod join;
mod joined;
mod judge;
mod key;
mod kind;
mod literal;
mod long;
mod other;
mod parsed;
mod percent;
mod phrase;
mod provider;
mod raw;
mod refused;
mod scheme;
mod shape;
mod syntax;
mod telling;
#[cfg(test)]
mod tests;
mod value;
#[rustfmt::skip]
mod words;

use crate::finding::evidence::Evidence;
use key::cut;
pub use parsed::{AFTER, BEFORE, Parsed};
use std::ops::Range;
pub(super) use telling::{OF_HEADER, OF_NAME, OF_VALUE, Telling, telling};

/// The password in the credentials of a `Basic` header; `None` if they do not decode to `name:password`.
pub(super) fn password_of_basic(value: &[u8]) -> Option<Vec<u8>> {
    header::password_of_basic(value)
}

/// Whether a value in a file of secrets is none: a date, a path, a hash, a name, an id, or what an entry of this name holds
/// instead (`password.mtime`, `username`).
pub(super) fn is_no_secret(name: &[u8], value: &[u8]) -> bool {
    let last = key::Pieces(name).last().unwrap_or_default().to_ascii_lowercase();
    let shape = shape::Shape::new(value);
    words::ELSEWHERE.contains(&&*last)
        || [
            &b"username"[..],
            b"user",
            b"login",
            b"host",
            b"hostname",
            b"domain",
            b"region",
            b"bucket",
            b"crt",
            b"cert",
            b"ca",
        ]
        .contains(&&*last)
        || shape.date_or_version
        || shape.hash
        || shape.path
        || shape.email
        || shape.dotted
        || shape.name
        || shape.uuid
        || shape.option
        || shape.weak
        || shape.stand_in
        || shape.repeats
        || shape.sequence
        || shape.masked
        || refused::refused(value, true)
}

/// Whether `value` cannot be a literal secret, whatever it is given to.
pub(super) fn is_refused(value: &[u8]) -> bool {
    refused::refused(value, true)
}

/// Adds what an argument itself says for and against a password.
pub(super) fn of_argument(value: &[u8], out: &mut Vec<Evidence>) {
    judge::of_command(value, out);
}

/// What [`parse`] gives.
#[derive(Debug, Default)]
pub struct Assignment {
    /// The literal value, if there is one; of a column those of its rows.
    pub parsed: Vec<Parsed>,
    /// What there is depends on more than [`BEFORE`] and [`AFTER`] bytes beside the word: its record was read.
    pub far: bool,
}

/// Reads the assignment that the telling `word` of `text` belongs to, at most `far` bytes to either side of it.
pub fn parse(text: &[u8], word: Range<usize>, far: usize) -> Assignment {
    let near = View::new(text, &word, BEFORE, AFTER);
    let Some(view) = near else { return Assignment::default() };
    let one =
        |parsed: Option<Parsed>| Assignment { parsed: parsed.map(|p| view.back(p)).into_iter().collect(), far: false };
    if header::is_scheme(cut(view.text, view.word.clone())) {
        return one(header::parse(view.text, view.word.clone()));
    }
    let Some(key) = key::Key::around(view.text, view.word.clone()) else { return Assignment::default() };
    if is_prose(view.text, &key) || is_path(view.text, &key) {
        return Assignment::default();
    }
    let of_header = cut(view.text, key.word.clone()).eq_ignore_ascii_case(b"authorization");
    if of_header && (!scheme::is_header(view.text, &key) || scheme::has_own_rule(view.text, &key)) {
        return Assignment::default();
    }
    let is_far = apart::label(view.text, &key).is_some()
        || long::follows(view.text, &key)
        || value::is_alias(view.text, &key)
        || columns::head(view.text, &key).is_some();
    if is_far {
        let view = View::new(text, &word, far, far);
        let parsed = view.map(|view| in_record(&view).into_iter().map(|p| view.back(p)).collect());
        return Assignment { parsed: parsed.unwrap_or_default(), far: true };
    }
    let first = syntax::find(view.text, &key).and_then(|found| weighed(view.text, &key, found));
    let first_place = first.as_ref().map(|parsed| parsed.secret.clone());
    let more = collection::values(view.text, &key)
        .into_iter()
        .filter(|found| !first_place.as_ref().is_some_and(|first| first.contains(&found.secret.start)));
    let more = more.filter_map(|found| weighed(view.text, &key, found));
    let parsed = first.into_iter().chain(more).map(|parsed| view.back(parsed)).collect();
    Assignment { parsed, far: false }
}

/// The part of a text around a word that may be looked at.
struct View<'t> {
    text: &'t [u8],
    word: Range<usize>,
    offset: usize,
}

impl<'t> View<'t> {
    fn new(text: &'t [u8], word: &Range<usize>, before: usize, after: usize) -> Option<Self> {
        let offset = word.start.saturating_sub(before);
        let text = text.get(offset..word.end.saturating_add(after).min(text.len()))?;
        Some(Self { text, word: word.start - offset..word.end - offset, offset })
    }

    /// The same in the whole text.
    fn back(&self, parsed: Parsed) -> Parsed {
        let back = |range: Range<usize>| range.start + self.offset..range.end + self.offset;
        Parsed { whole: back(parsed.whole), secret: back(parsed.secret), read: back(parsed.read), ..parsed }
    }
}

/// Values that may be far from their name, or long.
fn in_record(view: &View<'_>) -> Vec<Parsed> {
    let Some(key) = key::Key::around(view.text, view.word.clone()) else { return Vec::new() };
    let of = |found: Option<literal::Found>, read: &Range<usize>| -> Vec<Parsed> {
        let parsed = found.and_then(|found| weighed(view.text, &key, found));
        parsed.map(|parsed| parsed.having_read(read)).into_iter().collect()
    };
    let mut read = key.ident.clone();
    if let Some(label) = apart::label(view.text, &key) {
        let (found, range) = apart::find(view.text, &key, &label);
        read = range;
        if found.is_some() {
            return of(found, &read);
        }
    }
    if let Some(head) = columns::head(view.text, &key) {
        let found = columns::values(view.text, &key, &head);
        // How the rows before it are written decides which value is ours.
        return found.into_iter().filter_map(|found| weighed(view.text, &key, found)).collect();
    }
    of(long::value(view.text, &key).or_else(|| syntax::find(view.text, &key)), &read)
}

/// `config/master.key:12`: the path of a file, and a note about it.
fn is_path(view: &[u8], key: &key::Key) -> bool {
    key.lead == b'/'
        && key.closing == 0
        && view.get(key.ident.end) == Some(&b':')
        && view.get(key.ident.end + 1).is_some_and(u8::is_ascii_graphic)
        && view[key.ident.clone()].contains(&b'.')
}

/// Whether the word only looks like a name: a result in `ok ? "pass" : "fail"`, or `identified by` in a sentence, which in
/// SQL follows a word of its statement or is written in capitals.
fn is_prose(view: &[u8], key: &key::Key) -> bool {
    // `?token=`: the first parameter of a URL.
    if key.lead == b'?' && key.closing == 0 && view.get(key.ident.end) == Some(&b'=') {
        return false;
    }
    let before = &view[..key.ident.start];
    // `? password`, `? "password"` on a line of its own: a key of YAML that is written as one.
    let open = before.len().saturating_sub(if key.quoted { key.closing } else { 0 });
    let after = view.get(key.ident.end + key.closing);
    if let Some(rest) = before[..open].strip_suffix(b"? ") {
        let alone = rest.iter().rev().find(|b| !matches!(b, b' ' | b'\t' | b'-')).is_none_or(|b| *b == b'\n');
        let is_key = match key.closing {
            0 => alone && after.is_none_or(u8::is_ascii_whitespace),
            _ => key.quoted && alone && matches!(after, Some(b'\r' | b'\n')),
        };
        if is_key {
            return false;
        }
    }
    // A quote, escaped or not.
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
    let before = before.strip_suffix(b"\\").unwrap_or(before);
    if before.trim_ascii_end().ends_with(b"?") {
        return true;
    }
    let near = &view[key.ident.start.saturating_sub(200)..key.ident.start].to_ascii_lowercase();
    let statement = [&b"create"[..], b"alter", b"grant", b"connect", b"user", b"role", b"link"];
    key.identified(view)
        && view[key.ident.clone()].iter().any(u8::is_ascii_lowercase)
        && !statement.iter().any(|word| memchr::memmem::find(near, word).is_some())
}

/// The evidence for and against a value that was found.
fn weighed(view: &[u8], key: &key::Key, mut found: literal::Found) -> Option<Parsed> {
    let raw = view.get(found.first.clone().unwrap_or(found.secret.clone()))?;
    if refused::refused(raw, found.quoted) || is_running_text(raw) {
        return None;
    }
    let session = key.kind == kind::Kind::Token && kind::is_session(cut(view, key.word.clone()));
    if session {
        if !is_session_id(raw) {
            return None;
        }
        // A cookie ends with a semicolon, and its attributes follow.
        (found.more, found.code) = (false, false);
    }
    if key.kind == kind::Kind::Plain && !shape::generated(raw) || other::is_other(view, key, &found, raw) {
        return None;
    }
    let mut value = found.text.clone().or_else(|| escape::unescape(raw, &found));
    if value.as_deref().is_some_and(|value| refused::refused(value, found.quoted)) {
        return None;
    }
    let evidence = judge::weigh(key, cut(view, key.ident.clone()), &found, value.as_deref().unwrap_or(raw));
    if found.first.is_some() {
        value = None;
    }
    let read = key.ident.start.min(found.secret.start)..found.close.max(key.ident.end).max(found.secret.end);
    // A name far away is no part of what is shown.
    let near = read.len() <= found.secret.len() + AFTER;
    let whole = if near { read.clone() } else { found.secret.clone() };
    Some(Parsed { whole, secret: found.secret, read, value, evidence })
}

/// More words than a passphrase has, or than one that has no punctuation between them.
fn is_running_text(value: &[u8]) -> bool {
    let words = value.iter().filter(|b| **b == b' ').count() + 1;
    let pause = |w: &[u8]| w[1] == b' ' && matches!(w[0], b'.' | b',' | b';' | b':' | b'!' | b'?');
    words > 24 || (words > 12 && value.windows(2).any(pause))
}

/// Whether `value` is a random id of a session: `x`, or `s:x.signature` as Express writes it.
fn is_session_id(value: &[u8]) -> bool {
    let id = [&b"s%3A"[..], b"s%3a", b"s:"].iter().find_map(|sign| value.strip_prefix(*sign)).unwrap_or(value);
    shape::generated(id.split(|b| matches!(b, b'.' | b'%')).next().unwrap_or_default())
}
