//! The gate in front of the anchors' tables: the first four bytes of every anchor, as a set of bits, probed at every byte.
//!
//! In: folded text (see [`crate::rule::anchor::fold`]). Out: the positions at which an anchor may begin. Eight positions
//! are probed together, without a branch between them. Groups of three at every second byte take half the probes, but
//! let one position in five through, and what a wrong guess of the processor costs is more than the probes saved.

use crate::rule::anchor::MIN_ANCHOR;

/// log2 of the number of bits in each set: 32 KiB, so that it stays in the nearest caches.
const BITS: u32 = 18;
const WORDS: usize = 1 << (BITS - 6);
const _: () = assert!(MIN_ANCHOR == 4, "the gate looks at four bytes");

/// Zero bytes that must follow the text, so that every probe can read its bytes.
pub(crate) const PADDING: usize = 16;

/// The first four bytes of all anchors.
pub(crate) struct Gate(Box<[u64]>);

/// The heads of some anchors: their first bytes, as a number.
pub(crate) struct Heads(Box<[u64]>);

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
        let mut set = vec![0; WORDS];
        for slot in heads.map(head_slot) {
            set[slot >> 6] |= 1 << (slot & 63);
        }
        Self(set.into())
    }

    /// Whether `head` may be in the set.
    #[inline(always)]
    pub(crate) fn may_hold(&self, head: u64) -> bool {
        let slot = head_slot(head);
        // The mask tells the compiler that the index is in bounds.
        (self.0[(slot >> 6) & (WORDS - 1)] >> (slot & 63)) & 1 != 0
    }
}

impl Gate {
    /// A gate for these folded anchors, each of four bytes or more.
    pub(crate) fn new<'a>(anchors: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut words = vec![0; WORDS];
        for group in anchors.filter_map(|a| a.first_chunk::<4>()) {
            let (word, bit) = slot(u32::from_le_bytes(*group));
            words[word] |= 1 << bit;
        }
        Self(words.into())
    }

    /// Calls `found` with every position at which an anchor may begin, ascending. `folded` ends in [`PADDING`] zero bytes.
    #[inline]
    pub(crate) fn each(&self, folded: &[u8], mut found: impl FnMut(usize)) {
        let words: &[u64] = &self.0[..WORDS];
        let probe = |group: u64| {
            let (word, bit) = slot(group as u32);
            // The mask tells the compiler that the index is in bounds.
            words[word & (WORDS - 1)] >> bit
        };
        let mut at = 0;
        while let Some(window) = folded.get(at..at + 12).and_then(|w| w.first_chunk::<12>()) {
            let [a, b, c, d, e, f, g, h, i, j, k, l] = *window;
            let (low, high) = (u64::from_le_bytes([a, b, c, d, e, f, g, h]), u64::from_le_bytes([e, f, g, h, i, j, k, l]));
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
                for (place, bit) in bits.iter().enumerate() {
                    if bit & 1 != 0 {
                        found(at + place);
                    }
                }
            }
            at += 8;
        }
    }
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
