//! What a change does to files of policy, in words.
//!
//! In: two versions of a file. Out: a phrase for a notice. Both versions are somebody's text: phrases are masked and
//! escaped by whoever shows them, and hold no more of a file than its settings.

use crate::config::{FILE_NAME, SALT, Source, parse_salts};
use crate::fs::{ConfigError, Files};
use crate::policy::notice::count;
use crate::policy::{ALLOW_FILE, ALLOW_FOLDER, Entry, EntryKind, baseline, parse_allow, parse_baseline};
use crate::time::Date;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

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
    let noun = |n: usize, by: EntryKind| match by {
        EntryKind::Allow => count(n, "exception", "exceptions"),
        EntryKind::Baseline => count(n, "line of the baseline", "lines of the baseline"),
    };
    let by = head.iter().chain(base).next().map_or(EntryKind::Allow, |e| e.by);
    // Neither version has a limit on its entries, so each entry is looked up and none is compared with all.
    let (was, is) = (by_subject(base), by_subject(head));
    let added = head.iter().filter(|h| !was.contains_key(&subject(h))).count();
    let removed = base.iter().filter(|b| !is.contains_key(&subject(b))).count();
    let other = |h: &&Entry| was.get(&subject(h)).is_some_and(|terms| terms.iter().any(|t| *t != self::terms(h)));
    let changed = head.iter().filter(other).count();
    let parts: Vec<String> = [("adds", added), ("removes", removed), ("changes", changed)]
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(verb, n)| format!("{verb} {}", noun(n, by)))
        .collect();
    if parts.is_empty() { "changes no exception".into() } else { parts.join(", ") }
}

/// What an entry is about.
fn subject(entry: &Entry) -> (&str, &str, &str) {
    (&entry.id, &entry.rule, entry.path.as_str())
}

/// On which terms it accepts that.
type Terms<'a> = (&'a str, Option<&'a str>, Option<Date>);

fn terms(entry: &Entry) -> Terms<'_> {
    (&entry.reason, entry.owner.as_deref(), entry.expires)
}

/// The terms that a file has for each subject: two different ones are enough to differ from any third.
fn by_subject(entries: &[Entry]) -> HashMap<(&str, &str, &str), Vec<Terms<'_>>> {
    let mut out: HashMap<_, Vec<Terms<'_>>> = HashMap::with_capacity(entries.len());
    for entry in entries {
        let all = out.entry(subject(entry)).or_default();
        if all.len() < 2 && all.first() != Some(&terms(entry)) {
            all.push(terms(entry));
        }
    }
    out
}

/// What became of the salt: `head` is the text of the file at the head. A new one where there was none is no change of
/// policy: every exception stays valid.
pub fn of_salt(base: bool, head: Option<&[u8]>) -> Option<&'static str> {
    Some(match (base, head) {
        (_, Some(text)) if parse_salts(text).is_none() => {
            "is not a salt at the head (64 hexadecimal digits), where every check would stop at it (exit code 2)"
        }
        (false, _) => return None,
        (true, None) => "removes the salt: after the merge, exceptions for guessable values no longer apply",
        (true, Some(_)) => "changes the salt: after the merge, exceptions for guessable values may no longer apply",
    })
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
    fn pairs(rows: &[(String, String, Source)]) -> HashSet<(&str, &str)> {
        rows.iter().map(|(k, v, _)| (k.as_str(), v.as_str())).collect()
    }
    // A key that may occur more than once (`gap`) has no value before.
    fn single(rows: &[(String, String, Source)]) -> HashMap<&str, &str> {
        rows.iter().filter(|(k, ..)| k != "gap").map(|(k, v, _)| (k.as_str(), v.as_str())).collect()
    }
    let (was, is) = (pairs(base), pairs(head));
    let (before, after) = (single(base), single(head));
    let new = head.iter().filter(|(k, v, _)| !was.contains(&(k, v)));
    let gone = base.iter().filter(|(k, v, _)| !is.contains(&(k, v)) && !after.contains_key(k.as_str()));
    let set = |(key, value, _): &(String, String, Source)| match before.get(key.as_str()) {
        Some(before) => format!("{key} {} -> {}", cut(before), cut(value)),
        None => format!("sets {key} to {}", cut(value)),
    };
    // Only what is shown is masked: a hostile file may have any number of rows.
    let more = (new.clone().count() + gone.clone().count()).saturating_sub(SOME);
    let removed = gone.map(|(key, value, _)| format!("removes {key} {}", cut(value)));
    let mut parts: Vec<String> = new.map(set).chain(removed).take(SOME).collect();
    if more > 0 {
        parts.push(format!("and {more} more"));
    }
    if parts.is_empty() { "changes no setting that is in force".into() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rows: &[(u32, &str)]) -> Vec<Entry> {
        let row = |(n, reason): &(u32, &str)| {
            format!("[[allow]]\nid = \"lt1:r{n:032x}\"\nrule = \"x\"\npath = \"a\"\nreason = \"{reason}\"\n")
        };
        let text: String = rows.iter().map(row).collect();
        parse_allow(Path::new("x"), "x", text.as_bytes()).expect("entries")
    }

    /// The definition: each entry of one side against all of the other.
    fn pairwise(base: &[Entry], head: &[Entry]) -> [usize; 3] {
        let same = |a: &Entry, b: &Entry| subject(a) == subject(b);
        [
            head.iter().filter(|h| !base.iter().any(|b| same(b, h))).count(),
            base.iter().filter(|b| !head.iter().any(|h| same(b, h))).count(),
            head.iter().filter(|h| base.iter().any(|b| same(b, h) && terms(b) != terms(h))).count(),
        ]
    }

    #[test]
    fn entries_are_counted_as_if_each_was_compared_with_all() {
        let a = list(&[(1, "a"), (2, "a"), (2, "b"), (3, "a"), (3, "a"), (4, "a")]);
        let b = list(&[(2, "a"), (2, "c"), (3, "a"), (4, "b"), (5, "a"), (5, "a"), (1, "a")]);
        for (base, head) in [(&a, &b), (&b, &a), (&a, &a), (&a, &Vec::new()), (&Vec::new(), &b)] {
            let said = of_entries(base, head);
            for (verb, n) in ["adds", "removes", "changes"].into_iter().zip(pairwise(base, head)) {
                let part = format!("{verb} {}", count(n, "exception", "exceptions"));
                assert_eq!(said.contains(&part), n > 0, "{part}: {said}");
            }
        }
        assert_eq!(of_entries(&a, &b), "adds 2 exceptions, changes 3 exceptions");
    }

    #[test]
    fn only_the_settings_that_are_shown_are_masked() {
        let rows = |word: &str| -> Vec<(String, String, Source)> {
            (0..1000).map(|n| ("gap".to_owned(), format!("{word}{n}"), Source::Default)).collect()
        };
        let masked = std::cell::Cell::new(0);
        let safe = |text: &str| {
            masked.set(masked.get() + 1);
            text.to_owned()
        };
        let said = of_settings(&rows("a"), &rows("b"), &safe);
        assert!(said.starts_with("sets gap to b0, ") && said.ends_with("and 1992 more"), "{said}");
        assert_eq!(masked.get(), SOME);
    }
}
