//! Text: what a blob's bytes are as text, layers that are decoded from them, and where in the text a byte stands.
//!
//! In: bytes. Out: a [`view::View`] of the whole; [`layer::Layer`]s of decoded text whose ranges map back to the bytes
//! they came from; lines and columns. Decoding is one level deep and local: how a byte decodes depends only on bytes
//! near it. Nothing here opens archives or decides what a secret is.

pub mod decode;
pub mod escape;
pub mod forms;
pub mod glob;
pub mod gzip;
pub mod layer;
pub mod lines;
pub(crate) mod mistake;
pub mod saved;
pub mod view;
pub mod wide;

/// The last boundary of characters that is not after `at`.
pub(crate) fn char_floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// `1 finding`, `3 findings`: a number with its noun, and what else agrees with it.
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
