use super::*;
use crate::check::key;
use crate::example::expand;
use crate::finding::evidence::Reason;
use base64::Engine as _;
use proptest::prelude::*;

/// Parses the first armour in `text`; gives the block and the text of its extent.
fn first(text: &str) -> Option<Block> {
    let at = ["-----BEGIN", "---- BEGIN", "PuTTY-User-Key-File-"].iter().filter_map(|a| text.find(a)).min()?;
    let rest = &text[at..];
    let end = if rest.starts_with("PuTTY") {
        rest.find(':').unwrap()
    } else {
        rest[10..].find("----").map(|i| i + 10 + if rest.starts_with("-----") { 5 } else { 4 }).unwrap()
    };
    parse(text.as_bytes(), at..at + end)
}

fn made(template: &str) -> String {
    String::from_utf8(expand(template, 11).unwrap().text).unwrap()
}

fn pem(label: &str, size: usize) -> String {
    made(&format!("{{{{pem(\"{label}\", {size})}}}}"))
}

fn proven(block: &Block) -> bool {
    block.evidence.iter().any(|e| e.reason == Reason::KeyBody)
}

const KINDS: [(&str, usize); 9] = [
    ("RSA PRIVATE KEY", 600),
    ("RSA PRIVATE KEY", 1190),
    ("EC PRIVATE KEY", 121),
    ("DSA PRIVATE KEY", 440),
    ("PRIVATE KEY", 48),
    ("PRIVATE KEY", 138),
    ("PRIVATE KEY", 1200),
    ("OPENSSH PRIVATE KEY", 400),
    ("OPENSSH PRIVATE KEY", 1800),
];

/// A second reader of the same armour, as plain as can be.
fn plain_body(armour: &str) -> Vec<u8> {
    let lines: String = armour.lines().filter(|l| !l.contains('-') && !l.starts_with('=')).collect();
    base64::engine::general_purpose::STANDARD.decode(lines.trim()).unwrap()
}

#[test]
fn every_kind_is_proven_and_its_extent_is_the_armour() {
    for (label, size) in KINDS.into_iter().chain([("PGP PRIVATE KEY BLOCK", 1200)]) {
        let key = pem(label, size);
        let text = format!("before\n{key}\nafter\n");
        let block = first(&text).unwrap_or_else(|| panic!("{label} {size}"));
        assert!(proven(&block), "{label} {size}");
        assert_eq!(block.encrypted, Some(false));
        assert_eq!(&text[block.extent.clone()], key, "{label}");
        let hex: String = plain_body(&key).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(String::from_utf8(block.body).unwrap(), format!("private key\n{hex}"));
    }
}

#[test]
fn the_same_key_has_one_identity_in_every_quotation() {
    for (label, size) in KINDS {
        let key = pem(label, size);
        let want = first(&key).unwrap();
        let escaped = key.replace('\n', "\\n");
        let lines: Vec<&str> = key.lines().collect();
        let joined =
            |before: &str, after: &str| lines.iter().map(|l| format!("{before}{l}{after}")).collect::<String>();
        let one_word = lines[1..lines.len() - 1].concat();
        for text in [
            format!("{key}\n"),
            key.replace('\n', "\r\n"),
            key.replace('\n', "\r"),
            key.replace('\n', "\n\n"),
            format!("{{\"private_key\": \"{escaped}\\n\", \"a\": 1}}"),
            format!("{{\"private_key\": \"{}\\r\\n\"}}", key.replace('\n', "\\r\\n")),
            format!("x = \"{}\"", key.replace('\n', "\\\\n")),
            format!("x = \"{}\"", key.replace('\n', "\\\\\\\\n")),
            format!("{{\"k\": \"{}\"}}", escaped.replace('/', "\\/").replace('=', "\\u003d").replace('+', "\\u002B")),
            joined("  \"", "\\n\" +\n"),
            joined("    '", "\\n' \\\n"),
            joined("  . \"", "\\n\"\n"),
            joined("sb.append(\"", "\\n\");\n"),
            joined("k = k & \"", "\" & vbCrLf & _\n"),
            format!("key: |\n{}", joined("      ", "\n")),
            joined("// ", "\n"),
            joined("# ", "\n"),
            joined(" * ", "\n"),
            joined("+", "\n"),
            joined("//", "\n"),
            joined("\t\"", "\",\n"),
            key.replace('\n', " "),
            key.replace('\n', "&#10;"),
            key.replace('\n', "&#xA;"),
            key.replace('\n', "&#13;&#10;"),
            key.replace('\n', "<br/>"),
            key.replace('\n', "%0A").replace('+', "%2B").replace('=', "%3D"),
            key.replace('\n', "`r`n`"),
            format!("{}\n{one_word}\n{}", lines[0], lines[lines.len() - 1]),
            format!("{} {one_word} {}", lines[0], lines[lines.len() - 1]),
            format!("{}{one_word}{}", lines[0], lines[lines.len() - 1]),
            format!("<key>{key}</key>"),
            format!("var k = [{}].join()", joined("\"", "\", ")),
        ] {
            let block = first(&text).unwrap_or_else(|| panic!("nothing in\n{text}"));
            assert_eq!(block.body, want.body, "{text}");
            assert!(proven(&block), "{text}");
            let extent = &text[block.extent.clone()];
            assert!(extent.starts_with("-----BEGIN") && extent.ends_with("KEY-----"), "{extent}");
        }
    }
}

