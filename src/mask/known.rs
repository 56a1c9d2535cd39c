//! Looks for the values that a run found, in everything that it shows.
//!
//! In: [`Known`] values, then texts. Out: where one of them stands, as it is or encoded (`layers`). Values of fewer than
//! [`SHORTEST`] bytes and ordinary words are not looked for: `context` hides those near their own match. There is no limit to
//! the number of values: the index is one slice for each line of a value, about 24 bytes, beside the values that are held
//! anyway, and a text costs the same however many values begin alike.

use super::{beside, layers, words};
use crate::finding::{Known, Span};
use crate::rule::Identity;
use std::ops::Range;

/// Shortest value that is looked for everywhere, in bytes.
pub(super) const SHORTEST: usize = 8;
/// The start of a value that counts as the value: no more of it may be shown than this, in bytes.
const TELLS: usize = 32;
/// Lines of one value that are looked for.
const LINES: usize = 64;
/// Shortest random value that is hidden inside a longer component of a path, in bytes.
const INSIDE: usize = 16;

/// Whether a value is hidden wherever it stands.
pub(super) fn everywhere(value: &[u8]) -> bool {
    value.len() >= SHORTEST && !words::is_word(value)
}

/// An index of known values.
pub(super) struct Finder<'k> {
    /// Sorted by their bytes.
    pieces: Vec<Piece<'k>>,
    /// One bit for each hash of the first bytes of a piece.
    starts: Vec<u64>,
}

struct Piece<'k> {
    bytes: &'k [u8],
    /// All of a value, of which this may be shown.
    shown: Option<Box<str>>,
    /// Nobody writes it by accident.
    random: bool,
}

/// A value in a text.
struct Hit<'f> {
    range: Range<usize>,
    piece: &'f Piece<'f>,
}

fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

impl<'k> Finder<'k> {
    pub(super) fn new(known: &'k Known) -> Self {
        let mut pieces = Vec::new();
        for (value, (identity, prefix)) in &known.0 {
            let bytes = value.expose_in_clear();
            let random = *identity == Identity::Random || std::str::from_utf8(bytes).is_ok_and(beside::generated);
            let lines = bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
            for line in lines.take(LINES).filter(|line| everywhere(line)) {
                let whole = line.len() == bytes.len() && *identity == Identity::Random;
                let shown = whole.then(|| value.redacted(*identity, *prefix).into());
                pieces.push(Piece { bytes: line, shown, random });
            }
        }
        // Of equal pieces the one that shows less.
        pieces.sort_by(|a, b| (a.bytes, &a.shown).cmp(&(b.bytes, &b.shown)));
        pieces.dedup_by(|later, kept| later.bytes == kept.bytes);
        let mut starts = vec![0; (pieces.len() / 4).next_power_of_two().max(16)];
        for piece in &pieces {
            let (word, bit) = slot(piece.bytes, starts.len());
            starts[word] |= bit;
        }
        Self { pieces, starts }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Every known value in `text`, as it is or encoded.
    pub(super) fn spans(&self, text: &[u8]) -> Vec<Span> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut all: Vec<Span> = self.hits(text).map(|hit| (hit.range, hit.piece.shown.clone())).collect();
        layers::decoded(text, &mut |bytes, source| all.extend(self.hits(bytes).map(|hit| (source(hit.range), None))));
        all
    }

    /// The same for a component of a path: values that nobody writes by accident, and those only where they are all of it
    /// (but for an ending) or long. Whoever chooses a password must not choose which paths a report shows.
    pub(super) fn in_component(&self, component: &[u8]) -> Vec<Span> {
        if self.is_empty() {
            return Vec::new();
        }
        let fits = |range: &Range<usize>, piece: &Piece<'_>| {
            let ends = component.get(range.end..).is_some_and(|rest| rest.first().is_none_or(|b| *b == b'.'));
            piece.random && (range.len() >= INSIDE || range.start == 0 && ends)
        };
        let mut all: Vec<Span> = Vec::new();
        let hits = self.hits(component).filter(|hit| fits(&hit.range, hit.piece));
        all.extend(hits.map(|hit| (hit.range, hit.piece.shown.clone())));
        layers::decoded(component, &mut |bytes, source| {
            let hits = self.hits(bytes).map(|hit| (source(hit.range), hit.piece));
            all.extend(hits.filter(|(range, piece)| fits(range, piece)).map(|(range, _)| (range, None)));
        });
        all
    }

    fn hits<'f>(&'f self, text: &'f [u8]) -> impl Iterator<Item = Hit<'f>> {
        (0..(text.len() + 1).saturating_sub(SHORTEST)).filter_map(move |at| {
            let rest = text.get(at..)?;
            let (word, bit) = slot(rest, self.starts.len());
            if self.starts.get(word)? & bit == 0 {
                return None;
            }
            let (piece, len) = self.longest(rest)?;
            Some(Hit { range: at..at + len, piece })
        })
    }

    /// The piece that `text` begins with, or with so much of it that it tells; how much of it stands there.
    fn longest(&self, text: &[u8]) -> Option<(&Piece<'k>, usize)> {
        // What has most in common with the text stands beside its place in the order. A piece that the text begins with
        // may stand before others that are longer and differ: then the same again, with what those have in common with it.
        let mut rest = text;
        loop {
            let at = self.pieces.partition_point(|p| p.bytes <= rest);
            let before = at.checked_sub(1).and_then(|i| self.pieces.get(i));
            let beside = before.into_iter().chain(self.pieces.get(at));
            let tells = beside.filter_map(|p| {
                let len = common(p.bytes, text);
                (len >= p.bytes.len().min(TELLS)).then_some((p, len))
            });
            if let Some(found) = tells.max_by_key(|(_, len)| *len) {
                return Some(found);
            }
            let len = common(before?.bytes, rest);
            if len < SHORTEST {
                return None;
            }
            rest = rest.get(..len)?;
        }
    }
}

