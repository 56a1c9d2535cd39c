//! Values that are no secrets: placeholders, repetitions, sequences, and examples that their vendors publish.
//!
//! In: a value without its provider's prefix. Out: reasons against it. A value of a random alphabet holds short words by
//! chance, so a word counts only by the share of the value that it covers, or by its length: seven given letters stand
//! in forty random ones once in hundreds of millions of tokens. It never looks at the value's surroundings.

mod published;
mod sequence;
mod words;

pub use published::{fingerprint, published};

use crate::finding::evidence::{Evidence, Reason};
pub(super) use sequence::{follows, is_filler};
use sequence::{is_sequence, repeats};
use words::has_words;

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
    } else if is_sequence(value) || has_counted_parts(value) {
        says.push(Evidence::new(Reason::Sequence));
    }
    says
}

/// Whether two parts of it count: `1234567890-0123456789-...`. An issuer gives numbers to accounts, never these two.
fn has_counted_parts(value: &[u8]) -> bool {
    let parts = value.split(|b| !b.is_ascii_alphanumeric()).filter(|part| part.len() > 7);
    parts.filter(|part| part.iter().all(u8::is_ascii_digit) && is_filler(part)).take(2).count() > 1
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
        || is_constant(text)
        // The end of one text and the start of the next, with code between them: `',parameters('p'),'`.
        || matches!(text, [b'\'' | b'"', b',' | b'+' | b'.' | b'&', ..])
        || (matches!(first, b',' | b'+') && *last == b'(')
        || text.iter().all(|b| b"*xX.-_#?".contains(b))
}

/// The name of a constant that holds a secret: `CLUSTER_API_SECRET`.
fn is_constant(text: &[u8]) -> bool {
    let telling = [&b"SECRET"[..], b"PASSWORD", b"PASSWD", b"TOKEN", b"KEY", b"PWD"];
    let mut words = text.split(|b| *b == b'_');
    text.iter().all(|b| b.is_ascii_uppercase() || *b == b'_')
        && text.contains(&b'_')
        && words.any(|w| telling.contains(&w))
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

#[cfg(test)]
mod tests;
