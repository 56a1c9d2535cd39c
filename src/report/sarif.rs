//! SARIF 2.1.0, as code scanning wants it (stricter than the standard: GitHub rejects empty strings and wants regions).
//!
//! In: a run. Out: one log with one run: every rule of the set, one result a secret, one notification a gap. The types of
//! serde-sarif are used here and nowhere else. It writes no machine path, no time, no unkeyed hash of a line (GitHub's own
//! fingerprint lets a password be guessed), and no untrusted text in the first sentence of a message, which is its title.

use super::{Report, Run, escape, wire, words};
use crate::evidence::{Confidence, Evidence};
use crate::finding::{Finding, Location, Snippet, Suppressed};
use crate::rule::{Environment, Family, Rule, Severity};
use crate::source::{Gap, Origin};
use serde_json::{Value, json};
use serde_sarif::sarif;
use std::collections::BTreeMap;
use std::io;

/// The standard's own address of the schema.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Base of all URIs: the root of the scan, whose place on this machine nobody needs to know.
const ROOT: &str = "%SRCROOT%";
/// Results of a run that GitHub shows, and above which it rejects the file (sarif-support, "file limits").
const SHOWN_RESULTS: usize = 5_000;
const MOST_RESULTS: usize = 25_000;
/// Locations of a result above which GitHub rejects the file: 1,000, the first one and related parts included.
const MOST_ALSO: usize = 900;
/// Longest description and name that GitHub takes.
const MOST_TEXT: usize = 1024;
const MOST_NAME: usize = 255;

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
}

fn one_run(run: &Run<'_>) -> sarif::Run {
    let mut findings: Vec<&Finding> = run.shown().collect();
    // GitHub keeps the first ones; they come sorted, and this keeps the promise if they do not.
    findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
    let mut results: Vec<sarif::Result> = findings.iter().map(|f| result(run, f, run.gates(f))).collect();
    results.extend(run.suppressed.iter().map(|s| suppressed(run, s)));
    let rules = run.rules.iter().map(|(_, rule)| rule_descriptor(rule)).collect();
    let covered = &run.outcome.covered;
    let provenance = run.provenance.as_ref().map(|p| {
        vec![sarif::VersionControlDetails {
            revision_id: p.revision.clone(),
            branch: p.branch.clone(),
            mapped_to: Some(sarif::ArtifactLocation { uri_base_id: Some(ROOT.into()), ..Default::default() }),
            ..sarif::VersionControlDetails::builder().repository_uri(p.repository_uri.clone()).build()
        }]
    });
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
        version_control_provenance: provenance,
        properties: Some(bag([
            ("command", json!(run.command)),
            ("rules", json!(run.rules.hash())),
            ("complete", json!(run.outcome.complete())),
            ("files", json!(covered.files)),
            ("bytes", json!(covered.bytes)),
            ("ignoredFiles", json!(covered.ignored_files)),
            ("ignoredFolders", json!(covered.ignored_folders)),
            ("hidden", json!(run.hidden())),
            ("weakIds", json!(run.outcome.weak_ids)),
        ])),
        ..sarif::Run::builder().tool(sarif::Tool::builder().driver(driver).build()).build()
    }
}

