//! References in all their files, shallow boundary, alternates, and the names by which people mean commits.

#![no_main]

use leaktight::git::{Access, Refs, Repository};
use leaktight_fuzz::{Folder, Seeds, input, target};
use std::sync::LazyLock;

static FOLDER: LazyLock<Folder> = LazyLock::new(Folder::repository);
const FILES: [&str; 8] = [
    "packed-refs",
    "HEAD",
    "refs/heads/main",
    "logs/HEAD",
    "shallow",
    "objects/info/alternates",
    "MERGE_HEAD",
    "logs/refs/stash",
];

target!(seeds, |data| {
    let mut parts = input::parts(data);
    for name in FILES {
        FOLDER.write(&format!(".git/{name}"), parts.next().unwrap_or_default());
    }
    let Ok(repository) = Repository::open(FOLDER.path(), &[]) else { return };
    let refs = Refs::read(&repository);
    let again = Refs::read(&repository);
    assert_eq!((&refs.all, refs.head, &refs.gaps), (&again.all, again.head, &again.gaps));
    assert!(refs.all.is_sorted() && refs.all.iter().all(|reference| !reference.target.is_null()));
    assert!(repository.object_dirs.iter().all(|dir| dir.starts_with(&repository.git_dir)), "led elsewhere");
    if let Some(revision) = parts.next() {
        let access = Access::at(FOLDER.path(), &[]).expect("a repository");
        let revision = String::from_utf8_lossy(revision);
        let found = access.resolve(&revision);
        assert_eq!(found.is_ok(), access.resolve(&revision).is_ok());
        let _ = (access.merge_heads(), access.reference(revision.as_bytes()));
    }
});

fn seeds() -> Seeds {
    let id = "0123456789".repeat(4);
    let packed =
        format!("# pack-refs with: peeled fully-peeled sorted \n{id} refs/heads/old\n{id} refs/tags/v1\n^{id}\n");
    let log = format!("{id} {id} A <a@b> 1700000000 +0000\tcommit: x\n");
    let one = |head: &str, revision: &str| {
        [
            &packed,
            head,
            &format!("{id}\n"),
            &log,
            &format!("{id}\n"),
            "# none\n../lent\n",
            &format!("{id}\n"),
            &log,
            revision,
        ]
        .map(str::as_bytes)
        .join(&0xff)
    };
    Seeds::new([
        one("ref: refs/heads/main\n", "HEAD~2"),
        one(&format!("{id}\n"), "main^{commit}"),
        one("ref: refs/heads/old", "stash@{1}"),
        one("refs/heads/../../x", "0123456"),
    ])
    .words(&["ref: ", "refs/heads/", "refs/remotes/origin/", "^{}", "@{-1}", "^2", "~1", ".lock", "../"])
}
