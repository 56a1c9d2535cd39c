//! A file that holds one value and nothing else: a key, a token, a password.
//!
//! In: text that is all of its file. Out: the value, as [`Parsed`] with what it looks like; nothing for sentences, lists
//! and settings, and for what cannot be a literal secret. Comments around the value and white space count for nothing, or
//! one line would hide it. Whether the file is one that keys are kept in only its name says, so that `context` decides.
//!
//! | text | value |
//! |---|---|
//! | `abc123`, with or without line end, mark and quotes | it |
//! | `# of the staging vault` above `abc123  # old` | `abc123` |
//! | `four words of letters` | all of them, a passphrase |
//! | lines of base64, all but the last of the same length | all of them, joined |

use super::assignment::{self, Parsed};
use crate::finding::evidence::{Evidence, Reason};
use std::ops::Range;

/// Longest file that is read as one value, in bytes. Every byte of a smaller one counts.
pub const LONGEST: usize = 4 * 1024;
/// Most words of a passphrase.
const WORDS: usize = 8;
/// Where programs break lines of base64: Ruby, OpenSSL, MIME and GNU.
const WIDTHS: [usize; 3] = [60, 64, 76];

/// The value that `text` is: the place, and the bytes where they are not all of that place.
pub(super) struct Value {
    pub(super) secret: Range<usize>,
    joined: Option<Vec<u8>>,
}

/// The value that is all of `text`.
pub(super) fn value(text: &[u8]) -> Option<Value> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(|b| *b == b'\n') {
        let own = trimmed(text, start..start + line.len());
        start += line.len();
        let bytes = &text[own.clone()];
        if bytes.is_empty() || is_comment(bytes) {
            continue;
        }
        // Most files are no value by their first two lines.
        let wrapped = |first: &Range<usize>| WIDTHS.contains(&first.len()) && own.len() <= first.len();
        if !lines.first().is_none_or(wrapped) {
            return None;
        }
        lines.push(own);
    }
    let (last, rest) = lines.split_last()?;
    let Some(first) = rest.first() else {
        let secret = without_quotes(text, without_comment(text, last.clone()));
        return is_value(&text[secret.clone()]).then_some(Value { secret, joined: None });
    };
    let is_base64 = |line: &[u8]| line.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b));
    let is_hex = |line: &[u8]| line.iter().all(u8::is_ascii_hexdigit);
    let all = |is: &dyn Fn(&[u8]) -> bool| lines.iter().all(|line| is(&text[line.clone()]));
    // Digests of the same length, a line each, are a list.
    let wrapped = rest.iter().all(|line| line.len() == first.len())
        && last.len().is_multiple_of(4)
        && all(&is_base64)
        && !all(&is_hex);
    let joined = || lines.iter().flat_map(|line| text[line.clone()].iter().copied()).collect();
    wrapped.then(|| Value { secret: first.start..last.end, joined: Some(joined()) })
}

/// Reads the value at `secret`, all that its file holds.
pub(super) fn parse(text: &[u8], value: &Value) -> Option<Parsed> {
    let secret = value.secret.clone();
    let bytes = value.joined.as_deref().unwrap_or(text.get(secret.clone())?);
    if assignment::is_refused(bytes) || is_setting(bytes) {
        return None;
    }
    let mut evidence = vec![Evidence::new(Reason::OwnFile)];
    assignment::of_argument(bytes, &mut evidence);
    // The target of a link, as git keeps it.
    if evidence.iter().any(|e| e.reason == Reason::LooksLikePath) {
        return None;
    }
    Some(Parsed { whole: secret.clone(), read: secret.clone(), secret, value: value.joined.clone(), evidence })
}

/// A line without white space and what editors and terminals leave at its ends: marks, NUL, blanks without width.
fn trimmed(text: &[u8], line: Range<usize>) -> Range<usize> {
    const LEFT: [&[u8]; 6] =
        [b"\xef\xbb\xbf", b"\xe2\x80\x8b", b"\xe2\x80\xa8", b"\xc2\xa0", b"\xc2\x85", b"\xe3\x80\x80"];
    let blank = |b: &u8| b.is_ascii_whitespace() || b.is_ascii_control();
    let mut range = line;
    loop {
        let bytes = &text[range.clone()];
        let before = bytes.iter().take_while(|b| blank(b)).count();
        let before = before.max(LEFT.iter().find(|mark| bytes.starts_with(mark)).map_or(0, |mark| mark.len()));
        let after = bytes[before..].iter().rev().take_while(|b| blank(b)).count();
        let after = after.max(LEFT.iter().find(|mark| bytes[before..].ends_with(mark)).map_or(0, |mark| mark.len()));
        if before + after == 0 {
            return range;
        }
        range = range.start + before..range.end - after;
    }
}

