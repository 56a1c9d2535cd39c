//! Private keys in the SSH encodings: OpenSSH's (PROTOCOL.key), SSH2's of SSH Communications, PuTTY's private blob
//! (PuTTY manual, appendix C). All are strings with a length of four bytes before them.

use super::facts::{Facts, bits};

const OPENSSH: &[u8] = b"openssh-key-v1\0";
/// Magic number of SSH2 private key files.
const SSH2: &[u8] = &[0x3f, 0x6f, 0xf9, 0xeb];

struct Strings<'a>(&'a [u8]);

impl<'a> Strings<'a> {
    fn number(&mut self) -> Option<usize> {
        let (digits, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        usize::try_from(u32::from_be_bytes(*digits)).ok()
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let len = self.number()?;
        let (string, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(string)
    }
}

/// Kind and size from a public key blob: `ssh-rsa`, exponent, modulus; or a name that says enough.
fn public_kind(blob: &[u8]) -> Option<(String, Option<usize>)> {
    let mut strings = Strings(blob);
    let name = strings.string().filter(|n| !n.is_empty() && n.len() <= 64 && n.iter().all(u8::is_ascii_graphic))?;
    let size = match name {
        b"ssh-rsa" => strings.string().and_then(|_| strings.string()).map(bits),
        b"ssh-dss" => strings.string().map(bits),
        _ => None,
    };
    Some((String::from_utf8_lossy(name).into_owned(), size))
}

/// A whole OpenSSH key: cipher, key derivation, public keys, private part; the lengths must fit, and in clear the two
/// check numbers must be equal and the private part begin with the public one's kind.
pub(super) fn read_openssh(bytes: &[u8]) -> Option<Facts> {
    let mut strings = Strings(bytes.strip_prefix(OPENSSH)?);
    let cipher = strings.string()?;
    let kdf = strings.string()?;
    strings.string()?;
    if strings.number()? != 1 {
        return None;
    }
    let (kind, size) = public_kind(strings.string()?)?;
    let private = strings.string()?;
    // Ciphers with a tag (chacha20-poly1305, AES-GCM) put it after the private part.
    let tag = if cipher == b"none" { 0 } else { strings.0.len().min(16) };
    let len = bytes.len() - strings.0.len() + tag;
    if cipher != b"none" || kdf != b"none" {
        return (private.len() >= 16).then(|| Facts::encrypted(&format!("OpenSSH, {kind}"), len));
    }
    let mut inside = Strings(private);
    let twice = inside.number()? == inside.number()?;
    let same = inside.string()? == kind.as_bytes() && inside.string().is_some();
    (twice && same).then(|| Facts::plain(&format!("OpenSSH, {kind}"), size, len))
}

/// SSH2: magic, length of all, kind, cipher, data.
pub(super) fn read_ssh2(bytes: &[u8]) -> Option<Facts> {
    let mut strings = Strings(bytes.strip_prefix(SSH2)?);
    let len = strings.number().filter(|len| (32..=bytes.len()).contains(len))?;
    strings.string()?;
    let cipher = strings.string()?;
    strings.string().filter(|data| data.len() >= 16)?;
    Some(if cipher == b"none" { Facts::plain("SSH2", None, len) } else { Facts::encrypted("SSH2", len) })
}

/// Whether PuTTY's private part in clear fits `kind`: as many strings as the kind has private numbers, then at most
/// padding of one cipher block.
pub(crate) fn putty_blob(kind: &[u8], blob: &[u8]) -> Option<Facts> {
    let count = match kind {
        b"ssh-rsa" => 4,
        b"ssh-dss" => 1,
        _ if kind.starts_with(b"ssh-ed") || kind.starts_with(b"ecdsa-sha2-") => 1,
        _ => return None,
    };
    let mut strings = Strings(blob);
    for _ in 0..count {
        strings.string().filter(|s| s.len() >= 16)?;
    }
    let kind = String::from_utf8_lossy(kind);
    (strings.0.len() < 32).then(|| Facts::plain(&format!("PuTTY, {kind}"), None, blob.len()))
}