fn rule_descriptor(rule: &Rule) -> sarif::ReportingDescriptor {
    let summary = if rule.summary.is_empty() { &rule.name } else { &rule.summary };
    let links: Vec<&str> = rule.references.iter().map(AsRef::as_ref).filter(|r| r.starts_with("https://")).collect();
    let mut text = format!("{} {}", sentence(summary), rule.help).trim_end().to_owned();
    let mut markdown = format!("{}\n\n**What to do.** {}", sentence(summary), rule.help);
    if rule.help.is_empty() {
        markdown = sentence(summary);
    }
    for link in &links {
        text.push_str(&format!(" See {link} ."));
        markdown.push_str(&format!("\n\n<{link}>"));
    }
    let (cwe, precision) = (cwe(rule.family), precision(rule));
    let mut tags = vec!["security".to_owned(), "secret".to_owned(), rule.family.name().to_owned()];
    tags.extend(cwe.map(str::to_owned));
    sarif::ReportingDescriptor {
        name: Some(identifier(&rule.name, &rule.id)),
        short_description: Some(texts(cut(&sentence(&rule.name)), None)),
        full_description: Some(texts(cut(&sentence(summary)), None)),
        help: Some(texts(text, Some(markdown))),
        help_uri: links.first().map(|l| (*l).to_owned()),
        default_configuration: Some(sarif::ReportingConfiguration {
            level: Some(json!(level_name(rule.severity))),
            ..Default::default()
        }),
        properties: Some(sarif::PropertyBag {
            tags: Some(tags),
            additional_properties: BTreeMap::from([
                ("precision".to_owned(), json!(precision)),
                ("security-severity".to_owned(), json!(security_severity(rule.severity))),
            ]),
        }),
        ..sarif::ReportingDescriptor::builder().id(rule.id.to_string()).build()
    }
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
        ("severity", json!(words::severity(f.severity))),
        ("confidence", json!(words::confidence(f.confidence))),
        ("identity", json!(words::identity(f.identity))),
        ("redacted", json!(f.redacted)),
        ("gates", json!(gates)),
        ("evidence", f.evidence.iter().map(|e| json!({"reason": e.text(), "weight": e.weight()})).collect()),
        ("alsoTotal", json!(f.also.len())),
    ];
    if f.environment != Environment::Unknown {
        properties.push(("environment", json!(words::environment(f.environment))));
    }
    if let Some(org_id) = &f.org_id {
        properties.push(("orgId", json!(org_id)));
    }
    sarif::Result {
        rule_id: Some(rule.id.to_string()),
        rule_index: Some(i64::from(f.rule)),
        kind: Some(sarif::ResultKind::Fail),
        level: Some(level(f.severity)),
        rank: Some(rank(f.confidence)),
        locations: Some(vec![primary(f)]),
        related_locations: (!related.is_empty()).then_some(related),
        partial_fingerprints: Some(BTreeMap::from([
            ("primaryLocationLineHash".to_owned(), format!("{hex}:1")),
            ("leakgate/v1".to_owned(), id.to_owned()),
        ])),
        properties: Some(bag(properties)),
        ..sarif::Result::builder().message(message(&result_message(rule, f, also.len()))).build()
    }
}

