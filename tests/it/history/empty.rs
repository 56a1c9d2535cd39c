//! What is not there is not clean: repositories without objects, and those that only a list knows.

use crate::harness::{Run, Tree, succeed};
use crate::history::{commit, git, init};
use std::fs;

fn history(tree: &Tree, args: &[&str]) -> Run {
    tree.leaktight(&[&["history", "--now", "1800000000", "--format", "json"], args].concat())
}

/// Exit code and gaps.
fn said(tree: &Tree, args: &[&str]) -> (Option<i32>, Vec<String>) {
    let run = history(tree, args);
    assert!(matches!(run.code, Some(0 | 3)), "{}", run.stderr);
    (run.code, run.gaps())
}

fn blocked() -> (Option<i32>, Vec<String>) {
    (Some(3), vec!["empty true objects".to_owned()])
}

/// A repository `full` with a commit.
fn full(tree: &Tree) {
    init(tree, "full");
    tree.file("full/a", "nothing\n");
    commit(tree, "full", 1, "first");
}

/// Takes all objects away from a repository.
fn without_objects(tree: &Tree, folder: &str) {
    let objects = tree.path().join(folder).join("objects");
    fs::remove_dir_all(&objects).unwrap();
    fs::create_dir_all(objects.join("pack")).unwrap();
}

#[test]
fn a_new_repository_is_noted() {
    let tree = Tree::new();
    init(&tree, "new");
    let run = history(&tree, &["new"]);
    assert_eq!((run.code, run.gaps()), (Some(0), vec!["empty false objects".to_owned()]), "{}", run.stderr);
    assert_eq!(run.json()["run"]["complete"], true);
    assert_eq!(said(&tree, &["new", "--strict"]), blocked());
    full(&tree);
    assert_eq!(said(&tree, &["full"]), (Some(0), Vec::new()));
}

#[test]
fn a_clone_that_failed_is_not_clean() {
    let tree = Tree::new();
    full(&tree);
    let url = format!("file://{}/full", tree.path().display());
    // As after a clone that was killed while it received a pack.
    git(&tree, ".", 0, &["init", "-q", "--bare", "killed"]);
    git(&tree, "killed", 0, &["remote", "add", "origin", &url]);
    assert_eq!(said(&tree, &["killed"]), blocked(), "a remote");
    tree.file("killed/objects/pack/tmp_pack_x1Y2z3", b"PACK\0\0\0\x02\0\0\0\x09");
    let (code, gaps) = said(&tree, &["killed"]);
    assert_eq!((code, &*gaps[0]), (Some(3), "damaged-pack false tmp_pack_x1Y2z3"));
    assert_eq!(gaps[1..], ["empty true objects"]);
    git(&tree, "killed", 0, &["remote", "remove", "origin"]);
    assert_eq!(said(&tree, &["killed"]).1[1..], ["empty true objects"], "an unfinished pack");
    // Finished, it is as good as any.
    fs::remove_file(tree.path().join("killed/objects/pack/tmp_pack_x1Y2z3")).unwrap();
    git(&tree, "killed", 0, &["fetch", "-q", &url, "main:main"]);
    assert_eq!(said(&tree, &["killed"]), (Some(0), Vec::new()));
}

#[test]
fn an_empty_clone_may_be_accepted() {
    let tree = Tree::new();
    git(&tree, ".", 0, &["init", "-q", "--bare", "server.git"]);
    for (args, name) in [(&["--bare"][..], "bare.git"), (&[], "work")] {
        git(&tree, ".", 0, &[&["clone", "-q"], args, &["server.git", name]].concat());
        assert_eq!(said(&tree, &[name]), blocked(), "{name}");
    }
    tree.file("leaktight.toml", "[[gap]]\nkind = \"empty\"\npath = \"objects\"\nreason = \"nobody pushed yet\"\n");
    let run = history(&tree, &["work"]);
    assert_eq!(run.code, Some(0), "{}{}", run.text(), run.stderr);
    assert_eq!(run.json()["run"]["gaps"][0]["accepted_by"], "nobody pushed yet");
}

#[test]
fn whatever_names_objects_expects_them() {
    let tree = Tree::new();
    for (name, file) in
        [("packed", "packed-refs"), ("loose", "refs/heads/main"), ("head", "HEAD"), ("log", "logs/HEAD")]
    {
        full(&tree);
        let id = git(&tree, "full", 0, &["rev-parse", "HEAD"]);
        git(&tree, ".", 0, &["init", "-q", "--bare", name]);
        let content = match name {
            "packed" => format!("{id} refs/heads/main\n"),
            "log" => format!("{} {id} Ada <ada@example.org> 1700000000 +0000\tclone\n", "0".repeat(40)),
            _ => format!("{id}\n"),
        };
        tree.file(format!("{name}/{file}"), content);
        let (code, gaps) = said(&tree, &[name]);
        assert_eq!(code, Some(3), "{name}");
        assert!(gaps.contains(&"empty true objects".to_owned()), "{name}: {gaps:?}");
    }
    // A bundle of references, without their objects.
    let id = git(&tree, "full", 0, &["rev-parse", "HEAD"]);
    let pack =
        b"PACK\0\0\0\x02\0\0\0\0\x02\x9d\x08\x82\x3b\xd8\xa8\xea\xb5\x10\xad\x6a\xc7\x5c\x82\x3c\xfd\x3e\xd3\x1e";
    tree.file("hollow.bundle", [format!("# v2 git bundle\n{id} refs/heads/main\n\n").as_bytes(), pack].concat());
    assert!(said(&tree, &["hollow.bundle"]).1.contains(&"empty true objects".to_owned()));
}

