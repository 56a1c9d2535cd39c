//! Base58Check: the checksum of Bitcoin, Ripple and Tezos keys, the first four bytes of a double SHA-256.
//!
//! In: the key. Out: whether the checksum is right, in Bitcoin's digits or, for seeds that begin with `s`, in Ripple's.
//! Confirmed by published keys, so a wrong one demotes.

use super::checksum;
use super::subject::Outcome;
use sha2::{Digest as _, Sha256};

/// Bitcoin's digits.
pub(crate) const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Ripple's digits.
pub(crate) const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// The four bytes that end a base58check payload.
pub(crate) fn sum_of(payload: &[u8]) -> [u8; 4] {
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

/// Longest text that is decoded, in bytes.
const MAX: usize = 128;

/// The check `base58-check`.
pub(super) fn check(secret: &[u8]) -> Outcome {
    let bitcoin = right(secret, BITCOIN);
    let ripple = secret.first() == Some(&b's') && right(secret, RIPPLE) == Some(true);
    checksum::verdict(if ripple { Some(true) } else { bitcoin }, true)
}

fn right(text: &[u8], alphabet: &[u8; 58]) -> Option<bool> {
    let bytes = decode(text, alphabet)?;
    let (payload, sum) = bytes.split_last_chunk::<4>()?;
    Some(sum_of(payload) == *sum)
}

/// Bytes of `text`; `None` if it has other characters or is too long.
fn decode(text: &[u8], alphabet: &[u8; 58]) -> Option<Vec<u8>> {
    if text.len() > MAX {
        return None;
    }
    let zeros = text.iter().take_while(|b| alphabet.first() == Some(*b)).count();
    // From the lowest to the highest, four bytes in each; five digits at once, for the work grows with the square.
    let mut words: Vec<u32> = Vec::with_capacity(MAX / 5);
    for digits in text.chunks(5) {
        let (mut carry, mut base) = (0_u64, 1_u64);
        for digit in digits {
            carry = carry * 58 + memchr::memchr(*digit, alphabet)? as u64;
            base *= 58;
        }
        for word in &mut words {
            carry += u64::from(*word) * base;
            *word = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            words.push(carry as u32);
        }
    }
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    bytes.extend(std::iter::repeat_n(0, zeros));
    bytes.reverse();
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;
    use proptest::prelude::*;

    #[test]
    fn published_keys_are_right() {
        // Bitcoin wiki, "Wallet import format"; in parts.
        let bitcoin = ["5HueCGU8rMjxEXxiPuD5BDku4M", "kFqeZyd4dZ1jvhTVqvbTLvyTJ"].concat();
        assert_eq!(right(bitcoin.as_bytes(), BITCOIN), Some(true));
        assert_eq!(right(bitcoin.replace('H', "J").as_bytes(), BITCOIN), Some(false));
        // XRP Ledger documentation: the seed of the genesis account.
        let ripple = ["snoPBrXtMeMyMHU", "VTgbuqAfg1SUTb"].concat();
        assert_eq!(right(ripple.as_bytes(), RIPPLE), Some(true));
        assert_eq!(check(ripple.as_bytes()), checksum::verdict(Some(true), true));
        assert_eq!(check(&ripple.as_bytes()[1..]), checksum::verdict(Some(false), true));
        // draft-msporny-base58, section 5: leading zeros stay.
        assert_eq!(encode(&[0, 0, 0x28, 0x7f, 0xb4, 0xcd], BITCOIN), b"11233QC4");
        assert_eq!(decode(b"11233QC4", BITCOIN), Some(vec![0, 0, 0x28, 0x7f, 0xb4, 0xcd]));
        for template in ["{{base58check(80, 32, 01)}}", "{{base58check(0488ade4, 74)}}", "{{ripple_seed()}}"] {
            assert_eq!(check(&expand(template, 1).unwrap().text), checksum::verdict(Some(true), true));
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            prop_assert_eq!(decode(&encode(&bytes, BITCOIN), BITCOIN), Some(bytes));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            check(&bytes);
        }
    }
}
