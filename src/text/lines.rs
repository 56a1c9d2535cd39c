//! Lines and columns: where in the text a byte of a window stands, as editors and SARIF count.
//!
//! In: the [`Start`] of a window and its bytes. Out: lines and columns from 1; columns in UTF-16 code units. Lines end
//! with LF, CRLF or a lone CR; a byte that is no UTF-8 counts as one unit; a byte order mark counts as none.
//! What a window's last bytes begin (a CRLF, a character) is finished in the next: until then these few bytes are kept in the upper half of [`Start::units`]. Only [`advance`] makes and only this module reads them.

use super::view::Encoding;
use std::borrow::Cow;
use std::cell::OnceCell;

/// Bytes between two known positions: finding a position reads at most so many.
const STEP: usize = 1024;

/// Position of a window in its whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Start {
    /// Bytes before the window.
    pub offset: u64,
    /// Line ends before the window.
    pub lines: u64,
    /// UTF-16 code units between the last line end and the window, and bytes of a character that the cut divides: opaque,
    /// made by `default` and `text::lines::advance` only.
    pub units: u64,
}

/// Where a byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: u64,
    /// Column in UTF-16 code units, from 1.
    pub column: u64,
}

/// Finds positions in one window.
#[derive(Debug)]
pub struct Lines<'a> {
    start: Start,
    bytes: &'a [u8],
    encoding: Encoding,
    /// The state at every [`STEP`] bytes, made when first needed: most windows have no finding.
    known: OnceCell<Vec<Start>>,
}

impl<'a> Lines<'a> {
    /// For the window `bytes` that begins at `start`.
    pub fn new(start: Start, bytes: &'a [u8], encoding: Encoding) -> Self {
        Self { start, bytes, encoding, known: OnceCell::new() }
    }

    /// The position of the byte at `at` of the window, or of its end.
    pub fn position(&self, at: usize) -> Position {
        let at = at.min(self.bytes.len());
        let known = self.known.get_or_init(|| {
            let mut all = vec![self.start];
            let mut now = self.start;
            for step in self.bytes.chunks(STEP) {
                now = advance(now, step, self.encoding);
                all.push(now);
            }
            all
        });
        let step = at / STEP;
        let before = known.get(step).copied().unwrap_or(self.start);
        let here = advance(before, self.bytes.get(step * STEP..at).unwrap_or_default(), self.encoding);
        let (units, held) = unpack(here.units, self.encoding);
        let next = self.bytes.get(at..at + self.encoding.width()).unwrap_or_default();
        // A lone CR has ended its line; one before LF has not yet.
        if self.encoding.is(held.as_slice(), b'\r') && !self.encoding.is(next, b'\n') {
            return Position { line: here.lines + 2, column: 1 };
        }
        Position { line: here.lines + 1, column: units + units_of(held.as_slice(), self.encoding) + 1 }
    }
}

/// The start of the window that follows `bytes`, which begin at `start`.
pub fn advance(start: Start, bytes: &[u8], encoding: Encoding) -> Start {
    let (units, held) = unpack(start.units, encoding);
    let text: Cow<'_, [u8]> =
        if held.is_empty() { Cow::Borrowed(bytes) } else { Cow::Owned([held.as_slice(), bytes].concat()) };
    let first = start.offset.saturating_sub(held.len() as u64);
    let (body, held) = text.split_at(text.len() - unfinished(&text, encoding));
    let mut body = body;
    if first == 0 {
        body = body.strip_prefix(encoding.mark()).unwrap_or(body);
    }
    let (ends, last) = line_ends(body, encoding);
    let rest = units_of(body.get(last..).unwrap_or_default(), encoding);
    let units = if ends == 0 { units.saturating_add(rest) } else { rest };
    Start { offset: start.offset + bytes.len() as u64, lines: start.lines + ends, units: pack(units, held) }
}

/// The start of the window that follows `len` zero bytes after `start`: a zero ends no line.
pub fn advance_over_zeros(start: Start, len: u64, encoding: Encoding) -> Start {
    let (units, held) = unpack(start.units, encoding);
    let units = units.saturating_add(len / encoding.width() as u64);
    Start { offset: start.offset + len, units: pack(units, held.as_slice()), ..start }
}

/// Set in the number of held bytes when the unit of a CR in UTF-32 comes before them.
const WIDE_CR: u64 = 4;

