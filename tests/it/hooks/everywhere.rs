//! `hook install --global`: every hook of every repository still runs, and ours come with them.

use crate::harness;
use crate::hooks::world::World;
use std::collections::BTreeSet;

const FOLDER: &str = "home/.config/leaktight/hooks";

fn everywhere() -> World {
    let world = World::new();
    world.hook("", &["install", "--global"]).fine();
    world
}

#[test]
fn every_hook_of_a_repository_runs_with_its_arguments_and_input() {
    let world = everywhere();
    let names: BTreeSet<String> = world.all(FOLDER).into_keys().map(|path| name(&path)).collect();
    assert_eq!(names.len(), 27);
    world.repository("repo");
    world.git("", &["init", "-q", "--bare", "remote.git"]).fine();
    for name in &names {
        // The first has a protocol of its own, the other is tried below.
        if !["proc-receive", "push-to-checkout"].contains(&name.as_str()) {
            world.recorder(&format!("repo/.git/hooks/{name}"), name, 0);
            world.recorder(&format!("remote.git/hooks/{name}"), &format!("remote {name}"), 0);
        }
    }
    // Names of one thing that stands for all others: that it was called, with what.
    let run = |args: &[&str]| -> BTreeSet<String> {
        world.git("repo", args).fine();
        world
            .log()
            .lines()
            .filter(|l| !l.starts_with(' '))
            .map(|l| l.split_once(':').expect("a name").0.to_owned())
            .collect()
    };
    let set = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|n| (*n).to_owned()).collect() };
    world.stand_in(0);
    world.file("repo/a", "a\n");
    assert!(run(&["add", "."]).contains("post-index-change"));
    let commit = run(&["commit", "-q", "-m", "x"]);
    let mut wanted = set(&["leaktight", "pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"]);
    assert!(commit.is_superset(&wanted), "{commit:?}");
    assert!(commit.contains("reference-transaction"));
    assert!(run(&["checkout", "-q", "-b", "side"]).is_superset(&set(&["post-checkout", "reference-transaction"])));
    run(&["commit", "-q", "--allow-empty", "-m", "side"]);
    run(&["checkout", "-q", "main"]);
    wanted = set(&["leaktight", "pre-merge-commit", "post-merge", "prepare-commit-msg", "commit-msg"]);
    let merge = run(&["merge", "-q", "--no-ff", "side"]);
    assert!(merge.is_superset(&wanted), "{merge:?}");
    assert!(run(&["commit", "-q", "--amend", "-m", "y"]).contains("post-rewrite"));
    run(&["checkout", "-q", "side"]);
    assert!(run(&["rebase", "-q", "--force-rebase", "main"]).contains("pre-rebase"));
    let patch = world.git("repo", &["format-patch", "-q", "-1", "main~1", "--stdout"]).fine();
    world.git("repo", &["reset", "-q", "--hard", "main~1~1"]).fine();
    world.log();
    world.run("git", "repo", &["am", "-q"], &patch).fine();
    let log = world.log();
    for name in ["applypatch-msg", "pre-applypatch", "post-applypatch"] {
        assert!(log.contains(&format!("\n{name}:")) || log.starts_with(&format!("{name}:")), "{name}: {log}");
    }
    world.git("repo", &["push", "-q", "../remote.git", "main"]).fine();
    let log = world.log();
    let id = world.git("repo", &["rev-parse", "main"]).fine();
    let line = format!("refs/heads/main {} refs/heads/main {}\n", id.trim(), "0".repeat(40));
    assert!(log.contains(&format!("leaktight:hook pre-push -- ../remote.git ../remote.git\n  {line}")), "{log}");
    assert!(log.contains(&format!("\npre-push:../remote.git ../remote.git\n  {line}")), "{log}");
    for name in ["pre-receive", "update", "post-receive", "post-update"] {
        assert!(log.contains(&format!("remote {name}:")), "{name}: {log}");
    }
    let zero = "0".repeat(40);
    assert!(log.contains(&format!("remote update:refs/heads/main {zero} {}", id.trim())), "{log}");
    assert!(log.contains(&format!("remote post-receive:\n  {zero} {} refs/heads/main", id.trim())), "{log}");
}

