//! What a new user ran into: each line that the hooks print to be copied does what it says.

use crate::harness::token;
use crate::hooks::world::{World, leak};

/// The program on PATH under its name, as the lines to copy have it.
fn typed(world: &World, said: &str) -> String {
    let ask = said.split(" = ask: leaktight ").nth(1).and_then(|rest| rest.lines().next()).expect("a line to copy");
    // The placeholder is to be replaced; as it is, it is no reason.
    assert!(ask.contains("--reason 'WHY'"), "{ask}");
    let script = format!("\"$0\" {}", ask.replace("WHY", "a test key"));
    let program = world.program.display().to_string();
    world.run("sh", "repo", &["-c", &script, &program], "").fine()
}

#[test]
fn the_line_that_asks_for_an_exception_can_be_copied() {
    let world = World::new();
    world.repository("repo");
    world.hook("repo", &["install"]).fine();
    // In a file: it is looked up.
    let said = world.commit("repo", &leak(60)).refused("ask: leaktight allow lt1:");
    typed(&world, &said);
    world.git("repo", &["add", ".leaktight"]).fine();
    world.git("repo", &["commit", "-q", "-m", "ask", ".leaktight"]).fine();
    world.git("repo", &["commit", "-q", "-m", "the file"]).fine();
    // In a message: there is nothing to look it up in.
    let message = format!("the key is {}", token(61));
    let commit = || world.git("repo", &["commit", "-q", "--allow-empty", "-m", &message]);
    let said = commit().refused("Take it out of the message");
    assert!(
        said.contains("looked at the commit message") && said.contains("--rule github-pat --path=:message"),
        "{said}"
    );
    typed(&world, &said);
    world.git("repo", &["add", ".leaktight"]).fine();
    world.git("repo", &["commit", "-q", "-m", "ask"]).fine();
    commit().fine();
    // No scan of files can say that nothing needs it.
    let program = world.program.clone();
    let listed = world.run(&program, "repo", &["allow", "--list"], "").fine();
    assert_eq!(listed.matches("valid: github-pat ").count(), 2, "{listed}");
    assert!(world.run(&program, "repo", &["allow", "--prune"], "").fine().contains("0 entries removed, 2 kept"));
    let wrong = ["allow", "lt1:r00", "--rule", "github-pat", "--path", ":message", "--reason", "x"];
    assert_eq!(world.run(&program, "repo", &wrong, "").code, Some(2));
}

#[test]
fn a_clone_that_was_promised_more_says_nothing_about_it() {
    let world = World::new();
    world.repository("far");
    world.git("far", &["config", "uploadpack.allowFilter", "true"]).fine();
    let url = format!("file://{}", world.path("far").display());
    world.git("", &["clone", "-q", "--filter=blob:none", &url, "repo"]).fine();
    world.hook("repo", &["install"]).fine();
    assert_eq!(world.commit("repo", "nothing\n").fine(), "");
    assert!(!world.commit("repo", &leak(62)).refused("file.txt:1:9").contains("partial-clone"));
}

#[test]
fn hooks_in_what_is_no_folder_are_said() {
    let world = World::new();
    world.repository("repo");
    std::fs::remove_dir_all(world.path("repo/.git/hooks")).expect("git made it");
    world.file("repo/.git/hooks", "a file\n");
    for args in [["install"], ["status"]] {
        world.hook("repo", &args).refused("is no folder, so git runs no hook here: move it away");
    }
    world.git("repo", &["config", "core.hooksPath", "/dev/null"]).fine();
    for args in [["install"], ["status"]] {
        world.hook("repo", &args).refused("set core.hooksPath to a folder, or unset it");
    }
}
