//! `leaktight staged`: what `git commit` would record now.
//!
//! In: flags. Out: the reports, and the exit code that follows from the gate.

use super::console::{Done, Out};
use super::exit;
use super::run::change::{GateFlags, report};
use crate::change::Subject;
use crate::report::run::Command;

/// Scan what `git commit` would record now
///
/// The index that git uses here, compared with HEAD and MERGE_HEAD. Never the work tree. A secret that was there before
/// is said and does not gate. Configuration and exceptions are those of HEAD.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    flags: GateFlags,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    report(&args.flags, &Subject::Staged, Command::Staged, out)
}
