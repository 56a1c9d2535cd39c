//! What may stand beside a token, in the four steps of the matcher, with a provider of each sort: a checksum that proves
//! it, a distinctive prefix without a proof, a short prefix, a length that varies. Through the whole detector, with
//! everything fresh and with nothing fresh but one byte.

use crate::harness::{Tree, made};
use leaktight::blob::Fresh;
use leaktight::detect::{Candidate, Detector, Input};
use leaktight::finding::evidence::{self, Confidence};
use leaktight::rule::RuleSet;
use std::sync::LazyLock;

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);
static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&RULES, 1_800_000_000));

/// A token of one sort and its neighbours.
struct Sort {
    rule: &'static str,
    template: &'static str,
    /// A letter of the body's alphabet, beside which only a proof or a prefix makes it a token.
    inside: char,
    /// Letters and signs that are in no alphabet of it.
    outside: &'static [&'static str],
    /// A proof or a distinctive prefix.
    certain: bool,
}

const SORTS: [Sort; 5] = [
    Sort {
        rule: "github-pat",
        template: "{{ghp_ + base62(30) + crc32}}",
        inside: 'x',
        outside: &["_", "-", "/", "é"],
        certain: true,
    },
    Sort {
        rule: "gitlab-pat",
        template: "{{glpat- + base62(20)}}",
        inside: 'x',
        outside: &["/", "+", ".", "é"],
        certain: true,
    },
    Sort {
        rule: "aws-access-key",
        template: "{{aws_key_id(AKIA)}}",
        inside: 'Q',
        outside: &["q", "9", "_", "-", "/"],
        certain: false,
    },
    // Longest that it can be: with a letter more it is a piece of something else.
    Sort {
        rule: "posthog-personal-key",
        template: "{{phx_ + base62(48)}}",
        inside: 'x',
        outside: &["_", "-", "/", "+"],
        certain: false,
    },
    // Hexadecimal digits: other letters are outside.
    Sort {
        rule: "databricks-pat",
        template: "{{dapi + hex(32)}}",
        inside: 'f',
        outside: &["g", "x", "F", "_"],
        certain: false,
    },
];

/// Escapes as source files, logs and reports have them.
const ESCAPES: [&str; 38] = [
    r"\n",
    r"\t",
    r"\r",
    r"\b",
    r"\f",
    r"\v",
    r"\0",
    r"\\n",
    r"\\t",
    r"\\r",
    r"\\b",
    r"\\f",
    r"\\v",
    r"\\0",
    r"\r\n",
    r"\x3d",
    r"\x3D",
    r"\\x3d",
    r"\u003d",
    r"\u003D",
    r"\\u003d",
    r"\u{3d}",
    r"\\u{3d}",
    r"\75",
    r"\075",
    r"\\075",
    "%3D",
    "%3d",
    "%253D",
    "=3D",
    "\x1b[36m",
    "\x1b[m",
    "\x1b[38;2;200;100;50;48;2;1;2;3m",
    r"\x1b[36m",
    r"\033[1;31m",
    r"\u001b[0m",
    r"\u{1b}[0;36m",
    r"\\e[1m",
];

fn token(sort: &Sort, seed: usize) -> String {
    made(sort.template, seed as u64)
}

/// What the rule finds in a text.
fn found(sort: &Sort, input: &Input<'_>) -> Vec<Candidate> {
    let id = RULES.find(sort.rule).expect("the rule");
    DETECTOR.candidates(input).candidates.into_iter().filter(|c| c.rule == id).collect()
}

/// Whether the token between `before` and `after` is found, whole and at `likely` or above, by itself and by everything
/// that a byte around it decides.
fn is_found(sort: &Sort, before: &str, after: &str, seed: usize) -> bool {
    let token = token(sort, seed);
    let text = format!("a first line\nkey: \"{before}{token}{after}\" and more\n");
    let start = text.find(&token).expect("it is in there");
    let secret = start..start + token.len();
    let bytes = text.as_bytes();
    let all = found(sort, &Input::all(bytes));
    assert!(all.iter().all(|c| c.secret == secret), "{} finds something else in {text:?}", sort.rule);
    // Law 3: the first byte of an escape alone is fresh, or one of the token, or the one after it.
    for at in
        [start - before.len().min(32), start, secret.end - 1, secret.end].into_iter().filter(|at| *at < bytes.len())
    {
        let fresh = at..at + 1;
        let again = found(sort, &Input { fresh: Fresh::Ranges(std::slice::from_ref(&fresh)), ..Input::all(bytes) });
        assert_eq!(again.len(), all.len(), "{} with byte {at} fresh in {text:?}", sort.rule);
    }
    let sure =
        |c: &Candidate| evidence::confidence(&c.evidence, RULES.rule(c.rule).distinctive) >= Some(Confidence::Likely);
    assert!(all.iter().all(sure), "{} is not sure in {text:?}", sort.rule);
    // Law 2: what the prefilter leads to is what the pattern stage says.
    let id = RULES.find(sort.rule).expect("the rule");
    let matched = DETECTOR.matches(bytes).iter().any(|(rule, m)| *rule == id && m.secret == secret);
    assert_eq!(matched, !all.is_empty(), "{} in {text:?}", sort.rule);
    !all.is_empty()
}

