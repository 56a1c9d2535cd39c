//! Where a pack has an object: its `.idx` file, read at the places that a look-up needs.
//!
//! In: an index of version 1 or 2. Out: offsets by id. A look-up is a binary search of a few reads; nothing is mapped, and
//! nothing is read through when it is opened, for a hook must cost the same in a large repository. What it says is not
//! believed: who reads the object hashes it.

use super::pack::read_exact_at as read_at;
use crate::fs::open::open_named;
use crate::git::object::parse_id;
use gix_hash::Kind;
use gix_hash::ObjectId;
use std::fs::File;
use std::io;
use std::path::Path;

/// How a file of version 2 begins.
const MAGIC: [u8; 4] = [0xff, b't', b'O', b'c'];
/// Numbers of the table that says how many ids begin with a byte or a smaller one.
const FAN: usize = 256;
/// Copies of one object in a pack that are read. Git writes one.
const MOST_COPIES: usize = 16;

/// An open index.
pub(crate) struct PackIndex {
    file: File,
    fan: Vec<u32>,
    /// Bytes of an id.
    width: u64,
    /// Where the ids begin, and how far apart they are.
    ids: (u64, u64),
    /// Of version 2: where the offsets begin.
    offsets: Option<u64>,
}

impl PackIndex {
    /// Opens the index at `path`.
    ///
    /// # Errors
    /// Why it is none that can be used.
    pub(crate) fn open(path: &Path, hash: Kind) -> Result<Self, String> {
        if !path.symlink_metadata().is_ok_and(|m| m.is_file()) {
            return Err("its index is not there".into());
        }
        let (file, len) = open_named(path).map_err(|_| "its index cannot be opened")?;
        let mut head = vec![0; 8 + 4 * FAN];
        read_at(&file, 0, &mut head).map_err(|_| "its index is cut off")?;
        let second = head.starts_with(&MAGIC);
        let table = if second { &head[8..] } else { &head[..4 * FAN] };
        let fan: Vec<u32> = table.chunks_exact(4).map(number).collect();
        if second && number(&head[4..8]) != 2 {
            return Err("its index has a version that is not known".into());
        }
        let (width, count) = (hash.len_in_bytes() as u64, u64::from(fan[FAN - 1]));
        let start = 4 * FAN as u64;
        let (ids, offsets, least) = if second {
            let offsets = start + 8 + count * (width + 4);
            ((start + 8, width), Some(offsets), offsets + 4 * count + 2 * width)
        } else {
            ((start + 4, width + 4), None, start + count * (width + 4) + 2 * width)
        };
        if fan.windows(2).any(|w| w[0] > w[1]) || len < least {
            return Err("its index is damaged".into());
        }
        Ok(Self { file, fan, width, ids, offsets })
    }

    /// The offsets in the pack of the object with this id: none, one, or those of all its copies.
    ///
    /// # Errors
    /// The system's; and when there are more than [`MOST_COPIES`], for none may be left out.
    pub(crate) fn offsets(&self, wanted: &ObjectId) -> io::Result<Vec<u64>> {
        let first = self.first(wanted.as_slice())?;
        let mut found = Vec::new();
        for at in first..self.range(wanted.as_slice()).end {
            if self.id(at)? != wanted.as_slice() {
                break;
            }
            if found.len() == MOST_COPIES {
                return Err(io::Error::other("it has more copies of one object than the limit"));
            }
            found.push(self.offset(at)?);
        }
        Ok(found)
    }

    /// The offset of the object whose id has this place.
    fn offset(&self, at: u32) -> io::Result<u64> {
        let mut bytes = [0; 8];
        let Some(offsets) = self.offsets else {
            read_at(&self.file, 4 * FAN as u64 + u64::from(at) * self.ids.1, &mut bytes[..4])?;
            return Ok(number(&bytes[..4]).into());
        };
        read_at(&self.file, offsets + 4 * u64::from(at), &mut bytes[..4])?;
        let short = number(&bytes[..4]);
        if short & (1 << 31) == 0 {
            return Ok(short.into());
        }
        // Packs over 2 GiB keep long offsets behind the short ones.
        let long = offsets + 4 * u64::from(self.fan[FAN - 1]) + 8 * u64::from(short & !(1 << 31));
        read_at(&self.file, long, &mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    /// Ids that begin with these hexadecimal digits, at least two of them: at most `most`.
    pub(crate) fn beginning(&self, hex: &str, most: usize, hash: Kind) -> Vec<ObjectId> {
        let least = format!("{hex:0<width$}", width = hash.len_in_hex());
        let Some(least) = parse_id(least.as_bytes(), hash) else { return Vec::new() };
        let range = self.range(least.as_slice());
        let from = self.first(least.as_slice()).unwrap_or(range.end);
        let ids = (from..range.end).map_while(|at| ObjectId::try_from(self.id(at).ok()?.as_slice()).ok());
        ids.take_while(|id| id.to_string().starts_with(hex)).take(most).collect()
    }

    /// The places of ids that begin with the same byte.
    fn range(&self, id: &[u8]) -> std::ops::Range<u32> {
        let first = usize::from(id.first().copied().unwrap_or_default());
        let start = if first == 0 { 0 } else { self.fan[first - 1] };
        start..self.fan[first]
    }

    /// The first place whose id is not less.
    fn first(&self, id: &[u8]) -> io::Result<u32> {
        let mut range = self.range(id);
        while range.start < range.end {
            let middle = range.start + (range.end - range.start) / 2;
            if self.id(middle)?.as_slice() < id {
                range.start = middle + 1;
            } else {
                range.end = middle;
            }
        }
        Ok(range.start)
    }

    fn id(&self, at: u32) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.width as usize];
        read_at(&self.file, self.ids.0 + u64::from(at) * self.ids.1, &mut bytes)?;
        Ok(bytes)
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |n, b| n << 8 | u32::from(*b))
}
