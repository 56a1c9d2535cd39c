//! A salt that arrives later voids no exception, and one that a change brings decides nothing.

use super::*;
use crate::harness::made;

/// A password as people make them up: its id depends on the salt.
fn password(seed: u64) -> String {
    format!("db_password = \"{}\"\n", made("{{base62(14)}}", seed))
}

/// The first finding of this rule of finding in a report of `path`.
fn id_at(tree: &Tree, path: &str) -> String {
    let run = scan(tree, &["--no-config"]);
    let json = run.json();
    let all = json["findings"].as_array().expect("findings").iter();
    let at = |f: &&serde_json::Value| f["location"]["path"] == path;
    all.clone().find(at).unwrap_or_else(|| panic!("{path}: {}", run.text()))["id"].as_str().expect("an id").to_owned()
}

fn ok(run: &Run) {
    assert_eq!(run.code, Some(0), "{}\n{}", run.text(), run.stderr);
}

fn commit(tree: &Tree) {
    tree.git(&["add", "-A"]);
    tree.git(&["commit", "-q", "--allow-empty", "-m", "step"]);
}

/// A work tree with two passwords: one is going to be allowed, the other is in the report `.git/known.json`.
fn two_passwords() -> (Tree, String) {
    let tree = work_tree(&[("a/x.py", password(1)), ("b/y.py", password(2))]);
    commit(&tree);
    let id = id_at(&tree, "a/x.py");
    assert!(id.starts_with("lt1:w"), "{id}");
    assert_eq!(tree.leaktight(&["scan", "b", "-q", "-o", ".git/known.json"]).code, Some(1));
    (tree, id)
}

fn step(tree: &Tree, id: &str, name: &str) {
    let run = match name {
        "init" => tree.leaktight(&["init"]),
        "allow" => tree.leaktight(&["allow", id, "--reason", "revoked"]),
        _ => tree.leaktight(&["baseline", ".git/known.json"]),
    };
    // After the other two there is a salt, and `init` still has its configuration to write.
    ok(&run);
}

#[test]
fn baseline_allow_and_init_in_any_order_accept_the_same() {
    for order in [
        ["baseline", "allow", "init"],
        ["baseline", "init", "allow"],
        ["allow", "baseline", "init"],
        ["allow", "init", "baseline"],
        ["init", "allow", "baseline"],
        ["init", "baseline", "allow"],
    ] {
        let (tree, id) = two_passwords();
        for name in order {
            step(&tree, &id, name);
        }
        let both = |run: &Run| {
            ok(run);
            let mut all = accepted(run);
            all.sort();
            assert!(
                all.len() == 2 && all[0].starts_with("allow a/x.py") && all[1].starts_with("baseline b/y.py"),
                "{all:?}"
            );
        };
        both(&scan(&tree, &[]));
        // The work tree's exceptions have salted ids that HEAD does not know yet.
        ok(&tree.leaktight(&["history", ".", "--now", NOW]));
        for file in [".leaktight/baseline.toml", ".leaktight/allow"] {
            let path = tree.path().join(file);
            let files = if path.is_dir() {
                std::fs::read_dir(&path).expect("it").map(|e| e.expect("it").path()).collect()
            } else {
                vec![path]
            };
            assert_eq!(files.len(), 1, "{order:?}");
            let text = std::fs::read_to_string(&files[0]).expect("a file");
            assert!(text.contains("lt1:g") && !text.contains("lt1:w"), "{order:?}: {text}");
        }
        commit(&tree);
        both(&tree.leaktight(&["history", ".", "--now", NOW, "--format", "json"]));
        // Away and back: what the base accepts passes as a new finding.
        tree.git(&["rm", "-q", "-r", "a", "b"]);
        commit(&tree);
        tree.file("a/x.py", password(1));
        tree.file("b/y.py", password(2));
        tree.git(&["add", "-A"]);
        both(&tree.leaktight(&["staged", "--format", "json"]));
        commit(&tree);
        both(&tree.leaktight(&["range", "HEAD~1..HEAD", "--format", "json"]));
        // Another place of either is not covered.
        tree.file("c/z.py", password(1) + &password(2));
        assert_eq!(scan(&tree, &[]).code, Some(1), "{order:?}");
    }
}

