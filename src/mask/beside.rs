//! What is hidden in a line although no rule calls it a secret: what stands near a telling word, and what looks generated.
//!
//! In: a text of lines. Out: ranges. Near a telling word ([`NEAR`] bytes, before or after it, on its line) that is a quoted
//! string, or a run of [`RUN`] bytes or more; the same in lines that go on with its value ([`goes_on`]); anywhere a run of
//! [`GENERATED`] bytes or more that mixes letters and digits as generators do. Kept readable: the telling word with the name
//! it belongs to, punctuation, what is plainly a name or an expression of code (`request.user_id`, `load_config(`, `"name":`),
//! ordinary words, and hashes and versions that are named so. Values that a rule finds, or that the run knows, are hidden
//! whatever this says.

use super::words;
use crate::check::maker;
use regex::bytes::{Regex, RegexBuilder};
use std::ops::Range;
use std::sync::LazyLock;

/// How near to a telling word, in bytes.
const NEAR: usize = 32;
/// Shortest run that is hidden near one, in bytes.
const RUN: usize = 8;
/// Shortest quoted string that is hidden near one, in bytes.
const QUOTED: usize = 4;
/// Shortest run that looks generated, in bytes.
const GENERATED: usize = 12;

/// Words that say that a secret is near. Bytes, not characters: the program is built without the tables of Unicode, which
/// tests have because of what they depend on. It must not be left out silently if it fails to compile.
static TELLING: LazyLock<Regex> = LazyLock::new(|| {
    RegexBuilder::new(
        r#"(?i)pass[_ -]?wor[dt]|passwd|pass[_ -]?phrase|passcode|kennwort|contrase\xc3\xb1a|securestring|pswd|pwd|secret|token|credential|bearer|authorization|(?:api|app|access|private|auth|encryption|consumer|service|application|cipher|aes|signing|account|storage|master|shared|session|client|hmac)[_. -]?key|auth[_-]?(?:code|pass)|[_-]pass\b|\bpass["'`=:\])>,(|]|\bpw\b|send_?(?:line|keys)|(?:authentication|pre-shared)[_-]key|key-string|community|\xe5\xaf\x86\xe7\xa0\x81|\xe5\xaf\x86\xe7\xa2\xbc|\xe5\x8f\xa3\xe4\xbb\xa4|\xe3\x83\x91\xe3\x82\xb9\xe3\x83\xaf\xe3\x83\xbc\xe3\x83\x89|\xeb\xb9\x84\xeb\xb0\x80\xeb\xb2\x88\xed\x98\xb8|\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c"#,
    )
    .unicode(false)
    .build()
    .expect("a constant pattern")
});

