//! `hook status`: what it proves, what it calls unproven, and that it changes nothing.

use crate::harness;
use crate::hooks::world::World;

const PROTECTED: &str = "protected: a commit with a secret is refused here";
const NOT: &str = "NOT protected";

#[test]
fn a_proof_that_changes_nothing() {
    let world = World::new();
    world.repository("repo");
    let said = world.hook("repo", &["status"]);
    assert_eq!((said.code, said.text.contains(NOT)), (Some(1), true), "{}", said.text);
    world.recorder("repo/.git/hooks/pre-commit", "other", 1);
    world.hook("repo", &["install"]).fine();
    // With something staged, something conflicting with what the index is like on other days, and no work tree file.
    world.file("repo/staged.txt", "x\n");
    world.git("repo", &["add", "."]).fine();
    let before = world.all("repo");
    let said = world.hook("repo", &["status"]).fine();
    assert!(said.contains(PROTECTED), "{said}");
    assert_eq!(said.matches("refuses a secret (dry run with a canary)").count(), 3, "{said}");
    assert_eq!(world.all("repo"), before, "the proof changed the repository");
    assert_eq!(world.log(), "", "a hook of others was run");
    world.file("repo/a/b/x", "x");
    world.hook("repo/a/b", &["status"]).fine();
    world.git("repo", &["worktree", "add", "-q", "-b", "w", "../linked"]).fine();
    world.hook("linked", &["status"]).fine();
    world.hook("", &["status", "--repo", "repo"]).fine();
}

#[test]
fn a_clone_that_borrows_objects_refuses_every_commit_and_says_so() {
    let world = World::new();
    world.repository("lender");
    world.git("", &["clone", "-q", "--shared", "lender", "borrower"]).fine();
    let installed = world.hook("borrower", &["install"]).fine();
    assert!(installed.contains("every commit is refused here (exit code 3)"), "{installed}");
    let said = world.hook("borrower", &["status"]);
    assert_eq!(said.code, Some(1), "{}", said.text);
    for part in
        ["every commit is refused here (exit code 3)", "objects/info/alternates", "git repack -a -d", "NOT working"]
    {
        assert!(said.text.contains(part), "{part}: {}", said.text);
    }
    assert!(!said.text.contains("\nprotected"), "{}", said.text);
    world.commit("borrower", "clean\n").refused("alternate");
    // What it advises works.
    let advice = "git repack -q -a -d && rm \"$(git rev-parse --git-path objects/info/alternates)\"";
    world.run("sh", "borrower", &["-c", advice], "").fine();
    assert!(world.hook("borrower", &["status"]).fine().contains(PROTECTED));
    world.commit("borrower", "clean\n").fine();
}

#[test]
fn odd_repositories_are_proven_too() {
    let world = World::new();
    for (dir, args) in [("empty", &[][..]), ("sha256", &["--object-format=sha256"])] {
        std::fs::create_dir_all(world.path(dir)).expect("a folder");
        world.git(dir, &[&["init", "-q"], args].concat()).fine();
        world.hook(dir, &["install"]).fine();
        assert!(world.hook(dir, &["status"]).fine().contains(PROTECTED));
    }
    world.repository("split");
    world.git("split", &["config", "core.splitIndex", "true"]).fine();
    world.git("split", &["update-index", "--split-index"]).fine();
    world.hook("split", &["install"]).fine();
    let before = world.all("split");
    world.hook("split", &["status"]).fine();
    assert_eq!(world.all("split"), before);
    world.git("", &["init", "-q", "--bare", "server.git"]).fine();
    world.hook("server.git", &["install"]).fine();
    let before = world.all("server.git");
    let said = world.hook("server.git", &["status"]).fine();
    assert!(said.contains("protected: a push with a secret is refused here"), "{said}");
    assert_eq!(world.all("server.git"), before);
}

#[test]
fn what_does_not_fire_is_said() {
    let world = World::new();
    world.repository("repo");
    let check = |why: &str| {
        let said = world.hook("repo", &["status"]);
        assert_eq!(said.code, Some(1), "{}", said.text);
        let verdict = if why.contains("not proven") || why.contains("after other") { "not proven: " } else { NOT };
        assert!(said.text.contains(why) && said.text.contains(verdict), "{}", said.text);
    };
    world.recorder("repo/.git/hooks/pre-commit", "other", 1);
    check("does not call leaktight");
    world.script("repo/.git/hooks/pre-commit", "#!/bin/sh\nnpm test\nleaktight hook pre-commit\n");
    check("names leaktight after other commands");
    assert_eq!(world.log(), "");
    world
        .script("repo/.git/hooks/pre-commit", "#!/bin/sh\nexec python -mpre_commit hook-impl --hook-type=pre-commit\n");
    check("belongs to pre-commit, whose configuration does not name leaktight");
    world.file("repo/.pre-commit-config.yaml", "repos: [{repo: x, hooks: [{id: leaktight}]}]\n");
    check("belongs to pre-commit, and .pre-commit-config.yaml names leaktight: not proven");
    world.file("repo/.git/hooks/pre-commit", "#!/bin/sh\n");
    std::fs::remove_file(world.path("repo/.git/hooks/pre-commit")).expect("gone");
    world.hook("repo", &["install"]).fine();
    let path = world.path("repo/.git/hooks/pre-commit");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).expect("a mode");
    check("it is not executable");
    world.hook("repo", &["install"]).fine();
    world.hook("repo", &["status"]).fine();
    // A program that always agrees proves nothing.
    world.stand_in(0);
    let program = world.run(env!("CARGO_BIN_EXE_leaktight"), "repo", &["hook", "status"], "");
    assert_eq!(program.code, Some(1));
    assert!(program.text.contains("did NOT refuse the canary: it ended with 0"), "{}", program.text);
    std::fs::remove_file(&world.program).expect("gone");
    let program = world.run(env!("CARGO_BIN_EXE_leaktight"), "repo", &["hook", "status"], "");
    assert!(
        program.text.contains("did NOT refuse the canary") && program.text.contains("| leaktight: the scanner is gone")
    );
}

