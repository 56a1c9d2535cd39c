//! action.yml, run step by step on checkouts as actions/checkout makes them.

use crate::ci::steps::{Action, Job};
use crate::ci::world::{Done, World, git};
use crate::harness;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const PROGRAM: &str = env!("CARGO_BIN_EXE_leaktight");

fn action(world: &World, dir: &Path, name: &str, event: &str, inputs: &[(&'static str, &str)]) -> Done {
    let mut runner = world.runner(name, event, dir);
    let mut all: BTreeMap<&str, String> = inputs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    all.entry("binary-path").or_insert_with(|| PROGRAM.to_owned());
    let event = serde_json::from_str(event).unwrap();
    let mut job = Job { runner: &mut runner, inputs: all, event, results: BTreeMap::new() };
    let done = job.run(&Action::read(), &[]);
    done.is_safe(&world.secrets);
    done
}

/// Nothing that comes from outside stands in a script, and every action of others is pinned by its commit.
#[test]
fn scripts_hold_no_expression_and_uses_are_pinned() {
    let action = Action::read();
    let ids: Vec<&str> = action.steps.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["install", "cache", "build", "history", "gate"], "the gate comes last and keeps its exit code");
    let version = ("LT_VERSION".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    assert!(action.steps[0].env.contains(&version), "the action takes the release of its own version");
    for step in &action.steps {
        match (&step.run, &step.uses) {
            (Some(script), None) => assert!(script.len() > 100 && !script.contains("${{"), "{}", step.id),
            (None, Some(uses)) => {
                let (_, commit) = uses.split_once('@').expect("a version");
                let id = commit.split(' ').next().unwrap_or_default();
                assert!(id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{uses}");
            }
            _ => panic!("{}", step.id),
        }
    }
}

#[test]
fn every_event_on_a_full_checkout() {
    let world = World::new(400);
    let merged = world.full("merged", &world.merge);
    for (name, fixture, code, new) in [
        ("pull_request", "pull_request", 1, "2"),
        ("pull_request", "pull_request_hostile", 1, "2"),
        ("pull_request", "pull_request_fork", 1, "2"),
        ("pull_request_target", "pull_request_target", 1, "2"),
        ("merge_group", "merge_group", 1, "2"),
        ("push", "push", 1, "2"),
        ("push", "push_new_branch", 1, "2"),
        ("push", "push_tag", 1, "2"),
        ("push", "push_deleted", 0, "0"),
        ("schedule", "schedule", 1, "2"),
        ("workflow_dispatch", "workflow_dispatch", 1, "2"),
    ] {
        let done = action(&world, &merged, name, &world.event(fixture), &[]);
        let found = (done.code, done.output("new-findings"), done.output("complete"), done.output("exit-code"));
        assert_eq!(found, (Some(code), new, "true", &*code.to_string()), "{fixture}: {}{}", done.stdout, done.stderr);
        assert_eq!(done.output("upload") == "false", fixture.contains("fork") || fixture.contains("target"));
    }
    assert!(!merged.join("owned").exists());
}

/// The default of actions/checkout: one commit. The action completes it; told not to, it ends with 3.
#[test]
fn a_shallow_checkout_is_completed() {
    let world = World::new(410);
    for (n, (name, fixture)) in [
        ("pull_request", "pull_request"),
        ("pull_request_target", "pull_request_target"),
        ("merge_group", "merge_group"),
        ("push", "push"),
        ("push", "push_new_branch"),
        ("push", "push_tag"),
        ("schedule", "schedule"),
    ]
    .into_iter()
    .enumerate()
    {
        let at = if name == "pull_request_target" { &world.main } else { &world.merge };
        let dir = world.shallow(&format!("kept-{n}"), at);
        let done = action(&world, &dir, name, &world.event(fixture), &[("fetch", "false")]);
        assert!(matches!(done.code, Some(1 | 3)), "{fixture}: {:?}", done.code);
        assert_eq!(done.output("complete"), "false", "{fixture}: {}", done.stdout);
        let dir = world.shallow(&format!("work-{n}"), at);
        let done = action(&world, &dir, name, &world.event(fixture), &[]);
        let found = (done.code, done.output("new-findings"), done.output("complete"));
        assert_eq!(found, (Some(1), "2", "true"), "{fixture}: {}{}", done.stdout, done.stderr);
        assert_eq!(git(&dir, &["rev-parse", "--is-shallow-repository"]), "false");
    }
}

/// The old tip of a forced push is in no branch: the server still has it.
#[test]
fn what_a_forced_push_replaced_is_fetched() {
    let world = World::new(420);
    let server = world.tree.path().join("server");
    git(&server, &["checkout", "-q", "--detach", &world.base]);
    world.tree.file("server/old.txt", "old\n");
    let old = crate::ci::world::commit(&server, "replaced");
    git(&server, &["checkout", "-q", "main"]);
    let dir = world.full("work", &world.head);
    let event = world.event("push_forced").replace(&world.before, &old);
    let done = action(&world, &dir, "push", &event, &[]);
    assert_eq!((done.code, done.output("complete")), (Some(1), "true"), "{}{}", done.stdout, done.stderr);
    // Gone for good: compared with the default branch, which a shallow checkout of the topic does not have.
    let event = event.replace(&old, &"1".repeat(40));
    for dir in [dir, world.shallow("shallow", &world.head)] {
        let done = action(&world, &dir, "push", &event, &[]);
        let found = (done.code, done.output("complete"), done.output("new-findings"));
        assert_eq!(found, (Some(1), "true", "2"), "{}{}", done.stdout, done.stderr);
    }
}

#[test]
fn inputs_are_values_and_nothing_else() {
    let world = World::new(430);
    let dir = world.full("work", &world.merge);
    let event = world.event("pull_request");
    let run = |inputs: &[(&'static str, &str)]| action(&world, &dir, "pull_request", &event, inputs);
    assert_eq!(run(&[("fail-on", "never")]).code, Some(0));
    assert_eq!(run(&[("gate-confidence", "proven"), ("strict", "true")]).code, Some(1));
    assert_eq!(run(&[("base", &world.head)]).output("new-findings"), "0");
    let done = run(&[("sarif-file", "my report.sarif"), ("args", "--only\ngithub-pat\n\n-q")]);
    assert!(done.code == Some(1) && dir.join("my report.sarif").exists(), "{}", done.stderr);
    assert!(done.output("sarif-file").ends_with("my report.sarif"));
    for wrong in [
        [("base", "--upload-pack=touch owned"), ("fail-on", "")],
        [("fail-on", "$(touch owned)"), ("base", "")],
        [("args", "--no-such-flag\n; touch owned"), ("base", "")],
        [("head", "`touch owned`"), ("base", "")],
        [("binary-path", "nothing\nbinary=/bin/true"), ("base", "")],
        [("binary-path", "./nothing"), ("base", "")],
    ] {
        let done = run(&wrong);
        assert!(matches!(done.code, Some(1..=3)), "{wrong:?}: {:?}", done.code);
        assert_ne!(done.output("complete"), "true", "{wrong:?}");
        assert!(!dir.join("owned").exists(), "{wrong:?}");
    }
    let done = run(&[("fail-on", "nonsense")]);
    assert_eq!((done.code, done.output("exit-code"), done.output("complete")), (Some(2), "2", "false"));
}

/// Without `binary-path`: the release of this version if its checksum is known and right, else a build.
#[test]
fn the_program_is_a_release_with_its_checksum_or_a_build() {
    let world = World::new(440);
    let dir = world.full("work", &world.merge);
    let install = Action { steps: vec![Action::read().steps[0].clone()], ..Action::read() };
    let mut runner = world.runner("pull_request", "{}", &dir);
    let mut job =
        Job { runner: &mut runner, inputs: BTreeMap::new(), event: serde_json::json!({}), results: BTreeMap::new() };
    let done = job.run(&install, &[]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let said = job.results["install"].clone();
    assert_eq!(said["build"], "true");
    let key = said["key"]
        .strip_prefix(concat!("leaktight-", env!("CARGO_PKG_VERSION"), "-x86_64-unknown-linux-musl-"))
        .expect("a key");
    assert_eq!(key.len(), 64);
    assert_eq!(job.run(&install, &[("RUNNER_OS", "Plan9")]).code, Some(2));
    // A release: a server that is a folder, and curl that copies.
    let bin = world.tree.path().join("bin");
    let inside = bin.join("leaktight-v0.1.0");
    fs::create_dir_all(&inside).unwrap();
    fs::write(inside.join("leaktight"), "the program\n").unwrap();
    let archive = bin.join("archive.tar.gz");
    let packed = std::process::Command::new("tar")
        .arg("-czf")
        .arg(&archive)
        .arg("-C")
        .arg(&bin)
        .arg("leaktight-v0.1.0")
        .status();
    assert!(packed.unwrap().success());
    let curl = bin.join("curl");
    harness::executable(
        &curl,
        "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --output ] && out=$2; shift; done\necho \"$1\" >\"$out.url\"\ncp \"${0%/*}/archive.tar.gz\" \"$out\"\n",
    );
    let sum = std::process::Command::new("sha256sum").arg(&archive).output().unwrap().stdout;
    let sum = String::from_utf8_lossy(&sum[..64]).into_owned();
    let path = harness::path_with(&bin);
    let table = |sum: &str| format!("x86_64-pc-windows-msvc {}\nx86_64-unknown-linux-musl {sum}\n", "0".repeat(64));
    let done = job.run(&install, &[("PATH", &path), ("LT_RELEASED", &table(&sum))]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(!job.results["install"].contains_key("build"));
    assert_eq!(fs::read_to_string(&job.results["install"]["binary"]).unwrap(), "the program\n");
    let temp = job.runner.temp.join("leaktight-bin");
    let url = fs::read_to_string(temp.join("archive.tar.gz.url")).unwrap();
    assert_eq!(
        url.trim(),
        concat!(
            "https://github.example/acme/leaktight/releases/download/v",
            env!("CARGO_PKG_VERSION"),
            "/leaktight-v",
            env!("CARGO_PKG_VERSION"),
            "-x86_64-unknown-linux-musl.tar.gz"
        )
    );
    for wrong in ["1".repeat(64), "nonsense".into()] {
        fs::remove_dir_all(&temp).unwrap();
        let done = job.run(&install, &[("PATH", &path), ("LT_RELEASED", &table(&wrong))]);
        assert_eq!(done.code, Some(2), "{}", done.stdout);
        assert!(!temp.join("leaktight").exists());
    }
}
