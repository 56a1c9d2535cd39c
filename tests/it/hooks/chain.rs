//! Installed hooks and the hooks that were there: arguments, input, order, exit codes, and the way back. A stand-in for
//! the program notes how it is called.

use crate::harness;
use crate::hooks::world::World;

/// The three hooks of a repository, with what they replaced.
fn chained() -> World {
    let world = World::new();
    world.repository("repo");
    for name in ["pre-commit", "commit-msg", "pre-push"] {
        world.recorder(&format!("repo/.git/hooks/{name}"), name, 0);
    }
    world
}

#[test]
fn what_was_there_runs_still_and_comes_back() {
    let world = chained();
    // A link and a file that git does not run are kept as they are, too.
    world.recorder("repo/scripts/merge", "merge", 0);
    std::os::unix::fs::symlink("../../scripts/merge", world.path("repo/.git/hooks/pre-merge-commit")).expect("a link");
    let before = world.all("repo/.git");
    let all =
        ["install", "--hook", "pre-commit", "--hook", "commit-msg", "--hook", "pre-push", "--hook", "pre-merge-commit"];
    let said = world.hook("repo", &all).fine();
    assert_eq!(said.matches("installed; the hook that was there runs still").count(), 4, "{said}");
    let installed = world.all("repo/.git");
    let again = world.hook("repo", &all).fine();
    assert_eq!((again.matches("in place already").count(), world.all("repo/.git")), (4, installed), "{again}");

    world.stand_in(0);
    world.commit("repo", "one\n").fine();
    let lines = "pre-commit:\nleaktight:hook pre-commit\n\
                 commit-msg:.git/COMMIT_EDITMSG\nleaktight:hook commit-msg -- .git/COMMIT_EDITMSG\n";
    assert_eq!(world.log(), lines);
    // Git LFS sends its files in this hook: ours comes first, and both read the same lines.
    world.git("", &["init", "-q", "--bare", "remote.git"]).fine();
    world.git("repo", &["remote", "add", "up", "../remote.git"]).fine();
    world.git("repo", &["push", "-q", "up", "main"]).fine();
    let id = world.git("repo", &["rev-parse", "HEAD"]).fine();
    let line = format!("  refs/heads/main {} refs/heads/main {}\n", id.trim(), "0".repeat(40));
    let log = world.log();
    assert_eq!(log, format!("leaktight:hook pre-push -- up ../remote.git\n{line}pre-push:up ../remote.git\n{line}"));

    world.restore();
    let said = world.hook("repo", &["uninstall"]).fine();
    assert_eq!(said.matches("what was there before is back").count(), 4, "{said}");
    let hooks = |all: std::collections::BTreeMap<std::path::PathBuf, (u32, Vec<u8>)>| -> Vec<_> {
        all.into_iter().filter(|(path, _)| path.to_string_lossy().contains(".git/hooks/")).collect()
    };
    assert_eq!(hooks(world.all("repo/.git")), hooks(before));
    assert!(world.hook("repo", &["uninstall"]).fine().contains("nothing to do"));
}

#[test]
fn each_of_the_two_can_refuse() {
    let world = chained();
    world.hook("repo", &["install"]).fine();
    world.recorder("repo/.git/hooks/pre-commit.before-leaktight", "pre-commit", 7);
    world.stand_in(0);
    assert_eq!(world.commit("repo", "one\n").code, Some(1));
    assert_eq!(world.log(), "pre-commit:\n", "ours was run although git refuses already");
    world.recorder("repo/.git/hooks/pre-commit.before-leaktight", "pre-commit", 0);
    for code in 1..4 {
        world.stand_in(code);
        assert_eq!(world.commit("repo", "one\n").code, Some(1));
        assert_eq!(world.log(), "pre-commit:\nleaktight:hook pre-commit\n");
    }
    // A push that is refused sends nothing, neither by git nor by the other hook.
    world.git("", &["init", "-q", "--bare", "remote.git"]).fine();
    world.git("repo", &["push", "-q", "../remote.git", "main"]).refused("failed to push");
    assert!(!world.log().contains("pre-push:"));
    assert_eq!(world.git("remote.git", &["for-each-ref"]).fine(), "");
}

