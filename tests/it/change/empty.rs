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
    Situation {
        name: "folder of objects removed, staged",
        make: |r| {
            without_folder(r);
            Ask::staged()
        },
        code: 3,
        said: &["gap empty", "gap missing-object"],
    },
    Situation {
        name: "folder of objects removed, range",
        make: |r| {
            without_folder(r);
            Ask::range("main~1..main")
        },
        code: 3,
        said: &["gap empty", "gap missing-base", "gap missing-object"],
    },
    Situation {
        name: "folder of objects removed, ci",
        make: |r| {
            without_folder(r);
            Ask::new(&["ci", "generic", "--base", "main~1", "--head", "main"])
        },
        code: 3,
        said: &["gap empty", "gap missing-object"],
    },
    Situation {
        name: "folder of objects removed, staged of a folder within",
        make: |r| {
            without_folder(r);
            Ask::new(&["staged", "--repo", "r/sub"]).within(".")
        },
        code: 3,
        said: &["gap empty", "gap missing-object"],
    },
];

/// Two commits, and the folder that holds their objects is gone.
fn without_folder(r: &Repo) {
    r.commit_file("sub/a.txt", filler(3));
    r.commit_file("b.txt", filler(2));
    fs::remove_dir_all(r.path("r/.git/objects")).unwrap();
}

#[test]
fn a_pack_that_is_cut_off_is_a_gap_and_no_mistake_of_the_user() {
    let r = Repo::new(&[]);
    r.put(".leaktight/allow.toml", "# nothing is accepted\n");
    r.put(".leaktight/salt", format!("{}\n", "0a".repeat(32)));
    r.put("leaktight.toml", "[gate]\nfail-on = \"medium\"\n");
    r.commit_file("a.txt", filler(40));
    r.commit_file("a.txt", filler(50));
    r.git(&["repack", "-q", "-a", "-d"]);
    r.stage("b.txt", filler(3));
    let mut packs = fs::read_dir(r.path("r/.git/objects/pack")).unwrap().flatten().map(|e| e.path());
    let pack = packs.find(|path| path.extension().is_some_and(|e| e == "pack")).expect("a pack");
    let whole = fs::read(&pack).unwrap();
    fs::remove_file(&pack).unwrap();
    for part in 1..=12 {
        fs::write(&pack, &whole[..whole.len() * part / 13]).unwrap();
        for ask in [Ask::staged(), Ask::range("main~1..main")] {
            let said = r.ask(&ask);
            // What only the last part holds is not needed for every change.
            assert!(said.code == 3 || (said.code == 0 && part > 9), "{part}/13: {:?} {}", said.said, said.stderr);
        }
    }
}

#[test]
fn a_clone_that_borrows_objects_names_the_cause_first() {
    let r = Repo::new(&[]);
    r.put(".leaktight/salt", format!("{}\n", "0a".repeat(32)));
    r.commit_file("a.txt", filler(4));
    r.commit_file("b/c.txt", filler(5));
    r.git_in(".", &["clone", "-q", "--shared", "r", "borrower"]);
    let gaps = |args: &[&str]| {
        let said = r.ask(&Ask::new(args).within("borrower"));
        let list = said.json["run"]["gaps"].as_array().expect("gaps").clone();
        assert!(!said.json.to_string().contains("broken at the head"), "{}", said.json);
        assert!(list.iter().all(|g| !g["help"].as_str().unwrap().contains("--refetch")), "{list:?}");
        assert!(list[0]["help"].as_str().unwrap().contains("--allow-alternates"), "{list:?}");
        let kinds: Vec<String> = list.iter().map(|g| g["kind"].as_str().unwrap().to_owned()).collect();
        (said.code, kinds)
    };
    let expected = |kinds: &[&str]| (3, kinds.iter().map(|k| (*k).to_owned()).collect::<Vec<_>>());
    assert_eq!(gaps(&["staged"]), expected(&["alternate", "missing-object"]));
    assert_eq!(gaps(&["history"]), expected(&["alternate", "missing-object"]));
    assert_eq!(gaps(&["range", "main~1..main"]), expected(&["alternate", "missing-object", "missing-base"]));
    let allowed = ["staged", "--allow-alternates", "../r/.git/objects"];
    assert_eq!(r.ask(&Ask::new(&allowed).within("borrower")).code, 0);
}
