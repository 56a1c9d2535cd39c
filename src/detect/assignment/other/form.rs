//! Forms of values that no secret has, whatever its name: dates, patterns, rules of forms, routes, references, code.
//!
//! In: a value. Out: whether it has such a form. It reads nothing beside the value.

use super::super::key::{Pieces, at};

/// Forms that no secret has: a date, a pattern, the start of a JSON text, a route, a word in brackets, a name behind `$`.
pub(super) fn is_form(value: &[u8]) -> bool {
    let words =
        |text: &[u8]| !text.is_empty() && text.iter().all(|b| is_word(*b) || matches!(b, b' ' | b'-' | b'.' | b'/'));
    let lower_words = |text: &[u8]| !text.is_empty() && text.iter().all(|b| b.is_ascii_lowercase() || *b == b'-');
    let lower =
        |text: &[u8]| !text.is_empty() && text.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'/'));
    let inner = value.get(1..value.len().saturating_sub(1)).unwrap_or_default();
    let bracketed = matches!((at(value, 0), value.last()), (b'[', Some(b']')) | (b'<', Some(b'>')))
        && words(inner)
        && !inner.iter().any(u8::is_ascii_digit);
    let route = value.iter().position(|b| *b == b'#').is_some_and(|i| {
        let action = &value[i + 1..];
        lower(&value[..i]) && lower(action.strip_suffix(b"!").or_else(|| action.strip_suffix(b"?")).unwrap_or(action))
    });
    let reference = value.first() == Some(&b'$')
        && value
            .iter()
            .position(|b| *b == b':')
            .is_some_and(|i| i > 1 && words(&value[1..i]) && words(&value[i + 1..]));
    let json = [&b"{\""[..], b"[{", b"{\\\"", b"[\""].iter().any(|head| value.starts_with(head));
    // What is between two strings: `',parameters('p'),'`.
    let between = matches!(at(value, 0), b',' | b'+') && value.ends_with(b"(");
    // Cut short for a reader.
    let short = value.len() < 28 || value.starts_with(b"eyJ");
    let cut_short = (short && value.ends_with(b"..."))
        || memchr::memmem::find(value, "\u{2026}".as_bytes()).is_some_and(|at| at > 0);
    // Switches, and what `password.decode("utf-8")` is given.
    let switch = [
        &b"true"[..],
        b"false",
        b"null",
        b"yes",
        b"utf-8",
        b"utf8",
        b"utf-16",
        b"ascii",
        b"latin-1",
        b"latin1",
        b"iso-8859-1",
    ];
    // The name of an option, and letters to choose from.
    let option = value.strip_prefix(b"--").is_some_and(lower_words);
    let letters =
        value.len() > 25 && memchr::memmem::find(&value.to_ascii_lowercase(), b"abcdefghijklmnopqrst").is_some();
    // Words of a URL: `Travis%20Deploy`.
    let mut words = std::str::from_utf8(value).unwrap_or_default().split("%20");
    let spaced = memchr::memmem::find(value, b"%20").is_some()
        && words.all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic()));
    // All the signs of a keyboard, which tests of special characters have.
    let keyboard = memchr::memmem::find(value, b"!@#$%^&*()_+{}[]").is_some();
    bracketed
        || keyboard
        || option
        || spaced
        || letters
        || value.starts_with(b"#/")
        || is_urn(value)
        || is_algorithm(value)
        || is_escaped_text(value)
        || is_column(value)
        || switch.iter().any(|word| value.eq_ignore_ascii_case(word))
        || cut_short
        || between
        || route
        || reference
        || json
        || is_date(value)
        || is_pattern(value)
        || is_rule(value)
        || is_expression(value)
}

/// A text in another script, as files of properties have it: mostly escapes of characters that are not Latin.
fn is_escaped_text(value: &[u8]) -> bool {
    let other = |w: &&[u8]| w.starts_with(b"\\u") && w[2..].iter().all(u8::is_ascii_hexdigit) && w[2..] > b"024f"[..];
    let escapes = value.windows(6).filter(other).count();
    escapes > 1 && escapes * 12 >= value.len()
}

/// The name of an algorithm: `SHA512-CRYPT`, `aes-256-gcm`, `HmacSHA256`, `PBKDF2WithHmacSHA1`.
fn is_algorithm(value: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[
        b"aes",
        b"argon",
        b"bcrypt",
        b"blowfish",
        b"chacha",
        b"crypt",
        b"des",
        b"desede",
        b"ecdsa",
        b"ed",
        b"es",
        b"hmac",
        b"hs",
        b"md",
        b"pbkdf",
        b"poly",
        b"ps",
        b"rs",
        b"rsa",
        b"scrypt",
        b"sha",
        b"ssha",
    ];
    const PARTS: &[&[u8]] = &[
        b"and",
        b"cbc",
        b"ccm",
        b"cfb",
        b"ctr",
        b"ecb",
        b"encryption",
        b"gcm",
        b"i",
        b"id",
        b"nopadding",
        b"oaep",
        b"ofb",
        b"padding",
        b"pkcs",
        b"with",
        b"xts",
    ];
    let letters = |part: &&[u8]| part.first().is_some_and(u8::is_ascii_alphabetic);
    let is = |all: &[&[u8]], part: &[u8]| all.iter().any(|word| part.eq_ignore_ascii_case(word));
    let plain = value.len() < 40 && value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/'));
    // `HmacSHA256`: the hump is found before the capitals end.
    let mut named = false;
    plain
        && Pieces(value).filter(letters).all(|part| {
            let name = is(NAMES, part);
            named |= name;
            name || is(PARTS, part)
        })
        && named
        && value.iter().filter(|b| b.is_ascii_digit()).count() <= 6
}

