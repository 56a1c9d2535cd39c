//! Expands the templates of examples, so that no token-shaped literal stands in the repository.
//!
//! In: `TOKEN={{ghp_ + base62(30) + crc32}}` and a seed. Out: text with a fresh, well-formed value, and where the
//! generated parts lie in it. The same seed gives the same text everywhere. What stands between `{{` and `}}` is a sum
//! of terms: bare text (`ghp_`), quoted text, or a generator of the table in `generate`; arguments are sums, too.
//! Examples are made from the facts of a format, not from the pattern under test (docs/design.md, law 10).

mod keys;
mod random;
mod tokens;

pub use random::Rng;

use crate::check::checksum::BASE62;
use random::{DIGITS, UPPER, encode};
use std::ops::Range;

/// An expanded template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expanded {
    /// The whole text.
    pub text: Vec<u8>,
    /// The generated parts, in order.
    pub generated: Vec<Range<usize>>,
}

/// Expands `template`; the same `seed` gives the same text.
///
/// # Errors
/// What is wrong with the template.
pub fn expand(template: &str, seed: u64) -> Result<Expanded, String> {
    let mut rng = Rng(seed ^ 0x6c65_616b_6761_7465);
    let mut out = Expanded { text: Vec::new(), generated: Vec::new() };
    let mut rest = template;
    while let Some(open) = rest.find("{{") {
        out.text.extend_from_slice(&rest.as_bytes()[..open]);
        let inner = &rest[open + 2..];
        let close = close_of(inner).ok_or_else(|| format!("`{{{{` without `}}}}` in {template:?}"))?;
        let mut parser = Terms { text: &inner.as_bytes()[..close], at: 0, rng: &mut rng };
        let value = parser.sum()?;
        if parser.at < parser.text.len() {
            return Err(format!("cannot read {:?} at byte {} of a generator", &inner[..close], parser.at));
        }
        let start = out.text.len();
        out.text.extend_from_slice(&value);
        out.generated.push(start..out.text.len());
        rest = &inner[close + 2..];
    }
    out.text.extend_from_slice(rest.as_bytes());
    Ok(out)
}

/// Where the `}}` stands that ends a generator, quoted text skipped.
fn close_of(inner: &str) -> Option<usize> {
    let mut quoted = false;
    let bytes = inner.as_bytes();
    (0..bytes.len()).find(|&i| {
        quoted ^= bytes[i] == b'"';
        !quoted && bytes[i..].starts_with(b"}}")
    })
}

struct Terms<'a> {
    text: &'a [u8],
    at: usize,
    rng: &'a mut Rng,
}

