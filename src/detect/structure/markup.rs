//! Records in markup: attributes of one tag, and elements beside each other.
//!
//! In: text and the name of an attribute or element. Out: the other attributes of the tag, or the elements that have the same
//! parent, as far as both are written in the text. Comments and `CDATA` are passed over. Refuses tags that do not end.

use super::field::{DEPTH, Field, Own, Wanted, at};
use std::ops::Range;

/// Longest tag of an element in bytes; a place with no bracket for so long is none.
const TAG: usize = 16 * 1024;

/// How far before a `<key>` a `</value>` makes it the name of a field, in bytes.
const BESIDE: usize = 64;

/// Whether a byte can be part of the name of a tag or an attribute, its prefix included.
fn names(byte: u8) -> bool {
    super::field::names(byte) || byte == b':'
}

/// Attributes of the tag that has one named at `name`.
pub(super) fn attributes(text: &[u8], name: &Range<usize>, see: &mut dyn FnMut(Field) -> Wanted) -> Range<usize> {
    let own = Own::new(text, name);
    let Some((start_of_tag, first)) = first_attribute(text, name.start, &own) else { return 0..name.end };
    let mut here = first;
    while here < text.len() {
        let start = here;
        match at(text, here) {
            b'>' | b'<' => break,
            mark @ (b'"' | b'\'') => {
                let Some(len) = text.get(here + 1..).and_then(|rest| memchr::memchr(mark, rest)) else { break };
                here += len + 2;
            }
            b if names(b) => {
                while names(at(text, here)) {
                    here += 1;
                }
                let end = here;
                while at(text, here).is_ascii_whitespace() {
                    here += 1;
                }
                if at(text, here) != b'=' {
                    continue;
                }
                let again = start > name.start && own.is(text.get(start..end).unwrap_or_default());
                if again || see(Field { name: start..end, value: here + 1 }) == Wanted::Enough {
                    break;
                }
            }
            _ => here += 1,
        }
    }
    start_of_tag..text.len().min(here + 1).max(name.end)
}

/// Where the tag begins that `from` is in, or an attribute of our own name in it, and where the attributes behind that begin.
/// `None` where it is no tag.
fn first_attribute(text: &[u8], from: usize, own: &Own<'_>) -> Option<(usize, usize)> {
    let mut here = from;
    while here > 0 {
        here -= 1;
        match at(text, here) {
            b'<' => {
                let is_tag = super::field::names(at(text, here + 1));
                let name = text.get(here + 1..from)?.iter().take_while(|b| names(**b)).count();
                return is_tag.then_some((here, here + 1 + name));
            }
            b'>' => return None,
            mark @ (b'"' | b'\'') => {
                let close = here;
                here = memchr::memrchr(mark, text.get(..here)?)?;
                let before = text.get(..here)?.strip_suffix(b"=").unwrap_or_default().trim_ascii_end();
                let name = before.iter().rev().take_while(|b| names(**b)).count();
                if name > 0 && own.is(&before[before.len() - name..]) {
                    return Some(((before.len() - name).saturating_sub(1), close + 1));
                }
            }
            _ => {}
        }
    }
    None
}

/// A tag or what is passed over like one.
enum Tag {
    /// `<name ...>`; where its name is.
    Open(Range<usize>),
    /// `</name>`.
    Close,
    /// Empty elements, comments, declarations, `CDATA`.
    Other,
}

/// The tag that begins at `open`, and the place behind it.
fn tag_at(text: &[u8], open: usize) -> Option<(Tag, usize)> {
    let rest = text.get(open..)?;
    for (begin, end) in [(&b"<!--"[..], &b"-->"[..]), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")] {
        if rest.starts_with(begin) {
            return Some((Tag::Other, open + memchr::memmem::find(rest, end)? + end.len()));
        }
    }
    let close = rest.get(1) == Some(&b'/');
    let start = open + 1 + usize::from(close);
    let mut end = start;
    while names(at(text, end)) {
        end += 1;
    }
    let mut here = end;
    let limit = text.len().min(open + TAG);
    while here < limit {
        match at(text, here) {
            b'>' => {
                let tag = match (close, at(text, here - 1)) {
                    _ if start == end => Tag::Other,
                    (true, _) => Tag::Close,
                    (false, b'/') => Tag::Other,
                    (false, _) => Tag::Open(start..end),
                };
                return Some((tag, here + 1));
            }
            b'<' => return None,
            mark @ (b'"' | b'\'') if !close => {
                here += 2 + memchr::memchr(mark, text.get(here + 1..limit)?)?;
            }
            _ => here += 1,
        }
    }
    None
}

