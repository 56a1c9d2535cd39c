//! `Authorization` headers of any scheme: `Token x`, `ApiKey x`, `Digest username="...", response="x"`, and without one.
//!
//! In: text, a [`Key`] whose name is that of the header, and the place behind it. Out: the [`Found`] behind the scheme. `Bearer` and
//! `Basic` have a rule of their own. Refuses prose: what is behind the scheme has to be the rest of the header.

use super::join::{Join, blanks};
use super::key::{Key, at, cut};
use super::literal::Found;

/// Longest scheme in bytes.
const SCHEME: usize = 24;
/// Longest header in bytes.
const HEADER: usize = 1024;
/// Parameters that hold a token.
const TOKENS: [&[u8]; 5] = [b"token=", b"access_token=", b"key=", b"apikey=", b"oauth_token="];
/// Parameters that hold the answer to one request.
const SIGNATURES: [&[u8]; 4] = [b"signature=", b"response=", b"oauth_signature=", b"sig="];

/// Whether `key` names the header, and not what is authorized: `Proxy-Authorization`, but not `ListVpcAuthorization`.
pub(super) fn is_header(text: &[u8], key: &Key) -> bool {
    let head = cut(text, key.ident.start..key.word.start);
    cut(text, key.word.clone()).eq_ignore_ascii_case(b"authorization")
        && head.last().is_none_or(|b| matches!(b, b'-' | b'_' | b'.'))
}

/// Whether the header that `key` names has a scheme with a rule of its own.
pub(super) fn has_own_rule(text: &[u8], key: &Key) -> bool {
    let behind = cut(text, key.ident.end..key.ident.end + 48);
    let skip = behind.iter().take_while(|b| b.is_ascii_whitespace() || b"\"'`\\:=>,-[(".contains(b)).count();
    let scheme = cut(behind, skip..behind.len());
    [&b"bearer"[..], b"basic"].iter().any(|own| {
        scheme.get(..own.len()).is_some_and(|s| s.eq_ignore_ascii_case(own))
            && at(scheme, own.len()).is_ascii_whitespace()
    })
}

/// The credentials of the header that `key` names; `here` is behind the name and its quote.
pub(super) fn find(text: &[u8], key: &Key, here: usize) -> Option<Found> {
    if !is_header(text, key) {
        return None;
    }
    let sign = at(text, here);
    if !matches!(sign, b':' | b'=' | b',') || at(text, here + 1) == b'=' {
        return None;
    }
    let mut from = blanks(text, here + 1 + usize::from(at(text, here + 1) == b'>'));
    let mark = at(text, from);
    let quoted = matches!(mark, b'"' | b'\'' | b'`');
    from += usize::from(quoted);
    let rest = cut(text, from..from + HEADER);
    let len = rest
        .iter()
        .position(|b| if quoted { *b == mark } else { matches!(b, b'"' | b'\'' | b'`') } || matches!(b, b'\n' | b'\r'));
    let header = cut(rest, 0..len.unwrap_or(rest.len())).trim_ascii_end();
    let scheme = header.iter().take(SCHEME).take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    let name = cut(header, 0..scheme);
    if scheme == 0 || at(header, scheme) != b' ' {
        return None;
    }
    let start = blanks(header, scheme);
    let body = cut(header, start..header.len());
    let of = |range: std::ops::Range<usize>, join| {
        let secret = from + range.start..from + range.end;
        let mut found = Found::new(secret.clone(), secret.end, join);
        found.quoted = true;
        found
    };
    let parameter = |names: &[&[u8]]| {
        let lower = body.to_ascii_lowercase();
        let at_name = |name: &&[u8]| {
            let place = memchr::memmem::find(&lower, name)?;
            let own = place == 0 || matches!(lower[place - 1], b' ' | b',' | b';');
            own.then_some(place + name.len())
        };
        let place = names.iter().find_map(at_name)?;
        let place = place + usize::from(matches!(at(body, place), b'"' | b'\''));
        let len = cut(body, place..body.len())
            .iter()
            .position(|b| !b.is_ascii_graphic() || matches!(b, b'"' | b'\'' | b',' | b'\\'));
        let end = len.map_or(body.len(), |len| place + len);
        (end > place + 7).then_some(start + place..start + end)
    };
    if let Some(range) = parameter(&TOKENS) {
        return Some(of(range, Join::Colon));
    }
    if let Some(range) = parameter(&SIGNATURES) {
        return Some(of(range, Join::Signature));
    }
    // One run, and nothing behind it.
    let answer = name.eq_ignore_ascii_case(b"ntlm") || name.eq_ignore_ascii_case(b"negotiate");
    let join = if answer { Join::Signature } else { Join::Colon };
    let run = body.iter().take_while(|b| b.is_ascii_graphic() && !matches!(b, b'{' | b'$' | b'<' | b'\\')).count();
    (run >= 8 && run == body.len()).then(|| of(start..start + run, join))
}
