//! What can be typed: one file a command, the flags they share in `args`, and everything that is printed in `console`.
//!
//! In: the arguments. Out: an [`Ending`]. Only this module prints, and only through `console`; only `main` exits. Names,
//! flags and exit codes are relied upon by hooks, CI files and scripts: they change with a reason or not at all.

mod allow;
mod args;
mod baseline;
mod ci;
mod completions;
mod config;
pub(crate) mod console;
pub mod exit;
mod explain;
mod history;
mod hook;
mod init;
mod man;
mod merge;
mod range;
mod rules;
mod run;
mod scan;
mod staged;

use crate::mask;
use args::flags::Common;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use console::{Failure, Out};
use std::ffi::OsString;
use std::io::{self, Write as _};

/// How the process is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With this exit code.
    Code(u8),
    /// By SIGPIPE: the reader of standard output went away.
    BrokenPipe,
}

/// Finds credentials, production data and unencrypted connections in files, changes and histories.
#[derive(Debug, Parser)]
#[command(name = "leaktight", version, after_help = exit::EXIT_CODES, max_term_width = 100, args_override_self = true)]
#[command(subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Scan files and folders as they lie on disk
    Scan(scan::Args),
    /// Scan what `git commit` would record now
    Staged(staged::Args),
    /// Scan every commit that HEAD reaches and BASE does not
    Range(range::Args),
    /// Scan everything that one or many git repositories keep
    History(history::Args),
    /// Put the hooks in that look before a commit or a push, and prove that they fire
    Hook(hook::Args),
    /// Gate what a pull request, merge request or push brings, as the CI's event says
    Ci(ci::Args),
    /// Accept a finding, with a reason; list and prune what is accepted
    Allow(allow::Args),
    /// Add findings to the baseline from a report, or from what another scanner accepts
    Baseline(baseline::Args),
    /// Write a commented leaktight.toml and .leaktight/salt
    Init(init::Args),
    /// Say why something was found, what it opens and how to mend it
    Explain(explain::Args),
    /// List, show and test rules
    Rules(rules::Args),
    /// Show and check the configuration that is in force
    Config(config::Args),
    /// Merge the reports of shards into one
    Merge(merge::Args),
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print the manual page
    Man(man::Args),
}

/// Parses `args`, does what they ask and says how to end.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Ending {
    let args: Vec<OsString> = args.into_iter().collect();
    let parsed = command().color(color_of_help(&args)).try_get_matches_from(&args);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return not_parsed(&error, &args),
    };
    let Common { color, quiet, verbose } = cli.common;
    let out = Out::new(color, quiet, verbose);
    let done = match &cli.command {
        Command::Scan(args) => scan::run(args, &out),
        Command::Staged(args) => staged::run(args, &out),
        Command::Range(args) => range::run(args, &out),
        Command::History(args) => history::run(args, &out),
        Command::Hook(args) => hook::run(args, &out),
        Command::Ci(args) => ci::run(args, &out),
        Command::Merge(args) => merge::run(args, &out),
        Command::Rules(args) => rules::run(args, &out),
        Command::Explain(args) => explain::run(args, &out),
        Command::Config(args) => config::run(args, &out),
        Command::Allow(args) => allow::run(args, &out),
        Command::Baseline(args) => baseline::run(args, &out),
        Command::Init(args) => init::run(args, &out),
        Command::Completions(args) => completions::run(args, command(), &out),
        Command::Man(args) => man::run(args, command(), &out),
    };
    match done {
        Ok(code) => Ending::Code(code),
        Err(Failure::BrokenPipe) => Ending::BrokenPipe,
        Err(Failure::Message(message)) => {
            out.error(&message);
            Ending::Code(exit::ERROR)
        }
    }
}

/// What `--color` says, for help and errors that clap prints while it parses.
fn color_of_help(args: &[OsString]) -> clap::ColorChoice {
    let mut args = args.iter().take_while(|a| *a != "--").map(|a| a.to_str().unwrap_or_default());
    let mut choice = clap::ColorChoice::Auto;
    while let Some(arg) = args.next() {
        let value = match arg.strip_prefix("--color") {
            Some("") => args.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        choice = match value {
            Some("always") => clap::ColorChoice::Always,
            Some("never") => clap::ColorChoice::Never,
            Some("auto") => clap::ColorChoice::Auto,
            _ => choice,
        };
    }
    choice
}

/// Help, version, or a mistake in the arguments.
fn not_parsed(error: &clap::Error, args: &[OsString]) -> Ending {
    let verbose = args.iter().any(|a| a == "-v" || a == "--verbose");
    // An argument that is not understood is quoted, whatever it is.
    let rendered = error.render().to_string();
    let safe = mask::message(&rendered);
    let print = || match safe == rendered.as_str() {
        true => error.print(),
        false => write!(io::stderr(), "{safe}"),
    };
    let printed = print().and_then(|()| {
        // The hash takes a while, so it is not part of clap's version.
        if error.kind() == ErrorKind::DisplayVersion && verbose {
            writeln!(io::stdout(), "rules {}", crate::rule::RuleSet::builtin().hash())?;
        }
        io::stdout().flush()
    });
    match printed {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe && !error.use_stderr() => Ending::BrokenPipe,
        Err(_) => Ending::Code(exit::ERROR),
        Ok(()) => Ending::Code(u8::try_from(error.exit_code()).unwrap_or(exit::ERROR)),
    }
}

/// Makes a panic say where it happened and nothing else: its payload may hold what was scanned.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let _ = writeln!(
            io::stderr(),
            "leaktight: internal error at {place} (version {}); please report it with this line",
            env!("CARGO_PKG_VERSION")
        );
    }));
}

/// The whole command line, for completions, manual pages and tests.
fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
