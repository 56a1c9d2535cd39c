//! Sources: where bytes come from. A source drives (push, as in ripgrep): it hands each blob to a sink on the thread
//! that produced it, so contents never travel through a channel.
//!
//! Out: [`Blob`]s with the byte ranges in them that are new, and [`Gap`]s for what could not be looked at.

pub mod history;
mod ignored;
pub mod open;
pub mod stdin;
pub(crate) mod window;
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
    /// Something that a git repository keeps.
    Git(Arc<GitPlace>),
}

/// A place in the history of a repository. The order is that of reports: what is nearest to use first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitPlace {
    /// How it can be reached.
    pub reach: Reach,
    /// What it is.
    pub kind: GitKind,
    /// Name of the repository where a run looks at several; empty otherwise.
    pub repo: Arc<[u8]>,
    /// Path of the content in the tree of `commit`.
    pub path: Option<Arc<[u8]>>,
    /// Author's date of the commit, RFC 3339. Before the commit in the order, so that the earliest place speaks first.
    pub date: Option<Arc<str>>,
    /// Id of the first commit that holds it at that path, or whose message it is: hexadecimal.
    pub commit: Option<Arc<str>>,
    /// Id of the object: hexadecimal.
    pub object: Option<Arc<str>>,
    /// Names of the references it can be reached from, at most a few.
    pub refs: Vec<Arc<[u8]>>,
    /// Author of the commit.
    pub author: Option<Arc<[u8]>>,
}

/// How an object of a repository can be reached, nearest to use first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// From the index: the next commit will hold it.
    Index,
    /// From HEAD's own tree, or it is a message of HEAD's history.
    Head,
    /// From a branch, of this repository or of a remote.
    Branch,
    /// From a tag.
    Tag,
    /// From the stash.
    Stash,
    /// From notes.
    Note,
    /// From a reflog only.
    Reflog,
    /// From a replacement of another object.
    Replace,
    /// From some other reference.
    Other,
    /// From nothing.
    Unreachable,
}

impl Reach {
    /// All of them, for reading reports.
    pub const ALL: &[Self] = &[
        Self::Index,
        Self::Head,
        Self::Branch,
        Self::Tag,
        Self::Stash,
        Self::Note,
        Self::Reflog,
        Self::Replace,
        Self::Other,
        Self::Unreachable,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Head => "head",
            Self::Branch => "branch",
            Self::Tag => "tag",
            Self::Stash => "stash",
            Self::Note => "note",
            Self::Reflog => "reflog",
            Self::Replace => "replace",
            Self::Other => "other",
            Self::Unreachable => "unreachable",
        }
    }
}

/// What a place in a repository is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GitKind {
    /// Content of a file in the index.
    Index,
    /// Content of a file in some commit.
    Commit,
    /// Content that no tree names.
    Object,
    /// Message of a commit or tag.
    Message,
    /// Author, committer or tagger.
    Author,
    /// Name of a file or folder.
    Name,
    /// Name of a reference.
    Ref,
    /// A text of the event that started a CI run; its path names it: `title`, `body`.
    Event,
}

impl GitKind {
    /// All of them, for reading reports.
    pub const ALL: &[Self] =
        &[Self::Index, Self::Commit, Self::Object, Self::Message, Self::Author, Self::Name, Self::Ref, Self::Event];

    /// The name in reports (cli.md, `location.kind`).
    pub fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Commit => "commit",
            Self::Object => "object",
            Self::Message => "message",
            Self::Author => "author",
            Self::Name => "name",
            Self::Ref => "ref",
            Self::Event => "event",
        }
    }
}

