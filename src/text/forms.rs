//! The encoded forms of a literal: the few strings of which one stands in the text wherever the literal stands in it
//! encoded, however the bytes around it fall.
//!
//! In: a distinctive literal of a rule. Out: [`EncodedForm`]s. Compiled into the build script, too: the forms of the
//! built-in rules are static data, for there are thousands of them.

/// Bytes of an anchor whose forms are looked for: more would only make the automaton larger.
pub const FORM_LITERAL: usize = 6;
/// Longest form in bytes.
pub const FORM_MOST: usize = 8;
/// Shortest form in bytes: the shortest anchor.
const FORM_LEAST: usize = 4;

/// How text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Base64 in either alphabet.
    Base64,
    /// Two hexadecimal digits a byte.
    Hex,
    /// `%41`.
    Percent,
    /// `\x41`, `\u0041`, `\n`.
    Backslash,
    /// `&#65;`, `&#x41;`, `&quot;`.
    Html,
}

/// A string that stands in the text where a literal stands encoded. Hexadecimal digits are lower case here and of
/// either case in the text.
///
/// Plain bytes, without a pointer: there are thousands of them in every process, however little it scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodedForm {
    /// The string, 4 to 8 bytes of ASCII, and zeros.
    pub bytes: [u8; FORM_MOST],
    /// Its length.
    pub len: u8,
    /// Its encoding.
    pub kind: Kind,
    /// Base64: how many bytes stand before the literal in its first group of three; otherwise 0.
    pub phase: u8,
    /// Where its rarest four bytes begin, as far as that is known.
    pub rarest: u8,
}

impl EncodedForm {
    /// The string.
    pub fn text(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// The string, each byte folded.
    pub fn folded(&self, fold: fn(u8) -> u8) -> Vec<u8> {
        self.text().iter().map(|b| fold(*b)).collect()
    }

    /// The bytes that must stand there, 0 for a letter of either case.
    pub fn exact(&self) -> [u8; FORM_MOST] {
        match self.kind {
            Kind::Base64 => self.bytes,
            _ => self.bytes.map(|b| if b.is_ascii_lowercase() { 0 } else { b }),
        }
    }

    /// Characters of the run between the start of a unit (a group of four, a pair) and the form's first.
    pub fn lead(&self) -> usize {
        if self.kind == Kind::Base64 { LEAD.get(usize::from(self.phase)).copied().unwrap_or(0) } else { 0 }
    }
}

/// Characters of base64 between the start of a group and the first that the literal alone decides, by phase.
pub(super) const LEAD: [usize; 3] = [0, 2, 3];

/// The forms of `literal`; none when it is shorter than 4 bytes.
pub fn encoded_forms(literal: &[u8]) -> Vec<EncodedForm> {
    let mut out: Vec<EncodedForm> = Vec::new();
    if literal.len() < 4 {
        return out;
    }
    let mut add = |mut text: Vec<u8>, kind, phase| {
        text.truncate(FORM_MOST);
        let mut bytes = [0; FORM_MOST];
        bytes[..text.len()].copy_from_slice(&text);
        let form = EncodedForm { bytes, len: text.len() as u8, kind, phase, rarest: 0 };
        if text.len() >= FORM_LEAST && !out.contains(&form) {
            out.push(form);
        }
    };
    for (phase, lead) in (0..).zip(LEAD) {
        for alphabet in [STANDARD, URL] {
            add(base64_inside(literal, usize::from(phase), lead, alphabet), Kind::Base64, phase);
        }
    }
    let each = |write: fn(u8) -> String| literal.iter().flat_map(|b| write(*b).into_bytes()).collect::<Vec<u8>>();
    add(each(|b| format!("{b:02x}")), Kind::Hex, 0);
    add(each(|b| format!("%{b:02x}")), Kind::Percent, 0);
    add(each(|b| format!("\\x{b:02x}")), Kind::Backslash, 0);
    add(each(|b| format!("\\u{b:04x}")), Kind::Backslash, 0);
    add(each(|b| format!("&#{b};")), Kind::Html, 0);
    add(each(|b| format!("&#x{b:02x};")), Kind::Html, 0);
    out
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The characters that `literal` alone decides when `phase` unknown bytes stand before it in its group.
fn base64_inside(literal: &[u8], phase: usize, lead: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let bit = |n: usize| n.checked_sub(8 * phase).and_then(|n| Some(literal.get(n / 8)? >> (7 - n % 8) & 1));
    let sextet = |at: usize| (6 * at..6 * at + 6).try_fold(0, |all, n| Some(all << 1 | usize::from(bit(n)?)));
    (lead..).map_while(|at| alphabet.get(sextet(at)?).copied()).collect()
}
