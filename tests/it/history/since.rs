//! `--seen` and `--since-report`: less is searched, and no byte of a report changes.

use crate::harness::{Tree, token};
use crate::history::many::{history, planted, same, written};
use crate::history::{commit, git, hidden};
use leaktight::example::Rng;
use leaktight::history::clean_blobs::Seen;
use leaktight::rule::RuleSet;
use std::fs;

/// More of everything: new secrets, old ones in new files, removed ones, other packs.
fn go_on(tree: &Tree) {
    tree.file("team1/app1/new.env", format!("A=1\nTOKEN={}\n", token(500)));
    commit(tree, "team1/app1", 30, "new");
    tree.file("team0/app2/copy.env", format!("# {}\nSHARED={}\n", "word ".repeat(40), token(100)));
    fs::remove_file(tree.path().join("team0/app2/a.env")).unwrap();
    commit(tree, "team0/app2", 31, "moved");
    git(tree, "team0/app2", 0, &["gc", "-q"]);
    git(tree, "team1/app3", 0, &["repack", "-qadf"]);
}

#[test]
fn the_report_is_that_of_a_full_scan() {
    let tree = Tree::new();
    let values = planted(&tree, 5);
    let first = written(&tree, "first", &["--seen"]);
    let seen = fs::read(tree.path().join("first.json.seen")).unwrap();
    hidden(&seen, &values, "the file of --seen");
    let raw = |hex: &str| (0..20).map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).unwrap()).collect::<Vec<_>>();
    let holds = |id: &str| seen.windows(20).any(|w| w == raw(id));
    assert!(!holds(&git(&tree, "team0/app0", 0, &["rev-parse", "HEAD:a.env"])), "a blob with a secret is not in it");
    same(&written(&tree, "same", &["--since-report", "first.json"]), &first, "nothing changed");

    go_on(&tree);
    let full = written(&tree, "full", &["--seen"]);
    let since = written(&tree, "since", &["--since-report", "first.json", "--seen"]);
    same(&since, &full, "with new commits");
    let read = |name: &str| fs::read(tree.path().join(name)).unwrap();
    assert!(read("since.json.seen") == read("full.json.seen"));
    // A chain, other threads, shards, an id that is checked.
    let flags = ["--since-report", "since.json", "-j", "1", "--rehash"];
    same(&written(&tree, "again", &flags), &full, "a second time");
    for k in ["1", "2"] {
        let (shard, file) = (format!("{k}/2"), format!("part{k}.json"));
        let run = history(&tree, &["--shard", &shard, "-o", &file, "--seen"]);
        assert!(matches!(run.code, Some(0 | 1)), "{}", run.stderr);
    }
    let flags = ["--since-report", "part1.json", "--since-report", "part2.json"];
    same(&written(&tree, "shards", &flags), &full, "from shards");
}

#[test]
fn what_is_listed_is_not_searched() {
    let tree = Tree::new();
    planted(&tree, 1);
    tree.file("team0/app0/b.env", format!("TOKEN={}\n", token(600)));
    commit(&tree, "team0/app0", 40, "one more");
    let count = |args: &[&str]| {
        let run =
            tree.leaktight(&[&["history", "team0/app0", "--now", "1800000000", "--format", "json"], args].concat());
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        run.findings().len()
    };
    let whole = count(&[]);
    // Nobody but this test writes such a file: it names a blob that does hold something.
    let id = git(&tree, "team0/app0", 0, &["rev-parse", "HEAD:b.env"]);
    let id: Vec<u8> = (0..20).map(|n| u8::from_str_radix(&id[2 * n..2 * n + 2], 16).unwrap()).collect();
    let seen = Seen::default();
    seen.keep([id.as_slice()].into_iter());
    let mut file = Vec::new();
    seen.write(&RuleSet::builtin(), 1_700_000_000, &mut file).unwrap();
    tree.file("lie.json.seen", &file);
    assert_eq!(count(&["--since-report", "lie.json"]), whole - 1);
    // Not used: other rules, an earlier time, a damaged file. Each is said, and everything is searched.
    for (name, flags, why) in [
        ("lie", &["--skip", "transport"][..], "other rules"),
        ("lie", &["--now", "1600000000"], "--now"),
        ("cut", &[], "is damaged"),
    ] {
        tree.file("cut.json.seen", &file[..file.len() - 1]);
        let report = format!("{name}.json");
        let args = ["history", "team0/app0", "--format", "json", "--since-report", &report];
        let run = tree.leaktight(&[&args[..], flags].concat());
        assert!(run.stderr.contains("is searched again") && run.stderr.contains(why), "{}", run.stderr);
        assert_eq!((run.code, run.findings().len()), (Some(1), whole), "{why}");
    }
}

