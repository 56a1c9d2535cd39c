//! A repository: where it keeps its objects, what its configuration says about that, its references and its index.
//!
//! In: a path. Out: folders of objects, references, single objects by id. Nothing is executed, no include is followed.

pub mod access;
pub mod bundle;
pub(crate) mod config;
pub mod empty;
pub(crate) mod index;
pub mod open;
pub mod refs;
pub mod revision;
#[cfg(test)]
mod tests;
