//! One level of decoding around an anchor: base64, hex and the escapes of URLs, of program text and JSON, and of HTML.
//!
//! In: the place of an encoded form of a distinctive literal (`forms.rs`). Out: the decoded text around it as a [`Layer`].
//! A run is decoded in the alignment of its anchor, not of its start, so bytes glued to its start change nothing. It
//! reaches at most [`RUN_REACH`] or [`ESCAPE_REACH`] bytes to either side. Text with only some of the anchor's
//! characters escaped is not found, nor an anchor that a line end of wrapped base64 divides.

use super::forms::LEAD;
pub use super::forms::{EncodedForm, Kind, encoded_forms};
use super::layer::{Grain, Layer};
use std::ops::Range;

/// How far a run of base64 or hex is followed to either side of its anchor, in bytes.
pub const RUN_REACH: usize = 16 * 1024;
/// How far escaped text is followed to either side of its anchor, in bytes.
pub const ESCAPE_REACH: usize = 4 * 1024;
/// Line lengths of wrapped base64: PEM and OpenSSL, MIME and coreutils, and two that are common besides. Lines of any
/// other length are not joined: a list of short encoded secrets must not become one text.
const WRAPS: [usize; 4] = [60, 64, 72, 76];
/// Most blanks before a line of wrapped base64.
const INDENT: usize = 64;

/// How far beyond a run's ends the bytes stand that decide whether another line joins it, in bytes.
pub const JOIN_REACH: usize = 2 * (76 + INDENT + 2);

impl Kind {
    /// Characters in a unit: two forms of one run decode it alike when their units begin a multiple of it apart.
    pub fn unit(self) -> usize {
        match self {
            Self::Base64 => 4,
            Self::Hex => 2,
            Self::Percent | Self::Backslash | Self::Html => 1,
        }
    }

    /// How many characters of a run these bytes of it hold; line ends and indents of wrapped lines are none.
    pub fn characters(self, bytes: &[u8]) -> usize {
        if self == Self::Base64 { bytes.iter().filter(|b| sextet(**b).is_some()).count() } else { bytes.len() }
    }

    /// How far a run of this kind is followed to either side of its anchor, in bytes.
    pub fn reach(self) -> usize {
        match self {
            Self::Base64 | Self::Hex => RUN_REACH,
            Self::Percent | Self::Backslash | Self::Html => ESCAPE_REACH,
        }
    }
}

/// Decodes the text around the `form` that stands at `at`; `None` when it cannot be one.
pub fn run(bytes: &[u8], at: usize, form: &EncodedForm) -> Option<Layer> {
    let layer = match form.kind {
        Kind::Base64 => base64(bytes, at, form.phase)?,
        Kind::Hex => hex(bytes, at),
        kind => escapes(bytes, at, kind),
    };
    (!layer.bytes().is_empty()).then_some(layer)
}

/// Shortest value in base64 that is decoded because its name says so, in characters.
const LONG: usize = 24;

/// Whether a value consists of characters of base64 only, and of so many that text in it can hold a secret.
pub fn is_long_base64(value: &[u8]) -> bool {
    value.len() >= LONG && value.iter().all(|b| sextet(*b).is_some() || *b == b'=')
}