/// The password of a URL, odd ones as well.
static USERINFO: LazyLock<Regex> = LazyLock::new(|| {
    RegexBuilder::new(r#"://[^\s/@:"'<>]{0,64}:([^\s"'<>@]{3,128})@"#)
        .unicode(false)
        .build()
        .expect("a constant pattern")
});

/// What is hidden in `text`; telling words inside `hidden` do not count.
pub(super) fn spans(text: &str, hidden: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    // The line before, if a telling word is on it, or on the line that it goes on with; and how far the name of a block of
    // YAML is indented, inside of one.
    let mut told: Option<(&str, Option<usize>)> = None;
    for line in text.split_inclusive(['\n', '\r']) {
        let mut words: Vec<Range<usize>> = TELLING.find_iter(line.as_bytes()).map(|m| m.range()).collect();
        words.retain(|w| !hidden.iter().any(|h| h.start < start + w.end && start + w.start < h.end));
        let mut found = generated_in(line);
        found.extend(USERINFO.captures_iter(line.as_bytes()).filter_map(|c| c.get(1)).map(|m| m.range()));
        let block = told.and_then(|(before, block)| block.or_else(|| opens_block(before).then(|| indent(before))));
        let block = block.filter(|name| indent(line) > *name);
        let goes_on = block.is_some() || told.is_some_and(|(before, _)| goes_on(before, line));
        if goes_on || !words.is_empty() {
            found.extend(near(line, &words, goes_on));
        }
        // Of CR and LF the second one makes an empty line.
        if !line.trim().is_empty() {
            told = (goes_on || !words.is_empty()).then_some((line, block));
        }
        out.extend(found.into_iter().map(|r| start + r.start..start + r.end));
        start += line.len();
    }
    out
}

/// What looks generated in `text`, telling words or not.
pub(super) fn generated_spans(text: &str) -> Vec<Range<usize>> {
    generated_in(text)
}

/// Whether a value is nothing but a telling word.
pub(super) fn is_telling(value: &str) -> bool {
    TELLING.find(value.as_bytes()).is_some_and(|m| m.len() == value.len())
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether the lines after this one are its value, as long as they are indented (`password: >-`).
fn opens_block(line: &str) -> bool {
    let line = line.trim_end().trim_end_matches(['-', '+']);
    line.ends_with(": >") || line.ends_with(": |")
}

/// Whether `line` goes on with a value of the line before: it starts with another string, or that line ends with a backslash.
fn goes_on(before: &str, line: &str) -> bool {
    let (before, line) = (before.trim_end(), line.trim_start());
    let string = line.trim_start_matches(['+', '.', '&', '|', '<', '(', '[']).trim_start();
    let string = string.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_string = string.starts_with(['"', '\'', '`'])
        && strings(line).first().is_some_and(|first| !names_a_value(&line[first.end..]));
    is_string || before.ends_with('\\')
}

/// What is hidden in a line; `all`: whether a telling word is near or not.
fn near(line: &str, words: &[Range<usize>], all: bool) -> Vec<Range<usize>> {
    let close = |r: &Range<usize>| {
        all || words
            .iter()
            .any(|w| r.start < w.end + NEAR && w.start < r.end + NEAR && !(r.start >= w.start && r.end <= w.end))
    };
    let mut out = Vec::new();
    let quoted = strings(line);
    for string in quoted.iter().filter(|r| close(r) && r.len() >= QUOTED) {
        let (value, after) = (&line[string.clone()], &line[string.end..]);
        if !(is_path(value)
            && (names_a_value(after) || words.iter().any(|w| inside(w, string)) || words::is_common(value)))
        {
            out.push(string.clone());
        }
    }
    for run in runs(line, |c| !ends_run(c)).filter(|r| close(r) && r.len() >= RUN) {
        let in_string = quoted.iter().any(|q| inside(&run, q));
        let telling = words.iter().any(|w| inside(w, &run));
        if !kept(line, &run, telling, in_string) {
            out.push(run);
        }
    }
    out
}

fn inside(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// What separates runs: blanks, quotes, brackets, and signs that stand between a name and its value.
fn ends_run(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"'`()[]{}<>,;=:&?|".contains(c)
}

/// Ranges of the characters that belong together.
fn runs(line: &str, belongs: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + line.get(at..)?.find(&belongs)?;
        let len = line.get(start..)?.find(|c| !belongs(c)).unwrap_or(line.len() - start);
        at = start + len;
        Some(start..at)
    })
}

/// The contents of quoted strings. Quotes of a string inside a string are escaped, all alike.
fn strings(line: &str) -> Vec<Range<usize>> {
    let bytes = line.as_bytes();
    let slashes = |at: usize| bytes[..at].iter().rev().take_while(|b| **b == b'\\').count();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(open) = bytes.get(at..).and_then(|b| b.iter().position(|b| matches!(b, b'"' | b'\'' | b'`'))) {
        let open = at + open;
        let mark = bytes[open];
        at = open + 1;
        // An apostrophe inside of a word quotes nothing.
        if mark == b'\'' && open > 0 && bytes[open - 1].is_ascii_alphanumeric() {
            continue;
        }
        let level = slashes(open);
        let close = bytes[at..].iter().enumerate().find(|(n, b)| **b == mark && slashes(at + n) == level);
        if let Some((len, _)) = close {
            out.push(at..at + len - level.min(len));
            at += len + 1;
        }
    }
    out
}

/// Whether a name stands before this, and a value comes.
fn names_a_value(after: &str) -> bool {
    let after = after.trim_start_matches(['\\', '"', '\'', '`']).trim_start();
    after.starts_with(['=', ':'])
}

/// A name as code and configuration have them: letters and joints, at most two digits at the end of a part.
fn is_name(text: &str) -> bool {
    let text = text.trim_matches(|c: char| "${}%<>".contains(c));
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.split(['_', '-', '.']).all(|part| {
            let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
            part.len() - letters.len() <= 2 && letters.bytes().all(|b| b.is_ascii_alphabetic())
        })
}

/// A name, or names with slashes between them.
fn is_path(text: &str) -> bool {
    text.split('/').all(|part| part.bytes().all(|b| b == b'.') || is_name(part))
}

/// Whether a run near a telling word may be read: a name, an expression, an ordinary word.
fn kept(line: &str, run: &Range<usize>, telling: bool, in_string: bool) -> bool {
    let (text, after) = (&line[run.clone()], &line[run.end..]);
    let text = text.trim_matches(|c: char| c.is_ascii_punctuation());
    let owner = || text.split(['_', '-', '.']).all(|part| is_name(part) || camel(part.as_bytes()));
    if telling && owner() || words::is_common(text) {
        return true;
    }
    let spoken = !maker::noisy(text.as_bytes());
    let part = |p: &str| p.len() < 4 || words::is_common(p) || !maker::noisy(p.as_bytes());
    // `scheme://host/path`, `dir/file.txt`, `a.b`: names with more than one part.
    let joined = text.split(['.', '/']).filter(|p| !p.is_empty()).count() > 1 && text.split(['.', '/']).all(part);
    let plain = is_path(text);
    if in_string {
        return joined && plain && text.contains('/');
    }
    // A function, the name of a value, a name of several parts that are no passphrase.
    let called = after.starts_with(['(', '[']) || names_a_value(after);
    let snake = text.contains('_')
        || text.bytes().zip(text.bytes().skip(1)).any(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_uppercase());
    plain && spoken && (called || joined || snake && !text.contains('-'))
}

/// Runs of letters and digits that look generated.
fn generated_in(line: &str) -> Vec<Range<usize>> {
    // A byte that is no text may be a part of a value, and what follows it the rest of that value.
    const NO_TEXT: char = char::REPLACEMENT_CHARACTER;
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '-' | '=' | NO_TEXT);
    let mut out: Vec<Range<usize>> = Vec::new();
    for run in runs(line, belongs) {
        // The parts of a path are judged one by one, base64 with a slash in it as a whole.
        let whole = &line[run.clone()];
        let parts: Vec<Range<usize>> = runs(whole, |c| !matches!(c, '/' | '=' | NO_TEXT))
            .map(|r| run.start + r.start..run.start + r.end)
            .collect();
        let any = parts.iter().filter(|p| generated(&line[(*p).clone()])).count();
        if any == 0 && !(generated(whole) && parts.iter().any(|p| mixed(&line[p.clone()]))) || named(line, &run) {
            continue;
        }
        let named_part = |p: &str| is_name(p) && !maker::noisy(p.as_bytes());
        match parts.iter().all(|p| named_part(&line[p.clone()]) || generated(&line[p.clone()])) && any > 0 {
            true => out.extend(parts.into_iter().filter(|p| generated(&line[p.clone()]) && !named(line, p))),
            false => out.push(run),
        }
    }
    out
}

