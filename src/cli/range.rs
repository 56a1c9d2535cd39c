//! `leaktight range`: every commit that a head reaches and its base does not.
//!
//! In: revisions and flags. Out: the reports, and the exit code that follows from the gate.

use super::console::{Done, Failure, Out};
use super::exit;
use super::run::change::{GateFlags, report};
use crate::change::{Range, Subject};
use crate::report::run::Command;
use crate::text::escape;

/// Scan every commit that HEAD reaches and BASE does not
///
/// Merges are compared with all their parents; messages, authors and names count, and so does what was added and taken
/// away again. Configuration and exceptions are those of the base, whatever the commits change in them.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::EXIT_CODES)]
pub(crate) struct Args {
    /// Two revisions, for example `main..feature`; `main..` means `main..HEAD`
    #[arg(value_name = "BASE..HEAD", conflicts_with_all = ["base", "head"])]
    range: Option<String>,
    /// Base revision, instead of BASE..HEAD; commits reachable from it are not scanned
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Head revision, with --base [default: HEAD]
    #[arg(long, value_name = "REV", requires = "base")]
    head: Option<String>,
    #[command(flatten)]
    flags: GateFlags,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    let (base, head) = match (&args.range, &args.base) {
        (Some(range), _) => {
            let (base, head) = range.split_once("..").ok_or_else(|| {
                let range = escape::terminal(range.as_bytes());
                Failure::new(format!(
                    "invalid range `{range}`: expected BASE..HEAD; for the commits that HEAD adds to it, write `{range}..HEAD` or \
                     `--base {range}`"
                ))
            })?;
            // Of what both reach nothing is looked at: three dots mean the same here.
            let head = head.strip_prefix('.').unwrap_or(head);
            (base.to_owned(), if head.is_empty() { "HEAD" } else { head }.to_owned())
        }
        (None, Some(base)) => (base.clone(), args.head.clone().unwrap_or_else(|| "HEAD".to_owned())),
        (None, None) => {
            return Err(Failure::new(
                "no range: expected BASE..HEAD, for example `leaktight range main..HEAD`, or `--base REV` with or without `--head \
                 REV`",
            ));
        }
    };
    // To git it is HEAD. Here it is a variable of CI that was not set, and `HEAD..HEAD` would look clean.
    for (what, revision) in [("base", &base), ("head", &head)] {
        if revision.is_empty() {
            return Err(Failure::new(format!(
                "the {what} is empty, so that there is nothing to look at; is a variable not set? Name a revision"
            )));
        }
    }
    let range = Range { bases: vec![base], heads: vec![head], ..Range::default() };
    report(&args.flags, &Subject::Range(range), Command::Range, out)
}
