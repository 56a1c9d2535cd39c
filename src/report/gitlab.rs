//! GitLab: the secret detection report (`gl-secret-detection-report.json`), schema 15.2.1.
//!
//! In: a run. Out: one vulnerability a finding that the change brings. A report that does not follow its schema is dropped
//! whole, so lengths are bounded here. It has no extract of the source (that field is meant for the secret itself), no
//! untrusted text in what GitLab renders as Markdown, and the run's own "now" for both times, so that reports compare.

use super::change::{self, at_the_end};
use super::markdown::prose;
use super::run::{Beginning, Report, Run};
use super::{labels, wire};
use crate::finding::{Finding, State};
use crate::rule::{Family, Severity};
use crate::time;
use serde_json::{Value, json};
use std::io;

/// The version of the schema.
const VERSION: &str = "15.2.1";
/// Longest name of a vulnerability, in characters.
const NAME: usize = 255;

/// GitLab's report of secret detection.
#[derive(Debug, Clone, Copy)]
pub struct Gitlab;

impl Report for Gitlab {
    fn write(&self, run: &Run<'_>, to: &mut dyn io::Write) -> io::Result<()> {
        let tool = json!({
            "id": env!("CARGO_PKG_NAME"),
            "name": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "vendor": {"name": env!("CARGO_PKG_NAME")},
        });
        let now = time::date_time(run.now.or(run.made.as_ref().map(|m| m.now)).unwrap_or(0));
        let now = now.trim_end_matches('Z');
        let complete = run.outcome.complete();
        let report = json!({
            "version": VERSION,
            "scan": {
                "analyzer": tool,
                "scanner": tool,
                "type": "secret_detection",
                "start_time": now,
                "end_time": now,
                "status": if complete { "success" } else { "failure" },
                "messages": messages(run),
            },
            "vulnerabilities": change::brought(run).iter().map(|f| vulnerability(run, f)).collect::<Vec<_>>(),
        });
        wire::pretty(&report, to)
    }

