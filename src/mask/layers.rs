//! A text decoded in every way in which a value may be written in it.
//!
//! In: a short text. Out: its readings: what escapes, percent signs, entities, base64 and hexadecimal digits in it say, with
//! the place of each byte. Decoding the text once is complete where encoding the values is not: an encoder may choose what
//! it escapes, and base64 has an alignment for each neighbour. What is encoded twice is decoded twice.

use std::ops::Range;

/// Shortest run of base64 or hexadecimal digits that is decoded: eight bytes, without what neighbours decide.
const SHORTEST: usize = 10;

/// Decoded text.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) bytes: Vec<u8>,
    /// Where each byte came from.
    at: Vec<(u32, u32)>,
}

impl Layer {
    fn push(&mut self, byte: u8, from: Range<usize>) {
        self.bytes.push(byte);
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.at.push((small(from.start), small(from.end)));
    }

    /// Where a part of it came from.
    pub(super) fn source(&self, part: Range<usize>) -> Range<usize> {
        let place = |n: usize| self.at.get(n).copied().unwrap_or_default();
        place(part.start).0 as usize..place(part.end.saturating_sub(1)).1 as usize
    }

    /// The same for a layer of this one.
    fn outer(&self, mut inner: Self) -> Self {
        for at in &mut inner.at {
            let source = self.source(at.0 as usize..at.1 as usize);
            *at = (source.start as u32, source.end as u32);
        }
        inner
    }
}

/// Is shown a reading of a text, and what says where a part of it came from.
pub(super) type See<'s> = dyn FnMut(&[u8], &dyn Fn(Range<usize>) -> Range<usize>) + 's;

/// Shows every other reading of `text`.
pub(super) fn decoded(text: &[u8], see: &mut See<'_>) {
    let escapes: [(u8, Unit); 3] = [(b'\\', backslash), (b'%', percent), (b'&', entity)];
    for (sign, unit) in escapes {
        if memchr::memchr(sign, text).is_none() {
            continue;
        }
        let once = escaped(text, sign, unit);
        if memchr::memchr(sign, &once.bytes).is_some() {
            let twice = once.outer(escaped(&once.bytes, sign, unit));
            see(&twice.bytes, &|part| twice.source(part));
        }
        runs(&once.bytes, &mut |bytes, source| see(bytes, &|part| once.source(source(part))));
        see(&once.bytes, &|part| once.source(part));
    }
    runs(text, see);
}

/// Reads what begins at a sign: the bytes it stands for, and its length.
type Unit = fn(&[u8]) -> Option<(Vec<u8>, usize)>;

fn escaped(text: &[u8], sign: u8, unit: Unit) -> Layer {
    let mut layer = Layer::default();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let read = if *byte == sign { text.get(at..).and_then(unit) } else { None };
        match read {
            Some((bytes, len)) => {
                bytes.iter().for_each(|b| layer.push(*b, at..at + len));
                at += len.max(1);
            }
            None => {
                layer.push(*byte, at..at + 1);
                at += 1;
            }
        }
    }
    layer
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok().filter(|t| t.bytes().all(|b| b.is_ascii_alphanumeric()))?;
    u32::from_str_radix(text, radix).ok()
}

fn utf8(code: u32) -> Option<Vec<u8>> {
    char::from_u32(code).map(|c| c.to_string().into_bytes())
}

fn backslash(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let byte = |b: u8| Some((vec![b], 2));
    match text.get(1)? {
        b'n' => byte(b'\n'),
        b't' => byte(b'\t'),
        b'r' => byte(b'\r'),
        b'b' => byte(8),
        b'f' => byte(12),
        b'x' => Some((vec![u8::try_from(number(text.get(2..4)?, 16)?).ok()?], 4)),
        b'u' if text.get(2) == Some(&b'{') => {
            let len = text.get(3..)?.iter().take(7).position(|b| *b == b'}')?;
            Some((utf8(number(text.get(3..3 + len)?, 16)?)?, 4 + len))
        }
        b'u' => {
            let code = number(text.get(2..6)?, 16)?;
            let low =
                || number(text.get(8..12)?, 16).filter(|low| text.get(6..8) == Some(b"\\u") && low & 0xfc00 == 0xdc00);
            match (code & 0xfc00, low()) {
                (0xd800, Some(low)) => Some((utf8(0x1_0000 + ((code & 0x3ff) << 10) + (low & 0x3ff))?, 12)),
                _ => Some((utf8(code)?, 6)),
            }
        }
        b'0'..=b'7' => {
            let len = text.get(1..)?.iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
            Some((vec![u8::try_from(number(text.get(1..=len)?, 8)?).ok()?], 1 + len))
        }
        sign if sign.is_ascii_punctuation() => byte(*sign),
        _ => None,
    }
}

