//! What a hostile or odd tree can do to a scan: each gives a gap or a finding, none hangs, panics or grows.

use crate::harness::{Run, Tree, command, token};
use std::io::Write as _;

#[cfg(unix)]
mod unix {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_device_behind_a_link_is_not_followed_in_a_tree_and_a_gap_when_named() {
        let tree = Tree::new();
        symlink("/dev/zero", tree.path().join("zero")).expect("a link");
        let run = tree.scan(&["."]);
        assert_eq!((run.code, run.gaps()), (Some(0), vec![]));
        let run = tree.scan(&["zero"]);
        assert_eq!((run.code, run.gaps()), (Some(3), vec!["special-file true zero".to_owned()]));
    }

    /// Neither has anything to do with permissions.
    #[test]
    fn a_path_that_is_too_long_is_called_that() {
        let tree = Tree::new();
        // A folder that has a name is moved to where it has none.
        let deep = |top: &str| {
            let folder = (0..9).fold(tree.path().join(top), |folder, _| folder.join("d".repeat(240)));
            std::fs::create_dir_all(&folder).expect("folders");
            folder
        };
        let (folder, _) = (deep("in"), deep("other"));
        std::fs::rename(tree.path().join("other"), folder.join("e".repeat(200))).expect("a folder");
        let run = tree.scan(&["in"]);
        let gap = &run.json()["run"]["gaps"][0];
        assert_eq!((run.code, &gap["why"]), (Some(3), &"its path is longer than the system allows".into()));
        assert!(!gap["help"].as_str().expect("words").contains("permission"), "{gap}");
        let name = &*"x".repeat(300);
        for args in [["scan", name].as_slice(), &["history", name], &["staged", "--repo", name]] {
            let run = tree.leaktight(args);
            assert_eq!(run.code, Some(2));
            assert!(run.stderr.contains("its path is longer than the system allows"), "{args:?}: {}", run.stderr);
        }
    }

    #[test]
    fn links_that_are_not_followed_are_counted_in_every_report() {
        let tree = Tree::new();
        tree.file("in/a.txt", "nothing\n");
        tree.file("out/k.env", token(20));
        for (to, name) in
            [("../out/k.env", "file"), ("../out", "folder"), ("nowhere", "broken"), (".", "loop"), ("a.txt", "inside")]
        {
            symlink(to, tree.path().join("in").join(name)).expect("a link");
        }
        let run = tree.scan(&["in"]);
        assert_eq!((run.code, run.gaps()), (Some(0), vec![]));
        assert_eq!(run.json()["run"]["covered"]["links"], 5);
        assert_eq!(run.json()["run"]["covered"]["files"], 1);
        let all = ["-o", "r.sarif", "-o", "r.jsonl", "-o", "human=r.txt"];
        let run = tree.leaktight(&[&["scan", "in"], &all[..]].concat());
        assert!(run.text().contains("5 symbolic links were not followed"), "{}", run.text());
        let written = |name: &str| std::fs::read_to_string(tree.path().join(name)).expect("a report");
        for (name, words) in [("r.sarif", "\"links\": 5"), ("r.jsonl", "\"links\":5"), ("r.txt", "5 symbolic links")] {
            assert!(written(name).contains(words), "{name}: {}", written(name));
        }
        // A link that is named is followed: to a file, and to a folder, whose own links are counted.
        symlink("in", tree.path().join("named")).expect("a link");
        let run = tree.scan(&["named"]);
        assert_eq!(run.json()["run"]["covered"]["links"], 5);
        let run = tree.scan(&["in/file"]);
        assert_eq!((run.code, &run.json()["run"]["covered"]["links"]), (Some(1), &serde_json::Value::Null));
        std::fs::remove_file(tree.path().join("named")).expect("gone");
        for name in ["file", "folder", "broken", "loop"] {
            std::fs::remove_file(tree.path().join("in").join(name)).expect("gone");
        }
        let run = tree.leaktight(&["scan", "in"]);
        assert!(run.text().contains("1 symbolic link was not followed"), "{}", run.text());
        // What the text of a link says is searched all the same.
        symlink(format!("/srv/{}", token(21)), tree.path().join("in/cache")).expect("a link");
        assert_eq!(tree.scan(&["in"]).code, Some(1));
    }

    #[test]
    fn a_fifo_does_not_make_us_wait() {
        let tree = Tree::new();
        let made = std::process::Command::new("mkfifo").arg(tree.path().join("pipe")).status().expect("mkfifo");
        assert!(made.success());
        let run = tree.scan(&["."]);
        assert_eq!((run.code, run.gaps()), (Some(0), vec!["special-file false pipe".to_owned()]));
        let run = tree.scan(&["--strict", "."]);
        assert_eq!(run.code, Some(3));
        let run = tree.scan(&["pipe"]);
        assert_eq!((run.code, run.gaps()), (Some(3), vec!["special-file true pipe".to_owned()]));
    }

