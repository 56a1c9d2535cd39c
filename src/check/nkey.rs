//! Seeds of NATS' NKEYs: base32 of a prefix in two bytes, 32 bytes and a CRC16 (nkeys, README, "Seeds").
//! Confirmed by the seed of NATS' own documentation, so a wrong checksum demotes.

use super::subject::Outcome;
use super::{checksum, decode, stellar};

/// First five bits of a seed, which make its text begin with `S`.
const SEED: u8 = 18 << 3;
/// Prefix of each kind: account, cluster, server, operator, user, curve.
const KINDS: [u8; 6] = [0, 2 << 3, 13 << 3, 14 << 3, 20 << 3, 23 << 3];

/// The check `nkey-seed`.
pub(super) fn check(secret: &[u8]) -> Outcome {
    checksum::verdict(right(secret), true)
}

fn right(secret: &[u8]) -> Option<bool> {
    let bytes = decode::base32(secret).filter(|b| b.len() == 36)?;
    let (payload, sum) = bytes.split_last_chunk::<2>()?;
    let [first, second, ..] = payload else { return None };
    let kind = first << 5 | second >> 3;
    let prefix = first & 0xf8 == SEED && second & 7 == 0 && KINDS.contains(&kind);
    Some(prefix && stellar::crc16(payload).to_le_bytes() == *sum)
}

/// The seed of these 32 bytes.
pub(crate) fn seed(kind: u8, key: &[u8]) -> Vec<u8> {
    let mut bytes = [&[SEED | kind >> 5, kind << 3][..], key].concat();
    bytes.extend(stellar::crc16(&bytes).to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;

    #[test]
    fn the_seed_of_the_documentation_is_right() {
        // docs.nats.io, "NKeys"; in parts.
        let seed = ["SUACSSL3UAHUDXKFSNVUZRF5UHPMW", "Z6BFDTJ7M6USDXIEDNPPQYYYCU3VY"].concat();
        assert_eq!(right(seed.as_bytes()), Some(true));
        assert_eq!(right(seed.replace('Z', "Y").as_bytes()), Some(false));
        for kind in ["A", "C", "N", "O", "U", "X"] {
            let made = expand(&format!("{{{{nkey_seed({kind})}}}}"), 1).unwrap().text;
            assert!(made.starts_with(format!("S{kind}A").as_bytes()) && made.len() == 58);
            assert_eq!(right(&made), Some(true), "{kind}");
        }
    }
}
