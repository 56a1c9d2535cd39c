//! Reads content of any size through windows of bounded size that overlap, so that memory does not grow with a file.
//!
//! In: a reader. Out: [`Blob`]s whose cores follow each other without gap or overlap; around each core stand at least
//! [`MAX_REACH`] bytes of its neighbours, so that what is found does not depend on where a window begins.

use super::{Blob, Fresh, Origin, Sink, Start};
use crate::rule::MAX_REACH;
use crate::text::lines;
use crate::text::view::{View, view};
use std::io::{self, Read};

/// Bytes of a core. Larger windows save little; smaller ones pay more for the overlap.
pub(super) const CORE: usize = 2 << 20;

/// Reads all of `reader` and hands it to `sink` window by window; returns the number of bytes.
///
/// At most `limit` bytes are read, so that a file that grows while it is read does not keep us for ever.
///
/// # Errors
/// What the reader says; the windows before have been handed over.
pub fn read_all(
    reader: &mut dyn Read,
    limit: u64,
    origin: &Origin,
    sink: &dyn Sink,
    buffer: &mut Vec<u8>,
) -> io::Result<u64> {
    buffer.clear();
    let (mut start, mut core, mut total) = (Start::default(), 0, 0_u64);
    let mut seen = None;
    loop {
        let room = (CORE + 2 * MAX_REACH).saturating_sub(buffer.len()) as u64;
        let got = reader.take(room.min(limit - total)).read_to_end(buffer)? as u64;
        total += got;
        let end = got < room;
        let view: View = *seen.get_or_insert_with(|| view(buffer));
        let core_end = if end { buffer.len() } else { buffer.len() - MAX_REACH };
        if core_end > core || total == 0 {
            sink.blob(&Blob {
                bytes: buffer,
                fresh: Fresh::All,
                core: (core, core_end),
                start,
                ends: (start.offset == 0, end),
                view,
                origin,
            });
        }
        if end {
            return Ok(total);
        }
        // The next window begins at an even distance, so that two-byte text keeps its parity.
        let drop = (core_end - MAX_REACH) & !3;
        start = lines::advance(start, &buffer[..drop], view.encoding);
        buffer.drain(..drop);
        core = core_end - drop;
    }
}
