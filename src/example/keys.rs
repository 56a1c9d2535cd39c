//! Private keys for examples: bodies with the structure that their label promises and random numbers in it.
//!
//! In: a label, a rough size in bytes and random numbers. Out: armour as OpenSSL, ssh-keygen or GnuPG would write it.
//! The numbers are random, so no key works: the modulus is no product of the two primes, the point lies on no curve.
//! Structures: RFC 8017 A.1.2 (PKCS#1), RFC 5915 (SEC1), RFC 5958 (PKCS#8), RFC 8018 (PBES2), OpenSSH PROTOCOL.key,
//! RFC 9580 (OpenPGP), RFC 4716 and PuTTY's appendix C (ppk).

use super::random::{Rng, encode};
use crate::check::crc24;

/// Object identifiers, as the content octets of DER.
mod oid {
    pub(super) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    pub(super) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    pub(super) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    pub(super) const P384: &[u8] = &[0x2b, 0x81, 0x04, 0, 0x22];
    pub(super) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
    pub(super) const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
    pub(super) const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12];
    pub(super) const AES256_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a];
}

/// Armour with a body of about `size` bytes that has the structure of `label`; random bytes for labels without one.
pub(super) fn pem(label: &[u8], size: usize, rng: &mut Rng) -> Vec<u8> {
    let (body, tail) = body(label, size, rng);
    armour(label, &body, &tail)
}

/// The bytes under that armour.
pub(super) fn der(label: &[u8], size: usize, rng: &mut Rng) -> Vec<u8> {
    body(label, size, rng).0
}

/// An RSA key of 1,024 bits as .NET writes it in XML.
pub(super) fn rsa_xml(private: bool, rng: &mut Rng) -> Vec<u8> {
    let mut element = |name: &str, len: usize| {
        let bytes = if name == "Exponent" { vec![1, 0, 1] } else { rng.bytes(len) };
        format!("<{name}>{}</{name}>", encode(&[vec![0x80 | bytes[0]], bytes[1..].to_vec()].concat(), false))
    };
    let mut out = String::from("<RSAKeyValue>") + &element("Modulus", 128) + &element("Exponent", 3);
    if private {
        for (name, len) in [("P", 64), ("Q", 64), ("DP", 64), ("DQ", 64), ("InverseQ", 64), ("D", 128)] {
            out += &element(name, len);
        }
    }
    (out + "</RSAKeyValue>").into_bytes()
}

/// Armour around any bytes, with a line before its end.
pub(super) fn armour(label: &[u8], body: &[u8], tail: &[u8]) -> Vec<u8> {
    let mut out = [b"-----BEGIN ", label, b"-----\n"].concat();
    if label.starts_with(b"PGP") {
        out.push(b'\n');
    }
    lines(&mut out, body, if label.starts_with(b"OPENSSH") { 70 } else { 64 });
    out.extend_from_slice(tail);
    out.extend([b"-----END ", label, b"-----"].concat());
    out
}

/// The body's bytes and a line after it.
fn body(label: &[u8], size: usize, rng: &mut Rng) -> (Vec<u8>, Vec<u8>) {
    let plain = |body| (body, Vec::new());
    match label {
        b"RSA PRIVATE KEY" => plain(rsa(size, rng)),
        b"EC PRIVATE KEY" => plain(ec(size, true, rng)),
        b"DSA PRIVATE KEY" => {
            let n = (size / 3).max(16);
            plain(sequence(&[int(&[0]), big(n, rng), big(20, rng), big(n, rng), big(n, rng), big(20, rng)]))
        }
        b"PRIVATE KEY" => plain(pkcs8(size, rng)),
        b"ENCRYPTED PRIVATE KEY" => plain(pkcs8_encrypted(size, rng)),
        b"OPENSSH PRIVATE KEY" => plain(openssh(size, b"none", rng)),
        b"PGP PRIVATE KEY BLOCK" => {
            let body = pgp(size, rng);
            let sum = crc24(&body);
            (body, format!("={}\n", encode(&sum.to_be_bytes()[1..], false)).into_bytes())
        }
        _ => plain(rng.bytes(size)),
    }
}

