//! PuTTY's key files, version 2 and 3: headers, public lines, private lines (PuTTY manual, appendix C).

use super::block::{Block, decode};
use super::lines::{self, End, Line, Lines};
use crate::check::key;
use std::ops::Range;

/// Most lines of a file; a 16384-bit RSA key has under 220.
const MAX_LINES: usize = 400;

/// Reads the file whose first header's name stands at `begin`; `after` is what follows it.
pub(super) fn parse(after: &[u8], begin: Range<usize>, leader: &[u8]) -> Option<Block> {
    let mut lines = Lines::new(after);
    let mut line = Vec::new();
    let mut encryption = None;
    let mut private: Option<(usize, Vec<u8>)> = None;
    let mut skip = 0usize;
    let mut end = 0;
    lines.next(&mut line);
    let first = line.trim_ascii().to_vec();
    let kind = first.strip_prefix(b":").unwrap_or(&first).trim_ascii();
    for _ in 0..MAX_LINES {
        let ended = lines.next(&mut line);
        let text = strip(&line, leader);
        match &mut private {
            Some((left @ 1.., base64)) => {
                match lines::classify(&line, leader) {
                    Line::Body(body) => {
                        base64.extend(body);
                        *left -= 1;
                        end = lines.at;
                    }
                    Line::Empty => {}
                    _ => return None,
                }
                if *left == 0 {
                    break;
                }
            }
            _ if skip > 0 => skip -= usize::from(!text.is_empty()),
            _ => {
                if let Some(value) = text.strip_prefix(b"Encryption:") {
                    encryption = Some(value.trim_ascii().to_vec());
                } else if let Some(value) = text.strip_prefix(b"Public-Lines:") {
                    skip = count(value)?;
                } else if let Some(value) = text.strip_prefix(b"Private-Lines:") {
                    private = Some((count(value).filter(|n| *n > 0)?, Vec::new()));
                }
            }
        }
        if !matches!(ended, End::Line) {
            break;
        }
    }
    let (left, base64) = private?;
    let bytes = decode(&base64).filter(|b| b.len() >= 32)?;
    let cipher = encryption?;
    let encrypted = cipher != b"none";
    let facts = if encrypted || left > 0 { None } else { key::putty_blob(kind, &bytes) };
    let more = after.get(..end).unwrap_or_default().trim_ascii_end().len();
    Some(Block::new(begin.start..begin.end + more, &bytes, facts, Some(encrypted)))
}

fn strip<'a>(line: &'a [u8], leader: &[u8]) -> &'a [u8] {
    let text = line.trim_ascii();
    let quote = |b: &u8| matches!(b, b'"' | b'\'');
    let text = text.strip_prefix(leader).unwrap_or(text).trim_ascii_start();
    let from = text.iter().position(|b| !quote(b)).unwrap_or(text.len());
    &text[from..]
}

fn count(value: &[u8]) -> Option<usize> {
    std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok().filter(|n| *n <= MAX_LINES)
}
