//! A name and its value in two fields of one record: `{"name": "DB_PASSWORD", "value": "..."}`, in any order.
//!
//! In: text and a [`Key`]. Out: the label before it if the key is itself the value of a field that holds names ([`label`]), and
//! then the value of the record ([`find`]), with the range that was read for it. Refuses records without a field for the
//! value, and those whose value is no literal.

use super::join::{Join, space};
use super::key::{Key, at, cut};
use super::literal::{Found, literal};
use super::value;
use crate::detect::structure::{self, Field, Form, Wanted};
use std::ops::Range;

/// Fields that hold the name of a setting. In small letters; joints left out.
const NAMES: [&[u8]; 20] = [
    b"name",
    b"key",
    b"id",
    b"k",
    b"var",
    b"variable",
    b"variablename",
    b"parameterkey",
    b"parametername",
    b"paramname",
    b"paramkey",
    b"propertyname",
    b"settingname",
    b"optionname",
    b"keyname",
    b"envname",
    b"fieldname",
    b"enventryname",
    b"property",
    b"withname",
];
/// Fields that hold the value of the setting, written likewise.
const VALUES: [&[u8]; 22] = [
    b"value",
    b"val",
    b"v",
    b"default",
    b"defaultvalue",
    b"content",
    b"parametervalue",
    b"paramvalue",
    b"propertyvalue",
    b"settingvalue",
    b"optionvalue",
    b"enventryvalue",
    b"stringvalue",
    b"currentvalue",
    b"initialvalue",
    b"plaintext",
    b"secretvalue",
    b"configvalue",
    b"keyvalue",
    b"cleartext",
    b"withvalue",
    b"valuestring",
];
/// Elements of a property list that hold the value of the `<key>` before them.
const PLIST: [&[u8]; 3] = [b"string", b"data", b"value"];
/// Longest label.
const LABEL: usize = 24;

/// The label of a field, and how its record is written.
pub(super) struct Label {
    name: Range<usize>,
    form: Style,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Fields(usize),
    Lines,
    Attributes,
    Elements,
    /// `.name("...").value("...")`
    Calls,
}

/// Whether a label is one of `list`, whatever joins its words.
fn is_one_of(label: &[u8], list: &[&[u8]]) -> bool {
    let mut short = [0_u8; LABEL];
    let mut len = 0;
    for b in label.iter().filter(|b| b.is_ascii_alphanumeric()) {
        let Some(place) = short.get_mut(len) else { return false };
        *place = b.to_ascii_lowercase();
        len += 1;
    }
    list.contains(&cut(&short, 0..len))
}

/// The label that says of `key` that it is a name: `name: KEY`, `"key": "KEY"`, `<name>KEY</name>`, `name="KEY"`.
pub(super) fn label(text: &[u8], key: &Key) -> Option<Label> {
    let outside = key.ident.start.checked_sub(usize::from(key.dashes))?;
    let mut i = outside.checked_sub(if key.quoted { key.closing } else { 0 })?;
    // `name="mail/password"`: the last part of a path.
    let is_path = key.closing == 1 && !key.quoted && key.lead == b'/';
    if is_path {
        let mark = at(text, key.ident.end);
        let path = cut(text, i.saturating_sub(48)..i);
        let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'.');
        let len = path.iter().rev().take_while(|b| part(b)).count();
        if len == path.len() || path[path.len() - len - 1] != mark {
            return None;
        }
        i -= len + 1;
    }
    let quoted = key.quoted || is_path;
    let floor = i.saturating_sub(LABEL);
    let blanks = |mut i: usize| {
        while i > floor && matches!(at(text, i - 1), b' ' | b'\t') {
            i -= 1;
        }
        i
    };
    let near = blanks(i);
    let sign = if near == 0 { 0 } else { at(text, near - 1) };
    let element = sign == b'>' && !quoted && at(text, near.wrapping_sub(2)) != b'=';
    i = match sign {
        b':' => near - 1,
        // `name = PASSWORD` and `f(PASSWORD` are code.
        b'=' | b'(' if quoted => near - 1,
        b'>' if element => near - 1,
        b'>' => near - 2,
        _ => return None,
    };
    if i <= floor {
        return None;
    }
    let call = sign == b'(';
    let mut escapes = if quoted { key.closing - 1 } else { 0 };
    let mut end = if element || call { i } else { blanks(i) };
    let mut label_is_quoted = false;
    // Nothing but blanks may be before the sign.
    if matches!(at(text, end.wrapping_sub(1)), b'"' | b'\'') && !element && !call {
        end -= 1;
        label_is_quoted = true;
        let slashes = cut(text, floor..end).iter().rev().take_while(|b| **b == b'\\').count();
        end -= slashes;
        escapes = slashes;
    }
    let len = cut(text, end.saturating_sub(LABEL)..end)
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':' | b'@'))
        .count();
    // A prefix of a name space is no part of it.
    let whole = cut(text, end - len..end);
    let len = len - whole.iter().rposition(|b| matches!(b, b':' | b'@')).map_or(0, |n| n + 1);
    let name = end - len..end;
    if !is_one_of(cut(text, name.clone()), &NAMES) {
        return None;
    }
    let before = at(text, name.start.wrapping_sub(1));
    // What stands before a field in brackets; lines of YAML have none of it.
    let opening = usize::from(label_is_quoted) * (escapes + 1);
    let outside = cut(text, floor.saturating_sub(80)..name.start.saturating_sub(opening));
    let in_brackets = matches!(outside.trim_ascii_end().last(), Some(b'{' | b'[' | b'(' | b',')) || escapes > 0;
    let form = match sign {
        b'(' if quoted && before == b'.' => Style::Calls,
        b'(' => return None,
        _ if element => {
            if !matches!(before, b'<' | b':') || cut(text, key.ident.end..key.ident.end + 2) != b"</" {
                return None;
            }
            Style::Elements
        }
        b'=' if quoted && !label_is_quoted && near == i + 1 && (before.is_ascii_whitespace() || before == b':') => {
            Style::Attributes
        }
        b':' if !in_brackets => Style::Lines,
        _ if label_is_quoted || quoted || sign == b':' => Style::Fields(escapes),
        // `name = PASSWORD`: a variable.
        _ => return None,
    };
    Some(Label { name, form })
}

