//! Indexes of packs, of either version, over one sound pack: whatever an index claims, what is handed out for an id has it.

#![no_main]

use leaktight::git::ObjectId;
use leaktight::git::store::Store;
use leaktight::git::store::lookup::Lookup;
use leaktight_fuzz::{Folder, Input, Seeds, pack, target};
use std::sync::LazyLock;

type Sound = (Vec<u8>, Vec<pack::Entry>);

static PACK: LazyLock<Sound> = LazyLock::new(|| {
    pack::written(Input(&pack::described(&[
        (3, 0, b"some text\nof two lines\n"),
        (6, 0, &[0x90, 9, 4, b'm', b'o', b'r', b'e']),
        (7, 0, &[2, b'a', b'b', 0x90, 5]),
        (2, 0, b"100644 a\0aaaaaaaaaaaaaaaaaaaa"),
    ])))
});
static FOLDER: LazyLock<Folder> = LazyLock::new(|| {
    let folder = Folder::repository();
    folder.write(".git/objects/pack/pack-1.pack", &PACK.0);
    folder
});

target!(seeds, |data| {
    let mut input = Input(data);
    let mode = input.byte();
    let mut index = input.0.to_vec();
    if mode & 1 == 0 {
        // Its own checksum is right, and with the second bit that of the pack.
        if mode & 2 == 0 {
            index.extend(&PACK.0[PACK.0.len() - 20..]);
        }
        index.extend(pack::hash(&index));
    }
    FOLDER.write(".git/objects/pack/pack-1.idx", &index);
    let hash = leaktight::git::Repository::open(FOLDER.path(), &[]).expect("a repository").hash;
    let (store, gaps) = Store::open(&FOLDER.objects(), hash);
    for (at, entry) in store.packs[0].entries.iter().enumerate() {
        assert!(entry.offset < PACK.0.len() as u64);
        let _ = store.read_entry(0, at as u32);
    }
    let (lookup, _) = Lookup::open(&FOLDER.objects(), hash);
    let mut ids: Vec<ObjectId> = PACK.1.iter().filter_map(pack::Entry::id).collect();
    for hex in ["00", "7f", "ff", "1234"] {
        let beginning = lookup.beginning(hex, &FOLDER.objects());
        assert!(beginning.iter().all(|id| id.to_string().starts_with(hex)));
        ids.extend(beginning);
    }
    for id in ids {
        match lookup.read(&id) {
            Ok((kind, bytes)) => assert_eq!(pack::id_of(kind, &bytes), id),
            Err(_) => assert!(mode & 3 != 0 || !gaps.is_empty() || data != seeds().inputs[0], "the sound index fails"),
        }
    }
});

fn seeds() -> Seeds {
    let (bytes, entries) = &*PACK;
    let second = pack::index(bytes, entries);
    let second = &second[..second.len() - 40];
    // Version 1: the table, then offset and id of each.
    let (table, rest) = second[8..].split_at(1024);
    let count = entries.iter().filter(|entry| entry.made.is_some()).count();
    let mut first = table.to_vec();
    for n in 0..count {
        first.extend(&rest[24 * count + 4 * n..][..4]);
        first.extend(&rest[20 * n..][..20]);
    }
    Seeds::new([[&[0], second].concat(), [&[0], first.as_slice()].concat(), [&[2], second].concat()])
}
