//! How rare a literal is in source text: the rarer an anchor, the fewer places where a rule is tried.
//!
//! In: folded literals. Out: rough bits of surprise. This file is compiled into the build script, too.

use super::literals::Literal;

/// Words that source text is full of: an anchor that is a part of one is worth little.
const COMMON: &[&str] = &[
    "https://",
    "http://",
    "application",
    "authorization",
    "authentication",
    "password",
    "secret",
    "token",
    "client",
    "private",
    "access",
    "callback",
    "database",
    "encrypt",
    "encryption",
    "storage",
    "channel",
    "redirect",
    "validate",
    "security",
    "identified",
    "identifier",
    "integration",
    "credential",
    "credentials",
    "consumer",
    "reporter",
    "connection",
    "service",
    "account",
    "default",
    "user",
    "username",
    "port",
    "path",
    "mode",
    "host",
    "name",
    "type",
    "project",
    "server",
    "cloud",
    "admin",
    "public",
    "string",
    "value",
    "config",
    "api_key",
    "apikey",
    "api-key",
    "access_token",
    "private_key",
];

/// Rough bits of surprise of the most common literal in source text, less for every doubling of their number.
pub(super) fn score(set: &[Literal]) -> f64 {
    let least = set.iter().map(|l| rarity(&l.folded)).fold(f64::MAX, f64::min);
    least - 0.35 * (set.len().max(1) as f64).log2()
}

/// Rough bits of surprise of a folded literal in source text.
pub(super) fn rarity(folded: &[u8]) -> f64 {
    let sum: f64 = folded
        .iter()
        .map(|b| match b {
            b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 0.8,
            b'a'..=b'z' => 1.0,
            b'0' => 0.5,
            b' ' | b'-' | b'=' | b'*' | b'#' | b'/' => 0.4,
            _ => 1.1,
        })
        .sum();
    let common = COMMON.iter().any(|word| word.as_bytes().windows(folded.len().max(1)).any(|part| part == folded));
    if common { sum / 3.0 } else { sum }
}
