//! What a hostile contributor lays in histories, trees, packs and names so that a gate passes without having looked, stops,
//! or takes a new secret for one that was there.

use crate::change::repo::{Repo, base, filler, line, work};
use crate::change::staged::unverified;
use crate::change::{Ask, Situation, hold};
use crate::harness::{command, token};

#[test]
fn a_gate_is_not_talked_out_of_looking() {
    hold(TABLE);
}

#[test]
fn what_a_contributor_names_holds_no_secret_in_a_report() {
    let r = Repo::new(&[]);
    base(&r);
    let token = token(6);
    r.commit_file("x.txt", "x\n");
    r.git(&["branch", &token]);
    let [from, to] = ["main", "work"].map(|rev| r.git(&["rev-parse", rev]));
    let name = format!("refs/heads/{token}");
    let event = format!(
        "{{\"before\": \"{from}\", \"after\": \"{to}\", \"ref\": \"{name}\", \"repository\": {{\"default_branch\": \"main\"}}}}"
    );
    let path = r.path("event.json");
    std::fs::write(&path, event).unwrap();
    for args in [&["range", &format!("main..{token}")][..], &["range", &format!("no/{token}..work")], &["ci", "github"]]
    {
        for format in leaktight::report::Format::NAMES {
            let mut run = command(&r.path("r"));
            run.args(args).args(["--format", format]).env("GITHUB_EVENT_NAME", "push").env("GITHUB_EVENT_PATH", &path);
            run.env("GITHUB_REPOSITORY", format!("o/{token}")).env("GITHUB_REF", &name).env("RUNNER_TEMP", r.path(""));
            let out = run.output().expect("leaktight runs");
            let sarif = std::fs::read(r.path("leaktight.sarif")).unwrap_or_default();
            let said = String::from_utf8_lossy(&[out.stdout, out.stderr, sarif].concat()).into_owned();
            assert!(!said.contains(&token[4..24]), "{args:?} {format} shows it: {said}");
            assert!(matches!(out.status.code(), Some(0 | 1 | 3)), "{args:?} {format}: {said}");
        }
    }
}

#[test]
fn threads_change_nothing() {
    let r = Repo::new(&[]);
    base(&r);
    for n in 0..30 {
        r.put(&format!("d{}/x{n}.env", n % 5), line(n % 7));
        r.commit_file("b.txt", filler(n as usize));
    }
    let said = |threads: &str| {
        let ask = Ask::new(&["range", "main..work", "--threads", threads, "--now", "1800000000"]);
        let said = r.ask(&ask);
        assert_eq!(said.code, 1, "{}", said.stderr);
        serde_json::to_string(&said.json["findings"]).unwrap()
    };
    let one = said("1");
    assert!(one.len() > 1000 && (0..3).all(|_| said("8") == one));
}

