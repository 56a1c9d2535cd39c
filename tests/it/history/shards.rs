//! Reports of shards: a part never passes for the whole, and the whole is byte for byte that of one run.

use crate::harness::{Run, Tree, token};
use crate::history::many::{history, planted, same, written};
use crate::history::{commit, init, outputs, reports};
use serde_json::{Value, json};
use std::fs;

/// Repositories without a secret, and a list of them.
fn clean(count: u32) -> Tree {
    let tree = Tree::new();
    let mut list = String::new();
    for n in 0..count {
        let folder = format!("git/app{n}");
        init(&tree, &folder);
        tree.file(format!("{folder}/readme"), format!("nothing in {n}\n"));
        commit(&tree, &folder, 1, "first");
        list.push_str(&format!("git/app{n}\n"));
    }
    tree.file("list", list);
    tree
}

/// Shard `k` of `n` as `part-K-N.json`.
fn shard(tree: &Tree, k: u32, n: u32, args: &[&str]) -> String {
    let file = format!("part-{k}-{n}.json");
    let run = history(tree, &[&["--shard", &format!("{k}/{n}"), "-o", &file], args].concat());
    assert!(matches!(run.code, Some(0 | 1)), "{}", run.stderr);
    file
}

fn merge(tree: &Tree, args: &[&str]) -> Run {
    tree.leaktight(&[&["merge", "--format", "json"], args].concat())
}

fn read(tree: &Tree, file: &str) -> Value {
    serde_json::from_slice(&fs::read(tree.path().join(file)).unwrap()).unwrap()
}

/// `what` of each gap, which must all be blocking ones of shards.
fn gaps(run: &Run) -> Vec<String> {
    let json = run.json();
    assert_eq!(json["run"]["complete"], false);
    assert_eq!(json["run"]["shard"], Value::Null);
    run.gaps().iter().map(|g| g.strip_prefix("shard true ").expect("a gap of a shard").to_owned()).collect()
}

