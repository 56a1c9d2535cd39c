//! The life of planted secrets, from outside: where each was introduced and removed, how it can be reached today, what
//! the report says of it, and that no report shows it.

use crate::harness::{Tree, token};
use crate::history::{commit, git, git_as, hidden, init, outputs, reports};
use leaktight::finding::secret::{Id, Secret};
use leaktight::rule::Family;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const FIRST: i64 = 1_700_000_000;
const DAY: i64 = 86_400;

/// Everything a repository can hide a secret in.
struct Past {
    tree: Tree,
    values: Vec<String>,
    report: Value,
}

impl Past {
    /// The finding of the nth value.
    fn of(&self, n: usize) -> &Value {
        let id = Id::random(Family::Credential, &Secret::normalise(self.values[n].as_bytes()));
        let all = self.report["findings"].as_array().expect("findings");
        let found: Vec<&Value> = all.iter().filter(|f| f["id"] == id.as_str()).collect();
        assert_eq!(found.len(), 1, "value {n} is one finding: {found:#?}");
        found[0]
    }

    fn life(&self, n: usize) -> &Value {
        &self.of(n)["life"]
    }

    /// Kind and reach of its primary place.
    fn place(&self, n: usize) -> (&str, &str) {
        let place = &self.of(n)["location"];
        (place["kind"].as_str().expect("a kind"), place["reach"].as_str().expect("a reach"))
    }
}

/// The repository `app` is made by `make`, which gets values to plant; then it is scanned.
fn past(make: impl FnOnce(&Tree, &dyn Fn(usize) -> String)) -> Past {
    let tree = Tree::new();
    init(&tree, "app");
    make(&tree, &|n| token(n as u64));
    let values: Vec<String> = (0..16).map(|n| token(n as u64)).collect();
    let now = (FIRST + 100 * DAY).to_string();
    let outputs = outputs("report");
    let args = ["-v", "history", "app", "--now", &now].into_iter().chain(outputs.iter().map(String::as_str));
    let run = tree.leaktight(&args.collect::<Vec<_>>());
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    hidden(run.stderr.as_bytes(), &values, "stderr");
    let mut report = Value::Null;
    for (format, bytes) in reports(tree.path(), "report") {
        hidden(&bytes, &values, format);
        if format == "json" {
            report = serde_json::from_slice(&bytes).expect("JSON");
        }
    }
    assert_eq!(report["run"]["gaps"], json!([]));
    Past { tree, values, report }
}

fn date(day: i64) -> String {
    // Day 0 is the 14th of November 2023, 22:13:20.
    match 14 + day {
        d @ ..=30 => format!("2023-11-{d:02}T22:13:20Z"),
        d => format!("2023-12-{:02}T22:13:20Z", d - 30),
    }
}

#[test]
fn introduced_moved_removed_and_introduced_again() {
    let mut ids = Vec::new();
    let past = past(|tree, value| {
        ids.push(commit(tree, "app", 0, "empty"));
        tree.file("app/a.env", format!("# settings\nTOKEN={}\n", value(0)));
        ids.push(commit(tree, "app", 1, "introduced"));
        tree.file("app/a.env", format!("# settings\n# one line more\nTOKEN={}\n", value(0)));
        ids.push(commit(tree, "app", 2, "moved down"));
        git(tree, "app", 3, &["mv", "a.env", "b.env"]);
        ids.push(commit(tree, "app", 3, "renamed"));
        tree.file("app/b.env", "# settings\nTOKEN=\n");
        ids.push(commit(tree, "app", 4, "removed"));
        git(tree, "app", 4, &["tag", "clean"]);
        tree.file("app/c.env", format!("TOKEN={}\n", value(0)));
        git_as(tree, "app", 5, "Bob <bob@example.org>", &["add", "-A"]);
        git_as(tree, "app", 5, "Bob <bob@example.org>", &["commit", "-qm", "again"]);
        ids.push(git(tree, "app", 5, &["rev-parse", "HEAD"]));
        git(tree, "app", 5, &["tag", "leaky"]);
        tree.file("app/c.env", "TOKEN=\n");
        ids.push(commit(tree, "app", 6, "removed again"));
        git(tree, "app", 6, &["gc", "-q"]);
    });
    let life = past.life(0);
    assert_eq!(life["introduced"], json!([ids[1], ids[5]]));
    assert_eq!(life["removed"], json!([ids[4], ids[6]]));
    assert_eq!((&life["first"], &life["last"]), (&json!(date(1)), &json!(date(5))));
    assert_eq!(life["authors"], json!(["Ada <ada@example.org>", "Bob <bob@example.org>"]));
    assert_eq!(
        (&life["in_head"], &life["refs"], &life["tags"]),
        (&json!(false), &json!([]), &json!(["refs/tags/leaky"]))
    );
    assert_eq!((&life["objects"], &life["reach"]), (&json!(3), &json!(["branch"])));
    // A tag still holds it, so it is exposed until now.
    assert_eq!(life["days"], 99);
    let also = past.of(0)["also"].as_array().unwrap();
    let mut places: Vec<_> = also.iter().chain([&past.of(0)["location"]]).map(|l| (&l["path"], &l["line"])).collect();
    places.sort_by_key(|p| format!("{p:?}"));
    let want = [("a.env", 2), ("a.env", 3), ("b.env", 3), ("c.env", 1)].map(|(p, l)| (json!(p), json!(l)));
    assert_eq!(places, want.iter().map(|(p, l)| (p, l)).collect::<Vec<_>>());
    assert_eq!(past.of(0)["location"]["commit"], json!(ids[1]), "{:#}", past.of(0));
}

