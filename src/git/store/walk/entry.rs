//! Entries of a pack as they really are: what the index claims is held against the bytes.
//!
//! In: an entry, or bytes between entries. Out: inflated data, the number of the object, and a [`Gap`] for every claim
//! that is wrong. Objects that no index names are found here, get their ids from their bytes, and are handed over like
//! all others.

use super::{Visit, Walk};
use crate::blob::{Gap, GapKind};
use crate::git::object::Kind;
use crate::git::store::delta::{self, Content};
use crate::git::store::kind;
use crate::git::store::numbers::Number;
use crate::git::store::pack::{Header, MOST_BYTES, NONE, Pack};
use crate::text::count;
use gix_pack::data::entry::Header as EntryKind;
use gix_zlib::Inflate;

impl<V: Visit> Walk<'_, V> {
    /// Inflates an entry, checks what the index says about it, and gives the number that it claims.
    pub(super) fn entry_bytes(
        &self,
        pack: &Pack,
        at: u32,
        inflate: &mut Inflate,
        raw: &mut Vec<u8>,
        out: &mut Vec<u8>,
    ) -> Option<Number> {
        let entry = pack.entries[at as usize];
        let extent = pack.extent(at as usize);
        let done = match pack.raw(extent.clone(), raw) {
            Ok(()) => match Header::from_bytes(raw, entry.offset, self.store.hash) {
                Ok(header) => pack.inflate(&header, raw, inflate, out).map_err(str::to_owned),
                Err(_) => Err("its header is damaged".to_owned()),
            },
            Err(e) => Err(e.to_string()),
        };
        let own = match done {
            Ok(own) => own,
            Err(why) => {
                self.corrupt(entry.object, Some((pack, at)), why);
                return None;
            }
        };
        if own < raw.len() {
            self.between(pack, extent.start + own as u64, extent.end);
        } else if entry.crc.is_some_and(|crc| crc != crc32fast::hash(raw)) {
            self.corrupt(entry.object, Some((pack, at)), "its checksum in the pack's index is wrong".into());
        }
        Some(entry.object)
    }

    /// Bytes that belong to no entry of the index: whole entries among them are scanned, and all of it is said.
    fn between(&self, pack: &Pack, start: u64, end: u64) {
        let mut hidden = 0;
        let mut at = start;
        if start < end {
            for (offset, behind) in pack.walk(start, end) {
                at = behind;
                hidden += 1;
                let (mut inflate, mut bytes) = (Inflate::default(), Vec::new());
                let read = pack
                    .entry(offset, &mut inflate, &mut bytes)
                    .and_then(|(header, _)| self.resolve(pack, offset, header, bytes, 0));
                match read {
                    Some((kind, bytes)) => {
                        if (self.wanted)(kind) {
                            let number = self.hashed(kind, Content::Whole(&bytes)).unwrap_or(NONE);
                            self.visit(number, kind, Content::Whole(&bytes), Some(&bytes), None, false);
                        }
                    }
                    None => {
                        self.corrupt(NONE, None, format!("an object in {} that its index does not name", pack.name))
                    }
                }
            }
        }
        let what = format!("{} at {start}", count(end.abs_diff(start), "byte", "bytes"));
        let objects = |one: &str, many: &str| format!("its index leaves out {}", count(hidden, one, many));
        let why = match (hidden, at == end) {
            (0, _) => "its index leaves out bytes that are no object".to_owned(),
            (_, true) => objects("object; it was scanned", "objects; they were scanned"),
            (_, false) => {
                objects("object, which was scanned,", "objects, which were scanned,") + " and bytes that are none"
            }
        };
        let what = format!("{}: {what}", pack.name).into_bytes();
        self.visitor.gap(Gap { kind: GapKind::DamagedPack, what, why, blocks: true });
    }

    /// The object that an entry makes which the index does not name.
    fn resolve(
        &self,
        pack: &Pack,
        offset: u64,
        header: Header,
        bytes: Vec<u8>,
        depth: usize,
    ) -> Option<(Kind, Vec<u8>)> {
        if let Some(kind) = kind(&header.header) {
            return Some((kind, bytes));
        }
        if depth > 64 {
            return None;
        }
        let (kind, base) = match header.header {
            EntryKind::OfsDelta { base_distance } => {
                let at = offset.checked_sub(base_distance).filter(|b| *b < offset)?;
                let mut data = Vec::new();
                let (header, _) = pack.entry(at, &mut Inflate::default(), &mut data)?;
                self.resolve(pack, at, header, data, depth + 1)?
            }
            EntryKind::RefDelta { base_id } => self.store.read(self.store.objects.find(base_id.as_slice())?).ok()?,
            _ => return None,
        };
        let mut pieces = Vec::new();
        let size = delta::sizes(&bytes).ok()?.1;
        let len = (size <= MOST_BYTES).then(|| delta::parse(&bytes, base.len(), &mut pieces).ok())??;
        let mut out = Vec::with_capacity(len);
        Content::Delta { base: &base, delta: &bytes, pieces: &pieces }.append(0..len, &mut out);
        Some((kind, out))
    }

    /// The number of an entry: what its index claims, checked where another entry claims the same, or computed.
    pub(super) fn number(
        &self,
        of: u32,
        pack: &Pack,
        at: u32,
        object: Number,
        kind: Kind,
        content: Content<'_>,
    ) -> Number {
        if object != NONE && !self.rehash && self.store.is_first(of, at, object) {
            return object;
        }
        let number = self.checked(object, Some((pack, at)), kind, content);
        self.store.note(number, of, at);
        number
    }

    /// The number that follows from the bytes; another one than was claimed is said.
    pub(super) fn checked(
        &self,
        claimed: Number,
        at: Option<(&Pack, u32)>,
        kind: Kind,
        content: Content<'_>,
    ) -> Number {
        let Some(number) = self.hashed(kind, content) else { return claimed };
        if claimed != NONE && number != claimed {
            self.corrupt(claimed, at, "its bytes are those of another object; they were scanned all the same".into());
        }
        number
    }

    fn hashed(&self, kind: Kind, content: Content<'_>) -> Option<Number> {
        let mut bytes = Vec::new();
        content.append(0..content.len(), &mut bytes);
        let id = gix_object::compute_hash(self.store.hash, kind.into(), &bytes).ok()?;
        Some(self.store.objects.number(id))
    }
}
