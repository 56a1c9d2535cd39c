//! Expands the templates of examples, so that no token-shaped literal stands in the repository.
//!
//! In: `TOKEN={{ghp_ + base62(30) + crc32}}` and a seed. Out: text with a fresh, well-formed value, and where the
//! generated parts lie in it. The same seed gives the same text everywhere. What stands between `{{` and `}}` is a sum
//! of terms: bare text (`ghp_`), quoted text, or a generator of the table in [`generate`]; arguments are sums, too.
//! Examples are made from the facts of a format, not from the pattern under test (design.md, law 10).

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
        let mut parser = Terms { text: inner[..close].as_bytes(), at: 0, rng: &mut rng };
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
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
/// The digits of base62 as GitHub orders them.
pub const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
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
        // Private-key armour with so many random bytes: pem("RSA PRIVATE KEY", 600).
        "pem" => Ok(pem(arg(0)?, &rng.bytes(count(1)?))),
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
    if i % 2 == 0 { (d * 2) / 10 + (d * 2) % 10 } else { d }
}

fn base62_digits(mut value: u32, width: usize) -> Vec<u8> {
    let mut out = vec![b'0'; width];
    for slot in out.iter_mut().rev() {
        *slot = BASE62[(value % 62) as usize];
        value /= 62;
    }
    out
}

fn encode(bytes: &[u8], url: bool) -> String {
    use base64::Engine as _;
    if url {
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
    } else {
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }
}

fn pem(label: &[u8], body: &[u8]) -> Vec<u8> {
    let mut out = [b"-----BEGIN ", label, b"-----\n"].concat();
    for line in encode(body, false).as_bytes().chunks(64) {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out.extend([b"-----END ", label, b"-----"].concat());
    out
}

/// SplitMix64: small, the same everywhere, good enough for examples.
pub struct Rng(pub u64);

impl Rng {
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit` (above 0).
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// So many random bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }

    /// So many characters of `alphabet`; never the same one three times in a row, as in nearly all real tokens.
    fn mixed(&mut self, alphabet: &[u8], len: usize) -> Vec<u8> {
        let mut out: Vec<u8> = Vec::with_capacity(len);
        while out.len() < len {
            let c = alphabet[self.below(alphabet.len())];
            if alphabet.len() < 4 || !out.ends_with(&[c, c]) {
                out.push(c);
            }
        }
        out
    }
}