#[test]
fn a_hook_that_git_did_not_run_is_not_woken_up() {
    let world = World::new();
    world.repository("repo");
    world.file("repo/.git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    world.hook("repo", &["install"]).fine();
    world.stand_in(0);
    world.commit("repo", "one\n").fine();
}

#[test]
fn a_program_that_is_gone_refuses_in_one_line() {
    let world = World::new();
    world.repository("repo");
    world.git("", &["init", "-q", "--bare", "remote.git"]).fine();
    world.hook("repo", &["install"]).fine();
    std::fs::remove_file(&world.program).expect("gone");
    let said = world.commit("repo", "one\n").refused("leaktight: the scanner is gone (");
    assert!(said.contains(&world.program.display().to_string()), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    world.git("repo", &["push", "-q", "../remote.git", "main"]).refused("the scanner is gone");
    // Another one on PATH will do.
    world.recorder("elsewhere/leaktight", "leaktight", 0);
    let mut world = world;
    let path = harness::path_with(&world.path("elsewhere"));
    world.variables.insert("PATH".into(), path);
    world.commit("repo", "one\n").fine();
    assert!(world.log().contains("leaktight:hook pre-commit"));
}

#[test]
fn work_trees_and_subfolders_share_the_hooks() {
    let world = World::new();
    world.repository("repo");
    world.git("repo", &["worktree", "add", "-q", "-b", "linked", "../linked tree"]).fine();
    world.file("linked tree/deep/er/x", "x");
    world.hook("linked tree/deep/er", &["install"]).fine();
    assert!(world.text("repo/.git/hooks/pre-commit").contains("# leaktight hook v1\n"));
    world.stand_in(0);
    world.commit("linked tree", "one\n").fine();
    assert_eq!(world.log().matches("leaktight:hook pre-commit").count(), 1);
    world.commit("repo", "two\n").fine();
    assert_eq!(world.log().matches("leaktight:hook pre-commit").count(), 1);
}

#[test]
fn the_environment_of_another_repository_does_not_lead_astray() {
    let mut world = World::new();
    world.repository("one");
    world.repository("two");
    world.variables.insert("GIT_DIR".into(), world.path("one/.git").display().to_string());
    world.variables.insert("GIT_INDEX_FILE".into(), world.path("one/.git/index").display().to_string());
    world.hook("", &["install", "--repo", "two"]).fine();
    assert!(world.path("two/.git/hooks/pre-commit").exists() && !world.path("one/.git/hooks/pre-commit").exists());
    // Without --repo it is what git would take.
    world.hook("two", &["install"]).fine();
    assert!(world.path("one/.git/hooks/pre-commit").exists());
    assert_eq!(world.hook("", &["install", "--repo", "nowhere"]).code, Some(2));
    assert_eq!(world.hook("", &["install", "--hook", "post-commit"]).code, Some(2));
    world.variables.clear();
    world.hook("home", &["install"]).refused("not a git repository");
}

#[test]
fn a_folder_of_the_project_gets_no_path_of_this_machine() {
    let world = World::new();
    world.repository("repo");
    world.git("repo", &["config", "core.hooksPath", ".githooks"]).fine();
    world.recorder("repo/.githooks/pre-commit", "pre-commit", 0);
    let said = world.hook("repo", &["install"]).fine();
    assert!(said.contains("core.hooksPath = .githooks") && said.contains("belong to the project"), "{said}");
    assert!(!world.path("repo/.git/hooks/pre-commit").exists());
    let text = world.text("repo/.githooks/pre-commit");
    assert!(!text.contains(world.path("").to_str().expect("text")) && text.contains("leaktight.program"), "{text}");
    world.stand_in(0);
    world.commit("repo", "one\n").fine();
    assert!(world.log().starts_with("pre-commit:\nleaktight:hook pre-commit\n"));
    world.git("repo", &["config", "--unset", "leaktight.program"]).fine();
    world.commit("repo", "two\n").refused("leaktight: the scanner is gone (leaktight)");
}

/// A folder as husky 9 makes it, with a runner of our own.
fn husky(world: &World) {
    world.repository("repo");
    world.git("repo", &["config", "core.hooksPath", ".husky/_"]).fine();
    world.file("repo/.husky/_/h", "#!/bin/sh\nname=${0##*/}\nfile=$(dirname \"${0%/*}\")/$name\n[ -f \"$file\" ] || exit 0\nsh -e \"$file\" \"$@\"\nexit\n");
    for name in ["pre-commit", "commit-msg", "pre-push"] {
        world.script(&format!("repo/.husky/_/{name}"), "#!/bin/sh\n. \"${0%/*}/h\"\n");
    }
}

#[test]
fn husky_runs_our_lines() {
    let world = World::new();
    husky(&world);
    let log = world.path("log").display().to_string().replace('\'', r"'\''");
    let pre_commit = format!("echo npm test >>'{log}'");
    let pre_push = format!("sed 's/^/ lfs /' >>'{log}'\n");
    world.file("repo/.husky/pre-commit", &pre_commit);
    world.file("repo/.husky/pre-push", &pre_push);
    let said = world.hook("repo", &["install"]).fine();
    assert!(said.contains("husky runs the files beside that folder"), "{said}");
    let installed = world.all("repo/.husky");
    world.hook("repo", &["install"]).fine();
    assert_eq!(world.all("repo/.husky"), installed);

    world.stand_in(0);
    world.commit("repo", "one\n").fine();
    // Before everything else, and after it for what it staged.
    let look = "leaktight:hook pre-commit\n";
    let message = "leaktight:hook commit-msg -- .git/COMMIT_EDITMSG\n";
    assert_eq!(world.log(), format!("{look}npm test\n{look}{message}"));
    world.git("", &["init", "-q", "--bare", "remote.git"]).fine();
    world.git("repo", &["push", "-q", "../remote.git", "main"]).fine();
    let id = world.git("repo", &["rev-parse", "HEAD"]).fine();
    let line = format!("refs/heads/main {} refs/heads/main {}\n", id.trim(), "0".repeat(40));
    assert_eq!(world.log(), format!("leaktight:hook pre-push -- ../remote.git ../remote.git\n  {line} lfs {line}"));
    world.stand_in(1);
    assert_eq!(world.commit("repo", "two\n").code, Some(1));
    assert_eq!(world.log(), look);

    world.restore();
    world.hook("repo", &["uninstall"]).fine();
    assert_eq!(world.text("repo/.husky/pre-commit"), pre_commit);
    assert_eq!(world.text("repo/.husky/pre-push"), pre_push);
    assert!(!world.path("repo/.husky/commit-msg").exists());
    assert!(world.git("repo", &["config", "leaktight.program"]).code == Some(1));
}

#[test]
fn two_hooks_of_others_are_not_decided_for_the_user() {
    let world = World::new();
    world.repository("repo");
    world.recorder("repo/.git/hooks/pre-commit", "old", 0);
    world.hook("repo", &["install"]).fine();
    // Another tool writes its own over ours.
    world.recorder("repo/.git/hooks/pre-commit", "new", 0);
    let before = world.all("repo/.git");
    world.hook("repo", &["install"]).refused("is not ours, and");
    assert_eq!(world.all("repo/.git"), before);
    let said = world.hook("repo", &["uninstall"]).fine();
    assert!(said.contains("not ours any more, left as it is"), "{said}");
    assert!(world.text("repo/.git/hooks/pre-commit").contains("new"));
    // The same hook as before, written again, is no question.
    std::fs::copy(world.path("repo/.git/hooks/pre-commit.before-leaktight"), world.path("repo/.git/hooks/pre-commit"))
        .expect("a copy");
    world.hook("repo", &["install"]).fine();
}
