//! The JSON reports: `leaktight/1`, as one document or as one finding a line.
//!
//! In: a run. Out: what `leaktight-1.schema.json` describes, field by field. The types here are the format: they are
//! written by hand rather than derived on the engine's own types, so that a change inside changes no report. Paths are
//! bytes; one that is not UTF-8 is given lossily as `path` and exactly as `path_bytes` (base64).

pub(super) mod life;
pub(super) mod location;
mod summary;

use super::run::{Beginning, Report, Run};
use super::wire;
use crate::blob::Gap;
use crate::finding::evidence::Confidence;
use crate::finding::schema::SCHEMA;
use crate::finding::{Covered, Excluded, Finding, State, Suppressed};
use crate::rule::{Environment, Family, Severity};
use crate::time;
use life::{JsonLife, life};
use location::{JsonLocation, location, text};
use serde::Serialize;
use std::borrow::Cow;
use std::io;
use summary::{Summary, summary};

/// JSON schema (draft 2020-12) of the report; a line of JSON lines is its `$defs/line`.
pub const JSON_SCHEMA: &str = include_str!("leaktight-1.schema.json");

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

    fn recognises(&self, beginning: &Beginning<'_>) -> bool {
        beginning.dense.starts_with(r#"{"schema":"leaktight/"#)
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

    fn recognises(&self, beginning: &Beginning<'_>) -> bool {
        [r#"{"record":"finding""#, r#"{"record":"summary""#].iter().any(|w| beginning.dense.starts_with(w))
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
    /// Which part of a list of repositories the report is about.
    shard: Option<JsonShard<'a>>,
    /// Names of the repositories of a history, sorted.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    repositories: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<JsonMade>,
    covered: JsonCovered<'a>,
    gaps: Vec<JsonGap<'a>>,
}

#[derive(Serialize)]
struct JsonShard<'a> {
    index: u32,
    count: u32,
    list: &'a str,
}

/// What else the result of a history follows from: reports that differ in it are not merged.
#[derive(Serialize)]
struct JsonMade {
    now: String,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
}

/// What one glob left out.
#[derive(Serialize)]
struct JsonExcluded<'a> {
    glob: &'a str,
    files: u64,
    bytes: u64,
}

impl<'a> From<&'a Excluded> for JsonExcluded<'a> {
    fn from(e: &'a Excluded) -> Self {
        Self { glob: &e.glob, files: e.files, bytes: e.bytes }
    }
}

#[derive(Serialize)]
struct JsonCovered<'a> {
    files: u64,
    bytes: u64,
    #[serde(skip_serializing_if = "none")]
    links: u64,
    ignored_files: u64,
    ignored_folders: u64,
    #[serde(skip_serializing_if = "none")]
    report_files: u64,
    /// By glob, if there are any.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    excluded: Vec<JsonExcluded<'a>>,
    #[serde(skip_serializing_if = "none")]
    repositories: u64,
    #[serde(skip_serializing_if = "none")]
    blobs: u64,
    #[serde(skip_serializing_if = "none")]
    trees: u64,
    #[serde(skip_serializing_if = "none")]
    commits: u64,
    #[serde(skip_serializing_if = "none")]
    tags: u64,
    #[serde(skip_serializing_if = "none")]
    refs: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn none(n: &u64) -> bool {
    *n == 0
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
    /// Why the policy accepts it.
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
    /// What the change does to it, in a gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    location: JsonLocation<'a>,
    also: Vec<JsonLocation<'a>>,
    also_total: u64,
    related: Vec<JsonRelated<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    life: Option<JsonLife<'a>>,
    snippet: String,
    snippet_line: u64,
    /// In a history, for merging: line of the snippet, first character of the masked secret, character after its last.
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet_mark: Option<(usize, usize, usize)>,
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

fn tool(run: &Run<'_>) -> Tool {
    Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), rules: run.rules.hash() }
}

fn about<'a>(run: &'a Run<'a>) -> About<'a> {
    About {
        command: run.command.name(),
        target: run.target,
        complete: run.outcome.complete(),
        shard: run.shard.as_ref().map(|s| JsonShard { index: s.index, count: s.count, list: &s.list }),
        repositories: run.repositories,
        made: run.made.as_ref().map(|m| JsonMade {
            now: time::date_time(m.now),
            key: m.key.clone(),
            state: m.state.clone(),
        }),
        covered: covered(&run.outcome.covered),
        gaps: gaps(run).collect(),
    }
}

fn covered(covered: &Covered) -> JsonCovered<'_> {
    JsonCovered {
        files: covered.files,
        bytes: covered.bytes,
        links: covered.links,
        ignored_files: covered.ignored_files,
        ignored_folders: covered.ignored_folders,
        report_files: covered.report_files,
        excluded: covered.excluded.iter().map(JsonExcluded::from).collect(),
        repositories: covered.repositories,
        blobs: covered.blobs,
        trees: covered.trees,
        commits: covered.commits,
        tags: covered.tags,
        refs: covered.refs,
    }
}

/// All gaps: those that stand, then those that the policy accepts.
fn gaps<'a>(run: &Run<'a>) -> impl Iterator<Item = JsonGap<'a>> {
    let stand = run.outcome.gaps.iter().map(gap);
    stand.chain(run.outcome.accepted.iter().map(|(g, by)| JsonGap { accepted_by: Some(by), blocks: false, ..gap(g) }))
}

fn gap(gap: &Gap) -> JsonGap<'_> {
    let (what, what_bytes) = text(&gap.what);
    JsonGap {
        kind: gap.kind.name(),
        what,
        what_bytes,
        why: &gap.why,
        help: gap.help(),
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
    described(run, f, run.fails(f))
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
        secret: JsonSecret { redacted: &f.redacted, length: f.length, identity: f.identity.name() },
        state: f.state.map(State::name),
        location: location(&f.location),
        also: f.also.iter().take(run.also_limit.unwrap_or(usize::MAX)).map(location).collect(),
        also_total: f.also_total(),
        related: f.related.iter().map(|r| JsonRelated { role: &r.role, location: location(&r.location) }).collect(),
        life: f.life.as_ref().map(life),
        snippet: f.snippet.lines.join("\n"),
        snippet_line: f.snippet.first_line,
        snippet_mark: (f.life.is_some() && !f.snippet.lines.is_empty()).then_some(f.snippet.mark),
        help: &rule.help,
        references: &rule.references,
    }
}

#[cfg(test)]
mod tests;
