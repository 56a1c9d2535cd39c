//! Reads gzip (RFC 1952): reports are written so if their name ends in `.gz`.
//!
//! In: bytes of a file. Out: what it holds, whole and checked, or its beginning. It never gives more than the caller
//! allows, and refuses a file that is cut short or damaged: half a report must not pass for a whole one.

use gix_zlib::{Decompress, FlushDecompress, Status};

/// The first bytes of every gzip file.
const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// Bytes of the header that are always there, and of the trailer (CRC-32 and length).
const FIXED: (usize, usize) = (10, 8);
/// A header of zlib, which the decompressor expects before the same compressed bytes.
const ZLIB: [u8; 2] = [0x78, 0x9c];
const BUFFER: usize = 1 << 16;

/// Whether a file that begins so is gzip.
pub fn is_gzip(file: &[u8]) -> bool {
    file.starts_with(&MAGIC)
}

/// What a gzip file holds, if that is at most `limit` bytes.
///
/// # Errors
/// Why it cannot be read: the rest of a sentence about the file.
pub fn unpacked(file: &[u8], limit: u64) -> Result<Vec<u8>, String> {
    let damaged = || "is gzip data that is damaged or cut short; write or copy it again".to_owned();
    let (body, trailer) = compressed(file)
        .and_then(|rest| rest.split_at_checked(rest.len().checked_sub(FIXED.1)?))
        .ok_or_else(damaged)?;
    let mut decompress = Decompress::new();
    let (mut out, mut buffer) = (Vec::new(), vec![0; BUFFER]);
    for mut part in [&ZLIB[..], body] {
        loop {
            let (read, written) = (decompress.total_in(), decompress.total_out());
            decompress.decompress(part, &mut buffer, FlushDecompress::None).map_err(|_| damaged())?;
            let (read, written) = (decompress.total_in() - read, decompress.total_out() - written);
            part = part.get(read as usize..).unwrap_or_default();
            out.extend_from_slice(buffer.get(..written as usize).unwrap_or_default());
            if out.len() as u64 > limit {
                return Err(format!("is longer than {limit} bytes when it is decompressed"));
            }
            // A full buffer may have more behind it, even if all input is used up.
            if read + written == 0 || (part.is_empty() && (written as usize) < BUFFER) {
                break;
            }
        }
        if !part.is_empty() {
            return Err(damaged());
        }
    }
    // The decompressor says that the data has ended once it has read zlib's checksum: without that, data that goes on
    // would pass where the trailer is right for what came so far.
    let end = decompress.decompress(&adler32(&out), &mut buffer, FlushDecompress::None);
    if !matches!(end, Ok(Status::StreamEnd)) {
        return Err(damaged());
    }
    let expected = [crc32fast::hash(&out).to_le_bytes(), (out.len() as u32).to_le_bytes()].concat();
    if trailer == expected { Ok(out) } else { Err(damaged()) }
}

/// The first bytes of what a gzip file holds; `None` if `file`, its beginning, is not one.
pub fn beginning(file: &[u8]) -> Option<Vec<u8>> {
    let stream = [&ZLIB, compressed(file)?].concat();
    let mut out = vec![0; 4096];
    let mut decompress = Decompress::new();
    // The checksum at its end is not zlib's; what came before it counts.
    let _ = decompress.decompress(&stream, &mut out, FlushDecompress::None);
    out.truncate(decompress.total_out() as usize);
    Some(out).filter(|out| !out.is_empty())
}

/// The checksum at the end of a zlib stream.
fn adler32(bytes: &[u8]) -> [u8; 4] {
    let (mut a, mut b) = (1_u32, 0_u32);
    // The sums of so many bytes fit into 32 bits.
    for chunk in bytes.chunks(5552) {
        for byte in chunk {
            a += u32::from(*byte);
            b += a;
        }
        (a, b) = (a % 65_521, b % 65_521);
    }
    (b << 16 | a).to_be_bytes()
}

/// What follows the header.
fn compressed(file: &[u8]) -> Option<&[u8]> {
    let (header, mut rest) = file.split_at_checked(FIXED.0)?;
    // The three highest flags are reserved.
    let &[0x1f, 0x8b, 8, flags @ 0..=31, ..] = header else { return None };
    if flags & 4 != 0 {
        let (length, extra) = rest.split_first_chunk::<2>()?;
        rest = extra.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    // A name and a comment.
    for flag in [8, 16] {
        if flags & flag != 0 {
            rest = rest.get(rest.iter().position(|b| *b == 0)? + 1..)?;
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `text` as one stored block.
    fn stored(text: &[u8], flags: u8, fields: &[u8]) -> Vec<u8> {
        let length = (text.len() as u16).to_le_bytes();
        let block = [&[1, length[0], length[1], !length[0], !length[1]], text].concat();
        let trailer = [crc32fast::hash(text).to_le_bytes(), (text.len() as u32).to_le_bytes()].concat();
        [&[0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255], fields, &block, &trailer].concat()
    }

    #[test]
    fn every_header_is_read_and_no_cut_or_changed_file_passes() {
        let text = b"{\"schema\": \"some report\"}\n";
        for (flags, fields) in [(0, &b""[..]), (8, b"r.json\0"), (4, b"\x02\0ab"), (30, b"\x01\0xname\0words\0hc")] {
            let file = stored(text, flags, fields);
            assert!(is_gzip(&file));
            assert_eq!(unpacked(&file, 1 << 20).as_deref(), Ok(&text[..]), "{flags}");
            assert_eq!(beginning(&file).as_deref(), Some(&text[..]), "{flags}");
            for length in 0..file.len() {
                assert!(unpacked(&file[..length], 1 << 20).is_err(), "{flags}, cut at {length}");
            }
            assert!(unpacked(&[&file[..], b"x"].concat(), 1 << 20).is_err());
            for at in fields.len() + 10..file.len() {
                let mut changed = file.clone();
                changed[at] ^= 0x55;
                assert_ne!(unpacked(&changed, 1 << 20).as_deref(), Ok(&text[..]), "{flags}, byte {at}");
            }
        }
        assert!(!is_gzip(text) && unpacked(text, 1 << 20).is_err());
        assert_eq!(beginning(b"plain text that is long enough"), None);
    }

    /// Found by fuzzing: a right trailer behind a block that is not the last one.
    #[test]
    fn data_that_does_not_end_is_refused() {
        for text in [&b""[..], b"half a report"] {
            let mut file = stored(text, 0, b"");
            assert_eq!(unpacked(&file, 1 << 20).as_deref(), Ok(text));
            file[FIXED.0] = 0;
            assert!(unpacked(&file, 1 << 20).is_err());
        }
        // As zlib.adler32 of Python says.
        assert_eq!(adler32(b"Wikipedia"), [0x11, 0xe6, 0x03, 0x98]);
        assert_eq!(adler32(&[255; 100_000]), [0x14, 0x9a, 0x30, 0x2c]);
    }

    #[test]
    fn the_limit_is_that_of_what_the_file_holds() {
        let file = stored(&[b'a'; 60_000], 0, b"");
        assert_eq!(unpacked(&file, 60_000).map(|out| out.len()), Ok(60_000));
        assert!(unpacked(&file, 59_999).unwrap_err().contains("longer than 59999 bytes"));
    }
}
