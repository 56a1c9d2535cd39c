//! The numbers of `leaktight/1`: what a run means, without its findings.
//!
//! In: a run. Out: counts by severity, confidence and rule, the gate, and in a history where the findings still are.

use crate::finding::evidence::Confidence;
use crate::report::run::Run;
use crate::report::tally::Tally;
use crate::rule::Severity;
use crate::time;
use serde::Serialize;
use std::collections::BTreeMap;

/// The numbers of a run.
#[derive(Serialize)]
pub(super) struct Summary {
    /// Findings in this report.
    findings: usize,
    /// Findings left out because of `--min-confidence`.
    hidden: usize,
    /// Those of them that are at or above the gate.
    hidden_gating: usize,
    suppressed: usize,
    /// Findings at or above the gate, hidden ones included.
    gating: usize,
    gate: Gate,
    by_severity: BTreeMap<&'static str, usize>,
    by_confidence: BTreeMap<&'static str, usize>,
    by_rule: BTreeMap<String, usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<JsonTally>,
    blocking_gaps: usize,
    noted_gaps: usize,
    complete: bool,
    weak_ids: bool,
    exit_code: u8,
}

/// Findings of a history by where they still are.
#[derive(Serialize)]
struct JsonTally {
    in_head: usize,
    past: usize,
    unreachable: usize,
    first: Option<String>,
    last: Option<String>,
}

#[derive(Serialize)]
struct Gate {
    confidence: Confidence,
    /// `never` when nothing gates.
    fail_on: &'static str,
}

/// The numbers of `run`.
pub(super) fn summary(run: &Run<'_>) -> Summary {
    let mut by_severity: BTreeMap<_, _> = Severity::ALL.iter().map(|s| (s.name(), 0)).collect();
    let mut by_confidence: BTreeMap<_, _> = Confidence::ALL.iter().map(|c| (c.name(), 0)).collect();
    let mut by_rule = BTreeMap::new();
    let mut findings = 0;
    for f in run.shown() {
        findings += 1;
        *by_severity.entry(f.severity.name()).or_default() += 1;
        *by_confidence.entry(f.confidence.name()).or_default() += 1;
        *by_rule.entry(run.rules.rule(f.rule).id.to_string()).or_default() += 1;
    }
    let blocking_gaps = run.outcome.gaps.iter().filter(|g| g.blocks).count();
    let verdict = run.verdict();
    Summary {
        findings,
        hidden: run.hidden(),
        hidden_gating: run.hidden_failing(),
        suppressed: run.suppressed.len(),
        gating: verdict.failing,
        gate: Gate {
            confidence: run.threshold.confidence,
            fail_on: run.threshold.fail_on.map_or("never", Severity::name),
        },
        by_severity,
        by_confidence,
        by_rule,
        history: Tally::of(run.shown()).map(|t| JsonTally {
            in_head: t.in_head,
            past: t.past,
            unreachable: t.unreachable,
            first: t.first.map(time::date_time),
            last: t.last.map(time::date_time),
        }),
        blocking_gaps,
        noted_gaps: run.outcome.gaps.len() - blocking_gaps,
        complete: verdict.complete,
        weak_ids: run.outcome.weak_ids,
        exit_code: run.exit,
    }
}
