//! `leaktight hook`: puts hooks in, takes them out, proves that they fire, and is what they call.
//!
//! In: flags, and what git hands to a hook. Out: files in the folder where git looks for hooks, with everything that was
//! there before kept and still called; an exit code that makes git go on or refuse. `git` is asked, never imitated, and
//! only by `install`, `uninstall` and `status`: what looks at a change starts no program.

mod always_refused;
mod call;
mod everywhere;
mod status;

use super::console::{Done, Failure, Out};
use super::{exit, scan};
use crate::hook::files::{Change, Kept};
use crate::hook::git::Git;
use crate::hook::layout::{Hooks, Layout};
use crate::hook::{files, git, script, shown};
use std::path::PathBuf;

/// Put the hooks in that look before a commit or a push, and prove that they fire
///
/// `install` writes to the folder where git looks for hooks here; a hook that is there already is kept and still runs.
#[derive(Debug, clap::Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Put the hooks in, here or for every repository of this user
    Install(Install),
    /// Take the hooks out again; what was there before comes back
    Uninstall(Where),
    /// Say what git would run, and prove by a dry run that a commit with a secret would be refused
    Status(Where),
    /// Look at what is staged (what git's pre-commit calls)
    PreCommit(call::PreCommit),
    /// Look at the message of a commit (what git's commit-msg calls)
    CommitMsg(call::CommitMsg),
    /// Look at what a remote does not have yet (what git's pre-push calls)
    PrePush(call::PrePush),
    /// Look at what was pushed here (what git's pre-receive calls)
    PreReceive(call::PreReceive),
    /// Scan whole files on disk with the policy of HEAD (what pre-commit calls for `leaktight-files`)
    Files(scan::Hook),
}

#[derive(Debug, clap::Args)]
struct Install {
    #[command(flatten)]
    place: Where,
    /// Put in only this hook (repeatable) [default: pre-commit, commit-msg, pre-push; pre-receive if bare]
    #[arg(long, value_name = "NAME", conflicts_with = "global")]
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(script::OURS.map(|(name, _)| name)))]
    hook: Vec<String>,
    /// With --global: take the place of a core.hooksPath that is set already, and run its hooks from ours
    #[arg(long, requires = "global")]
    force: bool,
}

#[derive(Debug, clap::Args)]
struct Where {
    /// The repository [default: the one that git would take here]
    #[arg(long, value_name = "DIR", conflicts_with = "global")]
    repo: Option<PathBuf>,
    /// For every repository of this user, by core.hooksPath
    #[arg(long)]
    global: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    match &args.command {
        Command::Install(args) if args.place.global => everywhere::install(args.force, out),
        Command::Install(args) => install(args, out),
        Command::Uninstall(args) if args.global => everywhere::uninstall(out),
        Command::Uninstall(args) => uninstall(args, out),
        Command::Status(args) => status::run(args.repo.as_deref(), args.global, out),
        Command::PreCommit(args) => call::pre_commit(args, out),
        Command::CommitMsg(args) => call::commit_msg(args, out),
        Command::PrePush(args) => call::pre_push(args, out),
        Command::PreReceive(args) => call::pre_receive(args, out),
        Command::Files(args) => scan::hook(args, out),
    }
}

fn install(args: &Install, out: &Out) -> Done {
    let git = Git::at(args.place.repo.as_deref())?;
    let hooks = Hooks::of(&git)?;
    if hooks.everywhere {
        out.say("nothing to do: the hooks for every repository of this user (--global) serve this one")?;
        return Ok(exit::CLEAN);
    }
    let program = git::own_program()?;
    let default: &[&str] = if git.bare { &["pre-receive"] } else { &["pre-commit", "commit-msg", "pre-push"] };
    let named: Vec<&str> = args.hook.iter().map(String::as_str).collect();
    let names = if named.is_empty() { default } else { &named };
    for line in hooks.remarks(&git) {
        out.say(&line)?;
    }
    if let Some(why) = hooks.no_folder() {
        return Err(Failure::new(why));
    }
    if hooks.project {
        git.apply(&["config", "--local", script::CONFIG], &[program.as_os_str()])?;
    }
    // All of them are looked at before one is touched.
    let mut wanted = Vec::new();
    for name in names {
        let path = hooks.file(name);
        let text = match hooks.layout {
            Layout::Husky => script::into_husky(name, &files::read(&path)?.unwrap_or_default()),
            Layout::Plain if hooks.project => script::local(name, &script::Program::Configured),
            Layout::Plain => script::local(name, &script::Program::At(&program)),
        };
        if hooks.layout == Layout::Plain {
            files::can_keep(&path)?;
        }
        wanted.push((path, text));
    }
    for (path, text) in wanted {
        let change = match hooks.layout {
            Layout::Husky => files::replace(&path, &text)?,
            Layout::Plain => files::put(&path, &text)?,
        };
        let path_shown = shown(&path);
        out.say(&match change {
            Change::Same => format!("{path_shown}: in place already"),
            Change::Upgraded if hooks.layout == Layout::Husky => format!("{path_shown}: our lines added"),
            Change::Upgraded => format!("{path_shown}: brought up to date"),
            Change::Made => format!("{path_shown}: installed"),
            Change::Kept => format!(
                "{path_shown}: installed; the hook that was there runs still, as {}",
                shown(&files::before(&path))
            ),
        })?;
    }
    always_refused::say_why(&git, if git.bare { "push" } else { "commit" }, out)?;
    out.say("`leaktight hook status` proves that they fire")?;
    Ok(exit::CLEAN)
}

fn uninstall(args: &Where, out: &Out) -> Done {
    let git = Git::at(args.repo.as_deref())?;
    let hooks = Hooks::of(&git)?;
    if hooks.everywhere {
        return Err(Failure::new(
            "the hooks here are those for every repository of this user; `leaktight hook uninstall --global` takes them out",
        ));
    }
    let mut any = false;
    for (name, _) in script::OURS {
        let path = hooks.file(name);
        let kept = match hooks.layout {
            Layout::Husky => match files::read(&path)? {
                None => Kept::Absent,
                Some(text) => match script::out_of_husky(&text) {
                    None => Kept::Foreign,
                    Some(rest) => files::leave(&path, &rest)?,
                },
            },
            Layout::Plain => files::take(&path)?,
        };
        let path = shown(&path);
        any |= matches!(kept, Kept::Removed | Kept::Restored);
        match kept {
            Kept::Absent | Kept::Foreign => {}
            Kept::Removed => out.say(&format!("{path}: removed"))?,
            Kept::Restored => out.say(&format!("{path}: what was there before is back"))?,
            Kept::Stranded(before) => out.say(&format!(
                "{path}: not ours any more, left as it is; what it replaced once is still in {}",
                shown(&before)
            ))?,
        }
    }
    if hooks.project {
        git.apply(&["config", "--local", "--unset-all", script::CONFIG], &[])?;
    }
    if !any {
        out.say(&format!("nothing to do: no hook of ours in {}", shown(&hooks.dir)))?;
    }
    Ok(exit::CLEAN)
}
