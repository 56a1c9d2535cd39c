//! Entries that have done their work: listed, and removed.

use super::*;
use crate::harness::token;

#[test]
fn states_are_listed_and_what_is_over_is_removed() {
    let tree = work_tree(&[
        ("a.py", format!("key = \"{}\"\n", token(50))),
        ("b.py", format!("key = \"{}\"\n", token(51))),
        ("c.py", format!("key = \"{}\"\n", token(52))),
    ]);
    let ids = ids(&scan(&tree, &[]));
    let gone = format!("lt1:r{}", "0".repeat(32));
    // By hand: a comment belongs to the entry below it.
    let by_hand = format!(
        "# ours\n\n{}\n# about the second\n{}# the end\n",
        entry(&gone, "gone.py", "reason = \"left over\""),
        entry(&ids[0], "a.py", "reason = \"stays\""),
    );
    tree.file(".leaktight/allow.toml", by_hand);
    assert_eq!(
        tree.leaktight(&["allow", &ids[1], "--reason", "ends", "--expires", "2026-11-25", "--now", NOW]).code,
        Some(0)
    );
    assert_eq!(
        tree.leaktight(&["allow", &ids[2], "--reason", "lasts", "--expires", "2027-11-25", "--now", NOW]).code,
        Some(0)
    );
    let listed = tree.leaktight(&["allow", "--list", "--now", NOW]);
    assert_eq!(listed.code, Some(0));
    let text = listed.text();
    for line in [
        format!("unused: github-pat gone.py {gone}"),
        format!("valid: github-pat a.py {}", ids[0]),
        format!("valid, expires soon: after 2026-11-25: github-pat b.py {}", ids[1]),
        format!("valid until 2027-11-25: github-pat c.py {}", ids[2]),
    ] {
        assert!(text.contains(&line), "{line}\n{text}");
    }
    let pruned = tree.leaktight(&["allow", "--prune", "--now", "2026-11-26"]);
    assert_eq!(pruned.code, Some(0), "{}", pruned.stderr);
    assert!(pruned.stderr.contains("removed (unused): github-pat gone.py"), "{}", pruned.stderr);
    assert!(pruned.stderr.contains("removed (expired): github-pat b.py"), "{}", pruned.stderr);
    assert!(pruned.stderr.contains("2 entries removed, 2 kept"), "{}", pruned.stderr);
    let left = std::fs::read_to_string(tree.path().join(".leaktight/allow.toml")).expect("it stays");
    let expected = format!("# ours\n\n# about the second\n{}# the end\n", entry(&ids[0], "a.py", "reason = \"stays\""));
    assert_eq!(left, expected);
    assert_eq!(std::fs::read_dir(tree.path().join(".leaktight/allow")).expect("a folder").count(), 1);
    let run = scan(&tree, &[]);
    assert_eq!((run.findings().len(), accepted(&run).len()), (1, 2));
}

#[test]
fn an_unknown_form_stays_as_it_is() {
    let tree = work_tree(&[("a.py", "nothing\n".into())]);
    let gone = format!("lt1:r{}", "0".repeat(32));
    let other = format!("lt1:r{}", "1".repeat(32));
    let one = |id: &str, day: &str| {
        format!("{{ id = {id:?}, rule = \"github-pat\", path = \"a.py\", reason = \"x\", expires = {day:?} }}")
    };
    let text = format!("allow = [{}, {}]\n", one(&gone, "2026-01-01"), one(&other, "2999-01-01"));
    tree.file(".leaktight/allow.toml", &text);
    // Two on one line: nothing that can be taken out.
    let run = tree.leaktight(&["allow", "--prune", "--now", NOW]);
    let left = std::fs::read_to_string(tree.path().join(".leaktight/allow.toml")).expect("it stays");
    assert!(run.code == Some(2) || left.is_empty(), "{:?} {}", run.code, run.stderr);
    tree.file(".leaktight/allow.toml", "allow = [\n");
    assert_eq!(tree.leaktight(&["allow", "--prune"]).code, Some(2));
}
