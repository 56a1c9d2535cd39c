//! International bank account numbers: country, length, form of the national part, and mod 97 (ISO 13616).
//! What does not fit is no account number at all.

use super::placeholder;
use super::subject::Outcome;
use crate::finding::evidence::{Evidence, Reason};

/// Country, then the national part's form in the registry's notation: `n` digits, `a` upper-case letters,
/// `c` both. Source: SWIFT's IBAN registry.
#[rustfmt::skip]
pub(crate) const COUNTRIES: &[(&str, &[(u8, usize)])] = &[
    ("AD", &[(b'n', 8), (b'c', 12)]), ("AE", &[(b'n', 19)]), ("AL", &[(b'n', 8), (b'c', 16)]), ("AT", &[(b'n', 16)]),
    ("AZ", &[(b'a', 4), (b'c', 20)]), ("BA", &[(b'n', 16)]), ("BE", &[(b'n', 12)]),
    ("BG", &[(b'a', 4), (b'n', 6), (b'c', 8)]), ("BH", &[(b'a', 4), (b'c', 14)]), ("BI", &[(b'n', 23)]),
    ("BR", &[(b'n', 23), (b'a', 1), (b'c', 1)]), ("BY", &[(b'c', 4), (b'n', 4), (b'c', 16)]),
    ("CH", &[(b'n', 5), (b'c', 12)]), ("CR", &[(b'n', 18)]), ("CY", &[(b'n', 8), (b'c', 16)]), ("CZ", &[(b'n', 20)]),
    ("DE", &[(b'n', 18)]), ("DJ", &[(b'n', 23)]), ("DK", &[(b'n', 14)]), ("DO", &[(b'c', 4), (b'n', 20)]),
    ("EE", &[(b'n', 16)]), ("EG", &[(b'n', 25)]), ("ES", &[(b'n', 20)]), ("FI", &[(b'n', 14)]),
    ("FK", &[(b'a', 2), (b'n', 12)]), ("FO", &[(b'n', 14)]), ("FR", &[(b'n', 10), (b'c', 11), (b'n', 2)]),
    ("GB", &[(b'a', 4), (b'n', 14)]), ("GE", &[(b'a', 2), (b'n', 16)]), ("GI", &[(b'a', 4), (b'c', 15)]),
    ("GL", &[(b'n', 14)]), ("GR", &[(b'n', 7), (b'c', 16)]), ("GT", &[(b'c', 24)]), ("HR", &[(b'n', 17)]),
    ("HU", &[(b'n', 24)]), ("IE", &[(b'a', 4), (b'n', 14)]), ("IL", &[(b'n', 19)]), ("IQ", &[(b'a', 4), (b'n', 15)]),
    ("IS", &[(b'n', 22)]), ("IT", &[(b'a', 1), (b'n', 10), (b'c', 12)]), ("JO", &[(b'a', 4), (b'n', 4), (b'c', 18)]),
    ("KW", &[(b'a', 4), (b'c', 22)]), ("KZ", &[(b'n', 3), (b'c', 13)]), ("LB", &[(b'n', 4), (b'c', 20)]),
    ("LC", &[(b'a', 4), (b'c', 24)]), ("LI", &[(b'n', 5), (b'c', 12)]), ("LT", &[(b'n', 16)]),
    ("LU", &[(b'n', 3), (b'c', 13)]), ("LV", &[(b'a', 4), (b'c', 13)]), ("LY", &[(b'n', 21)]),
    ("MC", &[(b'n', 10), (b'c', 11), (b'n', 2)]), ("MD", &[(b'c', 20)]), ("ME", &[(b'n', 18)]), ("MK", &[(b'n', 3), (b'c', 10), (b'n', 2)]),
    ("MN", &[(b'n', 16)]), ("MR", &[(b'n', 23)]), ("MT", &[(b'a', 4), (b'n', 5), (b'c', 18)]),
    ("MU", &[(b'a', 4), (b'n', 19), (b'a', 3)]), ("NI", &[(b'a', 4), (b'n', 20)]), ("NL", &[(b'a', 4), (b'n', 10)]), ("NO", &[(b'n', 11)]),
    ("OM", &[(b'n', 3), (b'c', 16)]), ("PK", &[(b'a', 4), (b'c', 16)]), ("PL", &[(b'n', 24)]), ("PS", &[(b'a', 4), (b'c', 21)]),
    ("PT", &[(b'n', 21)]), ("QA", &[(b'a', 4), (b'c', 21)]), ("RO", &[(b'a', 4), (b'c', 16)]), ("RS", &[(b'n', 18)]),
    ("RU", &[(b'n', 14), (b'c', 15)]), ("SA", &[(b'n', 2), (b'c', 18)]), ("SC", &[(b'a', 4), (b'n', 20), (b'a', 3)]),
    ("SD", &[(b'n', 14)]), ("SE", &[(b'n', 20)]), ("SI", &[(b'n', 15)]), ("SK", &[(b'n', 20)]),
    ("SM", &[(b'a', 1), (b'n', 10), (b'c', 12)]), ("SO", &[(b'n', 19)]), ("ST", &[(b'n', 21)]), ("SV", &[(b'a', 4), (b'n', 20)]),
    ("TL", &[(b'n', 19)]), ("TN", &[(b'n', 20)]), ("TR", &[(b'n', 6), (b'c', 16)]), ("UA", &[(b'n', 6), (b'c', 19)]),
    ("VA", &[(b'n', 18)]), ("VG", &[(b'a', 4), (b'n', 16)]), ("XK", &[(b'n', 16)]), ("YE", &[(b'a', 4), (b'n', 4), (b'c', 18)]),
];

