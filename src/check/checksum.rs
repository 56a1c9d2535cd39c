//! Checksums at the end of a token: CRC32 in the spellings of several issuers.
//!
//! In: the secret. Out: right, wrong, or nothing to say. Which of them may say "wrong" is in [`run`]: only those whose
//! code was confirmed by tokens of other people (tests). Where the formats are documented: `references` of the rules.

use super::subject::Outcome;
use crate::finding::evidence::{Evidence, Reason};
use crate::rule::Check;

/// The digits of base62 as GitHub orders them.
pub(crate) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Runs one of the CRC32 checks; others say nothing.
pub(super) fn run(check: Check, secret: &[u8]) -> Outcome {
    match check {
        Check::Crc32Base62 => base62(secret),
        // No vector of other people was found that is not somebody's live token: these only raise.
        Check::Crc32HexUpper => verdict(hex_upper(secret), false),
        Check::Crc32HexLower => verdict(hex_lower(secret), false),
        Check::ConfluentCrc32 => verdict(confluent(secret), false),
        Check::AzureDevopsLegacy => verdict(azure_devops(secret), false),
        Check::GrafanaCrc32 => verdict(grafana(secret), true),
        Check::GitlabRoutable => gitlab(secret),
        _ => Outcome::nothing(),
    }
}

/// Right proves; wrong demotes if our code is `confirmed`; `None`: the form does not even allow a checksum.
pub(super) fn verdict(right: Option<bool>, confirmed: bool) -> Outcome {
    match right {
        Some(true) => Outcome::says(Evidence::new(Reason::ChecksumRight)),
        Some(false) | None if confirmed => Outcome::says(Evidence::new(Reason::ChecksumWrong)),
        _ => Outcome::nothing(),
    }
}

/// What stands after the first underscore: the issuer's prefix ends there.
fn body(secret: &[u8]) -> &[u8] {
    memchr::memchr(b'_', secret).and_then(|i| secret.get(i + 1..)).unwrap_or(secret)
}

/// GitHub and npm: CRC32 of the body as six base62 digits. Confirmed for bodies of 36 characters; for longer ones
/// (`ghr_`) it only raises.
fn base62(secret: &[u8]) -> Outcome {
    let body = body(secret);
    let right = body.split_last_chunk::<6>().map(|(text, sum)| digits62(sum) == Some(u64::from(crc32fast::hash(text))));
    verdict(right, body.len() == 36)
}

fn digits62(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |n, b| Some(n * 62 + memchr::memchr(*b, BASE62)? as u64))
}

/// Atlassian: CRC32 of everything before it as eight upper-case hexadecimal digits.
fn hex_upper(secret: &[u8]) -> Option<bool> {
    let (text, sum) = secret.split_last_chunk::<8>()?;
    Some(format!("{:08X}", crc32fast::hash(text)).as_bytes() == sum)
}

/// Cloudflare, Zuplo: CRC32 of the body, which an underscore may end, as eight lower-case hexadecimal digits.
fn hex_lower(secret: &[u8]) -> Option<bool> {
    let (text, sum) = body(secret).split_last_chunk::<8>()?;
    let text = text.strip_suffix(b"_").unwrap_or(text);
    Some(format!("{:08x}", crc32fast::hash(text)).as_bytes() == sum)
}

/// Grafana: CRC32 of prefix and body without the last underscore, its bytes from the lowest, in hexadecimal.
fn grafana(secret: &[u8]) -> Option<bool> {
    let (text, sum) = secret.split_last_chunk::<8>()?;
    let text = text.strip_suffix(b"_")?;
    let want: String = crc32fast::hash(text).to_le_bytes().iter().map(|b| format!("{b:02x}")).collect();
    Some(sum.eq_ignore_ascii_case(want.as_bytes()))
}

/// Confluent: CRC32 of the 54 characters before it, its bytes from the lowest, in base64.
fn confluent(secret: &[u8]) -> Option<bool> {
    let (text, sum) = secret.split_last_chunk::<6>()?;
    let want = super::decode::base64(sum)?;
    let body = text.get(text.len().checked_sub(54)?..)?;
    Some(crc32fast::hash(body).to_le_bytes() == want.as_slice())
}

/// Azure DevOps before 2024: base32 of 32 bytes; CRC32 of 28 of them, XORed with a constant of the kind of token, lies
/// at offsets 2, 7, 8 and 22.
fn azure_devops(secret: &[u8]) -> Option<bool> {
    const AT: [usize; 4] = [2, 7, 8, 22];
    let bytes = super::decode::base32(secret).filter(|b| b.len() == 32)?;
    let sum = AT.iter().fold(0u32, |n, i| n << 8 | bytes.get(*i).map_or(0, |b| u32::from(*b)));
    let data: Vec<u8> = bytes.iter().enumerate().filter(|(i, _)| !AT.contains(i)).map(|(_, b)| *b).collect();
    let crc = crc32fast::hash(&data);
    Some(sum == crc ^ 0xe0b9_692d || sum == crc ^ 0x1019_f92e)
}

