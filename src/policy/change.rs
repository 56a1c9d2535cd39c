//! What a change does to files of policy, in words.
//!
//! In: two versions of a file. Out: a phrase for a notice. Both versions are somebody's text: phrases are masked and
//! escaped by whoever shows them, and hold no more of a file than its settings.

use super::notice::count;
use super::{ALLOW_FILE, ALLOW_FOLDER, By, Entry, Files, baseline, parse_allow, parse_baseline};
use crate::config::{ConfigError, FILE_NAME, Source};
use std::collections::BTreeSet;
use std::path::Path;

/// Where a repository keeps its salt.
pub const SALT: &str = ".leaktight/salt";
/// Differences of settings that are told one by one.
const SOME: usize = 8;
/// Longest value that is told, in characters.
const MAX_VALUE: usize = 120;

/// Names of the files of policy that either side has: leaktight.toml, exceptions, baseline, salt.
pub fn names(base: &dyn Files, head: &dyn Files) -> Vec<String> {
    let mut names: Vec<String> = [FILE_NAME, ALLOW_FILE, baseline::FILE, SALT].map(str::to_owned).into();
    let listed = |files: &dyn Files| files.list(ALLOW_FOLDER).unwrap_or_default();
    let own: BTreeSet<String> = listed(base).into_iter().chain(listed(head)).collect();
    let policy = own.into_iter().filter(|n| n.ends_with(".toml") && !n.starts_with('.'));
    names.extend(policy.map(|name| format!("{ALLOW_FOLDER}/{name}")));
    names
}

/// Whether that file holds entries.
pub fn holds_entries(name: &str) -> bool {
    name == ALLOW_FILE || name == baseline::FILE || name.starts_with(ALLOW_FOLDER)
}

/// The entries of a version of such a file; none if it is not there.
///
/// # Errors
/// The first mistake in it.
pub fn entries(name: &str, bytes: Option<&[u8]>) -> Result<Vec<Entry>, ConfigError> {
    let parse = if name == baseline::FILE { parse_baseline } else { parse_allow };
    bytes.map_or_else(|| Ok(Vec::new()), |bytes| parse(Path::new(name), name, bytes))
}

/// What became of the entries of a file.
pub fn of_entries(base: &[Entry], head: &[Entry]) -> String {
    let noun = |n: usize, by: By| match by {
        By::Allow => count(n, "exception", "exceptions"),
        By::Baseline => count(n, "line of the baseline", "lines of the baseline"),
    };
    let by = head.iter().chain(base).next().map_or(By::Allow, |e| e.by);
    let same = |a: &Entry, b: &Entry| (&a.id, &a.rule, &a.path) == (&b.id, &b.rule, &b.path);
    let added = head.iter().filter(|h| !base.iter().any(|b| same(b, h))).count();
    let removed = base.iter().filter(|b| !head.iter().any(|h| same(b, h))).count();
    let other = |h: &&Entry| {
        base.iter().any(|b| same(b, h) && (&b.reason, &b.owner, b.expires) != (&h.reason, &h.owner, h.expires))
    };
    let changed = head.iter().filter(other).count();
    let parts: Vec<String> = [("adds", added), ("removes", removed), ("changes", changed)]
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(verb, n)| format!("{verb} {}", noun(n, by)))
        .collect();
    if parts.is_empty() { "changes no exception".into() } else { parts.join(", ") }
}

/// What became of the salt.
pub fn of_salt(base: bool, head: bool) -> &'static str {
    match (base, head) {
        (false, _) => "adds a salt: ids of passwords and the like change",
        (true, false) => "removes the salt: ids of passwords and the like change, and exceptions for them end",
        (true, true) => "changes the salt: ids of passwords and the like change, and exceptions for them end",
    }
}

/// What became of the settings. `safe` masks a value, before it is cut: the half of a secret is not known as one.
pub fn of_settings(
    base: &[(String, String, Source)],
    head: &[(String, String, Source)],
    safe: &dyn Fn(&str) -> String,
) -> String {
    let cut = |value: &str| {
        let value = safe(value);
        match value.char_indices().nth(MAX_VALUE) {
            Some((at, _)) => format!("{}…", &value[..at]),
            None => value,
        }
    };
    let has =
        |rows: &[(String, String, Source)], key: &str, value: &str| rows.iter().any(|(k, v, _)| k == key && v == value);
    let mut parts = Vec::new();
    for (key, value, _) in head.iter().filter(|(k, v, _)| !has(base, k, v)) {
        // A key that may stand more than once has no value before.
        let before = base.iter().find(|(k, ..)| k == key && k != "gap").map(|(_, v, _)| v);
        parts.push(match before {
            Some(before) => format!("{key} {} -> {}", cut(before), cut(value)),
            None => format!("sets {key} to {}", cut(value)),
        });
    }
    for (key, value, _) in base.iter().filter(|(k, v, _)| !has(head, k, v)) {
        if key == "gap" || !head.iter().any(|(k, ..)| k == key) {
            parts.push(format!("takes {key} {} away", cut(value)));
        }
    }
    let more = parts.len().saturating_sub(SOME);
    parts.truncate(SOME);
    if more > 0 {
        parts.push(format!("and {more} more"));
    }
    if parts.is_empty() { "changes no setting that is in force".into() } else { parts.join(", ") }
}
