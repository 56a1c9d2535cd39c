//! What a value looks like: classes of characters, words or noise, and forms that are no secret.
//!
//! In: the bytes of a value. Out: [`Shape`], plain facts; `judge.rs` weighs them, and `refused.rs` says what cannot be a secret.

use super::key::{Pieces, at};
use super::words::{MADE_UP, OPTION, STAND_IN};
use crate::check::maker::{Maker, NOISE, Use, is_stand_in, maker, pairs};
use crate::detect::entropy;

/// Facts about a value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    pub len: usize,
    pub lower: usize,
    pub upper: usize,
    pub digit: usize,
    /// Blanks.
    pub blank: usize,
    /// `_`, `-` and `.` between letters or digits.
    pub joint: usize,
    /// Other signs.
    pub sign: usize,
    /// Bytes that are no ASCII.
    pub wide: usize,
    /// Mean commonness of its letter pairs, 0 to 9; `None` with fewer than three pairs.
    pub pairs: Option<f32>,
    /// Entropy as a share of that of a random string of its length and alphabet.
    pub relative: f32,
    /// Only hexadecimal digits of one case, with letters and digits.
    pub hex: bool,
    pub uuid: bool,
    /// Base64 with padding, or mixed letters and digits in a length of whole groups with `+` or `/`.
    pub base64: bool,
    pub weak: bool,
    /// A word that settings take.
    pub option: bool,
    pub stand_in: bool,
    /// Begins with a word that values of tests begin with.
    pub made_up: bool,
    /// One to three different characters, or a short piece again and again.
    pub repeats: bool,
    /// Runs along the alphabet, the digits or the keyboard.
    pub sequence: bool,
    pub path: bool,
    pub email: bool,
    pub date_or_version: bool,
    /// A hash that a program made from a password.
    pub hash: bool,
    /// `a.b.c`, `a::b`, `a/b`: names joined, no digits among the letters.
    pub dotted: bool,
    /// Words joined by `_` or `-`, or camel case.
    pub name: bool,
    /// Generated, and written in groups of one length for people to type: `abcd efgh ijkl mnop`.
    pub grouped: bool,
    /// Brackets around it or stars inside: a blank to fill in, a mask.
    pub masked: bool,
}

/// Whether `value` has the form of a UUID.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && [8, 13, 18, 23].iter().all(|i| at(value, *i) == b'-')
        && value.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
}

/// Whether `value` looks generated, at a glance: letters and digits, no separators of names, sixteen or more.
pub(super) fn generated(value: &[u8]) -> bool {
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_'));
    if value.len() < 16 || !plain || !value.iter().any(u8::is_ascii_digit) || !value.iter().any(u8::is_ascii_alphabetic)
    {
        return false;
    }
    let shape = Shape::new(value);
    (shape.noisy() || shape.hex || (shape.digit > 1 && shape.lower > 1 && shape.upper > 1))
        && !shape.repeats
        && !shape.path
        && !shape.name
}

/// Whether `value` looks like a password that was generated, whatever signs are in it.
pub(super) fn generated_password(value: &[u8]) -> bool {
    maker(value, Use::Password) == Maker::Machine
}

/// Whether `value` is neither a word, nor a stand-in, nor filler.
pub(super) fn has_no_word(value: &[u8]) -> bool {
    matches!(maker(value, Use::Password), Maker::Machine | Maker::Person)
}

