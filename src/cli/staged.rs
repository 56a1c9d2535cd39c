//! `leaktight staged`: what `git commit` would record now.
//!
//! In: flags. Out: the reports, and the exit code that follows from the gate.

use super::console::{Done, Out};
use super::run::change::{self, GateFlags};
use super::run::reports::Reports;
use crate::change::Subject;

/// Scan what `git commit` would record now
///
/// The index that git uses here, compared with HEAD and MERGE_HEAD. Never the work tree. A secret that was there before
/// is said and does not gate. Configuration and exceptions are those of HEAD.
#[derive(Debug, clap::Args)]
#[command(after_help = super::EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    flags: GateFlags,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    report(&args.flags, &Subject::Staged, "staged", out)
}

/// Runs a gate and writes its reports.
pub(crate) fn report(flags: &GateFlags, subject: &Subject, command: &str, out: &Out) -> Done {
    let started = std::time::Instant::now();
    let opened = change::open(flags, subject, out)?;
    let reports = Reports::open(&flags.shared.report, &opened.in_force.settings, out)?;
    let ran = opened.run(subject, &subject.to_string(), out)?;
    let run = ran.run(command);
    let code = run.exit;
    reports.write(&run, None, out)?;
    out.detail(format_args!("time: {:.3} s", started.elapsed().as_secs_f64()));
    Ok(code)
}
