//! `leaktight history` and `leaktight merge` from outside: lists, shards, errors, exit codes.

mod empty;
mod gaps;
mod life;
mod located;
mod many;
mod shards;
mod since;
mod unfinished;

use crate::harness::{self, Tree};
use std::fs;
use std::path::Path;

/// Runs git in a folder of the tree, `day` days after 2023-11-14; it must succeed. What it printed, without its end.
fn git(tree: &Tree, folder: &str, day: u32, args: &[&str]) -> String {
    git_as(tree, folder, day, "Ada <ada@example.org>", args)
}

/// The same by somebody (`Name <mail>`).
fn git_as(tree: &Tree, folder: &str, day: u32, who: &str, args: &[&str]) -> String {
    let date = format!("{} +0000", 1_700_000_000 + 86_400 * day);
    let (name, mail) = who.trim_end_matches('>').split_once(" <").expect("a name and a mail");
    let mut command = harness::git(&tree.path().join(folder), tree.path());
    for part in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{part}_NAME"), name).env(format!("GIT_{part}_EMAIL"), mail);
        command.env(format!("GIT_{part}_DATE"), &date);
    }
    harness::succeed(command.args(args))
}

/// A new repository in a folder.
pub(crate) fn init(tree: &Tree, folder: &str) {
    fs::create_dir_all(tree.path().join(folder)).unwrap();
    git(tree, folder, 0, &["init", "-q"]);
}

/// Everything in a folder as a commit; its id.
pub(crate) fn commit(tree: &Tree, folder: &str, day: u32, message: &str) -> String {
    git(tree, folder, day, &["add", "-A"]);
    git(tree, folder, day, &["commit", "-q", "--allow-empty", "-m", message]);
    git(tree, folder, day, &["rev-parse", "HEAD"])
}

/// None of these values may stand in an output, in clear.
fn hidden(output: &[u8], values: &[String], what: &str) {
    let text = String::from_utf8_lossy(output);
    for value in values {
        // Not a part of it either: what is shown of a token ends after its public prefix.
        for part in [value.as_str(), &value[..value.len() / 2], &value[value.len() / 2..]] {
            assert!(!text.contains(part), "{what} shows {} bytes of a secret", part.len());
        }
    }
}

/// All reports of a run, by format, from files.
fn reports(folder: &Path, name: &str) -> Vec<(&'static str, Vec<u8>)> {
    FORMATS.iter().map(|f| (*f, fs::read(folder.join(format!("{name}.{f}"))).unwrap())).collect()
}

/// The flags that write them.
fn outputs(name: &str) -> Vec<String> {
    FORMATS.iter().flat_map(|f| ["-o".to_owned(), format!("{f}={name}.{f}")]).collect()
}

const FORMATS: [&str; 4] = ["json", "sarif", "human", "jsonl"];

/// A tree with three repositories, each with one commit, and a list of them.
fn three() -> Tree {
    let tree = Tree::new();
    for name in ["x/app", "y/app", "lib"] {
        tree.file(format!("{name}/readme"), "nothing\n");
        tree.git(&["-C", name, "init", "-q"]);
        tree.git(&["-C", name, "add", "."]);
        tree.git(&["-C", name, "commit", "-qm", "first"]);
    }
    tree.file("lists/all", "# all\n../x/app\n../y/app\n\n../lib/.git\n");
    tree
}