/// An OpenSSH key that is encrypted with a passphrase.
pub(super) fn openssh_encrypted(rng: &mut Rng) -> Vec<u8> {
    armour(b"OPENSSH PRIVATE KEY", &openssh(300, b"aes256-ctr", rng), b"")
}

/// A PuTTY key file, version 2 or 3, with or without a passphrase.
pub(super) fn putty(version: &[u8], encrypted: bool, rng: &mut Rng) -> Vec<u8> {
    let cipher: &[u8] = if encrypted { b"aes256-cbc" } else { b"none" };
    let public = [string(b"ssh-ed25519"), string(&rng.bytes(32))].concat();
    let mut out = [b"PuTTY-User-Key-File-", version, b": ssh-ed25519\nEncryption: ", cipher].concat();
    out.extend_from_slice(b"\nComment: key\nPublic-Lines: 2\n");
    lines(&mut out, &public, 64);
    out.extend_from_slice(b"Private-Lines: 1\n");
    lines(&mut out, &if encrypted { rng.bytes(48) } else { string(&rng.bytes(32)) }, 64);
    out.extend_from_slice(b"Private-MAC: ");
    let mac = rng.bytes(if version == b"2" { 20 } else { 32 });
    out.extend(mac.iter().flat_map(|b| format!("{b:02x}").into_bytes()));
    out.push(b'\n');
    out
}

