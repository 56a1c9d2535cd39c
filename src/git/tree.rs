//! Trees and commits: what a change changes, which commits are in a range, and the graph of a history.
//!
//! In: objects, read by `repo` or `store`. Out: changed entries ([`changes`]), new commits ([`range`]), and the paths and
//! commits of each blob ([`graph`]). It knows no file formats and looks at no content.

pub mod changes;
mod folders;
pub mod graph;
pub mod range;
