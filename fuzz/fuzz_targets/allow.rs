//! Exceptions and baselines: what is accepted says what it is about, and what is written again is read again.

#![no_main]

use leaktight::config::diff;
use leaktight::policy::write::Accepted;
use leaktight::policy::{baseline, parse_allow, parse_baseline};
use leaktight_fuzz::{Input, Seeds, target};
use std::path::Path;

target!(seeds, |data| {
    let mut input = Input(data);
    let mode = input.byte();
    let text = input.0;
    let path = Path::new("a.toml");
    if mode & 1 == 0 {
        let Ok(entries) = parse_allow(path, "a.toml", text) else { return };
        let lines = text.iter().filter(|b| **b == b'\n').count() + 1;
        let mut written = String::new();
        for entry in &entries {
            assert!(entry.reason.chars().any(char::is_alphanumeric) && (1..=lines).contains(&entry.line));
            let accepted = Accepted {
                id: entry.id.clone(),
                rule: entry.rule.clone(),
                paths: vec![entry.path.clone()],
                reason: entry.reason.clone(),
                owner: entry.owner.clone(),
                expires: None,
            };
            assert!(!accepted.file_name().contains(['/', '\\']));
            written += &accepted.text();
        }
        let again = parse_allow(path, "a.toml", written.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{written}"));
        assert_eq!(again.len(), entries.len());
        for (one, two) in entries.iter().zip(&again) {
            assert_eq!((&one.id, &one.rule, &one.path, &one.reason), (&two.id, &two.rule, &two.path, &two.reason));
        }
        let _ = diff::of_entries(&entries, &[]);
    } else {
        let Ok(entries) = parse_baseline(path, "a.toml", text) else { return };
        let known = baseline::lines(entries);
        let written = baseline::text(&known);
        let again = parse_baseline(path, "a.toml", written.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{written}"));
        assert_eq!(baseline::lines(again), known);
        assert_eq!(baseline::reordered(&written, written.clone()), written);
    }
});

fn seeds() -> Seeds {
    let id = format!("lt1:r{}", "0a".repeat(16));
    let allow = format!(
        "[[allow]]\nid = \"{id}\"\nrule = \"github-pat\"\npath = \"tests/**\"\nreason = \"made for tests\"\nowner = \"team\"\n\
         expires = \"2027-01-31\"\n"
    );
    let known = format!("known = [\n  {{ id = \"{id}\", rule = \"github-pat\", path = 'a\\*.txt' }},\n]\n");
    Seeds::new([[&[0], allow.as_bytes()].concat(), [&[1], known.as_bytes()].concat()]).words(&[
        "[[allow]]\n",
        "[[known]]\n",
        "\"\"\"",
        "'''",
        "\\u202e",
        "expires = ",
        id.as_str(),
    ])
}
