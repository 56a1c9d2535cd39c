//! Opens a repository: where its objects and references are, and what stands against reading all of them.
//!
//! In: a path that the user named (work tree, linked work tree, submodule, bare repository, `.git` folder). Out:
//! [`Repository`], with a gap for everything that hides history: shallow, promised or borrowed objects, formats that are
//! not read. It refuses to be led outside of what was named by a `.git` file, `commondir`, alternate or link,
//! unless the place belongs to this repository by its own word on both sides, or the user allowed it.

use super::config::Config;
use super::file::{Read, native, read, root};
use crate::blob::{Gap, GapKind};
use crate::fs::TOO_LONG;
use crate::fs::root::named;
use crate::git::object::parse_id;
use gix_hash::Kind;
use gix_hash::ObjectId;
use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

/// Levels of alternates of alternates that are followed; git's own limit.
const DEPTH: usize = 5;
/// Folders of objects that one repository may have.
const OBJECT_DIRS: usize = 1000;
/// Bytes of a list (alternates, shallow boundary) that are read.
const LIST: u64 = 64 << 20;
/// Bytes of a file that holds one path.
const NAME: u64 = 64 << 10;

/// A repository, opened for reading only. All folders are absolute and free of links.
#[derive(Debug, Clone)]
pub struct Repository {
    /// What belongs to this work tree: HEAD, index.
    pub git_dir: PathBuf,
    /// What all work trees share: objects, references, configuration. Equal to `git_dir` except in linked work trees.
    pub common_dir: PathBuf,
    /// Folders of objects: its own first, then alternates inside the trust boundary.
    pub object_dirs: Vec<PathBuf>,
    /// The kind of object ids.
    pub hash: Kind,
    /// Whether it declares itself bare.
    pub bare: bool,
    /// Whether its configuration names a remote.
    pub remote: bool,
    /// Whether references are kept as reftable, and not in files.
    pub reftable: bool,
    /// Commits whose parents were cut off.
    pub shallow: Vec<ObjectId>,
    /// What stands against reading all of it.
    pub gaps: Vec<Gap>,
}

/// Why a path cannot be opened as a repository: a wrong request, exit code 2. Names no path of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError {
    /// Nothing is there.
    Missing,
    /// Something is there, and no repository: why we think so.
    NotARepository(String),
    /// It names a place outside of what the user named: what does.
    Outside(&'static str),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "there is no such folder"),
            Self::NotARepository(why) => write!(f, "not a git repository: {why}"),
            Self::Outside(what) => write!(
                f,
                "{what} leads to a folder outside of it that does not know of this one; name that repository itself to \
                 scan it"
            ),
        }
    }
}

impl std::error::Error for OpenError {}

impl Repository {
    /// Opens the repository at `path`. Alternates beneath it, or beneath one of `alternates_allowed`, are read, too.
    ///
    /// # Errors
    /// When there is nothing to read at all. What can be read in part only is a gap.
    pub fn open(path: &Path, alternates_allowed: &[PathBuf]) -> Result<Self, OpenError> {
        Self::opened(path, alternates_allowed, false, &[])
    }

