//! What git would leave out: the folder's `.gitignore` files, `.git/info/exclude` and the user's own excludes, against
//! the list of files that git tracks all the same.
//!
//! In: an entry of the walk. Out: whether to look at it, and counts of what was left out. `ignore`'s own filter does not
//! say what it skips, and law 1 wants that counted; so only its matcher is used, one folder at a time.

use crate::blob::{Gap, GapKind};
use crate::fs::root::{beneath, is_work_tree, native};
use crate::git::{self, Tracked};
use crate::text::count;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// Paths of a sparse checkout that are named.
const NAMED: usize = 3;

/// Rules of one folder, with those of the folders above it.
#[derive(Debug)]
struct Folder {
    own: Option<Gitignore>,
    above: Option<Arc<Self>>,
    /// The innermost work tree that it lies in.
    tree: Option<Arc<WorkTree>>,
    /// It is ignored and entered only for tracked files.
    ignored: bool,
}

#[derive(Debug)]
struct WorkTree {
    root: PathBuf,
    tracked: Tracked,
    exclude: Gitignore,
}

/// Decides for one run. Shared by all threads.
#[derive(Debug)]
pub(super) struct Ignored {
    /// Look at everything.
    all: bool,
    /// The user's own excludes, read for the first work tree.
    global: OnceLock<Gitignore>,
    /// By path as it is written: to compare and hash paths by their parts takes longer than all else that is done for a file.
    folders: RwLock<HashMap<OsString, Arc<Folder>>>,
    problems: Mutex<Vec<(PathBuf, String)>>,
    /// Work trees that were met.
    trees: Mutex<Vec<Arc<WorkTree>>>,
    /// Files left out.
    pub(super) files: AtomicU64,
    /// Folders left out.
    pub(super) left_folders: AtomicU64,
}

/// What to do with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Yes,
    No,
    /// A folder where git has a submodule whose files are not there.
    EmptySubmodule,
}

impl Ignored {
    pub(super) fn new(all: bool) -> Self {
        Self {
            all,
            global: OnceLock::new(),
            folders: RwLock::default(),
            problems: Mutex::default(),
            trees: Mutex::default(),
            files: AtomicU64::new(0),
            left_folders: AtomicU64::new(0),
        }
    }

    /// Indexes that could not be read.
    pub(super) fn problems(&self) -> Vec<(PathBuf, String)> {
        std::mem::take(&mut *self.problems.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What tracked files beneath `target` are not on disk because the checkout is sparse: one gap for each work tree, about
    /// the paths that `name` gives a name.
    pub(super) fn sparse(&self, target: &Path, name: &dyn Fn(&Path) -> Option<Arc<[u8]>>) -> Vec<Gap> {
        // A tree of which the walk met nothing at all may be the one that is sparse.
        self.folder(target);
        let trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner).clone();
        trees.iter().filter_map(|tree| tree.sparse(target, name)).collect()
    }

    /// Whether to look at `path`, an entry of a folder that is looked at.
    pub(super) fn look(&self, path: &Path, is_folder: bool) -> Look {
        if is_folder && path.file_name().is_some_and(|n| n == ".git") {
            return Look::No;
        }
        let Some(parent) = path.parent() else { return Look::Yes };
        let folder = self.folder(parent);
        let is = |what: fn(&Tracked, &[u8]) -> bool| {
            folder
                .tree
                .as_ref()
                .is_some_and(|tree| beneath(path, &tree.root).is_some_and(|path| what(&tree.tracked, &path)))
        };
        if is_folder && is(Tracked::is_submodule) {
            let empty = std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
            return if empty { Look::EmptySubmodule } else { Look::Yes };
        }
        if self.all || !(folder.ignored || self.matches(&folder, path, is_folder)) {
            return Look::Yes;
        }
        if is(if is_folder { Tracked::holds_beneath } else { Tracked::holds }) {
            return Look::Yes;
        }
        let count = if is_folder { &self.left_folders } else { &self.files };
        count.fetch_add(1, Ordering::Relaxed);
        Look::No
    }

    fn matches(&self, folder: &Folder, path: &Path, is_folder: bool) -> bool {
        let Some(tree) = &folder.tree else { return false };
        let mut at = Some(folder);
        while let Some(f) = at {
            match f.own.as_ref().map_or(Match::None, |own| own.matched(path, is_folder)) {
                Match::None => {}
                found => return found.is_ignore(),
            }
            at = f.above.as_deref();
        }
        match tree.exclude.matched(path, is_folder) {
            Match::None => self.global.get_or_init(|| Gitignore::global().0).matched(path, is_folder).is_ignore(),
            found => found.is_ignore(),
        }
    }

    /// The rules of a folder, made at its first entry.
    fn folder(&self, path: &Path) -> Arc<Folder> {
        if let Some(known) = self.folders.read().unwrap_or_else(PoisonError::into_inner).get(path.as_os_str()) {
            return Arc::clone(known);
        }
        let folder = Arc::new(self.make(path));
        let mut all = self.folders.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(path.into()).or_insert(folder))
    }

