//! What the name of a file says of the one value that it holds: a password, a key, or nothing of the kind.
//!
//! In: a path in small letters, and the evidence of a match. Out: the objections to a value that is a file of its own.
//! Knows what people call such files (`master.key`, `.vault_pass`, `secrets/db_password.txt`), never projects.

use super::path::name_of;
use crate::finding::evidence::{Evidence, Reason};

/// Ends of words that a person may have chosen the value for, in any word.
const PASSWORD: &[&[u8]] = &[b"passcode", b"passphrase", b"passwd", b"password", b"passwords", b"passwort"];
/// The same, alone or after one of [`OWNERS`]: `pass`, `dbpass`, `bypass`.
const SHORT: &[&[u8]] = &[b"pass", b"passfile", b"pw", b"pwd", b"pwfile"];
const OWNERS: &[&[u8]] = &[b"", b"admin", b"db", b"ftp", b"mail", b"mysql", b"pg", b"root", b"smtp", b"user", b"vault"];
/// Words for values that a machine makes.
const KEY: &[&[u8]] = &[
    b"accesskey",
    b"apikey",
    b"apitoken",
    b"authtoken",
    b"cookie",
    b"credential",
    b"credentials",
    b"key",
    b"keyfile",
    b"keys",
    b"masterkey",
    b"pat",
    b"privatekey",
    b"psk",
    b"secret",
    b"secretkey",
    b"secrets",
    b"token",
    b"tokens",
];
/// Words for what is said of a key, or for the half of it that everybody may have; `id` behind it.
const ABOUT: &[&[u8]] = &[
    b"checksum",
    b"commit",
    b"digest",
    b"fingerprint",
    b"hash",
    b"ids",
    b"md5",
    b"name",
    b"pub",
    b"public",
    b"publickey",
    b"salt",
    b"sha1",
    b"sha256",
    b"sha512",
    b"sum",
    b"url",
    b"version",
];
/// What weighs against a key that a person made up with some care, as [`Reason::ShortForToken`] does.
const MADE_UP: i32 = -37;
/// Folders all of whose files are such values.
const FOLDERS: &[&[u8]] = &[b"credentials", b"secrets", b".credentials", b".secrets"];

/// What the path `lower` says against a value that is all of its file. Nothing of other values.
pub(super) fn objection(lower: &[u8], evidence: &[Evidence]) -> Option<Evidence> {
    let has = |reasons: &[Reason]| evidence.iter().any(|e| reasons.contains(&e.reason));
    if !has(&[Reason::OwnFile]) {
        return None;
    }
    let (name, _) = name_of(lower);
    let words = || name.split(|b| !b.is_ascii_alphanumeric());
    let any = |list: &[&[u8]]| words().any(|word| list.contains(&word));
    let folder = || lower.split(|b| *b == b'/').rev().skip(1).any(|folder| FOLDERS.contains(&folder));
    // `key_id`, but `id_token`.
    if any(ABOUT) || words().skip(1).any(|word| word == b"id") {
        return Some(Evidence::new(Reason::NoKeyFile));
    }
    let is_short =
        |word: &[u8]| SHORT.iter().any(|s| word.strip_suffix(*s).is_some_and(|owner| OWNERS.contains(&owner)));
    if words().any(|word| PASSWORD.iter().any(|end| word.ends_with(end)) || is_short(word)) {
        return None;
    }
    if !any(KEY) && !folder() {
        return Some(Evidence::new(Reason::NoKeyFile));
    }
    if has(&[Reason::OrdinaryWord, Reason::CommonStandIn, Reason::Filler, Reason::TwoWords, Reason::Sentence]) {
        return Some(Evidence::new(Reason::MadeUpKey));
    }
    has(&[Reason::MadeUpValue]).then(|| Evidence { weight: Some(MADE_UP), ..Evidence::new(Reason::MadeUpKey) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_file_decides() {
        let generated = [Evidence::new(Reason::OwnFile)];
        let made_up = [Evidence::new(Reason::OwnFile), Evidence::new(Reason::MadeUpValue)];
        let no_key = Some(Reason::NoKeyFile);
        for (path, of_generated, of_made_up) in [
            ("config/master.key", None, Some(Reason::MadeUpKey)),
            ("config/credentials/production.key", None, Some(Reason::MadeUpKey)),
            (".vault_pass", None, None),
            ("dbpass", None, None),
            ("adminpw.txt", None, None),
            ("Passwort.txt", None, None),
            ("bypass", no_key, no_key),
            ("compass.txt", no_key, no_key),
            ("id_token", None, Some(Reason::MadeUpKey)),
            ("ansible/vault-password.txt", None, None),
            ("secrets/db_password.txt", None, None),
            ("secrets/postgres", None, Some(Reason::MadeUpKey)),
            (".erlang.cookie", None, Some(Reason::MadeUpKey)),
            ("SECRET", None, Some(Reason::MadeUpKey)),
            ("revision", no_key, no_key),
            ("keys/current", no_key, no_key),
            ("tokenizer.txt", no_key, no_key),
            ("signing.key.pub", no_key, no_key),
            ("secrets/key_id", no_key, no_key),
            ("password.sha256", no_key, no_key),
            ("", no_key, no_key),
        ] {
            let said =
                |evidence: &[Evidence]| objection(&path.to_ascii_lowercase().into_bytes(), evidence).map(|e| e.reason);
            assert_eq!((said(&generated), said(&made_up)), (of_generated, of_made_up), "{path}");
        }
        assert_eq!(objection(b"revision", &[Evidence::new(Reason::ProviderShape)]), None);
    }
}
