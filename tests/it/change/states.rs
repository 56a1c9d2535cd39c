//! The state of each place (the table in `src/change/state.rs`): existing where the base held the value at that path, moved
//! where it left another path, else new. Each line names every place of every finding, not only the primary one.

use crate::change::repo::{Repo, line, start_work, utf16, work};
use crate::change::staged::{lfs_pointer, lfs_store};
use crate::change::{Ask, Situation, hold_places};
use crate::harness::{git, succeed, token};
use base64::Engine as _;

#[test]
fn every_place_has_its_own_state() {
    hold_places(TABLE);
}

/// `main` with secret 1 in `a.env`; then the branch `work`, which is checked out.
fn base(r: &Repo) {
    start_work(r, 10);
}

/// Stages everything.
fn staged(r: &Repo) -> Ask {
    r.git(&["add", "-A"]);
    Ask::staged()
}

/// A merge of `side`, which adds a clean file, into `work`, with what `change` does besides.
fn merge(r: &Repo, change: fn(&Repo)) {
    r.git(&["checkout", "-q", "-b", "side"]);
    r.commit_file("side.txt", "x\n");
    r.git(&["checkout", "-q", "work"]);
    r.commit_file("work.txt", "x\n");
    r.git(&["merge", "-q", "--no-commit", "side"]);
    change(r);
}

/// A password that a person made up: as sure everywhere, and less bad in a test. In parts, for our own scan reads this
/// file.
fn password() -> String {
    format!("PASSWORD={}\n", ["Blue", "whale", "-77!"].concat())
}

/// `main` with a made-up password in a test; then the branch `work`, which is checked out.
fn password_base(r: &Repo) {
    r.commit_file("tests/login.env", password());
    r.git(&["checkout", "-q", "-b", "work"]);
}

/// What git writes to the hook `pre-push` when it pushes these new branches to a remote that has `main`.
fn pre_push(r: &Repo, branches: &[&str]) -> Ask {
    r.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    let line = |name: &&str| {
        let id = r.git(&["rev-parse", name]);
        format!("refs/heads/{name} {id} refs/heads/{name} {}\n", "0".repeat(40))
    };
    let input = branches.iter().map(line).collect();
    Ask { input, ..Ask::new(&["hook", "pre-push", "origin", "../server.git"]) }
}

fn copy(r: &Repo) {
    r.put("c.env", line(1));
}

fn remove(r: &Repo, path: &str) {
    std::fs::remove_file(r.path("r").join(path)).unwrap();
}

fn rename(r: &Repo, from: &str, to: &str) {
    std::fs::rename(r.path("r").join(from), r.path("r").join(to)).unwrap();
}

/// Two files exchange what they hold.
fn swap(r: &Repo, one: &str, other: &str) {
    rename(r, one, "swap");
    rename(r, other, one);
    rename(r, "swap", other);
}

#[test]
fn a_made_up_password_is_as_bad_as_its_place() {
    hold_places(MADE_UP);
}