    fn recognises(&self, beginning: &Beginning<'_>) -> bool {
        beginning.is_object_with(&[r#""analyzer""#, r#""vulnerabilities""#])
    }
}

fn messages(run: &Run<'_>) -> Vec<Value> {
    let one = |level: &str, text: String| json!({"level": level, "value": text});
    let gaps = run.outcome.gaps.iter().map(|gap| {
        let text = format!("{}: {}: {}. {}", gap.kind.name(), labels::path(&gap.what), gap.why, gap.help());
        one(if gap.blocks { "fatal" } else { "warn" }, crate::text::escape::terminal(text.as_bytes()).into_owned())
    });
    let accepted = run.suppressed.len() as u64;
    let accepted = (accepted > 0)
        .then(|| one("info", format!("{} accepted by the policy", labels::count(accepted, "finding", "findings"))));
    let hidden = match (run.hidden() as u64, run.hidden_reason()) {
        (0, _) => None,
        (_, Some(reason)) => Some(one("fatal", reason)),
        (n, None) => {
            Some(one("info", format!("{} hidden by --min-confidence", labels::count(n, "finding", "findings"))))
        }
    };
    let excluded = run.excluded().map(|(glob, counts)| {
        let level = if run.excludes_everything() { "warn" } else { "info" };
        one(level, format!("excluded by {}: {counts}", crate::text::escape::terminal(glob.as_bytes())))
    });
    gaps.chain(hidden).chain(accepted).chain(excluded).collect()
}

fn vulnerability(run: &Run<'_>, f: &Finding) -> Value {
    let rule = run.rules.rule(f.rule);
    let name: String = prose(&rule.name).chars().take(NAME).collect();
    let mut description = format!("{} ({}). Why: {}.", prose(&rule.name), f.confidence.name(), change::why(f));
    if f.state == Some(State::RemovedAgain) {
        description += &format!(" {}", change::REMOVED_AGAIN);
    }
    description += &format!(" Its id is {}.", f.id.as_str());
    let identifier = |kind: &str, name: &str, value: &str| json!({"type": kind, "name": name, "value": value});
    let mut identifiers = vec![identifier("leaktight_rule_id", &format!("leaktight rule {}", rule.id), &rule.id)];
    // CWE-798 is the use of credentials in code; data and connections are something else.
    if rule.family == Family::Credential {
        identifiers.push(identifier("cwe", "CWE-798", "798"));
    }
    json!({
        "id": uuid(f.id.as_str()),
        "name": name,
        "description": description,
        "severity": severity(f.severity),
        "solution": prose(&rule.help),
        "identifiers": identifiers,
        "location": location(f),
    })
}

fn location(f: &Finding) -> Value {
    let place = at_the_end(f).unwrap_or(&f.location);
    let commit = place.origin.git().and_then(|git| git.commit.as_deref());
    let commit = commit.filter(|id| id.bytes().all(|b| b.is_ascii_hexdigit()));
    let line = place.line.max(1);
    json!({
        "file": change::file(f),
        "start_line": line,
        "end_line": place.end_line.max(line),
        // Demanded; what lies on disk has none.
        "commit": {"sha": commit.unwrap_or("0000000")},
    })
}

/// The id in the form of a UUID (version 8, which is free for the writer), because GitLab recommends one.
fn uuid(id: &str) -> String {
    let mut hex: Vec<char> = id.chars().rev().filter(char::is_ascii_hexdigit).take(32).collect();
    hex.resize(32, '0');
    hex.reverse();
    (hex[12], hex[16]) = ('8', '8');
    let part = |from: usize, to: usize| hex[from..to].iter().collect::<String>();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Info",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;
    use crate::report::run::Command;
    use crate::rule::RuleSet;

    fn written(run: &Run<'_>) -> Value {
        let mut out = Vec::new();
        Gitlab.write(run, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    /// What the schema demands, field by field.
    #[test]
    fn reports_have_what_the_schema_demands() {
        let rules = RuleSet::builtin();
        for outcome in [
            fixtures::usual(&rules),
            fixtures::clean(),
            fixtures::change(&rules),
            fixtures::hostile(&rules),
            fixtures::hostile_history(&rules),
        ] {
            let mut run = Run::new(Command::Ci, "x", &rules, &outcome);
            run.now = Some(1_795_219_200);
            let report = written(&run);
            assert_eq!(report["version"], VERSION);
            let scan = &report["scan"];
            assert_eq!(scan["type"], "secret_detection");
            assert_eq!(
                (&scan["start_time"], &scan["end_time"]),
                (&json!("2026-11-21T00:00:00"), &json!("2026-11-21T00:00:00"))
            );
            assert_eq!(scan["status"], if outcome.complete() { "success" } else { "failure" });
            for who in ["analyzer", "scanner"] {
                for field in ["id", "name", "version"] {
                    assert!(scan[who][field].as_str().is_some_and(|t| !t.is_empty()));
                }
                assert!(scan[who]["vendor"]["name"].is_string());
            }
            for message in scan["messages"].as_array().unwrap() {
                assert!(["info", "warn", "fatal"].contains(&message["level"].as_str().unwrap()));
                assert!(!message["value"].as_str().unwrap().is_empty());
            }
            let all = report["vulnerabilities"].as_array().unwrap();
            assert_eq!(all.is_empty(), outcome.findings.is_empty());
            for v in all {
                let text = |field: &str| v[field].as_str().unwrap().to_owned();
                let id = text("id");
                assert!(id.len() == 36 && id.split('-').map(str::len).eq([8, 4, 4, 4, 12]), "{id}");
                assert!(text("name").chars().count() <= NAME && text("solution").len() < 7000);
                assert!(["Info", "Low", "Medium", "High", "Critical"].contains(&text("severity").as_str()));
                for identifier in v["identifiers"].as_array().unwrap() {
                    assert!(
                        ["type", "name", "value"].iter().all(|f| identifier[f].as_str().is_some_and(|t| !t.is_empty()))
                    );
                }
                assert!(!v["identifiers"].as_array().unwrap().is_empty());
                let location = &v["location"];
                assert!(!location["file"].as_str().unwrap().is_empty() && location["start_line"].as_u64() >= Some(1));
                assert!(location["commit"]["sha"].as_str().unwrap().bytes().all(|b| b.is_ascii_hexdigit()));
                assert!(v.get("raw_source_code_extract").is_none());
                for c in ['[', '<', '`', '*'] {
                    assert!(!text("description").contains(c), "{}", text("description"));
                }
            }
        }
    }

    #[test]
    fn ids_follow_from_ours_and_differ() {
        let one = uuid("lt1:r0123456789abcdef0123456789abcdef");
        assert_eq!(one, "01234567-89ab-8def-8123-456789abcdef");
        assert_ne!(one, uuid("lt1:r1123456789abcdef0123456789abcdef"));
    }
}
