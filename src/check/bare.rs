//! Private keys without armour: DER or OpenSSH in base64, hexadecimal digits, byte literals or raw; JSON web keys; XML.
//!
//! In: text and the range of what opens such a key. Out: [`Bare`]: extent, what the key is identified by, and the proof.
//! The length that DER begins with says how far to read, so nothing after the key matters; only what parses as a whole
//! private key is one, so certificates, requests and public keys are nothing here. It looks at no more than [`REACH`]
//! bytes after the opening and [`BEFORE`] before it. A key has the identity that it has under armour.

mod bytes;
mod digits;
mod found;
mod members;
mod web;
mod xml;

pub use found::{BEFORE, Bare, REACH};

use super::key;
use super::pem::Block;
use std::ops::Range;

/// Longest DER of a key: RSA with 16,384 bits.
const MAX_DER: usize = 9_800;
/// Shortest: a curve of 192 bits without its point.
const MIN_DER: usize = 40;

impl Bare {
    fn of_block(block: Block, proof: Option<String>, encrypted: bool) -> Self {
        Self { extent: block.extent.clone(), secret: block.extent, value: block.body, proof, encrypted }
    }
}

/// Reads the key whose opening is `whole`; `begin` is its group `secret`.
pub fn parse(text: &[u8], whole: &Range<usize>, begin: Range<usize>) -> Option<Bare> {
    let opening = text.get(whole.clone())?;
    let holds = |name: &[u8]| memchr::memmem::find(opening, name).is_some();
    if matches!(opening.first()?, b'M' | b'b') {
        in_base64(text, begin)
    } else if holds(b"kty") || holds(b"InverseQ") {
        web::parse(text, &(whole.start..begin.end))
    } else if holds(b"RSA") {
        xml::parse(text, begin)
    } else {
        // What stands before the first byte: a bracket, blanks, a cast, a quote.
        let first = opening.iter().position(|b| matches!(b, b'0' | b'3' | b'4' | b'\\'))?;
        in_bytes(text, whole.start + first)
    }
}

/// Where the reading of a key ends at the latest: where what opens it, or the part of it that no key holds twice, comes
/// again. Otherwise text that repeats an opening would be read once for each.
fn window<'a>(text: &'a [u8], begin: usize, mark: &Range<usize>) -> &'a [u8] {
    let end = text.len().min(begin + REACH);
    let again = match (text.get(mark.clone()), text.get(mark.end..end)) {
        (Some(mark), Some(rest)) if !mark.is_empty() => memchr::memmem::find(rest, mark),
        _ => None,
    };
    text.get(..again.map_or(end, |at| mark.end + at)).unwrap_or_default()
}

/// Base64 that begins with DER or with OpenSSH's magic bytes.
fn in_base64(text: &[u8], begin: Range<usize>) -> Option<Bare> {
    /// Characters at the end of an opening that are the same in every key of its kind.
    const MARK: usize = 6;
    let seen = window(text, begin.start, &(begin.end.saturating_sub(MARK).max(begin.start)..begin.end));
    let mut reader = digits::Reader::new(seen, begin.start, true);
    let mut coded = Vec::new();
    let open_ssh = text.get(begin.start) == Some(&b'b');
    let mut need = usize::MAX;
    while coded.len() < need {
        let Some(digit) = reader.next_digit() else { break };
        coded.push(digit);
        if coded.len() == 8 && !open_ssh {
            let (_, total) = header(&super::decode::base64(&coded)?)?;
            need = (total * 4).div_ceil(3);
        }
    }
    if coded.len() < need && !open_ssh {
        return None;
    }
    // A last character that stands alone is no byte.
    coded.truncate(coded.len() - usize::from(coded.len() % 4 == 1));
    let mut bytes = super::decode::base64(&coded)?;
    let facts = key::read(&bytes)?;
    if !open_ssh && (facts.encrypted || !whole(&bytes, facts.len)) {
        return None;
    }
    bytes.truncate(facts.len);
    let digits = (facts.len * 4).div_ceil(3);
    let mut again = digits::Reader::new(seen, begin.start, true);
    let end = (0..digits).try_fold(begin.start, |_, _| again.next_digit().map(|_| again.at()))?;
    let extent = begin.start..end;
    let (kind, encrypted) = (facts.kind.clone(), facts.encrypted);
    let block = Block::new(extent, &bytes, Some(facts), Some(encrypted));
    Some(Bare::of_block(block, Some(kind), encrypted))
}

/// Bytes in any other writing.
fn in_bytes(text: &[u8], begin: usize) -> Option<Bare> {
    /// Bytes of the part that no key holds twice: version and what follows it.
    const MARK: usize = 5;
    let all = text.get(..text.len().min(begin + REACH))?;
    let mut reader = bytes::Reader::new(all, begin)?;
    let mut read = Vec::new();
    let mut ends = vec![begin];
    while read.len() < 16 {
        read.push(reader.next_byte()?);
        ends.push(reader.at());
    }
    let (len, total) = header(&read)?;
    if !matches!(read.get(len..len + 4)?, [2, 1, 0 | 1, 2 | 4 | 0x30]) {
        return None;
    }
    let mark = *ends.get(len)?..*ends.get(len + MARK)?;
    reader.cut(window(text, begin, &mark).len());
    while read.len() < total {
        read.push(reader.next_byte()?);
    }
    read.truncate(total);
    let facts = key::read(&read).filter(|facts| !facts.encrypted && whole(&read, facts.len))?;
    let kind = facts.kind.clone();
    let block = Block::new(begin..reader.at(), &read, Some(facts), Some(false));
    Some(Bare::of_block(block, Some(kind), false))
}

/// Whether `len` is what the DER in `bytes` says of its length.
fn whole(bytes: &[u8], len: usize) -> bool {
    header(bytes).is_some_and(|(_, total)| total == len)
}

/// Length of DER's first tag and length, and of all of it, where a key of any kind can have them.
fn header(bytes: &[u8]) -> Option<(usize, usize)> {
    let (len, total) = match bytes {
        [0x30, 0x82, high, low, ..] => (4, 4 + (usize::from(*high) << 8 | usize::from(*low))),
        [0x30, 0x81, len, ..] => (3, 3 + usize::from(*len)),
        [0x30, len @ 0..=0x7f, ..] => (2, 2 + usize::from(*len)),
        _ => return None,
    };
    (MIN_DER..=MAX_DER).contains(&total).then_some((len, total))
}

#[cfg(test)]
mod tests;
