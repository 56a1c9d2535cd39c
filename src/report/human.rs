//! The report for people.
use super::{Report, Run};
use std::io;
use std::path::PathBuf;

/// How the report for people looks.
#[derive(Debug, Clone)]
pub struct Human {
    /// Columns to fill: see [`width`].
    pub width: usize,
    /// Write styles (ANSI). The caller wraps a terminal in anstream, which obeys `--color` and translates for Windows.
    pub styled: bool,
    /// Make places links (OSC 8) to files under this absolute folder, the root of the scan.
    pub links: Option<PathBuf>,
    /// One line a finding, nothing else.
    pub quiet: bool,
    /// List all gaps and all other places.
    pub verbose: bool,
}

impl Default for Human {
    fn default() -> Self {
        Self { width: 80, styled: false, links: None, quiet: false, verbose: false }
    }
}

/// The width to use: `COLUMNS` if it is a number, else the terminal's, else 80; never under 40 or over 100.
pub fn width(columns: Option<&str>, terminal: Option<usize>) -> usize {
    columns.and_then(|c| c.trim().parse().ok()).or(terminal).unwrap_or(80).clamp(40, 100)
}

impl Report for Human {
    fn write(&self, _run: &Run<'_>, _to: &mut dyn io::Write) -> io::Result<()> {
        Ok(())
    }
}
