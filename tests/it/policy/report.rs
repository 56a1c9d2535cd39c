//! What was accepted stays countable in every report.

use super::*;
use crate::harness::token;
use serde_json::Value;

#[test]
fn every_report_says_what_was_accepted() {
    let tree = work_tree(&[
        ("a.py", format!("key = \"{}\"\n", token(40))),
        ("b.py", format!("key = \"{}\" # leaktight: allow(github-pat) sample\n", token(41))),
        ("data/x.zip", "PK\u{3}\u{4}zip".into()),
    ]);
    let id = ids(&scan(&tree, &[])).remove(0);
    assert_eq!(tree.leaktight(&["allow", &id, "--reason", "a sample"]).code, Some(0));
    let strict = scan(&tree, &["--strict"]);
    assert_eq!((strict.code, strict.gaps().len()), (Some(3), 1), "an archive blocks in a strict run");
    tree.file("leaktight.toml", "[[gap]]\nkind = \"archive\"\npath = \"data/*.zip\"\nreason = \"test data\"\n");
    let run = scan(&tree, &["--strict"]);
    assert_eq!(run.code, Some(0), "{}", run.text());
    let json = run.json();
    assert_eq!(json["run"]["complete"], true);
    assert_eq!(json["run"]["gaps"][0]["accepted_by"], "test data");
    assert_eq!(json["run"]["gaps"][0]["blocks"], false);
    assert_eq!(json["summary"]["suppressed"], 2);
    let human = tree.leaktight(&["scan", ".", "-v"]).text();
    assert!(human.contains("2 findings accepted (allow: 1, comment: 1), and not shown"), "{human}");
    assert!(human.contains("1 gap accepted by the policy"), "{human}");
    assert!(human.contains("data/x.zip: archive, because: test data"), "{human}");

    let sarif = tree.leaktight(&["scan", ".", "--format", "sarif"]).json();
    let schema = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/sarif-2.1.0.schema.json")).expect("it");
    let schema: Value = serde_json::from_slice(&schema).expect("a schema");
    let schema = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    let errors: Vec<String> = schema.iter_errors(&sarif).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let run = &sarif["runs"][0];
    let suppression = |path: &str| {
        let of = |r: &&Value| r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == path;
        run["results"].as_array().expect("results").iter().find(of).expect("a result")["suppressions"][0].clone()
    };
    let (allow, comment) = (suppression("a.py"), suppression("b.py"));
    assert_eq!((&allow["kind"], &allow["status"]), (&"external".into(), &"accepted".into()));
    assert_eq!(allow["justification"], "a sample");
    assert_eq!((&comment["kind"], &comment["justification"]), (&"inSource".into(), &"sample".into()));
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().expect("notes");
    let gap = notes.iter().find(|n| n["descriptor"]["id"] == "archive").expect("the gap");
    assert_eq!((&gap["level"], &gap["properties"]["acceptedBy"]), (&"note".into(), &"test data".into()));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);

    let schema: Value = serde_json::from_slice(&tree.leaktight(&["config", "schema", "--report"]).stdout).expect("it");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = schema.iter_errors(&json).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn a_gap_is_accepted_for_what_it_names_and_for_its_time() {
    let tree = work_tree(&[("data/x.zip", "PK\u{3}\u{4}zip".into()), ("y.zip", "PK\u{3}\u{4}zip".into())]);
    let policy = |path: &str, rest: &str| {
        tree.file(
            "leaktight.toml",
            format!("[[gap]]\nkind = \"archive\"\npath = {path:?}\nreason = \"test data\"\n{rest}"),
        );
        scan(&tree, &["--strict"])
    };
    let run = policy("data/**", "");
    assert_eq!((run.code, run.gaps().len()), (Some(3), 2), "the other one stays");
    let run = policy("**/*.zip", "expires = \"2026-11-20\"\n");
    assert_eq!(run.code, Some(3));
    assert!(notices(&run)[0].starts_with("policy-expired: the accepted gap archive"), "{:?}", notices(&run));
    let run = policy("**/*.zip", "expires = \"2026-11-21\"\n");
    assert_eq!(run.code, Some(0));
    let run = policy("none.zip", "");
    assert!(notices(&run)[0].starts_with("policy-unused: the accepted gap archive at `none.zip`"));
    for (kind, path) in [("shallow", "x"), ("damaged-pack", "x"), ("archive", "**")] {
        tree.file("leaktight.toml", format!("[[gap]]\nkind = {kind:?}\npath = {path:?}\nreason = \"x\"\n"));
        assert_eq!(scan(&tree, &[]).code, Some(2), "{kind} {path}");
    }
}