/// Ids are believed, as the help says; where that is too much, they are computed.
#[test]
fn another_content_under_a_known_id_is_said_where_ids_are_computed() {
    let tree = Tree::new();
    planted(&tree, 2);
    let app = "team1/app1";
    tree.file(format!("{app}/plain.txt"), "nothing to see, nowhere\n");
    commit(&tree, app, 40, "plain");
    let scan = |args: &[&str]| tree.leaktight(&[&["history", app, "--now", "1800000000"], args].concat());
    assert_eq!(scan(&["-q", "--seen", "-o", "a.json"]).code, Some(1));
    tree.file("evil", format!("TOKEN={}\n", token(700)));
    let evil = git(&tree, app, 0, &["hash-object", "-w", "../../evil"]);
    let plain = git(&tree, app, 0, &["rev-parse", "HEAD:plain.txt"]);
    let loose = |id: &str| tree.path().join(app).join(".git/objects").join(&id[..2]).join(&id[2..]);
    fs::remove_file(loose(&plain)).unwrap();
    fs::rename(loose(&evil), loose(&plain)).unwrap();
    let full = scan(&["--format", "json"]);
    let since = scan(&["--format", "json", "--since-report", "a.json", "--rehash"]);
    assert_eq!(since.json()["run"]["complete"], false);
    assert!(since.gaps().iter().any(|g| g.contains(&plain)), "{:?}", since.gaps());
    let before = scan(&["--format", "json", "--since-report", "a.json"]);
    assert_eq!(before.findings().len() + 1, full.findings().len());
}

/// The ids of hundreds of repositories, for a small one.
#[test]
fn a_long_list_does_no_harm() {
    let tree = Tree::new();
    planted(&tree, 3);
    written(&tree, "first", &["--seen"]);
    let seen = Seen::default();
    let mut mine = Seen::default();
    let rules = RuleSet::builtin();
    mine.read(&fs::read(tree.path().join("first.json.seen")).unwrap(), &rules, i64::MAX).unwrap();
    let mut rng = Rng(3);
    let others: Vec<Vec<u8>> = (0..20_000).map(|_| rng.bytes(20)).collect();
    seen.keep(mine.known().chain(others.iter().map(|id| id.as_slice())));
    let mut file = Vec::new();
    seen.write(&rules, 1_700_000_000, &mut file).unwrap();
    tree.file("many.json.seen", file);
    tree.file("team1/app1/new.env", format!("A=1\nTOKEN={}\n", token(500)));
    commit(&tree, "team1/app1", 30, "new");
    let full = written(&tree, "full", &["--seen"]);
    same(&written(&tree, "since", &["--since-report", "many.json", "--seen"]), &full, "a long list");
}

/// What was taken from an earlier run is not known to be clean, and that is said.
#[test]
fn a_resumed_run_says_what_its_file_lacks() {
    let tree = Tree::new();
    planted(&tree, 3);
    let whole = written(&tree, "whole", &["--work", "work"]);
    let outputs = ["-o", "again.json", "--work", "work", "--resume", "--seen"];
    let args = ["history", "--repos-from", "list", "--now", "1800000000"];
    let run = tree.leaktight(&[&args[..], &outputs].concat());
    assert!(run.stderr.contains("not in the file of --seen"), "{}", run.stderr);
    assert!(fs::read(tree.path().join("again.json")).unwrap() == whole[0].1);
    same(&written(&tree, "since", &["--since-report", "again.json"]), &whole, "from a file without ids");
}

#[test]
fn requests_that_cannot_be_met_are_2() {
    let tree = Tree::new();
    planted(&tree, 1);
    let refused = |args: &[&str], why: &str| {
        let run = tree.leaktight(&[&["history", "team0/app0"], args].concat());
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(why), "{}", run.stderr);
    };
    refused(&["--since-report", "none.json"], "none.json.seen");
    refused(&["--seen"], "-o FILE.json");
    refused(&["--seen", "-o", "a.sarif"], "-o FILE.json");
    fs::create_dir(tree.path().join("b.json.seen")).unwrap();
    refused(&["--seen", "-o", "b.json"], "b.json.seen");
    // A file of somebody's stays, an older one of ours is replaced.
    tree.file("c.json.seen", "precious\n");
    refused(&["--seen", "-o", "c.json"], "would overwrite `c.json.seen`");
    assert_eq!(fs::read_to_string(tree.path().join("c.json.seen")).unwrap(), "precious\n");
    for _ in 0..2 {
        assert_eq!(tree.leaktight(&["history", "team0/app0", "--seen", "-q", "-o", "d.json"]).code, Some(1));
    }
}
