//! Sources: where bytes come from. A source drives (push, as in ripgrep): it hands each blob to a sink on the thread
//! that produced it, so contents never travel through a channel.
//!
//! Out: [`Blob`]s with the byte ranges in them that are new, and [`Gap`]s for what could not be looked at.

mod ignored;
pub mod open;
pub mod stdin;
mod window;
pub mod worktree;

use crate::text::view::{self, View};
use std::ops::Range;
use std::sync::Arc;

/// The byte ranges of a blob that are new.
#[derive(Debug, Clone, Copy)]
pub enum Fresh<'a> {
    /// Everything is.
    All,
    /// These: sorted, disjoint, inside the blob. An empty range is a seam between two copied pieces, and new.
    Ranges(&'a [Range<usize>]),
}

impl Fresh<'_> {
    /// Whether anything new lies in `range`, or a seam at or inside its ends.
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

/// Position of a window in its whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Start {
    /// Bytes before the window.
    pub offset: u64,
    /// Line ends before the window.
    pub lines: u64,
    /// UTF-16 code units between the last line end and the window, and bytes of a character that the cut divides: opaque,
    /// made by `default` and `text::lines::advance` only.
    pub units: u64,
}

impl<'a> Blob<'a> {
    /// A whole piece of content, all of it new.
    pub fn whole(bytes: &'a [u8], origin: &'a Origin) -> Self {
        let (core, ends) = ((0, bytes.len()), (true, true));
        Self { bytes, fresh: Fresh::All, core, start: Start::default(), ends, view: view::view(bytes), origin }
    }
}

/// Where content comes from. Paths are bytes; they become text only in reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A file on disk; path relative to the root of the scan, `/` between its parts.
    File(Arc<[u8]>),
    /// The target of a symbolic link.
    Link(Arc<[u8]>),
    /// The name of a file.
    Name(Arc<[u8]>),
    /// Standard input.
    Stdin,
}

impl Origin {
    /// The path, if there is one.
    pub fn path(&self) -> Option<&[u8]> {
        match self {
            Self::File(p) | Self::Link(p) | Self::Name(p) => Some(p),
            Self::Stdin => None,
        }
    }
}

/// What a run was to look at and could not (design.md, law 1; the kinds of cli.md).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// Machine-readable kind, kebab-case.
    pub kind: GapKind,
    /// What could not be looked at: a path in bytes, or words.
    pub what: Vec<u8>,
    /// Why not.
    pub why: String,
    /// Whether it blocks: the run ends with 3, never 0.
    pub blocks: bool,
}

/// Kinds of gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapKind {
    /// A file or folder that cannot be read, or went away while it was read.
    Unreadable,
    /// A device, FIFO or socket.
    SpecialFile,
    /// The list of tracked files cannot be read.
    DamagedIndex,
    /// A limit of memory, steps or output was reached.
    Limit,
    /// A panic was caught while this was looked at.
    Panic,
    /// A submodule whose files are not there.
    Submodule,
    /// A Git LFS pointer whose content is not there.
    LfsPointer,
    /// An archive or compressed file that is not opened.
    Archive,
}

impl GapKind {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::SpecialFile => "special-file",
            Self::DamagedIndex => "damaged-index",
            Self::Limit => "limit",
            Self::Panic => "panic",
            Self::Submodule => "submodule",
            Self::LfsPointer => "lfs-pointer",
            Self::Archive => "archive",
        }
    }

    /// What the reader can do about it.
    pub fn help(self) -> &'static str {
        match self {
            Self::Unreadable => "Give the scan permission to read it, or remove it, and scan again.",
            Self::SpecialFile => "It holds no stored bytes; remove it from the tree if it does not belong there.",
            Self::DamagedIndex => "Run `git fsck` and `git reset` to rebuild the index, and scan again.",
            Self::Limit => "Scan the named item by itself.",
            Self::Panic => "Report this as a bug of leakgate, with the file if you may share it.",
            Self::Submodule => "Run `git submodule update --init` and scan again.",
            Self::LfsPointer => "Run `git lfs pull` and scan again.",
            Self::Archive => "Unpack it and scan the folder.",
        }
    }
}

/// What a source hands its discoveries to. Called from many threads.
pub trait Sink: Sync {
    /// One piece of content, or one window of it.
    fn blob(&self, blob: &Blob<'_>);
    /// Something that could not be looked at.
    fn gap(&self, gap: Gap);
    /// A file was looked at to its end: so many bytes.
    fn done(&self, bytes: u64);
    /// So many files, and folders with all that is in them, were left out because git ignores them.
    fn ignored(&self, files: u64, folders: u64);
}

/// A producer of blobs.
pub trait Source {
    /// Hands everything to `sink`; returns when all of it has been looked at.
    ///
    /// # Errors
    /// Only when nothing could be looked at because the request itself is wrong (a path that does not exist).
    fn drive(&self, sink: &dyn Sink) -> Result<(), String>;
}
