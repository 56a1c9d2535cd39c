//! The schema for editors against what is read; places and masking in messages; the layers.

#![allow(clippy::unwrap_used)] // a test may panic

use super::read::parse;
use super::reader::Beside;
use super::*;
use crate::finding::evidence::Confidence;
use crate::fs::{ConfigError, Disk};
use crate::report::Format;
use crate::rule::Environment;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn read(text: &str) -> Result<Layer, ConfigError> {
    whole(text).map(|file| file.layer)
}

fn whole(text: &str) -> Result<File, ConfigError> {
    parse(Path::new("leaktight.toml"), text.as_bytes(), &Beside::Anywhere(Path::new(".")), Format::NAMES)
}

/// Every `section.key` of the schema with its description.
fn of_schema() -> Vec<(String, String, Value)> {
    let schema: Value = serde_json::from_str(&schema(Format::NAMES)).unwrap();
    let mut out = Vec::new();
    for (section, of) in schema["properties"].as_object().unwrap() {
        // Tables in tables have tests of their own.
        let properties = of["properties"].as_object().into_iter().flatten();
        for (key, value) in properties.filter(|(_, value)| value["type"] != "object" && value.get("$ref").is_none()) {
            out.push((section.clone(), key.clone(), value.clone()));
        }
    }
    out
}

/// A TOML value that the schema allows.
fn example(schema: &Value) -> String {
    if let Some(names) = schema["enum"].as_array() {
        return names[0].to_string();
    }
    match schema["type"].as_str().unwrap() {
        "boolean" => "true".into(),
        "integer" => schema["minimum"].to_string(),
        "array" if schema["items"]["enum"].is_array() => format!("[{}]", schema["items"]["enum"][0]),
        "array" => "[\"x\"]".into(),
        other => panic!("no example for {other}"),
    }
}

#[test]
fn every_key_of_the_schema_is_read_and_every_key_that_is_read_is_in_the_schema() {
    let keys = of_schema();
    for (section, key, schema) in &keys {
        let layer = read(&format!("[{section}]\n{key} = {}\n", example(schema))).unwrap();
        assert_ne!(layer, Layer::default(), "{section}.{key} is read and ignored");
        if let Some(names) = schema["enum"].as_array() {
            for name in names {
                read(&format!("[{section}]\n{key} = {name}\n")).unwrap();
            }
        }
        for bad in ["\"no such value\"", "-1", "{}"] {
            read(&format!("[{section}]\n{key} = {bad}\n")).unwrap_err();
        }
    }
    let settings = Settings::layered(PathBuf::new(), None, Layer::default());
    let mut known: Vec<String> = settings.rows().into_iter().map(|(key, ..)| key).collect();
    let mut schema: Vec<String> = keys.iter().map(|(s, k, _)| format!("{s}.{k}")).collect();
    known.sort_unstable();
    schema.sort_unstable();
    assert_eq!(known, schema);
}

#[test]
fn defaults_of_the_schema_are_the_defaults() {
    let settings = Settings::layered(PathBuf::new(), None, Layer::default());
    for (section, key, schema) in of_schema() {
        let Some(default) = schema.get("default") else { continue };
        let rows = settings.rows();
        let (_, shown, _) = rows.iter().find(|(k, ..)| *k == format!("{section}.{key}")).unwrap();
        assert_eq!(*shown, default.to_string(), "{section}.{key}");
    }
}

#[test]
fn a_mistake_has_its_place_and_a_way_out() {
    let error = read("# gate\n[gate]\nfial-on = \"high\"\n").unwrap_err();
    assert_eq!(error.place, Some((3, 1)));
    let text = error.to_string();
    assert!(text.starts_with("leaktight.toml:3:1: unknown key `fial-on`; did you mean `fail-on`?"), "{text}");
    assert!(text.contains("`confidence`, `fail-on`, `strict`"), "{text}");
    assert!(text.ends_with("\n 3 | fial-on = …\n   | ^^^^^^^"), "{text}");

    let error = read("[gate]\n\tfail-on = \"hihg\"\n").unwrap_err();
    assert_eq!(error.place, Some((2, 12)));
    assert!(error.to_string().ends_with("\n 2 |  fail-on = \"hihg\"\n   |            ^^^^^^"), "{error}");

    assert_eq!(read("[gate]\nstrict = 1\n").unwrap_err().message, "this is an integer; write a boolean");
    assert_eq!(read("[scan]\nthreads = 0\n").unwrap_err().place, Some((2, 11)));
    assert_eq!(read("[gate\n").unwrap_err().place.map(|p| p.0), Some(1));
    assert_eq!(read("[gates]\n").unwrap_err().place, Some((1, 2)));
}

