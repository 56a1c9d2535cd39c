//! What the structure of a private key says, whatever encoding the structure has.
//!
//! In: kind, size and length, as a reader of one encoding found them. Out: [`Facts`]. It reads no key itself.

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
    pub(super) fn plain(kind: &str, bits: Option<usize>, len: usize) -> Self {
        let kind = bits.map_or_else(|| kind.to_owned(), |bits| format!("{kind}, {bits} bits"));
        Self { kind, encrypted: false, len }
    }

    pub(super) fn encrypted(kind: &str, len: usize) -> Self {
        Self { kind: kind.to_owned(), encrypted: true, len }
    }
}

/// Bits of a big-endian number.
pub(crate) fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|b| **b == 0).count();
    number.get(zeros..).and_then(|n| n.first().map(|top| n.len() * 8 - top.leading_zeros() as usize)).unwrap_or(0)
}
