//! Values that their name says are no secrets: codes of errors, public keys, what `pw` means besides.
//!
//! In: a name and its value. Out: whether the value is such a thing.

use super::super::key::{Key, Pieces};
use super::words::ERRORS;

/// `pw` that is no password: a code among those of countries and the number of that one, a label before a word, a width.
pub(super) fn is_other_pw(key: &Key, word: &[u8], value: &[u8]) -> bool {
    let country = value.len() <= 3 || (key.quoted && word == b"PW");
    // `pw: 300mm`, `pw: 1920x1080`, `pw: folder2`: widths and names.
    let digits = value.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let unit = &value[digits..];
    let size = digits > 0 && unit.len() <= 5 && unit.first().is_some_and(u8::is_ascii_lowercase);
    let word_end = value.len() - value.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let small = word_end + 1 >= value.len() && value[..word_end].iter().all(|b| b.is_ascii_lowercase() || *b == b'-');
    word.eq_ignore_ascii_case(b"pw") && (country || small || size)
}

/// The number of an error that a name speaks of: `INCORRECT_OLD_PASSWORD = "5135"`, `TOKEN_EXPIRED: "AUTH-102"`.
pub(super) fn is_code_of_error(name: &[u8], value: &[u8]) -> bool {
    // `ERR_AUTH_1042`, `PWD-0012`, `E-1042`: the value says by itself that it is one.
    let parts = value.split(|b| matches!(b, b'_' | b'-'));
    let is_part = |part: &[u8]| {
        !part.is_empty()
            && (part.iter().all(u8::is_ascii_uppercase) || (part.len() < 6 && part.iter().all(u8::is_ascii_digit)))
    };
    if value.len() < 32
        && parts.clone().count() > 1
        && parts.clone().all(is_part)
        && parts.filter(|part| part[0].is_ascii_digit()).count() == 1
    {
        return true;
    }
    let letters = value.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let number = value.get(letters..).unwrap_or_default();
    let number = number.strip_prefix(b"-").or_else(|| number.strip_prefix(b"_")).unwrap_or(number);
    value.len() <= 10
        && (letters > 0 || number.len() <= 6)
        && !number.is_empty()
        && number.iter().all(u8::is_ascii_digit)
        && Pieces(name).any(|piece| ERRORS.iter().any(|word| piece.eq_ignore_ascii_case(word)))
}

/// `credentialPublicKey`, `token_public_key`: the half that everybody may have.
pub(super) fn is_public_key(name: &[u8]) -> bool {
    [&b"publickey"[..], b"public_key", b"public-key", b"pubkey"]
        .iter()
        .any(|end| name.len() > end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end))
}