pub(crate) const MADE_UP: &[Situation] = &[
    Situation {
        name: "made up: staged, in a test",
        make: |r| {
            r.commit_file("x.txt", "x\n");
            r.put("tests/login.env", password());
            staged(r)
        },
        code: 0,
        said: &["new tests/login.env"],
    },
    Situation {
        name: "made up: staged, copied from a test into a file of production",
        make: |r| {
            password_base(r);
            r.put("src/prod.env", password());
            staged(r)
        },
        code: 1,
        said: &["new src/prod.env"],
    },
    Situation {
        name: "made up: staged, copied within a test and into a file of production",
        make: |r| {
            password_base(r);
            r.put("tests/again.env", password());
            r.put("src/prod.env", password());
            staged(r)
        },
        code: 1,
        said: &["new src/prod.env", "new tests/again.env"],
    },
    Situation {
        name: "made up: staged, moved from a test into a file of production",
        make: |r| {
            password_base(r);
            remove(r, "tests/login.env");
            r.put("src/prod.env", password());
            staged(r)
        },
        code: 1,
        said: &["new src/prod.env"],
    },
    Situation {
        name: "made up: staged, a rename within the tests",
        make: |r| {
            password_base(r);
            rename(r, "tests/login.env", "tests/other.env");
            staged(r)
        },
        code: 0,
        said: &["moved tests/other.env"],
    },
    Situation {
        name: "made up: staged, copied from a file of production into a test",
        make: |r| {
            r.commit_file("src/prod.env", password());
            r.put("src/prod.env", password() + "# more\n");
            r.put("tests/login.env", password());
            staged(r)
        },
        code: 0,
        said: &["existing src/prod.env", "new tests/login.env"],
    },
    Situation {
        name: "made up: range, copied from a test into a file of production",
        make: |r| {
            password_base(r);
            r.commit_file("src/prod.env", password());
            work()
        },
        code: 1,
        said: &["new src/prod.env"],
    },
    Situation {
        name: "made up: range, moved from a test into a file of production",
        make: |r| {
            password_base(r);
            remove(r, "tests/login.env");
            r.commit_file("src/prod.env", password());
            work()
        },
        code: 1,
        said: &["new src/prod.env"],
    },
    Situation {
        name: "made up: range, a rename within the tests",
        make: |r| {
            password_base(r);
            rename(r, "tests/login.env", "tests/other.env");
            r.commit("rename");
            work()
        },
        code: 0,
        said: &["moved tests/other.env"],
    },
    Situation {
        name: "made up: range, through a file of production into a test",
        make: |r| {
            r.commit_file("x.txt", "x\n");
            r.git(&["checkout", "-q", "-b", "work"]);
            r.commit_file("src/prod.env", password());
            remove(r, "src/prod.env");
            r.commit_file("tests/login.env", password());
            work()
        },
        code: 1,
        said: &["new tests/login.env", "removed-again src/prod.env"],
    },
];

