//! Values that their name says are no secrets: codes of errors, public keys, what `pw` means besides.
//!
//! In: a name and its value. Out: whether the value is such a thing.

use super::super::key::{Key, Pieces};
use super::super::literal::Found;
use super::words::ERRORS;

/// `pw` that is no password: a code among those of countries and the number of that one, a width, and without quotes a
/// label before a word.
pub(super) fn is_other_pw(key: &Key, word: &[u8], found: &Found, value: &[u8]) -> bool {
    let country = value.len() <= 3 || (key.quoted && word == b"PW");
    // `pw: 300mm`, `pw: 1920x1080`
    let digits = value.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let unit = &value[digits..];
    let size = digits > 0 && unit.len() <= 5 && unit.first().is_some_and(u8::is_ascii_lowercase);
    let label = !found.quoted && value.iter().all(|b| b.is_ascii_lowercase() || *b == b'-');
    word.eq_ignore_ascii_case(b"pw") && (country || size || label)
}

/// The number of an error that a name speaks of: `INCORRECT_OLD_PASSWORD = "5135"`, `TOKEN_EXPIRED: "AUTH-102"`; or a value
/// that says so itself: `ERR_AUTH_1042`.
pub(super) fn is_code_of_error(name: &[u8], value: &[u8]) -> bool {
    let is_number = |part: &[u8]| !part.is_empty() && part.len() < 7 && part.iter().all(u8::is_ascii_digit);
    let parts = || value.split(|b| matches!(b, b'_' | b'-'));
    let marked = parts().next().is_some_and(|first| [&b"E"[..], b"ERR", b"ERROR"].contains(&first));
    if marked && value.len() < 32 && parts().all(|part| is_number(part) || part.iter().all(u8::is_ascii_uppercase)) {
        return true;
    }
    let letters = value.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let number = value.get(letters..).unwrap_or_default();
    let number = number.strip_prefix(b"-").or_else(|| number.strip_prefix(b"_")).unwrap_or(number);
    value.len() <= 10
        && is_number(number)
        && Pieces(name).any(|piece| ERRORS.iter().any(|word| piece.eq_ignore_ascii_case(word)))
}

/// `credentialPublicKey`, `token_public_key`: the half that everybody may have.
pub(super) fn is_public_key(name: &[u8]) -> bool {
    [&b"publickey"[..], b"public_key", b"public-key", b"pubkey"]
        .iter()
        .any(|end| name.len() > end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end))
}
