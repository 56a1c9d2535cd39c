//! Bech32 and bech32m (BIP-173, BIP-350): the checksum of age, Nostr, Cardano and Sui keys.
//!
//! In: the key, its prefix included. Out: whether the checksum is right. Confirmed by the BIPs' own vectors, so a wrong
//! one demotes. The BIPs' limit of 90 characters is not kept: plugin identities of age and Cardano's keys are longer.

use super::checksum;
use super::subject::Outcome;

/// The 32 characters in the order of their values.
pub(crate) const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// What the checksum of a right bech32 text comes to.
pub(crate) const BECH32: u32 = 1;
/// The same for bech32m.
pub(crate) const BECH32M: u32 = 0x2bc8_30a3;

/// The checksum polynomial over the values of a whole text, prefix expanded.
pub(crate) fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        let next = ((sum & 0x01ff_ffff) << 5) ^ u32::from(value);
        GENERATOR.iter().enumerate().fold(next, |n, (i, g)| if (top >> i) & 1 == 1 { n ^ g } else { n })
    })
}

/// The human-readable prefix (in lower case) as values.
pub(crate) fn expand(prefix: &[u8]) -> impl Iterator<Item = u8> {
    prefix.iter().map(|b| b >> 5).chain(std::iter::once(0)).chain(prefix.iter().map(|b| b & 31))
}

/// The check `bech32`.
pub(super) fn check(secret: &[u8]) -> Outcome {
    checksum::verdict(right(secret), true)
}

fn right(secret: &[u8]) -> Option<bool> {
    let mixed = secret.iter().any(u8::is_ascii_lowercase) && secret.iter().any(u8::is_ascii_uppercase);
    let lower = secret.to_ascii_lowercase();
    let (prefix, data) = lower.split_at_checked(memchr::memrchr(b'1', &lower)?)?;
    let values: Option<Vec<u8>> =
        data.iter().skip(1).map(|b| memchr::memchr(*b, CHARSET).and_then(|v| u8::try_from(v).ok())).collect();
    let sum = polymod(expand(prefix).chain(values.filter(|v| v.len() >= 6 && !prefix.is_empty())?));
    Some(!mixed && (sum == BECH32 || sum == BECH32M))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;
    use proptest::prelude::*;

    #[test]
    fn other_peoples_vectors_are_right() {
        for parts in [
            // BIP-173 and BIP-350, "Test vectors".
            &["A1", "2UEL5L"][..],
            &["abcdef1", "qpzry9x8gf2tvdw0s3jn54khce6mua7l", "mqqqxw"],
            &["A1", "LQFN3A"],
            &["abcdef1", "l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx"],
            // C2SP/CCTV, age testkit; NIP-19.
            &["AGE-SECRET-", "KEY-1", "GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZ", "GFPYYSJZGFPYYSJZGFPQ4EGAEX"],
            &["nse", "c1", "vl029mgpspedva04g90vltkh6fvh240zqtv9k", "0t9af8935ke9laqsnlfe5"],
        ] {
            let text = parts.concat();
            assert_eq!(right(text.as_bytes()), Some(true), "{parts:?}");
            let other = text.replace('q', "p").replace('Q', "P").replace('A', "C").replace('l', "m");
            assert_ne!(right(other.as_bytes()), Some(true), "{parts:?}");
        }
        for template in ["{{bech32(\"AGE-SECRET-KEY-\", 32)}}", "{{bech32(nsec, 32)}}", "{{bech32(suiprivkey, 33)}}"] {
            assert_eq!(right(&expand(template, 1).unwrap().text), Some(true));
        }
        assert_eq!(right(b"a12uel5L"), Some(false));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            check(&bytes);
        }
    }
}