#[test]
fn without_an_end_line_the_block_ends_with_its_body() {
    let key = pem("RSA PRIVATE KEY", 600);
    let cut = &key[..key.find("-----END").unwrap()];
    let text = format!("{cut}\nnext: line\nother text here\n");
    let block = first(&text).unwrap();
    assert!(proven(&block));
    assert_eq!(&text[block.extent], cut.trim_end());
    // The next armour ends it as well.
    let two = format!("{cut}{key}");
    assert_eq!(&two[first(&two).unwrap().extent], cut.trim_end());
}

#[test]
fn what_a_passphrase_protects_is_said_to_be_encrypted() {
    let body = made("{{pem_random(\"RSA PRIVATE KEY\", 600)}}");
    // The body under these headers is ciphertext.
    let legacy = body.replacen(
        "KEY-----\n",
        "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n",
        1,
    );
    let one_line = legacy.replace('\n', " ");
    for text in [
        legacy,
        one_line,
        pem("ENCRYPTED PRIVATE KEY", 600),
        pem("ENCRYPTED COSIGN PRIVATE KEY", 600),
        made("{{openssh_encrypted()}}"),
        made("{{putty_encrypted(3)}}"),
        made("{{putty_encrypted(2)}}"),
    ] {
        let block = first(&text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(block.encrypted, Some(true), "{text}");
        assert_eq!(block.evidence[0].reason, Reason::KeyEncrypted, "{text}");
    }
}

#[test]
fn a_header_over_a_plain_key_hides_nothing() {
    let key = pem("RSA PRIVATE KEY", 600).replacen("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\n\n", 1);
    assert!(proven(&first(&key).unwrap()));
    let key = pem("PRIVATE KEY", 1200).replace(" PRIVATE", " ENCRYPTED PRIVATE");
    assert!(proven(&first(&key).unwrap()));
}

#[test]
fn putty_files_are_proven() {
    for version in [2, 3] {
        let text = made(&format!("a\n{{{{putty({version})}}}}"));
        let block = first(&text).unwrap();
        assert!(proven(&block), "{text}");
        assert!(text[block.extent.clone()].starts_with("PuTTY") && !text[block.extent].contains("MAC"));
        let escaped = text.replace('\n', "\\n");
        assert_eq!(first(&escaped).unwrap().body, block.body);
    }
}

#[test]
fn ssh2_keys_say_by_their_cipher_whether_they_are_encrypted() {
    let string = |s: &[u8]| [&(s.len() as u32).to_be_bytes()[..], s].concat();
    for (cipher, encrypted) in [("none", false), ("3des-cbc", true)] {
        let body = [string(b"if-modn{sign{rsa-pkcs1-md5}}"), string(cipher.as_bytes()), string(&[7; 120])].concat();
        let len = (body.len() + 8) as u32;
        let bytes = [&[0x3f, 0x6f, 0xf9, 0xeb][..], &len.to_be_bytes(), &body].concat();
        let armour = base64::engine::general_purpose::STANDARD.encode(bytes);
        let lines: Vec<&str> = armour.as_bytes().chunks(70).map(|l| std::str::from_utf8(l).unwrap()).collect();
        let text = format!(
            "---- BEGIN SSH2 {e} ----\nComment: \"a \\\nb\"\n{}\n---- END SSH2 {e} ----\nx",
            lines.join("\n"),
            e = ["ENCRYPTED", "PRIVATE", "KEY"].join(" ")
        );
        let block = first(&text).unwrap();
        assert_eq!(block.encrypted, Some(encrypted));
        assert!(text[block.extent].ends_with("KEY ----"));
    }
}

#[test]
fn armour_without_a_key_is_nothing() {
    let key = pem("RSA PRIVATE KEY", 600);
    let line = key.lines().nth(1).unwrap();
    let (begin, end) = ("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----");
    for text in [
        format!("{begin}\n...\n{end}"),
        format!("{begin}\n{line}\n...\n{end}"),
        format!("{begin}\n{line}\n{line}\n[...]\n{end}"),
        format!("{begin}\nMII\u{2026}\n{end}"),
        format!("{begin}\n{end}"),
        format!("{begin}\nYOUR PRIVATE KEY HERE\n{end}"),
        format!("{begin}\n<your key>\n{end}"),
        format!("{begin}\n${{KEY}}\n{end}"),
        format!("{begin}\n{{{{ key }}}}\n{end}"),
        format!("{begin}\n{}\n{end}", "x".repeat(400)),
        format!("{begin}\n{}\n{end}", "base64encodedkey\n".repeat(40)),
        format!("if line == \"{begin}\" {{\n    return readKey(rest)\n}}\n"),
        format!("s = \"{begin}\\n\" + base64EncodedKey + \"\\n{end}\""),
        format!("s.replace('{begin}', '').replace('{end}', '')"),
        begin.to_string(),
        format!("{begin} and the text goes on with words like these until the paragraph ends here"),
        format!("'{begin}',\n'{end}',\n"),
        format!("{begin}\n{begin}\n{begin}\n"),
    ] {
        assert_eq!(first(&text), None, "{text}");
    }
}

#[test]
fn a_long_body_that_is_no_structure_is_a_block_without_proof() {
    let text = made("{{pem_random(\"RSA PRIVATE KEY\", 600)}}\n");
    let block = first(&text).unwrap();
    assert_eq!((block.evidence.len(), block.encrypted), (0, None));
}

#[test]
fn keys_of_other_peoples_documents_are_read() {
    // RFC 8410, section 10.3, the first private key; in parts.
    let rfc8410 = ["MC4CAQAwBQ", "YDK2VwBCIEINTuctv5E1hK", "1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC"].concat();
    // RFC 7468, section 10.
    let rfc7468 = [
        "MIGEAgEAMBAGBy.qGSM49AgEGBSuBBAAKBG0wawIBAQQg",
        "VcB/UNPxalR9zDYAjQIf\njojUDiQuGnSJrFEEzZPT/92hRANCAASc7UJtgnF/abqWM60T3XNJ",
        "EzBv5ez9TdwK\nH0M6xpM2q+53wmsN/eYLdgtjgBd3DBmHtPilCkiFICXyaA8z9LkJ",
    ]
    .concat()
    .replace('.', "");
    for body in [rfc8410, rfc7468] {
        let text = format!("-----BEGIN {k}-----\n{body}\n-----END {k}-----\n", k = ["PRIVATE", "KEY"].join(" "));
        assert!(proven(&first(&text).unwrap()), "{text}");
    }
    // RFC 9580, section 6.1: CRC-24 of "123456789".
    assert_eq!(crate::check::crc24(b"123456789"), 0x0021_cf02);
}

#[test]
fn a_file_full_of_opening_lines_costs_no_more_than_its_length() {
    let line = "-----BEGIN RSA PRIVATE KEY-----\n";
    let text = line.repeat(200_000);
    for i in 0..200_000 {
        let at = i * line.len();
        assert_eq!(parse(text.as_bytes(), at..at + line.len() - 1), None);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), from in 0usize..600, len in 0usize..40) {
        let _ = parse(&bytes, from..from + len);
        let text = [b"-----BEGIN PRIVATE KEY-----", &bytes[..]].concat();
        let _ = parse(&text, 0..27);
        let text = [b"PuTTY-User-Key-File-3: x\nEncryption: none\nPrivate-Lines: 2\n", &bytes[..]].concat();
        let _ = parse(&text, 0..21);
        let _ = key::read(&bytes);
        let _ = pgp::read(&bytes);
        let _ = key::putty_blob(b"ssh-rsa", &bytes);
    }

    #[test]
    fn no_damaged_key_makes_it_panic(kind in 0usize..9, cut in 0usize..700, byte in any::<u8>()) {
        let mut text = pem(KINDS[kind].0, KINDS[kind].1).into_bytes();
        let at = cut % text.len();
        text[at] = byte;
        let begin = memchr::memmem::find(&text, b"KEY-----").unwrap_or(0) + 8;
        if let Some(block) = parse(&text, 0..begin.min(text.len())) {
            prop_assert!(block.extent.end <= text.len());
        }
        text.truncate(at);
        let _ = parse(&text, 0..begin.min(text.len()));
    }
}
