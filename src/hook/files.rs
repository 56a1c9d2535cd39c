//! Hook files on disk: put in, brought up to date, taken out again.
//!
//! In: a path and a script. Out: what was done. A file that is not ours is never overwritten: it is renamed to
//! `NAME.before-leaktight`, as it is (a link stays a link, a mode stays a mode), and comes back by the same way. Every file
//! is written beside its place and renamed, so that git never runs half a hook.

use super::{HookError, script, shown};
use crate::fs::replace::{Draft, FileMode};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Bytes of a hook that are read.
const LIMIT: u64 = 4 << 20;

/// What was done to put a hook in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It stood there already.
    Same,
    /// Ours was there in another form.
    Upgraded,
    /// Nothing was there.
    Made,
    /// Something was there and was kept.
    Kept,
}

/// What was done to take a hook out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Nothing is there.
    Absent,
    /// It is not ours.
    Foreign,
    /// It was ours alone.
    Removed,
    /// What was there before is back.
    Restored,
    /// It is not ours, but something that ours replaced is still kept there.
    Stranded(PathBuf),
}

/// Where the hook that was at `path` is kept.
pub(crate) fn before(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(script::BEFORE);
    PathBuf::from(name)
}

/// What a file holds; `None` if there is none. A link is followed, as git would.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, HookError> {
    match fs::metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(HookError::io("cannot look at", path, &e)),
        Ok(meta) if !meta.is_file() => Err(HookError::new(format!("`{}` is no file; move it away first", shown(path)))),
        Ok(_) => {
            crate::fs::bounded::read_limited(path, LIMIT).map(Some).map_err(|e| HookError::io("cannot read", path, &e))
        }
    }
}

/// Whether anything is there, a link that leads nowhere included.
pub(crate) fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether the file itself, and not what a link leads to, is ours.
fn is_ours(path: &Path) -> Result<bool, HookError> {
    let link = fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink());
    Ok(!link && read(path)?.is_some_and(|text| script::is_ours(&text)))
}

/// Whether what is at `path` could be kept, before anything is touched.
pub(crate) fn can_keep(path: &Path) -> Result<(), HookError> {
    let kept = before(path);
    if !is_there(path) || is_ours(path)? || !is_there(&kept) {
        return Ok(());
    }
    if read(path)?.is_some() && read(path)? == read(&kept)? {
        // Another tool wrote its hook again over ours: what is kept is the same.
        return Ok(());
    }
    Err(HookError::new(format!(
        "`{}` is not ours, and `{}` is kept from an earlier installation; nothing was changed. Decide which of the two is to \
         run after leaktight's, keep that one as `{}`, and remove the other",
        shown(path),
        shown(&kept),
        shown(path),
    )))
}

/// Puts `text` at `path`; what is there and not ours is kept beside it.
pub(crate) fn put(path: &Path, text: &[u8]) -> Result<Change, HookError> {
    can_keep(path)?;
    if !is_there(path) {
        // One that is kept while its hook was deleted by hand would wake up again: it is said by `status`.
        write(path, text)?;
        return Ok(Change::Made);
    }
    if is_ours(path)? {
        return replace(path, text);
    }
    let kept = before(path);
    fs::rename(path, &kept).map_err(|e| HookError::io("cannot rename", path, &e))?;
    if let Err(failure) = write(path, text) {
        // As it was.
        let _ = fs::rename(&kept, path);
        return Err(failure);
    }
    Ok(Change::Kept)
}

/// Writes `text` over what is there, unless it is the same.
pub(crate) fn replace(path: &Path, text: &[u8]) -> Result<Change, HookError> {
    let old = read(path)?;
    if old.as_deref() == Some(text) && runs(path) {
        return Ok(Change::Same);
    }
    write(path, text)?;
    Ok(if old.is_some() { Change::Upgraded } else { Change::Made })
}

/// Takes our hook from `path`; what was kept comes back.
pub(crate) fn take(path: &Path) -> Result<Kept, HookError> {
    let kept = before(path);
    if !is_there(path) || !is_ours(path)? {
        return Ok(match (is_there(&kept), is_there(path)) {
            (true, _) => Kept::Stranded(kept),
            (false, true) => Kept::Foreign,
            (false, false) => Kept::Absent,
        });
    }
    if is_there(&kept) {
        fs::rename(&kept, path).map_err(|e| HookError::io("cannot rename", &kept, &e))?;
        return Ok(Kept::Restored);
    }
    fs::remove_file(path).map_err(|e| HookError::io("cannot remove", path, &e))?;
    Ok(Kept::Removed)
}

/// Leaves what is not ours in a file that we share; nothing left means that we made it.
pub(crate) fn leave(path: &Path, rest: &[u8]) -> Result<Kept, HookError> {
    if rest.is_empty() {
        fs::remove_file(path).map_err(|e| HookError::io("cannot remove", path, &e))?;
        return Ok(Kept::Removed);
    }
    write(path, rest)?;
    Ok(Kept::Restored)
}

/// Whether git would start the file.
#[cfg(unix)]
pub(crate) fn runs(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// Whether git would start the file.
#[cfg(not(unix))]
pub(crate) fn runs(path: &Path) -> bool {
    path.is_file()
}

/// Writes a file whole or not at all. A new one is executable; an old one keeps its mode.
fn write(path: &Path, text: &[u8]) -> Result<(), HookError> {
    let failed = |e: io::Error| HookError::io("cannot write", path, &e);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    // A link to a file that we share stays a link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut file = Draft::beside(&path, FileMode::Program).map_err(failed)?;
    file.write_all(text).map_err(failed)?;
    #[cfg(unix)]
    if let Ok(old) = fs::metadata(&path)
        && !script::is_ours(text)
    {
        file.set_permissions(old.permissions()).map_err(failed)?;
    }
    file.put(&path).map_err(failed)
}
