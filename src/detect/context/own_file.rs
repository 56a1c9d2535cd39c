//! What the name of a file says of the one value that it holds: a password, a key, or nothing of the kind.
//!
//! In: a path in small letters, and the evidence of a match. Out: the objections to a value that is a file of its own.
//! Knows what people call such files (`master.key`, `.vault_pass`, `secrets/db_password.txt`), never projects.

use super::path::{PAGE, SOURCE, name_of};
use crate::finding::evidence::{Evidence, Reason};

/// Ends of words that a person may have chosen the value for, in any word.
const CHOSEN_ENDS: &[&[u8]] = &[b"passcode", b"passphrase", b"passwd", b"password", b"passwords", b"passwort"];
/// The same, alone or after one of [`OWNERS`]: `pass`, `dbpass`, `bypass`.
const CHOSEN_SHORT: &[&[u8]] = &[b"pass", b"passfile", b"pw", b"pwd", b"pwfile"];
const OWNERS: &[&[u8]] = &[b"", b"admin", b"db", b"ftp", b"mail", b"mysql", b"pg", b"root", b"smtp", b"user", b"vault"];
/// Words for values that a machine makes, and ends of such words: `clientsecret`.
const KEY: &[&[u8]] = &[b"cookie", b"creds", b"jwt", b"key", b"keyfile", b"keys", b"pat", b"psk", b"totp"];
const KEY_ENDS: &[&[u8]] = &[
    b"accesskey",
    b"adminkey",
    b"apikey",
    b"appkey",
    b"authkey",
    b"credential",
    b"credentials",
    b"encryptionkey",
    b"masterkey",
    b"privatekey",
    b"secret",
    b"secretkey",
    b"secrets",
    b"serverkey",
    b"servicekey",
    b"sessionkey",
    b"signingkey",
    b"token",
    b"tokens",
];
/// Words for kinds of keys and tokens that open nothing, and for public halves, wherever they are in the name.
const KINDS: &[&[u8]] = &[
    b"cache",
    b"continuation",
    b"contract",
    b"cursor",
    b"etag",
    b"feature",
    b"foreign",
    b"idempotency",
    b"mint",
    b"object",
    b"page",
    b"partition",
    b"primary",
    b"pub",
    b"pubkey",
    b"public",
    b"publickey",
    b"publishable",
    b"routing",
    b"site",
    b"sitekey",
    b"snapshot",
    b"sort",
    b"symbol",
    b"trace",
    b"translation",
    b"verification",
    b"verify",
];
/// Words for facts about a key, where no word for a secret follows: `token_user`, but `user_password`.
const FACTS: &[&[u8]] = &[
    b"account",
    b"address",
    b"alg",
    b"bucket",
    b"changed",
    b"checksum",
    b"commit",
    b"count",
    b"date",
    b"digest",
    b"email",
    b"expiry",
    b"fingerprint",
    b"fpr",
    b"hash",
    b"host",
    b"id",
    b"ids",
    b"image",
    b"issue",
    b"keyid",
    b"length",
    b"limit",
    b"login",
    b"md5",
    b"name",
    b"namespace",
    b"policy",
    b"port",
    b"project",
    b"pubkeys",
    b"region",
    b"revision",
    b"salt",
    b"sha",
    b"sha1",
    b"sha256",
    b"sha512",
    b"size",
    b"status",
    b"sum",
    b"type",
    b"url",
    b"user",
    b"username",
    b"version",
];
/// Endings of what is encrypted, of certificates, and of programs.
const OTHER: &[&[u8]] =
    &[b"age", b"asc", b"cer", b"class", b"crt", b"csr", b"csv", b"enc", b"gpg", b"map", b"pgp", b"sealed", b"sops"];
/// Parts of folders of what everybody may have.
const PUBLIC: &[&[u8]] = &[b"known", b"pub", b"pubkey", b"pubkeys", b"public", b"wordlist", b"wordlists"];
/// What weighs against a secret that a person made up, as [`Reason::ShortForToken`] does.
const MADE_UP: i32 = -37;
/// Folders all of whose files are such values.
const FOLDERS: &[&[u8]] =
    &[b"credentials", b"creds", b"passwords", b"secret", b"secrets", b"tokens", b".credentials", b".secrets"];

