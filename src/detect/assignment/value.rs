//! Where a value ends that stands in markup, a list or a block; `literal.rs` reads those in quotes, `bare.rs` those without.
//!
//! In: text and the place after the separator. Out: [`Found`]. Refuses empty values and those that do not end within
//! [`MAX_VALUE`] bytes.

use super::bare::{bare, ended_by_quote, line_before};
use super::join::{Join, blanks, space};
use super::key::{Key, at, cut, quote_len};
use super::literal::{Found, MAX_VALUE, literal};
use super::parsed::AFTER;
use super::{idiom, joined, raw};
use crate::detect::structure::{self, Field, Form, Wanted};

/// Most values of one list.
const MAX_LIST: usize = 16;
/// How far before an alias its anchor is looked for, in bytes.
const ALIAS: usize = 16 * 1024;
/// Most anchors that are looked at for one alias.
const MAX_ANCHORS: usize = 64;

/// Reads the value that begins at or after `from`.
pub(super) fn read(text: &[u8], from: usize, join: Join, key: &Key) -> Option<Found> {
    let here = blanks(text, from);
    // `"Password: "`: the quote behind the colon ends the text that the name stands in.
    if key.closing == 0
        && matches!(at(text, here), b'"' | b'\'' | b'`')
        && ended_by_quote(text, key) == Some(at(text, here))
    {
        return None;
    }
    let here = joined::after_names(text, here, key);
    if matches!(at(text, here), b'"' | b'\'' | b'$' | b'`' | b'{')
        && let Some(found) = idiom::decoded_by_shell(text, here).or_else(|| idiom::default_in_braces(text, here))
    {
        return Some(found);
    }
    if let Some(found) = raw::literal(text, here, join).or_else(|| literal(text, here, join)) {
        return Some(joined::with_others(text, found));
    }
    match at(text, here) {
        b'"' | b'\'' if joined::is_empty(text, here) => {
            let next = joined::after_operator(text, here + 2)?;
            literal(text, next, join).map(|found| joined::with_others(text, found))
        }
        b'&' | b'!' if join == Join::Colon && yaml_mark(text, here).is_some() => {
            read(text, yaml_mark(text, here)?, join, key)
        }
        // `[]byte("...")`
        b'[' if at(text, here + 1) == b']' => {
            let found = super::expression::expression(text, here + 2, join)?;
            Some(Found { wrapped: false, ..found })
        }
        b'[' | b'{' | b'(' | b'|' | b'>' if super::bare::setting(text, here, join, key).is_some() => {
            super::bare::setting(text, here, join, key)
        }
        b'\n' | b'\r' => next_line(text, here, join, key),
        b'*' if join == Join::Colon && is_alias(text, key) => alias(text, here),
        b'\\' if matches!(at(text, here + 1), b'\n' | b'\r') => literal(text, space(text, here + 1), join),
        // Brackets that only let a value stand on a line of its own.
        b'(' if matches!(at(text, space(text, here + 1)), b'"' | b'\'') => {
            let found = joined::in_brackets(text, literal(text, space(text, here + 1), join)?);
            (at(text, space(text, found.close)) == b')').then_some(found)
        }
        b'[' | b'{' if join != Join::Cell => {
            let inner = space(text, here + 1);
            if at(text, here) == b'[' {
                return list(text, literal(text, inner, join)?);
            }
            // `apiKey={'...'}` of JSX.
            let alone = || literal(text, inner, join).filter(|found| at(text, space(text, found.close)) == b'}');
            let default = || declared(text, here, Form::Brackets(0), key);
            let parts = || nested_value(text, inner).or_else(default);
            alone().or_else(parts).or_else(|| first_of_map(text, inner, join, key))
        }
        b'|' | b'>' if join == Join::Colon => block(text, here),
        _ => bare(text, here, join, key),
    }
}

/// A list of generated values is one finding from the first to the last, so that none of them is shown beside another.
fn list(text: &[u8], first: Found) -> Option<Found> {
    let (mut last, mut found) = (first.clone(), first);
    for _ in 0..MAX_LIST {
        let comma = space(text, last.close);
        match at(text, comma) {
            b']' => {
                found.first = Some(found.secret.clone());
                found.secret.end = last.secret.end;
                found.close = last.close;
                return Some(found);
            }
            b',' => {}
            _ => break,
        }
        let Some(next) = literal(text, space(text, comma + 1), found.join) else { break };
        let value = cut(text, next.secret.clone());
        if value.len() * 2 < found.secret.len()
            || value.len() < 12
            || found.secret.len() < 12
            || !value.iter().any(u8::is_ascii_digit)
        {
            break;
        }
        last = next;
    }
    Some(found)
}

