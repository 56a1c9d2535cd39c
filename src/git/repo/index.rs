//! What git tracks in a work tree, as its index says.
//!
//! In: a work tree's root, or an index. Out: tracked paths for `scan`, staged object ids for `history`, entries and the
//! cache of trees for gates ([`Index`]). It refuses to read an index that is no regular file, and looks at no other file
//! than the index and the one it may share.

use super::config::Config;
use super::entry::EntryAt;
use crate::fs::root::{common_dir, git_dir};
use anyhow::{Context as _, Result, bail};
use gix_hash::Kind;
use gix_hash::ObjectId;
use gix_index::entry::{Flags, Mode};
use std::path::Path;

/// What git tracks in a work tree. Paths are relative to its root, with `/`, sorted by bytes.
#[derive(Debug, Default)]
pub struct Tracked {
    files: Vec<Vec<u8>>,
    submodules: Vec<Vec<u8>>,
    sparse: Vec<Vec<u8>>,
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

    /// What a sparse checkout leaves out of the work tree: files, and folders, which end with `/`. Some may be there all
    /// the same.
    pub fn sparse(&self) -> &[Vec<u8>] {
        &self.sparse
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

/// Reads the index of the work tree at `root`. No index at all: git tracks nothing yet.
///
/// # Errors
/// When there is an index and it cannot be read.
pub fn tracked(root: &Path) -> Result<Tracked> {
    let dir = git_dir(root)?;
    let Some(file) = read(&dir.join("index"), Config::read(&common_dir(&dir)).hash)? else {
        return Ok(Tracked::default());
    };
    let mut tracked = Tracked::default();
    for entry in file.entries() {
        let path = entry.path(&file).to_vec();
        match entry.mode {
            Mode::COMMIT => tracked.submodules.push(path),
            // A folder that is one entry is not on disk, and all beneath it is tracked.
            Mode::DIR => tracked.sparse.push(path),
            _ if entry.flags.contains(Flags::SKIP_WORKTREE) => {
                tracked.sparse.push(path.clone());
                tracked.files.push(path);
            }
            _ => tracked.files.push(path),
        }
    }
    tracked.files.sort_unstable();
    tracked.submodules.sort_unstable();
    Ok(tracked)
}

/// The objects of this repository that an index names, each with its path: staged blobs, and trees of sparse folders.
///
/// # Errors
/// When there is an index and it cannot be read.
pub(crate) fn staged(index: &Path, hash: Kind) -> Result<Vec<(ObjectId, Vec<u8>)>> {
    let Some(file) = read(index, hash)? else { return Ok(Vec::new()) };
    let entries = file.entries().iter().filter(|e| e.mode != Mode::COMMIT && !e.id.is_null());
    let mut named: Vec<_> = entries.map(|e| (e.id, e.path(&file).to_vec())).collect();
    named.sort_unstable();
    named.dedup();
    Ok(named)
}

/// An index as gates read it.
#[derive(Debug)]
pub struct Index(Option<gix_index::File>);

/// A folder in the index's cache of trees.
pub(crate) type Cached = gix_index::extension::Tree;

/// An entry of the index.
#[derive(Debug)]
pub(crate) struct Staged<'a> {
    /// Its path; a folder that a sparse checkout left out ends with `/`.
    pub(crate) path: &'a [u8],
    /// What it stages; `None` where the next commit takes nothing from it: `git add -N`, the common version of a conflict.
    pub(crate) now: Option<EntryAt>,
}

impl Index {
    /// Reads the index at `path`; without one, nothing is staged.
    ///
    /// # Errors
    /// When there is one and it cannot be read.
    pub fn open(path: &Path, hash: Kind) -> Result<Self> {
        read(path, hash).map(Self)
    }

    /// The file, if there is one.
    pub(super) fn file(&self) -> Option<&gix_index::File> {
        self.0.as_ref()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |file| file.entries().len())
    }

    /// Whether nothing is staged at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry at this place.
    pub(crate) fn entry(&self, at: usize) -> Staged<'_> {
        let found = self.0.as_ref().and_then(|file| Some((file, file.entries().get(at)?)));
        let Some((file, entry)) = found else { return Staged { path: b"", now: None } };
        // Stages 2 and 3 of a conflict may hold what is in no parent, as in a cherry-pick.
        let taken = !entry.flags.contains(Flags::INTENT_TO_ADD) && entry.stage_raw() != 1;
        let now = taken.then(|| EntryAt { mode: entry.mode.bits(), id: entry.id });
        Staged { path: entry.path(file), now }
    }

    /// The place behind the entries from `at` on, and before `end`, whose paths begin with `folder`.
    pub(crate) fn end_of(&self, folder: &[u8], at: usize, end: usize) -> usize {
        let Some(file) = &self.0 else { return end };
        let entries = file.entries().get(at..end).unwrap_or_default();
        at + entries.partition_point(|e| e.path(file).starts_with(folder)).max(1)
    }

    /// The cache of trees, if git left one.
    pub(crate) fn root(&self) -> Option<&Cached> {
        self.0.as_ref()?.tree()
    }

    /// The folder `name` in a folder of the cache.
    pub(crate) fn child<'c>(&self, folder: &'c Cached, name: &[u8]) -> Option<&'c Cached> {
        folder.children.iter().find(|c| c.name.as_slice() == name)
    }

    /// The tree that the entries in `range` make, if the cache knows it.
    pub(crate) fn tree_of(&self, folder: &Cached, range: &std::ops::Range<usize>) -> Option<ObjectId> {
        // A number that does not fit is an index that somebody wrote by hand: everything is compared.
        (folder.num_entries? as usize == range.len()).then_some(folder.id)
    }
}