#[test]
fn only_in_the_resolution_of_a_conflict() {
    let mut merge = String::new();
    let past = past(|tree, value| {
        tree.file("app/a.env", "TOKEN=one\n");
        commit(tree, "app", 0, "base");
        git(tree, "app", 0, &["checkout", "-qb", "side"]);
        tree.file("app/a.env", "TOKEN=two\n");
        commit(tree, "app", 1, "side");
        git(tree, "app", 1, &["checkout", "-q", "main"]);
        tree.file("app/a.env", "TOKEN=three\n");
        commit(tree, "app", 2, "main");
        git(tree, "app", 3, &["merge", "-q", "--no-commit", "-s", "ours", "side"]);
        tree.file("app/a.env", format!("TOKEN={}\n", value(0)));
        merge = commit(tree, "app", 3, "merge");
        git(tree, "app", 3, &["gc", "-q"]);
    });
    let life = past.life(0);
    assert_eq!((&life["introduced"], &life["removed"]), (&json!([merge]), &json!([])));
    assert_eq!((&life["in_head"], &life["refs"]), (&json!(true), &json!(["index", "refs/heads/main"])));
    assert_eq!((past.place(0), &life["days"]), (("commit", "head"), &json!(97)));
}

#[test]
fn a_merge_that_takes_the_clean_side_removes() {
    let (mut leak, mut merge) = (String::new(), String::new());
    let past = past(|tree, value| {
        tree.file("app/a.env", "TOKEN=\n");
        commit(tree, "app", 0, "base");
        git(tree, "app", 0, &["checkout", "-qb", "side"]);
        tree.file("app/a.env", format!("TOKEN={}\n", value(0)));
        leak = commit(tree, "app", 1, "leak");
        git(tree, "app", 1, &["checkout", "-q", "main"]);
        tree.file("app/b", "more\n");
        commit(tree, "app", 2, "main");
        git(tree, "app", 3, &["merge", "-q", "-s", "ours", "-m", "merge", "side"]);
        merge = git(tree, "app", 3, &["rev-parse", "HEAD"]);
        git(tree, "app", 3, &["branch", "-qD", "side"]);
    });
    let life = past.life(0);
    assert_eq!((&life["introduced"], &life["removed"]), (&json!([leak]), &json!([merge])));
    assert_eq!((&life["in_head"], &life["days"], past.place(0)), (&json!(false), &json!(2), ("commit", "branch")));
}

