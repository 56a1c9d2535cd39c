//! What joins a name and its value, and the white space around it.
//!
//! In: text and a place in it. Out: [`Join`], which `syntax` decides and all readers of values are told; the place after the
//! white space. No allocation.

use super::key::{at, cut};

/// What joins name and value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// `name = value`
    Equals,
    /// `name: value`
    Colon,
    /// `name == value`
    Compare,
    /// `setName(value)`
    Call,
    /// `("name", value)`
    Pair,
    /// `--name value`, `ENV NAME value`
    Flag,
    /// `?name=value`
    Query,
    /// `<name>value</name>`
    Element,
    /// `name "value"`
    Space,
    /// `name is value`
    Is,
    /// `| name | value |`
    Cell,
    /// `name: NAME`, then `value: value`
    Named,
    /// `Authorization: Digest response="value"`: the answer to one request
    Signature,
}

/// Past blanks and tabs, and what a word processor puts in the place of a blank (U+00A0).
pub(super) fn blanks(text: &[u8], from: usize) -> usize {
    let mut here = from;
    loop {
        match at(text, here) {
            b' ' | b'\t' => here += 1,
            0xc2 if at(text, here + 1) == 0xa0 => here += 2,
            _ => return here,
        }
    }
}

/// Past white space of any kind, at most 80 bytes of it.
pub(super) fn space(text: &[u8], from: usize) -> usize {
    from + cut(text, from..from.saturating_add(80)).iter().take_while(|b| b.is_ascii_whitespace()).count()
}
