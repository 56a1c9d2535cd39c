//! The account number inside an AWS access key id.
//!
//! In: a key id of 20 characters. Out: the account, for key ids of the new kind (since about 2019): the 16 characters
//! after the prefix are base32; a set first bit, then 40 bits of account. Sources: T. Be'ery, "A short note on AWS key
//! ID" (2023); WithSecure Labs, "A bitwise analysis of AWS access key identifiers". A number that is no account says
//! nothing: the format is not documented, so the check only raises.

use super::decode;
use super::subject::Outcome;
use crate::finding::evidence::{Evidence, Reason};

/// The check `aws-key-id`.
pub(super) fn check(secret: &[u8]) -> Outcome {
    match account(secret) {
        Some(account) => Outcome::says(Evidence::with(Reason::AccountId, format!("{account:012}"))),
        None => Outcome::nothing(),
    }
}

fn account(secret: &[u8]) -> Option<u64> {
    let bytes = decode::base32(secret.get(4..20)?)?;
    let bits = bytes.iter().take(6).fold(0u64, |n, b| n << 8 | u64::from(*b));
    let new_kind = bits >> 47 & 1 == 1;
    let account = bits >> 7 & 0xff_ffff_ffff;
    (new_kind && (1..1_000_000_000_000).contains(&account)).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;
    use proptest::prelude::*;

    #[test]
    fn published_key_ids_name_their_accounts() {
        // Aidan Steele, "AWS Access Key ID formats" (2020): temporary key id and its account; in parts.
        assert_eq!(account(["ASIA", "Y34FZKBO", "KMUTVV7A"].concat().as_bytes()), Some(609_629_065_308));
        // The old kind has no account in it: Amazon's documentation.
        assert_eq!(account(["AKIA", "IOSFODNN7", "EXAMPLE"].concat().as_bytes()), None);
        assert_eq!(account(b"AKIA"), None);
        for seed in 0..50 {
            assert!(account(&expand("{{aws_key_id(AKIA)}}", seed).unwrap().text).is_some());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..30)) {
            check(&bytes);
        }
    }
}
