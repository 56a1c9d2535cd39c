//! Macaroons of version 2 (libmacaroons, PyPI's tokens): packets with a kind, a length and data.
//!
//! In: the token, prefix included. Out: proof that every packet parses and a signature of 32 bytes ends it.

use super::decode;
use super::subject::Outcome;
use crate::finding::evidence::{Evidence, Reason};

/// Most packets that are read.
const MAX_PACKETS: usize = 64;

/// The check `macaroon`: the token after its prefix (`pypi-`).
pub(super) fn check(secret: &[u8]) -> Outcome {
    let body = memchr::memchr(b'-', secret).filter(|i| *i < 8).map_or(secret, |i| &secret[i + 1..]);
    let right = decode::base64url(body).is_some_and(|bytes| parse(&bytes).is_some());
    Outcome::says(Evidence::new(if right { Reason::StructureRight } else { Reason::StructureWrong }))
}

/// Version, location and identifier, caveats, signature; each group ends with a zero.
fn parse(bytes: &[u8]) -> Option<()> {
    const LOCATION: u8 = 1;
    const IDENTIFIER: u8 = 2;
    const VERIFICATION: u8 = 4;
    const SIGNATURE: u8 = 6;
    let mut rest = bytes.strip_prefix(&[2])?;
    let mut identified = false;
    let mut ended = 0;
    for _ in 0..MAX_PACKETS {
        let (&kind, after) = rest.split_first()?;
        if kind == 0 {
            // One zero ends a group, a second one the caveats.
            ended += 1;
            rest = after;
            continue;
        }
        let (len, after) = varint(after)?;
        let (data, after) = after.split_at_checked(len)?;
        match kind {
            LOCATION | VERIFICATION => {}
            IDENTIFIER => identified = true,
            SIGNATURE => return (identified && ended >= 2 && data.len() == 32 && after.is_empty()).then_some(()),
            _ => return None,
        }
        rest = after;
    }
    None
}

/// A length in groups of seven bits, lowest first; two bytes are enough for any token.
fn varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&low, rest) = bytes.split_first()?;
    if low < 0x80 {
        return Some((usize::from(low), rest));
    }
    let (&high, rest) = rest.split_first()?;
    (high < 0x80).then_some((usize::from(low & 0x7f) | usize::from(high) << 7, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;
    use proptest::prelude::*;

    fn right(secret: &[u8]) -> bool {
        check(secret) == Outcome::says(Evidence::new(Reason::StructureRight))
    }

    #[test]
    fn macaroons_parse() {
        // rescrv/libmacaroons, serialization vectors of version 2 (in parts, without padding).
        let vector = [
            "AgETaHR0cDovL2V4YW1wbGUub3JnLwIFa2V5aWQAAhRhY2NvdW50ID0g",
            "MzczNTkyODU1OQACDHVzZXIgPSBhbGljZQAABiBL6WfNHqDGsmuvakqU7psF",
            "sViG2guoXoxCqTyNDhJe_A",
        ]
        .concat();
        assert!(right(vector.as_bytes()));
        assert!(!right(&vector.as_bytes()[..vector.len() - 4]));
        assert!(right(&expand("{{macaroon(pypi-)}}", 1).unwrap().text));
        assert!(right(&expand("{{macaroon(pypi-, test.pypi.org)}}", 1).unwrap().text));
        assert!(!right(&expand("{{pypi-AgEIcHlwaS5vcmc + base64url(120)}}", 1).unwrap().text));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            parse(&bytes);
            parse(&[&[2][..], &bytes].concat());
        }
    }
}
