//! What we read of git repositories; the only place that touches gix.
//!
//! Nothing of a repository is executed or obeyed: no hook, filter, attribute or include path; of its configuration only
//! what says how objects and references are stored. In: the folder of a work tree or repository. Out, for `scan`: the
//! paths that git tracks ([`tracked`]). Out, for `history`: where objects are ([`open`]), what points at them ([`refs`]),
//! what they say ([`object`]), and, once the objects have been read, the paths, commits and life of each secret
//! ([`graph`], [`life`]). No replacement, graft or commit-graph file is honoured.

pub mod access;
pub mod bundle;
pub mod changes;
mod config;
pub mod delta;
mod forest;
pub mod graph;
mod index;
pub mod life;
pub mod lookup;
pub mod loose;
pub mod object;
pub mod objects;
pub mod open;
pub mod pack;
mod pack_index;
pub mod range;
pub mod refs;
pub mod revision;
pub mod store;
// Starts git, which only tests may do: nothing else in here starts a program.
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
pub mod walk;

pub use access::{Access, TreeFiles};
pub use gix::ObjectId;

/// The SHA-1 of some bytes, for values of which another tool kept nothing else; `None` if they collide by design.
pub fn sha1(bytes: &[u8]) -> Option<[u8; 20]> {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    hasher.try_finalize().ok()?.as_bytes().try_into().ok()
}

pub use graph::{CommitNode, Edge, Graph, TagNode};
pub use index::{IndexFiles, Tracked, tracked};
pub use life::{Attribution, Place};
pub use object::Kind;
pub use open::{OpenError, Repository};
pub use refs::{Ref, RefKind, Refs};
pub use revision::RevisionError;