pub(crate) const TABLE: &[Situation] = &[
    Situation {
        name: "states: a copy of a file that stays",
        make: |r| {
            base(r);
            copy(r);
            staged(r)
        },
        code: 1,
        said: &["new c.env"],
    },
    Situation {
        name: "states: a copy beside a change of the original",
        make: |r| {
            base(r);
            r.put("a.env", format!("# more\n{}", line(1)));
            copy(r);
            staged(r)
        },
        code: 1,
        said: &["existing a.env", "new c.env"],
    },
    Situation {
        name: "states: a rename",
        make: |r| {
            base(r);
            rename(r, "a.env", "c.env");
            staged(r)
        },
        code: 0,
        said: &["moved c.env"],
    },
    Situation {
        name: "states: the value leaves a file that stays",
        make: |r| {
            base(r);
            r.put("a.env", "# nothing here now\n");
            copy(r);
            staged(r)
        },
        code: 0,
        said: &["moved c.env"],
    },
    Situation {
        name: "states: one file is replaced by three copies of it",
        make: |r| {
            base(r);
            remove(r, "a.env");
            copy(r);
            r.put("d.env", line(1));
            r.put("e.env", line(1));
            staged(r)
        },
        code: 1,
        said: &["moved c.env", "new d.env", "new e.env"],
    },
    Situation {
        name: "states: three equal files move",
        make: |r| {
            ["a.env", "b.env", "c.env"].iter().for_each(|path| r.put(path, line(1)));
            r.commit("three");
            [("a.env", "x.env"), ("b.env", "y.env"), ("c.env", "z.env")].iter().for_each(|(a, b)| rename(r, a, b));
            staged(r)
        },
        code: 0,
        said: &["moved x.env", "moved y.env", "moved z.env"],
    },
    Situation {
        name: "states: a directory with many secrets is renamed",
        make: |r| {
            r.put("old/deep/a.env", line(1) + &line(2));
            r.put("old/deep/b.env", line(1));
            r.commit_file("old/c.env", line(3));
            rename(r, "old", "new");
            staged(r)
        },
        code: 0,
        said: &["moved new/c.env", "moved new/deep/a.env", "moved new/deep/b.env"],
    },
    Situation {
        name: "states: a directory is renamed, and one of its files copied",
        make: |r| {
            r.commit_file("old/a.env", line(1));
            rename(r, "old", "new");
            copy(r);
            staged(r)
        },
        code: 1,
        said: &["moved new/a.env", "new c.env"],
    },
    Situation {
        name: "states: two files swap what they hold",
        make: |r| {
            base(r);
            r.commit_file("b.env", line(2));
            swap(r, "a.env", "b.env");
            staged(r)
        },
        code: 0,
        said: &["moved a.env", "moved b.env"],
    },
    Situation {
        name: "states: a file becomes a directory, and a directory a file",
        make: |r| {
            r.put("dir/b.env", line(2));
            base(r);
            remove(r, "a.env");
            r.put("a.env/inner.env", line(1));
            std::fs::remove_dir_all(r.path("r/dir")).unwrap();
            r.put("dir", line(2));
            staged(r)
        },
        code: 0,
        said: &["moved a.env/inner.env", "moved dir"],
    },
    Situation {
        name: "states: moved, indented in another way and with other quotes",
        make: |r| {
            r.commit_file("a.py", format!("token = \"{}\"\n", token(1)));
            remove(r, "a.py");
            r.put("b.py", format!("if True:\n\t\ttoken = '{}'\n", token(1)));
            staged(r)
        },
        code: 0,
        said: &["moved b.py"],
    },
    Situation {
        name: "states: the same value twice where it was once",
        make: |r| {
            base(r);
            r.put("a.env", line(1) + "# again\n" + &line(1));
            staged(r)
        },
        code: 0,
        said: &["existing a.env"],
    },
    Situation {
        name: "states: a copy in base64",
        make: |r| {
            base(r);
            let text = base64::engine::general_purpose::STANDARD.encode(token(1));
            r.put("c.yaml", format!("kind: Secret\ndata:\n  token: {text}\n"));
            staged(r)
        },
        code: 1,
        said: &["new c.yaml"],
    },
    Situation {
        name: "states: recoded as UTF-16 where it is",
        make: |r| {
            base(r);
            r.put("a.env", utf16(&line(1)));
            staged(r)
        },
        code: 0,
        said: &["existing a.env"],
    },
    Situation {
        name: "states: moved and recoded as UTF-16, beside a copy in UTF-16",
        make: |r| {
            base(r);
            r.commit_file("b.env", line(2));
            remove(r, "a.env");
            r.put("c.env", utf16(&(line(1) + &line(2))));
            staged(r)
        },
        code: 1,
        said: &["moved c.env", "new c.env"],
    },
    Situation {
        name: "states: a file that Git LFS keeps is renamed",
        make: |r| {
            let (pointer, oid) = lfs_pointer(line(1).as_bytes());
            lfs_store(r, &oid, line(1).as_bytes());
            r.commit_file("a.env", pointer);
            rename(r, "a.env", "c.env");
            staged(r)
        },
        code: 0,
        said: &["moved c.env"],
    },
    Situation {
        name: "states: a file that Git LFS keeps is changed, and copied",
        make: |r| {
            let (pointer, oid) = lfs_pointer(line(1).as_bytes());
            lfs_store(r, &oid, line(1).as_bytes());
            r.commit_file("a.env", pointer);
            let more = line(1) + "# more\n";
            let (pointer, oid) = lfs_pointer(more.as_bytes());
            lfs_store(r, &oid, more.as_bytes());
            r.put("a.env", &pointer);
            r.put("c.env", &pointer);
            staged(r)
        },
        code: 1,
        said: &["existing a.env", "new c.env"],
    },
    Situation {
        name: "states: a test password is copied into a file of production",
        make: |r| {
            r.commit_file("tests/fixtures.env", password());
            r.put("src/prod.env", password());
            staged(r)
        },
        code: 1,
        said: &["new src/prod.env"],
    },
    Situation {
        name: "states: a test password is moved into a file of production",
        make: |r| {
            r.commit_file("tests/fixtures.env", password());
            remove(r, "tests/fixtures.env");
            r.put("src/prod.env", password());
            staged(r)
        },
        code: 1,
        said: &["new src/prod.env"],
    },
    Situation {
        name: "states: a password of production is moved into a test",
        make: |r| {
            r.commit_file("src/prod.env", password());
            remove(r, "src/prod.env");
            r.put("tests/fixtures.env", password());
            staged(r)
        },
        code: 0,
        said: &["moved tests/fixtures.env"],
    },
    Situation {
        name: "states: a password of production is moved on, and one of a test takes its place",
        make: |r| {
            r.put("src/prod.env", password());
            r.commit_file("tests/fixtures.env", password());
            rename(r, "src/prod.env", "src/live.env");
            rename(r, "tests/fixtures.env", "tests/other.env");
            staged(r)
        },
        code: 0,
        said: &["moved src/live.env", "moved tests/other.env"],
    },
    Situation {
        name: "states: what was there before lends no confidence to a new place",
        make: |r| {
            r.commit_file("src/prod.env", password());
            r.put("src/prod.env", password() + "# more\n");
            r.put("tests/fixtures.env", password());
            staged(r)
        },
        code: 0,
        said: &["existing src/prod.env", "new tests/fixtures.env"],
    },
    Situation {
        name: "states: a copy in a merge that is not committed",
        make: |r| {
            base(r);
            merge(r, copy);
            staged(r)
        },
        code: 1,
        said: &["new c.env"],
    },
    Situation {
        name: "states: a rename in a merge that is not committed",
        make: |r| {
            base(r);
            merge(r, |r| rename(r, "a.env", "c.env"));
            staged(r)
        },
        code: 0,
        said: &["moved c.env"],
    },
    Situation {
        name: "states: range, a copy",
        make: |r| {
            base(r);
            copy(r);
            r.commit("copy");
            work()
        },
        code: 1,
        said: &["new c.env"],
    },
    Situation {
        name: "states: range, a copy, and later the original is removed",
        make: |r| {
            base(r);
            copy(r);
            r.commit("copy");
            remove(r, "a.env");
            r.commit("remove");
            work()
        },
        code: 0,
        said: &["moved c.env"],
    },
    Situation {
        name: "states: range, a copy, and later the copy is removed",
        make: |r| {
            base(r);
            copy(r);
            r.commit("copy");
            remove(r, "c.env");
            r.commit("remove");
            work()
        },
        code: 1,
        said: &["removed-again c.env"],
    },
    Situation {
        name: "states: range, two renames in a row",
        make: |r| {
            base(r);
            rename(r, "a.env", "t.env");
            r.commit("first");
            rename(r, "t.env", "z.env");
            r.commit("second");
            work()
        },
        code: 0,
        said: &["moved t.env", "moved z.env"],
    },
    Situation {
        name: "states: range, a rename and back",
        make: |r| {
            base(r);
            rename(r, "a.env", "t.env");
            r.commit("there");
            rename(r, "t.env", "a.env");
            r.commit("and back");
            work()
        },
        code: 0,
        said: &["existing a.env", "existing t.env"],
    },
    Situation {
        name: "states: range, a rename and back, and the way there comes again as a copy that is removed",
        make: |r| {
            base(r);
            rename(r, "a.env", "t.env");
            r.commit("there");
            rename(r, "t.env", "a.env");
            r.commit("and back");
            copy(r);
            r.commit("copy");
            remove(r, "c.env");
            r.commit("remove");
            work()
        },
        code: 1,
        said: &["existing a.env", "existing t.env", "removed-again c.env"],
    },
    Situation {
        name: "states: range, a test password goes to a file of production and back",
        make: |r| {
            r.commit_file("tests/fixtures.env", password());
            r.git(&["checkout", "-q", "-b", "work"]);
            r.put("src/x.txt", "x\n");
            rename(r, "tests/fixtures.env", "src/prod.env");
            r.commit("there");
            r.put("tests/x.txt", "x\n");
            rename(r, "src/prod.env", "tests/fixtures.env");
            r.commit("and back");
            work()
        },
        code: 1,
        said: &["existing tests/fixtures.env", "removed-again src/prod.env"],
    },
    Situation {
        name: "states: range, a test password makes a stop in a file of production",
        make: |r| {
            r.commit_file("tests/fixtures.env", password());
            r.git(&["checkout", "-q", "-b", "work"]);
            r.put("src/x.txt", "x\n");
            rename(r, "tests/fixtures.env", "src/prod.env");
            r.commit("first");
            r.put("tests/x.txt", "x\n");
            rename(r, "src/prod.env", "tests/other.env");
            r.commit("second");
            work()
        },
        code: 1,
        said: &["moved tests/other.env", "removed-again src/prod.env"],
    },
    Situation {
        name: "states: range, touched and later removed",
        make: |r| {
            base(r);
            r.commit_file("a.env", line(1) + "# more\n");
            remove(r, "a.env");
            r.commit("remove");
            work()
        },
        code: 0,
        said: &["existing a.env"],
    },
    Situation {
        name: "states: range, one file is replaced by two, one of them in a later commit",
        make: |r| {
            base(r);
            rename(r, "a.env", "c.env");
            r.commit("rename");
            r.put("d.env", line(1));
            r.commit("copy");
            work()
        },
        code: 1,
        said: &["moved c.env", "new d.env"],
    },
    Situation {
        name: "states: range, two files swap what they hold",
        make: |r| {
            r.put("b.env", line(2));
            base(r);
            swap(r, "a.env", "b.env");
            r.commit("swap");
            work()
        },
        code: 0,
        said: &["moved a.env", "moved b.env"],
    },
    Situation {
        name: "states: range, a copy in a merge commit",
        make: |r| {
            base(r);
            merge(r, copy);
            r.commit("merge");
            work()
        },
        code: 1,
        said: &["new c.env"],
    },
    Situation {
        name: "states: range, a rename and a swap in a merge commit",
        make: |r| {
            r.put("b.env", line(2));
            r.put("d.env", line(3));
            base(r);
            merge(r, |r| {
                swap(r, "a.env", "b.env");
                rename(r, "d.env", "z.env");
            });
            r.commit("merge");
            work()
        },
        code: 0,
        said: &["moved a.env", "moved b.env", "moved z.env"],
    },
    Situation {
        name: "states: range, three copies and one removal in a merge commit",
        make: |r| {
            base(r);
            merge(r, |r| {
                rename(r, "a.env", "c.env");
                r.put("d.env", line(1));
                r.put("e.env", line(1));
            });
            r.commit("merge");
            work()
        },
        code: 1,
        said: &["moved c.env", "new d.env", "new e.env"],
    },
    Situation {
        name: "states: range, the base has moved the file, the branch copies it",
        make: |r| {
            base(r);
            copy(r);
            r.commit("copy");
            r.git(&["checkout", "-q", "main"]);
            rename(r, "a.env", "z.env");
            r.commit("moved by the base");
            work()
        },
        code: 1,
        said: &["new c.env"],
    },
    Situation {
        name: "states: range, the base has removed the value, the branch moves it",
        make: |r| {
            base(r);
            rename(r, "a.env", "c.env");
            r.commit("rename");
            r.git(&["checkout", "-q", "main"]);
            r.commit_file("a.env", "clean\n");
            work()
        },
        code: 1,
        said: &["new c.env"],
    },
    Situation {
        name: "states: range, the base has gone on elsewhere, the branch moves it",
        make: |r| {
            base(r);
            rename(r, "a.env", "c.env");
            r.commit("rename");
            r.git(&["checkout", "-q", "main"]);
            r.commit_file("m.txt", "m\n");
            work()
        },
        code: 0,
        said: &["moved c.env"],
    },
    Situation {
        name: "states: range, a message repeats a value that the base holds",
        make: |r| {
            base(r);
            r.git(&["commit", "-q", "--allow-empty", "-m", &format!("it is {}", token(1))]);
            work()
        },
        code: 1,
        said: &["new message"],
    },
    Situation {
        name: "states: range, a message repeats a value that moves",
        make: |r| {
            base(r);
            rename(r, "a.env", "c.env");
            r.commit(&format!("it is {}", token(1)));
            work()
        },
        code: 1,
        said: &["moved c.env", "new message"],
    },
    Situation {
        name: "states: ci generic, a copy",
        make: |r| {
            base(r);
            copy(r);
            r.commit("copy");
            Ask::new(&["ci", "generic", "--base", "main", "--head", "work"])
        },
        code: 1,
        said: &["new c.env"],
    },
    Situation {
        name: "states: ci generic, a rename",
        make: |r| {
            base(r);
            rename(r, "a.env", "c.env");
            r.commit("rename");
            Ask::new(&["ci", "generic", "--base", "main", "--head", "work"])
        },
        code: 0,
        said: &["moved c.env"],
    },
    Situation {
        name: "states: pre-push, a copy",
        make: |r| {
            base(r);
            copy(r);
            r.commit("copy");
            pre_push(r, &["work"])
        },
        code: 1,
        said: &["new c.env"],
    },
    Situation {
        name: "states: pre-push, a rename in each of two branches",
        make: |r| {
            base(r);
            rename(r, "a.env", "c.env");
            r.commit("rename");
            r.git(&["checkout", "-q", "-b", "other", "main"]);
            rename(r, "a.env", "d.env");
            r.commit("rename");
            pre_push(r, &["work", "other"])
        },
        code: 0,
        said: &["moved c.env", "moved d.env"],
    },
    Situation {
        name: "states: pre-push, removed in one branch and copied in another",
        make: |r| {
            base(r);
            remove(r, "a.env");
            r.commit("remove");
            r.git(&["checkout", "-q", "-b", "other", "main"]);
            copy(r);
            r.commit("copy");
            pre_push(r, &["work", "other"])
        },
        code: 1,
        said: &["new c.env"],
    },
    Situation {
        name: "states: pre-receive, a copy",
        make: |r| {
            base(r);
            r.server(&["main"]);
            copy(r);
            r.commit("copy");
            Ask::push(&["work"])
        },
        code: 1,
        said: &["new c.env"],
    },
    Situation {
        name: "states: pre-receive, a rename",
        make: |r| {
            base(r);
            r.server(&["main"]);
            rename(r, "a.env", "c.env");
            r.commit("rename");
            Ask::push(&["work"])
        },
        code: 0,
        said: &["moved c.env"],
    },
];

