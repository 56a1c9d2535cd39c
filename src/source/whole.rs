//! The seam between a producer that has a whole piece of content and whoever searches it: what it is as a container.
//!
//! In: the head of the content and what it is called. Out: a [`Gap`] where something is inside that is not searched: an
//! archive, a Git LFS pointer. Every producer asks here and nowhere else, before it hands the bytes on: files and standard
//! input through [`Recognising`], changes and histories by [`not_opened`], because there it depends on the producer whether
//! the gap blocks. Opening containers will happen here as well; their parts are blobs of their own (`Origin::Member`).

use super::Sink;
use crate::blob::{Blob, Gap, GapKind};
use crate::text::view;

/// A sink that recognises containers and hands everything on.
pub(crate) struct Recognising<'s>(pub(crate) &'s dyn Sink);

impl Sink for Recognising<'_> {
    fn blob(&self, blob: &Blob<'_>) {
        // Later windows of the same content say nothing about what it is.
        if blob.ends.0
            && let Some(mut gap) = not_opened(blob.bytes, blob.origin.called())
        {
            // Git may keep it in .git/lfs, which a scan of files does not read.
            if gap.kind == GapKind::LfsPointer {
                gap.why = "a Git LFS pointer, whose content is not in this file".to_owned();
            }
            self.0.gap(gap);
        }
        self.0.blob(blob);
    }

    fn gap(&self, gap: Gap) {
        self.0.gap(gap);
    }

    fn done(&self, bytes: u64) {
        self.0.done(bytes);
    }

    fn link(&self) {
        self.0.link();
    }

    fn ignored(&self, files: u64, folders: u64) {
        self.0.ignored(files, folders);
    }

    fn left_out(&self) {
        self.0.left_out();
    }
}

/// What the head of content says is inside it and not opened here: a noted gap.
pub(crate) fn not_opened(head: &[u8], name: &[u8]) -> Option<Gap> {
    let (kind, why) = if view::lfs_pointer(head) {
        (GapKind::LfsPointer, "a Git LFS pointer; the content is not here".to_owned())
    } else {
        (GapKind::Archive, format!("{} is not opened; its bytes were searched as they are", view::container(head)?))
    };
    Some(Gap { kind, what: name.to_vec(), why, blocks: false })
}
