//! Reads content of any size through windows of bounded size that overlap, so that memory does not grow with a file.
//!
//! In: a reader. Out: [`Blob`]s whose cores follow each other without gap or overlap; around each core stand at least
//! [`MAX_REACH`] bytes of its neighbours, so that what is found does not depend on where a window begins.

use super::Sink;
use crate::blob::{Blob, Fresh, Origin};
use crate::rule::MAX_REACH;
use crate::text::lines::{self, Start};
use crate::text::view::{View, view};
use std::io::{self, Read, Seek as _};

/// Bytes of a core. Larger windows save little; smaller ones pay more for the overlap.
pub(crate) const CORE: usize = 2 << 20;

/// For what has no holes.
pub(crate) const NO_HOLES: fn(u64) -> u64 = |_| 0;

/// Passes over the holes of a file of `size` bytes, but for the last bytes of each, which what follows may depend on.
pub(crate) fn holes(file: &std::fs::File, size: u64) -> impl Fn(u64) -> u64 + '_ {
    move |at| {
        let data = next_data(file, at, size);
        let over = data.saturating_sub(at + 2 * MAX_REACH as u64) & !3;
        // Looking for it has moved the file.
        let mut handle = file;
        let moved = handle.seek(io::SeekFrom::Start(at + over));
        if moved.is_ok() { over } else { 0 }
    }
}

/// Where the next byte is that a file holds, from `at` on.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn next_data(file: &std::fs::File, at: u64, size: u64) -> u64 {
    match rustix::fs::seek(file, rustix::fs::SeekFrom::Data(at)) {
        Ok(data) => data,
        Err(rustix::io::Errno::NXIO) => size,
        Err(_) => at,
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn next_data(_: &std::fs::File, at: u64, _: u64) -> u64 {
    at
}

/// Reads all of `reader` and hands it to `sink` window by window; returns the number of bytes.
///
/// At most `limit` bytes are read, so that a file that grows while it is read does not keep us for ever. `pass` is asked
/// after zeros, with the place that would be read next: it may move the reader over bytes that are no part of the file,
/// and says over how many.
///
/// # Errors
/// What the reader says; the windows before have been handed over.
pub(crate) fn read_all(
    reader: &mut dyn Read,
    limit: u64,
    core_size: usize,
    origin: &Origin,
    sink: &dyn Sink,
    buffer: &mut Vec<u8>,
    pass: &dyn Fn(u64) -> u64,
) -> io::Result<u64> {
    buffer.clear();
    let (mut start, mut core, mut total, mut passed) = (Start::default(), 0, 0_u64, 0);
    let mut seen = None;
    loop {
        let room = (core_size + 2 * MAX_REACH).saturating_sub(buffer.len()) as u64;
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
            return Ok(total - passed);
        }
        // The next window begins at a multiple of four, so that units of UTF-16 and UTF-32 stay whole.
        let drop = (core_end - MAX_REACH) & !3;
        start = lines::advance(start, &buffer[..drop], view.encoding);
        buffer.drain(..drop);
        core = core_end - drop;
        // A hole is as good as more of the zeros that the window begins with.
        if buffer.iter().all(|b| *b == 0) {
            let over = pass(total) & !3;
            (total, passed) = (total + over, passed + over);
            start = lines::advance_over_zeros(start, over, view.encoding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Gap;
    use crate::detect::{Detector, Input};
    use crate::example;
    use crate::rule::RuleSet;
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    /// Takes the candidates of each window, as offsets of the whole.
    struct Places<'r>(Detector<'r>, Mutex<(BTreeSet<Place>, usize)>);

    /// Rule, start, end, and how it was decoded.
    type Place = (u32, u64, u64, String);

    impl Sink for Places<'_> {
        fn blob(&self, blob: &Blob<'_>) {
            let core = blob.core.0..blob.core.1;
            let input = Input { core, fresh: blob.fresh, binary: blob.view.binary, ..Input::all(blob.bytes) };
            let mut seen = self.1.lock().expect("no test panics while it holds the lock");
            seen.1 += 1;
            for c in self.0.candidates(&input).candidates {
                let at = |n: usize| blob.start.offset + n as u64;
                seen.0.insert((c.rule, at(c.secret.start), at(c.secret.end), format!("{:?}", c.evidence)));
            }
        }
        fn gap(&self, _: Gap) {}
        fn done(&self, _: u64) {}
        fn link(&self) {}
        fn ignored(&self, _: u64, _: u64) {}
    }

    fn places(rules: &RuleSet, text: &[u8], core: usize) -> (BTreeSet<(u32, u64, u64, String)>, usize) {
        let sink = Places(Detector::new(rules, 0), Mutex::default());
        let mut reader = text;
        let read = read_all(&mut reader, u64::MAX, core, &Origin::Stdin, &sink, &mut Vec::new(), &NO_HOLES);
        assert_eq!(read.expect("reading a slice"), text.len() as u64);
        sink.1.into_inner().expect("no test panics while it holds the lock")
    }

    #[test]
    fn a_match_at_any_seam_is_found_once_and_with_the_same_evidence() {
        let rules = RuleSet::builtin();
        // Examples at irregular distances, so that many of them lie across the seams of many window sizes.
        let mut text = Vec::new();
        let examples: Vec<_> = rules.iter().flat_map(|(_, r)| r.matches.iter()).collect();
        let mut rng = example::Rng(7);
        while text.len() < 900_000 {
            let one = examples[rng.below(examples.len())];
            text.extend(example::expand(&one.text, rng.bits()).expect("a template").text);
            let gap = rng.below(900);
            text.extend(std::iter::repeat_n(b'.', gap));
            text.push(b'\n');
        }
        let (whole, windows) = places(&rules, &text, 1 << 20);
        assert_eq!(windows, 1);
        assert!(whole.len() > 200, "only {} candidates", whole.len());
        for core in [30_001, 65_536, 99_990] {
            let (found, windows) = places(&rules, &text, core);
            assert!(windows > 2, "{windows} windows of {core}");
            assert_eq!(found, whole, "core {core}");
        }
    }
}
