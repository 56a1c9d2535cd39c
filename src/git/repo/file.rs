//! Reads the small files of a repository: configuration, references, lists.
//!
//! In: a folder, a path beneath it, a limit in bytes. Out: [`Read`]. It follows no link, opens nothing but regular files, and
//! reads no more than the limit.

use crate::fs::open::{OpenError, Root};
use crate::fs::root;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// A path of the file system; one that it cannot hold becomes one that is not there.
pub(crate) fn native(bytes: &[u8]) -> PathBuf {
    root::native(bytes).unwrap_or_else(|| "\u{fffd}".into())
}

/// A folder beneath which files are read.
pub(crate) fn root(dir: &Path) -> Root {
    Root::new(dir)
}

/// What reading a file gave.
pub(crate) enum Read {
    /// All of it.
    Bytes(Vec<u8>),
    /// There is none.
    Missing,
    /// It is there, and cannot be read: why.
    Failed(String),
}

/// Reads a regular file beneath `root`, without following links, if it has no more than `limit` bytes.
pub(crate) fn read(root: &Root, relative: &Path, limit: u64) -> Read {
    let (file, size) = match root.open(relative) {
        Ok(opened) => opened,
        Err(OpenError::Special(what)) => return Read::Failed(format!("it is {what}")),
        Err(OpenError::Io(e)) => {
            return match e.kind() {
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Read::Missing,
                kind => Read::Failed(kind.to_string()),
            };
        }
    };
    let too_long = || Read::Failed(format!("it has more than {limit} bytes"));
    if size > limit {
        return too_long();
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    // It may grow while it is read.
    match file.take(limit + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > limit => too_long(),
        Ok(_) => Read::Bytes(bytes),
        Err(e) => Read::Failed(e.kind().to_string()),
    }
}
