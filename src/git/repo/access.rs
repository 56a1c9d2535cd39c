//! A repository for reading single objects: what gates need, where `history` reads everything.
//!
//! In: the repository that git itself would take here (its environment included), or one that was named. Out: objects,
//! the entries of a tree ([`EntryAt`]), what a revision names ([`super::revision`]). Opening it reads no object and no list
//! of them, and only of a repository without objects what points at some. Of the environment it takes where things are, and nothing that names a program.

use super::empty;
use super::entry::EntryAt;
use super::index::Index;
use super::open::{OpenError, Repository, is_bare};
use super::refs::Refs;
use super::reftable::Stack;
use crate::blob::Gap;
use crate::git::mode;
use crate::git::object::{self, Kind, tree_entries};
use crate::git::store::lookup::{Lookup, Lost};
use gix_hash::ObjectId;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// An opened repository.
#[derive(Debug)]
pub struct Access {
    /// Where things are, and what stands against reading all of it.
    pub repository: Repository,
    /// Its objects.
    pub objects: Lookup,
    /// What could not be opened.
    pub gaps: Vec<Gap>,
    /// The index that git would take.
    pub index_path: PathBuf,
    index: OnceLock<Result<Index, String>>,
    /// Tables of references: those that all work trees share, and those of this one.
    tables: [OnceLock<Stack>; 2],
    /// Files of policy whose content the store lost, by path.
    unread: Mutex<BTreeMap<String, Lost>>,
    /// Entries of large trees that were looked up last, by name.
    large: Mutex<HashMap<ObjectId, Arc<Entries>>>,
}

type Entries = HashMap<Vec<u8>, EntryAt>;

/// Length of a tree from which its entries are kept by name, in bytes: reading a directory of thousands of exceptions once for
/// each of them takes quadratic time.
const LARGE: usize = 16 << 10;
/// Large trees that are kept: a directory of the base and of the head, and those above them.
const KEPT: usize = 4;

/// What a commit says about its place in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitAt {
    /// Its tree.
    pub tree: ObjectId,
    /// Its parents, in order.
    pub parents: Vec<ObjectId>,
    /// Committer's date, seconds since 1970.
    pub date: i64,
}

