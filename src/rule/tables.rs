//! The tables of the prefilter as bytes: those of the built-in rules are made when the program is built, and a start only maps
//! them. Made at run time they took half of the instructions of a small scan and 2 MB of fresh memory.
//!
//! In: anchors and encoded forms. Out: [`Tables`], which `detect/screen.rs` and `detect/prefilter.rs` read. Numbers are stored
//! with the lowest byte first. This file is compiled into the build script, too.

use super::anchor::MAX_ANCHOR;
use super::literals::is_run;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Bytes of the program, or made for rules of a user.
pub type Bytes = Cow<'static, [u8]>;

/// log2 of the number of bits in each set of heads: 32 KiB, so that it stays in the nearest caches.
const BITS: u32 = 18;
/// Bytes of a set of heads.
const SET: usize = 1 << (BITS - 3);
/// Bytes of [`Tables::gate`].
pub const GATE: usize = 1 << 16;
/// Which bytes of eight are the head of an anchor that has fewer.
pub const SHORT: u64 = u32::MAX as u64;
/// The bits of [`Tables::gate`], by the numbers of [`Tables::each`].
pub const IN_SHORT: u8 = 1 << 0;
/// Likewise.
pub const IN_LONG: u8 = 1 << 1;
/// Likewise.
pub const IN_RUNS: u8 = 1 << 2;
/// Likewise, for both tables of forms.
pub const IN_FORMS: u8 = 0b11 << 3;
/// Bytes of a slot: a head, and the first and the last of its records (exclusive; 0: the slot is empty).
pub const SLOT: usize = 16;
/// Bytes of a [`Record`].
pub const RECORD: usize = 32;

/// What each of the two pairs of bytes is multiplied by: odd numbers, chosen so that few groups of four bytes that source
/// text is full of (`rules/groups.txt`) share a hash with an anchor's.
const FACTORS: [u16; 2] = [29929, 55407];

/// The hash of two pairs of bytes, each as a number: an index of [`Tables::gate`].
#[inline(always)]
pub fn hash(first: u16, second: u16) -> u16 {
    first.wrapping_mul(FACTORS[0]).wrapping_add(second.wrapping_mul(FACTORS[1]))
}

/// The index of a group of four bytes in [`Tables::gate`].
#[inline(always)]
fn place_in_gate(group: u64) -> usize {
    hash(group as u16, (group >> 16) as u16).into()
}

/// The bit of a head in a set of heads.
#[inline(always)]
pub fn bit(head: u64) -> usize {
    (head.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)) as usize
}

/// Where the search for the slot of a head begins, among so many, a power of two.
#[inline(always)]
pub fn slot(head: u64, slots: usize) -> usize {
    (head.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & (slots - 1)
}

/// The first eight bytes as a number, the first byte lowest; zeros where there are fewer.
#[inline(always)]
pub fn number(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    let mut eight = [0; 8];
    eight[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(eight)
}

/// The first sixteen bytes as a number, likewise.
#[inline(always)]
pub fn sixteen(bytes: &[u8]) -> u128 {
    if let Some(wide) = bytes.first_chunk() {
        return u128::from_le_bytes(*wide);
    }
    let mut wide = [0; 16];
    wide[..bytes.len()].copy_from_slice(bytes);
    u128::from_le_bytes(wide)
}

/// Eight bytes with ASCII letters in lower case, all at once.
#[inline(always)]
pub fn lower(bytes: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let low = bytes & (0x7f * EACH);
    let from_a = low + (0x80 - b'A' as u64) * EACH;
    let beyond_z = low + (0x7f - b'Z' as u64) * EACH;
    let upper = (from_a ^ beyond_z) & !bytes & (0x80 * EACH);
    bytes | (upper >> 2)
}

/// What is looked for: an anchor of a rule, or an encoded form.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// Folded bytes.
    pub folded: &'a [u8],
    /// Exact bytes, 0 for any with the same fold.
    pub exact: &'a [u8],
    /// For an encoded form its text, by which its table looks it up: digits of it are certain, and folded, all forms of hex
    /// that have digits at the same places would have one head.
    pub text: Option<&'a [u8]>,
    /// Where its rarest four bytes begin.
    pub rarest: u8,
    /// The rule, or the encoded form, by number.
    pub of: u32,
    /// Its encoded forms are looked for, too.
    pub formed: bool,
}

/// Thirty-two bytes that describe one [`Sought`].
#[derive(Clone, Copy)]
pub struct Record<'a>(pub &'a [u8; RECORD]);