#[test]
fn no_value_of_a_wrong_file_is_shown() {
    let typed = ["hunt", "er2", "hunter2"].concat();
    for text in [
        format!("PASSWORD={typed}\n"),
        format!("PASSWORD=\"{typed}\"\n"),
        format!("gate = \"{typed}\"\n"),
        format!("[gate]\nstrict = 1\n{}\n", typed.repeat(4)),
        format!("{}\n", typed.repeat(4)),
        format!("[gate]\npassword=\n  \"{typed}\"\n"),
        format!("[gate]\npassword:\n  {typed}\n"),
    ] {
        let shown = read(&text).unwrap_err().to_string();
        assert!(!shown.contains(&typed), "{shown}");
    }
}

#[test]
fn messages_cannot_drive_a_terminal() {
    for text in
        ["\"\\u001b[31m\" = 1\n", "[gate]\nfail-on = \"\\u001b]0;x\\u0007\"\n", "\u{1b}[2J = 1\n", "x = \u{202e}\n"]
    {
        let shown = read(text).unwrap_err().to_string();
        assert!(!shown.chars().any(|c| c != '\n' && crate::text::escape::is_unsafe(c)), "{shown:?}");
    }
}

#[test]
fn flags_win_over_the_file_and_the_file_over_defaults() {
    let layer = read("[gate]\nfail-on = \"low\"\nconfidence = \"proven\"\n").unwrap();
    let file = File { path: PathBuf::from("leaktight.toml"), layer, ..File::default() };
    let flags = Layer { fail_on: Some(Setting::flag(None, "--fail-on")), ..Layer::default() };
    let settings = Settings::layered(PathBuf::new(), Some(file), flags);
    assert_eq!(settings.fail_on, Setting { value: None, source: Source::Flag("--fail-on") });
    assert_eq!(settings.gate_confidence, Setting { value: Confidence::Proven, source: Source::File(3) });
    assert_eq!(settings.min_confidence, Setting { value: Confidence::Possible, source: Source::Default });
}

#[test]
fn a_file_that_was_found_names_rule_files_below_its_folder_only() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("tree");
    std::fs::create_dir(&root).unwrap();
    std::fs::write(root.join("ours.toml"), "").unwrap();
    std::fs::write(folder.path().join("theirs.toml"), "").unwrap();
    let try_file = |name: &str, below| {
        let text = format!("[rules]\nfiles = [{name:?}]\n");
        let disk = Disk::new(&root);
        let beside = if below { Beside::Below(&disk, &root) } else { Beside::Anywhere(&root) };
        parse(Path::new("leaktight.toml"), text.as_bytes(), &beside, Format::NAMES)
    };
    assert!(try_file("ours.toml", true).is_ok());
    assert!(try_file("../theirs.toml", true).is_err());
    assert!(try_file("../theirs.toml", false).is_ok());
    let absolute = folder.path().join("theirs.toml");
    assert!(try_file(absolute.to_str().unwrap(), true).is_err());
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../theirs.toml", root.join("link.toml")).unwrap();
        assert!(try_file("link.toml", true).is_err());
        std::os::unix::fs::symlink("ours.toml", root.join(FILE_NAME)).unwrap();
        assert!(read_at(&root, Format::NAMES).is_err());
    }
}

#[test]
fn a_salt_is_64_digits_in_a_plain_file() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read_salts(folder.path()), Ok(Vec::new()));
    std::fs::create_dir(folder.path().join(".leaktight")).unwrap();
    assert_eq!(read_salts(folder.path()), Ok(Vec::new()));
    let salt = folder.path().join(".leaktight/salt");
    std::fs::write(&salt, format!("{}\n", "0aF1".repeat(16))).unwrap();
    assert_eq!(read_salts(folder.path()).unwrap()[0][..3], [0x0a, 0xf1, 0x0a]);
    for bad in ["", "0a", &"0g".repeat(32), &"0a".repeat(33)] {
        std::fs::write(&salt, bad).unwrap();
        assert!(read_salts(folder.path()).is_err(), "{bad:?}");
    }
}

