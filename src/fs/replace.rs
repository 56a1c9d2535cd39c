//! Files that appear whole or not at all: a draft in the same folder gets their name when it is complete.
//!
//! In: a path, and who may use the file. Out: a [`Draft`], `.leaktight-*.tmp`, that is removed when it is dropped or a signal ends
//! the program; then the file under its name, or an error, and what was there before is as it was. Errors never name the
//! draft: its name means nothing to the user.

use super::signals::{self, Guarded};
use std::fs;
use std::io;
use std::path::Path;
use tempfile::NamedTempFile;

/// Who may use a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileMode {
    /// Its owner alone.
    Owner,
    /// Whoever may use the file that it replaces; else whoever may use any new file here, as umask says.
    Usual,
    /// Whoever may use any new file here, and they may run it.
    Program,
}

/// A file that has no name yet.
#[derive(Debug)]
pub struct Draft {
    file: NamedTempFile,
    /// Dropped after the file.
    _guarded: Guarded,
}

impl Draft {
    /// One in the folder of `path`.
    ///
    /// # Errors
    /// When none can be made there.
    pub fn beside(path: &Path, mode: FileMode) -> io::Result<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".leaktight-").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(bits(match mode {
            FileMode::Owner => 0o600,
            FileMode::Usual => 0o666,
            FileMode::Program => 0o777,
        }));
        let mut guarded = signals::guard();
        // What the system says of the folder is the cause, if it says anything.
        let file = builder.tempfile_in(folder);
        let file = file.map_err(|e| fs::metadata(folder).err().unwrap_or_else(|| e.kind().into()))?;
        guarded.is(file.path());
        #[cfg(unix)]
        if mode == FileMode::Usual
            && let Ok(old) = fs::symlink_metadata(path)
            && old.is_file()
        {
            use std::os::unix::fs::PermissionsExt as _;
            file.as_file().set_permissions(bits(old.permissions().mode() & 0o777))?;
        }
        #[cfg(not(unix))]
        let _ = mode;
        Ok(Self { file, _guarded: guarded })
    }

    /// Where it is, as long as it is a draft.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Gives it other permissions.
    ///
    /// # Errors
    /// When that fails.
    pub fn set_permissions(&self, permissions: fs::Permissions) -> io::Result<()> {
        self.file.as_file().set_permissions(permissions)
    }

    /// Brings it to the disk and puts it in the place of what is at `path`.
    ///
    /// # Errors
    /// When that fails; what is at `path` is as it was.
    pub fn put(self, path: &Path) -> io::Result<()> {
        signals::check();
        self.file.as_file().sync_all()?;
        self.file.persist(path).map(drop).map_err(|e| e.error)
    }

    /// Brings it to the disk and gives it the name `path`.
    ///
    /// # Errors
    /// When that fails, or something is there already.
    pub fn put_new(self, path: &Path) -> io::Result<()> {
        signals::check();
        self.file.as_file().sync_all()?;
        self.file.persist_noclobber(path).map(drop).map_err(|e| e.error)
    }
}

impl io::Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        signals::check();
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
}

#[cfg(unix)]
fn bits(mode: u32) -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(mode)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_others_work_with_keeps_its_mode_and_no_draft_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "old").unwrap();
        for (mode, before, after) in
            [(FileMode::Usual, 0o640, 0o640), (FileMode::Usual, 0o600, 0o600), (FileMode::Owner, 0o666, 0o600)]
        {
            fs::set_permissions(&path, bits(before)).unwrap();
            let mut draft = Draft::beside(&path, mode).unwrap();
            draft.write_all(b"new").unwrap();
            draft.put(&path).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, after, "{mode:?}");
        }
        assert!(Draft::beside(&path, FileMode::Usual).unwrap().put_new(&path).is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_error_does_not_name_the_draft() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("missing/a");
        let error = Draft::beside(&path, FileMode::Owner).unwrap_err().to_string();
        assert!(!error.contains(".leaktight"), "{error}");
    }
}
