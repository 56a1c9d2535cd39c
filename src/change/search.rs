//! Searches what is new: each blob whole, with its path, and each text.
//!
//! A blob is searched once, however many paths it has; twice if it has several and something is found in it. In:
//! [`Material`]. Out: occurrences and gaps, in a [`Collector`].
//! What cannot be opened blocks here, for the change brings it: an archive, a Git LFS pointer whose content is not in this
//! clone. It refuses to follow anything that a blob names.

use super::new_content::{Material, Piece};
use super::workers::Workers;
use crate::blob::{Blob, Gap, GapKind, Origin};
use crate::finding::few::Shares;
use crate::git::{Access, Kind, lfs};
use crate::scan::{Collector, Places};
use crate::source::Sink;
use crate::source::whole::not_opened;
use crate::source::window::{self, CORE};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// What is done with a blob. How many of several places are kept depends on how much is found at all of them, in all
/// blobs, so it is counted first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Of a blob at one place: everything.
    Only,
    /// Findings are counted.
    Count,
    /// Occurrences are made, for so many places at least.
    Make(usize),
}

/// One blob, which is searched for all of its places at once.
struct Copies<'a, 'd> {
    piece: &'a Piece,
    collector: &'a Collector<'d>,
    turn: Turn,
    /// What was counted.
    found: AtomicUsize,
}

impl Sink for Copies<'_, '_> {
    fn blob(&self, blob: &Blob<'_>) {
        let most = match self.turn {
            Turn::Only => 1,
            Turn::Make(most) => most,
            Turn::Count => {
                self.found.fetch_add(self.collector.count(blob), Relaxed);
                return;
            }
        };
        let path = |at: usize| self.piece.places.get(at).map(|(_, path)| &**path);
        let places = Places { count: self.piece.places.len(), most, path: &path, origin: &|at| self.piece.origin(at) };
        self.collector.copies(blob, &places);
    }

    /// In both turns, for what could be read in the first may be gone in the second; of equal ones a report keeps one.
    fn gap(&self, gap: Gap) {
        self.collector.gap(gap);
    }

    fn link(&self) {
        self.collector.link();
    }

    fn ignored(&self, files: u64, folders: u64) {
        self.collector.ignored(files, folders);
    }

    /// Counted once for each of the places.
    fn done(&self, bytes: u64) {
        if !matches!(self.turn, Turn::Make(_)) {
            self.piece.places.iter().for_each(|_| self.collector.done(bytes));
        }
    }
}

/// Looks at everything.
pub(super) fn all(access: &Access, material: &Material, collector: &Collector<'_>, workers: &Workers) {
    let look = |piece: &Piece, turn: Turn| {
        let copies = Copies { piece, collector, turn, found: AtomicUsize::new(0) };
        self::piece(access, &copies);
        copies.found.into_inner()
    };
    let found = workers
        .map(&material.pieces, |piece| look(piece, if piece.places.len() == 1 { Turn::Only } else { Turn::Count }));
    let several: Vec<(&Piece, usize)> = material.pieces.iter().zip(found).filter(|(_, found)| *found > 0).collect();
    let shares = Shares::of(several.iter().map(|(piece, found)| (piece.places.len(), *found)));
    workers.map(&several, |(piece, found)| look(piece, Turn::Make(shares.paths(*found))));
    workers.map(&material.texts, |t| collector.blob(&Blob::whole(&t.bytes, &Origin::Git(Arc::clone(&t.place)))));
}

/// Looks at one blob.
fn piece(access: &Access, copies: &Copies<'_, '_>) {
    let paths = || copies.piece.places.iter().map(|(_, path)| &**path);
    let bytes = match access.objects.read_as(&copies.piece.id, Kind::Blob) {
        Ok(bytes) => bytes,
        Err(lost) => return paths().for_each(|path| copies.gap(lost.gap(path))),
    };
    let origin = copies.piece.origin(0);
    // Read once for all places.
    let mut content = None;
    for path in paths() {
        let Some(unopened) = not_opened(&bytes, path) else { continue };
        let pointer = unopened.kind == GapKind::LfsPointer;
        let read = content.get_or_insert_with(|| if pointer { stored(access, &bytes, &origin, copies) } else { None });
        match read {
            None => copies.gap(Gap { blocks: true, ..unopened }),
            Some(Err(why)) => copies.gap(Gap { blocks: true, why: why.clone(), ..unopened }),
            Some(Ok(Some(why))) => copies.gap(damaged(path, why)),
            Some(Ok(None)) => {}
        }
    }
    match bytes.len() {
        // Windows keep memory bounded where there is more to search than to keep.
        long if long > 4 * CORE => {
            let len = long as u64;
            // A slice is read without errors.
            let _ =
                window::read_all(&mut bytes.as_slice(), len, CORE, &origin, copies, &mut Vec::new(), &window::NO_HOLES);
        }
        _ => copies.blob(&Blob::whole(&bytes, &origin)),
    }
    copies.done(bytes.len() as u64);
}

/// Searches what Git LFS keeps for a pointer, if this clone has it; gives what is wrong with the content.
fn stored(
    access: &Access,
    pointer: &[u8],
    origin: &Origin,
    copies: &Copies<'_, '_>,
) -> Option<Result<Option<String>, String>> {
    let mut content = match lfs::open(&access.repository.common_dir, pointer)? {
        Ok(content) => content,
        Err(why) => return Some(Err(why)),
    };
    let size = content.size;
    let read = window::read_all(&mut content, size, CORE, origin, copies, &mut Vec::new(), &window::NO_HOLES);
    let sound = content.ends_sound();
    Some(Ok(match read {
        Ok(read) if read == size && sound => {
            copies.done(read);
            None
        }
        Ok(_) => Some("the content that Git LFS keeps is not what its pointer names".into()),
        Err(e) => Some(format!("the content that Git LFS keeps: {e}")),
    }))
}

fn damaged(path: &[u8], why: &str) -> Gap {
    Gap { kind: GapKind::CorruptObject, what: path.to_vec(), why: why.into(), blocks: true }
}

/// The content that a Git LFS pointer stands for, if this clone keeps it sound and it is not too long to be held in memory.
pub(super) fn content(access: &Access, pointer: &[u8]) -> Option<Vec<u8>> {
    lfs::content(&access.repository.common_dir, pointer)?.ok()
}