/// A part that nobody names a thing: letters and digits in turn, or letters in an odd mix of cases.
fn mixed(part: &str) -> bool {
    let bytes = part.as_bytes();
    let turns = bytes.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count();
    turns > 1 && bytes.len() >= 4
}

/// Whether a run of letters and digits looks as generated values do.
pub(super) fn generated(run: &str) -> bool {
    let bytes = run.trim_matches(['=', '-', '_']).as_bytes();
    let count = |class: fn(&u8) -> bool| bytes.iter().filter(|b| class(b)).count();
    let (letters, digits) = (count(u8::is_ascii_alphabetic), count(u8::is_ascii_digit));
    let alphabet = |b: &u8| b.is_ascii_alphanumeric() || b"+/=_-".contains(b);
    if bytes.len() < GENERATED || letters == 0 || digits == 0 || !bytes.iter().all(alphabet) {
        return false;
    }
    // `x86_64-unknown-linux-gnu`, `order-20240131`, `utf8_general_ci`: each part is a word, a number, or one and the other.
    let human = |part: &[u8]| {
        let letters = part.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let digits = part.iter().skip(letters).take_while(|b| b.is_ascii_digit()).count();
        let word = part.get(..letters).unwrap_or_default();
        let tail = part.get(letters + digits..).unwrap_or_default();
        let cased = word.is_empty()
            || !word[1..].iter().any(u8::is_ascii_uppercase)
            || !word.iter().any(u8::is_ascii_lowercase);
        let unit = letters == 0 && tail.len() <= 4 && tail.iter().all(u8::is_ascii_alphabetic);
        let spoken = word.len() < 8 || !maker::noisy(word);
        camel(part) || cased && spoken && (tail.is_empty() && (letters == 0 || digits <= 4 || word.len() > 5) || unit)
    };
    if bytes.split(|b| b"+/=_-".contains(b)).all(human) {
        return false;
    }
    // A hump is a word of camel case, or a number: in words they are long, in generated values short.
    let class = |b: u8| {
        if b.is_ascii_digit() {
            0
        } else if b.is_ascii_uppercase() {
            1
        } else {
            2
        }
    };
    let humps = bytes.chunk_by(|a, b| {
        a.is_ascii_alphanumeric()
            && b.is_ascii_alphanumeric()
            && (class(*a) == class(*b) || (class(*a), class(*b)) == (1, 2))
    });
    let humps = humps.filter(|h| h.iter().any(u8::is_ascii_alphanumeric)).count();
    let letters_alone = |part: &[u8]| part.len() >= 6 && part.iter().all(u8::is_ascii_alphabetic) && maker::noisy(part);
    let noisy = bytes.chunk_by(|a, b| a.is_ascii_alphabetic() == b.is_ascii_alphabetic()).any(letters_alone);
    noisy || (letters + digits) < humps * 4 + humps / 2
}

