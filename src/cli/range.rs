//! `leaktight range`: every commit that a head reaches and its base does not.
//!
//! In: revisions and flags. Out: the reports, and the exit code that follows from the gate.

use super::gate::GateFlags;
use super::out::{Done, Failure, Out};
use super::staged;
use crate::gate::{Range, Subject};

/// Scan every commit that HEAD reaches and BASE does not
///
/// Merges are compared with all their parents; messages, authors and names count, and so does what was added and taken
/// away again. Configuration and exceptions are those of the base, whatever the commits change in them.
#[derive(Debug, clap::Args)]
#[command(after_help = super::EXIT_CODES)]
pub(crate) struct Args {
    /// BASE..HEAD: revisions as git writes them; without the second it is HEAD
    #[arg(value_name = "BASE..HEAD", conflicts_with_all = ["base", "head"], required_unless_present = "base")]
    range: Option<String>,
    /// What is known already
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// What is new [default: HEAD]
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
                Failure::new(format!("`{range}` is no range; write BASE..HEAD, or --base BASE --head HEAD"))
            })?;
            // Of what both reach nothing is looked at: three dots mean the same here.
            let head = head.strip_prefix('.').unwrap_or(head);
            (base.to_owned(), if head.is_empty() { "HEAD" } else { head }.to_owned())
        }
        (None, base) => (base.clone().unwrap_or_default(), args.head.clone().unwrap_or_else(|| "HEAD".to_owned())),
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
    staged::report(&args.flags, &Subject::Range(range), "range", out)
}
