//! Assignments of passwords, secrets, tokens and keys, in the syntaxes people use.
//!
//! In: text and the place of a telling word (`password`, `api_key`) that a rule of `rules/generic.toml` matched. Out:
//! [`Parsed`]: where the value stands, unescaped, and the evidence for and against it. `key.rs` reads the name around the
//! word, `syntax.rs` finds where its value begins (`phrase.rs` where nothing stands between the two), `literal.rs`,
//! `bare.rs`, `expression.rs` and `value.rs` find where it ends, `shape.rs` says what it looks like, `other.rs` what it plainly
//! is instead of a secret, and `judge.rs` turns all of it into reasons with fitted weights. `header.rs` reads `Authorization` headers, `command.rs` the flags of a few
//! commands.
//! Gives `None` for everything that is no literal: calls, variables, types, prose, templates, empty values. It does not
//! look at paths, and at most at [`BEFORE`] and [`AFTER`] bytes beside the word (docs/design.md, law 3).

mod bare;
mod command;
mod escape;
mod expression;
mod header;
mod join;
mod judge;
mod key;
mod literal;
mod other;
mod parsed;
mod phrase;
mod shape;
mod syntax;
mod telling;
#[cfg(test)]
mod tests;
mod value;
#[rustfmt::skip]
mod words;

pub use parsed::Parsed;
use std::ops::Range;
pub(super) use telling::{OF_HEADER, OF_NAME, OF_VALUE, Telling, telling};

/// The password in the credentials of a `Basic` header; `None` if they do not decode to `name:password`.
pub(super) fn password_of_basic(value: &[u8]) -> Option<Vec<u8>> {
    header::password_of_basic(value)
}

/// How far [`parse`] looks before the word, in bytes: a name of 64, and 512 before it for the quote that it stands in. What
/// is farther away could only be white space or backslashes in a row.
pub const BEFORE: usize = 640;
/// How far [`parse`] looks behind the word, in bytes: a value of 1024 may stand some hundred bytes from its name, and a
/// list of values may be longer.
pub const AFTER: usize = 2048;

/// Reads the assignment that the telling `word` of `text` belongs to; `None` when there is no literal value.
pub fn parse(text: &[u8], word: Range<usize>) -> Option<Parsed> {
    let offset = word.start.saturating_sub(BEFORE);
    let view = text.get(offset..word.end.saturating_add(AFTER).min(text.len()))?;
    let word = word.start - offset..word.end - offset;
    let taken = view.get(word.clone())?;
    let parsed = if header::is_scheme(taken) {
        header::parse(view, word)?
    } else if command::is_command(taken) {
        command::parse(view, word)?
    } else {
        assignment(view, word)?
    };
    Some(Parsed {
        whole: parsed.whole.start + offset..parsed.whole.end + offset,
        secret: parsed.secret.start + offset..parsed.secret.end + offset,
        ..parsed
    })
}

/// Whether the word only looks like a name: a result in `ok ? "pass" : "fail"`, or `identified by` in a sentence, which in
/// SQL follows a word of its statement or is written in capitals.
fn is_prose(view: &[u8], key: &key::Key) -> bool {
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

fn assignment(view: &[u8], word: Range<usize>) -> Option<Parsed> {
    let key = key::Key::around(view, word)?;
    if is_prose(view, &key) {
        return None;
    }
    let found = syntax::find(view, &key)?;
    let raw = view.get(found.first.clone().unwrap_or(found.secret.clone()))?;
    if shape::refused(raw, found.quoted) {
        return None;
    }
    if key.kind == key::Kind::Plain && !shape::generated(raw) || other::is_other(view, &key, &found, raw) {
        return None;
    }
    let mut value = escape::unescape(raw, &found);
    let evidence = judge::weigh(&key, key::cut(view, key.ident.clone()), &found, value.as_deref().unwrap_or(raw));
    if found.first.is_some() {
        value = None;
    }
    let start = key.ident.start.min(found.secret.start);
    Some(Parsed {
        whole: start..found.close.max(key.ident.end).max(found.secret.end),
        secret: found.secret,
        value,
        evidence,
    })
}
