//! One pack: its entries in the order of their offsets, and the bytes of each.
//!
//! In: a `.pack` file with its `.idx`, without one, or a pack inside a bundle. Out: [`Entry`]s with what the index claims
//! about them, headers, inflated data, and where an entry really ends. The index may lie: counts, trailers and checksums
//! are compared, and what does not fit is a [`Gap`]; bytes that no entry accounts for are looked through for more of them.
//! It resolves no delta.

use crate::blob::{Gap, GapKind};
use crate::fs::open::open_named;
use gix_hash::Kind as HashKind;
use gix_hash::ObjectId;
use gix_pack::{data, index};
use gix_zlib::{Inflate, Status};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Most bytes of one object that are held in memory; a larger one is a gap.
pub const MOST_BYTES: u64 = 1 << 30;

/// Most that deflate can make of one byte (RFC 1951: 258 bytes from two bits), with room for the stream's frame.
const MOST_RATIO: u64 = 1032;

/// No entry, no object.
pub const NONE: u32 = u32::MAX;

/// An entry of a pack.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Where its header begins.
    pub offset: u64,
    /// Number of the object that the index says it is; [`NONE`] where no index names it.
    pub object: u32,
    /// CRC32 of its bytes by the index.
    pub crc: Option<u32>,
}

/// What the header of an entry says.
pub type Header = data::Entry;

/// A pack.
pub struct Pack {
    /// `pack-….pack`, or the bundle's name: for messages.
    pub name: String,
    data: Data,
    hash: HashKind,
    /// Entries in ascending order of offset.
    pub entries: Vec<Entry>,
    /// Where the trailer begins.
    pub end: u64,
}

/// Where the bytes are. Files are read, not mapped: an error of the disk must be an error and not a signal, and pages of a
/// large pack are not our memory.
enum Data {
    File(File, u64),
    Owned(Vec<u8>, usize),
}

/// Bytes read in one go where entries are read one behind the other.
const CHUNK: usize = 1 << 18;
/// No header of an entry is longer: ten bytes of size, ten of distance or 32 of an id.
const MOST_HEADER: usize = 48;

/// What an index says of one entry.
pub type Claim = (ObjectId, u64, Option<u32>);

impl Pack {
    /// Opens the pack at `path` and reads its index; `Err` says why nothing of it can be read. What an index claims is
    /// returned apart, for objects get their numbers when all packs are known ([`Self::set_entries`]).
    pub fn open(path: &Path, hash: HashKind) -> Result<(Self, Vec<Claim>, Vec<Gap>), Gap> {
        let pack = Self::alone(path, hash)?;
        let name = pack.name.clone();
        let gap = |why: String| damaged(&name, why);
        let claimed = u64::from(pack.claimed().map_err(gap)?);
        let (claims, mut gaps) = match pack.index(&path.with_extension("idx")) {
            Ok(read) => read,
            Err(why) => {
                let claims = pack.walk(data_start(), pack.end).map(|(at, _)| (ObjectId::null(hash), at, None));
                (claims.collect(), vec![damaged(&name, why)])
            }
        };
        if claims.len() as u64 != claimed {
            gaps.push(gap(format!("it says that it holds {claimed} objects; {} were found", claims.len())));
        }
        Ok((pack, claims, gaps))
    }

    /// Opens the pack at `path` and looks at no index: its entries are found by offset only.
    pub(crate) fn alone(path: &Path, hash: HashKind) -> Result<Self, Gap> {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let gap = |why: String| damaged(&name, why);
        regular(path).map_err(gap)?;
        let (file, len) = open_named(path).map_err(|_| gap("it cannot be opened".into()))?;
        let end = len.saturating_sub(hash.len_in_bytes() as u64);
        Ok(Self { name, data: Data::File(file, len), hash, entries: Vec::new(), end })
    }

    /// A pack inside a bundle: everything from `start` of `bytes`. It has no index.
    pub fn bundled(name: String, bytes: Vec<u8>, start: usize, hash: HashKind) -> (Self, Vec<Claim>, Vec<Gap>) {
        let end = (bytes.len() - start.min(bytes.len())).saturating_sub(hash.len_in_bytes()) as u64;
        let pack = Self { name: name.clone(), data: Data::Owned(bytes, start), hash, entries: Vec::new(), end };
        let mut gaps = Vec::new();
        let head = pack.claimed();
        let claims: Vec<Claim> = pack.walk(data_start(), end).map(|(at, _)| (ObjectId::null(hash), at, None)).collect();
        match head {
            Err(why) => gaps.push(damaged(&name, why)),
            Ok(claimed) if claimed as usize != claims.len() => {
                gaps.push(damaged(
                    &name,
                    format!("it says that it holds {claimed} objects; {} were found", claims.len()),
                ));
            }
            Ok(_) => {}
        }
        (pack, claims, gaps)
    }

