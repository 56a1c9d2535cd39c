//! Logical lines of an armoured body, whatever it is quoted in: JSON and source strings with escapes, concatenations,
//! YAML blocks, comments, XML, one long line.
//!
//! In: the bytes after a BEGIN line. Out: lines with their escapes undone, and what each one is. Nothing is looked at
//! twice, and nothing beyond the next armour.

/// Where a logical line ends and how.
pub(super) enum End {
    /// A line end or an escape for one.
    Line,
    /// Armour begins here.
    Armour,
    /// The bytes are used up.
    Bytes,
}

/// Cuts bytes into logical lines.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    /// Where the next line begins.
    pub(super) at: usize,
}

/// Longest logical line that is looked at, in bytes after escapes are undone. A body on one line is longer.
const MAX_LINE: usize = 32 * 1024;

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next logical line into `line`, and how it ends. `at` is then after it.
    pub(super) fn next(&mut self, line: &mut Vec<u8>) -> End {
        line.clear();
        while let Some(&byte) = self.bytes.get(self.at) {
            let rest = &self.bytes[self.at..];
            if byte == b'-' && is_armour(rest) {
                return End::Armour;
            }
            let (step, made) = match byte {
                b'\n' | b'\r' => (1, Made::End),
                b'\\' => backslash(rest),
                b'&' => entity(rest),
                b'%' => percent(rest),
                b'<' => mark(rest),
                b'`' => backtick(rest),
                _ => (1, Made::Byte(byte)),
            };
            self.at += step;
            match made {
                Made::End => return End::Line,
                Made::Byte(b) => line.push(b),
                Made::Nothing => {}
            }
            if line.len() > MAX_LINE {
                return End::Bytes;
            }
        }
        End::Bytes
    }
}

/// Whether a BEGIN or END line of any armour starts here.
pub(super) fn is_armour(rest: &[u8]) -> bool {
    [&b"-----END"[..], b"-----BEGIN", b"---- END", b"---- BEGIN"].iter().any(|a| rest.starts_with(a))
}

enum Made {
    Byte(u8),
    End,
    Nothing,
}

/// Backslashes, any number (text that was escaped twice), and what they escape.
fn backslash(rest: &[u8]) -> (usize, Made) {
    let run = rest.iter().take_while(|b| **b == b'\\').count();
    let after = &rest[run..];
    let hex = |from: usize, len: usize| {
        let digits = after.get(from..from + len)?;
        digits.iter().try_fold(0u32, |n, b| Some(n * 16 + char::from(*b).to_digit(16)?))
    };
    let code = |code: Option<u32>, step: usize| match code {
        Some(10 | 13) => (run + step, Made::End),
        Some(c @ 0x20..0x7f) => (run + step, Made::Byte(c as u8)),
        _ => (run, Made::Byte(b'\\')),
    };
    match after.first() {
        Some(b'n' | b'r') => (run + 1, Made::End),
        Some(b't') => (run + 1, Made::Byte(b' ')),
        Some(b'u') => code(hex(1, 4), 5),
        Some(b'x') => code(hex(1, 2), 3),
        Some(b'/') => (run + 1, Made::Byte(b'/')),
        Some(b'"') => (run + 1, Made::Byte(b'"')),
        _ => (run, Made::Byte(b'\\')),
    }
}

/// `&#10;`, `&#xA;` and the like; `&quot;`.
fn entity(rest: &[u8]) -> (usize, Made) {
    let literal = (1, Made::Byte(b'&'));
    if rest.starts_with(b"&quot;") {
        return (6, Made::Byte(b'"'));
    }
    let Some(body) = rest.strip_prefix(b"&#") else { return literal };
    let (base, body, head) = match body.first() {
        Some(b'x' | b'X') => (16, &body[1..], 3),
        _ => (10, body, 2),
    };
    let digits = body.iter().take(5).take_while(|b| char::from(**b).is_digit(base)).count();
    if digits == 0 || body.get(digits) != Some(&b';') {
        return literal;
    }
    let code = body[..digits].iter().fold(0, |n, b| n * base + char::from(*b).to_digit(base).unwrap_or(0));
    match code {
        10 | 13 => (head + digits + 1, Made::End),
        9 => (head + digits + 1, Made::Byte(b' ')),
        0x20..0x7f => (head + digits + 1, Made::Byte(code as u8)),
        _ => literal,
    }
}

/// Escapes of URLs and forms that matter in base64.
fn percent(rest: &[u8]) -> (usize, Made) {
    match rest.get(1..3).map(<[u8]>::to_ascii_uppercase).as_deref() {
        Some(b"0A" | b"0D") => (3, Made::End),
        Some(b"20") => (3, Made::Byte(b' ')),
        Some(b"2B") => (3, Made::Byte(b'+')),
        Some(b"2F") => (3, Made::Byte(b'/')),
        Some(b"3D") => (3, Made::Byte(b'=')),
        _ => (1, Made::Byte(b'%')),
    }
}

/// `<br>` in all its spellings ends a line.
fn mark(rest: &[u8]) -> (usize, Made) {
    let is_break = rest.get(1..3).is_some_and(|b| b.eq_ignore_ascii_case(b"br"));
    let close = rest.iter().take(8).position(|b| *b == b'>');
    match close {
        Some(close) if is_break => (close + 1, Made::End),
        _ => (1, Made::Byte(b'<')),
    }
}

