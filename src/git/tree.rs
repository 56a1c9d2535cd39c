//! What trees and commits say about each other.
//!
//! In: objects. Out: what a tree changes (`changes`), which commits a range has (`range`), and the tables of a whole history
//! (`graph`).

pub mod changes;
pub mod graph;
pub mod range;
