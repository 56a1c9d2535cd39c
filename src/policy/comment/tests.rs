//! Which comments count, and for what.

use super::request::MAX_REQUESTS;
use super::*;

/// What is beside a secret of a text; every rule exists.
fn beside(
    text: &[u8],
    secret: &Range<usize>,
    rule: &str,
    encoding: Encoding,
    shown: &dyn Fn(Range<usize>) -> String,
) -> Option<Comment> {
    Comments::new(text, encoding).beside(secret, rule, shown, &|_| true).comment
}

/// The comment beside `@` (which stands for the secret `SSSS`), for the rule `some-rule`: dialects and reason.
fn of(text: &str) -> Option<(Vec<&'static str>, String)> {
    let at = text.find('@').expect("a secret");
    let text = text.replace('@', "SSSS");
    let shown = |range: Range<usize>| text[range].to_owned();
    let comment = beside(text.as_bytes(), &(at..at + 4), "some-rule", Encoding::Bytes, &shown)?;
    Some((comment.dialects().collect(), comment.reason))
}

fn reason(text: &str) -> Option<String> {
    of(text).filter(|(dialects, _)| dialects[0] == LEAKTIGHT).map(|(_, reason)| reason)
}

#[test]
fn ours_names_the_rule_and_gives_a_reason() {
    for text in [
        "key = @ # leaktight: allow(some-rule) sample of the docs",
        "key = @ // leaktight:allow(some-rule) sample of the docs",
        "key = @; /* leaktight: allow(other, some-rule) sample of the docs */ next()",
        "<a>@</a> <!-- leaktight: allow(some-rule): sample of the docs -->",
        "/* leaktight: allow(some-rule) sample of the docs */ key = @",
        "-- leaktight: allow(some-rule) sample of the docs\nkey = @",
        "# leaktight: allow(some-rule) sample of the docs\r\nkey = @",
        "x\n  REM leaktight: allow(some-rule) - sample of the docs\n@",
        "' leaktight: allow(some-rule) sample of the docs\n@\n",
        "; leaktight: allow(some-rule) sample of the docs\n@",
        "{# leaktight: allow(some-rule) sample of the docs #}\n@",
    ] {
        assert_eq!(reason(text).as_deref(), Some("sample of the docs"), "{text}");
    }
    for text in [
        "key = @ # leaktight: allow(some-rule)",
        "key = @ # leaktight: allow(some-rule) -- ",
        "key = @ /* leaktight: allow(some-rule) */ a reason in code",
        "key = @ # leaktight: allow(other) sample",
        "key = @ # leaktight: allow(*) sample",
        "key = @ # leaktight: allow(some-*) sample",
        "key = @ # leaktight: allow sample",
        "key = @ # leaktight allow(some-rule) sample",
        "key = @ # noleaktight: allow(some-rule) sample",
        "key = 1 # leaktight: allow(some-rule) for this line\nkey = @",
        "key = leaktight: allow(some-rule) no comment\n@",
        "# leaktight: allow(some-rule) too far away\n\n@",
        "@\n# leaktight: allow(some-rule) behind it",
        "# leaktight: allow(some-rule) @",
    ] {
        assert_eq!(reason(text), None, "{text}");
    }
}

#[test]
fn a_secret_of_several_lines_has_two_lines_beside() {
    let text = "a\nBEGIN # leaktight: allow(r) first\nx\nEND # leaktight: allow(q) last\n";
    let secret = 2..text.find("END").expect("an end") + 3;
    let shown = |range: Range<usize>| text[range].to_owned();
    let of = |rule| beside(text.as_bytes(), &secret, rule, Encoding::Bytes, &shown).map(|c| c.reason);
    assert_eq!((of("r").as_deref(), of("q").as_deref(), of("x")), (Some("first"), Some("last"), None));
}

#[test]
fn other_tools_have_their_own_words() {
    let dialects = |text: &str| of(text).map(|(d, _)| d).unwrap_or_default();
    assert_eq!(dialects("@ # gitleaks:allow"), ["gitleaks", "betterleaks"]);
    assert_eq!(dialects("@ # betterleaks:allow"), ["betterleaks"]);
    assert_eq!(dialects("@ # pragma: allowlist secret"), ["detect-secrets", "gitguardian"]);
    assert_eq!(dialects("# pragma: allowlist nextline secret\n@"), ["detect-secrets"]);
    assert_eq!(dialects("@ // trufflehog:ignore"), ["trufflehog"]);
    assert_eq!(dialects("@ # ggignore"), ["gitguardian"]);
    assert_eq!(dialects("// kingfisher:ignore\n@"), ["kingfisher"]);
    assert_eq!(dialects("// secretlint-disable-next-line\n@"), ["secretlint"]);
    assert_eq!(dialects("@ # leaktight: allow(some-rule) x gitleaks:allow")[0], LEAKTIGHT);
    for none in ["# gitleaks:allow\n@", "@\n# gitleaks:allow", "@ baggignore", "@ gitleaks:allowed", "@ # nosec"] {
        assert!(dialects(none).is_empty(), "{none}");
    }
    for dialect in DIALECTS {
        assert!(WORDS.iter().any(|(_, here, _)| here.contains(dialect)), "{dialect}");
    }
}

#[test]
fn utf_16_has_comments_too() {
    let text = "x\nkey = SSSS # leaktight: allow(r) ünder way\n";
    for (encoding, of) in [
        (Encoding::Utf16Le, u16::to_le_bytes as fn(u16) -> [u8; 2]),
        (Encoding::Utf16Be, u16::to_be_bytes as fn(u16) -> [u8; 2]),
    ] {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(of).collect();
        let at = text.find("SSSS").expect("it") * 2;
        let shown = |range: Range<usize>| format!("{}", range.len() / 2);
        let comment = beside(&bytes, &(at..at + 8), "r", encoding, &shown).expect("a comment");
        assert_eq!(comment.reason, "9");
    }
}

#[test]
fn of_many_requests_on_a_line_the_first_are_read() {
    let text = |before: usize| {
        let others = "/* leaktight: allow(other) sample */ ".repeat(before);
        format!("{others}/* leaktight: allow(some-rule) sample */ @")
    };
    assert_eq!(reason(&text(MAX_REQUESTS - 1)).as_deref(), Some("sample"));
    assert_eq!(reason(&text(MAX_REQUESTS)), None);
}