#[test]
fn the_worst_place_speaks_and_every_report_gives_the_state_of_each() {
    let r = Repo::new(&[]);
    base(&r);
    // The new place comes after the others by its name, and is less sure than none of them.
    r.put("a.env", format!("# more\n{}", line(1)));
    r.put("z.env", line(1));
    let said = r.ask(&staged(&r));
    let finding = &said.json["findings"][0];
    assert_eq!((&finding["state"], &finding["gates"]), (&"new".into(), &true.into()), "{finding}");
    let place = |l: &serde_json::Value| (l["path"].to_string(), l["state"].to_string());
    assert_eq!(place(&finding["location"]), ("\"z.env\"".into(), "\"new\"".into()));
    assert_eq!(place(&finding["also"][0]), ("\"a.env\"".into(), "\"existing\"".into()));

    let run = |args: &[&str]| {
        let mut command = crate::harness::command(&r.path("r"));
        let out = command.env("HOME", r.path(".")).args(["staged"]).args(args).output().unwrap();
        assert_eq!(out.status.code(), Some(1));
        String::from_utf8(out.stdout).unwrap()
    };
    let human = run(&[]);
    assert!(human.contains("--> z.env:1:11") && human.contains("also: a.env:2:11 (existing)"), "{human}");
    let sarif: serde_json::Value = serde_json::from_str(&run(&["--format", "sarif"])).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let states = [&result["locations"][0], &result["relatedLocations"][0]].map(|l| l["properties"]["state"].clone());
    assert_eq!(states, ["new", "existing"]);
}