/// `{"type": "string", "value": "..."}` behind a name.
fn nested_value(text: &[u8], from: usize) -> Option<Found> {
    let body = cut(text, from..from + 160);
    let body = cut(body, 0..body.iter().position(|b| *b == b'}')?);
    let i = body.windows(5).position(|w| w == b"value")?;
    let end = from + i + 5;
    let end = blanks(text, end + quote_len(text, end).map_or(0, |(len, _)| len));
    matches!(at(text, end), b':' | b'=').then_some(())?;
    literal(text, space(text, end + 1), Join::Named)
}

/// `{2: "...", 3: "..."}` behind a name: the first value, if it is generated.
fn first_of_map(text: &[u8], from: usize, join: Join, key: &Key) -> Option<Found> {
    let name = cut(text, key.ident.clone()).to_ascii_lowercase();
    let first = cut(text, from..from + 64);
    let len = first.iter().position(|b| matches!(b, b':' | b',' | b'}' | b'{' | b'\n'))?;
    let next = if at(first, len) == b':' { space(text, from + len + 1) } else { return None };
    // Of one thing the parts have names of their own; of several ones it is a map.
    let numbered = cut(first, 0..len).iter().all(|b| b.is_ascii_digit() || matches!(b, b'"' | b'\'' | b' '));
    if !numbered && !name.ends_with(b"map") && !name.ends_with(b"s") {
        return None;
    }
    let found = literal(text, next, join)?;
    let ends = matches!(at(text, space(text, found.close)), b',' | b'}');
    (ends && super::shape::generated(cut(text, found.secret.clone()))).then_some(found)
}

/// Behind an anchor or a tag of YAML: `&name`, `!!str`.
fn yaml_mark(text: &[u8], here: usize) -> Option<usize> {
    let tag = at(text, here) == b'!';
    if tag && at(text, here + 1) != b'!' {
        return None;
    }
    let start = here + 1 + usize::from(tag);
    let rest = cut(text, start..start + 40);
    let name = cut(rest, 0..rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count());
    let known = !tag || matches!(name, b"str" | b"binary");
    let end = start + name.len();
    let next = blanks(text, end);
    (known && !name.is_empty() && next > end && !at(text, next).is_ascii_whitespace()).then_some(next)
}

/// Text between two tags.
pub(super) fn element(text: &[u8], from: usize) -> Option<Found> {
    let rest = cut(text, from..from + MAX_VALUE);
    let mut len = rest.iter().position(|b| *b == b'<')?;
    let mut start = from;
    if cut(rest, len..len + 9) == b"<![CDATA[" {
        start = from + len + 9;
        len = cut(text, start..start + MAX_VALUE).windows(3).position(|w| w == b"]]>")?;
    } else if at(rest, len + 1) != b'/' {
        // `<name>password</name><value>x</value>` is read from the closing tag of the name.
        return None;
    }
    let body = cut(text, start..start + len);
    let lead = body.len() - body.trim_ascii_start().len();
    let body = body.trim_ascii();
    if body.is_empty() || body.contains(&b'\n') {
        return None;
    }
    Some(Found::new(start + lead..start + lead + body.len(), start + len, Join::Element))
}

/// The value on the line after its name: a quoted text, or an item of a YAML list.
fn next_line(text: &[u8], here: usize, join: Join, key: &Key) -> Option<Found> {
    let next = space(text, here);
    if let Some(found) = literal(text, next, join) {
        let after = blanks(text, found.close);
        return (!matches!(at(text, after), b':' | b'=')).then_some(found);
    }
    // `password:` and below it `value: ...`.
    if join == Join::Colon && cut(text, next..next + 6) == b"value:" && at(text, next.wrapping_sub(1)) == b' ' {
        let from = blanks(text, next + 6);
        return literal(text, from, join).or_else(|| bare(text, from, join, key));
    }
    if join != Join::Colon {
        return None;
    }
    if let Some(found) = declared(text, here, Form::Lines, key).or_else(|| scalar_below(text, here, key)) {
        return Some(found);
    }
    let item = at(text, next) == b'-' && at(text, next + 1) == b' ';
    if !item {
        return None;
    }
    let from = blanks(text, next + 2);
    literal(text, from, join).or_else(|| bare(text, from, join, key))
}

