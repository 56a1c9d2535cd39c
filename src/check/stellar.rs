//! Stellar's secret seeds (SEP-23): base32 of a version byte, 32 bytes and a CRC16.
//! Confirmed by SEP-23's own vectors, so a wrong checksum demotes.

use super::subject::Outcome;
use super::{checksum, decode};

/// CRC16-XModem.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, b| {
        (0..8).fold(sum ^ (u16::from(*b) << 8), |s, _| if s & 0x8000 != 0 { (s << 1) ^ 0x1021 } else { s << 1 })
    })
}

/// Version byte of a secret seed, which makes its text begin with `S`.
const SEED: u8 = 0x90;

/// The check `stellar-seed`.
pub(super) fn check(secret: &[u8]) -> Outcome {
    checksum::verdict(right(secret), true)
}

fn right(secret: &[u8]) -> Option<bool> {
    let bytes = decode::base32(secret).filter(|b| b.len() == 35)?;
    let (payload, sum) = bytes.split_last_chunk::<2>()?;
    Some(payload.first() == Some(&SEED) && crc16(payload).to_le_bytes() == *sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;
    use proptest::prelude::*;

    #[test]
    fn the_seed_of_sep_23_is_right() {
        // stellar/stellar-protocol, ecosystem/sep-0023.md; in parts.
        let seed = ["SBU2RRGLXH3E5CQHTD3ODLDF2BW", "DCYUSSBLLZ5GNW7JXHDIYKXZWHOKR"].concat();
        assert_eq!(right(seed.as_bytes()), Some(true));
        assert_eq!(right(seed.replace('Z', "Y").as_bytes()), Some(false));
        assert_eq!(right(&expand("{{stellar_seed()}}", 1).unwrap().text), Some(true));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            check(&bytes);
        }
    }
}
