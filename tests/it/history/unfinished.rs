//! What is not finished: content that is staged and in no commit yet, and a scan that was interrupted.

use crate::harness::{Tree, token};

/// What is staged and not committed yet has its path, as in the check of the commit.
#[test]
fn what_only_the_index_names_has_its_path_there() {
    let tree = Tree::new();
    tree.file("app/kept.txt", "nothing\n");
    tree.git(&["init", "-q"]);
    tree.git(&["add", "."]);
    tree.git(&["-c", "user.name=a", "-c", "user.email=a@example.invalid", "commit", "-q", "-m", "first"]);
    tree.file("app/staged.yml", format!("token: {}\n", token(1)));
    tree.git(&["add", "."]);
    let places = |command: &str| {
        let finding = tree.leaktight(&[command, "--format", "json"]).json()["findings"][0].clone();
        (finding["id"].clone(), finding["location"]["kind"].clone(), finding["location"]["path"].clone())
    };
    assert_eq!(places("history"), places("staged"));
    assert_eq!(places("history").2, "app/staged.yml");
    let run = tree.leaktight(&["history", "--exclude", "app", "--format", "json"]);
    assert_eq!(run.json()["findings"].as_array().map(Vec::len), Some(0), "{}", run.text());
}

/// A repository whose scan was interrupted is taken up where it was.
#[test]
fn an_interrupted_scan_of_one_repository_is_taken_up() {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    for n in 0..3 {
        // A file of one value is a secret or none by its name, so that it is always looked at.
        tree.file(format!("{n}.txt"), format!("first {n}\nsecond {n}\nthird {n}\n"));
    }
    tree.file("a.yml", format!("token: {}\n", token(1)));
    tree.git(&["add", "."]);
    tree.git(&["-c", "user.name=a", "-c", "user.email=a@example.invalid", "commit", "-q", "-m", "first"]);
    // Loose objects are few, and searched again.
    tree.git(&["repack", "-q", "-a", "-d"]);
    let report = |name: &str, flags: &[&str]| {
        let args = [&["history", "--now", "1800000000", "-o", name], flags].concat();
        let run = tree.leaktight(&args);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        (std::fs::read(tree.path().join(name)).expect("a report"), run.stderr)
    };
    let (whole, _) = report("whole.json", &["--seen", "--work", "work"]);
    let work = tree.path().join("work");
    let kept = || std::fs::read_dir(&work).expect("a folder").map(|entry| entry.expect("it").path());
    let result = kept().find(|path| path.extension().is_some_and(|e| e == "json")).expect("a result");
    std::fs::remove_file(&result).expect("it is gone");
    // What the scan would have left.
    std::fs::rename(tree.path().join("whole.json.seen"), result.with_extension("part")).expect("a part");
    let (_, said) = report("anew.json", &["--work", "work"]);
    assert!(said.contains("add --resume"), "{said}");
    assert!(!result.with_extension("part").exists(), "a result is worth more");
    let (_, _) = report("again.json", &["--seen"]);
    std::fs::remove_file(&result).expect("it is gone");
    std::fs::rename(tree.path().join("again.json.seen"), result.with_extension("part")).expect("a part");
    let (resumed, said) = report("resumed.json", &["--resume", "--work", "work"]);
    assert!(said.contains("3 blobs were searched before"), "{said}");
    assert_eq!(String::from_utf8_lossy(&resumed), String::from_utf8_lossy(&whole));
}

/// Who writes the scanned repository must not say what was searched already.
#[test]
fn results_that_git_tracks_are_not_taken_up() {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    tree.file(".leaktight-history/planted.part", "anything\n");
    tree.file("a.yml", format!("token: {}\n", token(1)));
    tree.git(&["add", "."]);
    let run = tree.leaktight(&["history", "--resume"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("git tracks it"), "{}", run.stderr);
    // Without it nothing of the folder is read.
    assert_eq!(tree.leaktight(&["history"]).code, Some(1));
}
