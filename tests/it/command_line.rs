//! The command line as scripts see it: exit codes, messages with their place, files that are whole or not there.

use crate::harness::{self, Run, Tree, token};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// leaktight in `folder`, without standard input.
fn leaktight(folder: &Path) -> Command {
    let mut command = harness::command(folder);
    command.stdin(Stdio::null());
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    leaktight(folder).args(args).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("ended by a signal: {output:?}"))
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with nothing in it.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A folder with a file that holds a token.
fn leaky() -> tempfile::TempDir {
    let folder = folder();
    fs::write(folder.path().join("settings.py"), format!("GITHUB_TOKEN = \"{}\"\n", token(7))).unwrap();
    folder
}

#[test]
fn a_clean_folder_is_0_and_a_leak_is_1() {
    let clean = folder();
    fs::write(clean.path().join("a.txt"), "nothing to see\n").unwrap();
    let output = run(clean.path(), &["scan"]);
    assert_eq!(code(&output), 0, "{output:?}");
    let leaky = leaky();
    let output = run(leaky.path(), &["scan"]);
    assert_eq!(code(&output), 1, "{output:?}");
    assert!(!stdout(&output).contains(&token(7)) && !stderr(&output).contains(&token(7)));
}

#[test]
fn the_gate_is_what_the_flags_and_the_file_say() {
    let leaky = leaky();
    let root = leaky.path();
    for (args, expected) in [
        (&["scan", "--fail-on", "never"][..], 0),
        (&["scan", "--fail-on", "critical"], 1),
        (&["scan", "--gate-confidence", "proven", "--skip", "github-*"], 0),
        (&["scan", "--skip", "credential"], 0),
        (&["scan", "--only", "github-pat"], 1),
        (&["scan", "--only", "transport"], 0),
        (&["scan", "-q"], 1),
        (&["scan", "settings.py"], 1),
    ] {
        let output = run(root, args);
        assert_eq!(code(&output), expected, "{args:?} {output:?}");
    }
    assert!(run(root, &["scan", "-q"]).stdout.is_empty());
    fs::write(root.join("leaktight.toml"), "[gate]\nfail-on = \"never\"\n").unwrap();
    assert_eq!(code(&run(root, &["scan"])), 0);
    assert_eq!(code(&run(root, &["scan", "--fail-on", "low"])), 1);
    assert_eq!(code(&run(root, &["scan", "--no-config"])), 1);
}