fn is_comment(line: &[u8]) -> bool {
    line == b"#" || [&b"# "[..], b"##", b"#!", b"// ", b"; ", b"-- ", b"<!--"].iter().any(|sign| line.starts_with(sign))
}

/// Without a comment at its end, which blanks set apart.
fn without_comment(text: &[u8], line: Range<usize>) -> Range<usize> {
    let bytes = &text[line.clone()];
    let starts = |at: &usize| {
        let rest = &bytes[*at..];
        rest.starts_with(b"# ") || rest.starts_with(b"// ")
    };
    let end = (1..bytes.len()).filter(|at| bytes[at - 1].is_ascii_whitespace()).find(starts);
    end.map_or(line.clone(), |end| trimmed(text, line.start..line.start + end))
}

fn without_quotes(text: &[u8], line: Range<usize>) -> Range<usize> {
    let bytes = &text[line.clone()];
    let quoted = bytes.len() > 2 && matches!(bytes[0], b'"' | b'\'') && bytes.last() == bytes.first();
    if quoted { line.start + 1..line.end - 1 } else { line }
}

/// One word, or the words of a passphrase.
fn is_value(bytes: &[u8]) -> bool {
    let words = || bytes.split(u8::is_ascii_whitespace);
    let is_word = |word: &[u8]| !word.is_empty() && word.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    let plain = !bytes.iter().any(u8::is_ascii_control);
    plain && (words().nth(1).is_none() || (words().count() <= WORDS && words().all(is_word)))
}

/// Whether other rules read it, or it is no single value: `NAME=value`, `user@host:value`, a tag, an object, a call.
fn is_setting(value: &[u8]) -> bool {
    let name = value.iter().take_while(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.' | b'@')).count();
    let rest = &value[name..];
    let named = name > 0 && matches!(rest.first(), Some(b'=' | b':')) && rest.iter().any(u8::is_ascii_alphanumeric);
    let call = name > 0 && rest.starts_with(b"(") && value.ends_with(b")");
    named || call || matches!(value.first(), Some(b'{' | b'[' | b'<'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_or_a_passphrase_is_a_value() {
        let wrapped = format!("{}\n{}\n{}\n", "aB3d".repeat(16), "Cd4+".repeat(16), "xY==");
        let list = format!("{}\n{}\n", "ab12".repeat(16), "cd34".repeat(16));
        for (text, expected) in [
            ("abcdefgh", Some(0..8)),
            ("abcdefgh\n", Some(0..8)),
            ("\u{feff}abcdefgh\r\n\r\n", Some(3..11)),
            ("\n  abcdefgh", Some(2 + 1..11)),
            ("abcdefgh\0\u{1a}", Some(0..8)),
            ("abcdefgh\u{200b}\u{a0}\n", Some(0..8)),
            ("\"abcdefgh\"", Some(1..9)),
            ("# of the vault\nabcdefgh\n", Some(15..23)),
            ("#abcdefgh\n", Some(0..9)),
            ("abcdefgh  # old\n// new\n", Some(0..8)),
            ("abcd efgh", Some(0..9)),
            ("abcd efgh ijkl, mnop", None),
            ("a b c d e f g h i", None),
            ("abcd  efgh", None),
            ("abcd\nefgh\n", None),
            ("# nothing\n", None),
            ("\u{feff}\n", None),
            ("", None),
            (&wrapped, Some(0..134)),
            (&list, None),
        ] {
            assert_eq!(value(text.as_bytes()).map(|v| v.secret), expected, "{text:?}");
        }
        let joined = value(wrapped.as_bytes()).and_then(|v| v.joined).expect("lines");
        assert_eq!(joined.len(), 132);
    }

    #[test]
    fn settings_are_left_to_their_rules() {
        for (value, expected) in [
            ("password=abc", true),
            ("a:b", true),
            ("shop@host:$apr1$abc", true),
            ("{\"a\":1}", true),
            ("rgba(0,0,0,.12)", true),
            ("<a/>", true),
            ("abcdefgh==", false),
            ("a+b/c=", false),
            ("p4ss=word", false),
            ("9abc:d3f", false),
            ("p@ss(word", false),
        ] {
            assert_eq!(is_setting(value.as_bytes()), expected, "{value}");
        }
    }
}
