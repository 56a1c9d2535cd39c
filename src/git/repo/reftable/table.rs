//! One table: header, blocks of references, footer.
//!
//! In: the bytes of a file. Out: its references in order ([`Table::references`]) and where its logs are. Blocks are read
//! one after the other; of the index of a table only the last name is, which has to be that of the last reference. It
//! refuses a footer whose checksum is wrong, blocks that do not fill the section that the footer gives them, and names that
//! are out of order.

use gix_hash::Kind;
use gix_hash::ObjectId;
use std::ops::{ControlFlow, Range};

/// Bytes of the name of a reference.
const NAME: usize = 4096;

const DAMAGED: &str = "a block of references in it is damaged";

/// A table whose header and footer agree.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) bytes: Vec<u8>,
    pub(super) hash: Kind,
    /// Length of the header, which belongs to the first block.
    pub(super) header: usize,
    /// Length to which blocks are padded; 0 if they are not.
    block: usize,
    /// Blocks of references, and those of their index but the last one; empty if there are none.
    pub(super) references: Range<usize>,
    /// Whether an index follows, whose last block `references` ends at.
    pub(super) indexed: bool,
    /// Blocks of logs, and those of their index but the last one; empty if there are none.
    pub(super) logs: Range<usize>,
}

/// What a table says of a reference.
pub(super) enum Found<'a> {
    Deleted,
    Id(ObjectId),
    Symbolic(&'a [u8]),
}

