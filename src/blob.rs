//! Blobs: pieces of content between the code that reads them and the detector, and gaps for what cannot be read.
//!
//! In: bytes, and what produced them. Out: [`Blob`]s with the byte ranges in them that are new ([`Fresh`]), where they come
//! from ([`Origin`]), and [`Gap`]s for what could not be scanned. These are words that everything above shares: nothing here
//! reads, searches or decides.

mod gap;
mod origin;

pub use gap::{Gap, GapKind};
pub use origin::{GitKind, GitPlace, Member, Origin, Reach};

use crate::text::lines::Start;
use crate::text::view::{self, View};
use std::ops::Range;

/// The byte ranges of a blob that are new.
#[derive(Debug, Clone, Copy)]
pub enum Fresh<'a> {
    /// Everything is.
    All,
    /// These: sorted, disjoint, inside the blob. An empty range is a seam between two copied pieces, and new.
    Ranges(&'a [Range<usize>]),
}

impl Fresh<'_> {
    /// Whether anything new is in `range`, or a seam at or inside its ends.
    pub fn touches(&self, range: Range<usize>) -> bool {
        match self {
            Self::All => true,
            Self::Ranges(ranges) => {
                let first = ranges.partition_point(|r| r.end < range.start || (r.end == range.start && !r.is_empty()));
                ranges.get(first).is_some_and(|r| r.start < range.end || (r.is_empty() && r.start <= range.end))
            }
        }
    }
}

/// A piece of content, borrowed for one callback.
#[derive(Debug, Clone, Copy)]
pub struct Blob<'a> {
    /// The bytes. For a large file: one window of it.
    pub bytes: &'a [u8],
    /// What is new in `bytes`.
    pub fresh: Fresh<'a>,
    /// The part of `bytes` whose anchors belong to this window; the rest is overlap with its neighbours.
    pub core: (usize, usize),
    /// Where the window begins in the whole, for offsets, lines and columns.
    pub start: Start,
    /// Whether `bytes` begins and ends where the whole does.
    pub ends: (bool, bool),
    /// What the bytes are as text, decided by the whole's head.
    pub view: View,
    /// Where it comes from.
    pub origin: &'a Origin,
}

impl<'a> Blob<'a> {
    /// A whole piece of content, all of it new.
    pub fn whole(bytes: &'a [u8], origin: &'a Origin) -> Self {
        let (core, ends) = ((0, bytes.len()), (true, true));
        Self { bytes, fresh: Fresh::All, core, start: Start::default(), ends, view: view::view(bytes), origin }
    }
}
