//! Comments beside a secret that ask not to report it.
//!
//! In: a text, the place of a secret in it, its rule. Out: a [`Comment`], if one stands on the line of the secret, on a
//! line of its own directly before it, or on the last line of a secret of several lines. Ours names the rule and gives a
//! reason (`leaktight: allow(rule-id) reason`); without either it is none. Those of other tools accept everything on their
//! line, so they count only where policy lists their dialect. Whether any is obeyed is decided elsewhere. It costs
//! nothing where nothing was found.

use crate::finding::Comment;
use crate::text::view::Encoding;
use std::ops::Range;

/// Our own way of writing it.
pub const LEAKTIGHT: &str = "leaktight";
/// Dialects of other tools that policy can list.
pub const DIALECTS: &[&str] =
    &["gitleaks", "betterleaks", "detect-secrets", "trufflehog", "gitguardian", "kingfisher", "secretlint"];
/// Bytes of a line to either side of the secret in which a comment is looked for.
const FAR: usize = 4096;
/// Longest reason that is kept, in characters.
const MAX_REASON: usize = 300;

/// What other tools obey: dialect, words on the line of the secret, words on the line before it.
const WORDS: &[(&str, &[&str], &[&str])] = &[
    ("gitleaks", &["gitleaks:allow"], &[]),
    ("betterleaks", &["betterleaks:allow", "gitleaks:allow"], &[]),
    (
        "detect-secrets",
        &["pragma: allowlist secret", "pragma: whitelist secret", "pragma:allowlist secret"],
        &["pragma: allowlist nextline secret", "pragma: whitelist nextline secret"],
    ),
    ("trufflehog", &["trufflehog:ignore"], &[]),
    ("gitguardian", &["ggignore", "gitguardian:ignore", "pragma: allowlist secret"], &[]),
    ("kingfisher", &["kingfisher:ignore", "kingfisher:allow"], &["kingfisher:ignore", "kingfisher:allow"]),
    ("secretlint", &["secretlint-disable-line"], &["secretlint-disable-next-line"]),
];