/// What the path `lower` says against a value that is all of its file. Nothing of other values.
pub(super) fn objection(lower: &[u8], evidence: &[Evidence]) -> Option<Evidence> {
    let has = |reasons: &[Reason]| evidence.iter().any(|e| reasons.contains(&e.reason));
    if !has(&[Reason::OwnFile]) {
        return None;
    }
    let (name, ending) = name_of(lower);
    let words = || name.split(|b| !b.is_ascii_alphanumeric());
    let folders = || lower.split(|b| *b == b'/').rev().skip(1);
    let public = || folders().flat_map(|f| f.split(|b| !b.is_ascii_alphanumeric())).any(|word| PUBLIC.contains(&word));
    let ends = |word: &[u8], list: &[&[u8]]| list.iter().any(|end| word.ends_with(end));
    let is_short =
        |word: &[u8]| CHOSEN_SHORT.iter().any(|s| word.strip_suffix(*s).is_some_and(|owner| OWNERS.contains(&owner)));
    let is_chosen = |word: &[u8]| ends(word, CHOSEN_ENDS) || is_short(word);
    let is_key = |word: &[u8]| KEY.contains(&word) || ends(word, KEY_ENDS);
    let last = words().rev().find(|word| FACTS.contains(word) || is_chosen(word) || is_key(word));
    let is_fact = last.is_some_and(|word| FACTS.contains(&word));
    if is_fact || is_other(ending) || public() {
        return Some(Evidence::new(Reason::NoKeyFile));
    }
    if words().any(is_chosen) {
        return None;
    }
    let named = words().any(is_key) || folders().any(|folder| FOLDERS.contains(&folder));
    if !named || words().any(|word| KINDS.contains(&word)) {
        return Some(Evidence::new(Reason::NoKeyFile));
    }
    if has(&[Reason::OrdinaryWord, Reason::CommonStandIn, Reason::Filler, Reason::TwoWords, Reason::Sentence]) {
        return Some(Evidence::new(Reason::MadeUpKey));
    }
    // People make up what signs their tokens; keys and tokens themselves are given to them.
    let noise = has(&[Reason::NoLanguage]) && has(&[Reason::LooksRandom]);
    let doubted = noise || words().any(|word| word.ends_with(b"secret") || word == b"jwt");
    let weight = doubted.then_some(MADE_UP);
    has(&[Reason::MadeUpValue]).then(|| Evidence { weight, ..Evidence::new(Reason::MadeUpKey) })
}

/// Whether a file with this ending holds something else than a value.
fn is_other(ending: &[u8]) -> bool {
    OTHER.contains(&ending) || SOURCE.contains(&ending) || PAGE.contains(&ending)
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
            ("secrets/mysql_user_password.txt", None, None),
            ("email_account.token", None, Some(Reason::MadeUpKey)),
            ("token_user", no_key, no_key),
            ("site_key", no_key, no_key),
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
            ("conf/clientSecret", None, Some(Reason::MadeUpKey)),
            ("jwtSecret.txt", None, Some(Reason::MadeUpKey)),
            ("monkey", no_key, no_key),
            ("keys/public/alice.key", no_key, no_key),
            ("secrets/db_password.gpg", no_key, no_key),
            ("secrets/db_user", no_key, no_key),
            ("secrets/key_id", no_key, no_key),
            ("password.sha256", no_key, no_key),
            ("", no_key, no_key),
        ] {
            let reason =
                |evidence: &[Evidence]| objection(&path.to_ascii_lowercase().into_bytes(), evidence).map(|e| e.reason);
            assert_eq!((reason(&generated), reason(&made_up)), (of_generated, of_made_up), "{path}");
        }
        assert_eq!(objection(b"revision", &[Evidence::new(Reason::ProviderShape)]), None);
    }
}