    #[test]
    fn what_cannot_be_read_is_a_gap_and_findings_win_over_it() {
        let tree = Tree::new();
        tree.file("open.txt", "nothing here\n");
        tree.file("shut/a.txt", token(1));
        let closed = tree.path().join("shut");
        std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o000)).expect("permissions");
        // The superuser reads everything: give the run to nobody, or there is nothing to test.
        if std::fs::read_dir(&closed).is_ok() {
            let mut run = std::process::Command::new("setpriv");
            run.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(env!("CARGO_BIN_EXE_leaktight"));
            std::fs::set_permissions(tree.path(), PermissionsExt::from_mode(0o755)).expect("permissions");
            run.args(["scan", "--format", "json", "."]).current_dir(tree.path());
            let run = Run::of(&mut run);
            // A build folder that nobody may enter cannot run there, either.
            if run.code != Some(126) && run.code != Some(127) && run.code != Some(1) {
                assert_eq!(
                    (run.code, run.gaps()),
                    (Some(3), vec!["unreadable true shut".to_owned()]),
                    "{}",
                    run.stderr
                );
            }
        } else {
            let run = tree.scan(&["."]);
            assert_eq!((run.code, run.gaps()), (Some(3), vec!["unreadable true shut".to_owned()]));
            tree.file("leak.txt", token(2));
            let run = tree.scan(&["."]);
            assert_eq!((run.code, run.gaps().len(), run.findings().len()), (Some(1), 1, 1));
        }
        std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o755)).expect("permissions");
    }

    #[test]
    fn names_cannot_drive_the_terminal_or_break_a_report() {
        let tree = Tree::new();
        let names = [&b"red\x1b[31m"[..], b"line\nend", b"bad\xff\xfe", "\u{202e}txt.exe".as_bytes(), b"::error::x"];
        for (seed, name) in names.iter().enumerate() {
            tree.file(OsStr::from_bytes(name), format!("key {}\n", token(seed as u64)));
        }
        let run = tree.scan(&["."]);
        assert_eq!((run.code, run.findings().len()), (Some(1), 5));
        let paths = run.json();
        let bytes: Vec<_> = paths["findings"].as_array().expect("findings").iter().collect();
        assert_eq!(bytes.iter().filter(|f| f["location"]["path_bytes"].is_string()).count(), 1);
        for format in ["human", "json", "jsonl", "sarif"] {
            let run = tree.leaktight(&["scan", ".", "--color", "never", "--format", format]);
            let text = run.text();
            let bad = |c: &char| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c);
            assert_eq!(text.chars().find(bad).map(|c| c.escape_default().to_string()), None, "{format}");
            assert!(!text.lines().any(|l| l.trim_start().starts_with("::error")), "{format}");
        }
    }

    #[test]
    fn links_do_not_lead_out_of_the_tree_but_their_targets_are_text() {
        let tree = Tree::new();
        let outside = Tree::new();
        outside.file("secret.txt", token(3));
        symlink(outside.path(), tree.path().join("folder")).expect("a link");
        symlink(outside.path().join("secret.txt"), tree.path().join("file")).expect("a link");
        assert_eq!(tree.scan(&["."]).code, Some(0));
        symlink(token(4), tree.path().join("link")).expect("a link");
        let run = tree.scan(&["."]);
        assert_eq!((run.code, run.findings()), (Some(1), vec!["github-pat proven link:1:1".to_owned()]));
    }

    #[test]
    fn a_report_on_a_full_disk_is_an_error() {
        let tree = Tree::new();
        tree.file("a.txt", "nothing\n");
        let run = tree.leaktight(&["scan", ".", "-o", "json=/dev/full"]);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains("/dev/full"), "{}", run.stderr);
        let full = std::fs::File::options().write(true).open("/dev/full").expect("the full device");
        let status = command(tree.path()).args(["scan", "."]).stdout(full).status().expect("leaktight runs");
        assert_eq!(status.code(), Some(2), "output that was lost");
    }

    #[test]
    fn a_name_that_holds_a_secret_is_found_and_not_shown() {
        let tree = Tree::new();
        let token = token(5);
        tree.file(format!("{token}.txt"), "nothing\n");
        for format in ["human", "json", "jsonl", "sarif"] {
            let run = tree.leaktight(&["scan", ".", "--format", format]);
            assert_eq!(run.code, Some(1), "{format}");
            assert!(!run.text().contains(&token), "{format} shows the name");
        }
    }
}

