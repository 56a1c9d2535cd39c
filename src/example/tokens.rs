//! Tokens with a structure, for examples: routable tokens, macaroons, web tokens, keys with a checksum of their own.
//!
//! In: the parameters of a template and random numbers. Out: text that passes the checks of its issuer. The formats are
//! those that issuers document; vectors of other people confirm the checks of them in `crate::check`.

use super::random::{DIGITS, Rng, UPPER, encode};
use crate::check::checksum::BASE62;
use crate::check::{base58, bech32, iban, marvin, stellar};

const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// `prefix` and a routable payload: 16 random bytes, routing lines, their length; version, length and base36 CRC32.
pub(super) fn gitlab_routable(prefix: &[u8], rng: &mut Rng) -> Vec<u8> {
    let lines = [b"o:1\nu:".to_vec(), rng.mixed(b"123456789abcdefghijklmnopqrstuvwxyz", 3)].concat();
    let payload = encode(&[rng.bytes(16), lines.clone(), vec![lines.len() as u8]].concat(), true);
    let mut out = prefix.to_vec();
    out.extend_from_slice(payload.as_bytes());
    out.extend_from_slice(b".01.");
    out.extend(base36(payload.len() as u32, 2));
    out.extend(base36(crc32fast::hash(&out), 7));
    out
}

fn base36(mut value: u32, width: usize) -> Vec<u8> {
    let mut out = vec![b'0'; width];
    for slot in out.iter_mut().rev() {
        *slot = char::from_digit(value % 36, 36).map_or(b'0', |c| c as u8);
        value /= 36;
    }
    out
}

/// Grafana's checksum of what stands before it, without the last underscore.
pub(super) fn grafana_crc(so_far: &[u8]) -> Vec<u8> {
    let body = so_far.strip_suffix(b"_").unwrap_or(so_far);
    crc32fast::hash(body).to_le_bytes().iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect()
}

/// Confluent's checksum of the last 54 characters before it.
pub(super) fn confluent_crc(so_far: &[u8]) -> Vec<u8> {
    let body = &so_far[so_far.len().saturating_sub(54)..];
    encode(&crc32fast::hash(body).to_le_bytes(), false).trim_end_matches('=').as_bytes().to_vec()
}

/// `prefix` and a version 2 macaroon of `location` with one caveat.
pub(super) fn macaroon(prefix: &[u8], location: &[u8], rng: &mut Rng) -> Vec<u8> {
    let field = |kind: u8, data: &[u8]| [&[kind, data.len() as u8], data].concat();
    let id = [8, 4, 4, 4, 12].map(|n| rng.mixed(b"0123456789abcdef", n)).join(&b'-');
    let caveat = [b"[3, \"".to_vec(), id.clone(), b"\"]".to_vec()].concat();
    let packets =
        [vec![2], field(1, location), field(2, &id), vec![0], field(2, &caveat), vec![0, 0], field(6, &rng.bytes(32))];
    [prefix, encode(&packets.concat(), true).as_bytes()].concat()
}

