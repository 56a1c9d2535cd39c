//! `leaktight staged` and hooks that call it.

use crate::change::repo::{Repo, filler, line, utf16};
use crate::change::{Ask, Situation, hold};
use crate::harness;

#[test]
fn staged_says_what_a_commit_would_bring() {
    hold(TABLE);
}

/// A repository with one commit: `a.env` with secret 1, `b.txt` without.
fn base(r: &Repo) {
    r.put("b.txt", filler(40));
    r.commit_file("a.env", format!("{}{}", filler(5), line(1)));
}

pub(crate) fn lfs_pointer(content: &[u8]) -> (String, String) {
    use sha2::{Digest as _, Sha256};
    let oid: String = Sha256::digest(content).iter().map(|b| format!("{b:02x}")).collect();
    let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {}\n", content.len());
    (text, oid)
}

/// Puts content where Git LFS keeps it.
pub(crate) fn lfs_store(r: &Repo, oid: &str, content: &[u8]) {
    r.put(&format!(".git/lfs/objects/{}/{}/{oid}", &oid[..2], &oid[2..4]), content);
}

/// Two branches that change the same line of `c.txt`; `other` also adds secret 7 in `d.env`.
fn conflict(r: &Repo) {
    r.commit_file("c.txt", "one\n");
    r.git(&["checkout", "-q", "-b", "other"]);
    r.put("d.env", line(7));
    r.commit_file("c.txt", format!("other\n{}", line(8)));
    r.git(&["checkout", "-q", "main"]);
    r.commit_file("c.txt", "ours\n");
    assert!(!r.tries(&["merge", "-q", "other"]), "it must conflict");
}

/// A request whose certificate is not looked at; in parts, for our own scan reads this file, too.
pub(crate) fn unverified(what: &str) -> String {
    format!("requests.get({what}, verify={})\n", "False")
}

