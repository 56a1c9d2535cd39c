//! The one type that holds a secret, and the id that names it without giving it away (docs/design.md, "Identity of
//! findings").
//!
//! In: the bytes of a match. Out: a redacted form, an [`Id`], equality by value. It refuses to be displayed: there is no
//! `Display`, `Debug` is redacted, and the one method that gives the bytes has a name that shouts in review.

use crate::rule::{Family, Identity};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The bytes of a secret, normalised (see [`Secret::normalise`]).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Secret(Box<[u8]>);

/// 12 bits of a value: they tell that another value took its place, and not which one it is.
pub type Check = [u8; 2];

impl Secret {
    /// Takes the bytes of a match and normalises them: CRLF and CR become LF, and white space at the ends goes.
    /// Encodings and escapes are undone before (text is UTF-8 by then); a PEM key is its body, decoded (its parser).
    pub fn normalise(bytes: &[u8]) -> Self {
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = bytes.trim_ascii();
        while let Some(at) = memchr::memchr(b'\r', rest) {
            out.extend_from_slice(&rest[..at]);
            out.push(b'\n');
            rest = &rest[at + 1..];
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        out.extend_from_slice(rest);
        Self(out.into_boxed_slice())
    }

    /// The bytes themselves. Only for checks and for hashing: what is returned here must reach no report, log or panic.
    pub fn expose_in_clear(&self) -> &[u8] {
        &self.0
    }

    /// Length in bytes after normalising.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is left after normalising.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// 12 bits of it.
    pub fn check(&self) -> Check {
        let hash = blake3::keyed_hash(&PUBLIC_KEY, &self.0);
        [hash.as_bytes()[0], hash.as_bytes()[1] & 0xf0]
    }

    /// Every value that [`Self::check`] can give.
    pub(crate) fn checks() -> impl Iterator<Item = Check> {
        (0..=u8::MAX).flat_map(|high| (0..16).map(move |low| [high, low << 4]))
    }

    /// What may be shown: for a random secret the public prefix and the last two characters, of others nothing.
    /// A private key is named by its armour elsewhere; its body is never shown.
    pub fn redacted(&self, identity: Identity, public_prefix: usize) -> String {
        match identity {
            Identity::Random if self.0.len() >= public_prefix + 16 && !self.0.contains(&b'\n') => {
                let show = |bytes: &[u8]| -> String {
                    bytes.iter().map(|b| if b.is_ascii_graphic() { *b as char } else { '.' }).collect()
                };
                format!("{}…{}", show(&self.0[..public_prefix]), show(&self.0[self.0.len() - 2..]))
            }
            Identity::Setting => String::from_utf8_lossy(&self.0).into_owned(),
            _ => "…".to_owned(),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret([{} bytes])", self.0.len())
    }
}

impl Zeroize for Secret {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Secret {}

/// Key of ids that must be equal everywhere by themselves: a public constant.
const PUBLIC_KEY: [u8; 32] = *b"leaktight identity, public key 1";

/// The id of a finding: the same in hook, CI and history, on every platform.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(String);

impl Id {
    /// Id of a secret that nobody can guess: equal across repositories by itself.
    pub fn random(family: Family, secret: &Secret) -> Self {
        Self::hashed('r', &PUBLIC_KEY, &[family.name().as_bytes(), secret.expose_in_clear()])
    }

    /// Id of a secret that can be guessed. With the repository's salt it depends on the value; without one only on the
    /// place and a 12-bit check of the value, so that nobody can try passwords against it.
    pub fn guessable(family: Family, secret: &Secret, salt: Option<&[u8; 32]>, place: &[u8]) -> Self {
        match salt {
            Some(salt) => Self::hashed('g', salt, &[family.name().as_bytes(), secret.expose_in_clear()]),
            None => Self::located(family, secret.check(), place),
        }
    }

    /// Id of a guessable secret by its location and 12 bits of its value: what it has without a salt, and what exceptions
    /// call it that were written before there was one.
    pub fn located(family: Family, check: Check, place: &[u8]) -> Self {
        Self::hashed('w', &PUBLIC_KEY, &[family.name().as_bytes(), place, &check])
    }

    /// Whether it depends on a location instead of on a value alone.
    pub fn is_located(text: &str) -> bool {
        text.starts_with("lt1:w")
    }

    /// Id of a setting: nothing in it is secret.
    pub fn setting(rule: &str, setting: &[u8], host: &[u8], path: &[u8]) -> Self {
        Self::hashed('s', &PUBLIC_KEY, &[rule.as_bytes(), setting, host, path])
    }

    /// Id of a data set: its place and columns, never a value.
    pub fn dataset(rule: &str, path: &[u8], columns: &[u8]) -> Self {
        Self::hashed('d', &PUBLIC_KEY, &[rule.as_bytes(), path, columns])
    }

    /// The id that a report names: `lt1:`, a class, 32 hexadecimal digits. Anything else is none.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("lt1:")?.as_bytes();
        let (class, digits) = rest.split_first()?;
        let hex = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        (class.is_ascii_lowercase() && digits.len() == 32 && digits.iter().all(hex)).then(|| Self(text.to_owned()))
    }

    /// `lt1:`, the class, 128 bits in hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn hashed(class: char, key: &[u8; 32], parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new_keyed(key);
        hasher.update(&[class as u8]);
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(format!("lt1:{class}{}", &hasher.finalize().to_hex()[..32]))
    }

    /// With an organisation's key: links the same value across repositories and companies.
    pub fn organisation(key: &[u8; 32], family: Family, secret: &Secret) -> String {
        Self::hashed('o', key, &[family.name().as_bytes(), secret.expose_in_clear()]).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // What memory holds after the drop cannot be read without unsafe code; `drop` does this and nothing else.
    #[test]
    fn overwriting_a_secret_leaves_only_zeros() {
        let mut secret = Secret::normalise(b"some sample, 1234");
        secret.zeroize();
        assert_eq!(secret.expose_in_clear(), [0; 17]);
    }
}
