//! Comments beside a secret: whom they bind, and whom not.

use super::*;
use crate::harness::token;

#[test]
fn a_scan_obeys_ours_for_its_rule_and_with_a_reason() {
    let obeyed = [
        "key = \"@\"  # leaktight: allow(github-pat) sample of the docs\n",
        "// leaktight: allow(gitlab-pat, github-pat) sample of the docs\nlet key = \"@\";\n",
        "key: \"@\" /* leaktight: allow(github-pat) sample of the docs */\n",
    ];
    for (seed, text) in obeyed.into_iter().enumerate() {
        let tree = work_tree(&[("a.txt", text.replace('@', &token(seed as u64)))]);
        let run = scan(&tree, &[]);
        assert_eq!((run.code, notices(&run).len()), (Some(0), 0), "{text}");
        assert_eq!(accepted(&run), ["comment a.txt sample of the docs"], "{text}");
    }
    let not = [
        "key = \"@\"  # leaktight: allow(gitlab-pat) sample\n",
        "key = \"@\"  # leaktight: allow(github-pat)\n",
        "key = \"@\"  # leaktight: allow(*) sample\n",
        "key = \"@\"  # leaktight: allow(all) sample\n",
        "x = 1  # leaktight: allow(github-pat) for the other line\nkey = \"@\"\n",
        "# leaktight: allow(github-pat) @\n",
    ];
    for (seed, text) in not.into_iter().enumerate() {
        let tree = work_tree(&[("a.txt", text.replace('@', &token(seed as u64)))]);
        let run = scan(&tree, &[]);
        assert_eq!((run.code, ids(&run).len(), accepted(&run).len()), (Some(1), 1, 0), "{text}");
    }
}

#[test]
fn a_comment_in_what_is_scanned_from_outside_accepts_nothing() {
    let tree = work_tree(&[]);
    let theirs = format!("key = \"{}\" # leaktight: allow(github-pat) ours\n", token(40));
    tree.file("theirs/a.py", &theirs);
    tree.git(&["init", "-q", "theirs"]);
    let run = tree.scan(&["theirs"]);
    assert_eq!((run.code, ids(&run).len(), accepted(&run).len()), (Some(1), 1, 0), "{}", run.stderr);
    // The policy of the current folder may say that comments count.
    tree.file("leaktight.toml", "[policy]\ncomments = true\n");
    assert_eq!(tree.scan(&["theirs"]).code, Some(0));
}

#[test]
fn each_place_of_a_secret_needs_its_own_comment() {
    let key = format!("key = \"{}\"", token(20));
    let tree =
        work_tree(&[("a.py", format!("{key} # leaktight: allow(github-pat) sample\n")), ("b.py", format!("{key}\n"))]);
    assert_eq!(scan(&tree, &[]).code, Some(1));
    tree.file("b.py", format!("{key} # leaktight: allow(github-pat) sample, again\n"));
    assert_eq!(scan(&tree, &[]).code, Some(0));
    // A comment of a tool that is not listed is none.
    tree.file("b.py", format!("{key} # gitleaks:allow\n"));
    assert_eq!(scan(&tree, &[]).code, Some(1));
}

#[test]
fn other_dialects_only_where_the_policy_lists_them() {
    for (seed, (dialect, line)) in [
        ("gitleaks", "key = \"@\" # gitleaks:allow\n"),
        ("betterleaks", "key = \"@\" # betterleaks:allow\n"),
        ("detect-secrets", "key = \"@\" # pragma: allowlist secret\n"),
        ("detect-secrets", "# pragma: allowlist nextline secret\nkey = \"@\"\n"),
        ("trufflehog", "key = \"@\" # trufflehog:ignore\n"),
        ("gitguardian", "key = \"@\" # ggignore\n"),
        ("kingfisher", "key = \"@\" # kingfisher:ignore\n"),
        ("secretlint", "key = \"@\" // secretlint-disable-line\n"),
    ]
    .into_iter()
    .enumerate()
    {
        let tree = work_tree(&[("a.txt", line.replace('@', &token(seed as u64)))]);
        let run = scan(&tree, &[]);
        assert_eq!((run.code, notices(&run).len()), (Some(1), 0), "{dialect}");
        tree.file("leaktight.toml", format!("[policy]\ndialects = [{dialect:?}]\n"));
        let run = scan(&tree, &[]);
        assert_eq!((run.code, accepted(&run).len()), (Some(0), 1), "{dialect}");
        tree.file("leaktight.toml", format!("[policy]\ndialects = [{dialect:?}]\ncomments = false\n"));
        assert_eq!(scan(&tree, &[]).code, Some(1), "{dialect}");
    }
}

