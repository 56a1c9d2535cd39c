//! The gate in front of the anchors' automaton: a set of three-byte groups, probed at every second byte.
//!
//! In: folded text (see [`crate::rule::anchor::fold`]). Out: the positions at which an anchor may begin. An anchor has at
//! least four bytes, so a group at its first or its second byte stands at an even position: no anchor gets through
//! unseen, and most bytes are looked at once, without a branch. Sets of longer heads then thin out chance hits. An
//! Aho-Corasick automaton over all anchors reads every byte at 0.5 GB/s; the gate passes 1.5 to 2 GB/s on a core.

use crate::rule::anchor::MIN_ANCHOR;

/// log2 of the number of slots in each set: 32 KiB of heads, 64 KiB of groups, so that all stay in the nearest caches.
const BITS: u32 = 18;
const WORDS: usize = 1 << (BITS - 6);
const _: () = assert!(MIN_ANCHOR == 4, "groups of three at two neighbouring bytes");

/// Zero bytes that must follow the text, so that every probe can read eight bytes.
pub(crate) const PADDING: usize = 8;

/// Which groups of three bytes occur at the first byte of an anchor (the lower of two bits) or at its second.
pub(crate) struct Gate {
    groups: Box<[u64]>,
}

/// The heads of some anchors: their first bytes, as a number.
pub(crate) struct Heads(Box<[u64]>);

#[inline(always)]
fn slot(value: u32) -> usize {
    (value.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

#[inline(always)]
fn group(bytes: u32) -> u32 {
    bytes & 0x00ff_ffff
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
        let mut groups = vec![0; 2 * WORDS];
        for [a, b, c, d] in anchors.filter_map(|a| a.first_chunk::<4>()) {
            for (bit, group) in
                [u32::from_le_bytes([*a, *b, *c, 0]), u32::from_le_bytes([*b, *c, *d, 0])].iter().enumerate()
            {
                let slot = slot(*group);
                groups[slot >> 5] |= 1 << (2 * (slot & 31) + bit);
            }
        }
        Self { groups: groups.into() }
    }

    /// Calls `found` with every position at which an anchor may begin, ascending. `folded` ends in [`PADDING`] zero bytes.
    #[inline]
    pub(crate) fn each(&self, folded: &[u8], mut found: impl FnMut(usize)) {
        let groups: &[u64] = &self.groups[..2 * WORDS];
        let bits = |group: u32| {
            let slot = slot(group);
            // The mask tells the compiler that the index is in bounds.
            (groups[(slot >> 5) & (2 * WORDS - 1)] >> (2 * (slot & 31))) & 3
        };
        let mut at = 0;
        while let Some(window) = folded.get(at..at + 8).and_then(|w| w.first_chunk::<8>()) {
            let bytes = u64::from_le_bytes(*window);
            let (one, two) = (bits(group(bytes as u32)), bits(group((bytes >> 16) as u32)));
            if one | two != 0 {
                for (place, bits) in [(at, one), (at + 2, two)] {
                    if bits & 2 != 0 && place > 0 {
                        found(place - 1);
                    }
                    if bits & 1 != 0 {
                        found(place);
                    }
                }
            }
            at += 4;
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
