//! The files of a tree and of the index, for policy.
//!
//! In: an opened repository ([`Access`]), and a tree. Out: [`Files`], so that policy is read from a commit or from what is
//! staged as it is from a folder. It reads plain files only; what the store lost is noted for [`Access::unread`].

use super::access::Access;
use super::entry::EntryAt;
use crate::fs::Files;
use crate::git::mode;
use crate::git::object::{Kind, tree_entries};
use gix_hash::ObjectId;
use gix_index::entry::Mode;

/// The files of a tree, for policy.
#[derive(Debug, Clone, Copy)]
pub struct TreeFiles<'a> {
    access: &'a Access,
    /// `None`: before the first commit there are no files.
    tree: Option<ObjectId>,
}

impl<'a> TreeFiles<'a> {
    /// The files of this tree; none without a tree.
    pub fn new(access: &'a Access, tree: Option<ObjectId>) -> Self {
        Self { access, tree }
    }

    fn at(&self, path: &str) -> Result<Option<EntryAt>, String> {
        let Some(tree) = &self.tree else { return Ok(None) };
        self.access.entry(tree, path.as_bytes()).map_err(|lost| self.access.lose(path, lost))
    }
}

impl Files for TreeFiles<'_> {
    fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
        let Some(entry) = self.at(path)? else { return Ok(None) };
        if !mode::is_file(entry.mode) {
            return Err("is no plain file".into());
        }
        self.access.content(path, &entry.id, limit).map(Some)
    }

    fn is_lost(&self, path: &str) -> bool {
        self.access.has_lost(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        let Some(entry) = self.at(folder)? else { return Ok(Vec::new()) };
        if !mode::is_tree(entry.mode) {
            return Err("is no folder".into());
        }
        let bytes =
            self.access.objects.read_as(&entry.id, Kind::Tree).map_err(|lost| self.access.lose(folder, lost))?;
        let entries = tree_entries(&bytes, self.access.objects.hash()).map_while(Result::ok);
        let plain = entries.filter(|e| mode::is_file(e.mode));
        let mut names: Vec<String> = plain.filter_map(|e| String::from_utf8(e.name.to_vec()).ok()).collect();
        names.sort();
        Ok(names)
    }
}

/// The files of the index, for policy. An index that cannot be read has none: that is a gap of the run.
#[derive(Debug, Clone, Copy)]
pub struct IndexFiles<'a>(pub &'a Access);

impl IndexFiles<'_> {
    fn file(&self) -> Option<&gix_index::File> {
        self.0.index().as_ref().ok()?.file()
    }
}

impl Files for IndexFiles<'_> {
    fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
        let Some(entry) = self.file().and_then(|file| file.entry_by_path(path.into())) else { return Ok(None) };
        if !matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE) {
            return Err("is no plain file".into());
        }
        self.0.content(path, &entry.id, limit).map(Some)
    }

    fn is_lost(&self, path: &str) -> bool {
        self.0.has_lost(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        let Some(file) = self.file() else { return Ok(Vec::new()) };
        let prefix = format!("{folder}/");
        let plain = |e: &&gix_index::Entry| matches!(e.mode, Mode::FILE | Mode::FILE_EXECUTABLE);
        let below = file.prefixed_entries(prefix.as_str().into()).unwrap_or_default().iter().filter(plain);
        let names = below.filter_map(|e| std::str::from_utf8(e.path(file).get(prefix.len()..)?).ok());
        Ok(names.filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }
}