    /// The number of entries that its header announces.
    fn claimed(&self) -> Result<u32, String> {
        let mut head = [0; 12];
        self.read(0, &mut head).map_err(|e| e.to_string())?;
        data::header::decode(&head).map(|(_, count)| count).map_err(|e| format!("it is no pack: {e}"))
    }

    fn index(&self, path: &Path) -> Result<(Vec<Claim>, Vec<Gap>), String> {
        if path.symlink_metadata().is_err() {
            return Err("it has no index; its objects were found by reading it from start to end".into());
        }
        regular(path).map_err(|why| format!("its index cannot be read ({why}); its objects were found without it"))?;
        let index = index::File::at(path, self.hash)
            .map_err(|e| format!("its index cannot be read ({e}); its objects were found without it"))?;
        let mut gaps = Vec::new();
        let sound = index.verify_checksum(&mut gix_utils::progress::Discard, &AtomicBool::new(false)).is_ok();
        if !sound {
            return Err("the checksum of its index is wrong; its objects were found without it".into());
        }
        let mut trailer = vec![0; self.hash.len_in_bytes()];
        if self.read(self.end, &mut trailer).is_err() || index.pack_checksum().as_slice() != trailer {
            gaps.push(damaged(&self.name, "its index was made for another pack".into()));
        }
        Ok((index.iter().map(|e| (e.oid, e.pack_offset, e.crc32)).collect(), gaps))
    }

    /// Takes its entries, sorts them, and drops what lies outside the pack or claims an offset twice.
    pub fn set_entries(&mut self, mut entries: Vec<Entry>) -> Vec<Gap> {
        entries.sort_unstable_by_key(|e| (e.offset, e.object));
        let all = entries.len();
        let inside = data_start()..self.end;
        entries.retain(|e| inside.contains(&e.offset));
        let lost = all - entries.len();
        self.entries = entries;
        let said = |n: usize, what: &str| damaged(&self.name, format!("its index names {n} {what}"));
        let twice = self.entries.windows(2).filter(|w| w[0].offset == w[1].offset).count();
        let mut gaps = Vec::new();
        if lost > 0 {
            gaps.push(said(lost, "objects outside of it"));
        }
        if twice > 0 {
            gaps.push(said(twice, "objects at the same place as another one"));
        }
        gaps
    }

    /// Reads the bytes at `offset`.
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        match &self.data {
            Data::File(file, _) => read_exact_at(file, offset, out),
            Data::Owned(bytes, start) => {
                let from = usize::try_from(offset).ok().and_then(|o| o.checked_add(*start));
                let part = from.and_then(|from| bytes.get(from..from.checked_add(out.len())?));
                out.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
        }
    }

    /// The bytes of `range`, as far as the pack goes, into `out`.
    ///
    /// # Errors
    /// The system's.
    pub fn raw(&self, range: Range<u64>, out: &mut Vec<u8>) -> io::Result<()> {
        let len = match &self.data {
            Data::File(_, len) => *len,
            Data::Owned(bytes, start) => (bytes.len() - start) as u64,
        };
        let range = range.start..range.end.min(len);
        out.clear();
        out.resize(range.end.saturating_sub(range.start) as usize, 0);
        self.read(range.start, out)
    }

    /// The bytes in which the entry at `index` must lie: up to the next one.
    pub fn extent(&self, index: usize) -> Range<u64> {
        let start = self.entries.get(index).map_or(self.end, |e| e.offset);
        // Entries that claim the same offset have the same extent.
        let next = self.entries.get(index + 1..).unwrap_or_default().iter().find(|e| e.offset > start);
        start..next.map_or(self.end, |e| e.offset)
    }

    /// The header of what begins at `offset`.
    pub fn header(&self, offset: u64) -> Option<Header> {
        let mut bytes = Vec::new();
        self.raw(offset..self.end.min(offset + MOST_HEADER as u64), &mut bytes).ok()?;
        Header::from_bytes(&bytes, offset, self.hash).ok()
    }