#[test]
fn any_number_of_shards_merges_into_the_report_of_one_run() {
    let tree = Tree::new();
    planted(&tree, 5);
    let whole = written(&tree, "whole", &[]);
    for n in [1, 2, 4, 7] {
        let mut files: Vec<String> = (1..=n).map(|k| shard(&tree, k, n, &[])).collect();
        let sizes = |file: &String| read(&tree, file)["run"]["repositories"].as_array().map_or(0, Vec::len);
        let sizes: Vec<usize> = files.iter().map(sizes).collect();
        assert_eq!(sizes.iter().sum::<usize>(), 5);
        assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{n} shards: {sizes:?}");
        files.rotate_left(1);
        let outputs = outputs("merged");
        let args: Vec<&str> = files.iter().chain(&outputs).map(String::as_str).collect();
        let run = tree.leaktight(&[&["-q", "merge"], &args[..]].concat());
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        same(&reports(tree.path(), "merged"), &whole, &format!("{n} shards"));
        // What was merged is the report of a whole run, also for merge.
        let run = tree.leaktight(&["-q", "merge", "merged.json", "-o", "again.json"]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(fs::read(tree.path().join("again.json")).unwrap() == whole[0].1);
    }
    assert_eq!(read(&tree, "whole.json")["run"]["shard"], Value::Null);
}

#[test]
fn a_shard_says_which_part_of_which_list_it_is() {
    let tree = clean(3);
    let part = read(&tree, &shard(&tree, 2, 2, &[]))["run"]["shard"].clone();
    assert_eq!((&part["index"], &part["count"]), (&json!(2), &json!(2)));
    assert!(part["list"].as_str().is_some_and(|l| l.len() == 32), "{part}");
    // The same list from another base folder, in another order.
    fs::create_dir(tree.path().join("other")).unwrap();
    fs::rename(tree.path().join("git"), tree.path().join("other/git")).unwrap();
    tree.file("list", "other/git/app2\n# first\nother/git/app0\nother/git/app1/\n");
    assert_eq!(read(&tree, &shard(&tree, 2, 2, &[]))["run"]["shard"], part);
    tree.file("list", "other/git/app2\nother/git/app0\n");
    assert_ne!(read(&tree, &shard(&tree, 2, 2, &[]))["run"]["shard"]["list"], part["list"]);
    let text = tree.leaktight(&["history", "--repos-from", "list", "--shard", "1/2"]).text();
    assert!(text.contains("shard 1/2 of a list of repositories"), "{text}");
}

#[test]
fn a_missing_shard_is_never_clean() {
    let tree = clean(3);
    let files: Vec<String> = (1..=3).map(|k| shard(&tree, k, 3, &[])).collect();
    let run = merge(&tree, &[&files[0], &files[2]]);
    assert_eq!((run.code, gaps(&run)), (Some(3), vec!["shard 2/3 missing".to_owned()]), "{}", run.stderr);
    assert_eq!(run.json()["run"]["repositories"], json!(["app0", "app2"]));
    // What such a merge gave is not complete later either.
    fs::write(tree.path().join("merged.json"), &run.stdout).unwrap();
    assert_eq!(gaps(&merge(&tree, &["merged.json"])), ["shard 2/3 missing"]);
    let run = merge(&tree, &["merged.json", &files[1]]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert_eq!(gaps(&run), ["merged.json", "shard 1/3 missing", "shard 3/3 missing"]);
    let run = tree.leaktight(&["merge", &files[0], &files[2]]);
    assert!(run.text().contains("shard 2/3 missing"), "{}", run.text());
    assert_eq!(merge(&tree, &[&files[2], &files[1], &files[0]]).code, Some(0));
}

#[test]
fn findings_win_over_a_missing_shard() {
    let tree = clean(2);
    tree.file("git/app0/a.env", format!("TOKEN={}\n", token(1)));
    commit(&tree, "git/app0", 2, "second");
    let file = shard(&tree, 1, 2, &[]);
    let run = merge(&tree, &[&file]);
    assert_eq!((run.code, gaps(&run)), (Some(1), vec!["shard 2/2 missing".to_owned()]), "{}", run.stderr);
    assert_eq!(run.findings().len(), 1);
    let run = merge(&tree, &[&file, "--fail-on", "never"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
}

#[test]
fn doubled_and_foreign_shards_are_named() {
    let tree = clean(3);
    let (one, two) = (shard(&tree, 1, 2, &[]), shard(&tree, 2, 2, &[]));
    let run = merge(&tree, &[&one, &two, &one]);
    assert_eq!((run.code, gaps(&run)), (Some(3), vec!["shard 1/2 twice".to_owned()]), "{}", run.stderr);
    let three = shard(&tree, 3, 3, &[]);
    let rules = history(&tree, &["--shard", "1/2", "--skip", "transport", "-o", "rules.json"]);
    assert_eq!(rules.code, Some(0), "{}", rules.stderr);
    let version = fs::read_to_string(tree.path().join(&one)).unwrap();
    let version = version.replacen(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"0.0.1\"", 1);
    tree.file("version.json", version);
    assert_eq!(history(&tree, &["-o", "whole.json"]).code, Some(0));
    tree.file("list", "git/app0\ngit/app1\n");
    assert_eq!(history(&tree, &["--shard", "1/2", "-o", "list.json"]).code, Some(0));
    let given = [&two, "list.json", &three, "rules.json", "version.json", "whole.json", &one];
    let run = merge(&tree, &given);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert_eq!(gaps(&run), ["list.json", &three, "rules.json", "version.json", "whole.json"]);
    let why: Vec<String> = run.json()["run"]["gaps"].as_array().unwrap().iter().map(|g| g["why"].to_string()).collect();
    for (why, word) in why.iter().zip(["another list", "3/3", "other rules", "0.0.1", "not the report of a shard"]) {
        assert!(why.contains("foreign") && why.contains(word), "{why}");
    }
    assert_eq!(run.json()["run"]["repositories"], json!(["app0", "app1", "app2"]), "foreign ones are left out");
    // Where all are of other rules it is a wrong request, as before.
    let run = tree.leaktight(&["merge", &one, &two, "--skip", "transport"]);
    assert_eq!(run.code, Some(2), "{}", run.text());
    assert!(run.stderr.contains("--rules, --only and --skip"), "{}", run.stderr);
}

#[test]
fn a_part_that_was_written_by_hand_is_no_part() {
    let tree = clean(2);
    let (one, two) = (shard(&tree, 1, 2, &[]), shard(&tree, 2, 2, &[]));
    for (field, value) in [("index", json!(0)), ("index", json!(3)), ("list", json!("\u{1b}[2J"))] {
        let mut report = read(&tree, &one);
        report["run"]["shard"][field] = value;
        tree.file("wrong.json", report.to_string());
        let run = merge(&tree, &["wrong.json", &two]);
        assert_eq!(run.code, Some(2), "{field}: {}", run.text());
        assert!(run.stderr.contains("run.shard") && !run.stderr.contains('\u{1b}'), "{}", run.stderr);
    }
    let mut report = read(&tree, &one);
    report["run"]["repositories"] = json!(["app7"]);
    tree.file("wrong.json", report.to_string());
    let run = merge(&tree, &["wrong.json", &two]);
    assert_eq!((run.code, gaps(&run)), (Some(3), vec!["shards 1/2 to 2/2".to_owned()]), "{}", run.stderr);
}

#[test]
fn merge_reads_a_list_of_reports() {
    let tree = clean(3);
    let (one, two) = (shard(&tree, 1, 2, &[]), shard(&tree, 2, 2, &[]));
    tree.file("reports/all", format!("# both\n../{one}\n\n../{two}\r\n"));
    let run = merge(&tree, &["--from", "reports/all"]);
    assert_eq!((run.code, run.gaps()), (Some(0), Vec::new()), "{}", run.stderr);
    tree.file("reports/one", format!("../{one}\n"));
    assert_eq!(merge(&tree, &["--from", "reports/one", &two]).code, Some(0), "typed ones, too");
    assert_eq!(gaps(&merge(&tree, &["--from", "reports/one"])), ["shard 2/2 missing"]);
    tree.file("reports/none", "# none\n");
    for wrong in [&["--from", "reports/none"][..], &["--from", "no-list"], &[]] {
        assert_eq!(merge(&tree, wrong).code, Some(2), "{wrong:?}");
    }
}

#[test]
fn shards_are_resumed_and_use_earlier_reports() {
    let tree = Tree::new();
    planted(&tree, 4);
    let whole = written(&tree, "whole", &["--seen"]);
    let flags = ["--work", "work", "--since-report", "whole.json"];
    for k in [1, 2] {
        let file = shard(&tree, k, 2, &flags);
        let first = fs::read(tree.path().join(&file)).unwrap();
        let resume = ["history", "--repos-from", "list", "--now", "1800000000", "--resume", "-o", &file];
        let part = format!("{k}/2");
        let run = tree.leaktight(&[&resume[..], &["--shard", &part], &flags].concat());
        assert!(run.stderr.contains("2 of 2 repositories were scanned before"), "{}", run.stderr);
        assert!(fs::read(tree.path().join(&file)).unwrap() == first);
    }
    let run = merge(&tree, &["part-1-2.json", "part-2-2.json"]);
    assert!(run.stdout == whole[0].1, "{}", run.stderr);
}
