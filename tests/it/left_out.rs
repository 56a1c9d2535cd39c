//! What a scan leaves out: files that globs exclude, and files that a sparse checkout has not on disk. All of it is counted
//! or said, and in a gate only the base excludes.

use crate::harness::{Run, Tree, command, token};
use serde_json::{Value, json};

const NOW: &str = "1800000000";

/// A work tree with one commit of these files.
fn work_tree(files: &[(&str, String)]) -> Tree {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    for (path, text) in files {
        tree.file(path, text);
    }
    tree.git(&["add", "-A"]);
    tree.git(&["commit", "-qm", "base"]);
    tree
}

fn line(seed: u64) -> String {
    format!("GITHUB_TOKEN={}\n", token(seed))
}

/// `glob files bytes` of every glob.
fn excluded(run: &Run) -> Vec<String> {
    let json = run.json();
    let all = json["run"]["covered"]["excluded"].as_array().cloned().unwrap_or_default();
    all.iter().map(|e| format!("{} {} {}", e["glob"].as_str().unwrap(), e["files"], e["bytes"])).collect()
}

/// Paths of all places of all findings of secrets.
fn places(run: &Run) -> Vec<String> {
    let text = |l: &Value| l["path"].as_str().unwrap_or_default().to_owned();
    let json = run.json();
    let secrets = json["findings"].as_array().unwrap().iter().filter(|f| f["family"] == "credential");
    let mut all: Vec<String> = secrets
        .flat_map(|f| std::iter::once(&f["location"]).chain(f["also"].as_array().into_iter().flatten()))
        .map(text)
        .collect();
    all.sort();
    all
}

#[test]
fn a_scan_leaves_out_what_globs_match_and_counts_it() {
    let files = ["docs/a/x.env", "docs/y.env", "src/z.env", "src/testdata/t.env"];
    let files: Vec<(&str, String)> = files.into_iter().zip(1..).map(|(path, n)| (path, line(n))).collect();
    let tree = work_tree(&files);
    let size = files[0].1.len();
    let run = tree.scan(&[".", "--exclude", "docs", "--exclude", "**/testdata", "--exclude", "*.zip"]);
    assert_eq!((run.code, places(&run)), (Some(1), vec!["src/z.env".to_owned()]));
    let counts = [format!("docs 2 {}", 2 * size), format!("**/testdata 1 {size}"), "*.zip 0 0".to_owned()];
    assert_eq!(excluded(&run), counts);
    assert_eq!(run.json()["run"]["covered"]["files"], 1);
    // Named by itself, from a folder inside, and without a glob.
    let run = tree.scan(&["docs/y.env", "--exclude", "docs/*.env"]);
    assert_eq!((run.code, excluded(&run)), (Some(0), vec![format!("docs/*.env 1 {size}")]));
    assert_eq!(excluded(&tree.scan(&["."])), [""; 0]);
    assert!(tree.scan(&["."]).json()["run"]["covered"]["excluded"].is_null());
    // The file, which a flag replaces.
    tree.file("leaktight.toml", "[scan]\nexclude = [\"src\"]\n");
    let run = tree.scan(&["."]);
    assert_eq!(
        (places(&run), excluded(&run)),
        (vec!["docs/a/x.env".into(), "docs/y.env".into()], vec![format!("src 2 {}", 2 * size)])
    );
    assert_eq!(excluded(&tree.scan(&[".", "--exclude", "docs"])), [format!("docs 2 {}", 2 * size)]);
    // That the scanned repository says so itself is no secret.
    let said = run.json()["findings"].to_string();
    assert!(said.contains("sets scan.exclude"), "{said}");
    for wrong in ["", "/abs", "../x", "a\\b", "[", "x/{a"] {
        assert_eq!(tree.scan(&[".", "--exclude", wrong]).code, Some(2), "{wrong}");
        tree.file("leaktight.toml", format!("[scan]\nexclude = [\"ok\", {}]\n", json!(wrong)));
        let run = tree.leaktight(&["config", "check"]);
        assert!(run.code == Some(2) && run.stderr.contains("leaktight.toml:2:18"), "{wrong}: {}", run.stderr);
    }
}

