//! Comments beside a secret that ask not to report it.
//!
//! In: a text, the place of a secret in it, its rule. Out: a [`Comment`], if there is one on the line of the secret, on a
//! line of its own directly before it, or on the last line of a secret of several lines. Ours names the rule and gives a
//! reason (`leaktight: allow(rule-id) reason`); without either it is none, and [`Beside::malformed`] says why. Those of
//! other tools accept everything on their line, so they count only where policy lists their dialect. Whether any is obeyed
//! is decided elsewhere.
//!
//! The words of all dialects are searched once in a text in which something was found; a secret without such a word near
//! it costs a look into a sorted list. So thousands of secrets on one line do not read that line thousands of times.

mod line;
mod request;

pub use request::LEAKTIGHT;

use crate::finding::Comment;
use crate::text::view::Encoding;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use line::{FAR, Line};
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::LazyLock;

/// Dialects of other tools that policy can list.
pub const DIALECTS: &[&str] =
    &["gitleaks", "betterleaks", "detect-secrets", "trufflehog", "gitguardian", "kingfisher", "secretlint"];
/// What other tools obey: words, the dialects in which they count on the line of the secret, and on the line before it.
const WORDS: &[(&str, &[&str], &[&str])] = &[
    (LEAKTIGHT, &[], &[]),
    ("gitleaks:allow", &["gitleaks", "betterleaks"], &[]),
    ("betterleaks:allow", &["betterleaks"], &[]),
    ("pragma: allowlist secret", &["detect-secrets", "gitguardian"], &[]),
    ("pragma: whitelist secret", &["detect-secrets"], &[]),
    ("pragma:allowlist secret", &["detect-secrets"], &[]),
    ("pragma: allowlist nextline secret", &[], &["detect-secrets"]),
    ("pragma: whitelist nextline secret", &[], &["detect-secrets"]),
    ("trufflehog:ignore", &["trufflehog"], &[]),
    ("ggignore", &["gitguardian"], &[]),
    ("gitguardian:ignore", &["gitguardian"], &[]),
    ("kingfisher:ignore", &["kingfisher"], &["kingfisher"]),
    ("kingfisher:allow", &["kingfisher"], &["kingfisher"]),
    ("secretlint-disable-line", &["secretlint"], &[]),
    ("secretlint-disable-next-line", &[], &["secretlint"]),
];

/// Finds [`WORDS`] in text of this encoding. Made in a blink, for it is made for every text in which something was found.
fn finder(encoding: Encoding) -> AhoCorasick {
    let words = WORDS.iter().map(|(word, ..)| encoding.encode_ascii(word));
    let kind = Some(AhoCorasickKind::NoncontiguousNFA);
    // Leftmost matches allow its vector code, which passes over nearly all text.
    AhoCorasick::builder().kind(kind).match_kind(MatchKind::LeftmostFirst).build(words).expect("a few short words")
}

/// That of most texts.
static BYTES: LazyLock<AhoCorasick> = LazyLock::new(|| finder(Encoding::Bytes));

/// What is beside a secret.
#[derive(Debug, Default)]
pub struct Beside {
    /// The comment that asks not to report it.
    pub comment: Option<Comment>,
    /// Why a comment asks for nothing although it looks as if it should: a wrong word, no rule, a rule that does not exist,
    /// no reason. `None` where one of ours is right.
    pub malformed: Option<String>,
}

/// The comments of one text.
pub struct Comments<'a> {
    text: &'a [u8],
    encoding: Encoding,
    /// Where words of [`WORDS`] begin, and which, ascending.
    words: OnceCell<Vec<(usize, usize)>>,
}

impl<'a> Comments<'a> {
    /// Of this text; nothing is read yet.
    pub fn new(text: &'a [u8], encoding: Encoding) -> Self {
        Self { text, encoding, words: OnceCell::new() }
    }

