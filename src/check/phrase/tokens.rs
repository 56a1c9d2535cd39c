//! Words and what stands between them: chains of words that a phrase may lie in.
//!
//! In: text. Out: chains, each with at least so many words that nothing but blanks, line ends, commas, quotes, dashes,
//! dots, brackets and numbers of one or two digits divides. A word is a run of letters; which ones, it does not ask.

use std::ops::Range;

/// Most bytes between two words.
const BETWEEN: usize = 24;
/// Longest word in bytes: nine letters of Japanese, decomposed.
const LONGEST: usize = 48;
/// Most words of a chain that are read beyond those that a phrase may begin with: a phrase, and what shows its end.
const MORE: usize = 28;

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    Blank,
    Line,
    Comma,
    Quote,
    Number,
    Dash,
    Other,
}

/// A word.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) range: Range<usize>,
    /// What stands before it.
    pub(super) joint: Joint,
}

impl Token {
    /// The word in lower case (of ASCII letters).
    pub(super) fn word(&self, text: &[u8]) -> Vec<u8> {
        text.get(self.range.clone()).unwrap_or_default().to_ascii_lowercase()
    }
}

/// Bytes that a blank has which is no ASCII.
fn wide_blank(rest: &[u8]) -> usize {
    match rest {
        [0xe3, 0x80, 0x80, ..] => 3,
        [0xc2, 0xa0, ..] => 2,
        _ => 0,
    }
}

/// The joint at the start of `rest` and its length; `None` where something stands that divides no words of a phrase.
fn joint(rest: &[u8]) -> Option<(Joint, usize)> {
    let (mut at, mut digits) = (0, 0);
    let [mut line, mut comma, mut quote, mut number, mut dash, mut other] = [false; 6];
    while let Some(byte) = rest.get(at) {
        let wide = wide_blank(&rest[at..]);
        if byte.is_ascii_alphabetic() || (*byte >= 0x80 && wide == 0) {
            break;
        }
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        if digits > 2 || at >= BETWEEN {
            return None;
        }
        at += wide.max(1);
        match byte {
            b' ' | b'\t' | 0x80.. => {}
            b'\n' | b'\r' => line = true,
            b'\\' => match rest.get(at) {
                Some(b'n' | b'r') => {
                    line = true;
                    at += 1;
                }
                Some(b't') => at += 1,
                _ => {}
            },
            b',' | b';' | b'|' => comma = true,
            b'"' | b'\'' | b'`' => quote = true,
            b'0'..=b'9' => number = true,
            b'-' | b'_' | b'.' => dash = true,
            b'*' | b':' | b'(' | b')' | b'[' | b']' | b'#' | b'/' | b'>' | b'+' => other = true,
            _ => return None,
        }
    }
    let kinds = [
        (number, Joint::Number),
        (quote, Joint::Quote),
        (line, Joint::Line),
        (comma, Joint::Comma),
        (dash, Joint::Dash),
        (other, Joint::Other),
    ];
    Some((kinds.iter().find(|(is, _)| *is).map_or(Joint::Blank, |(_, joint)| *joint), at))
}

/// Words one after the other.
#[derive(Debug, Default)]
pub(super) struct Chain {
    pub(super) words: Vec<Token>,
    /// More words follow, which were not read.
    pub(super) cut: bool,
}

/// The chains of at least `least` words in `text` that begin in its first `gap` bytes.
pub(super) fn chains(text: &[u8], least: usize, gap: usize) -> Vec<Chain> {
    let mut out = Vec::new();
    let mut chain: Vec<Token> = Vec::new();
    let (mut at, mut beyond) = (0, 0);
    while at < text.len() && (at <= gap || !chain.is_empty()) {
        if beyond == MORE {
            out.push(Chain { words: chain, cut: true });
            return out;
        }
        let rest = &text[at..];
        match joint(rest) {
            Some((joint, len)) => {
                let word = &rest[len..];
                let letter = |n: &usize| {
                    let byte = word[*n];
                    byte.is_ascii_alphabetic() || (byte >= 0x80 && wide_blank(&word[*n..]) == 0)
                };
                let size = (0..word.len()).take(LONGEST).take_while(letter).count();
                if size == 0 {
                    break;
                }
                beyond += usize::from(at + len > gap);
                // Two words without anything between them are one that is too long.
                if len == 0 && !chain.is_empty() {
                    chain.clear();
                }
                chain.push(Token { range: at + len..at + len + size, joint });
                at += len + size;
            }
            None => {
                if chain.len() >= least {
                    out.push(Chain { words: std::mem::take(&mut chain), cut: false });
                }
                chain.clear();
                // On to the next letter.
                let skip = rest.iter().position(|b| b.is_ascii_alphabetic() || *b >= 0x80);
                at += skip.unwrap_or(rest.len()).max(1);
            }
        }
    }
    if chain.len() >= least {
        out.push(Chain { words: chain, cut: false });
    }
    out
}
