//! Microsoft's keys: base64 of a fixed number of bytes, and identifiable keys, which carry a signature of four characters
//! at a fixed offset and end with a Marvin32 checksum.
//!
//! Facts: microsoft/security-utilities (IdentifiableSecrets, IdentifiableMetadata). The
//! hash itself is confirmed by vectors (`marvin.rs`), the layout only by Microsoft's description: a wrong checksum says
//! nothing.

use super::decode;
use super::marvin::marvin32;
use super::subject::Outcome;
use crate::finding::evidence::{Evidence, Reason};

/// The checks `base64-bytes64` and `base64-bytes32`: anything that is not base64 of exactly so many bytes is no key.
pub(super) fn exactly(secret: &[u8], len: usize) -> Outcome {
    let Some(bytes) = decode::base64(secret).filter(|b| b.len() == len) else { return Outcome::Reject };
    // Text in base64, not a key.
    if bytes.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
        return Outcome::says(Evidence::new(Reason::NotRandom));
    }
    Outcome::nothing()
}

/// Decoded bytes, signature, its offset in characters, seeds by kind of key.
type Row = (usize, &'static [u8], usize, &'static [&'static [u8; 8]]);

const MESSAGING: &[&[u8; 8]] = &[b"Send0000", b"Listen00", b"Manage00"];

#[rustfmt::skip]
const KEYS: &[Row] = &[
    (64, b"+ASt", 76, &[b"Default0"]),
    (64, b"+ABa", 76, &[b"AbAcct00"]),
    (64, b"+AMC", 76, &[b"Classic0"]),
    (64, b"APIM", 76, &[b"Gatewy00", b"GitKey00", b"Tenant00", b"IoTHub00"]),
    (64, b"ACDb", 76, &[b"MastRW00", b"MastRO00", b"Resour00"]),
    (32, b"+ASb", 33, MESSAGING),
    (32, b"+AEh", 33, MESSAGING),
    (32, b"+ARm", 33, MESSAGING),
    (32, b"AZEG", 33, &[b"SendRecv"]),
    (32, b"AIoT", 33, &[b"IoTHub00", b"Device00", b"DpsKey00"]),
    (32, b"AzCa", 33, &[b"Access00"]),
    (40, b"AzFu", 44, &[b"Functi00", b"Master00", b"System00"]),
    (39, b"AzSe", 42, &[b"PAdmin00", b"Query000"]),
    (39, b"+ACR", 42, &[b"ACRDflt0"]),
];

/// Common annotated keys: this at character 52, and a checksum of the 80 characters before the last four.
const ANNOTATED: [&[u8]; 3] = [b"JQQJ99", b"JQQJ9D", b"JQQJ9H"];

/// The check `azure-signature`.
pub(super) fn signature(secret: &[u8]) -> Outcome {
    let right = annotated(secret).unwrap_or(false) || identifiable(secret);
    if right { Outcome::says(Evidence::new(Reason::ChecksumRight)) } else { Outcome::nothing() }
}

fn annotated(secret: &[u8]) -> Option<bool> {
    let mark = secret.get(52..58)?;
    let (text, sum) = secret.get(..84)?.split_last_chunk::<4>()?;
    if !ANNOTATED.contains(&mark) {
        return None;
    }
    let want = marvin32(&decode::base64(text)?, b"Default0").to_le_bytes();
    Some(decode::base64(sum)?.as_slice() == want.get(..3)?)
}

fn identifiable(secret: &[u8]) -> bool {
    let has = |(_, mark, at, _): &&Row| secret.get(*at..).is_some_and(|rest| rest.starts_with(mark));
    let bytes = decode::base64(secret).or_else(|| decode::base64url(secret)).unwrap_or_default();
    let Some((data, sum)) = bytes.split_last_chunk::<4>() else { return false };
    KEYS.iter()
        .filter(|row| row.0 == bytes.len())
        .filter(has)
        .any(|row| row.3.iter().any(|seed| marvin32(data, seed).to_le_bytes() == *sum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;
    use proptest::prelude::*;

    #[test]
    fn keys_with_their_checksum_are_right_and_others_say_nothing() {
        for template in [
            "{{azure_key(64, \"+ASt\", 76, Default0)}}",
            "{{azure_key(64, ACDb, 76, MastRO00)}}",
            "{{azure_key(32, \"+ASb\", 33, Listen00)}}",
            "{{azure_key(32, AIoT, 33, Device00)}}",
            "{{azure_key(40, AzFu, 44, Master00)}}",
            "{{azure_key_text(39, AzSe, 42, Query000)}}",
            "{{azure_cask(AZDO)}}",
        ] {
            let mut secret = expand(template, 3).unwrap().text;
            assert_eq!(signature(&secret), Outcome::says(Evidence::new(Reason::ChecksumRight)), "{template}");
            secret[5] = if secret[5] == b'A' { b'B' } else { b'A' };
            assert_eq!(signature(&secret), Outcome::nothing(), "{template}");
        }
    }

    #[test]
    fn only_so_many_bytes_will_do() {
        let made = |template: &str| expand(template, 1).unwrap().text;
        assert_eq!(exactly(&made("{{base64_bytes(64)}}"), 64), Outcome::nothing());
        assert_eq!(exactly(&made("{{base64_bytes(63)}}"), 64), Outcome::Reject);
        assert_eq!(exactly(&made("{{base64_bytes(32)}}"), 32), Outcome::nothing());
        assert_eq!(exactly(&made("{{base64(40)}}!"), 32), Outcome::Reject);
        let text = made("{{b64(repeat(\"some words in clear \", 32))}}");
        assert_eq!(exactly(&text, 32), Outcome::says(Evidence::new(Reason::NotRandom)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            signature(&bytes);
            exactly(&bytes, 32);
        }
    }
}
