//! Bytes as program text and data write them: `0x30, 0x82`, `48, 130`, `"\x30\x82"`, `b'0\x82'`, `3082`, and raw.
//!
//! In: text and where the first byte is written. Out: one byte after the other, and where the last one ends. What the
//! first byte looks like decides the writing; it ends where that writing does. A list may have casts
//! (`(byte) 0x82`, `0x82.toByte()`) and signed numbers (`-126`), a string may go on in the next one.

/// Most bytes between two numbers of a list, or between two strings that are joined.
const BETWEEN: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// Two hexadecimal digits a byte.
    Hex,
    /// Numbers with `0x` (16) or without (10).
    List(u32),
    /// A string whose escapes begin with so many backslashes.
    String { quote: u8, backslashes: usize },
    /// The bytes themselves.
    Raw,
}

/// Reads bytes.
pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    writing: Writing,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8], at: usize) -> Option<Self> {
        let rest = text.get(at..)?;
        let before = at.checked_sub(1).and_then(|at| text.get(at)).copied().unwrap_or(0);
        let writing = match rest {
            [b'0', b'x' | b'X', ..] => Writing::List(16),
            [b'4', b'8', ..] => Writing::List(10),
            [b'3', b'0', ..] => Writing::Hex,
            [b'0', 0x80..=0xff, ..] | [b'0', _, 2, 1, ..] => Writing::Raw,
            [b'0' | b'\\', ..] => {
                let first = rest.iter().take(4).position(|b| *b == b'\\')?;
                let backslashes = rest.get(first..)?.iter().take(8).take_while(|b| **b == b'\\').count();
                Writing::String { quote: before, backslashes }
            }
            _ => return None,
        };
        Some(Self { text, at, writing })
    }

    /// Where the last byte ends.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Reads no further than to `end`.
    pub(super) fn cut(&mut self, end: usize) {
        self.text = self.text.get(..end).unwrap_or(self.text);
    }

    /// The next byte.
    pub(super) fn next_byte(&mut self) -> Option<u8> {
        match self.writing {
            Writing::Raw => {
                self.at += 1;
                self.text.get(self.at - 1).copied()
            }
            Writing::Hex => {
                self.skip(|b| b.is_ascii_whitespace() || b"\"'+\\.,;&:".contains(&b));
                let byte = self.number(16, 2, 2)?;
                u8::try_from(byte).ok()
            }
            Writing::List(base) => self.element(base),
            Writing::String { quote, backslashes } => self.character(quote, backslashes),
        }
    }

    /// Skips at most [`BETWEEN`] bytes of a kind.
    fn skip(&mut self, of: impl Fn(u8) -> bool) {
        self.at += self.text.get(self.at..).unwrap_or_default().iter().take(BETWEEN).take_while(|b| of(**b)).count();
    }

    /// The number that the digits here write: at least and at most so many.
    fn number(&mut self, base: u32, least: usize, most: usize) -> Option<u32> {
        let rest = self.text.get(self.at..)?;
        let len = rest.iter().take(most).take_while(|b| char::from(**b).is_digit(base)).count();
        let value = rest.get(..len)?.iter().fold(0, |n, b| n * base + char::from(*b).to_digit(base).unwrap_or(0));
        self.at += len;
        (len >= least).then_some(value)
    }

    /// A number of a list, with what stands between it and the last one.
    fn element(&mut self, base: u32) -> Option<u8> {
        self.skip(|b| b.is_ascii_whitespace() || b == b',');
        for cast in [&b"(byte)"[..], b"(char)", b"(unsigned char)"] {
            if self.text.get(self.at..)?.starts_with(cast) {
                self.at += cast.len();
                self.skip(|b| b == b' ');
            }
        }
        let rest = self.text.get(self.at..)?;
        let negative = base == 10 && rest.first() == Some(&b'-');
        self.at += usize::from(negative);
        if base == 16 {
            rest.strip_prefix(b"0x").or_else(|| rest.strip_prefix(b"0X"))?;
            self.at += 2;
        }
        let value = self.number(base, 1, if base == 16 { 2 } else { 3 })?;
        if self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let suffix = [&b".toByte()"[..], b"u8", b"u", b"U"];
        let rest = self.text.get(self.at..)?;
        self.at += suffix.iter().find(|s| rest.starts_with(s)).map_or(0, |s| s.len());
        match (negative, value) {
            (true, 1..=128) => u8::try_from(256 - value).ok(),
            (false, _) => u8::try_from(value).ok(),
            _ => None,
        }
    }

    /// A character of a string.
    fn character(&mut self, quote: u8, backslashes: usize) -> Option<u8> {
        let byte = *self.text.get(self.at)?;
        if byte == quote && matches!(quote, b'"' | b'\'' | b'`') {
            self.at += 1;
            self.skip(|b| b != quote && (b.is_ascii_whitespace() || b"+\\.&()b,".contains(&b)));
            if self.text.get(self.at) != Some(&quote) {
                return None;
            }
            self.at += 1;
            return if self.text.get(self.at) == Some(&quote) { None } else { self.character_inside(backslashes) };
        }
        self.character_inside(backslashes)
    }

    fn character_inside(&mut self, backslashes: usize) -> Option<u8> {
        let byte = *self.text.get(self.at)?;
        if byte != b'\\' {
            self.at += 1;
            return (!matches!(byte, b'\n' | b'\r')).then_some(byte);
        }
        let run = self.text.get(self.at..)?.iter().take(2 * backslashes).take_while(|b| **b == b'\\').count();
        if run == 2 * backslashes {
            self.at += run;
            return Some(b'\\');
        }
        self.at += run;
        let kind = *self.text.get(self.at)?;
        if matches!(kind, b'0'..=b'7') {
            return u8::try_from(self.number(8, 1, 3)?).ok();
        }
        self.at += 1;
        match kind {
            b'x' => u8::try_from(self.number(16, 1, 2)?).ok(),
            b'u' => u8::try_from(self.number(16, 4, 4)?).ok(),
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'a' => Some(7),
            b'b' => Some(8),
            b'v' => Some(11),
            b'f' => Some(12),
            b'"' | b'\'' | b'`' => Some(kind),
            _ => None,
        }
    }
}