/// A colour of a design: `#1a2b3c`, `rgba(0, 0, 0, 0.5)`.
pub(super) fn is_color(value: &[u8]) -> bool {
    let hex = value.strip_prefix(b"#");
    hex.is_some_and(|hex| matches!(hex.len(), 3 | 4 | 6 | 8) && hex.iter().all(u8::is_ascii_hexdigit))
        || [&b"rgb("[..], b"rgba(", b"hsl(", b"hsla("].iter().any(|head| value.starts_with(head))
}

/// `urn:k8s:secret:shop:key`: its namespace in small letters, and a name in it.
fn is_urn(value: &[u8]) -> bool {
    value.strip_prefix(b"urn:").is_some_and(|rest| {
        let namespace = rest.iter().take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || **b == b'-').count();
        (2..=16).contains(&namespace) && at(rest, namespace) == b':'
    })
}

/// The type of a column: `VARCHAR(100) NOT NULL`.
fn is_column(value: &[u8]) -> bool {
    let kind = value.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let known = [&b"varchar"[..], b"nvarchar", b"char", b"varbinary", b"binary", b"character", b"decimal", b"int"];
    known.iter().any(|word| value[..kind].eq_ignore_ascii_case(word))
        && at(value, kind) == b'('
        && value[kind + 1..]
            .iter()
            .position(|b| !b.is_ascii_digit())
            .is_some_and(|i| i > 0 && value[kind + 1 + i] == b')')
}

/// Rules for what a form takes: `required|min:16`, `required_with:user,auth`.
fn is_rule(value: &[u8]) -> bool {
    const RULES: &[&[u8]] = &[
        b"required",
        b"nullable",
        b"sometimes",
        b"confirmed",
        b"string",
        b"min",
        b"max",
        b"bail",
        b"same",
        b"present",
        b"prohibited",
        b"filled",
        b"current_password",
    ];
    let mut known = false;
    let rule = |part: &[u8]| {
        let name = part.split(|b| *b == b':').next().unwrap_or_default();
        let stem = name.split(|b| *b == b'_').next().unwrap_or_default();
        known |= RULES.contains(&name) || RULES.contains(&stem);
        !name.is_empty() && name.iter().all(|b| b.is_ascii_lowercase() || *b == b'_')
    };
    let many = value.contains(&b'|') || value.contains(&b':');
    many && value.split(|b| *b == b'|').all(rule) && known
}

/// Code in quotes: a call, or variables of a shell one after the other.
fn is_expression(value: &[u8]) -> bool {
    // `$t('password')` asks for a text.
    let code = value.strip_prefix(b"$").unwrap_or(value);
    let ident = code.iter().take_while(|b| is_word(**b) || **b == b'.').count();
    let named = ident > 2 || (ident > 0 && code.len() < value.len());
    // What is asked for so is a name.
    let named = named && (code.len() == value.len() || code.iter().filter(|b| b.is_ascii_digit()).count() < 2);
    let call = named && code[0].is_ascii_alphabetic() && at(code, ident) == b'(' && code.ends_with(b")");
    let quoted = call && (value.ends_with(b"()") || value.iter().any(|b| matches!(b, b'\'' | b'"')));
    let variables = value.starts_with(b"$")
        && value.iter().filter(|b| b.is_ascii_digit()).count() < 3
        && value.split(|b| *b == b'$').skip(1).all(|name| {
            let name = name.strip_prefix(b"{").and_then(|n| n.strip_suffix(b"}")).unwrap_or(name);
            name.first().is_some_and(u8::is_ascii_alphabetic) && name.iter().all(|b| is_word(*b))
        });
    quoted || variables
}

/// `2019-03-20T17:54:53Z`, `2019-03-20`.
fn is_date(value: &[u8]) -> bool {
    let digits =
        |range: std::ops::Range<usize>| value.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && at(value, 4) == b'-'
        && at(value, 7) == b'-'
        && (value.len() == 10 || (matches!(at(value, 10), b'T' | b' ') && digits(11..13) && at(value, 13) == b':'))
}

/// Seconds or milliseconds since 1970, in the years 2001 to 2033.
pub(super) fn is_time(value: &[u8]) -> bool {
    matches!(value.len(), 10 | 13) && value[0] == b'1' && value.iter().all(u8::is_ascii_digit)
}

/// A regular expression: bound at both ends, or with a count, a class or an escape of a class in it.
fn is_pattern(value: &[u8]) -> bool {
    let bound = value.starts_with(b"^") && value.ends_with(b"$");
    let count = value.split(|b| *b == b'{').skip(1).any(|part| {
        let inner = part.iter().take_while(|b| b.is_ascii_digit() || **b == b',').count();
        inner > 1 && part[..inner].contains(&b',') && at(part, inner) == b'}'
    });
    let class =
        value.windows(3).any(|w| matches!(w, b"\\d+" | b"\\w+" | b"\\S+" | b"\\d{" | b"\\w{" | b"\\S{" | b"\\s*"));
    bound || count || class
}

pub(super) fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}
