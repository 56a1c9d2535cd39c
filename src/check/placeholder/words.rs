//! Words that nobody puts into a secret, and the share of a value that they cover.
//!
//! In: a value. Out: whether words say that it is none. One telling word is enough if it covers much of the value;
//! filling words count only as far as the whole value is made of such words.

use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::OnceLock;

/// Words that nobody puts into a secret.
const TELLING: &[&str] = &[
    "example",
    "changeme",
    "change_me",
    "change-me",
    "placeholder",
    "replaceme",
    "replace_me",
    "replace-me",
    "replace",
    "yourkey",
    "yoursecret",
    "yourtoken",
    "yourpassword",
    "your_",
    "your-",
    "dummy",
    "redacted",
    "insert",
    "fixme",
    "sample",
    "notreal",
    "not-real",
    "not_real",
    "fake",
    "todo",
    "xxxx",
    "lorem",
    "ipsum",
    "foobar",
    "foobarbaz",
    "mysecret",
    "mypassword",
    "mytoken",
    "mykey",
    "censored",
    "removed",
    "hidden",
    "masked",
    "undefined",
    "notset",
    "unset",
    "donotuse",
    "do-not-use",
    "invalid",
    "something",
    "whatever",
    "supersecret",
    "topsecret",
    "letmein",
    "deadbeef",
    "cafebabe",
    "beispiel",
    "ejemplo",
    "exemple",
    "esempio",
    "putyour",
    "enteryour",
    "addyour",
    "goeshere",
    "samplekey",
];

/// Words that make up such values together with the telling ones.
const FILLING: &[&str] = &[
    "api",
    "app",
    "key",
    "keys",
    "token",
    "secret",
    "password",
    "passwort",
    "passphrase",
    "passwd",
    "pass",
    "pwd",
    "here",
    "my",
    "your",
    "the",
    "this",
    "for",
    "with",
    "and",
    "not",
    "use",
    "is",
    "to",
    "access",
    "client",
    "id",
    "auth",
    "oauth",
    "bearer",
    "value",
    "user",
    "username",
    "name",
    "some",
    "super",
    "very",
    "private",
    "public",
    "test",
    "tests",
    "testing",
    "demo",
    "local",
    "localhost",
    "dev",
    "development",
    "prod",
    "production",
    "staging",
    "string",
    "random",
    "foo",
    "bar",
    "baz",
    "qux",
    "abc",
    "default",
    "none",
    "null",
    "true",
    "false",
    "empty",
    "enter",
    "put",
    "add",
    "set",
    "me",
    "env",
    "var",
    "variable",
    "goes",
    "base64",
    "encoded",
    "hex",
    "uuid",
    "long",
    "real",
    "live",
    "only",
    "in",
    "of",
    "new",
    "old",
    "secure",
    "strong",
    "generated",
    "github",
    "gitlab",
    "google",
    "azure",
    "aws",
    "slack",
    "stripe",
    "openai",
    "postgres",
    "mysql",
    "redis",
    "mongo",
    "rabbitmq",
    "guest",
    "minioadmin",
    "database",
    "db",
    "account",
    "service",
    "webhook",
    "signing",
    "encryption",
    "session",
    "cookie",
    "jwt",
    "hash",
    "salt",
    "actual",
    "valid",
    "xxx",
    "xx",
    "yyy",
    "zzz",
    "please",
    "generate",
];

fn words() -> Option<&'static (AhoCorasick, usize)> {
    static WORDS: OnceLock<Option<(AhoCorasick, usize)>> = OnceLock::new();
    WORDS
        .get_or_init(|| {
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .ascii_case_insensitive(true)
                .build(TELLING.iter().chain(FILLING))
                .ok()
                .map(|words| (words, TELLING.len()))
        })
        .as_ref()
}

/// Whether words say that the value is none.
pub(super) fn has_words(value: &[u8]) -> bool {
    let Some((words, telling)) = words() else { return false };
    let letters = value.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    let (mut covered, mut told, mut longest, mut delimited) = (0, 0, 0, false);
    for m in words.find_iter(value) {
        let found = &value[m.range()];
        // Random text mixes cases: `eXaMplE` was not written by anybody.
        if !one_case(found) {
            continue;
        }
        let size = found.iter().filter(|b| b.is_ascii_alphanumeric()).count();
        covered += size;
        if m.pattern().as_usize() < *telling {
            told += size;
            longest = longest.max(size);
            delimited |= stands_alone(value, m.range());
        }
    }
    // Words and little else; or one telling word by its share, the less the longer it is.
    covered * 5 >= letters * 4 && covered >= 3
        || told * 2 >= letters && told >= 4
        || told * 5 >= letters && longest >= 5 && delimited
        || told * 7 >= letters && longest >= 7
        || longest >= 7 && delimited
}

/// All lower, all upper, or with one capital at the start.
fn one_case(word: &[u8]) -> bool {
    let rest = word.get(1..).unwrap_or_default();
    !rest.iter().any(u8::is_ascii_uppercase) || !word.iter().any(u8::is_ascii_lowercase)
}

/// No letter or digit on either side.
fn stands_alone(value: &[u8], at: std::ops::Range<usize>) -> bool {
    let free = |b: Option<&u8>| b.is_none_or(|b| !b.is_ascii_alphanumeric());
    free(at.start.checked_sub(1).and_then(|i| value.get(i))) && free(value.get(at.end))
}
