//! Private keys without armour and recovery phrases, where the rules find what opens them: ranges are inside, and bytes
//! out of reach change nothing.

#![no_main]

use leaktight::check::{bare, phrase};
use leaktight::rule::Parser;
use leaktight_fuzz::{RULES, Seeds, seeds::examples, target};

target!(seeds, |text| {
    for (id, rule) in RULES.iter().filter(|(_, rule)| matches!(rule.parser, Some(Parser::Key | Parser::Phrase))) {
        for found in RULES.regex(id).expect("a pattern").captures_iter(text).take(16) {
            let (whole, secret) = (found.get(0).expect("a match").range(), found.name("secret").expect("it").range());
            if rule.parser == Some(Parser::Phrase) {
                let end = text.len().min(secret.end + phrase::REACH);
                let read = phrase::parse(text, secret.end);
                assert_eq!(read, phrase::parse(&text[..end], secret.end));
                assert!(read.is_none_or(|p| p.extent.start >= secret.end && p.extent.end <= end));
                continue;
            }
            let read = bare::parse(text, &whole, secret.clone());
            let start = whole.start.saturating_sub(bare::BEFORE);
            let part = &text[start..text.len().min(whole.end + bare::REACH)];
            let moved = |range: &std::ops::Range<usize>| range.start - start..range.end - start;
            let again = bare::parse(part, &moved(&whole), moved(&secret));
            let said = |read: Option<bare::Bare>, by: usize| {
                read.map(|r| (r.extent.start + by..r.extent.end + by, r.value, r.proof, r.encrypted))
            };
            assert_eq!(said(read, 0), said(again, start));
        }
    }
});

fn seeds() -> Seeds {
    let ours = |parser: Option<Parser>| matches!(parser, Some(Parser::Key | Parser::Phrase));
    Seeds::new(examples(|rule| ours(rule.parser)).into_iter()).anchors(|rule| ours(rule.parser)).words(&[
        "\" +\n  \"",
        "\\n",
        "\\u002b",
        "(byte) 0x",
        ".toByte()",
        "\"d\":\"",
        "\"kty\":\"RSA\"",
        "<D>",
        "</RSAKeyValue>",
    ])
}
