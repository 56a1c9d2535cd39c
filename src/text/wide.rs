//! UTF-16 and UTF-32 text anywhere in a blob: both byte orders, at any offset, with or without a mark, also inside a
//! binary or behind ASCII text, where an author may have put it to hide it.
//!
//! In: bytes. Out: [`Layer`]s of UTF-8. A region is a chain of ASCII units with at most `Form::gap` others between two
//! of them and at least `LEAST` ASCII units, so whether a byte belongs to one depends on `REACH` bytes to either side.
//! Each region of UTF-32 lies in one of UTF-16, for every second unit of it reads as an ASCII unit of UTF-16.
//! ASCII text reads as one order at even offsets and, shifted by a byte, as the other order at odd ones; the even reading
//! is taken, and the odd one only around letters that the even one has not, with `OVERLAP` around them. Windows begin
//! at even offsets, so that this choice does not depend on them.

use super::layer::{Grain, Layer};
use super::view::{Encoding, is_text};
use std::ops::Range;

/// Fewest ASCII units of a region.
const LEAST: usize = 8;
/// Bytes of a block whose NULs are counted: the first ASCII units of a region lie in two of them at most.
const BLOCK: usize = 64;
/// Bytes of an odd reading around what the even one leaves out: longer than a token.
const OVERLAP: usize = 2048;
/// How far to either side of a byte it is decided whether and how it is decoded, in bytes. Both widths reach as far.
pub const REACH: usize = OVERLAP + 4 * (Form::gap(4) + 1) * (LEAST + 1);
const _: () = assert!(4 * (Form::gap(4) + 1) == 2 * (Form::gap(2) + 1) && OVERLAP.is_multiple_of(4));

/// The encodings that are searched for; those of 4 bytes inside those of 2.
const FORMS: [(Form, Form); 2] =
    [(Form(Encoding::Utf16Le), Form(Encoding::Utf32Le)), (Form(Encoding::Utf16Be), Form(Encoding::Utf32Be))];

/// UTF-16 or UTF-32 of one byte order.
#[derive(Clone, Copy)]
struct Form(Encoding);

impl Form {
    /// Units in a row that need not be ASCII, by the width of a unit. One of UTF-32 and its neighbour read as UTF-16 with
    /// three others between two ASCII units.
    const fn gap(width: usize) -> usize {
        if width == 2 { 3 } else { 1 }
    }

    fn unit(self, bytes: &[u8], at: usize) -> Option<&[u8]> {
        bytes.get(at..at + self.0.width())
    }

    fn is_ascii(self, unit: &[u8]) -> bool {
        match (self.0, unit) {
            (Encoding::Utf16Le, [char, 0])
            | (Encoding::Utf16Be, [0, char])
            | (Encoding::Utf32Le, [char, 0, 0, 0])
            | (Encoding::Utf32Be, [0, 0, 0, char]) => is_text(*char),
            _ => false,
        }
    }

    fn ascii_at(self, bytes: &[u8], at: usize) -> bool {
        self.unit(bytes, at).is_some_and(|unit| self.is_ascii(unit))
    }

    /// Where in a unit the byte of an ASCII character is.
    fn letter(self) -> usize {
        if matches!(self.0, Encoding::Utf16Be | Encoding::Utf32Be) { self.0.width() - 1 } else { 0 }
    }
}

/// All UTF-16 and UTF-32 text in `bytes`, decoded. Offsets are those of `bytes`, which begin at an even offset of the whole.
pub fn layers(bytes: &[u8]) -> Vec<Layer> {
    if memchr::memchr(0, bytes).is_none() {
        return Vec::new();
    }
    let areas = areas(bytes);
    let [even, odd] = [0, 1].map(|parity| {
        let (mut narrow, mut wide) = (Vec::new(), Vec::new());
        for (two, four) in FORMS {
            let regions = regions(bytes, two, parity, &areas);
            wide.extend(inside(bytes, four, &regions).into_iter().map(|region| (four, region)));
            narrow.extend(regions.into_iter().map(|region| (two, region)));
        }
        [narrow, wide]
    });
    let mut out = Vec::new();
    for (even, odd) in even.into_iter().zip(odd) {
        let mut covered: Vec<_> = even.iter().flat_map(|(form, region)| stretches(bytes, *form, region)).collect();
        covered.sort_unstable_by_key(|r| r.start);
        let left = odd.iter().flat_map(|(form, region)| {
            left_out(bytes, *form, region, &covered).into_iter().map(|region| (*form, region))
        });
        out.extend(even.iter().cloned().chain(left).map(|(form, region)| decoded(bytes, form, region)));
    }
    out
}

