//! Text for Markdown that a platform renders (a job's summary, a description): nothing untrusted becomes markup.
//!
//! In: bytes from outside. Out: text that is shown as it is. What has plain characters only becomes a code span; all else
//! is written in numeric references, which no Markdown reader takes for structure, inside a code element: a bar would end
//! the cell of a table even within a code span, and a backslash before it is read differently by different readers.

use crate::text::escape;
use std::fmt::Write as _;

/// Longest text of somebody else that is shown, in characters.
const LONGEST: usize = 300;

/// Somebody's text as code.
pub(super) fn code(bytes: &[u8]) -> String {
    let text = cut(bytes);
    let plain = |c: char| c.is_alphanumeric() || " /._-:=,+~…()'%".contains(c);
    if text.is_empty() {
        "–".to_owned()
    } else if text.chars().all(plain) && !text.starts_with(' ') && !text.ends_with(' ') {
        format!("`{text}`")
    } else {
        format!("<code>{}</code>", referenced(&text))
    }
}

/// Text of rules, policy or our own in a sentence: letters stay, everything that could be markup is a reference.
pub(super) fn prose(text: &str) -> String {
    let text = cut(text.as_bytes());
    // A link needs no markup of its own: `https://`, `www.`.
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    for c in text.chars() {
        let harmless = c.is_alphanumeric() || matches!(c, ' ' | ',' | '\'' | '(' | ')' | '/' | '-' | '=' | '…');
        let stop = matches!(c, '.' | ':') && before.is_alphanumeric() && !out.ends_with("www");
        if harmless || stop {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", c as u32);
        }
        before = c;
    }
    out.replace("://", "&#58;//")
}

fn cut(bytes: &[u8]) -> String {
    let text = escape::terminal(bytes);
    let mut cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

fn referenced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '/') {
            out.push(c);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "&#{};", c as u32);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_untrusted_is_markup() {
        assert_eq!(code(b"src/a.py:3:1"), "`src/a.py:3:1`");
        let evil = code(b"`x` | <img src=x> [a](http://evil) **b** @ada &lt; \\| #1\n::error::x\x1b[2J");
        assert!(evil.starts_with("<code>") && evil.ends_with("</code>"), "{evil}");
        let inner = &evil[6..evil.len() - 7];
        for c in ['`', '|', '<', '>', '[', ']', '*', '@', '\\', '\n', '\x1b', '_', '!', ':', '"'] {
            assert!(!inner.contains(c), "{c:?} in {inner}");
        }
        assert_eq!(code(b""), "–");
        assert_eq!(code(b" "), "<code> </code>");
        let long = code("ä".repeat(1000).as_bytes());
        assert_eq!(long.chars().count(), LONGEST + 3);
    }

    #[test]
    fn sentences_stay_readable_and_inert() {
        assert_eq!(prose("Revoke it under Settings > Tokens."), "Revoke it under Settings &#62; Tokens.");
        for evil in
            ["[a](http://evil)", "see https://evil.example/x", "www.evil.example", "<b>", "`x`", "*x*", "@ada", "a|b"]
        {
            let shown = prose(evil);
            for c in ['[', ']', '<', '>', '`', '*', '@', '|', '_'] {
                assert!(!shown.contains(c), "{shown}");
            }
            assert!(!shown.contains("://") && !shown.contains("www."), "{shown}");
        }
    }
}
