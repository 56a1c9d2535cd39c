//! The JSON reports: `leakgate/1`, as one document or as one finding a line.
//!
//! In: a run. Out: what `leakgate-1.schema.json` describes, field by field. The types here are the format: they are
//! written by hand rather than derived on the engine's own types, so that a change inside changes no report. Paths are
//! bytes; one that is not UTF-8 is given lossily as `path` and exactly as `path_bytes` (base64).

use super::{Report, Run, wire, words};
use crate::evidence::Confidence;
use crate::finding::{Finding, Location, Suppressed};
use crate::rule::{Environment, Family, Severity};
use crate::source::Gap;
use base64::Engine as _;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// Name and version of the format.
pub const SCHEMA: &str = "leakgate/1";

/// JSON schema (draft 2020-12) of the report; a line of JSON lines is its `$defs/line`.
pub const JSON_SCHEMA: &str = include_str!("leakgate-1.schema.json");

/// The report as one JSON document.
#[derive(Debug, Clone, Copy)]
pub struct Json;

/// The report as JSON lines: findings, then one line with everything else.
#[derive(Debug, Clone, Copy)]
pub struct Jsonl;

impl Report for Json {
    fn write(&self, run: &Run<'_>, to: &mut dyn io::Write) -> io::Result<()> {
        let document = Document {
            schema: SCHEMA,
            tool: tool(run),
            run: about(run),
            findings: run.shown().map(|f| finding(run, f)).collect(),
            suppressed: suppressed(run),
            summary: summary(run),
        };
        wire::pretty(&document, to)
    }
}

impl Report for Jsonl {
    fn write(&self, run: &Run<'_>, to: &mut dyn io::Write) -> io::Result<()> {
        for f in run.shown() {
            wire::line(&Line { record: "finding", rest: finding(run, f) }, to)?;
        }
        let last = Last {
            schema: SCHEMA,
            tool: tool(run),
            run: about(run),
            suppressed: suppressed(run),
            summary: summary(run),
        };
        wire::line(&Line { record: "summary", rest: last }, to)
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    run: About<'a>,
    findings: Vec<JsonFinding<'a>>,
    suppressed: Vec<JsonSuppressed<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Line<T> {
    record: &'static str,
    #[serde(flatten)]
    rest: T,
}

#[derive(Serialize)]
struct Last<'a> {
    schema: &'static str,
    tool: Tool,
    run: About<'a>,
    suppressed: Vec<JsonSuppressed<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
    /// Hash of the rule set.
    rules: String,
}

#[derive(Serialize)]
struct About<'a> {
    command: &'a str,
    target: &'a str,
    complete: bool,
    covered: JsonCovered,
    gaps: Vec<JsonGap<'a>>,
}

#[derive(Serialize)]
struct JsonCovered {
    files: u64,
    bytes: u64,
    ignored_files: u64,
    ignored_folders: u64,
}

#[derive(Serialize)]
struct JsonGap<'a> {
    kind: &'static str,
    what: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_bytes: Option<String>,
    why: &'a str,
    help: &'static str,
    blocks: bool,
    /// The policy entry that accepts it: none yet.
    accepted_by: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<&'a str>,
    rule: &'a str,
    name: &'a str,
    family: Family,
    severity: Severity,
    confidence: Confidence,
    environment: Environment,
    /// At or above the gate of this run.
    gates: bool,
    evidence: Vec<JsonEvidence>,
    secret: JsonSecret<'a>,
    location: JsonLocation<'a>,
    also: Vec<JsonLocation<'a>>,
    also_total: usize,
    related: Vec<JsonRelated<'a>>,
    snippet: String,
    snippet_line: u64,
    help: &'a str,
    references: &'a [Cow<'static, str>],
}

#[derive(Serialize)]
struct JsonSuppressed<'a> {
    #[serde(flatten)]
    finding: JsonFinding<'a>,
    by: &'a str,
    reason: &'a str,
    owner: Option<&'a str>,
    expires: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonEvidence {
    reason: Cow<'static, str>,
    weight: i32,
}

#[derive(Serialize)]
struct JsonSecret<'a> {
    redacted: &'a str,
    length: Option<usize>,
    identity: &'static str,
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    role: &'a str,
    location: JsonLocation<'a>,
}

#[derive(Serialize)]
struct JsonLocation<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    line: u64,
    column: u64,
    end_line: u64,
    end_column: u64,
    byte_offset: u64,
    byte_length: u64,
}

#[derive(Serialize)]
struct Summary {
    /// Findings in this report.
    findings: usize,
    /// Findings left out because of `--min-confidence`.
    hidden: usize,
    suppressed: usize,
    /// Findings at or above the gate.
    gating: usize,
    gate: Gate,
    by_severity: BTreeMap<&'static str, usize>,
    by_confidence: BTreeMap<&'static str, usize>,
    by_rule: BTreeMap<String, usize>,
    blocking_gaps: usize,
    noted_gaps: usize,
    complete: bool,
    weak_ids: bool,
    exit_code: u8,
}

#[derive(Serialize)]
struct Gate {
    confidence: Confidence,
    /// `never` when nothing gates.
    fail_on: &'static str,
}

