//! What a comment of ours asks for, and what is wrong with one that asks for nothing.
//!
//! In: the text after `leaktight:`. Out: a message that says how to write it, or nothing where it is no request at all. How
//! much of a comment is read is bounded here, for all of `comment`.

/// Our own way of writing it.
pub const LEAKTIGHT: &str = "leaktight";
/// Longest reason that is kept, in characters.
pub(super) const MAX_REASON: usize = 300;
/// Requests on one line that are read, and bytes of the list of rules and of the reason of one. More helps nobody but who
/// wants to keep us busy.
pub(super) const MAX_REQUESTS: usize = 16;
pub(super) const MAX_LIST: usize = 1024;
pub(super) const MAX_WORDS: usize = 8 * MAX_REASON;
/// Words by which people ask a scanner to be silent. Another word after `leaktight:` is none of our business.
const REQUESTS: &[&str] = &[
    "accept",
    "accepted",
    "allow",
    "allowed",
    "allowlist",
    "disable",
    "exclude",
    "false-positive",
    "ignore",
    "ignored",
    "noqa",
    "nosec",
    "off",
    "permit",
    "safe",
    "skip",
    "suppress",
    "whitelist",
];

/// Longest part of a comment that is quoted, in characters.
const MAX_QUOTED: usize = 40;

/// What is wrong with the request that `rest`, the text after `leaktight:`, begins with.
pub(super) fn wrong_request(rest: &str, rule: &str, exists: &dyn Fn(&str) -> bool) -> Option<String> {
    const FORM: &str = "write `leaktight: allow(rule-id) reason`";
    let quoted = |text: &str| text.chars().take(MAX_QUOTED).collect::<String>();
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let word = rest.split(|c| !part(c)).next().unwrap_or_default();
    let lower = word.to_ascii_lowercase();
    if word != "allow" {
        let meant = REQUESTS.iter().any(|w| lower == *w)
            || (3..=6).contains(&lower.len()) && strsim::levenshtein(&lower, "allow") <= 1;
        return meant.then(|| format!("`{}` is not a word of leaktight; {FORM}", quoted(word)));
    }
    let Some(list) = rest[word.len()..].trim_start().strip_prefix('(') else {
        return Some(format!("`allow` names no rule; {FORM}"));
    };
    let Some((names, _)) = list.split_once(')') else {
        return Some(format!("the list of rules has no `)`; {FORM}"));
    };
    let mut names = names.split(',').map(str::trim);
    if let Some(unknown) = names.clone().find(|name| !exists(name)) {
        return Some(match unknown {
            "" => format!("`allow()` names no rule; {FORM}"),
            name => format!("there is no rule `{}`; {FORM}", quoted(name)),
        });
    }
    names.any(|name| name == rule).then(|| format!("it gives no reason; {FORM}"))
}
