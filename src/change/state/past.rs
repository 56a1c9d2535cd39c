//! What the trees that a change is compared with hold at a path.
//!
//! In: a tree, a path. Out: the entry there, and how weighty each value in it is. Files are read by the detector as those of
//! the change are, each once for each path. What cannot be read holds nothing that we know of.

use super::weight::{Weight, is_setting};
use crate::change::new_content::Material;
use crate::change::search;
use crate::detect::{Detector, Input};
use crate::finding::group::{GroupKey, group_key};
use crate::git::object::tree_entries;
use crate::git::repo::entry::EntryAt;
use crate::git::{Access, Kind, ObjectId, mode};
use crate::scan::weighed;
use crate::text::view;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Entries of trees that are kept for further look-ups.
const MOST_KEPT: usize = 1_000_000;

/// What a blob holds at a path, by keys without the path.
pub(super) type SecretsInBlob = HashMap<GroupKey, Weight>;
/// Reads the compared trees, and keeps what it read: many places are in one directory.
pub(super) struct Past<'a> {
    pub(super) access: &'a Access,
    pub(super) material: &'a Material,
    detector: &'a Detector<'a>,
    /// By object and path: the path counts for the weight.
    held: HashMap<(ObjectId, Vec<u8>), Rc<SecretsInBlob>>,
    trees: HashMap<ObjectId, Rc<HashMap<Vec<u8>, EntryAt>>>,
    /// Entries in `trees`.
    kept: usize,
}

impl<'a> Past<'a> {
    pub(super) fn new(access: &'a Access, material: &'a Material, detector: &'a Detector<'a>) -> Self {
        let (held, trees) = (HashMap::new(), HashMap::new());
        Self { access, material, detector, held, trees, kept: 0 }
    }

    /// What is at `path` of a tree. Trees are kept: many places are in one directory.
    pub(super) fn entry(&mut self, tree: &ObjectId, path: &[u8]) -> Option<EntryAt> {
        let mut at = EntryAt { mode: mode::TREE, id: *tree };
        for name in path.split(|b| *b == b'/') {
            if !mode::is_tree(at.mode) {
                return None;
            }
            at = *self.tree(&at.id)?.get(name)?;
        }
        Some(at)
    }

    fn tree(&mut self, id: &ObjectId) -> Option<Rc<HashMap<Vec<u8>, EntryAt>>> {
        if let Some(known) = self.trees.get(id) {
            return Some(Rc::clone(known));
        }
        let bytes = self.access.objects.read_as(id, Kind::Tree).ok()?;
        let mut entries = HashMap::new();
        for e in tree_entries(&bytes, self.access.objects.hash()).map_while(Result::ok) {
            // Of two entries of one name the first counts, as for git.
            entries.entry(e.name.to_vec()).or_insert(EntryAt { mode: e.mode, id: e.id });
        }
        self.kept += entries.len();
        if self.kept > MOST_KEPT {
            self.trees.clear();
            self.kept = entries.len();
        }
        let entries = Rc::new(entries);
        self.trees.insert(*id, Rc::clone(&entries));
        Some(entries)
    }

    /// Whether a compared tree holds it at this path, and as weighty.
    pub(super) fn held(&mut self, key: &GroupKey, path: &[u8], weight: Weight) -> bool {
        let material = self.material;
        material.compared.iter().any(|tree| {
            let held = self.at(tree, path);
            held.is_some_and(|held| held.get(key).is_some_and(|was| was.covers(weight)))
        })
    }

    /// What a tree holds at this path.
    pub(super) fn at(&mut self, tree: &ObjectId, path: &[u8]) -> Option<Rc<SecretsInBlob>> {
        let id = self.entry(tree, path).filter(is_blob)?.id;
        if let Some(known) = self.held.get(&(id, path.to_vec())) {
            return Some(Rc::clone(known));
        }
        let mut held = SecretsInBlob::new();
        // What cannot be read holds nothing that we know of.
        if let Some(bytes) = self.blob(&id) {
            let binary = view::view(&bytes).binary;
            let found = self.detector.candidates(&Input { binary, ..Input::all(&bytes) });
            let rules = self.detector.rules();
            for (c, assessed) in weighed(&found.candidates, Some(path), rules) {
                let key = group_key(rules, c.rule, &c.value, &c.host, b"");
                let (setting, weight) = (is_setting(&key), Weight::new(assessed.severity, assessed.confidence));
                held.entry(key)
                    .and_modify(|was| *was = if setting { was.with(weight) } else { was.join(weight) })
                    .or_insert(weight);
            }
        }
        let held = Rc::new(held);
        self.held.insert((id, path.to_vec()), Rc::clone(&held));
        Some(held)
    }

    /// The bytes of a file, those that Git LFS keeps where it is a pointer.
    pub(super) fn blob(&self, id: &ObjectId) -> Option<Arc<Vec<u8>>> {
        let bytes = self.access.objects.read_as(id, Kind::Blob).ok()?;
        Some(search::content(self.access, &bytes).map_or(bytes, Arc::new))
    }
}

/// Whether it is a file or a link.
pub(super) fn is_blob(entry: &EntryAt) -> bool {
    !mode::is_tree(entry.mode) && !mode::is_submodule(entry.mode)
}
