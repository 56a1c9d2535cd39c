//! Reads decisions from the front of an input.
//!
//! In: bytes. Out: numbers and parts, with zeros and empty parts where the bytes are used up, so that every input is one.

/// The bytes that are left of an input.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or_default()
    }

    /// Two bytes as a number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let (low, high) = (self.byte(), self.byte());
        usize::from(u16::from_le_bytes([low, high])).checked_rem(end).unwrap_or_default()
    }

    /// Up to `len` bytes.
    pub fn take(&mut self, len: usize) -> &'a [u8] {
        let (part, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        part
    }

    /// A part with its length, one byte, before it.
    pub fn part(&mut self) -> &'a [u8] {
        let len = self.byte();
        self.take(len.into())
    }

    /// The same as text.
    pub fn text(&mut self) -> String {
        String::from_utf8_lossy(self.part()).into_owned()
    }
}

/// Parts of an input between bytes 0xFF, which are in no valid text.
pub fn parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|b| *b == 0xff)
}
