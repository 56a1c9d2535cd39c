//! An entry of a tree or of the index: what commits, changes and gates compare.
//!
//! In: nothing; this is a type. Out: [`EntryAt`].

use gix_hash::ObjectId;

/// An entry of a tree that was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryAt {
    /// Its mode.
    pub mode: u32,
    /// Its object.
    pub id: ObjectId,
}
