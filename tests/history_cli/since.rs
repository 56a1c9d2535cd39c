//! `--seen` and `--since-report`: less is searched, and no byte of a report changes.

use crate::common::{Tree, token};
use crate::many::{history, planted, same, written};
use crate::{commit, git, hidden};
use leakgate::many::seen::Seen;
use leakgate::rule::RuleSet;
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
            tree.leakgate(&[&["history", "team0/app0", "--now", "1800000000", "--format", "json"], args].concat());
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
        let run = tree.leakgate(&[&args[..], flags].concat());
        assert!(run.stderr.contains("is searched again") && run.stderr.contains(why), "{}", run.stderr);
        assert_eq!((run.code, run.findings().len()), (Some(1), whole), "{why}");
    }
}

#[test]
fn requests_that_cannot_be_met_are_2() {
    let tree = Tree::new();
    planted(&tree, 1);
    let refused = |args: &[&str], why: &str| {
        let run = tree.leakgate(&[&["history", "team0/app0"], args].concat());
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(why), "{}", run.stderr);
    };
    refused(&["--since-report", "none.json"], "none.json.seen");
    refused(&["--seen"], "-o FILE.json");
    refused(&["--seen", "-o", "a.sarif"], "-o FILE.json");
    fs::create_dir(tree.path().join("b.json.seen")).unwrap();
    refused(&["--seen", "-o", "b.json"], "b.json.seen");
}
