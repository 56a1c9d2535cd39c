//! The gate in front of the anchors' tables: the first four bytes of every anchor, as a set of bits, probed at every byte.
//!
//! In: folded text (see [`crate::rule::literals::fold`]). Out: the positions at which an anchor may begin. Eight positions
//! are probed together, without a branch between them. Groups of three at every second byte take half the probes and
//! let more through; with this gate and what follows it a scan of redis takes fewer instructions (callgrind).

use crate::rule::anchor::MIN_ANCHOR;

/// log2 of the number of bits in each set: 32 KiB, so that it stays in the nearest caches.
const BITS: u32 = 18;
const WORDS: usize = 1 << (BITS - 6);
const _: () = assert!(MIN_ANCHOR == 4, "the gate looks at four bytes");

/// Zero bytes that must follow the text, so that every probe can read its bytes.
pub(crate) const PADDING: usize = 16;

/// The first four bytes of all anchors.
pub(crate) struct Gate(Box<[u64; WORDS]>);

/// The heads of some anchors: their first bytes, as a number.
pub(crate) struct Heads(Box<[u64; WORDS]>);

/// Word and bit of a group.
#[inline(always)]
fn slot(group: u32) -> (usize, u32) {
    let hash = group.wrapping_mul(0x9e37_79b1);
    ((hash >> (32 - (BITS - 6))) as usize, (hash >> 14) & 63)
}

#[inline(always)]
fn head_slot(head: u64) -> usize {
    (head.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)) as usize
}

impl Heads {
    /// A set of these heads.
    pub(crate) fn new(heads: impl Iterator<Item = u64>) -> Self {
        let mut set = empty();
        for slot in heads.map(head_slot) {
            set[slot >> 6] |= 1 << (slot & 63);
        }
        Self(set)
    }

    /// Whether `head` may be in the set.
    #[inline(always)]
    pub(crate) fn may_hold(&self, head: u64) -> bool {
        let slot = head_slot(head);
        (self.0[slot >> 6] >> (slot & 63)) & 1 != 0
    }
}

impl Gate {
    /// A gate for these folded anchors, each of four bytes or more.
    pub(crate) fn new<'a>(anchors: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut words = empty();
        for group in anchors.filter_map(|a| a.first_chunk::<4>()) {
            let (word, bit) = slot(u32::from_le_bytes(*group));
            words[word] |= 1 << bit;
        }
        Self(words)
    }

    /// Writes every position at which an anchor may begin, ascending, into `out`. `folded` ends in [`PADDING`] zero bytes.
    pub(crate) fn places(&self, folded: &[u8], out: &mut Vec<usize>) {
        out.clear();
        let words: &[u64; WORDS] = &self.0;
        let probe = |group: u64| {
            let (word, bit) = slot(group as u32);
            words[word] >> bit
        };
        let mut at = 0;
        while let Some((low, high)) = folded.get(at..at + 12).and_then(|w| w.first_chunk().zip(w.last_chunk())) {
            let (low, high) = (u64::from_le_bytes(*low), u64::from_le_bytes(*high));
            let bits = [
                probe(low),
                probe(low >> 8),
                probe(low >> 16),
                probe(low >> 24),
                probe(high),
                probe(high >> 8),
                probe(high >> 16),
                probe(high >> 24),
            ];
            if bits.iter().fold(0, |all, bit| all | bit) & 1 != 0 {
                let mut mask = bits.iter().rev().fold(0, |mask, bit| (mask << 1) | (bit & 1));
                while mask != 0 {
                    out.push(at + mask.trailing_zeros() as usize);
                    mask &= mask - 1;
                }
            }
            at += 8;
        }
    }
}

/// Room for a set.
fn empty() -> Box<[u64; WORDS]> {
    Box::new([0; WORDS])
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