fn lines(out: &mut Vec<u8>, bytes: &[u8], width: usize) {
    for line in encode(bytes, false).as_bytes().chunks(width) {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = content.len();
    let mut out = vec![tag];
    match len {
        0..0x80 => out.push(len as u8),
        0x80..0x100 => out.extend([0x81, len as u8]),
        _ => out.extend([0x82, (len >> 8) as u8, len as u8]),
    }
    out.extend_from_slice(content);
    out
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

fn int(content: &[u8]) -> Vec<u8> {
    element(0x02, content)
}

/// A positive odd integer of exactly so many bytes, its highest bit set.
fn big(len: usize, rng: &mut Rng) -> Vec<u8> {
    let mut bytes = rng.bytes(len);
    if let Some(first) = bytes.first_mut() {
        *first |= 0x80;
    }
    if let Some(last) = bytes.last_mut() {
        *last |= 1;
    }
    bytes.insert(0, 0);
    int(&bytes)
}

fn rsa(size: usize, rng: &mut Rng) -> Vec<u8> {
    let n = (size.saturating_sub(38) * 2 / 9).max(32);
    let mut parts = vec![int(&[0]), big(n, rng), int(&[1, 0, 1]), big(n, rng)];
    parts.extend((0..5).map(|_| big(n / 2, rng)));
    sequence(&parts)
}

fn ec(size: usize, with_curve: bool, rng: &mut Rng) -> Vec<u8> {
    let (len, curve) = if size < 150 { (32, oid::P256) } else { (48, oid::P384) };
    let mut parts = vec![int(&[1]), element(0x04, &rng.bytes(len))];
    if with_curve {
        parts.push(element(0xa0, &element(0x06, curve)));
    }
    let point = [vec![0, 4], rng.bytes(2 * len)].concat();
    parts.push(element(0xa1, &element(0x03, &point)));
    sequence(&parts)
}

fn pkcs8(size: usize, rng: &mut Rng) -> Vec<u8> {
    let (algorithm, key) = if size < 100 {
        (sequence(&[element(0x06, oid::ED25519)]), element(0x04, &rng.bytes(32)))
    } else if size < 250 {
        (sequence(&[element(0x06, oid::EC), element(0x06, oid::P256)]), ec(121, false, rng))
    } else {
        (sequence(&[element(0x06, oid::RSA), element(0x05, &[])]), rsa(size.saturating_sub(26), rng))
    };
    sequence(&[int(&[0]), algorithm, element(0x04, &key)])
}

fn pkcs8_encrypted(size: usize, rng: &mut Rng) -> Vec<u8> {
    let kdf = sequence(&[element(0x06, oid::PBKDF2), sequence(&[element(0x04, &rng.bytes(8)), int(&[0x08, 0])])]);
    let cipher = sequence(&[element(0x06, oid::AES256_CBC), element(0x04, &rng.bytes(16))]);
    let scheme = sequence(&[element(0x06, oid::PBES2), sequence(&[kdf, cipher])]);
    let len = (size.saturating_sub(90) / 16).max(8) * 16;
    sequence(&[scheme, element(0x04, &rng.bytes(len))])
}

/// A length-prefixed string of the SSH protocol.
fn string(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat()
}

fn openssh(size: usize, cipher: &[u8], rng: &mut Rng) -> Vec<u8> {
    let plain = cipher == b"none";
    let (public, secret) = if size < 600 {
        let point = rng.bytes(32);
        let public = [string(b"ssh-ed25519"), string(&point)].concat();
        let secret = [public.clone(), string(&[rng.bytes(32), point].concat())].concat();
        (public, secret)
    } else {
        let n = [vec![0, 0x80], rng.bytes((size / 6).max(64))].concat();
        let public = [string(b"ssh-rsa"), string(&[1, 0, 1]), string(&n)].concat();
        let mut secret = [string(b"ssh-rsa"), string(&n), string(&[1, 0, 1])].concat();
        for len in [n.len() - 1, n.len() / 2, n.len() / 2, n.len() / 2] {
            secret.extend(string(&[vec![0x41], rng.bytes(len)].concat()));
        }
        (public, secret)
    };
    let check = rng.bytes(4);
    let mut private = [check.clone(), check, secret, string(b"me@host")].concat();
    let mut pad = 0;
    while private.len() % if plain { 8 } else { 16 } != 0 {
        pad += 1;
        private.push(pad);
    }
    if !plain {
        private = rng.bytes(private.len());
    }
    let (kdf, options): (&[u8], _) =
        if plain { (b"none", Vec::new()) } else { (b"bcrypt", [string(&rng.bytes(16)), vec![0, 0, 0, 16]].concat()) };
    [
        b"openssh-key-v1\0".to_vec(),
        string(cipher),
        string(kdf),
        string(&options),
        1u32.to_be_bytes().to_vec(),
        string(&public),
        string(&private),
    ]
    .concat()
}

/// A version 4 secret-key packet (RSA, no passphrase) and a user id.
fn pgp(size: usize, rng: &mut Rng) -> Vec<u8> {
    let n = (size.saturating_sub(40) * 2 / 9).clamp(64, 1024);
    let number = |len: usize, rng: &mut Rng| {
        let mut bytes = rng.bytes(len);
        if let Some(first) = bytes.first_mut() {
            *first |= 0x80;
        }
        [((len * 8) as u16).to_be_bytes().to_vec(), bytes].concat()
    };
    let mut packet = vec![4, 0x65, 0x0a, 0x0b, 0x0c, 1];
    packet.extend(number(n, rng));
    packet.extend([0, 17, 1, 0, 1, 0]);
    let secret: Vec<u8> = [n, n / 2, n / 2, n / 2].iter().flat_map(|len| number(*len, rng)).collect();
    let sum = secret.iter().fold(0u16, |sum, b| sum.wrapping_add(u16::from(*b)));
    packet.extend(secret);
    packet.extend(sum.to_be_bytes());
    let mut out = vec![0x95];
    out.extend((packet.len() as u16).to_be_bytes());
    out.extend(packet);
    let user = b"Robin <robin@acme-corp.io>";
    out.extend([0xb4, user.len() as u8]);
    out.extend_from_slice(user);
    out
}