/// Decodes a whole value in base64, wrapped over lines or not; `None` unless it is text.
pub fn base64_text(bytes: &[u8], value: &Range<usize>) -> Option<Layer> {
    let written = bytes.get(value.clone())?.trim_ascii_end();
    let filling = written.iter().rev().take(2).take_while(|b| **b == b'=').count();
    let mut layer = Layer::default();
    let mut group: Vec<(usize, u32)> = Vec::with_capacity(4);
    for (place, byte) in (value.start..).zip(written.get(..written.len() - filling)?) {
        if byte.is_ascii_whitespace() {
            continue;
        }
        group.push((place, u32::from(sextet(*byte)?)));
        if group.len() == 4 {
            push_group(&mut layer, &group);
            group.clear();
        }
    }
    // One character alone holds no byte.
    if group.len() == 1 {
        return None;
    }
    push_group(&mut layer, &group);
    let text = std::str::from_utf8(layer.bytes()).ok()?;
    let is_text = text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    (is_text && !text.is_empty()).then_some(layer)
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

/// The longest range around `at`, inside `within`, of bytes that `belongs` accepts.
fn around(bytes: &[u8], at: usize, within: &Range<usize>, belongs: impl Fn(u8) -> bool) -> Range<usize> {
    let left = bytes.get(within.start..at).unwrap_or_default();
    let right = bytes.get(at..within.end).unwrap_or_default();
    let start = left.iter().rposition(|b| !belongs(*b)).map_or(within.start, |n| within.start + n + 1);
    let end = right.iter().position(|b| !belongs(*b)).map_or(within.end, |n| at + n);
    start..end.max(start)
}

fn within(bytes: &[u8], at: usize, reach: usize) -> Range<usize> {
    at.saturating_sub(reach)..at.saturating_add(reach).min(bytes.len())
}

fn base64(bytes: &[u8], at: usize, phase: u8) -> Option<Layer> {
    let within = within(bytes, at, RUN_REACH);
    let belongs = |b| sextet(b).is_some();
    let middle = around(bytes, at, &within, belongs);
    let mut lines = std::collections::VecDeque::from([middle.clone()]);
    let mut line = middle.clone();
    while let Some(next) = next_line(bytes, &line, &within) {
        lines.push_back(next.clone());
        line = next;
    }
    line = middle;
    while let Some(before) = line_before(bytes, &line, &within) {
        lines.push_front(before.clone());
        line = before;
    }
    let places = || lines.iter().flat_map(Range::clone);
    let before = places().take_while(|n| *n < at).count();
    let lead = *LEAD.get(usize::from(phase))?;
    let skip = before.checked_sub(lead)? % 4;
    let mut layer = Layer::default();
    let mut group: Vec<(usize, u32)> = Vec::with_capacity(4);
    for place in places().skip(skip) {
        group.push((place, u32::from(bytes.get(place).copied().and_then(sextet)?)));
        if group.len() == 4 {
            push_group(&mut layer, &group);
            group.clear();
        }
    }
    push_group(&mut layer, &group);
    Some(layer)
}

/// Four characters are three bytes, three are two, two are one.
fn push_group(layer: &mut Layer, group: &[(usize, u32)]) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let bits = (0..4).fold(0, |all, n| all << 6 | group.get(n).map_or(0, |g| g.1));
    let [_, decoded @ ..] = bits.to_be_bytes();
    let of = last.0 + 1 - first.0;
    // A group that a line break divides maps back as a whole.
    let grain = if of == group.len() { Grain::Bits } else { Grain::Unit };
    layer.push(decoded.get(..group.len() - 1).unwrap_or_default(), first.0, of, grain);
}

/// The line of base64 that goes on after `line`, when lines as long as it are wrapped ones.
fn next_line(bytes: &[u8], line: &Range<usize>, within: &Range<usize>) -> Option<Range<usize>> {
    let rest = bytes.get(line.end..within.end)?;
    let after = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    let indent = after.iter().take(INDENT).take_while(|b| matches!(b, b' ' | b'\t')).count();
    let start = within.end - after.len() + indent;
    let next = around(bytes, start, &(start..within.end), |b| sextet(b).is_some());
    joins(line, &next).then_some(next)
}

/// The line of base64 that `line` goes on from.
fn line_before(bytes: &[u8], line: &Range<usize>, within: &Range<usize>) -> Option<Range<usize>> {
    let rest = bytes.get(within.start..line.start)?;
    let indent = rest.iter().rev().take(INDENT).take_while(|b| matches!(b, b' ' | b'\t')).count();
    let rest = rest.get(..rest.len() - indent)?.strip_suffix(b"\n")?;
    let end = within.start + rest.strip_suffix(b"\r").unwrap_or(rest).len();
    let before = around(bytes, end, &(within.start..end), |b| sextet(b).is_some());
    joins(&before, line).then_some(before)
}

