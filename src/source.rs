//! Sources: where bytes come from. A source drives (push, as in ripgrep): it hands each blob to a sink on the thread
//! that produced it, so contents never travel through a channel.
//!
//! Out: [`Blob`]s with the byte ranges in them that are new, and [`Gap`]s for what could not be looked at.

pub(crate) mod excluded;
mod ignored;
pub mod stdin;
pub(crate) mod whole;
pub(crate) mod window;
pub mod worktree;

use crate::blob::{Blob, Gap};

/// What a source hands its discoveries to. Called from many threads.
pub trait Sink: Sync {
    /// One piece of content, or one window of it.
    fn blob(&self, blob: &Blob<'_>);
    /// Something that could not be looked at.
    fn gap(&self, gap: Gap);
    /// A file was looked at to its end: so many bytes.
    fn done(&self, bytes: u64);
    /// A symbolic link was not followed.
    fn link(&self);
    /// So many files, and folders with all that is in them, were left out because git ignores them.
    fn ignored(&self, files: u64, folders: u64);
    /// A file was left out because a report of this run replaces it.
    fn left_out(&self) {}
}

/// A producer of blobs.
pub trait Source {
    /// Hands everything to `sink`; returns when all of it has been looked at.
    ///
    /// # Errors
    /// Only when nothing could be looked at because the request itself is wrong (a path that does not exist).
    fn drive(&self, sink: &dyn Sink) -> Result<(), String>;
}
