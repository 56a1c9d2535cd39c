use super::*;
use crate::check::pem;
use crate::example::expand;
use proptest::prelude::*;

fn made(template: &str) -> Vec<u8> {
    expand(template, 11).unwrap().text
}

fn text(template: &str) -> String {
    String::from_utf8(made(template)).unwrap()
}

/// Every kind of key, by label and size.
const KINDS: [(&str, usize); 8] = [
    ("RSA PRIVATE KEY", 600),
    ("RSA PRIVATE KEY", 1190),
    ("EC PRIVATE KEY", 121),
    ("EC PRIVATE KEY", 160),
    ("DSA PRIVATE KEY", 440),
    ("PRIVATE KEY", 48),
    ("PRIVATE KEY", 138),
    ("PRIVATE KEY", 1200),
];

fn der(label: &str, size: usize) -> Vec<u8> {
    made(&format!("{{{{der(\"{label}\", {size})}}}}"))
}

fn base64(label: &str, size: usize) -> String {
    text(&format!("{{{{bare(\"{label}\", {size})}}}}"))
}

/// Reads the key that `key` begins in `text`.
fn read(text: &[u8], key: &[u8]) -> Option<Bare> {
    let at = memchr::memmem::find(text, key).expect("the key's start");
    parse(text, &(at..at + key.len()), at..at + key.len())
}

#[test]
fn a_key_in_base64_is_the_key_under_armour() {
    for (label, size) in KINDS {
        let coded = base64(label, size);
        let bare = read(format!("key={coded};").as_bytes(), &coded.as_bytes()[..16]).unwrap();
        assert_eq!(bare.extent, 4..4 + coded.trim_end_matches('=').len(), "{label} {size}");
        assert!(bare.proof.is_some());
        let armoured = format!("-----BEGIN {label}-----\n{coded}\n-----END {label}-----\n");
        let block = pem::parse(armoured.as_bytes(), 0..16 + label.len()).unwrap();
        assert_eq!(block.body, bare.value, "{label} {size}");
    }
}

#[test]
fn base64_is_read_across_whatever_divides_it() {
    let coded = base64("PRIVATE KEY", 1200);
    let lines: Vec<&str> = coded.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
    let want = read(coded.as_bytes(), &coded.as_bytes()[..16]).unwrap().value;
    let joined = |between: &str| lines.join(between);
    for text in [
        joined("\n"),
        joined("\r\n    "),
        joined("\\n"),
        joined("\\\\n"),
        format!("\"{}\"", joined("\" +\n    \"")),
        format!("'{}'", joined("'\n  . '")),
        format!("\"{}\"", joined("\\n\"\n  \"")),
        format!("\"{}\"", joined("\";\nkey += \"")),
        format!("\\\"{}\\\"", joined("\\\",\\\"")),
        format!("# {}", joined("\n# ")),
        format!("+{}", joined("\n+")),
        coded.replace('/', "\\/"),
        coded.replace('/', "%2F").replace('+', "%2B"),
        coded.replace('+', "\\u002b").replace('/', "\\u002F"),
        coded.replace('+', "&#43;").replace('/', "&#x2F;"),
        coded.replace('+', "-").replace('/', "_"),
    ] {
        let bare = read(text.as_bytes(), b"MII").unwrap_or_else(|| panic!("{text}"));
        assert_eq!(bare.value, want, "{text}");
    }
}

#[test]
fn bytes_are_read_in_every_writing() {
    for (label, size) in KINDS {
        let bytes = der(label, size);
        let want = pem::body_of(&bytes);
        let each = |write: &dyn Fn(u8) -> String, between: &str| {
            bytes.iter().map(|b| write(*b)).collect::<Vec<_>>().join(between)
        };
        let signed = |b: u8| (b as i8).to_string();
        for text in [
            each(&|b| format!("{b:02x}"), ""),
            each(&|b| format!("{b:02X}"), ":"),
            each(&|b| format!("0x{b:02x}"), ", "),
            each(&|b| format!("0X{b:X}"), ","),
            each(&|b| format!("0x{b:02x}.toByte()"), ", "),
            each(&|b| b.to_string(), ", "),
            each(&|b| b.to_string(), ",\n    "),
            each(&signed, ","),
            format!("\"{}\"", each(&|b| format!("\\x{b:02x}"), "")),
            format!("\"{}\"", each(&|b| format!("\\\\x{b:02x}"), "")),
            format!("\"{}\"", each(&|b| format!("\\x{b:02x}"), "\"\n  \"")),
            format!("\"{}\"", each(&|b| format!("\\{b:03o}"), "")),
        ] {
            let start = text.find(|c: char| c != '"').unwrap();
            let bare = parse(text.as_bytes(), &(start..start + 4), start..start + 4);
            assert_eq!(bare.unwrap_or_else(|| panic!("{text}")).value, want, "{text}");
        }
        let bare = parse(&bytes, &(0..4), 0..4).unwrap();
        assert_eq!((bare.value, bare.extent), (want, 0..bytes.len()));
    }
}

