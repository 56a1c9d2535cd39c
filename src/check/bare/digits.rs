//! The digits of base64 in text, whatever lies between them: line ends, indents, leaders, escapes, joined strings.
//!
//! In: text and where the base64 begins. Out: one digit after the other, `-` and `_` of the URL alphabet as `+` and `/`,
//! and where the last one ends. It ends at padding and at what neither is base64 nor joins two pieces of it. It does not
//! ask whether the pieces belong together: the structure of what they decode to does.

use crate::check::pem;

/// Longest text between two strings that are joined (`" + "`, `";\nkey += "`), in bytes.
const JOIN: usize = 96;

/// Reads digits.
pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    /// The quote of the string that it stands in.
    quote: Option<u8>,
    /// Goes on in the next string.
    joins: bool,
    /// What stands before the first line of it (a comment leader, a mark of a diff).
    leader: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8], at: usize, joins: bool) -> Self {
        let before = at.checked_sub(1).and_then(|at| text.get(at)).copied();
        let quote = before.filter(|b| matches!(b, b'"' | b'\'' | b'`'));
        Self { text, at, quote, joins, leader: pem::leader(text, at) }
    }

    /// Where the last digit ends.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next digit.
    pub(super) fn next_digit(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.get(self.at)?;
            self.at += 1;
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => return Some(byte),
                b'-' => return Some(b'+'),
                b'_' => return Some(b'/'),
                b'\\' => {
                    if let Some(digit) = self.backslash()? {
                        return Some(digit);
                    }
                }
                b'%' => {
                    let code = self.hex(0, 2)?;
                    self.at += 2;
                    if let Some(digit) = meant(code)? {
                        return Some(digit);
                    }
                }
                b'&' => {
                    if let Some(digit) = self.entity()? {
                        return Some(digit);
                    }
                }
                b'"' | b'\'' | b'`' => self.join(byte)?,
                b'\n' | b'\r' | b' ' | b'\t' if self.joins => self.indent(),
                _ => return None,
            }
        }
    }

    /// The number that `len` hexadecimal digits write, `from` bytes on.
    fn hex(&self, from: usize, len: usize) -> Option<u32> {
        let digits = self.text.get(self.at + from..self.at + from + len)?;
        digits.iter().try_fold(0, |n, b| Some(n * 16 + char::from(*b).to_digit(16)?))
    }

    /// An escape, its first backslash read; more of them are text that was escaped again.
    fn backslash(&mut self) -> Option<Option<u8>> {
        self.at += self.text.get(self.at..)?.iter().take(8).take_while(|b| **b == b'\\').count();
        let byte = *self.text.get(self.at)?;
        let code = |len| self.hex(1, len).map(|code| (code, len));
        match byte {
            b'n' | b'r' | b't' => self.at += 1,
            b'/' => {
                self.at += 1;
                return Some(Some(b'/'));
            }
            b'u' | b'x' => {
                let (code, len) = code(if byte == b'u' { 4 } else { 2 })?;
                self.at += 1 + len;
                return meant(code);
            }
            // The end of a string in a string, or of a line that goes on.
            b'"' | b'\'' | b'\n' | b'\r' => {}
            _ => return None,
        }
        Some(None)
    }

    /// `&#43;` and the like, `&` read.
    fn entity(&mut self) -> Option<Option<u8>> {
        let rest = self.text.get(self.at..)?.strip_prefix(b"#")?;
        let (base, rest) = match rest.strip_prefix(b"x").or_else(|| rest.strip_prefix(b"X")) {
            Some(rest) => (16, rest),
            None => (10, rest),
        };
        let len = rest.iter().take(5).position(|b| *b == b';').filter(|len| *len > 0)?;
        let code = rest.get(..len)?.iter().try_fold(0, |n, b| Some(n * base + char::from(*b).to_digit(base)?))?;
        self.at = self.text.len() - rest.len() + len + 1;
        meant(code)
    }

    /// From the end of a string to the start of the next one.
    fn join(&mut self, quote: u8) -> Option<()> {
        if !self.joins || *self.quote.get_or_insert(quote) != quote {
            return None;
        }
        let rest = self.text.get(self.at..)?;
        self.at += rest.iter().take(JOIN).position(|b| *b == quote)? + 1;
        Some(())
    }

    /// Blanks, and the leader of a further line.
    fn indent(&mut self) {
        let blanks = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_whitespace()).count();
        self.at += blanks(self.text.get(self.at..).unwrap_or_default());
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !self.leader.is_empty() && rest.starts_with(self.leader) {
            self.at += self.leader.len();
            self.at += blanks(self.text.get(self.at..).unwrap_or_default());
        }
    }
}

/// The digit that an escaped character is; nothing for blanks and line ends.
#[allow(clippy::option_option, reason = "no digit, and no base64 any more, are two things")]
fn meant(code: u32) -> Option<Option<u8>> {
    match char::from_u32(code)? {
        c if c.is_ascii_alphanumeric() || matches!(c, '+' | '/') => Some(Some(c as u8)),
        '\n' | '\r' | ' ' | '\t' => Some(None),
        _ => None,
    }
}
