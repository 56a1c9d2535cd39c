//! Where content comes from, and what a report calls that place.
//!
//! In: what a source knows: a path, a commit, an object. Out: an [`Origin`], whose order is that of reports. Paths are bytes
//! here; only reports make text of them.

use std::sync::Arc;

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

    /// The name in reports (`location.kind` in JSON).
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
