//! Code Quality: the list of issues that GitLab (in every tier) and others show beside a change.
//!
//! In: a run. Out: one issue per finding that the change brings, one per blocking gap, one for all that fails the check and is
//! hidden. Descriptions hold no untrusted text; the
//! fingerprint is our id, so that the same secret is the same issue everywhere.

use super::run::{Beginning, Report, Run};
use super::{change, labels, wire};
use crate::finding::{Finding, State};
use crate::rule::Severity;
use serde_json::{Value, json};
use std::io;

/// Issues in the form of Code Climate.
#[derive(Debug, Clone, Copy)]
pub struct Codequality;

impl Report for Codequality {
    fn write(&self, run: &Run<'_>, to: &mut dyn io::Write) -> io::Result<()> {
        let mut issues: Vec<Value> = change::brought(run).iter().map(|f| issue(run, f)).collect();
        for gap in run.outcome.gaps.iter().filter(|g| g.blocks) {
            let key = blake3::hash(&[gap.kind.name().as_bytes(), b"\0", &gap.what].concat()).to_hex();
            issues.push(json!({
                "description": format!("leaktight could not look at everything ({}). {}", gap.kind.name(), gap.help()),
                "check_name": format!("leaktight/gap/{}", gap.kind.name()),
                "fingerprint": &key[..32],
                "severity": "critical",
                "location": {"path": labels::path(&gap.what), "lines": {"begin": 1}},
            }));
        }
        // An issue has a file. This one is about the setting, whether the file or the flag made it.
        issues.extend(run.hidden_reason().map(|reason| {
            json!({
                "description": format!("leaktight: {reason}"),
                "check_name": "leaktight/hidden-findings",
                "fingerprint": &blake3::hash(b"hidden-findings").to_hex()[..32],
                "severity": "critical",
                "location": {"path": crate::config::FILE_NAME, "lines": {"begin": 1}},
            })
        }));
        // An issue has a file here as well: the setting's. It fails nothing, and says what the list is not about.
        issues.extend(run.excluded().map(|(glob, counts)| {
            let key = blake3::hash(&[b"excluded\0", glob.as_bytes()].concat()).to_hex();
            json!({
                "description": format!("leaktight: one glob of `exclude` left out {counts}"),
                "check_name": "leaktight/excluded",
                "fingerprint": &key[..32],
                "severity": "info",
                "location": {"path": crate::config::FILE_NAME, "lines": {"begin": 1}},
            })
        }));
        wire::pretty(&issues, to)
    }

    fn recognises(&self, beginning: &Beginning<'_>) -> bool {
        let dense = &beginning.dense;
        dense == "[]" || dense.starts_with("[{") && dense.contains(r#""check_name""#)
    }
}

fn issue(run: &Run<'_>, f: &Finding) -> Value {
    let rule = run.rules.rule(f.rule);
    let again =
        if f.state == Some(State::RemovedAgain) { format!(" {}", change::REMOVED_AGAIN) } else { String::new() };
    let place = change::at_the_end(f).unwrap_or(&f.location);
    json!({
        "description": format!("{} ({}).{again} {}", rule.name, f.confidence.name(), f.id.as_str()),
        "check_name": format!("leaktight/{}", rule.id),
        "fingerprint": f.id.as_str(),
        "severity": match f.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Info => "info",
        },
        "location": {"path": change::file(f), "lines": {"begin": place.line.max(1)}},
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;
    use crate::report::run::Command;
    use crate::rule::RuleSet;
    use std::collections::BTreeSet;

    #[test]
    fn issues_have_what_a_platform_needs() {
        let rules = RuleSet::builtin();
        for outcome in [fixtures::usual(&rules), fixtures::change(&rules), fixtures::clean()] {
            let run = Run::new(Command::Ci, "x", &rules, &outcome);
            let mut out = Vec::new();
            Codequality.write(&run, &mut out).unwrap();
            let issues: Vec<Value> = serde_json::from_slice(&out).unwrap();
            let blocking = outcome.gaps.iter().filter(|g| g.blocks).count();
            assert_eq!(issues.len(), change::brought(&run).len() + blocking);
            let prints: BTreeSet<_> = issues.iter().map(|i| i["fingerprint"].as_str().unwrap()).collect();
            assert_eq!(prints.len(), issues.len());
            for issue in &issues {
                let severity = issue["severity"].as_str().unwrap();
                assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
                let path = issue["location"]["path"].as_str().unwrap();
                assert!(!path.is_empty() && !path.starts_with("./"), "{path}");
                assert!(issue["location"]["lines"]["begin"].as_u64() >= Some(1) && issue["check_name"].is_string());
            }
        }
    }
}
