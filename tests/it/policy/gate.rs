//! In a gate the policy of the base holds, and what the change asks for is said.

use super::*;
use crate::harness::token;

/// A repository with one commit of these files, ready for a change.
fn based(files: &[(&str, String)]) -> Tree {
    let tree = work_tree(files);
    tree.file("README", "text\n");
    tree.git(&["add", "."]);
    tree.git(&["commit", "-qm", "base"]);
    tree
}

fn staged(tree: &Tree, args: &[&str]) -> Run {
    tree.git(&["add", "."]);
    tree.leaktight(&[&["staged", "--format", "json", "--now", NOW], args].concat())
}

#[test]
fn a_change_cannot_silence_its_own_findings() {
    let tree = based(&[]);
    tree.file("a.py", format!("key = \"{}\"\n", token(100)));
    let id = ids(&staged(&tree, &[])).remove(0);
    assert_eq!(tree.leaktight(&["allow", &id, "--reason", "please"]).code, Some(0));
    let run = staged(&tree, &[]);
    assert_eq!((run.code, ids(&run).len()), (Some(1), 1));
    let said = notices(&run);
    assert!(said.len() == 1 && said[0].starts_with("policy-change: this request would silence 1 finding"), "{said:?}");
    assert!(said[0].contains("adds 1 exception"), "{said:?}");
    // Settings, too: each way to say "do not gate".
    for (toml, says) in [
        ("[gate]\nfail-on = \"never\"\n", "gate.fail-on \"medium\" -> \"never\""),
        ("[gate.family.credential]\nfail-on = \"never\"\n", "sets gate.family.credential.fail-on to \"never\""),
        ("[rules]\nskip = [\"github-pat\"]\n", "rules.skip [] -> [\"github-pat\"]"),
        ("[rules]\nonly = [\"transport\"]\n", "rules.only"),
    ] {
        std::fs::remove_dir_all(tree.path().join(".leaktight")).ok();
        tree.file("leaktight.toml", toml);
        let run = staged(&tree, &[]);
        assert_eq!(run.code, Some(1), "{toml}");
        let said = notices(&run);
        assert!(
            said.iter().any(|n| n.contains("this request would silence 1 finding") && n.contains(says)),
            "{said:?}"
        );
    }
    // A broken file at the head is said, and stops nothing.
    tree.file("leaktight.toml", "[gate]\nfail-on = \"nevr\"\n");
    let run = staged(&tree, &[]);
    assert_eq!(run.code, Some(1));
    assert!(notices(&run)[0].contains("is broken at the head"), "{:?}", notices(&run));
}

#[test]
fn the_policy_of_the_base_holds() {
    let tree = based(&[]);
    tree.file("a.py", format!("key = \"{}\"\n", token(101)));
    let id = ids(&staged(&tree, &[])).remove(0);
    tree.git(&["reset", "-q"]);
    assert_eq!(tree.leaktight(&["allow", &id, "--reason", "a sample"]).code, Some(0));
    tree.git(&["add", ".leaktight"]);
    let run = tree.leaktight(&["staged", "--format", "json"]);
    assert_eq!(run.code, Some(0), "a change of the policy alone gates nothing: {}", run.text());
    assert_eq!(notices(&run).len(), 1);
    tree.git(&["commit", "-qm", "accepted"]);
    let run = staged(&tree, &[]);
    assert_eq!((run.code, accepted(&run).len(), notices(&run).len()), (Some(0), 1, 0), "{}", run.text());
    // Removing it in the change does not take it back before the merge.
    std::fs::remove_dir_all(tree.path().join(".leaktight")).expect("removed");
    let run = staged(&tree, &[]);
    assert_eq!(run.code, Some(0));
    assert!(notices(&run)[0].contains("removes 1 exception"), "{:?}", notices(&run));
    // What does not concern the change is not said to be unused.
    tree.git(&["reset", "-q", "--hard"]);
    tree.file("b.py", "nothing\n");
    let run = staged(&tree, &[]);
    assert_eq!((run.code, notices(&run).len()), (Some(0), 0), "{:?}", notices(&run));
}

#[test]
fn a_comment_in_a_change_is_a_request() {
    let tree = based(&[]);
    tree.file("a.py", format!("key = \"{}\" # leaktight: allow(github-pat) sample\n", token(102)));
    tree.file("b.py", format!("key = \"{}\" # gitleaks:allow\n", token(103)));
    let run = staged(&tree, &[]);
    assert_eq!((run.code, ids(&run).len(), accepted(&run).len()), (Some(1), 2, 0));
    let said = notices(&run);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].starts_with("policy-request: asks to accept lt1:r")
            && said[0].ends_with("in the way of leaktight, because: sample"),
        "{said:?}"
    );
    tree.git(&["reset", "-q"]);
    tree.file("leaktight.toml", "[policy]\ncomments = true\n");
    tree.git(&["add", "leaktight.toml"]);
    tree.git(&["commit", "-qm", "comments count"]);
    let run = staged(&tree, &[]);
    assert_eq!((ids(&run).len(), accepted(&run).len()), (1, 1), "ours counts, a dialect that is not listed does not");
}

#[test]
fn a_policy_from_outside_is_the_only_one() {
    let tree = based(&[("leaktight.toml", "[gate]\nfail-on = \"never\"\n".into())]);
    tree.file("a.py", format!("key = \"{}\"\n", token(104)));
    assert_eq!(staged(&tree, &[]).code, Some(0), "the base says so");
    let outside = Tree::new();
    let policy = outside.file("company.toml", "[gate]\nconfidence = \"proven\"\n");
    let policy = policy.to_str().expect("a path");
    let run = staged(&tree, &["--policy", policy]);
    assert_eq!(run.code, Some(1));
    let id = ids(&run).remove(0);
    outside.file(".leaktight/allow.toml", entry(&id, "a.py", "reason = \"the company knows\""));
    let run = staged(&tree, &["--policy", policy]);
    assert_eq!((run.code, accepted(&run)), (Some(0), vec!["allow a.py the company knows".to_owned()]));
}
