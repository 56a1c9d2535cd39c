//! Layers: text that was decoded from a part of a blob, with an exact way back.
//!
//! In: pieces of decoded text in ascending order, each with the source bytes it came from. Out: the text, and the
//! source range of any part of it, by which freshness is decided on the blob's own bytes. The map is a list of linear
//! segments, so plain runs of any length cost one entry. A layer knows nothing of how it was decoded.

use std::ops::Range;

/// Decoded text and where it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    bytes: Vec<u8>,
    segments: Vec<Segment>,
}

/// A piece of the map: from here to the next segment, every `of` source bytes gave `to` decoded bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    /// First decoded byte.
    out: usize,
    /// First source byte.
    source: usize,
    to: usize,
    of: usize,
    grain: Grain,
}

/// What a part of a unit maps back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// To the whole unit: characters.
    Unit,
    /// To those of its bytes that hold its bits: groups of base64.
    Bits,
}

impl Segment {
    fn start(&self, at: usize) -> usize {
        let n = at.saturating_sub(self.out);
        self.source + if self.grain == Grain::Bits { n * self.of / self.to } else { n / self.to * self.of }
    }

    fn end(&self, at: usize) -> usize {
        let n = at.saturating_sub(self.out);
        self.source
            + if self.grain == Grain::Bits {
                ((n + 1) * self.of).div_ceil(self.to)
            } else {
                (n / self.to + 1) * self.of
            }
    }
}

impl Layer {
    /// Appends one unit: `decoded` came from the `of` source bytes at `source`, which lie behind all before.
    pub(super) fn push(&mut self, decoded: &[u8], source: usize, of: usize, grain: Grain) {
        let to = decoded.len();
        if to == 0 || of == 0 {
            return;
        }
        let out = self.bytes.len();
        let goes_on = self.segments.last().is_some_and(|last| {
            (last.to, last.of, last.grain) == (to, of, grain)
                && (out - last.out).is_multiple_of(to)
                && last.start(out) == source
        });
        if !goes_on {
            self.segments.push(Segment { out, source, to, of, grain });
        }
        self.bytes.extend_from_slice(decoded);
    }

    /// The decoded text.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The source bytes that a part of the decoded text came from, and all between them. Of an empty part: an empty range.
    pub fn source(&self, range: Range<usize>) -> Range<usize> {
        let end = range.end.min(self.bytes.len());
        if range.start < end {
            return self.start(range.start)..self.end(end - 1);
        }
        let at = match range.start.checked_sub(1) {
            Some(before) if range.start >= self.bytes.len() => self.end(before.min(self.bytes.len().saturating_sub(1))),
            _ => self.start(range.start),
        };
        at..at
    }

    fn segment(&self, at: usize) -> Option<&Segment> {
        self.segments.get(self.segments.partition_point(|s| s.out <= at).checked_sub(1)?)
    }

    fn start(&self, at: usize) -> usize {
        self.segment(at).map_or(0, |s| s.start(at))
    }

    fn end(&self, at: usize) -> usize {
        self.segment(at).map_or(0, |s| s.end(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `source` begins at 10: two pairs, a gap of 3, a three-byte character from two bytes, a group of base64.
    fn layer() -> Layer {
        let mut layer = Layer::default();
        layer.push(b"a", 10, 2, Grain::Unit);
        layer.push(b"b", 12, 2, Grain::Unit);
        layer.push("\u{4f60}".as_bytes(), 17, 2, Grain::Unit);
        layer.push(b"xyz", 19, 4, Grain::Bits);
        layer
    }

    #[test]
    fn ranges_map_back() {
        let layer = layer();
        assert_eq!(layer.segments.len(), 3);
        assert_eq!(layer.source(0..2), 10..14);
        assert_eq!(layer.source(1..3), 12..19);
        assert_eq!(layer.source(3..4), 17..19);
        assert_eq!(layer.source(5..6), 19..21);
        assert_eq!(layer.source(6..7), 20..22);
        assert_eq!(layer.source(7..8), 21..23);
        assert_eq!(layer.source(8..8), 23..23);
        assert_eq!(layer.source(0..0), 10..10);
        assert_eq!(Layer::default().source(3..9), 0..0);
    }
}
