//! The name that a value is assigned to: the identifier around the telling word, and what it says.
//!
//! In: text and the telling word's place. Out: [`Key`]: the identifier's extent, how it is quoted, what stands before
//! it, and whether its other words blunt it (`password_field`, `csrf_token`). Refuses names in which a later telling
//! word decides (`token` in `token_secret`), so that one assignment is judged once. Looks at [`SIDE`] bytes to either side.

use super::kind::{Kind, kind_of};
use super::words::{ABOUT, DULL, ELSEWHERE};
use std::ops::Range;

/// How far a name may extend from the telling word, in bytes.
const SIDE: usize = 64;
/// The byte order mark of UTF-8: the first line begins behind it.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// The colon of Chinese and Japanese.
pub(super) const WIDE_COLON: &[u8] = "\u{ff1a}".as_bytes();

/// "Is" of Chinese, which is written to the name.
pub(super) const COPULAS: [&[u8]; 2] = ["\u{4e3a}".as_bytes(), "\u{662f}".as_bytes()];

/// A name with a telling word in it.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// The identifier.
    pub ident: Range<usize>,
    /// The telling word without what the rule's pattern took beyond it.
    pub word: Range<usize>,
    pub kind: Kind,
    /// Length of a closing quote (with its backslashes) directly after the identifier; 0: none.
    pub closing: usize,
    /// The identifier is quoted on both sides.
    pub quoted: bool,
    /// The byte before the identifier, its quotes and its dashes; 0 at the start.
    pub lead: u8,
    /// The identifier stands behind one or two dashes.
    pub dashes: u8,
    /// Its last words speak about a secret.
    pub about: bool,
    /// Its last word is of a part of a secret that is not the secret: its name, its place, its digest, its date.
    pub elsewhere: bool,
    /// Further words stand behind the telling word.
    pub tail: bool,
    /// A word before the telling word blunts it.
    pub dull: bool,
    /// In capitals, as environment variables and constants are.
    pub shout: bool,
}

