//! Opening repositories and reading references, over repositories of real git.

use crate::blob::GapKind;
use crate::git::fixture::{Made, Repo, fifo};
use crate::git::store::lookup::{Lookup, Lost};
use crate::git::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn filled(args: &[&str]) -> (Repo, String) {
    let repo = Repo::new(args);
    let files = BTreeMap::from([("f".to_owned(), "x\n".to_owned())]);
    let made = Made { files, parents: vec![], date: 1_700_000_000, message: "one".to_owned(), who: "A <a>" };
    let id = repo.commits(&[made]).remove(0);
    repo.git(&["update-ref", "refs/heads/main", &id]);
    (repo, id)
}

fn open(path: &Path) -> Repository {
    Repository::open(path, &[]).expect("a repository")
}

/// Kind, whether it blocks, what.
fn gaps(list: &[crate::blob::Gap]) -> Vec<(GapKind, bool, String)> {
    list.iter().map(|g| (g.kind, g.blocks, String::from_utf8_lossy(&g.what).into_owned())).collect()
}

fn names(refs: &Refs, kind: RefKind) -> Vec<String> {
    let of = refs.all.iter().filter(|r| r.kind == kind);
    let mut names: Vec<String> = of.map(|r| String::from_utf8_lossy(&r.name).into_owned()).collect();
    names.dedup();
    names
}

#[test]
fn work_trees_bare_ones_and_folders_are_opened() {
    let (repo, id) = filled(&[]);
    let own = repo.path().canonicalize().expect("a path").join(".git");
    for path in [repo.path().to_owned(), repo.path().join(".git")] {
        let opened = open(&path);
        assert_eq!((&opened.git_dir, &opened.common_dir, opened.bare), (&own, &own, false));
        assert_eq!((opened.object_dirs, opened.gaps), (vec![own.join("objects")], vec![]));
    }
    repo.git(&["clone", "-q", "--bare", ".", "bare"]);
    let bare = open(&repo.path().join("bare"));
    assert!(bare.bare && bare.gaps.is_empty());
    assert_eq!(Refs::read(&bare).head.map(|h| h.to_string()), Some(id));
    // A linked work tree, and a submodule.
    repo.git(&["worktree", "add", "-q", "--detach", "tree"]);
    let linked = open(&repo.path().join("tree"));
    assert_eq!((linked.git_dir, linked.common_dir), (own.join("worktrees/tree"), own.clone()));
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "./bare", "sub"]);
    assert_eq!(open(&repo.path().join("sub")).git_dir, own.join("modules/sub"));
}

#[test]
fn what_is_no_repository_is_said_and_a_file_cannot_lead_elsewhere() {
    let outside = filled(&[]).0;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    assert_eq!(Repository::open(&path.join("none"), &[]).err(), Some(OpenError::Missing));
    assert!(matches!(Repository::open(path, &[]), Err(OpenError::NotARepository(_))));
    let dot = path.join(".git");
    std::fs::write(&dot, "nonsense").expect("a file");
    assert!(matches!(Repository::open(path, &[]), Err(OpenError::NotARepository(_))));
    let theirs = outside.path().join(".git");
    std::fs::write(&dot, format!("gitdir: {}\n", theirs.display())).expect("a file");
    let refused = Repository::open(path, &[]).err();
    assert_eq!(refused, Some(OpenError::Outside("the file `.git`")));
    assert!(!refused.map(|e| e.to_string()).unwrap_or_default().contains("tmp"));
    assert!(Repository::open(path, &[outside.path().to_owned()]).is_ok());
    #[cfg(unix)]
    {
        std::fs::remove_file(&dot).expect("gone");
        std::os::unix::fs::symlink(&theirs, &dot).expect("a link");
        assert_eq!(Repository::open(path, &[]).err(), Some(OpenError::Outside("the link `.git`")));
        // Objects, or what they are shared with, are elsewhere.
        std::fs::remove_file(&dot).expect("gone");
        std::fs::create_dir(&dot).expect("a folder");
        std::fs::write(dot.join("HEAD"), "ref: refs/heads/main\n").expect("a file");
        std::os::unix::fs::symlink(theirs.join("objects"), dot.join("objects")).expect("a link");
        let opened = open(path);
        assert_eq!(gaps(&opened.gaps), [(GapKind::Alternate, true, "objects".to_owned())]);
        assert!(opened.object_dirs.is_empty());
    }
    std::fs::write(dot.join("commondir"), theirs.display().to_string()).expect("a file");
    assert_eq!(Repository::open(path, &[]).err(), Some(OpenError::Outside("the file `commondir`")));
}

