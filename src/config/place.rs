//! Where configuration lies: the root of the work tree, leaktight.toml and the salt in it.
//!
//! In: a path that is to be scanned. Out: the folder to look in, and the salts. It runs no git and follows no
//! symbolic link that a repository could have planted.

use crate::fs::{ConfigError, Disk, Files, root, shown};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Where a repository keeps its salt.
pub const SALT: &str = ".leaktight/salt";

/// Salts that one repository may have: each costs an id for every password that is found.
const MOST_SALTS: usize = 16;

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

/// The salts of the repository, see [`salts`].
///
/// # Errors
/// When something is there and is not a salt. Its text is not quoted.
pub fn read_salts(root: &Path) -> Result<Vec<[u8; 32]>, ConfigError> {
    salts(&Disk::new(root), root)
}

/// The salts among these files: lines of 64 hexadecimal digits in `.leaktight/salt`, sorted; none if there is no such file.
/// Two branches that each created one have both after a merge: the first decides ids, exceptions may have ids of any.
/// `label`: what their folder is called in messages.
///
/// # Errors
/// When something is there and is not a salt. Its text is not quoted.
pub fn salts(files: &dyn Files, label: &Path) -> Result<Vec<[u8; 32]>, ConfigError> {
    let name = shown(&label.join(SALT));
    let bytes = match files.text(SALT, 4096) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(Vec::new()),
        Err(why) => return Err(ConfigError::whole(&name, &why)),
    };
    parse_salts(&bytes).ok_or_else(|| {
        let help = "restore it from an older commit, or remove it and run `leaktight init`";
        ConfigError::whole(&name, &format!("is not a salt (64 hexadecimal digits); {help}"))
    })
}

/// The salts in the text of such a file; `None` if it is not one.
pub fn parse_salts(text: &[u8]) -> Option<Vec<[u8; 32]>> {
    let lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let mut salts = lines.map(hex32).collect::<Option<Vec<_>>>()?;
    salts.sort_unstable();
    salts.dedup();
    (1..=MOST_SALTS).contains(&salts.len()).then_some(salts)
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