    fn make(&self, path: &Path) -> Folder {
        if is_work_tree(path) {
            // A work tree of its own: rules of the tree around it end here.
            let tree = Arc::new(self.work_tree(path));
            self.trees.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&tree));
            let tree = Some(tree);
            return Folder { own: self.own(path), above: None, tree, ignored: false };
        }
        let above = path.parent().filter(|p| !p.as_os_str().is_empty()).map(|p| self.folder(p));
        let tree = above.as_ref().and_then(|a| a.tree.clone());
        let ignored =
            !self.all && above.as_ref().is_some_and(|a| a.tree.is_some() && (a.ignored || self.matches(a, path, true)));
        let own = if tree.is_some() { self.own(path) } else { None };
        Folder { own, above: above.filter(|a| a.tree.is_some()), tree, ignored }
    }

    fn own(&self, folder: &Path) -> Option<Gitignore> {
        let path = folder.join(".gitignore");
        // A link could lead to a device or out of the tree.
        if self.all || !path.symlink_metadata().is_ok_and(|m| m.is_file()) {
            return None;
        }
        let mut builder = GitignoreBuilder::new(folder);
        let _bad_lines_match_nothing = builder.add(path);
        builder.build().ok()
    }

    fn work_tree(&self, root: &Path) -> WorkTree {
        let tracked = git::tracked(root).unwrap_or_else(|e| {
            let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
            problems.push((root.to_owned(), format!("{e:#}")));
            Tracked::default()
        });
        let mut builder = GitignoreBuilder::new(root);
        let exclude = root.join(".git/info/exclude");
        if exclude.symlink_metadata().is_ok_and(|m| m.is_file()) {
            let _bad_lines_match_nothing = builder.add(exclude);
        }
        WorkTree { root: root.to_owned(), tracked, exclude: builder.build().unwrap_or_else(|_| Gitignore::empty()) }
    }
}

impl WorkTree {
    fn sparse(&self, target: &Path, name: &dyn Fn(&Path) -> Option<Arc<[u8]>>) -> Option<Gap> {
        let (mut files, mut folders, mut first) = (0, 0, Vec::new());
        for path in self.tracked.sparse() {
            let (path, is_folder) = path.strip_suffix(b"/").map_or((&path[..], false), |folder| (folder, true));
            let Some(native) = native(path) else { continue };
            let whole = self.root.join(&native);
            // Of a folder nobody knows here whether all of it is there.
            if !(whole.starts_with(target) && (is_folder || is_missing(&self.root, &native))) {
                continue;
            }
            let Some(name) = name(&whole) else { continue };
            if first.len() < NAMED {
                let end: &[u8] = if is_folder { b"/" } else { b"" };
                first.push([&name[..], end].concat());
            }
            *(if is_folder { &mut folders } else { &mut files }) += 1;
        }
        let count = match (files, folders) {
            (0, 0) => return None,
            (1, 0) => String::new(),
            (0, _) => count(folders, "folder of tracked files", "folders of tracked files"),
            (_, 0) => count(files, "tracked file", "tracked files"),
            _ => format!(
                "{} and {}",
                count(files, "tracked file", "tracked files"),
                count(folders, "folder of them", "folders of them")
            ),
        };
        let mut what = first.join(&b", "[..]);
        if !count.is_empty() {
            let words = if files + folders > first.len() as u64 { ", among them " } else { ": " };
            what = [count.as_bytes(), words.as_bytes(), &what].concat();
        }
        let why = "not on disk, because the checkout is sparse".to_owned();
        Some(Gap { kind: GapKind::Sparse, what, why, blocks: false })
    }
}

/// Whether nothing is at this place of a tree, or only what a link on the way to it leads to, which is not followed.
fn is_missing(root: &Path, relative: &Path) -> bool {
    let above = relative.ancestors().skip(1).filter(|part| !part.as_os_str().is_empty());
    let is_folder = |part: &Path| root.join(part).symlink_metadata().is_ok_and(|meta| meta.is_dir());
    root.join(relative).symlink_metadata().is_err() || !above.into_iter().all(is_folder)
}
