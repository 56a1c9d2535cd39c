//! One folder as each of several parents has it, asked for names in the order in which the folder that is new has them.
//!
//! In: the bytes of trees. Out: what each parent has under a name, and at the end what nobody asked for. Two trees mostly
//! have the same names in the same order, so that a look-up is one comparison; where a tree is not in order, it is sorted.
//! Of two entries of one name the first counts, as for git. What comes after a malformed entry is not there.

use crate::git::object::tree_entries;
use crate::git::repo::entry::EntryAt;
use gix_hash::Kind as HashKind;

/// One folder in each of the parents.
#[derive(Default)]
pub(super) struct Folders<'b>(Vec<Folder<'b>>);

struct Folder<'b> {
    /// By name.
    entries: Vec<(&'b [u8], EntryAt)>,
    /// Which of them were asked for.
    met: Vec<bool>,
    /// The one after the last that was asked for.
    next: usize,
}

impl<'b> Folders<'b> {
    /// Reads one tree more. `counts` is asked before each entry whether it may be read.
    pub(super) fn add(&mut self, tree: &'b [u8], hash: HashKind, mut counts: impl FnMut() -> bool) {
        let entries = tree_entries(tree, hash).map_while(Result::ok).take_while(|_| counts());
        let mut entries: Vec<(&[u8], EntryAt)> =
            entries.map(|e| (e.name, EntryAt { mode: e.mode, id: e.id })).collect();
        // Stable, so the first of a name stays the first.
        entries.sort_by_key(|(name, _)| *name);
        entries.dedup_by_key(|(name, _)| *name);
        self.0.push(Folder { met: vec![false; entries.len()], entries, next: 0 });
    }

    /// Puts what the parents have under this name into `was`, in their order.
    pub(super) fn find(&mut self, name: &[u8], was: &mut Vec<EntryAt>) {
        was.clear();
        was.extend(self.0.iter_mut().filter_map(|folder| folder.find(name)));
    }

    /// What was never asked for.
    pub(super) fn left(&self) -> impl Iterator<Item = (&'b [u8], EntryAt)> {
        self.0.iter().flat_map(|folder| {
            folder.entries.iter().zip(&folder.met).filter(|(_, met)| !**met).map(|(entry, _)| *entry)
        })
    }
}

impl Folder<'_> {
    fn find(&mut self, name: &[u8]) -> Option<EntryAt> {
        let is_next = self.entries.get(self.next).is_some_and(|(its, _)| *its == name);
        let at = if is_next { self.next } else { self.entries.binary_search_by_key(&name, |(its, _)| *its).ok()? };
        self.met[at] = true;
        self.next = at + 1;
        Some(self.entries[at].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gix_hash::ObjectId;

    fn tree(entries: &[(&str, u8)]) -> Vec<u8> {
        let one = |(name, id): &(&str, u8)| [b"100644 ", name.as_bytes(), b"\0", &[*id; 20]].concat();
        entries.iter().flat_map(one).collect()
    }

    fn entry(id: u8) -> EntryAt {
        EntryAt { mode: 0o100_644, id: ObjectId::from_bytes_or_panic(&[id; 20]) }
    }

    #[test]
    fn names_are_found_in_any_order_and_the_first_of_two_counts() {
        let (sorted, mixed) = (tree(&[("a", 1), ("b", 2), ("c", 3)]), tree(&[("c", 4), ("a", 5), ("c", 6), ("d", 7)]));
        let mut folders = Folders::default();
        folders.add(&sorted, HashKind::Sha1, || true);
        folders.add(&mixed, HashKind::Sha1, || true);
        let mut was = Vec::new();
        for (name, found) in [("c", vec![3, 4]), ("a", vec![1, 5]), ("b", vec![2]), ("x", vec![]), ("c", vec![3, 4])] {
            folders.find(name.as_bytes(), &mut was);
            assert_eq!(was, found.into_iter().map(entry).collect::<Vec<_>>(), "{name}");
        }
        assert_eq!(folders.left().collect::<Vec<_>>(), [(&b"d"[..], entry(7))]);
    }

    #[test]
    fn a_tree_is_read_up_to_where_it_breaks_or_may_not_be_read() {
        let broken = [tree(&[("a", 1)]), b"100644 b\0short".to_vec()].concat();
        let whole = tree(&[("a", 1), ("b", 2), ("c", 3)]);
        let (mut folders, mut may) = (Folders::default(), 2);
        folders.add(&broken, HashKind::Sha1, || true);
        folders.add(&whole, HashKind::Sha1, || {
            may -= 1;
            may >= 0
        });
        let names: Vec<&[u8]> = folders.left().map(|(name, _)| name).collect();
        assert_eq!(names, [&b"a"[..], b"a", b"b"]);
    }
}
