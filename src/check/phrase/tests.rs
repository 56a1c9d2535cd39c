use super::*;
use crate::check::placeholder::published;
use crate::finding::evidence::Reason;
use proptest::prelude::*;

/// The random numbers of the vectors of BIP-39 (trezor/python-mnemonic, vectors.json). The phrases that they make are in
/// the table of what is published, by hashes that another program made.
const VECTORS: &[&str] = &[
    "00000000000000000000000000000000",
    "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
    "80808080808080808080808080808080",
    "ffffffffffffffffffffffffffffffff",
    "000000000000000000000000000000000000000000000000",
    "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
    "808080808080808080808080808080808080808080808080",
    "ffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
    "8080808080808080808080808080808080808080808080808080808080808080",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "9e885d952ad362caeb4efe34a8e91bd2",
    "6610b25967cdcca9d59875f5cb50b0ea75433311869e930b",
    "68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
    "c0ba5a8e914111210f2bd131f3d5e08d",
    "6d9be1ee6ebd27a258115aad99b7317b9c8d28b6d76431c3",
    "9f6a2878b2520799a44ef18bc7df394e7061a224d2c33cd015b157d746869863",
    "23db8160a31d3e0dca3688ed941adbf3",
    "8197a4a47f0425faeaa69deebc05ca29c0a5b5cc76ceacc0",
    "066dca1a2bb7e8a1db2832148ce9933eea0f3ac9548d793112d9a95c9407efad",
    "f30f8c1da665478f49b001d94c5fc452",
    "c10ec20dc3cd9f652c7fac2f1230f7a3c828389a14392f05",
    "f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f",
];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
}

fn phrase_of(seed: u8, count: usize) -> String {
    let bytes: Vec<u8> = (0..count / 3 * 4).map(|i| (i as u8).wrapping_mul(37) ^ seed).collect();
    String::from_utf8(of_entropy(&bytes)).unwrap()
}

fn found(text: &str) -> Option<Phrase> {
    parse(text.as_bytes(), 0)
}

fn proven(text: &str) -> bool {
    found(text).is_some_and(|p| p.proof.is_some())
}

#[test]
fn the_vectors_of_the_bip_are_proven_and_published() {
    for vector in VECTORS {
        let words = of_entropy(&unhex(vector));
        assert_eq!(published(&words).first().map(|e| e.reason), Some(Reason::VendorExample), "{vector}");
        let text = [b": ", &words[..]].concat();
        let phrase = parse(&text, 0).unwrap();
        assert!(phrase.proof.is_some(), "{vector}");
        assert_eq!((phrase.value, phrase.extent), (words, 2..text.len()));
    }
}

#[test]
fn every_list_has_its_2048_words_in_their_order() {
    for (language, name) in LANGUAGES.iter().enumerate() {
        let list = words(language);
        assert_eq!(list.len(), 2048, "{name}");
        assert!((0..).zip(&list).all(|(n, word)| lists::number(language, word) == Some(n)));
    }
    assert_eq!(words(0).first().map(Vec::as_slice), Some(&b"abandon"[..]));
    assert_eq!(words(0).last().map(Vec::as_slice), Some(&b"zoo"[..]));
}

#[test]
fn a_phrase_is_found_however_its_words_are_divided() {
    let words = phrase_of(1, 12);
    let all: Vec<&str> = words.split(' ').collect();
    let numbered = |end: &str| (1..).zip(&all).map(|(n, w)| format!("{n}. {w}{end}")).collect::<String>();
    for text in [
        format!("=\"{words}\"\nNEXT=1"),
        format!(" = {words}\nNEXT=1 about the next"),
        format!(": {}", words.to_uppercase()),
        format!(": {}", all.join(", ")),
        format!(": [\"{}\"]", all.join("\", \"")),
        format!(":\n  - {}\nother: 1", all.join("\n  - ")),
        format!(":\n\n{}\n\nKeep it safe", all.join("\n")),
        format!("\\n{}\\n", all.join("\\n")),
        numbered("\n"),
        numbered("   "),
        format!(" {}", all.join("-")),
        format!(" seed phrase {words}"),
        format!(":\n{}\n{}\n", all[..6].join(" "), all[6..].join(" ")),
        format!("{}{words}", " .".repeat(GAP / 2 - 1)),
    ] {
        let phrase = found(&text).unwrap_or_else(|| panic!("{text}"));
        assert!(phrase.proof.is_some(), "{text}");
        assert_eq!(phrase.value, words.as_bytes());
    }
    assert!(!proven(&format!("{}{words}", "=".repeat(GAP + 1))), "too far");
}

#[test]
fn every_length_is_known_and_no_other() {
    for count in LENGTHS {
        assert!(proven(&format!(": {}", phrase_of(7, count))), "{count}");
    }
    let words = phrase_of(7, 24);
    let all: Vec<&str> = words.split(' ').collect();
    for count in [11, 13, 16, 23] {
        assert_eq!(found(&format!("= {}", all[..count].join(" "))), None, "{count}");
    }
}

#[test]
fn another_order_is_not_proven_and_lists_of_words_are_nothing() {
    let phrase = phrase_of(3, 24);
    let mut all: Vec<&str> = phrase.split(' ').collect();
    all.swap(0, 1);
    assert_eq!(found(&format!(": {}", all.join(" "))).unwrap().proof, None);
    let list: Vec<String> = words(0).into_iter().map(|w| String::from_utf8(w).unwrap()).collect();
    for row in list.chunks_exact(12) {
        assert_eq!(found(&format!(": {}", row.join(" "))), None);
    }
    assert_eq!(found(&format!(": {}", list[..200].join(" "))), None);
    let repeated = found(&format!(": {}", ["all"; 12].join(" "))).unwrap();
    assert!(repeated.repeats && repeated.proof.is_some());
}

#[test]
fn languages_are_read_decomposed_and_as_people_write_them() {
    for (language, sign) in [(4, " "), (6, "\u{3000}"), (7, " "), (9, " ")] {
        let all = words(language);
        // The random numbers are zero: eleven times the first word, then the checksum's.
        let last = (0..16).map(|n| all[n].clone()).find(|last| {
            let words: Vec<Vec<u8>> = (0..11).map(|_| all[0].clone()).chain([last.clone()]).collect();
            parse(&[b": ".to_vec(), words.join(sign.as_bytes())].concat(), 0).is_some_and(|p| p.proof.is_some())
        });
        assert!(last.is_some(), "{}", LANGUAGES[language]);
    }
}

#[test]
fn a_seed_of_electrum_is_proven() {
    // Made by Electrum's own rule: the first of these whose HMAC begins with its version.
    let list = words(0);
    let seed = (0..4000_usize)
        .map(|n| (0..12).map(|i| list[(n * 7 + i * 131) % 2048].clone()).collect::<Vec<_>>().join(&b' '))
        .find(|words| is_electrum(words));
    assert!(seed.is_some());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_bytes_out_of_reach_change_nothing(
        text in "([a-z]{3,8}[ ,\n\"]{1,3}|[0-9]{1,3}[.)] |\\\\n|\u{3000}|é){0,90}", more in "[a-z ]{0,40}",
    ) {
        let cut = text.len().min(REACH);
        let longer = [text.as_bytes(), more.as_bytes()].concat();
        if text.len() > REACH {
            prop_assert_eq!(parse(&text.as_bytes()[..cut], 0), parse(&longer, 0));
        }
        parse(text.as_bytes(), 0);
    }
}