impl Table {
    /// Reads header and footer.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn new(bytes: Vec<u8>, hash: Kind) -> Result<Self, &'static str> {
        if bytes.get(..4) != Some(b"REFT") {
            return Err("it does not begin like a reftable");
        }
        let header = match bytes.get(4) {
            Some(1) => 24,
            Some(2) => 28,
            _ => return Err("its version of reftable is not known"),
        };
        let footer = header + 44;
        let Some(end) = bytes.len().checked_sub(footer).filter(|end| *end >= header) else {
            return Err("it is cut off");
        };
        if bytes[..header] != bytes[end..end + header] {
            return Err("its footer is damaged, or the file is cut off");
        }
        let (content, checksum) = bytes[end..].split_at(footer - 4);
        if crc32fast::hash(content).to_be_bytes() != checksum {
            return Err("its checksum is wrong");
        }
        let stored = match (header, bytes.get(24..28)) {
            (28, Some(b"s256")) => Kind::Sha256,
            (28, Some(b"sha1")) | (24, _) => Kind::Sha1,
            _ => return Err("its kind of ids is not known"),
        };
        if stored != hash {
            return Err("its ids are of another kind than those of the repository");
        }
        let at = |n: usize| number(&bytes, end + header + 8 * n, 8).unwrap_or(0);
        let [reference_index, objects, logs, log_index] = [at(0), at(1) >> 5, at(3), at(4)];
        // A section ends where the next one begins.
        let place = |of: u64| usize::try_from(of).ok().filter(|at| (header..=end).contains(at));
        let next = |all: &[u64]| match all.iter().find(|at| **at > 0) {
            Some(at) => place(*at).ok_or("its footer names a place outside of it"),
            None => Ok(end),
        };
        let first = bytes[header];
        let references = match first {
            _ if header == end => header..header,
            b'r' => header..next(&[reference_index, objects, logs])?,
            b'g' if [reference_index, objects, logs] == [0; 3] => header..header,
            _ => return Err("its first block is of no known type"),
        };
        let logs = match (first, logs) {
            (b'g', _) if header < end => header..next(&[log_index])?,
            (_, 0) => end..end,
            (_, at) => place(at).ok_or("its footer names a place outside of it")?..next(&[log_index])?,
        };
        if logs.start > logs.end {
            return Err("its footer contradicts itself");
        }
        let block = number(&bytes, 5, 3).unwrap_or(0) as usize;
        let indexed = !references.is_empty() && reference_index > 0;
        Ok(Self { bytes, hash, header, block, references, indexed, logs })
    }

    /// Calls `each` with every reference, in order of their names, until it breaks.
    ///
    /// # Errors
    /// What is wrong with the table; what was given before stays given.
    pub(super) fn references(
        &self,
        each: &mut dyn FnMut(&[u8], Found<'_>) -> ControlFlow<()>,
    ) -> Result<(), &'static str> {
        let (mut name, mut at) = (Vec::new(), self.references.start);
        let end = self.references.end;
        while at < end && !(self.indexed && self.bytes[at] == b'i') {
            let (records, next) = self.block(b'r', at, end)?;
            let mut input = Input(&self.bytes[records]);
            let mut first = true;
            while !input.0.is_empty() {
                let kind = input.key(&mut name, NAME, first).ok_or("its names are out of order, or one is damaged")?;
                first = false;
                input.varint().ok_or(DAMAGED)?;
                let found = self.found(&mut input, kind).ok_or(DAMAGED)?;
                if each(&name, found).is_break() {
                    return Ok(());
                }
            }
            at = next;
        }
        if end > self.header && self.bytes.get(end) == Some(&b'r') {
            return Err("its footer hides a block of references");
        }
        if self.indexed {
            // What the last block of the index names last has to be the last reference: a block less would hide some.
            while at < end {
                at = self.block(b'i', at, end)?.1;
            }
            if self.last_indexed(end)? != name {
                return Err("its index names other references than its blocks hold");
            }
        }
        Ok(())
    }

    /// Where the records of a block are, and where the next one begins. `end`: that of the section.
    fn block(&self, kind: u8, at: usize, end: usize) -> Result<(Range<usize>, usize), &'static str> {
        // The header of the file belongs to the first block.
        let block = if at == self.header { 0 } else { at };
        let is = self.bytes.get(at) == Some(&kind);
        let length = number(&self.bytes, at + 1, 3).filter(|_| is).ok_or(DAMAGED)? as usize;
        let stop = block + length;
        // Git makes a block of an index longer than others where it is the only one.
        let long = kind == b'r' && self.block > 0 && length > self.block;
        if stop > end || stop < at + 6 || long {
            return Err(DAMAGED);
        }
        let restarts = number(&self.bytes, stop - 2, 2).ok_or(DAMAGED)? as usize;
        let records = (stop - 2).checked_sub(3 * restarts).filter(|to| *to >= at + 4).ok_or(DAMAGED)?;
        // Blocks are padded with zeros where another one follows that is not a log.
        let padded = self.bytes.get(stop) == Some(&0) && stop < end;
        let next = if padded { (block + self.block).clamp(stop, end) } else { stop };
        if self.bytes[stop..next].iter().any(|b| *b != 0) || padded && next == stop {
            return Err(DAMAGED);
        }
        Ok((at + 4..records, next))
    }

    /// The last key of the block of an index.
    fn last_indexed(&self, at: usize) -> Result<Vec<u8>, &'static str> {
        let (records, _) = self.block(b'i', at, self.bytes.len())?;
        let (mut input, mut key, mut first) = (Input(&self.bytes[records]), Vec::new(), true);
        while !input.0.is_empty() {
            input.key(&mut key, NAME, first).ok_or(DAMAGED)?;
            input.varint().ok_or(DAMAGED)?;
            first = false;
        }
        Ok(key)
    }

    fn found<'i>(&self, input: &mut Input<'i>, kind: u8) -> Option<Found<'i>> {
        let len = self.hash.len_in_bytes();
        Some(match kind {
            0 => Found::Deleted,
            1 => Found::Id(ObjectId::try_from(input.take(len)?).ok()?),
            2 => {
                let id = input.take(len)?;
                // What a tag peels to is read from the tag.
                input.take(len)?;
                Found::Id(ObjectId::try_from(id).ok()?)
            }
            3 => {
                let len = usize::try_from(input.varint()?).ok().filter(|len| *len <= NAME)?;
                Found::Symbolic(input.take(len)?)
            }
            _ => return None,
        })
    }
}

/// A number of `len` bytes, the highest first.
pub(super) fn number(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(len)?)?.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
}

/// What is left of a block.
pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of variable length, as git writes the distance to a base in packs.
    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut n = 0u64;
        loop {
            let byte = self.take(1)?[0];
            n = n.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
            if byte & 0x80 == 0 {
                return Some(n);
            }
            n = n.checked_add(1)?;
        }
    }

    /// The next key, which shares its start with the one in `key`; gives the type of its record. `None` if it does not come
    /// after that one, or is empty or longer than `limit`.
    pub(super) fn key(&mut self, key: &mut Vec<u8>, limit: usize, first: bool) -> Option<u8> {
        let shared = usize::try_from(self.varint()?).ok()?;
        let suffix = self.varint()?;
        let kind = (suffix & 7) as u8;
        let suffix = self.take(usize::try_from(suffix >> 3).ok()?)?;
        let len = shared.checked_add(suffix.len())?;
        // The first key of a block stands alone.
        if len == 0 || len > limit || shared > key.len() || first && shared > 0 || suffix <= &key[shared..] {
            return None;
        }
        key.truncate(shared);
        key.extend_from_slice(suffix);
        Some(kind)
    }
}