/// An index, if there is one.
fn read(index: &Path, hash: Kind) -> Result<Option<gix_index::File>> {
    match index.symlink_metadata() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e).context("the index cannot be read"),
        Ok(meta) if !meta.is_file() => bail!("the index is no regular file"),
        Ok(_) => {}
    }
    // An index may name a second one beside it, which gix opens by itself, and would wait for a FIFO.
    let beside = index.parent().and_then(|dir| std::fs::read_dir(dir).ok()).into_iter().flatten().flatten();
    let shared = |e: &std::fs::DirEntry| e.file_name().as_encoded_bytes().starts_with(b"sharedindex.");
    let mut split = false;
    for entry in beside.filter(shared) {
        if !entry.file_type().is_ok_and(|t| t.is_file()) {
            bail!("the shared index is no regular file");
        }
        if !flat_enough(&std::fs::read(entry.path())?, hash) {
            bail!(ENDLESS);
        }
        split = true;
    }
    let options = gix_index::decode::Options { thread_limit: Some(1), ..Default::default() };
    let bytes = std::fs::read(index).context("the index cannot be read")?;
    if !flat_enough(&bytes, hash) {
        bail!(ENDLESS);
    }
    // Its own checksum is compared here: gix looks for collisions as well, which takes longer than all of a small gate.
    let checked = !split && sound(&bytes, hash);
    drop(bytes);
    if !split && !checked {
        bail!("the index is damaged: its checksum is wrong");
    }
    // The message of gix may hold the path of this machine; its first line says what is wrong with the bytes.
    match gix_index::File::at(index, hash, checked, options) {
        Ok(file) => Ok(Some(file)),
        Err(_) if index.symlink_metadata().is_ok_and(|m| m.len() == 0) => bail!("the index is empty"),
        Err(_) => bail!("the index cannot be read: it is damaged, or of a version that is not known"),
    }
}

const ENDLESS: &str = "the index is damaged: its folders lie within each other without end";
/// Folders within folders in the cache of trees that are read; git itself stops at half of that.
const DEEPEST: usize = 4096;

/// Whether an index may be given to gix, which reads the cache of trees by calling itself.
fn flat_enough(bytes: &[u8], hash: Kind) -> bool {
    // Where the cache begins only the entries before it say, and a path may hold its name: whatever looks like it counts.
    let mut work = 0;
    memchr::memmem::find_iter(bytes, b"TREE").all(|at| {
        let len = bytes.get(at + 4..at + 8).map(|b| b.iter().fold(0, |n, b| n << 8 | usize::from(*b)));
        let Some(mut rest) = len.and_then(|len| bytes.get(at + 8..at + 8 + len)) else { return true };
        work += rest.len();
        // Each folder: its name, NUL, its entries, its folders, and its id unless it has no valid one.
        let mut open: Vec<usize> = Vec::new();
        while let Some((counts, more)) = memchr::memchr(0, rest).and_then(|nul| {
            let end = nul + 1 + memchr::memchr(b'\n', &rest[nul + 1..])?;
            Some((std::str::from_utf8(&rest[nul + 1..end]).ok()?, &rest[end + 1..]))
        }) {
            let Some((entries, folders)) = counts.split_once(' ') else { break };
            let Ok(folders) = folders.parse() else { break };
            rest = if entries.starts_with('-') { more } else { more.get(hash.len_in_bytes()..).unwrap_or_default() };
            open.push(folders);
            while open.last() == Some(&0) {
                open.pop();
            }
            match open.last_mut() {
                Some(left) => *left -= 1,
                None => break,
            }
            if open.len() > DEEPEST {
                return false;
            }
        }
        work <= 4 * bytes.len()
    })
}

/// Whether the checksum at the end of an index is that of its bytes, or was left out (`index.skipHash`).
fn sound(bytes: &[u8], hash: Kind) -> bool {
    use sha2::Digest as _;
    let Some((content, checksum)) = bytes.split_at_checked(bytes.len().saturating_sub(hash.len_in_bytes())) else {
        return false;
    };
    let equal = match hash {
        Kind::Sha1 => sha1::Sha1::digest(content).as_slice() == checksum,
        _ => sha2::Sha256::digest(content).as_slice() == checksum,
    };
    equal || checksum.iter().all(|b| *b == 0)
}
