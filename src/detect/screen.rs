//! The gate in front of the anchors' tables: four bytes of every anchor, as a set of hashes, probed at every byte.
//!
//! In: folded text (see [`crate::rule::literals::fold`]). Out: the positions at which such four bytes may be. The hash is a sum
//! of products of pairs of bytes, so that the compiler makes vector code of it, and small enough to be an index by itself: what
//! is left for each position is to load a byte. What gets through only by its hash is held against [`Heads`].

use crate::rule::anchor::MIN_ANCHOR;

/// log2 of the number of bits in each set of heads: 32 KiB, so that it stays in the nearest caches.
const BITS: u32 = 18;
const WORDS: usize = 1 << (BITS - 6);
const _: () = assert!(MIN_ANCHOR == 4, "the gate looks at four bytes");

/// Zero bytes that must follow the text, so that every probe can read its bytes.
pub(crate) const PADDING: usize = 16;

/// Four bytes of each anchor, by their hash: 1 where there is one.
pub(crate) struct Gate(Box<[u8; 1 << 16]>);

/// The heads of some anchors: their first bytes, as a number.
pub(crate) struct Heads(Box<[u64; WORDS]>);

/// What each of the two pairs of bytes is multiplied by: odd numbers, chosen so that few groups of four bytes that source
/// text is full of (`rules/groups.txt`) share a hash with an anchor's.
const FACTORS: [u16; 2] = [29929, 55407];

/// The hash of two pairs of bytes, each as a number.
#[inline(always)]
fn hash(first: u16, second: u16) -> u16 {
    first.wrapping_mul(FACTORS[0]).wrapping_add(second.wrapping_mul(FACTORS[1]))
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
    /// A gate for these groups of four bytes, each as a number, the first byte lowest.
    pub(crate) fn new(groups: impl Iterator<Item = u32>) -> Self {
        let mut set = vec![0; 1 << 16];
        for group in groups {
            set[usize::from(hash(group as u16, (group >> 16) as u16))] = 1;
        }
        Self(set.try_into().unwrap_or_else(|_| Box::new([1; 1 << 16])))
    }

    /// Writes every position at which one of them may be, ascending, into `out`. `folded` ends in [`PADDING`] zero bytes;
    /// `hashes` is room to work in, two of them for each pair of bytes.
    pub(crate) fn places(&self, folded: &[u8], hashes: &mut Vec<[u16; 2]>, out: &mut Vec<usize>) {
        out.clear();
        hashes.clear();
        // Pairs of bytes that begin at even positions, those that begin at odd ones, and what follows each.
        let len = folded.len().saturating_sub(4) / 2;
        let [a, b, c, d] = [0, 1, 2, 3]
            .map(|from| folded.get(from..).unwrap_or_default().as_chunks::<2>().0.get(..len).unwrap_or_default());
        let pair = |pair: &[u8; 2]| u16::from_le_bytes(*pair);
        let each = a.iter().zip(b).zip(c).zip(d);
        hashes.extend(each.map(|(((a, b), c), d)| [hash(pair(a), pair(c)), hash(pair(b), pair(d))]));
        let set: &[u8; 1 << 16] = &self.0;
        for (n, eight) in hashes.as_flattened().as_chunks::<8>().0.iter().enumerate() {
            if eight.iter().fold(0, |any, hash| any | set[usize::from(*hash)]) != 0 {
                for (at, hash) in (8 * n..).zip(eight) {
                    if set[usize::from(*hash)] != 0 {
                        out.push(at);
                    }
                }
            }
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
