//! All objects that a repository keeps: packs, loose objects, numbers for them, and the bytes of any one.
//!
//! In: folders of objects, or a bundle. Out: [`Pack`]s with numbered entries, loose objects, [`Objects`]. Two entries that
//! claim one id are both kept, for both are scanned. It decides nothing about what objects mean, and reads one by
//! following its chain of deltas from the start: for the few that are looked at again, not for all.

pub mod delta;
pub(crate) mod forest;
pub mod lookup;
pub mod loose;
pub mod numbers;
pub mod pack;
pub(crate) mod pack_index;
pub mod walk;
mod way;

use super::object::Kind;
use crate::blob::{Gap, GapKind};
use crate::fs::open::Root;
use delta::Content;
use gix_hash::Kind as HashKind;
use gix_hash::ObjectId;
use gix_pack::data::entry::Header as EntryKind;
use gix_zlib::Inflate;
use numbers::{Number, Objects};
use pack::{Entry, NONE, Pack, damaged};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use way::Way;

/// Bytes that objects may have, for each byte of the packs that they are made from: more is a bomb.
const MOST_EXPANSION: u64 = 4096;
/// ... but so many are always allowed.
const ALWAYS: u64 = 4 << 30;

/// How many bytes may be made of packs with so many bytes.
fn most_made(stored: u64) -> u64 {
    stored.saturating_mul(MOST_EXPANSION).max(ALWAYS)
}

/// Everything that a repository keeps.
pub struct Store {
    /// Packs, by name.
    pub packs: Vec<Pack>,
    /// Folders of loose objects, each with the objects in it.
    pub loose: Vec<(Root, Vec<Number>)>,
    /// Their ids.
    pub objects: Objects,
    /// How ids are made.
    pub hash: HashKind,
    /// Where each object is.
    places: Vec<Place>,
    /// The same for objects that no index names.
    found: Mutex<HashMap<Number, Place>>,
}

/// Where an object is: pack and entry, or folder of loose objects.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Index of the pack; of the folder, where `entry` is [`NONE`].
    of: u32,
    entry: u32,
}

const NOWHERE: Place = Place { of: NONE, entry: NONE };

