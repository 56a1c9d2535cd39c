//! Packs, their indexes and loose objects, written the simple way, with what must come out of them.
//!
//! In: descriptions of entries, read from an input. Out: the bytes of a pack, and for each entry the object that it makes,
//! by an application of deltas that shares nothing with the reader under test.

use crate::Input;
use leaktight::git::{Kind, ObjectId, sha1};

/// An entry of a pack that was written.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where its header begins.
    pub offset: u64,
    /// What it makes; `None` if its delta cannot be applied.
    pub made: Option<(Kind, Vec<u8>)>,
}

impl Entry {
    /// The id of what it makes.
    pub fn id(&self) -> Option<ObjectId> {
        self.made.as_ref().map(|(kind, bytes)| id_of(*kind, bytes))
    }
}

/// The id of an object.
pub fn id_of(kind: Kind, bytes: &[u8]) -> ObjectId {
    let hash = hash(&[format!("{} {}\0", kind.name(), bytes.len()).as_bytes(), bytes].concat());
    ObjectId::try_from(&hash[..]).expect("20 bytes")
}

/// SHA-1.
pub fn hash(bytes: &[u8]) -> [u8; 20] {
    sha1(bytes).unwrap_or_default()
}

/// A stream of zlib that stores `bytes` as they are.
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    out.extend(stored(bytes));
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

/// Blocks of deflate that store `bytes` as they are.
pub fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let blocks: Vec<&[u8]> = if bytes.is_empty() { vec![b""] } else { bytes.chunks(0xffff).collect() };
    for (n, block) in blocks.iter().enumerate() {
        out.push(u8::from(n + 1 == blocks.len()));
        let len = block.len() as u16;
        out.extend([len.to_le_bytes(), (!len).to_le_bytes()].concat());
        out.extend(*block);
    }
    out
}

/// CRC-32 as gzip and the indexes of packs have it.
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

/// The pack that `input` describes: of each entry its kind, an argument, and its content with a length before it. The
/// content of a delta is instructions; its sizes are put before it, right ones unless the kind says otherwise.
pub fn written(mut input: Input<'_>) -> (Vec<u8>, Vec<Entry>) {
    let mut bytes = Vec::new();
    let mut entries: Vec<Entry> = Vec::new();
    while !input.0.is_empty() && entries.len() < 64 {
        let (kind, argument, len) = (input.byte(), usize::from(input.byte()), input.below(usize::MAX));
        let content = input.take(len);
        let offset = 12 + bytes.len() as u64;
        let base = argument.checked_rem(entries.len()).map(|n| entries[n].clone());
        let (number, before, content, made) = match kind & 7 {
            n @ (6 | 7) => {
                let made = base.as_ref().and_then(|base| base.made.as_ref());
                let size = applied(content, made.map_or(&[][..], |(_, bytes)| bytes)).map_or(0, |made| made.len());
                let mut delta = size_of(made.map_or(0, |(_, bytes)| bytes.len()));
                delta.extend(size_of(if kind & 8 == 0 { size } else { argument }));
                delta.extend(content);
                let before = if n == 6 {
                    distance(base.as_ref().map_or(argument as u64, |base| offset - base.offset))
                } else {
                    base.as_ref().and_then(Entry::id).map_or(vec![argument as u8; 20], |id| id.as_slice().to_vec())
                };
                let made = made.and_then(|(kind, base)| Some((*kind, applied(content, base)?)));
                let made = made.filter(|(_, bytes)| kind & 8 == 0 || bytes.len() == argument);
                (n, before, delta, made)
            }
            n => {
                let number = if (1..=4).contains(&n) { n } else { 3 };
                let kind = [Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag][usize::from(number) - 1];
                (number, Vec::new(), content.to_vec(), Some((kind, content.to_vec())))
            }
        };
        let mut size = content.len();
        let mut first = number << 4 | (size & 15) as u8;
        size >>= 4;
        if size > 0 {
            first |= 0x80;
        }
        bytes.push(first);
        if size > 0 {
            bytes.extend(size_of(size));
        }
        bytes.extend(before);
        bytes.extend(zlib(&content));
        entries.push(Entry { offset, made });
    }
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend((entries.len() as u32).to_be_bytes());
    pack.extend(bytes);
    pack.extend(hash(&pack));
    (pack, entries)
}

/// A number, seven bits a byte, lowest first.
fn size_of(mut n: usize) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let low = (n & 0x7f) as u8;
        n >>= 7;
        if n == 0 {
            out.push(low);
            return out;
        }
        out.push(low | 0x80);
    }
}

/// A distance, seven bits a byte, highest first, each further byte one more.
fn distance(mut n: u64) -> Vec<u8> {
    let mut out = vec![(n & 0x7f) as u8];
    n >>= 7;
    while n > 0 {
        n -= 1;
        out.push((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    out.reverse();
    out
}

/// The result of these instructions, which have no sizes before them.
pub fn applied(delta: &[u8], base: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut rest) = (Vec::new(), delta.iter().copied());
    while let Some(op) = rest.next() {
        if op & 0x80 == 0 {
            let new: Vec<u8> = rest.by_ref().take(op.into()).collect();
            if op == 0 || new.len() != usize::from(op) {
                return None;
            }
            out.extend(new);
            continue;
        }
        let mut fields = [0_usize; 7];
        for (n, field) in fields.iter_mut().enumerate() {
            if op >> n & 1 == 1 {
                *field = rest.next()?.into();
            }
        }
        let from = fields[0] | fields[1] << 8 | fields[2] << 16 | fields[3] << 24;
        let len = match fields[4] | fields[5] << 8 | fields[6] << 16 {
            0 => 0x1_0000,
            len => len,
        };
        out.extend(base.get(from..from + len)?);
        if out.len() > 1 << 22 {
            return None;
        }
    }
    Some(out)
}

/// An index of version 2 for the entries that make something.
pub fn index(pack: &[u8], entries: &[Entry]) -> Vec<u8> {
    let mut rows: Vec<(ObjectId, u32, u32)> = Vec::new();
    for (n, entry) in entries.iter().enumerate() {
        let Some(id) = entry.id() else { continue };
        let end = entries.get(n + 1).map_or(pack.len() - 20, |next| next.offset as usize);
        rows.push((id, crc32(&pack[entry.offset as usize..end]), entry.offset as u32));
    }
    rows.sort_unstable();
    let mut out = vec![0xff, b't', b'O', b'c', 0, 0, 0, 2];
    for first in 0..=255_u8 {
        let count = rows.iter().filter(|row| row.0.as_slice()[0] <= first).count();
        out.extend((count as u32).to_be_bytes());
    }
    rows.iter().for_each(|row| out.extend(row.0.as_slice()));
    rows.iter().for_each(|row| out.extend(row.1.to_be_bytes()));
    rows.iter().for_each(|row| out.extend(row.2.to_be_bytes()));
    out.extend(&pack[pack.len() - 20..]);
    out.extend(hash(&out));
    out
}

/// The description of a pack, for [`written`].
pub fn described(entries: &[(u8, u8, &[u8])]) -> Vec<u8> {
    let one = |(kind, argument, content): &(u8, u8, &[u8])| {
        [&[*kind, *argument][..], &(content.len() as u16).to_le_bytes(), content].concat()
    };
    entries.iter().flat_map(one).collect()
}
