//! Readers of structure and law 3: a name and its value at any distance up to their reach, and not beyond it; the same in
//! windows, in fresh ranges, and in the history of a file.

use crate::harness::{Tree, made};
use crate::history::{commit, init};
use leaktight::blob::Fresh;
use leaktight::detect::{Candidate, Detector, Input};
use leaktight::example::expand;
use leaktight::rule::{MAX_REACH, RuleSet};
use std::sync::LazyLock;

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);
static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&RULES, 1_800_000_000));

/// How far readers pair a name with its value, in bytes.
const FAR: usize = 96 * 1024;
/// Records with `§` for the value and `¤` for what stands between name and value.
const RECORDS: &[&str] = &[
    "{\"name\": \"DB_PASSWORD\", \"note\": \"¤\", \"value\": \"§\"}",
    "{\"value\": \"§\", \"note\": \"¤\", \"key\": \"DB_PASSWORD\"}",
    "{\"name\": \"DB_PASSWORD\", \"more\": [{\"a\": \"¤\"}], \"value\": \"§\"}",
    "- name: DB_PASSWORD\n  note: ¤\n  value: §\n",
    "- value: §\n  note: ¤\n  name: DB_PASSWORD\n",
    "<p><name>db.password</name><note>¤</note><value>§</value></p>",
    "<p><value>§</value><note>¤</note><name>db.password</name></p>",
    "<add key=\"DbPassword\" note=\"¤\" value=\"§\"/>",
    "kind: Secret\nmetadata:\n  note: ¤\nstringData:\n  value: §\n",
    "stringData:\n  value: §\nmetadata:\n  note: ¤\nkind: Secret\n",
];

fn record(form: &str, distance: usize, value: &str) -> String {
    form.replace('¤', &"lorem ipsum ".repeat(distance / 12)).replace('§', value)
}

fn facts(c: &Candidate, shift: usize) -> String {
    let moved = |r: &std::ops::Range<usize>| r.start + shift..r.end + shift;
    format!("{} {:?} {:?} {:?}", RULES.rule(c.rule).id, moved(&c.secret), moved(&c.whole), c.evidence)
}

fn found(text: &str, value: &str) -> bool {
    let at = text.find(value).expect("the value is there");
    DETECTOR.candidates(&Input::all(text.as_bytes())).candidates.iter().any(|c| c.secret == (at..at + value.len()))
}

#[test]
fn a_value_is_paired_with_its_name_up_to_the_reach_and_not_beyond() {
    let value = made("{{base62(24)}}", 3);
    for form in RECORDS {
        for distance in [0, 300, 700, 2_000, 5_000, 40_000, FAR - 4_000] {
            assert!(found(&record(form, distance, &value), &value), "{distance} bytes: {form}");
        }
        assert!(!found(&record(form, FAR + 2_000, &value), &value), "beyond the reach: {form}");
    }
}

#[test]
fn fresh_ranges_anywhere_between_name_and_value_find_the_same() {
    let value = made("{{base62(24)}}", 4);
    for form in RECORDS {
        let text = format!("{}\n{}\n{}", "x = 1\n".repeat(400), record(form, 20_000, &value), "y = 2\n".repeat(400));
        let text = text.as_bytes();
        let all = DETECTOR.candidates(&Input::all(text)).candidates;
        let at = memchr::memmem::find(text, value.as_bytes()).expect("the value is there");
        assert!(all.iter().any(|c| c.secret.start == at), "{form}");
        for from in (0..text.len()).step_by(911) {
            let fresh = vec![from..from + 3, text.len() + 9..text.len() + 9];
            let touched = Fresh::Ranges(&fresh);
            let want: Vec<_> = all.iter().filter(|c| touched.touches(c.depends.clone())).map(|c| facts(c, 0)).collect();
            let got = DETECTOR.candidates(&Input { fresh: touched, ..Input::all(text) }).candidates;
            let got: Vec<_> = got.iter().map(|c| facts(c, 0)).collect();
            assert_eq!(got, want, "{form}: fresh at {from}");
        }
    }
}