/// The byte at `at`, 0 outside.
pub(super) fn at(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// Bytes `range` of `text`, cut to what there is.
pub(super) fn cut(text: &[u8], range: Range<usize>) -> &[u8] {
    let end = range.end.min(text.len());
    text.get(range.start.min(end)..end).unwrap_or(&[])
}

fn joins(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Number of bytes of a quote with the backslashes before it at `from`, and its mark; `None` if there is none.
pub(super) fn quote_len(text: &[u8], from: usize) -> Option<(usize, u8)> {
    let slashes = cut(text, from..from.saturating_add(8)).iter().take_while(|b| **b == b'\\').count();
    let mark = at(text, from + slashes);
    let fits = matches!(mark, b'"' | b'\'' | b'`') && slashes < 8;
    fits.then_some((slashes + 1, mark))
}

impl Key {
    /// The name around `word`, unless a later telling word of the same name decides.
    pub(super) fn around(text: &[u8], word: Range<usize>) -> Option<Self> {
        let taken = cut(text, word.clone());
        let taken = taken.strip_suffix(WIDE_COLON).unwrap_or(taken);
        let part = |b: &u8| b.is_ascii_alphanumeric() || !b.is_ascii();
        let first = taken.iter().position(part)?;
        let last = taken.iter().rposition(part)?;
        let word = word.start + first..word.start + last + 1;
        let mut end = word.end;
        if !at(text, end - 1).is_ascii() {
            end += if COPULAS.contains(&cut(text, end..end + 3)) { 3 } else { 0 };
            // A word of another language that goes on is another word.
            if !at(text, end).is_ascii() && cut(text, end..end + 3) != WIDE_COLON {
                return None;
            }
        }
        let limit = end + SIDE;
        while end < limit {
            let b = at(text, end);
            let dot = matches!(b, b'.') && at(text, end + 1).is_ascii_alphabetic() && at(text, end - 1) != b'.';
            if !joins(b) && !dot {
                break;
            }
            // `a->b`, `--`, and a range are no part of a name.
            if b == b'-' && !at(text, end + 1).is_ascii_alphanumeric() {
                break;
            }
            end += 1;
        }
        let mut start = word.start;
        let limit = start.saturating_sub(SIDE);
        while start > limit {
            let b = at(text, start - 1);
            let dot = b == b'.'
                && (joins(at(text, start.wrapping_sub(2))) || matches!(at(text, start.wrapping_sub(2)), b')' | b']'));
            if !joins(b) && !dot {
                break;
            }
            start -= 1;
        }
        let mut dashes = 0;
        while start < word.start && matches!(at(text, start), b'-' | b'.' | b'_') {
            dashes += u8::from(at(text, start) == b'-');
            start += 1;
        }
        let short = [&b"pass"[..], b"pw", b"psk", b"senha", b"clave", b"haslo", b"heslo", b"parola", b"sifre"]
            .iter()
            .any(|s| cut(text, word.clone()).eq_ignore_ascii_case(s));
        if short && other_word(text, start, word.start) {
            return None;
        }
        let words = Words::new(text, start, &word, end)?;
        let key_alone = cut(text, word.clone()).eq_ignore_ascii_case(b"key");
        if key_alone && known_key(cut(text, start..word.start)) {
            return None;
        }
        let outside = start - usize::from(dashes);
        let mut closing = quote_len(text, end).map_or(0, |(len, _)| len);
        let mut quoted = false;
        // A byte order mark is nothing that stands before a name.
        let first = outside == 0 || (outside == 3 && text.starts_with(MARK));
        let mut lead = if first { 0 } else { at(text, outside - 1) };
        if closing > 0 {
            let mark = at(text, end + closing - 1);
            quoted = lead == mark;
            if quoted {
                let mut before = outside - 1;
                while before > 0 && at(text, before - 1) == b'\\' {
                    before -= 1;
                }
                lead = if before == 0 { 0 } else { at(text, before - 1) };
            } else if matches!(lead, b'=' | b':') && at(text, outside.wrapping_sub(2)) == b' ' {
                closing = 0;
            }
        }
        Some(Self {
            ident: start..end,
            kind: kind_of(cut(text, word.clone())),
            word,
            closing,
            quoted,
            lead,
            dashes,
            ..words.key
        })
    }
}

impl Key {
    /// Whether the name is SQL's `IDENTIFIED BY`.
    pub(super) fn identified(&self, text: &[u8]) -> bool {
        at(text, self.word.start) | 0x20 == b'i'
    }
}

/// Whether the letters directly before `pass` make another word of it (`bypass`, `bandpass`): only what has a password
/// may stand there (as in `dbpass` and `storepass`).
fn other_word(text: &[u8], start: usize, word: usize) -> bool {
    const OWNERS: [&[u8]; 38] = [
        b"admin", b"api", b"auth", b"bind", b"cert", b"client", b"current", b"db", b"default", b"ftp", b"http",
        b"imap", b"key", b"ldap", b"login", b"mail", b"my", b"mysql", b"new", b"old", b"pg", b"proxy", b"redis",
        b"ipsec", b"pre", b"require", b"root", b"shared", b"vpn", b"wifi", b"wpa", b"smtp", b"sql", b"ssh", b"store",
        b"sudo", b"test", b"user",
    ];
    let head = cut(text, start..word);
    let glued = head.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    let head = cut(head, head.len() - glued..head.len());
    // `userPass`: the hump begins a word of its own.
    let hump = at(text, word).is_ascii_uppercase() && head.last().is_some_and(u8::is_ascii_lowercase);
    let ends = |o: &[u8]| head.len() >= o.len() && head[head.len() - o.len()..].eq_ignore_ascii_case(o);
    glued > 0 && !hump && !OWNERS.iter().any(|o| ends(o))
}

/// Whether `key` behind these words is a telling word of its own (`api_key`), or a public one.
fn known_key(head: &[u8]) -> bool {
    const KNOWN: [&[u8]; 23] = [
        b"api",
        b"app",
        b"secret",
        b"access",
        b"private",
        b"auth",
        b"encryption",
        b"consumer",
        b"service",
        b"application",
        b"cipher",
        b"aes",
        b"signing",
        b"account",
        b"storage",
        b"master",
        b"shared",
        b"session",
        b"client",
        b"hmac",
        b"public",
        b"primary",
        b"jwt",
    ];
    let head = match head {
        [rest @ .., b'_' | b'-' | b'.'] => rest,
        all => all,
    };
    KNOWN.iter().any(|k| head.get(head.len().saturating_sub(k.len())..).is_some_and(|h| h.eq_ignore_ascii_case(k)))
}

/// What the other words of the name say; carried in a half-filled key.
struct Words {
    key: Key,
}

impl Words {
    fn new(text: &[u8], start: usize, word: &Range<usize>, end: usize) -> Option<Self> {
        let tail = cut(text, word.end..end);
        let head = cut(text, start..word.start);
        // `PublicKeyToken` of an assembly's name: the hash of a public key (ECMA-335, II.6.3).
        if head.len() >= 9 && head[head.len() - 9..].eq_ignore_ascii_case(b"publickey") {
            return None;
        }
        // In the baseline of detect-secrets: the SHA-1 of a value that it accepts.
        if cut(text, start..end) == b"hashed_secret" {
            return None;
        }
        let (mut about, mut more, mut elsewhere) = (false, false, false);
        let mut rest = tail;
        // `passwords`, `password2`, `password_1`: still the word itself.
        if matches!(rest.first(), Some(b's' | b'S')) && !rest.get(1).is_some_and(u8::is_ascii_lowercase) {
            rest = rest.get(1..).unwrap_or(&[]);
        }
        if rest.first().is_some_and(u8::is_ascii_lowercase) && at(text, word.end - 1).is_ascii_lowercase() {
            // `tokenize`, `secretary`, `passwordhash`: another word grows out of it.
            more = true;
            about = true;
        }
        let mut buffer = [0_u8; 16];
        let secret = cut(text, word.clone()).eq_ignore_ascii_case(b"secret");
        for piece in Pieces(rest) {
            let Some(lower) = lower(piece, &mut buffer) else { continue };
            if lower.iter().all(u8::is_ascii_digit) {
                continue;
            }
            // `secret_key` and `secret_access_key` are telling words of their own rule.
            if is_telling(lower) || (secret && !more && matches!(lower, b"key" | b"access")) {
                return None;
            }
            more = true;
            about |= ABOUT.binary_search_by(|w| w.as_bytes().cmp(lower)).is_ok();
            elsewhere = ELSEWHERE.contains(&lower);
            about |= elsewhere;
        }
        // Vault's `secret_id` is a password.
        elsewhere &= !(secret && head.is_empty() && rest.len() <= 3);
        let mut dull = false;
        for piece in Pieces(head) {
            let Some(lower) = lower(piece, &mut buffer) else { continue };
            dull |= DULL.binary_search_by(|w| w.as_bytes().cmp(lower)).is_ok();
            elsewhere |= matches!(
                lower,
                b"continuation"
                    | b"crypted"
                    | b"cursor"
                    | b"encoded"
                    | b"encrypted"
                    | b"hashed"
                    | b"page"
                    | b"pagination"
            );
        }
        about |= elsewhere;
        // A letter directly before the word that is no camel case: `mypassword` is fine, `detoken` is another word.
        let name = cut(text, start..end);
        let shout = name.iter().any(u8::is_ascii_uppercase) && !name.iter().any(u8::is_ascii_lowercase);
        let key = Key {
            ident: 0..0,
            word: 0..0,
            kind: Kind::Credential,
            closing: 0,
            quoted: false,
            lead: 0,
            dashes: 0,
            about,
            elsewhere,
            tail: more,
            dull,
            shout,
        };
        Some(Self { key })
    }
}

/// Later words that have an occurrence of their own.
fn is_telling(word: &[u8]) -> bool {
    const TELLING: [&[u8]; 12] = [
        b"password",
        b"passwords",
        b"passwd",
        b"passphrase",
        b"passcode",
        b"pwd",
        b"secret",
        b"secrets",
        b"token",
        b"tokens",
        b"credential",
        b"credentials",
    ];
    TELLING.contains(&word)
}

/// A word of a name in small letters; `None` if it is longer than any that is looked for.
pub(super) fn lower<'b>(piece: &[u8], buffer: &'b mut [u8; 16]) -> Option<&'b [u8]> {
    let out = buffer.get_mut(..piece.len())?;
    out.copy_from_slice(piece);
    out.make_ascii_lowercase();
    Some(out)
}

/// The words of a name: split at `_`, `-`, `.`, and where capitals begin.
pub(super) struct Pieces<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let begin = self.0.iter().position(u8::is_ascii_alphanumeric)?;
        let rest = self.0.get(begin..)?;
        let mut end = 1;
        while let Some(b) = rest.get(end) {
            let before = at(rest, end - 1);
            let hump = b.is_ascii_uppercase()
                && (before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || rest.get(end + 1).is_some_and(u8::is_ascii_lowercase));
            let digits = b.is_ascii_digit() != before.is_ascii_digit();
            if !b.is_ascii_alphanumeric() || hump || digits {
                break;
            }
            end += 1;
        }
        let (piece, left) = rest.split_at_checked(end)?;
        self.0 = left;
        Some(piece)
    }
}
