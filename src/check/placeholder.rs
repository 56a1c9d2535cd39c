//! Values that are no secrets: placeholders, repetitions, sequences, and examples that their vendors publish.
//!
//! In: a value without its provider's prefix. Out: reasons against it. A value of a random alphabet holds short words by
//! chance, so a word counts only by the share of the value that it covers, or by its length: seven given letters stand
//! in forty random ones once in hundreds of millions of tokens. It never looks at the value's surroundings.

mod published;

pub use published::{fingerprint, published};

use crate::finding::evidence::{Evidence, Reason};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::OnceLock;

/// Longest value that is looked at, in bytes; of longer ones the beginning.
const MAX: usize = 4096;

/// What speaks against `value` (without a prefix that all values of its kind have).
pub fn judge(value: &[u8]) -> Vec<Evidence> {
    let value = value.get(..value.len().min(MAX)).unwrap_or_default();
    let mut says = Vec::new();
    if is_reference(value) || has_words(value) {
        says.push(Evidence::new(Reason::Placeholder));
    }
    if repeats(value) {
        says.push(Evidence::new(Reason::Repeats));
    } else if is_sequence(value) {
        says.push(Evidence::new(Reason::Sequence));
    }
    says
}

/// Whether the value stands for one that comes from elsewhere, or was blotted out.
fn is_reference(value: &[u8]) -> bool {
    let text = value.trim_ascii();
    let (Some(first), Some(last)) = (text.first(), text.last()) else { return true };
    let has = |part: &[u8]| memchr::memmem::find(text, part).is_some();
    let closed = |open: u8, close: u8| *first == open && *last == close && text.len() > 1;
    let holds = |open: &[u8], close: &[u8]| {
        let inner = memchr::memmem::find(text, open).and_then(|i| text.get(i + open.len()..));
        inner.is_some_and(|inner| memchr::memmem::find(inner, close).is_some_and(|end| is_expression(&inner[..end])))
    };
    holds(b"${", b"}")
        || holds(b"{{", b"}}")
        || holds(b"$(", b")")
        || holds(b"#{", b"}")
        || holds(b"<%", b"%>")
        || holds(b"%(", b")")
        || has(b"****")
        || has(b"....")
        || has(b"\xe2\x80\xa6")
        || has(b"\xe2\x80\xa2\xe2\x80\xa2")
        || closed(b'<', b'>')
        || closed(b'{', b'}')
        || closed(b'[', b']')
        || closed(b'(', b')')
        || (closed(b'%', b'%') && text.len() > 2 && is_name(&text[1..text.len() - 1]))
        || (closed(b'@', b'@') && text.len() > 2 && is_name(&text[1..text.len() - 1]))
        || (*first == b'$' && text.len() > 1 && is_name(&text[1..]))
        || (*first == b'%' && text.len() <= 3)
        || text.iter().all(|b| b"*xX.-_#?".contains(b))
}

/// What stands between the brackets of a template: names, calls and paths, no signs of a password.
fn is_expression(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_alphabetic)
        && text.iter().all(|b| b.is_ascii_alphanumeric() || b" _.-:/|=,'\"$?()[]".contains(b))
}

/// A variable's name: words of letters in one case, and underscores.
fn is_name(text: &[u8]) -> bool {
    text.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
        && !(text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_digit))
}

/// Words that nobody puts into a secret, with what they are worth.
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
fn has_words(value: &[u8]) -> bool {
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

/// Few different characters, one long run, or a short period.
fn repeats(value: &[u8]) -> bool {
    let len = value.len();
    if len < 4 {
        return false;
    }
    let mut seen = [false; 256];
    value.iter().for_each(|b| seen[usize::from(*b)] = true);
    let distinct = seen.iter().filter(|s| **s).count();
    let few = match len {
        4..8 => 1,
        8..16 => 2,
        16..32 => 3,
        _ => 4,
    };
    if distinct <= few {
        return true;
    }
    let run = value.chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0);
    if run >= 6 && run * 3 >= len {
        return true;
    }
    // A period of at most a third: nearly every byte equals the one a period before.
    (2..=len.min(48) / 3).any(|period| {
        let same = value.iter().zip(&value[period..]).filter(|(a, b)| a == b).count();
        same * 10 >= (len - period) * 9
    })
}

/// The rows of a keyboard, forwards.
const ROWS: [&[u8]; 6] = [b"qwertyuiop", b"qwertzuiop", b"azertyuiop", b"asdfghjkl", b"zxcvbnm", b"1234567890"];

/// For each lower-case ASCII character, those that follow it in the alphabet, among the digits, or on a row of the
/// keyboard: one bit each. Asked twice for every byte of every value.
static NEXT: [u128; 128] = {
    let mut next = [0; 128];
    let mut a: u8 = 0;
    while a < 127 {
        if a.is_ascii_alphanumeric() {
            next[a as usize] |= 1 << (a + 1);
        }
        a += 1;
    }
    let wraps = [(b'9', b'0'), (b'9', b'a'), (b'z', b'a'), (b'z', b'0'), (b'f', b'0')];
    let mut n = 0;
    while n < wraps.len() {
        next[wraps[n].0 as usize] |= 1 << wraps[n].1;
        n += 1;
    }
    let mut row = 0;
    while row < ROWS.len() {
        let mut at = 1;
        while at < ROWS[row].len() {
            next[ROWS[row][at - 1] as usize] |= 1 << ROWS[row][at];
            at += 1;
        }
        row += 1;
    }
    next
};

/// Whether `b` follows `a` in the alphabet, among the digits, or on a row of the keyboard.
fn follows(a: u8, b: u8) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    b < 128 && NEXT.get(usize::from(a)).is_some_and(|next| next >> b & 1 == 1)
}

/// Most of the value counts up, down, or along the keyboard.
fn is_sequence(value: &[u8]) -> bool {
    // `aabbcc` counts like `abc`.
    let single: Vec<u8> = value.chunk_by(|a, b| a == b).filter_map(|run| run.first().copied()).collect();
    let doubled = single.len() >= 6 && single.len() * 2 >= value.len() && chained(&single, 6) * 10 >= single.len() * 8;
    let (least, share) = if value.len() < 16 { (3, 8) } else { (4, 6) };
    value.len() >= 3 && (doubled || chained(value, least) * 10 >= value.len() * share || counts(value))
}

/// Bytes that lie in chains of at least `least` steps up, or steps down.
fn chained(value: &[u8], least: usize) -> usize {
    let up = value.chunk_by(|a, b| follows(*a, *b)).map(<[u8]>::len).filter(|len| *len >= least).sum::<usize>();
    let down = value.chunk_by(|a, b| follows(*b, *a)).map(<[u8]>::len).filter(|len| *len >= least).sum::<usize>();
    up.max(down)
}

/// Pairs of hexadecimal digits that count: `000102`, `10203040`.
fn counts(value: &[u8]) -> bool {
    let pairs: Vec<u32> = value
        .chunks_exact(2)
        .map_while(|p| Some(char::from(p[0]).to_digit(16)? * 16 + char::from(p[1]).to_digit(16)?))
        .collect();
    let steps = |step: u32| pairs.windows(2).filter(|w| (w[0] + step) & 0xff == w[1]).count();
    pairs.len() >= 8
        && pairs.len() * 2 == value.len()
        && [1, 16, 17, 255].iter().any(|s| steps(*s) * 4 >= pairs.len() * 3)
}

#[cfg(test)]
mod tests;
