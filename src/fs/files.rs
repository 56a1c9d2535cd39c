//! Small files of a tree, wherever it is: a folder on disk here, the tree of a commit or an index in `git`.
//!
//! In: the root of a folder. Out: plain files below it, by relative names. It follows no symbolic link, in no part of a
//! path: a repository could have planted one.

use super::bounded::read_limited;
use crate::text::saved;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files that policy is read from: a folder on disk, or the tree of a commit.
pub trait Files {
    /// The content of a plain file; `None` if there is none of that name. `path` is relative, with `/`.
    ///
    /// # Errors
    /// Why it is there and cannot be read: no plain file, longer than `limit` bytes, damaged.
    fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String>;

    /// The same for text, however it was saved (`text::saved`): UTF-8 comes out, without a mark.
    ///
    /// # Errors
    /// Why it is there and cannot be read, and the name of an encoding that it is not valid in.
    fn text(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
        self.read(path, limit)?.map(saved::utf8).transpose()
    }

    /// Names of the plain files in a folder, sorted; empty if there is no such folder.
    ///
    /// # Errors
    /// Why it is there and cannot be read.
    fn list(&self, folder: &str) -> Result<Vec<String>, String>;

    /// Whether a file could not be read because the store lost its content: a gap of the run, and no mistake in the file.
    fn is_lost(&self, _path: &str) -> bool {
        false
    }
}

/// A folder on disk.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The files below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// What lies at `path`, if every part above it is a folder; `None` if something is not there.
    fn look(&self, path: &str) -> Result<Option<(PathBuf, fs::Metadata)>, String> {
        let mut at = self.root.clone();
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            if matches!(part, "" | "." | "..") || part.contains(['\\', ':', '\0']) {
                return Err("has a name that is not allowed here".into());
            }
            at.push(part);
            let meta = match fs::symlink_metadata(&at) {
                Ok(meta) => meta,
                Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                    return Ok(None);
                }
                Err(e) => return Err(format!("cannot be read: {e}")),
            };
            if parts.peek().is_none() {
                return Ok(Some((at, meta)));
            }
            if !meta.is_dir() {
                return Err(format!("cannot be read: `{part}` is no folder"));
            }
        }
        Ok(None)
    }
}

impl Files for Disk {
    fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
        match self.look(path)? {
            None => Ok(None),
            Some((_, meta)) if !meta.is_file() => Err("is no plain file".into()),
            Some((at, _)) => read_limited(&at, limit).map(Some).map_err(|e| format!("cannot be read: {e}")),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        let at = match self.look(folder)? {
            None => return Ok(Vec::new()),
            Some((_, meta)) if !meta.is_dir() => return Err("is no folder".into()),
            Some((at, _)) => at,
        };
        let wrong = |e: io::Error| format!("cannot be read: {e}");
        let mut names = Vec::new();
        for entry in fs::read_dir(&at).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            // A link is listed, so that reading it says what is wrong with it; it is not silently left out.
            let kind = entry.file_type().map_err(wrong)?;
            if let (false, Ok(name)) = (kind.is_dir(), entry.file_name().into_string()) {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// The folder of a file that the user named, for what lies beside it.
pub fn beside(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
