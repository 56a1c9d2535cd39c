//! Entries of policy: what is accepted, as written in `.leaktight/allow/*.toml`, `.leaktight/allow.toml` and the baseline.
//!
//! In: the text of such a file. Out: [`Entry`]s with the line that each begins on, or the first mistake with its place. An
//! entry names one secret by its id, its rule and the paths where it may stand, and says why; one without a reason, for a
//! rule in general or for every path is refused. One file an entry: two branches that accept different findings merge.

use super::baseline::{self, parse_baseline};
use super::entry::{Entry, EntryKind, LineCount, checked_fields, file_text};
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
pub fn parse_file(path: &Path, by: EntryKind) -> Result<Vec<Entry>, ConfigError> {
    let unreadable = |e: std::io::Error| ConfigError::unreadable(path, &e);
    let bytes = match by {
        EntryKind::Baseline => read_report(path, baseline::MAX_REPORT).map_err(unreadable)?,
        EntryKind::Allow => saved::utf8(read_limited(path, MAX_FILE).map_err(unreadable)?)
            .map_err(|why| ConfigError::whole(path, &why))?,
    };
    let name = path.to_string_lossy();
    match by {
        EntryKind::Allow => parse_allow(path, &name, &bytes),
        EntryKind::Baseline if bytes.trim_ascii_start().first() == Some(&b'{') => {
            baseline::of_report(&name, &bytes).map_err(|why| ConfigError::whole(path, &why))
        }
        EntryKind::Baseline => parse_baseline(path, &name, &bytes),
    }
}

/// Reads `[[allow]]` entries. `path` is for messages, `name` for reports.
///
/// # Errors
/// The first mistake.
pub fn parse_allow(path: &Path, name: &str, bytes: &[u8]) -> Result<Vec<Entry>, ConfigError> {
    let text = file_text(path, bytes)?;
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
        let (id, rule, glob) = checked_fields(path, text, &entry.id, &entry.rule, &entry.path)?;
        out.push(Entry {
            by: EntryKind::Allow,
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
