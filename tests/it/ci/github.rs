//! Every kind of event on checkouts as they are made, with exit code, outputs, summary and annotations.

use crate::ci::world::{World, commit, git};
use crate::harness::token;
use std::fs;

/// What a full checkout of the pull request's merge must give.
#[test]
fn a_pull_request_says_what_is_new_and_what_was_removed_again() {
    let world = World::new(100);
    let dir = world.full("work", &world.merge);
    for fixture in ["pull_request", "pull_request_hostile"] {
        let done = world.github(&dir, "pull_request", fixture, &[]);
        assert_eq!(done.code, Some(1), "{}{}", done.stdout, done.stderr);
        assert_eq!(done.output("exit-code"), "1");
        assert_eq!(
            (done.output("new-findings"), done.output("complete"), done.output("upload")),
            ("2", "true", "true")
        );
        assert!(done.output("sarif-file").ends_with("/leaktight.sarif"));
        let commands = done.commands();
        assert_eq!(commands.len(), 2, "{commands:?}");
        assert!(commands[0].starts_with("::error file=config/live.env,line=2,endLine=2,col=14,"), "{commands:?}");
        assert!(commands[1].starts_with("::error title=") && commands[1].contains("gone.env"), "{commands:?}");
        assert!(done.summary.contains("`config/live.env:2:14`") && done.summary.contains("| removed-again |"));
        assert!(done.summary.contains("rewrite the branch before merging"), "{}", done.summary);
        let sarif: serde_json::Value = serde_json::from_str(&done.sarif).unwrap();
        let provenance = &sarif["runs"][0]["versionControlProvenance"][0];
        assert_eq!(provenance["repositoryUri"], "https://github.example/acme/app");
        assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(2));
    }
}

#[test]
fn a_fork_is_looked_at_and_said() {
    let world = World::new(110);
    let dir = world.full("work", &world.merge);
    for fixture in ["pull_request_fork", "pull_request_fork_gone"] {
        let done = world.github(&dir, "pull_request", fixture, &[]);
        assert_eq!((done.code, done.output("upload")), (Some(1), "false"));
        assert!(done.summary.contains("comes from a fork") && done.stderr.contains("comes from a fork"));
    }
}

/// The checkout is the base; what is new is the head, and never HEAD.
#[test]
fn pull_request_target_looks_at_the_head_without_checking_it_out() {
    let world = World::new(120);
    let dir = world.full("work", &world.main);
    let done = world.github(&dir, "pull_request_target", "pull_request_target", &[]);
    assert_eq!((done.code, done.output("new-findings")), (Some(1), "2"), "{}", done.stderr);
    let dir = world.shallow("without", &world.main);
    let done = world.github(&dir, "pull_request_target", "pull_request_target", &[]);
    assert_eq!((done.code, done.output("complete")), (Some(3), "false"), "{}", done.stdout);
    assert!(done.summary.contains(&format!("git fetch --no-tags origin {}", world.head)), "{}", done.summary);
    assert!(done.commands()[0].contains("could not look at everything"));
}

#[test]
fn pushes_groups_tags_and_runs_without_a_change() {
    let world = World::new(130);
    let merged = world.full("merged", &world.merge);
    let clean = world.full("clean", &world.main);
    for (name, fixture, dir, code, new) in [
        ("merge_group", "merge_group", &merged, 1, "2"),
        ("push", "push", &merged, 1, "2"),
        ("push", "push_new_branch", &merged, 1, "2"),
        ("push", "push_tag", &merged, 1, "2"),
        ("push", "push_deleted", &merged, 0, "0"),
        ("schedule", "schedule", &clean, 0, "0"),
        ("schedule", "schedule", &merged, 1, "2"),
        ("workflow_dispatch", "workflow_dispatch", &merged, 1, "2"),
        ("workflow_dispatch", "workflow_dispatch", &clean, 0, "0"),
        ("issues", "issues", &merged, 1, "2"),
    ] {
        let done = world.github(dir, name, fixture, &[]);
        let found = (done.code, done.output("new-findings"), done.output("complete"));
        assert_eq!(found, (Some(code), new, "true"), "{name} {fixture}: {}{}", done.stdout, done.stderr);
    }
    let deleted = world.github(&merged, "push", "push_deleted", &[]);
    assert!(deleted.summary.contains("the branch was deleted: nothing is new"), "{}", deleted.summary);
    // The first push of the default branch: nothing to compare it with, and not compared with itself.
    let event = world.event("push_new_default");
    let done = world.runner("push", &event, &merged).leaktight(&["ci", "github"]);
    assert_eq!((done.code, done.output("new-findings")), (Some(1), "2"), "{}", done.stderr);
    assert!(done.stderr.contains("there is no base to compare with"));
}