#[test]
fn thousands_of_secrets_move_with_their_directory() {
    let r = Repo::new(&[]);
    for file in 0..30 {
        let lines: String = (0..50).map(|n| line(100 + file * 50 + n)).collect();
        r.put(&format!("old/{file}.env"), lines);
        // And one value in all of them.
        r.put(&format!("old/same/{file}.env"), line(1));
    }
    r.commit("many");
    rename(&r, "old", "new");
    let said = r.ask(&staged(&r));
    let findings = said.json["findings"].as_array().unwrap();
    assert_eq!((said.code, findings.len()), (0, 1501));
    assert!(findings.iter().all(|f| f["state"] == "moved"));
    // A copy of one of them is new among thousands.
    r.put("c.env", line(1));
    let said = r.ask(&staged(&r));
    let new = said.json["findings"].as_array().unwrap().iter().filter(|f| f["state"] == "new");
    assert_eq!((said.code, new.count()), (1, 1));
}

#[test]
fn more_than_ten_thousand_secrets_move_with_their_directory() {
    let r = Repo::new(&[]);
    for file in 0..101 {
        let lines: String = (0..100).map(|n| line(100 + file * 100 + n)).collect();
        r.put(&format!("old/{file}.env"), lines);
    }
    r.commit("many");
    rename(&r, "old", "new");
    let said = r.ask(&staged(&r));
    let findings = said.json["findings"].as_array().unwrap();
    let moved = findings.iter().filter(|f| f["state"] == "moved").count();
    assert_eq!((said.code, findings.len(), moved), (0, 10_100, 10_100));
}

