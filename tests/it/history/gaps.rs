//! Repositories that do not hold all of their history, or hold it in another form: never a pass by mistake.

use crate::harness::{self, Run, Tree, made, token};
use crate::history::{commit, git, init};

/// A repository `full` of three commits; with `secret` in its second one only.
fn full(tree: &Tree, secret: bool) {
    init(tree, "full");
    for n in 0..3 {
        let line = if n == 1 && secret { format!("TOKEN={}\n", token(1)) } else { format!("N={n}\n") };
        tree.file("full/a.env", line);
        tree.file(format!("full/file{n}"), made("{{base62(8)}}\n", n));
        commit(tree, "full", n as u32, &format!("commit {n}"));
    }
    git(tree, "full", 0, &["config", "uploadpack.allowFilter", "true"]);
}

/// Clones `full`; through the transport, so that what is asked for is left out.
fn clone(tree: &Tree, args: &[&str], to: &str) {
    let url = format!("file://{}/full", tree.path().display());
    git(tree, ".", 0, &[&["clone", "-q"], args, &[&url, to]].concat());
}

fn history(tree: &Tree, args: &[&str]) -> Run {
    tree.leaktight(&[&["history", "--now", "1800000000", "--format", "json"], args].concat())
}

fn kinds(run: &Run) -> Vec<String> {
    let mut kinds: Vec<String> =
        run.gaps().iter().map(|g| g.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    kinds.dedup();
    kinds
}

#[test]
fn a_shallow_clone_is_no_whole_history() {
    let tree = Tree::new();
    full(&tree, true);
    clone(&tree, &["--depth=1"], "shallow");
    let run = history(&tree, &["shallow"]);
    assert_eq!(run.code, Some(3), "{}{}", run.text(), run.stderr);
    assert_eq!(run.gaps(), ["shallow true shallow"]);
    assert_eq!(run.findings(), [""; 0], "it is in the part that is not there");
    git(&tree, "shallow", 0, &["fetch", "-q", "--unshallow"]);
    let run = history(&tree, &["shallow"]);
    assert_eq!((run.code, run.findings().len(), run.gaps()), (Some(1), 1, Vec::new()), "{}", run.stderr);
}

#[test]
fn a_partial_clone_lacks_blobs_and_says_so() {
    let tree = Tree::new();
    full(&tree, true);
    clone(&tree, &["--filter=blob:none"], "partial");
    let run = history(&tree, &["partial"]);
    assert_eq!(run.code, Some(3), "{}{}", run.text(), run.stderr);
    let kinds = kinds(&run);
    assert!(kinds.iter().any(|k| k == "partial-clone true" || k == "missing-object true"), "{kinds:?}");
    assert_eq!(run.findings(), [""; 0], "the blob is not there");
    // Nothing was fetched for it.
    let listed = git(&tree, "partial", 0, &["rev-list", "--all", "--objects", "--missing=print"]);
    assert!(listed.lines().any(|l| l.starts_with('?')));
    // A clone that left nothing out is complete, though it could have.
    clone(&tree, &["--filter=blob:limit=1g"], "promised");
    let run = history(&tree, &["promised"]);
    assert_eq!((run.code, run.findings().len()), (Some(1), 1), "{}", run.text());
    assert_eq!(run.json()["run"]["complete"], true, "{:?}", run.gaps());
}

#[test]
fn borrowed_objects_are_read_only_from_where_it_is_allowed() {
    let tree = Tree::new();
    full(&tree, true);
    git(&tree, ".", 0, &["clone", "-q", "--shared", "full", "borrower"]);
    let run = history(&tree, &["borrower"]);
    assert_eq!(run.code, Some(3), "{}{}", run.text(), run.stderr);
    assert!(kinds(&run).contains(&"alternate true".into()), "{:?}", run.gaps());
    assert!(!run.text().contains(&*tree.path().to_string_lossy()), "no place of this machine: {}", run.text());
    let run = history(&tree, &["borrower", "--allow-alternates", "full/.git/objects"]);
    assert_eq!((run.code, run.findings().len(), run.gaps()), (Some(1), 1, Vec::new()), "{}", run.stderr);
    let run = history(&tree, &["borrower", "--allow-alternates", "full"]);
    assert_eq!((run.code, run.findings().len(), run.gaps()), (Some(1), 1, Vec::new()), "{}", run.stderr);
}

#[test]
fn references_in_a_form_that_is_not_read_are_no_pass() {
    let tree = Tree::new();
    let made = harness::git(tree.path(), tree.path())
        .args(["init", "-q", "--ref-format=reftable", "table"])
        .output()
        .is_ok_and(|out| out.status.success());
    if !made {
        return; // This git is older than the format.
    }
    tree.file("table/a", "nothing\n");
    commit(&tree, "table", 1, "one");
    let run = history(&tree, &["table"]);
    assert_eq!(run.code, Some(3), "{}{}", run.text(), run.stderr);
    assert!(kinds(&run).contains(&"format true".into()), "{:?}", run.gaps());
    // What is stored is searched all the same.
    tree.file("table/a", format!("TOKEN={}\n", token(1)));
    commit(&tree, "table", 2, "two");
    let run = history(&tree, &["table"]);
    assert_eq!((run.code, run.findings().len()), (Some(1), 1), "{}", run.text());
}

#[test]
fn the_longer_hash_is_read_as_well() {
    let tree = Tree::new();
    for (folder, format) in [("one", "sha1"), ("two", "sha256")] {
        git(&tree, ".", 0, &["init", "-q", &format!("--object-format={format}"), folder]);
        tree.file(format!("{folder}/a.env"), format!("TOKEN={}\n", token(1)));
        commit(&tree, folder, 1, "one");
        tree.file(format!("{folder}/a.env"), "TOKEN=\n");
        commit(&tree, folder, 2, "two");
        git(&tree, folder, 0, &["gc", "-q"]);
    }
    let run = history(&tree, &["two"]);
    assert_eq!((run.code, run.gaps()), (Some(1), Vec::new()), "{}", run.stderr);
    let json = run.json();
    let found = &json["findings"][0];
    let first = git(&tree, "two", 0, &["rev-parse", "HEAD~1"]);
    assert_eq!((found["location"]["commit"].as_str(), first.len()), (Some(&*first), 64));
    assert_eq!(found["life"]["introduced"], serde_json::json!([first]));
    assert_eq!(found["id"], history(&tree, &["one"]).json()["findings"][0]["id"]);
    // Both kinds in one run: one secret.
    let both = history(&tree, &["one", "two"]);
    assert_eq!((both.code, both.findings().len()), (Some(1), 1), "{}", both.stderr);
}
