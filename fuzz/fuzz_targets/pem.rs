//! Private keys under armour, where the rules find an opening line: ranges are inside, and bytes out of reach change nothing.

#![no_main]

use leaktight::check::pem;
use leaktight::rule::Parser;
use leaktight_fuzz::{RULES, Seeds, seeds::examples, target};

target!(seeds, |text| {
    for (id, _) in RULES.iter().filter(|(_, rule)| rule.parser == Some(Parser::Pem)) {
        for found in RULES.regex(id).expect("a pattern").find_iter(text).take(16) {
            let Some(block) = pem::parse(text, found.range()) else { continue };
            assert!(block.extent.start == found.start() && block.extent.end <= text.len());
            assert!(block.extent.end <= found.end() + pem::REACH);
            let start = found.start().saturating_sub(pem::LEADER);
            let part = &text[start..text.len().min(found.end() + pem::REACH)];
            let moved = pem::parse(part, found.start() - start..found.end() - start).expect("the same block");
            assert_eq!((moved.body, moved.evidence, moved.encrypted), (block.body, block.evidence, block.encrypted));
            assert_eq!(moved.extent, block.extent.start - start..block.extent.end - start);
        }
    }
});

fn seeds() -> Seeds {
    let keys = examples(|rule| rule.parser == Some(Parser::Pem));
    let escaped = keys.iter().map(|key| String::from_utf8_lossy(key).replace('\n', "\\n").into_bytes());
    let indented = keys.iter().map(|key| String::from_utf8_lossy(key).replace('\n', "\r\n  * ").into_bytes());
    Seeds::new(keys.iter().cloned().chain(escaped).chain(indented))
        .anchors(|rule| rule.parser == Some(Parser::Pem))
        .words(&[
            "-----END ",
            "Proc-Type: 4,ENCRYPTED\n",
            "DEK-Info: ",
            "Comment: \\\n",
            "Private-Lines: ",
            "Encryption: ",
            "openssh-key-v1",
        ])
}
