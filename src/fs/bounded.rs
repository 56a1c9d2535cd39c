//! Reads of whole files with a limit: lists, rules, keys, reports, policy.
//!
//! In: a path that somebody named, and the most bytes to take. Out: the bytes, or why not. A file that is longer is an error,
//! never cut. For what a hostile tree holds, see `open`.

use crate::text::{gzip, saved};
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// Those of reading, and a file that is longer.
pub fn read_limited(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("it is longer than {limit} bytes")));
    }
    Ok(bytes)
}

/// Reads a report of at most `limit` bytes, however it was saved (`text::saved`, gzip): UTF-8 comes out, without a mark.
/// Every report that a command is given is read here.
///
/// # Errors
/// Those of reading; a file that is longer, also once it is decompressed; damaged gzip; text in another encoding, which is
/// named.
pub fn read_report(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let it = |why: String| io::Error::other(format!("it {why}"));
    let mut bytes = read_limited(path, limit)?;
    if gzip::is_gzip(&bytes) {
        bytes = gzip::unpacked(&bytes, limit).map_err(it)?;
    }
    let bytes = saved::utf8(bytes).map_err(it)?;
    match std::str::from_utf8(&bytes) {
        Ok(_) => Ok(bytes),
        Err(e) => Err(io::Error::other(format!(
            "it is not UTF-8, UTF-16 or UTF-32 (byte {} is not part of a character); save it as UTF-8",
            e.valid_up_to() + 1
        ))),
    }
}
