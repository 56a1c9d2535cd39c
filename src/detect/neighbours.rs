//! What may stand beside a match: the step between the pattern and the evidence.
//!
//! In: a match in its text. Out: whether it is a match of its own, or a piece of a longer run that only a proof or a
//! distinctive prefix makes a match. It looks at [`BEFORE`] bytes before the secret and [`AFTER`] after it.
//!
//! | the byte beside `AKIA...` | why | match |
//! |---|---|---|
//! | a quote, `=`, `_`, `q`, the end of the file | not in its alphabet `[A-Z2-7]` | yes |
//! | `Q`, `7` | its alphabet: a piece of something longer | only with a proof or a distinctive prefix |
//! | `B` in `\x1B`, `m` in `\x1b[36m` | the end of an escape, no letter of the text | yes |

use crate::check;
use crate::rule::neighbours::has;
use crate::rule::{Boundary, Rule};
use std::ops::Range;

/// Longest colour sequence that is read, its introducer included, in bytes.
const COLOUR: usize = 32;
/// How far before the secret a neighbour is looked for, in bytes.
pub(super) const BEFORE: usize = COLOUR;
/// How far after the secret, in bytes.
pub(super) const AFTER: usize = 2;

/// Whether a match is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing beside it belongs to it.
    Free,
    /// It is a piece of a longer run, and its proof or its prefix says that it is a secret all the same.
    Glued,
    /// It is a piece of a longer run.
    Refused,
}

/// Judges the match of `rule` whose secret is at `secret`; without `proofs` what is not free is refused.
pub(super) fn judge(rule: &Rule, text: &[u8], secret: &Range<usize>, proofs: bool) -> Verdict {
    // Parsers find their own ends.
    if rule.parser.is_some() || free(rule, text, secret) {
        Verdict::Free
    } else if proofs
        && (rule.neighbours.prefixed || rule.checks.iter().any(|c| check::proves(*c, &text[secret.clone()])))
    {
        Verdict::Glued
    } else {
        Verdict::Refused
    }
}

/// Whether a match is one, by what stands beside it: for benchmarks that hold the engine against a plain search.
pub fn accepts(rule: &Rule, text: &[u8], secret: &Range<usize>) -> bool {
    judge(rule, text, secret, true) != Verdict::Refused
}

fn free(rule: &Rule, text: &[u8], secret: &Range<usize>) -> bool {
    let look = |at: Option<usize>| at.and_then(|at| text.get(at)).copied().unwrap_or(b'\n');
    let before = [1, 2].map(|n| look(secret.start.checked_sub(n)));
    let after = [0, 1].map(|n| look(secret.end.checked_add(n)));
    let joined = |[near, next]: [u8; 2], by: &[u8], set: fn(&u8) -> bool| by.contains(&near) && set(&next);
    let (glued_before, glued_after) = match rule.boundary {
        Boundary::None => return true,
        Boundary::Digits => {
            let glued = |side: [u8; 2]| side[0].is_ascii_alphanumeric() || joined(side, b"-. ", u8::is_ascii_digit);
            (glued(before), glued(after))
        }
        written => {
            // Padding ends a body.
            let open = secret.is_empty() || text[secret.end - 1] != b'=';
            let runs_on = (has(&rule.neighbours.before, before[0]), open && has(&rule.neighbours.after, after[0]));
            let more = match written {
                Boundary::Word => (false, matches!(after[0], b'_' | b'-')),
                Boundary::Base64 => (matches!(before[0], b'+' | b'/'), matches!(after[0], b'+' | b'/')),
                Boundary::Hex => {
                    (joined(before, b"-", u8::is_ascii_hexdigit), joined(after, b"-", u8::is_ascii_hexdigit))
                }
                _ => (false, false),
            };
            (runs_on.0 || more.0, runs_on.1 || more.1)
        }
    };
    !glued_after && (!glued_before || ends_in_escape(&text[secret.start.saturating_sub(BEFORE)..secret.start]))
}

