//! Rules in SARIF: every one of the set, every time, as code scanning wants it.
//!
//! In: a rule. Out: its descriptor with level, severity score, precision, tags and help. What is said of a rule does not
//! depend on what it found, so that alerts do not change between runs.

use super::parts::{sentence, texts};
use crate::rule::{Family, Rule, Severity};
use serde_json::json;
use serde_sarif::sarif;
use std::collections::BTreeMap;

/// Longest description and name that GitHub takes.
const MOST_TEXT: usize = 1024;
const MOST_NAME: usize = 255;

/// The descriptor of a rule.
pub(super) fn rule_descriptor(rule: &Rule) -> sarif::ReportingDescriptor {
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
