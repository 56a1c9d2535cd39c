//! A file that holds one value and nothing else: a key, a token, a password.
//!
//! In: text that is all of its file. Out: the value, as [`Parsed`] with what it looks like; nothing for sentences and several
//! lines, and for what cannot be a literal secret. Whether the file is one that keys are kept in only its name says, so
//! that `context` decides.

use super::assignment::{self, Parsed};
use crate::finding::evidence::{Evidence, Reason};
use std::ops::Range;

/// Longest file that is read as one value, in bytes. Smaller objects of a history are always searched as a whole, because
/// every byte of them counts.
pub const LONGEST: usize = 256;

/// Most words of a passphrase.
const WORDS: usize = 8;

/// The only word of `text`, or the words of a passphrase.
pub(super) fn value(text: &[u8]) -> Option<Range<usize>> {
    let mark = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let rest = text.get(mark..)?.trim_ascii_end();
    let start = mark + rest.len() - rest.trim_ascii_start().len();
    let value = start..mark + rest.len();
    let bytes = text.get(value.clone())?;
    let words = || bytes.split(u8::is_ascii_whitespace);
    let is_word = |word: &[u8]| !word.is_empty() && word.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    let is_phrase = || words().count() <= WORDS && words().all(is_word) && !bytes.contains(&b'\n');
    (!bytes.is_empty() && (words().nth(1).is_none() || is_phrase())).then_some(value)
}

/// Reads the value at `secret`, all that a rule matches of its file.
pub(super) fn parse(text: &[u8], secret: Range<usize>) -> Option<Parsed> {
    let value = text.get(secret.clone())?;
    if assignment::is_refused(value) || is_setting(value) {
        return None;
    }
    let mut evidence = vec![Evidence::new(Reason::OwnFile)];
    assignment::of_argument(value, &mut evidence);
    // The target of a link, as git keeps it.
    if evidence.iter().any(|e| e.reason == Reason::LooksLikePath) {
        return None;
    }
    Some(Parsed { whole: secret.clone(), read: secret.clone(), secret, value: None, evidence })
}

/// Whether other rules read it: `NAME=value`, `user@host:value`, a tag, an object.
fn is_setting(value: &[u8]) -> bool {
    let name = value.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')).count();
    let rest = &value[name..];
    let named = name > 0 && rest.starts_with(b"=") && rest.iter().any(u8::is_ascii_alphanumeric);
    named || value.contains(&b':') || matches!(value.first(), Some(b'{' | b'[' | b'<' | b'"' | b'\'' | b'#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_or_a_passphrase_is_a_value() {
        for (text, expected) in [
            (&b"abcdefgh"[..], Some(0..8)),
            (b"abcdefgh\n", Some(0..8)),
            (b"\xef\xbb\xbfabcdefgh\r\n\r\n", Some(3..11)),
            (b"\n  abcdefgh", Some(3..11)),
            (b"abcd efgh", Some(0..9)),
            (b"abcd efgh ijkl, mnop", None),
            (b"a b c d e f g h i", None),
            (b"abcd  efgh", None),
            (b"abcd\nefgh\n", None),
            (b"\xef\xbb\xbf\n", None),
            (b"", None),
        ] {
            assert_eq!(value(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn settings_are_left_to_their_rules() {
        for (value, expected) in [
            ("password=abc", true),
            ("a:b", true),
            ("shop@host:$apr1$abc", true),
            ("{\"a\":1}", true),
            ("<a/>", true),
            ("abcdefgh==", false),
            ("a+b/c=", false),
            ("p@ss=word", false),
        ] {
            assert_eq!(is_setting(value.as_bytes()), expected, "{value}");
        }
    }
}
