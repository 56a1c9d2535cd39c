//! UTF-16 text anywhere in a blob: both byte orders, at even and odd offsets, with or without a mark, also inside a
//! binary or behind ASCII text, where an author may have put it to hide it.
//!
//! In: bytes. Out: [`Layer`]s of UTF-8. A region is a chain of ASCII units with at most `GAP` others between two of
//! them and at least `LEAST` ASCII units, so whether a byte belongs to one depends on `REACH` bytes to either side.
//! ASCII text reads as UTF-16 of one order at even offsets and, shifted by a byte, of the other order at odd ones; the
//! even reading is taken, and the odd one only around letters that the even one has not, with `OVERLAP` around them.
//! Windows begin at even offsets, so that this choice does not depend on them. UTF-32 is not looked for.

use super::layer::{Grain, Layer};
use super::view::is_text;
use std::ops::Range;

/// Units in a row that may be no ASCII.
const GAP: usize = 3;
/// Fewest ASCII units of a region.
const LEAST: usize = 8;
/// Bytes of an odd reading around what the even one leaves out: longer than a token.
const OVERLAP: usize = 2048;
/// How far to either side of a byte it is decided whether and how it is decoded, in bytes.
pub const REACH: usize = OVERLAP + 2 * (GAP + 1) * (LEAST + 1);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn is_ascii(self, pair: [u8; 2]) -> bool {
        let (low, high) = match self {
            Self::Little => (pair[0], pair[1]),
            Self::Big => (pair[1], pair[0]),
        };
        high == 0 && is_text(low)
    }

    fn unit(self, pair: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(pair),
            Self::Big => u16::from_be_bytes(pair),
        }
    }
}

/// All UTF-16 text in `bytes`, decoded. Offsets are those of `bytes`, which begin at an even offset of the whole.
pub fn layers(bytes: &[u8]) -> Vec<Layer> {
    if memchr::memchr(0, bytes).is_none() {
        return Vec::new();
    }
    let even = [Order::Little, Order::Big].map(|order| regions(bytes, order, 0));
    let mut covered = [stretches(bytes, Order::Little, &even[0]), stretches(bytes, Order::Big, &even[1])].concat();
    covered.sort_unstable_by_key(|r| r.start);
    let mut out = Vec::new();
    for (order, regions) in [Order::Little, Order::Big].into_iter().zip(even) {
        out.extend(regions.into_iter().map(|r| decoded(bytes, order, r)));
    }
    for order in [Order::Little, Order::Big] {
        for region in regions(bytes, order, 1) {
            out.extend(left_out(bytes, order, &region, &covered).into_iter().map(|r| decoded(bytes, order, r)));
        }
    }
    out
}

fn pair(bytes: &[u8], at: usize) -> Option<[u8; 2]> {
    Some([*bytes.get(at)?, *bytes.get(at + 1)?])
}

/// The regions of one reading; `parity` is 0 or 1.
fn regions(bytes: &[u8], order: Order, parity: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = parity;
    while let Some(here) = pair(bytes, at) {
        if !order.is_ascii(here) {
            at += 2;
            if here[0] != 0 && here[1] != 0 {
                // Jump to the next unit with a NUL; in text without one this is all that happens.
                let Some(skip) = memchr::memchr(0, bytes.get(at..).unwrap_or_default()) else { break };
                at += skip & !1;
            }
            continue;
        }
        let start = at;
        let (mut end, mut count, mut others) = (at, 0, 0);
        while let Some(next) = pair(bytes, at) {
            at += 2;
            if order.is_ascii(next) {
                (end, count, others) = (at, count + 1, 0);
            } else {
                others += 1;
                if others > GAP {
                    break;
                }
            }
        }
        if count >= LEAST {
            out.push(start..end);
        }
    }
    out
}

/// The stretches of ASCII units inside regions of one reading.
fn stretches(bytes: &[u8], order: Order, regions: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for at in regions.iter().flat_map(|r| r.clone().step_by(2)) {
        if pair(bytes, at).is_some_and(|p| order.is_ascii(p)) {
            match out.last_mut() {
                Some(last) if last.end == at => last.end = at + 2,
                _ => out.push(at..at + 2),
            }
        }
    }
    out
}

/// The parts of `region` around letters that the even readings do not have: `covered`, sorted and disjoint.
fn left_out(bytes: &[u8], order: Order, region: &Range<usize>, covered: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut next = covered.partition_point(|r| r.end <= region.start);
    for at in region.clone().step_by(2) {
        let letter = at + usize::from(order == Order::Big);
        while covered.get(next).is_some_and(|r| r.end <= letter) {
            next += 1;
        }
        let has = covered.get(next).is_some_and(|r| r.start <= letter);
        if has || !pair(bytes, at).is_some_and(|p| order.is_ascii(p)) {
            continue;
        }
        // `at` and the ends of a region are whole units apart, and `OVERLAP` is even.
        let (from, to) = (at.saturating_sub(OVERLAP).max(region.start), (at + 2 + OVERLAP).min(region.end));
        match out.last_mut() {
            Some(last) if from <= last.end => last.end = to,
            _ => out.push(from..to),
        }
    }
    out
}