pub(crate) const TABLE: &[Situation] = &[
    Situation {
        name: "first commit, clean",
        make: |r| {
            r.stage("a.txt", filler(3));
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "first commit, secret",
        make: |r| {
            r.stage("a.env", line(1));
            Ask::staged()
        },
        code: 1,
        said: &["new a.env"],
    },
    Situation {
        name: "nothing staged",
        make: |r| {
            base(r);
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation { name: "empty repository", make: |_| Ask::staged(), code: 0, said: &[] },
    Situation {
        name: "another file than that with the known secret",
        make: |r| {
            base(r);
            r.stage("b.txt", "x\n");
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "the file with the known secret, elsewhere",
        make: |r| {
            base(r);
            r.stage("a.env", format!("{}{}more\n", filler(5), line(1)));
            Ask::staged()
        },
        code: 0,
        said: &["existing a.env"],
    },
    Situation {
        name: "another secret on the line of the known one",
        make: |r| {
            base(r);
            r.stage("a.env", format!("{}{}", filler(5), line(2)));
            Ask::staged()
        },
        code: 1,
        said: &["new a.env"],
    },
    Situation {
        name: "a second secret beside the known one",
        make: |r| {
            base(r);
            r.stage("a.env", format!("{}{}{}", filler(5), line(1), line(2)));
            Ask::staged()
        },
        code: 1,
        said: &["existing a.env", "new a.env"],
    },
    Situation {
        name: "rename",
        make: |r| {
            base(r);
            r.git(&["mv", "a.env", "z.env"]);
            Ask::staged()
        },
        code: 0,
        said: &["moved z.env"],
    },
    Situation {
        name: "rename into a folder, with edits",
        make: |r| {
            base(r);
            r.git(&["rm", "-q", "a.env"]);
            r.stage("conf/z.env", format!("new head\n{}", line(1)));
            Ask::staged()
        },
        code: 0,
        said: &["moved conf/z.env"],
    },
    Situation {
        name: "copy of a file that stays",
        make: |r| {
            base(r);
            r.stage("copy.env", format!("# a copy\n{}", line(1)));
            Ask::staged()
        },
        code: 1,
        said: &["new copy.env"],
    },
    Situation {
        name: "rename of a folder",
        make: |r| {
            r.commit_file("old/deep/a.env", line(1));
            r.git(&["mv", "old", "new"]);
            Ask::staged()
        },
        code: 0,
        said: &["moved new/deep/a.env"],
    },
    Situation {
        name: "reindent",
        make: |r| {
            base(r);
            r.stage("a.env", format!("{}\t\t{}", filler(5), line(1)));
            Ask::staged()
        },
        code: 0,
        said: &["existing a.env"],
    },
    Situation {
        name: "line ends",
        make: |r| {
            base(r);
            r.stage("a.env", format!("{}{}", filler(5), line(1)).replace('\n', "\r\n"));
            Ask::staged()
        },
        code: 0,
        said: &["existing a.env"],
    },
    Situation {
        name: "mode change",
        make: |r| {
            base(r);
            r.git(&["update-index", "--chmod=+x", "a.env"]);
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "a file becomes a link whose target is a secret",
        make: |r| {
            base(r);
            let id = r.fed(&["hash-object", "-w", "--stdin"], line(3).trim_end().as_bytes());
            r.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{id},b.txt")]);
            Ask::staged()
        },
        code: 1,
        said: &["new b.txt"],
    },
    Situation {
        name: "type change without other bytes",
        make: |r| {
            base(r);
            let id = r.git(&["rev-parse", "HEAD:a.env"]);
            r.git(&["update-index", "--cacheinfo", &format!("120000,{id},a.env")]);
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "a file becomes a folder",
        make: |r| {
            base(r);
            r.git(&["rm", "-q", "b.txt"]);
            r.stage("b.txt/inner.env", line(4));
            Ask::staged()
        },
        code: 1,
        said: &["new b.txt/inner.env"],
    },
    Situation {
        name: "staged, and reverted in the work tree",
        make: |r| {
            base(r);
            r.stage("b.txt", line(5));
            r.put("b.txt", filler(40));
            Ask::staged()
        },
        code: 1,
        said: &["new b.txt"],
    },
    Situation {
        name: "in the work tree only",
        make: |r| {
            base(r);
            r.put("b.txt", line(5));
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "partial staging: the clean half",
        make: |r| {
            base(r);
            r.stage("b.txt", format!("{}half\n", filler(40)));
            r.put("b.txt", format!("{}half\n{}", filler(40), line(5)));
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "intent to add",
        make: |r| {
            base(r);
            r.put("n.env", line(5));
            r.git(&["add", "-N", "n.env"]);
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "intent to add beside a staged secret in the same folder",
        make: |r| {
            base(r);
            r.put("dir/n.env", line(5));
            r.git(&["add", "-N", "dir/n.env"]);
            r.stage("dir/m.env", line(6));
            Ask::staged()
        },
        code: 1,
        said: &["new dir/m.env"],
    },
    Situation {
        name: "deletion of the file with the secret",
        make: |r| {
            base(r);
            r.git(&["rm", "-q", "a.env"]);
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "removal of the secret",
        make: |r| {
            base(r);
            r.stage("a.env", "API_TOKEN=$TOKEN\n");
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "from a subfolder",
        make: |r| {
            base(r);
            r.stage("sub/dir/x.env", line(5));
            Ask::staged().within("r/sub/dir")
        },
        code: 1,
        said: &["new sub/dir/x.env"],
    },
    Situation {
        name: "named from outside",
        make: |r| {
            base(r);
            r.stage("x.env", line(5));
            Ask::new(&["staged", "--repo", "r"]).within(".")
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "linked work tree",
        make: |r| {
            base(r);
            r.git(&["worktree", "add", "-q", "../linked"]);
            std::fs::write(r.path("linked/x.env"), line(5)).unwrap();
            r.git_in("linked", &["add", "x.env"]);
            Ask::staged().within("linked")
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "linked work tree, its own index only",
        make: |r| {
            base(r);
            r.git(&["worktree", "add", "-q", "../linked"]);
            r.stage("x.env", line(5));
            Ask::staged().within("linked")
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "repository folder elsewhere",
        make: |r| {
            r.again(&["--separate-git-dir", "../store"]);
            base(r);
            r.stage("x.env", line(5));
            Ask::staged()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "submodule's own work tree",
        make: |r| {
            base(r);
            r.git(&["clone", "-q", ".", "../lib"]);
            r.git(&["submodule", "--quiet", "add", "../lib", "lib"]);
            std::fs::write(r.path("r/lib/x.env"), line(5)).unwrap();
            r.git_in("r/lib", &["add", "x.env"]);
            Ask::staged().within("r/lib")
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "sparse index, change inside the cone",
        make: |r| {
            for n in 0..4 {
                r.put(&format!("d{n}/deep/f.txt"), filler(3));
            }
            r.commit("start");
            r.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "d1"]);
            r.stage("d1/x.env", line(5));
            Ask::staged()
        },
        code: 1,
        said: &["new d1/x.env"],
    },
    Situation {
        name: "sparse index, a folder outside the cone changed by a reset",
        make: |r| {
            r.put("d0/f.txt", filler(3));
            r.put("d1/f.txt", filler(3));
            r.commit("start");
            r.put("d0/x.env", line(5));
            let with = r.commit("with");
            r.git(&["reset", "-q", "--hard", "HEAD~1"]);
            r.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "d1"]);
            r.git(&["read-tree", &with]);
            Ask::staged()
        },
        code: 1,
        said: &["new d0/x.env"],
    },
    Situation {
        name: "sparse index, nothing changed",
        make: |r| {
            r.put("d0/x.env", line(5));
            r.put("d1/f.txt", filler(3));
            r.commit("start");
            r.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "d1"]);
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "split index",
        make: |r| {
            base(r);
            r.git(&["update-index", "--split-index"]);
            r.stage("x.env", line(5));
            Ask::staged()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "index of version 4",
        make: |r| {
            base(r);
            r.git(&["update-index", "--index-version", "4"]);
            r.stage("long/er/x.env", line(5));
            Ask::staged()
        },
        code: 1,
        said: &["new long/er/x.env"],
    },
    Situation {
        name: "SHA-256",
        make: |r| {
            r.again(&["--object-format=sha256"]);
            base(r);
            r.stage("x.env", line(5));
            Ask::staged()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "detached HEAD",
        make: |r| {
            base(r);
            r.git(&["checkout", "-q", "--detach"]);
            r.stage("x.env", line(5));
            Ask::staged()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "packed references and objects",
        make: |r| {
            base(r);
            r.git(&["gc", "-q"]);
            r.stage("a.env", format!("{}x\n{}", line(5), line(1)));
            Ask::staged()
        },
        code: 1,
        said: &["existing a.env", "new a.env"],
    },
    Situation {
        name: "merge with a conflict, not resolved",
        make: |r| {
            conflict(r);
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "merge, resolved with what one side had",
        make: |r| {
            conflict(r);
            r.stage("c.txt", format!("both\n{}", line(8)));
            Ask::staged()
        },
        code: 0,
        said: &["existing c.txt"],
    },
    Situation {
        name: "merge, the resolution brings a secret",
        make: |r| {
            conflict(r);
            r.stage("c.txt", format!("both\n{}", line(9)));
            Ask::staged()
        },
        code: 1,
        said: &["new c.txt"],
    },
    Situation {
        name: "merge without commit, secret of the other branch",
        make: |r| {
            base(r);
            r.git(&["checkout", "-q", "-b", "other"]);
            r.commit_file("d.env", line(7));
            r.git(&["checkout", "-q", "main"]);
            r.commit_file("e.txt", "e\n");
            r.git(&["merge", "-q", "--no-commit", "other"]);
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "squash: no merge, so the secret is new",
        make: |r| {
            base(r);
            r.git(&["checkout", "-q", "-b", "other"]);
            r.commit_file("d.env", line(7));
            r.git(&["checkout", "-q", "main"]);
            r.git(&["merge", "-q", "--squash", "other"]);
            Ask::staged()
        },
        code: 1,
        said: &["new d.env"],
    },
    Situation {
        name: "cherry-pick without commit",
        make: |r| {
            base(r);
            r.git(&["checkout", "-q", "-b", "other"]);
            r.commit_file("d.env", line(7));
            r.git(&["checkout", "-q", "main"]);
            r.git(&["cherry-pick", "-n", "other"]);
            Ask::staged()
        },
        code: 1,
        said: &["new d.env"],
    },
    Situation {
        name: "cherry-pick with a conflict",
        make: |r| {
            r.commit_file("c.txt", "one\n");
            r.git(&["checkout", "-q", "-b", "other"]);
            r.commit_file("c.txt", format!("other\n{}", line(8)));
            r.git(&["checkout", "-q", "main"]);
            r.commit_file("c.txt", "ours\n");
            assert!(!r.tries(&["cherry-pick", "other"]));
            Ask::staged()
        },
        code: 1,
        said: &["new c.txt"],
    },
    Situation {
        name: "revert of a removal",
        make: |r| {
            base(r);
            r.commit_file("a.env", "gone\n");
            r.git(&["revert", "-n", "HEAD"]);
            Ask::staged()
        },
        code: 1,
        said: &["new a.env"],
    },
    Situation {
        name: "stash, taken out with its index",
        make: |r| {
            base(r);
            r.stage("b.txt", line(5));
            r.git(&["stash", "-q"]);
            r.git(&["stash", "pop", "-q", "--index"]);
            Ask::staged()
        },
        code: 1,
        said: &["new b.txt"],
    },
    Situation {
        name: "while a rebase stands still",
        make: |r| {
            base(r);
            r.git(&["checkout", "-q", "-b", "other"]);
            r.commit_file("b.txt", "theirs\n");
            r.git(&["checkout", "-q", "main"]);
            r.commit_file("b.txt", "ours\n");
            assert!(!r.tries(&["rebase", "other"]));
            r.stage("b.txt", line(5));
            Ask::staged()
        },
        code: 1,
        said: &["new b.txt"],
    },
    Situation {
        name: "another index by GIT_INDEX_FILE, as in commit -a",
        make: |r| {
            base(r);
            r.put("b.txt", line(5));
            std::fs::copy(r.path("r/.git/index"), r.path("r/.git/next-index-1.lock")).unwrap();
            let path = r.path("r/.git/next-index-1.lock").to_str().unwrap().to_owned();
            let id = r.fed(&["hash-object", "-w", "--stdin"], line(5).as_bytes());
            let add = format!("100644,{id},b.txt");
            let mut git = harness::git(&r.path("r"), &r.path("."));
            git.args(["update-index", "--cacheinfo", &add]).env("GIT_INDEX_FILE", &path);
            assert!(git.status().unwrap().success());
            Ask::staged().env("GIT_INDEX_FILE", ".git/next-index-1.lock")
        },
        code: 1,
        said: &["new b.txt"],
    },
    Situation {
        name: "GIT_DIR from a folder outside",
        make: |r| {
            base(r);
            r.stage("b.txt", line(5));
            let git_dir = r.path("r/.git").to_str().unwrap().to_owned();
            Ask::staged().within(".").env("GIT_DIR", &git_dir)
        },
        code: 1,
        said: &["new b.txt"],
    },
    Situation {
        name: "objects in a folder of their own, as in a quarantine",
        make: |r| {
            base(r);
            let extra = r.path("r/.git/extra").to_str().unwrap().to_owned();
            std::fs::create_dir(&extra).unwrap();
            let mut git = harness::git(&r.path("r"), &r.path("."));
            r.put("b.txt", line(5));
            git.args(["add", "b.txt"]).env("GIT_OBJECT_DIRECTORY", &extra);
            let objects = r.path("r/.git/objects").to_str().unwrap().to_owned();
            git.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &objects);
            assert!(git.status().unwrap().success());
            Ask::staged().env("GIT_OBJECT_DIRECTORY", &extra).env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &objects)
        },
        code: 1,
        said: &["new b.txt"],
    },
    Situation {
        name: "submodule added",
        make: |r| {
            base(r);
            r.git(&["clone", "-q", ".", "../lib"]);
            r.git(&["submodule", "--quiet", "add", "../lib", "lib"]);
            Ask::staged()
        },
        code: 3,
        said: &["gap submodule"],
    },
    Situation {
        name: "submodule bump",
        make: |r| {
            base(r);
            let first = r.git(&["rev-parse", "HEAD"]);
            let gitlink = |id: &str| format!("160000,{id},lib");
            r.git(&["update-index", "--add", "--cacheinfo", &gitlink(&first)]);
            r.git(&["commit", "-q", "-m", "link"]);
            let second = r.git(&["rev-parse", "HEAD"]);
            r.git(&["update-index", "--add", "--cacheinfo", &gitlink(&second)]);
            Ask::staged()
        },
        code: 3,
        said: &["gap submodule"],
    },
    Situation {
        name: "submodule that was there, and another file",
        make: |r| {
            base(r);
            let first = r.git(&["rev-parse", "HEAD"]);
            r.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{first},lib")]);
            r.git(&["commit", "-q", "-m", "link"]);
            r.stage("b.txt", "x\n");
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "LFS pointer whose content is not here",
        make: |r| {
            base(r);
            r.stage("big.bin", lfs_pointer(b"content").0);
            Ask::staged()
        },
        code: 3,
        said: &["gap lfs-pointer"],
    },
    Situation {
        name: "LFS pointer whose content is here and clean",
        make: |r| {
            base(r);
            let (pointer, oid) = lfs_pointer(b"content");
            lfs_store(r, &oid, b"content");
            r.stage("big.bin", pointer);
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "LFS pointer whose content holds a secret",
        make: |r| {
            base(r);
            let content = line(5).into_bytes();
            let (pointer, oid) = lfs_pointer(&content);
            lfs_store(r, &oid, &content);
            r.stage("big.txt", pointer);
            Ask::staged()
        },
        code: 1,
        said: &["new big.txt"],
    },
    Situation {
        name: "LFS pointer whose content is another one",
        make: |r| {
            base(r);
            let (pointer, oid) = lfs_pointer(b"content");
            lfs_store(r, &oid, b"Content");
            r.stage("big.txt", pointer);
            Ask::staged()
        },
        code: 3,
        said: &["gap corrupt-object"],
    },
    Situation {
        name: "LFS pointer that was there",
        make: |r| {
            base(r);
            r.commit_file("big.bin", lfs_pointer(b"content").0);
            r.stage("b.txt", "x\n");
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "archive added",
        make: |r| {
            base(r);
            r.stage("x.zip", b"PK\x03\x04\x14\0\0\0\x08\0rest of an archive that is not opened");
            Ask::staged()
        },
        code: 3,
        said: &["gap archive"],
    },
    Situation {
        name: "archive that was there",
        make: |r| {
            base(r);
            r.commit_file("x.zip", b"PK\x03\x04\x14\0\0\0\x08\0rest of an archive that is not opened");
            r.stage("b.txt", "x\n");
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "UTF-16, as PowerShell redirects write it",
        make: |r| {
            base(r);
            r.stage("out.txt", utf16(&format!("{}{}", filler(3), line(5))));
            Ask::staged()
        },
        code: 1,
        said: &["new out.txt"],
    },
    Situation {
        name: "behind a NUL",
        make: |r| {
            base(r);
            r.stage("out.bin", format!("\0\0\0head\0{}", line(5)));
            Ask::staged()
        },
        code: 1,
        said: &["new out.bin"],
    },
    Situation {
        name: "at the end of twelve megabytes",
        make: |r| {
            base(r);
            r.stage("long.txt", format!("{}{}", filler(280_000), line(5)));
            Ask::staged()
        },
        code: 1,
        said: &["new long.txt"],
    },
    Situation {
        name: "in the name of a file",
        make: |r| {
            base(r);
            r.stage(&harness::token(5), "x\n");
            let said = r.ask(&Ask::staged());
            assert!(!said.json.to_string().contains(&harness::token(5)), "masked");
            Ask::staged()
        },
        code: 1,
        said: &["new name ghp_…gE"],
    },
    Situation {
        name: "in a folder's name",
        make: |r| {
            base(r);
            r.stage(&format!("{}/x.txt", harness::token(5)), "x\n");
            Ask::new(&["staged", "--fail-on", "critical"])
        },
        code: 1,
        said: &["new name ghp_…gE/x.txt"],
    },
    Situation {
        name: "attributes that hide the difference",
        make: |r| {
            base(r);
            r.stage(".gitattributes", "* -diff -text binary\n*.env linguist-generated=true\n");
            r.stage("x.env", line(5));
            Ask::staged()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "ignored, and added by force",
        make: |r| {
            base(r);
            r.stage(".gitignore", "*.env\n.ignore\n");
            r.stage("x.env", line(5));
            Ask::staged()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "marked as unchanged",
        make: |r| {
            base(r);
            r.stage("b.txt", line(5));
            r.git(&["update-index", "--assume-unchanged", "b.txt"]);
            Ask::staged()
        },
        code: 1,
        said: &["new b.txt"],
    },
    Situation {
        name: "a replaced object",
        make: |r| {
            base(r);
            r.stage("x.env", line(5));
            let clean = r.fed(&["hash-object", "-w", "--stdin"], b"clean\n");
            let dirty = r.git(&["rev-parse", ":x.env"]);
            r.git(&["replace", &dirty, &clean]);
            Ask::staged()
        },
        code: 1,
        said: &["new x.env"],
    },
    Situation {
        name: "damaged index",
        make: |r| {
            base(r);
            let path = r.path("r/.git/index");
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x10;
            std::fs::write(&path, bytes).unwrap();
            Ask::staged()
        },
        code: 3,
        said: &["gap damaged-index"],
    },
    Situation {
        name: "a staged object that is not there",
        make: |r| {
            base(r);
            let id = "1".repeat(40);
            let fake = format!("100644,{id},x.env");
            r.git(&["update-index", "--add", "--cacheinfo", &fake]);
            Ask::staged()
        },
        code: 3,
        said: &["gap missing-object"],
    },
    Situation {
        name: "a staged object with other bytes",
        make: |r| {
            base(r);
            r.stage("x.env", line(5));
            let dirty = r.git(&["rev-parse", ":x.env"]);
            let clean = r.fed(&["hash-object", "-w", "--stdin"], b"clean\n");
            let file = |id: &str| r.path(&format!("r/.git/objects/{}/{}", &id[..2], &id[2..]));
            std::fs::remove_file(file(&dirty)).unwrap();
            std::fs::copy(file(&clean), file(&dirty)).unwrap();
            Ask::staged()
        },
        code: 3,
        said: &["gap corrupt-object"],
    },
    Situation {
        name: "a broken HEAD",
        make: |r| {
            base(r);
            r.put(".git/HEAD", "nonsense\n");
            Ask::staged()
        },
        code: 1,
        said: &["gap broken-ref", "new a.env"],
    },
    Situation {
        name: "references in a format that is not known",
        make: |r| {
            base(r);
            r.git(&["config", "core.repositoryFormatVersion", "1"]);
            r.stage("b.txt", "x\n");
            r.put(".git/config", format!("{}[extensions]\nrefStorage = other\n", r.text(".git/config")));
            Ask::staged()
        },
        code: 3,
        said: &["gap format"],
    },
    Situation {
        name: "reftable: a secret that is new",
        make: |r| {
            let _as_files_where_git_is_old = r.reftable();
            base(r);
            r.stage("b.env", line(2));
            Ask::staged()
        },
        code: 1,
        said: &["new b.env"],
    },
    Situation {
        name: "reftable: nothing new",
        make: |r| {
            let _as_files_where_git_is_old = r.reftable();
            base(r);
            r.stage("b.txt", "x\n");
            Ask::staged()
        },
        code: 0,
        said: &[],
    },
    Situation {
        name: "reftable: a damaged table",
        make: |r| {
            // Where git cannot write the format, this is enough to say that there is one.
            base(r);
            r.stage("b.txt", "x\n");
            let config = r.text(".git/config").replace("repositoryformatversion = 0", "repositoryformatversion = 1");
            r.put(".git/config", format!("{config}[extensions]\nrefStorage = reftable\n"));
            r.put(".git/reftable/tables.list", "one.ref\n");
            r.put(".git/reftable/one.ref", "REFT\u{1}");
            Ask::staged()
        },
        code: 1,
        said: &["gap broken-ref", "new a.env"],
    },
    Situation {
        name: "borrowed objects outside of the repository",
        make: |r| {
            base(r);
            r.git(&["clone", "-q", "--shared", ".", "../borrower"]);
            Ask::staged().within("borrower")
        },
        code: 3,
        said: &["gap alternate", "gap missing-object"],
    },
    Situation {
        name: "no repository",
        make: |r| {
            std::fs::create_dir(r.path("empty")).unwrap();
            Ask::staged().within("empty")
        },
        code: 2,
        said: &[],
    },
    Situation {
        name: "bare repository",
        make: |r| {
            base(r);
            r.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
            Ask::staged().within("bare.git")
        },
        code: 2,
        said: &[],
    },
    Situation {
        name: "a value on the line after its name, where only that line changes",
        make: |r| {
            r.commit_file("a.py", "password = (\n    \"\"\n)\n");
            r.stage("a.py", harness::made("password = (\n    \"{{base62(18)}}\"\n)\n", 4));
            Ask::staged()
        },
        code: 1,
        said: &["new a.py"],
    },
    Situation {
        name: "an unencrypted setting is new in another file",
        make: |r| {
            r.commit_file("a.py", unverified("url"));
            r.stage("a.py", unverified("url") + "x = 1\n");
            r.stage("b.py", unverified("other"));
            Ask::new(&["staged", "--only", "transport"])
        },
        code: 1,
        said: &["existing a.py", "new b.py"],
    },
    Situation {
        name: "an unencrypted setting moves with its file",
        make: |r| {
            r.commit_file("a.py", unverified("url"));
            r.git(&["mv", "a.py", "b.py"]);
            Ask::new(&["staged", "--only", "transport"])
        },
        code: 0,
        said: &["moved b.py"],
    },
    Situation {
        name: "a second unencrypted setting in the same file",
        make: |r| {
            r.commit_file("a.py", unverified("url"));
            r.stage("a.py", unverified("url").repeat(2));
            Ask::new(&["staged", "--only", "transport"])
        },
        code: 1,
        said: &["new a.py"],
    },
];
