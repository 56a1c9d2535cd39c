//! Policy, with the real program: what is accepted, by whom, until when, and what is not.

mod allow;
mod baseline;
mod comment;
mod gate;
mod prune;
mod report;
mod salt;
mod size;

use crate::harness::{Run, Tree};

/// "Now" of these tests: 2026-11-21.
const NOW: &str = "1795219200";

/// A work tree with these files.
fn work_tree(files: &[(&str, String)]) -> Tree {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    for (path, content) in files {
        tree.file(path, content);
    }
    tree
}

/// `leaktight scan .` as of [`NOW`].
fn scan(tree: &Tree, args: &[&str]) -> Run {
    tree.scan(&[&[".", "--now", NOW], args].concat())
}

/// Ids of the findings, in their order.
fn ids(run: &Run) -> Vec<String> {
    let json = run.json();
    let all = json["findings"].as_array().expect("findings").iter();
    all.filter(|f| f["family"] != "policy").map(|f| f["id"].as_str().expect("an id").to_owned()).collect()
}

/// `rule: detail` of the notices about entries; `report` is about the one that says whose policy it is.
fn notices(run: &Run) -> Vec<String> {
    let json = run.json();
    let about_entries = |f: &&serde_json::Value| f["family"] == "policy" && f["rule"] != "policy-from-scanned";
    let all = json["findings"].as_array().expect("findings").iter().filter(about_entries);
    all.map(|f| {
        assert_eq!((&f["severity"], &f["gates"]), (&"info".into(), &false.into()));
        let reason = f["evidence"][0]["reason"].as_str().expect("a reason");
        format!("{}: {}", f["rule"].as_str().expect("a rule"), reason.trim_start_matches("policy says: "))
    })
    .collect()
}

/// `by path reason` of what was accepted.
fn accepted(run: &Run) -> Vec<String> {
    let json = run.json();
    let all = json["suppressed"].as_array().expect("suppressed").iter();
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    all.map(|f| format!("{} {} {}", text(&f["by"]), text(&f["location"]["path"]), text(&f["reason"]))).collect()
}

/// An entry as one writes it by hand.
fn entry(id: &str, path: &str, rest: &str) -> String {
    format!("[[allow]]\nid = {id:?}\nrule = \"github-pat\"\npath = {path:?}\n{rest}\n")
}
