//! Who made a value: a person, who took a word or made something up, or a machine.
//!
//! In: the value of a password, token or key that no provider's rule knows. Out: [`Maker`]. Base64 that decodes to text is
//! judged by the text. It reads nothing beside the value, and says nothing of whether the value is a secret: a password
//! that a person made up is one. In doubt a machine made it.
//!
//! | value                     | as a password | as a token | why                                                            |
//! |---------------------------|---------------|------------|----------------------------------------------------------------|
//! | `Wachtwoord`              | word          | word       | letters in one case, in the dictionary                         |
//! | `changeme`, `your-key`    | stand-in      | stand-in   | in the list; says that a value is to be put there              |
//! | `0123456789ab`, `abcabcabc` | filler      | filler     | one run, or one piece repeated, from end to end                |
//! | `Welcome1`, `s3cr3t`      | person        | person     | a word with swaps, digits or signs; shorter than a generated one |
//! | `blue-tiger-lamp-42`      | person        | person     | words of four letters                                          |
//! | `secretKey123`, `abc123def456` | person  | person     | words, runs and short numbers from end to end                  |
//! | `482915673024`            | machine       | machine    | twelve characters in which nothing was chosen                  |

mod dictionary;
mod letters;
mod stand_in;

pub(crate) use letters::{NOISE, noisy, pairs};
pub(crate) use stand_in::is_stand_in;

use crate::check::placeholder::{self, follows};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// Who made a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    /// Nobody: it is an ordinary word.
    Word,
    /// A person, in the place of a value: `changeme`.
    StandIn,
    /// A person, to fill the place of a value: `0123456789`.
    Filler,
    /// A person.
    Person,
    /// A machine.
    Machine,
}

/// What a value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Passwords are made up by people unless they look otherwise.
    Password,
    /// Tokens and keys are generated unless they look otherwise.
    Token,
}

/// From how many bytes on a password may be generated.
const GENERATED: usize = 12;
/// Longest value that is judged, in bytes: nobody makes up a longer one.
const MAX: usize = 256;

/// Who made `value`.
pub fn maker(value: &[u8], of: Use) -> Maker {
    let Ok(text) = std::str::from_utf8(value) else { return Maker::Machine };
    let text = text.trim();
    if text.len() > MAX {
        return Maker::Machine;
    }
    match decoded(text) {
        // The login that a header carries: its password decides.
        Some(inner) => judge(inner.split_once(':').map_or(&*inner, |(_, password)| password), of, text.len()),
        None if says_a_word(text) => Maker::Person,
        None => judge(text, of, text.len()),
    }
}

/// `len`: of the value as it is written.
fn judge(text: &str, of: Use, len: usize) -> Maker {
    if is_stand_in(text) {
        return Maker::StandIn;
    }
    if placeholder::is_filler(text.as_bytes()) || placeholder::is_filler(after_prefix(text).as_bytes()) {
        return Maker::Filler;
    }
    if dictionary::is_word(text) {
        return Maker::Word;
    }
    let short = text.len() < 32;
    let hex = text.len() >= GENERATED && text.bytes().all(|b| b.is_ascii_hexdigit());
    let made_up = match of {
        _ if short && is_composed(text) => true,
        // Six letters make words as well.
        _ if hex => spells(text),
        _ if short && is_spoken(text) => true,
        Use::Password => {
            len < GENERATED || ends_with_year(text) || has_word(text) || !(unspoken(text) || jumbled(text))
        }
        // Whoever generates a token makes it longer.
        Use::Token => text.len() < 8 || (short && mostly_words(text)),
    };
    if made_up { Maker::Person } else { Maker::Machine }
}

/// What follows the prefix of a provider (`ghp_`, `sk-proj-`), if most of the value does.
fn after_prefix(text: &str) -> &str {
    let end = text.bytes().take(16).rposition(|b| matches!(b, b'_' | b'-')).map_or(0, |i| i + 1);
    let (prefix, rest) = text.split_at(end);
    let letters = prefix.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    if letters && rest.len() >= 8 { rest } else { "" }
}