#[test]
fn every_report_lists_the_globs() {
    let tree = work_tree(&[("docs/x.env", line(1)), ("a.txt", "nothing\n".into())]);
    let (size, glob) = (line(1).len(), "docs/**");
    for (format, says) in [
        ("human", format!("excluded by `{glob}`: 1 file, {size} bytes")),
        ("json", format!("\"glob\": \"{glob}\"")),
        ("jsonl", format!("\"excluded\":[{{\"glob\":\"{glob}\",\"files\":1,\"bytes\":{size}}}]")),
        ("sarif", format!("\"glob\": \"{glob}\"")),
        ("junit", format!("<property name=\"excluded by {glob}\" value=\"1 file, {size} bytes\"/>")),
        ("gitlab", format!("excluded by {glob}: 1 file, {size} bytes")),
        ("codequality", format!("one glob of `exclude` left out 1 file, {size} bytes")),
    ] {
        let run = tree.leaktight(&["scan", ".", "--format", format, "--exclude", glob]);
        assert!(run.code == Some(0) && run.text().contains(&says), "{format}: {}{}", run.text(), run.stderr);
    }
    // When nothing is left, the last line says so.
    for command in [["scan", ".", "--exclude", "**"], ["history", ".", "--exclude", "**"]] {
        let run = tree.leaktight(&command);
        let text = run.text().lines().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join(" ");
        assert!(run.code == Some(0) && text.contains("no file was scanned, because the globs"), "{text}");
        assert!(text.ends_with("exit 0"), "{text}");
    }
}

#[test]
fn in_a_gate_only_the_base_excludes() {
    let tree = work_tree(&[("leaktight.toml", "[scan]\nexclude = [\"docs\"]\n".into()), ("a.txt", "a\n".into())]);
    tree.git(&["checkout", "-qb", "topic"]);
    tree.file("docs/x.env", line(1));
    tree.file("src/y.env", line(2));
    tree.file("leaktight.toml", "[scan]\nexclude = [\"docs\", \"src/**\"]\n");
    tree.git(&["add", "-A"]);
    let gate = |args: &[&str]| tree.leaktight(&[args, &["--format", "json"]].concat());
    let size = line(1).len();
    let holds = |run: &Run| {
        assert_eq!((run.code, places(run)), (Some(1), vec!["src/y.env".to_owned()]), "{}", run.stderr);
        assert_eq!(excluded(run), [format!("docs 1 {size}")]);
        let said = run.json()["findings"].to_string();
        assert!(said.contains("would silence 1 finding") && said.contains("scan.exclude"), "{said}");
    };
    holds(&gate(&["staged"]));
    // A file that a flag names may be the author's.
    let run = gate(&["staged", "--config", "leaktight.toml"]);
    assert_eq!((run.code, places(&run)), (Some(1), vec!["docs/x.env".into(), "src/y.env".into()]));
    assert!(run.stderr.contains("only the policy of the base excludes"), "{}", run.stderr);
    tree.git(&["commit", "-qm", "topic"]);
    holds(&gate(&["range", "main..topic"]));
    holds(&gate(&["ci", "generic", "--base", "main"]));
    for args in [
        &["staged"][..],
        &["range", "main..topic"],
        &["ci", "generic", "--base", "main"],
        &["hook", "pre-commit"],
        &["hook", "commit-msg", "a.txt"],
        &["hook", "pre-push"],
        &["hook", "pre-receive"],
        &["hook", "files", "a.txt"],
    ] {
        let run = tree.leaktight(&[args, &["--exclude", "src"]].concat());
        assert!(run.code == Some(2) && run.stderr.contains("`[scan] exclude`"), "{args:?}: {}", run.stderr);
    }
    // What is excluded alone is no reason to be silent.
    tree.git(&["checkout", "-qf", "main"]);
    tree.file("docs/x.env", line(1));
    tree.git(&["add", "-A"]);
    let run = tree.leaktight(&["hook", "pre-commit"]);
    assert!(run.code == Some(0) && run.text().contains("no file was scanned"), "{}{}", run.text(), run.stderr);
}