/// A title without untrusted text, why, where else, what to do. Details of the evidence may be somebody's text; they
/// stand in the properties. `[1](1)` are links to the related locations.
fn result_message(rule: &Rule, f: &Finding, also: usize) -> String {
    let mut out = format!("{} ({}).", plain(&rule.name), words::confidence(f.confidence));
    let why: Vec<_> = f.evidence.iter().map(|e| Evidence::new(e.reason).text()).collect();
    if !why.is_empty() {
        out.push_str(&format!(" Why: {}.", why.join(", ")));
    }
    if also > 0 {
        let links: Vec<String> = (1..=also.min(3)).map(|n| format!("[{n}]({n})")).collect();
        out.push_str(&format!(
            " The same secret stands in {}: {}.",
            words::count(f.also.len() as u64, "other place", "other places"),
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

fn primary(f: &Finding) -> sarif::Location {
    let mut place = location(&f.location);
    if let Some(physical) = &mut place.physical_location {
        physical.context_region = context(&f.snippet, &f.location);
    }
    place
}

fn related_location(index: usize, place: &Location, text: &str) -> sarif::Location {
    let text = if text.is_empty() { "another part" } else { text };
    sarif::Location { id: Some(number(index as u64 + 1, 1)), message: Some(message(&plain(text))), ..location(place) }
}

fn location(place: &Location) -> sarif::Location {
    let part = words::kind(&place.origin).1;
    let uri = match place.origin.path() {
        Some(path) => escape::uri_path(path.strip_prefix(b"./").unwrap_or(path)),
        None => "stdin".to_owned(),
    };
    let uri = if uri.is_empty() { ".".to_owned() } else { uri };
    // A name or the target of a link is no content of the file: its first line stands for it.
    let region = match part {
        Some(_) => sarif::Region {
            start_line: Some(1),
            start_column: Some(1),
            end_line: Some(1),
            end_column: Some(1),
            ..Default::default()
        },
        None => region(place),
    };
    let logical = part.map(|part| {
        vec![sarif::LogicalLocation { kind: Some(part.into()), name: Some(uri.clone()), ..Default::default() }]
    });
    let base = (!matches!(place.origin, Origin::Stdin)).then(|| ROOT.to_owned());
    sarif::Location {
        physical_location: Some(sarif::PhysicalLocation {
            artifact_location: Some(sarif::ArtifactLocation {
                uri: Some(uri),
                uri_base_id: base,
                ..Default::default()
            }),
            region: Some(region),
            ..Default::default()
        }),
        logical_locations: logical,
        ..Default::default()
    }
}

fn region(place: &Location) -> sarif::Region {
    let (line, column) = (number(place.line, 1), number(place.column, 1));
    let end_line = number(place.end_line, 1).max(line);
    let end_column = number(place.end_column, 1);
    sarif::Region {
        start_line: Some(line),
        start_column: Some(column),
        end_line: Some(end_line),
        end_column: Some(if end_line == line { end_column.max(column) } else { end_column }),
        byte_offset: Some(number(place.byte_offset, 0)),
        byte_length: Some(number(place.byte_length, 0)),
        ..Default::default()
    }
}

/// The masked lines around it, if they hold the whole region, as the standard demands.
fn context(snippet: &Snippet, place: &Location) -> Option<sarif::Region> {
    let last = snippet.first_line.checked_add(snippet.lines.len() as u64)?.checked_sub(1)?;
    let holds = snippet.first_line >= 1 && snippet.first_line <= place.line && place.end_line <= last;
    let content = matches!(place.origin, Origin::File(_) | Origin::Stdin);
    (holds && content && !snippet.lines.is_empty()).then(|| sarif::Region {
        start_line: Some(number(snippet.first_line, 1)),
        end_line: Some(number(last, 1)),
        snippet: Some(sarif::ArtifactContent { text: Some(snippet.lines.join("\n")), ..Default::default() }),
        ..Default::default()
    })
}

fn invocation(run: &Run<'_>, results: usize) -> sarif::Invocation {
    let mut notifications: Vec<sarif::Notification> = run.outcome.gaps.iter().map(gap).collect();
    if results > SHOWN_RESULTS {
        let fate = if results > MOST_RESULTS {
            "and GitHub rejects a file with more than 25,000"
        } else {
            "this file holds all of them"
        };
        notifications.push(notification(
            "too-many-results",
            "warning",
            format!("{} results. GitHub shows the 5,000 most severe ones; {fate}.", words::thousands(results as u64)),
        ));
    }
    let verdict = run.verdict();
    let gating = words::count(verdict.gating as u64, "finding", "findings");
    let complete = if verdict.complete { "everything was looked at" } else { "not everything could be looked at" };
    sarif::Invocation {
        exit_code: Some(i64::from(run.exit)),
        exit_code_description: Some(format!("{gating} at or above the gate; {complete}")),
        tool_execution_notifications: Some(notifications),
        ..sarif::Invocation::builder().execution_successful(verdict.complete).build()
    }
}

fn gap(gap: &Gap) -> sarif::Notification {
    let what = escape::terminal(&gap.what);
    let text = format!(
        "Could not look at everything ({}). {}: {}. {}",
        gap.kind.name(),
        plain(&what),
        plain(&gap.why),
        gap.kind.help()
    );
    let mut out = notification(gap.kind.name(), if gap.blocks { "error" } else { "note" }, text);
    out.properties = Some(bag([("what", json!(what)), ("why", json!(gap.why)), ("blocks", json!(gap.blocks))]));
    out
}

fn notification(id: &str, level: &str, text: String) -> sarif::Notification {
    sarif::Notification {
        level: Some(json!(level)),
        descriptor: Some(sarif::ReportingDescriptorReference { id: Some(id.into()), ..Default::default() }),
        ..sarif::Notification::builder().message(message(&text)).build()
    }
}

fn message(text: &str) -> sarif::Message {
    sarif::Message { text: Some(text.into()), ..Default::default() }
}

fn texts(text: String, markdown: Option<String>) -> sarif::MultiformatMessageString {
    sarif::MultiformatMessageString { text, markdown, properties: None }
}

fn bag(entries: impl IntoIterator<Item = (&'static str, Value)>) -> sarif::PropertyBag {
    let additional_properties = entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    sarif::PropertyBag { tags: None, additional_properties }
}

/// Text inside a message: no characters that drive a viewer, no placeholder, no link. The standard would have brackets
/// escaped by a backslash, which not every viewer takes away again, so they become round.
fn plain(text: &str) -> String {
    let round = |c| match c {
        '[' | '{' => '(',
        ']' | '}' => ')',
        c => c,
    };
    escape::terminal(text.as_bytes()).chars().map(round).collect()
}

/// With a capital letter at its start and a full stop at its end.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut chars = text.chars();
    let start: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{start}{}{stop}", chars.as_str())
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_TEXT).collect()
}

/// "GitHub personal access token" as `GitHubPersonalAccessToken`: the standard wants an identifier that tells an end user
/// more than the id. A name without letters gives the id.
fn identifier(name: &str, id: &str) -> String {
    let capital = |word: &str| -> String {
        word.char_indices().map(|(i, c)| if i == 0 { c.to_ascii_uppercase() } else { c }).collect()
    };
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).map(capital);
    let out: String = words.collect();
    if out.is_empty() { id.to_owned() } else { out.chars().take(MOST_NAME).collect() }
}

fn number(n: u64, least: i64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX).max(least)
}

fn level(severity: Severity) -> sarif::ResultLevel {
    match severity {
        Severity::Critical | Severity::High => sarif::ResultLevel::Error,
        Severity::Medium => sarif::ResultLevel::Warning,
        Severity::Low | Severity::Info => sarif::ResultLevel::Note,
    }
}

fn level_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A string, in the ranges that GitHub reads as the same words: over 9 critical, 7 high, 4 medium, else low.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
        Severity::Info => "0.5",
    }
}