    /// Opens the user's own repository, in which git would work here: its `.git` file may lead anywhere. `objects`: the
    /// folders of objects that the environment names instead of the repository's own, if it does.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_own(path: &Path, alternates_allowed: &[PathBuf], objects: &[PathBuf]) -> Result<Self, OpenError> {
        Self::opened(path, alternates_allowed, true, objects)
    }

    fn opened(path: &Path, alternates_allowed: &[PathBuf], own: bool, objects: &[PathBuf]) -> Result<Self, OpenError> {
        let named = match path.canonicalize() {
            Ok(named) => named,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(OpenError::Missing),
            Err(e) if e.kind() == std::io::ErrorKind::InvalidFilename => {
                return Err(OpenError::NotARepository(TOO_LONG.into()));
            }
            Err(e) => return Err(OpenError::NotARepository(e.kind().to_string())),
        };
        let mut inside = Inside { roots: vec![named.clone()], own };
        inside.roots.extend(alternates_allowed.iter().chain(objects).filter_map(|p| p.canonicalize().ok()));
        let git_dir = git_dir(&named, &inside)?;
        inside.roots.push(git_dir.clone());
        let common_dir = common_dir(&git_dir, &inside)?;
        inside.roots.push(common_dir.clone());
        let own = common_dir.join("objects");
        // A repository whose objects are gone is a repository that cannot be scanned; a folder called `.git` is none.
        if !own.is_dir() && git_dir.join("HEAD").symlink_metadata().is_err() {
            return Err(OpenError::NotARepository("it has no folder `objects`".to_owned()));
        }

        let config = Config::read(&common_dir);
        let mut repository = Self {
            git_dir,
            common_dir,
            object_dirs: Vec::new(),
            hash: config.hash,
            bare: config.bare,
            remote: config.remote,
            reftable: config.reftable,
            shallow: Vec::new(),
            gaps: Vec::new(),
        };
        for why in config.problems {
            repository.gap(GapKind::Format, "config", why, true);
        }
        match objects {
            [] if !own.is_dir() => {}
            [] => repository.alternates(vec![own], &inside),
            named => repository.alternates(named.to_vec(), &inside),
        }
        repository.shallow();
        repository.promised(config.promised);
        Ok(repository)
    }

    fn gap(&mut self, kind: GapKind, what: &str, why: impl Into<String>, blocks: bool) {
        self.gaps.push(Gap { kind, what: what.as_bytes().to_vec(), why: why.into(), blocks });
    }

    /// Collects the folders of objects, breadth first; each once, so that a cycle ends.
    fn alternates(&mut self, own: Vec<PathBuf>, inside: &Inside) {
        let mut seen = HashSet::new();
        let mut level = own;
        for depth in 0..=DEPTH {
            let mut next = Vec::new();
            for dir in std::mem::take(&mut level) {
                // Messages name the file of this repository, never a place of the machine.
                let of = |depth: usize| match depth {
                    0 => "objects/info/alternates",
                    _ => "objects/info/alternates of an alternate",
                };
                let list = of(depth.saturating_sub(1));
                match dir.canonicalize() {
                    Ok(real) if !real.is_dir() => {
                        self.gap(GapKind::Alternate, list, "it names a place that is no folder", true);
                    }
                    Ok(real) if !inside.roots.iter().any(|root| real.starts_with(root)) => {
                        let (what, why) = if depth == 0 {
                            ("objects", "the folder of objects is a link that leads outside of the repository")
                        } else {
                            ("objects/info/alternates", "it names a folder outside of the repository")
                        };
                        self.gap(GapKind::Alternate, what, why, true);
                    }
                    Ok(real) if seen.insert(real.clone()) => {
                        if self.object_dirs.len() == OBJECT_DIRS {
                            self.gap(GapKind::Limit, list, format!("it names more than {OBJECT_DIRS} folders"), true);
                            return;
                        }
                        next.extend(self.listed(&real, of(depth)));
                        self.object_dirs.push(real);
                    }
                    Ok(_) => {}
                    Err(_) => self.gap(GapKind::Alternate, list, "it names a folder that is not there", true),
                }
            }
            level = next;
        }
        if !level.is_empty() {
            let why = format!("alternates of alternates are nested more than {DEPTH} deep");
            self.gap(GapKind::Alternate, "objects/info/alternates", why, true);
        }
    }

    /// The alternates that a folder of objects lists.
    fn listed(&mut self, dir: &Path, what: &str) -> Vec<PathBuf> {
        let root = root(dir);
        match read(&root, Path::new("info/http-alternates"), LIST) {
            Read::Missing => {}
            Read::Bytes(bytes) if bytes.trim_ascii().is_empty() => {}
            Read::Bytes(_) | Read::Failed(_) => {
                self.gap(
                    GapKind::Alternate,
                    "objects/info/http-alternates",
                    "objects are borrowed over a network",
                    true,
                );
            }
        }
        match read(&root, Path::new("info/alternates"), LIST) {
            Read::Missing => Vec::new(),
            Read::Failed(why) => {
                self.gap(GapKind::Alternate, what, why, true);
                Vec::new()
            }
            Read::Bytes(bytes) => {
                let lines = bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty() && l[0] != b'#');
                lines.take(OBJECT_DIRS + 1).map(|line| dir.join(native(&unquoted(line)))).collect()
            }
        }
    }

    fn shallow(&mut self) {
        match read(&root(&self.common_dir), Path::new("shallow"), LIST) {
            Read::Missing => {}
            Read::Failed(why) => self.gap(GapKind::Shallow, "shallow", why, true),
            Read::Bytes(bytes) => {
                let lines: Vec<&[u8]> =
                    bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty()).collect();
                if lines.is_empty() {
                    return;
                }
                self.shallow = lines.iter().filter_map(|l| parse_id(l, self.hash)).collect();
                self.shallow.sort_unstable();
                self.shallow.dedup();
                let mut why = format!("the parents of {} commits were left out when it was cloned", self.shallow.len());
                if self.shallow.len() == 1 {
                    why = "the parents of one commit were left out when it was cloned".to_owned();
                }
                if lines.iter().any(|l| parse_id(l, self.hash).is_none()) {
                    why.push_str("; some lines of the list are no ids");
                }
                self.gap(GapKind::Shallow, "shallow", why, true);
            }
        }
    }

    /// Promises alone hide nothing: each object that is really missing blocks by itself.
    fn promised(&mut self, declared: bool) {
        if declared {
            self.gap(GapKind::PartialClone, "config", "a remote has promised objects that may not be here", false);
            return;
        }
        let promise = |dir: &PathBuf| {
            let entries = std::fs::read_dir(dir.join("pack")).into_iter().flatten().flatten();
            entries.take(1 << 20).any(|e| e.path().extension().is_some_and(|x| x == "promisor"))
        };
        if self.object_dirs.iter().any(promise) {
            let why = "a pack comes with a promise of further objects that may not be here";
            self.gap(GapKind::PartialClone, "objects/pack", why, false);
        }
    }
}