/// Text that is written in base64, alone or with what Basic authentication puts before it; `None` where the value is not
/// base64, or does not decode to text.
fn decoded(value: &str) -> Option<String> {
    // Six bytes are all printable once in five hundred random ones.
    let padded = value.ends_with('=');
    if value.len() < if padded { 8 } else { 12 } || !value.len().is_multiple_of(4) {
        return None;
    }
    let bytes = STANDARD.decode(value).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let text = text.trim_end_matches('\n');
    (text.len() >= 3 && text.bytes().all(|b| (b' '..=b'~').contains(&b))).then(|| text.to_owned())
}

/// Whether hexadecimal digits spell two words: `dead` is in one random value of 32 digits in two thousand, two such words are
/// in one of a hundred thousand.
fn spells(hex: &str) -> bool {
    let lower = hex.to_ascii_lowercase();
    let words = ["babe", "beef", "c0de", "c0ffee", "cafe", "dead", "face", "feed", "f00d"];
    words.iter().filter(|word| lower.contains(**word)).count() > 1
}

/// Whether base64 that someone changed by hand still says a word at its start, and little else: `default` and two bytes.
fn says_a_word(text: &str) -> bool {
    let Ok(bytes) = STANDARD_NO_PAD.decode(text.trim_end_matches('=')) else { return false };
    let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let word =
        || std::str::from_utf8(&bytes[..letters]).is_ok_and(|word| dictionary::is_word(word) || is_stand_in(word));
    letters > 5 && letters * 3 >= bytes.len() * 2 && word()
}

/// Letters in an order that no language has, or too few of them to tell.
fn unspoken(text: &str) -> bool {
    pairs(text.as_bytes()).is_none_or(|mean| mean < NOISE)
}

/// `Datadog2024#`: a year, and at most two signs.
fn ends_with_year(text: &str) -> bool {
    let year = text.trim_end_matches(|c: char| c.is_ascii_punctuation());
    let digits = year.len() - year.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    text.len() - year.len() <= 2 && digits == 4 && matches!(&year[year.len() - 4..year.len() - 2], "19" | "20")
}

/// Whether small letters, capitals and digits change so often that nobody typed it: people write words, and numbers after them.
fn jumbled(text: &str) -> bool {
    let class = |b: u8| {
        if b.is_ascii_digit() {
            0
        } else if b.is_ascii_uppercase() {
            1
        } else {
            2
        }
    };
    let changes = text.as_bytes().windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    changes * 3 > text.len()
}

/// The text in lower case with the usual swaps undone, byte for byte. A swap has a letter beside it: `0001` is a number.
fn plain(text: &str) -> Vec<u8> {
    let raw = text.as_bytes();
    let letter = |at: usize| raw.get(at).is_some_and(u8::is_ascii_alphabetic);
    let swap = |(at, b): (usize, &u8)| match *b {
        b if !letter(at + 1) && !letter(at.wrapping_sub(1)) => b.to_ascii_lowercase(),
        b'@' => b'a',
        b'0' => b'o',
        b'1' => b'l',
        b'3' => b'e',
        b'$' => b's',
        b => b.to_ascii_lowercase(),
    };
    raw.iter().enumerate().map(swap).collect()
}

/// Whether letters of `text[range]` are in one case, or have one capital at the start: what random letters seldom have.
fn one_case(text: &[u8], range: std::ops::Range<usize>) -> bool {
    let part = text.get(range).unwrap_or_default();
    let rest = part.get(1..).unwrap_or_default();
    !rest.iter().any(u8::is_ascii_uppercase) || !part.iter().any(u8::is_ascii_lowercase)
}

