//! What a pattern says about the bytes beside its secret: the alphabet of the body at both ends, and whether the secret
//! begins with a prefix that no random text has.
//!
//! In: the HIR of a pattern. Out: [`Neighbours`], made when the program is built. The *body* is what follows the fixed
//! start of a secret (`AKIA`, `sk-`): the classes up to the next fixed character. A neighbour out of it means that the
//! match may be a piece of a longer run; `detect/neighbours.rs` decides what follows from that.
//! This file is compiled into the build script, too.

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind};

/// A set of bytes.
pub type Set = [u64; 4];

/// Fixed characters from which a prefix is distinctive, if one of them is outside of [`WORN`].
const MIN_PREFIX: usize = 5;
/// What random text consists of: base64, and with it hex, base32 and digits.
const WORN: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Most spellings of a prefix (`sk_live_`, `sk_test_`); letters of either case make too many.
const SPELLINGS: usize = 16;
/// Classes of so many bytes inside the fixed start are choices (`[sr]k_live_`), not the body.
const CHOICE: usize = 8;

/// What may not stand beside a secret that has neither a proof nor a distinctive prefix.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// Bytes that go on with the body to the left; none for what people make up.
    pub before: Set,
    /// The same to the right.
    pub after: Set,
    /// The secret begins with five fixed characters or more, one of them outside of base64's alphabet.
    pub prefixed: bool,
}

impl Neighbours {
    /// Those of a setting, which consists of words (`--insecure`, a mode that is off) and has no alphabet of its own.
    pub fn of_words() -> Self {
        let all = WORN.iter().filter(|b| b.is_ascii_alphanumeric()).fold([0; 4], |set, b| with_byte(set, *b));
        Self { before: all, after: all, prefixed: false }
    }

    /// Derives them from a whole pattern and its group `secret`.
    pub fn from_pattern(pattern: &Hir, secret: &Hir) -> Self {
        let side = |back: bool, also: &[u8]| {
            let mut body = [0; 4];
            edge(secret, back, &mut body);
            // A class with control characters in it is "anything up to the end": no alphabet, no run.
            let open = has(&body, 0) || (back && ended(pattern));
            let kept = WORN.iter().chain(also).filter(|b| !open && has(&body, **b));
            kept.fold([0; 4], |set, b| with_byte(set, *b))
        };
        // Before a token `-` and `_` join and do not continue: `${X:-AKIA...}`, `my_AKIA...`; else one would hide it.
        let (before, after) = (side(false, b""), side(true, b"-_"));
        let joined = leading(pattern).filter(|h| h.iter().all(|l| distinctive(l))).is_some();
        Self {
            before,
            after,
            prefixed: joined || prefixes(secret).is_some_and(|all| all.iter().all(|l| distinctive(l))),
        }
    }
}

/// Whether `byte` is in the set.
#[inline]
pub fn has(set: &Set, byte: u8) -> bool {
    set[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
}

pub(super) fn with_byte(mut set: Set, byte: u8) -> Set {
    set[usize::from(byte >> 6)] |= 1 << (byte & 63);
    set
}

fn distinctive(prefix: &[u8]) -> bool {
    prefix.len() >= MIN_PREFIX && prefix.iter().any(|b| !WORN.contains(b))
}

/// The fixed starts of what `hir` matches, if they are few.
fn prefixes(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut extractor = Extractor::new();
    extractor.kind(ExtractKind::Prefix).limit_class(CHOICE).limit_total(SPELLINGS);
    Some(extractor.extract(hir).literals()?.iter().map(|l| l.as_bytes().to_vec()).collect())
}

/// Where the group `secret` is among the pieces of a pattern.
fn place(pattern: &Hir) -> Option<(&[Hir], usize)> {
    let HirKind::Concat(subs) = pattern.kind() else { return None };
    let secret = |sub: &Hir| matches!(sub.kind(), HirKind::Capture(c) if c.name.as_deref() == Some("secret"));
    Some((subs, subs.iter().position(secret)?))
}

/// Whether the pattern itself demands something after its secret.
fn ended(pattern: &Hir) -> bool {
    place(pattern).is_some_and(|(subs, at)| subs[at + 1..].iter().any(|sub| sub.properties().minimum_len() > Some(0)))
}

/// The fixed starts of a pattern that has fixed text only in front of its secret: `hooks.example.com/`, then the secret.
fn leading(pattern: &Hir) -> Option<Vec<Vec<u8>>> {
    let (subs, at) = place(pattern)?;
    let before = Hir::concat(subs[..at].to_vec());
    let mut extractor = Extractor::new();
    let seq = extractor.limit_class(CHOICE).limit_total(SPELLINGS).extract(&before);
    let all = seq.literals()?;
    (at > 0 && all.iter().all(|l| l.is_exact())).then(|| all.iter().map(|l| l.as_bytes().to_vec()).collect())
}

/// Adds the classes at one end of `hir` to `body`, fixed text at that end left out; whether the body may go on beyond it.
fn edge(hir: &Hir, back: bool, body: &mut Set) -> bool {
    let started = |body: &Set| *body != [0; 4];
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(_) => !started(body),
        HirKind::Class(class) => {
            if started(body) || size(class) > CHOICE {
                add(class, body);
            }
            true
        }
        HirKind::Capture(c) => edge(&c.sub, back, body),
        HirKind::Repetition(r) => {
            let on = match r.sub.kind() {
                HirKind::Class(class) => {
                    add(class, body);
                    true
                }
                _ => edge(&r.sub, back, body),
            };
            on || r.min == 0
        }
        HirKind::Concat(subs) if back => subs.iter().rev().all(|sub| edge(sub, back, body)),
        HirKind::Concat(subs) => subs.iter().all(|sub| edge(sub, back, body)),
        HirKind::Alternation(subs) => {
            let (mut all, mut on) = (*body, false);
            for sub in subs {
                let mut one = *body;
                on |= edge(sub, back, &mut one);
                all.iter_mut().zip(one).for_each(|(a, b)| *a |= b);
            }
            *body = all;
            on
        }
    }
}

