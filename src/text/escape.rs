//! One function per sink that every untrusted string passes, so that none controls a terminal or a link.
//!
//! In: bytes of a path, a snippet, a gap. Out: text that cannot drive a terminal, and URIs without anything to decode
//! wrongly. It refuses to guess: what is not UTF-8 is shown byte by byte.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character must not reach a terminal, a log or a viewer as it is: C0, DEL and C1 controls, line and
/// paragraph separators, bidirectional controls, zero-width and other invisible formatting, tags, and U+FEFF.
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Text for a terminal or a log: what is unsafe becomes `\n`, `\t`, `\x1b` or `\u{202e}`, and a byte that is not UTF-8
/// `\xff`. A backslash stays: the result is for reading and is not meant to be decoded. The openings of logging commands
/// that a CI runner obeys anywhere in a line (`##[`, `##vso[`) are broken; it obeys `::` only at the start of a line,
/// where the caller puts no untrusted text.
pub fn terminal(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.chars().any(is_unsafe)
        && !text.contains("##")
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        for (at, c) in valid.char_indices() {
            let rest = valid.get(at..).unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = match c {
                '#' if rest.starts_with("##[") || rest.starts_with("##vso[") => out.write_str("\\x23"),
                '\n' => out.write_str("\\n"),
                '\r' => out.write_str("\\r"),
                '\t' => out.write_str("\\t"),
                c if is_unsafe(c) && (c as u32) < 0x80 => write!(out, "\\x{:02x}", c as u32),
                c if is_unsafe(c) => write!(out, "\\u{{{:x}}}", c as u32),
                c => out.write_char(c),
            };
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    Cow::Owned(out)
}

/// A relative URI for a path in bytes with `/` between its parts: every byte but the unreserved ones of RFC 3986 and
/// `/` is percent-encoded. So a first part with a colon is no scheme, and nothing is left to be decoded twice.
/// A leading `/` would make the URI absolute and goes.
pub fn uri_path(path: &[u8]) -> String {
    let start = path.iter().position(|b| *b != b'/').unwrap_or(path.len());
    let path = path.get(start..).unwrap_or_default();
    let mut out = String::with_capacity(path.len() + 8);
    for &byte in path {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_drives_a_terminal() {
        let hostile = b"a\x1b[31m\x07\r\n\tb\x7f\xff\xc2\x9b\xe2\x80\xae\xe2\x80\xa8\xef\xbb\xbfc\\";
        let shown = terminal(hostile);
        assert_eq!(shown, "a\\x1b[31m\\x07\\r\\n\\tb\\x7f\\xff\\u{9b}\\u{202e}\\u{2028}\\u{feff}c\\");
        assert!(!shown.chars().any(is_unsafe));
        assert_eq!(terminal(b"## a ##[error]x##vso[task]#"), "## a \\x23#[error]x\\x23#vso[task]#");
        assert!(matches!(terminal("Straße/日本.txt".as_bytes()), Cow::Borrowed("Straße/日本.txt")));
    }

    #[test]
    fn uris_are_relative_and_hold_no_special_byte() {
        assert_eq!(uri_path("a b/ü#?.txt".as_bytes()), "a%20b/%C3%BC%23%3F.txt");
        assert_eq!(uri_path(b"javascript:x\xff%41"), "javascript%3Ax%FF%2541");
        assert_eq!(uri_path(b"//host/share"), "host/share");
    }
}
