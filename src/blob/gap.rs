//! Gaps: what a run was to scan and could not, with the reason and what to do about it.
//!
//! In: the kind, what it is about, why. Out: a [`Gap`], which every report shows. Whether a gap blocks (exit code 3) is
//! decided by whoever records it.

use crate::fs::TOO_LONG;

/// What a run was to look at and could not (docs/design.md, law 1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// Machine-readable kind, kebab-case.
    pub kind: GapKind,
    /// What could not be scanned: a path in bytes, or words.
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
            GapKind::Unreadable if self.why == TOO_LONG => {
                "Shorten it: rename a folder above, or move it up, and scan again."
            }
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

/// One row for each kind: its name in reports and configuration, whether leaktight.toml may accept it (`[[gap]]`), and what
/// the reader can do about it. What may not be accepted says that the store, the base or the program itself cannot be
/// relied upon; whoever accepts that has no gate.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $name:literal, $accept:ident, $help:literal;)*) => {
        /// Kinds of gap.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum GapKind { $($(#[$doc])* $kind,)* }

        impl GapKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The name in reports and configuration.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// Whether leaktight.toml may accept gaps of this kind.
            pub fn is_acceptable(self) -> bool {
                let accept = match self { $(Self::$kind => Accept::$accept,)* };
                accept == Accept::Acceptable
            }

            /// What the reader can do about gaps of this kind in general; [`Gap::help`] knows more of one.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$kind => $help,)* }
            }
        }
    };
}

/// Whether a kind of gap may be accepted.
#[derive(PartialEq, Eq)]
enum Accept {
    /// It is about one thing that has a name.
    Acceptable,
    /// Never.
    Binding,
}

kinds! {
    /// Objects are kept in a place outside of what was named. It comes first, because it explains what else is missing.
    Alternate: "alternate", Acceptable,
        "Allow the folder that objects are borrowed from (`--allow-alternates DIR`), or copy them here: \
                 `git repack -a -d`, then remove the file `objects/info/alternates` in the .git folder.";
    /// A file or folder that cannot be read, or went away while it was read.
    Unreadable: "unreadable", Acceptable,
        "Give the scan permission to read it, or remove it, and scan again.";
    /// A device, FIFO or socket.
    SpecialFile: "special-file", Acceptable,
        "It holds no stored bytes; remove it from the tree if it does not belong there.";
    /// The list of tracked files cannot be read.
    DamagedIndex: "damaged-index", Binding,
        "Run `git fsck` and `git reset` to rebuild the index, and scan again.";
    /// A limit of memory, steps or output was reached.
    Limit: "limit", Acceptable,
        "Scan the named item by itself.";
    /// A panic was caught while this was scanned.
    Panic: "panic", Binding,
        "Report this as a bug of leaktight, with the file if you may share it.";
    /// A submodule whose files are not there.
    Submodule: "submodule", Acceptable,
        "Run `git submodule update --init` and scan again.";
    /// Tracked files that a sparse checkout leaves out of the work tree.
    Sparse: "sparse-checkout", Acceptable,
        "Run `git sparse-checkout disable` and scan again, or `leaktight history`, which reads what git stores.";
    /// A repository without a work tree, where files were to be scanned.
    Bare: "bare-repository", Acceptable,
        "Scan it with `leaktight history PATH`, which reads what git stores.";
    /// A Git LFS pointer whose content is not there.
    LfsPointer: "lfs-pointer", Acceptable,
        "Run `git lfs pull` and scan again.";
    /// An archive or compressed file that is not opened.
    Archive: "archive", Acceptable,
        "Unpack it and scan the folder.";
    /// An object of a repository that does not decode, or is not what its name says.
    CorruptObject: "corrupt-object", Binding,
        "Run `git fsck --full`; fetch the object from another clone, and scan again.";
    /// A pack, or the index of one, that is damaged or contradicts itself.
    DamagedPack: "damaged-pack", Binding,
        "Run `git fsck --full`; `git index-pack` rebuilds an index, another clone a pack.";
    /// An object that others refer to and that is not there.
    MissingObject: "missing-object", Acceptable,
        "Fetch it from another clone (`git fetch --refetch`), and scan again.";
    /// The clone leaves objects out and would fetch them when asked.
    PartialClone: "partial-clone", Binding,
        "Clone without --filter, or run `git fetch --refetch --no-filter`, and scan again.";
    /// The history was cut off when the repository was cloned.
    Shallow: "shallow", Binding,
        "Run `git fetch --unshallow` and scan again.";
    /// A format or version of repository that is not read.
    Format: "format", Binding,
        "Convert it: `git clone --mirror` with a current git gives a repository that can be scanned.";
    /// A reference that cannot be read.
    BrokenRef: "broken-ref", Acceptable,
        "Run `git fsck`; delete or mend the reference, and scan again.";
    /// A repository among several that could not be scanned at all.
    Repository: "repository", Binding,
        "Scan it by itself to see more.";
    /// A repository without objects and references.
    Empty: "empty", Acceptable,
        "Clone it again, or run `git fetch`, and scan again. If it may be empty, accept the gap in leaktight.toml: \
                 [[gap]] with kind = \"empty\", path and reason.";
    /// A repository that a list names and that is not there.
    Fetch: "fetch", Acceptable,
        "Clone it to the place that the list names, or remove it from the list, and run again with --resume.";
    /// A part of a list of repositories that is missing, there twice, or of another run.
    Shard: "shard", Binding,
        "Merge again with one report for each part: leave doubled and foreign reports out, and run `leaktight history \
                 --shard K/N` with the same list, flags and version for each missing part.";
    /// What a change is to be compared with is not there, or has no commit in common with it.
    MissingBase: "missing-base", Binding,
        "Fetch it (`git fetch origin BRANCH`; in GitHub Actions: `fetch-depth: 0`), or name another --base.";
    /// A secret that the run planted for itself was not found.
    SelfTest: "self-test", Binding,
        "Look at --only, --skip and the rules of leaktight.toml: what is in force finds nothing.";
}
