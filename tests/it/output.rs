//! `-o`: reports go where they were sent, and never over anything else.

use crate::harness::{Run, Tree, command, token};
use std::fs;

fn leaky() -> Tree {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    tree.file("a.txt", format!("key = \"{}\"\n", token(1)));
    tree.git(&["add", "-A"]);
    tree.git(&["commit", "-q", "-m", "one"]);
    tree
}

fn scan(tree: &Tree, outputs: &[&str]) -> Run {
    let outputs = outputs.iter().flat_map(|o| ["-o", o]);
    tree.leaktight(&["scan", "."].into_iter().chain(outputs).collect::<Vec<_>>())
}

/// Refused before the scan, and everything is as it was.
fn refused(tree: &Tree, args: &[&str], says: &str) {
    let before = fs::read(tree.path().join("a.txt")).expect("a file");
    let run = tree.leaktight(args);
    assert!(run.code == Some(2) && run.stderr.contains(says), "{args:?}: {:?} {}", run.code, run.stderr);
    assert!(run.stdout.is_empty(), "{args:?}: the scan was made");
    assert_eq!(fs::read(tree.path().join("a.txt")).expect("a file"), before, "{args:?}");
}

#[test]
fn an_ending_that_names_no_format_is_an_error() {
    let tree = leaky();
    for name in ["x.docx", "x", "x.gz", "report.json.bak"] {
        refused(&tree, &["scan", ".", "-o", name], "FORMAT=FILE");
        assert!(!tree.path().join(name).exists());
    }
    for name in ["x.json", "x.JSON", "x.jsonl", "x.sarif", "x.xml", "x.json.gz", "json=x.docx"] {
        assert_eq!(scan(&tree, &[name]).code, Some(1), "{name}");
    }
}

#[test]
fn a_report_overwrites_no_argument_no_tracked_file_and_nothing_else_of_worth() {
    let tree = leaky();
    refused(&tree, &["scan", "a.txt", "-o", "json=a.txt"], "path argument");
    refused(&tree, &["scan", ".", "-o", "json=a.txt"], "git tracks it");
    fs::create_dir(tree.path().join("d")).expect("a folder");
    refused(&tree, &["scan", ".", "-o", "json=d/../a.txt"], "git tracks it");
    tree.file("notes.json", "{\"mine\": 1}\n");
    refused(&tree, &["scan", ".", "-o", "notes.json"], "does not begin like a json report");
    assert_eq!(scan(&tree, &["r.json", "r.sarif"]).code, Some(1));
    refused(&tree, &["scan", ".", "-o", "sarif=r.json"], "does not begin like a sarif report");
    refused(&tree, &["scan", ".", "-o", "q.json", "-o", "sarif=d/../q.json"], "two reports");
    assert_eq!(scan(&tree, &["r.json", "r.sarif"]).code, Some(1), "an older report of the same format is replaced");
    refused(&tree, &["merge", "r.json", "-o", "r.json"], "path argument");
    refused(&tree, &["baseline", "r.json", "-o", "a.txt"], "not a baseline");
    refused(&tree, &["baseline", "r.json", "-o", "r.json"], "not a baseline");
}

#[test]
fn an_empty_file_is_written_to_directly() {
    let tree = leaky();
    let path = tree.file("empty.json", "");
    let other = tree.path().join("link.json");
    fs::hard_link(&path, &other).expect("a link");
    assert_eq!(scan(&tree, &["empty.json"]).code, Some(1));
    assert_eq!(fs::read(&path).expect("a report"), fs::read(&other).expect("the same file"));
    assert!(fs::read_to_string(&path).expect("a report").contains("github-pat"));
    refused(&tree, &["scan", ".", "-o", "empty.json", "-o", "json=link.json"], "two reports");
}

#[test]
fn an_output_in_the_scanned_folder_is_left_out_and_counted() {
    let tree = leaky();
    assert_eq!(scan(&tree, &["json=r.json"]).code, Some(1));
    let run = scan(&tree, &["json=r.json"]);
    assert!(run.text().contains("1 earlier report"), "{}", run.text());
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(tree.path().join("r.json")).expect("it")).expect("JSON");
    assert_eq!((&report["run"]["covered"]["report_files"], &report["run"]["covered"]["files"]), (&1.into(), &1.into()));
    // Of another run it is a file like any other.
    let run = tree.scan(&["."]);
    assert_eq!(
        (&run.json()["run"]["covered"]["files"], run.json()["run"]["covered"]["report_files"].is_null()),
        (&2.into(), true)
    );
}

#[test]
fn gz_compresses_the_same_bytes() {
    let tree = leaky();
    assert_eq!(scan(&tree, &[".git/r.json", ".git/r.json.gz"]).code, Some(1));
    assert_eq!(scan(&tree, &[".git/r.json.gz"]).code, Some(1), "an older one is replaced");
    let gz = tree.path().join(".git/r.json.gz");
    let unpacked =
        crate::harness::program("gzip", tree.path(), tree.path()).arg("-dc").arg(&gz).output().expect("gzip");
    assert!(unpacked.status.success(), "{}", String::from_utf8_lossy(&unpacked.stderr));
    assert_eq!(unpacked.stdout, fs::read(tree.path().join(".git/r.json")).expect("a report"));
    tree.file(".git/other.json.gz", b"\x1f\x8b\x08\0not gzip after all");
    refused(&tree, &["scan", ".", "-o", ".git/other.json.gz"], "does not begin like");
}

