//! What a history means, for readers who decide and do not know git: counsel, a buyer, an auditor.
//!
//! In: a run over repositories. Out: a few lines at the end of the report: how many secrets, how many of them in use
//! today, in the past or unreachable, over which time, in which repositories, and whether everything was scanned. First,
//! where it is one, that this is a part only.

use super::page::Page;
use crate::finding::Covered;
use crate::report::labels;
use crate::report::tally::Tally;
use crate::text::escape;
use crate::time;

/// Repositories that are named unless the reader wants all.
const SOME: usize = 10;

impl Page<'_> {
    /// The lines; none unless this is a history.
    pub(super) fn history(&self, out: &mut String) {
        let dim = self.dim();
        if let Some(part) = &self.run.shard {
            let text = format!(
                "shard {}/{} of a list of repositories: `leaktight merge` makes one report of all shards",
                part.index, part.count
            );
            self.lines(out, dim, &text);
        }
        if self.run.repositories.is_empty() {
            return;
        }
        if self.how.json.is_none() && self.run.shown().next().is_some() {
            self.lines(out, dim, "`leaktight explain` needs a JSON report of this run: add `-o report.json`");
        }
        if let Some(tally) = Tally::of(self.run.shown()) {
            self.lines(out, self.bold(), &meaning(&tally));
            if let (Some(first), Some(last)) = (tally.first, tally.last) {
                let text = format!("the commits that hold them are from {} to {}", time::date(first), time::date(last));
                self.lines(out, dim, &text);
            }
        }
        let most = if self.how.verbose { usize::MAX } else { SOME };
        let names = self.run.repositories.iter().take(most).map(|n| escape::terminal(n.as_bytes()));
        let mut names: Vec<String> = names.map(|n| n.into_owned()).collect();
        if self.run.repositories.len() > names.len() {
            let rest = self.run.repositories.len() - names.len();
            names.push(format!("and {} more (-v lists them)", labels::thousands(rest as u64)));
        }
        let kind = if self.run.repositories.len() == 1 { "repository" } else { "repositories" };
        self.lines(out, dim, &format!("{kind}: {}", names.join(", ")));
        let excluded = self.run.outcome.covered.excluded.iter().any(|e| e.files > 0);
        let complete = if self.run.outcome.complete() && excluded {
            "everything that they keep and that is not excluded was looked at"
        } else if self.run.outcome.complete() {
            "everything that they keep was looked at"
        } else {
            "not everything that they keep could be looked at: there may be more secrets than are listed"
        };
        self.lines(out, dim, complete);
    }
}

fn meaning(tally: &Tally) -> String {
    let count = |n: usize, one: &str, many: &str| {
        format!("{} {}", labels::thousands(n as u64), if n == 1 { one } else { many })
    };
    let parts = [
        (tally.in_head, count(tally.in_head, "is in the current version (HEAD)", "are in the current version (HEAD)")),
        (tally.past, count(tally.past, "is only in the past", "are only in the past")),
        (
            tally.unreachable,
            count(
                tally.unreachable,
                "is stored though nothing refers to it",
                "are stored though nothing refers to them",
            ),
        ),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(n, _)| *n > 0).map(|(_, text)| text).collect();
    format!("of these, {}", parts.join(", "))
}

/// `looked at 2 repositories: 89 commits, ..., 12.3 MB`.
pub(super) fn covered(covered: &Covered) -> String {
    let parts = [
        (covered.commits, "commit", "commits"),
        (covered.trees, "tree", "trees"),
        (covered.blobs, "blob", "blobs"),
        (covered.tags, "tag", "tags"),
        (covered.refs, "reference", "references"),
    ];
    let parts = parts.into_iter().filter(|(n, _, _)| *n > 0).map(|(n, one, many)| labels::count(n, one, many));
    let parts: Vec<String> = parts.chain([labels::size(covered.bytes)]).collect();
    let repositories = labels::count(covered.repositories, "repository", "repositories");
    format!("looked at {repositories}: {}", parts.join(", "))
}