/// A web token; `expiry` in seconds since 1970; signed with random bytes, or not at all with `alg: none`.
pub(super) fn jwt(algorithm: &str, expiry: Option<&str>, rng: &mut Rng) -> Vec<u8> {
    let header = format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#);
    let subject = String::from_utf8_lossy(&rng.mixed(DIGITS, 10)).into_owned();
    let expiry = expiry.map(|at| format!(r#","exp":{at}"#)).unwrap_or_default();
    let claims = format!(r#"{{"sub":"{subject}","iat":1700000000{expiry}}}"#);
    let signature = if algorithm == "none" { String::new() } else { encode(&rng.bytes(32), true) };
    [encode(header.as_bytes(), true), encode(claims.as_bytes(), true), signature].join(".").into_bytes()
}

/// An access key id: `prefix` and base32 of ten bytes that hold the account's number.
pub(super) fn aws_key_id(prefix: &[u8], rng: &mut Rng) -> Vec<u8> {
    let account = 100_000_000_000 + rng.bits() % 900_000_000_000;
    // One set bit, 40 bits of account, 39 random ones.
    let bits = (1u128 << 79) | (u128::from(account) << 39) | u128::from(rng.bits() & ((1 << 39) - 1));
    let text = (0..16).rev().map(|i| BASE32[(bits >> (5 * i)) as usize & 31]);
    prefix.iter().copied().chain(text).collect()
}

/// Base64 of `len` bytes with `signature` at character `offset`, whose last four bytes are the Marvin32 of the rest.
/// `text_only`: no character but letters and digits.
pub(super) fn azure_key(
    len: usize,
    signature: &[u8],
    offset: usize,
    seed: &[u8],
    text_only: bool,
    rng: &mut Rng,
) -> Result<Vec<u8>, String> {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let seed: &[u8; 8] = seed.try_into().map_err(|_| "azure_key: the seed is not eight characters")?;
    if len < 16 || offset + signature.len() > (len - 4) * 4 / 3 {
        return Err("azure_key: the signature does not fit".to_owned());
    }
    for _ in 0..10_000 {
        let mut text = encode(&rng.bytes(len), false).into_bytes();
        text[offset..offset + signature.len()].copy_from_slice(signature);
        // The character after the signature belongs in part to the checksum; its other bits are zero.
        if offset + signature.len() < text.len() {
            text[offset + signature.len()] = b'A';
        }
        let mut bytes = engine.decode(&text).map_err(|e| format!("azure_key: {e}"))?;
        bytes.truncate(len - 4);
        bytes.extend(marvin::marvin32(&bytes, seed).to_le_bytes());
        let text = encode(&bytes, false);
        let plain = text.trim_end_matches('=');
        if !text_only {
            return Ok(text.into_bytes());
        }
        if plain.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Ok(plain.as_bytes().to_vec());
        }
    }
    Err("azure_key: no key of letters and digits in 10000 tries".to_owned())
}

/// A common annotated key of 84 characters of the provider whose signature is given.
pub(super) fn azure_cask(provider: &[u8], rng: &mut Rng) -> Result<Vec<u8>, String> {
    use base64::Engine as _;
    for _ in 0..10_000 {
        let mut text = rng.mixed(BASE62, 52);
        text.extend_from_slice(b"JQQJ99B");
        text.extend(rng.mixed(b"ABCDEFGHIJKL", 1));
        text.extend_from_slice(b"ACAAAAA");
        text.extend(rng.mixed(BASE62, 5));
        text.extend_from_slice(b"AAAA");
        text.extend_from_slice(provider);
        let bytes = base64::engine::general_purpose::STANDARD.decode(&text).map_err(|e| format!("azure_cask: {e}"))?;
        let sum = marvin::marvin32(&bytes, b"Default0").to_le_bytes();
        let end = encode(&sum[..3], false);
        if end.bytes().all(|b| b.is_ascii_alphanumeric()) {
            text.extend_from_slice(end.as_bytes());
            return Ok(text);
        }
    }
    Err("azure_cask: the provider's signature is not four characters".to_owned())
}

/// Bech32 of `len` random bytes; in capitals if `prefix` is.
pub(super) fn bech32(prefix: &[u8], len: usize, rng: &mut Rng) -> Vec<u8> {
    let lower = prefix.to_ascii_lowercase();
    let mut values = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in rng.bytes(len) {
        bits = ((bits << 8) | u32::from(byte)) & 0xfff;
        count += 8;
        while count >= 5 {
            count -= 5;
            values.push((bits >> count) as u8 & 31);
        }
    }
    if count > 0 {
        values.push((bits << (5 - count)) as u8 & 31);
    }
    let all = bech32::expand(&lower).chain(values.iter().copied()).chain([0; 6]);
    let sum = bech32::polymod(all) ^ bech32::BECH32;
    values.extend((0..6).rev().map(|i| (sum >> (5 * i)) as u8 & 31));
    let text = lower.iter().copied().chain([b'1']).chain(values.iter().map(|v| bech32::CHARSET[usize::from(*v)]));
    let text: Vec<u8> = text.collect();
    if lower == prefix { text } else { text.to_ascii_uppercase() }
}

/// Base58check of the bytes `version` (hexadecimal), `len` random bytes and `suffix` (hexadecimal).
pub(super) fn base58check(version: &[u8], len: usize, suffix: &[u8], rng: &mut Rng) -> Result<Vec<u8>, String> {
    Ok(base58_text(unhex(version)?, len, &unhex(suffix)?, base58::BITCOIN, rng))
}

/// Ripple's seed: its own digits, version byte 0x21, 16 bytes.
pub(super) fn ripple_seed(rng: &mut Rng) -> Vec<u8> {
    base58_text(vec![0x21], 16, &[], base58::RIPPLE, rng)
}

fn base58_text(mut payload: Vec<u8>, len: usize, suffix: &[u8], alphabet: &[u8; 58], rng: &mut Rng) -> Vec<u8> {
    payload.extend(rng.bytes(len));
    payload.extend_from_slice(suffix);
    let sum = base58::sum_of(&payload);
    payload.extend(sum);
    base58::encode(&payload, alphabet)
}

fn unhex(text: &[u8]) -> Result<Vec<u8>, String> {
    let digit = |b: &u8| char::from(*b).to_digit(16).map(|d| d as u8).ok_or("base58check: not hexadecimal".to_owned());
    text.chunks(2).map(|pair| pair.iter().try_fold(0u8, |n, b| Ok(n << 4 | digit(b)?))).collect()
}

/// Stellar's seed: base32 of 0x90, 32 bytes and their CRC16.
pub(super) fn stellar_seed(rng: &mut Rng) -> Vec<u8> {
    let mut bytes = [vec![0x90], rng.bytes(32)].concat();
    bytes.extend(stellar::crc16(&bytes).to_le_bytes());
    let bit = |i: usize| usize::from(bytes[i / 8] >> (7 - i % 8) & 1);
    (0..56).map(|c| BASE32[(0..5).fold(0, |n, i| n << 1 | bit(5 * c + i))]).collect()
}

/// A seed of NATS: base32 of its prefix, 32 bytes and their CRC16.
pub(super) fn nkey_seed(kind: &[u8], rng: &mut Rng) -> Result<Vec<u8>, String> {
    let letter = kind.first().and_then(|kind| BASE32.iter().position(|b| b == kind)).ok_or("nkey_seed: no kind")?;
    let bytes = crate::check::nkey_seed((letter as u8) << 3, &rng.bytes(32));
    let bit = |i: usize| bytes.get(i / 8).map_or(0, |b| usize::from(b >> (7 - i % 8) & 1));
    Ok((0..58).map(|c| BASE32[(0..5).fold(0, |n, i| n << 1 | bit(5 * c + i))]).collect())
}

/// An account number of `country` with right check digits.
pub(super) fn iban(country: &[u8], rng: &mut Rng) -> Result<Vec<u8>, String> {
    let (_, form) = iban::COUNTRIES
        .iter()
        .find(|(code, _)| code.as_bytes() == country)
        .ok_or_else(|| format!("iban: no country {:?}", String::from_utf8_lossy(country)))?;
    let national: Vec<u8> =
        form.iter().flat_map(|(kind, len)| rng.mixed(if *kind == b'a' { UPPER } else { DIGITS }, *len)).collect();
    let rest = iban::mod97(national.iter().chain(country).chain(b"00").copied()).ok_or("iban: not a number")?;
    Ok([country, format!("{:02}", 98 - rest).as_bytes(), &national].concat())
}