/// The tag that ends with the bracket at `close`, and where it begins.
fn tag_before(text: &[u8], close: usize) -> Option<(Tag, usize)> {
    let before = text.get(..close + 1)?;
    for (begin, end) in [(&b"<!--"[..], &b"-->"[..]), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")] {
        if before.ends_with(end) {
            return Some((Tag::Other, memchr::memmem::rfind(before, begin)?));
        }
    }
    let floor = close.saturating_sub(TAG);
    let mut here = close;
    loop {
        if here <= floor {
            return None;
        }
        here -= 1;
        match at(text, here) {
            b'<' => break,
            b'>' => return None,
            mark @ (b'"' | b'\'') => here = floor + memchr::memrchr(mark, text.get(floor..here)?)?,
            _ => {}
        }
    }
    // What begins there and does not end at the bracket, a comment around it, is none.
    Some((tag_at(before, here)?.0, here))
}

/// Elements that have the same parent as the one whose opening tag has its name at `name`. Of `<key>`, whose value is the
/// element behind it (property lists), only that one.
pub(super) fn elements(text: &[u8], name: &Range<usize>, see: &mut dyn FnMut(Field) -> Wanted) -> Range<usize> {
    let own = Own::new(text, name);
    let is_key = text.get(name.clone()) == Some(b"key");
    let open = name.start.saturating_sub(1);
    let start = if is_key && !has_value_of_its_own(text, open) {
        open.saturating_sub(BESIDE)
    } else {
        match before(text, open, &own, see) {
            Ok(start) => start,
            Err(enough) => return enough..name.end,
        }
    };
    start..after(text, open, (&own, is_key), see).max(name.end)
}

/// Whether the elements around `<key>` are fields by name: `<value>` beside it in either direction says so.
fn has_value_of_its_own(text: &[u8], open: usize) -> bool {
    let before = text.get(open.saturating_sub(BESIDE)..open).unwrap_or_default().trim_ascii_end();
    before.ends_with(b"</value>") || before.ends_with(b"</Value>")
}

/// Elements behind the one that begins at `open`, itself included in what is passed over.
fn after(text: &[u8], open: usize, (own, is_key): (&Own<'_>, bool), see: &mut dyn FnMut(Field) -> Wanted) -> usize {
    let mut depth = 0_usize;
    let mut here = open;
    let mut seen = 0;
    while let Some(next) = text.get(here..).and_then(|rest| memchr::memchr(b'<', rest)) {
        let start = here + next;
        let Some((tag, end)) = tag_at(text, start) else { return text.len() };
        match tag {
            Tag::Open(name) => {
                let same = own.is(text.get(name.clone()).unwrap_or_default());
                if depth == 0 && start > open {
                    seen += 1;
                    if same || see(Field { name, value: end }) == Wanted::Enough || (is_key && seen == 1) {
                        return end;
                    }
                }
                depth += 1;
                if depth > DEPTH {
                    return end;
                }
            }
            Tag::Close if depth == 0 => return end,
            Tag::Close => depth -= 1,
            Tag::Other => {}
        }
        here = end;
    }
    text.len()
}

/// Elements before the one that begins at `open`: where they begin, or where the last one that was wanted does.
fn before(text: &[u8], open: usize, own: &Own<'_>, see: &mut dyn FnMut(Field) -> Wanted) -> Result<usize, usize> {
    let mut depth = 0_usize;
    let mut here = open;
    while let Some(close) = text.get(..here).and_then(|rest| memchr::memrchr(b'>', rest)) {
        let Some((tag, start)) = tag_before(text, close) else { return Ok(0) };
        match tag {
            Tag::Close => {
                depth += 1;
                if depth > DEPTH {
                    return Ok(start);
                }
            }
            Tag::Open(_) if depth == 0 => return Ok(start),
            Tag::Open(name) => {
                depth -= 1;
                if depth == 0 {
                    if own.is(text.get(name.clone()).unwrap_or_default()) {
                        return Ok(start);
                    }
                    if see(Field { name, value: close + 1 }) == Wanted::Enough {
                        return Err(start);
                    }
                }
            }
            Tag::Other => {}
        }
        here = start;
    }
    Ok(0)
}
