//! Everything that is printed: one checked writer for standard output, messages on standard error.
//!
//! In: bytes and messages. Out: a [`Failure`] when anything was lost, so that a full disk or a closed pipe never looks
//! like success. Messages are redacted and escaped here once more: whatever they quote shows no secret and drives no terminal.

use crate::hook::HookError;
use crate::mask;
use crate::text::escape;
use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use std::fmt;
use std::io::{self, BufWriter, IsTerminal as _, Write};

/// When to use colour.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of standard output went away.
    BrokenPipe,
    /// Exit code 2, with a message for the user; its lines are escaped when printed.
    Message(String),
}

impl Failure {
    /// Exit code 2 with this message.
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self::Message(message.to_string())
    }

    /// Exit code 2: what was being done with which path, and why it failed.
    pub(crate) fn io(doing: &str, path: &std::path::Path, error: &io::Error) -> Self {
        Self::Message(crate::fs::failed(doing, path, error))
    }
}

impl From<HookError> for Failure {
    fn from(error: HookError) -> Self {
        Self::new(error)
    }
}

/// What a command returns: an exit code.
pub(crate) type Done = Result<u8, Failure>;

/// Standard output and standard error as the user wants them.
#[derive(Debug)]
pub(crate) struct Out {
    color: ColorChoice,
    /// No report for people, no notes.
    pub(crate) quiet: bool,
    /// Details on standard error.
    pub(crate) verbose: bool,
}

impl Out {
    pub(crate) fn new(color: Color, quiet: bool, verbose: u8) -> Self {
        Self { color: color.into(), quiet, verbose: verbose > 0 }
    }

    /// A line for people on standard output that `-q` silences.
    pub(crate) fn say(&self, line: &str) -> Result<(), Failure> {
        if self.quiet { Ok(()) } else { self.people(|to| writeln!(to, "{line}")) }
    }

    /// Whether text for people on standard output gets styles.
    pub(crate) fn styled(&self) -> bool {
        match self.color {
            ColorChoice::Auto => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
            choice => choice != ColorChoice::Never,
        }
    }

    /// Text for people: styles are kept, translated or taken away as the terminal and the user want.
    pub(crate) fn people(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        checked(BufWriter::with_capacity(1 << 16, AutoStream::new(io::stdout().lock(), self.color)), write)
    }

    /// Bytes for programs, as they are.
    pub(crate) fn bytes(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        checked(BufWriter::with_capacity(1 << 16, io::stdout().lock()), write)
    }

    /// Whether places can be links: on a terminal that is none of the few that would print the escape sequence.
    pub(crate) fn links(&self) -> bool {
        let unable = |term: &str| matches!(term, "" | "dumb" | "linux" | "eterm" | "eterm-color");
        self.styled() && io::stdout().is_terminal() && std::env::var("TERM").is_ok_and(|term| !unable(&term))
    }

    /// Whether progress can be shown.
    pub(crate) fn progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// A line for `-v`.
    pub(crate) fn detail(&self, message: impl fmt::Display) {
        if self.verbose {
            self.stderr("", &message.to_string());
        }
    }

    /// A line on standard error that `-q` silences.
    pub(crate) fn note(&self, message: impl fmt::Display) {
        if !self.quiet {
            self.stderr("", &message.to_string());
        }
    }

    /// Why the command failed.
    pub(crate) fn error(&self, message: &str) {
        let style = anstyle::AnsiColor::Red.on_default().bold();
        self.stderr(&format!("{style}error:{style:#} "), message);
    }

    fn stderr(&self, prefix: &str, message: &str) {
        let mut stderr = AutoStream::new(io::stderr().lock(), self.color);
        let mut text = format!("leaktight: {prefix}");
        // What it quotes (a path, a branch, a line of a file) may hold a secret.
        for line in mask::message(message).lines() {
            text.push_str(&escape::terminal(line.as_bytes()));
            text.push('\n');
        }
        // Nobody is left to be told when standard error is gone.
        let _ = stderr.write_all(text.as_bytes());
    }
}

fn checked(mut to: BufWriter<impl Write>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let done = write(&mut to).and_then(|()| to.flush());
    // What could not be written must not be tried again, unchecked, when the buffer is dropped.
    let _ = to.into_parts();
    done.map_err(|e| match e.kind() {
        io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
        _ => Failure::new(format!("cannot write to standard output: {e}; what was printed is not complete")),
    })
}