#[test]
fn repositories_of_a_list_have_short_names() {
    let tree = three();
    let run = tree.leaktight(&["history", "--repos-from", "lists/all", "--now", "5", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let json = run.json();
    assert_eq!(json["run"]["repositories"], serde_json::json!(["lib", "x/app", "y/app"]));
    assert_eq!(json["run"]["target"], "3 repositories");
    assert_eq!(json["run"]["covered"]["repositories"], 3);
    assert_eq!(json["run"]["made"]["now"], "1970-01-01T00:00:05Z");
    assert!(!run.text().contains(&*tree.path().to_string_lossy()));
    assert!(!tree.path().join(".leaktight-history").exists(), "results are taken away when the report is there");
}

#[test]
fn one_repository_is_the_one_here() {
    let tree = three();
    let run = tree.leaktight(&["-q", "history", "lib", "--format", "json"]);
    assert_eq!((run.code, &run.json()["run"]["target"]), (Some(0), &serde_json::json!("lib")));
    let now = run.json()["run"]["made"]["now"].as_str().unwrap().to_owned();
    assert!(now.ends_with("T00:00:00Z"), "the start of a day: {now}");
    assert_eq!(tree.leaktight(&["history"]).code, Some(2), "the current directory is no repository");
}

#[test]
fn shards_merge_into_the_report_of_one_run() {
    let tree = three();
    let run = |args: &[&str]| {
        let run = tree.leaktight(&[&["-q", "history", "--repos-from", "lists/all", "--now", "5"], args].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    };
    let formats = ["json", "sarif", "jsonl", "human"];
    for format in formats {
        run(&["-o", &format!("{format}=whole.{format}")]);
    }
    run(&["--shard", "1/2", "-o", "one.json"]);
    run(&["--shard", "2/2", "-o", "two.json"]);
    let names = |file: &str| {
        let json: serde_json::Value = serde_json::from_slice(&fs::read(tree.path().join(file)).unwrap()).unwrap();
        json["run"]["repositories"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(names("one.json") + names("two.json"), 3);
    for format in formats {
        let merged =
            tree.leaktight(&["-q", "merge", "two.json", "one.json", "-o", &format!("{format}=merged.{format}")]);
        assert_eq!(merged.code, Some(0), "{}", merged.stderr);
        let read = |name: &str| fs::read_to_string(tree.path().join(format!("{name}.{format}"))).unwrap();
        assert_eq!(read("merged"), read("whole"), "{format}");
    }
}

#[test]
fn reports_that_do_not_belong_together_are_refused() {
    let tree = three();
    let make = |args: &[&str]| assert_eq!(tree.leaktight(&[&["-q", "history"], args].concat()).code, Some(0));
    make(&["lib", "--now", "5", "-o", "lib.json"]);
    make(&["x/app", "--now", "6", "-o", "later.json"]);
    make(&["x/app", "--now", "5", "--skip", "transport", "-o", "less.json"]);
    make(&["x/app", "--now", "5", "-o", "app.json"]);
    let refused = |args: &[&str]| {
        let run = tree.leaktight(&[&["merge"], args].concat());
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.text());
        run.stderr
    };
    assert!(refused(&["lib.json", "later.json"]).contains("--now"));
    assert!(refused(&["lib.json", "less.json"]).contains("--rules, --only and --skip"));
    assert!(refused(&["lib.json", "lib.json"]).contains("holds the repository `lib`"));
    assert!(refused(&["missing.json"]).contains("missing.json"));
    tree.file("broken.json", "{\"schema\": \"leaktight/1\",\n\"tool\": }");
    assert!(refused(&["broken.json"]).contains("line 2 column"));
    fs::write(tree.path().join("scan.json"), tree.leaktight(&["scan", "lib", "--format", "json"]).stdout).unwrap();
    assert!(refused(&["scan.json"]).contains("no report of `leaktight history`"));
    refused(&[]);
    assert_eq!(tree.leaktight(&["merge", "lib.json", "app.json"]).code, Some(0));
}

#[test]
fn a_repository_that_fails_is_a_gap_unless_all_do() {
    let tree = three();
    fs::create_dir(tree.path().join("missing")).unwrap();
    let run = tree.leaktight(&["history", "lib", "missing", "--format", "json"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert_eq!(run.gaps(), ["repository true missing"]);
    assert!(!run.text().contains(&*tree.path().to_string_lossy()));
    assert!(tree.path().join(".leaktight-history").exists(), "the others are kept for --resume");
    tree.git(&["clone", "-q", "lib", "missing"]);
    let run = tree.leaktight(&["history", "lib", "missing", "--format", "json", "--resume"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("1 of 2 repositories were scanned before"), "{}", run.stderr);
    assert_eq!(tree.leaktight(&["history", "none", "nothing"]).code, Some(2));
    assert_eq!(tree.leaktight(&["history", "none"]).code, Some(2));
}

#[test]
fn wrong_requests_are_2() {
    let tree = three();
    for args in [
        &["--shard", "0/2"][..],
        &["--shard", "3/2"],
        &["--shard", "x"],
        &["--repos-from", "no-list"],
        &["--work", "lists/all"],
        &["--no-such-flag"],
    ] {
        let run = tree.leaktight(&[&["history", "lib"], args].concat());
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.stderr);
    }
    tree.file("empty", "# none\n");
    assert_eq!(tree.leaktight(&["history", "--repos-from", "empty"]).code, Some(2));
    let run = tree.leaktight(&["history", "lib", "lib/.git", "lib/../lib", "--format", "json"]);
    assert_eq!(run.json()["run"]["repositories"], serde_json::json!(["lib"]), "each once");
}
