//! Assignments of passwords, secrets, tokens and keys, in the syntaxes people use.
//!
//! In: text and the place of a telling word (`password`, `api_key`) that a rule of `rules/generic.toml` matched. Out:
//! [`Parsed`]: where the value stands, unescaped, and the evidence for and against it. `key.rs` reads the name around the
//! word, `syntax.rs` finds where its value begins (`phrase.rs` where nothing stands between the two, `apart.rs` where it stands in
//! another field of the same record), `literal.rs`, `long.rs`,
//! `bare.rs`, `expression.rs` and `value.rs` find where it ends, `shape.rs` says what it looks like, `other.rs` what it plainly
//! is instead of a secret, and `judge.rs` turns all of it into reasons with fitted weights. `header.rs` reads `Authorization` headers, `joined.rs`, `raw.rs` and `percent.rs` read further ways to write a value, `command.rs` the flags of a few
//! commands.
//! Gives nothing for everything that is no literal: calls, variables, types, prose, templates, empty values. It does not
//! look at paths, and at most at [`BEFORE`] and [`AFTER`] bytes beside the word, records and long values excepted
//! (docs/design.md, law 3).

mod apart;
mod bare;
mod command;
mod escape;
mod expression;
mod header;
mod join;
mod joined;
mod judge;
mod key;
mod literal;
mod long;
mod other;
mod parsed;
mod percent;
mod phrase;
mod raw;
mod scheme;
mod shape;
mod syntax;
mod telling;
#[cfg(test)]
mod tests;
mod value;
#[rustfmt::skip]
mod words;

use key::cut;
pub use parsed::Parsed;
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
        || shape::refused(value, true)
}

/// How far [`parse`] looks before the word, in bytes: a name of 64, and 512 before it for the quote that it stands in. What
/// is farther away could only be white space or backslashes in a row.
pub const BEFORE: usize = 640;
/// How far [`parse`] looks behind the word, in bytes: a value of 1024 may stand some hundred bytes from its name, and a
/// list of values may be longer.
pub const AFTER: usize = 2048;

/// What [`parse`] gives.
#[derive(Debug, Default)]
pub struct Assignment {
    /// The literal value, if there is one.
    pub parsed: Option<Parsed>,
    /// What there is depends on more than [`BEFORE`] and [`AFTER`] bytes beside the word: its record was read.
    pub far: bool,
}

/// Reads the assignment that the telling `word` of `text` belongs to, at most `far` bytes to either side of it.
pub fn parse(text: &[u8], word: Range<usize>, far: usize) -> Assignment {
    let near = View::new(text, &word, BEFORE, AFTER);
    let Some(view) = near else { return Assignment::default() };
    let taken = cut(view.text, view.word.clone());
    if header::is_scheme(taken) {
        return Assignment { parsed: header::parse(view.text, view.word.clone()).map(|p| view.back(p)), far: false };
    }
    if command::is_command(taken) {
        return Assignment { parsed: command::parse(view.text, view.word.clone()).map(|p| view.back(p)), far: false };
    }
    let Some(key) = key::Key::around(view.text, view.word.clone()) else { return Assignment::default() };
    if is_prose(view.text, &key) {
        return Assignment::default();
    }
    if apart::label(view.text, &key).is_some() || long::follows(view.text, &key) {
        let parsed = View::new(text, &word, far, far).and_then(|view| Some(view.back(in_record(&view)?)));
        return Assignment { parsed, far: true };
    }
    let found = syntax::find(view.text, &key);
    Assignment { parsed: found.and_then(|found| weighed(view.text, &key, found)).map(|p| view.back(p)), far: false }
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

/// A value that may be far from its name, or long.
fn in_record(view: &View<'_>) -> Option<Parsed> {
    let key = key::Key::around(view.text, view.word.clone())?;
    let mut read = key.ident.clone();
    if let Some(label) = apart::label(view.text, &key) {
        let (found, range) = apart::find(view.text, &key, &label);
        read = range;
        if let Some(found) = found {
            return weighed(view.text, &key, found).map(|parsed| parsed.having_read(&read));
        }
    }
    let found = long::value(view.text, &key).or_else(|| syntax::find(view.text, &key))?;
    weighed(view.text, &key, found).map(|parsed| parsed.having_read(&read))
}

/// Whether the word only looks like a name: a result in `ok ? "pass" : "fail"`, or `identified by` in a sentence, which in
/// SQL follows a word of its statement or is written in capitals.
fn is_prose(view: &[u8], key: &key::Key) -> bool {
    // `?token=`: the first parameter of a URL.
    if key.lead == b'?' && key.closing == 0 && view.get(key.ident.end) == Some(&b'=') {
        return false;
    }
    let before = &view[..key.ident.start];
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
fn weighed(view: &[u8], key: &key::Key, found: literal::Found) -> Option<Parsed> {
    let raw = view.get(found.first.clone().unwrap_or(found.secret.clone()))?;
    if shape::refused(raw, found.quoted) {
        return None;
    }
    if key.kind == key::Kind::Plain && !shape::generated(raw) || other::is_other(view, key, &found, raw) {
        return None;
    }
    let mut value = found.text.clone().or_else(|| escape::unescape(raw, &found));
    if value.as_deref().is_some_and(|value| shape::refused(value, found.quoted)) {
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
