//! Gaps: what a run was to scan and could not, with the reason and what to do about it.
//!
//! In: the kind, what it is about, why. Out: a [`Gap`], which every report shows. Whether a gap blocks (exit code 3) is
//! decided by whoever records it.

/// What a run was to look at and could not (docs/design.md, law 1).
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
