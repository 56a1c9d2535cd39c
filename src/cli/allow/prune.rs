//! `leaktight allow --prune`: removes entries that have expired, and those that nothing needs.
//!
//! In: the policy, a scan of the work tree. Out: files without those entries, or no file where none is left; each removal
//! is said. What remains is read again before anything is written: a file whose form this does not understand stays.

use crate::cli::console::{Done, Failure, Out};
use crate::cli::exit;
use crate::cli::run::files;
use crate::cli::run::policy::EffectivePolicy;
use crate::config::diff;
use crate::finding::Outcome;
use crate::fs::{Disk, Files};
use crate::policy::{Entry, baseline, notice};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Longest file that is rewritten, in bytes.
const MAX_FILE: u64 = 32 << 20;

pub(super) fn run(
    in_force: &EffectivePolicy,
    scan: impl FnOnce() -> Result<Outcome, Failure>,
    root: &Path,
    now: i64,
    out: &Out,
) -> Done {
    let entries = &in_force.policy.entries;
    let mut outcome = scan()?;
    let used = in_force.apply(&mut outcome, now, true);
    let complete = outcome.complete();
    if !complete {
        out.note("not everything could be looked at: entries that nothing matched stay");
    }
    let mut files: BTreeMap<&str, Vec<(&Entry, bool)>> = BTreeMap::new();
    for (entry, used) in entries.iter().zip(&used.entries) {
        let over = entry.expires.is_some_and(|d| d.over(now));
        files.entry(&entry.file).or_default().push((entry, over || (complete && *used == 0 && !entry.in_no_file())));
    }
    let mut removed = 0;
    for (name, entries) in files {
        let gone: Vec<&Entry> = entries.iter().filter(|(_, gone)| *gone).map(|(e, _)| *e).collect();
        if gone.is_empty() {
            continue;
        }
        let stay: Vec<&Entry> = entries.iter().filter(|(_, gone)| !gone).map(|(e, _)| *e).collect();
        without(root, name, &gone, &stay)?;
        removed += gone.len();
        for entry in gone {
            let why = if entry.expires.is_some_and(|d| d.over(now)) { "expired" } else { "unused" };
            let (path, line) = (entry.path.as_str(), entry.line);
            out.note(format_args!("removed ({why}): {} {path} {} from {name}:{line}", entry.rule, entry.id));
        }
    }
    let all = notice::count(removed, "entry", "entries");
    out.note(format_args!("{all} removed, {} kept", entries.len() - removed));
    Ok(exit::CLEAN)
}

/// Takes entries out of a file.
fn without(root: &Path, name: &str, gone: &[&Entry], stay: &[&Entry]) -> Result<(), Failure> {
    let by_hand = || Failure::new(format!("{name} is written in a form that --prune does not change; edit it by hand"));
    if stay.is_empty() && name != crate::policy::ALLOW_FILE {
        let path = root.join(name);
        return std::fs::remove_file(&path).map_err(|e| Failure::io("cannot remove", &path, &e));
    }
    let bytes = Disk::new(root).text(name, MAX_FILE).map_err(|why| Failure::new(format!("{name} {why}")))?;
    let text = String::from_utf8(bytes.unwrap_or_default()).map_err(|_| by_hand())?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut out: BTreeSet<usize> = BTreeSet::new();
    for entry in gone {
        let first = entry.line - 1;
        if name == baseline::FILE {
            out.insert(first);
            continue;
        }
        // A table ends where the next one begins; what stands directly above that one belongs to it.
        let next = (first + 1..lines.len()).find(|n| lines[*n].trim_start().starts_with('['));
        let mut end = next.unwrap_or(lines.len());
        while next.is_some() && end > first + 1 && lines[end - 1].trim_start().starts_with('#') {
            end -= 1;
        }
        out.extend(first..end);
    }
    let left: String = lines.iter().enumerate().filter(|(n, _)| !out.contains(n)).map(|(_, line)| *line).collect();
    let again = diff::entries(name, Some(left.as_bytes())).map_err(|_| by_hand())?;
    let same = |a: &Entry, b: &Entry| (&a.id, &a.rule, &a.path, &a.reason) == (&b.id, &b.rule, &b.path, &b.reason);
    if again.len() != stay.len() || !again.iter().zip(stay).all(|(a, b)| same(a, b)) {
        return Err(by_hand());
    }
    files::write(root, name, &left).map(|_| ())
}