#[test]
fn what_only_git_still_knows() {
    let (mut dropped, mut before) = (String::new(), String::new());
    let past = past(|tree, value| {
        tree.file("app/a.env", "TOKEN=\n");
        commit(tree, "app", 0, "base");
        // 0: a dropped stash; 1: an amended commit that the reflog forgot; 2: one that it knows; 3: a stash that is there;
        // 4: added to the index, and never committed.
        tree.file("app/a.env", format!("TOKEN={}\n", value(0)));
        git(tree, "app", 1, &["stash", "-q"]);
        dropped = git(tree, "app", 1, &["rev-parse", "stash"]);
        git(tree, "app", 1, &["stash", "drop", "-q"]);
        tree.file("app/b.env", format!("TOKEN={}\n", value(1)));
        before = commit(tree, "app", 2, "leak");
        tree.file("app/b.env", "TOKEN=\n");
        git(tree, "app", 3, &["add", "-A"]);
        git(tree, "app", 3, &["commit", "-q", "--amend", "-m", "no leak"]);
        git(tree, "app", 3, &["reflog", "expire", "--expire=now", "--all"]);
        tree.file("app/b.env", format!("TOKEN={}\n", value(2)));
        commit(tree, "app", 4, "leak");
        git(tree, "app", 5, &["reset", "-q", "--hard", "HEAD~1"]);
        tree.file("app/a.env", format!("TOKEN={}\n", value(3)));
        git(tree, "app", 6, &["stash", "-q"]);
        tree.file("app/c.env", format!("TOKEN={}\n", value(4)));
        git(tree, "app", 7, &["add", "-A"]);
        git(tree, "app", 7, &["reset", "-q", "--hard"]);
    });
    for (n, commit) in [(0, &dropped), (1, &before)] {
        assert_eq!(past.place(n).1, "unreachable", "{:#}", past.of(n));
        let life = past.life(n);
        assert_eq!(life["reach"], json!(["unreachable"]));
        assert_eq!((&life["refs"], &life["tags"], &life["in_head"]), (&json!([]), &json!([]), &json!(false)));
        assert!(life["introduced"].as_array().unwrap().contains(&json!(commit)), "{life:#}");
    }
    assert_eq!((past.place(2), &past.life(2)["reach"]), (("commit", "reflog"), &json!(["reflog"])));
    assert_eq!((past.place(3), &past.life(3)["reach"]), (("commit", "stash"), &json!(["stash"])));
    assert_eq!(past.life(3)["refs"], json!(["refs/stash"]));
    assert_eq!(past.place(4), ("object", "unreachable"));
    assert_eq!((&past.life(4)["first"], &past.life(4)["objects"]), (&Value::Null, &json!(1)));
    let human = fs::read_to_string(past.tree.path().join("report.human")).unwrap();
    let words = human.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words.matches("nothing refers to it any more, and it is still stored").count(), 3, "{human}");
    assert!(words.contains("3 are stored though nothing refers to them"), "{human}");
    assert!(words.contains("of a reflog only"), "{human}");
}

#[cfg(unix)]
#[test]
fn in_texts_and_names_of_all_kinds() {
    let (mut tagged, mut head) = (String::new(), String::new());
    let past = past(|tree, value| {
        tree.file("app/readme", "nothing\n");
        commit(tree, "app", 0, &format!("a message with {}", value(0)));
        tagged = git(tree, "app", 0, &["rev-parse", "HEAD"]);
        git(tree, "app", 1, &["tag", "-a", "v1", "-m", &format!("use {} for it", value(1))]);
        let who = format!("Bob {} <bob@example.org>", value(2));
        git_as(tree, "app", 2, &who, &["commit", "-q", "--allow-empty", "-m", "by somebody"]);
        git(tree, "app", 2, &["branch", &format!("fix/{}", value(3))]);
        tree.file(format!("app/dir/{}.txt", value(4)), "a name\n");
        std::os::unix::fs::symlink(format!("/mnt/{}", value(5)), tree.path().join("app/link")).unwrap();
        head = commit(tree, "app", 3, "names");
        git(tree, "app", 4, &["notes", "add", "-m", &format!("see {}", value(6)), "HEAD"]);
        tree.file(format!("app/{}/inside", value(7)), "a name of a folder\n");
        commit(tree, "app", 5, "a folder");
        git(tree, "app", 6, &["mv", &value(7), "plain"]);
        commit(tree, "app", 6, "renamed");
    });
    assert_eq!(past.place(0), ("message", "head"));
    assert_eq!(past.of(0)["location"]["commit"], json!(tagged));
    assert_eq!((past.place(1), &past.life(1)["tags"]), (("message", "tag"), &json!(["refs/tags/v1"])));
    assert_eq!(past.place(2), ("author", "head"));
    assert_eq!(past.place(3).0, "ref");
    assert_eq!(past.life(3)["refs"].as_array().unwrap().len(), 1, "{:#}", past.life(3));
    assert_eq!(past.place(4), ("name", "head"));
    let path = past.of(4)["location"]["path"].as_str().unwrap();
    assert!(path.starts_with("dir/") && path.ends_with(".txt"), "{path}");
    assert_eq!((past.place(5), &past.of(5)["location"]["path"]), (("commit", "head"), &json!("link")));
    assert_eq!((past.place(6), &past.life(6)["refs"]), (("commit", "note"), &json!(["refs/notes/commits"])));
    assert_eq!(past.place(7), ("name", "branch"));
    assert_eq!((&past.life(7)["in_head"], past.life(7)["removed"].as_array().unwrap().len()), (&json!(false), 1));
    for n in [4, 5] {
        assert_eq!(past.life(n)["introduced"], json!([head]), "value {n}");
        assert_eq!((&past.life(n)["in_head"], &past.life(n)["days"]), (&json!(true), &json!(97)), "value {n}");
    }
}