/// A forced push whose old tip is gone: what the branch adds to the default branch is looked at instead.
#[test]
fn a_forced_push_is_compared_with_the_default_branch() {
    let world = World::new(140);
    let dir = world.full("work", &world.merge);
    let gone = "1".repeat(40);
    let event = world.event("push_forced").replace(&world.before, &gone);
    let run = |event: &str| world.runner("push", event, &dir).leaktight(&["ci", "github"]);
    let done = run(&event);
    done.is_safe(&world.secrets);
    assert_eq!((done.code, done.output("new-findings"), done.output("complete")), (Some(1), "2", "true"));
    assert!(done.stderr.contains("the merge base of the default branch"), "{}", done.stderr);
    assert!(done.summary.contains("the merge base of the default branch"), "{}", done.summary);
    // Nothing that the default branch has not.
    let done = run(&event.replace(&world.head, &world.main));
    assert_eq!((done.code, done.output("complete")), (Some(0), "true"), "{}{}", done.stdout, done.stderr);
    // A branch that shares no commit with it.
    git(&dir, &["checkout", "-q", "--orphan", "apart"]);
    let apart = commit(&dir, "apart");
    let done = run(&event.replace(&world.head, &apart));
    assert_eq!(done.output("complete"), "false", "{}{}", done.stdout, done.stderr);
    assert!(done.summary.contains("missing-base (blocks)"), "{}", done.summary);
    // The default branch itself has nothing else to be compared with.
    let done = run(&event.replace("refs/heads/topic", "refs/heads/main").replace(&world.head, &world.main));
    assert_eq!((done.code, done.output("exit-code")), (Some(3), "3"), "{}", done.stdout);
    assert!(done.stderr.contains(&format!("git fetch --no-tags origin {gone}")), "{}", done.stderr);
}

/// Field notes 43: what a default checkout lacks is said, never passed over.
#[test]
fn a_shallow_checkout_never_passes() {
    let world = World::new(150);
    // With two commits of each line the parents of the merge are there, and what lies behind the head is not.
    let shallow: Vec<_> = [1, 2].map(|depth| world.deep(&format!("work-{depth}"), &world.merge, depth)).into();
    let looked = [
        ("pull_request", "pull_request"),
        ("merge_group", "merge_group"),
        ("push", "push"),
        ("push", "push_new_branch"),
        ("push", "push_tag"),
        ("schedule", "schedule"),
    ];
    for (dir, (name, fixture)) in shallow.iter().flat_map(|dir| looked.map(|event| (dir, event))) {
        let done = world.github(dir, name, fixture, &[]);
        assert!(matches!(done.code, Some(1 | 3)), "{fixture}: {:?} {}", done.code, done.stdout);
        assert_eq!(done.output("complete"), "false", "{fixture}");
        assert!(done.summary.contains("git fetch"), "{fixture}: {}", done.summary);
    }
}

#[test]
fn a_clean_request_is_0() {
    let world = World::new(160);
    let server = world.tree.path().join("server");
    git(&server, &["checkout", "-q", "-b", "fine", &world.base]);
    world.tree.file("server/fine.txt", "fine\n");
    let head = commit(&server, "fine");
    git(&server, &["checkout", "-q", "main"]);
    let dir = world.full("work", &head);
    let event = world.event("pull_request").replace(&world.head, &head);
    let done = world.runner("pull_request", &event, &dir).leaktight(&["ci"]);
    done.is_safe(&world.secrets);
    assert_eq!((done.code, done.output("findings")), (Some(0), "0"), "{}{}", done.stdout, done.stderr);
    assert!(done.commands().is_empty() && done.summary.contains("nothing stops this change"));
}

