//! What joins a name and its value, and the white space around it.
//!
//! In: text and a place in it. Out: [`Join`], which `syntax` decides and all readers of values are told; the place after the
//! white space. No allocation.

use super::key::cut;

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

/// Past blanks and tabs.
pub(super) fn blanks(text: &[u8], from: usize) -> usize {
    from + cut(text, from..text.len()).iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// Past white space of any kind, at most 80 bytes of it.
pub(super) fn space(text: &[u8], from: usize) -> usize {
    from + cut(text, from..from.saturating_add(80)).iter().take_while(|b| b.is_ascii_whitespace()).count()
}
