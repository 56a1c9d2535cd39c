//! The reflogs of a table: compressed blocks, whose keys are the name of a reference and the number of the change.
//!
//! In: a table, and what older tables said. Out: the ids before and after each change. Names, dates and messages in it
//! are not looked at, as in reflogs that are files. It refuses blocks that do not inflate to the length that they give.

use super::table::{Input, Table, number};
use gix_hash::ObjectId;
use gix_zlib::{Inflate, Status};
use std::collections::BTreeMap;

/// Bytes of a key: a name, NUL, and the number of the change.
const KEY: usize = 4096 + 9;

const DAMAGED: &str = "a block of reflogs in it is damaged";

/// Entries by key; `None` for one that was deleted.
pub(super) type Entries = BTreeMap<Vec<u8>, Option<[ObjectId; 2]>>;

/// The name of the reference in a key.
pub(super) fn name(key: &[u8]) -> Option<&[u8]> {
    key.split_last_chunk::<8>()?.0.strip_suffix(b"\0")
}

/// Adds what a table says to `entries`. `records` and `bytes`: how much may still be read; gives whether that was enough.
///
/// # Errors
/// What is wrong with the table; what was read before stays.
pub(super) fn read(
    table: &Table,
    entries: &mut Entries,
    records: &mut usize,
    bytes: &mut u64,
) -> Result<bool, &'static str> {
    let (mut at, end, len) = (table.logs.start, table.logs.end, table.hash.len_in_bytes());
    let (mut inflate, mut block, mut key) = (Inflate::default(), Vec::new(), Vec::new());
    // Blocks of the index of the logs follow.
    while at < end && table.bytes[at] != b'i' {
        let length = number(&table.bytes, at + 1, 3).filter(|_| table.bytes[at] == b'g').ok_or(DAMAGED)? as usize;
        // The length counts the header of the block, and in the first one that of the file.
        let before = if at == table.header { at + 4 } else { 4 };
        let length = length.checked_sub(before).ok_or(DAMAGED)?;
        if *bytes < length as u64 {
            return Ok(false);
        }
        *bytes -= length as u64;
        block.clear();
        block.resize(length, 0);
        inflate.reset();
        let input = table.bytes.get(at + 4..end).ok_or(DAMAGED)?;
        let (status, consumed, written) = inflate.once(input, &mut block).map_err(|_| DAMAGED)?;
        if status != Status::StreamEnd || written != length || consumed == 0 {
            return Err(DAMAGED);
        }
        at += 4 + consumed;
        let restarts = length.checked_sub(2).and_then(|at| number(&block, at, 2)).ok_or(DAMAGED)? as usize;
        let stop = (length - 2).checked_sub(3 * restarts).ok_or(DAMAGED)?;
        let mut input = Input(&block[..stop]);
        let mut first = true;
        while !input.0.is_empty() {
            let kind = input.key(&mut key, KEY, first).ok_or(DAMAGED)?;
            first = false;
            let ids = match kind {
                0 => None,
                1 => Some(entry(&mut input, len).ok_or(DAMAGED)?),
                _ => return Err(DAMAGED),
            };
            if *records == 0 || *bytes < key.len() as u64 {
                return Ok(false);
            }
            (*records, *bytes) = (*records - 1, *bytes - key.len() as u64);
            entries.insert(key.clone(), ids);
        }
    }
    Ok(true)
}

/// One change: both ids, and past name, address, time, zone and message.
fn entry(input: &mut Input<'_>, len: usize) -> Option<[ObjectId; 2]> {
    let (old, new) = (input.take(len)?, input.take(len)?);
    for _ in 0..2 {
        let text = usize::try_from(input.varint()?).ok()?;
        input.take(text)?;
    }
    input.varint()?;
    input.take(2)?;
    let message = usize::try_from(input.varint()?).ok()?;
    input.take(message)?;
    Some([ObjectId::try_from(old).ok()?, ObjectId::try_from(new).ok()?])
}
