//! Gates in a repository without objects: a checkout that failed brings nothing, and is not clean.

use crate::change::repo::{Repo, filler};
use crate::change::{Ask, Situation, hold};
use std::fs;

#[test]
fn a_gate_never_passes_where_objects_are_expected() {
    hold(TABLE);
}

/// Gives the repository a remote.
fn remote(r: &Repo) {
    r.git(&["remote", "add", "origin", "https://example.org/x.git"]);
}

/// A clone that was killed.
fn unfinished(r: &Repo) {
    r.put(".git/objects/pack/tmp_pack_a1B2c3", b"PACK");
}

pub(crate) const TABLE: &[Situation] = &[
    Situation { name: "new repository, nothing staged", make: |_| Ask::staged(), code: 0, said: &[] },
    Situation {
        name: "new repository, nothing staged, strict",
        make: |_| Ask::new(&["staged", "--strict"]),
        code: 3,
        said: &["gap empty"],
    },
    Situation {
        name: "no objects, a remote, staged",
        make: |r| {
            remote(r);
            Ask::staged()
        },
        code: 3,
        said: &["gap empty"],
    },
    Situation {
        name: "unfinished pack, staged",
        make: |r| {
            unfinished(r);
            Ask::staged()
        },
        code: 3,
        said: &["gap empty"],
    },
    Situation {
        name: "first commit in a clone of an empty repository",
        make: |r| {
            remote(r);
            r.stage("a.txt", filler(3));
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "packed references without objects, staged",
        make: |r| {
            r.put(".git/packed-refs", format!("{} refs/remotes/origin/main\n", "1".repeat(40)));
            Ask::staged()
        },
        code: 3,
        said: &["gap empty"],
    },
    Situation {
        name: "reflog without objects, range",
        make: |r| {
            let old = "0".repeat(40);
            r.put(".git/logs/HEAD", format!("{old} {} A <a@example.org> 1 +0000\tx\n", "1".repeat(40)));
            Ask::range("HEAD~1..HEAD")
        },
        code: 3,
        said: &["gap empty", "gap missing-base", "gap missing-object"],
    },
    Situation {
        name: "no objects, a remote, ci",
        make: |r| {
            remote(r);
            Ask::new(&["ci", "generic", "--base", "origin/main", "--head", "HEAD"])
        },
        code: 3,
        said: &["gap empty", "gap missing-object"],
    },
    Situation {
        name: "no objects, a push that deletes a branch, ci",
        make: |r| {
            remote(r);
            let (before, after) = ("1".repeat(40), "0".repeat(40));
            let event = format!(r#"{{"ref":"refs/heads/x","deleted":true,"before":"{before}","after":"{after}"}}"#);
            fs::write(r.path("event"), event).unwrap();
            let event = r.path("event").to_string_lossy().into_owned();
            Ask::new(&["ci", "github"]).env("GITHUB_EVENT_NAME", "push").env("GITHUB_EVENT_PATH", &event)
        },
        code: 3,
        said: &["gap empty"],
    },
    Situation {
        name: "objects lost, staged",
        make: |r| {
            r.commit_file("a.txt", filler(3));
            fs::remove_dir_all(r.path("r/.git/objects")).unwrap();
            fs::create_dir(r.path("r/.git/objects")).unwrap();
            Ask::staged()
        },
        code: 3,
        said: &["gap empty", "gap missing-object"],
    },
];
