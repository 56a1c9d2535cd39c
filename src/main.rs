//! The program: hands the arguments to the library and ends as it says. The only place that ends the process.
//!
//! Exit codes are those of `cli` (0, 1, 2, 3). A panic that nobody caught is incomplete work: a message with its place,
//! never its payload (it may hold what was scanned), and 3; so is an abort, for memory that ran out. When the reader of
//! standard output went away, the process ends by SIGPIPE like any other filter, after everything else was cleaned up.

use leaktight::cli::{self, Ending};
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::quiet_panics();
    end_incomplete_on_abort();
    match std::panic::catch_unwind(|| cli::run(std::env::args_os())) {
        Ok(Ending::Code(code)) => ExitCode::from(code),
        Ok(Ending::BrokenPipe) => broken_pipe(),
        Err(_) => ExitCode::from(cli::exit::INCOMPLETE),
    }
}

/// Where memory runs out, the standard library says so and aborts: that is incomplete work as well.
#[cfg(unix)]
fn end_incomplete_on_abort() {
    use signal_hook::{consts::SIGABRT, flag::register_conditional_shutdown};
    let always = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let _ = register_conditional_shutdown(SIGABRT, cli::exit::INCOMPLETE.into(), always);
}

#[cfg(not(unix))]
fn end_incomplete_on_abort() {}

/// Ends by SIGPIPE. Rust starts with the signal ignored, which is right while files are written and children fed; so
/// its default action is restored only here, when nothing is left to do.
#[cfg(unix)]
fn broken_pipe() -> ExitCode {
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGPIPE);
    ExitCode::from(cli::exit::ERROR)
}

/// Without signals, lost output is an error.
#[cfg(not(unix))]
fn broken_pipe() -> ExitCode {
    ExitCode::from(cli::exit::ERROR)
}
