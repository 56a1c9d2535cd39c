//! Files of other scanners, and reports as baselines: a value that a tool kept is itself, and no mistake quotes the file.

#![no_main]

use leaktight::policy::baseline;
use leaktight::policy::import::{self, TOOLS};
use leaktight_fuzz::{Input, Seeds, seeds, target};

target!(inputs, |data| {
    let mut input = Input(data);
    let tool = TOOLS[usize::from(input.byte()) % TOOLS.len()];
    if let Ok(known) = import::read(tool, input.0) {
        for known in &known {
            assert_eq!(known.has_value(), !known.values().is_empty() || known.hash().is_some());
            for value in known.values() {
                assert!(known.is(value, None));
            }
            assert!(!known.file.starts_with("./") || known.file.starts_with("././"));
        }
    }
    if let Ok(known) = baseline::known(input.0) {
        let text = baseline::text(&known);
        let again = leaktight::policy::parse_baseline("b".as_ref(), "b", text.as_bytes()).expect("it was written");
        assert_eq!(baseline::lines(again), known);
    }
});

fn inputs() -> Seeds {
    let token = seeds::token(1);
    let id = format!("lt1:r{}", "0a".repeat(16));
    let hash = "0123456789".repeat(4);
    let texts = [
        (0, format!(r#"[{{"Secret": "{token}", "File": "a\\b.py", "StartLine": 3}}, {{"File": "./x"}}]"#)),
        (0, format!("{hash}:a/b.py:rule:3\n# words\n./a:b:rule:0\n")),
        (
            1,
            format!(
                r#"{{"results": {{"a.py": [{{"type": "x", "hashed_secret": "{hash}", "line_number": 2, "is_secret": false}}]}}}}"#
            ),
        ),
        (
            2,
            format!(
                r#"{{"SourceMetadata":{{"Data":{{"Git":{{"file":"a.py","line":2}}}}}},"Raw":"{token}","RawV2":"id:{token}"}}"#
            ),
        ),
        (
            0,
            format!(
                r#"{{"schema": "leaktight/1", "findings": [{{"id": "{id}", "rule": "r", "family": "credential", "location":
                {{"kind": "file", "path": "a [b].py"}}, "also": [{{"kind": "message"}}], "also_total": 1}}], "suppressed": []}}"#
            ),
        ),
    ];
    Seeds::new(texts.map(|(tool, text)| [&[tool], text.as_bytes()].concat())).words(&[
        "\"Secret\":",
        "\"hashed_secret\":",
        "\"Filesystem\":",
        "\"RawV2\":",
        "REDACTED",
        "\"also_total\":",
    ])
}