#[test]
fn a_name_that_several_contents_had() {
    let mut ids = Vec::new();
    let past = past(|tree, value| {
        let file = format!("app/dir/{}.txt", value(0));
        for n in 0..3 {
            tree.file(&file, format!("content {n}\n"));
            ids.push(commit(tree, "app", n, "a name"));
        }
        fs::remove_file(tree.path().join(&file)).unwrap();
        ids.push(commit(tree, "app", 3, "removed"));
    });
    let life = past.life(0);
    assert_eq!((&life["introduced"], &life["removed"]), (&json!([ids[0]]), &json!([ids[3]])));
    assert_eq!(life["objects"], 3);
}

/// A scan changes nothing and leaves nothing behind.
#[test]
fn the_repository_is_as_before() {
    fn listing(folder: &Path, into: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                listing(&path, into);
            } else {
                into.push((path.to_string_lossy().into_owned(), fs::read(&path).unwrap()));
            }
        }
        into.sort();
    }
    let tree = Tree::new();
    init(&tree, "app");
    tree.file("app/a.env", format!("TOKEN={}\n", token(1)));
    commit(&tree, "app", 1, "one");
    let (mut before, mut after) = (Vec::new(), Vec::new());
    listing(&tree.path().join("app"), &mut before);
    assert_eq!(tree.leaktight(&["history", "app"]).code, Some(1));
    listing(&tree.path().join("app"), &mut after);
    assert!(before == after);
}

/// The line of a report for people that explains its finding.
fn more(text: &str) -> &str {
    let lines: Vec<&str> = text.lines().filter_map(|l| l.trim_start().strip_prefix("= more: ")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    lines[0]
}

#[test]
fn the_command_that_explains_a_finding_of_a_history_works_as_it_is_printed() {
    let tree = Tree::new();
    init(&tree, "app");
    tree.file("app/a.env", format!("TOKEN={}\n", token(1)));
    commit(&tree, "app", 1, "first");
    fs::remove_file(tree.path().join("app/a.env")).unwrap();
    commit(&tree, "app", 2, "second");
    for report in ["report.json", "my report.jsonl"] {
        let run = tree.leaktight(&["history", "app", "-o", report]);
        let line = more(&run.text()).replacen("leaktight ", "\"$LEAKTIGHT\" ", 1);
        let mut shell = crate::harness::program("sh", tree.path(), tree.path());
        shell.env("LEAKTIGHT", env!("CARGO_BIN_EXE_leaktight")).args(["-c", &line]);
        assert!(crate::harness::succeed(&mut shell).contains("a.env:1:7 in commit"), "{line}");
    }
    let text = tree.leaktight(&["history", "app"]).text();
    assert!(more(&text).ends_with(" --from REPORT") && text.contains("add `-o report.json`"), "{text}");
    let id = more(&text).split(' ').nth(2).unwrap().to_owned();
    let run = tree.leaktight(&["explain", &id]);
    assert!(run.code == Some(2) && run.stderr.contains("--from REPORT"), "{}", run.stderr);
}
