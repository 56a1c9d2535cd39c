//! An entry of policy: one finding that somebody accepted, and what all files of entries have in common.
//!
//! In: id, rule and glob as a TOML file has them, with their places. Out: the same, checked, for an [`Entry`]; or the
//! mistake with its place. `allow` and `baseline` read whole files. An entry without a valid id, for more than one rule or
//! for every path is refused.

use crate::finding::secret::Id;
use crate::fs::ConfigError;
use crate::text::glob::PathGlob;
use crate::time::Date;
use std::path::Path;
use toml::Spanned;

/// Where an entry is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// Somebody accepted this one finding.
    Allow,
    /// It was there when a baseline was taken.
    Baseline,
}

impl EntryKind {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Baseline => "baseline",
        }
    }
}

/// What somebody accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it is from.
    pub by: EntryKind,
    /// The finding.
    pub id: String,
    /// Its rule.
    pub rule: String,
    /// Where it may stand.
    pub path: PathGlob,
    /// Why, in the words of who accepted it.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// The file that it stands in.
    pub file: String,
    /// Its line there.
    pub line: usize,
}

impl Entry {
    /// Whether it has not expired.
    pub fn valid(&self, now: i64) -> bool {
        !self.expires.is_some_and(|day| day.over(now))
    }

    /// Whether it is about what stands in no file (a message, the name of a reference): no scan of files can miss it.
    pub fn in_no_file(&self) -> bool {
        self.path.as_str().starts_with(':')
    }
}

/// The text of a file of entries.
pub(super) fn file_text<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str, ConfigError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ConfigError::whole(path, "is not UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// What an entry is about: a finding, its rule, where.
pub(super) fn checked_fields(
    path: &Path,
    text: &str,
    id: &Spanned<String>,
    rule: &Spanned<String>,
    glob: &Spanned<String>,
) -> Result<(String, String, PathGlob), ConfigError> {
    let wrong = |span, message: String| ConfigError::at(path, text, span, message);
    if Id::parse(id.get_ref()).is_none() {
        return Err(wrong(id.span(), "this is no id of a finding; a report has it: `lt1:` and 33 characters".into()));
    }
    if !is_rule(rule.get_ref()) {
        return Err(wrong(rule.span(), "write the id of the one rule that this is a finding of".into()));
    }
    let glob = PathGlob::new(glob.get_ref()).map_err(|why| wrong(glob.span(), why))?;
    Ok((id.get_ref().clone(), rule.get_ref().clone(), glob))
}

/// Whether this can be the id of a rule.
pub(super) fn is_rule(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// Lines of ascending offsets, in one pass over the text.
pub(super) struct LineCount<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> LineCount<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    pub(super) fn at(&mut self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let from = if offset < self.at { 0 } else { self.at };
        let before = if offset < self.at { 1 } else { self.line };
        let part = self.text.get(from..offset).unwrap_or_default();
        (self.at, self.line) = (offset, before + part.iter().filter(|b| **b == b'\n').count());
        self.line
    }
}