#[test]
fn an_exception_without_salted_id_holds_for_its_own_place_only() {
    let (tree, id) = two_passwords();
    let entry = format!("[[allow]]\nid = {id:?}\nrule = \"generic-password\"\npath = \"*/*.py\"\nreason = \"old\"\n");
    tree.file(".leaktight/allow.toml", entry);
    let before = scan(&tree, &[]);
    assert_eq!(accepted(&before), ["allow a/x.py old"]);
    // A salt from elsewhere: the exception was not rewritten.
    tree.file(".leaktight/salt", format!("{}\n", "0123456789abcdef".repeat(4)));
    assert_eq!(accepted(&scan(&tree, &[])), ["allow a/x.py old"]);
    tree.file("a/z.py", password(1));
    let run = scan(&tree, &[]);
    assert_eq!(accepted(&run).len(), 0, "a place that it does not cover stays open");
    assert!(run.findings().iter().any(|f| f.contains("a/z.py")), "{:?}", run.findings());
    std::fs::remove_file(tree.path().join("a/z.py")).expect("removed");
    // Another value in its place.
    tree.file("a/x.py", password(3));
    assert_eq!(accepted(&scan(&tree, &[])).len(), 0);
    // `init` has nothing to rewrite it from, and says so.
    let run = tree.leaktight(&["init"]);
    assert!(run.code == Some(0) && run.stderr.contains("1 exception keeps a location-based id"), "{}", run.stderr);
    tree.file("a/x.py", password(1));
    let run = tree.leaktight(&["init"]);
    assert!(run.code == Some(0) && run.stderr.contains("1 exception rewritten"), "{}", run.stderr);
    assert_eq!(accepted(&scan(&tree, &[])), ["allow a/x.py old"]);
    assert_eq!(tree.leaktight(&["init"]).code, Some(2), "there is nothing left to do");
}

#[test]
fn a_change_of_the_salt_decides_nothing() {
    let salt = |digit: char| format!("{}\n", digit.to_string().repeat(64));
    for salted in [false, true] {
        let (tree, id) = two_passwords();
        if salted {
            step(&tree, &id, "init");
        }
        let id = id_at(&tree, "a/x.py");
        let entry =
            format!("[[allow]]\nid = {id:?}\nrule = \"generic-password\"\npath = \"a/x.py\"\nreason = \"old\"\n");
        tree.file(".leaktight/allow.toml", entry);
        tree.git(&["rm", "-q", "-r", "a", "b"]);
        commit(&tree);
        let mut seen = Vec::new();
        for (n, change) in
            [None, Some(salt('a')), Some(salt('b')), Some("garbage".into()), Some(String::new())].iter().enumerate()
        {
            tree.git(&["checkout", "-q", "-b", &format!("b{n}"), "main"]);
            match change {
                Some(text) if text.is_empty() => drop(std::fs::remove_file(tree.path().join(".leaktight/salt"))),
                Some(text) => drop(tree.file(".leaktight/salt", text)),
                None => {}
            }
            for secret in [1, 2] {
                tree.file("a/x.py", password(secret));
                tree.git(&["add", "-A"]);
                let staged = tree.leaktight(&["staged", "--format", "json"]);
                tree.git(&["commit", "-q", "-m", "step"]);
                let range = tree.leaktight(&["range", "main..HEAD", "--format", "json"]);
                seen.push((secret, staged.code, range.code, ids(&range)));
                tree.git(&["reset", "-q", "--hard", "HEAD~1"]);
                if let Some(text) = change {
                    match text.is_empty() {
                        true => drop(std::fs::remove_file(tree.path().join(".leaktight/salt"))),
                        false => drop(tree.file(".leaktight/salt", text)),
                    }
                }
            }
            tree.git(&["checkout", "-q", "-f", "main"]);
            tree.git(&["clean", "-q", "-f", "-d"]);
        }
        assert_eq!((seen[0].1, seen[0].2, seen[1].1, seen[1].2), (Some(0), Some(0), Some(1), Some(1)), "{seen:?}");
        for pair in seen.chunks(2) {
            assert_eq!(pair, &seen[..2], "salted: {salted}");
        }
    }
}

