//! Small parts of a SARIF log: messages, property bags, numbers, text without markup.

use crate::text::escape;
use serde_json::Value;
use serde_sarif::sarif;

/// Base of all URIs: the root of the scan, whose place on this machine nobody needs to know.
pub(super) const ROOT: &str = "%SRCROOT%";

pub(super) fn message(text: &str) -> sarif::Message {
    sarif::Message { text: Some(text.into()), ..Default::default() }
}

pub(super) fn texts(text: String, markdown: Option<String>) -> sarif::MultiformatMessageString {
    sarif::MultiformatMessageString { text, markdown, properties: None }
}

pub(super) fn bag(entries: impl IntoIterator<Item = (&'static str, Value)>) -> sarif::PropertyBag {
    let additional_properties = entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    sarif::PropertyBag { tags: None, additional_properties }
}

/// Text inside a message: no characters that drive a viewer, no placeholder, no link. The standard would have brackets
/// escaped by a backslash, which not every viewer takes away again, so they become round.
pub(super) fn plain(text: &str) -> String {
    let round = |c| match c {
        '[' | '{' => '(',
        ']' | '}' => ')',
        c => c,
    };
    escape::terminal(text.as_bytes()).chars().map(round).collect()
}

/// With a capital letter at its start and a full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut chars = text.chars();
    let start: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{start}{}{stop}", chars.as_str())
}

pub(super) fn number(n: u64, least: i64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX).max(least)
}
