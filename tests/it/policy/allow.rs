//! Entries: by content, at places, with a reason, for a time.

use super::*;
use crate::harness::token;

#[test]
fn what_is_accepted_is_counted_and_gates_nothing() {
    let tree = work_tree(&[("a.py", format!("key = \"{}\"\n", token(1)))]);
    let run = scan(&tree, &[]);
    assert_eq!(run.code, Some(1));
    let id = ids(&run).remove(0);
    let said =
        tree.leaktight(&["allow", &id[..14], "--reason", "a sample", "--owner", "me", "--expires", "2099-12-31"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stderr.contains("wrote .leaktight/allow/github-pat-r"), "{}", said.stderr);
    let run = scan(&tree, &[]);
    assert_eq!((run.code, ids(&run).len(), notices(&run).len()), (Some(0), 0, 0), "{}", run.text());
    assert_eq!(accepted(&run), ["allow a.py a sample"]);
    let suppressed = &run.json()["suppressed"][0];
    assert_eq!((&suppressed["owner"], &suppressed["expires"]), (&"me".into(), &"2099-12-31".into()));
    // Lines do not matter.
    tree.file("a.py", format!("\n\n\nother = 1; key = \"{}\"\n", token(1)));
    assert_eq!(scan(&tree, &[]).code, Some(0));
    // Another secret in its place is reported.
    tree.file("a.py", format!("\n\n\nother = 1; key = \"{}\"\n", token(2)));
    let run = scan(&tree, &[]);
    assert_eq!((run.code, ids(&run).len()), (Some(1), 1));
    assert_ne!(ids(&run)[0], id);
}

#[test]
fn every_place_must_be_covered() {
    let key = format!("key = \"{}\"\n", token(3));
    let tree = work_tree(&[("a.py", key.clone())]);
    let id = ids(&scan(&tree, &[])).remove(0);
    tree.file(".leaktight/allow.toml", entry(&id, "a.py", "reason = \"a sample\""));
    assert_eq!(scan(&tree, &[]).code, Some(0));
    tree.file("lib/b.py", &key);
    let run = scan(&tree, &[]);
    assert_eq!(run.findings(), ["github-pat proven lib/b.py:1:8"], "the place that nothing accepts speaks for it");
    let json = run.json();
    assert_eq!(json["findings"][0]["also"][0]["path"], "a.py");
    assert!(json["findings"][0]["evidence"].to_string().contains("accepted at 1 other place, and not here"));
    // A glob, or a second entry, covers it.
    tree.file("mine.toml", entry(&id, "lib/*.py", "reason = \"a sample, too\""));
    assert_eq!(scan(&tree, &["--allow", "mine.toml"]).code, Some(0));
    tree.file("mine.toml", entry(&id, "*.py", "reason = \"not below folders\""));
    assert_eq!(scan(&tree, &["--allow", "mine.toml"]).code, Some(1));
    // The rule counts, too.
    tree.file("mine.toml", entry(&id, "**/*.py", "reason = \"x\"").replace("github-pat", "gitlab-pat"));
    assert_eq!(scan(&tree, &["--allow", "mine.toml"]).code, Some(1));
}

#[test]
fn an_entry_ends_on_its_day() {
    let tree = work_tree(&[("a.py", format!("key = \"{}\"\n", token(4)))]);
    let id = ids(&scan(&tree, &[])).remove(0);
    let with = |day: &str| {
        tree.file(".leaktight/allow.toml", entry(&id, "a.py", &format!("reason = \"x\"\nexpires = {day:?}")))
    };
    with("2026-11-20");
    let run = scan(&tree, &[]);
    assert_eq!((run.code, ids(&run).len()), (Some(1), 1));
    assert_eq!(notices(&run).len(), 1);
    assert!(notices(&run)[0].starts_with("policy-expired: the exception for lt1:r"), "{:?}", notices(&run));
    assert!(notices(&run)[0].ends_with("expired after 2026-11-20; the finding is reported again"));
    for (day, left) in [("2026-11-21", "its last day"), ("2026-11-22", "1 day left"), ("2026-12-05", "14 days left")] {
        with(day);
        let run = scan(&tree, &[]);
        assert_eq!(run.code, Some(0), "{day}");
        assert!(notices(&run)[0].starts_with("policy-expires-soon:") && notices(&run)[0].contains(left), "{day}");
    }
    with("2026-12-06");
    let run = scan(&tree, &[]);
    assert_eq!((run.code, notices(&run).len()), (Some(0), 0));
}

#[test]
fn what_nothing_needs_is_said_after_a_scan_of_everything() {
    let tree = work_tree(&[("a.py", format!("key = \"{}\"\n", token(5))), ("sub/b.txt", "nothing\n".into())]);
    let id = ids(&scan(&tree, &[])).remove(0);
    let other = format!("lt1:r{}", "0".repeat(32));
    let both = entry(&id, "a.py", "reason = \"x\"") + &entry(&other, "gone.py", "reason = \"y\"");
    tree.file(".leaktight/allow.toml", both);
    let run = scan(&tree, &[]);
    assert_eq!(run.code, Some(0));
    assert_eq!(notices(&run).len(), 1);
    assert!(notices(&run)[0].starts_with("policy-unused: the exception for lt1:r000"), "{:?}", notices(&run));
    assert_eq!(run.json()["findings"][0]["location"]["line"], 6, "the line of the entry");
    // Never gates, whatever the gate is.
    assert_eq!(scan(&tree, &["--fail-on", "info", "--gate-confidence", "possible"]).code, Some(0));
    // A part of the tree says nothing about what is elsewhere.
    let part = tree.scan(&["sub", "--now", NOW]);
    assert_eq!((part.code, notices(&part).len()), (Some(0), 0));
}

/// A file with a hundred thousand of them made a report of 110 MB.
#[test]
fn of_many_exceptions_that_nothing_needs_the_first_are_listed_and_the_rest_counted() {
    let tree = work_tree(&[("a.py", "nothing\n".into())]);
    let one = |n: usize| entry(&format!("lt1:r{n:032x}"), &format!("gone{n}.py"), "reason = \"y\"");
    tree.file(".leaktight/allow.toml", (0..2000).map(one).collect::<String>());
    let run = scan(&tree, &[]);
    assert_eq!((run.code, notices(&run).len()), (Some(0), 101));
    let rest = "policy-unused: 1900 more exceptions like those before, from this line on";
    assert_eq!(notices(&run).iter().filter(|notice| *notice == rest).count(), 1, "{:?}", notices(&run).last());
    // All of them are removed.
    assert_eq!(tree.leaktight(&["allow", "--prune", "--now", NOW]).code, Some(0));
    assert_eq!(notices(&scan(&tree, &[])).len(), 0);
}

#[test]
fn a_wrong_entry_is_a_mistake_with_its_place() {
    let tree = work_tree(&[("a.py", "nothing\n".into())]);
    let id = format!("lt1:r{}", "0a".repeat(16));
    let good = entry(&id, "a.py", "reason = \"x\"");
    for (text, line, says) in [
        (entry(&id, "**", "reason = \"x\""), 4, "every path could match"),
        (entry(&id, "**/*", "reason = \"x\""), 4, "every path could match"),
        (entry(&id, "*.*", "reason = \"x\""), 4, "every path could match"),
        (entry(&id, "/a.py", "reason = \"x\""), 4, "relative to the root"),
        (entry(&id, "../a.py", "reason = \"x\""), 4, "without `.`"),
        (entry(&id, "a.py", "reason = \" \""), 5, "say why"),
        (entry(&id, "a.py", ""), 1, "`reason` is missing"),
        (entry(&id, "a.py", "reason = \"x\"\nexpires = \"tomorrow\""), 6, "YYYY-MM-DD"),
        (entry(&id, "a.py", "reason = \"x\"\nlines = 3"), 6, "unknown key `lines`"),
        (good.replace("github-pat", "*"), 3, "the one rule"),
        (good.replace("github-pat", "github-*"), 3, "the one rule"),
        (good.replace("0a0a", "*"), 2, "no id of a finding"),
        ("[[allow]\n".to_owned(), 1, ""),
    ] {
        tree.file(".leaktight/allow/x.toml", format!("{text}\n"));
        for command in [&["scan", "."][..], &["config", "check"], &["history"]] {
            let run = tree.leaktight(command);
            assert_eq!(run.code, Some(2), "{command:?} {text}\n{}", run.stderr);
            let place = format!(".leaktight/allow/x.toml:{line}:");
            assert!(run.stderr.contains(&place) && run.stderr.contains(says), "{text}\n{}", run.stderr);
        }
    }
    tree.file(".leaktight/allow/x.toml", good);
    assert_eq!(tree.leaktight(&["scan", "."]).code, Some(0));
    let run = tree.leaktight(&["scan", ".", "--allow", "none.toml"]);
    assert!(run.code == Some(2) && run.stderr.contains("none.toml"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn policy_is_read_from_plain_files_only() {
    let tree = work_tree(&[("a.py", format!("key = \"{}\"\n", token(6)))]);
    let id = ids(&scan(&tree, &[])).remove(0);
    let outside = Tree::new();
    let file = outside.file("allow.toml", entry(&id, "a.py", "reason = \"x\""));
    std::fs::create_dir(tree.path().join(".leaktight")).expect("a folder");
    std::os::unix::fs::symlink(&file, tree.path().join(".leaktight/allow.toml")).expect("a link");
    let run = scan(&tree, &[]);
    assert!(run.code == Some(2) && run.stderr.contains("allow.toml` is no plain file"), "{}", run.stderr);
    std::fs::remove_dir_all(tree.path().join(".leaktight")).expect("removed");
    std::os::unix::fs::symlink(outside.path(), tree.path().join(".leaktight")).expect("a link");
    let run = scan(&tree, &[]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    let run = tree.leaktight(&["allow", &id, "--reason", "x"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(std::fs::read_dir(outside.path()).expect("a folder").count(), 1, "nothing is written through a link");
}

#[test]
fn allow_writes_nothing_that_it_should_not() {
    let tree = work_tree(&[("a [1]*.py", format!("key = \"{}\"\n", token(7)))]);
    let id = ids(&scan(&tree, &[])).remove(0);
    let reason = format!("because {}", token(8));
    let none = format!("lt1:r{}", "0".repeat(32));
    for (args, says) in [
        (&["allow", &id][..], "--reason"),
        (&["allow", &id, "--reason", " "], "say why"),
        (&["allow", &id, "--reason", "WHY"], "a placeholder"),
        (&["allow", &id, "--reason", &reason], "looks like a secret"),
        (&["allow", &id, "--reason", "x", "--expires", "2001-01-01"], "is over already"),
        (&["allow", &id, "--reason", "x", "--expires", "soon"], "YYYY-MM-DD"),
        (&["allow", &id, "--reason", "x", "--path", "**"], "every path could match"),
        (&["allow", &id, "--reason", "x", "--path", "lib/**"], "which no --path matches"),
        (&["allow", &none, "--reason", "x"], "has no finding"),
        (&["allow", "lt1:r12", "--reason", "x"], "at least 8 digits"),
        (&["allow", "github-pat", "--reason", "x"], "no id of a finding"),
        (&["allow", "--list", &id], "cannot be used with"),
    ] {
        let run = tree.leaktight(args);
        assert_eq!(run.code, Some(2), "{args:?}");
        assert!(run.stderr.contains(says), "{args:?}: {}", run.stderr);
        assert!(!run.stderr.contains(&token(8)));
    }
    assert!(!tree.path().join(".leaktight").exists());
    // A name that is full of signs is one path and no glob.
    assert_eq!(tree.leaktight(&["allow", &id, "--reason", "x \"quoted\""]).code, Some(0));
    assert_eq!(scan(&tree, &[]).code, Some(0));
    // From a report, of the finding as it stood there.
    tree.file("b.py", format!("key = \"{}\"\n", token(9)));
    let report = tree.leaktight(&["scan", ".", "-q", "-o", "r.json"]);
    assert_eq!(report.code, Some(1), "{}", report.stderr);
    let id = ids(&scan(&tree, &[])).remove(0);
    tree.file("b.py", "");
    assert_eq!(tree.leaktight(&["allow", &id, "--reason", "x", "--from", "r.json"]).code, Some(0));
    tree.file("b.py", format!("key = \"{}\"\n", token(9)));
    assert_eq!(scan(&tree, &[]).code, Some(0));
}

#[test]
fn two_branches_that_accept_different_findings_merge() {
    let tree =
        work_tree(&[("a.py", format!("key = \"{}\"\n", token(10))), ("b.py", format!("key = \"{}\"\n", token(11)))]);
    tree.git(&["add", "."]);
    tree.git(&["commit", "-qm", "both"]);
    let ids = ids(&scan(&tree, &[]));
    for (branch, id) in [("one", &ids[0]), ("two", &ids[1])] {
        tree.git(&["switch", "-qc", branch, "main"]);
        assert_eq!(tree.leaktight(&["allow", id, "--reason", branch]).code, Some(0));
        tree.git(&["add", ".leaktight"]);
        tree.git(&["commit", "-qm", branch]);
        assert_eq!(scan(&tree, &[]).findings().len(), 1);
    }
    tree.git(&["merge", "-q", "--no-edit", "one"]);
    let run = scan(&tree, &[]);
    assert_eq!((run.code, accepted(&run).len(), notices(&run).len()), (Some(0), 2, 0));
}