/// Whether a word of four letters is in `text`: five or more anywhere, four between what are no letters, since any random
/// value holds some four letters that are a word.
fn has_word(text: &str) -> bool {
    let (raw, plain) = (text.as_bytes(), plain(text));
    let letter = |at: usize| raw.get(at).is_some_and(u8::is_ascii_alphabetic);
    let hump = |at: usize| letter(at) && raw[at].is_ascii_uppercase() && at > 0 && raw[at - 1].is_ascii_lowercase();
    let begins = |at: usize| at == 0 || !letter(at - 1) || hump(at);
    let ends = |at: usize| !letter(at) || hump(at);
    (0..plain.len()).any(|from| {
        let fits =
            |end: usize| one_case(raw, from..end) && (end - from > 4 || (end - from == 4 && begins(from) && ends(end)));
        dictionary::longest(&plain, from, fits).is_some()
    })
}

/// Whether most letters of `text` are those of words, swaps undone: `s3cr3t-t0ken`, `testsvc123`.
fn mostly_words(text: &str) -> bool {
    let (raw, plain) = (text.as_bytes(), plain(text));
    let (covered, letters) = covered(&plain, |from, end| end - from > 3 && one_case(raw, from..end));
    // Half of it may be chance in eight letters, and is none in sixteen.
    covered * 10 >= letters * if text.len() < 12 { 5 } else { 7 } && covered > 3
}

/// Whether words of five letters and more, in whatever case, fill half of `text` and twelve letters, which chance does once
/// in millions: `mYRe$et-tOkEn123`.
fn is_spoken(text: &str) -> bool {
    let (covered, letters) = covered(&plain(text), |from, end| end - from > 4);
    covered >= 12 && covered * 2 >= letters
}

/// Whether a text is words, runs, repeats and short numbers from end to end: `secretKey123`, `abc123def456`, `aaabbb123456`.
fn is_composed(text: &str) -> bool {
    let (raw, lower) = (text.as_bytes(), text.to_ascii_lowercase().into_bytes());
    let mut reached = vec![false; raw.len() + 1];
    reached[0] = true;
    for from in 0..raw.len() {
        if !reached[from] {
            continue;
        }
        let digits = raw[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let begins = from == 0 || !raw[from - 1].is_ascii_digit();
        match raw[from] {
            b'0'..=b'9' => reached[from + digits] |= begins && digits <= 4,
            b'-' | b'_' | b'.' | b' ' => reached[from + 1] = true,
            _ => {
                // Any two letters are a word of something; they count with a sign on both sides.
                let other = |at: usize| !raw.get(at).is_some_and(u8::is_ascii_alphanumeric);
                let mut word = |end: usize| {
                    let alone = other(from.wrapping_sub(1)) && other(end);
                    reached[end] |= (end - from > 2 || alone) && one_case(raw, from..end);
                };
                dictionary::each(&lower, from, &mut word);
                stand_in::pieces_at(&lower, from).for_each(word);
            }
        }
        let same = raw[from..].iter().take_while(|b| **b == raw[from]).count();
        (3..=same).for_each(|len| reached[from + len] = true);
        for up in [true, false] {
            let step = |pair: &&[u8]| if up { follows(pair[0], pair[1]) } else { follows(pair[1], pair[0]) };
            let steps = lower[from..].windows(2).take_while(step).count();
            (3..=steps + 1).for_each(|len| reached[from + len] = true);
        }
    }
    reached[raw.len()]
}

/// How many letters of `plain` are those of words that `fits` takes, and how many letters there are.
fn covered(plain: &[u8], fits: impl Fn(usize, usize) -> bool) -> (usize, usize) {
    let letters = plain.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let (mut at, mut covered) = (0, 0);
    while at < plain.len() {
        match dictionary::longest(plain, at, |end| fits(at, end)) {
            Some(end) => {
                covered += end - at;
                at = end;
            }
            None => at += 1,
        }
    }
    (covered, letters)
}

#[cfg(test)]
mod tests;
