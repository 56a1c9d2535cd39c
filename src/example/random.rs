//! Random numbers and text for examples: the same for the same seed on every machine.
//!
//! In: a seed. Out: numbers, bytes and characters of an alphabet, and base64 of bytes. Good enough for examples; nothing here
//! makes a secret.

pub(super) const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
pub(super) const DIGITS: &[u8] = b"0123456789";

/// SplitMix64: small, the same everywhere, good enough for examples.
pub struct Rng(pub u64);

impl Rng {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit` (above 0).
    pub fn below(&mut self, limit: usize) -> usize {
        (self.bits() % limit.max(1) as u64) as usize
    }

    /// So many random bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.bits() as u8).collect()
    }

    /// So many characters of `alphabet`; never the same one three times in a row, as in nearly all real tokens.
    pub(super) fn mixed(&mut self, alphabet: &[u8], len: usize) -> Vec<u8> {
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

pub(super) fn encode(bytes: &[u8], url: bool) -> String {
    use base64::Engine as _;
    if url {
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
    } else {
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }
}