/// The comment beside `text[secret]` that asks not to report a finding of this rule. `shown` gives a part of `text` as it
/// may be shown: with every secret in it masked.
pub fn beside(
    text: &[u8],
    secret: &Range<usize>,
    rule: &str,
    encoding: Encoding,
    shown: &dyn Fn(Range<usize>) -> String,
) -> Option<Comment> {
    let first = Line::around(text, secret.start, encoding);
    let last = Line::around(text, secret.end.saturating_sub(1).max(secret.start), encoding);
    let before = first.before(text);
    let mut all: Vec<(&'static str, String)> = Vec::new();
    let ours = first.ours(secret, rule, shown);
    let ours = ours.or_else(|| if last.whole == first.whole { None } else { last.ours(secret, rule, shown) });
    let ours = ours.or_else(|| before.as_ref().filter(|b| b.is_comment()).and_then(|b| b.ours(secret, rule, shown)));
    all.extend(ours.map(|reason| (LEAKTIGHT, reason)));
    for (dialect, here, above) in WORDS {
        let on = |line: &Line, words: &[&str]| words.iter().any(|w| line.says(w));
        if on(&first, here) || on(&last, here) || before.as_ref().is_some_and(|b| on(b, above)) {
            all.push((dialect, String::new()));
        }
    }
    let mut all = all.into_iter();
    let (dialect, reason) = all.next()?;
    Some(Comment { dialect, reason, others: all.map(|(d, _)| d).collect() })
}

/// Why a comment beside `text[secret]` asks for nothing although it looks as if it should: a wrong word, no rule, a rule that
/// does not exist, no reason. `None` where there is none, or where one is right.
pub fn malformed(
    text: &[u8],
    secret: &Range<usize>,
    rule: &str,
    encoding: Encoding,
    exists: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let first = Line::around(text, secret.start, encoding);
    let last = Line::around(text, secret.end.saturating_sub(1).max(secret.start), encoding);
    let before = first.before(text).filter(Line::is_comment);
    let lines = [Some(first), Some(last), before];
    let mut why = lines.iter().flatten().filter_map(|line| line.wrong(rule, exists));
    why.next()
}

/// Words by which people ask a scanner to be silent. Another word after `leaktight:` is none of our business.
const REQUESTS: &[&str] = &[
    "accept",
    "accepted",
    "allow",
    "allowed",
    "allowlist",
    "disable",
    "exclude",
    "false-positive",
    "ignore",
    "ignored",
    "noqa",
    "nosec",
    "off",
    "permit",
    "safe",
    "skip",
    "suppress",
    "whitelist",
];
/// Longest part of a comment that is quoted, in characters.
const MAX_QUOTED: usize = 40;

/// What is wrong with the request that `rest`, the text after `leaktight:`, begins with.
fn wrong_request(rest: &str, rule: &str, exists: &dyn Fn(&str) -> bool) -> Option<String> {
    const FORM: &str = "write `leaktight: allow(rule-id) reason`";
    let quoted = |text: &str| text.chars().take(MAX_QUOTED).collect::<String>();
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let word = rest.split(|c| !part(c)).next().unwrap_or_default();
    let lower = word.to_ascii_lowercase();
    if word != "allow" {
        let meant =
            REQUESTS.iter().any(|w| lower == *w) || lower.len() > 2 && strsim::levenshtein(&lower, "allow") <= 1;
        return meant.then(|| format!("`{}` is not a word of leaktight; {FORM}", quoted(word)));
    }
    let Some(list) = rest[word.len()..].trim_start().strip_prefix('(') else {
        return Some(format!("`allow` names no rule; {FORM}"));
    };
    let Some((names, _)) = list.split_once(')') else {
        return Some(format!("the list of rules has no `)`; {FORM}"));
    };
    let mut names = names.split(',').map(str::trim);
    if let Some(unknown) = names.clone().find(|name| !exists(name)) {
        return Some(match unknown {
            "" => format!("`allow()` names no rule; {FORM}"),
            name => format!("there is no rule `{}`; {FORM}", quoted(name)),
        });
    }
    names.any(|name| name == rule).then(|| format!("it gives no reason; {FORM}"))
}

/// A line as text, with the place of each of its bytes in the whole.
struct Line {
    whole: Range<usize>,
    text: String,
    /// For UTF-16 and UTF-32: the offset in the whole of each byte of `text`. Empty: they run along with it.
    places: Vec<usize>,
    encoding: Encoding,
}

impl Line {
    fn around(text: &[u8], at: usize, encoding: Encoding) -> Self {
        let at = at.min(text.len());
        let low = at.saturating_sub(FAR);
        let high = text.len().min(at.saturating_add(FAR));
        let step = encoding.width();
        // Units begin at multiples of their width in the blob; the window begins at one.
        let (mut start, mut end) = (at - at % step, at - at % step);
        while start >= low + step && !line_end(&text[start - step..start], encoding) {
            start -= step;
        }
        while end + step <= high && !line_end(&text[end..end + step], encoding) {
            end += step;
        }
        Self::new(text, start..end, encoding)
    }

    fn new(text: &[u8], whole: Range<usize>, encoding: Encoding) -> Self {
        let bytes = &text[whole.clone()];
        if encoding == Encoding::Bytes {
            // Lossy text would move places; what is no UTF-8 becomes `?`, byte by byte.
            let ascii = |b: &u8| if b.is_ascii() { *b as char } else { '?' };
            let line = std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(ascii).collect(), str::to_owned);
            return Self { whole, text: line, places: Vec::new(), encoding };
        }
        let (mut line, mut places) = (String::new(), Vec::new());
        for (i, unit) in bytes.chunks_exact(encoding.width()).enumerate() {
            let c = char::from_u32(encoding.unit(unit)).unwrap_or('?');
            places.extend(std::iter::repeat_n(whole.start + unit.len() * i, c.len_utf8()));
            line.push(c);
        }
        Self { whole, text: line, places, encoding }
    }

    /// The line directly before this one.
    fn before(&self, text: &[u8]) -> Option<Self> {
        let step = self.encoding.width();
        let mut end = self.whole.start.checked_sub(step)?;
        if !line_end(&text[end..end + step], self.encoding) {
            return None;
        }
        // CRLF is one end.
        let feed = |at: usize, byte: u8| text[at..at + step].contains(&byte);
        if feed(end, b'\n') && end >= step && feed(end - step, b'\r') && line_end(&text[end - step..end], self.encoding)
        {
            end -= step;
        }
        let low = end.saturating_sub(FAR);
        let mut start = end;
        while start >= low + step && !line_end(&text[start - step..start], self.encoding) {
            start -= step;
        }
        Some(Self::new(text, start..end, self.encoding))
    }

    /// Whether nothing but a comment stands on it: one at the end of a line of code is for that line.
    fn is_comment(&self) -> bool {
        let text = self.text.trim_start_matches(|c: char| c.is_whitespace());
        let code = text.trim_start_matches(|c: char| c.is_whitespace() || "#/*-<!;%'\"{(".contains(c));
        let opened = code.len() < text.len();
        let code = code.strip_prefix("REM ").or_else(|| code.strip_prefix("rem ")).map_or(code, str::trim_start);
        (opened || code.len() < text.len()) && code.starts_with("leaktight:")
    }

    /// Whether these words stand on it, as words: not inside a longer one.
    fn says(&self, words: &str) -> bool {
        let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':');
        self.text.match_indices(words).any(|(at, _)| {
            let before = self.text[..at].chars().next_back();
            let after = self.text[at + words.len()..].chars().next();
            !before.is_some_and(part) && !after.is_some_and(part)
        })
    }

    /// The reason of our comment on this line for that rule.
    fn ours(&self, secret: &Range<usize>, rule: &str, shown: &dyn Fn(Range<usize>) -> String) -> Option<String> {
        for (at, word) in self.text.match_indices("leaktight:") {
            if self.text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_') {
                continue;
            }
            let Some(rest) = self.text[at + word.len()..].trim_start().strip_prefix("allow(") else { continue };
            let Some((names, reason)) = rest.split_once(')') else { continue };
            if !names.split(',').any(|name| name.trim() == rule) {
                continue;
            }
            let mut end = [reason.len()].into_iter().chain(CLOSERS.iter().filter_map(|c| reason.find(c))).min()?;
            let start = self.text.len() - reason.len();
            // A reason ends where the secret begins: it is no reason for itself.
            if let Some(cut) = self.offset(secret.start).filter(|cut| (start..start + end).contains(cut)) {
                end = cut - start;
            }
            let lead = reason[..end].len() - reason[..end].trim_start_matches([' ', '\t', ':', '-']).len();
            let words = reason[..end].trim_end().get(lead..).unwrap_or_default();
            if !words.chars().any(char::is_alphanumeric) {
                continue;
            }
            let masked = shown(self.place(start + lead)..self.place(start + lead + words.len()));
            return Some(masked.trim().chars().take(MAX_REASON).collect());
        }
        None
    }

    /// What is wrong with the first request on this line that is wrong.
    fn wrong(&self, rule: &str, exists: &dyn Fn(&str) -> bool) -> Option<String> {
        let mut requests = self.text.match_indices("leaktight").filter_map(|(at, word)| {
            if self.text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_') {
                return None;
            }
            let rest = &self.text[at + word.len()..];
            // Without a colon only `leaktight allow(` is a request; the name alone is a word like any other.
            let colon = rest.strip_prefix(':').map(str::trim_start);
            let none = || Some(rest.trim_start()).filter(|r| r.len() < rest.len() && r.starts_with("allow("));
            match (colon, none()) {
                (Some(rest), _) => wrong_request(rest, rule, exists),
                (None, Some(_)) => Some("`leaktight` needs a colon; write `leaktight: allow(rule-id) reason`".into()),
                (None, None) => None,
            }
        });
        requests.next()
    }

    /// Where a byte of the line stands in the whole.
    fn place(&self, at: usize) -> usize {
        match self.places.is_empty() {
            true => (self.whole.start + at).min(self.whole.end),
            false => self.places.get(at).copied().unwrap_or(self.whole.end),
        }
    }

    /// The byte of the line that stands there in the whole.
    fn offset(&self, place: usize) -> Option<usize> {
        let at = match self.places.is_empty() {
            true => place.checked_sub(self.whole.start).filter(|at| *at < self.text.len()),
            false => self.places.iter().position(|p| *p == place),
        };
        at.filter(|at| self.text.is_char_boundary(*at))
    }
}

/// What ends a comment that something follows.
const CLOSERS: &[&str] = &["*/", "-->", "#}", "%}", "--%>", "\"\"\""];

fn line_end(unit: &[u8], encoding: Encoding) -> bool {
    encoding.is(unit, b'\n') || encoding.is(unit, b'\r')
}

#[cfg(test)]
mod tests;