#[test]
fn a_salt_that_is_not_one_stops_with_a_clear_message() {
    let tree = work_tree(&[("a.py", password(1))]);
    commit(&tree);
    let salt = tree.path().join(".leaktight/salt");
    let refused = |says: &str| {
        for args in [&["scan", "."][..], &["init"], &["allow", "lt1:w00000000", "--reason", "x"]] {
            let run = tree.leaktight(args);
            assert!(run.code == Some(2) && run.stderr.contains(says), "{args:?}: {:?} {}", run.code, run.stderr);
        }
        assert!(!tree.path().join("leaktight.toml").exists(), "nothing is half written");
    };
    tree.file(".leaktight/salt", "not hexadecimal");
    refused("not a salt");
    tree.file(".leaktight/salt", "a".repeat(100_000));
    refused("longer than");
    tree.file(".leaktight/salt", "<<<<<<< HEAD\n=======\n>>>>>>> x\n");
    refused("not a salt");
    #[cfg(unix)]
    {
        std::fs::remove_file(&salt).expect("removed");
        std::os::unix::fs::symlink("/dev/zero", &salt).expect("a link");
        refused("salt");
        std::fs::remove_file(&salt).expect("removed");
        crate::harness::succeed(crate::harness::program("mkfifo", tree.path(), tree.path()).arg(&salt));
        refused("salt");
    }
    std::fs::remove_file(&salt).expect("removed");
    std::fs::create_dir(&salt).expect("a folder");
    refused("salt");
    // In a history it is a gap: whoever is scanned must not be able to stop the scan.
    std::fs::remove_dir(&salt).expect("removed");
    tree.file(".leaktight/salt", "garbage");
    commit(&tree);
    std::fs::remove_file(&salt).expect("removed");
    let run = tree.leaktight(&["history", ".", "--format", "json", "--now", NOW]);
    assert_eq!(run.gaps(), ["unreadable true .leaktight/salt"], "{}", run.stderr);
    assert_eq!(run.code, Some(1), "the password was found all the same");
}

#[test]
fn the_salt_is_mentioned_by_the_commands_that_write_it_only() {
    let tree = work_tree(&[("a.py", password(1))]);
    let run = tree.leaktight(&["scan", "."]);
    assert!(!run.text().contains("salt") && !run.text().contains("init"), "{}", run.text());
    let run = tree.leaktight(&["allow", &id_at(&tree, "a.py"), "--reason", "x"]);
    assert!(run.stderr.contains("wrote .leaktight/salt") && run.stderr.contains("lt1:g"), "{}", run.stderr);
    assert_eq!(tree.leaktight(&["scan", "."]).code, Some(0));
}

#[test]
fn two_processes_write_one_salt() {
    let tree = work_tree(&[("a.py", password(1))]);
    let id = id_at(&tree, "a.py");
    let start = || {
        let mut command = crate::harness::command(tree.path());
        command.args(["allow", &id, "--reason", "x"]).stderr(std::process::Stdio::piped());
        command.spawn().expect("it starts")
    };
    let all: Vec<_> = (0..4).map(|_| start()).collect();
    let codes: Vec<_> = all.into_iter().map(|child| child.wait_with_output().expect("it ends").status.code()).collect();
    assert!(codes.contains(&Some(0)) && codes.iter().all(|c| matches!(c, Some(0 | 2))), "{codes:?}");
    assert_eq!(scan(&tree, &[]).code, Some(0));
}

#[test]
fn two_branches_that_each_create_a_salt_merge() {
    let tree = work_tree(&[("a.py", password(1)), ("b.py", password(2))]);
    commit(&tree);
    let ids = [id_at(&tree, "a.py"), id_at(&tree, "b.py")];
    for (branch, id) in [("one", &ids[0]), ("two", &ids[1])] {
        tree.git(&["checkout", "-q", "-b", branch, "main"]);
        ok(&tree.leaktight(&["allow", id, "--reason", branch]));
        commit(&tree);
    }
    tree.git(&["merge", "-q", "--no-edit", "one"]);
    let salts = std::fs::read_to_string(tree.path().join(".leaktight/salt")).expect("salts");
    assert_eq!(salts.lines().count(), 2, "{salts}");
    let run = scan(&tree, &[]);
    ok(&run);
    assert_eq!((accepted(&run).len(), notices(&run).len()), (2, 0));
    ok(&tree.leaktight(&["history", ".", "--now", NOW]));
}
