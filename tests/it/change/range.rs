//! `leaktight range`.

use crate::change::repo::{Repo, base, filler, line, utf16, work};
use crate::change::{Ask, Situation, hold};

#[test]
fn range_says_what_commits_bring() {
    hold(TABLE);
}

/// A commit object with these bytes behind the tree and parent of `work`; `work` points at it.
fn commit_with(r: &Repo, rest: &[u8]) {
    let tree = r.git(&["rev-parse", "work^{tree}"]);
    let parent = r.git(&["rev-parse", "work"]);
    let object = [format!("tree {tree}\nparent {parent}\n").as_bytes(), rest].concat();
    let id = r.fed(&["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], &object);
    r.git(&["update-ref", "refs/heads/work", &id]);
}

const PEOPLE: &str = "author A <a@example.org> 1700000000 +0000\ncommitter A <a@example.org> 1700000000 +0000\n";

pub(crate) const TABLE: &[Situation] = &[
    Situation {
        name: "range: empty",
        make: |r| {
            base(r);
            work()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "range: head is behind the base",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            Ask::range("work..main")
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "range: clean",
        make: |r| {
            base(r);
            r.commit_file("b.txt", "x\n");
            work()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "range: added",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            work()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "range: added and taken away again",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            r.commit_file("x.env", "clean\n");
            work()
        },
        code: 1,
        said: &["removed-again x.env"],
    },
    Situation {
        name: "range: added, and its file deleted",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            r.git(&["rm", "-q", "x.env"]);
            r.commit("gone");
            work()
        },
        code: 1,
        said: &["removed-again x.env"],
    },
    Situation {
        name: "range: added, then moved on",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(2));
            r.git(&["mv", "x.env", "y.env"]);
            r.commit("moved");
            work()
        },
        code: 1,
        said: &["new y.env"],
    },
    Situation {
        name: "range: the known secret's file touched",
        make: |r| {
            base(r);
            r.commit_file("a.env", format!("# more\n{}", line(1)));
            work()
        },
        code: 0,
        said: &["existing a.env"],
    },
    Situation {
        name: "range: the known secret moved",
        make: |r| {
            base(r);
            r.git(&["mv", "a.env", "z.env"]);
            r.commit("moved");
            work()
        },
        code: 0,
        said: &["moved z.env"],
    },
    Situation {
        name: "range: the known secret removed",
        make: |r| {
            base(r);
            r.commit_file("a.env", "clean\n");
            work()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "range: a removal of long ago reverted",
        make: |r| {
            r.commit_file("a.env", line(1));
            r.commit_file("a.env", "clean\n");
            r.git(&["checkout", "-q", "-b", "work"]);
            r.git(&["revert", "--no-edit", "HEAD"]);
            work()
        },
        code: 1,
        said: &["new a.env"],
    },
    Situation {
        name: "range: the base went on and was merged in, secret and all",
        make: |r| {
            base(r);
            r.commit_file("w.txt", "w\n");
            r.git(&["checkout", "-q", "main"]);
            r.commit_file("m.env", line(3));
            r.git(&["checkout", "-q", "work"]);
            r.git(&["merge", "-q", "--no-edit", "main"]);
            work()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "range: the base removed what the branch still has",
        make: |r| {
            base(r);
            r.commit_file("w.txt", "w\n");
            r.git(&["checkout", "-q", "main"]);
            r.commit_file("a.env", "clean\n");
            work()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "range: the base merged in, a conflict resolved with a secret",
        make: |r| {
            base(r);
            r.commit_file("c.txt", "ours\n");
            r.git(&["checkout", "-q", "main"]);
            r.commit_file("c.txt", "theirs\n");
            r.git(&["checkout", "-q", "work"]);
            assert!(!r.tries(&["merge", "-q", "main"]));
            r.commit_file("c.txt", format!("both\n{}", line(3)));
            work()
        },
        code: 1,
        said: &["new c.txt"],
    },
    Situation {
        name: "range: a merge brings what no side had, and takes it away again",
        make: |r| {
            base(r);
            r.commit_file("c.txt", "ours\n");
            r.git(&["checkout", "-q", "main"]);
            r.commit_file("d.txt", "theirs\n");
            r.git(&["checkout", "-q", "work"]);
            r.git(&["merge", "-q", "--no-commit", "main"]);
            r.commit_file("evil.env", line(3));
            r.git(&["rm", "-q", "evil.env"]);
            r.commit("gone");
            work()
        },
        code: 1,
        said: &["removed-again evil.env"],
    },
    Situation {
        name: "range: content of a second parent",
        make: |r| {
            base(r);
            r.git(&["checkout", "-q", "-b", "side"]);
            r.commit_file("side.env", line(3));
            r.git(&["rm", "-q", "side.env"]);
            r.commit("gone");
            r.git(&["checkout", "-q", "work"]);
            r.commit_file("w.txt", "w\n");
            r.git(&["merge", "-q", "--no-edit", "side"]);
            work()
        },
        code: 1,
        said: &["removed-again side.env"],
    },
    Situation {
        name: "range: octopus, clean",
        make: |r| {
            base(r);
            for n in 0..3 {
                r.git(&["checkout", "-q", "-b", &format!("s{n}"), "work"]);
                r.commit_file(&format!("s{n}.txt"), "x\n");
            }
            r.git(&["checkout", "-q", "work"]);
            r.git(&["merge", "-q", "--no-edit", "s0", "s1", "s2"]);
            work()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "range: octopus that brings a secret of its own",
        make: |r| {
            base(r);
            for n in 0..3 {
                r.git(&["checkout", "-q", "-b", &format!("s{n}"), "work"]);
                r.commit_file(&format!("s{n}.txt"), "x\n");
            }
            r.git(&["checkout", "-q", "work"]);
            r.git(&["merge", "-q", "--no-commit", "s0", "s1", "s2"]);
            r.commit_file("evil.env", line(3));
            work()
        },
        code: 1,
        said: &["new evil.env"],
    },
    Situation {
        name: "range: merge that keeps our side, with their secret",
        make: |r| {
            base(r);
            r.git(&["checkout", "-q", "-b", "side"]);
            r.commit_file("side.env", line(3));
            r.git(&["checkout", "-q", "work"]);
            r.commit_file("w.txt", "w\n");
            r.git(&["merge", "-q", "--no-edit", "-s", "ours", "side"]);
            work()
        },
        code: 1,
        said: &["removed-again side.env"],
    },
    Situation {
        name: "range: cherry-pick",
        make: |r| {
            base(r);
            r.git(&["checkout", "-q", "-b", "side", "main"]);
            r.commit_file("side.env", line(3));
            r.git(&["checkout", "-q", "work"]);
            r.git(&["cherry-pick", "side"]);
            work()
        },
        code: 1,
        said: &["new side.env"],
    },
    Situation {
        name: "range: rebased onto a base that went on",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(3));
            r.git(&["checkout", "-q", "main"]);
            r.commit_file("m.txt", "m\n");
            r.git(&["checkout", "-q", "work"]);
            r.git(&["rebase", "-q", "main"]);
            work()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "range: amended, measured from what was there before",
        make: |r| {
            base(r);
            let before = r.commit_file("x.txt", "x\n");
            r.put("x.txt", line(3));
            r.git(&["add", "-A"]);
            r.git(&["commit", "-q", "--amend", "-m", "amended"]);
            Ask::range(&format!("{before}..work"))
        },
        code: 1,
        said: &["new x.txt"],
    },
    Situation {
        name: "range: message",
        make: |r| {
            base(r);
            r.git(&["commit", "-q", "--allow-empty", "-m", &format!("subject\n\nit is {}", line(3))]);
            work()
        },
        code: 1,
        said: &["new message"],
    },
    Situation {
        name: "range: message, behind a NUL",
        make: |r| {
            base(r);
            commit_with(r, format!("{PEOPLE}\nsubject\0hidden\n{}", line(3)).as_bytes());
            work()
        },
        code: 1,
        said: &["new message"],
    },
    Situation {
        name: "range: author",
        make: |r| {
            base(r);
            let token = crate::harness::token(3);
            r.git(&["commit", "-q", "--allow-empty", "-m", "x", "--author", &format!("{token} <a@example.org>")]);
            work()
        },
        code: 1,
        said: &["new author"],
    },
    Situation {
        name: "range: another header",
        make: |r| {
            base(r);
            commit_with(r, format!("{PEOPLE}note {}\n\nsubject\n", crate::harness::token(3)).as_bytes());
            work()
        },
        code: 1,
        said: &["new author"],
    },
    Situation {
        name: "range: message of a tag",
        make: |r| {
            base(r);
            r.git(&["tag", "-a", "v1", "-m", &format!("release {}", line(3)), "main"]);
            Ask::range("main..v1")
        },
        code: 1,
        said: &["new message"],
    },
    Situation {
        name: "range: name of a file that is gone again",
        make: |r| {
            base(r);
            let token = crate::harness::token(3);
            r.commit_file(&token, "x\n");
            r.git(&["rm", "-q", &token]);
            r.commit("gone");
            Ask::new(&["range", "main..work", "--fail-on", "critical"])
        },
        code: 1,
        said: &["removed-again name ghp_…vt"],
    },
    Situation {
        name: "range: target of a link",
        make: |r| {
            base(r);
            let id = r.fed(&["hash-object", "-w", "--stdin"], crate::harness::token(3).as_bytes());
            r.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{id},link")]);
            r.git(&["commit", "-q", "-m", "link"]);
            work()
        },
        code: 1,
        said: &["new link"],
    },
    Situation {
        name: "range: UTF-16 in a commit in between",
        make: |r| {
            base(r);
            r.commit_file("out.txt", utf16(&line(3)));
            r.commit_file("out.txt", "clean\n");
            work()
        },
        code: 1,
        said: &["removed-again out.txt"],
    },
    Situation {
        name: "range: completed over two commits",
        make: |r| {
            base(r);
            let token = crate::harness::token(3);
            r.commit_file("x.env", format!("T={}\n", &token[..20]));
            r.commit_file("x.env", format!("T={token}\n"));
            work()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "range: joined by a deletion",
        make: |r| {
            base(r);
            let token = crate::harness::token(3);
            r.commit_file("x.env", format!("T={}\n{}\n", &token[..20], &token[20..]));
            r.commit_file("x.env", format!("T={token}\n"));
            work()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "range: dates of 1970 and 2099",
        make: |r| {
            base(r);
            let old = format!("{}\nold\n", PEOPLE.replace("1700000000", "1"));
            commit_with(r, old.as_bytes());
            r.git(&["reset", "-q", "--hard", "work"]);
            r.commit_file("x.env", line(3));
            let new = format!("{}\nnew\n", PEOPLE.replace("1700000000", "4080000000"));
            commit_with(r, new.as_bytes());
            work()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "range: sixty commits, one of them with a secret",
        make: |r| {
            base(r);
            for n in 0..60 {
                r.commit_file("log.txt", if n == 30 { line(3) } else { filler(n) });
            }
            work()
        },
        code: 1,
        said: &["removed-again log.txt"],
    },
    Situation {
        name: "range: no commit in common",
        make: |r| {
            base(r);
            r.git(&["checkout", "-q", "--orphan", "apart"]);
            r.git(&["rm", "-rfq", "."]);
            r.commit_file("x.txt", "x\n");
            Ask::range("main..apart")
        },
        code: 3,
        said: &["gap missing-base"],
    },
    Situation {
        name: "range: base that is not there",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(3));
            Ask::range(&format!("{}..work", "1".repeat(40)))
        },
        code: 3,
        said: &["gap missing-base"],
    },
    Situation {
        name: "range: base that has no such name",
        make: |r| {
            base(r);
            Ask::range("nosuch..work")
        },
        code: 3,
        said: &["gap missing-base"],
    },
    Situation {
        name: "range: head that is not there",
        make: |r| {
            base(r);
            Ask::range("main..nosuch")
        },
        code: 3,
        said: &["gap missing-object"],
    },
    Situation {
        name: "range: what is no revision",
        make: |r| {
            base(r);
            Ask::range("main@{1}..work")
        },
        code: 2,
        said: &[],
    },
    Situation {
        name: "range: an option in the place of a name",
        make: |r| {
            base(r);
            Ask::new(&["range", "--base=--upload-pack=x", "--head", "work"])
        },
        code: 2,
        said: &[],
    },
    Situation {
        name: "range: a tree in the place of a commit",
        make: |r| {
            base(r);
            let tree = r.git(&["rev-parse", "main^{tree}"]);
            Ask::range(&format!("{tree}..work"))
        },
        code: 2,
        said: &[],
    },
    Situation {
        name: "range: short ids and steps",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(3));
            let head = r.commit_file("y.txt", "y\n");
            Ask::range(&format!("HEAD~2..{}", &head[..12]))
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "range: packed references",
        make: |r| {
            base(r);
            r.commit_file("x.env", line(3));
            r.git(&["pack-refs", "--all"]);
            r.git(&["repack", "-adq"]);
            work()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "range: shallow, without the base",
        make: |r| {
            base(r);
            let before = r.git(&["rev-parse", "main"]);
            r.commit_file("x.txt", "x\n");
            shallow(r, "1");
            Ask::range(&format!("{before}..HEAD")).within("shallow")
        },
        code: 3,
        said: &["gap missing-base"],
    },
    Situation {
        name: "range: shallow, cut off in between",
        make: |r| {
            base(r);
            r.commit_file("x.txt", "x\n");
            r.commit_file("x.txt", "y\n");
            r.commit_file("x.txt", "z\n");
            shallow(r, "2");
            r.git_in("shallow", &["fetch", "-q", "--depth", "1", "origin", "main:main"]);
            Ask::range("main..HEAD").within("shallow")
        },
        code: 3,
        said: &["gap shallow"],
    },
    Situation {
        name: "range: shallow, deep enough",
        make: |r| {
            r.commit_file("root.txt", "r\n");
            base(r);
            let before = r.git(&["rev-parse", "main"]);
            r.commit_file("x.env", line(3));
            shallow(r, "2");
            Ask::range(&format!("{before}..HEAD")).within("shallow")
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "range: partial clone without the blobs",
        make: |r| {
            base(r);
            r.commit_file("x.txt", "x\n");
            r.commit_file("x.txt", "y\n");
            r.git(&["config", "uploadpack.allowFilter", "true"]);
            let url = file_url(r, "r");
            r.git(&["clone", "-q", "--no-checkout", "--filter=blob:none", "--branch", "work", &url, "../part"]);
            Ask::range("origin/main..HEAD").within("part")
        },
        code: 3,
        said: &["gap missing-object"],
    },
    Situation {
        name: "range: submodule bump",
        make: |r| {
            base(r);
            let id = r.git(&["rev-parse", "HEAD"]);
            r.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},lib")]);
            r.git(&["commit", "-q", "-m", "link"]);
            work()
        },
        code: 3,
        said: &["gap submodule"],
    },
    Situation {
        name: "range: a commit that is replaced by a clean one",
        make: |r| {
            base(r);
            let dirty = r.commit_file("x.env", line(3));
            r.git(&["replace", &dirty, "main"]);
            work()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "range: a forged list of grafts",
        make: |r| {
            base(r);
            let dirty = r.commit_file("x.env", line(3));
            r.put("x.env", "clean\n");
            let head = r.commit("clean");
            r.put(".git/info/grafts", format!("{head} {}\n", r.git(&["rev-parse", "main"])));
            let _ = dirty;
            work()
        },
        code: 1,
        said: &["removed-again x.env"],
    },
    Situation {
        name: "range: a commit that names a tree that is not there",
        make: |r| {
            base(r);
            let object = format!("tree {}\nparent {}\n{PEOPLE}\nx\n", "2".repeat(40), r.git(&["rev-parse", "work"]));
            let id = r.fed(&["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], object.as_bytes());
            r.git(&["update-ref", "refs/heads/work", &id]);
            work()
        },
        code: 3,
        said: &["gap missing-object"],
    },
    Situation {
        name: "range: a malformed tree",
        make: |r| {
            base(r);
            let tree = r.fed(&["hash-object", "-t", "tree", "-w", "--stdin", "--literally"], b"100644 no end");
            let object = format!("tree {tree}\nparent {}\n{PEOPLE}\nx\n", r.git(&["rev-parse", "work"]));
            let id = r.fed(&["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], object.as_bytes());
            r.git(&["update-ref", "refs/heads/work", &id]);
            work()
        },
        code: 3,
        said: &["gap corrupt-object"],
    },
];

/// A clone of `work` in `shallow`, with this many of its commits.
fn shallow(r: &Repo, depth: &str) {
    r.git(&["clone", "-q", "--depth", depth, "--branch", "work", &file_url(r, "r"), "../shallow"]);
}

fn file_url(r: &Repo, folder: &str) -> String {
    format!("file://{}", r.path(folder).to_str().unwrap())
}
