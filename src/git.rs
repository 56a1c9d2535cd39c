//! What we read of git repositories. Other rooms take ids, kinds of hash and inflating from gix, and nothing else.
//!
//! Nothing of a repository is executed or obeyed: no hook, filter, attribute or include path; of its configuration only
//! what says how objects and references are stored. In: the folder of a work tree or repository. Out, for `scan`: the
//! paths that git tracks ([`tracked`]). Out, for `history`: where objects are ([`repo::open`]), what points at them
//! ([`repo::refs`]), what they say ([`object`]), and tables for what leads to a find ([`tree::graph`]), from which
//! `history::timeline` follows. No replacement, graft or commit-graph file is honoured.

pub(crate) mod lfs;
pub(crate) mod mode;
pub mod object;
pub mod repo;
pub mod store;
pub mod tree;
// Starts git, which only tests may do: nothing else in here starts a program.
#[cfg(test)]
pub(crate) mod fixture;

pub use gix_hash::ObjectId;
pub use repo::access::Access;

/// The SHA-1 of some bytes, for values of which another tool kept nothing else; `None` if they collide by design.
pub fn sha1(bytes: &[u8]) -> Option<[u8; 20]> {
    let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
    hasher.update(bytes);
    hasher.try_finalize().ok()?.as_bytes().try_into().ok()
}

pub use object::Kind;
pub use repo::files::{IndexFiles, TreeFiles};
pub use repo::index::{Tracked, tracked};
pub(crate) use repo::open::is_bare;
pub use repo::open::{OpenError, Repository};
pub use repo::refs::{Ref, RefKind, Refs};
pub use repo::revision::RevisionError;
pub use tree::graph::{CommitNode, Edge, Graph, TagNode};