fn decoded(bytes: &[u8], order: Order, region: Range<usize>) -> Layer {
    let mut layer = Layer::default();
    let units = || bytes.get(region.clone()).unwrap_or_default().as_chunks::<2>().0.iter().map(|p| order.unit(*p));
    let mut at = region.start;
    let mut buffer = [0; 4];
    for char in char::decode_utf16(units()) {
        let (char, of) = char.map_or((char::REPLACEMENT_CHARACTER, 2), |c| (c, 2 * c.len_utf16()));
        layer.push(char.encode_utf8(&mut buffer).as_bytes(), at, of, Grain::Unit);
        at += of;
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(if little { u16::to_le_bytes } else { u16::to_be_bytes }).collect()
    }

    fn texts(bytes: &[u8]) -> Vec<String> {
        layers(bytes).iter().map(|l| String::from_utf8(l.bytes().to_vec()).expect("UTF-8")).collect()
    }

    #[test]
    fn plain_text_and_short_runs_give_nothing() {
        assert!(layers(b"plain text").is_empty());
        assert!(layers(&encode("short", true)).is_empty());
        assert!(layers(&[0; 4096]).is_empty());
        assert!(layers(b"a\0b").is_empty());
    }

    #[test]
    fn surrogates_decode_and_lone_ones_are_replaced() {
        let mut bytes = encode("some text \u{1f600} and more", false);
        assert_eq!(texts(&bytes), ["some text \u{1f600} and more"]);
        bytes.drain(20..22);
        assert_eq!(texts(&bytes), ["some text \u{fffd} and more"]);
    }

    #[test]
    fn the_last_character_behind_an_odd_prefix_is_not_lost() {
        for little in [true, false] {
            let bytes = [&b"abc"[..], &encode("a token: 0123456789", little), b"zz"].concat();
            assert!(texts(&bytes).iter().any(|t| t.ends_with("a token: 0123456789")), "{:?}", texts(&bytes));
        }
    }

    fn part() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..40),
            "[ -~\n]{0,40}".prop_map(String::into_bytes),
            proptest::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..60),
        ]
    }

    proptest! {
        #[test]
        fn embedded_text_is_recovered_and_maps_back(
            (before, after) in (part(), part()),
            head in "[ -~]{8,20}",
            tail in "([ -~]|\\PC[ -~]){0,40}",
            little: bool,
        ) {
            let text = format!("{head}{tail}");
            let text = text.as_str();
            let encoded = encode(text, little);
            let bytes = [&before[..], &encoded, &after].concat();
            let range = before.len()..before.len() + encoded.len();
            let unshifted = |l: &Layer| {
                memchr::memmem::find_iter(l.bytes(), text.as_bytes()).any(|at| l.source(at..at + text.len()) == range)
            };
            // At an odd offset the other order may read the same text one byte beside it.
            let shifted = |l: &Layer| {
                before.len() % 2 == 1 &&
                memchr::memmem::find_iter(l.bytes(), text.as_bytes()).any(|at| {
                    let s = l.source(at..at + text.len());
                    s.start.abs_diff(range.start) == 1 && s.len() == range.len()
                })
            };
            let all = layers(&bytes);
            prop_assert!(all.iter().any(|l| unshifted(l) || shifted(l)), "{:?}", all);
        }

        #[test]
        fn every_sub_range_encodes_to_its_source(bytes in proptest::collection::vec(part(), 0..6)) {
            let bytes = bytes.concat();
            let with = [&bytes[..], &encode("some text in the middle \u{1f600}!", bytes.len() % 3 == 0)].concat();
            for layer in layers(&with) {
                let text = std::str::from_utf8(layer.bytes()).expect("UTF-8");
                for (at, c) in text.char_indices().filter(|(_, c)| *c != '\u{fffd}') {
                    let source = layer.source(at..at + c.len_utf8());
                    let one = c.to_string();
                    prop_assert!([encode(&one, true), encode(&one, false)].contains(&with[source].to_vec()));
                }
            }
        }

        #[test]
        fn a_window_decodes_as_the_whole_does(
            parts in proptest::collection::vec(prop_oneof![part(), "[ -~]{8,40}".prop_map(|t| encode(&t, true)),
                "[ -~]{8,40}\u{4f60}[ -~]{2}".prop_map(|t| encode(&t, false))], 0..12),
            start in 0..200_usize,
        ) {
            let mut bytes = vec![1; REACH + 8];
            bytes.extend(parts.concat());
            let start = (start & !1).min(bytes.len());
            let facts = |bytes: &[u8], shift: usize, from: usize| {
                let mut all = std::collections::BTreeSet::new();
                for layer in layers(bytes) {
                    for at in 0..layer.bytes().len() {
                        let s = layer.source(at..at + 1);
                        if s.start + shift >= from {
                            all.insert((s.start + shift, s.end + shift, layer.bytes()[at]));
                        }
                    }
                }
                all
            };
            let parts_start = REACH + 8;
            let cut = (parts_start + start).min(bytes.len()) & !1;
            let margin = cut + REACH;
            prop_assert_eq!(facts(&bytes[cut..], cut, margin), facts(&bytes, 0, margin));
        }
    }
}
