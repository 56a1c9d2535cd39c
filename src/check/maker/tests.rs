use super::*;
use crate::example::expand;
use base64::engine::general_purpose::STANDARD;

/// Values, and who made each as a password and as a token.
const TABLE: &[(&str, Maker, Maker)] = {
    use Maker::{Filler, Machine, Person, StandIn, Word};
    &[
        // Words: letters only, in one case or with a capital at the start.
        ("sunshine", Word, Word),
        ("Dragon", Word, Word),
        ("MONKEY", Word, Word),
        ("Wachtwoord", Word, Word),
        ("contraseña", Word, Word),
        ("Пароль", Word, Word),
        ("パスワード", Word, Word),
        // A digit or a sign makes a password of one.
        ("Welcome1", Person, Person),
        ("Passw0rd!", Person, Person),
        ("password1", Person, Person),
        ("sunshine!", Person, Person),
        ("SunShine", Person, Person),
        // Stand-ins, letter for letter.
        ("changeme", StandIn, StandIn),
        ("ChangeMe", StandIn, StandIn),
        ("postgres", StandIn, StandIn),
        ("minioadmin", StandIn, StandIn),
        ("your-api-key-here", StandIn, StandIn),
        ("your-super-secret-jwt-token-with-at-least-32-characters-long", StandIn, StandIn),
        ("replace-me-with-a-long-random-string", StandIn, StandIn),
        ("database_user_password", StandIn, StandIn),
        ("VerySecretPassword", StandIn, StandIn),
        ("passwordforuser", StandIn, StandIn),
        ("123456", StandIn, StandIn),
        ("changeme1", Person, Person),
        ("aaabbb123456", Person, Person),
        // Filler, from end to end.
        ("aaaaaaaaaaaa", Filler, Filler),
        ("abcdefghijklmnop", Filler, Filler),
        ("ZYXWVUTSRQ", Filler, Filler),
        ("asdfghjkl", Filler, Filler),
        ("0123456789abcdef0123456789abcdef", Filler, Filler),
        ("abc123abc123abc123", Filler, Filler),
        ("A1B2C3D4A1B2C3D4A1B2C3D4", Filler, Filler),
        ("00000000-0000-0000-0000-000000000000", Filler, Filler),
        ("aabbccddeeff00112233", Filler, Filler),
        ("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", Filler, Filler),
        ("a1b2c3d4e5f6", Filler, Filler),
        // Not in part.
        ("12345678901a", Machine, Machine),
        ("qwerty2026!", Person, Person),
        // Weak passwords and stop words of the field cases.
        ("482915673024", Machine, Machine),
        ("jkqzvwxyplmn", Machine, Machine),
        ("ooThahquiez8exampleaeX4ahPh", Person, Machine),
        ("placeholderX8kq2LmPz", Person, Machine),
        ("83650274915038264719503826471", Machine, Machine),
        ("testing4821x", Person, Person),
        ("MyStr0ngP@ssw0rd", Person, Person),
        // Made up by a person, however long.
        ("blue-tiger-lamp-42", Person, Person),
        ("orchid-release-2026", Person, Person),
        ("Sommer2024!", Person, Machine),
        ("pa55word-for-bob", Person, Machine),
        ("correcthorsebatterystaple", Person, Person),
        ("s3cr3t", Person, Person),
        ("M1tr3N@v2024", Person, Machine),
        ("195003", Person, Person),
        // Words, runs and numbers from end to end.
        ("secretKey123", Person, Person),
        ("abc123def456", Person, Person),
        ("barfoo456", Person, Person),
        ("12345678909876543210", Person, Person),
        ("this_is_a_secret_abc123abc123", Person, Person),
        ("abc123xqe456", Machine, Machine),
        // Words in any case, in hexadecimal digits, and in base64 that someone changed.
        ("mYtESt$ecReTc0mpAnY", Person, Person),
        ("0badcafe7c1fdead31c0ffee4b7e21d9", Person, Person),
        ("0badcafe7c1f9e6d31c08a5e4b7e21d9", Machine, Machine),
        ("testsvc123", Person, Person),
    ]
};

#[test]
fn words_stand_ins_filler_and_what_people_make_up() {
    for (value, password, token) in TABLE {
        assert_eq!(maker(value.as_bytes(), Use::Password), *password, "{value} as a password");
        assert_eq!(maker(value.as_bytes(), Use::Token), *token, "{value} as a token");
    }
}

#[test]
fn base64_is_judged_by_what_it_says() {
    for (value, password, _) in TABLE.iter().filter(|(value, ..)| value.is_ascii() && !value.contains(':')) {
        let encoded = STANDARD.encode(value);
        // What is not text, and what is too short to tell, is judged as it is written.
        if encoded.len() < 12 || *password == Maker::Machine {
            continue;
        }
        assert_eq!(maker(encoded.as_bytes(), Use::Password), *password, "{value} as {encoded}");
    }
    assert_eq!(maker(STANDARD.encode("user:password").as_bytes(), Use::Token), Maker::StandIn);
    // Changed by hand: bytes of no text behind the word, and a padding that does not fit.
    let changed = STANDARD.encode(b"default\x07\x1b") + "==";
    assert_eq!(maker(changed.as_bytes(), Use::Token), Maker::Person);
    let other = STANDARD.encode(b"defa\x91\x07\x1b\xfe\x03\x9c\x44");
    assert_eq!(maker(other.as_bytes(), Use::Token), Maker::Machine);
}

#[test]
fn generated_values_are_hardly_ever_taken_for_made_up_ones() {
    for (template, of, most) in [
        ("{{base62(12)}}", Use::Password, 40),
        ("{{base62(16)}}", Use::Password, 20),
        ("{{base62(24)}}", Use::Password, 20),
        ("{{base62(20)}}", Use::Token, 2),
        ("{{base62(40)}}", Use::Token, 0),
        ("{{hex(32)}}", Use::Token, 0),
        ("{{hex(64)}}", Use::Password, 2),
        ("{{base64(30)}}", Use::Token, 0),
        ("{{base64(18)}}", Use::Token, 2),
    ] {
        let made_up = (0..1000).filter(|seed| {
            let value = expand(template, *seed).expect("a template").text;
            maker(&value, of) != Maker::Machine
        });
        let count = made_up.count();
        assert!(count <= most, "{template}: {count} of 1000");
    }
}