fn percent(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    Some((vec![u8::try_from(number(text.get(1..3)?, 16)?).ok()?], 3))
}

fn entity(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let len = text.iter().take(12).position(|b| *b == b';')?;
    let code = match text.get(1..len)? {
        b"amp" => b'&'.into(),
        b"lt" => b'<'.into(),
        b"gt" => b'>'.into(),
        b"quot" => b'"'.into(),
        b"apos" => b'\''.into(),
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        _ => return None,
    };
    Some((utf8(code)?, len + 1))
}

fn sextet(byte: u8) -> Option<u32> {
    let n = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(n.into())
}

/// Runs of base64 in each of the four alignments that their first character may have, and of hexadecimal digits in two.
fn runs(text: &[u8], see: &mut See<'_>) {
    let mut bytes = Vec::new();
    for run in stretches(text, |b| sextet(b).is_some()) {
        // Bits of its first byte that stood before the run.
        for before in [0, 6, 4, 2] {
            bytes.clear();
            let (mut bits, mut held) = (0_u32, before);
            for six in text.get(run.clone()).unwrap_or_default().iter().map_while(|b| sextet(*b)) {
                (bits, held) = (bits << 6 | six, held + 6);
                if held >= 8 {
                    held -= 8;
                    bytes.push((bits >> held) as u8);
                }
            }
            // A byte stands in two characters, of which this is the last.
            let last = |byte: usize| run.start + ((byte + 1) * 8 - before as usize).div_ceil(6) - 1;
            see(&bytes, &|part| {
                last(part.start).saturating_sub(1).max(run.start)..last(part.end.saturating_sub(1)) + 1
            });
        }
    }
    for run in stretches(text, |b| b.is_ascii_hexdigit()).filter(|run| run.len() >= 16) {
        for skip in 0..2 {
            bytes.clear();
            let pairs = text.get(run.start + skip..run.end).unwrap_or_default().chunks_exact(2);
            bytes.extend(pairs.map(|pair| number(pair, 16).unwrap_or_default() as u8));
            let first = run.start + skip;
            see(&bytes, &|part| first + 2 * part.start..first + 2 * part.end);
        }
    }
}

/// Stretches of bytes that belong together, of [`SHORTEST`] bytes or more.
fn stretches(text: &[u8], belongs: fn(u8) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.iter().position(|b| belongs(*b))?;
        let len = text.get(start..)?.iter().position(|b| !belongs(*b)).unwrap_or(text.len() - start);
        at = start + len;
        Some(start..at)
    })
    .filter(|run| run.len() >= SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    fn places(text: &str, value: &str) -> Vec<String> {
        let mut all = Vec::new();
        decoded(text.as_bytes(), &mut |bytes, source| {
            let found = memchr::memmem::find(bytes, value.as_bytes());
            all.extend(found.map(|found| text[source(found..found + value.len())].to_owned()));
        });
        all
    }

    #[test]
    fn a_value_is_read_in_every_way_it_may_be_written() {
        let value = "p\"ss/w\u{f6}rd&1";
        for written in [
            "p\\\"ss/w\u{f6}rd&1",
            "p\\u0022ss\\/w\\u00f6rd\\u00261",
            "p\\x22ss/w\\xc3\\xb6rd&1",
            "p\\42ss/w\u{f6}rd&1",
            "p%22ss%2Fw%C3%B6rd%261",
            "%70%22%73%73%2fw%c3%b6rd%261",
            "p%2522ss%252Fw%25C3%25B6rd%25261",
            "p&quot;ss/w&#246;rd&amp;1",
            "p&#34;ss&#x2F;w&#xf6;rd&amp;1",
            "p\\\\\\\"ss/w\u{f6}rd&1",
        ] {
            let found = places(&format!("x = '{written}' # y"), value);
            assert!(found.iter().any(|f| f == written), "{written}: {found:?}");
        }
    }

    #[test]
    fn base64_is_read_in_each_alignment_and_maps_back() {
        let value = "correct horse 7 battery";
        for before in ["", "a", "ab", "abc"] {
            for (engine, name) in [(&STANDARD, "standard"), (&URL_SAFE_NO_PAD, "url")] {
                let run = engine.encode(format!("{before}{value}:x"));
                for cut in 0..4.min(run.len()) {
                    let text = format!("t={}", &run[cut..]);
                    // What the cut took is not there to be found.
                    let found = places(&text, value);
                    let whole = before.len() * 4 / 3 >= cut;
                    assert!(!whole || found.iter().any(|f| f.len() >= value.len() * 4 / 3), "{name} {before} {cut}");
                }
            }
        }
        let hex: String = value.bytes().map(|b| format!("{b:02x}")).collect();
        assert_eq!(places(&format!("0x{hex}"), value), [hex]);
    }
}
