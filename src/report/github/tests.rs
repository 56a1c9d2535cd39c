//! Tests of what GitHub is told: nothing hostile is obeyed, nothing grows beyond its limits.

use super::*;
use crate::report::fixtures;
use crate::report::run::Command;
use crate::rule::RuleSet;

#[test]
fn annotations_are_few_and_worst_first() {
    let rules = RuleSet::builtin();
    let outcome = fixtures::change(&rules);
    let run = Run::new(Command::Ci, "x", &rules, &outcome);
    let lines = annotations(&run);
    assert!(
        lines[0].starts_with("::error file=config/live.env,line=4,endLine=4,col=7,endColumn=47,title=leaktight%3A ")
    );
    let again = lines.iter().find(|l| l.contains("rewrite the branch before merging")).expect("the removed one");
    assert!(again.starts_with("::error title=leaktight%3A ") && again.contains("in commit 0505050505"), "{again}");
    let message = lines.iter().find(|l| l.contains("message of commit 0606060606")).expect("the message");
    assert!(message.starts_with("::error title="));
    assert!(!lines.iter().any(|l| l.contains("old/existing.env")), "what was there before is not annotated");
    assert!(lines.iter().any(|l| l.starts_with("::error title=leaktight could not look at everything::missing-base")));
    // Ten, whatever there is, and the gap among them.
    let mut many = fixtures::change(&rules);
    let one = many.findings[0].clone();
    many.findings.extend((0..50).map(|_| one.clone()));
    let lines = annotations(&Run::new(Command::Ci, "x", &rules, &many));
    assert_eq!(lines.len(), ANNOTATIONS);
    assert!(lines[9].contains("missing-base"));
}

#[test]
fn what_is_hidden_and_fails_the_check_is_among_the_annotations_and_in_the_summary() {
    let rules = RuleSet::builtin();
    let mut outcome = fixtures::change(&rules);
    let one = outcome.findings[0].clone();
    outcome.findings.extend((0..20).map(|_| one.clone()));
    let mut run = Run::new(Command::Ci, "x", &rules, &outcome);
    let (listed, brought) = counts(&run);
    run.min_confidence = crate::finding::evidence::Confidence::Proven;
    let reason = run.hidden_reason().expect("some are not proven");
    assert!(reason.ends_with(" hidden by --min-confidence proven"), "{reason}");
    let lines = annotations(&run);
    assert!(lines.len() <= ANNOTATIONS && lines.iter().any(|l| l.starts_with("::error ") && l.ends_with(&reason)));
    assert!(summary(&run, &About::default(), 1 << 20).contains(&format!("{reason}. Exit code 1.")));
    assert!(counts(&run).0 < listed && counts(&run).1 == brought, "the change brings what is hidden, too");
}

#[test]
fn no_line_is_anything_but_one_command_of_ours() {
    let rules = RuleSet::builtin();
    for outcome in [fixtures::hostile(&rules), fixtures::hostile_history(&rules)] {
        for line in annotations(&Run::new(Command::Ci, "x", &rules, &outcome)) {
            assert!(!line.chars().any(escape::is_unsafe), "{line}");
            let rest = line.strip_prefix("::").expect("a command");
            let (head, _) = rest.split_once("::").expect("its end");
            let (name, properties) = head.split_once(' ').expect("properties");
            assert!(["error", "warning", "notice"].contains(&name));
            for property in properties.split(',') {
                let (name, value) = property.split_once('=').expect("a property");
                assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&name), "{property}");
                assert!(!value.contains(':') && !value.is_empty(), "{property}");
            }
        }
    }
    assert_eq!(
        command("error", &[("file", "a,b:c%0A\n")], "x%25\n::y"),
        "::error file=a%2Cb%3Ac%250A\\n::x%2525\\n::y"
    );
}

#[test]
fn the_summary_says_everything_once() {
    let rules = RuleSet::builtin();
    let mut outcome = fixtures::change(&rules);
    outcome.suppressed = fixtures::accepted(&rules);
    let mut run = Run::new(Command::Ci, "pull request 7: 1111111111..2222222222", &rules, &outcome);
    run.suppressed = &outcome.suppressed;
    let notes = ["a note with [a](http://evil)".to_owned()];
    let about = About { notes: &notes, nothing: None, fork: true };
    let text = summary(&run, &about, 1 << 20);
    for part in [
        "## leaktight: findings stop this change",
        "Exit code 1.",
        "from a fork",
        "| critical | ",
        "`config/live.env:4:7`",
        "| removed-again |",
        "rotate it, and rewrite the branch before merging",
        "### What could not be looked at",
        "missing-base (blocks)",
        "fetch-depth: 0",
        "1 finding was there before",
        "1 finding accepted by the policy",
        "leaktight allow lt1:",
        "Taking a secret out in a further commit",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains("](http") && !text.contains("old/existing.env"));
    let clean = fixtures::clean();
    let run = Run::new(Command::Ci, "x", &rules, &clean);
    let about = About { nothing: Some("the branch was deleted"), ..About::default() };
    assert!(
        summary(&run, &about, 1 << 20).contains("There was nothing to look at: the branch was deleted. Exit code 0.")
    );
}

#[test]
fn the_summary_stays_under_its_limit_and_says_what_is_cut() {
    let rules = RuleSet::builtin();
    let mut outcome = fixtures::change(&rules);
    let (finding, gap) = (outcome.findings[0].clone(), outcome.gaps[0].clone());
    outcome.findings.extend((0..5000).map(|_| finding.clone()));
    outcome.gaps.extend((0..5000).map(|_| gap.clone()));
    let run = Run::new(Command::Ci, "x", &rules, &outcome);
    for room in [0, 400, 5000, 100_000, 1 << 20] {
        let text = summary(&run, &About::default(), room);
        assert!(text.len() <= room, "{} of {room}", text.len());
        assert!(room < 5000 || text.contains(" more"), "{text}");
    }
}

#[test]
fn hostile_text_is_inert_in_the_summary() {
    let rules = RuleSet::builtin();
    for outcome in [fixtures::hostile(&rules), fixtures::hostile_history(&rules)] {
        let run = Run::new(Command::Ci, "\u{1b}[2J`<b>`|[a](http://x)", &rules, &outcome);
        let text = summary(&run, &About::default(), 1 << 20);
        assert!(!text.chars().any(|c| c != '\n' && escape::is_unsafe(c)));
        let bare = text.replace("<code>", "").replace("</code>", "");
        assert!(!bare.contains('<') && !bare.contains("](") && !bare.contains("http://"), "{text}");
        for line in text.lines() {
            assert!(
                line.is_empty()
                    || line.starts_with(['#', '|', '-', '*', 'a', 'B', 'N', 'T', 'n'])
                    || line.contains("Exit code")
            );
            assert!(!line.starts_with('|') || line.matches('|').count() == 6, "{line}");
        }
    }
}
