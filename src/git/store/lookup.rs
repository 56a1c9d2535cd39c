//! Single objects by id, without reading what else there is: for gates, which look at what a change brings.
//!
//! In: folders of objects. Out: the bytes behind an id, from a loose object or a pack, through its chain of deltas. What is
//! handed out has the id that was asked for: every object is hashed, so a store that lies is an error and no blind spot.
//! Opening reads the heads of the indexes of packs. Git may repack at the same time: an object that is not there is looked
//! for once more in the packs that are new since then. It refuses objects over 1 GiB or with deltas of more than that,
//! chains that lead back to themselves, and to make more bytes of all packs than they can honestly hold.

mod kept;
#[cfg(test)]
mod tests;

use super::delta::{self, Content};
use super::pack::{Pack, damaged};
use super::pack_index::PackIndex;
use super::way::Way;
use super::{kind, loose, most_made};
use crate::blob::{Gap, GapKind};
use crate::fs::open::{OpenError, Root};
use crate::git::object::Kind;
use gix_hash::Kind as HashKind;
use gix_hash::ObjectId;
use gix_pack::data::entry::Header as EntryKind;
use gix_zlib::Inflate;
use kept::{Kept, Place};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub use kept::Object;

/// Times that folders of packs are listed again without finding a new pack; a clone may lack thousands of objects.
const MOST_LISTED: usize = 100;
/// Copies of bases that are tried for one object: each may be a delta on an object that has copies itself.
const MOST_TRIED: usize = 64;

/// Why there is no object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// Nothing has this id.
    Missing,
    /// It is there, and cannot be read: why.
    Damaged(String),
    /// So much was made of the packs before that no honest repository needs it.
    TooMuch,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("it is not there"),
            Self::Damaged(why) => f.write_str(why),
            Self::TooMuch => f.write_str("reading the objects before it took more than its packs can honestly hold"),
        }
    }
}

impl std::error::Error for Lost {}

impl Lost {
    /// The gap that it is, where `what` was to be looked at.
    pub fn gap(&self, what: impl Into<Vec<u8>>) -> Gap {
        let kind = match self {
            Self::Missing => GapKind::MissingObject,
            Self::Damaged(_) => GapKind::CorruptObject,
            Self::TooMuch => GapKind::Limit,
        };
        Gap { kind, what: what.into(), why: self.to_string(), blocks: true }
    }
}

/// Objects by id.
pub struct Lookup {
    /// Where packs are.
    folders: Vec<PathBuf>,
    /// Those that were opened. New ones come last, and none is dropped: an open file can be read after git has removed it.
    packs: RwLock<Packs>,
    /// Listings that found no new pack.
    listed: AtomicUsize,
    loose: Vec<Root>,
    hash: HashKind,
    kept: Mutex<Kept>,
    /// Bytes that were made of packs.
    made: AtomicU64,
}

type Packs = Arc<Vec<Arc<Opened>>>;

/// A pack with its index.
struct Opened {
    path: PathBuf,
    index: PackIndex,
    pack: Pack,
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lookup({} packs, {} folders)", self.packs().len(), self.loose.len())
    }
}

impl Lookup {
    /// Opens the objects in `folders`.
    pub fn open(folders: &[PathBuf], hash: HashKind) -> (Self, Vec<Gap>) {
        let lookup = Self {
            folders: folders.iter().map(|folder| folder.join("pack")).collect(),
            packs: RwLock::default(),
            listed: AtomicUsize::new(0),
            loose: folders.iter().map(|folder| Root::new(folder)).collect(),
            hash,
            kept: Mutex::default(),
            made: AtomicU64::new(0),
        };
        // A pack that cannot be opened may have been removed since it was listed; then it is not listed again.
        let (mut gaps, _) = lookup.add_packs();
        if !gaps.is_empty() {
            (gaps, _) = lookup.add_packs();
        }
        (lookup, gaps)
    }

