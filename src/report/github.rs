//! GitHub Actions: annotations as workflow commands, and the summary of a job.
//!
//! In: a run and what it was about ([`About`]). Out: at most ten lines that the runner obeys, worst first, and Markdown of
//! a bounded size. Names, paths and gaps are escaped for each of the two; nothing untrusted opens a line. Only what
//! stands in the final tree is given a file and a line: GitHub would open any other one at the wrong place.

use super::change::{self, at_the_end};
use super::markdown::{code, prose};
use super::run::Run;
use super::{fix, labels};
use crate::blob::Gap;
use crate::finding::{Finding, State};
use crate::policy::notice;
use crate::rule::Family;
use crate::text::escape;
use std::collections::BTreeSet;

/// GitHub shows ten errors of a step.
pub const ANNOTATIONS: usize = 10;
/// Findings, gaps and notices of a summary's lists.
const ROWS: usize = 1000;

/// What the run was about.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// What the reader should know.
    pub notes: &'a [String],
    /// Why there was nothing to look at.
    pub nothing: Option<&'a str>,
    /// The token of the run may only read.
    pub fork: bool,
}

/// The annotations of a run: lines without their ends.
pub fn annotations(run: &Run<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let findings = change::brought(run);
    let gaps: Vec<&Gap> = run.outcome.gaps.iter().filter(|g| g.blocks).collect();
    // A run that is not complete must say so here, however many findings there are.
    let hidden = run.hidden_reason();
    let room = ANNOTATIONS - usize::from(!gaps.is_empty()) - usize::from(hidden.is_some());
    for f in findings.iter().take(room) {
        lines.push(annotation(run, f));
    }
    if let Some(reason) = hidden {
        lines.push(command("error", &[("title", "leaktight: hidden findings")], &reason));
    }
    if let Some(gap) = gaps.first() {
        let more = if gaps.len() > 1 { format!(" And {} more.", gaps.len() - 1) } else { String::new() };
        let text = format!(
            "{}: {}: {}. {}{more}",
            gap.kind.name(),
            labels::path(&gap.what),
            escape::terminal(gap.why.as_bytes()),
            gap.help()
        );
        lines.push(command("error", &[("title", "leaktight could not look at everything")], &text));
    }
    for f in change::notices(run) {
        if lines.len() < ANNOTATIONS {
            let name = format!("leaktight: {}", run.rules.rule(f.rule).name);
            lines.push(command("notice", &[("title", &name)], &notice_text(run, f)));
        }
    }
    lines
}

/// Findings in the report, and findings that the change brings: a step that asks for the latter asks whether there are
/// any, so what is hidden counts, too.
pub fn counts(run: &Run<'_>) -> (usize, usize) {
    let brought = run.outcome.findings.iter().filter(|f| change::is_brought(run, f)).count();
    (run.shown().count() - change::notices(run).len(), brought)
}

fn annotation(run: &Run<'_>, f: &Finding) -> String {
    let rule = run.rules.rule(f.rule);
    let title = format!("leaktight: {}", rule.name);
    let mut text = format!("{}, {}", f.severity.name(), f.confidence.name());
    let place = at_the_end(f);
    if place.is_none() {
        text += &format!(", in {}", change::place(f));
    }
    text += &format!(". Why: {}. ", change::why(f));
    text += if f.state == Some(State::RemovedAgain) { change::REMOVED_AGAIN } else { &rule.help };
    text += &format!(" ({})", f.id.as_str());
    let level = if run.fails(f) { "error" } else { "warning" };
    let Some(place) = place else { return command(level, &[("title", &title)], &text) };
    let path = place.origin.path().unwrap_or_default();
    let path = escape::terminal(path.strip_prefix(b"./").unwrap_or(path));
    let content = place.origin.part().is_none();
    let number = |n: u64| n.max(1).to_string();
    let (line, end) = (number(place.line), number(place.end_line.max(place.line)));
    let mut properties = vec![("file", path.as_ref())];
    if content {
        properties.extend([("line", line.as_str()), ("endLine", end.as_str())]);
    }
    let columns = (number(place.column), number(place.end_column.max(place.column)));
    if content && line == end {
        properties.extend([("col", columns.0.as_str()), ("endColumn", columns.1.as_str())]);
    }
    properties.push(("title", &title));
    command(level, &properties, &text)
}

