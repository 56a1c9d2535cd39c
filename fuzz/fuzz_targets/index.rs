//! Git's index, with a right checksum or none, alone or beside a shared one: it is read twice alike, and the comparison of a
//! gate with nothing ends.

#![no_main]

use leaktight::git::tree::changes::{self, Budget};
use leaktight::git::{Access, tracked};
use leaktight_fuzz::{Folder, Input, Seeds, pack, target};
use std::sync::LazyLock;

static FOLDER: LazyLock<Folder> = LazyLock::new(Folder::repository);

target!(seeds, |data| {
    let mut input = Input(data);
    let mode = input.byte();
    let shared = format!(".git/sharedindex.{}", "1".repeat(40));
    let with_checksum = |bytes: &[u8]| match mode & 1 {
        0 => [bytes, &pack::hash(bytes)].concat(),
        _ => [bytes, &[0; 20]].concat(),
    };
    if mode & 2 == 0 {
        FOLDER.remove(&shared);
    } else {
        let len = input.below(usize::MAX);
        FOLDER.write(&shared, &with_checksum(input.take(len)));
    }
    FOLDER.write(".git/index", &with_checksum(input.0));
    let files = tracked(FOLDER.path());
    let access = Access::at(FOLDER.path(), &[]).expect("a repository");
    // The list of references includes the entries of the index.
    let _ = leaktight::git::Refs::read(&access.repository);
    match access.index() {
        Ok(index) => {
            let files = files.expect("it was read the first time");
            assert!(files.len() <= index.len() && (index.len() == 0) == index.is_empty());
            let changes = changes::of_index(&access, index, &[], &Budget::default());
            assert!(changes.gone.is_empty(), "there was nothing before");
            for change in changes.new {
                assert!(files.holds(&change.path) || files.is_submodule(&change.path) || change.path.ends_with(b"/"));
            }
        }
        Err(_) => assert!(files.is_err()),
    }
});

fn seeds() -> Seeds {
    let entry = |mode: u32, id: u8, flags: u16, path: &[u8]| {
        let mut out = vec![0; 24];
        out.extend(mode.to_be_bytes());
        out.extend([0; 12]);
        out.extend([id; 20]);
        out.extend((flags | path.len() as u16).to_be_bytes());
        out.extend(path);
        out.extend(vec![0; 8 - out.len() % 8]);
        out
    };
    let entries = [
        entry(0o100_644, 1, 0, b"a/b.txt"),
        entry(0o100_755, 2, 0, b"a/c"),
        entry(0o120_000, 3, 0, b"link"),
        entry(0o160_000, 4, 0, b"module"),
        entry(0o100_644, 5, 1 << 12, b"x"),
        entry(0o100_644, 6, 2 << 12, b"x"),
    ];
    let head = |count: u32| [&b"DIRC\0\0\0\x02"[..], &count.to_be_bytes()].concat();
    let mut tree = b"\x006 1\n".to_vec();
    tree.extend([9; 20]);
    tree.extend(b"a\x002 0\n");
    tree.extend([8; 20]);
    let tree = [&b"TREE"[..], &(tree.len() as u32).to_be_bytes(), &tree].concat();
    let mut link = vec![0x11; 20];
    link.extend([0; 24]);
    let link = [&b"link"[..], &(link.len() as u32).to_be_bytes(), &link].concat();
    let whole = [head(6), entries.concat()].concat();
    let split = [&(whole.len() as u16).to_le_bytes()[..], &whole, &head(0), &link].concat();
    Seeds::new([
        [&[0], whole.as_slice()].concat(),
        [&[1], whole.as_slice(), &tree].concat(),
        [&[0], whole.as_slice(), &tree, b"EOIE\0\0\0\x18"].concat(),
        [&[3], split.as_slice()].concat(),
    ])
    .words(&["TREE", "link", "REUC", "UNTR", "FSMN", "EOIE", "IEOT", "sdir"])
}
