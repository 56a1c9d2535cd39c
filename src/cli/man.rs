//! `leaktight man`: the manual page, in roff.

use super::console::{Done, Failure, Out};
use super::exit;

/// Print the manual page of leaktight, or of one of its commands
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A command, and a command of it: `scan`, `rules show`
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, mut command: clap::Command, out: &Out) -> Done {
    // Gives subcommands their full names and the global flags.
    command.build();
    for name in &args.command {
        let Some(found) = command.find_subcommand(name) else {
            return Err(Failure::new(format!("there is no command `{name}`")));
        };
        command = found.clone();
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(Failure::new)?;
    out.bytes(|to| to.write_all(&page))?;
    Ok(exit::CLEAN)
}
