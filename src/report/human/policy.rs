//! What was accepted, and what is said about the policy, for people.
//!
//! In: accepted findings and gaps of a run, notices. Out: lines. Reasons are somebody's text and are escaped.

use super::page::{Page, wrap};
use crate::finding::Finding;
use crate::policy::notice;
use crate::report::labels;
use crate::report::run::Run;
use crate::rule::Rule;
use crate::text::escape;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What stands in the one line of quiet mode: the name of the rule; of a notice, what it says.
pub(super) fn title<'a>(rule: &'a Rule, finding: &'a Finding) -> Cow<'a, str> {
    let text = if notice::is_notice(rule) { notice::sentence(finding) } else { &rule.name };
    escape::terminal(text.as_bytes())
}

/// Whether it is the notice that the policy comes from what was scanned: one line of the summary.
pub(super) fn is_own(run: &Run<'_>, finding: &Finding) -> bool {
    run.rules.rule(finding.rule).id == notice::OWN
}

impl Page<'_> {
    /// How many findings were accepted, and by what; whether that was decided by who was scanned.
    pub(super) fn accepted(&self, out: &mut String) {
        self.accepted_findings(out);
        for notice in self.run.outcome.findings.iter().filter(|f| is_own(self.run, f)) {
            self.lines(out, self.bold(), &escape::terminal(notice::sentence(notice).as_bytes()));
        }
    }

    fn accepted_findings(&self, out: &mut String) {
        if self.run.suppressed.is_empty() {
            return;
        }
        let mut by: BTreeMap<&str, u64> = BTreeMap::new();
        self.run.suppressed.iter().for_each(|s| *by.entry(&s.by).or_default() += 1);
        let one = |(by, n): (&str, u64)| format!("{}: {}", escape::terminal(by.as_bytes()), labels::thousands(n));
        let by: Vec<String> = by.into_iter().map(one).collect();
        let count = labels::count(self.run.suppressed.len() as u64, "finding", "findings");
        self.lines(out, self.dim(), &format!("{count} accepted ({}), and not shown", by.join(", ")));
    }

    /// What could not be looked at and is accepted: counted, and with -v one by one.
    pub(super) fn accepted_gaps(&self, out: &mut String) {
        let accepted = &self.run.outcome.accepted;
        if accepted.is_empty() {
            return;
        }
        let count = labels::count(accepted.len() as u64, "gap", "gaps");
        self.lines(out, self.dim(), &format!("{count} accepted by the policy"));
        for (gap, reason) in accepted.iter().filter(|_| self.how.verbose) {
            let reason = escape::terminal(reason.as_bytes());
            let text = format!("- {}: {}, because: {reason}", labels::path(&gap.what), gap.kind.name());
            for line in wrap(&text, self.how.width.saturating_sub(2)) {
                let _ = writeln!(out, "  {line}");
            }
        }
    }
}
