//! Where configuration lies: the root of the work tree, leaktight.toml and the salt in it.
//!
//! In: a path that is to be scanned. Out: the folder to look in, and bounded reads. It runs no git and follows no
//! symbolic link that a repository could have planted.

use super::ConfigError;
use crate::fs::root;
use crate::policy::{Disk, Files};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

/// Where the salt of a repository lies.
const SALT: &str = ".leaktight/salt";

/// The folder that holds leaktight.toml and `.leaktight/salt`: the root of the git work tree that `near` lies in, else of
/// the one the current directory lies in, else the current directory. `-` (standard input) lies nowhere.
pub fn root(near: &Path) -> PathBuf {
    let current = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let start = if near == Path::new("-") {
        None
    } else if near.components().any(|c| c == Component::ParentDir) {
        // `a/..` has no sensible ancestors as text.
        fs::canonicalize(near).ok()
    } else {
        Some(current.join(near))
    };
    start.and_then(|s| work_tree(&s)).or_else(|| work_tree(&current)).unwrap_or(current)
}

/// The root of the work tree that holds `path`. `a/.` and `a` are one folder; components() drops the dot.
fn work_tree(path: &Path) -> Option<PathBuf> {
    root::work_tree(path).map(|found| found.components().collect())
}

/// The path as a message should show it: relative to the current directory where it lies below it.
pub fn shown(path: &Path) -> PathBuf {
    match std::env::current_dir().ok().and_then(|c| path.strip_prefix(c).ok().map(Path::to_owned)) {
        Some(relative) if !relative.as_os_str().is_empty() => relative,
        _ => path.to_owned(),
    }
}

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// Those of reading, and a file that is longer.
pub fn read_limited(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("it is longer than {limit} bytes")));
    }
    Ok(bytes)
}

/// The salt of the repository: 64 hexadecimal digits in `.leaktight/salt` below `root`; `None` if there is no such file.
///
/// # Errors
/// When something is there and is no salt. Its text is not quoted.
pub fn read_salt(root: &Path) -> Result<Option<[u8; 32]>, ConfigError> {
    salt(&Disk::new(root), root)
}

/// The salt among these files. `label`: what their folder is called in messages.
///
/// # Errors
/// When something is there and is no salt. Its text is not quoted.
pub fn salt(files: &dyn Files, label: &Path) -> Result<Option<[u8; 32]>, ConfigError> {
    let name = shown(&label.join(SALT));
    let bytes = match files.read(SALT, 4096) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(why) => return Err(ConfigError::whole(&name, &why)),
    };
    match hex32(bytes.trim_ascii()) {
        Some(salt) => Ok(Some(salt)),
        None => Err(ConfigError::whole(&name, "is no salt (64 hexadecimal digits); restore it from an older commit")),
    }
}

/// 32 bytes from 64 hexadecimal digits.
pub fn hex32(text: &[u8]) -> Option<[u8; 32]> {
    if text.len() != 64 {
        return None;
    }
    let digit = |b: u8| (b as char).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut out = [0; 32];
    for (slot, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *slot = digit(*high)? << 4 | digit(*low)?;
    }
    Some(out)
}