impl Origin {
    /// The path, if there is one.
    pub fn path(&self) -> Option<&[u8]> {
        match self {
            Self::File(p) | Self::Link(p) | Self::Name(p) => Some(p),
            Self::Git(place) => place.path.as_deref(),
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

/// Objects that are missing because the folder that they are borrowed from is not read.
const BORROWED: &[u8] = b"borrowed objects";

impl Gap {
    /// What the reader can do about it.
    pub fn help(&self) -> &'static str {
        match self.kind {
            GapKind::MissingObject if self.what == BORROWED => GapKind::Alternate.help(),
            kind => kind.help(),
        }
    }

    /// Makes one gap of all missing objects where an alternate is not read: that is the cause of all of them, and the list
    /// is as long as the repository.
    pub fn join_borrowed(gaps: &mut Vec<Self>) {
        let missing = |g: &Self| g.kind == GapKind::MissingObject && g.what != BORROWED;
        if !gaps.iter().any(|g| g.kind == GapKind::Alternate && g.blocks) || !gaps.iter().any(missing) {
            return;
        }
        gaps.sort();
        let example = gaps.iter().find(|g| missing(g)).map(|g| String::from_utf8_lossy(&g.what).into_owned());
        gaps.retain(|g| g.kind != GapKind::MissingObject);
        gaps.push(Self {
            kind: GapKind::MissingObject,
            what: BORROWED.to_vec(),
            why: format!(
                "objects are missing that the alternate may hold, for example {}",
                example.unwrap_or_default()
            ),
            blocks: true,
        });
        gaps.sort();
    }
}

/// Kinds of gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapKind {
    /// Objects are kept in a place outside of what was named. It comes first, because it explains what else is missing.
    Alternate,
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
    /// An object of a repository that does not decode, or is not what its name says.
    CorruptObject,
    /// A pack, or the index of one, that is damaged or contradicts itself.
    DamagedPack,
    /// An object that others refer to and that is not there.
    MissingObject,
    /// The clone leaves objects out and would fetch them when asked.
    PartialClone,
    /// The history was cut off when the repository was cloned.
    Shallow,
    /// A format or version of repository that is not read.
    Format,
    /// A reference that cannot be read.
    BrokenRef,
    /// A repository among several that could not be scanned at all.
    Repository,
    /// A repository without objects and references.
    Empty,
    /// A repository that a list names and that is not there.
    Fetch,
    /// A part of a list of repositories that is missing, there twice, or of another run.
    Shard,
    /// What a change is to be compared with is not there, or has no commit in common with it.
    MissingBase,
    /// A secret that the run planted for itself was not found.
    SelfTest,
}

impl GapKind {
    /// All of them, for reading reports.
    pub const ALL: &[Self] = &[
        Self::Unreadable,
        Self::SpecialFile,
        Self::DamagedIndex,
        Self::Limit,
        Self::Panic,
        Self::Submodule,
        Self::LfsPointer,
        Self::Archive,
        Self::CorruptObject,
        Self::DamagedPack,
        Self::MissingObject,
        Self::PartialClone,
        Self::Shallow,
        Self::Alternate,
        Self::Format,
        Self::BrokenRef,
        Self::Repository,
        Self::Empty,
        Self::Fetch,
        Self::Shard,
        Self::MissingBase,
        Self::SelfTest,
    ];

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
            Self::CorruptObject => "corrupt-object",
            Self::DamagedPack => "damaged-pack",
            Self::MissingObject => "missing-object",
            Self::PartialClone => "partial-clone",
            Self::Shallow => "shallow",
            Self::Alternate => "alternate",
            Self::Format => "format",
            Self::BrokenRef => "broken-ref",
            Self::Repository => "repository",
            Self::Empty => "empty",
            Self::Fetch => "fetch",
            Self::Shard => "shard",
            Self::MissingBase => "missing-base",
            Self::SelfTest => "self-test",
        }
    }

    /// What the reader can do about gaps of this kind in general; [`Gap::help`] knows more of one.
    pub fn help(self) -> &'static str {
        match self {
            Self::Unreadable => "Give the scan permission to read it, or remove it, and scan again.",
            Self::SpecialFile => "It holds no stored bytes; remove it from the tree if it does not belong there.",
            Self::DamagedIndex => "Run `git fsck` and `git reset` to rebuild the index, and scan again.",
            Self::Limit => "Scan the named item by itself.",
            Self::Panic => "Report this as a bug of leaktight, with the file if you may share it.",
            Self::Submodule => "Run `git submodule update --init` and scan again.",
            Self::LfsPointer => "Run `git lfs pull` and scan again.",
            Self::Archive => "Unpack it and scan the folder.",
            Self::CorruptObject => "Run `git fsck --full`; fetch the object from another clone, and scan again.",
            Self::DamagedPack => "Run `git fsck --full`; `git index-pack` rebuilds an index, another clone a pack.",
            Self::MissingObject => "Fetch it from another clone (`git fetch --refetch`), and scan again.",
            Self::PartialClone => "Clone without --filter, or run `git fetch --refetch --no-filter`, and scan again.",
            Self::Shallow => "Run `git fetch --unshallow` and scan again.",
            Self::Alternate => {
                "Allow the folder that objects are borrowed from (`--allow-alternates DIR`), or copy them here: \
                 `git repack -a -d`, then remove the file `objects/info/alternates` in the .git folder."
            }
            Self::Format => {
                "Convert it: `git clone --mirror` with a current git gives a repository that can be scanned."
            }
            Self::BrokenRef => "Run `git fsck`; delete or mend the reference, and scan again.",
            Self::Repository => "Scan it by itself to see more.",
            Self::Empty => {
                "Clone it again, or run `git fetch`, and scan again. If it may be empty, accept the gap in leaktight.toml: \
                 [[gap]] with kind = \"empty\", path and reason."
            }
            Self::Fetch => {
                "Clone it to the place that the list names, or remove it from the list, and run again with --resume."
            }
            Self::Shard => {
                "Merge again with one report for each part: leave doubled and foreign reports out, and run `leaktight history \
                 --shard K/N` with the same list, flags and version for each missing part."
            }
            Self::MissingBase => {
                "Fetch it (`git fetch origin BRANCH`; in GitHub Actions: `fetch-depth: 0`), or name another --base."
            }
            Self::SelfTest => "Look at --only, --skip and the rules of leaktight.toml: what is in force finds nothing.",
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
    /// A symbolic link was not followed.
    fn link(&self);
    /// So many files, and folders with all that is in them, were left out because git ignores them.
    fn ignored(&self, files: u64, folders: u64);
    /// A file was left out because a report of this run replaces it.
    fn left_out(&self) {}
}

/// A producer of blobs.
pub trait Source {
    /// Hands everything to `sink`; returns when all of it has been looked at.
    ///
    /// # Errors
    /// Only when nothing could be looked at because the request itself is wrong (a path that does not exist).
    fn drive(&self, sink: &dyn Sink) -> Result<(), String>;
}