#[test]
fn standard_input_is_scanned() {
    use std::io::Write as _;
    let folder = folder();
    let mut child =
        leaktight(folder.path()).args(["scan", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(token(3).as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert_eq!(code(&out), 1);
    // Without a report `explain` would look in the current directory.
    assert!(stdout(&out).contains("<stdin>:1:1") && stdout(&out).contains(" --from REPORT"), "{}", stdout(&out));
}

#[test]
fn what_is_wrong_with_the_request_is_2_and_said() {
    let folder = leaky();
    for (args, said) in [
        (&["scan", "--no-such-flag"][..], "--no-such-flag"),
        (&["scan", "--allow", "missing.toml"], "missing.toml"),
        (&["scan", "--baseline", "missing.json"], "missing.json"),
        (&["no-such-command"], "no-such-command"),
        (&[], "Usage"),
        (&["scan", "missing"], "missing"),
        (&["scan", "--only", "githb-pat"], "did you mean `github-pat`"),
        (&["scan", "--skip", "zzz-*"], "zzz-*"),
        (&["scan", "--skip", "*"], "no rule"),
        (&["scan", "--fail-on", "hihg"], "hihg"),
        (&["scan", "--now", "soon"], "soon"),
        (&["scan", "-j", "0"], "0"),
        (&["scan", "--config", "missing.toml"], "missing.toml"),
        (&["scan", "--config", "a", "--no-config"], "--no-config"),
        (&["scan", "--rules", "missing.toml"], "missing.toml"),
        (&["scan", "--key-file", "missing"], "missing"),
        (&["scan", "-o", "sarf=x"], "sarf"),
        (&["scan", "-o", "a.json", "-o", "sarif=./a.json"], "a.json"),
        (&["rules", "show", "githb-pat"], "did you mean `github-pat`"),
        (&["explain", "lt1:r00000000000000000000000000000000"], "no finding"),
        (&["explain", "github-pat-x"], "github-pat"),
    ] {
        let output = run(folder.path(), args);
        assert_eq!(code(&output), 2, "{args:?} {output:?}");
        assert!(stderr(&output).contains(said), "{args:?} {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn a_range_that_is_none_says_what_to_write() {
    let folder = folder();
    let said = |args: &[&str]| {
        let output = run(folder.path(), args);
        assert_eq!(code(&output), 2, "{args:?}");
        stderr(&output)
    };
    let one = said(&["range", "main"]);
    assert!(one.contains("invalid range `main`: expected BASE..HEAD; ") && one.contains("`main..HEAD`"), "{one}");
    let none = said(&["range"]);
    assert!(none.contains("expected BASE..HEAD") && none.contains("`--base REV`"), "{none}");
    for command in ["staged", "range", "ci"] {
        assert!(stdout(&run(folder.path(), &[command, "--help"])).contains("--allow-alternates"), "{command}");
    }
}

#[test]
fn a_broken_config_has_its_place() {
    let folder = leaky();
    fs::write(folder.path().join("leaktight.toml"), "# ours\n[gate]\nfial-on = \"high\"\n").unwrap();
    let output = run(folder.path(), &["scan"]);
    assert_eq!(code(&output), 2);
    let said = stderr(&output);
    assert!(said.contains("leaktight.toml:3:1: unknown key `fial-on`; did you mean `fail-on`?"), "{said}");
    assert!(said.contains("| ^^^^^^^"), "{said}");
    assert!(output.stdout.is_empty());
    assert_eq!(code(&run(folder.path(), &["config", "check"])), 2);
    assert_eq!(code(&run(folder.path(), &["scan", "--no-config"])), 1);
}

#[test]
fn an_error_shows_no_secret_that_it_quotes() {
    let folder = folder();
    let token = token(11);
    for args in [&["scan", &token][..], &["scan", "--config", &token], &["scan", "-o", &format!("missing/{token}")]] {
        let output = run(folder.path(), args);
        assert_eq!(code(&output), 2);
        assert!(!stderr(&output).contains(&token) && stderr(&output).contains("ghp_…"), "{}", stderr(&output));
    }
}

#[test]
fn a_broken_rule_file_has_its_place() {
    let folder = leaky();
    fs::write(folder.path().join("ours.toml"), "family = \"credential\"\n\n[[rule]]\nid = \"Not Kebab\"\n").unwrap();
    for args in [&["scan", "--rules", "ours.toml"][..], &["rules", "test", "ours.toml"]] {
        let output = run(folder.path(), args);
        assert_eq!(code(&output), 2, "{args:?}");
        assert!(stderr(&output).contains("ours.toml:3:"), "{args:?} {}", stderr(&output));
    }
}

#[test]
fn reports_that_cannot_be_written_are_known_before_the_scan() {
    let folder = leaky();
    let output = run(folder.path(), &["scan", "-o", "missing/report.json"]);
    assert_eq!(code(&output), 2);
    assert!(output.stdout.is_empty(), "the scan was made");
    assert!(stderr(&output).contains("missing/report.json"));
    fs::create_dir(folder.path().join("taken")).unwrap();
    assert_eq!(code(&run(folder.path(), &["scan", "-o", "json=taken"])), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn lost_output_is_2() {
    let folder = leaky();
    for args in [&["scan", "--format", "json"][..], &["rules", "list"], &["--help"], &["--version"], &["man"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let status = leaktight(folder.path()).args(args).stdout(full).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(2), "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_ends_it_by_sigpipe_after_the_files_are_written() {
    use std::os::unix::process::ExitStatusExt as _;
    let folder = leaky();
    for args in [
        &["scan", "--format", "json", "-o", "json=report.json"][..],
        &["rules", "list"],
        &["scan", "--help"],
        &["completions", "bash"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = leaktight(folder.path()).args(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.signal(), Some(13), "{args:?} {output:?}");
        assert_eq!(stderr(&output), "", "{args:?}");
    }
    let report = fs::read_to_string(folder.path().join("report.json")).unwrap();
    assert!(report.contains("github-pat"));
}

#[test]
fn formats_go_where_they_are_sent() {
    let folder = leaky();
    let root = folder.path();
    let output = run(root, &["scan", "-o", "a.json", "-o", "sarif=b.txt", "-o", "c.jsonl"]);
    assert_eq!(code(&output), 1, "{output:?}");
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    assert!(read("a.json").contains("\"leaktight/1\""));
    assert!(read("b.txt").contains("\"2.1.0\""));
    assert!(read("c.jsonl").lines().count() >= 2);
    assert!(!stdout(&output).trim_start().starts_with('{'), "standard output is for people");

    let output = run(root, &["scan", "--format", "json"]);
    assert!(stdout(&output).starts_with('{'), "{output:?}");
    let output = run(root, &["scan", "--format", "json", "-o", "d.txt"]);
    assert!(read("d.txt").starts_with('{') && !stdout(&output).starts_with('{'));
    let output = run(root, &["scan", "--format", "json", "-o", "sarif=e.txt"]);
    assert!(read("e.txt").contains("\"2.1.0\"") && stdout(&output).starts_with('{'));
    let output = run(root, &["scan", "-q", "-o", "json=-"]);
    assert!(stdout(&output).starts_with('{'));
    let names: Vec<_> = fs::read_dir(root).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|n| n.ends_with(".tmp")), "{names:?}");
}

#[test]
fn ids_depend_on_no_key_but_org_ids_do() {
    let folder = leaky();
    let ids = |key: &str| {
        let output =
            leaktight(folder.path()).args(["scan", "--format", "json"]).env("LEAKTIGHT_KEY", key).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (report["findings"][0]["id"].clone(), report["findings"][0]["org_id"].clone())
    };
    let [none, one, two] = ["", "an organisation's key", "another organisation's"].map(ids);
    assert!(none.1.is_null() && one.1.is_string() && two.1.is_string());
    assert_ne!(one.1, two.1);
    assert!(none.0 == one.0 && one.0 == two.0);
    fs::write(folder.path().join("key"), "an organisation's key\n").unwrap();
    let output = run(folder.path(), &["scan", "--format", "json", "--key-file", "key"]);
    assert!(stdout(&output).contains(one.1.as_str().unwrap()));
    let output = leaktight(folder.path()).arg("scan").env("LEAKTIGHT_KEY", "too short").output().unwrap();
    assert_eq!(code(&output), 2);
    assert!(!stderr(&output).contains("too short"));
}

#[test]
fn init_writes_once() {
    let folder = folder();
    assert!(harness::git(folder.path(), folder.path()).args(["init", "-q"]).status().unwrap().success());
    let below = folder.path().join("below");
    fs::create_dir(&below).unwrap();
    assert_eq!(code(&run(&below, &["init"])), 0);
    let config = fs::read_to_string(folder.path().join("leaktight.toml")).unwrap();
    let salt = fs::read_to_string(folder.path().join(".leaktight/salt")).unwrap();
    assert_eq!(salt.trim().len(), 64);
    let output = run(&below, &["init"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("leaktight.toml") && stderr(&output).contains("salt"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(folder.path().join(".leaktight/salt")).unwrap(), salt);
    // What it wrote is right, and so is every line that it comments out.
    assert_eq!(code(&run(&below, &["config", "check"])), 0);
    let live: String = config
        .lines()
        .map(|l| l.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(l).to_owned() + "\n")
        .collect();
    fs::create_dir(folder.path().join("rules")).unwrap();
    fs::write(folder.path().join("rules/ours.toml"), "").unwrap();
    fs::write(folder.path().join("leaktight.toml"), live).unwrap();
    let output = run(&below, &["config", "check"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let shown = stdout(&run(&below, &["config", "show"]));
    assert!(shown.contains("skip = [\"transport\"]") && !shown.contains("# default"), "{shown}");
    // One that is missing is made; one that is there stays.
    fs::remove_file(folder.path().join("leaktight.toml")).unwrap();
    assert_eq!(code(&run(&below, &["init"])), 0);
    assert_eq!(fs::read_to_string(folder.path().join(".leaktight/salt")).unwrap(), salt);
}

/// Whoever can bring an empty folder called `.git` must not set the policy, nor what paths are called.
#[test]
fn an_empty_dot_git_sets_no_policy_and_no_root() {
    let folder = leaky();
    let root = folder.path();
    assert!(harness::git(root, root).args(["init", "-q"]).status().unwrap().success());
    let sub = root.join("sub");
    fs::create_dir_all(sub.join(".git")).unwrap();
    fs::write(sub.join("leaktight.toml"), "[gate]\nfail-on = \"never\"\n").unwrap();
    fs::write(sub.join("leak.txt"), token(9)).unwrap();
    for (folder, path) in [(root, "sub/leak.txt"), (&*sub, "leak.txt")] {
        let output = run(folder, &["scan", path, "--format", "json"]);
        assert_eq!(code(&output), 1, "{}", stdout(&output));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["findings"][0]["location"]["path"], "sub/leak.txt");
    }
    // With a HEAD it is a repository of its own, for both.
    fs::write(sub.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    let output = run(&sub, &["scan", "leak.txt", "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(stdout(&output).contains("\"path\": \"leak.txt\""));
}

#[test]
fn a_rule_is_explained_by_the_reasons_that_it_can_have() {
    let folder = folder();
    let explained = |rule: &str| {
        let output = run(folder.path(), &["explain", rule]);
        assert_eq!(code(&output), 0, "{output:?}");
        let text = stdout(&output);
        let reasons = text.split("How the confidence comes about").nth(1).expect("a section");
        reasons.split("How to keep").next().unwrap_or_default().to_owned()
    };
    let pat = explained("github-pat");
    assert!(
        pat.contains("its checksum is right  (proof)") && pat.contains("possible; a proof makes it proven."),
        "{pat}"
    );
    assert!(pat.contains("stands in a test or example  (place)"), "{pat}");
    for other in ["its name says password", "local", "UUID", "pair", "issuer", "policy says", "not signed"] {
        assert!(!pat.contains(other), "{other}: {pat}");
    }
    let switch = explained("postgres-sslmode-disable");
    assert!(switch.contains("the connection does not leave the machine") && !switch.contains("proof"), "{switch}");
    for other in ["random", "placeholder", "password", "checksum", "generated value"] {
        assert!(!switch.contains(other), "{other}: {switch}");
    }
}

#[test]
fn config_show_says_where_values_come_from() {
    let folder = folder();
    fs::write(folder.path().join("leaktight.toml"), "[gate]\n\nfail-on = \"low\"\n").unwrap();
    let shown = stdout(&run(folder.path(), &["config", "show", "--min-confidence", "likely"]));
    let line = |key: &str| shown.lines().find(|l| l.starts_with(key)).unwrap_or_else(|| panic!("{shown}")).to_owned();
    assert!(line("gate.fail-on").contains("\"low\"") && line("gate.fail-on").ends_with("# leaktight.toml:3"));
    assert!(line("report.min-confidence").ends_with("# --min-confidence"));
    assert!(line("gate.confidence").ends_with("# default"));
}

#[test]
fn rules_of_files_are_used_and_tested() {
    let folder = folder();
    let rules = r#"
family = "credential"
[[rule]]
id = "acme-key"
name = "Acme key"
severity = "high"
identity = "random"
pattern = '(?<secret>acmekey_[0-9a-f]{32})'
  [[rule.match]]
  text = 'KEY={{acmekey_ + hex(32)}}'
  [[rule.match]]
  text = 'key: {{acmekey_ + hex(32)}}'
  [[rule.miss]]
  text = 'KEY={{acmekey_ + hex(31)}}'
  why = "too short"
  [[rule.miss]]
  text = 'KEY=acmekey_'
  why = "no key"
"#;
    fs::write(folder.path().join("ours.toml"), rules).unwrap();
    let output = run(folder.path(), &["rules", "test", "ours.toml"]);
    assert_eq!(code(&output), 0, "{output:?}");
    let broken = rules.replace("KEY=acmekey_'", "KEY={{acmekey_ + hex(32)}}'");
    fs::write(folder.path().join("broken.toml"), broken).unwrap();
    let output = run(folder.path(), &["rules", "test", "broken.toml"]);
    assert_eq!(code(&output), 1, "{output:?}");
    assert!(stdout(&output).contains("broken.toml: acme-key: miss 2"), "{}", stdout(&output));
    assert!(stdout(&output).contains("{{acmekey_ + hex(32)}}"), "the template is shown, not what it expands to");

    let secret = leaktight::example::expand("{{acmekey_ + hex(32)}}", 9).unwrap().text;
    fs::write(folder.path().join("leak.txt"), secret).unwrap();
    assert_eq!(code(&run(folder.path(), &["scan"])), 0);
    assert_eq!(code(&run(folder.path(), &["scan", "--rules", "ours.toml"])), 1);
    let list = stdout(&run(folder.path(), &["rules", "list", "--rules", "ours.toml", "--only", "acme-*"]));
    assert!(list.contains("acme-key") && !list.contains("github-pat"), "{list}");
}

#[test]
fn a_finding_is_explained_from_a_report_and_from_a_scan() {
    let folder = leaky();
    let report =
        stdout(&run(folder.path(), &["scan", "--format", "json", "-o", "json=report.json", "--format", "json"]));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let id = report["findings"][0]["id"].as_str().unwrap();
    assert_eq!(code(&run(folder.path(), &["scan", "-q", "-o", "lines.jsonl"])), 1);
    let fresh = run(folder.path(), &["explain", id]);
    assert_eq!(code(&fresh), 0, "{fresh:?}");
    assert!(stdout(&fresh).contains("settings.py:1:") && stdout(&fresh).contains("os.environ"), "{}", stdout(&fresh));
    assert!(!stdout(&fresh).contains(&token(7)));
    for from in ["report.json", "lines.jsonl"] {
        let from = run(folder.path(), &["explain", &id[..16], "--from", from]);
        assert_eq!(stdout(&from), stdout(&fresh), "{from:?}");
    }
    fs::write(folder.path().join("no-report.json"), "{}").unwrap();
    assert_eq!(code(&run(folder.path(), &["explain", id, "--from", "no-report.json"])), 2);
    let rule = run(folder.path(), &["explain", "github-pat"]);
    assert!(stdout(&rule).contains("What to do") && stdout(&rule).contains("its checksum is right"));
}

#[test]
fn help_names_exit_codes_and_says_what_binds() {
    let folder = folder();
    for args in [&["--help"][..], &["scan", "--help"], &["scan", "-h"]] {
        let output = run(folder.path(), args);
        assert_eq!(code(&output), 0);
        let help = stdout(&output);
        assert!(help.contains("Exit codes:"), "{help}");
        assert!(["  0  ", "  1  ", "  2  ", "  3  "].iter().all(|c| help.contains(c)), "{help}");
    }
    let help = stdout(&run(folder.path(), &["scan", "--help"]));
    for flag in [
        "--format",
        "--output",
        "--config",
        "--no-config",
        "--rules",
        "--only",
        "--skip",
        "--min-confidence",
        "--gate-confidence",
        "--fail-on",
        "--key-file",
        "--now",
        "--threads",
        "--color",
        "--quiet",
        "--verbose",
        "--no-progress",
        "--strict",
        "--all",
        "--also-limit",
    ] {
        assert!(help.contains(flag), "{flag}");
    }
}

#[test]
fn schemas_completions_manual_and_version_are_printed() {
    let folder = folder();
    for args in [&["config", "schema"][..], &["config", "schema", "--report"]] {
        let output = run(folder.path(), args);
        let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(jsonschema::validator_for(&schema).is_ok(), "{args:?}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(folder.path(), &["completions", shell]);
        assert!(code(&output) == 0 && stdout(&output).contains("leaktight"), "{shell}");
    }
    for args in [&["man"][..], &["man", "scan"], &["man", "rules", "show"]] {
        assert!(stdout(&run(folder.path(), args)).contains(".TH"), "{args:?}");
    }
    assert_eq!(code(&run(folder.path(), &["man", "no-such"])), 2);
    let short = stdout(&run(folder.path(), &["--version"]));
    assert_eq!(short, format!("leaktight {}\n", env!("CARGO_PKG_VERSION")));
    assert!(stdout(&run(folder.path(), &["-v", "--version"])).contains("rules "));
}

#[test]
fn colour_is_asked_for_or_not_there() {
    let folder = folder();
    let escapes = |command: &mut Command| command.output().unwrap().stdout.contains(&0x1b);
    assert!(!escapes(leaktight(folder.path()).args(["rules", "list"])), "a pipe is no terminal");
    assert!(escapes(leaktight(folder.path()).args(["rules", "list", "--color", "always"])));
    assert!(escapes(leaktight(folder.path()).args(["rules", "list"]).env("CLICOLOR_FORCE", "1")));
    assert!(!escapes(leaktight(folder.path()).args(["rules", "list", "--color", "never"]).env("CLICOLOR_FORCE", "1")));
    assert!(!escapes(leaktight(folder.path()).args(["rules", "list"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")));
    assert!(escapes(leaktight(folder.path()).args(["--color", "always", "--help"])));
    assert!(!escapes(leaktight(folder.path()).args(["scan", "--color=never", "--help"]).env("CLICOLOR_FORCE", "1")));
}

#[test]
fn what_could_not_be_looked_at_is_3() {
    let folder = folder();
    fs::write(folder.path().join("a.txt"), "nothing\n").unwrap();
    let git = |args: &[&str]| {
        harness::git(folder.path(), folder.path()).args(args).stdout(Stdio::null()).status().unwrap().success()
    };
    assert!(git(&["init", "-q"]) && git(&["add", "a.txt"]));
    assert_eq!(code(&run(folder.path(), &["scan"])), 0);
    fs::write(folder.path().join(".git/index"), "no index").unwrap();
    assert_eq!(code(&run(folder.path(), &["scan"])), 3);
    fs::write(folder.path().join("b.txt"), token(5)).unwrap();
    assert_eq!(code(&run(folder.path(), &["scan"])), 1, "findings win");
}

/// A text as Windows saves it.
fn saved(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let text = text.replace('\n', "\r\n");
    let units =
        |mark: &[u8], to: fn(u16) -> [u8; 2]| [mark, &text.encode_utf16().flat_map(to).collect::<Vec<u8>>()].concat();
    vec![
        ("UTF-8 with a mark", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("UTF-16, low byte first", units(b"\xff\xfe", u16::to_le_bytes)),
        ("UTF-16, high byte first", units(b"\xfe\xff", u16::to_be_bytes)),
        ("UTF-16 without a mark", units(b"", u16::to_le_bytes)),
        (
            "UTF-32",
            [&b"\xff\xfe\0\0"[..], &text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<u8>>()]
                .concat(),
        ),
    ]
}

#[test]
fn a_report_is_read_however_windows_saved_it() {
    let leaky = leaky();
    let root = leaky.path();
    let report = stdout(&run(root, &["scan", "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&report).unwrap();
    let id = json["findings"][0]["id"].as_str().unwrap().to_owned();
    for (name, bytes) in saved(&report) {
        fs::write(root.join("report.json"), bytes).unwrap();
        let output = run(root, &["scan", "settings.py", "--baseline", "report.json"]);
        assert_eq!(code(&output), 0, "{name}: --baseline: {output:?}");
        let output = run(root, &["explain", &id, "--from", "report.json"]);
        assert_eq!(code(&output), 0, "{name}: explain: {output:?}");
        let output = run(root, &["baseline", "report.json", "-o", "known.toml"]);
        assert_eq!(code(&output), 0, "{name}: baseline: {output:?}");
        let output = run(root, &["scan", "settings.py", "--baseline", "known.toml"]);
        assert_eq!(code(&output), 0, "{name}: its baseline: {output:?}");
        for (name, bytes) in saved(&fs::read_to_string(root.join("known.toml")).unwrap()) {
            fs::write(root.join("other.toml"), bytes).unwrap();
            let output = run(root, &["scan", "settings.py", "--baseline", "other.toml"]);
            assert_eq!(code(&output), 0, "{name}: a saved baseline: {output:?}");
        }
        let output = run(root, &["allow", &id, "--from", "report.json", "--reason", "a test"]);
        assert_eq!(code(&output), 0, "{name}: allow: {output:?}");
        fs::remove_dir_all(root.join(".leaktight")).unwrap();
    }
}

#[test]
fn a_report_in_another_encoding_is_refused_by_its_name() {
    let leaky = leaky();
    let root = leaky.path();
    let report = stdout(&run(root, &["scan", "--format", "json"]));
    let mut cut: Vec<u8> =
        [&b"\xff\xfe"[..], &report.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat();
    cut.pop();
    let latin = [report.trim_end().trim_end_matches('}').as_bytes(), b", \"x\": \"\xe9\"}"].concat();
    for (bytes, words) in [(cut, "not valid UTF-16"), (latin, "not UTF-8, UTF-16 or UTF-32")] {
        fs::write(root.join("report.json"), bytes).unwrap();
        for args in [
            &["baseline", "report.json", "-o", "known.toml"][..],
            &["explain", "lt1:r00000000", "--from", "report.json"],
            &["allow", "lt1:r00000000", "--from", "report.json", "--reason", "x"],
            &["merge", "report.json"],
        ] {
            let output = run(root, args);
            assert_eq!(code(&output), 2, "{args:?}: {output:?}");
            let said = stderr(&output);
            assert!(said.contains(words) && said.contains("save it as UTF-8"), "{args:?}: {said}");
        }
    }
}

#[test]
fn configuration_rules_and_lists_are_read_however_windows_saved_them() {
    let leaky = leaky();
    let root = leaky.path();
    let rule = "[[rule]]\nid = \"acme-key\"\nname = \"Acme key\"\nsummary = \"Opens Acme\"\nprovider = \"Acme\"\n\
                severity = \"high\"\nfamily = \"credential\"\nidentity = \"random\"\nboundary = \"word\"\n\
                pattern = '(?P<secret>acme_[0-9a-f]{24})'\nhelp = \"Revoke it.\"\n\
                references = [\"https://acme.example/\"]\n";
    let examples = "match = [{ text = \"{{acme_ + hex(24)}}\" }, { text = \"a {{acme_ + hex(24)}}\" }]\n\
                    miss = [{ text = \"acme_x\", why = \"short\" }, { text = \"acme_y\", why = \"short\" }]\n";
    for (name, bytes) in saved("[rules]\nskip = [\"github-pat\", \"generic-*\"]\n") {
        fs::write(root.join("leaktight.toml"), &bytes).unwrap();
        assert_eq!(code(&run(root, &["scan", "settings.py", "--config", "leaktight.toml"])), 0, "{name}: --config");
        let output = run(root, &["config", "check"]);
        assert_eq!(code(&output), 0, "{name}: {output:?}");
        fs::remove_file(root.join("leaktight.toml")).unwrap();
    }
    for (name, bytes) in saved(&format!("{rule}{examples}")) {
        fs::write(root.join("own.toml"), bytes).unwrap();
        let output = run(root, &["rules", "list", "--rules", "own.toml"]);
        assert_eq!(code(&output), 0, "{name}: {output:?}");
        assert!(stdout(&output).contains("acme-key"), "{name}: {output:?}");
    }
    for (name, bytes) in saved("# repositories\nnone-of-these\n") {
        fs::write(root.join("list.txt"), bytes).unwrap();
        let output = run(root, &["history", "--repos-from", "list.txt", "-o", "json=h.json"]);
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert!(said.contains("none-of-these") && !said.contains('\0'), "{name}: {said}");
    }
}

/// Where the system gives no further thread, the one there is does all the work, and says the same.
#[test]
fn without_further_threads_everything_is_done_all_the_same() {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    tree.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
    for n in 0..20 {
        tree.file(format!("d{}/{n}.env", n % 3), format!("GITHUB_TOKEN={}\n", token(n)));
    }
    tree.git(&["add", "-A"]);
    // No system has room for the first of these stacks, and in the others there is no room for our work.
    let stacks = [1_u64 << 47, 1 << 14, 1 << 16].map(|stack| stack.to_string());
    let same = |arguments: &[&str]| {
        let run = |stack: Option<&str>| {
            let mut command = leaktight(tree.path());
            command.args(arguments).args(["-j", "4", "--format", "json", "--now", "1800000000"]);
            Run::of(command.envs(stack.map(|stack| ("RUST_MIN_STACK", stack))))
        };
        let with = run(None);
        assert_eq!(with.code, Some(1), "{arguments:?}: {}", with.stderr);
        for stack in &stacks {
            let without = run(Some(stack));
            assert_eq!((without.code, without.text()), (Some(1), with.text()), "{arguments:?}: {}", without.stderr);
        }
        // Little address space leaves room for one thread; where there is none for anything, that is incomplete work.
        #[cfg(target_os = "linux")]
        for (room, code) in [(90_000, Some(1)), (20_000, None)] {
            let program = env!("CARGO_BIN_EXE_leaktight");
            let mut shell = Command::new("sh");
            shell.current_dir(tree.path()).args(["-c", &format!("ulimit -v {room}; exec \"$0\" \"$@\""), program]);
            shell.args(arguments).args(["-j", "64", "--format", "json", "--now", "1800000000"]);
            let run = Run::of(&mut shell);
            assert!(run.code.is_some(), "{arguments:?} in {room} kB: {}", run.stderr);
            assert!(code.is_none() || run.code == code, "{arguments:?} in {room} kB: {:?} {}", run.code, run.stderr);
        }
    };
    same(&["staged"]);
    tree.git(&["commit", "-qm", "second"]);
    same(&["scan", "."]);
    same(&["history", "."]);
    same(&["range", "HEAD~1..HEAD"]);
}

#[cfg(unix)]
#[test]
fn an_input_that_cannot_be_read_is_not_empty() {
    let tree = Tree::new();
    let written = fs::File::create(tree.path().join("out")).expect("a file");
    let out = leaktight(tree.path()).args(["scan", "-"]).stdin(written).output().expect("it runs");
    assert_eq!(out.status.code(), Some(3));
    assert!(stdout(&out).contains("standard input: Bad file descriptor"), "{}", stdout(&out));
}
