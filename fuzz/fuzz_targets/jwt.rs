//! JSON web tokens, as they are and made of a header and claims that are encoded here.

#![no_main]

use leaktight::check;
use leaktight::check::subject::{Outcome, Subject};
use leaktight::rule::Check;
use leaktight_fuzz::seeds::examples;
use leaktight_fuzz::{Input, NOW, Seeds, target};

target!(seeds, |data| {
    let mut input = Input(data);
    let mode = input.byte();
    let mut token = input.0.to_vec();
    if mode & 1 == 0 {
        token = input.0.split(|b| *b == 0).map(base64url).collect::<Vec<_>>().join(&b'.');
    }
    let check = |now| {
        let subject = Subject { secret: &token, whole: &token, before: b"", after: b"", now };
        check::run(Check::Jwt, &subject)
    };
    // The time changes what the evidence says, never whether the token is rejected.
    let (now, later) = (check(NOW), check(i64::MAX));
    match (&now, &later) {
        (Outcome::Says(now), Outcome::Says(later)) => assert_eq!(now.len(), later.len()),
        _ => assert_eq!(now, later),
    }
    assert_eq!(now, check(NOW));
});

fn base64url(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digit = |n: u32| DIGITS[n as usize & 63];
    let group = |part: &[u8]| {
        let all = part.iter().chain([0; 2].iter()).take(3).fold(0, |all, b| all << 8 | u32::from(*b));
        [digit(all >> 18), digit(all >> 12), digit(all >> 6), digit(all)][..=part.len()].to_vec()
    };
    bytes.chunks(3).flat_map(group).collect()
}

fn seeds() -> Seeds {
    let parts =
        |header: &str, claims: &str| [&[0], header.as_bytes(), &[0], claims.as_bytes(), &[0], b"signature"].concat();
    let mut inputs = vec![
        parts(r#"{"alg":"none"}"#, r#"{"exp":1600000000,"sub":"1234567890","name":"John Doe"}"#),
        parts(r#"{"alg":"HS256","typ":"JWT"}"#, r#"{"exp":1e11,"iss":"supabase","role":"anon"}"#),
        parts(r#"{"enc":"A256GCM"}"#, "x\0y\0z"),
    ];
    inputs.extend(
        examples(|rule| rule.checks.contains(&Check::Jwt)).into_iter().map(|text| [&[1], text.as_slice()].concat()),
    );
    Seeds::new(inputs).words(&["\"exp\":", "\"alg\":", "-1e400", "1e308", "null", "\"enc\":"])
}