#[test]
fn what_hides_history_is_a_gap() {
    let one = |change: &dyn Fn(&Repo, &str)| {
        let (repo, id) = filled(&[]);
        change(&repo, &id);
        gaps(&open(repo.path()).gaps)
    };
    let config = |text: &'static str| move |repo: &Repo, _: &str| repo.file(".git/config", text);
    let format = [(GapKind::Format, true, "config".to_owned())];
    assert_eq!(one(&config("[core]\nrepositoryformatversion = 2\n")), format);
    assert_eq!(one(&config("[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = other\n")), format);
    assert_eq!(one(&config("[core]\nrepositoryformatversion = 1\n[extensions]\nx = y\n")), format);
    let promised = [(GapKind::PartialClone, false, "config".to_owned())];
    assert_eq!(one(&config("[remote \"o\"]\npromisor = true\n")), promised);
    let promise = one(&|repo, _| repo.file(".git/objects/pack/pack-0.promisor", ""));
    assert_eq!(promise, [(GapKind::PartialClone, false, "objects/pack".to_owned())]);
    let shallow = one(&|repo, id| repo.file(".git/shallow", format!("{id}\n")));
    assert_eq!(shallow, [(GapKind::Shallow, true, "shallow".to_owned())]);
    assert_eq!(one(&|repo, _| repo.file(".git/shallow", "")), []);
    let http = one(&|repo, _| repo.file(".git/objects/info/http-alternates", "http://x.invalid\n"));
    assert_eq!(http, [(GapKind::Alternate, true, "objects/info/http-alternates".to_owned())]);
}

#[test]
fn alternates_are_read_inside_and_listed_outside() {
    let (repo, _) = filled(&[]);
    let elsewhere = filled(&[]).0;
    let theirs = elsewhere.path().canonicalize().expect("a path").join(".git/objects");
    let list = |text: String| repo.file(".git/objects/info/alternates", text);
    let alternate = |n: usize| vec![(GapKind::Alternate, true, "objects/info/alternates".to_owned()); n];
    list(format!("# note\n{}\n", theirs.display()));
    assert_eq!(gaps(&open(repo.path()).gaps), alternate(1));
    let allowed: Vec<PathBuf> = vec![elsewhere.path().to_owned()];
    let opened = Repository::open(repo.path(), &allowed).expect("a repository");
    assert_eq!((opened.object_dirs.len(), opened.gaps), (2, vec![]));
    assert_eq!(opened.object_dirs[1], theirs);
    // Inside, in quotes, in a cycle; and one that is not there.
    repo.file("more/objects/info/alternates", "../../.git/objects\n");
    list("\"../../m\\157re/objects\"\n".to_owned());
    let opened = open(repo.path());
    assert_eq!((opened.object_dirs.len(), opened.gaps), (2, vec![]));
    list("../../none\n".to_owned());
    assert_eq!(gaps(&open(repo.path()).gaps), alternate(1));
    // Too deep.
    list("../../d1/objects\n".to_owned());
    for n in 1..9 {
        repo.file(&format!("d{n}/objects/info/alternates"), format!("../../d{}/objects\n", n + 1));
    }
    let opened = open(repo.path());
    assert_eq!((opened.object_dirs.len(), gaps(&opened.gaps)), (6, alternate(1)));
}

