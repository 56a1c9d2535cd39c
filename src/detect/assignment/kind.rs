//! What a telling word means: a password, a secret, a token, a key.
//!
//! In: the word as it is written. Out: its [`Kind`]. Reads nothing beside the word.

/// What the telling word speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Password,
    Secret,
    Token,
    Key,
    Credential,
    /// A key of no stated use; only a value that looks generated counts.
    Plain,
}

/// Whether the telling word is the name of a cookie that says who is logged in.
pub(super) fn is_session(word: &[u8]) -> bool {
    let has = |piece: &[u8]| word.windows(piece.len()).any(|w| w.eq_ignore_ascii_case(piece));
    (has(b"sess") && !has(b"key")) || has(b".sid") || has(b"aspxauth") || word.eq_ignore_ascii_case(b"sid")
}

/// What passwords are called besides: short for it, and in other languages.
const PASSWORDS: [&[u8]; 34] = [
    b"clear",
    b"pw",
    b"psk",
    b"kennwort",
    b"passe",
    b"contrase",
    b"senha",
    b"wachtwoord",
    b"clave",
    b"haslo",
    b"has\xc5\x82o",
    b"heslo",
    b"parola",
    b"backup",
    b"recovery",
    b"\xe5\xaf\x86\xe7\xa0\x81",
    b"\xe5\xaf\x86\xe7\xa2\xbc",
    b"\xe5\x8f\xa3\xe4\xbb\xa4",
    b"\xe3\x83\x91\xe3\x82\xb9\xe3\x83\xaf\xe3\x83\xbc\xe3\x83\x89",
    b"\xeb\xb9\x84\xeb\xb0\x80\xeb\xb2\x88\xed\x98\xb8",
    b"\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c",
    b"\xec\x95\x94\xed\x98\xb8",
    b"\xed\x8c\xa8\xec\x8a\xa4\xec\x9b\x8c\xeb\x93\x9c",
    b"\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd0\xb0",
    b"\xd0\xbe\xd0\xb7\xd0\xb8\xd0\xbd\xd0\xba\xd0\xb0",
    b"\xce\xba\xcf\x89\xce\xb4\xce\xb9\xce\xba\xcf\x8c\xcf\x82",
    b"ifre",
    b"jelsz",
    b"senord",
    b"adgangskode",
    b"passord",
    b"salasana",
    b"lozinka",
    b"t kh",
];

/// The kind of a telling word.
pub(super) fn kind_of(word: &[u8]) -> Kind {
    // Nearly all are one of these.
    const COMMON: [(&[u8], Kind); 5] = [
        (b"token", Kind::Token),
        (b"secret", Kind::Secret),
        (b"password", Kind::Password),
        (b"pass", Kind::Password),
        (b"credential", Kind::Credential),
    ];
    if let Some((_, kind)) = COMMON.iter().find(|(common, _)| word.eq_ignore_ascii_case(common)) {
        return *kind;
    }
    // Names of keys that are also names of much else: only a generated value counts.
    if [&b"key"[..], b"sig", b"appid"].iter().any(|plain| word.eq_ignore_ascii_case(plain)) {
        return Kind::Plain;
    }
    let has = |piece: &[u8]| word.windows(piece.len()).any(|w| w.eq_ignore_ascii_case(piece));
    if has(b"identified") {
        return Kind::Password;
    }
    if has(b"authorization") || has(b"otp") || has("\u{4ee4}\u{724c}".as_bytes()) || is_session(word) {
        Kind::Token
    } else if has(b"key") || has(b"auth") || has("\u{94a5}".as_bytes()) {
        Kind::Key
    } else if has(b"pass") || has(b"securestring") || has(b"pwd") || PASSWORDS.iter().any(|w| has(w)) {
        Kind::Password
    } else if has(b"token") || has(b"ticket") {
        Kind::Token
    } else if has(b"secret") {
        Kind::Secret
    } else {
        Kind::Credential
    }
}