fn name(path: &std::path::Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

#[test]
fn a_hook_of_the_repository_still_refuses_in_work_trees_and_submodules_too() {
    let world = everywhere();
    world.repository("repo");
    world.repository("part");
    world.git("repo", &["worktree", "add", "-q", "../linked"]).fine();
    let allow = ["-c", "protocol.file.allow=always"];
    world.git("repo", &[&allow[..], &["submodule", "add", "-q", "../part", "sub"]].concat()).fine();
    world.recorder("repo/.git/hooks/pre-commit", "pre-commit", 1);
    world.recorder("repo/.git/modules/sub/hooks/pre-commit", "sub", 1);
    world.stand_in(0);
    for (dir, line) in [("repo", "pre-commit:\n"), ("linked", "pre-commit:\n"), ("repo/sub", "sub:\n")] {
        assert_eq!(world.commit(dir, "one\n").code, Some(1), "{dir}");
        assert_eq!(world.log(), line, "{dir}");
    }
}

/// git calls some hooks many times in one command; with nothing to forward, they start no program at all.
#[test]
fn nothing_to_forward_costs_no_program() {
    let mut world = everywhere();
    world.repository("repo");
    world.git("repo", &["worktree", "add", "-q", "../linked"]).fine();
    world.variables.insert("PATH".into(), "/nowhere".into());
    let args = ["prepared"];
    // Nor is there an error outside of a repository, where git send-email runs its hook as well.
    world.run(world.path(FOLDER).join("sendemail-validate"), "home", &["mail"], "").fine();
    for dir in ["repo", "linked"] {
        for name in ["reference-transaction", "post-index-change", "post-checkout", "prepare-commit-msg"] {
            let text = world.run(world.path(FOLDER).join(name), dir, &args, "x\n").fine();
            assert_eq!(text, "", "{name} in {dir}");
        }
    }
}

/// Git LFS finds ours where it would write its own hooks, so ours do what LFS's do.
#[test]
fn git_lfs_is_not_cut_off() {
    let mut world = everywhere();
    world.repository("repo");
    world.git("", &["init", "-q", "--bare", "remote.git"]).fine();
    world.stand_in(0);
    world.file("repo/.git/lfs/x", "");
    // A machine without it, whatever this one has.
    let found: Vec<_> = std::env::split_paths(harness::search_path()).collect();
    for tool in ["git", "sh", "sed", "cat"] {
        let there = found.iter().map(|dir| dir.join(tool)).find(|p| p.is_file()).expect("a tool");
        std::fs::create_dir_all(world.path("few")).expect("a folder");
        std::os::unix::fs::symlink(there, world.path("few").join(tool)).expect("a link");
    }
    world.variables.insert("PATH".into(), world.path("few").display().to_string());
    world.file("repo/file.txt", "one\n");
    world.git("repo", &["add", "."]).fine();
    let said = world.git("repo", &["commit", "-q", "-m", "x"]);
    assert!(said.text.contains("git-lfs is not on PATH"), "{}", said.text);
    world.recorder("repo/.git/hooks/post-commit", "own", 0);
    world.commit("repo", "once more\n").fine();
    assert!(world.log().contains("own:"));
    std::fs::remove_file(world.path("repo/.git/hooks/post-commit")).expect("gone");
    world.recorder("tools/git-lfs", "lfs", 0);
    let path = harness::path_with(&world.path("tools"));
    world.variables.insert("PATH".into(), path);
    world.log();
    world.commit("repo", "two\n").fine();
    assert!(world.log().contains("lfs:post-commit"));
    world.git("repo", &["checkout", "-q", "-b", "side"]).fine();
    assert!(world.log().contains("lfs:post-checkout "));
    world.git("repo", &["push", "-q", "../remote.git", "side"]).fine();
    let log = world.log();
    let (ours, lfs) =
        (log.find("leaktight:hook pre-push"), log.find("lfs:pre-push ../remote.git ../remote.git\n  refs/heads/side "));
    assert!(ours.is_some() && lfs > ours, "LFS sends before we looked: {log}");
    // A repository that has LFS's own hook runs that one, once.
    world.recorder("repo/.git/hooks/pre-push", "own", 0);
    world.git("repo", &["push", "-q", "../remote.git", "side:other"]).fine();
    let log = world.log();
    assert!(log.contains("own:") && !log.contains("lfs:"), "{log}");
}

/// A hook of this name turns off what git does by itself; ours does it.
#[test]
fn pushing_into_a_work_tree_still_updates_it() {
    let world = everywhere();
    world.repository("there");
    world.git("there", &["config", "receive.denyCurrentBranch", "updateInstead"]).fine();
    world.git("", &["clone", "-q", "there", "here"]).fine();
    world.stand_in(0);
    world.commit("here", "pushed\n").fine();
    world.git("here", &["push", "-q", "origin", "main"]).fine();
    assert_eq!(world.text("there/file.txt"), "pushed\n");
    assert_eq!(world.git("there", &["status", "--porcelain"]).fine(), "");
    // Changes there are not run over.
    world.file("there/file.txt", "mine\n");
    world.commit("here", "again\n").fine();
    world.git("here", &["push", "-q", "origin", "main"]).refused("not staged");
    assert_eq!(world.text("there/file.txt"), "mine\n");
    // One that is there decides by itself.
    world.recorder("there/.git/hooks/push-to-checkout", "own", 0);
    world.log();
    world.git("here", &["push", "-q", "origin", "main"]).fine();
    assert!(world.log().contains("own:"));
    assert_eq!(world.text("there/file.txt"), "mine\n");
}

#[test]
fn a_folder_that_is_set_already_is_kept_and_comes_back() {
    let world = World::new();
    world.repository("repo");
    world.recorder("home/mine/pre-commit", "mine", 0);
    world.recorder("repo/.git/hooks/pre-commit", "own", 0);
    world.git("", &["config", "--global", "core.hooksPath", "~/mine"]).fine();
    world.hook("", &["install", "--global"]).refused("With --force ours take its place");
    assert!(!world.path(FOLDER).exists());
    world.hook("", &["install", "--global", "--force"]).fine();
    // Twice is once, and keeps what is kept.
    let all = world.all("home");
    world.hook("", &["install", "--global"]).fine();
    assert_eq!(world.all("home"), all);
    world.stand_in(0);
    world.commit("repo", "one\n").fine();
    assert!(world.log().starts_with("mine:\nleaktight:hook pre-commit\n"), "what git did before changed");
    world.restore();
    let said = world.hook("", &["uninstall", "--global"]).fine();
    assert!(said.contains("27 hooks removed"), "{said}");
    let set = world.git("", &["config", "--global", "core.hooksPath"]).fine();
    assert_eq!(set.trim(), world.path("home/mine").display().to_string());
    assert!(!world.path(FOLDER).exists());
    world.git("", &["config", "--global", "--unset", "core.hooksPath"]).fine();
    assert_eq!(world.text("home/.gitconfig").trim(), "");
}

#[test]
fn without_a_folder_before_nothing_is_left_behind() {
    let world = everywhere();
    assert!(world.hook("", &["install", "--global"]).fine().contains("0 of 27 hooks written"));
    world.repository("repo");
    let said = world.hook("repo", &["install"]).fine();
    assert!(said.contains("nothing to do") && !world.path("repo/.git/hooks/pre-commit").exists(), "{said}");
    world.hook("", &["uninstall", "--global"]).fine();
    assert_eq!(world.text("home/.gitconfig").trim(), "");
    assert!(world.hook("", &["uninstall", "--global"]).fine().contains("nothing to do"));
}
