//! Where content comes from, and what a report calls that place.
//!
//! In: what a source knows: a path, a commit, an object. Out: an [`Origin`], whose order is that of reports. Paths are bytes
//! here; only reports make text of them.

use crate::rule::named;
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
    /// A part of a container. Nothing opens containers yet; reports can be read and written with such places.
    Member(Arc<Member>),
}

/// A place in a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// Where the outermost container is; never a member itself.
    pub container: Origin,
    /// The names that lead to it from there, one for each container on the way: `in.tgz`, then `d/.env`. The only part of a
    /// compressed stream has an empty name.
    pub names: Vec<Arc<[u8]>>,
}

impl Member {
    /// The names as one path: those of nested containers are separated by `!`.
    pub fn inner(&self) -> Vec<u8> {
        self.names.join(&b'!')
    }
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

named! {
    /// How an object of a repository can be reached, nearest to use first.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Reach {
        /// From the index: the next commit will hold it.
        Index = "index",
        /// From HEAD's own tree, or it is a message of HEAD's history.
        Head = "head",
        /// From a branch, of this repository or of a remote.
        Branch = "branch",
        /// From a tag.
        Tag = "tag",
        /// From the stash.
        Stash = "stash",
        /// From notes.
        Note = "note",
        /// From a reflog only.
        Reflog = "reflog",
        /// From a replacement of another object.
        Replace = "replace",
        /// From some other reference.
        Other = "other",
        /// From nothing.
        Unreachable = "unreachable",
    }
}

named! {
    /// What a place in a repository is.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum GitKind {
        /// Content of a file in the index.
        Index = "index",
        /// Content of a file in some commit.
        Commit = "commit",
        /// Content that no tree names.
        Object = "object",
        /// Message of a commit or tag.
        Message = "message",
        /// Author, committer or tagger.
        Author = "author",
        /// Name of a file or folder.
        Name = "name",
        /// Name of a reference.
        Ref = "ref",
        /// A text of the event that started a CI run; its path names it: `title`, `body`.
        Event = "event",
    }
}

impl Origin {
    /// The path, if there is one.
    pub fn path(&self) -> Option<&[u8]> {
        match self {
            Self::File(p) | Self::Link(p) | Self::Name(p) => Some(p),
            Self::Git(place) => place.path.as_deref(),
            Self::Member(member) => member.container.path(),
            Self::Stdin => None,
        }
    }

    /// Whether it is the content of a file: no name, message or target of a link.
    pub fn is_content(&self) -> bool {
        match self.outer() {
            Self::File(_) | Self::Stdin => true,
            Self::Git(place) => matches!(place.kind, GitKind::Index | GitKind::Commit | GitKind::Object),
            Self::Link(_) | Self::Name(_) | Self::Member(_) => false,
        }
    }

    /// What a gap about its content calls it: the path, or what it is instead.
    pub fn called(&self) -> &[u8] {
        match self.outer() {
            Self::Stdin => b"standard input",
            Self::File(_) | Self::Link(_) | Self::Name(_) | Self::Git(_) | Self::Member(_) => {
                self.path().unwrap_or(self.kind().as_bytes())
            }
        }
    }

    /// Where content of a file, an object or a stream comes from: the container, for a part of one. What depends on the
    /// place on disk or in the repository asks this.
    pub fn outer(&self) -> &Self {
        match self {
            Self::Member(member) => &member.container,
            origin => origin,
        }
    }

    /// The place in a repository, if it is one.
    pub fn git(&self) -> Option<&Arc<GitPlace>> {
        match self.outer() {
            Self::Git(place) => Some(place),
            _ => None,
        }
    }

    /// The same for a change of that place.
    pub fn git_mut(&mut self) -> Option<&mut GitPlace> {
        match self {
            Self::Git(place) => Some(Arc::make_mut(place)),
            Self::Member(member) => Arc::make_mut(member).container.git_mut(),
            Self::File(_) | Self::Link(_) | Self::Name(_) | Self::Stdin => None,
        }
    }

    /// What it is besides the content of a file: the target of a link, a name.
    pub fn part(&self) -> Option<&'static str> {
        match self {
            Self::Link(_) => Some("target of the link"),
            Self::Name(_) => Some("name of the file"),
            Self::Git(place) => match place.kind {
                GitKind::Name => Some("name of the file"),
                GitKind::Author => Some("author"),
                GitKind::Ref => Some("name of the reference"),
                GitKind::Index | GitKind::Commit | GitKind::Object | GitKind::Message | GitKind::Event => None,
            },
            Self::File(_) | Self::Stdin | Self::Member(_) => None,
        }
    }

    /// The name of its kind in reports (`location.kind`): that of the container, for a part of one.
    pub fn kind(&self) -> &'static str {
        match self.outer() {
            Self::File(_) | Self::Link(_) | Self::Member(_) => "file",
            Self::Name(_) => "name",
            Self::Stdin => "stdin",
            Self::Git(place) => place.kind.name(),
        }
    }

    /// The origin outside of repositories and containers whose kind has this name; for reading reports.
    pub fn from_kind(kind: &str, path: Option<Arc<[u8]>>) -> Option<Self> {
        match kind {
            "file" => Some(Self::File(path.unwrap_or_default())),
            "name" => Some(Self::Name(path.unwrap_or_default())),
            "stdin" => Some(Self::Stdin),
            _ => None,
        }
    }

    /// Whether it is a file, on disk or in a repository, so that mending it means to change, rename or remove that file.
    pub fn is_file(&self) -> bool {
        match self.outer() {
            Self::File(_) | Self::Link(_) | Self::Name(_) => true,
            Self::Git(place) => place.path.is_some() && place.kind != GitKind::Event,
            Self::Stdin | Self::Member(_) => false,
        }
    }

    /// Whether it is in the tree of files that is scanned, and not in a history, a message or a stream.
    pub fn is_in_tree(&self) -> bool {
        match self.outer() {
            Self::File(_) | Self::Link(_) | Self::Name(_) => true,
            Self::Stdin | Self::Member(_) => false,
            Self::Git(place) => {
                place.repo.is_empty()
                    && matches!(place.reach, Reach::Head | Reach::Index)
                    && matches!(place.kind, GitKind::Index | GitKind::Commit | GitKind::Name)
            }
        }
    }
}