/// An index with the file `x.env`, and this as its cache of trees.
fn index_with(r: &Repo, cache: &[u8]) -> String {
    use sha1::Digest as _;
    let id = bytes_of(&blob(r, line(2)));
    let mut index = [&b"DIRC\0\0\0\x02\0\0\0\x01"[..], &[0; 24], &0o100_644_u32.to_be_bytes(), &[0; 12], &id].concat();
    index.extend_from_slice(b"\0\x05x.env\0\0\0\0\0");
    index.extend_from_slice(b"TREE");
    index.extend_from_slice(&u32::try_from(cache.len()).unwrap().to_be_bytes());
    index.extend_from_slice(cache);
    let checksum = sha1::Sha1::digest(&index);
    index.extend_from_slice(&checksum);
    let path = r.path("odd-index");
    std::fs::write(&path, index).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn an_index_that_nests_without_end_is_a_gap_and_no_crash() {
    let r = Repo::new(&[]);
    base(&r);
    let id = [7; 20];
    let folder = |name: &str| [name.as_bytes(), b"\x001 1\n", &id].concat();
    let cache = |depth: usize| [folder(""), folder("d").repeat(depth), b"d\x00-1 0\n".to_vec()].concat();
    for (depth, code, said) in [(10, 1, "new x.env"), (4_000, 1, "new x.env"), (100_000, 3, "gap damaged-index")] {
        let path = index_with(&r, &cache(depth));
        let got = r.ask(&Ask::staged().env("GIT_INDEX_FILE", &path));
        assert_eq!((got.code, got.said), (code, vec![said.to_owned()]), "{depth}: {}", got.stderr);
    }
}

#[test]
fn an_index_of_another_pack_is_no_empty_one() {
    let r = Repo::new(&[]);
    base(&r);
    let index = |lines: &str| {
        r.commit_file("b.txt", lines);
        packed(&r, &[]);
        let mut all = std::fs::read_dir(r.path("r/.git/objects/pack")).unwrap().map(|e| e.unwrap().path());
        all.find(|p| p.extension().is_some_and(|e| e == "idx")).unwrap()
    };
    let old = std::fs::read(index(&(filler(40) + &line(2)))).unwrap();
    let new = index(&(filler(40) + &line(3)));
    std::fs::remove_file(&new).unwrap();
    std::fs::write(&new, old).unwrap();
    // What is missed first depends on where objects lie: the policy, or the commits.
    let said = r.ask(&work());
    assert!(matches!(said.code, 2 | 3), "{} {:?}", said.code, said.said);
}

macro_rules! ten {
    ($text:expr) => {
        concat!($text, $text, $text, $text, $text, $text, $text, $text, $text, $text)
    };
}

fn bytes_of(id: &str) -> Vec<u8> {
    (0..id.len()).step_by(2).map(|i| u8::from_str_radix(&id[i..i + 2], 16).unwrap()).collect()
}

/// A tree object with these entries, however odd: mode, name, id.
fn tree(r: &Repo, entries: &[(&str, &str, &str)]) -> String {
    let mut bytes = Vec::new();
    for (mode, name, id) in entries {
        bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        bytes.extend(bytes_of(id));
    }
    r.fed(&["hash-object", "-t", "tree", "-w", "--stdin", "--literally"], &bytes)
}

/// A commit of this tree on `work`, which points at it then.
fn commit_tree(r: &Repo, tree: &str) -> String {
    let commit = r.git(&["commit-tree", tree, "-p", "work", "-m", "by hand"]);
    r.git(&["update-ref", "refs/heads/work", &commit]);
    commit
}

/// A commit object with these bytes.
fn commit_of(r: &Repo, bytes: &[u8]) -> String {
    r.fed(&["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], bytes)
}

fn blob(r: &Repo, content: impl AsRef<[u8]>) -> String {
    r.fed(&["hash-object", "-w", "--stdin"], content.as_ref())
}

/// People and date of a commit object.
fn people(date: &str) -> String {
    format!("author A <a@example.org> {date} +0000\ncommitter A <a@example.org> {date} +0000\n\nx\n")
}

/// A commit with the date, the tree of `of` and these parents.
fn dated(r: &Repo, of: &str, parents: &[&str], date: &str) -> String {
    let tree = r.git(&["rev-parse", &format!("{of}^{{tree}}")]);
    let parents: String = parents.iter().map(|p| format!("parent {}\n", r.git(&["rev-parse", p]))).collect();
    commit_of(r, format!("tree {tree}\n{parents}{}", people(date)).as_bytes())
}

/// Everything in packs of this version of indexes.
fn packed(r: &Repo, args: &[&str]) {
    r.git(&[args, &["repack", "-adfq", "--depth=50"]].concat());
    r.git(&["prune-packed"]);
}

/// A file in folders, a thousand deep.
const DEEP: &str = concat!("new ", ten!(ten!(ten!("d/"))), "x.env");

pub(crate) const TABLE: &[Situation] = &[
    Situation {
        name: "attack: one setting that is gone, five of its kind elsewhere",
        make: |r| {
            r.commit_file("a.py", unverified("url"));
            r.git(&["rm", "-q", "a.py"]);
            r.stage("b.py", unverified("url").repeat(5));
            Ask::new(&["staged", "--only", "transport"])
        },
        code: 1,
        said: &["new b.py"],
    },
    Situation {
        name: "attack: a known secret moved together with a new one",
        make: |r| {
            base(r);
            r.git(&["rm", "-q", "a.env"]);
            r.commit_file("z.env", format!("{}{}", line(1), line(2)));
            work()
        },
        code: 1,
        said: &["moved z.env", "new z.env"],
    },
    Situation {
        name: "attack: a tree that holds itself ten times, ten levels deep",
        make: |r| {
            base(r);
            let names: Vec<String> = (0..10).map(|n| format!("{n}{}", "x".repeat(200))).collect();
            let mut id = blob(r, "x\n");
            let mut mode = "100644";
            for _ in 0..10 {
                let entries: Vec<(&str, &str, &str)> = names.iter().map(|n| (mode, n.as_str(), id.as_str())).collect();
                id = tree(r, &entries);
                mode = "40000";
            }
            commit_tree(r, &id);
            work()
        },
        code: 3,
        said: &["gap limit"],
    },
    Situation {
        name: "attack: a parent in capital letters",
        make: |r| {
            base(r);
            let between = r.commit_file("x.env", line(2));
            let tree = r.git(&["rev-parse", "main^{tree}"]);
            let text = format!("tree {tree}\nparent {}\n{}", between.to_uppercase(), people("1700000000"));
            let id = commit_of(r, text.as_bytes());
            r.git(&["update-ref", "refs/heads/work", &id]);
            work()
        },
        code: 1,
        said: &["removed-again x.env"],
    },
    Situation {
        name: "attack: an old commit merged once more, behind a commit of 1970 in the base",
        make: |r| {
            r.commit_file("b.txt", "b\n");
            let old = r.commit_file("x.env", line(2));
            r.commit_file("x.env", "removed\n");
            let forged = dated(r, "HEAD", &["HEAD"], "1");
            r.git(&["update-ref", "refs/heads/main", &forged]);
            r.git(&["reset", "-q", "--hard"]);
            r.commit_file("c.txt", "c\n");
            r.git(&["checkout", "-q", "-b", "work"]);
            r.commit_file("w.txt", "w\n");
            let tree = r.git(&["rev-parse", &format!("{old}^{{tree}}")]);
            let work_id = r.git(&["rev-parse", "work"]);
            let merge = format!("tree {tree}\nparent {work_id}\nparent {old}\n{}", people("-7"));
            let merge = commit_of(r, merge.as_bytes());
            r.git(&["update-ref", "refs/heads/work", &merge]);
            work()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "attack: dates of both sides are forged: overflow, negative, far ahead",
        make: |r| {
            base(r);
            let huge = dated(r, "main", &["main"], "99999999999999999999999");
            let negative = dated(r, &huge, &[&huge], "-99999999999");
            r.git(&["update-ref", "refs/heads/main", &negative]);
            r.git(&["reset", "-q", "--hard", &huge]);
            r.commit_file("x.env", line(2));
            let clean = dated(r, "main", &["work"], "-99999999999999999999");
            let end = dated(r, "main", &[&clean, "main"], "4070908800");
            r.git(&["update-ref", "refs/heads/work", &end]);
            work()
        },
        code: 1,
        said: &["removed-again x.env"],
    },
    Situation {
        name: "attack: criss-cross merges, the last of them with a secret of its own",
        make: |r| {
            base(r);
            r.commit_file("w.txt", "w\n");
            r.git(&["checkout", "-q", "main"]);
            r.commit_file("m.txt", "m\n");
            r.git(&["tag", "m1"]);
            r.git(&["merge", "-q", "--no-edit", "work"]);
            r.git(&["checkout", "-q", "work"]);
            r.git(&["merge", "-q", "--no-edit", "m1"]);
            r.git(&["merge", "-q", "--no-ff", "--no-commit", "main"]);
            r.commit_file("evil.env", line(3));
            work()
        },
        code: 1,
        said: &["new evil.env"],
    },
    Situation {
        name: "attack: a tag of a tag of a commit of the base, with a secret in the inner one",
        make: |r| {
            base(r);
            r.git(&["tag", "-a", "inner", "-m", &token(5), "main"]);
            r.git(&["tag", "-a", "outer", "-m", "x", "inner"]);
            Ask::range("main..outer")
        },
        code: 1,
        said: &["new message"],
    },
    Situation {
        name: "attack: a tag of a tag, further than is followed",
        make: |r| {
            base(r);
            r.git(&["tag", "-a", "t0", "-m", "x", "main"]);
            for n in 0..15 {
                r.git(&["tag", "-a", &format!("t{}", n + 1), "-m", "x", &format!("t{n}")]);
            }
            Ask::range("main..t15")
        },
        code: 3,
        said: &["gap missing-object"],
    },
    Situation {
        name: "attack: a blob that calls itself a folder",
        make: |r| {
            base(r);
            let id = blob(r, line(2));
            let id = tree(r, &[("40000", "x", &id)]);
            commit_tree(r, &id);
            work()
        },
        code: 3,
        said: &["gap corrupt-object"],
    },
    Situation {
        name: "attack: a folder that calls itself a file",
        make: |r| {
            base(r);
            let inner = blob(r, line(2));
            let inner = tree(r, &[("100644", "x.env", &inner)]);
            let id = tree(r, &[("100644", "x", &inner)]);
            commit_tree(r, &id);
            work()
        },
        code: 3,
        said: &["gap corrupt-object"],
    },
    Situation {
        name: "attack: a file that calls itself a submodule",
        make: |r| {
            base(r);
            let id = blob(r, line(2));
            let id = tree(r, &[("160000", "x.env", &id)]);
            commit_tree(r, &id);
            work()
        },
        code: 3,
        said: &["gap submodule"],
    },
    Situation {
        name: "attack: names of policy in capital letters, and a link in the place of its folder",
        make: |r| {
            base(r);
            r.put("LEAKTIGHT.toml", "[gate]\nfail-on = \"never\"\n");
            let link = blob(r, "elsewhere");
            r.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{link},.leaktight")]);
            r.stage("LEAKTIGHT.toml", "[gate]\nfail-on = \"never\"\n");
            r.stage("x.env", line(2));
            r.git(&["commit", "-q", "-m", "x"]);
            work()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "attack: a folder of policy that is a file in the base",
        make: |r| {
            r.commit_file(".leaktight", "x\n");
            base(r);
            r.commit_file("x.env", line(2));
            work()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "attack: packs with indexes of version 1",
        make: |r| {
            base(r);
            r.commit_file("b.txt", filler(40) + &line(2));
            packed(r, &["-c", "pack.indexVersion=1"]);
            work()
        },
        code: 1,
        said: &["new b.txt"],
    },
    Situation {
        name: "attack: packs with long offsets",
        make: |r| {
            base(r);
            r.commit_file("b.txt", filler(40) + &line(2));
            let list = r.git(&["rev-list", "--objects", "--all"]);
            let list: String = list.lines().map(|l| format!("{}\n", &l[..40])).collect();
            std::fs::remove_dir_all(r.path("r/.git/objects/pack")).unwrap();
            std::fs::create_dir(r.path("r/.git/objects/pack")).unwrap();
            r.fed(&["pack-objects", "-q", "--index-version=2,0x40", ".git/objects/pack/pack"], list.as_bytes());
            r.git(&["prune-packed"]);
            work()
        },
        code: 1,
        said: &["new b.txt"],
    },
    Situation {
        name: "attack: a pack without its index",
        make: |r| {
            base(r);
            r.commit_file("x.txt", "x\n");
            let list = r.git(&["rev-parse", "work^{tree}"]);
            r.fed(&["pack-objects", "-q", ".git/objects/pack/pack"], format!("{list}\n").as_bytes());
            for entry in std::fs::read_dir(r.path("r/.git/objects/pack")).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|e| e == "idx") {
                    std::fs::remove_file(path).unwrap();
                }
            }
            work()
        },
        code: 3,
        said: &["gap damaged-pack"],
    },
    Situation {
        name: "attack: a branch that has the name of a file of git",
        make: |r| {
            base(r);
            r.git(&["update-ref", "refs/heads/config", "main"]);
            r.git(&["update-ref", "refs/heads/description", "main"]);
            r.commit_file("x.env", line(2));
            Ask::range("config..work")
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "attack: a base that is empty, as a variable that is not set makes it",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            Ask::range("..work")
        },
        code: 2,
        said: &[],
    },
    Situation {
        name: "attack: --base that is empty",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            Ask::new(&["range", "--base", "", "--head", "work"])
        },
        code: 2,
        said: &[],
    },
    Situation {
        name: "attack: HEAD that leads to itself",
        make: |r| {
            base(r);
            r.stage("x.env", line(2));
            std::fs::write(r.path("r/.git/HEAD"), "ref: refs/heads/one\n").unwrap();
            std::fs::write(r.path("r/.git/refs/heads/one"), "ref: refs/heads/two\n").unwrap();
            std::fs::write(r.path("r/.git/refs/heads/two"), "ref: refs/heads/one\n").unwrap();
            Ask::staged()
        },
        code: 1,
        said: &["gap broken-ref", "new a.env", "new x.env"],
    },
    Situation {
        name: "attack: packed references with ends of Windows, and peeled tags",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            r.git(&["tag", "-a", "v1", "-m", "x", "main"]);
            r.git(&["pack-refs", "--all"]);
            let path = r.path("r/.git/packed-refs");
            let text = std::fs::read_to_string(&path).unwrap().replace('\n', "\r\n");
            std::fs::write(path, text).unwrap();
            Ask::range("v1..work")
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "attack: folders in the index, a thousand deep",
        make: |r| {
            base(r);
            let id = blob(r, line(2));
            let path = DEEP.strip_prefix("new ").unwrap();
            r.fed(&["update-index", "--add", "--index-info"], format!("100644 {id}\t{path}\n").as_bytes());
            Ask::staged()
        },
        code: 1,
        said: &[DEEP],
    },
    Situation {
        name: "attack: pre-receive, a branch that brought a policy of its own before",
        make: |r| {
            base(r);
            r.commit_file("leaktight.toml", "[gate]\nfail-on = \"never\"\n");
            r.server(&["main", "work"]);
            r.commit_file("x.env", line(2));
            Ask::push(&["work"])
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "attack: pre-receive, a tag of a file",
        make: |r| {
            base(r);
            r.server(&["main"]);
            let id = blob(r, line(2));
            r.git(&["update-ref", "refs/tags/file", &id]);
            Ask::push(&["file"])
        },
        code: 2,
        said: &[],
    },
    Situation {
        name: "attack: pre-receive, a tag of a folder behind a clean branch",
        make: |r| {
            base(r);
            r.server(&["main"]);
            let inner = blob(r, line(2));
            let id = tree(r, &[("100644", "x.env", &inner)]);
            r.git(&["tag", "-a", "folder", "-m", "x", &id]);
            r.commit_file("b.txt", "x\n");
            Ask::push(&["work", "folder"])
        },
        code: 2,
        said: &[],
    },
];