fn rank(confidence: Confidence) -> f64 {
    match confidence {
        Confidence::Proven => 99.0,
        Confidence::Likely => 80.0,
        Confidence::Possible => 40.0,
    }
}

/// What can be said of a rule before it has found anything: a checked form of its own, a form of its own, or neither.
fn precision(rule: &Rule) -> &'static str {
    match (rule.distinctive, rule.checks.is_empty()) {
        (true, false) => "very-high",
        (true, true) => "high",
        (false, _) => "medium",
    }
}

/// The weakness, as GitHub's tags name it (MITRE CWE).
fn cwe(family: Family) -> Option<&'static str> {
    match family {
        Family::Credential => Some("external/cwe/cwe-798"),
        Family::ProductionData => Some("external/cwe/cwe-312"),
        Family::Transport => Some("external/cwe/cwe-319"),
        Family::ExposedFile => Some("external/cwe/cwe-538"),
        Family::Policy => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Provenance, sample};
    use super::*;
    use crate::finding::Outcome;
    use crate::rule::RuleSet;

    fn written(run: &Run<'_>) -> Value {
        let mut out = Vec::new();
        Sarif.write(run, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    fn schema() -> jsonschema::Validator {
        let schema = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/sarif-2.1.0.schema.json")).unwrap();
        let schema: Value = serde_json::from_slice(&schema).unwrap();
        jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
    }

    #[test]
    fn logs_follow_the_schema_of_the_standard() {
        let rules = RuleSet::builtin();
        let validator = schema();
        assert!(!validator.is_valid(&json!({"version": "2.1.0", "runs": [{"tool": {}}]})), "the schema says nothing");
        for outcome in [sample::usual(&rules), sample::clean(), sample::hostile(&rules)] {
            let mut run = Run::new("scan", ".", &rules, &outcome);
            run.provenance = Some(Provenance {
                repository_uri: "https://example.org/team/project".into(),
                revision: Some("0".repeat(40)),
                branch: Some("main".into()),
            });
            let log = written(&run);
            let errors: Vec<_> = validator.iter_errors(&log).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:#?}");
            no_empty_strings(&log, "");
        }
    }

    /// GitHub rejects them where something is required; nowhere is one of use.
    fn no_empty_strings(value: &Value, at: &str) {
        match value {
            Value::String(s) => assert!(!s.is_empty(), "empty string at {at}"),
            Value::Array(list) => list.iter().for_each(|v| no_empty_strings(v, at)),
            Value::Object(map) => map.iter().for_each(|(k, v)| no_empty_strings(v, &format!("{at}/{k}"))),
            _ => {}
        }
    }

    #[test]
    fn all_rules_are_listed_with_what_github_wants() {
        let rules = RuleSet::builtin();
        let outcome = sample::clean();
        let log = written(&Run::new("scan", ".", &rules, &outcome));
        let listed = log.pointer("/runs/0/tool/driver/rules").and_then(Value::as_array).unwrap();
        assert_eq!(listed.len(), rules.len());
        assert!(listed.iter().any(|r| r["name"] == "GitHubPersonalAccessToken"));
        for rule in listed {
            for text in ["/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"] {
                assert!(rule.pointer(text).and_then(Value::as_str).is_some_and(|t| t.len() > 3), "{rule}");
            }
            let score: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
            assert!(score > 0.0 && score <= 10.0);
            assert!(rule["properties"]["tags"].as_array().unwrap().contains(&json!("security")));
        }
        assert_eq!(log["runs"][0]["results"], json!([]));
        assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], true);
    }

    #[test]
    fn a_result_says_all_that_it_must() {
        let rules = RuleSet::builtin();
        let outcome = sample::usual(&rules);
        let log = written(&Run::new("scan", ".", &rules, &outcome));
        let run = &log["runs"][0];
        let result = &run["results"][0];
        let id = outcome.findings[0].id.as_str();
        assert_eq!(result["ruleId"], "github-pat");
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "github-pat");
        assert_eq!(result["partialFingerprints"]["leakgate/v1"], id);
        assert_eq!(result["partialFingerprints"]["primaryLocationLineHash"], format!("{}:1", &id[5..21]));
        assert_eq!((result["rank"].as_f64(), &result["level"]), (Some(99.0), &json!("error")));
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(
            *region,
            json!({"startLine": 12, "startColumn": 21, "endLine": 12, "endColumn": 61, "byteOffset": 480, "byteLength": 40})
        );
        assert_eq!(result["relatedLocations"].as_array().unwrap().len(), 12);
        let text = result["message"]["text"].as_str().unwrap();
        assert!(text.starts_with("GitHub personal access token (proven). Why: its checksum is right"), "{text}");
        assert!(text.contains("12 other places: [1](1), [2](2), [3](3)."), "{text}");
        let encoded = &run["results"][2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(*encoded, "src/gr%C3%B6%C3%9Fe/%E9%80%A3%E6%8E%A5.py");

        let invocation = &run["invocations"][0];
        assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&json!(false), &json!(1)));
        let notes = invocation["toolExecutionNotifications"].as_array().unwrap();
        assert_eq!(notes.iter().map(|n| n["level"].as_str().unwrap()).collect::<Vec<_>>(), ["error", "note"]);
    }

    #[test]
    fn what_was_accepted_carries_its_justification() {
        let rules = RuleSet::builtin();
        let (clean, accepted) = (sample::clean(), sample::accepted(&rules));
        let mut run = Run::new("scan", ".", &rules, &clean);
        run.suppressed = &accepted;
        let log = written(&run);
        assert!(schema().is_valid(&log));
        let result = &log["runs"][0]["results"][0];
        assert_eq!(result["suppressions"][0]["justification"], "revoked in May");
        assert_eq!((&result["suppressions"][0]["kind"], &result["level"]), (&json!("external"), &json!("note")));
    }

    #[test]
    fn no_untrusted_text_makes_a_title_a_link_or_an_absolute_uri() {
        let rules = RuleSet::builtin();
        let outcome = sample::hostile(&rules);
        let log = written(&Run::new("scan", ".", &rules, &outcome));
        for result in log["runs"][0]["results"].as_array().unwrap() {
            let title = result["message"]["text"].as_str().unwrap();
            assert!(title.starts_with("GitHub personal access token (likely). Why:"), "{title}");
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
            assert!(!uri.starts_with('/') && !uri.contains([':', ' ', '#', '?', '\u{fffd}']), "{uri}");
        }
        assert_eq!(plain("[x](1) {0}"), "(x)(1) (0)");
    }

    #[test]
    fn more_results_than_github_shows_are_said() {
        let rules = RuleSet::builtin();
        let mut outcome: Outcome = sample::clean();
        let one = sample::finding(&rules, "github-pat", 1, sample::at(b"a", 1, 1, 40), Snippet::default());
        outcome.findings = vec![one; SHOWN_RESULTS + 1];
        let log = written(&Run::new("scan", ".", &rules, &outcome));
        assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), SHOWN_RESULTS + 1, "nothing is cut");
        let text =
            log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
        assert!(text.starts_with("5,001 results."), "{text}");
    }
}