/// Words of camel case, three letters or more each, and small numbers.
fn camel(part: &[u8]) -> bool {
    let class = |b: u8| if b.is_ascii_digit() { 0 } else { 1 + u8::from(b.is_ascii_lowercase()) };
    let mut words = part.chunk_by(|a, b| class(*a) == class(*b) || (class(*a), class(*b)) == (1, 2));
    part.iter().any(u8::is_ascii_lowercase)
        && part.iter().any(u8::is_ascii_uppercase)
        && words.all(|w| w.len() >= 3 || w.iter().all(u8::is_ascii_digit))
}

/// Labels of hashes: directly before one, with `:`, `-`, `=`, a blank or a quote between.
const LABELS: &[&str] = &[
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "sha",
    "md5",
    "blake2b",
    "blake3",
    "h1",
    "commit",
    "rev",
    "revision",
    "tree",
    "parent",
    "merge",
    "object",
    "checksum",
    "digest",
    "integrity",
    "etag",
    "hash",
    "ref",
];

/// Whether a run is a hash or a version that is named so.
fn named(line: &str, run: &Range<usize>) -> bool {
    let text = &line[run.clone()];
    let hex = text.bytes().all(|b| b.is_ascii_hexdigit());
    let hash = hex && matches!(text.len(), 12 | 16 | 32 | 40 | 56 | 64 | 96 | 128) || !hex && text.len() >= 43;
    let before = &line[..run.start];
    if before.ends_with('@') && hex && text.len() >= 40 {
        return true;
    }
    // npm writes `sha512-` and base64: the label is a part of the run.
    let lower = text.to_ascii_lowercase();
    if ["sha1-", "sha256-", "sha384-", "sha512-"].iter().any(|l| lower.starts_with(l)) && text.len() >= 30 {
        return true;
    }
    let label = before.trim_end_matches(|c: char| " :=\"'-@".contains(c));
    let word = label.len() - label.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
    let word = label[word..].to_ascii_lowercase();
    if hash && before.len() - label.len() <= 4 && label.len() < before.len() && LABELS.contains(&word.as_str()) {
        return true;
    }
    // `v1.2.3-20240131103000-0123456789ab`: the run begins after a dot.
    let start = before.len()
        - before
            .bytes()
            .rev()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+'))
            .count();
    let version = line[start..run.end].trim_start_matches('v');
    let numbers = version.split('.').take(2).filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())).count();
    numbers == 2 && start < run.start
}

#[cfg(test)]
mod tests;