    /// Calls `each` with the index and the header of every entry in `range`, in order.
    pub fn headers(&self, range: Range<usize>, mut each: impl FnMut(usize, Option<Header>)) {
        let (mut bytes, mut from) = (Vec::new(), 0_u64);
        for at in range {
            let Some(entry) = self.entries.get(at) else { break };
            let behind = from + bytes.len() as u64;
            if entry.offset < from || entry.offset + MOST_HEADER as u64 > behind {
                from = entry.offset;
                if self.raw(from..self.end.min(from + CHUNK as u64), &mut bytes).is_err() {
                    bytes.clear();
                }
            }
            let head = bytes.get((entry.offset - from) as usize..).unwrap_or_default();
            each(at, Header::from_bytes(head, entry.offset, self.hash).ok());
        }
    }

    /// Inflates the data of an entry into `out`. `raw`: its bytes and perhaps more, from its header on. Gives how many of
    /// them are its own.
    ///
    /// # Errors
    /// Why the data is not what the header says.
    pub fn inflate(
        &self,
        header: &Header,
        raw: &[u8],
        inflate: &mut Inflate,
        out: &mut Vec<u8>,
    ) -> Result<usize, &'static str> {
        let input = raw.get(usize::from(header.encoded_header_size)..).ok_or("it is cut off")?;
        let size = header.decompressed_size;
        if size > MOST_BYTES {
            return Err("it is larger than the limit of 1 GiB");
        }
        // A header that lies about its size must not make us ask for memory that the data cannot fill.
        if size > (input.len() as u64).saturating_mul(MOST_RATIO) {
            return Err("its size is more than its data can make");
        }
        // With room for one byte too many, so that the stream's end and checksum are read in the same call.
        out.clear();
        out.resize(size as usize + 1, 0);
        inflate.reset();
        let (status, consumed, written) = inflate.once(input, out).map_err(|_| "its compressed data is damaged")?;
        out.truncate(size as usize);
        match (written as u64).cmp(&size) {
            std::cmp::Ordering::Less => Err("it holds fewer bytes than its header says"),
            std::cmp::Ordering::Greater => Err("it holds more bytes than its header says"),
            std::cmp::Ordering::Equal if status != Status::StreamEnd => Err("its compressed data is cut off"),
            std::cmp::Ordering::Equal => Ok(usize::from(header.encoded_header_size) + consumed),
        }
    }

    /// The header of what begins at `offset` and its inflated data, with the offset behind it: for entries whose end no
    /// index tells.
    pub fn entry(&self, offset: u64, inflate: &mut Inflate, out: &mut Vec<u8>) -> Option<(Header, u64)> {
        let header = self.header(offset)?;
        // Deflate adds at most a few bytes to each block of what it cannot make smaller.
        let size = header.decompressed_size.min(MOST_BYTES);
        let mut raw = Vec::new();
        let mut most = 64 + size / 2;
        loop {
            let end = self.end.min(header.data_offset + most);
            self.raw(offset..end, &mut raw).ok()?;
            match self.inflate(&header, &raw, inflate, out) {
                Ok(own) => return Some((header, offset + own as u64)),
                Err(_) if end < self.end && most <= 2 * size + 1024 => most *= 4,
                Err(_) => return None,
            }
        }
    }

    /// The entries that really stand in `start..end`, one behind the other: offset and end of each; ends where no
    /// further one can be read.
    pub fn walk(&self, start: u64, end: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        let (mut at, mut inflate, mut out) = (start, Inflate::default(), Vec::new());
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let (_, behind) = self.entry(at, &mut inflate, &mut out)?;
            let found = (at, behind);
            at = behind;
            Some(found)
        })
    }
}

/// Fills `out` with the bytes at `offset`.
pub(crate) fn read_exact_at(file: &File, mut offset: u64, mut out: &mut [u8]) -> io::Result<()> {
    while !out.is_empty() {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, out, offset);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, out, offset);
        match read {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => {
                offset += n as u64;
                out = &mut out[n..];
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Where the first entry of a pack begins: behind signature, version and count.
pub fn data_start() -> u64 {
    12
}

fn regular(path: &Path) -> Result<(), String> {
    match path.symlink_metadata() {
        Ok(meta) if meta.is_file() => Ok(()),
        Ok(_) => Err("no regular file".into()),
        Err(e) => Err(e.to_string()),
    }
}

pub(crate) fn damaged(name: &str, why: String) -> Gap {
    Gap { kind: GapKind::DamagedPack, what: name.as_bytes().to_vec(), why, blocks: true }
}