/// Where files of a repository may lead.
struct Inside {
    roots: Vec<PathBuf>,
    /// It is the user's own: its `.git` file and `commondir` may lead anywhere, as they do for git.
    own: bool,
}

impl Inside {
    fn holds(&self, path: &Path) -> bool {
        self.own || self.roots.iter().any(|root| path.starts_with(root))
    }
}

/// The repository folder of what was named.
fn git_dir(named: &Path, inside: &Inside) -> Result<PathBuf, OpenError> {
    let nothing = |why: &str| OpenError::NotARepository(why.to_owned());
    if !named.is_dir() {
        // A `.git` file itself.
        if named.is_file() && named.file_name().is_some_and(|n| n == ".git") {
            return linked(named, inside);
        }
        return Err(nothing("it is no folder"));
    }
    let dot = named.join(".git");
    match dot.symlink_metadata() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let looks = ["HEAD", "refs", "packed-refs"].iter().any(|n| named.join(n).symlink_metadata().is_ok());
            let objects = named.join("objects").is_dir() || named.join("commondir").is_file();
            let why = "neither a `.git` is in it, nor `HEAD` and `objects`";
            if looks && objects || is_bare(named) { Ok(named.to_owned()) } else { Err(nothing(why)) }
        }
        Err(e) => Err(OpenError::NotARepository(format!("`.git`: {}", e.kind()))),
        Ok(_) => {
            let real = dot.canonicalize().map_err(|e| OpenError::NotARepository(format!("`.git`: {}", e.kind())))?;
            if real.is_file() {
                return linked(&dot, inside);
            }
            if !real.is_dir() {
                return Err(nothing("`.git` is neither a folder nor a file that names one"));
            }
            if !inside.holds(&real) {
                return Err(OpenError::Outside("the link `.git`"));
            }
            Ok(real)
        }
    }
}