/// Where regions of UTF-16 may begin: blocks that have, with a neighbour, a NUL for each ASCII unit of the shortest region. What
/// is compressed has hardly any, and a count is cheaper than four readings.
fn areas(bytes: &[u8]) -> Vec<Range<usize>> {
    const { assert!(2 * (LEAST + (LEAST - 1) * Form::gap(2)) <= BLOCK && BLOCK <= u8::MAX as usize) };
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut before = 0;
    for (nth, block) in bytes.chunks(BLOCK).enumerate() {
        let nuls = usize::from(block.iter().fold(0_u8, |n, b| n.wrapping_add(u8::from(*b == 0))));
        if before + nuls >= LEAST {
            let (start, end) = (nth.saturating_sub(1) * BLOCK, nth * BLOCK + block.len());
            match out.last_mut() {
                Some(last) if start <= last.end => last.end = end,
                _ => out.push(start..end),
            }
        }
        before = nuls;
    }
    out
}

/// The regions that begin in one of `areas`, in the reading whose units are whole ones from `first` on.
fn regions(bytes: &[u8], form: Form, first: usize, areas: &[Range<usize>]) -> Vec<Range<usize>> {
    let width = form.0.width();
    let mut out = Vec::new();
    let mut at = first;
    for area in areas {
        at += area.start.saturating_sub(at).next_multiple_of(width);
        while at < area.end && at < bytes.len() {
            if !form.ascii_at(bytes, at) {
                at += width;
                continue;
            }
            let chain = chain(bytes, form, at);
            if chain.count >= LEAST {
                out.push(at..chain.end);
            }
            at = chain.next;
        }
    }
    out
}

/// ASCII units with a few others between them.
struct Chain {
    count: usize,
    /// Where the last of them ends.
    end: usize,
    /// The first unit that was not read.
    next: usize,
}

/// The chain that begins at `at`.
fn chain(bytes: &[u8], form: Form, at: usize) -> Chain {
    let width = form.0.width();
    let (mut chain, mut others) = (Chain { count: 0, end: at, next: at }, 0);
    while others <= Form::gap(width)
        && let Some(unit) = form.unit(bytes, chain.next)
    {
        chain.next += width;
        if form.is_ascii(unit) {
            (chain.count, chain.end, others) = (chain.count + 1, chain.next, 0);
        } else {
            others += 1;
        }
    }
    chain
}

/// The regions of UTF-32 inside those of UTF-16 of the same byte order. The first unit of one may begin, and the last may
/// end, one unit of UTF-16 beyond its ASCII units.
fn inside(bytes: &[u8], form: Form, regions_of_two: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for region in regions_of_two {
        let end = bytes.len().min(region.end + 2);
        // Both ways to divide it into units of four.
        for start in [region.start.checked_sub(2).unwrap_or(region.start + 2), region.start] {
            out.extend(regions(&bytes[..end], form, start, std::slice::from_ref(&(start..end))));
        }
    }
    out
}

/// The stretches of ASCII units inside a region.
fn stretches(bytes: &[u8], form: Form, region: &Range<usize>) -> Vec<Range<usize>> {
    let width = form.0.width();
    let mut out: Vec<Range<usize>> = Vec::new();
    for at in region.clone().step_by(width).filter(|at| form.ascii_at(bytes, *at)) {
        match out.last_mut() {
            Some(last) if last.end == at => last.end = at + width,
            _ => out.push(at..at + width),
        }
    }
    out
}

/// The parts of `region` around letters that the even readings do not have: `covered`, sorted and disjoint.
fn left_out(bytes: &[u8], form: Form, region: &Range<usize>, covered: &[Range<usize>]) -> Vec<Range<usize>> {
    let width = form.0.width();
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut next = covered.partition_point(|r| r.end <= region.start);
    for at in region.clone().step_by(width) {
        let letter = at + form.letter();
        while covered.get(next).is_some_and(|r| r.end <= letter) {
            next += 1;
        }
        let has = covered.get(next).is_some_and(|r| r.start <= letter);
        if has || !form.ascii_at(bytes, at) {
            continue;
        }
        // `at` and the ends of a region are whole units apart, and so is `OVERLAP`.
        let (from, to) = (at.saturating_sub(OVERLAP).max(region.start), (at + width + OVERLAP).min(region.end));
        match out.last_mut() {
            Some(last) if from <= last.end => last.end = to,
            _ => out.push(from..to),
        }
    }
    out
}