impl Shape {
    /// Looks at `value`.
    pub(super) fn new(value: &[u8]) -> Self {
        let mut s = Self { len: value.len(), ..Self::default() };
        let (mut hex_lower, mut hex_upper) = (true, true);
        for (i, b) in value.iter().enumerate() {
            match b {
                b'a'..=b'z' => s.lower += 1,
                b'A'..=b'Z' => s.upper += 1,
                b'0'..=b'9' => s.digit += 1,
                b' ' | b'\t' | b'\n' | b'\r' => s.blank += 1,
                b'_' | b'-' | b'.'
                    if i > 0
                        && at(value, i - 1).is_ascii_alphanumeric()
                        && at(value, i + 1).is_ascii_alphanumeric() =>
                {
                    s.joint += 1
                }
                0x80.. => s.wide += 1,
                _ => s.sign += 1,
            }
            hex_lower &= matches!(b, b'0'..=b'9' | b'a'..=b'f');
            hex_upper &= matches!(b, b'0'..=b'9' | b'A'..=b'F');
        }
        let letters = s.lower + s.upper;
        s.hex = (hex_lower || hex_upper) && s.digit > 0 && letters > 0;
        s.uuid = is_uuid(value);
        let body = value.strip_suffix(b"==").or_else(|| value.strip_suffix(b"=")).unwrap_or(value);
        let alphabet64 = body.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
        s.base64 = value.len() >= 8
            && value.len().is_multiple_of(4)
            && alphabet64
            && (body.len() < value.len() || (s.sign > 0 && s.digit > 0 && s.upper > 0 && s.lower > 0));
        s.pairs = pairs(value);
        let alphabet = if s.hex || s.uuid {
            16
        } else {
            10 * usize::from(s.digit > 0)
                + 26 * usize::from(s.lower > 0)
                + 26 * usize::from(s.upper > 0)
                + 2 * usize::from(s.sign + s.joint + s.blank > 0)
        };
        s.relative = entropy::relative(value, alphabet) as f32;
        let mut folded = [0_u8; 64];
        let mut n = 0;
        for b in value.iter().filter(|b| b.is_ascii_alphanumeric()) {
            let Some(slot) = folded.get_mut(n) else { break };
            *slot = b.to_ascii_lowercase();
            n += 1;
        }
        let folded = folded.get(..n).unwrap_or(&[]);
        s.weak = std::str::from_utf8(value).is_ok_and(is_stand_in);
        s.option = OPTION.binary_search_by(|w| w.as_bytes().cmp(folded)).is_ok();
        s.stand_in = stands_in(value, folded);
        s.made_up = first_word(value, MADE_UP);
        s.repeats = repeats(value);
        s.sequence = sequence(folded);
        s.masked = masked(value);
        s.path = path(value, &s);
        s.email = email(value);
        s.date_or_version = letters <= 1 && s.digit > 0 && s.joint >= 2 && s.sign == 0;
        let scheme = value.strip_prefix(b"{").and_then(|rest| rest.iter().position(|b| *b == b'}'));
        let scheme = scheme.is_some_and(|n| {
            (2..=14).contains(&n) && value[1..=n].iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        });
        let plain = [&b"{noop}"[..], b"{plain}", b"{PLAIN}", b"{CLEARTEXT}"].iter().any(|head| value.starts_with(head));
        s.hash = (scheme && !plain && value.len() > 24)
            || value.starts_with(b"$2") && at(value, 3) == b'$'
            || value.starts_with(b"sha512-")
            || value.starts_with(b"sha256-")
            || value.starts_with(b"$1$")
            || value.starts_with(b"$5$")
            || value.starts_with(b"$6$")
            || value.starts_with(b"$y$")
            || value.starts_with(b"$apr1$")
            || value.starts_with(b"$scrypt$")
            || value.starts_with(b"$pbkdf2")
            || value.starts_with(b"scrypt:")
            || value.starts_with(b"pbkdf2")
            || value.starts_with(b"$argon2");
        s.dotted = letters > 0
            && s.digit == 0
            && value.iter().any(|b| matches!(b, b'.' | b':' | b'/' | b'#' | b'|'))
            && value
                .iter()
                .all(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b':' | b'/' | b'#' | b'|' | b'_' | b'-'));
        s.name = name(value, &s);
        s.grouped = s.blank > 1 && grouped(value);
        s
    }

    /// Letters in an order that no language has.
    pub(super) fn noisy(&self) -> bool {
        self.pairs.is_some_and(|mean| mean < NOISE)
    }
}

/// Three and more groups of four to eight letters and digits, which are a generated value without the blanks.
fn grouped(value: &[u8]) -> bool {
    let mut lengths = value.split(|b| *b == b' ').map(<[u8]>::len);
    let Some(first) = lengths.next().filter(|len| (4..=8).contains(len)) else { return false };
    let joined: Vec<u8> = value.iter().copied().filter(|b| *b != b' ').collect();
    lengths.all(|len| len == first)
        && joined.len() >= 12
        && joined.iter().all(u8::is_ascii_alphanumeric)
        && pairs(&joined).is_some_and(|mean| mean < NOISE)
        && generated_password(&joined)
}

/// A piece of the folded value says that something is to be put in its place, or its first word does.
fn stands_in(value: &[u8], folded: &[u8]) -> bool {
    // Most places fail at the first two bytes, which is cheaper than a call.
    let has = |piece: &[u8]| {
        let head = piece.first_chunk::<2>();
        let mut windows = folded.windows(piece.len());
        windows.any(|w| w.first_chunk() == head && w == piece)
    };
    // Blanks of a form; four of them are in a long value by chance, or because someone wants it overlooked.
    let blanks = || folded.iter().filter(|b| **b == b'x').count() * 3 >= folded.len() && has(b"xxxx");
    STAND_IN.iter().any(|p| has(p.as_bytes()))
        || blanks()
        || first_word(value, &[b"your", b"enter", b"put", b"here", b"the"])
}

/// Whether the first of two or more words of `value` is one of `words`.
fn first_word(value: &[u8], words: &[&[u8]]) -> bool {
    let mut pieces = Pieces(value);
    let first = pieces.next().unwrap_or(&[]);
    pieces.next().is_some() && words.iter().any(|w| first.eq_ignore_ascii_case(w))
}

