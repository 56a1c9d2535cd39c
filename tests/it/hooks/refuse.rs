//! What installed hooks refuse, end to end: the real git, the real program.

use crate::harness::token;
use crate::hooks::world::{World, leak};

fn guarded() -> World {
    let world = World::new();
    world.repository("repo");
    world.hook("repo", &["install"]).fine();
    world
}

#[test]
fn a_commit_with_a_secret_is_refused() {
    let world = guarded();
    assert_eq!(world.commit("repo", "nothing\n").fine(), "", "a hook with nothing to say says something");
    let head = world.git("repo", &["rev-parse", "HEAD"]).fine();
    let said = world.commit("repo", &leak(1)).refused("file.txt:1:9");
    assert!(!said.contains(&token(1)), "the secret is shown");
    // It is the index that counts, whatever lies on disk; and the index that git names.
    world.file("repo/file.txt", "clean again\n");
    world.git("repo", &["commit", "-q", "-m", "x"]).refused("file.txt:1:9");
    world.git("repo", &["commit", "-q", "-a", "-m", "x"]).fine();
    world.file("repo/other.txt", &leak(2));
    world.git("repo", &["add", "-N", "other.txt"]).fine();
    world.git("repo", &["commit", "-q", "-m", "x", "other.txt"]).refused("other.txt:1:9");
    assert_eq!(world.git("repo", &["rev-list", "--count", &format!("{}..HEAD", head.trim())]).fine(), "1\n");
}

#[test]
fn a_message_with_a_secret_is_refused() {
    let world = guarded();
    let commit = |world: &World, message: &str| world.git("repo", &["commit", "-q", "--allow-empty", "-m", message]);
    commit(&world, "nothing to see").fine();
    let said = commit(&world, &format!("subject\n\nthe key is {}", token(3))).refused("github-pat");
    assert!(!said.contains(&token(3)), "the secret is shown");
    // What `-m` gives is kept, lines that look like comments and all below that looks like scissors included.
    commit(&world, &format!("subject\n# {}", token(3))).refused("github-pat");
    let cut = format!("subject\n# {} >8 {}\n{}", "-".repeat(24), "-".repeat(24), token(3));
    commit(&world, &cut).refused("github-pat");
    // A secret that is taken away stands in the diff of `commit -v`, and not in the message.
    let mut world = world;
    world.file("repo/file.txt", &leak(4));
    world.git("repo", &["add", "."]).fine();
    world.git("repo", &["commit", "-q", "--no-verify", "-m", "leak"]).fine();
    world.git("repo", &["rm", "-q", "file.txt"]).fine();
    world.script("editor", "#!/bin/sh\n{ echo subject; cat \"$1\"; } >\"$1.new\" && grep -q '^-token' \"$1.new\" && mv \"$1.new\" \"$1\"\n");
    let editor = format!("'{}'", world.path("editor").display().to_string().replace('\'', r"'\''"));
    world.variables.insert("GIT_EDITOR".into(), editor);
    world.git("repo", &["commit", "-q", "-v"]).fine();
}

#[test]
fn a_push_of_what_the_remote_lacks_is_looked_at() {
    let world = guarded();
    world.git("", &["init", "-q", "--bare", "remote.git"]).fine();
    world.git("repo", &["remote", "add", "up", "../remote.git"]).fine();
    world.git("repo", &["push", "-q", "up", "main"]).fine();
    // Added and taken away again: it is in what is pushed.
    world.file("repo/gone.txt", &leak(5));
    world.git("repo", &["add", "."]).fine();
    world.git("repo", &["commit", "-q", "--no-verify", "-m", "in"]).fine();
    world.git("repo", &["rm", "-q", "gone.txt"]).fine();
    world.git("repo", &["commit", "-q", "--no-verify", "-m", "out"]).fine();
    let before = world.git("remote.git", &["for-each-ref"]).fine();
    let said = world.git("repo", &["push", "-q", "up", "main"]).refused("gone.txt:1:9");
    assert!(!said.contains(&token(5)), "the secret is shown");
    for reference in ["main:refs/heads/new", "main:refs/tags/v1"] {
        world.git("repo", &["push", "-q", "up", reference]).refused("gone.txt:1:9");
    }
    assert_eq!(world.git("remote.git", &["for-each-ref"]).fine(), before);
    // What the remote has already is not looked at again, and to take something away is always allowed.
    world.git("repo", &["push", "-q", "--no-verify", "up", "main"]).fine();
    world.git("repo", &["push", "-q", "up", "main:refs/heads/new"]).fine();
    world.git("repo", &["push", "-q", "up", ":new"]).fine();
    world.commit("repo", "clean\n").fine();
    world.git("repo", &["push", "-q", "up", "main"]).fine();
    // An annotated tag has a message.
    world.git("repo", &["tag", "-a", "v2", "-m", &token(6)]).fine();
    world.git("repo", &["push", "-q", "up", "v2"]).refused("github-pat");
}