impl Access {
    /// Opens the repository that git would take here.
    ///
    /// # Errors
    /// When there is none.
    pub fn here(alternates_allowed: &[PathBuf]) -> Result<Self, OpenError> {
        let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
        let mut objects: Vec<PathBuf> = variable("GIT_OBJECT_DIRECTORY").map(PathBuf::from).into_iter().collect();
        let lent = variable("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
        let lent: Vec<PathBuf> = std::env::split_paths(&lent).filter(|p| !p.as_os_str().is_empty()).collect();
        let named = variable("GIT_DIR").map(PathBuf::from);
        let place = match &named {
            Some(dir) => dir.clone(),
            None => discover(&std::env::current_dir().map_err(|e| OpenError::NotARepository(e.to_string()))?)?,
        };
        if objects.is_empty() && !lent.is_empty() {
            // What the environment lends comes beside the repository's own.
            objects.push(Repository::open_own(&place, alternates_allowed, &[])?.common_dir.join("objects"));
        }
        objects.extend(lent);
        let repository = Repository::open_own(&place, alternates_allowed, &objects)?;
        let mut access = Self::from_repository(repository);
        if let Some(index) = variable("GIT_INDEX_FILE").map(PathBuf::from) {
            let from_root = if named.is_none() { place.join(&index) } else { index.clone() };
            access.index_path = if index.exists() { index } else { from_root };
        }
        Ok(access)
    }

    /// Opens the repository at `path`, whatever the environment says.
    ///
    /// # Errors
    /// When there is none.
    pub fn at(path: &Path, alternates_allowed: &[PathBuf]) -> Result<Self, OpenError> {
        match Repository::open_own(path, alternates_allowed, &[]) {
            // A folder within a work tree.
            Err(OpenError::NotARepository(why)) if path.is_dir() => {
                let found = path.canonicalize().ok().and_then(|path| discover(&path).ok());
                let found = found.ok_or(OpenError::NotARepository(why))?;
                Ok(Self::from_repository(Repository::open_own(&found, alternates_allowed, &[])?))
            }
            other => Ok(Self::from_repository(other?)),
        }
    }

    fn from_repository(repository: Repository) -> Self {
        let (objects, mut gaps) = Lookup::open(&repository.object_dirs, repository.hash);
        if objects.is_empty(&repository.object_dirs) {
            gaps.extend(empty::gap(Some(&repository), &Refs::read(&repository), false));
        }
        let index_path = repository.git_dir.join("index");
        let (index, unread, large) = (OnceLock::new(), Mutex::default(), Mutex::default());
        Self { repository, objects, gaps, index_path, index, tables: Default::default(), unread, large }
    }

    /// The content of a file of policy: an object that cannot be read is noted for [`Self::unread`].
    pub(crate) fn content(&self, path: &str, id: &ObjectId, limit: u64) -> Result<Vec<u8>, String> {
        let bytes = self.objects.read_as(id, Kind::Blob).map_err(|lost| self.lose(path, lost))?;
        if bytes.len() as u64 > limit {
            return Err(format!("has more than {limit} bytes"));
        }
        Ok(bytes.to_vec())
    }

    pub(super) fn lose(&self, path: &str, lost: Lost) -> String {
        let why = format!("cannot be read: {lost}");
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), lost);
        why
    }

    /// Whether a file of policy could not be read because of its object.
    pub(crate) fn has_lost(&self, path: &str) -> bool {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).contains_key(path)
    }

    /// A gap for each file of policy whose content was to be read and is not in the store; each is given once.
    pub fn unread(&self) -> Vec<Gap> {
        let unread = std::mem::take(&mut *self.unread.lock().unwrap_or_else(PoisonError::into_inner));
        unread.into_iter().map(|(path, lost)| lost.gap(path)).collect()
    }

    /// The index that git would take, read once.
    ///
    /// # Errors
    /// Why it is there and cannot be read.
    pub fn index(&self) -> &Result<Index, String> {
        self.index.get_or_init(|| Index::open(&self.index_path, self.objects.hash()).map_err(|e| e.to_string()))
    }

    /// The tables that hold a reference, read once; `own`: one that belongs to this work tree.
    pub(super) fn tables(&self, own: bool) -> &Stack {
        let Repository { git_dir, common_dir, .. } = &self.repository;
        let own = own && git_dir != common_dir;
        let dir = if own { git_dir } else { common_dir };
        self.tables[usize::from(own)].get_or_init(|| Stack::read(dir, self.objects.hash()))
    }

    /// What a commit says.
    ///
    /// # Errors
    /// Why it cannot be read, or that it is no commit.
    pub fn commit(&self, id: &ObjectId) -> Result<CommitAt, Lost> {
        let bytes = self.objects.read_as(id, Kind::Commit)?;
        let commit = object::Commit::read(&bytes, self.objects.hash());
        let tree = commit.tree.ok_or_else(|| Lost::Damaged("it names no tree".into()))?;
        let date = commit.committer.as_ref().map_or(0, |c| c.seconds);
        Ok(CommitAt { tree, parents: commit.parents(&bytes, self.objects.hash()).collect(), date })
    }

    /// What lies at `path` of a tree, folders included.
    ///
    /// # Errors
    /// Why a tree on the way cannot be read.
    pub fn entry(&self, tree: &ObjectId, path: &[u8]) -> Result<Option<EntryAt>, Lost> {
        let mut at = EntryAt { mode: mode::TREE, id: *tree };
        for name in path.split(|b| *b == b'/') {
            if !mode::is_tree(at.mode) {
                return Ok(None);
            }
            match self.child(&at.id, name)? {
                Some(found) => at = found,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// The first entry of this name in a tree.
    fn child(&self, tree: &ObjectId, name: &[u8]) -> Result<Option<EntryAt>, Lost> {
        let large = || self.large.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = large().get(tree).cloned();
        if let Some(entries) = kept {
            return Ok(entries.get(name).copied());
        }
        let bytes = self.objects.read_as(tree, Kind::Tree)?;
        let mut entries = tree_entries(&bytes, self.objects.hash())
            .map_while(Result::ok)
            .map(|e| (e.name, EntryAt { mode: e.mode, id: e.id }));
        if bytes.len() < LARGE {
            return Ok(entries.find(|(its, _)| *its == name).map(|(_, entry)| entry));
        }
        let mut all = Entries::new();
        for (its, entry) in entries {
            all.entry(its.to_vec()).or_insert(entry);
        }
        let found = all.get(name).copied();
        let mut large = large();
        if large.len() >= KEPT {
            large.clear();
        }
        large.insert(*tree, Arc::new(all));
        Ok(found)
    }
}

/// The work tree or repository that holds `folder`.
fn discover(folder: &Path) -> Result<PathBuf, OpenError> {
    let is = |dir: &Path| dir.join(".git").symlink_metadata().is_ok() || is_bare(dir);
    let found = folder.ancestors().find(|dir| is(dir));
    found.map(Path::to_owned).ok_or_else(|| OpenError::NotARepository("no folder above holds a `.git`".into()))
}
