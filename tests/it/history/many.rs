//! Several repositories with secrets in them: shards, interruptions, failures and threads change no byte of a report.

use crate::harness::{Run, Tree, command, made, token};
use crate::history::{FORMATS, commit, git, hidden, init, outputs, reports};
use leaktight::example::Rng;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A value that three of the repositories share.
const SHARED: u64 = 100;

fn password(seed: u64) -> String {
    made("{{base62(18)}}", seed)
}

/// `count` repositories with a token, a password and some past each, and a list of them. Their values.
pub(crate) fn planted(tree: &Tree, count: u64) -> Vec<String> {
    let mut values = vec![token(SHARED)];
    let mut list = String::from("# all\n");
    for n in 0..count {
        let folder = format!("team{}/app{n}", n % 2);
        init(tree, &folder);
        let (own, old, word) = (token(n), token(1000 + n), password(n));
        tree.file(format!("{folder}/a.env"), format!("TOKEN={own}\n"));
        tree.file(format!("{folder}/old.py"), format!("password = \"{word}\"\nkey = \"{old}\"\n"));
        commit(tree, &folder, 1, "first");
        fs::remove_file(tree.path().join(&folder).join("old.py")).unwrap();
        if n < 3 {
            tree.file(format!("{folder}/conf/shared.env"), format!("A=1\nSHARED={}\n", token(SHARED)));
        }
        commit(tree, &folder, 2 + n as u32, &format!("second, with {own}"));
        git(tree, &folder, 20, &["tag", "-a", "v1", "-m", "one"]);
        if n % 3 == 0 {
            git(tree, &folder, 0, &["gc", "-q"]);
        }
        values.extend([own, old, word]);
        list.push_str(&folder);
        list.push('\n');
    }
    tree.file("list", list);
    values
}

pub(crate) fn history(tree: &Tree, args: &[&str]) -> Run {
    tree.leaktight(&[&["-q", "history", "--repos-from", "list", "--now", "1800000000"], args].concat())
}

/// A run that writes all reports under a name; its exit code is 1.
pub(crate) fn written(tree: &Tree, name: &str, args: &[&str]) -> Vec<(&'static str, Vec<u8>)> {
    let outputs = outputs(name);
    let args: Vec<&str> = outputs.iter().map(String::as_str).chain(args.iter().copied()).collect();
    let run = history(tree, &args);
    assert_eq!(run.code, Some(1), "{args:?}: {}", run.stderr);
    reports(tree.path(), name)
}

pub(crate) fn same(have: &[(&str, Vec<u8>)], want: &[(&str, Vec<u8>)], what: &str) {
    for ((format, have), (_, want)) in have.iter().zip(want) {
        assert!(
            have == want,
            "{what}, {format}:\n{}\n--- instead of ---\n{}",
            String::from_utf8_lossy(have),
            String::from_utf8_lossy(want)
        );
    }
}

#[test]
fn shards_with_findings_merge_into_the_report_of_one_run() {
    let tree = Tree::new();
    let values = planted(&tree, 5);
    tree.file("key", "a key of an organisation, long enough");
    for (round, flags) in [&[][..], &["--key-file", "key"], &["--rehash", "-j", "3"]].into_iter().enumerate() {
        let whole = written(&tree, "whole", flags);
        for (format, report) in &whole {
            hidden(report, &values, format);
        }
        for n in [2, 3] {
            let mut parts = Vec::new();
            for k in (1..=n).rev() {
                let (shard, file) = (format!("{k}/{n}"), format!("part{k}.json"));
                let run = history(&tree, &[&["--shard", &shard, "-o", &file], flags].concat());
                assert!(matches!(run.code, Some(0 | 1)), "{}", run.stderr);
                parts.push(file);
            }
            let outputs = outputs("merged");
            let args = ["-q", "merge"].into_iter().chain(parts.iter().map(String::as_str));
            let args: Vec<&str> = args.chain(outputs.iter().map(String::as_str)).collect();
            let run = tree.leaktight(&args);
            assert_eq!(run.code, Some(1), "{}", run.stderr);
            same(&reports(tree.path(), "merged"), &whole, &format!("round {round}, {n} shards"));
        }
    }
    // The shared value is one finding in three repositories; each other one is its own.
    let json = history(&tree, &["--format", "json"]).json();
    let found = json["findings"].as_array().unwrap();
    assert_eq!(found.iter().filter(|f| f["rule"] == "github-pat").count(), 11, "{found:#?}");
    let repositories = |f: &serde_json::Value| {
        let also = f["also"].as_array().unwrap().iter();
        let mut all: Vec<_> = also.chain([&f["location"]]).map(|l| l["repo"].as_str().unwrap().to_owned()).collect();
        all.sort();
        all.dedup();
        all.len()
    };
    assert_eq!(found.iter().filter(|f| repositories(f) == 3).count(), 1);
}