fn tool(run: &Run<'_>) -> Tool {
    Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), rules: run.rules.hash() }
}

fn about<'a>(run: &Run<'a>) -> About<'a> {
    let covered = &run.outcome.covered;
    About {
        command: run.command,
        target: run.target,
        complete: run.outcome.complete(),
        covered: JsonCovered {
            files: covered.files,
            bytes: covered.bytes,
            ignored_files: covered.ignored_files,
            ignored_folders: covered.ignored_folders,
        },
        gaps: run.outcome.gaps.iter().map(gap).collect(),
    }
}

fn gap(gap: &Gap) -> JsonGap<'_> {
    let (what, what_bytes) = text(&gap.what);
    JsonGap {
        kind: gap.kind.name(),
        what,
        what_bytes,
        why: &gap.why,
        help: gap.kind.help(),
        blocks: gap.blocks,
        accepted_by: None,
    }
}

fn suppressed<'a>(run: &Run<'a>) -> Vec<JsonSuppressed<'a>> {
    let one = |s: &'a Suppressed| JsonSuppressed {
        finding: described(run, &s.finding, false),
        by: &s.by,
        reason: &s.reason,
        owner: s.owner.as_deref(),
        expires: s.expires.as_deref(),
    };
    run.suppressed.iter().map(one).collect()
}

fn finding<'a>(run: &Run<'a>, f: &'a Finding) -> JsonFinding<'a> {
    described(run, f, run.gates(f))
}

fn described<'a>(run: &Run<'a>, f: &'a Finding, gates: bool) -> JsonFinding<'a> {
    let rule = run.rules.rule(f.rule);
    JsonFinding {
        id: f.id.as_str(),
        org_id: f.org_id.as_deref(),
        rule: &rule.id,
        name: &rule.name,
        family: rule.family,
        severity: f.severity,
        confidence: f.confidence,
        environment: f.environment,
        gates,
        evidence: f.evidence.iter().map(|e| JsonEvidence { reason: e.text(), weight: e.weight() }).collect(),
        secret: JsonSecret { redacted: &f.redacted, length: f.length, identity: words::identity(f.identity) },
        location: location(&f.location),
        also: f.also.iter().take(run.also_limit.unwrap_or(usize::MAX)).map(location).collect(),
        also_total: f.also.len(),
        related: f.related.iter().map(|r| JsonRelated { role: &r.role, location: location(&r.location) }).collect(),
        snippet: f.snippet.lines.join("\n"),
        snippet_line: f.snippet.first_line,
        help: &rule.help,
        references: &rule.references,
    }
}

fn location(location: &Location) -> JsonLocation<'_> {
    let (path, path_bytes) = location.origin.path().map(text).unzip();
    JsonLocation {
        kind: words::kind(&location.origin).0,
        path,
        path_bytes: path_bytes.flatten(),
        line: location.line,
        column: location.column,
        end_line: location.end_line,
        end_column: location.end_column,
        byte_offset: location.byte_offset,
        byte_length: location.byte_length,
    }
}

/// Bytes as text, and exactly (base64) if they are no UTF-8.
fn text(bytes: &[u8]) -> (Cow<'_, str>, Option<String>) {
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => (text.into(), None),
        lossy => (lossy, Some(base64::engine::general_purpose::STANDARD.encode(bytes))),
    }
}

