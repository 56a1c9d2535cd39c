//! What is accepted, by whom, until when; and where that is written.
//!
//! In: files of the base of a change, or of a folder ([`Files`]). Out: decisions about findings and gaps.

/// The files that policy is read from: a folder on disk, or the tree of a commit.
pub trait Files {
    /// The content of a plain file; `None` if there is none of that name. `path` is relative, with `/`.
    ///
    /// # Errors
    /// Why it is there and cannot be read: no plain file, longer than `limit` bytes, damaged.
    fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String>;

    /// Names of the plain files in a folder, sorted; empty if there is no such folder.
    ///
    /// # Errors
    /// Why it is there and cannot be read.
    fn list(&self, folder: &str) -> Result<Vec<String>, String>;
}
