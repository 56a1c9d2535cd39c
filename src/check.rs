//! Offline checks that rules name: proofs by calculation, and facts about the form of a value.
//!
//! In: a [`Subject`] (the secret and the bytes around it). Out: [`Outcome`]. Every check looks only at the secret and at
//! [`NEAR`](subject::NEAR) bytes to either side, so that what it says does not depend on the rest of the blob. A check may demote only
//! where its code was confirmed by a vector that somebody else made (docs/design.md, law 10).

mod aws;
mod azure;
pub mod bare;
pub(crate) mod base58;
pub(crate) mod bech32;
pub(crate) mod checksum;
mod decode;
pub mod host;
pub(crate) mod iban;
pub(crate) mod jwt;
mod key;
mod macaroon;
pub mod maker;
pub(crate) mod marvin;
mod nkey;
mod number;
pub mod pem;
pub mod phrase;
pub mod placeholder;
pub(crate) mod stellar;
pub mod subject;
pub mod url;

pub(crate) use key::pgp::crc24;
pub(crate) use nkey::seed as nkey_seed;

use crate::finding::evidence::{Evidence, Reason};
use crate::rule::Check;
use subject::{Outcome, Subject};

/// Runs one check.
pub fn run(check: Check, subject: &Subject<'_>) -> Outcome {
    let secret = subject.secret;
    match check {
        Check::Crc32Base62
        | Check::Crc32HexUpper
        | Check::Crc32HexLower
        | Check::GitlabRoutable
        | Check::GrafanaCrc32
        | Check::ConfluentCrc32
        | Check::AzureDevopsLegacy => checksum::run(check, secret),
        Check::Macaroon => macaroon::check(secret),
        Check::Jwt => jwt::check(secret, subject.now),
        Check::AwsKeyId => aws::check(secret),
        Check::Base64Bytes64 => azure::exactly(secret, 64),
        Check::Base64Bytes32 => azure::exactly(secret, 32),
        Check::AzureSignature => azure::signature(secret),
        Check::PrivateKey => bare_key(secret),
        Check::PaymentCard => number::card(subject),
        Check::Iban => iban::check(secret),
        Check::UsSsn => number::ssn(secret),
        Check::Bech32 => bech32::check(secret),
        Check::Base58Check => base58::check(secret),
        Check::StellarSeed => stellar::check(secret),
        Check::NkeySeed => nkey::check(secret),
        Check::LocalHost => host::check(subject),
        Check::MixedLettersDigits => {
            let mixed = secret.iter().any(u8::is_ascii_alphabetic) && secret.iter().any(u8::is_ascii_digit);
            if mixed { Outcome::nothing() } else { Outcome::Reject }
        }
        Check::LineStart => match outside(subject).iter().rfind(|b| !matches!(b, b' ' | b'\t')) {
            None | Some(b'\r' | b'\n') => Outcome::nothing(),
            Some(_) => Outcome::Reject,
        },
        Check::NameStart => {
            let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
            if subject.whole.first().is_some_and(part) && outside(subject).last().is_some_and(part) {
                Outcome::Reject
            } else {
                Outcome::nothing()
            }
        }
        Check::LineEnd => match subject.after.first() {
            None | Some(b'\r' | b'\n') => Outcome::nothing(),
            Some(_) => Outcome::Reject,
        },
    }
}

/// What is before a match that ends with its secret.
fn outside<'t>(subject: &Subject<'t>) -> &'t [u8] {
    let name = subject.whole.strip_suffix(subject.secret).map_or(0, <[u8]>::len);
    subject.before.get(..subject.before.len().saturating_sub(name)).unwrap_or_default()
}

/// Whether random text passes this check less than once in 2^24: a checksum of 24 bits or more, or a structure that
/// parses. Check digits and 16 bits of checksum are no such proof.
pub(crate) fn is_proof(check: Check) -> bool {
    matches!(
        check,
        Check::Crc32Base62
            | Check::Crc32HexUpper
            | Check::Crc32HexLower
            | Check::GitlabRoutable
            | Check::GrafanaCrc32
            | Check::ConfluentCrc32
            | Check::AzureDevopsLegacy
            | Check::AzureSignature
            | Check::Macaroon
            | Check::PrivateKey
            | Check::Bech32
            | Check::Base58Check
            | Check::Jwt
    )
}

