//! SARIF 2.1.0, as code scanning wants it (stricter than the standard: GitHub rejects empty strings and wants regions).
//!
//! In: a run. Out: one log with one run: every rule of the set, one result a secret, one notification a gap. The types of
//! serde-sarif are used here and nowhere else. It writes no machine path, no time, no unkeyed hash of a line (GitHub's own
//! fingerprint lets a password be guessed), and no untrusted text in the first sentence of a message, which is its title.

mod parts;
mod place;
mod rule;

use super::run::{Beginning, Report, Run};
use super::{labels, wire};
use crate::blob::Gap;
use crate::finding::evidence::{Confidence, Evidence, Reason};
use crate::finding::{Excluded, Finding, Location, State, Suppressed};
use crate::rule::{Environment, Rule, Severity};
use crate::text::escape;
use crate::time;
use parts::{ROOT, bag, message, plain, sentence};
use place::{primary, related_location};
use rule::rule_descriptor;
use serde_json::{Value, json};
use serde_sarif::sarif;
use std::collections::BTreeMap;
use std::io;

/// The standard's own address of the schema.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Results of a run that GitHub shows, and above which it rejects the file (sarif-support, "file limits").
const SHOWN_RESULTS: usize = 5_000;
const MOST_RESULTS: usize = 25_000;
/// Locations of a result above which GitHub rejects the file: 1,000, the first one and related parts included.
const MOST_ALSO: usize = 900;
/// The report as a SARIF log.
#[derive(Debug, Clone, Copy)]
pub struct Sarif;

impl Report for Sarif {
    fn write(&self, run: &Run<'_>, to: &mut dyn io::Write) -> io::Result<()> {
        let log = sarif::Sarif {
            schema: Some(SCHEMA.into()),
            version: json!("2.1.0"),
            runs: vec![one_run(run)],
            inline_external_properties: None,
            properties: None,
        };
        wire::pretty(&log, to)
    }

    fn recognises(&self, beginning: &Beginning<'_>) -> bool {
        beginning.is_object_with(&["sarif"])
    }
}

fn one_run(run: &Run<'_>) -> sarif::Run {
    let mut findings: Vec<&Finding> = run.shown().collect();
    // GitHub keeps the first ones; they come sorted, and this keeps the promise if they do not.
    findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
    let mut results: Vec<sarif::Result> = findings.iter().map(|f| result(run, f, run.fails(f))).collect();
    results.extend(run.suppressed.iter().map(|s| suppressed(run, s)));
    let rules = run.rules.iter().map(|(_, rule)| rule_descriptor(rule)).collect();
    let root = sarif::ArtifactLocation { description: Some(message("The root of the scan.")), ..Default::default() };
    let driver = sarif::ToolComponent {
        version: Some(env!("CARGO_PKG_VERSION").into()),
        semantic_version: Some(env!("CARGO_PKG_VERSION").into()),
        information_uri: Some(env!("CARGO_PKG_REPOSITORY").to_owned()).filter(|uri| !uri.is_empty()),
        rules: Some(rules),
        ..sarif::ToolComponent::builder().name(env!("CARGO_PKG_NAME")).build()
    };
    sarif::Run {
        invocations: Some(vec![invocation(run, results.len())]),
        results: Some(results),
        column_kind: Some(json!("utf16CodeUnits")),
        redaction_tokens: Some(vec!["…".into()]),
        original_uri_base_ids: Some(BTreeMap::from([(ROOT.to_owned(), root)])),
        version_control_provenance: provenance(run),
        properties: Some(bag(about(run))),
        ..sarif::Run::builder().tool(sarif::Tool::builder().driver(driver).build()).build()
    }
}

fn about(run: &Run<'_>) -> Vec<(&'static str, Value)> {
    let covered = &run.outcome.covered;
    let mut all = vec![
        ("command", json!(run.command.name())),
        ("rules", json!(run.rules.hash())),
        ("complete", json!(run.outcome.complete())),
        ("files", json!(covered.files)),
        ("bytes", json!(covered.bytes)),
        ("links", json!(covered.links)),
        ("ignoredFiles", json!(covered.ignored_files)),
        ("ignoredFolders", json!(covered.ignored_folders)),
        ("reportFiles", json!(covered.report_files)),
        ("hidden", json!(run.hidden())),
        ("hiddenGating", json!(run.hidden_failing())),
        ("weakIds", json!(run.outcome.weak_ids)),
    ];
    let of_history = [
        ("repositories", covered.repositories),
        ("blobs", covered.blobs),
        ("trees", covered.trees),
        ("commits", covered.commits),
        ("annotatedTags", covered.tags),
        ("refs", covered.refs),
    ];
    all.extend(of_history.into_iter().filter(|(_, n)| *n > 0).map(|(name, n)| (name, json!(n))));
    if !covered.excluded.is_empty() {
        let one =
            |e: &Excluded| json!({"glob": escape::terminal(e.glob.as_bytes()), "files": e.files, "bytes": e.bytes});
        all.push(("excluded", covered.excluded.iter().map(one).collect()));
    }
    if let Some(made) = &run.made {
        all.push(("now", json!(time::date_time(made.now))));
    }
    all
}