/// The id of the only finding.
fn id_of(r: &Repo) -> String {
    r.ask(&staged(r)).json["findings"][0]["id"].as_str().expect("an id").to_owned()
}

/// An exception in the base for the secret at this path.
fn accept(r: &Repo, id: &str, path: &str) {
    let entry = format!("[[allow]]\nid = \"{id}\"\nrule = \"github-pat\"\npath = \"{path}\"\nreason = \"revoked\"\n");
    r.put(".leaktight/allow/one.toml", entry);
}

#[test]
fn an_exception_of_the_base_covers_its_place_and_no_copy() {
    let r = Repo::new(&[]);
    r.commit_file("b.txt", "b\n");
    r.put("a.env", line(1));
    accept(&r, &id_of(&r), "a.env");
    r.commit("accepted");
    copy(&r);
    let said = r.ask(&staged(&r));
    assert_eq!((said.code, said.places.as_slice()), (1, &["new c.env".to_owned()][..]), "{}", said.stderr);
    // With the original in the same change the copy speaks.
    r.put("a.env", format!("# more\n{}", line(1)));
    let said = r.ask(&staged(&r));
    assert_eq!((said.code, said.said.as_slice()), (1, &["new c.env".to_owned()][..]), "{}", said.stderr);
    assert_eq!(said.places, ["existing a.env", "new c.env"]);
}

