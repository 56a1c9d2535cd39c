//! Packs, as they are on disk or made of entries with sound compressed data, with and without an index: each entry makes
//! what a plain application of its deltas makes, and the walk over the pack hands over the same objects.

#![no_main]

use leaktight::blob::Gap;
use leaktight::git::Kind;
use leaktight::git::store::Store;
use leaktight::git::store::lookup::Lookup;
use leaktight::git::store::walk::{Forests, Item, Visit, Walk};
use leaktight_fuzz::{Folder, Input, Seeds, pack, target};
use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex};

static FOLDER: LazyLock<Folder> = LazyLock::new(Folder::repository);
const PACK: &str = ".git/objects/pack/pack-1.pack";
const INDEX: &str = ".git/objects/pack/pack-1.idx";

type Object = (Kind, Vec<u8>);

#[derive(Default)]
struct Visitor(Mutex<(BTreeSet<Object>, Vec<Gap>)>);

impl Visit for Visitor {
    type Kept = ();

    fn object(&self, item: &Item<'_, ()>) {
        let mut made = Vec::new();
        let bytes = item.bytes(&mut made).to_vec();
        assert_eq!(bytes.len(), item.content.len());
        self.0.lock().unwrap().0.insert((item.kind, bytes));
    }

    fn gap(&self, gap: Gap) {
        self.0.lock().unwrap().1.push(gap);
    }
}

target!(seeds, |data| {
    let mut input = Input(data);
    let mode = input.byte();
    let (bytes, entries) = if mode & 1 == 0 { pack::written(input) } else { (input.0.to_vec(), Vec::new()) };
    FOLDER.write(PACK, &bytes);
    let indexed = mode & 2 != 0 && mode & 1 == 0;
    if indexed {
        FOLDER.write(INDEX, &pack::index(&bytes, &entries));
    } else {
        FOLDER.remove(INDEX);
    }
    let hash = leaktight::git::Repository::open(FOLDER.path(), &[]).expect("a repository").hash;
    let (store, opened) = Store::open(&FOLDER.objects(), hash);
    let visitor = Visitor::default();
    let forests = Forests::new(&store, &|gap| visitor.gap(gap));
    Walk::new(&store, &forests, &visitor, |_| true).rehashing(mode & 4 != 0).run();
    let (walked, gaps) = visitor.0.into_inner().unwrap();
    if mode & 1 != 0 {
        for entry in 0..store.packs.first().map_or(0, |pack| pack.entries.len()) {
            assert_eq!(store.read_entry(0, entry as u32), store.read_entry(0, entry as u32));
        }
        return;
    }
    let sound: BTreeSet<Object> = entries.iter().filter_map(|entry| entry.made.clone()).collect();
    assert_eq!(walked, sound, "what the walk hands over, and what is there; {gaps:?}");
    let recorded = gaps.len() + opened.len();
    assert!(recorded > 0 || entries.iter().all(|entry| entry.made.is_some()), "a damaged entry without a gap");
    if !indexed {
        return;
    }
    let (lookup, _) = Lookup::open(&FOLDER.objects(), hash);
    for entry in &entries {
        let (Some(id), Some((kind, bytes))) = (entry.id(), &entry.made) else { continue };
        let number = store.objects.find(id.as_slice()).expect("it is in the index");
        // It reads one of several copies, and that one may lead back to itself.
        let again = store.read(number);
        let copies = entries.iter().filter(|other| other.id() == Some(id)).count();
        assert!(again.as_ref() == Ok(&(*kind, bytes.clone())) || (copies > 1 && again.is_err()), "{again:?}");
        let (found, read) = lookup.read(&id).expect("it is in the index");
        assert_eq!((found, read.as_slice()), (*kind, bytes.as_slice()));
    }
});

fn seeds() -> Seeds {
    let plain = pack::described(&[
        (3, 0, b"some text\nof two lines\n"),
        (1, 0, b"tree 0123456789012345678901234567890123456789\nauthor a <b> 1 +0000\n\nm\n"),
        (6, 0, &[0x90, 9, 4, b'm', b'o', b'r', b'e']),
        (7, 0, &[2, b'a', b'b', 0x90, 5]),
        (6, 2, &[0x90, 3, 0x91, 2, 7]),
        (2, 0, b"100644 a\0aaaaaaaaaaaaaaaaaaaa"),
        (4, 0, b"object 0123456789012345678901234567890123456789\ntype blob\ntag t\n\nm\n"),
        (14, 9, &[0x90, 9]),
    ]);
    let mut inputs: Vec<Vec<u8>> = [0, 2, 4, 6].iter().map(|mode| [&[*mode], plain.as_slice()].concat()).collect();
    inputs.push([&[1], pack::written(Input(&plain)).0.as_slice()].concat());
    Seeds::new(inputs)
}
