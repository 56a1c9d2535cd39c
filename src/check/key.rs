//! What a decoded private key is: kind, size, and whether a passphrase protects it.
//!
//! In: the bytes under the armour. Out: [`Facts`], only if the whole structure fits together, lengths included. It does
//! no arithmetic on the numbers inside, so a key made up of random numbers in the right structure is a key here.

mod der;
pub(crate) mod pgp;
mod ssh;

pub(crate) use ssh::putty_blob;

/// What the structure of a key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// For readers: "RSA, 2048 bits".
    pub(crate) kind: String,
    /// A passphrase or another key protects it.
    pub(crate) encrypted: bool,
    /// Bytes from the start that belong to the structure.
    pub(crate) len: usize,
}

impl Facts {
    fn plain(kind: &str, bits: Option<usize>, len: usize) -> Self {
        let kind = bits.map_or_else(|| kind.to_owned(), |bits| format!("{kind}, {bits} bits"));
        Self { kind, encrypted: false, len }
    }

    fn encrypted(kind: &str, len: usize) -> Self {
        Self { kind: kind.to_owned(), encrypted: true, len }
    }
}

/// Reads a key in any of the structures that stand under PEM armour: DER, OpenSSH, SSH2. Bytes after it are ignored.
pub(crate) fn read(bytes: &[u8]) -> Option<Facts> {
    der::read(bytes).or_else(|| ssh::read_openssh(bytes)).or_else(|| ssh::read_ssh2(bytes))
}

/// Bits of a big-endian number.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|b| **b == 0).count();
    number.get(zeros..).and_then(|n| n.first().map(|top| n.len() * 8 - top.leading_zeros() as usize)).unwrap_or(0)
}
