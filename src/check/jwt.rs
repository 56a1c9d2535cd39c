//! JSON web tokens (RFC 7519, RFC 7515, RFC 7516): header and claims must parse; they say when the token ends, whether
//! it is signed, and whether it is public by design.
//!
//! A token that parses is a token for sure, but not for sure a secret one: nothing here is a proof.

use super::decode;
use super::subject::Outcome;
use crate::finding::evidence::{Evidence, Reason};
use crate::time::date;
use serde_json::{Map, Value};

/// The check `jwt`.
pub(crate) fn check(secret: &[u8], now: i64) -> Outcome {
    let parts: Vec<&[u8]> = secret.split(|b| *b == b'.').collect();
    let Some(header) = parts.first().and_then(|p| object(p)) else { return Outcome::Reject };
    if !header.contains_key("alg") && !header.contains_key("enc") {
        return Outcome::Reject;
    }
    // Five parts: encrypted, and the second one is no text.
    if parts.len() == 5 || header.contains_key("enc") {
        return Outcome::nothing();
    }
    let Some(claims) = parts.get(1).and_then(|p| object(p)) else { return Outcome::nothing() };
    let mut says = Vec::new();
    if header.get("alg").and_then(Value::as_str).is_some_and(|alg| alg.eq_ignore_ascii_case("none")) {
        says.push(Evidence::new(Reason::Unsigned));
    }
    if let Some(end) = claims.get("exp").and_then(Value::as_f64).filter(|s| (0.0..1e12).contains(s)) {
        let end = end as i64;
        says.push(Evidence::with(if end <= now { Reason::Expired } else { Reason::Expires }, date(end)));
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    // Supabase gives this one to browsers (its documentation, "Understanding API keys").
    if text("role") == "anon" && text("iss").contains("supabase") {
        says.push(Evidence::new(Reason::PublicByDesign));
    }
    // The claims that jwt.io fills in, and those of PyJWT's manual.
    let jwt_io = text("sub") == "1234567890" && (text("name").starts_with("John") || claims.len() <= 2);
    if jwt_io || (text("some") == "payload" && claims.len() == 1) {
        says.push(Evidence::with(Reason::VendorExample, "claims of a manual"));
    }
    Outcome::Says(says)
}

fn object(part: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(&decode::base64url(part)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::expand;
    use proptest::prelude::*;

    fn says(template: &str) -> Option<Vec<(Reason, Option<String>)>> {
        match check(&expand(template, 1).unwrap().text, 1_700_000_000) {
            Outcome::Reject => None,
            Outcome::Says(says) => Some(says.into_iter().map(|e| (e.reason, e.detail)).collect()),
        }
    }

    #[test]
    fn claims_say_what_they_say() {
        assert_eq!(says("{{jwt()}}"), Some(vec![]));
        assert_eq!(says("{{jwt(1600000000)}}"), Some(vec![(Reason::Expired, Some("2020-09-13".into()))]));
        assert_eq!(says("{{jwt(4102444800)}}"), Some(vec![(Reason::Expires, Some("2100-01-01".into()))]));
        assert_eq!(says("{{jwt_with(none)}}"), Some(vec![(Reason::Unsigned, None)]));
        assert_eq!(says("{{eyJ + base64url(30)}}.{{eyJ + base64url(40)}}.{{base64url(43)}}"), None);
    }

    #[test]
    fn the_example_of_rfc_7515_is_read() {
        // RFC 7515, appendix A.1, in parts; its claims end in 2011.
        let parts = [
            ["eyJ0eXAiOiJKV1QiLA0KICJ", "hbGciOiJIUzI1NiJ9"].concat(),
            ["eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6", "Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"]
                .concat(),
            ["dBjftJeZ4CVP-mB92K27uhbUJU1p1r", "_wW1gFWFOEjXk"].concat(),
        ];
        let want = Outcome::says(Evidence::with(Reason::Expired, "2011-03-22"));
        assert_eq!(check(parts.join(".").as_bytes(), 1_700_000_000), want);
    }

    #[test]
    fn a_supabase_key_for_browsers_is_public() {
        let part = |json: &str| {
            use base64::Engine as _;
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json)
        };
        let anon = [part(r#"{"alg":"HS256"}"#), part(r#"{"iss":"supabase","role":"anon"}"#), "x".repeat(43)].join(".");
        assert_eq!(check(anon.as_bytes(), 0), Outcome::says(Evidence::new(Reason::PublicByDesign)));
        let service =
            [part(r#"{"alg":"HS256"}"#), part(r#"{"iss":"supabase","role":"service_role"}"#), String::new()].join(".");
        assert_eq!(check(service.as_bytes(), 0), Outcome::nothing());
    }

    #[test]
    fn dates_are_right() {
        // Made with `date -u -d @N +%F`.
        for (seconds, want) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_709_164_800, "2024-02-29"),
            (1_735_689_599, "2024-12-31"),
        ] {
            assert_eq!(date(seconds), want);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120), seconds in any::<i32>()) {
            check(&bytes, 0);
            date(i64::from(seconds));
        }
    }
}