impl Terms<'_> {
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn sum(&mut self) -> Result<Vec<u8>, String> {
        let mut all = self.term(b"")?;
        while self.peek() == Some(b'+') {
            self.at += 1;
            let next = self.term(&all)?;
            all.extend(next);
        }
        Ok(all)
    }

    fn term(&mut self, so_far: &[u8]) -> Result<Vec<u8>, String> {
        if self.peek() == Some(b'"') {
            let start = self.at + 1;
            let len = self.text[start..].iter().position(|b| *b == b'"').ok_or("a quote is not closed")?;
            self.at = start + len + 1;
            return Ok(self.text[start..start + len].to_vec());
        }
        let start = self.at;
        while self.text.get(self.at).is_some_and(|b| !matches!(b, b'+' | b'(' | b')' | b',' | b'"')) {
            self.at += 1;
        }
        let name = self.text[start..self.at].trim_ascii_end().to_vec();
        let name = String::from_utf8_lossy(&name).into_owned();
        if self.text.get(self.at) != Some(&b'(') {
            return if name == "crc32" { generate("crc32", &[], so_far, self.rng) } else { Ok(name.into_bytes()) };
        }
        self.at += 1;
        let mut args = Vec::new();
        while self.peek() != Some(b')') {
            args.push(self.sum()?);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b')') => {}
                _ => return Err(format!("`{name}(` is not closed")),
            }
        }
        self.at += 1;
        generate(&name, &args, so_far, self.rng)
    }
}

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";
const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The generators. `so_far` is what the sum has produced before this term (for checksums).
fn generate(name: &str, args: &[Vec<u8>], so_far: &[u8], rng: &mut Rng) -> Result<Vec<u8>, String> {
    let arg = |i: usize| args.get(i).map(Vec::as_slice).ok_or_else(|| format!("{name}: argument {} is missing", i + 1));
    let count = |i: usize| -> Result<usize, String> {
        let text = String::from_utf8_lossy(arg(i)?).into_owned();
        text.parse().map_err(|_| format!("{name}: {text:?} is not a number"))
    };
    let mut of = |parts: &[&[u8]]| -> Result<Vec<u8>, String> {
        let alphabet = parts.concat();
        Ok(rng.mixed(&alphabet, count(0)?))
    };
    match name {
        // Random characters of an alphabet.
        "base62" => of(&[BASE62]),
        "base58" => of(&[BASE58]),
        "base64" => of(&[BASE62, b"+/"]),
        "base64url" => of(&[BASE62, b"-_"]),
        "base32" => of(&[UPPER, b"234567"]),
        "base32_lower" => of(&[LOWER, b"234567"]),
        "hex" => of(&[HEX]),
        "hex_upper" => of(&[b"0123456789ABCDEF"]),
        "digits" => of(&[DIGITS]),
        "lower" => of(&[LOWER]),
        "upper" => of(&[UPPER]),
        "letters" => of(&[LOWER, UPPER]),
        "alnum_lower" => of(&[LOWER, DIGITS]),
        "alnum_upper" => of(&[UPPER, DIGITS]),
        // Characters of an alphabet given as text: from("ABC", 12).
        "from" => Ok(rng.mixed(arg(0)?, count(1)?)),
        // The same text again and again, up to so many bytes: repeat("x", 36).
        "repeat" => Ok(arg(0)?.iter().copied().cycle().take(count(1)?).collect()),
        "uuid" => Ok([8, 4, 4, 4, 12].map(|n| rng.mixed(HEX, n)).join(&b'-')),
        // Base64 of so many random bytes, padded.
        "base64_bytes" => Ok(encode(&rng.bytes(count(0)?), false).into_bytes()),
        "base64url_bytes" => Ok(encode(&rng.bytes(count(0)?), true).into_bytes()),
        // Encodings of a sum.
        "b64" => Ok(encode(arg(0)?, false).into_bytes()),
        "b64url" => Ok(encode(arg(0)?, true).into_bytes()),
        "hexenc" => Ok(arg(0)?.iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect()),
        // A password as people make them: a word, a number, a sign.
        "password" => {
            let word = rng.mixed(b"bcdfghklmnprstvwz", 1).to_ascii_uppercase();
            Ok([word, rng.mixed(LOWER, 6), rng.mixed(DIGITS, 3), rng.mixed(b"!#%*_", 1)].concat())
        }
        // CRC32 of the last 30 bytes before it, as six base62 digits (GitHub, npm).
        "crc32" => {
            let body = &so_far[so_far.len().saturating_sub(30)..];
            Ok(base62_digits(crc32fast::hash(body), 6))
        }
        // CRC32 of everything before it, as eight hexadecimal digits.
        "crc32_hex" => Ok(format!("{:08x}", crc32fast::hash(so_far)).into_bytes()),
        "crc32_hex_upper" => Ok(format!("{:08X}", crc32fast::hash(so_far)).into_bytes()),
        // CRC32 of a sum of its own.
        "crc32_hex_of" => Ok(format!("{:08x}", crc32fast::hash(arg(0)?)).into_bytes()),
        // Private-key armour with a body of about so many bytes, which has the structure of its label (PKCS#1, SEC1,
        // DSA, PKCS#8, encrypted PKCS#8, OpenSSH, OpenPGP); random bytes under other labels: pem("RSA PRIVATE KEY", 600).
        "pem" => Ok(keys::pem(arg(0)?, count(1)?, rng)),
        // Private-key armour with so many random bytes under any label: pem_random("RSA PRIVATE KEY", 600).
        "pem_random" => Ok(keys::armour(arg(0)?, &rng.bytes(count(1)?), b"")),
        // The body of `pem` alone, on one line or on several: bare("PRIVATE KEY", 138), lines("PRIVATE KEY", 138); as
        // bytes of program text with the given form of each (`0x%`: hexadecimal, `%`: decimal) and something between
        // them: listed("PRIVATE KEY", 138, "0x%", ", "); and the bytes themselves: der("PRIVATE KEY", 138).
        "bare" => Ok(encode(&keys::der(arg(0)?, count(1)?, rng), false).into_bytes()),
        "lines" => {
            let text = encode(&keys::der(arg(0)?, count(1)?, rng), false).into_bytes();
            Ok(text.chunks(64).collect::<Vec<_>>().join(&b'\n'))
        }
        "listed" => {
            let bytes = keys::der(arg(0)?, count(1)?, rng);
            let form = String::from_utf8_lossy(arg(2)?).into_owned();
            let hex = form.len() > 1;
            let one = |b: &u8| form.replace('%', &if hex { format!("{b:02x}") } else { b.to_string() }).into_bytes();
            Ok(bytes.iter().map(one).collect::<Vec<_>>().join(arg(3)?))
        }
        "der" => Ok(keys::der(arg(0)?, count(1)?, rng)),
        // An RSA key in XML, with or without its private numbers: rsa_xml(), rsa_xml_public().
        "rsa_xml" => Ok(keys::rsa_xml(true, rng)),
        "rsa_xml_public" => Ok(keys::rsa_xml(false, rng)),
        // An OpenSSH key with a passphrase.
        "openssh_encrypted" => Ok(keys::openssh_encrypted(rng)),
        // A PuTTY key file of version 2 or 3, without or with a passphrase: putty(3), putty_encrypted(2).
        "putty" => Ok(keys::putty(arg(0)?, false, rng)),
        "putty_encrypted" => Ok(keys::putty(arg(0)?, true, rng)),
        // Line ends of a sum written as `\n`, as in JSON and source strings: escaped(pem("PRIVATE KEY", 600)).
        "escaped" => Ok(arg(0)?.split(|b| *b == b'\n').collect::<Vec<_>>().join(&b"\\n"[..])),
        // Every line of a sum after its first begins with a text: indented("    ", pem("PRIVATE KEY", 600)).
        "indented" => {
            let between = [b"\n", arg(0)?].concat();
            Ok(arg(1)?.split(|b| *b == b'\n').collect::<Vec<_>>().join(&between[..]))
        }
        // GitLab's routable token with a prefix: gitlab_routable(glpat-).
        "gitlab_routable" => Ok(tokens::gitlab_routable(arg(0)?, rng)),
        // Grafana's checksum: glsa_ + base62(32) + _ + grafana_crc().
        "grafana_crc" => Ok(tokens::grafana_crc(so_far)),
        // Confluent's checksum of the 54 characters before it: cflt + base64(54) + confluent_crc().
        "confluent_crc" => Ok(tokens::confluent_crc(so_far)),
        // A macaroon of a location after a prefix: macaroon(pypi-), macaroon(pypi-, test.pypi.org).
        "macaroon" => Ok(tokens::macaroon(arg(0)?, arg(1).unwrap_or(b"pypi.org"), rng)),
        // A web token (HS256, random signature), with an expiry in seconds since 1970 if one is given: jwt(),
        // jwt(4102444800); with another algorithm: jwt_with(RS256, 4102444800). `none` leaves the signature out.
        "jwt" => Ok(tokens::jwt("HS256", arg(0).ok().map(String::from_utf8_lossy).as_deref(), rng)),
        "jwt_with" => {
            let expiry = arg(1).ok().map(String::from_utf8_lossy);
            Ok(tokens::jwt(&String::from_utf8_lossy(arg(0)?), expiry.as_deref(), rng))
        }
        // An AWS access key id with an account's number in it: aws_key_id(AKIA).
        "aws_key_id" => Ok(tokens::aws_key_id(arg(0)?, rng)),
        // Azure's identifiable key: number of bytes, signature, its offset in characters, seed of the checksum:
        // azure_key(64, "+ASt", 76, Default0). azure_key_text: letters and digits only, no padding.
        "azure_key" => tokens::azure_key(count(0)?, arg(1)?, count(2)?, arg(3)?, false, rng),
        "azure_key_text" => tokens::azure_key(count(0)?, arg(1)?, count(2)?, arg(3)?, true, rng),
        // Azure's common annotated key of 84 characters with a provider's signature: azure_cask(AZDO).
        "azure_cask" => tokens::azure_cask(arg(0)?, rng),
        // Bech32 of so many random bytes; in capitals if the prefix is: bech32("AGE-SECRET-KEY-", 32).
        "bech32" => Ok(tokens::bech32(arg(0)?, count(1)?, rng)),
        // Base58check of version bytes (hexadecimal), so many random bytes, and a suffix: base58check(80, 32, 01).
        "base58check" => tokens::base58check(arg(0)?, count(1)?, arg(2).unwrap_or_default(), rng),
        "ripple_seed" => Ok(tokens::ripple_seed(rng)),
        // A recovery phrase of so many English words: phrase(12). With the wrong number of words: the first ones of more.
        "phrase" => {
            let (count, random) = (count(0)?, rng.bytes(32));
            let words = crate::check::phrase::of_entropy(&random[..count.clamp(12, 24) / 3 * 4]);
            Ok(words.split(|b| *b == b' ').take(count).collect::<Vec<_>>().join(&b' '))
        }
        // A seed of a NATS NKEY of a kind: nkey_seed(U) for a user.
        "nkey_seed" => tokens::nkey_seed(arg(0)?, rng),
        "stellar_seed" => Ok(tokens::stellar_seed(rng)),
        // An account number of a country with right check digits: iban(DE).
        "iban" => tokens::iban(arg(0)?, rng),
        // Digits with a leading text and a right Luhn digit: luhn("4", 16).
        "luhn" => {
            let mut number = arg(0)?.to_vec();
            number.extend(rng.mixed(DIGITS, count(1)?.saturating_sub(number.len() + 1)));
            let sum: u32 = number.iter().rev().enumerate().map(|(i, b)| luhn_weight(i, *b)).sum();
            number.push(b'0' + ((10 - sum % 10) % 10) as u8);
            Ok(number)
        }
        _ => Err(format!("there is no generator {name:?}")),
    }
}

