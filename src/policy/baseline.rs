//! Baselines: what was known when one was taken.
//!
//! In: a JSON report of leaktight, or entries. Out: [`Entry`]s, and the text of `.leaktight/baseline.toml`: one line a
//! finding and place, sorted, without line numbers and times, so that two branches merge and a change shows what it is.

use super::entry::{Entry, EntryKind, LineCount, checked_fields, file_text, is_rule};
use super::place::place_of;
use super::write::quoted;
use crate::finding::schema;
use crate::fs::ConfigError;
use crate::text::glob::PathGlob;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use toml::Spanned;

/// Where it is kept.
pub const FILE: &str = ".leaktight/baseline.toml";
/// Longest report that is read as one, in bytes.
pub const MAX_REPORT: u64 = 1 << 30;
/// Why its findings are accepted.
const REASON: &str = "known when the baseline was taken";

/// One line: finding, rule, glob of the place.
pub type Known = (String, String, String);

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

/// Reads the `known` list of a baseline.
///
/// # Errors
/// The first mistake.
pub fn parse_baseline(path: &Path, name: &str, bytes: &[u8]) -> Result<Vec<Entry>, ConfigError> {
    let text = file_text(path, bytes)?;
    let file: WrittenBaseline = toml::from_str(text).map_err(|e| ConfigError::of_toml(path, text, &e))?;
    let mut lines = LineCount::new(text);
    let mut out = Vec::with_capacity(file.known.len());
    for known in file.known {
        let line = lines.at(known.span().start);
        let known = known.into_inner();
        let (id, rule, glob) = checked_fields(path, text, &known.id, &known.rule, &known.path)?;
        out.push(entry(id, rule, glob, name, line));
    }
    Ok(out)
}

/// The entry of a line. `glob` is the place.
fn entry(id: String, rule: String, glob: PathGlob, file: &str, line: usize) -> Entry {
    let (owner, expires, reason) = (None, None, REASON.to_owned());
    Entry { by: EntryKind::Baseline, id, rule, path: glob, reason, owner, expires, file: file.to_owned(), line }
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    findings: Vec<Finding<'a>>,
    #[serde(default, borrow)]
    suppressed: Vec<Finding<'a>>,
}

#[derive(Deserialize)]
struct Finding<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    rule: Cow<'a, str>,
    #[serde(borrow)]
    family: Cow<'a, str>,
    #[serde(borrow)]
    location: Place<'a>,
    #[serde(default, borrow)]
    also: Vec<Place<'a>>,
    #[serde(default)]
    also_total: usize,
    /// What accepts it already.
    #[serde(default, borrow)]
    by: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(default, borrow)]
    path: Option<Cow<'a, str>>,
}

/// The findings of a JSON report with all their places, those of an earlier baseline included; what was accepted one by
/// one is not among them, nor are notices.
///
/// # Errors
/// What is wrong with the report.
pub fn known(report: &[u8]) -> Result<BTreeSet<Known>, String> {
    schema::of_this_schema(report).map_err(|e| e.to_string())?;
    let report: Report<'_> = serde_json::from_slice(report)
        .map_err(|e| format!("cannot be read as a report (line {}, column {})", e.line(), e.column()))?;
    let mut out = BTreeSet::new();
    let before = report.suppressed.iter().filter(|f| f.by == "baseline");
    for f in report.findings.iter().chain(before).filter(|f| f.family != "policy") {
        if f.also_total != f.also.len() {
            return Err("leaves places out; make it again with `--also-limit 0`".into());
        }
        if crate::finding::secret::Id::parse(&f.id).is_none() {
            return Err("contains an id that is not one of leaktight's".into());
        }
        if !is_rule(&f.rule) {
            return Err("contains a finding without a valid rule id".into());
        }
        for place in std::iter::once(&f.location).chain(&f.also) {
            let path = place_of(&place.kind, place.path.as_deref());
            let glob = PathGlob::escaped(&path);
            // What would be refused when the baseline is read is refused before it is written.
            PathGlob::new(&glob).map_err(|why| {
                format!(
                    "has a finding at `{path}`, which no exception can name: {why}; scan the root of the repository"
                )
            })?;
            out.insert((f.id.to_string(), f.rule.to_string(), glob));
        }
    }
    Ok(out)
}

/// The entries of a JSON report that is used as a baseline. `name`: the report's.
pub(super) fn of_report(name: &str, report: &[u8]) -> Result<Vec<Entry>, String> {
    let one = |(id, rule, glob): Known| Ok(entry(id, rule, PathGlob::new(&glob)?, name, 1));
    known(report)?.into_iter().map(one).collect()
}

/// The file that holds these lines.
pub fn text(known: &BTreeSet<Known>) -> String {
    let mut out = String::from(
        "# Findings that were known when they were added, one per line, written by `leaktight baseline`. They are counted and\n\
         # not reported again; the same secret in another file is. Delete a line when its secret is gone.\nknown = [\n",
    );
    for (id, rule, glob) in known {
        let _ = writeln!(out, "  {{ id = {}, rule = {}, path = {} }},", quoted(id), quoted(rule), quoted(glob));
    }
    out.push_str("]\n");
    out
}

/// `new`, in which ids of `old` were replaced, with its entries in order; what people wrote in another form stays so.
pub fn reordered(old: &str, new: String) -> String {
    match (ordered(old), ordered(&new)) {
        (Some(before), Some(after)) if before == old => after,
        _ => new,
    }
}

/// The file as this program writes it.
fn ordered(file: &str) -> Option<String> {
    let entries = parse_baseline(Path::new(FILE), FILE, file.as_bytes()).ok()?;
    Some(text(&lines(entries)))
}

/// The lines of a baseline that was read.
pub fn lines(entries: Vec<Entry>) -> BTreeSet<Known> {
    entries.into_iter().map(|e| (e.id, e.rule, e.path.as_str().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let id = format!("lt1:r{}", "0a".repeat(16));
        let paths = ["a b.txt", "we\"ird\\[x]*.py", "tab\there", ":message", "_", "ä\u{202e}.env"];
        let known: BTreeSet<Known> = paths.iter().map(|p| (id.clone(), "rule".into(), PathGlob::escaped(p))).collect();
        let text = text(&known);
        let entries = parse_baseline(Path::new(FILE), FILE, text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(entries.len(), paths.len());
        for path in paths {
            assert_eq!(entries.iter().filter(|e| e.path.matches(path.as_bytes())).count(), 1, "{path}");
        }
        assert_eq!(entries[0].line, 4);
    }
}
