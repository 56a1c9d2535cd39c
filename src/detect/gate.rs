//! The gate in front of the anchors' automaton: a set of three-byte groups, probed at every second byte.
//!
//! In: folded text (see [`crate::rule::anchor::fold`]). Out: the positions at which an anchor may begin. An anchor has at
//! least four bytes, so a group at its first or its second byte stands at an even position: no anchor gets through
//! unseen, and most bytes are looked at once, without a branch. Four-byte heads then thin out chance hits. An
//! Aho-Corasick automaton over all anchors reads every byte at 0.5 GB/s; the gate passes 1.5 to 2 GB/s on a core.

use crate::rule::anchor::MIN_ANCHOR;

/// log2 of the number of bits in each set: 32 KiB, so that both stay in the first-level cache.
const BITS: u32 = 18;
const WORDS: usize = 1 << (BITS - 6);
const _: () = assert!(MIN_ANCHOR == 4, "groups at two neighbouring bytes and a four-byte head");

/// Zero bytes that must follow the text, so that every probe can read eight bytes.
pub(crate) const PADDING: usize = 8;

/// Which groups and heads occur in anchors.
pub(crate) struct Gate {
    groups: Box<[u64]>,
    heads: Box<[u64]>,
}

#[inline(always)]
fn slot(value: u32) -> usize {
    (value.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

#[inline(always)]
fn holds(set: &[u64], slot: usize) -> u64 {
    // The mask tells the compiler that the index is in bounds.
    (set[(slot >> 6) & (WORDS - 1)] >> (slot & 63)) & 1
}

#[inline(always)]
fn group(bytes: u32) -> u32 {
    bytes & 0x00ff_ffff
}

impl Gate {
    /// A gate for these folded anchors, each of four bytes or more.
    pub(crate) fn new<'a>(anchors: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut gate = Self { groups: vec![0; WORDS].into(), heads: vec![0; WORDS].into() };
        for anchor in anchors {
            let Some(&[a, b, c, d]) = anchor.first_chunk::<4>() else { continue };
            let head = u32::from_le_bytes([a, b, c, d]);
            for group in [u32::from_le_bytes([a, b, c, 0]), u32::from_le_bytes([b, c, d, 0])] {
                gate.groups[slot(group) >> 6] |= 1 << (slot(group) & 63);
            }
            gate.heads[slot(head) >> 6] |= 1 << (slot(head) & 63);
        }
        gate
    }

    /// Calls `found` with every position at which an anchor may begin, in ascending order (nearly: neighbours may be
    /// swapped). `folded` ends in [`PADDING`] zero bytes.
    #[inline]
    pub(crate) fn each(&self, folded: &[u8], mut found: impl FnMut(usize)) {
        let groups: &[u64] = &self.groups[..WORDS];
        let mut at = 0;
        while let Some(window) = folded.get(at..at + 8).and_then(|w| w.first_chunk::<8>()) {
            let bytes = u64::from_le_bytes(*window);
            let (first, second) = (group(bytes as u32), group((bytes >> 16) as u32));
            let (one, two) = (holds(groups, slot(first)), holds(groups, slot(second)));
            if one | two != 0 {
                if one != 0 {
                    self.heads_at(folded, at, &mut found);
                }
                if two != 0 {
                    self.heads_at(folded, at + 2, &mut found);
                }
            }
            at += 4;
        }
    }

    /// A group hit at the even position `at`: an anchor may begin there or one byte before.
    #[inline]
    fn heads_at(&self, folded: &[u8], at: usize, found: &mut impl FnMut(usize)) {
        for start in [at.wrapping_sub(1), at] {
            let head = folded.get(start..start.wrapping_add(4)).and_then(|w| w.first_chunk::<4>());
            if head.is_some_and(|h| holds(&self.heads, slot(u32::from_le_bytes(*h))) != 0) {
                found(start);
            }
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
