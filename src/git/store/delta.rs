//! Delta instructions: what of an object is copied from its base, and what is new.
//!
//! In: the inflated instructions of a pack entry. Out: [`Piece`]s that cover the result from its first byte to its last,
//! neighbours that continue each other joined, so that a boundary between two pieces is always a real seam. It refuses
//! instructions that reach beyond the base or do not add up to the size they announce; it copies no bytes by itself.

use std::fmt;
use std::ops::Range;

/// A part of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins in the result.
    pub at: usize,
    /// Its length in bytes, never 0.
    pub len: usize,
    /// Where its bytes come from.
    pub from: From,
}

/// Where the bytes of a piece come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Copied from this offset of the base.
    Base(usize),
    /// Written out, at this offset of the instructions.
    Delta(usize),
}

impl Piece {
    /// Its range in the result.
    pub fn range(&self) -> Range<usize> {
        self.at..self.at + self.len
    }
}

/// Why instructions cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeltaError {
    /// They end in the middle of one.
    Truncated,
    /// They were made for a base of another size.
    OtherBase,
    /// They copy what the base does not have.
    BeyondBase,
    /// They make more or less than they announce.
    WrongSize,
    /// The reserved instruction 0.
    Reserved,
}

impl fmt::Display for DeltaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "its delta instructions are cut off",
            Self::OtherBase => "its delta was made for a base of another size",
            Self::BeyondBase => "its delta copies bytes that its base does not have",
            Self::WrongSize => "its delta makes an object of another size than announced",
            Self::Reserved => "its delta holds an instruction that does not exist",
        })
    }
}

