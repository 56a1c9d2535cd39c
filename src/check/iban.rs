//! International bank account numbers: country, length, form of the national part, and mod 97 (ISO 13616).

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