#[test]
fn an_exception_for_the_new_place_leaves_what_was_there_before() {
    let r = Repo::new(&[]);
    r.put("a.env", line(1));
    accept(&r, &id_of(&r), "c.env");
    r.commit("accepted");
    copy(&r);
    r.put("a.env", format!("# more\n{}", line(1)));
    let said = r.ask(&staged(&r));
    assert_eq!((said.code, said.said.as_slice()), (0, &["existing a.env".to_owned()][..]), "{}", said.stderr);
    // Another new place is not covered, whatever its name.
    r.put("0.env", line(1));
    r.put("d.env", line(1));
    let said = r.ask(&staged(&r));
    assert_eq!((said.code, said.said.as_slice()), (1, &["new 0.env".to_owned()][..]), "{}", said.stderr);
}

#[test]
fn a_baseline_of_the_base_covers_its_places_and_no_copy() {
    let r = Repo::new(&[]);
    r.commit_file("a.env", line(1));
    let leaktight = |args: &[&str]| {
        succeed(crate::harness::command(&r.path("r")).env("HOME", r.path(".")).args(args));
    };
    leaktight(&["scan", "--format", "json", "-o", "../report.json", "--fail-on", "never"]);
    leaktight(&["baseline", "../report.json"]);
    r.commit("baseline");
    r.put("a.env", format!("# more\n{}", line(1)));
    let said = r.ask(&staged(&r));
    assert_eq!((said.code, said.said.len()), (0, 0), "accepted: {}", said.stderr);
    copy(&r);
    let said = r.ask(&staged(&r));
    assert_eq!((said.code, said.said.as_slice()), (1, &["new c.env".to_owned()][..]), "{}", said.stderr);
    // `--baseline` from outside, for a repository that has none.
    let plain = Repo::new(&[]);
    base(&plain);
    copy(&plain);
    let name = succeed(git(&r.path("r"), &r.path(".")).args(["ls-files", ".leaktight"]));
    let baseline = r.path("r").join(name.lines().find(|l| l.contains("baseline")).expect("a baseline"));
    let baseline = baseline.to_str().unwrap().to_owned();
    plain.git(&["add", "-A"]);
    let said = plain.ask(&Ask::new(&["staged", "--baseline", &baseline]));
    assert_eq!((said.code, said.said.as_slice()), (1, &["new c.env".to_owned()][..]), "{}", said.stderr);
}