/// What holds what was looked at. Where the repositories of a history came from nobody said, so each has a name of its
/// own as URI, and a base that its paths are relative to.
fn provenance(run: &Run<'_>) -> Option<Vec<sarif::VersionControlDetails>> {
    let of = |uri: String| sarif::VersionControlDetails::builder().repository_uri(uri).build();
    let base = || Some(sarif::ArtifactLocation { uri_base_id: Some(ROOT.into()), ..Default::default() });
    if let Some(p) = &run.provenance {
        let (revision_id, branch) = (p.revision.clone(), p.branch.clone());
        let repository = of(p.repository_uri.clone());
        return Some(vec![sarif::VersionControlDetails { revision_id, branch, mapped_to: base(), ..repository }]);
    }
    let several = run.repositories.len() > 1;
    let one = |name: &String| {
        let path = escape::uri_path(name.as_bytes());
        let folder = several.then(|| format!("{path}/"));
        sarif::VersionControlDetails {
            mapped_to: base().map(|base| sarif::ArtifactLocation { uri: folder, ..base }),
            properties: Some(bag([("name", json!(escape::terminal(name.as_bytes())))])),
            ..of(format!("urn:leaktight:repository:{path}"))
        }
    };
    (!run.repositories.is_empty()).then(|| run.repositories.iter().map(one).collect())
}

/// An accepted finding, last of the results: the standard marks it; GitHub does not read the mark, so it is a note there.
fn suppressed(run: &Run<'_>, s: &Suppressed) -> sarif::Result {
    let suppression = sarif::Suppression {
        justification: Some(s.reason.clone()).filter(|r| !r.is_empty()),
        status: Some(json!("accepted")),
        properties: Some(bag([("by", json!(s.by)), ("owner", json!(s.owner)), ("expires", json!(s.expires))])),
        ..sarif::Suppression::builder().kind(json!(if s.in_source { "inSource" } else { "external" })).build()
    };
    sarif::Result {
        level: Some(sarif::ResultLevel::Note),
        suppressions: Some(vec![suppression]),
        ..result(run, &s.finding, false)
    }
}

fn result(run: &Run<'_>, f: &Finding, gates: bool) -> sarif::Result {
    let rule = run.rules.rule(f.rule);
    let also: Vec<&Location> = f.also.iter().take(run.also_limit.unwrap_or(MOST_ALSO).min(MOST_ALSO)).collect();
    let mut related = Vec::new();
    for place in &also {
        related.push(related_location(related.len(), place, "another place of the same secret"));
    }
    for part in f.related.iter().take(MOST_ALSO / 10) {
        related.push(related_location(related.len(), &part.location, &escape::terminal(part.role.as_bytes())));
    }
    let id = f.id.as_str();
    let hex: String = id.chars().rev().take(32).collect::<Vec<_>>().into_iter().rev().take(16).collect();
    let mut properties = vec![
        ("id", json!(id)),
        ("name", json!(rule.name)),
        ("family", json!(rule.family.name())),
        ("severity", json!(f.severity.name())),
        ("confidence", json!(f.confidence.name())),
        ("identity", json!(f.identity.name())),
        ("redacted", json!(f.redacted)),
        ("gates", json!(gates)),
        ("evidence", f.evidence.iter().map(|e| json!({"reason": e.text(), "weight": e.weight()})).collect()),
        ("alsoTotal", json!(f.also_total())),
    ];
    if f.environment != Environment::Unknown {
        properties.push(("environment", json!(labels::environment(f.environment))));
    }
    if let Some(org_id) = &f.org_id {
        properties.push(("orgId", json!(org_id)));
    }
    if let Some(life) = &f.life {
        properties.push(("life", place::life(life)));
    }
    if let Some(state) = f.state {
        properties.push(("state", json!(state.name())));
    }
    sarif::Result {
        baseline_state: f.state.map(baseline_state),
        rule_id: Some(rule.id.to_string()),
        rule_index: Some(i64::from(f.rule)),
        kind: Some(sarif::ResultKind::Fail),
        level: Some(level(f.severity)),
        rank: Some(rank(f.confidence)),
        locations: Some(vec![primary(f)]),
        related_locations: (!related.is_empty()).then_some(related),
        partial_fingerprints: Some(BTreeMap::from([
            ("primaryLocationLineHash".to_owned(), format!("{hex}:1")),
            ("leaktight/v1".to_owned(), id.to_owned()),
        ])),
        properties: Some(bag(properties)),
        ..sarif::Result::builder().message(message(&result_message(rule, f, also.len()))).build()
    }
}

/// The standard's words for what a change does to a result.
fn baseline_state(state: State) -> Value {
    match state {
        State::New | State::RemovedAgain => json!("new"),
        State::Moved => json!("updated"),
        State::Existing => json!("unchanged"),
    }
}