/// Whether the last byte of `text` belongs to an escape: what it writes is a character that no token consists of, or
/// one whose meaning ends there. With the backslash doubled an escape ends in the same way.
fn ends_in_escape(text: &[u8]) -> bool {
    let Some((last, rest)) = text.split_last() else { return false };
    let ends = |mark: &[u8], digits: usize, set: fn(&u8) -> bool| {
        text.len().checked_sub(digits).is_some_and(|at| text[at..].iter().all(set) && text[..at].ends_with(mark))
    };
    let hex = u8::is_ascii_hexdigit;
    (b"ntrbfv0".contains(last) && rest.ends_with(b"\\"))
        || ends(b"\\x", 2, hex)
        || ends(b"\\u", 4, hex)
        || (*last == b'}' && braced(rest))
        || (1..=3).any(|n| ends(b"\\", n, |b| matches!(b, b'0'..=b'7')))
        || ends(b"%", 2, hex)
        || ends(b"%25", 2, hex)
        || ends(b"=", 2, hex)
        || (b"mK".contains(last) && colour(rest))
}

/// Whether `text` ends in `\u{` and one to six hexadecimal digits.
fn braced(text: &[u8]) -> bool {
    let digits = text.iter().rev().take(6).take_while(|b| b.is_ascii_hexdigit()).count();
    digits > 0 && text[..text.len() - digits].ends_with(b"\\u{")
}

/// Whether `text` ends in the start of a colour sequence: ESC, raw or written, `[`, numbers. Programs that colour lines
/// end them with `ESC[K`, so that letter is taken as `m` is.
fn colour(text: &[u8]) -> bool {
    let numbers = text.iter().rev().take_while(|b| matches!(b, b'0'..=b'9' | b';' | b':')).count();
    let Some(lead) = text[..text.len() - numbers].strip_suffix(b"[") else { return false };
    const WRITTEN: [&[u8]; 7] = [b"\x1b", b"\\x1b", b"\\033", b"\\u001b", b"\\u{1b}", b"\\e", b"%1b"];
    WRITTEN
        .iter()
        .any(|escape| lead.len().checked_sub(escape.len()).is_some_and(|at| lead[at..].eq_ignore_ascii_case(escape)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_end_where_the_token_begins() {
        for yes in [
            r"\n",
            r"\t",
            r"\r",
            r"\b",
            r"\f",
            r"\v",
            r"\0",
            r"\\n",
            r"\x3d",
            r"\\x3D",
            r"\u003d",
            r"\\u003D",
            r"\u{3d}",
            r"\u{00003d}",
            r"\75",
            r"\075",
            r"\0",
            r"\\075",
            "%3D",
            "%3d",
            "%253D",
            "=3D",
            "\x1b[m",
            "\x1b[36m",
            "\x1b[38;2;255;255;255m",
            "\x1b[K",
            r"\x1b[36m",
            r"\x1B[1;31m",
            r"\033[1;31m",
            r"\u001b[0m",
            r"\u{1b}[0m",
            r"\e[0m",
            r"\\e[0m",
            "%1B[0m",
        ] {
            assert!(ends_in_escape(yes.as_bytes()), "{yes:?}");
            assert!(ends_in_escape(format!("text{yes}").as_bytes()), "{yes:?}");
        }
        for no in [
            "",
            "n",
            "/n",
            r"\q",
            r"\x3",
            r"\xg3",
            r"\u03d",
            r"\u{}",
            r"\u{0000003d}",
            r"\8",
            r"\1075",
            "%3",
            "3D",
            "[36m",
            "36m",
            r"\x1c[36m",
            "\x1b[36q",
            "\x1b36m",
            r"\e[a0m",
        ] {
            assert!(!ends_in_escape(no.as_bytes()), "{no:?}");
        }
    }
}
