//! References in tables: any blocks behind a header, with a footer whose checksum is right, and tables that override each
//! other. They are read twice alike, and a single lookup says what the list says.

#![no_main]

use leaktight::git::{Access, Refs, Repository};
use leaktight_fuzz::{Folder, Input, Seeds, target};
use std::sync::LazyLock;

static FOLDER: LazyLock<Folder> = LazyLock::new(|| {
    let folder = Folder::repository();
    folder.write(".git/config", b"[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable\n");
    folder.write(".git/reftable/tables.list", b"1.ref\n2.ref\n");
    folder
});

/// The checksum of a footer, bit by bit: the crate that the program takes is none of ours.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

target!(seeds, |data| {
    let mut input = Input(data);
    for name in ["1.ref", "2.ref"] {
        let mut table = b"REFT\x01\0".to_vec();
        table.extend(input.take(2));
        table.resize(24, 0);
        let places: Vec<u64> = (0..5).map(|_| input.below(4096) as u64).collect();
        let len = input.below(4096);
        table.extend(input.take(len));
        let mut footer = table[..24].to_vec();
        places.iter().for_each(|place| footer.extend(place.to_be_bytes()));
        let sum = if input.byte() == 0xff { 0 } else { crc32(&footer) };
        footer.extend(sum.to_be_bytes());
        table.extend(footer);
        FOLDER.write(&format!(".git/reftable/{name}"), &table);
    }
    let repository = Repository::open(FOLDER.path(), &[]).expect("a repository");
    let refs = Refs::read(&repository);
    let again = Refs::read(&repository);
    assert_eq!((&refs.all, refs.head, &refs.gaps), (&again.all, again.head, &again.gaps));
    assert!(refs.all.is_sorted() && refs.all.iter().all(|reference| !reference.target.is_null()));
    let access = Access::at(FOLDER.path(), &[]).expect("a repository");
    let head = access.reference(b"HEAD");
    if refs.gaps.is_empty() {
        assert_eq!(head.ok().flatten(), refs.head);
    }
});

fn seeds() -> Seeds {
    let block = |records: &[u8]| {
        let len = (24 + 4 + records.len() + 5) as u32;
        [&b"r"[..], &len.to_be_bytes()[1..], records, &[0, 0, 28, 0, 1]].concat()
    };
    let head = [&[0, 4 << 3 | 3][..], b"HEAD", &[0, 15], b"refs/heads/main"].concat();
    let main = [&[0, 15 << 3 | 1][..], b"refs/heads/main", &[0], &[7; 20]].concat();
    let tag = [&[5, 6 << 3 | 2][..], b"tags/v", &[0], &[8; 40]].concat();
    let gone = [&[0, 15 << 3][..], b"refs/heads/main", &[0]].concat();
    let table = |block: &[u8], log: u16| {
        let mut out = vec![0; 2 + 6];
        out.extend(log.to_le_bytes());
        out.extend([0; 2]);
        out.extend((block.len() as u16).to_le_bytes());
        out.extend(block);
        out.push(0);
        out
    };
    let (old, new) = (block(&[head, main, tag].concat()), block(&gone));
    Seeds::new([
        [table(&old, 0), table(&new, 0)].concat(),
        [table(&old, 0), table(b"g\0\0\x30x\x9c", 24)].concat(),
        table(&old, 40),
    ])
    .words(&["HEAD", "refs/heads/main", "refs/bisect/", "REFT", "r\0\0", "g\0\0"])
}
