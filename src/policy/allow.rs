//! Entries of policy: what is accepted, as written in `.leaktight/allow/*.toml`, `.leaktight/allow.toml` and the baseline.
//!
//! In: the text of such a file. Out: [`Entry`]s with the line that each begins on, or the first mistake with its place. An
//! entry names one secret by its id, its rule and the paths where it may stand, and says why; one without a reason, for a
//! rule in general or for every path is refused. One file an entry: two branches that accept different findings merge.

use super::{PathGlob, baseline};
use crate::finding::secret::Id;
use crate::fs::bounded::{read_limited, read_report};
use crate::fs::{ConfigError, Files, shown};
use crate::text::saved;
use crate::time::Date;
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

/// The folder that `leaktight allow` writes to: one file an entry.
pub const ALLOW_FOLDER: &str = ".leaktight/allow";
/// The file for entries that are written by hand.
pub const ALLOW_FILE: &str = ".leaktight/allow.toml";
/// Longest file of entries that is read, in bytes; a baseline may be that of a large old project.
pub(super) const MAX_FILE: u64 = 32 << 20;
/// Reads the entries of one file: its path for messages, its name for reports, its bytes.
type Parse = fn(&Path, &str, &[u8]) -> Result<Vec<Entry>, ConfigError>;
/// Most files in the folder.
const MAX_FILES: usize = 20_000;

/// Where an entry is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// Somebody accepted this one finding.
    Allow,
    /// It was there when a baseline was taken.
    Baseline,
}

impl By {
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
    pub by: By,
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    #[serde(default)]
    allow: Vec<Spanned<WrittenEntry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    id: Spanned<String>,
    rule: Spanned<String>,
    path: Spanned<String>,
    reason: Spanned<String>,
    owner: Option<String>,
    expires: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBaseline {
    #[serde(default)]
    known: Vec<Spanned<WrittenKnown>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKnown {
    id: Spanned<String>,
    rule: Spanned<String>,
    path: Spanned<String>,
}

/// All entries that these files hold: those of `leaktight allow`, those written by hand, the baseline. `label`: what the
/// folder is called in messages.
///
/// # Errors
/// The first mistake, or what cannot be read: a file of policy that is there and cannot be read is not passed over.
pub fn load(files: &dyn Files, label: &Path) -> Result<Vec<Entry>, ConfigError> {
    let mut out = Vec::new();
    let mut read = |name: &str, parse: Parse| {
        let path = shown(&label.join(name));
        match files.text(name, MAX_FILE) {
            Ok(Some(bytes)) => out.extend(parse(&path, name, &bytes)?),
            Ok(None) => {}
            Err(why) => return Err(ConfigError::whole(&path, &why)),
        }
        Ok(())
    };
    let names = files.list(ALLOW_FOLDER).map_err(|why| ConfigError::whole(&shown(&label.join(ALLOW_FOLDER)), &why))?;
    if names.len() > MAX_FILES {
        let message = format!("holds more than {MAX_FILES} files; put entries together in {ALLOW_FILE}");
        return Err(ConfigError::whole(&shown(&label.join(ALLOW_FOLDER)), &message));
    }
    for name in names.iter().filter(|n| n.ends_with(".toml") && !n.starts_with('.')) {
        read(&format!("{ALLOW_FOLDER}/{name}"), parse_allow)?;
    }
    read(ALLOW_FILE, parse_allow)?;
    read(baseline::FILE, parse_baseline)?;
    Ok(out)
}

/// Reads a file that the user named: entries, a baseline, or a JSON report as baseline.
///
/// # Errors
/// What cannot be read, or the first mistake.
pub fn parse_file(path: &Path, by: By) -> Result<Vec<Entry>, ConfigError> {
    let unreadable = |e: std::io::Error| ConfigError::unreadable(path, &e);
    let bytes = match by {
        By::Baseline => read_report(path, baseline::MAX_REPORT).map_err(unreadable)?,
        By::Allow => saved::utf8(read_limited(path, MAX_FILE).map_err(unreadable)?)
            .map_err(|why| ConfigError::whole(path, &why))?,
    };
    let name = path.to_string_lossy();
    match by {
        By::Allow => parse_allow(path, &name, &bytes),
        By::Baseline if bytes.trim_ascii_start().first() == Some(&b'{') => {
            baseline::of_report(&name, &bytes).map_err(|why| ConfigError::whole(path, &why))
        }
        By::Baseline => parse_baseline(path, &name, &bytes),
    }
}

/// Reads `[[allow]]` entries. `path` is for messages, `name` for reports.
///
/// # Errors
/// The first mistake.
pub fn parse_allow(path: &Path, name: &str, bytes: &[u8]) -> Result<Vec<Entry>, ConfigError> {
    let text = text(path, bytes)?;
    let file: WrittenFile = toml::from_str(text).map_err(|e| ConfigError::of_toml(path, text, &e))?;
    let mut lines = LineCount::new(text);
    let mut out = Vec::with_capacity(file.allow.len());
    for entry in file.allow {
        let line = lines.at(entry.span().start);
        let entry = entry.into_inner();
        let wrong = |span, message: String| ConfigError::at(path, text, span, message);
        let reason = entry.reason.get_ref().trim();
        if !reason.chars().any(char::is_alphanumeric) {
            return Err(wrong(entry.reason.span(), "say why this finding is accepted".into()));
        }
        let expires = match &entry.expires {
            None => None,
            Some(day) => Some(Date::parse(day.get_ref()).map_err(|why| wrong(day.span(), why))?),
        };
        let (id, rule, glob) = what(path, text, &entry.id, &entry.rule, &entry.path)?;
        out.push(Entry {
            by: By::Allow,
            id,
            rule,
            path: glob,
            reason: reason.to_owned(),
            owner: entry.owner.map(|o| o.trim().to_owned()).filter(|o| !o.is_empty()),
            expires,
            file: name.to_owned(),
            line,
        });
    }
    Ok(out)
}

/// Reads the `known` list of a baseline.
///
/// # Errors
/// The first mistake.
pub fn parse_baseline(path: &Path, name: &str, bytes: &[u8]) -> Result<Vec<Entry>, ConfigError> {
    let text = text(path, bytes)?;
    let file: WrittenBaseline = toml::from_str(text).map_err(|e| ConfigError::of_toml(path, text, &e))?;
    let mut lines = LineCount::new(text);
    let mut out = Vec::with_capacity(file.known.len());
    for known in file.known {
        let line = lines.at(known.span().start);
        let known = known.into_inner();
        let (id, rule, glob) = what(path, text, &known.id, &known.rule, &known.path)?;
        out.push(baseline::entry(id, rule, glob, name, line));
    }
    Ok(out)
}

fn text<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str, ConfigError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ConfigError::whole(path, "is not UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// What an entry is about: a finding, its rule, where.
fn what(
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
struct LineCount<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> LineCount<'a> {
    fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    fn at(&mut self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let from = if offset < self.at { 0 } else { self.at };
        let before = if offset < self.at { 1 } else { self.line };
        let part = self.text.get(from..offset).unwrap_or_default();
        (self.at, self.line) = (offset, before + part.iter().filter(|b| **b == b'\n').count());
        self.line
    }
}