/// Reads a size, seven bits a byte, lowest first.
fn size(bytes: &[u8], at: &mut usize) -> Result<u64, DeltaError> {
    let (mut value, mut shift) = (0_u64, 0_u32);
    loop {
        let byte = *bytes.get(*at).ok_or(DeltaError::Truncated)?;
        *at += 1;
        if shift > 56 {
            return Err(DeltaError::WrongSize);
        }
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
}

/// The sizes of base and result that `delta` announces.
///
/// # Errors
/// When it is too short to announce them.
pub fn sizes(delta: &[u8]) -> Result<(u64, u64), DeltaError> {
    let mut at = 0;
    Ok((size(delta, &mut at)?, size(delta, &mut at)?))
}

/// Parses `delta`, made for a base of `base_len` bytes, into `pieces`; gives the length of the result.
///
/// # Errors
/// When an instruction is not possible; `pieces` is of no use then.
pub fn parse(delta: &[u8], base_len: usize, pieces: &mut Vec<Piece>) -> Result<usize, DeltaError> {
    pieces.clear();
    let mut at = 0;
    if size(delta, &mut at)? != base_len as u64 {
        return Err(DeltaError::OtherBase);
    }
    let announced = usize::try_from(size(delta, &mut at)?).map_err(|_| DeltaError::WrongSize)?;
    let mut made = 0_usize;
    while let Some(&op) = delta.get(at) {
        at += 1;
        let (from, len) = if op & 0x80 != 0 {
            let mut field = |bits: u8, count: u32| -> Result<usize, DeltaError> {
                let mut value = 0;
                for n in 0..count {
                    if bits & (1 << n) != 0 {
                        value |= usize::from(*delta.get(at).ok_or(DeltaError::Truncated)?) << (8 * n);
                        at += 1;
                    }
                }
                Ok(value)
            };
            let offset = field(op & 0x0f, 4)?;
            let len = match field((op >> 4) & 0x07, 3)? {
                0 => 0x1_0000,
                len => len,
            };
            if offset.checked_add(len).is_none_or(|end| end > base_len) {
                return Err(DeltaError::BeyondBase);
            }
            (From::Base(offset), len)
        } else if op == 0 {
            return Err(DeltaError::Reserved);
        } else {
            let len = usize::from(op);
            if delta.len() - at < len {
                return Err(DeltaError::Truncated);
            }
            at += len;
            (From::Delta(at - len), len)
        };
        match pieces.last_mut() {
            // A copy that goes on where the last one ended is the same copy.
            Some(Piece { len: last, from: From::Base(offset), .. }) if from == From::Base(*offset + *last) => {
                *last += len;
            }
            _ => pieces.push(Piece { at: made, len, from }),
        }
        made += len;
        if made > announced {
            return Err(DeltaError::WrongSize);
        }
    }
    if made == announced { Ok(made) } else { Err(DeltaError::WrongSize) }
}

/// The bytes of an object, made only when they are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// All of them are there.
    Whole(&'a [u8]),
    /// They follow from a base.
    Delta {
        /// The base's bytes.
        base: &'a [u8],
        /// The instructions, which hold the new bytes.
        delta: &'a [u8],
        /// What comes from where.
        pieces: &'a [Piece],
    },
}

impl Content<'_> {
    /// Number of bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Whole(bytes) => bytes.len(),
            Self::Delta { pieces, .. } => pieces.last().map_or(0, |p| p.at + p.len),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends the bytes of `range`, as far as there are any.
    pub fn append(&self, range: Range<usize>, out: &mut Vec<u8>) {
        match *self {
            Self::Whole(bytes) => out.extend_from_slice(bytes.get(range).unwrap_or_default()),
            Self::Delta { base, delta, pieces } => {
                let first = pieces.partition_point(|p| p.at + p.len <= range.start);
                for piece in pieces.get(first..).unwrap_or_default() {
                    if piece.at >= range.end {
                        break;
                    }
                    let from = range.start.max(piece.at) - piece.at;
                    let to = range.end.min(piece.at + piece.len) - piece.at;
                    let (source, start) = match piece.from {
                        From::Base(start) => (base, start),
                        From::Delta(start) => (delta, start),
                    };
                    out.extend_from_slice(source.get(start + from..start + to).unwrap_or_default());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(offset: u8, len: u8) -> [u8; 3] {
        [0x80 | 0x01 | 0x10, offset, len]
    }

    fn made(delta: &[u8], base: &[u8]) -> Result<(Vec<u8>, Vec<Piece>), DeltaError> {
        let mut pieces = Vec::new();
        let len = parse(delta, base.len(), &mut pieces)?;
        let content = Content::Delta { base, delta, pieces: &pieces };
        let mut out = Vec::new();
        content.append(0..len, &mut out);
        Ok((out, pieces))
    }

    #[test]
    fn copies_and_insertions_are_followed_and_joined() {
        let base = b"abcdefghij";
        let delta = [&[10, 9][..], &copy(0, 2), &copy(2, 3), &[2, b'X', b'Y'], &copy(0, 2)].concat();
        let (out, pieces) = made(&delta, base).unwrap();
        assert_eq!(out, b"abcdeXYab");
        assert_eq!(pieces.len(), 3);
        let mut part = Vec::new();
        Content::Delta { base, delta: &delta, pieces: &pieces }.append(4..8, &mut part);
        assert_eq!(part, b"eXYa");
    }

    #[test]
    fn impossible_instructions_are_errors() {
        let base = b"abcdefghij";
        for (delta, error) in [
            (vec![9, 2, 0x91, 0, 2], DeltaError::OtherBase),
            ([&[10, 2][..], &copy(9, 2)].concat(), DeltaError::BeyondBase),
            ([&[10, 3][..], &copy(0, 2)].concat(), DeltaError::WrongSize),
            ([&[10, 1][..], &copy(0, 2)].concat(), DeltaError::WrongSize),
            (vec![10, 2, 5, b'a'], DeltaError::Truncated),
            (vec![10, 2, 0x91, 0], DeltaError::Truncated),
            (vec![10, 2, 0], DeltaError::Reserved),
            (vec![0x80], DeltaError::Truncated),
            (vec![0xff; 12], DeltaError::WrongSize),
        ] {
            assert_eq!(made(&delta, base).unwrap_err(), error, "{delta:?}");
        }
    }
}