/// Whether two lines are parts of one wrapped text: decided by these two alone, so that it does not depend on where
/// reading began.
fn joins(line: &Range<usize>, next: &Range<usize>) -> bool {
    WRAPS.contains(&line.len()) && !next.is_empty() && next.len() <= line.len()
}

fn hex(bytes: &[u8], at: usize) -> Layer {
    let run = around(bytes, at, &within(bytes, at, RUN_REACH), |b| b.is_ascii_hexdigit());
    let start = run.start + at.saturating_sub(run.start) % 2;
    let mut layer = Layer::default();
    let pairs = bytes.get(start..run.end).unwrap_or_default().as_chunks::<2>().0;
    for (n, [high, low]) in pairs.iter().enumerate() {
        if let (Some(high), Some(low)) = (digit(*high), digit(*low)) {
            layer.push(&[high << 4 | low], start + 2 * n, 2, Grain::Unit);
        }
    }
    layer
}

/// Decodes the quoted text or the line that `at` lies in.
fn escapes(bytes: &[u8], at: usize, kind: Kind) -> Layer {
    let range = token(bytes, at, kind);
    let mut layer = Layer::default();
    let mut here = range.start;
    while let Some(rest @ [first, ..]) = bytes.get(here..range.end) {
        let one = match (kind, first) {
            (Kind::Percent, b'%') => number(rest, 1, 2).map(|n| Unescaped::byte(n, 3)),
            (Kind::Backslash, b'\\') => backslash(rest),
            (Kind::Html, b'&') => html(rest),
            _ => None,
        };
        match one {
            Some(one) => {
                layer.push(one.bytes(), here, one.of, Grain::Unit);
                here += one.of;
            }
            None => {
                layer.push(&[*first], here, 1, Grain::Unit);
                here += 1;
            }
        }
    }
    layer
}

/// The text between the quotes, angle brackets or line ends next to `at`.
fn token(bytes: &[u8], at: usize, kind: Kind) -> Range<usize> {
    let within = within(bytes, at, ESCAPE_REACH);
    let ends = |n: usize| match bytes.get(n) {
        Some(b'\n' | b'\r') => true,
        Some(b'"' | b'\'' | b'`') => {
            // An escaped quote is a part of the text.
            kind != Kind::Backslash || n.checked_sub(1).and_then(|n| bytes.get(n)) != Some(&b'\\')
        }
        Some(b' ' | b'\t') => kind == Kind::Percent,
        Some(b'<' | b'>') => kind != Kind::Backslash,
        _ => false,
    };
    let start = (within.start..at).rev().find(|n| ends(*n)).map_or(within.start, |n| n + 1);
    let end = (at..within.end).find(|n| ends(*n)).unwrap_or(within.end);
    start..end
}

/// What an escape stands for, and how long it is.
struct Unescaped {
    bytes: [u8; 4],
    len: usize,
    of: usize,
}

impl Unescaped {
    fn byte(value: u32, of: usize) -> Self {
        let [.., low] = value.to_be_bytes();
        Self { bytes: [low, 0, 0, 0], len: 1, of }
    }