/// Whether `secret` alone passes such a check.
pub(crate) fn proves(check: Check, secret: &[u8]) -> bool {
    if !is_proof(check) {
        return false;
    }
    let subject = Subject { secret, whole: secret, before: b"", after: b"", now: 0 };
    match run(check, &subject) {
        // A header that is JSON and names an algorithm.
        outcome if check == Check::Jwt => outcome != Outcome::Reject,
        Outcome::Says(says) => says.iter().any(|e| e.reason.proves()),
        _ => false,
    }
}

/// The check `private-key` for base64 without armour (`privateKey: MII...`). What stands under armour was weighed by its
/// parser already, and is not said twice.
fn bare_key(secret: &[u8]) -> Outcome {
    let armoured = [&b"-----"[..], b"---- ", b"PuTTY-"].iter().any(|a| secret.starts_with(a));
    let facts = if armoured { None } else { decode::base64(secret).and_then(|bytes| key::read(&bytes)) };
    match facts {
        Some(facts) if facts.encrypted => Outcome::says(Evidence::with(Reason::KeyEncrypted, facts.kind)),
        Some(facts) => Outcome::says(Evidence::with(Reason::KeyBody, facts.kind)),
        None => Outcome::nothing(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;

    fn on(check: Check, secret: &[u8]) -> Outcome {
        run(check, &Subject { secret, whole: secret, before: b"", after: b"", now: 0 })
    }

    #[test]
    fn a_key_without_armour_is_proven_and_one_under_armour_is_not_said_twice() {
        let pem = String::from_utf8(expand("{{pem(\"PRIVATE KEY\", 1200)}}", 1).unwrap().text).unwrap();
        let bare: String = pem.lines().filter(|l| !l.contains('-')).collect();
        let Outcome::Says(says) = on(Check::PrivateKey, bare.as_bytes()) else { panic!("rejects") };
        assert_eq!(says[0].reason, Reason::KeyBody);
        assert_eq!(on(Check::PrivateKey, pem.as_bytes()), Outcome::nothing());
        assert_eq!(on(Check::PrivateKey, &bare.as_bytes()[..200]), Outcome::nothing());
    }

    #[test]
    fn words_and_numbers_are_not_mixed() {
        assert_eq!(on(Check::MixedLettersDigits, b"abcdefgh"), Outcome::Reject);
        assert_eq!(on(Check::MixedLettersDigits, b"12345678"), Outcome::Reject);
        assert_eq!(on(Check::MixedLettersDigits, b"abcd1234"), Outcome::nothing());
    }

    #[test]
    fn a_name_starts_where_nothing_of_it_stands_before() {
        let on = |before| run(Check::NameStart, &Subject { secret: b"x", whole: b"_a=x", before, after: b"", now: 0 });
        assert_eq!([on(b"_a="), on(b"\n_a="), on(b":_a=")], [const { Outcome::Says(Vec::new()) }; 3]);
        let blank = Subject { secret: b"x", whole: b" _a=x", before: b"h _a=", after: b"", now: 0 };
        assert_eq!(run(Check::NameStart, &blank), Outcome::nothing());
        assert_eq!([on(b"h_a="), on(b"-_a=")], [Outcome::Reject, Outcome::Reject]);
    }

    #[test]
    fn a_line_starts_behind_a_break_and_white_space() {
        let on = |before| run(Check::LineStart, &Subject { secret: b"x", whole: b"a x", before, after: b"", now: 0 });
        assert_eq!([on(b"a "), on(b"b\na "), on(b"\n \ta ")], [const { Outcome::Says(Vec::new()) }; 3]);
        assert_eq!([on(b"ba "), on(b"b a ")], [Outcome::Reject, Outcome::Reject]);
    }

    #[test]
    fn a_line_ends_at_a_break_and_at_the_end_of_the_text() {
        let behind = |after| run(Check::LineEnd, &Subject { secret: b"x", whole: b"x", before: b"", after, now: 0 });
        assert_eq!([behind(b""), behind(b"\r\n"), behind(b"\nb")], [const { Outcome::Says(Vec::new()) }; 3]);
        assert_eq!([behind(b":b"), behind(b" ")], [Outcome::Reject, Outcome::Reject]);
    }
}