/// A notice of the policy, in one sentence.
fn notice_text(run: &Run<'_>, f: &Finding) -> String {
    let rule = run.rules.rule(f.rule);
    let what = match notice::sentence(f) {
        "" => &*rule.name,
        sentence => sentence,
    };
    format!("{what} ({}). {}.", labels::place(&f.location), rule.summary.trim_end_matches('.'))
}

/// A workflow command. Everything in it is escaped twice: no control character, and none that ends a property.
fn command(name: &str, properties: &[(&str, &str)], text: &str) -> String {
    let data =
        |text: &str| escape::terminal(text.as_bytes()).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{name} {}::{}", properties.join(","), data(text))
}

/// The summary, in at most `room` bytes.
pub fn summary(run: &Run<'_>, about: &About<'_>, room: usize) -> String {
    let mut page = Page { out: String::new(), room: room.saturating_sub(300) };
    let verdict = run.verdict();
    let gating = verdict.failing as u64;
    let title = match (gating, verdict.complete) {
        (0, true) => "nothing stops this change",
        (0, false) => "not everything could be looked at",
        _ => "findings stop this change",
    };
    page.line(&format!("## leaktight: {title}\n"));
    page.line(&format!("{}\n", sentence(run, about)));
    if about.fork {
        page.line(
            "The change comes from a fork, so the token of this run may only read: the report cannot be uploaded to code \
             scanning. Annotations, this summary and the exit code carry the result.\n",
        );
    }
    for note in about.notes {
        page.line(&format!("- {}", prose(note)));
    }
    findings(&mut page, run);
    gaps(&mut page, run);
    let notices = change::notices(run);
    page.list("\n### What it would change in the policy\n", notices.len(), |n| {
        notices.get(n).map(|f| format!("- {}", prose(&notice_text(run, f))))
    });
    let before = change::before(run) as u64;
    let (accepted, gaps) = (run.suppressed.len() as u64, run.outcome.accepted.len() as u64);
    let mut also = Vec::new();
    if before > 0 {
        let was = if before == 1 { "was" } else { "were" };
        also.push(format!("{} {was} there before (existing or moved)", labels::count(before, "finding", "findings")));
    }
    if accepted > 0 {
        also.push(format!("{} accepted by the policy, with a reason", labels::count(accepted, "finding", "findings")));
    }
    if gaps > 0 {
        also.push(format!("{} accepted by the policy", labels::count(gaps, "gap", "gaps")));
    }
    if run.hidden() > 0 {
        let below = run.min_confidence.name();
        also.push(format!("{} below {below} hidden", labels::count(run.hidden() as u64, "finding", "findings")));
    }
    if !also.is_empty() {
        page.line(&format!("\nBesides: {}.", also.join("; ")));
    }
    // Blocks begin or end with an empty line, as they need; one between two is enough.
    while page.out.contains("\n\n\n") {
        page.out = page.out.replace("\n\n\n", "\n\n");
    }
    page.out
}

fn sentence(run: &Run<'_>, about: &About<'_>) -> String {
    if let Some(nothing) = about.nothing {
        return format!("There was nothing to look at: {}. Exit code {}.", prose(nothing), run.exit);
    }
    let verdict = run.verdict();
    let found = match verdict.failing as u64 {
        0 => "Nothing at or above the gate".to_owned(),
        n => format!("{} at or above the gate", labels::count(n, "finding", "findings")),
    };
    let hidden = run.hidden_reason().map_or_else(String::new, |reason| format!(" {reason}."));
    let gate = run
        .threshold
        .fail_on
        .map_or("never".to_owned(), |severity| format!("{}, {}", run.threshold.confidence.name(), severity.name()));
    let complete = if verdict.complete {
        "everything that was asked was looked at".to_owned()
    } else {
        format!("not everything could be looked at ({})", labels::blocking(&run.outcome.gaps))
    };
    let mut excluded: String =
        run.excluded().map(|(glob, counts)| format!(" Excluded by {}: {counts}.", code(glob.as_bytes()))).collect();
    if run.excludes_everything() {
        excluded += " No file was scanned.";
    }
    format!(
        "{found} ({gate}) in {}; {complete}.{hidden}{excluded} Exit code {}.",
        code(run.target.as_bytes()),
        run.exit
    )
}

