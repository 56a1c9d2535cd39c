//! `leaktight completions SHELL`.

use super::console::{Done, Failure, Out};
use super::exit;
use clap_complete::Shell;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell that will read it
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(args: &Args, mut command: clap::Command, out: &Out) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "leaktight", &mut script);
    if script.is_empty() {
        return Err(Failure::new("there is no script for this shell"));
    }
    out.bytes(|to| to.write_all(&script))?;
    Ok(exit::CLEAN)
}
