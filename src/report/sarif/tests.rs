//! Tests of the SARIF log against the standard's schema and what code scanning wants.

use super::*;
use crate::finding::{Outcome, Snippet};
use crate::report::fixtures;
use crate::report::run::{Command, Provenance};
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
    let repositories = ["a/b".to_owned(), "c d".to_owned()];
    let past = fixtures::history(&rules, "a/b", [1, 2, 3]);
    let evil = fixtures::hostile_history(&rules);
    for outcome in
        [fixtures::usual(&rules), fixtures::clean(), fixtures::change(&rules), fixtures::hostile(&rules), past, evil]
    {
        let mut run = Run::new(Command::Scan, ".", &rules, &outcome);
        run.provenance = Some(Provenance {
            repository_uri: "https://example.org/team/project".into(),
            revision: Some("0".repeat(40)),
            branch: Some("main".into()),
        });
        let from_elsewhere = written(&run);
        run.provenance = None;
        run.repositories = &repositories;
        for log in [from_elsewhere, written(&run)] {
            let errors: Vec<_> = validator.iter_errors(&log).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:#?}");
            no_empty_strings(&log, "");
        }
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
    let outcome = fixtures::clean();
    let log = written(&Run::new(Command::Scan, ".", &rules, &outcome));
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
    let outcome = fixtures::usual(&rules);
    let log = written(&Run::new(Command::Scan, ".", &rules, &outcome));
    let run = &log["runs"][0];
    let result = &run["results"][0];
    let id = outcome.findings[0].id.as_str();
    assert_eq!(result["ruleId"], "github-pat");
    let index = result["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "github-pat");
    assert_eq!(result["partialFingerprints"]["leaktight/v1"], id);
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
    let (clean, accepted) = (fixtures::clean(), fixtures::accepted(&rules));
    let mut run = Run::new(Command::Scan, ".", &rules, &clean);
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
    let outcome = fixtures::hostile(&rules);
    let log = written(&Run::new(Command::Scan, ".", &rules, &outcome));
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
    let mut outcome: Outcome = fixtures::clean();
    let one = fixtures::finding(&rules, "github-pat", 1, fixtures::at(b"a", 1, 1, 40), Snippet::default());
    outcome.findings = vec![one; SHOWN_RESULTS + 1];
    let log = written(&Run::new(Command::Scan, ".", &rules, &outcome));
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), SHOWN_RESULTS + 1, "nothing is cut");
    let text = log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(text.starts_with("5,001 results."), "{text}");
}

#[test]
fn places_in_a_repository_say_commit_object_and_refs() {
    let rules = RuleSet::builtin();
    let outcome = fixtures::history(&rules, "team/a b", [1, 2, 3]);
    let names = ["lib".to_owned(), "team/a b".to_owned()];
    let mut run = Run::new(Command::History, "2 repositories", &rules, &outcome);
    run.repositories = &names;
    let log = written(&run);
    let result = &log["runs"][0]["results"][0];
    let place = &result["locations"][0];
    assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], "team/a%20b/deploy/0.sh");
    assert_eq!(place["properties"]["commit"], "01".repeat(20));
    assert_eq!(place["properties"]["object"], "65".repeat(20));
    assert_eq!(place["properties"]["refs"], json!(["refs/heads/main"]));
    let logical = place["logicalLocations"].as_array().unwrap();
    let kinds: Vec<_> = logical.iter().map(|l| l["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["repository", "commit", "object", "ref"]);
    assert_eq!(logical[3]["fullyQualifiedName"], "team/a b:refs/heads/main");
    assert_eq!(result["properties"]["life"]["first"], "2019-03-02T10:10:01Z");
    let provenance = &log["runs"][0]["versionControlProvenance"];
    assert_eq!(provenance[1]["repositoryUri"], "urn:leaktight:repository:team/a%20b");
    assert_eq!(provenance[1]["mappedTo"]["uri"], "team/a%20b/");
}

#[test]
fn a_gate_says_what_the_change_does() {
    let rules = RuleSet::builtin();
    let mut outcome = fixtures::change(&rules);
    for (state, word) in State::ALL.iter().zip(["new", "new", "updated", "unchanged"]) {
        outcome.findings.truncate(1);
        outcome.findings[0].state = Some(*state);
        let log = written(&Run::new(Command::Range, "a..b", &rules, &outcome));
        let result = &log["runs"][0]["results"][0];
        assert_eq!((&result["baselineState"], &result["properties"]["state"]), (&json!(word), &json!(state.name())));
    }
}
