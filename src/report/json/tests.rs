//! Tests of the JSON reports against their schema.

use super::*;
use crate::report::fixtures;
use crate::report::run::Command;
use crate::rule::RuleSet;
use base64::Engine as _;
use serde_json::{Value, json};

fn written(report: &dyn Report, outcome: &crate::finding::Outcome, rules: &RuleSet) -> String {
    let mut out = Vec::new();
    report.write(&Run::new(Command::Scan, ".", rules, outcome), &mut out).unwrap();
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
    assert!(!open.is_valid(&json!({"schema": "leaktight/1"})), "the schema says nothing");
    let (past, evil) = (fixtures::history(&rules, "a", [1, 2, 3]), fixtures::hostile_history(&rules));
    for outcome in [fixtures::usual(&rules), fixtures::clean(), fixtures::hostile(&rules), past, evil] {
        let names = ["a".to_owned()];
        let mut run = Run::new(Command::Scan, ".", &rules, &outcome);
        run.repositories = &names;
        run.shard = Some(crate::report::run::Part { index: 1, count: 2, list: "0123456789abcdef".repeat(2) });
        run.made = Some(crate::report::run::RunInputs { now: 0, key: "none".into(), state: Some("s".into()) });
        let mut out = Vec::new();
        Json.write(&run, &mut out).unwrap();
        let mut document: Value = serde_json::from_slice(&out).unwrap();
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
    let text = written(&Jsonl, &fixtures::usual(&rules), &rules);
    let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(lines.iter().all(|l| line.is_valid(l)));
    let kinds: Vec<_> = lines.iter().map(|l| l["record"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["finding", "finding", "finding", "finding", "summary"]);
}

#[test]
fn numbers_say_what_the_run_means() {
    let rules = RuleSet::builtin();
    let outcome = fixtures::usual(&rules);
    let document: Value = serde_json::from_str(&written(&Json, &outcome, &rules)).unwrap();
    assert_eq!(document["summary"]["gating"], 3);
    assert_eq!(document["summary"]["exit_code"], 1);
    assert_eq!(document["summary"]["by_confidence"], json!({"possible": 1, "likely": 2, "proven": 1}));
    assert_eq!(document["run"]["complete"], false);
    assert_eq!(document["findings"][2]["secret"]["length"], Value::Null);
    assert_eq!(document["suppressed"], json!([]));

    let mut run = Run::new(Command::Scan, ".", &rules, &outcome);
    run.min_confidence = Confidence::Proven;
    run.also_limit = Some(5);
    let mut out = Vec::new();
    Json.write(&run, &mut out).unwrap();
    let document: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(document["findings"].as_array().unwrap().len(), 1, "only what is proven");
    let summary = &document["summary"];
    assert_eq!(
        (&summary["findings"], &summary["hidden"], &summary["hidden_gating"]),
        (&json!(1), &json!(3), &json!(2))
    );
    assert_eq!((&summary["gating"], &summary["exit_code"]), (&json!(3), &json!(1)), "hiding changes no exit code");
    assert_eq!(document["findings"][0]["also"].as_array().unwrap().len(), 5);
    assert_eq!(document["findings"][0]["also_total"], 12);
}

#[test]
fn what_was_accepted_is_there_and_gates_nothing() {
    let rules = RuleSet::builtin();
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (clean, accepted) = (fixtures::clean(), fixtures::accepted(&rules));
    let mut run = Run::new(Command::Scan, ".", &rules, &clean);
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
    let outcome = fixtures::hostile(&rules);
    let document: Value = serde_json::from_str(&written(&Json, &outcome, &rules)).unwrap();
    let place = &document["findings"][0]["location"];
    let bytes = base64::engine::general_purpose::STANDARD.decode(place["path_bytes"].as_str().unwrap()).unwrap();
    assert_eq!(Some(bytes.as_slice()), outcome.findings[0].location.origin.path());
    assert!(place["path"].as_str().unwrap().contains('\u{fffd}'));
    let usual: Value = serde_json::from_str(&written(&Json, &fixtures::usual(&rules), &rules)).unwrap();
    assert_eq!(usual["findings"][2]["location"]["path"], "src/größe/連接.py");
    assert!(usual["findings"][2]["location"].get("path_bytes").is_none());
}