fn size(class: &Class) -> usize {
    match class {
        Class::Bytes(bytes) => bytes.ranges().iter().map(|r| r.len()).sum(),
        Class::Unicode(_) => usize::MAX,
    }
}

fn add(class: &Class, body: &mut Set) {
    let Class::Bytes(bytes) = class else { return };
    for range in bytes.ranges() {
        for byte in range.start()..=range.end() {
            *body = with_byte(*body, byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::anchor::derive;
    use crate::rule::neighbours::has;

    fn sides(pattern: &str) -> (String, String, bool) {
        let n = derive(pattern, None).expect("a usable pattern").neighbours;
        let text = |set| (0..=255_u8).filter(|b| has(&set, *b)).map(char::from).collect();
        (text(n.before), text(n.after), n.prefixed)
    }

    #[test]
    fn the_body_is_what_follows_the_fixed_start_up_to_the_next_fixed_character() {
        const BASE32: &str = "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        const HEX: &str = "0123456789abcdef";
        let both = |s: &str| (s.to_owned(), s.to_owned(), false);
        assert_eq!(sides("(?<secret>(?:AKIA|ASIA)[A-Z2-7]{16})"), both(BASE32));
        assert_eq!(sides("(?<secret>dapi[0-9a-f]{32}(?:-[0-9])?)"), both(HEX));
        assert_eq!(sides("(?<secret>[abc][0-9a-f][0-9a-f]{7}-[g-z]{4}-[0-9a-f]{12}word)"), both(HEX));
        assert_eq!(sides("(?<secret>[0-9]{8,10}:AAAA[0-9a-f_\\-]{33})").0, "0123456789");
        assert_eq!(sides("(?<secret>[0-9]{8,10}:AAAA[0-9a-f_\\-]{33})").1, "-0123456789_abcdef");
        assert_eq!(sides("(?<secret>AAAA[0-9a-f_\\-]{33})").0, HEX);
        assert_eq!(sides("(?<secret>AAAA[0-9a-f]{33}(?:={1,2}|%3[Dd]))"), both(HEX));
        assert_eq!(sides("(?<secret>AAAA[0-9a-f]{33})[\"]").1, "");
        assert_eq!(sides("word(?<secret>[^\\r\\n]{5,9})"), both(""));
    }

    #[test]
    fn a_prefix_is_distinctive_from_five_characters_with_one_outside_of_base64() {
        let prefixed = |pattern| sides(pattern).2;
        for yes in [
            "(?<secret>glpat-[0-9A-Za-z_\\-]{20})",
            "(?<secret>[sr]k_(?:live|test)_[0-9A-Za-z]{24})",
            "(?<secret>1PRK(?:-[0-9A-Z]{4}){13})",
            "hooks\\.example\\.com/(?<secret>[0-9a-z]{20})",
        ] {
            assert!(prefixed(yes), "{yes}");
        }
        for no in [
            "(?<secret>ghp_[0-9A-Za-z]{36})",
            "(?<secret>FwoGZXIvYXdz[0-9A-Za-z]{36})",
            "(?<secret>(?i:glpat-)[0-9A-Za-z]{36})",
            "(?<secret>(?:glpat-|AKIA)[0-9A-Za-z]{36})",
            "hooks\\.example\\.com/[a-z]{0,9}(?<secret>[0-9a-z]{20})",
        ] {
            assert!(!prefixed(no), "{no}");
        }
    }
}
