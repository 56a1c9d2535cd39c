//! `leaktight hook status`: what git would run, and whether it refuses a secret.
//!
//! In: the files that git starts. Out: a line a hook and a verdict; 0 when a commit (in a bare repository: a push) with a
//! secret was refused in a dry run, 1 when not. Hooks of others are read and never run: a formatter or a test run in a dry
//! run would change the work tree. So what a hook manager calls is said, and called unproven.

use super::always_refused;
use crate::cli::console::{Done, Failure, Out};
use crate::cli::exit;
use crate::hook::canary::{self, Proof};
use crate::hook::git::Git;
use crate::hook::layout::{self, Hooks, Layout};
use crate::hook::script::{self, HookKind};
use crate::hook::{files, git, shown, user};
use crate::text::escape;
use std::path::Path;

/// What is known of one hook.
#[derive(Debug, PartialEq, Eq)]
enum State {
    /// It refused the canary.
    Proven,
    /// Nothing there calls this program.
    Missing(String),
    /// It should have refused.
    Broken(String),
    /// Something calls this program, perhaps.
    Unproven(String),
}

/// Runs the command.
pub(super) fn run(repo: Option<&Path>, global: bool, out: &Out) -> Done {
    if global { of_user(out) } else { of_repository(&Git::at(repo)?, out) }
}

fn of_repository(git: &Git, out: &Out) -> Done {
    let hooks = Hooks::of(git)?;
    out.say(&format!("git takes hooks from {}{}", shown(&hooks.dir), hooks.because()))?;
    if let Some(line) = shadow(&hooks)? {
        out.say(&line)?;
    }
    let what = if git.bare { "a push" } else { "a commit" };
    if let Some(why) = hooks.no_folder() {
        out.say(&why)?;
        out.say(&format!("NOT protected: {what} with a secret is not refused here"))?;
        return Ok(exit::FINDINGS);
    }
    if let Some(line) = left(git, &hooks) {
        out.say(&line)?;
    }
    let wanted: &[&str] = if git.bare { &["pre-receive"] } else { &["pre-commit", "commit-msg", "pre-push"] };
    let mut decisive = State::Missing(String::new());
    let mut broken = false;
    for (name, look) in script::OURS {
        if hooks.everywhere && look == HookKind::Received {
            // It only forwards.
            continue;
        }
        let state = of_hook(git, &hooks, name, look)?;
        if matches!(state, State::Missing(_)) && !wanted.contains(&name) {
            continue;
        }
        broken |= matches!(state, State::Broken(_));
        let line = match &state {
            State::Proven => "refuses a secret (dry run with a canary)",
            State::Missing(why) | State::Unproven(why) | State::Broken(why) => why,
        };
        out.say(&format!("  {name}: {line}"))?;
        if name == wanted[0] {
            decisive = state;
        }
    }
    if decisive == State::Proven && always_refused::say_why(git, if git.bare { "push" } else { "commit" }, out)? {
        out.say(&format!("NOT working: {what} with a secret is refused here, and so is every other one"))?;
        return Ok(exit::FINDINGS);
    }
    if decisive == State::Proven && !broken {
        let but = if git.bare { "" } else { " (`--no-verify` and the like pass by any hook)" };
        out.say(&format!("protected: {what} with a secret is refused here{but}"))?;
        return Ok(exit::CLEAN);
    }
    let (word, rest) = match decisive {
        State::Unproven(_) => ("not proven", "may be refused here, by what others run"),
        State::Proven => ("NOT protected", "is refused here, and another hook of ours does not do its part"),
        _ => ("NOT protected", "is not refused here"),
    };
    out.say(&format!("{word}: {what} with a secret {rest}"))?;
    Ok(exit::FINDINGS)
}

/// What is in the way of the hooks for every repository, if there are any.
fn shadow(hooks: &Hooks) -> Result<Option<String>, Failure> {
    let folder = user::folder().ok();
    let installed = folder.is_some() && user::value("--global", "core.hooksPath")? == folder;
    if hooks.everywhere || hooks.behind || !installed {
        return Ok(None);
    }
    Ok(Some(format!(
        "the hooks for every repository of this user (--global) are not used here: this repository's own core.hooksPath{} comes \
         before them. `leaktight hook install` here puts ours into that folder; if nothing needs it, `git config --unset \
         core.hooksPath`",
        hooks.set_by.as_ref().map(|s| format!(" ({})", escape::terminal(s.origin.as_bytes()))).unwrap_or_default()
    )))
}

/// Hooks of ours where git no longer looks: husky sets core.hooksPath when it is installed.
fn left(git: &Git, hooks: &Hooks) -> Option<String> {
    let usual = git.common_dir.join("hooks");
    let ours = |name: &str| files::read(&usual.join(name)).ok().flatten().is_some_and(|text| script::is_ours(&text));
    let elsewhere = hooks.set_by.is_some() && !hooks.everywhere && !hooks.behind && !layout::same(&usual, &hooks.dir);
    // Once ours are in the folder that counts there is nothing to be done.
    let there = |name: &str| files::read(&hooks.file(name)).ok().flatten().is_some_and(|text| script::mentions(&text));
    (elsewhere && script::OURS.iter().any(|(name, _)| ours(name) && !there(name))).then(|| {
        format!(
            "ours in {} are not looked at since core.hooksPath is set: `leaktight hook install` again",
            shown(&usual)
        )
    })
}

