//! The hook for whole files, as pre-commit calls it: policy from HEAD, silent without findings.

use crate::harness::token;
use crate::hooks::world::World;

/// A repository whose first commit holds `leak.txt`; a function that runs the hook.
fn leaky() -> World {
    let world = World::new();
    world.repository("r");
    world.file("r/leak.txt", &format!("token = {}\n", token(31)));
    world.git("r", &["add", "."]).fine();
    world.git("r", &["commit", "-q", "--no-verify", "-m", "leak"]).fine();
    world
}

#[test]
fn a_run_without_findings_prints_nothing_and_one_with_findings_prints_them() {
    let world = leaky();
    assert_eq!(world.hook("r", &["files", "--", "README"]).fine(), "");
    assert_eq!(world.hook("r", &["files", "--"]).fine(), "");
    let said = world.hook("r", &["files", "--", "README", "leak.txt"]).refused("leak.txt:1");
    assert!(said.contains("github-pat") && !said.contains(&token(31)), "{said}");
    // Before the first commit there is no policy, and nothing else is different.
    world.git("home", &["init", "-q", "../new"]).fine();
    world.file("new/a.txt", &token(32));
    world.hook("new", &["files", "--", "a.txt"]).refused("a.txt:1");
}

#[test]
fn exceptions_hold_when_they_are_in_head_and_not_before() {
    let world = leaky();
    let said = world.hook("r", &["files", "--", "leak.txt"]).refused("github-pat");
    let at = said.find("lt1:").expect("an id");
    let id: String = said[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == ':').collect();
    world.run(&world.program, "r", &["allow", &id, "--reason", "a test"], "").fine();
    // On disk and staged it is the wish of whoever commits.
    world.hook("r", &["files", "--", "leak.txt"]).refused("github-pat");
    world.git("r", &["add", "."]).fine();
    world.hook("r", &["files", "--", "leak.txt"]).refused("github-pat");
    world.git("r", &["commit", "-q", "--no-verify", "-m", "accepted"]).fine();
    world.hook("r", &["files", "--", "leak.txt"]).fine();
    // `scan --policy-ref` judges alike, by any commit.
    let scan = |args: &[&str]| world.run(&world.program, "r", &[&["scan", "leak.txt"], args].concat(), "");
    scan(&["--policy-ref", "HEAD"]).fine();
    scan(&["--policy-ref", "HEAD^"]).refused("github-pat");
    assert_eq!(scan(&["--policy-ref", "nothing"]).code, Some(2));
    // Configuration counts alike: what is on disk and in no commit is ignored.
    world.file("r/leaktight.toml", "[rules]\nskip = [\"github-pat\", \"generic-*\"]\n");
    scan(&[]).fine();
    scan(&["--policy-ref", "HEAD^"]).refused("github-pat");
}

#[test]
fn names_that_look_like_flags_are_files() {
    let world = leaky();
    for name in ["-", "--help", "-q"] {
        world.file(&format!("r/{name}"), &format!("token = {}\n", token(33)));
        world.hook("r", &["files", "--no-progress", "--", name]).refused("github-pat");
    }
}