#[test]
fn a_line_written_by_hand_is_proven_when_it_comes_first() {
    let mut world = World::new();
    world.repository("repo");
    world.script("repo/.git/hooks/pre-commit", "#!/bin/sh\n# ours\nset -e\nleaktight hook pre-commit\nnpm test\n");
    let bin = world.program.parent().expect("a folder").to_owned();
    world.variables.insert("PATH".into(), harness::path_with(&bin));
    let said = world.hook("repo", &["status"]).fine();
    assert!(said.contains("pre-commit: refuses a secret"), "{said}");
}

#[test]
fn husky_is_proven_without_running_what_else_is_there() {
    let world = World::new();
    world.repository("repo");
    world.git("repo", &["config", "core.hooksPath", ".husky/_"]).fine();
    world.file("repo/.husky/_/h", "sh -e \"$(dirname \"${0%/*}\")/${0##*/}\" \"$@\"\nexit\n");
    for name in ["pre-commit", "commit-msg", "pre-push"] {
        world.script(&format!("repo/.husky/_/{name}"), "#!/bin/sh\n. \"${0%/*}/h\"\n");
    }
    world.file("repo/.husky/pre-commit", "touch ran\n");
    // Ours were there before husky came, and git does not look there any more.
    world.git("repo", &["config", "--unset", "core.hooksPath"]).fine();
    world.hook("repo", &["install"]).fine();
    world.hook("repo", &["status"]).fine();
    world.git("repo", &["config", "core.hooksPath", ".husky/_"]).fine();
    let said = world.hook("repo", &["status"]);
    assert_eq!(said.code, Some(1), "{}", said.text);
    assert!(said.text.contains("ours in .git/hooks are not looked at since core.hooksPath is set"), "{}", said.text);
    world.hook("repo", &["install"]).fine();
    let before = world.all("repo");
    assert!(world.hook("repo", &["status"]).fine().contains(PROTECTED));
    assert_eq!(world.all("repo"), before);
}

#[test]
fn the_hooks_for_every_repository_are_proven_and_their_shadow_is_said() {
    let world = World::new();
    world.repository("repo");
    assert_eq!(world.hook("repo", &["status", "--global"]).code, Some(1));
    world.hook("", &["install", "--global"]).fine();
    let before = world.all("repo");
    let said = world.hook("repo", &["status", "--global"]).fine();
    assert!(said.contains("protected: a commit with a secret is refused wherever"), "{said}");
    assert!(world.hook("repo", &["status"]).fine().contains(PROTECTED));
    assert_eq!(world.all("repo"), before);
    // What is pushed to a bare repository is its own hook's.
    world.git("", &["init", "-q", "--bare", "server.git"]).fine();
    assert_eq!(world.hook("server.git", &["status"]).code, Some(1));
    world.hook("server.git", &["install"]).fine();
    assert!(world.path("server.git/hooks/pre-receive").exists());
    assert!(world.hook("server.git", &["status"]).fine().contains("pre-receive: refuses a secret"));
    world.git("repo", &["config", "core.hooksPath", ".husky"]).fine();
    let said = world.hook("repo", &["status"]);
    assert_eq!(said.code, Some(1), "{}", said.text);
    assert!(
        said.text.contains("are not used here: this repository's own core.hooksPath (file:.git/config) comes before"),
        "{}",
        said.text
    );
    // What it advises works.
    world.hook("repo", &["install"]).fine();
    assert!(world.hook("repo", &["status"]).fine().contains(PROTECTED));
    // A hook that another tool wrote over ours is said.
    world.recorder("home/.config/leaktight/hooks/post-checkout", "lfs", 0);
    let said = world.hook("", &["status", "--global"]);
    assert_eq!((said.code, said.text.contains("post-checkout: not there")), (Some(1), true), "{}", said.text);
}

/// git before 2.36 has no `git hook run`: its shell runs the hook then.
#[test]
fn an_older_git_proves_it_too() {
    let mut world = World::new();
    world.repository("repo");
    world.git("", &["init", "-q", "--bare", "server.git"]).fine();
    world.hook("repo", &["install"]).fine();
    world.hook("server.git", &["install"]).fine();
    let git =
        std::env::split_paths(harness::search_path()).map(|dir| dir.join("git")).find(|p| p.is_file()).expect("git");
    world.script(
        "old/git",
        &format!(
            "#!/bin/sh\n[ \"$1\" != hook ] || {{ echo \"git: 'hook' is not a git command.\" >&2; exit 1; }}\nexec {} \"$@\"\n",
            git.display()
        ),
    );
    world.variables.insert("PATH".into(), harness::path_with(&world.path("old")));
    assert!(world.git("repo", &["hook", "run", "pre-commit"]).text.contains("not a git command"));
    assert!(world.hook("repo", &["status"]).fine().contains(PROTECTED));
    world.hook("server.git", &["status"]).fine();
}