/// The value that belongs to the name `key`, whose label is `label`, and what was read for it.
pub(super) fn find(text: &[u8], key: &Key, label: &Label) -> (Option<Found>, Range<usize>) {
    let (first, second) = match label.form {
        Style::Calls => return calls(text, key),
        Style::Fields(escapes) => (Form::Brackets(escapes), None),
        Style::Lines => (Form::Lines, None),
        Style::Attributes => (Form::Attributes, Some(Form::Brackets(0))),
        Style::Elements => (Form::Elements, None),
    };
    let mut read = label.name.clone();
    for form in [Some(first), second].into_iter().flatten() {
        let mut found = None;
        let plist = form == Form::Elements && cut(text, label.name.clone()) == b"key";
        let range = structure::fields(text, &label.name, form, &mut |field: Field| {
            let name = cut(text, field.name.clone());
            let name = name.rsplit(|b| *b == b':').next().unwrap_or(name);
            if is_one_of(name, &VALUES) || (plist && PLIST.contains(&name)) {
                found = value_of(text, key, &field, form);
                return Wanted::Enough;
            }
            Wanted::More
        });
        read = read.start.min(range.start)..read.end.max(range.end);
        if found.is_none() && form == Form::Attributes {
            found = content(text, &mut read);
        }
        if found.is_some() {
            return (found, read);
        }
    }
    (None, read)
}

fn value_of(text: &[u8], key: &Key, field: &Field, form: Form) -> Option<Found> {
    match form {
        Form::Elements => value::element(text, field.value),
        Form::Attributes => literal(text, space(text, field.value), Join::Named),
        Form::Brackets(_) | Form::Lines => value::read(text, field.value, Join::Named, key),
    }
}

/// The value in the content of a tag that has the name as an attribute: `<setting name="..."><value>...</value>`.
fn content(text: &[u8], read: &mut Range<usize>) -> Option<Found> {
    let close = read.end.checked_sub(1).filter(|at_end| at(text, *at_end) == b'>')?;
    if at(text, close - 1) == b'/' {
        return None;
    }
    let mut from = space(text, close + 1);
    if at(text, from) != b'<' {
        return value::element(text, close + 1);
    }
    // Elements inside of it: the first one that holds a value.
    for _ in 0..8 {
        let name = cut(text, from + 1..from + 1 + LABEL);
        let len = name.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':')).count();
        let end = memchr::memchr(b'>', cut(text, from..from + 256))?;
        read.end = read.end.max(from + end + 1);
        if name.starts_with(b"![CDATA[") {
            return value::element(text, close + 1);
        }
        let name = cut(name, 0..len);
        if is_one_of(name, &VALUES) || PLIST.contains(&name) {
            let found = value::element(text, from + end + 1);
            read.end = read.end.max(found.as_ref().map_or(0, |f| f.close));
            return found;
        }
        if name.is_empty() {
            return None;
        }
        // Past this one and its text.
        let next = memchr::memchr(b'<', cut(text, from + end..from + end + 1024))?;
        let closing = from + end + next;
        if at(text, closing + 1) != b'/' {
            return None;
        }
        let end = memchr::memchr(b'>', cut(text, closing..closing + 256))?;
        from = space(text, closing + end + 1);
        read.end = read.end.max(from + 1);
    }
    None
}

/// `.name("...").value("...")`: a later call of the chain that takes the value.
fn calls(text: &[u8], key: &Key) -> (Option<Found>, Range<usize>) {
    let from = key.ident.end + key.closing;
    let read = key.ident.start..from + 256;
    let mut here = from;
    for _ in 0..4 {
        if at(text, space(text, here)) != b')' {
            break;
        }
        let dot = space(text, space(text, here) + 1);
        if at(text, dot) != b'.' {
            break;
        }
        let name = cut(text, dot + 1..dot + 1 + LABEL);
        let len = name.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        if at(name, len) != b'(' {
            break;
        }
        let inner = space(text, dot + 1 + len + 1);
        let argument = literal(text, inner, Join::Named);
        if is_one_of(cut(name, 0..len), &VALUES) {
            return (argument, read);
        }
        let Some(argument) = argument else { break };
        here = argument.close;
    }
    (None, read)
}