#[test]
fn every_kind_of_reference_is_found() {
    for args in [&[][..], &["--object-format", "sha256"]] {
        let (repo, id) = filled(args);
        repo.git(&["reset", "-q", "--hard"]);
        repo.git(&["tag", "light"]);
        repo.git(&["tag", "-a", "-m", "m", "heavy"]);
        repo.git(&["notes", "add", "-m", "n"]);
        for name in ["refs/remotes/o/main", "refs/pull/1/head", "refs/bisect/bad"] {
            repo.git(&["update-ref", name, &id]);
        }
        repo.git(&["symbolic-ref", "refs/remotes/o/HEAD", "refs/remotes/o/main"]);
        repo.git(&["symbolic-ref", "refs/remotes/o/gone", "refs/remotes/o/none"]);
        repo.git(&["pack-refs", "--all"]);
        for text in ["first", "second"] {
            repo.file("f", text);
            repo.git(&["stash", "-q"]);
        }
        repo.git(&["commit", "-q", "--allow-empty", "-m", "m"]);
        repo.git(&["replace", "HEAD", "HEAD~"]);
        repo.git(&["worktree", "add", "-q", "-b", "wt", "tree"]);
        repo.file("f", "staged");
        repo.git(&["add", "f"]);
        let refs = Refs::read(&open(repo.path()));
        assert_eq!(refs.gaps, []);
        let head = repo.git(&["rev-parse", "HEAD"]);
        assert_eq!(refs.head.map(|h| h.to_string()), Some(head.clone()));
        assert_eq!(names(&refs, RefKind::Head), ["HEAD"]);
        let branches = ["refs/heads/main", "refs/heads/wt", "refs/remotes/o/HEAD", "refs/remotes/o/main"];
        assert_eq!(names(&refs, RefKind::Branch), branches);
        assert_eq!(names(&refs, RefKind::Tag), ["refs/tags/heavy", "refs/tags/light"]);
        assert_eq!(names(&refs, RefKind::Note), ["refs/notes/commits"]);
        assert_eq!(names(&refs, RefKind::Replace).len(), 1);
        assert_eq!(refs.all.iter().filter(|r| r.kind == RefKind::Stash).count(), 2);
        let other = names(&refs, RefKind::Other);
        for name in
            ["ORIG_HEAD", "index", "refs/bisect/bad", "refs/pull/1/head", "worktrees/tree/HEAD", "worktrees/tree/index"]
        {
            assert!(other.iter().any(|o| o == name), "{name}: {other:?}");
        }
        assert!(names(&refs, RefKind::Reflog).contains(&"HEAD".to_owned()));
        let staged = ObjectId::from_hex(repo.git(&["rev-parse", ":f"]).as_bytes()).ok();
        assert!(refs.all.iter().any(|r| r.name == b"index" && Some(r.target) == staged));
        // From the linked work tree: its own HEAD is HEAD, and the first one's is not lost.
        let refs = Refs::read(&open(&repo.path().join("tree")));
        assert_eq!((refs.gaps.len(), refs.head.map(|h| h.to_string())), (0, Some(head)));
        assert!(names(&refs, RefKind::Other).contains(&"main-worktree/HEAD".to_owned()));
        // Everything that git lists is there with the same id.
        let listed = repo.git(&["for-each-ref", "--format=%(objectname) %(refname)"]);
        for line in listed.lines() {
            assert!(
                refs.all.iter().any(|r| format!("{} {}", r.target, String::from_utf8_lossy(&r.name)) == line),
                "{line}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn a_shared_index_that_is_no_file_does_not_make_us_wait() {
    let (repo, _) = filled(&[]);
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["update-index", "--split-index"]);
    assert_eq!(Refs::read(&open(repo.path())).gaps, []);
    let mut entries = std::fs::read_dir(repo.path().join(".git")).expect("a folder").flatten();
    let shared = entries.find(|e| e.file_name().to_string_lossy().starts_with("sharedindex.")).expect("it").path();
    std::fs::remove_file(&shared).expect("gone");
    fifo(&shared);
    let refs = Refs::read(&open(repo.path()));
    assert_eq!(gaps(&refs.gaps), [(GapKind::DamagedIndex, true, "index".to_owned())]);
    assert!(tracked(repo.path()).is_err());
}

#[test]
fn an_empty_repository_has_no_head_and_no_gap() {
    let repo = Repo::new(&[]);
    let refs = Refs::read(&open(repo.path()));
    assert_eq!((refs.head, refs.all, refs.gaps), (None, vec![], vec![]));
}

#[test]
fn what_cannot_be_read_is_a_broken_reference() {
    let (repo, id) = filled(&[]);
    repo.git(&["reset", "-q", "--hard"]);
    repo.file(".git/refs/heads/empty", "");
    repo.file(".git/refs/heads/short", &id[1..]);
    repo.file(".git/refs/heads/a", "ref: refs/heads/b\n");
    repo.file(".git/refs/heads/b", "ref: refs/heads/a\n");
    repo.file(".git/refs/heads/x.lock", "");
    repo.file(".git/packed-refs", format!("# pack-refs with: peeled\n{id} refs/tags/t\n^{id}\nnonsense\n"));
    repo.file(".git/logs/refs/heads/main", format!("{id} {id} A <a> 1 +0000\tm\nnonsense\n"));
    repo.file(".git/index", "nonsense");
    repo.file(".git/FETCH_HEAD", format!("{id}\tnot-for-merge\tbranch 'x'\n"));
    let refs = Refs::read(&open(repo.path()));
    let broken: Vec<String> = gaps(&refs.gaps).into_iter().map(|(k, b, w)| format!("{} {b} {w}", k.name())).collect();
    let expected = [
        "damaged-index true index",
        "broken-ref true packed-refs",
        "broken-ref true reflog of refs/heads/main",
        "broken-ref true refs/heads/a",
        "broken-ref true refs/heads/b",
        "broken-ref true refs/heads/empty",
        "broken-ref true refs/heads/short",
    ];
    assert_eq!(broken, expected);
    assert!(
        names(&refs, RefKind::Tag) == ["refs/tags/t"] && names(&refs, RefKind::Other).contains(&"FETCH_HEAD".into())
    );
    assert_eq!(names(&refs, RefKind::Reflog), ["HEAD", "refs/heads/main"]);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_except_what_a_head_says() {
    use std::os::unix::fs::symlink;
    let (repo, id) = filled(&[]);
    let git = repo.path().join(".git");
    std::fs::remove_file(git.join("HEAD")).expect("gone");
    symlink("refs/heads/main", git.join("HEAD")).expect("a link");
    symlink("/dev/zero", git.join("refs/heads/zero")).expect("a link");
    symlink("/", git.join("refs/all")).expect("a link");
    let refs = Refs::read(&open(repo.path()));
    assert_eq!(refs.head.map(|h| h.to_string()), Some(id));
    let broken: Vec<String> = gaps(&refs.gaps).into_iter().map(|g| g.2).collect();
    assert_eq!(broken, ["refs/all", "refs/heads/zero"]);
    std::fs::remove_file(git.join("HEAD")).expect("gone");
    symlink("/dev/zero", git.join("HEAD")).expect("a link");
    let refs = Refs::read(&open(repo.path()));
    assert!(refs.head.is_none() && gaps(&refs.gaps).contains(&(GapKind::BrokenRef, true, "HEAD".to_owned())));
}

#[test]
fn an_object_is_found_in_a_pack_that_git_made_after_the_store_was_opened() {
    let (repo, id) = filled(&[]);
    let folders = open(repo.path()).object_dirs;
    let read = |lookup: &Lookup, id: &str| lookup.read(&ObjectId::from_hex(id.as_bytes()).expect("an id")).map(|o| o.0);
    let (lookup, gaps) = Lookup::open(&folders, gix_hash::Kind::Sha1);
    assert_eq!(gaps, []);
    // What was loose is packed; then that pack goes, too.
    repo.git(&["repack", "-q", "-a", "-d"]);
    assert_eq!(read(&lookup, &id), Ok(Kind::Commit));
    let (lookup, _) = Lookup::open(&folders, gix_hash::Kind::Sha1);
    let made = Made {
        files: BTreeMap::from([("g".to_owned(), "y\n".to_owned())]),
        parents: vec![id.clone()],
        date: 1_700_000_001,
        message: "two".to_owned(),
        who: "A <a>",
    };
    let next = repo.commits(&[made]).remove(0);
    repo.git(&["update-ref", "refs/heads/main", &next]);
    repo.git(&["repack", "-q", "-a", "-d"]);
    assert_eq!((read(&lookup, &next), read(&lookup, &id)), (Ok(Kind::Commit), Ok(Kind::Commit)));
    assert_eq!(read(&lookup, &"1".repeat(40)), Err(Lost::Missing));
}
