//! Loose objects: one file each, deflated, with a header of its own.
//!
//! In: a folder of objects. Out: the ids that file names claim, and the content of one. A file is opened without
//! following links and read up to a limit; what it decodes to is believed only as far as zlib's checksum goes.

use super::pack::MOST_BYTES;
use crate::fs::open::{OpenError, Root};
use crate::git::object::Kind;
use gix_hash::Kind as HashKind;
use gix_hash::ObjectId;
use gix_zlib::{Inflate, Status};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The ids of all loose objects beneath `folder`; the names of files there that are none go to `others`.
///
/// # Errors
/// When a folder is there and cannot be listed.
pub fn ids(folder: &Path, hash: HashKind, others: &mut Vec<PathBuf>) -> io::Result<Vec<ObjectId>> {
    let mut ids = Vec::new();
    let hex = |name: &str, len: usize| name.len() == len && name.bytes().all(|b| b.is_ascii_hexdigit());
    for fan in names(folder)? {
        let Some(head) = fan.to_str().filter(|n| hex(n, 2)).map(str::to_owned) else { continue };
        for file in names(&folder.join(&fan))? {
            let rest = file.to_str().filter(|n| hex(n, hash.len_in_hex() - 2));
            match rest.and_then(|rest| ObjectId::from_hex(format!("{head}{rest}").as_bytes()).ok()) {
                Some(id) => ids.push(id),
                None => others.push(Path::new(&fan).join(&file)),
            }
        }
    }
    ids.sort_unstable();
    Ok(ids)
}

/// The names in a folder, sorted; none where there is no such folder.
///
/// # Errors
/// When it is there and cannot be listed.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let list = match std::fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut names = list.map(|e| Ok(PathBuf::from(e?.file_name()))).collect::<io::Result<Vec<_>>>()?;
    names.sort_unstable();
    Ok(names)
}

/// Reads the loose object `id` beneath `root` into `out`.
///
/// # Errors
/// Why it cannot be read.
pub fn read(root: &Root, id: &ObjectId, inflate: &mut Inflate, out: &mut Vec<u8>) -> Result<Kind, String> {
    let hex = id.to_string();
    let (head, rest) = hex.split_at(2);
    let (file, size) = root.open(&Path::new(head).join(rest)).map_err(|e| match e {
        OpenError::Io(e) => e.to_string(),
        OpenError::Special(what) => format!("it is {what}"),
    })?;
    if size > MOST_BYTES {
        return Err("it is larger than the limit of 1 GiB".into());
    }
    let mut input = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut input).map_err(|e| e.to_string())?;
    let damaged = || "its compressed data is damaged".to_owned();
    // The header: kind, blank, size in digits, NUL.
    let mut head = [0; 64];
    inflate.reset();
    let (_, _, written) = inflate.once(&input, &mut head).map_err(|_| damaged())?;
    let head = head.get(..written).unwrap_or_default();
    let nul = memchr::memchr(0, head).ok_or("it has no header")?;
    let text = std::str::from_utf8(&head[..nul]).map_err(|_| "its header is no text")?;
    let (kind, size) = text.split_once(' ').ok_or("its header is none")?;
    let kind = Kind::from_name(kind.as_bytes()).ok_or("its header names no kind of object")?;
    let size: u64 = size.parse().map_err(|_| "its header gives no size")?;
    if size > MOST_BYTES {
        return Err("it is larger than the limit of 1 GiB".into());
    }
    if size / 1032 > input.len() as u64 {
        return Err("its size is more than its data can make".into());
    }
    let whole = nul + 1 + size as usize;
    // With room for one byte too many, so that the stream's end and checksum are read in the same call.
    out.clear();
    out.resize(whole + 1, 0);
    inflate.reset();
    let (status, _, written) = inflate.once(&input, out).map_err(|_| damaged())?;
    out.truncate(whole);
    if written != whole {
        return Err("it holds more or fewer bytes than its header says".into());
    }
    if status != Status::StreamEnd {
        return Err("its compressed data is cut off".into());
    }
    out.drain(..=nul);
    Ok(kind)
}
