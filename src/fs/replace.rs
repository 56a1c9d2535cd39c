//! Files that appear whole or not at all: a temporary one in the same folder gets their name when it is complete.
//!
//! In: a path, and who may use the file. Out: a temporary file, `.leaktight-*.tmp`, that is removed when it is dropped;
//! then the file under its name, or an error, and what was there before is as it was.

use std::fs;
use std::io;
use std::path::Path;
use tempfile::NamedTempFile;

/// Who may use a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner alone.
    Owner,
    /// Whoever may use any new file here, as umask says.
    Usual,
    /// The same, and they may run it.
    Program,
}

#[cfg(unix)]
impl Access {
    fn permissions(self) -> fs::Permissions {
        use std::os::unix::fs::PermissionsExt as _;
        fs::Permissions::from_mode(match self {
            Self::Owner => 0o600,
            Self::Usual => 0o666,
            Self::Program => 0o777,
        })
    }
}

/// A temporary file in the folder of `path`.
///
/// # Errors
/// When none can be made there. The error does not name it: its name means nothing to the user.
pub fn beside(path: &Path, access: Access) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".leaktight-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(access.permissions());
    #[cfg(not(unix))]
    let _ = access;
    // What the system says of the folder is the cause, if it says anything.
    builder.tempfile_in(folder).map_err(|e| fs::metadata(folder).err().unwrap_or_else(|| e.kind().into()))
}

/// Brings `file` to the disk and puts it in the place of what is at `path`.
///
/// # Errors
/// When that fails; what is at `path` is as it was.
pub fn put(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|e| e.error)
}

/// Brings `file` to the disk and gives it the name `path`.
///
/// # Errors
/// When that fails, or something is there already.
pub fn put_new(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map(drop).map_err(|e| e.error)
}
