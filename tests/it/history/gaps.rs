//! Repositories that do not hold all of their history, or hold it in another form: never a pass by mistake.

use crate::harness::{self, Run, Tree, made, token};
use crate::history::{commit, git, init};
use sha2::{Digest as _, Sha256};
use std::fs;

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
fn references_in_a_reftable_are_read() {
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
    tree.file("table/a", format!("TOKEN={}\n", token(1)));
    commit(&tree, "table", 2, "two");
    git(&tree, "table", 2, &["tag", "-a", "-m", "first", "v1"]);
    tree.file("table/a", "nothing\n");
    commit(&tree, "table", 3, "three");
    let run = history(&tree, &["table"]);
    assert_eq!((run.code, run.gaps()), (Some(1), Vec::new()), "{}", run.stderr);
    let found = run.json()["findings"][0].clone();
    assert_eq!(found["life"]["tags"], serde_json::json!(["refs/tags/v1"]));
    assert_eq!((&found["life"]["in_head"], &found["life"]["refs"]), (&false.into(), &serde_json::json!([])));
    // A table that is cut off hides references.
    let list = fs::read_to_string(tree.path().join("table/.git/reftable/tables.list")).unwrap();
    let name = list.lines().last().unwrap();
    let path = tree.path().join("table/.git/reftable").join(name);
    let bytes = fs::read(&path).unwrap();
    tree.file(format!("table/.git/reftable/{name}"), &bytes[..bytes.len() - 1]);
    let run = history(&tree, &["table"]);
    assert!(run.gaps().contains(&format!("broken-ref true reftable/{name}")), "{:?}", run.gaps());
}

#[test]
fn content_that_git_lfs_keeps_is_searched_in_a_history() {
    let tree = Tree::new();
    init(&tree, "r");
    let content = |n: u64| format!("{}T={}\n", "BIN".repeat(50), token(n));
    let pointer = |content: &str| {
        let id: String = Sha256::digest(content.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        (format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize {}\n", content.len()), id)
    };
    let store = |id: &str, content: &str| {
        tree.file(format!("r/.git/lfs/objects/{}/{}/{id}", &id[..2], &id[2..4]), content);
    };
    let ((first, id), (gone, _), (more, other)) = (pointer(&content(1)), pointer(&content(2)), pointer(&content(3)));
    store(&id, &content(1));
    tree.file("r/a.bin", first);
    tree.file("r/b.bin", &gone);
    commit(&tree, "r", 1, "one");
    let run = history(&tree, &["r"]);
    assert_eq!(
        (run.code, run.findings()),
        (Some(1), vec!["github-pat proven a.bin:1:153".to_owned()]),
        "{}",
        run.stderr
    );
    let gaps = run.json()["run"]["gaps"].clone();
    assert_eq!(
        (gaps.as_array().unwrap().len(), &gaps[0]["kind"]),
        (1, &"lfs-pointer".into()),
        "the one that is not here"
    );
    let human = tree.leaktight(&["history", "r"]);
    assert!(human.text().contains("BINT=ghp_"), "the line is the content's: {}", human.text());
    // Other words in a pointer are searched themselves, and that its content was not is said.
    store(&other, &content(3));
    tree.file("r/b.bin", format!("{more}# {}\n", token(4)));
    commit(&tree, "r", 2, "two");
    let run = history(&tree, &["r"]);
    let found = run.findings();
    assert!(found.contains(&"github-pat proven b.bin:4:3".to_owned()) && found.len() == 2, "{found:?}");
    assert_eq!(run.json()["run"]["gaps"].as_array().unwrap().len(), 2, "{:?}", run.gaps());
}

#[test]
fn references_in_a_form_that_is_not_read_are_no_pass() {
    let tree = Tree::new();
    init(&tree, "table");
    tree.file("table/a", "nothing\n");
    commit(&tree, "table", 1, "one");
    let config = fs::read_to_string(tree.path().join("table/.git/config")).unwrap();
    let config = config.replace("repositoryformatversion = 0", "repositoryformatversion = 1");
    tree.file("table/.git/config", format!("{config}[extensions]\nrefStorage = other\n"));
    let run = history(&tree, &["table"]);
    assert_eq!(run.code, Some(3), "{}{}", run.text(), run.stderr);
    assert!(kinds(&run).contains(&"format true".into()), "{:?}", run.gaps());
    // What is stored is searched all the same.
    fs::remove_file(tree.path().join("table/.git/config")).unwrap();
    tree.file("table/a", format!("TOKEN={}\n", token(1)));
    commit(&tree, "table", 2, "two");
    tree.file("table/.git/config", "[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = other\n");
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
