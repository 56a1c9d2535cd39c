//! Compresses a report for a file that ends in `.gz`; `text::gzip` reads it.
//!
//! In: bytes of a report. Out: one gzip member (RFC 1952) without name and time, so that the same report gives the same
//! file. The compressor is the one that git objects need, which frames its output as zlib: that frame is taken off.

use crc32fast::Hasher;
use gix_zlib::stream::deflate::{Compress, FlushCompress};
use gix_zlib::{Compression, Status};
use std::fmt;
use std::io;

/// Magic bytes, deflate, no flags, no time, no extra flags, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// Length of zlib's header, and of the checksum at its end.
const ZLIB: (usize, usize) = (2, 4);
const BUFFER: usize = 1 << 15;

/// A stream that is being compressed.
pub(super) struct Gzip {
    compress: Compress,
    check: Hasher,
    length: u32,
    /// Output that is not handed over: its last bytes may be zlib's checksum.
    pending: Vec<u8>,
    started: bool,
}

impl fmt::Debug for Gzip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gzip")
    }
}

impl Gzip {
    pub(super) fn new() -> Self {
        let compress = Compress::new(Compression::DEFAULT);
        Self { compress, check: Hasher::new(), length: 0, pending: Vec::new(), started: false }
    }

    /// Compresses `bytes`; gives what can be written already.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        self.check.update(bytes);
        self.length = self.length.wrapping_add(bytes.len() as u32);
        self.run(bytes, FlushCompress::None)?;
        Ok(self.ready())
    }

    /// The rest of the member.
    pub(super) fn finish(mut self) -> io::Result<Vec<u8>> {
        self.run(&[], FlushCompress::Finish)?;
        let mut out = self.ready();
        out.extend(std::mem::take(&mut self.check).finalize().to_le_bytes());
        out.extend(self.length.to_le_bytes());
        Ok(out)
    }

    fn run(&mut self, mut bytes: &[u8], flush: FlushCompress) -> io::Result<()> {
        let mut buffer = [0; BUFFER];
        loop {
            let (read, written) = (self.compress.total_in(), self.compress.total_out());
            let status = self.compress.compress(bytes, &mut buffer, flush).map_err(io::Error::other)?;
            let (read, written) = (self.compress.total_in() - read, self.compress.total_out() - written);
            bytes = bytes.get(read as usize..).unwrap_or_default();
            self.pending.extend_from_slice(&buffer[..written as usize]);
            let more = matches!(flush, FlushCompress::Finish) && status != Status::StreamEnd;
            if bytes.is_empty() && (!more || read + written == 0) && (written as usize) < BUFFER {
                return Ok(());
            }
        }
    }

    fn ready(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.started && self.pending.len() >= ZLIB.0 {
            self.started = true;
            self.pending.drain(..ZLIB.0);
            out.extend(HEADER);
        }
        if self.started {
            out.extend(self.pending.drain(..self.pending.len().saturating_sub(ZLIB.1)));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::gzip;

    #[test]
    fn what_was_compressed_is_read_again_and_framed_as_gzip() {
        let text: Vec<u8> = (0..200_000_u32).flat_map(|n| n.wrapping_mul(n).to_string().into_bytes()).collect();
        for text in [&b""[..], b"x", &text[..]] {
            let mut gzip = Gzip::new();
            let mut out = Vec::new();
            for part in text.chunks(70_000) {
                out.extend(gzip.write(part).expect("memory"));
            }
            out.extend(gzip.finish().expect("memory"));
            assert!(out.starts_with(&HEADER[..4]));
            assert_eq!(gzip::unpacked(&out, text.len() as u64).as_deref(), Ok(text));
            assert_eq!(gzip::beginning(&out).unwrap_or_default(), &text[..text.len().min(4096)]);
        }
    }
}
