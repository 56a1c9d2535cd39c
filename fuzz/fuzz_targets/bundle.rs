//! Bundles: a list of references, followed by a pack.

#![no_main]

use leaktight::git::repo::bundle;
use leaktight::git::store::Store;
use leaktight_fuzz::{Folder, Input, Seeds, pack, target};
use std::sync::LazyLock;

static FOLDER: LazyLock<Folder> = LazyLock::new(Folder::empty);

target!(seeds, |data| {
    let mut input = Input(data);
    let mode = input.byte();
    let mut bytes = if mode & 1 == 0 { b"# v2 git bundle\n".to_vec() } else { b"# v3 git bundle\n".to_vec() };
    let mut sound = Vec::new();
    if mode & 2 == 0 {
        let len = input.below(1 << 10);
        bytes
            .extend(input.take(len).split(|b| *b == b'\n').filter(|l| !l.is_empty()).flat_map(|l| [l, b"\n"].concat()));
        bytes.push(b'\n');
        let (pack, entries) = pack::written(input);
        bytes.extend(pack);
        sound = entries;
    } else {
        bytes.extend(input.0);
    }
    FOLDER.write("a.bundle", &bytes);
    let Ok(Some(bundle)) = bundle::open(&FOLDER.at("a.bundle")) else {
        assert!(mode & 2 != 0, "a bundle with its list is none");
        return;
    };
    assert!(bundle.refs.all.len() + bundle.needs.len() <= bytes.len() / 40);
    assert!(bundle.refs.all.iter().all(|reference| !reference.name.is_empty()));
    let sha1 = !bytes.windows(20).any(|w| w == b"object-format=sha256");
    let (store, _) = Store::of_pack(bundle.pack, bundle.claims, bundle.hash);
    let read = |n: usize| store.read_entry(0, n as u32);
    for n in 0..store.packs[0].entries.len() {
        assert_eq!(read(n), read(n));
    }
    for (n, entry) in sound.iter().enumerate().filter(|_| sha1) {
        assert_eq!(store.packs[0].entries[n].offset, entry.offset);
    }
});

fn seeds() -> Seeds {
    let id = "0123456789".repeat(4);
    let list = format!("@filter=blob:none\n-{id} subject\n{id} refs/heads/main\n{id} HEAD\n");
    let pack = pack::described(&[(3, 0, b"some text\n"), (6, 0, &[0x90, 9, 1, b'x'])]);
    let made = |mode: u8| [&[mode][..], &(list.len() as u16).to_le_bytes(), list.as_bytes(), &pack].concat();
    let raw = [&[3], list.as_bytes(), b"\n", &pack::written(Input(&pack)).0].concat();
    Seeds::new([made(0), made(1), raw]).words(&["@object-format=sha256\n", "@object-format=sha1\n"])
}
