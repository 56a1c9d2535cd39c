//! Comments that ask for silence, in every encoding, beside any part of a text.

#![no_main]

use leaktight::policy::comment::{Comments, DIALECTS, LEAKTIGHT};
use leaktight::text::view;
use leaktight_fuzz::{Input, RULES, Seeds, seeds, target};

target!(inputs, |data| {
    let mut input = Input(data);
    let (from, len) = (input.below(1 << 16), input.below(64));
    let text = input.0;
    let encoding = view::view(text).encoding;
    let from = from.checked_rem(text.len()).unwrap_or_default();
    let secret = from..text.len().min(from + len);
    let shown = |range: std::ops::Range<usize>| encoding.decode(&text[range]);
    let exists = |name: &str| RULES.find(name).is_some();
    let beside = |comments: &Comments<'_>| comments.beside(&secret, "github-pat", &shown, &exists);
    let comments = Comments::new(text, encoding);
    let (one, two) = (beside(&comments), beside(&Comments::new(text, encoding)));
    assert_eq!((&one.comment, &one.malformed), (&two.comment, &two.malformed));
    if let Some(comment) = &one.comment {
        assert!(comment.dialect == LEAKTIGHT || DIALECTS.contains(&comment.dialect));
        assert!(comment.dialect != LEAKTIGHT || (one.malformed.is_none() && !comment.reason.trim().is_empty()));
        assert!(text.len() >= 5, "a comment out of nothing");
    }
});

fn inputs() -> Seeds {
    let lines = [
        format!("key = \"{}\"  # leaktight: allow(github-pat) made for tests\n", seeds::token(1)),
        format!("// leaktight: allow(github-pat, other) a reason\nkey = \"{}\"\n", seeds::token(2)),
        format!("key = \"{}\"  # gitleaks:allow nosec pragma: allowlist secret\n", seeds::token(3)),
        format!("<!-- leaktight: ignore -->\n{} -- leaktight: allow(no-such-rule) x\n", seeds::token(4)),
    ];
    let wide = lines.iter().map(|line| [b"\xff\xfe".to_vec(), seeds::utf16(line)].concat());
    Seeds::new(lines.iter().map(|line| line.clone().into_bytes()).chain(wide))
        .behind(&[8, 0, 40, 0])
        .words(DIALECTS)
        .words(&[
            "leaktight: allow(",
            "leaktight:",
            "gitleaks:allow",
            "trufflehog:ignore",
            "pragma: allowlist nextline secret",
        ])
}
