use super::*;
use crate::example::expand;
use proptest::prelude::*;

fn says(value: &str) -> Vec<Reason> {
    judge(value.as_bytes()).iter().map(|e| e.reason).collect()
}

#[test]
fn placeholders_are_known() {
    for value in [
        "example",
        "EXAMPLE",
        "changeme",
        "change-me-please",
        "your_api_key_here",
        "YOUR-TOKEN",
        "<password>",
        "${DB_PASSWORD}",
        "{{ password }}",
        "$(cat file)",
        "%s",
        "%(password)s",
        "%PASSWORD%",
        "$PASSWORD",
        "$db_pass",
        "********",
        "xxxxxxxx",
        "XXXX",
        "...",
        "my-secret-key",
        "insert_token_here",
        "redacted",
        "[REDACTED]",
        "password",
        "secret",
        "Password",
        "dummy-token",
        "test-token",
        "fake_key_for_tests",
        "some-random-string",
        "@TOKEN@",
        "replace_with_actual_token",
        "super-secret-password",
        "IOSFODNN7EXAMPLE",
        "abcd****wxyz",
        "todo",
        "1234567890example",
        "foobar",
        "",
        "apikey",
        "#{password}",
    ] {
        assert!(says(value).contains(&Reason::Placeholder), "{value:?} {:?}", says(value));
    }
}

#[test]
fn repetitions_and_sequences_are_known() {
    for value in [
        "aaaaaaaa",
        "0000000000000000",
        "abababababab",
        "abcabcabcabcabcabc",
        "deadbeefdeadbeefdeadbeef",
        "Aaaaaaaaaaaaaaa1",
        "1212121212121212",
        "00000000-0000-0000-0000-000000000000",
        "1111111111111111111111111111111111111111",
    ] {
        assert!(says(value).contains(&Reason::Repeats), "{value:?} {:?}", says(value));
    }
    for value in [
        "1234",
        "123456",
        "12345678",
        "abc123",
        "abcdef",
        "qwerty",
        "qwertyuiop",
        "0123456789abcdef",
        "fedcba9876543210",
        "abcdefghijklmnopqrstuvwxyz",
        "1234567890abcdef1234567890abcdef",
        "000102030405060708090a0b0c0d0e0f",
        "00112233445566778899aabbccddeeff",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "asdfghjkl",
        "987654321",
        "1234567890-1234567890123-k3nq8vzr1xw5",
    ] {
        let says = says(value);
        assert!(says.contains(&Reason::Sequence) || says.contains(&Reason::Repeats), "{value:?} {says:?}");
    }
}

#[test]
fn passwords_of_people_are_none() {
    for seed in 0..500 {
        let value = String::from_utf8(expand("{{password()}}", seed).unwrap().text).unwrap();
        assert_eq!(says(&value), [], "{value}");
    }
    for parts in [
        ["Sommer", "2019!"],
        ["hunter", "2"],
        ["Tr0ub4dor", "&3"],
        ["correct-horse-", "battery-staple"],
        ["p4ss", "W0rd!9x"],
        ["-<%(;np)", "fdm7gfc"],
        ["a${!x+", "}9Kf3"],
    ] {
        let value = parts.concat();
        assert_eq!(says(&value), [], "{value}");
    }
}

#[test]
fn random_values_are_none() {
    // A word list that judges too easily fails here at once.
    for alphabet in [
        "base62(36)",
        "base62(20)",
        "hex(32)",
        "base64(40)",
        "base64url(22)",
        "base32(16)",
        "alnum_lower(24)",
        "hex(64)",
        "uuid()",
    ] {
        let template = format!("{{{{{alphabet}}}}}");
        for seed in 0..1_000 {
            let value = String::from_utf8(expand(&template, seed).unwrap().text).unwrap();
            assert_eq!(says(&value), [], "{alphabet} {value}");
        }
    }
}

#[test]
fn a_short_word_inside_a_long_random_value_says_nothing() {
    for seed in 0..200 {
        for word in ["test", "Key", "fake", "demo", "api", "todo"] {
            let value =
                String::from_utf8(expand(&format!("{{{{base62(18)}}}}{word}{{{{base62(18)}}}}"), seed).unwrap().text)
                    .unwrap();
            assert_eq!(says(&value), [], "{value}");
        }
    }
}

#[test]
fn what_vendors_publish_is_known_by_its_hash() {
    // In parts, as everywhere: the key of Amazon's documentation.
    let known = ["AKIA", "IOSFODNN7", "EXAMPLE"].concat();
    assert_eq!(published(known.as_bytes()).len(), 1);
    assert_eq!(published(&known.as_bytes()[1..]).len(), 0);
    let fingerprints = published::TABLE.iter().map(|(hash, _)| *hash).collect::<Vec<_>>();
    assert!(fingerprints.is_sorted_by(|a, b| a < b), "the table is searched by halves");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        judge(&bytes);
        published(&bytes);
    }
}
