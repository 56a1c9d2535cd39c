//! One repository: where its files are, what points at its objects, and single objects of it.
//!
//! In: a path that the user named, or the repository that git would take here. Out: a [`Repository`](open::Repository) with
//! a gap for everything that hides history, its references, revisions, index and configuration, and [`Access`](access::Access) for gates.
//! Reading all objects is the business of `store`. Nothing of a repository is executed or obeyed.

pub mod access;
pub mod bundle;
pub(crate) mod config;
pub mod empty;
pub mod entry;
pub(crate) mod file;
pub mod files;
pub(crate) mod index;
pub mod open;
pub mod refs;
pub(crate) mod reftable;
pub mod revision;
#[cfg(test)]
mod tests;