/// Title, description and branch come with the request, too.
#[test]
fn what_the_event_says_is_looked_at() {
    let world = World::new(170);
    let secret = token(179);
    let dir = world.full("work", &world.main);
    for from in ["Add the export", "::error file=x::owned", "topic/$(touch${IFS}owned)"] {
        let event = world.event("pull_request").replace(&world.head, &world.main);
        let event = event.replacen(from, &format!("topic/{secret}"), 20);
        let done = world.runner("pull_request", &event, &dir).leaktight(&["ci", "github"]);
        done.is_safe(std::slice::from_ref(&secret));
        assert_eq!((done.code, done.output("new-findings")), (Some(1), "1"), "{from}: {}{}", done.stdout, done.stderr);
        assert!(done.commands()[0].starts_with("::error title="), "{:?}", done.commands());
    }
}

/// Names that would be commands, Markdown or HTML.
#[test]
fn hostile_names_and_messages_drive_nothing() {
    let names = [
        "::error::x",
        "::set-output name=exit-code::0",
        "new\nline::error::x",
        "\r::error::y",
        "%0A::error::z",
        "a,b:c=d.env",
        "|`x`|<img src=x onerror=alert(1)>.md",
        "[click](https://evil.example).md",
        "##vso[task.complete result=Succeeded]",
        "\u{1b}[2J\u{202e}gnp.env",
        "--output=x",
    ];
    let world = World::made(200, |tree, dir| {
        for (n, name) in names.iter().enumerate() {
            tree.file(format!("server/deep/{name}"), format!("token: {}\n", token(210 + n as u64)));
        }
        tree.file("server/again.env", format!("{}\n", token(230)));
        commit(dir, &format!("::error::owned\n\n[a](http://evil) <b> {}\n##vso[task.complete]\n", token(231)));
        fs::remove_file(dir.join("again.env")).unwrap();
    });
    let mut secrets = world.secrets.clone();
    secrets.extend((210..232).map(token));
    let dir = world.full("work", &world.merge);
    for fixture in ["pull_request", "pull_request_hostile"] {
        let done = world.github(&dir, "pull_request", fixture, &[]);
        done.is_safe(&secrets);
        assert_eq!(done.code, Some(1));
        assert_eq!(done.commands().len(), 10);
        let new: usize = done.output("new-findings").parse().unwrap();
        assert_eq!(new, names.len() + 4, "{}", done.summary);
    }
    assert!(!dir.join("owned").exists() && !dir.join("x").exists());
}

#[test]
fn requests_that_are_wrong_are_2_and_never_0() {
    let world = World::new(180);
    let dir = world.full("work", &world.merge);
    for event in ["", "{", "[]", "{}", "{\"pull_request\": {\"head\": {\"sha\": \"x\"}}}"] {
        let done = world.runner("pull_request", event, &dir).leaktight(&["ci", "github"]);
        assert_eq!(done.code, Some(2), "{event}: {}", done.stdout);
        assert!(done.stderr.contains("event"), "{}", done.stderr);
    }
    let mut runner = world.runner("pull_request", "{}", &dir);
    runner.variables.insert("GITHUB_EVENT_PATH".into(), "/nothing/here".into());
    assert_eq!(runner.leaktight(&["ci", "github"]).code, Some(2));
    runner.variables.remove("GITHUB_EVENT_PATH");
    let done = runner.leaktight(&["ci", "github"]);
    assert!(done.code == Some(2) && done.stderr.contains("GITHUB_EVENT_PATH"), "{}", done.stderr);
    let mut runner = world.runner("schedule", "{}", &dir);
    runner.variables.insert("GITHUB_STEP_SUMMARY".into(), "/nothing/here".into());
    assert_eq!(runner.leaktight(&["ci", "github"]).code, Some(2));
}

