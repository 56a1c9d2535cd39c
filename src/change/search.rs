//! Searches what is new: each blob whole, with its path, and each text.
//!
//! In: [`Material`]. Out: occurrences and gaps, in a [`Collector`]. What cannot be opened blocks here, for the change
//! brings it: an archive, a Git LFS pointer whose content is not in this clone. It refuses to follow anything that a blob
//! names.

use super::new_content::{Material, Piece};
use super::workers::Workers;
use crate::blob::{Blob, Gap, GapKind, Origin};
use crate::fs::open::{OpenError, Root};
use crate::git::{Access, Kind};
use crate::scan::Collector;
use crate::source::Sink as _;
use crate::source::whole::not_opened;
use crate::source::window::{self, CORE};
use crate::text::view;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// Bytes that are searched because the same content stands at a further path, whose name may count.
const MOST_REPEATED: u64 = 1 << 30;
/// The longest content of a Git LFS pointer that is held in memory.
const MOST_HELD: u64 = 64 << 20;
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
        let lfs = unopened.kind == GapKind::LfsPointer;
        match if lfs { stored(access, &bytes) } else { None } {
            None => collector.gap(Gap { blocks: true, ..unopened }),
            Some(Err(why)) => collector.gap(Gap { blocks: true, why, ..unopened }),
            Some(Ok((mut content, size))) => {
                let read = window::read_all(&mut content, size, CORE, &origin, collector, &mut Vec::new());
                let sound = content.hash.finalize().as_slice() == content.expected;
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
            let _ = window::read_all(&mut bytes.as_slice(), len, CORE, &origin, collector, &mut Vec::new());
        }
        _ => collector.blob(&Blob::whole(&bytes, &origin)),
    }
    collector.done(bytes.len() as u64);
    bytes.len() as u64
}

fn damaged(path: &[u8], why: &str) -> Gap {
    Gap { kind: GapKind::CorruptObject, what: path.to_vec(), why: why.into(), blocks: true }
}

/// A file that is hashed while it is read.
struct Hashed {
    file: std::fs::File,
    hash: Sha256,
    expected: Vec<u8>,
}

impl Read for Hashed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let got = self.file.read(out)?;
        self.hash.update(&out[..got]);
        Ok(got)
    }
}

/// The content that a Git LFS pointer stands for, if this clone keeps it sound and it is not too long to be held in memory.
pub(super) fn content(access: &Access, pointer: &[u8]) -> Option<Vec<u8>> {
    let pointer = Some(pointer).filter(|bytes| view::lfs_pointer(bytes))?;
    let (mut content, _) = stored(access, pointer)?.ok().filter(|(_, size)| *size <= MOST_HELD)?;
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes).ok()?;
    (content.hash.finalize().as_slice() == content.expected).then_some(bytes)
}

/// The content of a Git LFS pointer, if this clone keeps it, with its size.
fn stored(access: &Access, pointer: &[u8]) -> Option<Result<(Hashed, u64), String>> {
    let text = std::str::from_utf8(pointer).ok()?;
    let value = |name: &str| text.lines().find_map(|l| l.strip_prefix(name));
    let hex = value("oid sha256:").map(str::trim).filter(|h| h.len() == 64)?;
    let expected =
        (0..64).step_by(2).map(|i| u8::from_str_radix(hex.get(i..i + 2)?, 16).ok()).collect::<Option<_>>()?;
    let size: u64 = value("size ")?.trim().parse().ok()?;
    let hex = hex.to_ascii_lowercase();
    let path = Path::new("lfs/objects").join(&hex[..2]).join(&hex[2..4]).join(&hex);
    match Root::new(&access.repository.common_dir).open(&path) {
        Ok((file, len)) if len == size => Some(Ok((Hashed { file, hash: Sha256::new(), expected }, size))),
        Ok(_) => Some(Err("the content that Git LFS keeps has another size than its pointer says".into())),
        Err(OpenError::Io(e)) if e.kind() == io::ErrorKind::NotFound => None,
        Err(OpenError::Io(e)) => Some(Err(format!("the content that Git LFS keeps cannot be read: {}", e.kind()))),
        Err(OpenError::Special(what)) => Some(Err(format!("the content that Git LFS keeps is {what}"))),
    }
}
