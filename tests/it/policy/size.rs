//! Policy of any size is compared in time that follows its length.

use super::*;
use crate::harness::token;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Entries on either side.
const MANY: usize = 40_000;
/// What takes longer hangs: comparing all with all takes many minutes in this build.
const HANGS: Duration = Duration::from_secs(300);

/// An id that no finding has.
fn id(n: usize) -> String {
    format!("lt1:r{n:032x}")
}

fn baseline(ids: impl Iterator<Item = usize>, path: &str) -> String {
    let mut text = String::from("known = [\n");
    for n in ids {
        let _ = writeln!(text, "  {{ id = {:?}, rule = \"github-pat\", path = \"{path}{n}\" }},", id(n));
    }
    text + "]\n"
}

fn allows(ids: impl Iterator<Item = usize>, reason: &str) -> String {
    let mut text = String::new();
    for n in ids {
        let _ = writeln!(
            text,
            "[[allow]]\nid = {:?}\nrule = \"github-pat\"\npath = \"d/{n}\"\nreason = \"{reason}\"\n",
            id(n)
        );
    }
    text
}

/// Runs it; a hang is ended.
fn bounded(tree: &Tree, args: &[&str]) -> Run {
    let mut command = crate::harness::command(tree.path());
    let out = tempfile::tempfile().expect("a file");
    let error = tempfile::tempfile().expect("a file");
    command.args(args).stdout(out.try_clone().expect("it")).stderr(error.try_clone().expect("it"));
    let started = Instant::now();
    let mut child = command.spawn().expect("it starts");
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        if started.elapsed() > HANGS {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{args:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let read = |mut file: std::fs::File| {
        use std::io::{Read as _, Seek as _};
        let mut bytes = Vec::new();
        file.rewind().and_then(|()| file.read_to_end(&mut bytes)).expect("read");
        bytes
    };
    Run { code: status.code(), stdout: read(out), stderr: String::from_utf8_lossy(&read(error)).into_owned() }
}

/// The notice about the file, of a change from one text to the other that also adds a token.
fn change(file: &str, base: &str, head: &str) -> (Run, String) {
    let tree = work_tree(&[(file, base.to_owned())]);
    let commit = || {
        tree.git(&["add", "-A"]);
        tree.git(&["commit", "-q", "-m", "step"]);
    };
    commit();
    tree.file(file, head);
    tree.file("x.env", format!("TOKEN={}\n", token(1)));
    commit();
    let run = bounded(&tree, &["range", "HEAD~1..HEAD", "--format", "json"]);
    let said = notices(&run).into_iter().find(|n| n.contains(file)).unwrap_or_default();
    (run, said)
}

#[test]
fn a_rewritten_baseline_never_stalls_the_check() {
    let file = ".leaktight/baseline.toml";
    let (base, other) = (baseline(0..MANY, "a/"), baseline(MANY..2 * MANY, "a/"));
    let doubled = baseline((0..MANY).chain(0..MANY / 2), "a/");
    for (base, head, says) in [
        (&base, &other, "adds 40000 lines of the baseline, removes 40000 lines of the baseline"),
        (&base, &baseline(0..MANY, "b/"), "adds 40000 lines of the baseline, removes 40000 lines of the baseline"),
        (&String::from("known = []\n"), &base, "adds 40000 lines of the baseline"),
        (&base, &String::from("known = []\n"), "removes 40000 lines of the baseline"),
        (&base, &doubled, "changes no exception"),
    ] {
        let (run, said) = change(file, base, head);
        assert!(run.code == Some(1) && said.contains(says), "{said} {}", run.stderr);
    }
}

#[test]
fn rewritten_exceptions_never_stall_the_check() {
    let file = ".leaktight/allow.toml";
    let base = allows(0..MANY, "a");
    let expiring = base.replace("reason = \"a\"", "reason = \"a\"\nexpires = \"2099-01-01\"");
    for (head, says) in [
        (allows(0..MANY, "b"), "changes 40000 exceptions"),
        (expiring, "changes 40000 exceptions"),
        (allows(MANY / 2..MANY + MANY / 2, "a"), "adds 20000 exceptions, removes 20000 exceptions"),
    ] {
        let (run, said) = change(file, &base, &head);
        assert!(run.code == Some(1) && said.contains(says), "{said} {}", run.stderr);
    }
}

#[test]
fn globs_for_one_finding_never_stall_the_check() {
    // The author knows the id of the token and has it in many places, and as many globs.
    let places = 1000;
    let tree = work_tree(&[("a.txt", "a\n".into())]);
    let commit = || {
        tree.git(&["add", "-A"]);
        tree.git(&["commit", "-q", "-m", "step"]);
    };
    commit();
    for n in 0..places {
        tree.file(format!("d{n}/x.env"), format!("TOKEN={}\n", token(1)));
    }
    let id = ids(&scan(&tree, &[])).pop().expect("a finding");
    let glob = |n: usize| format!("d{{{n},*[0-9]*}}/**/x*[a-z]");
    let text: String = (0..MANY)
        .map(|n| format!("[[allow]]\nid = {id:?}\nrule = \"github-pat\"\npath = {:?}\nreason = \"x\"\n", glob(n)))
        .collect();
    tree.file(".leaktight/allow.toml", text);
    for n in 0..500 {
        tree.file(format!(".leaktight/allow/f{n}.toml"), entry(&id, "d*/*", "reason = \"x\""));
    }
    commit();
    let run = bounded(&tree, &["range", "HEAD~1..HEAD", "--format", "json"]);
    let all = notices(&run).join("\n");
    assert!(run.code == Some(1) && all.contains("would silence 1 finding") && all.contains("at most"), "{all:.2000}");
}

#[test]
fn gaps_and_comments_never_stall_the_check() {
    let gaps = |word: &str| -> String {
        let rows: Vec<String> =
            (0..MANY / 2).map(|n| format!("{{kind=\"limit\",path=\"{word}{n}\",reason=\"x\"}}")).collect();
        format!("gap=[{}]\n", rows.join(","))
    };
    let (run, said) = change("leaktight.toml", &gaps("a"), &gaps("b"));
    assert!(run.code == Some(1) && said.contains("more"), "{said:.300} {}", run.stderr);
    let lines: String = (0..2000).map(|n| format!("TOKEN={} # leaktight: ignore\n", token(n))).collect();
    let tree = work_tree(&[("a.txt", "a\n".into())]);
    tree.file("x.env", lines);
    tree.git(&["add", "-A"]);
    let run = bounded(&tree, &["staged", "--format", "json"]);
    assert_eq!((run.code, notices(&run).len()), (Some(1), 2000));
}

#[test]
fn a_long_list_of_another_tool_is_imported() {
    let lines: Vec<String> = (0..2000).map(|n| format!("key = \"{}\"\n", token(n))).collect();
    let tree = work_tree(&[("a.py", lines.concat())]);
    let known: Vec<serde_json::Value> = (0..MANY as u64)
        .map(|n| serde_json::json!({"Secret": token(n % 4000), "File": format!("f{n}.py"), "StartLine": 1}))
        .collect();
    tree.file(".git/report.json", serde_json::Value::from(known).to_string());
    let run = bounded(&tree, &["baseline", "--from", "gitleaks", ".git/report.json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("20000 of 40000 entries carried over") && run.stderr.contains("2000 findings"));
    assert_eq!(scan(&tree, &[]).code, Some(0));
    let ignore: String = (0..MANY).map(|n| format!("a.py:github-pat:{}\n", n % 4000 + 1)).collect();
    tree.file(".gitleaksignore", ignore);
    let run = bounded(&tree, &["baseline", "--from", "gitleaks", ".gitleaksignore"]);
    assert!(run.code == Some(0) && run.stderr.contains("20000 of 40000"), "{}", run.stderr);
}

#[test]
fn a_large_report_becomes_a_baseline_and_is_applied() {
    let finding = |n: usize| {
        serde_json::json!({"id": id(n), "rule": "github-pat", "family": "credential", "also": [], "also_total": 0,
            "location": {"kind": "file", "path": format!("d/{n}")}})
    };
    let all: Vec<serde_json::Value> = (0..MANY).map(finding).collect();
    let tree = work_tree(&[("a.py", format!("key = \"{}\"\n", token(1)))]);
    tree.file(".git/r.json", serde_json::json!({"schema": "leaktight/1", "findings": all}).to_string());
    let run = bounded(&tree, &["baseline", ".git/r.json"]);
    assert!(run.code == Some(0) && run.stderr.contains("40000 findings at 40000 places"), "{}", run.stderr);
    assert_eq!(bounded(&tree, &["scan", ".", "--format", "json"]).code, Some(1));
}
