//! Baselines: from a report, and from the exceptions of other tools.

use super::*;
use crate::harness::{made, token};
use serde_json::json;

#[test]
fn a_baseline_holds_what_was_known_and_no_more() {
    let tree = work_tree(&[
        ("a.py", format!("key = \"{}\"\n", token(60))),
        ("b.py", format!("key = \"{}\"\nurl = \"http://api.shop-of-acme.com/v1\"\n", token(61))),
    ]);
    let before = scan(&tree, &[]);
    let report = || assert!(tree.leaktight(&["scan", "-q", "-o", "r.json"]).code.is_some_and(|code| code < 2));
    assert_eq!(before.code, Some(1));
    report();
    // The report itself is a baseline.
    let run = scan(&tree, &["--baseline", "r.json"]);
    assert_eq!((run.code, run.findings().len()), (Some(0), 0), "{}", run.text());
    let said = tree.leaktight(&["baseline", "r.json"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    std::fs::remove_file(tree.path().join("r.json")).expect("removed");
    let text = std::fs::read_to_string(tree.path().join(".leaktight/baseline.toml")).expect("a baseline");
    let lines: Vec<&str> = text.lines().filter(|l| l.starts_with("  {")).collect();
    assert_eq!(lines.len(), before.findings().len());
    assert!(lines.is_sorted() && !text.contains("line") | text.contains("one per line"), "{text}");
    let run = scan(&tree, &[]);
    assert_eq!((run.code, run.findings().len(), accepted(&run).len()), (Some(0), 0, lines.len()));
    assert!(accepted(&run)[0].starts_with("baseline a.py known when"), "{:?}", accepted(&run));
    // Moved down: known. Swapped, or in another file: not.
    tree.file("a.py", format!("\n\nkey = \"{}\"\n", token(60)));
    assert_eq!(scan(&tree, &[]).code, Some(0));
    tree.file("a.py", format!("\n\nkey = \"{}\"\n", token(62)));
    assert_eq!(ids(&scan(&tree, &[])).len(), 1);
    tree.file("a.py", "");
    tree.file("c.py", format!("key = \"{}\"\n", token(61)));
    let run = scan(&tree, &[]);
    assert_eq!(run.findings()[0], "github-pat proven c.py:1:8");
    assert_eq!(notices(&run), ["policy-unused: 1 entry of the baseline matches nothing any more"]);
    // Taken anew, it keeps what it knew.
    report();
    assert_eq!(tree.leaktight(&["baseline", "r.json"]).code, Some(0));
    assert_eq!(scan(&tree, &[]).code, Some(0));
    let again = tree.leaktight(&["baseline", "r.json", "-o", "other.toml"]);
    assert_eq!(again.code, Some(0));
    let other = std::fs::read_to_string(tree.path().join("other.toml")).expect("it");
    let kept = std::fs::read_to_string(tree.path().join(".leaktight/baseline.toml")).expect("it");
    assert!(other.lines().all(|line| kept.contains(line)), "{other}\n{kept}");
    assert!(lines.iter().all(|line| kept.contains(line)), "nothing that was known is dropped: {kept}");
}

#[test]
fn a_second_report_adds_to_the_baseline() {
    let tree = work_tree(&[
        ("a/x.py", format!("key = \"{}\"\n", token(60))),
        ("b/y.py", format!("key = \"{}\"\n", token(61))),
    ]);
    let add = |folder: &str, says: &str| {
        assert_eq!(tree.leaktight(&["scan", folder, "-q", "-o", ".git/r.json"]).code, Some(1));
        let run = tree.leaktight(&["baseline", ".git/r.json"]);
        assert!(run.code == Some(0) && run.stderr.contains(says), "{says}: {}", run.stderr);
    };
    add("a", "1 finding at 1 place (1 new, 0 kept)");
    add("b", "2 findings at 2 places (1 new, 1 kept)");
    assert_eq!(scan(&tree, &[]).code, Some(0));
    // A glob that was written by hand is kept as it is.
    let path = tree.path().join(".leaktight/baseline.toml");
    let text = std::fs::read_to_string(&path).expect("a baseline").replace("b/y.py", "b/*.py");
    std::fs::write(&path, text).expect("written");
    tree.file("b/z.py", format!("key = \"{}\"\n", token(61)));
    std::fs::remove_file(tree.path().join("b/y.py")).expect("removed");
    assert_eq!(tree.leaktight(&["baseline", ".git/r.json"]).code, Some(0));
    assert_eq!(scan(&tree, &[]).code, Some(0), "{}", std::fs::read_to_string(&path).expect("it"));
}

#[test]
fn a_report_of_another_project_is_used_with_a_warning() {
    let other = work_tree(&[("src/settings.py", format!("key = \"{}\"\n", token(60)))]);
    assert_eq!(other.leaktight(&["scan", "-q", "-o", "r.json"]).code, Some(1));
    let run = other.leaktight(&["baseline", "r.json"]);
    assert!(run.code == Some(0) && !run.stderr.contains("warning"), "{}", run.stderr);
    let tree = work_tree(&[("a.py", "nothing\n".into())]);
    std::fs::copy(other.path().join("r.json"), tree.path().join("r.json")).expect("a copy");
    let run = tree.leaktight(&["baseline", "r.json"]);
    assert!(
        run.code == Some(0) && run.stderr.contains("warning: none of the files that `r.json` names"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("`src/settings.py`"), "{}", run.stderr);
}

#[test]
fn a_sarif_report_is_refused_by_name() {
    let tree = work_tree(&[("a.py", format!("key = \"{}\"\n", token(60)))]);
    assert_eq!(tree.leaktight(&["scan", "-q", "-o", ".git/r.sarif"]).code, Some(1));
    let id = ids(&scan(&tree, &[])).remove(0);
    for args in [
        &["baseline", ".git/r.sarif"][..],
        &["merge", ".git/r.sarif"],
        &["scan", "--baseline", ".git/r.sarif"],
        &["explain", &id, "--from", ".git/r.sarif"],
        &["allow", &id, "--reason", "x", "--from", ".git/r.sarif"],
    ] {
        let run = tree.leaktight(args);
        let says = run.stderr.contains("is a SARIF report; pass the JSON report");
        assert!(run.code == Some(2) && says, "{args:?}: {}", run.stderr);
    }
}

#[test]
fn policy_that_is_written_outside_of_a_work_tree_is_said_to_be() {
    let tree = Tree::new();
    tree.file("a.py", format!("key = \"{}\"\n", token(60)));
    let id = ids(&scan(&tree, &[])).remove(0);
    assert_eq!(tree.leaktight(&["scan", "-q", "-o", "r.json"]).code, Some(1));
    for args in [&["baseline", "r.json"][..], &["allow", &id, "--reason", "a sample"], &["init"]] {
        let run = tree.leaktight(args);
        assert!(run.code == Some(0) && run.stderr.contains("is not in a git work tree"), "{args:?}: {}", run.stderr);
        let inside = work_tree(&[("a.py", format!("key = \"{}\"\n", token(60)))]);
        std::fs::copy(tree.path().join("r.json"), inside.path().join("r.json")).expect("a copy");
        let run = inside.leaktight(args);
        assert!(run.code == Some(0) && !run.stderr.contains("work tree"), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn a_file_that_is_no_report_is_refused() {
    let tree = work_tree(&[("a.py", "nothing\n".into()), ("x.json", "{}".into()), ("y.json", "[1]".into())]);
    tree.file("places.json", r#"{"schema": "leaktight/1", "findings": [{"id": "lt1:r00000000000000000000000000000000", "rule": "x", "family": "credential", "location": {"kind": "file", "path": "a"}, "also": [], "also_total": 3}]}"#);
    for (file, says) in [
        ("x.json", "not a JSON report"),
        ("y.json", "not a JSON report"),
        ("places.json", "--also-limit 0"),
        ("none", "none"),
    ] {
        let run = tree.leaktight(&["baseline", file]);
        assert!(run.code == Some(2) && run.stderr.contains(says), "{file}: {}", run.stderr);
    }
    let run = tree.leaktight(&["baseline", "x.json", "--from", "other"]);
    assert_eq!(run.code, Some(2));
    assert!(!tree.path().join(".leaktight").exists());
}

/// Runs the migration; gives what it said.
fn migrate(tree: &Tree, tool: &str, file: &str) -> String {
    let run = tree.leaktight(&["baseline", "--from", tool, file]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.is_empty());
    run.stderr
}

#[test]
fn gitleaks_is_carried_over_by_value() {
    let (one, two, gone) = (token(70), token(71), token(72));
    let tree = work_tree(&[("a.py", format!("\n\nkey = \"{one}\"\n")), ("lib/b.py", format!("key = \"{two}\"\n"))]);
    // Its lines are old: the value decides.
    let report = json!([
        {"RuleID": "github-pat", "Secret": one, "Match": one, "File": "a.py", "StartLine": 1, "Fingerprint": "a.py:github-pat:1"},
        {"RuleID": "github-pat", "Secret": gone, "File": "gone.py", "StartLine": 7},
    ]);
    tree.file(".git/report.json", report.to_string());
    let said = migrate(&tree, "gitleaks", ".git/report.json");
    assert!(said.contains("1 of 2 entries carried over") && said.contains("gone.py:7"), "{said}");
    for secret in [&one, &two, &gone] {
        assert!(!said.contains(&secret[8..]));
    }
    let text = std::fs::read_to_string(tree.path().join(".leaktight/baseline.toml")).expect("a baseline");
    assert!(!text.contains(&one[8..]));
    assert_eq!(scan(&tree, &[]).findings(), ["github-pat proven lib/b.py:1:8"]);
    // A secret that was swapped in on the same line is not known.
    tree.file("a.py", format!("key = \"{}\"\n", token(73)));
    assert_eq!(ids(&scan(&tree, &[])).len(), 2);
    tree.file("a.py", format!("\n\nkey = \"{one}\"\n"));
    // Fingerprints and redacted reports have a place only; they add to what is there.
    tree.file(".gitleaksignore", format!("# old\n{}:lib/b.py:github-pat:1\nlib/none.py:x:3\n", "0f".repeat(20)));
    let said = migrate(&tree, "gitleaks", ".gitleaksignore");
    assert!(said.contains("1 of 2 entries carried over") && said.contains("lib/none.py:3"), "{said}");
    assert_eq!(scan(&tree, &[]).code, Some(0));
}

#[test]
fn detect_secrets_is_carried_over_by_hash() {
    let (one, password) = (token(80), made("{{base62(14)}}", 81));
    let tree = work_tree(&[
        ("a.py", format!("key = \"{one}\"\n")),
        ("b.py", format!("db_password = \"{password}\"\n")),
        ("c.py", format!("key = \"{}\"\n", token(82))),
    ]);
    let sha1 = |text: &str| -> String {
        let hash = leaktight::git::sha1(text.as_bytes()).expect("a hash");
        hash.iter().map(|b| format!("{b:02x}")).collect()
    };
    let one = |text: &str| json!([{"type": "X", "filename": "x", "hashed_secret": sha1(text), "is_verified": false, "line_number": 9}]);
    let report = json!({
        "version": "1.5.0",
        "generated_at": "2026-01-01T00:00:00Z",
        "results": {"a.py": one(&token(80)), "b.py": one(&password), "gone.py": one("nowhere")},
    });
    tree.file(".secrets.baseline", report.to_string());
    let said = migrate(&tree, "detect-secrets", ".secrets.baseline");
    assert!(said.contains("2 of 3 entries carried over") && said.contains("gone.py:9"), "{said}");
    let run = scan(&tree, &["--only", "credential"]);
    let own: Vec<String> = run.findings().into_iter().filter(|f| !f.contains(".secrets.baseline")).collect();
    assert_eq!(own, ["github-pat proven c.py:1:8"]);
}

#[test]
fn trufflehog_is_carried_over_by_value() {
    let (one, two) = (token(90), token(91));
    let tree = work_tree(&[("a.py", format!("key = \"{one}\"\n")), ("b.py", format!("key = \"{two}\"\n"))]);
    let line = |secret: &str, kind: &str, file: &str| json!({"SourceMetadata": {"Data": {kind: {"file": file, "line": 4}}}, "DetectorName": "Github", "Raw": secret, "RawV2": "", "Redacted": ""});
    let absolute = tree.path().join("a.py").to_string_lossy().into_owned();
    let report = format!(
        "{}\n{}\n{}\n",
        json!({"level": "info-0", "msg": "running source"}),
        line(&one, "Filesystem", &absolute),
        line(&token(92), "Git", "old/gone.py"),
    );
    tree.file(".git/th.json", report);
    let said = migrate(&tree, "trufflehog", ".git/th.json");
    assert!(said.contains("1 of 2 entries carried over") && said.contains("old/gone.py:4"), "{said}");
    assert!(!said.contains(&one[8..]) && !said.contains(&token(92)[8..]));
    assert_eq!(scan(&tree, &[]).findings(), ["github-pat proven b.py:1:8"]);
}

#[test]
fn two_branches_that_each_add_an_entry_merge() {
    for first in [true, false] {
        let tree = work_tree(&[("base.env", format!("T={}\n", token(100)))]);
        let make = |name: &str| {
            assert!(tree.leaktight(&["scan", ".", "-q", "-o", ".git/r.json"]).code.is_some_and(|code| code < 2));
            let run = tree.leaktight(&["baseline", ".git/r.json"]);
            assert_eq!(run.code, Some(0), "{}", run.stderr);
            tree.git(&["add", "-A"]);
            tree.git(&["commit", "-q", "-m", name]);
        };
        // The baseline itself is new on both sides, too; the salt must be there before.
        assert_eq!(tree.leaktight(&["init"]).code, Some(0));
        if first {
            make("base");
        } else {
            tree.git(&["add", "-A"]);
            tree.git(&["commit", "-q", "-m", "base"]);
        }
        for (branch, seed) in [("a", 101), ("b", 102)] {
            tree.git(&["checkout", "-q", "-b", branch, "main"]);
            tree.file(format!("{branch}.env"), format!("T={}\n", token(seed)));
            make(branch);
        }
        tree.git(&["merge", "-q", "a", "-m", "merged"]);
        let run = scan(&tree, &[]);
        assert_eq!((run.code, ids(&run).len(), accepted(&run).len()), (Some(0), 0, 3), "{}", run.text());
        // What was made by hand stays.
        let text = std::fs::read_to_string(tree.path().join(".leaktight/.gitattributes")).expect("it");
        assert_eq!(text.matches("baseline.toml merge=union").count(), 1, "{text}");
    }
}

#[test]
fn a_report_of_another_schema_version_is_refused() {
    let tree = work_tree(&[("a.py", format!("key = \"{}\"\n", token(60)))]);
    assert_eq!(tree.leaktight(&["scan", ".", "-q", "-o", ".git/r.json", "-o", ".git/r.jsonl"]).code, Some(1));
    let id = ids(&scan(&tree, &[])).pop().expect("a finding");
    for name in ["r.json", "r.jsonl"] {
        let text = std::fs::read_to_string(tree.path().join(".git").join(name)).expect("a report");
        tree.file(".git/next.json", text.replace("leaktight/1", "leaktight/2"));
        for args in [
            &["allow", &id, "--reason", "x", "--from", ".git/next.json"][..],
            &["explain", &id, "--from", ".git/next.json"],
            &["baseline", ".git/next.json"],
            &["scan", ".", "--baseline", ".git/next.json"],
        ] {
            let run = tree.leaktight(args);
            let jsonl = name == "r.jsonl" && args.iter().any(|a| a.contains("baseline"));
            let says = if jsonl { "not a JSON report" } else { "schema version 2" };
            assert!(run.code == Some(2) && run.stderr.contains(says), "{name} {args:?}: {}", run.stderr);
        }
        if name == "r.json" {
            for args in [&["explain", &id, "--from", ".git/r.json"][..], &["scan", ".", "--baseline", ".git/r.json"]] {
                assert_eq!(tree.leaktight(args).code, Some(0), "{args:?}");
            }
        }
    }
    assert!(!tree.path().join(".leaktight").exists(), "nothing was written");
}

#[test]
fn a_baseline_is_never_written_that_cannot_be_read() {
    let tree = work_tree(&[("a.py", String::new())]);
    for (path, rule) in [("../../x", "x"), ("/etc/x", "x"), ("a/../x", "x"), ("a", "no rule"), ("a", "")] {
        let finding = json!({"id": format!("lt1:r{}", "0".repeat(32)), "rule": rule, "family": "credential",
            "location": {"kind": "file", "path": path}, "also": [], "also_total": 0});
        tree.file("r.json", json!({"schema": "leaktight/1", "findings": [finding]}).to_string());
        let run = tree.leaktight(&["baseline", "r.json"]);
        assert_eq!(run.code, Some(2), "{path} {rule}: {}", run.stderr);
        assert!(!tree.path().join(".leaktight").exists());
    }
}