#[test]
fn lost_objects_are_not_clean_in_any_form_of_repository() {
    let tree = Tree::new();
    full(&tree);
    git(&tree, "full", 0, &["worktree", "add", "-q", "--detach", "../tree"]);
    git(&tree, ".", 0, &["init", "-q", "super"]);
    let url = format!("file://{}/full", tree.path().display());
    git(&tree, "super", 0, &["submodule", "--quiet", "add", &url, "sub"]);
    git(&tree, ".", 0, &["clone", "-q", "--shared", "full", "borrower"]);
    for name in ["full", "tree", "super/sub"] {
        assert_eq!(said(&tree, &[name]).0, Some(0), "{name}");
    }
    let allowed = ["borrower", "--allow-alternates", "full/.git/objects"];
    assert_eq!(said(&tree, &allowed), (Some(0), Vec::new()), "what is borrowed is there");
    without_objects(&tree, "full/.git");
    without_objects(&tree, "super/.git/modules/sub");
    for args in [&["full"][..], &["tree"], &["super/sub"], &allowed] {
        let (code, gaps) = said(&tree, args);
        assert_eq!(code, Some(3), "{args:?}");
        assert!(gaps.contains(&"empty true objects".to_owned()), "{args:?}: {gaps:?}");
    }
}

#[test]
fn a_folder_of_objects_that_is_gone_is_not_clean() {
    let tree = Tree::new();
    full(&tree);
    git(&tree, ".", 0, &["clone", "-q", "--bare", "full", "bare.git"]);
    for (name, folder) in [("full", "full/.git/objects"), ("bare.git", "bare.git/objects")] {
        fs::remove_dir_all(tree.path().join(folder)).expect("gone");
        let (code, gaps) = said(&tree, &[name]);
        assert_eq!(code, Some(3), "{name}");
        assert!(gaps.contains(&"empty true objects".to_owned()), "{name}: {gaps:?}");
    }
    // A folder that is merely called so is still no repository.
    fs::create_dir_all(tree.path().join("none/.git")).expect("a folder");
    assert_eq!(history(&tree, &["none"]).code, Some(2));
}

#[test]
fn a_list_expects_what_it_names() {
    let tree = Tree::new();
    full(&tree);
    init(&tree, "new");
    tree.file("list", "full\nnew\ngone\n");
    let run = history(&tree, &["--repos-from", "list"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert_eq!(run.gaps(), ["empty true new: objects", "fetch true gone"]);
    assert!(!run.text().contains(&*tree.path().to_string_lossy()), "no place on this machine");
    for list in ["new\n", "gone\n", "gone\nlost\n"] {
        tree.file("list", list);
        let (code, gaps) = said(&tree, &["--repos-from", "list"]);
        assert_eq!(code, Some(3), "{list}");
        assert!(gaps.iter().all(|g| g.starts_with("empty true") || g.starts_with("fetch true")), "{gaps:?}");
    }
    // Typed, the first is new, and the other is a mistake.
    assert_eq!(said(&tree, &["full", "new"]), (Some(0), vec!["empty false new: objects".to_owned()]));
    for args in [&["gone"][..], &["full", "gone"]] {
        let run = history(&tree, args);
        assert_eq!(run.code, Some(2), "{}", run.text());
        assert!(run.stderr.contains("`gone`: no such file or directory"), "{}", run.stderr);
    }
}

#[test]
fn what_was_absent_is_scanned_once_it_is_there() {
    let tree = Tree::new();
    full(&tree);
    tree.file("list", "full\ngone\n");
    let list = ["--repos-from", "list"];
    assert_eq!(said(&tree, &list), (Some(3), vec!["fetch true gone".to_owned()]));
    git(&tree, ".", 0, &["clone", "-q", "full", "gone"]);
    let run = history(&tree, &[&list[..], &["--resume"]].concat());
    assert_eq!((run.code, run.gaps()), (Some(0), Vec::new()), "{}", run.stderr);
    assert!(run.stderr.contains("1 of 2 repositories were scanned before"), "{}", run.stderr);
    // A result that was made for a typed repository says nothing about a listed one.
    init(&tree, "new");
    tree.file("one", "new\n");
    assert_eq!(said(&tree, &["new", "--work", "work"]).0, Some(0));
    assert_eq!(said(&tree, &["--repos-from", "one", "--work", "work", "--resume"]), blocked());
}

#[cfg(unix)]
#[test]
fn reports_and_results_are_for_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let tree = Tree::new();
    full(&tree);
    let mode = |path: &str| fs::metadata(tree.path().join(path)).unwrap().permissions().mode() & 0o777;
    tree.file("a.json", "");
    fs::set_permissions(tree.path().join("a.json"), fs::Permissions::from_mode(0o644)).unwrap();
    let outputs = ["-o", "a.json", "-o", "b.sarif", "--seen", "--work", "work"];
    succeed(crate::harness::command(tree.path()).args([&["history", "full"], &outputs[..]].concat()));
    for file in ["a.json", "a.json.seen", "b.sarif"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
    let results: Vec<_> = fs::read_dir(tree.path().join("work")).unwrap().flatten().map(|e| e.file_name()).collect();
    let results: Vec<&str> = results.iter().filter_map(|n| n.to_str()).filter(|n| n.ends_with(".json")).collect();
    assert_eq!(results.len(), 1);
    assert_eq!(mode(&format!("work/{}", results[0])), 0o600);
}
