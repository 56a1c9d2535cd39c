//! One repository: where its parts are, and what they say without reading all of its objects.
//!
//! In: a path, or the environment. Out: configuration, references, revisions, the index, single objects, bundles. Nothing that it
//! reads can name a program.

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