#[test]
fn what_is_no_private_key_is_nothing() {
    for label in ["PUBLIC KEY", "CERTIFICATE", "ENCRYPTED PRIVATE KEY"] {
        let coded = base64(label, 600);
        assert_eq!(read(coded.as_bytes(), &coded.as_bytes()[..8]), None, "{label}");
        let bytes = der(label, 600);
        assert_eq!(parse(&bytes, &(0..4), 0..4), None, "{label}");
    }
    // Cut short, or with another byte in its structure.
    let coded = base64("PRIVATE KEY", 1200);
    assert_eq!(read(&coded.as_bytes()[..800], &coded.as_bytes()[..16]), None);
    let mut bytes = der("RSA PRIVATE KEY", 600);
    bytes[7] = 3;
    assert_eq!(parse(&bytes, &(0..4), 0..4), None);
    // The same opening again ends it.
    let twice = format!("{}{coded}", &coded[..600]);
    assert_eq!(read(twice.as_bytes(), &coded.as_bytes()[..16]), None);
}

fn web(text: &str, name: &str) -> Option<Bare> {
    let at = text.find(name).expect("the name");
    parse(text.as_bytes(), &(at..at + name.len()), at + name.len() - 1..at + name.len())
}

#[test]
fn a_web_key_is_proven_by_the_lengths_of_its_numbers() {
    let (d, x) = (text("{{base64url_bytes(32)}}"), text("{{base64url_bytes(32) + \"\"}}"));
    let key = format!("{{\"d\":\"{d}\",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{x}\",\"y\":\"{x}\"}}");
    for text in [
        key.clone(),
        format!("{{\"keys\":[{{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}},{key}]}}")
            .replacen("\"kty\"", "\"kTy\"", 1),
        key.replace('"', "\\\""),
        format!("kty : EC\ncrv: P-256\nx: {x}\ny: {x}\nd: {d}\n").replacen("kty :", "\"kty\":", 1),
    ] {
        let name = if text.contains("\\\"") { "\"kty\\\":" } else { "\"kty\":" };
        let bare = web(&text, name).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(bare.value, d.as_bytes(), "{text}");
        assert_eq!(&text.as_bytes()[bare.secret], d.as_bytes());
        assert!(bare.proof.is_some(), "{text}");
    }
    assert_eq!(web(&key.replace("\"d\"", "\"kid\""), "\"kty\":"), None, "a public key");
    let short = key.replace(&x, &x[..40]);
    assert_eq!(web(&short, "\"kty\":").and_then(|bare| bare.proof), None, "a point of another length");
    let other = format!("{{\"kty\":\"EC\",\"x\":\"{x}\"}}, {{\"d\":\"{d}\"}}");
    assert_eq!(web(&other, "\"kty\":"), None, "another object");
}

#[test]
fn an_xml_key_is_read_plain_escaped_and_in_a_string() {
    let xml = text("{{rsa_xml()}}");
    let parse = |text: &str| {
        let at = text.find("RSAKeyValue").unwrap();
        parse(text.as_bytes(), &(at - 1..at + 11), at..at + 11)
    };
    let want = parse(&xml).unwrap();
    assert_eq!(want.extent, 0..xml.len());
    for text in [
        xml.replace('<', "&lt;").replace('>', "&gt;"),
        xml.replace('<', "\\u003c").replace('>', "\\u003E").replace('+', "\\u002b"),
        xml.replace("><", ">\n  <"),
        format!("\"{}\"", xml.replace("><", ">\" +\n  \"<")),
        xml.replacen("<RSAKeyValue>", "<RSAKeyValue xmlns=\"http://www.w3.org/2000/09/xmldsig#\">", 1),
        xml.replace('<', "<ds:").replace("<ds:/", "</ds:"),
    ] {
        assert_eq!(parse(&text).unwrap_or_else(|| panic!("{text}")).value, want.value, "{text}");
    }
    assert_eq!(parse(&text("{{rsa_xml_public()}}")), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_and_ranges_stay_inside(
        head in prop_oneof![Just("MIIEpAIBAAKC"), Just("{0x30,"), Just("[48, 130"), Just("\"\\x30\\x8"), Just("\"kty\":"),
            Just("<RSAKeyValue"), Just("3082"), Just("b3BlbnNzaC1rZXktdjEAAAA"), Just("\"InverseQ\":")],
        body in proptest::collection::vec(prop_oneof![Just(b'\\'), Just(b'"'), Just(b'{'), Just(b'}'), Just(b'<'), Just(b'&'),
            Just(b'\n'), Just(b':'), Just(b'0'), Just(b'A'), any::<u8>()], 0..300),
        before in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let text = [&before[..], head.as_bytes(), &body].concat();
        let whole = before.len()..before.len() + head.len();
        for secret in [whole.clone(), whole.end - 1..whole.end] {
            if let Some(bare) = parse(&text, &whole, secret) {
                prop_assert!(bare.extent.end <= text.len() && bare.secret.start <= bare.secret.end);
            }
        }
    }
}
