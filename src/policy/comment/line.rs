//! A line of a text, cut to a bounded width around a secret, and the requests on it that are ours.

use super::request::{LEAKTIGHT, MAX_LIST, MAX_REASON, MAX_REQUESTS, MAX_WORDS, wrong_request};
use crate::text::char_floor;
use crate::text::view::Encoding;
use std::ops::Range;

/// Bytes of a line to either side of the secret in which a comment is looked for.
pub(super) const FAR: usize = 4096;

/// The range of the line around `at`, at most [`FAR`] bytes to either side.
pub(super) fn around(text: &[u8], at: usize, encoding: Encoding) -> Range<usize> {
    let at = at.min(text.len());
    let (low, high) = (at.saturating_sub(FAR), text.len().min(at.saturating_add(FAR)));
    let step = encoding.width();
    // Units begin at multiples of their width in the blob; the window begins at one.
    let at = at - at % step;
    start(text, low, at, encoding)..end(text, at, high, encoding)
}

/// The range of the line directly before the one that begins where `line` does.
pub(super) fn before(text: &[u8], line: &Range<usize>, encoding: Encoding) -> Option<Range<usize>> {
    let step = encoding.width();
    let mut end = line.start.checked_sub(step)?;
    if !line_end(&text[end..end + step], encoding) {
        return None;
    }
    // CRLF is one end.
    let feed = |at: usize, byte: u8| text[at..at + step].contains(&byte);
    if feed(end, b'\n') && end >= step && feed(end - step, b'\r') && line_end(&text[end - step..end], encoding) {
        end -= step;
    }
    Some(start(text, end.saturating_sub(FAR), end, encoding)..end)
}

/// Where the line begins that goes on to `at`, not before `low`.
fn start(text: &[u8], low: usize, at: usize, encoding: Encoding) -> usize {
    if encoding == Encoding::Bytes {
        return memchr::memrchr2(b'\n', b'\r', &text[low..at]).map_or(low, |end| low + end + 1);
    }
    let (step, mut start) = (encoding.width(), at);
    while start >= low + step && !line_end(&text[start - step..start], encoding) {
        start -= step;
    }
    start
}

/// Where the line ends that comes from `at`, not after `high`.
fn end(text: &[u8], at: usize, high: usize, encoding: Encoding) -> usize {
    if encoding == Encoding::Bytes {
        return memchr::memchr2(b'\n', b'\r', &text[at..high]).map_or(high, |end| at + end);
    }
    let (step, mut end) = (encoding.width(), at);
    while end + step <= high && !line_end(&text[end..end + step], encoding) {
        end += step;
    }
    end
}

fn line_end(unit: &[u8], encoding: Encoding) -> bool {
    encoding.is(unit, b'\n') || encoding.is(unit, b'\r')
}

/// At most the first `most` bytes of a text, whole characters.
fn head(text: &str, most: usize) -> &str {
    &text[..char_floor(text, most)]
}

/// A line as text, with the place of each of its bytes in the whole.
pub(super) struct Line {
    whole: Range<usize>,
    text: String,
    /// For UTF-16 and UTF-32: the offset in the whole of each byte of `text`. Empty: they run along with it.
    places: Vec<usize>,
}

impl Line {
    pub(super) fn new(text: &[u8], whole: Range<usize>, encoding: Encoding) -> Self {
        let bytes = &text[whole.clone()];
        if encoding == Encoding::Bytes {
            // Lossy text would move places; what is no UTF-8 becomes `?`, byte by byte.
            let ascii = |b: &u8| if b.is_ascii() { *b as char } else { '?' };
            let line = std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(ascii).collect(), str::to_owned);
            return Self { whole, text: line, places: Vec::new() };
        }
        let (mut line, mut places) = (String::new(), Vec::new());
        for (i, unit) in bytes.chunks_exact(encoding.width()).enumerate() {
            let c = char::from_u32(encoding.unit(unit)).unwrap_or('?');
            places.extend(std::iter::repeat_n(whole.start + unit.len() * i, c.len_utf8()));
            line.push(c);
        }
        Self { whole, text: line, places }
    }

    /// Whether nothing but a comment stands on it: one at the end of a line of code is for that line.
    pub(super) fn is_comment(&self) -> bool {
        let text = self.text.trim_start_matches(|c: char| c.is_whitespace());
        let code = text.trim_start_matches(|c: char| c.is_whitespace() || "#/*-<!;%'\"{(".contains(c));
        let opened = code.len() < text.len();
        let code = code.strip_prefix("REM ").or_else(|| code.strip_prefix("rem ")).map_or(code, str::trim_start);
        (opened || code.len() < text.len()) && code.starts_with("leaktight:")
    }

    /// What follows our name, for the first requests on the line.
    fn requests(&self) -> impl Iterator<Item = &str> {
        let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let alone = move |at: &usize| !self.text[..*at].chars().next_back().is_some_and(part);
        let names = self.text.match_indices(LEAKTIGHT).map(|(at, _)| at).filter(alone);
        names.take(MAX_REQUESTS).map(|at| &self.text[at + LEAKTIGHT.len()..])
    }

    /// The reason of our comment on this line for that rule.
    pub(super) fn ours(
        &self,
        secret: &Range<usize>,
        rule: &str,
        shown: &dyn Fn(Range<usize>) -> String,
    ) -> Option<String> {
        self.requests().find_map(|rest| {
            let list = rest.strip_prefix(':')?.trim_start().strip_prefix("allow(")?;
            let names = head(list, MAX_LIST).split_once(')')?.0;
            if !names.split(',').any(|name| name.trim() == rule) {
                return None;
            }
            let start = self.text.len() - list.len() + names.len() + 1;
            let reason = head(&self.text[start..], MAX_WORDS);
            let mut end = CLOSERS.iter().filter_map(|c| reason.find(c)).min().unwrap_or(reason.len());
            // A reason ends where the secret begins: it is no reason for itself.
            if let Some(cut) = self.offset(secret.start).filter(|cut| (start..start + end).contains(cut)) {
                end = cut - start;
            }
            let lead = reason[..end].len() - reason[..end].trim_start_matches([' ', '\t', ':', '-']).len();
            let words = reason[..end].trim_end().get(lead..).unwrap_or_default();
            if !words.chars().any(char::is_alphanumeric) {
                return None;
            }
            let masked = shown(self.place(start + lead)..self.place(start + lead + words.len()));
            Some(masked.trim().chars().take(MAX_REASON).collect())
        })
    }

    /// What is wrong with the first request on this line that is wrong.
    pub(super) fn wrong(&self, rule: &str, exists: &dyn Fn(&str) -> bool) -> Option<String> {
        self.requests().find_map(|rest| {
            // Without a colon only `leaktight allow(` is a request; the name alone is a word like any other.
            match rest.strip_prefix(':') {
                Some(request) => wrong_request(head(request.trim_start(), MAX_LIST), rule, exists),
                None => (rest.starts_with(char::is_whitespace) && rest.trim_start().starts_with("allow("))
                    .then(|| "`leaktight` needs a colon; write `leaktight: allow(rule-id) reason`".into()),
            }
        })
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