/// Other formats on standard output stay what they are.
#[test]
fn a_format_for_programs_has_no_annotations_in_it() {
    let world = World::new(190);
    let dir = world.full("work", &world.merge);
    let done = world.github(&dir, "pull_request", "pull_request", &["--format", "json", "-o", "sarif=own.sarif"]);
    let json: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((done.code, json["run"]["command"].as_str()), (Some(1), Some("ci")));
    let mut states: Vec<_> =
        json["findings"].as_array().unwrap().iter().map(|f| f["state"].as_str().unwrap()).collect();
    states.sort_unstable();
    assert_eq!(states, ["new", "removed-again"]);
    assert!(
        done.output("sarif-file").ends_with("own.sarif") && done.sarif.is_empty() && dir.join("own.sarif").exists()
    );
}

/// GitHub drops the whole summary of a step above its limit, what was there included.
#[test]
fn the_summary_is_never_too_long() {
    let world = World::new(240);
    let dir = world.full("work", &world.merge);
    for there in [1_000_000, 1_048_000, 1_048_576] {
        let runner = world.runner("pull_request", &world.event("pull_request"), &dir);
        fs::write(runner.temp.join("summary.md"), "x".repeat(there)).unwrap();
        let done = runner.leaktight(&["ci", "github"]);
        assert_eq!(done.code, Some(1));
        assert!(done.summary.len() <= 1 << 20, "{}", done.summary.len());
    }
}

/// Law 7: what the head says about the gate is said by name and not obeyed.
#[test]
fn the_policy_of_the_head_is_said_and_not_obeyed() {
    let weaker = "[gate]\nfail-on = \"never\"\n[rules]\nskip = [\"*\"]\n";
    let world = World::made(250, |tree, _| {
        tree.file("server/leaktight.toml", weaker);
    });
    let dir = world.full("work", &world.merge);
    for (name, fixture) in
        [("pull_request", "pull_request_fork"), ("push", "push_new_branch"), ("workflow_dispatch", "workflow_dispatch")]
    {
        let done = world.github(&dir, name, fixture, &[]);
        assert_eq!(
            (done.code, done.output("new-findings")),
            (Some(1), "2"),
            "{fixture}: {}{}",
            done.stdout,
            done.stderr
        );
        assert!(done.summary.contains("### What it would change in the policy"), "{fixture}: {}", done.summary);
        assert!(
            done.commands().iter().any(|c| c.starts_with("::notice ") && c.contains("leaktight.toml")),
            "{}",
            done.stdout
        );
    }
    // Even where no branch is there to take the policy from.
    let alone = world.full("alone", &world.merge);
    git(&alone, &["update-ref", "-d", "refs/remotes/origin/main"]);
    git(&alone, &["update-ref", "-d", "refs/heads/main"]);
    for fixture in ["push_new_branch", "workflow_dispatch"] {
        let name = if fixture == "workflow_dispatch" { fixture } else { "push" };
        let done = world.github(&alone, name, fixture, &[]);
        assert_eq!(
            (done.code, done.output("new-findings")),
            (Some(1), "2"),
            "{fixture}: {}{}",
            done.stdout,
            done.stderr
        );
    }
    // A request that changes nothing but the policy passes, and says so.
    let server = world.tree.path().join("server");
    git(&server, &["checkout", "-q", "-b", "policy", &world.base]);
    world.tree.file("server/leaktight.toml", weaker);
    let head = commit(&server, "policy");
    git(&server, &["checkout", "-q", "main"]);
    let dir = world.full("only", &head);
    let event = world.event("pull_request").replace(&world.head, &head);
    let done = world.runner("pull_request", &event, &dir).leaktight(&["ci", "github"]);
    done.is_safe(&world.secrets);
    assert_eq!((done.code, done.output("new-findings")), (Some(0), "0"), "{}{}", done.stdout, done.stderr);
    assert!(done.commands()[0].starts_with("::notice "), "{}", done.stdout);
}