#[test]
fn a_comment_shows_no_secret_and_drives_nothing() {
    let (one, two) = (token(30), token(31));
    let text = format!("key = \"{one}\" # leaktight: allow(github-pat) as in {two} \u{1b}[2J\u{202e}\n");
    let tree = work_tree(&[("a.txt", text)]);
    for format in ["human", "json", "jsonl", "sarif"] {
        let out = tree.leaktight(&["scan", ".", "--format", format, "-v"]).text();
        assert!(!out.contains(&one[10..]) && !out.contains(&two[10..]), "{format}: {out}");
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{format}: {out}");
    }
}

#[test]
fn without_configuration_the_repository_has_no_say() {
    let tree = work_tree(&[
        ("a.py", format!("key = \"{}\" # leaktight: allow(github-pat) sample\n", token(32))),
        ("b.py", format!("key = \"{}\"\n", token(33))),
    ]);
    let id = ids(&scan(&tree, &[])).remove(0);
    let file = tree.file(".leaktight/allow.toml", entry(&id, "b.py", "reason = \"x\""));
    assert_eq!(scan(&tree, &[]).code, Some(0));
    let run = scan(&tree, &["--no-config"]);
    assert_eq!((run.code, ids(&run).len(), accepted(&run).len()), (Some(1), 2, 0));
    let run = scan(&tree, &["--no-config", "--allow", file.to_str().expect("a path")]);
    assert_eq!((ids(&run).len(), accepted(&run).len()), (1, 1), "what the user names counts");
}

#[test]
fn a_malformed_request_is_reported_and_not_obeyed() {
    for (seed, (comment, says)) in [
        ("leaktight:allow", "names no rule"),
        ("leaktight: allow sample of the docs", "names no rule"),
        ("leaktight: allow()  sample", "names no rule"),
        ("leaktight: ignore", "`ignore` is not a word of leaktight"),
        ("leaktight:disable sample", "`disable`"),
        ("leaktight: alow(github-pat) sample", "`alow`"),
        ("leaktight: allow(no-such-rule) sample", "there is no rule `no-such-rule`"),
        ("leaktight: allow(*) sample", "there is no rule `*`"),
        ("leaktight: allow(github-pat)", "gives no reason"),
        ("leaktight: allow(github-pat sample", "no `)`"),
        ("leaktight allow(github-pat) sample", "needs a colon"),
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!("key = \"{}\"  # {comment}\n", token(seed as u64));
        let tree = work_tree(&[("a.txt", text)]);
        tree.git(&["add", "-A"]);
        for run in [scan(&tree, &[]), tree.leaktight(&["staged", "--format", "json"])] {
            let all = notices(&run);
            assert!(
                run.code == Some(1) && all.len() == 1 && all[0].contains("malformed request") && all[0].contains(says),
                "{comment}: {all:?} {}",
                run.stderr
            );
        }
    }
    for (seed, comment) in
        ["leaktight: allow(gitlab-pat) the other one", "leaktight: fast", "see leaktight", "unleaktight: ignore"]
            .into_iter()
            .enumerate()
    {
        let tree = work_tree(&[("a.txt", format!("key = \"{}\"  # {comment}\n", token(seed as u64)))]);
        assert_eq!(notices(&scan(&tree, &[])), Vec::<String>::new(), "{comment}");
    }
    // The line before counts as well, and so does each place of a secret.
    let key = format!("key = \"{}\"\n", token(50));
    let tree = work_tree(&[("a.txt", format!("# leaktight: ignore\n{key}")), ("b.txt", key)]);
    assert_eq!(notices(&scan(&tree, &[])).len(), 1);
}
