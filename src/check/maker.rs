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
//! | `blue-tiger-lamp-42`      | person        | machine    | words of four letters; a token might be generated from words   |
//! | `482915673024`            | machine       | machine    | twelve characters in which nothing was chosen                  |

mod dictionary;
mod letters;
mod stand_in;

pub(crate) use letters::{NOISE, noisy, pairs};
pub(crate) use stand_in::is_stand_in;

use crate::check::placeholder;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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
    let inner = decoded(text);
    judge(inner.as_deref().unwrap_or(text), of, text.len())
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
    let made_up = match of {
        Use::Password => len < GENERATED || has_word(text) || !(noisy(text.as_bytes()) || few_letters(text)),
        Use::Token => text.len() < 24 && only_words(text),
    };
    if made_up { Maker::Person } else { Maker::Machine }
}

/// What follows the prefix of a provider (`ghp_`, `sk-proj-`), if most of the value does.
fn after_prefix(text: &str) -> &str {
    let end = text.bytes().take(16).rposition(|b| matches!(b, b'_' | b'-')).map_or(0, |i| i + 1);
    let (prefix, rest) = text.split_at(end);
    let letters = prefix.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    if letters && rest.len() >= 12 { rest } else { "" }
}

/// Text that is written in base64, alone or with what Basic authentication puts before it; `None` where the value is not
/// base64, or does not decode to text.
fn decoded(value: &str) -> Option<String> {
    // Six bytes are all printable once in five hundred random ones.
    let padded = value.ends_with('=');
    if value.len() < if padded { 8 } else { 12 } || value.len() % 4 != 0 {
        return None;
    }
    let bytes = STANDARD.decode(value).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let text = text.trim_end_matches('\n');
    (text.len() >= 3 && text.bytes().all(|b| (b' '..=b'~').contains(&b))).then(|| text.to_owned())
}

/// Too few letters to tell an order.
fn few_letters(text: &str) -> bool {
    pairs(text.as_bytes()).is_none()
}

/// The text in lower case with the usual swaps undone, byte for byte.
fn plain(text: &str) -> Vec<u8> {
    let swap = |b: u8| match b {
        b'@' => b'a',
        b'0' => b'o',
        b'1' => b'l',
        b'3' => b'e',
        b'$' => b's',
        _ => b.to_ascii_lowercase(),
    };
    text.bytes().map(swap).collect()
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

/// Whether `text` is words from end to end, with swaps, signs between them and at most four digits after them.
fn only_words(text: &str) -> bool {
    let words = text.trim_end_matches(|c: char| !c.is_alphabetic());
    if text.len() - words.len() > 4 || words.len() < 3 {
        return false;
    }
    let (raw, plain) = (words.as_bytes(), plain(words));
    // Which ends words can reach.
    let mut reached = vec![false; plain.len() + 1];
    reached[0] = true;
    for from in 0..plain.len() {
        if !reached[from] {
            continue;
        }
        if !plain[from].is_ascii_alphanumeric() {
            reached[from + 1] = true;
            continue;
        }
        // Short words between others: `to`, `my`.
        for end in from + 2..=plain.len().min(from + 3) {
            reached[end] |= stand_in::is_small(&plain[from..end]);
        }
        for end in from + 4..=plain.len().min(from + 24) {
            reached[end] |= dictionary::knows(&plain[from..end]) && (one_case(raw, from..end) || plain.len() < 24);
        }
    }
    reached[plain.len()]
}

#[cfg(test)]
mod tests;
