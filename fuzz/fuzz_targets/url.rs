//! URLs with credentials: the parts are in order inside the whole, and bytes out of reach change nothing.

#![no_main]

use leaktight::check::url;
use leaktight::rule::Parser;
use leaktight_fuzz::{RULES, Seeds, seeds::examples, target};

target!(seeds, |text| {
    for (id, _) in RULES.iter().filter(|(_, rule)| rule.parser == Some(Parser::Url)) {
        for found in RULES.regex(id).expect("a pattern").find_iter(text).take(16) {
            let Some(parts) = url::parse(text, found.range()) else { continue };
            assert!(parts.whole.start == found.start() && parts.user.start >= found.end());
            assert!(parts.user.end < parts.password.start && !parts.password.is_empty());
            assert!(parts.password.end < parts.host.start && parts.host.end <= parts.whole.end);
            assert!(parts.whole.end <= text.len().min(found.end() + url::REACH));
            let cut = &text[..text.len().min(found.end() + url::REACH)];
            assert_eq!(url::parse(cut, found.range()).as_ref(), Some(&parts));
            let password = &text[parts.password.clone()];
            let decoded = url::percent_decoded(password);
            assert!(decoded.len() <= password.len());
            if !password.contains(&b'%') {
                assert_eq!(decoded, password);
            }
        }
    }
});

fn seeds() -> Seeds {
    Seeds::new(examples(|rule| rule.parser == Some(Parser::Url)))
        .anchors(|rule| rule.parser == Some(Parser::Url))
        .words(&["://", "@", ":@", "%40", "${", "{{", "@[::1]:5432/", "?password="])
}
