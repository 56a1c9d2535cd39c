//! Values that cannot be a literal secret, whatever their name: literals and types of languages, templates, addresses, patterns.
//!
//! In: a value and whether it is quoted. Out: whether it is refused; nothing is weighed then.

use super::key::at;
use super::shape::{generated, generated_password, has_no_word};
use super::words::{CODE_WORDS, REFERENCE};

/// Whether `value` cannot be a literal secret.
pub(super) fn refused(value: &[u8], quoted: bool) -> bool {
    if value.len() < 3 || !value.iter().any(u8::is_ascii_alphanumeric) && value.iter().all(u8::is_ascii) {
        return true;
    }
    let has = |piece: &[u8]| value.windows(piece.len()).any(|w| w == piece);
    // A template: closed, or cut in two by a quote inside of it, and then a name or a call follows.
    let template = |opens: &[u8], closes: &[u8]| {
        memchr::memmem::find(value, opens).is_some_and(|i| {
            let rest = &value[i + opens.len()..];
            let expression = rest.iter().any(|b| b" .([".contains(b)) || rest.iter().all(|b| !b.is_ascii_digit());
            expression || memchr::memmem::find(rest, closes).is_some()
        })
    };
    if has(b"://")
        || template(b"${", b"}")
        || template(b"{{", b"}}")
        || template(b"<%", b"%>")
        || template(b"#{", b"}")
        || template(b"$(", b")")
        || has(b"-----BEGIN")
        || template(b"%(", b")")
        || template(b"{%", b"%}")
        || template(b"$[", b"]")
        || (value.len() < 5 || value.ends_with(b"@@")) && value.starts_with(b"@@")
        || (value.starts_with(b"@@") || value.ends_with(b"@@")) && !value.iter().any(u8::is_ascii_digit)
    {
        return true;
    }
    let first = at(value, 0);
    let rest = value.get(1..).unwrap_or(&[]);
    let word = |b: &[u8]| !b.is_empty() && b.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
    // `$NAME`, `%NAME%`, `:name`, `@name@`, `%s`
    let name = word(rest) && at(value, 1).is_ascii_alphabetic() && !generated(rest);
    if (first == b'$' && name)
        || (first == b'%' && (rest.len() <= 2 || value.ends_with(b"%")))
        || (first == b'{' && value.ends_with(b"}") && !generated_password(value))
        || (first == b'@' && value.ends_with(b"@"))
    {
        return true;
    }
    // Regular expressions.
    let group = |i: usize| matches!(at(value, i + 2), b':' | b'=' | b'!' | b'<' | b'P' | b'i' | b'm' | b's');
    let times = |i: usize| at(value, i + 2).is_ascii_digit() && value[i..].contains(&b'}');
    let class =
        value.contains(&b'[') && (has(b"]+") || has(b"]*") || has(b"](") || (has(b"[^") && value.contains(&b']')));
    if memchr::memmem::find_iter(value, b"(?").any(group) || memchr::memmem::find_iter(value, b"]{").any(times) || class
    {
        return true;
    }
    // References to where the secret is, and secrets that someone encrypted.
    if REFERENCE.iter().any(|p| value.get(..p.len()).is_some_and(|v| v.eq_ignore_ascii_case(p))) {
        return true;
    }
    // `#a1b2c3`: a colour; `id_password1`: a field of a form.
    let colour = first == b'#' && matches!(rest.len(), 3 | 6 | 8) && rest.iter().all(u8::is_ascii_hexdigit);
    let field = value.strip_prefix(b"id_").is_some_and(|name| word(name) && !generated(name) && name.len() < 24);
    if colour || field {
        return true;
    }
    // Numbers, versions and ranges of them.
    if value.iter().all(|b| {
        b.is_ascii_digit()
            || matches!(b, b'.' | b'^' | b'~' | b'<' | b'>' | b'=' | b'*' | b'-' | b'+' | b',' | b' ' | b'v')
    }) && value.contains(&b'.')
    {
        return true;
    }
    if quoted {
        return false;
    }
    // A number of a program.
    if first == b'0' && matches!(at(value, 1), b'x' | b'X') && rest.iter().skip(1).all(u8::is_ascii_hexdigit) {
        return true;
    }
    let mixed = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let odd = || has_no_word(value) && digits > usize::from(!mixed);
    if (first == b':' || (first == b'@' && word(rest)) || value.starts_with(b"--")) && !odd() {
        return true;
    }
    let mut buffer = [0_u8; 12];
    let bare = value.trim_ascii_end();
    let bare = match bare {
        [head @ .., b'|' | b'!' | b'?' | b'*' | b'&'] => head,
        all => all,
    };
    let Some(lower) = buffer.get_mut(..bare.len()) else { return false };
    lower.copy_from_slice(bare);
    lower.make_ascii_lowercase();
    let lower: &[u8] = lower;
    CODE_WORDS.binary_search_by(|w| w.as_bytes().cmp(lower)).is_ok()
}