/// A title without untrusted text, why, where else, what to do. Details of the evidence may be somebody's text; they
/// stand in the properties. `[1](1)` are links to the related locations.
fn result_message(rule: &Rule, f: &Finding, also: usize) -> String {
    let mut out = format!("{} ({}).", plain(&rule.name), f.confidence.name());
    let why = f.evidence.iter().filter(|e| e.reason != Reason::PolicyNote);
    let why: Vec<_> = why.map(|e| Evidence::new(e.reason).text()).collect();
    if !why.is_empty() {
        out.push_str(&format!(" Why: {}.", why.join(", ")));
    }
    for note in f.evidence.iter().filter(|e| e.reason == Reason::PolicyNote) {
        out.push_str(&format!(" {}", sentence(&plain(note.detail.as_deref().unwrap_or_default()))));
    }
    if also > 0 {
        let links: Vec<String> = (1..=also.min(3)).map(|n| format!("[{n}]({n})")).collect();
        out.push_str(&format!(
            " The same secret stands in {}: {}.",
            labels::count(f.also_total(), "other place", "other places"),
            links.join(", ")
        ));
    }
    for (n, part) in f.related.iter().take(3).enumerate() {
        out.push_str(&format!(" With it: [{}]({}).", plain(&part.role), also + n + 1));
    }
    if !rule.help.is_empty() {
        out.push_str(&format!(" What to do: {}", sentence(&plain(&rule.help))));
    }
    out
}

fn invocation(run: &Run<'_>, results: usize) -> sarif::Invocation {
    let mut notifications: Vec<sarif::Notification> = run.outcome.gaps.iter().map(gap).collect();
    notifications.extend(run.outcome.accepted.iter().map(|(gap, reason)| accepted(gap, reason)));
    if results > SHOWN_RESULTS {
        let fate = if results > MOST_RESULTS {
            "and GitHub rejects a file with more than 25,000"
        } else {
            "this file holds all of them"
        };
        notifications.push(notification(
            "too-many-results",
            "warning",
            format!("{} results. GitHub shows the 5,000 most severe ones; {fate}.", labels::thousands(results as u64)),
        ));
    }
    notifications.extend(hidden(run));
    let verdict = run.verdict();
    let gating = labels::count(verdict.failing as u64, "finding", "findings");
    let complete = if verdict.complete { "everything was looked at" } else { "not everything could be looked at" };
    sarif::Invocation {
        exit_code: Some(i64::from(run.exit)),
        exit_code_description: Some(format!("{gating} at or above the gate; {complete}")),
        tool_execution_notifications: Some(notifications),
        ..sarif::Invocation::builder().execution_successful(verdict.complete).build()
    }
}

/// What is hidden, and whether it fails the check.
fn hidden(run: &Run<'_>) -> Option<sarif::Notification> {
    let from = run.min_confidence.name();
    let text = match run.hidden() as u64 {
        0 => return None,
        n => format!("{} below `{from}` hidden.", labels::count(n, "finding", "findings")),
    };
    Some(match run.hidden_reason() {
        Some(reason) => notification("hidden-findings", "error", format!("{text} {}", sentence(&reason))),
        None => notification("hidden-findings", "note", text),
    })
}

fn gap(gap: &Gap) -> sarif::Notification {
    let what = escape::terminal(&gap.what);
    let text = format!(
        "Could not look at everything ({}). {}: {}. {}",
        gap.kind.name(),
        plain(&what),
        plain(&gap.why),
        gap.help()
    );
    let mut out = notification(gap.kind.name(), if gap.blocks { "error" } else { "note" }, text);
    out.properties = Some(bag([("what", json!(what)), ("why", json!(gap.why)), ("blocks", json!(gap.blocks))]));
    out
}

/// A gap that the policy accepts.
fn accepted(of: &Gap, reason: &str) -> sarif::Notification {
    let text = format!("Not looked at, and accepted ({}): {}.", of.kind.name(), plain(&escape::terminal(&of.what)));
    let mut out = notification(of.kind.name(), "note", text);
    let what = escape::terminal(&of.what);
    let about =
        [("what", json!(what)), ("why", json!(of.why)), ("blocks", json!(false)), ("acceptedBy", json!(reason))];
    out.properties = Some(bag(about));
    out
}

fn notification(id: &str, level: &str, text: String) -> sarif::Notification {
    sarif::Notification {
        level: Some(json!(level)),
        descriptor: Some(sarif::ReportingDescriptorReference { id: Some(id.into()), ..Default::default() }),
        ..sarif::Notification::builder().message(message(&text)).build()
    }
}

fn level(severity: Severity) -> sarif::ResultLevel {
    match severity {
        Severity::Critical | Severity::High => sarif::ResultLevel::Error,
        Severity::Medium => sarif::ResultLevel::Warning,
        Severity::Low | Severity::Info => sarif::ResultLevel::Note,
    }
}

fn rank(confidence: Confidence) -> f64 {
    match confidence {
        Confidence::Proven => 99.0,
        Confidence::Likely => 80.0,
        Confidence::Possible => 40.0,
    }
}

#[cfg(test)]
mod tests;