#[test]
fn an_escape_or_a_colour_before_a_token_is_no_neighbour() {
    for (seed, sort) in SORTS.iter().enumerate() {
        for escape in ESCAPES {
            assert!(is_found(sort, escape, "", seed), "{} after {escape:?}", sort.rule);
            assert!(is_found(sort, &format!("text{escape}"), "", seed), "{} after text{escape:?}", sort.rule);
            assert!(is_found(sort, "", escape, seed), "{} before {escape:?}", sort.rule);
        }
    }
}

#[test]
fn a_letter_outside_of_the_alphabet_hides_no_token() {
    for (seed, sort) in SORTS.iter().enumerate() {
        for outside in sort.outside {
            assert!(is_found(sort, outside, "", seed), "{} after {outside}", sort.rule);
        }
        for outside in sort.outside.iter().filter(|o| !matches!(**o, "-" | "_")) {
            assert!(is_found(sort, "", outside, seed), "{} before {outside}", sort.rule);
            assert!(is_found(sort, outside, outside, seed), "{} between {outside}", sort.rule);
        }
    }
}

#[test]
fn a_letter_of_the_alphabet_hides_only_what_has_neither_proof_nor_prefix() {
    for (seed, sort) in SORTS.iter().enumerate() {
        let inside = sort.inside.to_string();
        for (before, after) in [(&*inside, ""), ("", &*inside), (&*inside, &*inside)] {
            assert_eq!(is_found(sort, before, after, seed), sort.certain, "{} {before:?} {after:?}", sort.rule);
        }
        // What looks like an escape and is none.
        for before in [format!("/{inside}"), format!(r"\x{inside}"), format!("[36{inside}"), format!("\x1b36{inside}")]
        {
            assert_eq!(is_found(sort, &before, "", seed), sort.certain, "{} {before:?}", sort.rule);
        }
    }
}

#[test]
fn a_token_that_may_be_longer_takes_the_letters_that_follow() {
    let short = made("{{phx_ + base62(44)}}", 7);
    let text = format!("key: \"{short}xyz\"\n");
    let all = found(&SORTS[3], &Input::all(text.as_bytes()));
    assert_eq!(all.iter().map(|c| c.secret.len()).collect::<Vec<_>>(), [short.len() + 3]);
}

#[test]
fn a_wrong_checksum_is_no_proof() {
    let sort = &SORTS[0];
    let mut token = token(sort, 3).into_bytes();
    let last = token.len() - 1;
    token[last] = if token[last] == b'0' { b'1' } else { b'0' };
    let of = |before: &str| found(sort, &Input::all(&[before.as_bytes(), &token, b"\n"].concat())).len();
    assert_eq!((of("x"), of("="), of(r"\n")), (0, 1, 1));
}

#[test]
fn tokens_in_cells_of_a_database_are_found() {
    let tree = Tree::new();
    for (seed, sort) in SORTS.iter().enumerate().filter(|(_, s)| s.rule != "posthog-personal-key") {
        // A cell of SQLite: sizes of the columns, then the columns one after the other without anything between them.
        let outside = sort.outside[0];
        let columns =
            if sort.certain { ("alice".to_owned(), "2026-01-01 x") } else { (format!("al{outside}"), "zzz 2026") };
        let token = token(sort, seed + 40);
        let cell = [
            &[0x81, 0x2f, 7, 6, 0, 0x17, 0x5d, 0x25][..],
            columns.0.as_bytes(),
            token.as_bytes(),
            columns.1.as_bytes(),
        ];
        let page =
            [&b"SQLite format 3\0"[..], &[0; 84], &[0x0d, 0, 0, 0, 1], &[0; 40], &cell.concat(), &[0; 30]].concat();
        let binary = found(sort, &Input { binary: true, ..Input::all(&page) });
        assert_eq!(binary.len(), 1, "{}", sort.rule);
        tree.file(format!("{}.db", sort.rule), page);
    }
    let run = tree.scan(&["."]);
    for sort in SORTS.iter().filter(|s| s.rule != "posthog-personal-key") {
        assert!(
            run.findings().iter().any(|f| f.starts_with(&format!("{} ", sort.rule))),
            "{}: {:?}",
            sort.rule,
            run.findings()
        );
    }
}

/// Step 1: of several readings the one that is no piece of a longer run, so ids stay.
#[test]
fn a_piece_of_a_longer_token_is_not_reported_beside_it() {
    for (template, rule) in
        [("{{gitlab_routable(glpat-)}}", "gitlab-pat-routable"), ("{{sk_live_ + hex(40)}}", "paystack-secret-key")]
    {
        let tree = Tree::new();
        tree.file("settings.py", format!("value = \"{}\"\n", made(template, 5)));
        let run = tree.scan(&["."]);
        assert_eq!(run.findings().len(), 1, "{template}: {:?}", run.findings());
        assert!(run.findings()[0].starts_with(&format!("{rule} ")), "{template}: {:?}", run.findings());
    }
    // The longer token with a wrong checksum is no shorter one with a right form.
    let mut token = made("{{gitlab_routable(glpat-)}}", 6).into_bytes();
    let last = token.len() - 1;
    token[last] = if token[last] == b'0' { b'1' } else { b'0' };
    let tree = Tree::new();
    tree.file("settings.py", [b"value = \"", &token[..], b"\"\n"].concat());
    let run = tree.scan(&[".", "--min-confidence", "possible"]);
    assert!(!run.findings().iter().any(|f| f.starts_with("gitlab-pat ")), "{:?}", run.findings());
}