#[test]
fn a_compressed_report_is_read_wherever_a_report_is() {
    let tree = leaky();
    assert_eq!(scan(&tree, &[".git/r.json.gz"]).code, Some(1));
    let history = ["history", "--now", "1800000000", "--seen", "-o", ".git/h.json.gz"];
    assert_eq!(tree.leaktight(&history).code, Some(1));
    assert_eq!(tree.leaktight(&[&history[..], &["--resume"]].concat()).code, Some(1));
    let id = tree.scan(&["."]).json()["findings"][0]["id"].as_str().expect("an id").to_owned();
    let cut = |name: &str| {
        let bytes = fs::read(tree.path().join(name)).expect("a report");
        tree.file(name.replace("json", "cut.json"), &bytes[..bytes.len() / 2]);
    };
    cut(".git/r.json.gz");
    cut(".git/h.json.gz");
    for (code, args) in [
        (0, &["scan", ".", "--baseline", ".git/r.json.gz"][..]),
        (0, &["explain", &id, "--from", ".git/r.json.gz"]),
        (1, &["merge", ".git/h.json.gz"]),
        (0, &["baseline", ".git/r.json.gz", "-o", ".git/baseline.toml"]),
        (0, &["allow", &id, "--reason", "a sample", "--from", ".git/r.json.gz"]),
    ] {
        let broken: Vec<String> = args.iter().map(|a| a.replace(".json.gz", ".cut.json.gz")).collect();
        let run = tree.leaktight(&broken.iter().map(String::as_str).collect::<Vec<_>>());
        let says = run.stderr.contains(".cut.json.gz") && run.stderr.contains("damaged or cut short");
        assert!(run.code == Some(2) && says, "{broken:?}: {:?} {}", run.code, run.stderr);
        let run = tree.leaktight(args);
        assert_eq!(run.code, Some(code), "{args:?}: {}", run.stderr);
    }
    let run =
        tree.leaktight(&["history", "--now", "1800000000", "--since-report", ".git/h.json.gz", "--format", "json"]);
    assert!(run.code == Some(0) && run.stderr.is_empty(), "accepted by now: {:?} {}", run.code, run.stderr);
}

#[test]
fn an_error_names_the_file_that_was_given() {
    let tree = leaky();
    for args in [&["scan", "."][..], &["history"]] {
        let run = tree.leaktight(&[args, &["-o", "no/such/x.json"]].concat());
        assert!(run.code == Some(2) && run.stderr.contains("`no/such/x.json`: No such file"), "{}", run.stderr);
        assert!(!run.stderr.contains(".tmp"), "{}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_written_to_directly() {
    let tree = leaky();
    assert_eq!(scan(&tree, &["json=/dev/null"]).code, Some(1));
    let run = Run::of(command(tree.path()).args(["scan", ".", "-q", "-o", "json=/dev/stdout"]));
    assert!(run.code == Some(1) && run.text().starts_with('{'), "{}", run.stderr);
    let pipe = tree.path().join(".git/pipe");
    crate::harness::succeed(crate::harness::program("mkfifo", tree.path(), tree.path()).arg(&pipe));
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).expect("a pipe")
    });
    assert_eq!(scan(&tree, &["json=.git/pipe"]).code, Some(1));
    assert!(reader.join().expect("a reader").starts_with(b"{"));
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_no_temporary_file_and_no_half_report() {
    use std::os::unix::process::ExitStatusExt as _;
    let tree = Tree::new();
    let lines: String = (0..4000).map(|n| format!("key = \"{}\"\n", token(n))).collect();
    tree.file("in/a.txt", lines);
    let out = tree.path().join("out");
    fs::create_dir(&out).expect("a folder");
    let names = || -> Vec<String> {
        fs::read_dir(&out).expect("a folder").map(|e| e.expect("it").file_name().into_string().expect("text")).collect()
    };
    let mut caught = [0; 2];
    for n in 0..150 {
        // SIGQUIT also asks for a core dump.
        let (signal, number) = [("-TERM", 15), ("-QUIT", 3)][n % 2];
        let mut command = command(tree.path());
        command.args(["scan", "in", "-q", "-o", "out/r.json", "-o", "out/r.sarif", "-o", "out/r.jsonl"]);
        let mut child = command.spawn().expect("it starts");
        while !names().iter().any(|n| n.ends_with(".tmp")) && child.try_wait().expect("a child").is_none() {
            std::thread::yield_now();
        }
        let id = child.id().to_string();
        let _ = crate::harness::program("kill", tree.path(), tree.path()).args([signal, &id]).output();
        let status = child.wait().expect("it ends");
        assert!(!names().iter().any(|n| n.ends_with(".tmp")), "{status:?}: {:?}", names());
        for name in names() {
            let text = fs::read_to_string(out.join(&name)).expect("a report");
            assert!(
                text.ends_with('\n') && text.contains("summary") | text.contains("runs"),
                "{name} is half a report"
            );
        }
        caught[n % 2] += usize::from(status.signal() == Some(number));
        if !caught.contains(&0) {
            break;
        }
    }
    assert!(!caught.contains(&0), "no run was caught while it wrote");
}

#[cfg(unix)]
#[test]
fn a_report_over_the_size_that_the_shell_allows_is_an_error_and_leaves_nothing() {
    let tree = Tree::new();
    tree.file("in/a.txt", (0..400).map(|n| format!("key = \"{}\"\n", token(n))).collect::<String>());
    fs::create_dir(tree.path().join("out")).expect("a folder");
    let limited = "ulimit -f 8; exec \"$0\" scan in -q -o out/r.json";
    let program = env!("CARGO_BIN_EXE_leaktight");
    let out = crate::harness::program("sh", tree.path(), tree.path()).args(["-c", limited, program]).output();
    let out = out.expect("it ends");
    let stderr = String::from_utf8(out.stderr).expect("UTF-8");
    assert_eq!(out.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("out/r.json") && stderr.contains("File too large"), "{stderr}");
    assert_eq!(fs::read_dir(tree.path().join("out")).expect("a folder").count(), 0);
}
