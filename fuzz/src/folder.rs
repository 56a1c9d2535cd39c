//! Folders on disk for what reads files: made once for each process, and one file is written anew for each input.

use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A temporary folder.
#[derive(Debug)]
pub struct Folder(TempDir);

impl Folder {
    /// An empty folder.
    pub fn empty() -> Self {
        // Paths in errors and links are resolved: on macOS the temporary folder is a link.
        Self(TempDir::new().expect("a temporary folder"))
    }

    /// A repository without objects.
    pub fn repository() -> Self {
        let folder = Self::empty();
        folder.write(".git/HEAD", b"ref: refs/heads/main\n");
        folder.write(".git/config", b"[core]\n\trepositoryformatversion = 0\n");
        for name in ["objects/pack", "objects/info", "refs/heads", "logs"] {
            fs::create_dir_all(folder.at(".git").join(name)).expect("a folder");
        }
        folder
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The path of something in it.
    pub fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Where a repository keeps its objects.
    pub fn objects(&self) -> Vec<PathBuf> {
        vec![self.at(".git/objects")]
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: &[u8]) {
        let path = self.at(name);
        if fs::write(&path, content).is_err() {
            fs::create_dir_all(path.parent().expect("a folder above")).expect("folders");
            fs::write(&path, content).expect("a file");
        }
    }

    /// Removes a file that may be there.
    pub fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.at(name));
    }
}
