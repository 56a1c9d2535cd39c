//! What every part of the report for people works on: the run, and how it is to look.

use crate::report::frame::columns;
use crate::report::run::Run;
use std::path::PathBuf;

/// How the report for people looks.
#[derive(Debug, Clone)]
pub struct Human {
    /// Columns to fill: see [`width`](super::width).
    pub width: usize,
    /// Write styles (ANSI). The caller wraps a terminal in anstream, which obeys `--color` and translates for Windows.
    pub styled: bool,
    /// Make places links (OSC 8) to files under this absolute folder, the root of the scan.
    pub links: Option<PathBuf>,
    /// One line for each finding and each gap, and one for what fails the check and is hidden; nothing else.
    pub quiet: bool,
    /// List all gaps and all other places.
    pub verbose: bool,
    /// A JSON report of this run, as a shell takes its name: what `explain` can look findings up in.
    pub json: Option<String>,
}

/// A report that is being written.
pub(crate) struct Page<'a> {
    pub(crate) how: &'a Human,
    pub(crate) run: &'a Run<'a>,
}

/// Breaks `text` at blanks into lines of at most `width` columns. A longer word stands on its own line, whole: a path
/// that is cut cannot be copied. No line begins with `::`, which a CI runner would obey.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let columns = columns(word);
        if used > 0 && used + 1 + columns > width && !word.starts_with("::") {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += columns;
        }
    }
    lines
}