    /// What is beside `text[secret]`, a secret of this rule. `shown` gives a part of the text as it may be shown: with every
    /// secret in it masked. `exists` says whether there is a rule of that name.
    pub fn beside(
        &self,
        secret: &Range<usize>,
        rule: &str,
        shown: &dyn Fn(Range<usize>) -> String,
        exists: &dyn Fn(&str) -> bool,
    ) -> Beside {
        // Two lines, each at most FAR long, before the secret.
        let near = secret.start.saturating_sub(3 * FAR)..secret.end.saturating_add(FAR);
        if self.words(&near).is_empty() {
            return Beside::default();
        }
        let first = line::around(self.text, secret.start, self.encoding);
        let last = line::around(self.text, secret.end.saturating_sub(1).max(secret.start), self.encoding);
        let before = line::before(self.text, &first, self.encoding);
        let mut here: Vec<&Range<usize>> = vec![&first];
        here.extend(Some(&last).filter(|last| **last != first));
        // Ours.
        let lines: Vec<Line> = here.iter().filter_map(|range| self.line(range)).collect();
        let above = before.as_ref().and_then(|range| self.line(range)).filter(Line::is_comment);
        let lines = || lines.iter().chain(&above);
        let ours = lines().find_map(|line| line.ours(secret, rule, shown)).map(|reason| (LEAKTIGHT, reason));
        let malformed = match ours {
            Some(_) => None,
            None => lines().find_map(|line| line.wrong(rule, exists)),
        };
        // Those of others.
        let said = |range: &Range<usize>, which: fn(usize) -> &'static [&'static str], dialect: &str| {
            self.words(range).iter().any(|(_, word)| which(*word).contains(&dialect))
        };
        let obeys = |dialect: &&&'static str| {
            here.iter().any(|range| said(range, |word| WORDS[word].1, dialect))
                || before.as_ref().is_some_and(|range| said(range, |word| WORDS[word].2, dialect))
        };
        let others = DIALECTS.iter().filter(obeys).map(|dialect| (*dialect, String::new()));
        let mut all = ours.into_iter().chain(others);
        let comment =
            all.next().map(|(dialect, reason)| Comment { dialect, reason, others: all.map(|(d, _)| d).collect() });
        Beside { comment, malformed }
    }

    /// The words in a part of the text.
    fn words(&self, part: &Range<usize>) -> &[(usize, usize)] {
        let all = self.words.get_or_init(|| {
            let wide;
            let finder = match self.encoding {
                Encoding::Bytes => &*BYTES,
                other => {
                    wide = finder(other);
                    &wide
                }
            };
            let found = finder
                .find_iter(self.text)
                .filter(|m| m.start() % self.encoding.width() == 0 && self.alone(&m.range()));
            found.map(|m| (m.start(), m.pattern().as_usize())).collect()
        });
        let first = all.partition_point(|(at, _)| *at < part.start);
        let after = all.partition_point(|(at, _)| *at < part.end);
        all.get(first..after).unwrap_or_default()
    }

    /// Whether words are not inside a longer one. What may follow `leaktight` is decided where it is read.
    fn alone(&self, at: &Range<usize>) -> bool {
        let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':');
        let decoded = |range: Range<usize>| self.encoding.decode(self.text.get(range).unwrap_or_default());
        let before = decoded(at.start.saturating_sub(4)..at.start).chars().next_back();
        let after = decoded(at.end..self.text.len().min(at.end + 4)).chars().next();
        let ours = at.len() == LEAKTIGHT.len() * self.encoding.width();
        ours || !before.is_some_and(part) && !after.is_some_and(part)
    }

    /// A line with a word of ours on it.
    fn line(&self, range: &Range<usize>) -> Option<Line> {
        let ours = self.words(range).iter().any(|(_, word)| WORDS[*word].0 == LEAKTIGHT);
        ours.then(|| Line::new(self.text, range.clone(), self.encoding))
    }
}

#[cfg(test)]
mod tests;