#[test]
fn an_empty_tree_is_clean_and_a_missing_path_is_an_error() {
    let tree = Tree::new();
    let run = tree.scan(&["."]);
    assert_eq!((run.code, run.findings(), run.gaps()), (Some(0), vec![], vec![]));
    let run = tree.scan(&["missing"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("missing"), "{}", run.stderr);
    assert!(run.stdout.is_empty());
}

#[test]
fn one_long_line_is_searched_to_its_end() {
    let tree = Tree::new();
    let token = token(6);
    let mut line = vec![b'a'; 9 << 20];
    line.push(b' ');
    line.extend_from_slice(token.as_bytes());
    tree.file("line.txt", &line);
    let run = tree.scan(&["."]);
    let column = (9 << 20) + 2;
    assert_eq!((run.code, run.findings()), (Some(1), vec![format!("github-pat proven line.txt:1:{column}")]));
    let offset = run.json()["findings"][0]["location"]["byte_offset"].as_u64();
    assert_eq!(offset, Some(column - 1));
    assert!(run.stdout.len() < 20_000, "a report of {} bytes", run.stdout.len());
}

#[test]
fn archives_and_lfs_pointers_are_noted() {
    let tree = Tree::new();
    tree.file("a.zip", b"PK\x03\x04rest of an archive");
    tree.file("b.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n");
    let run = tree.scan(&["."]);
    assert_eq!(run.code, Some(0));
    assert_eq!(run.gaps(), ["lfs-pointer false b.bin", "archive false a.zip"]);
    assert_eq!(tree.scan(&[".", "--strict"]).code, Some(3));
}

#[test]
fn git_decides_what_is_looked_at_and_what_is_left_out_is_counted() {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    tree.file(".gitignore", "*.log\nbuild/\n");
    tree.file("tracked.log", token(7));
    tree.file("build/tracked.txt", token(8));
    tree.git(&["add", "-f", "tracked.log", "build/tracked.txt"]);
    tree.file("other.log", token(9));
    tree.file("build/other.txt", token(10));
    tree.file("skipped/build/x.txt", token(11));
    tree.file(".hidden/new.txt", token(12));
    let paths = |run: &Run| -> Vec<String> {
        let mut all: Vec<_> =
            run.findings().iter().map(|f| f.rsplit(' ').next().unwrap_or_default().replace(":1:1", "")).collect();
        all.sort();
        all
    };
    let run = tree.scan(&["."]);
    assert_eq!(paths(&run), [".hidden/new.txt", "build/tracked.txt", "tracked.log"]);
    let covered = &run.json()["run"]["covered"];
    assert_eq!(
        (covered["ignored_files"].as_u64(), covered["ignored_folders"].as_u64()),
        (Some(2), Some(1)),
        "{covered}"
    );
    assert_eq!(paths(&tree.scan(&[".", "--all"])).len(), 6);
    // From a folder inside, names stay relative to the work tree.
    let run = Run::of(command(&tree.path().join("build")).args(["scan", "--format", "json", "."]));
    assert_eq!(paths(&run), ["build/tracked.txt"]);
}

#[test]
fn a_damaged_index_is_a_gap() {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    tree.file("a.txt", "nothing\n");
    tree.git(&["add", "."]);
    let index = tree.path().join(".git/index");
    let mut bytes = std::fs::read(&index).expect("an index");
    bytes.truncate(40);
    std::fs::write(&index, bytes).expect("written");
    let run = tree.scan(&["."]);
    assert_eq!(run.code, Some(3));
    assert!(run.gaps()[0].starts_with("damaged-index true"), "{:?}", run.gaps());
}

#[test]
fn standard_input_is_scanned_like_a_file() {
    let tree = Tree::new();
    let mut child = command(tree.path())
        .args(["scan", "-", "--format", "json"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("leaktight runs");
    let text = format!("first\nsecond {}\n", token(13));
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("written");
    let out = child.wait_with_output().expect("it ends");
    assert_eq!(out.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let l = &json["findings"][0]["location"];
    assert_eq!((l["kind"].as_str(), l["line"].as_u64(), l["column"].as_u64()), (Some("stdin"), Some(2), Some(8)));
}

/// A file of holes is as large as its owner says and holds nothing: a terabyte of them is passed over, and what is between them is
/// found at its place.
#[cfg(target_os = "linux")]
#[test]
fn holes_of_a_sparse_file_are_passed_over() {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let tree = Tree::new();
    let plant = |file: &mut std::fs::File, at: u64, seed: u64| {
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(format!("\nTOKEN={}\n", token(seed)).as_bytes()).unwrap();
    };
    let mut file = std::fs::File::create(tree.path().join("small")).unwrap();
    file.set_len(40 << 20).unwrap();
    for (at, seed) in [(0, 1), (7 << 20, 2), ((7 << 20) + 300_001, 3), ((24 << 20) + 5, 4), ((40 << 20) - 60, 5)] {
        plant(&mut file, at, seed);
    }
    let mut bytes = Vec::new();
    std::fs::File::open(tree.path().join("small")).unwrap().read_to_end(&mut bytes).unwrap();
    let places = |name: &str| -> Vec<String> {
        let run = tree.scan(&[name]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        let text = |f: &serde_json::Value| format!("{} {}", f["id"], f["location"]).replace(name, "");
        run.json()["findings"].as_array().unwrap().iter().map(text).collect()
    };
    let sparse = places("small");
    tree.file("whole", &bytes);
    assert_eq!((sparse.len(), &sparse), (5, &places("whole")));

    let mut file = std::fs::File::create(tree.path().join("large")).unwrap();
    file.set_len(1 << 40).unwrap();
    plant(&mut file, 500 << 30, 6);
    let run = tree.scan(&["large"]);
    let json = run.json();
    assert_eq!(json["findings"][0]["location"]["byte_offset"], (500_u64 << 30) + 7);
    // What was read is what it holds, and the edges of the holes.
    assert!(json["run"]["covered"]["bytes"].as_u64().unwrap() < 16 << 20, "{}", json["run"]["covered"]);
}