fn of_hook(git: &Git, hooks: &Hooks, name: &str, look: HookKind) -> Result<State, Failure> {
    let started = hooks.started(name);
    if !files::is_there(&started) {
        let before = files::before(&started);
        let kept =
            if files::is_there(&before) { format!("; {} is not run either", shown(&before)) } else { String::new() };
        return Ok(State::Missing(format!("there is none{kept}")));
    }
    if !files::runs(&started) {
        return Ok(State::Broken(format!("git does not start {}: it is not executable", shown(&started))));
    }
    let file = hooks.file(name);
    let Some(text) = files::read(&file)? else {
        return Ok(State::Missing(format!("there is no {}, which husky would run", shown(&file))));
    };
    let ours = match hooks.layout {
        Layout::Plain => script::is_ours(&text),
        Layout::Husky => script::out_of_husky(&text).is_some(),
    };
    if !ours && !calls_first(&text) {
        return Ok(foreign(git, &file, &text));
    }
    Ok(match canary::of(git, hooks, name, look)? {
        Proof::Refused => State::Proven,
        Proof::Passed(code, said) => {
            let code = code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
            let lines = said.lines().filter(|l| !l.trim().is_empty()).take(8);
            let said: String = lines.map(|l| format!("\n      | {}", escape::terminal(l.as_bytes()))).collect();
            State::Broken(format!("did NOT refuse the canary: it ended with {code} and did not name it{said}"))
        }
    })
}

/// Whether the first command of a hook is this program: then a dry run runs nothing else.
fn calls_first(text: &[u8]) -> bool {
    let lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let mut commands = lines.filter(|l| !l.is_empty() && !l.starts_with(b"#") && !l.starts_with(b"set "));
    commands.next().is_some_and(|line| {
        let line = line.strip_prefix(b"exec ").unwrap_or(line);
        line.starts_with(b"leaktight hook ") || memchr::memmem::find(line, b"/leaktight hook ").is_some()
    })
}

/// A hook that somebody else wrote.
fn foreign(git: &Git, path: &Path, text: &[u8]) -> State {
    let has = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    let named = |n: &&&str| files::read(&git.top.join(n)).ok().flatten().is_some_and(|t| script::mentions(&t));
    let pre_commit = [".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml"];
    let lefthook =
        ["lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", "lefthook.toml", "lefthook.json"];
    let managers: [(&str, bool, &[&str], &str); 2] = [
        ("pre-commit", has("hook-impl") || has("pre_commit") || has("prek"), &pre_commit, "`pre-commit run leaktight`"),
        ("lefthook", has("lefthook"), &lefthook, "`lefthook run pre-commit`"),
    ];
    for (name, is, files, how) in managers {
        if is {
            return match files.iter().find(named) {
                Some(file) => State::Unproven(format!(
                    "belongs to {name}, and {file} names leaktight: not proven, for a dry run would start all that it runs; try \
                     {how} with a secret staged"
                )),
                None => State::Missing(format!(
                    "belongs to {name}, whose configuration does not name leaktight: add it there, or `leaktight hook install`"
                )),
            };
        }
    }
    if script::mentions(text) {
        return State::Unproven(format!(
            "{} names leaktight after other commands, which a dry run would start: not proven; call it first",
            shown(path)
        ));
    }
    State::Missing(format!("{} does not call leaktight: `leaktight hook install` keeps it and adds ours", shown(path)))
}

/// The hooks for every repository.
fn of_user(out: &Out) -> Done {
    let folder = user::folder()?;
    let set = user::value("--global", "core.hooksPath")?;
    if set.as_ref() != Some(&folder) {
        let now = set.map_or_else(|| "not set".to_owned(), |path| shown(&path));
        out.say(&format!("core.hooksPath of this user is {now}: `leaktight hook install --global` puts ours in"))?;
        out.say("NOT protected: there are no hooks of ours for every repository")?;
        return Ok(exit::FINDINGS);
    }
    out.say(&format!("git takes hooks from {} (core.hooksPath, configuration of this user)", shown(&folder)))?;
    let mut whole = true;
    for name in script::ALL {
        let path = folder.join(name);
        if !files::runs(&path) || !files::read(&path)?.is_some_and(|text| script::is_ours(&text)) {
            whole = false;
            out.say(&format!(
                "  {name}: not there, not executable or not ours any more: `leaktight hook install --global`"
            ))?;
        }
    }
    // The proof is a repository like any new one.
    let failed = |e| Failure::new(format!("cannot make a temporary folder: {e}"));
    let trial = tempfile::Builder::new().prefix("leaktight-").tempdir().map_err(failed)?;
    git::apply(git::anywhere().args(["init", "-q", "--template="]).arg(trial.path()))?;
    let git = Git::at(Some(trial.path()))?;
    let hooks = Hooks::of(&git)?;
    for name in ["pre-commit", "commit-msg", "pre-push"] {
        let look = script::look(name).unwrap_or(HookKind::Staged);
        let line = match of_hook(&git, &hooks, name, look)? {
            State::Proven => "refuses a secret (dry run with a canary, in a new repository)".to_owned(),
            State::Missing(why) | State::Broken(why) | State::Unproven(why) => {
                whole = false;
                why
            }
        };
        out.say(&format!("  {name}: {line}"))?;
    }
    if let Ok(here) = Git::at(None)
        && let Some(line) = shadow(&Hooks::of(&here)?)?
    {
        out.say(&line)?;
    }
    if whole {
        out.say(
            "protected: a commit with a secret is refused wherever no repository sets a core.hooksPath of its own",
        )?;
        return Ok(exit::CLEAN);
    }
    out.say("NOT protected: not every hook of ours is in place")?;
    Ok(exit::FINDINGS)
}