fn repeats(value: &[u8]) -> bool {
    let mut seen = [0_u8; 4];
    let mut n = 0;
    for b in value {
        if !seen.iter().take(n).any(|s| s == b) {
            if n == 3 {
                n = 4;
                break;
            }
            if let Some(slot) = seen.get_mut(n) {
                *slot = *b;
            }
            n += 1;
        }
    }
    let few = n <= 2 || (n == 3 && value.len() >= 8);
    let period = |p: usize| value.len() >= 3 * p && value.iter().zip(value.iter().skip(p)).all(|(a, b)| a == b);
    few || (2..=8).any(period)
}

/// For each byte the one that follows it in the alphabet, the digits, on the keyboard, and backwards; 0 for none.
static NEXT: [[u8; 256]; 4] = [
    nexts(b"abcdefghijklmnopqrstuvwxyz"),
    nexts(b"01234567890"),
    nexts(b"qwertyuiopasdfghjklzxcvbnm"),
    nexts(b"zyxwvutsrqponmlkjihgfedcba9876543210"),
];

const fn nexts(row: &[u8]) -> [u8; 256] {
    let mut next = [0; 256];
    let mut at = 0;
    while at + 1 < row.len() {
        next[row[at] as usize] = row[at + 1];
        at += 1;
    }
    next
}

/// At least two thirds of a value of six or more follow one another in the alphabet, the digits or on the keyboard.
fn sequence(folded: &[u8]) -> bool {
    // Bytes in runs of four and more along one row.
    let along = |next: &[u8; 256]| -> usize {
        let (mut total, mut run) = (0, 1);
        for (a, b) in folded.iter().zip(folded.iter().skip(1)) {
            if next[usize::from(*a)] == *b {
                run += 1;
            } else {
                total += if run >= 4 { run } else { 0 };
                run = 1;
            }
        }
        total + if run >= 4 { run } else { 0 }
    };
    folded.len() >= 4 && NEXT.iter().map(along).sum::<usize>() * 3 >= folded.len() * 2
}

fn masked(value: &[u8]) -> bool {
    // Long random values hold three of these in a row by chance.
    let stars = value.windows(3).any(|w| matches!(w, b"***" | b"..." | b"###" | b"???"))
        || value.windows(4).any(|w| matches!(w, b"----" | b"____" | b"XXXX" | b"xxxx"));
    let first = at(value, 0);
    let last = value.last().copied().unwrap_or(0);
    stars
        || matches!((first, last), (b'<', b'>') | (b'[', b']') | (b'(', b')') | (b'_', b'_'))
        || value.windows(3).any(|w| w == "\u{2022}".as_bytes() || w == "\u{2026}".as_bytes())
}

fn path(value: &[u8], s: &Shape) -> bool {
    // A backslash among other signs is one of them.
    let plain = value.iter().filter(|b| !b.is_ascii_alphanumeric() && !b"\\/_.:- $%()~".contains(b)).count() <= 2;
    let slashes = value.iter().filter(|b| **b == b'/' || (**b == b'\\' && plain)).count();
    if slashes == 0 {
        let dot = value.iter().rposition(|b| *b == b'.');
        // `secret.txt`, `key.pem`
        return dot.is_some_and(|i| {
            i > 0 && (2..=5).contains(&(value.len() - i)) && value.iter().skip(i + 1).all(u8::is_ascii_lowercase)
        }) && s.sign == 0
            && s.blank == 0;
    }
    let opens = value.starts_with(b"/")
        || value.starts_with(b"./")
        || value.starts_with(b"../")
        || value.starts_with(b"~/")
        || at(value, 1) == b':'
        || value.starts_with(b"\\\\");
    // Parts of base64 are hardly ever small letters only.
    let part = |p: &[u8]| p.len() >= 4 && p.iter().skip(1).all(|b| b.is_ascii_lowercase() || b"_-.".contains(b));
    let parts = value.split(|b| matches!(b, b'/' | b'\\')).any(part);
    let several = opens && slashes > 1 && (parts || !s.noisy()) && !value.iter().any(|b| matches!(b, b'+' | b'='));
    several || (opens && !s.noisy() && !s.base64) || (slashes * 24 >= value.len() && !s.noisy() && !s.base64)
}

fn email(value: &[u8]) -> bool {
    let Some(i) = value.iter().position(|b| *b == b'@') else { return false };
    let host = value.get(i + 1..).unwrap_or(&[]);
    i > 0
        && host.contains(&b'.')
        && host.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        && !value.ends_with(b".")
}

/// Words joined by `_` or `-`, or camel case, few or no digits.
fn name(value: &[u8], s: &Shape) -> bool {
    if s.sign + s.blank + s.wide > 0 || s.digit > 2 || !at(value, 0).is_ascii_alphabetic() {
        return false;
    }
    let humps = value.windows(2).any(|w| matches!(w, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    (s.joint > 0 || humps) && !s.noisy()
}