/// Units in the lower half; above them the number of held bytes, and the bytes.
fn pack(units: u64, held: &[u8]) -> u64 {
    let (cr, held) = if held.len() > 3 { held.split_at(4) } else { held.split_at(0) };
    let kept = held.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
    let len = held.len() as u64 | if cr.is_empty() { 0 } else { WIDE_CR };
    units.min(u64::from(u32::MAX)) | kept << 32 | len << 56
}

fn unpack(units: u64, encoding: Encoding) -> (u64, Held) {
    let [len, a, b, c, ..] = units.to_be_bytes();
    let (mut bytes, mut used) = ([0; 7], 0);
    let mut add = |byte| {
        bytes[used] = byte;
        used += 1;
    };
    if u64::from(len) & WIDE_CR != 0 {
        let cr = if encoding == Encoding::Utf32Be { [0, 0, 0, b'\r'] } else { [b'\r', 0, 0, 0] };
        cr.into_iter().for_each(&mut add);
    }
    [a, b, c].into_iter().skip(3 - usize::from(len & 3)).for_each(&mut add);
    (units & u64::from(u32::MAX), Held { bytes, len: used })
}

struct Held {
    bytes: [u8; 7],
    len: usize,
}

impl Held {
    fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn len(&self) -> usize {
        self.len
    }
}

/// How many bytes at the end of `text` the next ones may complete: at most three, behind a CR of UTF-32 seven.
fn unfinished(text: &[u8], encoding: Encoding) -> usize {
    match encoding {
        Encoding::Bytes if text.last() == Some(&b'\r') => 1,
        Encoding::Bytes => {
            let mut tails = (1..=3.min(text.len())).rev();
            let begun = |n: &usize| {
                let tail = text.get(text.len() - n..).unwrap_or_default();
                tail.first().is_some_and(|b| *b >= 0xc2)
                    && std::str::from_utf8(tail).is_err_and(|e| e.valid_up_to() == 0 && e.error_len().is_none())
            };
            tails.find(begun).unwrap_or(0)
        }
        wide => {
            let part = text.len() % wide.width();
            let cr = text.len().checked_sub(part + wide.width()).and_then(|at| text.get(at..text.len() - part));
            part + if cr.is_some_and(|unit| wide.is(unit, b'\r')) { wide.width() } else { 0 }
        }
    }
}

/// The number of line ends in `text` and where its last line begins.
fn line_ends(text: &[u8], encoding: Encoding) -> (u64, usize) {
    let (mut ends, mut last) = (0, 0);
    for at in memchr::memchr2_iter(b'\n', b'\r', text) {
        let next = match encoding {
            Encoding::Bytes => {
                if text.get(at) == Some(&b'\r') && text.get(at + 1) == Some(&b'\n') {
                    continue;
                }
                at + 1
            }
            wide => {
                let width = wide.width();
                let unit = at - at % width;
                let is = |at: usize, ascii: u8| text.get(at..at + width).is_some_and(|u| wide.is(u, ascii));
                let cr = is(unit, b'\r');
                if !(cr || is(unit, b'\n')) || (cr && is(unit + width, b'\n')) {
                    continue;
                }
                unit + width
            }
        };
        ends += 1;
        last = next;
    }
    (ends, last)
}