#[test]
fn families_and_environments_have_gates_of_their_own() {
    let tree = work_tree(&[
        ("a.py", format!("key = \"{}\"\n", token(42))),
        ("b.py", "url = \"http://api.shop-of-acme.com/v1\"\n".into()),
    ]);
    let run = scan(&tree, &[]);
    assert_eq!(run.code, Some(1));
    let families = |run: &Run| -> Vec<(String, bool)> {
        let json = run.json();
        let all = json["findings"].as_array().expect("findings").iter();
        all.map(|f| (f["family"].as_str().expect("one").to_owned(), f["gates"] == true)).collect()
    };
    tree.file("leaktight.toml", "[gate.family.credential]\nfail-on = \"never\"\n");
    let run = scan(&tree, &[]);
    assert!(families(&run).contains(&("credential".into(), false)), "{:?}", families(&run));
    assert_eq!(scan(&tree, &["--only", "credential"]).code, Some(0));
    tree.file(
        "leaktight.toml",
        "[gate]\nfail-on = \"never\"\n[gate.environment.unknown]\nfail-on = \"critical\"\nconfidence = \"proven\"\n",
    );
    assert_eq!(scan(&tree, &["--only", "credential"]).code, Some(1));
    tree.file(
        "leaktight.toml",
        "[gate.family.credential]\nfail-on = \"low\"\n[gate.environment.unknown]\nfail-on = \"never\"\n",
    );
    assert_eq!(scan(&tree, &["--only", "credential"]).code, Some(0), "an environment wins over a family");
    let shown = tree.leaktight(&["config", "show"]).text();
    assert!(
        shown.contains("gate.environment.unknown.fail-on = \"never\"") && shown.contains("leaktight.toml:4"),
        "{shown}"
    );
}

#[test]
fn a_history_applies_the_policy_of_its_work_tree() {
    let tree = work_tree(&[("a.py", format!("key = \"{}\" # leaktight: allow(github-pat) no say here\n", token(43)))]);
    tree.git(&["add", "."]);
    tree.git(&["commit", "-qm", "a"]);
    let history = |args: &[&str]| tree.leaktight(&[&["history", "--format", "json", "--now", NOW], args].concat());
    let run = history(&[]);
    assert_eq!(run.code, Some(1), "comments have no say in a history");
    let id = ids(&run).remove(0);
    assert_eq!(tree.leaktight(&["allow", &id, "--reason", "revoked"]).code, Some(0));
    let run = history(&[]);
    assert_eq!((run.code, accepted(&run)), (Some(0), vec!["allow a.py revoked".to_owned()]));
    // Parts say all they found; the policy is applied to the whole.
    let part = history(&["--shard", "1/1", "-o", "part.json"]);
    assert_eq!(part.code, Some(1));
    let whole = tree.leaktight(&["merge", "part.json", "--format", "json"]);
    assert_eq!((whole.code, accepted(&whole).len()), (Some(0), 1), "{}", whole.stderr);
}

/// What the reports say where the policy is that of what was scanned.
fn own(run: &Run) -> Vec<String> {
    let json = run.json();
    let all = json["findings"].as_array().expect("findings").iter().filter(|f| f["rule"] == "policy-from-scanned");
    all.map(|f| f["evidence"][0]["reason"].as_str().expect("a reason").to_owned()).collect()
}