    fn char(value: u32, of: usize) -> Self {
        let mut bytes = [0; 4];
        let len = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut bytes).len();
        Self { bytes, len, of }
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// The number that exactly `digits` hexadecimal digits at `from` write.
fn number(text: &[u8], from: usize, digits: usize) -> Option<u32> {
    text.get(from..from + digits)?.iter().try_fold(0, |all, b| Some(all << 4 | u32::from(digit(*b)?)))
}

fn backslash(text: &[u8]) -> Option<Unescaped> {
    let plain = |byte: u8| Some(Unescaped::byte(u32::from(byte), 2));
    match text.get(1)? {
        b'x' => Some(Unescaped::byte(number(text, 2, 2)?, 4)),
        b'u' if text.get(2) == Some(&b'{') => {
            let digits = text.get(3..)?.iter().take(7).position(|b| *b == b'}').filter(|n| *n > 0)?;
            Some(Unescaped::char(number(text, 3, digits)?, digits + 4))
        }
        b'u' => {
            let unit = number(text, 2, 4)?;
            let low = || number(text.get(6..)?.strip_prefix(b"\\u")?, 0, 4).filter(|n| (0xdc00..0xe000).contains(n));
            match unit {
                0xd800..0xdc00 => Some(match low() {
                    Some(low) => Unescaped::char(0x1_0000 + ((unit - 0xd800) << 10 | (low - 0xdc00)), 12),
                    None => Unescaped::char(unit, 6),
                }),
                _ => Some(Unescaped::char(unit, 6)),
            }
        }
        b'n' => plain(b'\n'),
        b'r' => plain(b'\r'),
        b't' => plain(b'\t'),
        same @ (b'\\' | b'/' | b'"' | b'\'' | b'`') => plain(*same),
        _ => None,
    }
}

fn html(text: &[u8]) -> Option<Unescaped> {
    let names = [(&b"&amp;"[..], b'&'), (b"&quot;", b'"'), (b"&apos;", b'\''), (b"&lt;", b'<'), (b"&gt;", b'>')];
    if let Some((name, byte)) = names.iter().find(|(name, _)| text.starts_with(name)) {
        return Some(Unescaped::byte(u32::from(*byte), name.len()));
    }
    let end = text.iter().take(12).position(|b| *b == b';')?;
    let value = match text.get(..end)? {
        [b'&', b'#', b'x' | b'X', digits @ ..] if !digits.is_empty() => number(digits, 0, digits.len())?,
        [b'&', b'#', digits @ ..] => std::str::from_utf8(digits).ok()?.parse().ok()?,
        _ => return None,
    };
    Some(Unescaped::char(value, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD as B64, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    /// Finds a form of `literal` in `text` and decodes there; all layers that this gives.
    fn all(text: &[u8], literal: &[u8]) -> Vec<Layer> {
        let mut out = Vec::new();
        for form in encoded_forms(literal) {
            let exact = &form.exact()[..form.text().len()];
            for (at, window) in text.windows(exact.len()).enumerate() {
                let same = |(want, have): (&u8, &u8)| want == have || (*want == 0 && have.is_ascii_alphabetic());
                if exact.iter().zip(window).all(same) {
                    out.extend(run(text, at, &form));
                }
            }
        }
        out
    }

    /// The source of `what` in the first layer that has it.
    fn place(text: &[u8], literal: &[u8], what: &[u8]) -> Option<Range<usize>> {
        all(text, literal).iter().find_map(|l| {
            let at = memchr::memmem::find(l.bytes(), what)?;
            Some(l.source(at..at + what.len()))
        })
    }

    fn escaped(what: &[u8], write: fn(u8) -> String) -> Vec<u8> {
        what.iter().flat_map(|b| write(*b).into_bytes()).collect()
    }

    #[test]
    fn forms_are_few_and_long_enough() {
        for literal in [&b"abcd"[..], b"~~~~~~", b"????>>>>", b"key-live_0123456789"] {
            let forms = encoded_forms(literal);
            assert!((7..=12).contains(&forms.len()), "{}", forms.len());
            assert!(forms.iter().all(|f| (4..=12).contains(&f.text().len())));
            for kind in [Kind::Base64, Kind::Hex, Kind::Percent, Kind::Backslash, Kind::Html] {
                assert!(forms.iter().any(|f| f.kind == kind));
            }
        }
        assert!(encoded_forms(b"abc").is_empty());
    }

    #[test]
    fn each_escape_is_undone_and_maps_back() {
        let what = b"lit_Value-1";
        let writers: [fn(u8) -> String; 9] = [
            |b| format!("%{b:02x}"),
            |b| format!("%{b:02X}"),
            |b| format!("\\x{b:02x}"),
            |b| format!("\\u{b:04X}"),
            |b| format!("\\u{b:04x}"),
            |b| format!("&#{b};"),
            |b| format!("&#x{b:x};"),
            |b| format!("{b:02x}"),
            |b| format!("{b:02X}"),
        ];
        for write in writers {
            let coded = escaped(what, write);
            let text = [&b"before = \""[..], &coded, b"\" after"].concat();
            assert_eq!(place(&text, b"lit_", what), Some(10..10 + coded.len()), "{}", write(b'l'));
        }
    }

    #[test]
    fn mixed_escapes_and_lone_surrogates_decode() {
        let text = br#"x = "say \"\u006c\u0069\u0074\u005f\n\ud83d\ude00\ud83dz\/\q" "#;
        let layers = all(text, b"lit_");
        assert_eq!(layers[0].bytes(), "say \"lit_\n\u{1f600}\u{fffd}z/\\q".as_bytes());
        assert_eq!(layers[0].source(0..3), 5..8);
    }

    #[test]
    fn wrapped_base64_is_one_text_and_short_lines_are_many() {
        let what: Vec<u8> = (0..90_u8).map(|n| b'0' + n % 70).chain(*b"lit_Value").chain(0..100).collect();
        let coded = B64.encode(&what);
        for (wrap, end) in [(64, "\n"), (76, "\r\n    ")] {
            let lines: Vec<&str> =
                coded.as_bytes().chunks(wrap).map(|l| std::str::from_utf8(l).expect("ASCII")).collect();
            let text = format!("data: |{end}{}{end}next: 1", lines.join(end));
            let place = place(text.as_bytes(), b"lit_", &what).expect("one text");
            assert_eq!(&text[place], lines.join(end).trim_end_matches('='));
        }
        let list = format!("{0}\n{0}\n", B64.encode(b"lit_Value123"));
        assert!(all(list.as_bytes(), b"lit_").iter().all(|l| l.bytes() == b"lit_Value123"));
    }

    proptest! {
        #[test]
        fn base64_is_recovered_at_each_phase(
            before in proptest::collection::vec(any::<u8>(), 0..40),
            after in proptest::collection::vec(any::<u8>(), 0..40),
            glue in "[A-Za-z0-9]{0,9}",
            literal in proptest::collection::vec(any::<u8>(), 4..20),
            url: bool,
        ) {
            let payload = [&before[..], &literal, &after].concat();
            let coded = if url { URL_SAFE_NO_PAD.encode(&payload) } else { B64.encode(&payload) };
            let text = format!("(\"{glue}{coded}\")");
            let from = before.len();
            let base = 2 + glue.len();
            let want = base + from * 8 / 6..base + ((from + literal.len()) * 8).div_ceil(6);
            let found = all(text.as_bytes(), &literal).iter().any(|l| {
                memchr::memmem::find_iter(l.bytes(), &literal).any(|at| {
                    l.source(at..at + literal.len()) == want && l.bytes()[at + literal.len()..] == after[..]
                })
            });
            prop_assert!(found);
        }

        #[test]
        fn no_bytes_make_it_panic_and_ranges_stay_inside(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\\'), Just(b'u'), Just(b'{'), Just(b'%'), Just(b'&'),
                Just(b'#'), Just(b';'), Just(b'\n'), Just(b'6'), any::<u8>()], 0..200),
            at in 0..210_usize,
        ) {
            for form in encoded_forms(b"lit_") {
                if let Some(layer) = run(&bytes, at, &form) {
                    let mut last = 0..0;
                    for n in 0..layer.bytes().len() {
                        let one = layer.source(n..n + 1);
                        prop_assert!(one.start >= last.start && one.end >= last.end && one.end <= bytes.len());
                        last = one;
                    }
                }
            }
        }
    }
}