#[test]
fn a_server_refuses_what_it_receives() {
    let world = World::new();
    world.repository("repo");
    world.git("", &["init", "-q", "--bare", "server.git"]).fine();
    let said = world.hook("server.git", &["install"]).fine();
    assert!(said.contains("pre-receive: installed"), "{said}");
    world.git("repo", &["push", "-q", "../server.git", "main"]).fine();
    for (content, fine) in [("one\n".to_owned(), true), (leak(7), false), ("clean\n".to_owned(), false)] {
        world.commit("repo", &content).fine();
        let said = world.git("repo", &["push", "-q", "../server.git", "main"]);
        if fine {
            said.fine();
        } else {
            let text = said.refused("file.txt:1:9");
            assert!(text.contains("pre-receive hook declined") && !text.contains(&token(7)), "{text}");
        }
    }
    // Many objects come as a pack and stay one.
    for n in 0..150 {
        world.file(&format!("repo/many/{n}"), &format!("{n}\n"));
    }
    world.git("repo", &["add", "."]).fine();
    world.git("repo", &["commit", "-q", "-m", "many"]).fine();
    world.git("repo", &["push", "-q", "../server.git", "main"]).refused("file.txt:1:9");
    // A branch without the secret goes in; deleting goes; a force push too.
    world.git("repo", &["checkout", "-q", "-b", "clean", "HEAD~3"]).fine();
    world.commit("repo", "other\n").fine();
    world.git("repo", &["push", "-q", "../server.git", "clean"]).fine();
    world.git("repo", &["push", "-q", "--force", "../server.git", "clean:main"]).fine();
    world.git("repo", &["push", "-q", "../server.git", ":clean"]).fine();
}

#[test]
fn what_git_does_not_write_is_an_error() {
    let world = guarded();
    for (hook, input) in [("pre-push", "a b c\n"), ("pre-push", "garbage"), ("pre-receive", "1 2 3\n")] {
        let said = world.run(&world.program, "repo", &["hook", hook], input);
        assert_eq!(said.code, Some(2), "{}", said.text);
        assert!(said.text.contains("standard input"), "{}", said.text);
    }
    for hook in ["pre-push", "pre-receive"] {
        let said = world.run(&world.program, "repo", &["hook", hook], "").fine();
        assert!(said.contains("nothing to look at"), "{said}");
    }
    assert_eq!(world.hook("repo", &["commit-msg", "nowhere"]).code, Some(2));
}

#[test]
fn pre_commit_hands_a_push_on_in_its_environment() {
    let mut world = guarded();
    world.file("repo/file.txt", &leak(8));
    world.git("repo", &["add", "."]).fine();
    world.git("repo", &["commit", "-q", "--no-verify", "-m", "x"]).fine();
    world.variables.insert("PRE_COMMIT_REMOTE_NAME".into(), "origin".into());
    world.variables.insert("PRE_COMMIT_LOCAL_BRANCH".into(), "refs/heads/main".into());
    world.run(&world.program, "repo", &["hook", "pre-push"], "").refused("file.txt:1:9");
    world.variables.insert("PRE_COMMIT_TO_REF".into(), "HEAD".into());
    world.variables.insert("PRE_COMMIT_FROM_REF".into(), "HEAD~1".into());
    world.run(&world.program, "repo", &["hook", "pre-push"], "").refused("file.txt:1:9");
    // `pre-commit run --from-ref HEAD~1 --to-ref HEAD`, where nothing is staged.
    world.hook("repo", &["pre-commit"]).fine();
    world.variables.insert("PRE_COMMIT".into(), "1".into());
    world.hook("repo", &["pre-commit"]).refused("file.txt:1:9");
    world.variables.insert("PRE_COMMIT_FROM_REF".into(), "HEAD".into());
    world.hook("repo", &["pre-commit"]).fine();
    world.run(&world.program, "repo", &["hook", "pre-push"], "").fine();
}
