//! Assignments, where the rules find a telling word: ranges are inside, and bytes out of reach change nothing.

#![no_main]

use leaktight::detect::assignment::{self, AFTER, BEFORE};
use leaktight::rule::Parser;
use leaktight_fuzz::{RULES, Seeds, seeds::examples, target};
use std::ops::Range;

/// How far records are read here: less than the program does, so that inputs get beyond it.
const FAR: usize = 4096;

target!(seeds, |text| {
    for (id, _) in RULES.iter().filter(|(_, rule)| rule.parser == Some(Parser::Assignment)) {
        for found in RULES.regex(id).expect("a pattern").captures_iter(text).take(16) {
            let word = found.name("secret").expect("a group").range();
            let all = assignment::parse(text, word.clone(), FAR);
            let (before, after) = if all.far { (FAR, FAR) } else { (BEFORE, AFTER) };
            let start = word.start.saturating_sub(before);
            let part = &text[start..text.len().min(word.end + after)];
            let moved = assignment::parse(part, word.start - start..word.end - start, FAR);
            let back = |range: &Range<usize>| range.start + start..range.end + start;
            assert_eq!((all.far, all.parsed.len()), (moved.far, moved.parsed.len()), "as many where less is there");
            for (parsed, moved) in all.parsed.iter().zip(&moved.parsed) {
                assert!(parsed.whole.start <= parsed.secret.start && parsed.secret.end <= parsed.whole.end);
                assert!(parsed.whole.start >= start && parsed.whole.end <= start + part.len());
                assert!(parsed.read.start >= start && parsed.read.end <= start + part.len());
                assert_eq!((&back(&moved.secret), &back(&moved.whole)), (&parsed.secret, &parsed.whole));
                assert_eq!((&moved.value, &moved.evidence), (&parsed.value, &parsed.evidence));
            }
        }
    }
});

fn seeds() -> Seeds {
    Seeds::new(examples(|rule| rule.parser == Some(Parser::Assignment)))
        .anchors(|rule| rule.parser == Some(Parser::Assignment))
        .words(&[
            " = ",
            ": ",
            ":=",
            "=>",
            "\"\"\"",
            "\\\"",
            "\\u0041",
            "${",
            "getenv(",
            "<![CDATA[",
            "' + '",
            "--",
            "===",
            "{\"name\": \"",
            "\", \"value\": \"",
            "<add key=\"",
            "\" value=\"",
            "<name>",
            "</name><value>",
            "\n  value: ",
            "INSERT INTO t (",
            ") VALUES ('",
            "%3D",
            "Authorization: ",
        ])
}
