//! What we read of git repositories; the only place that touches gix.
//!
//! Nothing of a repository is executed or obeyed: no hook, filter, attribute or include path; of its configuration only
//! the object format. In: a work tree's root. Out: the paths that git tracks there.

pub mod delta;
pub mod loose;
pub mod object;
pub mod objects;
pub mod pack;
pub mod store;
pub mod walk;

use anyhow::{Context as _, Result, bail};
use gix::hash::Kind;
use gix::index::entry::Mode;
use std::path::{Path, PathBuf};

/// What git tracks in a work tree. Paths are relative to its root, with `/`, sorted by bytes.
#[derive(Debug, Default)]
pub struct Tracked {
    files: Vec<Vec<u8>>,
    submodules: Vec<Vec<u8>>,
}

impl Tracked {
    /// Whether git tracks this file or link.
    pub fn holds(&self, path: &[u8]) -> bool {
        self.files.binary_search_by(|p| p.as_slice().cmp(path)).is_ok()
    }

    /// Whether git tracks anything beneath this folder.
    pub fn holds_beneath(&self, folder: &[u8]) -> bool {
        let prefix = [folder, b"/"].concat();
        let at = self.files.partition_point(|p| p.as_slice() < prefix.as_slice());
        self.files.get(at).is_some_and(|p| p.starts_with(&prefix))
    }

    /// Whether this folder is the place of a submodule.
    pub fn is_submodule(&self, folder: &[u8]) -> bool {
        self.submodules.binary_search_by(|p| p.as_slice().cmp(folder)).is_ok()
    }

    /// Number of tracked files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether git tracks nothing.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Whether `folder` is the root of a work tree: it holds `.git`, a folder with a HEAD or a file that names one.
pub fn is_work_tree(folder: &Path) -> bool {
    git_dir(folder).is_ok_and(|dir| dir.join("HEAD").symlink_metadata().is_ok())
}

/// Reads the index of the work tree at `root`. No index at all: git tracks nothing yet.
///
/// # Errors
/// When there is an index and it cannot be read.
pub fn tracked(root: &Path) -> Result<Tracked> {
    let dir = git_dir(root)?;
    let index = dir.join("index");
    match index.symlink_metadata() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Tracked::default()),
        Err(e) => return Err(e).with_context(|| format!("{}", index.display())),
        Ok(meta) if !meta.is_file() => bail!("the index is no regular file"),
        Ok(_) => {}
    }
    let options = gix::index::decode::Options { thread_limit: Some(1), ..Default::default() };
    let file = gix::index::File::at(&index, object_format(&dir), false, options)
        .map_err(|e| anyhow::anyhow!("the index cannot be read: {e}"))?;
    let mut tracked = Tracked::default();
    for entry in file.entries() {
        let path = entry.path(&file).to_vec();
        match entry.mode {
            Mode::COMMIT => tracked.submodules.push(path),
            // A sparse folder is not on disk by git's own doing.
            Mode::DIR => {}
            _ => tracked.files.push(path),
        }
    }
    tracked.files.sort_unstable();
    tracked.submodules.sort_unstable();
    Ok(tracked)
}

/// The repository folder of a work tree: `.git`, or what a `.git` file names (linked work trees, submodules).
fn git_dir(root: &Path) -> Result<PathBuf> {
    let dot = root.join(".git");
    let meta = dot.metadata().with_context(|| format!("{}", dot.display()))?;
    if meta.is_dir() {
        return Ok(dot);
    }
    if !meta.is_file() || meta.len() > 4096 {
        bail!("{} is neither a folder nor a file that names one", dot.display());
    }
    let text = std::fs::read(&dot)?;
    let named = text.strip_prefix(b"gitdir:").map(<[u8]>::trim_ascii).filter(|n| !n.is_empty());
    let Some(named) = named else { bail!("{} does not name a folder", dot.display()) };
    Ok(root.join(gix::path::from_byte_slice(named).map_err(|e| anyhow::anyhow!("{e}"))?))
}

/// SHA-256 if the configuration says so, SHA-1 otherwise. Only this one setting is looked at, in no other file.
fn object_format(dir: &Path) -> Kind {
    let common = std::fs::read(dir.join("commondir")).ok();
    let common = common.as_deref().and_then(|c| gix::path::from_byte_slice(c.trim_ascii()).ok().map(Path::to_owned));
    let config = common.map_or_else(|| dir.to_owned(), |c| dir.join(c)).join("config");
    let regular = config.symlink_metadata().is_ok_and(|m| m.is_file() && m.len() < 1 << 20);
    let text = if regular { std::fs::read_to_string(&config).unwrap_or_default() } else { String::new() };
    let sha256 = text.lines().any(|line| {
        let line = line.trim().to_ascii_lowercase();
        line.strip_prefix("objectformat").is_some_and(|v| v.trim_start_matches([' ', '\t', '=']).starts_with("sha256"))
    });
    if sha256 { Kind::Sha256 } else { Kind::Sha1 }
}
