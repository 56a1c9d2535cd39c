//! Searches what is new: each blob whole, with its path, and each text.
//!
//! In: [`Material`]. Out: occurrences and gaps, in a [`Collector`]. What cannot be opened blocks here, for the change
//! brings it: an archive, a Git LFS pointer whose content is not in this clone. It refuses to follow anything that a blob
//! names.

use super::new_content::{Material, Piece};
use super::workers::Workers;
use crate::blob::{Blob, Gap, GapKind, Origin};
use crate::git::{Access, Kind, lfs};
use crate::scan::Collector;
use crate::source::Sink as _;
use crate::source::whole::not_opened;
use crate::source::window::{self, CORE};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// Bytes that are searched because the same content stands at a further path, whose name may count.
const MOST_REPEATED: u64 = 1 << 30;
/// What a blob costs beside its bytes.
const PER_BLOB: u64 = 1024;

/// Looks at everything.
pub(super) fn all(access: &Access, material: &Material, collector: &Collector<'_>, workers: &Workers) {
    let (mut met, repeated) = (HashSet::new(), AtomicU64::new(0));
    let pieces: Vec<(&Piece, bool)> = material.pieces.iter().map(|p| (p, !met.insert(p.id))).collect();
    workers.map(&pieces, |(p, again)| {
        if *again && repeated.load(Relaxed) > MOST_REPEATED {
            let what = b"copies".to_vec();
            let why = "the change has the same files at more paths than are looked at".into();
            return collector.gap(Gap { kind: GapKind::Limit, what, why, blocks: true });
        }
        let bytes = piece(access, p, collector);
        repeated.fetch_add(if *again { bytes + PER_BLOB } else { 0 }, Relaxed);
    });
    workers.map(&material.texts, |t| collector.blob(&Blob::whole(&t.bytes, &Origin::Git(Arc::clone(&t.place)))));
}

/// Looks at one blob; gives its length.
fn piece(access: &Access, piece: &Piece, collector: &Collector<'_>) -> u64 {
    let path = piece.place.path.as_deref().unwrap_or_default();
    let bytes = match access.objects.read_as(&piece.id, Kind::Blob) {
        Ok(bytes) => bytes,
        Err(lost) => {
            collector.gap(lost.gap(path));
            return 0;
        }
    };
    let origin = Origin::Git(Arc::clone(&piece.place));
    if let Some(unopened) = not_opened(&bytes, path) {
        let pointer = unopened.kind == GapKind::LfsPointer;
        match if pointer { lfs::open(&access.repository.common_dir, &bytes) } else { None } {
            None => collector.gap(Gap { blocks: true, ..unopened }),
            Some(Err(why)) => collector.gap(Gap { blocks: true, why, ..unopened }),
            Some(Ok(mut content)) => {
                let size = content.size;
                let read =
                    window::read_all(&mut content, size, CORE, &origin, collector, &mut Vec::new(), &window::NO_HOLES);
                let sound = content.ends_sound();
                match read {
                    Ok(read) if read == size && sound => collector.done(read),
                    Ok(_) => {
                        collector.gap(damaged(path, "the content that Git LFS keeps is not what its pointer names"))
                    }
                    Err(e) => collector.gap(damaged(path, &format!("the content that Git LFS keeps: {e}"))),
                }
            }
        }
    }
    match bytes.len() {
        // Windows keep memory bounded where there is more to search than to keep.
        long if long > 4 * CORE => {
            let len = long as u64;
            // A slice is read without errors.
            let _ = window::read_all(
                &mut bytes.as_slice(),
                len,
                CORE,
                &origin,
                collector,
                &mut Vec::new(),
                &window::NO_HOLES,
            );
        }
        _ => collector.blob(&Blob::whole(&bytes, &origin)),
    }
    collector.done(bytes.len() as u64);
    bytes.len() as u64
}

fn damaged(path: &[u8], why: &str) -> Gap {
    Gap { kind: GapKind::CorruptObject, what: path.to_vec(), why: why.into(), blocks: true }
}

/// The content that a Git LFS pointer stands for, if this clone keeps it sound and it is not too long to be held in memory.
pub(super) fn content(access: &Access, pointer: &[u8]) -> Option<Vec<u8>> {
    lfs::content(&access.repository.common_dir, pointer)?.ok()
}
