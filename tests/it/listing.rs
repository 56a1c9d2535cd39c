//! `--min-confidence`: what is listed. It never changes what fails the check, and a check that fails says why.

use crate::harness::{Run, Tree, made, token};
use leaktight::report::Format;
use serde_json::Value;

/// A repository whose index adds one proven finding, and `likely` ones that fail the check, too.
fn tree(likely: u64) -> Tree {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    tree.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
    tree.file("proven.txt", token(1));
    for n in 0..likely {
        tree.file(format!("likely{n}.txt"), format!("key = {}\n", made("{{AKIA + base32(16)}}", n)));
    }
    tree.git(&["add", "."]);
    tree
}

/// The same change seen by a scan, as what is staged, and as a commit.
fn commands(tree: &Tree) -> Vec<Vec<&'static str>> {
    tree.git(&["branch", "base"]);
    let staged = tree.leaktight(&["staged", "--min-confidence", "proven"]);
    assert_eq!(staged.code, Some(1), "{}", staged.text());
    tree.git(&["commit", "-q", "-m", "second"]);
    vec![vec!["scan", "."], vec!["range", "base..HEAD"], vec!["history"]]
}

fn summary(run: &Run) -> Value {
    run.json()["summary"].clone()
}

#[test]
fn hiding_changes_what_is_listed_and_nothing_else() {
    let tree = tree(2);
    for command in commands(&tree) {
        let with = |confidence| {
            tree.leaktight(&[&command[..], &["--format", "json", "--min-confidence", confidence]].concat())
        };
        let (all, few) = (with("possible"), with("proven"));
        assert_eq!((all.code, few.code), (Some(1), Some(1)), "{command:?}");
        assert_eq!((all.findings().len(), few.findings().len()), (3, 1), "{command:?}: {:?}", all.findings());
        let (all, few) = (summary(&all), summary(&few));
        assert_eq!((&all["hidden"], &all["hidden_gating"], &all["gating"]), (&0.into(), &0.into(), &3.into()));
        assert_eq!((&few["hidden"], &few["hidden_gating"], &few["gating"]), (&2.into(), &2.into(), &3.into()));
        assert_eq!(few["findings"], 1);
    }
    // Nothing that would fail the check is left to be shown, and the exit code is still 1.
    let run = tree.leaktight(&["scan", "likely0.txt", "--min-confidence", "proven"]);
    assert_eq!(run.code, Some(1));
    assert!(run.text().starts_with("no findings at or above `proven`\n"), "{}", run.text());
    // What is hidden and below the gate does not fail it.
    let run = tree.leaktight(&["scan", "likely0.txt", "--min-confidence", "proven", "--gate-confidence", "proven"]);
    assert_eq!(run.code, Some(0));
    assert!(run.text().contains("1 finding below `proven` hidden by --min-confidence\n"), "{}", run.text());
    assert!(run.text().ends_with("nothing at or above the gate (proven, medium): exit 0\n"), "{}", run.text());
}

#[test]
fn the_last_line_counts_what_fails_the_check_and_is_hidden() {
    let tree = tree(2);
    for command in commands(&tree) {
        let run = tree.leaktight(&[&command[..], &["--min-confidence", "proven"]].concat());
        let last = run.text().lines().last().unwrap_or_default().to_owned();
        assert_eq!(last, "3 findings at or above the gate (likely, medium), 2 of them hidden: exit 1", "{command:?}");
        let run = tree.leaktight(&command);
        assert!(!run.text().contains("hidden"), "{command:?}: {}", run.text());
    }
    // One line for each finding, and one for what is missing from them.
    let run = tree.leaktight(&["scan", ".", "--format", "human", "-q", "--min-confidence", "proven"]);
    let lines: Vec<String> = run.text().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(lines[1], "2 findings that fail the check are hidden by --min-confidence proven");
}

#[test]
fn a_check_that_fails_for_what_is_hidden_says_so_in_every_format() {
    let tree = tree(1);
    let reason = "1 finding that fails the check is hidden by --min-confidence proven";
    for format in Format::ALL.iter().copied() {
        let run = |more: &[&str]| tree.leaktight(&[&["scan", "likely0.txt", "--format", format.name()], more].concat());
        let (hiding, listing) = (run(&["--min-confidence", "proven"]), run(&[]));
        assert_eq!((hiding.code, listing.code), (Some(1), Some(1)));
        let expected = match format {
            Format::Human => ", 1 of them hidden: exit 1\n",
            Format::Json => "\"hidden_gating\": 1",
            Format::Jsonl => "\"hidden_gating\":1",
            _ => reason,
        };
        assert!(hiding.text().contains(expected), "{format}: {}", hiding.text());
        assert!(!listing.text().contains(expected) && !listing.text().contains(reason), "{format}");
    }
    let run = |format| tree.leaktight(&["scan", "likely0.txt", "--min-confidence", "proven", "--format", format]);
    let sarif = run("sarif").json();
    let invocation = &sarif["runs"][0]["invocations"][0];
    let note = &invocation["toolExecutionNotifications"][0];
    assert_eq!((&note["descriptor"]["id"], &note["level"]), (&"hidden-findings".into(), &"error".into()));
    assert_eq!(invocation["executionSuccessful"], true, "the run is complete");
    // Readers of these two see red or green: an empty list and a list of passed tests would be green.
    assert!(run("junit").text().contains("tests=\"2\" failures=\"1\" errors=\"0\""), "{}", run("junit").text());
    assert!(!run("junit").text().contains("no findings at or above the gate"));
    assert_eq!(run("codequality").json()[0]["severity"], "critical");
    assert_eq!(run("gitlab").json()["scan"]["messages"][0]["level"], "fatal");
}

#[test]
fn azure_is_told_of_what_is_hidden() {
    let tree = tree(1);
    tree.git(&["branch", "base"]);
    tree.git(&["rm", "-q", "--cached", "proven.txt"]);
    tree.git(&["commit", "-q", "-m", "second"]);
    let mut command = crate::harness::command(tree.path());
    command.env("TF_BUILD", "True").args(["ci", "generic", "--base", "base", "--min-confidence", "proven"]);
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let line =
        "##vso[task.logissue type=error]leaktight: 1 finding that fails the check is hidden by --min-confidence proven";
    assert!(run.text().lines().any(|l| l == line), "{}", run.text());
}

#[test]
fn a_report_that_hides_findings_is_not_taken_for_a_whole_one() {
    let tree = tree(1);
    tree.git(&["commit", "-q", "-m", "second"]);
    tree.leaktight(&["history", "-q", "--min-confidence", "proven", "-o", "few.json"]);
    let run = tree.leaktight(&["merge", "few.json"]);
    assert_eq!(run.code, Some(2), "{}", run.text());
    assert!(run.stderr.contains("leaves findings out (--min-confidence)"), "{}", run.stderr);
}