fn findings(page: &mut Page, run: &Run<'_>) {
    let all = change::brought(run);
    if all.is_empty() {
        return;
    }
    page.line("\n| severity | what | where | state | id |\n|---|---|---|---|---|");
    let mut shown = 0;
    for f in all.iter().take(ROWS) {
        let rule = run.rules.rule(f.rule);
        let below = if run.fails(f) { "" } else { ", below the gate" };
        let row = format!(
            "| {} | {} ({}{below}) | {} | {} | {} |",
            f.severity.name(),
            prose(&rule.name),
            f.confidence.name(),
            code(change::place(f).as_bytes()),
            change::state(f),
            code(f.id.as_str().as_bytes())
        );
        // Half of the room: what to do and what was not looked at must have a place, too.
        if page.out.len() + row.len() > page.room / 2 {
            break;
        }
        page.line(&row);
        shown += 1;
    }
    if shown < all.len() {
        page.line(&format!(
            "\nand {} more; the report has all of them.",
            labels::thousands((all.len() - shown) as u64)
        ));
    }
    let gating: Vec<&&Finding> = all.iter().filter(|f| run.fails(f)).collect();
    let committed = |f: &&Finding| {
        f.state == Some(State::New) && run.rules.rule(f.rule).family == Family::Credential && at_the_end(f).is_some()
    };
    if gating.iter().any(|f| f.state == Some(State::RemovedAgain)) {
        page.line(&format!("\n**removed-again**: {}", change::REMOVED_AGAIN));
    }
    if gating.iter().any(|f| committed(f)) {
        page.line(
            "\nTaking a secret out in a further commit leaves it in the history of this change: revoke it first, then \
             rewrite the branch.",
        );
    }
    let mut said = BTreeSet::new();
    let rules: Vec<_> = gating.iter().map(|f| f.rule).filter(|rule| said.insert(*rule)).collect();
    page.list("\n### What to do\n", rules.len().min(20), |n| {
        let rule = run.rules.rule(*rules.get(n)?);
        (!rule.help.is_empty()).then(|| format!("- {}: {}", prose(&rule.name), prose(&rule.help)))
    });
    if let Some(first) = gating.first() {
        let ask = fix::ask(first, &run.rules.rule(first.rule).id);
        page.line(&format!(
            "- Taken for a secret by mistake? {} writes an exception; it holds once it is in the base.",
            code(ask.as_bytes())
        ));
    }
}

fn gaps(page: &mut Page, run: &Run<'_>) {
    let mut all: Vec<&Gap> = run.outcome.gaps.iter().collect();
    all.sort_by_key(|g| !g.blocks);
    page.list("\n### What could not be looked at\n", all.len(), |n| {
        let gap = all.get(n)?;
        let blocks = if gap.blocks { "blocks" } else { "noted" };
        let help = if gap.blocks { change::help(gap) } else { gap.help().to_owned() };
        Some(format!("- {} ({blocks}): {}: {}. {help}", gap.kind.name(), code(&gap.what), prose(&gap.why)))
    });
}

/// Text that does not grow beyond its room.
struct Page {
    out: String,
    room: usize,
}

impl Page {
    fn line(&mut self, text: &str) {
        if self.out.len() + text.len() < self.room {
            self.out.push_str(text);
            self.out.push('\n');
        }
    }

    /// A heading and a list under it, cut where the room or [`ROWS`] ends.
    fn list(&mut self, heading: &str, count: usize, item: impl Fn(usize) -> Option<String>) {
        if count == 0 {
            return;
        }
        self.line(heading);
        for n in 0..count {
            let Some(text) = item(n) else { continue };
            // Room for what follows the list.
            if n >= ROWS || self.out.len() + text.len() + 2000 > self.room {
                self.line(&format!("- and {} more", labels::thousands((count - n) as u64)));
                break;
            }
            self.line(&text);
        }
    }
}

#[cfg(test)]
mod tests;
