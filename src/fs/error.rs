//! A mistake in leaktight.toml: file, line, column, the line with a caret, and what to do.
//!
//! In: a byte range and what is wrong there. Out: text for people. The wrong file may have been named (`--config .env`),
//! so a line is shown only as far as it is made of what this file may hold: values of unknown keys, long words and the
//! values in serde's messages are masked.

use crate::text::escape;
use crate::text::mistake::{MAX_WORD, line_and_column, words};
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Why leaktight.toml, or a file beside it, cannot be used: exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// Line and column in characters, from 1; `None`: the file as a whole.
    pub place: Option<(usize, usize)>,
    /// What is wrong and what to do.
    pub message: String,
    excerpt: Option<(String, usize)>,
}

impl ConfigError {
    /// A mistake in the file as a whole.
    pub fn whole(path: &Path, message: &str) -> Self {
        Self { path: path.to_owned(), place: None, message: message.to_owned(), excerpt: None }
    }

    /// A file that cannot be read.
    pub fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::whole(path, &format!("cannot be read: {error}"))
    }

    /// A mistake at a byte range of `text`.
    pub fn at(path: &Path, text: &str, span: Range<usize>, message: String) -> Self {
        let (line, column) = line_and_column(text, span.start);
        let shown = text.lines().nth(line - 1).map(masked).unwrap_or_default();
        let wide = text.get(span.start..span.end).map_or(1, |t| t.lines().next().unwrap_or_default().chars().count());
        Self { path: path.to_owned(), place: Some((line, column)), message, excerpt: Some((shown, wide.max(1))) }
    }

    /// A mistake that the TOML reader found.
    pub(crate) fn of_toml(path: &Path, text: &str, error: &toml::de::Error) -> Self {
        Self::at(path, text, error.span().unwrap_or(0..0), words(error.message()))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = escape::terminal(self.path.as_os_str().as_encoded_bytes());
        let Some((line, column)) = self.place else {
            return write!(f, "`{path}` {}", self.message);
        };
        write!(f, "{path}:{line}:{column}: {}", self.message)?;
        if let Some((excerpt, wide)) = &self.excerpt {
            let number = line.to_string();
            let gutter = " ".repeat(number.len());
            write!(f, "\n {number} | {}", escape::terminal(excerpt.as_bytes()))?;
            // A mark beyond what is shown of the line would point at nothing.
            let len = excerpt.chars().count();
            if column <= len {
                let marks = "^".repeat((*wide).min(len + 1 - column));
                write!(f, "\n {gutter} | {}{marks}", " ".repeat(column - 1))?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Keys whose values may be shown: those of leaktight.toml.
const SHOWN: &[&str] = &[
    "all",
    "threads",
    "format",
    "min-confidence",
    "also-limit",
    "confidence",
    "fail-on",
    "strict",
    "files",
    "only",
    "skip",
    "comments",
    "dialects",
    "kind",
    "path",
    "expires",
    "rule",
];
/// Longest word that is shown of a line that has no key: shorter than what is worth hiding.
const MAX_VALUE: usize = 6;

/// The line as far as it may be shown, tabs as blanks so that the caret stands right.
fn masked(line: &str) -> String {
    let line: String = line.chars().take(120).map(|c| if c == '\t' { ' ' } else { c }).collect();
    if let Some((key, _)) = line.split_once('=') {
        let section = key.rsplit('.').next().unwrap_or_default();
        if !SHOWN.contains(&section.trim().trim_matches('"')) {
            return format!("{}= …", mask_words(key));
        }
    } else if !line.trim_start().starts_with(['[', '#']) {
        // The value of a key on the line before, perhaps.
        return mask_longer(&line, MAX_VALUE);
    }
    mask_words(&line)
}

/// Long words become `…` of the same width.
fn mask_words(text: &str) -> String {
    mask_longer(text, MAX_WORD)
}

fn mask_longer(text: &str, longest: usize) -> String {
    let mut out = String::new();
    for word in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '/')) {
        let len = word.chars().count();
        if len > longest { out.extend(std::iter::repeat_n('…', len)) } else { out.push_str(word) }
    }
    out
}
