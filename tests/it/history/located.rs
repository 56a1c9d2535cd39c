//! Exceptions with location-based ids: what was read from a report is accepted as what was just scanned.

use crate::harness::{Tree, made};
use crate::history::many::history;
use crate::history::{commit, init};
use leaktight::finding::secret::{Id, Secret};
use leaktight::rule::Family;
use std::fs;

/// Two repositories without a salt, and a list of them: one password at `a.py` and `b.py` of the first.
fn two_places() -> (Tree, impl Fn(&str) -> String) {
    let (tree, value) = (Tree::new(), made("{{base62(14)}}", 7));
    for folder in ["git/app0", "git/app1"] {
        init(&tree, folder);
    }
    for path in ["a.py", "b.py"] {
        tree.file(format!("git/app0/{path}"), format!("# {path}\ndb_password = \"{value}\"\n"));
    }
    tree.file("git/app1/readme", "nothing\n");
    commit(&tree, "git/app0", 1, "first");
    commit(&tree, "git/app1", 1, "first");
    tree.file("list", "git/app0\ngit/app1\n");
    let entry = move |path: &str| {
        let id = Id::guessable(Family::Credential, &Secret::normalise(value.as_bytes()), None, path.as_bytes());
        let id = id.as_str();
        format!("[[allow]]\nid = {id:?}\nrule = \"generic-password\"\npath = {path:?}\nreason = \"revoked\"\n")
    };
    (tree, entry)
}

#[test]
fn merge_and_resume_accept_each_place_as_one_run_does() {
    let (tree, entry) = two_places();
    for (k, part) in [("1/2", "one.json"), ("2/2", "two.json")] {
        assert!(matches!(history(&tree, &["--shard", k, "-o", part]).code, Some(0 | 1)));
    }
    let read = |name: &str| fs::read_to_string(tree.path().join(name)).unwrap();
    assert!(read("one.json").contains("lt1:w"), "the id depends on the location");
    for (accepted, code, open) in [
        (&["a.py", "b.py"][..], 0, ""),
        (&["a.py"], 1, "b.py"),
        (&["b.py"], 1, "a.py"),
        // The id of another file at a path says nothing about this one.
        (&["c.py"], 1, "a.py"),
    ] {
        let entries: String = accepted.iter().map(|path| entry(path)).collect();
        tree.file(".leaktight/allow.toml", entries);
        let _ = fs::remove_dir_all(tree.path().join("work"));
        let whole = history(&tree, &["--work", "work", "-o", "whole.json"]);
        assert_eq!(whole.code, Some(code), "{accepted:?}: {}", whole.stderr);
        let json: serde_json::Value = serde_json::from_str(&read("whole.json")).unwrap();
        assert_eq!(json["findings"][0]["location"]["path"].as_str().unwrap_or_default(), open, "{accepted:?}");
        assert_eq!(json["suppressed"].as_array().map(Vec::len), Some(usize::from(code == 0)), "{accepted:?}");

        let resumed = tree.leaktight(&[
            "history",
            "--repos-from",
            "list",
            "--now",
            "1800000000",
            "--work",
            "work",
            "--resume",
            "-o",
            "again.json",
        ]);
        assert!(resumed.stderr.contains("2 of 2 repositories were scanned before"), "{}", resumed.stderr);
        assert_eq!(resumed.code, Some(code), "{accepted:?}");
        assert_eq!(read("again.json"), read("whole.json"), "{accepted:?}, resumed");
        let merged = tree.leaktight(&["-q", "merge", "one.json", "two.json", "-o", "merged.json"]);
        assert_eq!(merged.code, Some(code), "{accepted:?}: {}", merged.stderr);
        assert_eq!(read("merged.json"), read("whole.json"), "{accepted:?}, merged");
    }
}

#[test]
fn an_exception_covers_no_place_of_a_report_whose_value_it_does_not_know() {
    let (tree, entry) = two_places();
    // With a salt a report says nothing about the value: whether an older exception is about it cannot be known.
    tree.file("git/app0/.leaktight/salt", format!("{}\n", "0123456789abcdef".repeat(4)));
    commit(&tree, "git/app0", 2, "a salt");
    tree.file(".leaktight/allow.toml", entry("a.py") + &entry("b.py"));
    assert_eq!(history(&tree, &["-o", "whole.json"]).code, Some(0), "the value is at hand");
    for (k, part) in [("1/2", "one.json"), ("2/2", "two.json")] {
        assert!(matches!(history(&tree, &["--shard", k, "-o", part]).code, Some(0 | 1)));
    }
    let merged = tree.leaktight(&["-q", "merge", "one.json", "two.json"]);
    assert_eq!(merged.code, Some(1), "a place that is not known to be covered stays open: {}", merged.stderr);
}