#[test]
fn a_history_leaves_out_blobs_of_which_every_path_is_excluded() {
    let tree = work_tree(&[("docs/x.env", line(1)), ("docs/y.env", line(2)), ("a.txt", "a\n".into())]);
    tree.file("src/y.env", line(2));
    tree.file("docs/a.zip", b"PK\x03\x04rest of an archive");
    tree.git(&["add", "-A"]);
    tree.git(&["commit", "-qm", "two"]);
    let run = tree.leaktight(&["history", ".", "--now", NOW, "--format", "json", "--exclude", "docs"]);
    assert_eq!((run.code, places(&run)), (Some(1), vec!["src/y.env".to_owned()]), "{}", run.stderr);
    let bytes = line(1).len() + b"PK\x03\x04rest of an archive".len();
    assert_eq!((excluded(&run), run.gaps()), (vec![format!("docs 2 {bytes}")], Vec::new()));
    assert_eq!(run.json()["run"]["covered"]["blobs"], 2);
    // A blob that no tree names has no path.
    let whole = tree.leaktight(&["history", ".", "--now", NOW, "--format", "json"]);
    assert_eq!(places(&whole), ["docs/x.env", "docs/y.env", "src/y.env"]);
    assert_eq!(whole.gaps().len(), 1);
    // Several repositories: one sum for each glob, also when results are taken up.
    tree.git(&["clone", "-q", ".", "other"]);
    let several = |more: &[&str]| {
        let args = ["history", ".", "other", "--now", NOW, "--format", "json", "--exclude", "docs", "--work", "w"];
        tree.leaktight(&[&args[..], more].concat())
    };
    let first = several(&[]);
    assert_eq!(excluded(&first), [format!("docs 4 {}", 2 * bytes)], "{}", first.stderr);
    assert_eq!(excluded(&several(&["--resume"])), excluded(&first));
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_noted() {
    let tree =
        work_tree(&[("x/k.env", line(1)), ("x/l.txt", "l\n".into()), ("y/f", "1\n".into()), ("z/g", "2\n".into())]);
    assert_eq!(tree.scan(&["."]).gaps(), [""; 0]);
    for sparse_index in [false, true] {
        tree.git(&[
            "sparse-checkout",
            "set",
            "--cone",
            if sparse_index { "--sparse-index" } else { "--no-sparse-index" },
            "y",
        ]);
        let run = tree.scan(&["."]);
        let what = match sparse_index {
            false => "3 tracked files: x/k.env, x/l.txt, z/g",
            true => "2 folders of tracked files: x/, z/",
        };
        assert_eq!((run.code, run.gaps()), (Some(0), vec![format!("sparse-checkout false {what}")]));
        assert_eq!(tree.scan(&["y"]).gaps(), [""; 0], "nothing is missing there");
        assert_eq!(tree.scan(&[".", "--strict"]).code, Some(3));
        let run = tree.scan(&[".", "--exclude", "x"]);
        assert!(run.gaps()[0].contains("z/") && !run.gaps()[0].contains("x/"), "{:?}", run.gaps());
        // In the index it is there.
        assert_eq!(tree.leaktight(&["staged", "--format", "json"]).code, Some(0));
    }
    // What is on disk all the same is scanned; what a link leads to is not.
    tree.git(&["sparse-checkout", "set", "--cone", "--no-sparse-index", "y"]);
    tree.file("x/l.txt", "l\n");
    assert_eq!(tree.scan(&["."]).gaps(), ["sparse-checkout false 2 tracked files: x/k.env, z/g"]);
    #[cfg(unix)]
    {
        std::fs::remove_dir_all(tree.path().join("x")).unwrap();
        let elsewhere = Tree::new();
        elsewhere.file("k.env", "");
        elsewhere.file("l.txt", "");
        std::os::unix::fs::symlink(elsewhere.path(), tree.path().join("x")).unwrap();
        assert_eq!(tree.scan(&["."]).gaps(), ["sparse-checkout false 3 tracked files: x/k.env, x/l.txt, z/g"]);
    }
}

#[test]
fn a_repository_without_a_work_tree_is_not_scanned_as_files() {
    let tree = work_tree(&[("a.txt", "a\n".into())]);
    let mirrors = Tree::new();
    mirrors.git(&["clone", "-q", "--bare", tree.path().to_str().unwrap(), "x.git"]);
    let run = mirrors.scan(&["x.git"]);
    assert_eq!((run.code, run.gaps()), (Some(3), vec!["bare-repository true x.git".to_owned()]));
    assert!(run.json()["run"]["gaps"][0]["help"].as_str().unwrap().contains("leaktight history"));
    assert_eq!(mirrors.scan(&["."]).gaps(), ["bare-repository true x.git"]);
    assert_eq!(mirrors.scan(&[".", "--exclude", "x.git"]).gaps(), [""; 0]);
    let here = Run::of(command(&mirrors.path().join("x.git")).args(["scan", "--format", "json"]));
    assert_eq!((here.code, here.gaps()), (Some(3), vec!["bare-repository true .".to_owned()]));
    // One of its files is one, and the work tree beside its `.git` is files.
    assert_eq!(mirrors.scan(&["x.git/config"]).gaps(), [""; 0]);
    assert_eq!(tree.scan(&["."]).gaps(), [""; 0]);
    assert_eq!(tree.scan(&[".git"]).gaps(), ["bare-repository true .git"]);
    // Tests of git tools keep such folders as files.
    tree.git(&["clone", "-q", "--bare", ".", "fixtures/y.git"]);
    let run = tree.scan(&["."]);
    assert_eq!((run.code, run.gaps()), (Some(0), vec!["bare-repository false fixtures/y.git".to_owned()]));
    // A work tree beneath its repository.
    mirrors.git(&["--git-dir", "x.git", "worktree", "add", "-q", "x.git/main", "main"]);
    assert_eq!(mirrors.scan(&["x.git/main"]).gaps(), [""; 0]);
}