/// Where the first [`SHORTEST`] bytes have their bit.
fn slot(bytes: &[u8], words: usize) -> (usize, u64) {
    let head = bytes.first_chunk::<SHORTEST>().map_or(0, |head| u64::from_be_bytes(*head));
    let hash = head.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    ((hash >> 6) as usize & (words - 1), 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::secret::Secret;
    use base64::Engine as _;

    fn known(values: &[&str]) -> Known {
        let mut known = Known::default();
        values.iter().for_each(|v| known.add(&Secret::normalise(v.as_bytes()), Identity::Guessable, 0));
        known
    }

    fn ranges(values: &[&str], text: &str) -> Vec<String> {
        let known = known(values);
        let mut all: Vec<Range<usize>> = Finder::new(&known).spans(text.as_bytes()).into_iter().map(|s| s.0).collect();
        all.sort_by_key(|r| (r.start, r.end));
        all.dedup();
        all.into_iter().map(|r| text[r].to_owned()).collect()
    }

    #[test]
    fn values_are_found_among_those_that_begin_alike() {
        let values = ["Zx7kkkkkkk", "Zx7kkkkkkka1", "Zx7kkkkkkkb2", "Zx7kkkkkkkkkkkkk"];
        assert_eq!(ranges(&values, "a Zx7kkkkkkkz b"), ["Zx7kkkkkkk"]);
        assert_eq!(ranges(&values, "a Zx7kkkkkkkb2 b"), ["Zx7kkkkkkkb2"]);
        assert_eq!(ranges(&values, "a Zx7kkkkkkkkkkkk b"), ["Zx7kkkkkkk"]);
        assert!(ranges(&values, "a Zx7kkkkkk b").is_empty());
        // The start of a long value tells it, and a line of one of several lines is a part of it.
        let long: String = (10..50).map(|n| n.to_string()).collect();
        assert_eq!(ranges(&[&long], &format!("x {}!", &long[..50])), [long[..50].to_owned()]);
        assert_eq!(ranges(&["first line 1\nsecond line 2"], "= second line 2;"), ["second line 2"]);
    }

    #[test]
    fn words_and_short_values_are_not_looked_for_everywhere() {
        assert!(ranges(&["password", "Production", "x7k2q"], "password Production x7k2q").is_empty());
    }

    #[test]
    fn every_alignment_of_base64_and_every_escape_is_found() {
        let value = "kR7v&\"Q2 zz/9";
        for before in ["", "a", "ab"] {
            let run = base64::engine::general_purpose::STANDARD.encode(format!("{before}{value};"));
            assert_eq!(ranges(&[value], &format!("t: {run}")).len(), 1, "{before}");
        }
        assert_eq!(ranges(&[value], "x=kR7v%26%22Q2%20zz%2F9&y=1"), ["kR7v%26%22Q2%20zz%2F9"]);
        assert_eq!(ranges(&[value], "{\"x\": \"kR7v&\\\"Q2 zz/9\"}"), ["kR7v&\\\"Q2 zz/9"]);
    }

    #[test]
    fn an_author_cannot_blank_paths() {
        let known = known(&["long-service-name", "kR7vX2mQ9pLw", "aB3dE5gH7jK9mN1pQ"]);
        let finder = Finder::new(&known);
        let hidden = |component: &str| finder.in_component(component.as_bytes()).len();
        assert_eq!(hidden("long-service-name"), 0);
        assert_eq!(hidden("kR7vX2mQ9pLw.txt"), 1);
        assert_eq!(hidden("my-kR7vX2mQ9pLw"), 0);
        assert_eq!(hidden("my-aB3dE5gH7jK9mN1pQ"), 1);
    }
}