    fn packs(&self) -> Packs {
        Arc::clone(&self.packs.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Opens the packs that are not open yet; gives what cannot be opened, and whether there is a new one.
    fn add_packs(&self) -> (Vec<Gap>, bool) {
        let mut gaps = Vec::new();
        let mut packs = self.packs.write().unwrap_or_else(PoisonError::into_inner);
        let mut all = packs.to_vec();
        for folder in &self.folders {
            let names = loose::names(folder).unwrap_or_else(|e| {
                let why = e.to_string();
                gaps.push(Gap { kind: GapKind::Unreadable, what: b"objects/pack".to_vec(), why, blocks: true });
                Vec::new()
            });
            for name in names.iter().filter(|n| n.extension().is_some_and(|e| e == "pack")) {
                let path = folder.join(name);
                if packs.iter().any(|known| known.path == path) {
                    continue;
                }
                match opened(path, self.hash) {
                    Ok(pack) => all.push(Arc::new(pack)),
                    Err(gap) => gaps.push(gap),
                }
            }
        }
        let more = all.len() > packs.len();
        if more {
            *packs = Arc::new(all);
        }
        (gaps, more)
    }

    /// How ids are made.
    pub fn hash(&self) -> HashKind {
        self.hash
    }

    /// Whether there is no object at all in `folders`, which are those it was opened with. Stops at the first one.
    pub fn is_empty(&self, folders: &[PathBuf]) -> bool {
        let has_loose = |folder: &PathBuf| {
            let fans = loose::names(folder).unwrap_or_default();
            let fans = fans.iter().filter_map(|fan| fan.to_str()).filter(|fan| fan.len() == 2);
            let digits = self.hash.len_in_hex() - 2;
            let is_object = |name: &PathBuf| {
                name.to_str().is_some_and(|n| n.len() == digits && n.bytes().all(|b| b.is_ascii_hexdigit()))
            };
            fans.into_iter().any(|fan| loose::names(&folder.join(fan)).unwrap_or_default().iter().any(is_object))
        };
        self.packs().is_empty() && !folders.iter().any(has_loose)
    }

    /// The objects whose ids begin with these hexadecimal digits: at most a few, for telling one from several.
    pub fn beginning(&self, hex: &str, folders: &[PathBuf]) -> Vec<ObjectId> {
        let mut found = Vec::new();
        let Some((head, rest)) = hex.split_at_checked(2) else { return found };
        for pack in self.packs().iter() {
            found.extend(pack.index.beginning(hex, 4, self.hash));
        }
        for folder in folders {
            let names = loose::names(&folder.join(head)).unwrap_or_default();
            let names = names.iter().filter_map(|n| n.to_str()).filter(|n| n.starts_with(rest));
            found.extend(
                names.filter_map(|n| crate::git::object::parse_id(format!("{head}{n}").as_bytes(), self.hash)).take(4),
            );
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The object with this id.
    ///
    /// # Errors
    /// That it is not there, or why it cannot be read.
    pub fn read(&self, id: &ObjectId) -> Result<Object, Lost> {
        let packs = self.packs();
        let lost = match self.read_in(&packs, id) {
            Ok(object) => return Ok(object),
            Err(_) if self.is_exhausted() => return Err(Lost::TooMuch),
            Err(lost) if self.listed.load(Relaxed) >= MOST_LISTED => return Err(lost),
            Err(lost) => lost,
        };
        // Git writes a new pack before it removes what is in it.
        if !self.add_packs().1 && packs.len() == self.packs().len() {
            self.listed.fetch_add(1, Relaxed);
            return Err(lost);
        }
        self.read_in(&self.packs(), id)
    }

    /// Every copy is read: git hashes none, and may show one that has other bytes than the others.
    fn read_in(&self, packs: &[Arc<Opened>], id: &ObjectId) -> Result<Object, Lost> {
        let (mut sound, mut damaged) = (None, None);
        let mut add = |copy: Result<Object, String>| match copy.and_then(|object| self.checked(id, object)) {
            Ok(object) => sound = Some(object),
            Err(why) => damaged = Some(why),
        };
        for (of, pack) in packs.iter().enumerate() {
            match pack.index.offsets(id) {
                Ok(offsets) => {
                    offsets.into_iter().for_each(|at| add(self.packed(packs, (of, at), &mut Way::default(), &mut 0)));
                }
                Err(e) => add(Err(format!("the index of its pack cannot be read: {e}"))),
            }
        }
        let hex = id.to_string();
        for root in &self.loose {
            match root.open(&Path::new(&hex[..2]).join(&hex[2..])) {
                Err(OpenError::Io(e)) if e.kind() == std::io::ErrorKind::NotFound => continue,
                _ => {}
            }
            let mut bytes = Vec::new();
            let read = loose::read(root, id, &mut Inflate::default(), &mut bytes);
            add(read.map(|kind| (kind, Arc::new(bytes))));
        }
        match (sound, damaged) {
            (Some(object), None) => Ok(object),
            (Some(_), Some(why)) => Err(Lost::Damaged(format!("{why}; another copy of it is sound"))),
            (None, Some(why)) => Err(Lost::Damaged(why)),
            (None, None) => Err(Lost::Missing),
        }
    }

    /// Whether more was made of the packs than they can honestly hold: then nothing else is. What was read before that
    /// depends on the order of reading.
    pub fn is_exhausted(&self) -> bool {
        let made = self.made.load(Relaxed);
        let stored = || self.packs().iter().map(|opened| opened.pack.end).sum::<u64>();
        made > most_made(0) && made > most_made(stored())
    }

    /// Forgets what was made.
    pub fn start_again(&self) {
        self.made.store(0, Relaxed);
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }

    /// Counts bytes before they are made.
    fn make(&self, bytes: usize) -> Result<(), String> {
        self.made.fetch_add(bytes as u64, Relaxed);
        if self.is_exhausted() { Err(Lost::TooMuch.to_string()) } else { Ok(()) }
    }

    /// The object with this id, which must be of this kind.
    ///
    /// # Errors
    /// As [`Self::read`]; and when it is of another kind.
    pub fn read_as(&self, id: &ObjectId, kind: Kind) -> Result<Arc<Vec<u8>>, Lost> {
        match self.read(id)? {
            (found, bytes) if found == kind => Ok(bytes),
            (found, _) => Err(Lost::Damaged(format!("it is a {}, where a {} must be", found.name(), kind.name()))),
        }
    }

    fn checked(&self, id: &ObjectId, object: Object) -> Result<Object, String> {
        match gix_object::compute_hash(self.hash, object.0.into(), &object.1) {
            Ok(real) if real == *id => Ok(object),
            Ok(_) => Err("its bytes have another id than the one it is kept under".into()),
            Err(e) => Err(format!("its id cannot be computed: {e}")),
        }
    }

    /// What begins at a place, through all its bases; `way` leads there. `tried`: copies of bases that were tried, those that led
    /// nowhere included.
    fn packed(
        &self,
        packs: &[Arc<Opened>],
        place: Place,
        way: &mut Way<Place>,
        tried: &mut usize,
    ) -> Result<Object, String> {
        let (mut of, mut at) = place;
        let mut inflate = Inflate::default();
        let mut deltas: Vec<(Place, Vec<u8>)> = Vec::new();
        let (kind, mut bytes) = loop {
            if let Some(known) = self.kept((of, at)) {
                break known;
            }
            let opened = packs.get(of).ok_or("its base is not there")?;
            let mut data = Vec::new();
            let (header, _) = opened.pack.entry(at, &mut inflate, &mut data).ok_or("its data is damaged")?;
            if let Some(kind) = kind(&header.header) {
                self.make(data.len())?;
                let whole = (kind, Arc::new(data));
                self.keep((of, at), &whole);
                break whole;
            }
            way.enter((of, at), data.len())?;
            deltas.push(((of, at), data));
            match header.header {
                EntryKind::OfsDelta { base_distance } => {
                    at = at.checked_sub(base_distance).filter(|b| *b < at).ok_or("its base is not there")?;
                }
                EntryKind::RefDelta { base_id } => match places(packs, of, &base_id)[..] {
                    [] => break self.read(&base_id).map_err(|_| "its base is not there")?,
                    [place] => (of, at) = place,
                    ref copies => break self.copied(packs, &base_id, copies, way, tried)?,
                },
                _ => return Err("it is of no kind".into()),
            }
        };
        let mut pieces = Vec::new();
        for (place, delta) in deltas.iter().rev() {
            if delta::sizes(delta).is_ok_and(|(_, size)| size > super::pack::MOST_BYTES) {
                return Err("it is larger than the limit of 1 GiB".into());
            }
            let len = delta::parse(delta, bytes.len(), &mut pieces).map_err(|e| e.to_string())?;
            self.make(len)?;
            let mut next = Vec::with_capacity(len);
            Content::Delta { base: &bytes, delta, pieces: &pieces }.append(0..len, &mut next);
            bytes = Arc::new(next);
            self.keep(*place, &(kind, Arc::clone(&bytes)));
        }
        Ok((kind, bytes))
    }

    /// The base with this id, of which there are several copies: the first that does not need what is made from it.
    fn copied(
        &self,
        packs: &[Arc<Opened>],
        id: &ObjectId,
        copies: &[Place],
        way: &mut Way<Place>,
        tried: &mut usize,
    ) -> Result<Object, String> {
        let fork = way.here();
        let mut why = String::new();
        for copy in copies {
            *tried += 1;
            if *tried > MOST_TRIED {
                return Err("its chain of deltas has more copies of bases than the limit".into());
            }
            match self.packed(packs, *copy, way, tried).and_then(|object| self.checked(id, object)) {
                Ok(object) => return Ok(object),
                Err(e) => why = e,
            }
            way.back(fork);
        }
        Err(why)
    }

    fn kept(&self, place: Place) -> Option<Object> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(place)
    }

    fn keep(&self, place: Place, object: &Object) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).put(place, object.clone());
    }
}

/// Where packs have the object with this id: in pack `first`, for that is where git puts bases, or else in the others.
fn places(packs: &[Arc<Opened>], first: usize, id: &ObjectId) -> Vec<Place> {
    let of_pack = |of: usize| packs[of].index.offsets(id).unwrap_or_default().into_iter().map(move |at| (of, at));
    let own: Vec<Place> = of_pack(first).collect();
    if own.is_empty() { (0..packs.len()).flat_map(of_pack).collect() } else { own }
}

/// Opens a pack and its index.
fn opened(path: PathBuf, hash: HashKind) -> Result<Opened, Gap> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let index = PackIndex::open(&path.with_extension("idx"), hash).map_err(|why| damaged(&name, why))?;
    Ok(Opened { index, pack: Pack::alone(&path, hash)?, path })
}