/// UTF-16 code units of a text without line ends.
fn units_of(text: &[u8], encoding: Encoding) -> u64 {
    match encoding {
        Encoding::Bytes => {}
        Encoding::Utf16Le | Encoding::Utf16Be => return text.len() as u64 / 2,
        Encoding::Utf32Le | Encoding::Utf32Be => {
            let units = |unit| char::from_u32(encoding.unit(unit)).map_or(1, |c| c.len_utf16() as u64);
            return text.chunks_exact(4).map(units).sum();
        }
    }
    if text.is_ascii() {
        return text.len() as u64;
    }
    let chunks = text.utf8_chunks();
    chunks.map(|c| c.valid().chars().map(|c| c.len_utf16() as u64).sum::<u64>() + c.invalid().len() as u64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &[u8], at: usize) -> (u64, u64) {
        let p = Lines::new(Start::default(), text, Encoding::Bytes).position(at);
        (p.line, p.column)
    }

    const ENCODINGS: [Encoding; 5] =
        [Encoding::Bytes, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Utf32Le, Encoding::Utf32Be];

    fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
        match encoding {
            Encoding::Bytes => text.into(),
            Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Encoding::Utf32Le => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
            Encoding::Utf32Be => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        }
    }

    #[test]
    fn all_line_ends_count_once() {
        let text = b"a\nb\r\nc\rd\n\re";
        let want = [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (4, 1), (4, 2), (5, 1), (6, 1), (6, 2)];
        let got: Vec<_> = (0..=text.len()).map(|n| at(text, n)).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn columns_are_utf16_units() {
        let text = "\u{feff}\u{fc}\u{1f600}x".as_bytes();
        assert_eq!(at(text, 3), (1, 1));
        assert_eq!(at(text, 5), (1, 2));
        assert_eq!(at(text, 9), (1, 4));
        assert_eq!(at(b"\xfc\xdfx", 2), (1, 3));
    }

    /// Counted character by character from the beginning.
    fn naive(text: &[u8], at: usize) -> (u64, u64) {
        let mut ends: Vec<usize> = Vec::new();
        for n in 0..text.len() {
            if text[n] == b'\n' || (text[n] == b'\r' && text.get(n + 1) != Some(&b'\n')) {
                ends.push(n + 1);
            }
        }
        let line = ends.iter().filter(|e| **e <= at).count();
        let mut start = line.checked_sub(1).map_or(0, |n| ends[n]);
        if start == 0 && text.starts_with(b"\xef\xbb\xbf") && at >= 3 {
            start = 3;
        }
        let mut column = 1;
        let mut rest = &text[start..at];
        while let Some((_, others)) = rest.split_first() {
            let n = (1..=4.min(rest.len())).find(|n| std::str::from_utf8(&rest[..*n]).is_ok());
            column += if n == Some(4) { 2 } else { 1 };
            rest = n.map_or(others, |n| &rest[n..]);
        }
        (line as u64 + 1, column)
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\r\n".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"\n".to_vec()),
            Just("\u{1f600}".into()),
            Just("\u{20ac}".into()),
            Just("\u{e9}".into()),
            Just(b"some words".to_vec()),
            Just(vec![b'm'; 700]),
            proptest::collection::vec(any::<u8>(), 0..5),
        ];
        proptest::collection::vec(piece, 0..30).prop_map(|p| p.concat())
    }

    proptest! {
        #[test]
        fn positions_equal_those_counted_by_hand(text in text(), at in 0..9000_usize) {
            let at = at % (text.len() + 1);
            let p = Lines::new(Start::default(), &text, Encoding::Bytes).position(at);
            prop_assert_eq!((p.line, p.column), naive(&text, at));
        }

        #[test]
        fn windows_count_as_the_whole(text in text(), cuts in proptest::collection::btree_set(0..9000_usize, 0..6), kind in 0..5_u8) {
            let text = match kind {
                0 => text,
                kind => encode(&String::from_utf8_lossy(&text), ENCODINGS[usize::from(kind)]),
            };
            let encoding = ENCODINGS[usize::from(kind)];
            let (mut start, mut from) = (Start::default(), 0);
            let whole = Lines::new(start, &text, encoding);
            for cut in cuts.into_iter().filter(|c| *c < text.len()).chain([text.len()]) {
                let window = Lines::new(start, &text[from..], encoding);
                prop_assert_eq!(window.position(cut - from), whole.position(cut));
                start = advance(start, &text[from..cut], encoding);
                from = cut;
            }
            prop_assert_eq!(start, advance(Start::default(), &text, encoding));
        }

        #[test]
        fn wide_text_counts_as_its_utf8(text in "([a-z\u{e9}\u{4f60}\u{1f600}\n\r]|\r\n){0,80}", kind in 1..5_usize, mark: bool) {
            let text = if mark { format!("\u{feff}{text}") } else { text };
            let encoding = ENCODINGS[kind];
            let bytes = encode(&text, encoding);
            let wide = Lines::new(Start::default(), &bytes, encoding);
            let narrow = Lines::new(Start::default(), text.as_bytes(), Encoding::Bytes);
            let mut at = 0;
            for (n, c) in text.char_indices() {
                prop_assert_eq!(wide.position(at), narrow.position(n));
                at += encode(c.encode_utf8(&mut [0; 4]), encoding).len();
            }
        }
    }
}
