//! Reads the text of a leaktight.toml: what is written there, with places.
//!
//! In: bytes, and where its rule files may lie ([`Beside`]). Out: a [`File`], or the first mistake with line and column.
//! What comes from a folder that is not trusted, or from a tree of git, names rule files that come from there, too.

use super::accept::{self, WrittenEnvironments, WrittenFamilies, WrittenGap};
use super::reader::{Beside, Reader};
use super::settings::{File, Layer};
use super::value::{CONFIDENCES, FAIL_ON, FILE_NAME, Setting};
use crate::fs::bounded::read_limited;
use crate::fs::{ConfigError, Disk, Files, shown};
use crate::text::glob::PathGlob;
use crate::text::saved;
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

/// Longest leaktight.toml that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    scan: WrittenScan,
    report: WrittenReport,
    gate: WrittenGate,
    rules: WrittenRules,
    policy: WrittenPolicy,
    gap: Vec<WrittenGap>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct WrittenScan {
    all: Option<Spanned<bool>>,
    threads: Option<Spanned<i64>>,
    exclude: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct WrittenReport {
    format: Option<Spanned<String>>,
    min_confidence: Option<Spanned<String>>,
    also_limit: Option<Spanned<i64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct WrittenGate {
    confidence: Option<Spanned<String>>,
    fail_on: Option<Spanned<String>>,
    strict: Option<Spanned<bool>>,
    family: WrittenFamilies,
    environment: WrittenEnvironments,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct WrittenRules {
    files: Option<Spanned<Vec<Spanned<String>>>>,
    only: Option<Spanned<Vec<String>>>,
    skip: Option<Spanned<Vec<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct WrittenPolicy {
    comments: Option<Spanned<bool>>,
    dialects: Option<Spanned<Vec<Spanned<String>>>>,
}

/// The names of all formats of reports: `report` is a later room, so whoever calls hands them over.
pub(crate) type Names = &'static [&'static str];

/// Reads the file that the user named; it may be anything that can be read, and name rule files anywhere.
///
/// # Errors
/// When it cannot be read, or the first mistake in it.
pub fn read_named(path: &Path, formats: Names) -> Result<File, ConfigError> {
    let bytes = read_limited(path, MAX_FILE).map_err(|e| ConfigError::unreadable(path, &e))?;
    let bytes = saved::utf8(bytes).map_err(|why| ConfigError::whole(path, &why))?;
    parse(path, &bytes, &Beside::Anywhere(path.parent().unwrap_or(Path::new(""))), formats)
}

/// Reads `leaktight.toml` in `root`, if there is one.
///
/// # Errors
/// When it is no plain file or cannot be read, or the first mistake in it.
pub fn read_at(root: &Path, formats: Names) -> Result<Option<File>, ConfigError> {
    read_files(&Disk::new(root), root, formats)
}

/// Reads the `leaktight.toml` of these files, if there is one. `label`: what the folder is called in messages.
///
/// # Errors
/// When it is no plain file or cannot be read, or the first mistake in it.
pub fn read_files(files: &dyn Files, label: &Path, formats: Names) -> Result<Option<File>, ConfigError> {
    let shown = shown(&label.join(FILE_NAME));
    match files.text(FILE_NAME, MAX_FILE) {
        Ok(Some(bytes)) => parse(&shown, &bytes, &Beside::Below(files, label), formats).map(Some),
        Ok(None) => Ok(None),
        Err(why) => Err(ConfigError::whole(&shown, &format!("{why}; name it with --config if you trust it"))),
    }
}

/// Reads the text of a leaktight.toml.
pub(super) fn parse(path: &Path, bytes: &[u8], beside: &Beside<'_>, formats: Names) -> Result<File, ConfigError> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let valid = String::from_utf8_lossy(bytes.get(..e.valid_up_to()).unwrap_or_default());
            return Err(ConfigError::at(path, &valid, valid.len()..valid.len(), "this is not UTF-8".into()));
        }
    };
    let written: Written = toml::from_str(text).map_err(|e| ConfigError::of_toml(path, text, &e))?;
    let reader = Reader { path, text };
    let named: Vec<(&str, &'static str)> = formats.iter().map(|name| (*name, *name)).collect();
    let mut files = None;
    if let Some(list) = written.rules.files {
        let value = list.as_ref().iter().map(|name| reader.rule_file(name, beside)).collect::<Result<_, _>>()?;
        files = Some(Setting { value, source: reader.source(&list) });
    }
    let mut exclude = None;
    if let Some(list) = written.scan.exclude {
        let glob = |glob: &Spanned<String>| PathGlob::any(glob.get_ref()).or_else(|why| reader.wrong(glob, why));
        let value = list.as_ref().iter().map(glob).collect::<Result<_, _>>()?;
        exclude = Some(Setting { value, source: reader.source(&list) });
    }
    let mut dialects = None;
    if let Some(list) = written.policy.dialects {
        let value = list.as_ref().iter().map(|name| reader.dialect(name)).collect::<Result<_, _>>()?;
        dialects = Some(Setting { value, source: reader.source(&list) });
    }
    let gates = accept::gates(&reader, &written.gate.family, &written.gate.environment)?;
    let gaps = written.gap.iter().map(|gap| accept::gap(&reader, gap)).collect::<Result<_, _>>()?;
    let layer = Layer {
        all: written.scan.all.map(|s| reader.plain(s)),
        threads: written.scan.threads.map(|s| reader.number(&s, 1, 1024)).transpose()?,
        exclude,
        format: written.report.format.map(|s| reader.named(&s, &named)).transpose()?,
        min_confidence: written.report.min_confidence.map(|s| reader.named(&s, CONFIDENCES)).transpose()?,
        also_limit: written.report.also_limit.map(|s| reader.number(&s, 0, i64::from(i32::MAX))).transpose()?,
        gate_confidence: written.gate.confidence.map(|s| reader.named(&s, CONFIDENCES)).transpose()?,
        fail_on: written.gate.fail_on.map(|s| reader.named(&s, FAIL_ON)).transpose()?,
        strict: written.gate.strict.map(|s| reader.plain(s)),
        files,
        only: written.rules.only.map(|s| reader.plain(s)),
        skip: written.rules.skip.map(|s| reader.plain(s)),
        comments: written.policy.comments.map(|s| reader.plain(s)),
        dialects,
    };
    Ok(File { path: path.to_owned(), layer, gates, gaps })
}