fn decoded(bytes: &[u8], form: Form, region: Range<usize>) -> Layer {
    let width = form.0.width();
    let mut layer = Layer::default();
    let units = || bytes.get(region.clone()).unwrap_or_default().chunks_exact(width).map(|unit| form.0.unit(unit));
    let mut at = region.start;
    let mut buffer = [0; 4];
    let mut push = |char: char, of: usize| {
        layer.push(char.encode_utf8(&mut buffer).as_bytes(), at, of, Grain::Unit);
        at += of;
    };
    if width == 4 {
        units().for_each(|unit| push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), width));
    } else {
        for char in char::decode_utf16(units().map(|unit| unit as u16)) {
            let (char, of) = char.map_or((char::REPLACEMENT_CHARACTER, 2), |c| (c, 2 * c.len_utf16()));
            push(char, of);
        }
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

    fn encode4(text: &str, little: bool) -> Vec<u8> {
        text.chars()
            .flat_map(|c| if little { u32::from(c).to_le_bytes() } else { u32::from(c).to_be_bytes() })
            .collect()
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
    fn utf32_is_decoded_once_and_what_is_not_a_character_is_replaced() {
        for little in [true, false] {
            let mut bytes = [&[1, 1, 1, 1], &encode4("some text \u{1f600} and more", little)[..]].concat();
            let wide =
                |bytes: &[u8]| -> Vec<String> { texts(bytes).into_iter().filter(|t| !t.contains('\0')).collect() };
            assert_eq!(wide(&bytes), ["some text \u{1f600} and more"]);
            bytes[44..48].fill(0x7f);
            assert_eq!(wide(&bytes), ["some text \u{fffd} and more"]);
        }
    }

    #[test]
    fn the_last_character_behind_an_odd_prefix_is_not_lost() {
        for little in [true, false] {
            for encode in [encode, encode4] {
                for before in ["", "a", "ab", "abc"] {
                    let bytes = [before.as_bytes(), &encode("a token: 0123456789", little), b"zz"].concat();
                    let has = |t: &String| t.ends_with("a token: 0123456789");
                    assert!(texts(&bytes).iter().any(has), "{before} {:?}", texts(&bytes));
                }
            }
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
            four: bool,
        ) {
            // One other character at most between two of ASCII: what both widths keep in one region.
            let text = format!("{head}{tail}");
            let text = text.as_str();
            let encoded = if four { encode4(text, little) } else { encode(text, little) };
            let bytes = [&before[..], &encoded, &after].concat();
            let range = before.len()..before.len() + encoded.len();
            let unshifted = |l: &Layer| {
                memchr::memmem::find_iter(l.bytes(), text.as_bytes()).any(|at| l.source(at..at + text.len()) == range)
            };
            // At an odd offset the other order may read the same text beside it.
            let shifted = |l: &Layer| {
                before.len() % 2 == 1 &&
                memchr::memmem::find_iter(l.bytes(), text.as_bytes()).any(|at| {
                    let s = l.source(at..at + text.len());
                    s.start.abs_diff(range.start) == (if four { 3 } else { 1 }) && s.len() == range.len()
                })
            };
            let all = layers(&bytes);
            prop_assert!(all.iter().any(|l| unshifted(l) || shifted(l)), "{:?}", all);
        }

        #[test]
        fn no_region_begins_outside_of_the_areas(
            parts in proptest::collection::vec(prop_oneof![part(), "[ -~]{1,9}\u{4f60}{0,4}".prop_map(|t| encode(&t, true)),
                "[ -~]{1,9}\u{4f60}{0,4}".prop_map(|t| encode(&t, false)),
                proptest::collection::vec(1..=u8::MAX, 0..90)], 0..30),
        ) {
            let bytes = parts.concat();
            for form in [Form(Encoding::Utf16Le), Form(Encoding::Utf16Be)] {
                for first in [0, 1] {
                    let all = regions(&bytes, form, first, std::slice::from_ref(&(0..bytes.len())));
                    prop_assert_eq!(regions(&bytes, form, first, &areas(&bytes)), all);
                }
            }
        }

        #[test]
        fn every_sub_range_encodes_to_its_source(bytes in proptest::collection::vec(part(), 0..6)) {
            let bytes = bytes.concat();
            let (text, little) = ("some text in the middle \u{1f600}!", bytes.len() % 3 == 0);
            let with = [&bytes[..], &encode(text, little), b"..", &encode4(text, little)].concat();
            for layer in layers(&with) {
                let text = std::str::from_utf8(layer.bytes()).expect("UTF-8");
                for (at, c) in text.char_indices().filter(|(_, c)| *c != '\u{fffd}') {
                    let source = layer.source(at..at + c.len_utf8());
                    let one = c.to_string();
                    let forms = [encode(&one, true), encode(&one, false), encode4(&one, true), encode4(&one, false)];
                    prop_assert!(forms.contains(&with[source].to_vec()));
                }
            }
        }

        #[test]
        fn a_window_decodes_as_the_whole_does(
            parts in proptest::collection::vec(prop_oneof![part(), "[ -~]{8,40}".prop_map(|t| encode(&t, true)),
                "[ -~]{8,40}\u{4f60}[ -~]{2}".prop_map(|t| encode(&t, false)),
                "[ -~]{8,40}".prop_map(|t| encode4(&t, true)),
                "[ -~]{8,40}\u{4f60}[ -~]{2}".prop_map(|t| encode4(&t, false))], 0..12),
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
