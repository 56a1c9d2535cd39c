//! The id of a finding is the same wherever it is found: what is accepted in one place is accepted in all.

use crate::change::Ask;
use crate::change::repo::{Repo, line};
use crate::harness::made;
use std::collections::BTreeSet;

/// Ids of all secrets in a report.
fn ids(r: &Repo, folder: &'static str, args: &[&str]) -> BTreeSet<String> {
    let said = r.ask(&Ask::new(args).within(folder));
    let all = said.json["findings"].as_array().cloned().unwrap_or_default();
    all.iter().filter(|f| f["family"] != "policy").map(|f| f["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn one_id_in_hook_request_scan_history_and_shallow_clone() {
    let r = Repo::new(&[]);
    // With a salt passwords keep their ids, too.
    r.put(".leaktight/salt", "5".repeat(64));
    let first = r.commit("salt");
    r.stage("x.env", line(1));
    r.stage("conf/db.yml", made("url: postgres://app:{{base62(14)}}@db.acme-corp.io/prod\n", 3));
    let staged = ids(&r, "r", &["staged"]);
    assert_eq!(staged.len(), 2, "{staged:?}");
    r.commit("leak");
    assert_eq!(ids(&r, "r", &["range", &format!("{first}..HEAD")]), staged);
    assert_eq!(ids(&r, "r", &["range", "--base", &first, "--head", "main"]), staged);
    assert_eq!(ids(&r, "r", &["scan"]), staged);
    let url = format!("file://{}", r.path("r").to_str().unwrap());
    r.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    assert_eq!(ids(&r, "shallow", &["scan"]), staged);
    // History has no salt of its own (the repository is not trusted), so only what nobody can guess has the same id.
    let history = ids(&r, "r", &["history"]);
    assert!(history.iter().any(|id| staged.contains(id)), "{history:?}");
}

#[test]
fn a_path_of_the_machine_decides_nothing() {
    let r = Repo::new(&[]);
    r.commit_file("a.txt", "a\n");
    r.git(&["clone", "-q", ".", "../tests"]);
    std::fs::create_dir_all(r.path("vendor/fixtures")).unwrap();
    r.git(&["clone", "-q", ".", "../vendor/fixtures/example"]);
    let mut all = BTreeSet::new();
    for folder in ["tests", "vendor/fixtures/example"] {
        std::fs::write(r.path(folder).join("x.env"), line(1)).unwrap();
        r.git_in(folder, &["add", "x.env"]);
        let said = r.ask(&Ask::staged().within(folder));
        let finding = &said.json["findings"][0];
        all.insert(format!("{} {} {}", said.code, finding["confidence"], finding["location"]["path"]));
    }
    assert_eq!(all, BTreeSet::from(["1 \"proven\" \"x.env\"".to_owned()]));
}
