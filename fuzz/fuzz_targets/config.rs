//! Git's configuration: opening a repository with it gives the same twice, and takes nothing from outside.

#![no_main]

use leaktight::git::Repository;
use leaktight_fuzz::{Folder, Seeds, target};
use std::sync::LazyLock;

static FOLDER: LazyLock<Folder> = LazyLock::new(Folder::repository);

target!(seeds, |data| {
    FOLDER.write(".git/config", data);
    let open = || Repository::open(FOLDER.path(), &[]).expect("a repository");
    let (one, two) = (open(), open());
    assert_eq!((&one.gaps, one.bare, one.remote, one.hash), (&two.gaps, two.bare, two.remote, two.hash));
    assert_eq!(one.object_dirs.len(), 1);
    assert!(one.object_dirs[0].starts_with(&one.git_dir), "led elsewhere");
    assert!(one.gaps.len() <= 1 + data.len(), "more gaps than bytes");
});

fn seeds() -> Seeds {
    Seeds::new([
        "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectFormat = sha256\n\trefStorage = files\n",
        "[remote \"origin\"]\n\turl = \"a b\\\"c\" # comment\n\tpromisor\n; more\n[Remote.Two]\n\tpromisor = yes\n",
        "[core]\n\tbare = \\\n  tr\\\nue\n[include]\n\tpath = /dev/zero\n[extensions]\n\tpartialClone = origin\n\tx = y\n",
        "\u{feff}[core] bare = 0x10k\n[a \"b\\\\c\"] d\n[a.b \"c\"]e=f\\tg\n",
    ])
    .words(&["[core]", "[extensions]", "repositoryformatversion", "reftable", "worktreeConfig", "noop-v1", "compatObjectFormat"])
}