impl Store {
    /// Opens the objects in `folders`.
    pub fn open(folders: &[PathBuf], hash: HashKind) -> (Self, Vec<Gap>) {
        let (mut packs, mut gaps) = (Vec::new(), Vec::new());
        for folder in folders {
            for path in pack_files(&folder.join("pack"), &mut gaps) {
                match Pack::open(&path, hash) {
                    Ok((pack, claims, more)) => {
                        packs.push((pack, claims));
                        gaps.extend(more);
                    }
                    Err(gap) => gaps.push(gap),
                }
            }
        }
        let loose = folders.iter().map(|folder| {
            let mut others = Vec::new();
            let ids = loose::ids(folder, hash, &mut others).unwrap_or_else(|e| {
                gaps.push(unreadable("objects", &e));
                Vec::new()
            });
            gaps.extend(others.into_iter().map(|path| Gap {
                kind: GapKind::CorruptObject,
                what: path.to_string_lossy().into_owned().into_bytes(),
                why: "its name is no id of an object".into(),
                // What git leaves behind when it is interrupted.
                blocks: !path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("tmp_obj_")),
            }));
            (Root::new(folder), ids)
        });
        let loose = loose.collect();
        let (store, more) = Self::numbered(packs, loose, hash);
        gaps.extend(more);
        (store, gaps)
    }

    /// The objects of one pack.
    pub fn of_pack(pack: Pack, claims: Vec<pack::Claim>, hash: HashKind) -> (Self, Vec<Gap>) {
        Self::numbered(vec![(pack, claims)], Vec::new(), hash)
    }

    fn numbered(
        packs: Vec<(Pack, Vec<pack::Claim>)>,
        loose: Vec<(Root, Vec<ObjectId>)>,
        hash: HashKind,
    ) -> (Self, Vec<Gap>) {
        let claimed = packs.iter().flat_map(|(_, claims)| claims.iter().map(|c| c.0)).filter(|id| !id.is_null());
        let ids = claimed.chain(loose.iter().flat_map(|(_, ids)| ids.iter().copied())).collect();
        let objects = Objects::new(ids, hash.len_in_bytes());
        let mut places = vec![NOWHERE; objects.claimed()];
        let mut gaps = Vec::new();
        let loose: Vec<(Root, Vec<Number>)> = loose
            .into_iter()
            .map(|(root, ids)| (root, ids.iter().filter_map(|id| objects.find(id.as_slice())).collect()))
            .collect();
        for (of, (_, numbers)) in (0..).zip(&loose) {
            for number in numbers {
                places[*number as usize] = Place { of, entry: NONE };
            }
        }
        let packs: Vec<Pack> = (0..)
            .zip(packs)
            .map(|(of, (mut pack, claims))| {
                let entries = claims.into_iter().map(|(id, offset, crc)| Entry {
                    offset,
                    object: objects.find(id.as_slice()).unwrap_or(NONE),
                    crc,
                });
                gaps.extend(pack.set_entries(entries.collect()));
                for (entry, e) in (0..).zip(&pack.entries) {
                    if let Some(place) = places.get_mut(e.object as usize) {
                        *place = Place { of, entry };
                    }
                }
                pack
            })
            .collect();
        (Self { packs, loose, objects, hash, places, found: Mutex::default() }, gaps)
    }

    /// Whether there is no object at all.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.packs.iter().all(|pack| pack.entries.is_empty())
    }

    /// Whether some entries have no id but the one that follows from their bytes.
    pub fn has_unnamed(&self) -> bool {
        self.packs.iter().any(|pack| pack.entries.iter().any(|e| e.object == NONE))
    }

    /// Notes where an object is that no index names.
    pub fn note(&self, number: Number, pack: u32, entry: u32) {
        if number as usize >= self.places.len() {
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.entry(number).or_insert(Place { of: pack, entry });
        }
    }

    fn place(&self, number: Number) -> Option<Place> {
        let place = match self.places.get(number as usize) {
            Some(place) => *place,
            None => *self.found.lock().unwrap_or_else(PoisonError::into_inner).get(&number)?,
        };
        (place.of != NONE).then_some(place)
    }

    /// Whether this entry is the one that [`Self::read`] reads for its object; another one claims the same id.
    pub fn is_first(&self, pack: u32, entry: u32, number: Number) -> bool {
        self.place(number).is_none_or(|p| (p.of, p.entry) == (pack, entry))
    }

    /// Whether [`Self::read`] reads this object from a file of its own.
    pub fn is_loose(&self, number: Number) -> bool {
        self.place(number).is_some_and(|p| p.entry == NONE)
    }

    /// The object with this number.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(&self, number: Number) -> Result<(Kind, Vec<u8>), String> {
        let place = self.place(number).ok_or("it is not there")?;
        let mut bytes = Vec::new();
        if place.entry == NONE {
            let (root, _) = self.loose.get(place.of as usize).ok_or("it is not there")?;
            let id = self.objects.id(number).ok_or("it is not there")?;
            return Ok((loose::read(root, &id, &mut Inflate::default(), &mut bytes)?, bytes));
        }
        self.read_entry(place.of, place.entry)
    }

    /// The object that an entry makes, through all its bases.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read_entry(&self, pack: u32, entry: u32) -> Result<(Kind, Vec<u8>), String> {
        let (mut of, mut at) = (pack, entry);
        let mut inflate = Inflate::default();
        let mut deltas: Vec<Vec<u8>> = Vec::new();
        let mut way = Way::default();
        let (kind, mut bytes) = loop {
            let pack = self.packs.get(of as usize).ok_or("its base is not there")?;
            let offset = pack.entries.get(at as usize).ok_or("its base is not there")?.offset;
            let mut data = Vec::new();
            let (header, _) = pack.entry(offset, &mut inflate, &mut data).ok_or("its data is damaged")?;
            if let Some(kind) = kind(&header.header) {
                break (kind, data);
            }
            way.enter((of, at), data.len())?;
            deltas.push(data);
            match header.header {
                EntryKind::OfsDelta { base_distance } => {
                    let base =
                        offset.checked_sub(base_distance).filter(|b| *b < offset).ok_or("its base is not there")?;
                    let found = pack.entries.binary_search_by_key(&base, |e| e.offset);
                    at = found.map_err(|_| "its base is not there")? as u32;
                }
                EntryKind::RefDelta { base_id } => {
                    let number = self.objects.find(base_id.as_slice()).ok_or("its base is not there")?;
                    let place = self.place(number).ok_or("its base is not there")?;
                    if place.entry == NONE {
                        break self.read(number)?;
                    }
                    (of, at) = (place.of, place.entry);
                }
                _ => return Err("it is of no kind".into()),
            }
        };
        let mut pieces = Vec::new();
        for delta in deltas.iter().rev() {
            if delta::sizes(delta).is_ok_and(|(_, size)| size > pack::MOST_BYTES) {
                return Err("it is larger than the limit of 1 GiB".into());
            }
            let len = delta::parse(delta, bytes.len(), &mut pieces).map_err(|e| e.to_string())?;
            let mut next = Vec::with_capacity(len);
            Content::Delta { base: &bytes, delta, pieces: &pieces }.append(0..len, &mut next);
            bytes = next;
        }
        Ok((kind, bytes))
    }
}

/// The kind of an entry that is no delta.
pub fn kind(header: &EntryKind) -> Option<Kind> {
    match header {
        EntryKind::Commit => Some(Kind::Commit),
        EntryKind::Tree => Some(Kind::Tree),
        EntryKind::Blob => Some(Kind::Blob),
        EntryKind::Tag => Some(Kind::Tag),
        EntryKind::RefDelta { .. } | EntryKind::OfsDelta { .. } => None,
    }
}

/// The packs in a folder, by name; what lies there and is neither a pack nor about one is said.
fn pack_files(folder: &Path, gaps: &mut Vec<Gap>) -> Vec<PathBuf> {
    let mut packs = Vec::new();
    let names = loose::names(folder).unwrap_or_else(|e| {
        gaps.push(unreadable("objects/pack", &e));
        Vec::new()
    });
    for file in names {
        let path = folder.join(&file);
        let name = file.to_string_lossy().into_owned();
        match path.extension().and_then(|e| e.to_str()) {
            Some("pack") => packs.push(path),
            Some("idx") if path.with_extension("pack").symlink_metadata().is_err() => {
                gaps.push(damaged(&name, "an index whose pack is not there".into()));
            }
            // What git leaves behind when it is interrupted: it was never part of the repository.
            _ if name.starts_with("tmp_") => {
                gaps.push(Gap { blocks: false, ..damaged(&name, "a file that git did not finish; not read".into()) });
            }
            _ => {}
        }
    }
    packs
}

fn unreadable(what: &str, e: &std::io::Error) -> Gap {
    Gap { kind: GapKind::Unreadable, what: what.as_bytes().to_vec(), why: e.to_string(), blocks: true }
}
