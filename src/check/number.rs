//! Payment cards and US social security numbers: what does not fit is no such number at all.
//!
//! In: digits, perhaps in groups. Out: a reject, or what the number says about itself. A check digit is right by chance
//! one time in ten: it is no proof.

use super::placeholder;
use super::subject::{Outcome, Subject};
use crate::finding::evidence::{Evidence, Reason};

/// The check `payment-card`: Luhn's check digit, an issuer's range, its length.
pub(super) fn card(subject: &Subject<'_>) -> Outcome {
    let Some(digits) = digits(subject.secret).filter(|_| is_named(subject)) else { return Outcome::Reject };
    let Some(issuer) = issuer(&digits).filter(|_| luhn(&digits)) else { return Outcome::Reject };
    let mut says = vec![Evidence::with(Reason::CheckDigit, issuer)];
    says.extend(placeholder::published(&digits));
    says.extend(trivial(&digits));
    Outcome::Says(says)
}

/// Whether the name before the number is that of a card: `discard`, `cardinality`, `span` hold the letters of one.
fn is_named(subject: &Subject<'_>) -> bool {
    let name = &subject.whole[..subject.whole.len().saturating_sub(subject.secret.len())];
    let before = &subject.before[..subject.before.len().saturating_sub(name.len())];
    let lower = name.to_ascii_lowercase();
    let Some(word) = [&b"card"[..], b"pan"].into_iter().find(|word| lower.starts_with(word)) else { return true };
    let glued = before.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    let head = before[before.len() - glued..].to_ascii_lowercase();
    // `creditCard`: the hump begins a word.
    let hump = name.first().is_some_and(u8::is_ascii_uppercase) && before.last().is_some_and(u8::is_ascii_lowercase);
    let owned = [&b"credit"[..], b"debit", b"payment", b"bank", b"charge", b"master", b"test"];
    let begins = head.is_empty() || hump || owned.iter().any(|owner| head.ends_with(owner));
    let rest = &lower[word.len()..];
    let tail = rest.iter().take_while(|b| b.is_ascii_lowercase()).count();
    let whole = tail == 0 || name.get(word.len()).is_some_and(u8::is_ascii_uppercase);
    begins
        && (whole || [&b"s"[..], b"no", b"nr", b"num", b"number", b"numbers", b"id", b"data"].contains(&&rest[..tail]))
}

/// The check `us-ssn`: issued areas, no zero group, no published number (SSA, "Randomization FAQ" and "Misused SSNs").
pub(super) fn ssn(secret: &[u8]) -> Outcome {
    let Some(digits) = digits(secret).filter(|d| d.len() == 9) else { return Outcome::Reject };
    let (area, rest) = digits.split_at(3);
    let never = matches!(area, b"000" | b"666" | [b'9', ..]) || rest.starts_with(b"00") || rest.ends_with(b"0000");
    if never {
        return Outcome::Reject;
    }
    let mut says = placeholder::published(&digits);
    says.extend(trivial(&digits));
    Outcome::Says(says)
}

/// Digits without blanks, hyphens and dots; `None` if anything else stands among them.
fn digits(secret: &[u8]) -> Option<Vec<u8>> {
    let plain: Vec<u8> = secret.iter().copied().filter(|b| !matches!(b, b' ' | b'-' | b'.')).collect();
    plain.iter().all(u8::is_ascii_digit).then_some(plain)
}

/// Numbers that somebody typed in: repetitions and sequences.
fn trivial(digits: &[u8]) -> Vec<Evidence> {
    placeholder::judge(digits)
}