#[test]
fn threads_change_no_byte() {
    let tree = Tree::new();
    planted(&tree, 4);
    let one = written(&tree, "one", &["-j", "1"]);
    same(&written(&tree, "eight", &["-j", "8"]), &one, "8 threads");
    let single = |threads: &str| {
        let run = tree.leaktight(&["history", "team0/app0", "--now", "5", "-j", threads, "--format", "json"]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        run.stdout
    };
    assert_eq!(single("1"), single("8"));
}

/// Results that are on disk.
fn kept(work: &Path) -> usize {
    let json = |e: &fs::DirEntry| e.path().extension().is_some_and(|e| e == "json");
    fs::read_dir(work).map_or(0, |all| all.flatten().filter(json).count())
}

fn started(tree: &Tree, args: &[&str]) -> Child {
    let mut run = command(tree.path());
    run.args(["-q", "history", "--repos-from", "list", "--now", "1800000000", "--work", "work"]).args(args);
    run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("leaktight starts")
}

#[test]
fn an_interrupted_run_is_taken_up_and_gives_the_same_bytes() {
    let tree = Tree::new();
    let values = planted(&tree, 12);
    let begun = Instant::now();
    let whole = written(&tree, "whole", &["-j", "1"]);
    let lasts = begun.elapsed();
    let work = tree.path().join("work");
    let mut rng = Rng(7);
    // As soon as so many results are there, or after a part of the time that a run takes.
    let moments: Vec<Result<usize, Duration>> =
        [1, 5, 11].map(Ok).into_iter().chain((0..6).map(|_| Err(lasts * rng.below(100) as u32 / 100))).collect();
    for moment in moments {
        let _ = fs::remove_dir_all(&work);
        for format in FORMATS {
            let _ = fs::remove_file(tree.path().join(format!("again.{format}")));
        }
        let mut child = started(&tree, &["-j", "1", "-o", "again.json"]);
        match moment {
            Ok(results) => {
                while kept(&work) < results && child.try_wait().unwrap().is_none() {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            Err(time) => std::thread::sleep(time),
        }
        let _ = child.kill();
        let ended = child.wait().unwrap();
        let report = fs::read(tree.path().join("again.json"));
        assert!(report.is_err() || report.unwrap() == whole[0].1, "a report is there whole or not at all");
        let have = kept(&work);
        assert!(moment.is_err() || moment.is_ok_and(|n| have >= n), "{ended}: {have} results");
        for entry in fs::read_dir(&work).into_iter().flatten().flatten() {
            hidden(&fs::read(entry.path()).unwrap(), &values, "a kept result");
        }
        // Interrupted a second time, too.
        let mut child = started(&tree, &["--resume"]);
        std::thread::sleep(lasts * rng.below(50) as u32 / 100);
        let _ = child.kill();
        child.wait().unwrap();
        let have = kept(&work).max(have);
        let outputs = outputs("again");
        let args = ["history", "--repos-from", "list", "--now", "1800000000", "--work", "work", "--resume"];
        let args: Vec<&str> = args.into_iter().chain(outputs.iter().map(String::as_str)).collect();
        let run = tree.leaktight(&args);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stderr.contains(&format!("{have} of 12 repositories were scanned before")), "{}", run.stderr);
        same(&reports(tree.path(), "again"), &whole, &format!("{moment:?}"));
        assert_eq!(kept(&work), 12, "a folder that was named stays");
    }
}

#[test]
fn a_result_of_another_state_is_not_taken() {
    let tree = Tree::new();
    planted(&tree, 3);
    git(&tree, "team0/app0", 0, &["bundle", "create", "-q", "../../app.bundle", "--all"]);
    tree.file("list", "team0/app0\nteam1/app1\napp.bundle\n");
    let taken = |flags: &[&str]| {
        let run = tree.leaktight(
            &[&["history", "--repos-from", "list", "--now", "5", "--work", "work", "--format", "json"], flags].concat(),
        );
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        let before = run.stderr.lines().find_map(|l| l.split(" of 3 repositories were").next().filter(|n| *n != l));
        (before.and_then(|n| n.rsplit(' ').next()?.parse::<usize>().ok()), run.stdout)
    };
    let (_, first) = taken(&[]);
    assert_eq!(taken(&["--resume"]), (Some(3), first));
    // Another flag, another commit, another bundle under the same name.
    assert_eq!(taken(&["--resume", "--rehash"]).0, Some(0));
    assert_eq!(taken(&["--resume", "--rehash"]).0, Some(3));
    assert_eq!(taken(&["--resume", "--rehash", "--strict"]).0, Some(0));
    tree.file("team1/app1/b.env", format!("TOKEN={}\n", token(77)));
    commit(&tree, "team1/app1", 30, "third");
    assert_eq!(taken(&["--resume", "--rehash", "--strict"]).0, Some(2));
    git(&tree, "team1/app1", 0, &["bundle", "create", "-q", "../../app.bundle", "--all"]);
    let (before, report) = taken(&["--resume", "--rehash", "--strict"]);
    assert_eq!(before, Some(2));
    assert_eq!(taken(&["--rehash", "--strict"]).1, report);
}

#[test]
fn repositories_that_fail_are_named_and_stop_no_other() {
    let tree = Tree::new();
    let values = planted(&tree, 4);
    // A loose blob of one repository is cut short, and another repository is not there.
    let object = git(&tree, "team1/app1", 0, &["rev-parse", "HEAD:a.env"]);
    let loose = tree.path().join("team1/app1/.git/objects").join(&object[..2]).join(&object[2..]);
    let bytes = fs::read(&loose).unwrap();
    fs::remove_file(&loose).unwrap();
    fs::write(&loose, &bytes[..bytes.len() / 2]).unwrap();
    tree.file("list", "team0/app0\nteam1/app1\ngone\nteam0/app2\nteam1/app3\n");
    let run = history(&tree, &["--format", "json"]);
    assert_eq!(run.code, Some(1), "findings win over gaps: {}", run.stderr);
    hidden(&run.stdout, &values, "json");
    let gaps = run.gaps();
    assert!(gaps.iter().any(|g| g.starts_with("corrupt-object true app1: ") && g.contains(&object)), "{gaps:?}");
    assert!(gaps.contains(&"fetch true gone".into()), "{gaps:?}");
    assert!(!gaps.iter().any(|g| ["app0", "app2", "app3"].iter().any(|name| g.contains(name))), "{gaps:?}");
    let json = run.json();
    assert_eq!(json["run"]["complete"], false);
    assert_eq!(json["run"]["covered"]["repositories"], 4);
    let found = json["findings"].as_array().unwrap();
    for name in ["app0", "app1", "app2", "app3"] {
        assert!(found.iter().any(|f| f["location"]["repo"] == name), "{name} has findings");
    }
    let run = tree.leaktight(&["history", "--repos-from", "list", "--fail-on", "never"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let words = run.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("not everything that they keep could be looked at"), "{words}");
}