#[test]
fn windows_that_divide_a_record_find_the_same() {
    let value = made("{{base62(24)}}", 5);
    for form in RECORDS {
        let text =
            format!("{}\n{}\n{}", "x = 1\n".repeat(30_000), record(form, 60_000, &value), "y = 2\n".repeat(30_000));
        let text = text.as_bytes();
        let mut all: Vec<_> = DETECTOR.candidates(&Input::all(text)).candidates.iter().map(|c| facts(c, 0)).collect();
        assert!(!all.is_empty(), "{form}");
        all.sort();
        for cut in (178_000..244_000).step_by(6_007) {
            let mut parts = Vec::new();
            for core in [0..cut, cut..text.len()] {
                let from = core.start.saturating_sub(MAX_REACH);
                let to = text.len().min(core.end + MAX_REACH);
                let core = core.start - from..core.end - from;
                let input = Input { core, ..Input::all(&text[from..to]) };
                parts.extend(DETECTOR.candidates(&input).candidates.iter().map(|c| facts(c, from)));
            }
            parts.sort();
            parts.dedup();
            assert_eq!(parts, all, "{form}: cut at {cut}");
        }
    }
}

/// In a history only what is new is looked at: a field that gets its telling label far away from the telling word.
#[test]
fn a_history_finds_a_pair_that_a_change_far_from_the_name_makes() {
    let value = made("{{base62(24)}}", 6);
    let tree = Tree::new();
    init(&tree, "git");
    for (n, form) in RECORDS.iter().enumerate() {
        let text = record(form, 30_000, &value).replace("value", "other").replace("stringData", "otherData");
        tree.file(format!("git/{n}.txt"), format!("{}{text}", "x = 1\n".repeat(50 + n)));
    }
    commit(&tree, "git", 1, "without a value");
    for (n, form) in RECORDS.iter().enumerate() {
        tree.file(format!("git/{n}.txt"), format!("{}{}", "x = 1\n".repeat(50 + n), record(form, 30_000, &value)));
    }
    commit(&tree, "git", 2, "with it");
    let status = std::process::Command::new("git")
        .args(["-C", &tree.path().join("git").to_string_lossy(), "repack", "-qadf", "--depth=50", "--window=50"])
        .status()
        .expect("git is here");
    assert!(status.success());
    let run =
        tree.leaktight(&["history", "git", "--format", "json", "--also-limit", "0", "--min-confidence", "possible"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let json = run.json();
    let findings = json["findings"].as_array().cloned().unwrap_or_default();
    let places = findings.iter().flat_map(|f| {
        let also = f["also"].as_array().cloned().unwrap_or_default();
        std::iter::once(f["location"].clone()).chain(also)
    });
    let paths: std::collections::BTreeSet<String> =
        places.filter_map(|place| place["path"].as_str().map(str::to_owned)).collect();
    let want: std::collections::BTreeSet<String> = (0..RECORDS.len()).map(|n| format!("{n}.txt")).collect();
    assert_eq!(paths, want, "{}", run.stderr);
}

#[test]
fn a_change_of_any_byte_that_a_candidate_depends_on_finds_it() {
    let padding = "x = 1\n".repeat(1_000);
    let mut tried = 0;
    for (_, rule) in RULES.iter().filter(|(_, rule)| rule.parser.is_some()) {
        for example in rule.matches.iter() {
            let example = expand(&example.text, 5).expect("a template").text;
            let text = [padding.as_bytes(), b"\n", &example, b"\n", padding.as_bytes()].concat();
            for c in DETECTOR.candidates(&Input::all(&text)).candidates.iter().take(3) {
                for at in [c.depends.start, c.depends.end - 1] {
                    let byte = at..at + 1;
                    let input = Input { fresh: Fresh::Ranges(std::slice::from_ref(&byte)), ..Input::all(&text) };
                    let found = DETECTOR.candidates(&input).candidates;
                    assert!(found.iter().any(|f| facts(f, 0) == facts(c, 0)), "{} at {at} of {:?}", rule.id, c.depends);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 150, "{tried}");
}