/// Luhn's formula (ISO/IEC 7812-1, annex B) over digits, the check digit included.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b.wrapping_sub(b'0'));
            if i % 2 == 0 { d } else { d * 2 / 10 + d * 2 % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// First and last leading number of a range, lengths, issuer. The longer prefix stands before the shorter one.
/// Source: ranges of ISO/IEC 7812, as the card schemes publish them.
#[rustfmt::skip]
const ISSUERS: &[(&str, &str, std::ops::RangeInclusive<usize>, &str)] = &[
    ("2221", "2720", 16..=16, "Mastercard"),
    ("2200", "2204", 16..=19, "Mir"),
    ("3528", "3589", 16..=19, "JCB"),
    ("3095", "3095", 14..=19, "Diners Club"),
    ("6011", "6011", 16..=19, "Discover"),
    ("6304", "6304", 12..=19, "Maestro"),
    ("6759", "6759", 12..=19, "Maestro"),
    ("6761", "6763", 12..=19, "Maestro"),
    ("300", "305", 14..=19, "Diners Club"),
    ("508", "508", 16..=16, "RuPay"),
    ("644", "649", 16..=19, "Discover"),
    ("34", "34", 15..=15, "American Express"),
    ("37", "37", 15..=15, "American Express"),
    ("36", "36", 14..=19, "Diners Club"),
    ("38", "39", 14..=19, "Diners Club"),
    ("51", "55", 16..=16, "Mastercard"),
    ("50", "50", 12..=19, "Maestro"),
    ("56", "58", 12..=19, "Maestro"),
    ("62", "62", 16..=19, "UnionPay"),
    ("65", "65", 16..=19, "Discover"),
    ("60", "60", 16..=16, "RuPay"),
    ("81", "82", 16..=16, "RuPay"),
    ("4", "4", 13..=19, "Visa"),
];

fn issuer(digits: &[u8]) -> Option<&'static str> {
    let row = ISSUERS.iter().find(|(from, to, _, _)| {
        digits.get(..from.len()).is_some_and(|start| (from.as_bytes()..=to.as_bytes()).contains(&start))
    })?;
    let fits = row.2.contains(&digits.len()) && (row.3 != "Visa" || matches!(digits.len(), 13 | 16 | 19));
    fits.then_some(row.3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;
    use proptest::prelude::*;

    fn reasons(outcome: Outcome) -> Option<Vec<Reason>> {
        match outcome {
            Outcome::Reject => None,
            Outcome::Says(says) => Some(says.iter().map(|e| e.reason).collect()),
        }
    }

    /// The check of a number without a name.
    fn alone(secret: &[u8]) -> Outcome {
        card(&Subject { secret, whole: secret, before: b"", after: b"", now: 0 })
    }

    #[test]
    fn the_name_of_a_number_is_that_of_a_card() {
        let number = expand("{{luhn(\"4539\", 16)}}", 3).unwrap().text;
        let named = |before: &str| {
            let text = [before.as_bytes(), &number].concat();
            let lower = before.to_ascii_lowercase();
            let from = lower.rfind("card").or_else(|| lower.rfind("pan")).expect("a name");
            let outcome =
                card(&Subject { secret: &number, whole: &text[from..], before: before.as_bytes(), after: b"", now: 0 });
            outcome != Outcome::Reject
        };
        for name in [
            "card_number=",
            "creditCard: ",
            "credit_card_number, ",
            "\"cardNumber\": ",
            "mastercard ",
            "PAN: ",
            "cards: ",
        ] {
            assert!(named(name), "{name}");
        }
        for name in [
            "discard_id=",
            "span=",
            "cardinality: ",
            "scorecard: ",
            "wildcard=",
            "vcard_uid: ",
            "timespan=",
            "cardiology ",
        ] {
            assert!(!named(name), "{name}");
        }
    }

    #[test]
    fn cards_are_told_from_other_numbers() {
        // The worked example of Luhn's formula in many textbooks.
        assert!(luhn(b"79927398713") && !luhn(b"79927398710"));
        for (prefix, len, name) in [
            ("4", 16, "Visa"),
            ("53", 16, "Mastercard"),
            ("2500", 16, "Mastercard"),
            ("37", 15, "American Express"),
            ("6011", 16, "Discover"),
            ("3530", 16, "JCB"),
            ("36", 14, "Diners Club"),
            ("622", 18, "UnionPay"),
        ] {
            let number = expand(&format!("{{{{luhn(\"{prefix}\", {len})}}}}"), 9).unwrap().text;
            assert_eq!(alone(&number), Outcome::says(Evidence::with(Reason::CheckDigit, name)));
            let grouped = number.chunks(4).collect::<Vec<_>>().join(&b' ');
            assert_eq!(reasons(alone(&grouped)), Some(vec![Reason::CheckDigit]));
            let mut wrong = number.clone();
            wrong[len - 1] = if wrong[len - 1] == b'9' { b'0' } else { wrong[len - 1] + 1 };
            assert_eq!(alone(&wrong), Outcome::Reject);
            assert_eq!(alone(&number[..len - 3]), Outcome::Reject);
        }
        // The number of Stripe's documentation; in parts.
        let test = ["4242", "4242", "4242", "4242"].concat();
        assert!(reasons(alone(test.as_bytes())).unwrap().contains(&Reason::VendorExample));
        assert_eq!(alone(b"9999999999999995"), Outcome::Reject);
        assert_eq!(alone(b"4x"), Outcome::Reject);
    }

    #[test]
    fn social_security_numbers_are_in_issued_areas() {
        assert_eq!(ssn(["536", "71", "8294"].join("-").as_bytes()), Outcome::nothing());
        for never in [
            ["000", "12", "3456"],
            ["666", "12", "3456"],
            ["912", "12", "3456"],
            ["536", "00", "3456"],
            ["536", "12", "0000"],
        ] {
            assert_eq!(ssn(never.join("-").as_bytes()), Outcome::Reject);
        }
        // Woolworth's wallet, as the SSA tells it.
        assert_eq!(reasons(ssn(["078", "05", "1120"].join("-").as_bytes())), Some(vec![Reason::VendorExample]));
        assert_eq!(
            reasons(ssn(["123", "45", "6789"].join("-").as_bytes())),
            Some(vec![Reason::VendorExample, Reason::Sequence])
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40), digits in "[0-9 -]{0,30}") {
            alone(&bytes);
            ssn(&bytes);
            alone(digits.as_bytes());
            ssn(digits.as_bytes());
        }
    }
}
