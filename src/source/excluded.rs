//! What the globs of `[scan] exclude` and `--exclude` leave out, and how much that is.
//!
//! In: globs and the paths of files, relative to the root of the repository. Out: which glob leaves a file out, and for
//! each glob the number of files and bytes ([`Excluded`]), so that no report passes over them. It does not know who wrote
//! the globs: in a gate only those of the base come here.

use crate::finding::Excluded;
use crate::text::glob::PathGlob;
use std::sync::atomic::{AtomicU64, Ordering};

/// The globs of one run with what each left out so far. Shared by all threads.
#[derive(Debug, Default)]
pub(crate) struct Exclude {
    globs: Vec<One>,
}

#[derive(Debug)]
struct One {
    glob: PathGlob,
    files: AtomicU64,
    bytes: AtomicU64,
}

impl Exclude {
    /// For a run; a glob that is given twice counts once.
    pub(crate) fn new(globs: &[PathGlob]) -> Self {
        let mut all: Vec<One> = Vec::new();
        for glob in globs {
            if all.iter().all(|one| one.glob != *glob) {
                all.push(One { glob: glob.clone(), files: AtomicU64::new(0), bytes: AtomicU64::new(0) });
            }
        }
        Self { globs: all }
    }

    /// Whether nothing is left out.
    pub(crate) fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// The first glob that leaves out the file at this path.
    pub(crate) fn find(&self, path: &[u8]) -> Option<usize> {
        self.globs.iter().position(|one| one.glob.covers(path))
    }

    /// Counts what a glob left out.
    pub(crate) fn count(&self, glob: usize, files: u64, bytes: u64) {
        if let Some(one) = self.globs.get(glob) {
            one.files.fetch_add(files, Ordering::Relaxed);
            one.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// What each glob left out, in the order in which they were given; also those that left out nothing.
    pub(crate) fn counts(&self) -> Vec<Excluded> {
        let one = |one: &One| Excluded {
            glob: one.glob.as_str().to_owned(),
            files: one.files.load(Ordering::Relaxed),
            bytes: one.bytes.load(Ordering::Relaxed),
        };
        self.globs.iter().map(one).collect()
    }
}