fn luhn_weight(i: usize, digit: u8) -> u32 {
    let d = u32::from(digit - b'0');
    if i.is_multiple_of(2) { (d * 2) / 10 + (d * 2) % 10 } else { d }
}

fn base62_digits(mut value: u32, width: usize) -> Vec<u8> {
    let mut out = vec![b'0'; width];
    for slot in out.iter_mut().rev() {
        *slot = BASE62[(value % 62) as usize];
        value /= 62;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_structured_generator_gives_text_of_its_length() {
        for (template, len) in [
            ("gitlab_routable(glpat-)", 0),
            ("glsa_ + base62(32) + _ + grafana_crc()", 46),
            ("cflt + base64(54) + confluent_crc()", 64),
            ("macaroon(pypi-)", 0),
            ("jwt()", 0),
            ("aws_key_id(AKIA)", 20),
            ("azure_key(64, \"+ASt\", 76, Default0)", 88),
            ("azure_key(32, \"+ASb\", 33, Send0000)", 44),
            ("azure_key_text(39, AzSe, 42, PAdmin00)", 52),
            ("azure_cask(AZDO)", 84),
            ("bech32(\"AGE-SECRET-KEY-\", 32)", 74),
            ("bech32(nsec, 32)", 63),
            ("base58check(80, 32, 01)", 52),
            ("base58check(0488ade4, 74)", 111),
            ("ripple_seed()", 0),
            ("stellar_seed()", 56),
            ("iban(DE)", 22),
            ("putty(3)", 0),
            ("escaped(pem(\"RSA PRIVATE KEY\", 600))", 0),
            ("indented(\"    \", openssh_encrypted())", 0),
        ] {
            let one = expand(&format!("a{{{{{template}}}}}b"), 7).unwrap_or_else(|e| panic!("{template}: {e}"));
            let again = expand(&format!("a{{{{{template}}}}}b"), 7).unwrap();
            assert_eq!(one, again);
            let made = one.generated[0].len();
            assert!(made == len || (len == 0 && made > 20), "{template} gives {made} bytes");
            let other = expand(&format!("a{{{{{template}}}}}b"), 8).unwrap();
            assert_ne!(one, other, "{template} is always the same");
        }
    }
}
