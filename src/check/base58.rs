//! Base58Check: the checksum of Bitcoin, Ripple and Tezos keys, the first four bytes of a double SHA-256.

use sha2::{Digest as _, Sha256};

/// Bitcoin's digits.
pub(crate) const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Ripple's digits.
pub(crate) const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// The four bytes that end a base58check payload.
pub(crate) fn checksum(payload: &[u8]) -> [u8; 4] {
    let digest = Sha256::digest(Sha256::digest(payload));
    let mut sum = [0; 4];
    sum.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
    sum
}

/// Bytes in the digits of `alphabet`.
pub(crate) fn encode(bytes: &[u8], alphabet: &[u8; 58]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|b| **b == 0).count();
    // Digits from the lowest to the highest.
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    let digit = |d: u8| alphabet.get(usize::from(d)).copied().unwrap_or_default();
    std::iter::repeat_n(digit(0), zeros).chain(digits.iter().rev().map(|d| digit(*d))).collect()
}