/// PowerShell writes `` `n `` and `` `r ``; everywhere else a backtick is a quote.
fn backtick(rest: &[u8]) -> (usize, Made) {
    match (rest.get(1), rest.get(2)) {
        (Some(b'n' | b'r'), Some(b'`' | b'"' | b'\n' | b'\r')) => (2, Made::End),
        (Some(b'\n' | b'\r'), _) => (1, Made::Nothing),
        _ => (1, Made::Byte(b'"')),
    }
}

/// What a logical line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Base64, what stood around it taken away; whether it ends with padding.
    Body(Vec<u8>),
    /// The checksum of OpenPGP armour.
    Sum(Vec<u8>),
    /// `Name: value` before the body, and body on the same line.
    Header(Vec<u8>, Vec<u8>),
    /// Nothing but quotes, operators, brackets, blanks.
    Empty,
    /// Something was left out by whoever wrote it.
    Elided,
    /// Anything else: the block ends before it.
    Other,
}

/// Says what `line` is; `leader` is what stands before the BEGIN on its line (a comment leader, a mark of a diff).
pub(super) fn classify(line: &[u8], leader: &[u8]) -> Line {
    let mut text = line.trim_ascii();
    if !leader.is_empty() {
        text = text.strip_prefix(leader).unwrap_or(text).trim_ascii_start();
    }
    // Leaders whose characters base64 does not have; `//` only where a blank follows, for base64 may begin with it.
    while let Some((b'#' | b'*' | b';' | b'>' | b'|' | b'!' | b'-', rest)) = text.split_first() {
        text = rest.trim_ascii_start();
    }
    if let Some(rest) = text.strip_prefix(b"//").filter(|r| r.first().is_none_or(u8::is_ascii_whitespace)) {
        text = rest.trim_ascii_start();
    }
    if text.windows(3).any(|w| w == b"..." || w == [0xe2, 0x80, 0xa6]) {
        return Line::Elided;
    }
    if let Some(sum) = text.strip_prefix(b"=").filter(|s| s.len() >= 4 && s[..4].iter().all(is_base64)) {
        let rest_iis_decoration = is_decoration(&sum[4..]);
        if rest_iis_decoration {
            return Line::Sum(sum[..4].to_vec());
        }
    }
    if is_header(text) {
        return Line::Header(text.to_vec(), long_words(text));
    }
    let quoted = text.iter().any(|b| matches!(b, b'"' | b'\''));
    let mut body = Vec::new();
    for part in text.split(|b| matches!(b, b'"' | b'\'')) {
        body.extend(words(trim_decoration(part)));
    }
    match body.is_empty() {
        false => Line::Body(body),
        true if quoted || is_decoration(text) => Line::Empty,
        true => Line::Other,
    }
}

fn is_base64(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')
}

fn is_decoration(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_whitespace() || (b.is_ascii_punctuation() && !matches!(b, b'$' | b'@')))
}

/// Without the operators and backslashes that join or end strings.
fn trim_decoration(part: &[u8]) -> &[u8] {
    let mut part = part.trim_ascii();
    while let Some((b'\\' | b',' | b';' | b')' | b'(' | b'&' | b'_', rest)) = part.split_last().map(|(l, r)| (*l, r)) {
        part = rest.trim_ascii_end();
    }
    part
}

/// The text without its blanks if it is base64: one word, or words of a length that prose has not.
fn words(part: &[u8]) -> Vec<u8> {
    let all: Vec<&[u8]> = part.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty()).collect();
    let Some((last, init)) = all.split_last() else { return Vec::new() };
    let plain = |w: &[u8]| w.iter().all(is_base64);
    let digits = last.iter().rposition(|b| *b != b'=').map_or(0, |i| i + 1);
    let fits = init.iter().all(|w| w.len() >= 16 && plain(w))
        && last.len() - digits <= 2
        && plain(&last[..digits])
        && (digits == 0 || last.iter().any(u8::is_ascii_alphanumeric));
    if fits { all.concat() } else { Vec::new() }
}

/// `Proc-Type: 4,ENCRYPTED`, `Version: GnuPG v2`, `Comment: "..."`.
fn is_header(text: &[u8]) -> bool {
    let name = text.iter().take(40).position(|b| *b == b':').and_then(|colon| text.get(..colon));
    name.is_some_and(|n| {
        n.first().is_some_and(u8::is_ascii_alphabetic) && n.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    })
}

/// Body that follows headers on the same line: its words are long.
fn long_words(text: &[u8]) -> Vec<u8> {
    let mut body: Vec<u8> = Vec::new();
    for word in text.split(|b| b.is_ascii_whitespace() || *b == b'"').filter(|w| !w.is_empty()) {
        let padded = word.iter().rposition(|b| *b != b'=').map_or(0, |i| i + 1);
        let plain = word[..padded].iter().all(is_base64) && word.len() - padded <= 2;
        if plain && (word.len() >= 48 || (!body.is_empty() && word.len() >= 2)) {
            body.extend_from_slice(word);
        } else {
            body.clear();
        }
    }
    body
}
