//! Trees and commits: what differs between them, which commits a range has, and the graph of a history.

pub mod changes;
pub mod graph;
pub mod range;
