//! A repository for reading single objects by id: what gates need, where `history` reads everything.
//!
//! In: the repository that git itself would take here (its environment included), or one that was named. Out: objects,
//! the files of a tree, what a revision names. Opening it reads no object and no list of them.

use super::open::Repository;

/// An opened repository.
#[derive(Debug)]
pub struct Access {
    /// Where things are.
    pub repository: Repository,
}
