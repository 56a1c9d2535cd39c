//! Commits, tags and trees: every range is inside the bytes, and entries of a tree follow each other.

#![no_main]

use leaktight::git::object::{Commit, Signature, Tag, tree_entries};
use leaktight_fuzz::{Folder, Input, Seeds, target};
use std::ops::Range;
use std::sync::LazyLock;

static FOLDERS: LazyLock<[Folder; 2]> = LazyLock::new(|| {
    let long = Folder::repository();
    long.write(".git/config", b"[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n");
    [Folder::repository(), long]
});

target!(seeds, |data| {
    let mut input = Input(data);
    let which = usize::from(input.byte() & 1);
    let bytes = input.0;
    static HASHES: LazyLock<Vec<leaktight::git::Repository>> = LazyLock::new(|| {
        FOLDERS.iter().map(|f| leaktight::git::Repository::open(f.path(), &[]).expect("a repository")).collect()
    });
    let hash = HASHES[which].hash;
    let inside = |range: &Range<usize>| assert!(range.start <= range.end && range.end <= bytes.len(), "{range:?}");
    let signed = |signature: &Option<Signature>| {
        if let Some(signature) = signature {
            inside(&signature.text);
            assert!(signature.zone.abs() <= 99 * 60 + 99);
        }
    };
    let commit = Commit::read(bytes, hash);
    inside(&commit.message);
    inside(&(0..commit.text_start));
    signed(&commit.author);
    signed(&commit.committer);
    assert!(commit.parents(bytes, hash).count() <= bytes.len() / 40);
    assert!(commit.text_start <= commit.message.start, "the message is text");
    let tag = Tag::read(bytes, hash);
    inside(&tag.message);
    inside(&tag.name);
    inside(&(0..tag.text_start));
    signed(&tag.tagger);
    let mut at = 0;
    for entry in tree_entries(bytes, hash) {
        match entry {
            Ok(entry) => {
                assert_eq!(entry.offset, at);
                assert!(entry.end > at && entry.end <= bytes.len());
                assert!(!entry.name.contains(&0));
                at = entry.end;
            }
            Err(error) => {
                assert_eq!(error.offset, at);
                at = bytes.len();
            }
        }
    }
    assert_eq!(at, bytes.len(), "the end is neither an entry nor an error");
});

fn seeds() -> Seeds {
    let id = "0123456789".repeat(4);
    let commit = format!(
        "tree {id}\nparent {id}\nparent {id}\nauthor A B <a@b> 1700000000 +0130\ncommitter C <c> 5 -0100\ngpgsig x\n y\n\n\
         subject\n\nbody\0after\n"
    );
    let tag = format!("object {id}\ntype commit\ntag v1\ntagger T <t@t> 1700000000 +0000\n\nmessage\n");
    let tree = [&b"100644 a\0"[..], &[7; 20], b"40000 b c\0", &[8; 20], b"160000 \xff\0", &[9; 20]].concat();
    Seeds::new([commit.into_bytes(), tag.into_bytes(), tree]).behind(&[0]).words(&["parent ", "author ", "\n\n"])
}
