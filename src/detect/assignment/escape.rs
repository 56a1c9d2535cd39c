//! Undoes the escapes of a value: backslashes, XML entities, per cent signs.
//!
//! In: the bytes of a value and how it is written. Out: the bytes that a program would read, or `None` where they are
//! the same. Refuses nothing: an escape that it does not know stays as it is.

use super::join::Join;
use super::key::{at, cut};
use super::literal::Found;

/// The value without backslash escapes, XML entities or per cent signs, if it has any.
pub(super) fn unescape(raw: &[u8], found: &Found) -> Option<Vec<u8>> {
    if found.join == Join::Element && raw.contains(&b'&') {
        return Some(entities(raw));
    }
    if found.join == Join::Query && raw.contains(&b'%') {
        return Some(percent(raw));
    }
    if !found.quoted || !raw.contains(&b'\\') {
        return None;
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut i = 0;
    while let Some(b) = raw.get(i) {
        let next = at(raw, i + 1);
        i += 1;
        if *b != b'\\' {
            out.push(*b);
            continue;
        }
        match next {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'"' | b'\'' | b'`' | b'\\' | b'/' => out.push(next),
            b'u' => {
                let code =
                    std::str::from_utf8(cut(raw, i + 1..i + 5)).ok().and_then(|h| u32::from_str_radix(h, 16).ok());
                match code.and_then(char::from_u32) {
                    Some(c) => {
                        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                        i += 4;
                    }
                    None => out.extend_from_slice(b"\\u"),
                }
            }
            _ => {
                out.push(b'\\');
                continue;
            }
        }
        i += 1;
    }
    Some(out)
}

fn entities(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut i = 0;
    'next: while let Some(b) = raw.get(i) {
        if *b == b'&' {
            for (name, byte) in
                [(&b"&amp;"[..], b'&'), (b"&lt;", b'<'), (b"&gt;", b'>'), (b"&quot;", b'"'), (b"&apos;", b'\'')]
            {
                if cut(raw, i..raw.len()).starts_with(name) {
                    out.push(byte);
                    i += name.len();
                    continue 'next;
                }
            }
        }
        out.push(*b);
        i += 1;
    }
    out
}

fn percent(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut i = 0;
    while let Some(b) = raw.get(i) {
        let hex = std::str::from_utf8(cut(raw, i + 1..i + 3))
            .ok()
            .filter(|h| h.len() == 2)
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match (b, hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 3;
            }
            _ => {
                out.push(*b);
                i += 1;
            }
        }
    }
    out
}
