//! The report for people, word by word.

use super::*;
use crate::blob::Reach;
use crate::finding::{Location, Outcome, State};
use crate::policy::threshold::Threshold;
use crate::report::fixtures;
use crate::rule::{RuleSet, Severity};

fn written(how: &Human, outcome: &Outcome, rules: &RuleSet) -> String {
    let mut out = Vec::new();
    how.write(&Run::new(Command::Scan, ".", rules, outcome), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_finding_reads_like_this() {
    let rules = RuleSet::builtin();
    let text = written(&Human::default(), &fixtures::usual(&rules), &rules);
    let expected = "\
critical[github-pat]: GitHub personal access token (proven)
  --> deploy/release.sh:12:21
   |
11 | # nightly release
12 | export GITHUB_TOKEN=ghp_…x7 # bot account
   |                     ^^^^^^^
13 | npm publish
   = why: its checksum is right (+100), has the form of this provider's secrets
          (+60)
   = fix: ";
    assert!(text.starts_with(expected), "{text}");
    let also = "   = also: services/worker-1/deploy.env:1:14, services/worker-2/deploy.env:2:14,\n           \
                services/worker-3/deploy.env:3:14, and 9 more places\n";
    assert!(text.contains(also), "{text}");
    assert!(text.contains("(possible, below the gate)"));
    assert!(text.contains("  = with: secret access key at infra/prod.tfvars:4:15\n"));
    assert!(text.contains("  unreadable (1, blocks)\n    - secrets/backup.key: permission denied\n"));
    let last: Vec<&str> = text.lines().rev().take(2).collect();
    assert_eq!(
        last,
        [
            "3 findings at or above the gate (likely, medium): exit 1",
            "could not look at everything that was asked (1 of 2 blocks)"
        ]
    );
}

#[test]
fn lines_fill_the_width_and_no_more() {
    let rules = RuleSet::builtin();
    for width in [72, 80, 100] {
        let text = written(&Human { width, ..Human::default() }, &fixtures::usual(&rules), &rules);
        for line in text.lines() {
            assert!(columns(line) <= width, "{line}");
        }
    }
    assert_eq!([width(Some("72"), Some(200)), width(Some("x"), Some(200)), width(None, None)], [72, 100, 80]);
}

#[test]
fn a_clean_run_is_short() {
    let rules = RuleSet::builtin();
    let text = written(&Human::default(), &fixtures::clean(), &rules);
    assert_eq!(
        text,
        "no findings\nlooked at 1,234 files, 12.3 MB; 2 symbolic links were not followed; left out 3\nfiles and 2 folders that git ignores\n\
         nothing at or above the gate (likely, medium): exit 0\n"
    );
}

#[test]
fn quiet_is_one_line_each_and_hides_no_gap() {
    let rules = RuleSet::builtin();
    let text = written(&Human { quiet: true, ..Human::default() }, &fixtures::usual(&rules), &rules);
    let first = "deploy/release.sh:12:21: critical proven GitHub personal access token [lt1:r";
    assert!(text.starts_with(first), "{text}");
    assert_eq!(text.lines().count(), 6);
    assert!(text.contains("\nsecrets/backup.key: gap, blocks: unreadable: permission denied\n"));
}

#[test]
fn places_are_links_when_asked() {
    let rules = RuleSet::builtin();
    let how = Human { styled: true, links: Some("/srv/a b".into()), ..Human::default() };
    let text = written(&how, &fixtures::usual(&rules), &rules);
    assert!(
        text.contains("\u{1b}]8;;file:///srv/a%20b/deploy/release.sh\u{1b}\\deploy/release.sh:12:21\u{1b}]8;;\u{1b}\\")
    );
    assert!(!written(&Human { styled: false, ..how }, &fixtures::usual(&rules), &rules).contains('\u{1b}'));
}

#[test]
fn no_line_starts_with_a_workflow_command() {
    assert_eq!(wrap("aaaa ::error::x bb ::warning::y", 8), ["aaaa ::error::x", "bb ::warning::y"]);
    let rules = RuleSet::builtin();
    let mut outcome = fixtures::usual(&rules);
    outcome.findings[0].location = fixtures::at(b"::error::x", 1, 1, 1);
    outcome.gaps[0].what = b"::error::x".to_vec();
    for quiet in [false, true] {
        let text = written(&Human { quiet, ..Human::default() }, &outcome, &rules);
        assert!(text.contains("::error::x"));
        assert!(!text.lines().any(|l| l.trim_start().starts_with("::")), "{text}");
    }
}

#[test]
fn a_history_says_what_it_means() {
    let rules = RuleSet::builtin();
    let outcome = fixtures::history(&rules, "a/b", [1, 2, 3]);
    let names = ["a/b".to_owned(), "c".to_owned()];
    let mut run = Run::new(Command::History, "2 repositories", &rules, &outcome);
    run.repositories = &names;
    let mut out = Vec::new();
    Human { width: 100, ..Human::default() }.write(&run, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("--> a/b/deploy/0.sh:4:7 in commit 0101010101\n"), "{text}");
    assert!(
        text.contains("= life: first seen 2019-03-02 in commit 0101010101 by Ada <ada@example.org>; still in HEAD,")
    );
    let end = "\
of these, 1 is in the current version (HEAD), 1 is only in the past, 1 is stored though nothing
refers to it
the commits that hold them are from 2019-03-02 to 2020-04-26
repositories: a/b, c
everything that they keep was looked at
looked at 1 repository: 89 commits, 567 trees, 1,234 blobs, 2 tags, 5 references, 12.3 MB
3 findings at or above the gate (likely, medium): exit 1
";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn what_already_existed_is_counted_with_a_verb_that_agrees() {
    let rules = RuleSet::builtin();
    let mut outcome = fixtures::change(&rules);
    let existing = outcome.findings.iter().find(|f| f.state == Some(State::Existing)).expect("one").clone();
    for says in ["1 finding already existed; it does not fail", "2 findings already existed; they do not fail"] {
        let mut out = Vec::new();
        let run = Run::new(Command::Range, "a..b", &rules, &outcome);
        Human { width: 100, ..Human::default() }.write(&run, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains(says), "{text}");
        outcome.findings.push(existing.clone());
    }
}

#[test]
fn what_is_below_the_threshold_is_a_line_each_and_hooks_count_it() {
    let rules = RuleSet::builtin();
    let fixture = fixtures::change(&rules);
    let low = |n: usize| {
        let path = format!("tests/login{n}.py");
        let place = Location {
            severity: Severity::Low,
            state: Some(State::New),
            ..fixtures::git_at("", path.as_bytes(), 4, Reach::Head)
        };
        let mut f = fixtures::finding(&rules, "generic-password", n as u64, place.clone(), Default::default());
        f.location = place;
        f.follow_place();
        f
    };
    let said = |command, number: usize, quiet, threshold: Threshold| {
        let mut outcome = fixture.clone();
        outcome.findings.splice(3..3, (0..number).map(low));
        let run = Run::new(command, "a..b", &rules, &outcome).measured(threshold);
        let mut out = Vec::new();
        Human { width: 100, quiet, ..Human::default() }.write(&run, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let line = |n| {
        format!(
            "low  generic-password  tests/login{n}.py:4:7 in commit 0404040404  ghp_…x7  (likely, below the threshold)\n"
        )
    };
    for command in [Command::Range, Command::Ci, Command::Staged, Command::PreReceive] {
        let text = said(command, 2, false, Threshold::default());
        assert!(text.contains(&format!("\n{}{}\n", line(0), line(1))), "{text}");
        let (failing, below, before) = (text.find("critical["), text.find("low  "), text.find("existing GitHub"));
        assert!(failing < below && below < before, "{text}");
        assert!(!text.contains("low["), "{text}");
    }
    let text = said(Command::Range, 52, false, Threshold::default());
    assert_eq!(text.matches("(likely, below the threshold)").count(), 50);
    assert!(text.contains(&format!("{}and 2 more below the threshold\n\n", line(49))), "{text}");
    for (command, says) in [
        (
            Command::PreCommit,
            "52 findings of this change are below the threshold; see `leaktight staged`, or after the commit\n\
             `leaktight range HEAD~1..HEAD`\n",
        ),
        (Command::PrePush, "52 findings of this change are below the threshold; see `leaktight range BASE..HEAD`\n"),
        (Command::CommitMsg, "52 findings of this change are below the threshold\n"),
    ] {
        let text = said(command, 52, false, Threshold::default());
        assert!(text.contains(says) && !text.contains("tests/login"), "{text}");
    }
    let text = said(Command::PreCommit, 1, false, Threshold::default());
    assert!(text.contains("1 finding of this change is below the threshold; "), "{text}");
    assert!(!said(Command::Range, 0, false, Threshold::default()).contains("below the threshold"));
    assert_eq!(said(Command::PreCommit, 3, true, Threshold::default()).matches(": low likely").count(), 3);
    // Nothing fails: nothing is below.
    let never = Threshold { fail_on: None, ..Threshold::default() };
    assert_eq!(said(Command::Range, 3, false, never).matches("low[generic-password]").count(), 3);
}
