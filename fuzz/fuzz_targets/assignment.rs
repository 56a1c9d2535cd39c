//! Assignments, where the rules find a telling word: ranges are inside, and bytes out of reach change nothing.

#![no_main]

use leaktight::detect::assignment::{self, AFTER, BEFORE};
use leaktight::rule::Parser;
use leaktight_fuzz::{RULES, Seeds, seeds::examples, target};

target!(seeds, |text| {
    for (id, _) in RULES.iter().filter(|(_, rule)| rule.parser == Some(Parser::Assignment)) {
        for found in RULES.regex(id).expect("a pattern").captures_iter(text).take(16) {
            let word = found.name("secret").expect("a group").range();
            let parsed = assignment::parse(text, word.clone());
            let start = word.start.saturating_sub(BEFORE);
            let part = &text[start..text.len().min(word.end + AFTER)];
            let moved = assignment::parse(part, word.start - start..word.end - start);
            let Some(parsed) = parsed else {
                assert_eq!(moved, None, "found only where less is there");
                continue;
            };
            assert!(parsed.whole.start <= parsed.secret.start && parsed.secret.end <= parsed.whole.end);
            assert!(parsed.whole.start >= start && parsed.whole.end <= start + part.len());
            let moved = moved.expect("the same assignment");
            assert_eq!(moved.secret.start + start..moved.secret.end + start, parsed.secret);
            assert_eq!(moved.whole.start + start..moved.whole.end + start, parsed.whole);
            assert_eq!((moved.value, moved.evidence), (parsed.value, parsed.evidence));
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
        ])
}