impl Record<'_> {
    const LEN: usize = 2 * MAX_ANCHOR;
    const HEAD: usize = Self::LEN + 1;
    const FORMED: usize = Self::LEN + 2;
    const RUN: usize = Self::LEN + 3;
    const OF: usize = Self::LEN + 4;

    fn write(sought: &Sought<'_>) -> [u8; RECORD] {
        let mut record = [0; RECORD];
        record[..sought.folded.len()].copy_from_slice(sought.folded);
        record[MAX_ANCHOR..MAX_ANCHOR + sought.exact.len()].copy_from_slice(sought.exact);
        record[Self::LEN] = sought.folded.len() as u8;
        record[Self::HEAD] = sought.rarest;
        record[Self::FORMED] = sought.formed.into();
        record[Self::RUN] = is_single(sought).into();
        record[Self::OF..].copy_from_slice(&sought.of.to_le_bytes());
        record
    }

    /// Its length in bytes.
    #[inline(always)]
    pub fn size(&self) -> u8 {
        self.0[Self::LEN]
    }

    /// Where its rarest four bytes begin.
    #[inline(always)]
    pub fn head(&self) -> usize {
        self.0[Self::HEAD].into()
    }

    /// Its encoded forms are looked for, too.
    pub fn formed(&self) -> bool {
        self.0[Self::FORMED] != 0
    }

    /// It is one byte again and again.
    pub fn run(&self) -> bool {
        self.0[Self::RUN] != 0
    }

    /// The rule, or the encoded form, by number.
    pub fn of(&self) -> u32 {
        let [.., a, b, c, d] = *self.0;
        u32::from_le_bytes([a, b, c, d])
    }

    /// Whether it is there: sixteen folded bytes of a text, and sixteen of the text itself from the same place on, with
    /// zeros after the end of a text.
    #[inline(always)]
    pub fn is_at(&self, folded: u128, text: u128) -> bool {
        let mask = MASKS[usize::from(self.size() & 15)];
        if (sixteen(&self.0[..16]) ^ folded) & mask != 0 {
            return false;
        }
        let exact = sixteen(&self.0[MAX_ANCHOR..MAX_ANCHOR + 16]) & mask;
        (exact ^ text) & filled(exact) == 0
    }

    /// Its first byte, folded and exact.
    pub fn first(&self) -> [u8; 2] {
        [self.0[0], self.0[MAX_ANCHOR]]
    }
}

/// The lowest so many bytes.
const MASKS: [u128; 16] = {
    let mut masks = [0; 16];
    let mut len = 1;
    while len < 16 {
        masks[len] = u128::MAX >> (8 * (16 - len));
        len += 1;
    }
    masks
};

/// All bits of every byte that is not zero.
#[inline(always)]
fn filled(bytes: u128) -> u128 {
    const HIGH: u128 = u128::from_le_bytes([0x80; 16]);
    let tops = (((bytes & !HIGH) + !HIGH) | bytes) & HIGH;
    tops | (tops - (tops >> 7))
}

fn is_single(sought: &Sought<'_>) -> bool {
    sought.text.is_none() && is_run(sought.folded) && is_run(sought.exact)
}

/// Records by their heads, four or eight bytes as a number.
#[derive(Debug, Clone)]
pub struct Table {
    /// A set of bits, 1 where a head may be.
    pub may: Bytes,
    /// A hash table of heads, each [`SLOT`] bytes, probed one after another.
    pub slots: Bytes,
    /// [`Record`]s, those of one head together.
    pub records: Bytes,
}

/// All that is looked for.
#[derive(Debug, Clone)]
pub struct Tables {
    /// Groups of four bytes by their [`hash`]: a bit for each of [`Self::each`] that has one there.
    pub gate: Bytes,
    /// The same groups, once more under another hash.
    pub groups: Bytes,
    /// Anchors of rules by their rarest four bytes, and by eight from there where there are so many.
    pub anchors: [Table; 2],
    /// Anchors that are one byte again and again, by four of it.
    pub runs: Table,
    /// Encoded forms, as the anchors.
    pub forms: [Table; 2],
}

/// Whether a set of heads may hold this one.
#[inline(always)]
fn may_hold(set: &[u8; SET], head: u64) -> bool {
    let bit = bit(head);
    (set[bit >> 3] >> (bit & 7)) & 1 != 0
}

/// [`Tables::gate`] and [`Tables::groups`] as they are searched: borrowed once, for each access to a [`Cow`] asks who owns it.
#[derive(Clone, Copy)]
pub struct Groups<'t> {
    /// [`Tables::gate`].
    pub gate: &'t [u8; GATE],
    groups: &'t [u8; SET],
}

impl Groups<'_> {
    /// The tables that may have this group of four bytes, as a bit for each of [`Tables::each`].
    #[inline(always)]
    pub fn which(&self, group: u64) -> u8 {
        if may_hold(self.groups, group) { self.gate[place_in_gate(group)] } else { 0 }
    }
}