#[test]
fn a_policy_of_the_scanned_repository_is_said_and_counts_only_from_inside() {
    let tree = Tree::new();
    tree.git(&["init", "-q", "app"]);
    tree.file("app/a.py", format!("key = \"{}\"\n", token(44)));
    tree.git(&["-C", "app", "add", "."]);
    tree.git(&["-C", "app", "commit", "-qm", "a"]);
    let inside = |args: &[&str]| {
        let run = Run::of(crate::harness::command(&tree.path().join("app")).args(args).args(["--now", NOW]));
        (run.code, run)
    };
    let json = ["--format", "json"];
    for command in ["scan", "history"] {
        let (code, run) = inside(&[&[command], &json[..]].concat());
        assert_eq!((code, own(&run)), (Some(1), Vec::new()), "{command}: without a policy there is nothing to say");
    }
    let id = ids(&inside(&["scan", "--format", "json"]).1).remove(0);
    assert_eq!(inside(&["allow", &id, "--reason", "fine"]).0, Some(0));
    let words = "the policy comes from the scanned repository: it accepted 1 finding; --no-config ignores it";
    for command in ["scan", "history"] {
        let (code, run) = inside(&[&[command], &json[..]].concat());
        assert_eq!((code, own(&run)), (Some(0), vec![format!("policy says: {words}")]), "{command}");
        let human = inside(&[command]).1.text().replace('\n', " ");
        assert_eq!(human.matches(words).count(), 1, "{command}: {human}");
        assert!(!human.contains("about the policy"), "{command}: {human}");
        assert!(inside(&[command, "--format", "sarif"]).1.text().contains(words), "{command}");
        let (code, run) = inside(&[&[command, "--no-config"], &json[..]].concat());
        assert_eq!((code, own(&run)), (Some(1), Vec::new()), "{command} --no-config");
        // From outside neither obeys it.
        let run = tree.leaktight(&[&[command, "app", "--now", NOW], &json[..]].concat());
        assert_eq!((run.code, own(&run)), (Some(1), Vec::new()), "{command} from outside: {}", run.stderr);
    }
    let run = tree.leaktight(&["scan", "app", "--now", NOW]);
    assert!(run.stderr.contains("is not used, because the scan was started outside of it"), "{}", run.stderr);
    tree.file("app/leaktight.toml", "[rules]\nskip = [\"credential\"]\n[gate]\nfail-on = \"low\"\n");
    let (code, run) = inside(&["scan", "--format", "json"]);
    let said = "policy says: the policy comes from the scanned repository: it sets rules.skip; --no-config ignores it";
    assert_eq!((code, own(&run)), (Some(0), vec![said.to_owned()]));
    tree.file("app/leaktight.toml", "[gate]\nfail-on = \"never\"\n");
    std::fs::remove_dir_all(tree.path().join("app/.leaktight/allow")).expect("the exception");
    let (code, run) = inside(&["scan", "--format", "json"]);
    let said =
        "policy says: the policy comes from the scanned repository: it sets gate.fail-on; --no-config ignores it";
    assert_eq!((code, own(&run)), (Some(0), vec![said.to_owned()]));
}

#[test]
fn reasons_show_no_secret_and_drive_nothing() {
    let (one, two) = (token(44), token(45));
    let tree = work_tree(&[("a.py", format!("key = \"{one}\"\n"))]);
    tree.git(&["add", "."]);
    tree.git(&["commit", "-qm", "a"]);
    let id = ids(&scan(&tree, &[])).remove(0);
    let other = format!("lt1:r{}", "0".repeat(32));
    let rest = format!("reason = \"as {two} \\u001b[2J \\u202e ::error::x\"\nowner = \"{two}\"");
    tree.file(".leaktight/allow.toml", entry(&id, "a.py", &rest) + &entry(&other, &format!("{two}/*.py"), &rest));
    tree.file("leaktight.toml", format!("[rules]\nskip = [\"{two}\"]\n[gate]\nfail-on = \"\\u001b[2J\"\n"));
    tree.git(&["add", "."]);
    for command in [
        &["scan", ".", "--no-config", "--allow", ".leaktight/allow.toml"][..],
        &["staged"],
        &["allow", "--list", "--no-config"],
    ] {
        for format in ["human", "json", "jsonl", "sarif"] {
            let with = [command, &["--format", format, "-v"]].concat();
            let run = tree.leaktight(if command[0] == "allow" { command } else { &with });
            let out = run.text() + &run.stderr;
            assert!(!out.contains(&one[8..]) && !out.contains(&two[8..]), "{command:?} {format}: {out}");
            assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{command:?} {format}: {out}");
            assert!(!out.lines().any(|l| l.trim_start().starts_with("::")), "{command:?} {format}: {out}");
        }
    }
}

#[test]
fn a_quiet_report_says_what_a_notice_says() {
    let tree = work_tree(&[("a.py", "nothing\n".into())]);
    tree.file(".leaktight/allow.toml", entry(&format!("lt1:r{}", "0".repeat(32)), "gone.py", "reason = \"x\""));
    let run = tree.leaktight(&["scan", "-q", "--format", "human"]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.text().starts_with(".leaktight/allow.toml:1:1: info proven the exception for lt1:r0"),
        "{}",
        run.text()
    );
}