/// GitLab's routable tokens are `payload.01.` or `payload.`, the payload's length as two base36 digits, and the CRC32 of
/// everything before it as seven. Only these two versions may be called wrong.
fn gitlab(secret: &[u8]) -> Outcome {
    let mut parts = secret.split(|b| *b == b'.');
    let head = parts.next().unwrap_or_default();
    let rest: Vec<&[u8]> = parts.collect();
    let (known, tail) = match rest.as_slice() {
        [tail] => (true, *tail),
        [version, tail] => (*version == b"01", *tail),
        _ => return Outcome::nothing(),
    };
    let number =
        |digits: &[u8]| digits.iter().try_fold(0u64, |n, b| Some(n * 36 + u64::from(char::from(*b).to_digit(36)?)));
    let right = tail.split_at_checked(2).filter(|(_, sum)| sum.len() == 7).and_then(|(len, sum)| {
        let text = secret.get(..secret.len().checked_sub(7)?)?;
        let fits = number(len)? <= head.len() as u64;
        Some(fits && number(sum)? == u64::from(crc32fast::hash(text)))
    });
    verdict(right, known && secret.starts_with(b"glpat-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;
    use proptest::prelude::*;

    const ALL: [Check; 7] = [
        Check::Crc32Base62,
        Check::Crc32HexUpper,
        Check::Crc32HexLower,
        Check::ConfluentCrc32,
        Check::AzureDevopsLegacy,
        Check::GrafanaCrc32,
        Check::GitlabRoutable,
    ];

    fn reason(check: Check, secret: &[u8]) -> Option<Reason> {
        match run(check, secret) {
            Outcome::Says(says) => says.first().map(|e| e.reason),
            Outcome::Reject => panic!("rejects"),
        }
    }

    #[test]
    fn tokens_of_other_people_are_right() {
        for (check, parts) in [
            // therootcompany/base62-token.js, its README and fixtures.
            (Check::Crc32Base62, &["ghp", "_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"][..]),
            (Check::Crc32Base62, &["ghp", "_", "adE7dp8rHP6gUTuPwxLTZjZdtya3sV", "0UQzQM"]),
            (Check::Crc32Base62, &["npm", "_", "H3xbiBdlzffNx7Y56iNsPw3joObj7U", "2nO29h"]),
            // google/osv-scalibr, veles/secrets/gitlabpat; the second one also GitLab's secret-detection-rules.
            (Check::GitlabRoutable, &["glpat", "-", "bzox79Of-KE9FD2", "LjoXXF4CvyxA", ".01.", "0r", "0l8l6ir"]),
            (Check::GitlabRoutable, &["glpat", "-", "bzox79Of-KE9FD2", "LjoXXF4CvyxA", ".", "0r", "03gxo7s"]),
            // grafana/grafana, pkg/components/satokengen/tokengen_test.go.
            (Check::GrafanaCrc32, &["glsa", "_", "iNValIdinValiDinvalid", "invalidinva", "_", "5b582697"]),
        ] {
            let secret = parts.concat();
            assert_eq!(reason(check, secret.as_bytes()), Some(Reason::ChecksumRight), "{check:?}");
            // One other character, and it is wrong.
            let mut other = secret.into_bytes();
            let at = other.len() - 8;
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(reason(check, &other), Some(Reason::ChecksumWrong), "{check:?}");
        }
    }

    #[test]
    fn generated_tokens_are_right_and_unconfirmed_checks_never_demote() {
        for (check, template, confirmed) in [
            (Check::Crc32Base62, "{{ghp_ + base62(30) + crc32}}", true),
            (Check::Crc32HexUpper, "{{ATATT3xFfGF0 + base64url(170) + \"=\" + crc32_hex_upper()}}", false),
            (Check::Crc32HexLower, "{{zpka_}}{{alnum_lower(32)}}_{{hex(8)}}", false),
            (Check::ConfluentCrc32, "{{cflt + base64(54) + confluent_crc()}}", false),
            (Check::GrafanaCrc32, "{{glsa_ + base62(32) + _ + grafana_crc()}}", true),
            (Check::GitlabRoutable, "{{gitlab_routable(glpat-)}}", true),
        ] {
            let mut secret = expand(template, 5).unwrap().text;
            if check == Check::Crc32HexLower {
                let body = secret[5..37].to_vec();
                secret.truncate(38);
                secret.extend(format!("{:08x}", crc32fast::hash(&body)).into_bytes());
            }
            assert_eq!(reason(check, &secret), Some(Reason::ChecksumRight), "{check:?}");
            secret[12] = if secret[12] == b'k' { b'j' } else { b'k' };
            assert_eq!(reason(check, &secret), confirmed.then_some(Reason::ChecksumWrong), "{check:?}");
        }
        // A version of GitLab's token that we know nothing about is not called wrong.
        assert_eq!(reason(Check::GitlabRoutable, ["glpat-", "abcdef.02.0r", "1234567"].concat().as_bytes()), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
            for check in ALL {
                run(check, &bytes);
            }
        }
    }
}