/// The remainder by 97 of letters and digits read as a number (`A` is 10); `None` if there is another character.
pub(crate) fn mod97(text: impl Iterator<Item = u8>) -> Option<u32> {
    let mut rest = 0;
    for byte in text {
        let value = char::from(byte).to_digit(36)?;
        rest = (if value < 10 { rest * 10 } else { rest * 100 } + value) % 97;
    }
    Some(rest)
}

/// The check `iban`: the number, perhaps in groups.
pub(super) fn check(secret: &[u8]) -> Outcome {
    let plain: Vec<u8> = secret.iter().copied().filter(|b| !matches!(b, b' ' | b'-' | 0xa0 | 0xc2)).collect();
    if !right(&plain) {
        return Outcome::Reject;
    }
    let mut says = vec![Evidence::new(Reason::ChecksumRight)];
    says.extend(placeholder::published(&plain));
    Outcome::Says(says)
}

fn right(plain: &[u8]) -> bool {
    let Some((country, rest)) = plain.split_at_checked(2) else { return false };
    let Some((digits, national)) = rest.split_at_checked(2) else { return false };
    let Some((_, form)) = COUNTRIES.iter().find(|(code, _)| code.as_bytes() == country) else { return false };
    let mut left = national;
    for (kind, len) in form.iter() {
        let Some((part, after)) = left.split_at_checked(*len) else { return false };
        let fits = part.iter().all(|b| match kind {
            b'n' => b.is_ascii_digit(),
            b'a' => b.is_ascii_uppercase(),
            _ => b.is_ascii_digit() || b.is_ascii_uppercase(),
        });
        if !fits {
            return false;
        }
        left = after;
    }
    left.is_empty()
        && digits.iter().all(u8::is_ascii_digit)
        && mod97(national.iter().chain(country).chain(digits).copied()) == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;
    use proptest::prelude::*;

    #[test]
    fn examples_of_the_registry_are_right() {
        // SWIFT's IBAN registry; in parts.
        for parts in [
            ["GB29NWBK60", "161331926819"],
            ["DE89370400", "440532013000"],
            ["FR142004101005", "0500013M02606"],
            ["NL91ABNA", "0417164300"],
            ["BE685390", "07547034"],
            ["IT60X05428111", "01000000123456"],
            ["CH930076201", "1623852957"],
            ["NO938601", "1117947"],
            ["MT84MALT011000012345", "MTLCAST001S"],
            ["BR18003603050000100", "09795493C1"],
        ] {
            let text = parts.concat();
            assert!(right(text.as_bytes()), "{parts:?}");
            let mut other = text.clone().into_bytes();
            other[3] = if other[3] == b'9' { b'0' } else { other[3] + 1 };
            assert!(!right(&other), "{parts:?}");
            // All of them are published.
            let Outcome::Says(says) = check(text.as_bytes()) else { panic!("{parts:?}") };
            let reasons: Vec<Reason> = says.iter().map(|e| e.reason).collect();
            assert_eq!(reasons, [Reason::ChecksumRight, Reason::VendorExample], "{parts:?}");
        }
    }

    #[test]
    fn every_country_can_be_generated() {
        assert!(COUNTRIES.is_sorted_by(|a, b| a.0 < b.0));
        for (country, form) in COUNTRIES {
            let text = expand(&format!("{{{{iban({country})}}}}"), 2).unwrap().text;
            assert!(right(&text), "{country}");
            assert_eq!(text.len(), 4 + form.iter().map(|(_, len)| len).sum::<usize>());
            assert!(!right(&text[..text.len() - 1]));
        }
        assert_eq!(check(b"XX00123"), Outcome::Reject);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            check(&bytes);
            check(&[b"DE", &bytes[..]].concat());
        }
    }
}