#[test]
fn the_root_is_the_nearest_work_tree_of_what_is_scanned() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::create_dir(folder.path().join("a/.git")).unwrap();
    std::fs::write(folder.path().join("a/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
    // An empty one makes no work tree.
    std::fs::create_dir(deep.join(".git")).unwrap();
    let a = folder.path().join("a");
    assert_eq!(root(&deep), a);
    assert_eq!(root(&deep.join("file.txt")), a);
    assert_eq!(root(&a.join(".")), a);
    assert_eq!(root(&a), a);
    assert_eq!(root(&deep.join("..")), std::fs::canonicalize(&a).unwrap());
    // A worktree's `.git` is a file.
    std::fs::remove_dir(deep.join(".git")).unwrap();
    std::fs::write(deep.join(".git"), "gitdir: elsewhere").unwrap();
    assert_eq!(root(&deep), a);
    std::fs::create_dir(deep.join("elsewhere")).unwrap();
    std::fs::write(deep.join("elsewhere/HEAD"), "ref: refs/heads/main\n").unwrap();
    assert_eq!(root(&deep), deep);
}

#[test]
fn gates_of_families_and_environments_decide_in_order() {
    let file = whole(
        "[gate.environment.test]\nfail-on = \"never\"\n[gate.family.transport]\nconfidence = \"proven\"\nfail-on = \"high\"\n",
    )
    .unwrap();
    let sections: Vec<&str> = file.gates.iter().map(|g| g.section.as_str()).collect();
    assert_eq!(sections, ["gate.family.transport", "gate.environment.test"]);
    assert_eq!(file.gates[1].gate.fail_on, Some(None));
    let settings = Settings::layered(PathBuf::new(), Some(file), Layer::default());
    let rows = settings.rows();
    assert!(rows.contains(&("gate.family.transport.fail-on".into(), "\"high\"".into(), Source::File(5))), "{rows:?}");
    for bad in ["[gate.family.credentials]\n", "[gate.environment.test]\nfial-on = \"low\"\n", "[gate.environment.x]\n"]
    {
        assert!(whole(bad).unwrap_err().place.is_some());
    }
}

#[test]
fn every_environment_can_have_a_gate() {
    let schema: Value = serde_json::from_str(include_str!("../config.schema.json")).unwrap();
    let known = &schema["properties"]["gate"]["properties"]["environment"]["properties"];
    for environment in Environment::ALL {
        let name = environment.name();
        let file = whole(&format!("[gate.environment.{name}]\nfail-on = \"low\"\n")).unwrap();
        assert_eq!(file.gates[0].gate.environment, Some(*environment));
        assert!(known.get(name).is_some(), "{name} is not in the schema");
    }
    assert_eq!(known.as_object().unwrap().len(), Environment::ALL.len());
}

#[test]
fn gaps_are_accepted_by_name_only() {
    let gap = |kind: &str, path: &str, rest: &str| {
        whole(&format!("[[gap]]\nkind = {kind:?}\npath = {path:?}\n{rest}")).map(|f| f.gaps)
    };
    let reason = "reason = \"a fixture\"\n";
    let gaps = gap("archive", "fixtures/*.zip", &format!("{reason}expires = \"2026-12-31\"\n")).unwrap();
    assert!(gaps[0].path.matches(b"fixtures/a.zip") && gaps[0].line == 2 && gaps[0].expires.is_some());
    for kind in ["damaged-index", "damaged-pack", "corrupt-object", "self-test", "missing-base", "shallow", "panic"] {
        let message = gap(kind, "a", reason).unwrap_err().message;
        assert!(message.contains("cannot be accepted"), "{kind}: {message}");
    }
    for (kind, _) in accept::acceptable() {
        assert!(gap(kind, "a", reason).is_ok());
    }
    for (kind, path, rest) in [
        ("archives", "a", reason),
        ("archive", "**", reason),
        ("archive", "a", ""),
        ("archive", "a", "reason = \" \"\n"),
        ("archive", "a", "reason = \"x\"\nexpires = \"soon\"\n"),
        ("archive", "a", "reason = \"x\"\nline = 3\n"),
    ] {
        assert!(gap(kind, path, rest).unwrap_err().place.is_some(), "{kind} {path} {rest}");
    }
}

/// An editor that knows fewer values than the program refuses a file that is right, and one that knows more accepts a wrong one.
#[test]
fn the_schema_lists_exactly_the_values_that_are_accepted() {
    let schema: Value = serde_json::from_str(&schema(Format::NAMES)).unwrap();
    fn names<T>(table: &[(&str, T)]) -> Value {
        table.iter().map(|(name, _)| *name).collect()
    }
    let formats: Value = Format::NAMES.iter().copied().collect();
    let (confidences, fail_on) = (names(CONFIDENCES), names(FAIL_ON));
    for (place, expected) in [
        ("/properties/report/properties/format", &formats),
        ("/properties/report/properties/min-confidence", &confidences),
        ("/properties/gate/properties/confidence", &confidences),
        ("/properties/gate/properties/fail-on", &fail_on),
        ("/$defs/gate/properties/confidence", &confidences),
        ("/$defs/gate/properties/fail-on", &fail_on),
        ("/properties/gap/items/properties/kind", &accept::acceptable().map(|(name, _)| name).collect()),
    ] {
        assert_eq!(schema.pointer(place).unwrap()["enum"], *expected, "{place}");
    }
    for format in Format::ALL.iter().copied() {
        let layer = read(&format!("[report]\nformat = \"{format}\"\n")).unwrap();
        assert_eq!(layer.format.map(|f| f.value), Some(format.name()));
    }
}

#[test]
fn the_schema_knows_every_dialect() {
    let schema: Value = serde_json::from_str(&schema(Format::NAMES)).unwrap();
    let of_schema = &schema["properties"]["policy"]["properties"]["dialects"]["items"]["enum"];
    assert_eq!(*of_schema, serde_json::json!(crate::policy::comment::DIALECTS));
    let layer = read("[policy]\ncomments = false\ndialects = [\"gitleaks\"]\n").unwrap();
    assert_eq!(layer.comments.map(|c| c.value), Some(false));
    assert!(read("[policy]\ndialects = [\"gitleak\"]\n").unwrap_err().message.contains("`gitleaks`"));
}