/// Whether a folder is a bare repository or a `.git` folder by what git puts into every one; its objects may be gone.
pub(crate) fn is_bare(dir: &Path) -> bool {
    let shared = || dir.join("objects").is_dir() || (dir.join("refs").is_dir() && dir.join("config").is_file());
    dir.join("HEAD").is_file() && (shared() || dir.join("commondir").is_file())
}

/// The folder that a `.git` file names. It must lie inside, or know of the work tree as git makes it: a linked work tree
/// is named by the repository in turn, a submodule's repository lies in the `.git` of a folder above.
fn linked(dot: &Path, inside: &Inside) -> Result<PathBuf, OpenError> {
    let nothing = |why: &str| OpenError::NotARepository(why.to_owned());
    let Some(tree) = dot.parent() else { return Err(nothing("`.git` has no folder")) };
    let text = match read(&root(tree), Path::new(".git"), NAME) {
        Read::Bytes(text) => text,
        Read::Missing => return Err(nothing("`.git` went away")),
        Read::Failed(why) => return Err(OpenError::NotARepository(format!("`.git`: {why}"))),
    };
    let Some(named) = named(&text) else { return Err(nothing("the file `.git` does not name a folder")) };
    let real = tree.join(native(named)).canonicalize();
    let real = real.map_err(|_| nothing("the file `.git` names a folder that is not there"))?;
    let known = inside.holds(&real)
        || matches!(read(&root(&real), Path::new("gitdir"), NAME), Read::Bytes(back)
            if real.join(native(back.trim_ascii())).canonicalize().ok().as_deref() == Some(dot))
        || tree.ancestors().skip(1).any(|above| {
            let modules = above.join(".git").join("modules").canonicalize();
            modules.is_ok_and(|modules| real.starts_with(modules))
        });
    if !known {
        return Err(OpenError::Outside("the file `.git`"));
    }
    if real.is_dir() { Ok(real) } else { Err(nothing("the file `.git` names something that is no folder")) }
}

/// The folder that all work trees share.
fn common_dir(git_dir: &Path, inside: &Inside) -> Result<PathBuf, OpenError> {
    let text = match read(&root(git_dir), Path::new("commondir"), NAME) {
        Read::Missing => return Ok(git_dir.to_owned()),
        Read::Bytes(text) => text,
        Read::Failed(why) => return Err(OpenError::NotARepository(format!("`commondir`: {why}"))),
    };
    let real = git_dir.join(native(text.trim_ascii())).canonicalize();
    let real =
        real.map_err(|_| OpenError::NotARepository("`commondir` names a folder that is not there".to_owned()))?;
    // Git puts a linked work tree's folder beneath the one it shares.
    if git_dir.starts_with(&real) || inside.holds(&real) {
        return Ok(real);
    }
    Err(OpenError::Outside("the file `commondir`"))
}

/// A line of a list of alternates: a path, perhaps in quotes as C has them.
fn unquoted(line: &[u8]) -> Vec<u8> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let Some(inner) = line.strip_prefix(b"\"").and_then(|l| l.strip_suffix(b"\"")) else { return line.to_vec() };
    let (mut out, mut rest) = (Vec::new(), inner);
    while let Some((&b, after)) = rest.split_first() {
        rest = after;
        if b != b'\\' {
            out.push(b);
            continue;
        }
        let digits = rest.iter().take(3).take_while(|d| (b'0'..=b'7').contains(d)).count();
        if digits > 0 {
            out.push(rest[..digits].iter().fold(0u32, |n, d| n * 8 + u32::from(d - b'0')) as u8);
            rest = &rest[digits..];
        } else if let Some((&b, after)) = rest.split_first() {
            rest = after;
            out.push(match b {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                b'a' => 7,
                b'b' => 8,
                b'f' => 12,
                b'v' => 11,
                b => b,
            });
        }
    }
    out
}