/// A plain scalar of YAML on the line below its name, indented further, alone there, and generated.
fn scalar_below(text: &[u8], line_end: usize, key: &Key) -> Option<Found> {
    let start = line_end + 1 + usize::from(at(text, line_end) == b'\r');
    let from = blanks(text, start);
    let (before, is_whole) = line_before(text, key);
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
    let own = before.iter().filter(|b| matches!(b, b' ' | b'-')).count();
    if !is_whole || own < before.len() || from - start <= own {
        return None;
    }
    let rest = cut(text, from..from + MAX_VALUE);
    let len = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
    let value = cut(rest, 0..len);
    let after = blanks(text, from + len);
    let alone = matches!(at(text, after), b'\r' | b'\n' | 0) || cut(text, after - 1..after + 1) == b" #";
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=-_.~!^%@".contains(b));
    (alone && plain && len >= 12 && super::shape::generated_password(value))
        .then(|| Found::new(from..from + len, from + len, Join::Colon))
}

/// `name: {Type: String, Default: ...}`, on lines or in brackets: the default of a parameter of CloudFormation or ARM.
fn declared(text: &[u8], here: usize, form: Form, key: &Key) -> Option<Found> {
    let field = Field { name: key.ident.clone(), value: here };
    // What is farther away is not read, not even where a record is.
    let text = cut(text, 0..key.word.end + AFTER);
    memchr::memmem::find(cut(text, here..here + MAX_VALUE), b"efault")?;
    let (mut kind, mut default) = (false, None);
    structure::nested(text, &field, form, &mut |field| {
        let name = cut(text, field.name.clone());
        kind |= name.eq_ignore_ascii_case(b"type");
        if name.eq_ignore_ascii_case(b"default") || name.eq_ignore_ascii_case(b"defaultValue") {
            default = Some(field.value);
        }
        if kind && default.is_some() { Wanted::Enough } else { Wanted::More }
    });
    let from = blanks(text, default.filter(|_| kind)?);
    let bare = || if form == Form::Lines { bare(text, from, Join::Colon, key) } else { None };
    let found = literal(text, from, Join::Named).or_else(bare)?;
    // `[newGuid()]`: an expression of ARM.
    let value = cut(text, found.secret.clone());
    let expression = value.starts_with(b"[") && value.ends_with(b"]");
    (!expression).then_some(Found { join: Join::Named, ..found })
}

/// `*name`: what the anchor `&name` of this YAML file stands before.
fn alias(text: &[u8], here: usize) -> Option<Found> {
    let name = cut(text, here + 1..here + 48);
    let len = name.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
    if len == 0 || !matches!(at(text, blanks(text, here + 1 + len)), b'\r' | b'\n' | b'#' | 0) {
        return None;
    }
    let floor = here.saturating_sub(ALIAS);
    let before = cut(text, floor..here);
    let anchor = memchr::memrchr_iter(b'&', before).take(MAX_ANCHORS).find(|i| {
        let after = i + 1 + len;
        cut(before, i + 1..after) == cut(name, 0..len) && at(before, after) == b' ' && before[..*i].ends_with(b" ")
    })?;
    let from = blanks(text, floor + anchor + 1 + len);
    let line = cut(text, from..from + MAX_VALUE);
    let len = line.iter().position(|b| matches!(b, b' ' | b'\r' | b'\n' | b',' | b'}')).unwrap_or(line.len());
    let plain = line.first().is_some_and(|b| !b"|>&*!{[#$".contains(b)) && len > 0;
    let bare = || plain.then(|| Found::new(from..from + len, from + len, Join::Colon));
    literal(text, from, Join::Colon).or_else(bare)
}

/// Whether the value of `key` is an alias, whose anchor may be far before it.
pub(super) fn is_alias(text: &[u8], key: &Key) -> bool {
    let colon = key.ident.end + key.closing;
    at(text, colon) == b':' && at(text, blanks(text, colon + 1)) == b'*' && at(text, colon + 1) == b' '
}

/// First line of a block scalar.
fn block(text: &[u8], here: usize) -> Option<Found> {
    let mut from = here + 1;
    while matches!(at(text, from), b'-' | b'+' | b'0'..=b'9') {
        from += 1;
    }
    from = blanks(text, from);
    if !matches!(at(text, from), b'\n' | b'\r') {
        return None;
    }
    let start = space(text, from);
    let rest = cut(text, start..start + MAX_VALUE);
    let len = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
    let body = cut(rest, 0..len).trim_ascii_end();
    if body.is_empty() || body.contains(&b' ') {
        return None;
    }
    Some(Found::new(start..start + body.len(), start + len, Join::Colon))
}
