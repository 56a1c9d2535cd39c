//! TODO

pub mod changes;
pub mod graph;
pub mod range;
