//! Private keys in DER: PKCS#1 (RFC 8017 A.1.2), SEC1 (RFC 5915), OpenSSL's DSA form, PKCS#8 plain and encrypted
//! (RFC 5958). The reader is bounded: definite lengths of at most four bytes, no recursion beyond PKCS#8's one level.

use super::facts::{Facts, bits};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;

/// Content octets of the algorithms that are read further.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
/// Ed25519, X25519, X448, Ed448 differ in the last byte (RFC 8410).
const EDWARDS: &[u8] = &[0x2b, 0x65];
/// Password-based encryption of PKCS#5 and PKCS#12.
const PBE: &[&[u8]] = &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5], &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1]];

/// Most elements that are read on one level.
const MAX_ELEMENTS: usize = 16;

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The next element's tag and content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (len, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let count = usize::from(first & 0x7f);
            if !(1..=4).contains(&count) {
                return None;
            }
            let (digits, rest) = rest.split_at_checked(count)?;
            (digits.iter().fold(0usize, |n, b| n << 8 | usize::from(*b)), rest)
        };
        let (content, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The next element's content if it has that tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(t, _)| *t == tag).map(|(_, content)| content)
    }
}

/// A key at the start of `bytes`; what follows it is ignored.
pub(super) fn read(bytes: &[u8]) -> Option<Facts> {
    let mut outer = Reader(bytes);
    let body = outer.take(SEQUENCE)?;
    let len = bytes.len() - outer.0.len();
    rsa(body, len)
        .or_else(|| dsa(body, len))
        .or_else(|| sec1(body, len))
        .or_else(|| pkcs8(body, len))
        .or_else(|| pkcs8_encrypted(body, len))
}

/// All elements of `body` if every one is an integer that is not negative.
fn integers(body: &[u8]) -> Option<Vec<&[u8]>> {
    let mut reader = Reader(body);
    let mut all = Vec::new();
    while !reader.0.is_empty() {
        let number = reader.take(INTEGER).filter(|n| n.first().is_some_and(|b| *b < 0x80))?;
        all.push(number);
        if all.len() > MAX_ELEMENTS {
            return None;
        }
    }
    Some(all)
}

/// Version, modulus, exponents, primes, their exponents, coefficient.
fn rsa(body: &[u8], len: usize) -> Option<Facts> {
    let mut reader = Reader(body);
    let numbers = integers(body).or_else(|| {
        // Version 1: further primes follow in a sequence.
        let nine: Option<Vec<_>> = (0..9).map(|_| reader.take(INTEGER)).collect();
        nine.filter(|_| reader.take(SEQUENCE).is_some() && reader.0.is_empty())
    })?;
    let [version, modulus, public, private, p, q, ..] = numbers.as_slice() else { return None };
    let size = bits(modulus);
    let fits = numbers.len() == 9
        && matches!(version, [0 | 1])
        && size >= 256
        && bits(public) >= 2
        && bits(private) <= size
        && bits(private) * 4 > size
        && bits(p) + bits(q) <= size + 16
        && bits(p) + bits(q) + 16 >= size;
    fits.then(|| Facts::plain("RSA", Some(size), len))
}

/// Version, p, q, g, y, x.
fn dsa(body: &[u8], len: usize) -> Option<Facts> {
    let numbers = integers(body)?;
    let [version, p, q, g, y, x] = numbers.as_slice() else { return None };
    let fits = matches!(version, [0])
        && bits(p) >= 512
        && (150..=264).contains(&bits(q))
        && bits(g) <= bits(p)
        && bits(y) <= bits(p)
        && bits(x) <= bits(q);
    fits.then(|| Facts::plain("DSA", Some(bits(p)), len))
}

/// Version 1, the number, and perhaps curve and public point.
fn sec1(body: &[u8], len: usize) -> Option<Facts> {
    let mut reader = Reader(body);
    reader.take(INTEGER).filter(|v| *v == [1])?;
    let number = reader.take(OCTETS).filter(|n| (20..=72).contains(&n.len()))?;
    while !reader.0.is_empty() {
        reader.next().filter(|(tag, _)| matches!(tag, 0xa0 | 0xa1))?;
    }
    Some(Facts::plain("elliptic curve", Some(number.len() * 8), len))
}

/// Version, algorithm, key in an octet string; attributes and a public key may follow.
fn pkcs8(body: &[u8], len: usize) -> Option<Facts> {
    let mut reader = Reader(body);
    reader.take(INTEGER).filter(|v| matches!(v, [0 | 1]))?;
    let algorithm = Reader(reader.take(SEQUENCE)?).take(OID)?;
    let key = reader.take(OCTETS)?;
    let mut inner = Reader(key);
    match algorithm {
        RSA => rsa(inner.take(SEQUENCE)?, len),
        EC => sec1(inner.take(SEQUENCE)?, len),
        _ if algorithm.starts_with(EDWARDS) => {
            let seed = inner.take(OCTETS).filter(|s| matches!(s.len(), 32 | 56 | 57) && is_random(s))?;
            Some(Facts::plain("Edwards curve", Some(seed.len() * 8), len))
        }
        // Other algorithms (DSA, Diffie-Hellman, GOST, post-quantum) in the same frame.
        _ => (key.len() >= 16).then(|| Facts::plain("PKCS#8", None, len)),
    }
}

/// Whether it can be a seed. Programs that read such keys hold what comes before one, and after that other text.
fn is_random(seed: &[u8]) -> bool {
    let different = seed.iter().collect::<std::collections::BTreeSet<_>>().len();
    let printable = seed.iter().filter(|b| matches!(b, b' '..=b'~')).count();
    different * 5 >= seed.len() * 3 && printable * 4 <= seed.len() * 3
}

/// Scheme of encryption, then the encrypted key.
fn pkcs8_encrypted(body: &[u8], len: usize) -> Option<Facts> {
    let mut reader = Reader(body);
    let scheme = Reader(reader.take(SEQUENCE)?).take(OID)?;
    let data = reader.take(OCTETS)?;
    let fits = reader.0.is_empty() && data.len() >= 16 && PBE.iter().any(|prefix| scheme.starts_with(prefix));
    fits.then(|| Facts::encrypted("PKCS#8", len))
}
