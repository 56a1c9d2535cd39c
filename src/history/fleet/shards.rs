//! Whether the reports of shards are those of one run, and all of them.
//!
//! In: reports that were given to `merge`, at least one of a shard. Out: the reports that make one run, each part once,
//! and a blocking gap for each part that is missing or doubled and each report that is foreign: of another list, number
//! of parts, rule set or version, or not of a shard at all. It compares names only; [`super::merge`] puts results together.

use super::list_hash;
use crate::blob::{Gap, GapKind};
use crate::finding::schema::ReadError;
use crate::report::read::Document;
use crate::report::run::Part;
use std::collections::BTreeMap;

/// Missing parts that are named one by one.
const NAMED: usize = 1000;

/// A report that was given.
#[derive(Debug)]
pub struct Given {
    /// What to call its file, fit to be shown.
    pub file: String,
    /// What it holds; an error if it [is foreign](ReadError::is_foreign).
    pub report: Result<Document, ReadError>,
}

impl Given {
    /// Which part of a list it is.
    pub fn part(&self) -> Option<&Part> {
        self.report.as_ref().ok().and_then(|document| document.shard.as_ref())
    }
}

/// The reports of one run, by part, with the names of their files; and what is wrong with all that were given.
pub fn of_one_run(given: Vec<Given>) -> (Vec<(String, Document)>, Vec<Gap>) {
    let mut gaps = Vec::new();
    let mut wrong = |what: String, why: String| {
        gaps.push(Gap { kind: GapKind::Shard, what: what.into_bytes(), why, blocks: true });
    };
    let Some(run) = most_common(&given) else { return (Vec::new(), gaps) };
    let mut parts: BTreeMap<u32, Vec<(String, Document)>> = BTreeMap::new();
    for Given { file, report } in given {
        let foreign = match report {
            Err(error) => format!("it {error}"),
            Ok(document) => match &document.shard {
                None => "it is not the report of a shard".into(),
                Some(part) if part.list != run.list => {
                    format!("it is shard {}/{} of another list of repositories", part.index, part.count)
                }
                Some(part) if part.count != run.count => {
                    format!("it is shard {}/{}, and this run has {}", part.index, part.count, run.count)
                }
                Some(part) => {
                    parts.entry(part.index).or_default().push((file, document));
                    continue;
                }
            },
        };
        wrong(file, format!("foreign report, left out: {foreign}"));
    }
    for index in (1..=run.count).filter(|index| !parts.contains_key(index)).take(NAMED) {
        let why = "none of the reports is of this part of the list, so its repositories are not in the result";
        wrong(format!("shard {index}/{} missing", run.count), why.into());
    }
    let missing = (run.count as usize).saturating_sub(parts.len());
    if missing > NAMED {
        let more =
            if missing == NAMED + 1 { "1 more shard".into() } else { format!("{} more shards", missing - NAMED) };
        let what = format!("{more} of {} missing", run.count);
        wrong(what, format!("only the first {NAMED} are listed"));
    }
    let mut kept = Vec::with_capacity(parts.len());
    for (index, reports) in parts {
        let times = reports.len();
        let mut reports = reports.into_iter();
        let Some((file, document)) = reports.next() else { continue };
        if times > 1 {
            let times = if times == 2 { "twice".to_owned() } else { format!("{times} times") };
            let others: Vec<String> = reports.map(|(file, _)| format!("`{file}`")).collect();
            let why = format!("`{file}` is merged, {} left out: pass only one of them", others.join(", "));
            wrong(format!("shard {index}/{} {times}", run.count), why);
        }
        kept.push((file, document));
    }
    if missing == 0 {
        let mut names: Vec<&str> = kept.iter().flat_map(|(_, d)| &d.repositories).map(String::as_str).collect();
        names.sort_unstable();
        if list_hash(names) != run.list {
            let why = "the repositories in the reports of all shards are not those of the list that the shards name";
            wrong(format!("shards 1/{0} to {0}/{0}", run.count), why.into());
        }
    }
    (kept, gaps)
}

/// The list and number of parts of most reports; of the first one among equals.
fn most_common(given: &[Given]) -> Option<Part> {
    let mut runs: Vec<(&Part, usize)> = Vec::new();
    for part in given.iter().filter_map(Given::part) {
        match runs.iter_mut().find(|(run, _)| (&run.list, run.count) == (&part.list, part.count)) {
            Some((_, reports)) => *reports += 1,
            None => runs.push((part, 1)),
        }
    }
    let most = runs.iter().map(|(_, reports)| *reports).max()?;
    runs.iter().find(|(_, reports)| *reports == most).map(|(run, _)| (*run).clone())
}

#[cfg(test)]
mod tests;
