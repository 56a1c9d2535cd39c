//! The gate in front of the anchors' tables: four bytes of every anchor, as a set of hashes, probed at every byte.
//!
//! In: folded text (see [`crate::rule::literals::fold`]). Out: the positions at which such four bytes may be. The hash is a sum
//! of products of pairs of bytes, so that the compiler makes vector code of it, and small enough to be an index by itself: what
//! is left for each position is to load a byte. What gets through only by its hash is held against another one.

use crate::rule::anchor::MIN_ANCHOR;
use crate::rule::tables::{GATE, hash};

const _: () = assert!(MIN_ANCHOR == 4, "the gate looks at four bytes");

/// Zero bytes that must follow the text, so that every probe can read its bytes.
pub(crate) const PADDING: usize = 16;

/// Hashes that are looked up before there must be room for more positions.
const BLOCK: usize = 4096;

/// Every position at which a group of four bytes of the gate may be, ascending. `gate` is
/// [`Tables::gate`](crate::rule::tables::Tables::gate), `folded` ends in [`PADDING`] zero bytes; `hashes` and `out` are room to
/// work in.
pub(crate) fn places<'o>(
    gate: &[u8; GATE],
    folded: &[u8],
    hashes: &mut Vec<[u16; 2]>,
    out: &'o mut Vec<usize>,
) -> &'o [usize] {
    hashes.clear();
    // Pairs of bytes that begin at even positions, those that begin at odd ones, and what follows each.
    let len = folded.len().saturating_sub(4) / 2;
    let [a, b, c, d] = [0, 1, 2, 3]
        .map(|from| folded.get(from..).unwrap_or_default().as_chunks::<2>().0.get(..len).unwrap_or_default());
    let pair = |pair: &[u8; 2]| u16::from_le_bytes(*pair);
    let each = a.iter().zip(b).zip(c).zip(d);
    hashes.extend(each.map(|(((a, b), c), d)| [hash(pair(a), pair(c)), hash(pair(b), pair(d))]));
    let (mut found, mut first) = (0, 0);
    for block in hashes.as_flattened().chunks(BLOCK) {
        if out.len() < found + BLOCK + 8 {
            out.resize(2 * found + BLOCK + 8, 0);
        }
        let mut rest = &mut out[found..];
        for eight in block.as_chunks::<8>().0 {
            let Some(room) = rest.first_chunk_mut::<8>() else { break };
            // Each position is written, and the next one over it where it is none. With branches it would be a third fewer
            // instructions and half as much time again: whether one is among the eight cannot be foreseen.
            let mut here = 0;
            for (at, hash) in eight.iter().enumerate() {
                room[here & 7] = first | at;
                here += usize::from(gate[usize::from(*hash)] != 0);
            }
            (rest, found, first) = (&mut rest[here..], found + here, first + 8);
        }
    }
    out.get(..found).unwrap_or_default()
}

/// Folds `text` into `out` and appends the padding. Written without a table, so that it becomes vector code.
pub(crate) fn fold_into(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.extend(text.iter().map(|&b| {
        let lower = b | (u8::from(b.is_ascii_uppercase()) << 5);
        if lower.is_ascii_digit() { b'0' } else { lower }
    }));
    out.extend_from_slice(&[0; PADDING]);
}
