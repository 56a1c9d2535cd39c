//! Loose objects: what is read is what follows the header, and a name that is not that of the content is an error.

#![no_main]

use leaktight::git::store::Store;
use leaktight::git::store::lookup::Lookup;
use leaktight_fuzz::{Folder, Input, Seeds, pack, target};
use std::sync::LazyLock;

static FOLDER: LazyLock<Folder> = LazyLock::new(Folder::repository);
const ID: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

target!(seeds, |data| {
    let mut input = Input(data);
    let compressed = input.byte() & 1 == 0;
    let bytes = if compressed { pack::zlib(input.0) } else { input.0.to_vec() };
    FOLDER.write(&format!(".git/objects/aa/{}", &ID[2..]), &bytes);
    let hash = leaktight::git::Repository::open(FOLDER.path(), &[]).expect("a repository").hash;
    let (store, gaps) = Store::open(&FOLDER.objects(), hash);
    assert_eq!((store.loose[0].1.len(), gaps.len()), (1, 0));
    let number = store.loose[0].1[0];
    let read = store.read(number);
    if compressed && let Ok((kind, content)) = &read {
        let nul = input.0.iter().position(|b| *b == 0).expect("a header ends");
        assert_eq!(content, &input.0[nul + 1..]);
        assert!(input.0.starts_with(kind.name().as_bytes()));
    }
    let (lookup, _) = Lookup::open(&FOLDER.objects(), hash);
    let id = store.objects.id(number).expect("an id");
    assert!(lookup.read(&id).is_err(), "content of another id");
});

fn seeds() -> Seeds {
    let objects: [&[u8]; 4] = [b"blob 3\0abc", b"tree 0\0", b"commit 12\0tree 01234\n\n", b"tag 1\0x"];
    let raw = objects.iter().map(|object| [&[1], pack::zlib(object).as_slice()].concat());
    Seeds::new(objects.iter().map(|object| [&[0], *object].concat()).chain(raw))
}