fn summary(run: &Run<'_>) -> Summary {
    let mut by_severity: BTreeMap<_, _> = words::SEVERITIES.iter().map(|s| (words::severity(*s), 0)).collect();
    let mut by_confidence: BTreeMap<_, _> = words::CONFIDENCES.iter().map(|c| (words::confidence(*c), 0)).collect();
    let mut by_rule = BTreeMap::new();
    let mut findings = 0;
    for f in run.shown() {
        findings += 1;
        *by_severity.entry(words::severity(f.severity)).or_default() += 1;
        *by_confidence.entry(words::confidence(f.confidence)).or_default() += 1;
        *by_rule.entry(run.rules.rule(f.rule).id.to_string()).or_default() += 1;
    }
    let blocking_gaps = run.outcome.gaps.iter().filter(|g| g.blocks).count();
    let verdict = run.verdict();
    Summary {
        findings,
        hidden: run.hidden(),
        suppressed: run.suppressed.len(),
        gating: verdict.gating,
        gate: Gate { confidence: run.gate_confidence, fail_on: run.fail_on.map_or("never", words::severity) },
        by_severity,
        by_confidence,
        by_rule,
        blocking_gaps,
        noted_gaps: run.outcome.gaps.len() - blocking_gaps,
        complete: verdict.complete,
        weak_ids: run.outcome.weak_ids,
        exit_code: run.exit,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::rule::RuleSet;
    use serde_json::{Value, json};

    fn written(report: &dyn Report, outcome: &crate::finding::Outcome, rules: &RuleSet) -> String {
        let mut out = Vec::new();
        report.write(&Run::new("scan", ".", rules, outcome), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The schema with every object closed, so that a field that it does not describe is a mistake.
    fn closed(mut schema: Value) -> Value {
        fn close(value: &mut Value) {
            if let Value::Object(map) = value
                && map.contains_key("properties")
                && !map.contains_key("additionalProperties")
            {
                map.insert("additionalProperties".into(), json!(false));
            }
            match value {
                Value::Object(map) => map.values_mut().for_each(close),
                Value::Array(list) => list.iter_mut().for_each(close),
                _ => {}
            }
        }
        if let Some(defs) = schema.pointer_mut("/$defs").and_then(Value::as_object_mut) {
            defs.remove("line");
        }
        close(&mut schema);
        schema
    }

    #[test]
    fn documents_follow_the_schema() {
        let rules = RuleSet::builtin();
        let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
        let open = jsonschema::validator_for(&schema).unwrap();
        let strict = jsonschema::validator_for(&closed(schema)).unwrap();
        assert!(!open.is_valid(&json!({"schema": "leakgate/1"})), "the schema says nothing");
        for outcome in [sample::usual(&rules), sample::clean(), sample::hostile(&rules)] {
            let mut document: Value = serde_json::from_str(&written(&Json, &outcome, &rules)).unwrap();
            // Places that no engine makes, and that would be noise in the schema.
            for f in document["findings"].as_array_mut().unwrap() {
                f["location"]["line"] = json!(1);
                f["location"]["column"] = json!(1);
                f["location"]["end_line"] = json!(1);
                f["location"]["end_column"] = json!(1);
            }
            for validator in [&open, &strict] {
                let errors: Vec<_> =
                    validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
                assert!(errors.is_empty(), "{errors:#?}");
            }
        }
    }

    #[test]
    fn lines_follow_the_schema_and_end_with_the_summary() {
        let rules = RuleSet::builtin();
        let mut schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
        let defs = schema["$defs"].take();
        let line = jsonschema::validator_for(&json!({"$ref": "#/$defs/line", "$defs": defs})).unwrap();
        let text = written(&Jsonl, &sample::usual(&rules), &rules);
        let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert!(lines.iter().all(|l| line.is_valid(l)));
        let kinds: Vec<_> = lines.iter().map(|l| l["record"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["finding", "finding", "finding", "finding", "summary"]);
    }

    #[test]
    fn numbers_say_what_the_run_means() {
        let rules = RuleSet::builtin();
        let outcome = sample::usual(&rules);
        let document: Value = serde_json::from_str(&written(&Json, &outcome, &rules)).unwrap();
        assert_eq!(document["summary"]["gating"], 3);
        assert_eq!(document["summary"]["exit_code"], 1);
        assert_eq!(document["summary"]["by_confidence"], json!({"possible": 1, "likely": 2, "proven": 1}));
        assert_eq!(document["run"]["complete"], false);
        assert_eq!(document["findings"][2]["secret"]["length"], Value::Null);
        assert_eq!(document["suppressed"], json!([]));

        let mut run = Run::new("scan", ".", &rules, &outcome);
        run.min_confidence = Confidence::Proven;
        run.also_limit = Some(5);
        let mut out = Vec::new();
        Json.write(&run, &mut out).unwrap();
        let document: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(document["findings"].as_array().unwrap().len(), 3, "what gates is always shown");
        assert_eq!(document["summary"]["hidden"], 1);
        assert_eq!(document["findings"][0]["also"].as_array().unwrap().len(), 5);
        assert_eq!(document["findings"][0]["also_total"], 12);
    }

    #[test]
    fn what_was_accepted_is_there_and_gates_nothing() {
        let rules = RuleSet::builtin();
        let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let (clean, accepted) = (sample::clean(), sample::accepted(&rules));
        let mut run = Run::new("scan", ".", &rules, &clean);
        run.suppressed = &accepted;
        let mut out = Vec::new();
        Json.write(&run, &mut out).unwrap();
        let document: Value = serde_json::from_slice(&out).unwrap();
        assert!(validator.is_valid(&document));
        let one = &document["suppressed"][0];
        assert_eq!((&one["by"], &one["reason"]), (&json!("allow"), &json!("revoked in May")));
        assert_eq!((&one["rule"], &one["gates"]), (&json!("github-pat"), &json!(false)));
        assert_eq!((&document["summary"]["suppressed"], run.exit), (&json!(1), 0));
    }

    #[test]
    fn a_path_is_given_exactly() {
        let rules = RuleSet::builtin();
        let outcome = sample::hostile(&rules);
        let document: Value = serde_json::from_str(&written(&Json, &outcome, &rules)).unwrap();
        let place = &document["findings"][0]["location"];
        let bytes = base64::engine::general_purpose::STANDARD.decode(place["path_bytes"].as_str().unwrap()).unwrap();
        assert_eq!(Some(bytes.as_slice()), outcome.findings[0].location.origin.path());
        assert!(place["path"].as_str().unwrap().contains('\u{fffd}'));
        let usual: Value = serde_json::from_str(&written(&Json, &sample::usual(&rules), &rules)).unwrap();
        assert_eq!(usual["findings"][2]["location"]["path"], "src/größe/連接.py");
        assert!(usual["findings"][2]["location"].get("path_bytes").is_none());
    }
}
