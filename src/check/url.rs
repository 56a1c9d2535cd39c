//! URLs with credentials in their authority (RFC 3986, section 3.2), as they stand in real text: in quotes, in
//! configuration, with unescaped signs in the password. The url crate normalises and refuses many of them.
//!
//! In: text and the place of `scheme://`. Out: [`Authority`] with user, password and host as ranges, or none when there
//! is no literal password. It decides nothing about how likely it is; that is weighed elsewhere.

use std::ops::Range;

/// How far the reader looks beyond `scheme://`, in bytes.
pub const REACH: usize = 512;

/// The parts of an authority that holds a password, as ranges of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Scheme, user, password and host together.
    pub whole: Range<usize>,
    /// May be empty.
    pub user: Range<usize>,
    /// Never empty.
    pub password: Range<usize>,
    /// Without port; empty when there is none (a database file, a socket).
    pub host: Range<usize>,
}

/// Reads the authority after `scheme`, the range of `scheme://` in `text`.
pub fn parse(text: &[u8], scheme: Range<usize>) -> Option<Authority> {
    let start = scheme.end;
    let rest = text.get(start..text.len().min(start + REACH))?;
    // The authority ends where white space, a quote or a bracket of the surrounding text stands...
    let end = rest.iter().position(|b| b.is_ascii_whitespace() || b.is_ascii_control() || b"\"'`<>\\|".contains(b));
    let rest = &rest[..end.unwrap_or(rest.len())];
    // ... or at the first slash, question mark or hash after its at sign. People write unescaped slashes and hashes in
    // passwords, but a path with an at sign (`//host/@scope/name`) is far more common: stop at a slash before it.
    let stop = |from: usize| rest[from..].iter().position(|b| b"/?".contains(b)).map_or(rest.len(), |n| from + n);
    let at = match memchr::memrchr(b'@', &rest[..stop(0)]) {
        Some(at) => at,
        None => late_sign(rest, text.get(scheme.clone())?)?,
    };
    let authority = &rest[..stop(at)];
    let colon = memchr::memchr(b':', &authority[..at])?;
    let (user, mut password) = (0..colon, colon + 1..at);
    // `${NAME:-default}`: what it is without the variable.
    let written = &authority[password.clone()];
    if let Some(default) = written.strip_prefix(b"${").and_then(|rest| rest.strip_suffix(b"}")) {
        let sign = memchr::memmem::find(default, b":-")?;
        password = password.start + 2 + sign + 2..password.end - 1;
    }
    if password.is_empty() || is_reference(&authority[password.clone()]) {
        return None;
    }
    let after = &authority[at + 1..];
    let host_len = if after.first() == Some(&b'[') {
        memchr::memchr(b']', after).map_or(after.len(), |i| i + 1)
    } else {
        after.iter().position(|b| b":,)(;#".contains(b)).unwrap_or(after.len())
    };
    let here = |r: Range<usize>| start + r.start..start + r.end;
    Some(Authority {
        whole: scheme.start..start + at + 1 + host_len,
        user: here(user),
        password: here(password),
        host: here(at + 1..at + 1 + host_len),
    })
}

/// The at sign of an authority whose password has a question mark or a slash in it: the slash only in URLs of services that
/// have no paths to speak of, and neither where a port or a query is.
fn late_sign(rest: &[u8], scheme: &[u8]) -> Option<usize> {
    const STORES: [&[u8]; 11] = [
        b"postgres",
        b"postgresql",
        b"mysql",
        b"mariadb",
        b"mongodb",
        b"redis",
        b"rediss",
        b"amqp",
        b"amqps",
        b"sqlserver",
        b"mssql",
    ];
    let at = memchr::memchr(b'@', rest)?;
    let colon = memchr::memchr(b':', &rest[..at])?;
    let password = &rest[colon + 1..at];
    let name = scheme.strip_suffix(b"://").unwrap_or(scheme);
    let is_store = STORES.iter().any(|store| name.eq_ignore_ascii_case(store));
    let first = password.iter().position(|b| b"/?".contains(b))?;
    let is_port = password[..first].iter().all(u8::is_ascii_digit);
    let is_query = password.iter().any(|b| matches!(b, b'=' | b'&'));
    let user = rest[..colon].iter().all(|b| !b"/?#".contains(b));
    let host = rest.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
    (user && host && !is_port && !is_query && (is_store || !password.contains(&b'/'))).then_some(at)
}

/// Whether `value` refers to a value that stands elsewhere: a variable, a template, a format.
fn is_reference(value: &[u8]) -> bool {
    let open = value[0];
    let close = value[value.len() - 1];
    value.starts_with(b"$")
        || value.starts_with(b"#{")
        || memchr::memmem::find(value, b"${").is_some()
        || memchr::memmem::find(value, b"{{").is_some()
        || memchr::memmem::find(value, b"$(").is_some()
        || (open == b'{' && close == b'}')
        || (open == b'[' && close == b']')
        || (open == b'(' && close == b')')
        || (open == b'%' && value.len() <= 3)
        || value.starts_with(b"%(")
        || (open == b'%' && close == b'%')
        || value.starts_with(b":")
}

/// `value` with its percent escapes undone.
pub fn percent_decoded(value: &[u8]) -> Vec<u8> {
    let digit = |b: Option<&u8>| b.and_then(|b| (*b as char).to_digit(16));
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while let Some(&byte) = value.get(at) {
        match (byte, digit(value.get(at + 1)), digit(value.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Option<String> {
        let colon = text.find("://").expect("a scheme");
        let scheme = text[..colon].rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |i| i + 1)..colon + 3;
        parse(text.as_bytes(), scheme).map(|a| text[a.password].to_owned())
    }

    #[test]
    fn reads_what_people_write() {
        for (text, want) in [
            (concat!("amqp://u:", "one@h"), Some("one")),
            (concat!("url = \"postgres://u:", "o@n@e@h.io:5432/db\""), Some("o@n@e")),
            (concat!("redis://:", "one@h:6379/0"), Some("one")),
            ("https://u@h/path", None),
            ("https://h:8443/@scope/name", None),
            ("https://h/a:b@c", None),
            ("https://${USER}:${PASS}@h", None),
            ("https://u:{{ pass }}@h", None),
            ("https://u:%s@h", None),
            ("https://u:#{pass}@h", None),
            ("https://u:@h", None),
        ] {
            assert_eq!(password(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn percent_escapes_are_undone() {
        assert_eq!(percent_decoded(b"a%40b%2"), b"a@b%2");
    }
}