/// A [`Table`] as it is searched.
#[derive(Clone, Copy)]
pub struct Heads<'t> {
    may: &'t [u8; SET],
    slots: &'t [[u8; SLOT]],
    records: &'t [[u8; RECORD]],
}

impl<'t> Heads<'t> {
    /// Whether there may be such a head.
    #[inline(always)]
    pub fn may_have(&self, head: u64) -> bool {
        may_hold(self.may, head)
    }

    /// The records of a head.
    pub fn records(&self, head: u64) -> &'t [[u8; RECORD]] {
        let mut at = slot(head, self.slots.len());
        loop {
            let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = self.slots[at];
            let (first, last) = (u32::from_le_bytes([i, j, k, l]), u32::from_le_bytes([m, n, o, p]));
            if last == 0 {
                return &[];
            }
            if u64::from_le_bytes([a, b, c, d, e, f, g, h]) == head {
                return &self.records[first as usize..last as usize];
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

fn set_of(heads: impl Iterator<Item = u64>) -> Bytes {
    let mut set = vec![0; SET];
    for bit in heads.map(bit) {
        set[bit >> 3] |= 1 << (bit & 7);
    }
    set.into()
}

impl Tables {
    /// Tables of all these.
    pub fn new(all: &[Sought<'_>]) -> Self {
        let group = |sought: &Sought<'_>| number(&sought.folded[sought.rarest.into()..]) & SHORT;
        let is_long = |sought: &Sought<'_>| sought.folded.len() - usize::from(sought.rarest) >= 8;
        let which = |sought: &Sought<'_>| match (sought.text.is_some(), is_long(sought)) {
            (false, _) if is_single(sought) => 2,
            (false, long) => usize::from(long),
            (true, long) => 3 + usize::from(long),
        };
        let mut gate = vec![0; GATE];
        for sought in all {
            gate[place_in_gate(group(sought))] |= 1 << which(sought);
        }
        let table = |nth: usize, mask: u64| {
            Table::new(all.iter().filter(|sought| which(sought) == nth).map(|sought| {
                let head = match sought.text {
                    Some(text) => lower(number(&text[sought.rarest.into()..])),
                    None => number(&sought.folded[sought.rarest.into()..]),
                };
                (head & mask, sought)
            }))
        };
        Self {
            gate: gate.into(),
            groups: set_of(all.iter().map(group)),
            anchors: [table(0, SHORT), table(1, u64::MAX)],
            runs: table(2, SHORT),
            forms: [table(3, SHORT), table(4, u64::MAX)],
        }
    }

    /// The groups of four bytes, to be searched.
    pub fn seen(&self) -> Groups<'_> {
        Groups {
            gate: self.gate.first_chunk().expect("a byte for each hash"),
            groups: self.groups.first_chunk().expect("a whole set"),
        }
    }

    /// The five tables, by number.
    pub fn each(&self) -> [(&'static str, &Table); 5] {
        let ([short, long], [short_form, long_form]) = (&self.anchors, &self.forms);
        [("short", short), ("long", long), ("runs", &self.runs), ("short_form", short_form), ("long_form", long_form)]
    }
}

impl Table {
    fn new<'a>(all: impl Iterator<Item = (u64, &'a Sought<'a>)>) -> Self {
        let mut by_head: BTreeMap<u64, Vec<&Sought<'_>>> = BTreeMap::new();
        for (head, sought) in all {
            by_head.entry(head).or_default().push(sought);
        }
        let count = (2 * by_head.len()).next_power_of_two();
        let (mut slots, mut records) = (vec![0; count * SLOT], Vec::new());
        for (head, ours) in &by_head {
            let first = (records.len() / RECORD) as u32;
            records.extend(ours.iter().flat_map(|sought| Record::write(sought)));
            let last = (records.len() / RECORD) as u32;
            let mut at = slot(*head, count);
            while slots[at * SLOT..][12..SLOT] != [0; 4] {
                at = (at + 1) & (count - 1);
            }
            let new = [&head.to_le_bytes()[..], &first.to_le_bytes(), &last.to_le_bytes()].concat();
            slots[at * SLOT..][..SLOT].copy_from_slice(&new);
        }
        Self { may: set_of(by_head.keys().copied()), slots: slots.into(), records: records.into() }
    }

    /// All records.
    pub fn all(&self) -> impl Iterator<Item = Record<'_>> {
        self.records.as_chunks::<RECORD>().0.iter().map(Record)
    }

    /// The table, to be searched.
    pub fn heads(&self) -> Heads<'_> {
        Heads {
            may: self.may.first_chunk().expect("a whole set"),
            slots: self.slots.as_chunks().0,
            records: self.records.as_chunks().0,
        }
    }
}
