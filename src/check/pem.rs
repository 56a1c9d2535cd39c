//! Private keys under armour: PEM (RFC 7468, RFC 1421), OpenPGP, SSH2 and PuTTY files, quoted in whatever text.
//!
//! In: text and the range of the opening line. Out: [`Block`]: the extent down to the END line, the decoded body for the
//! key's identity, and what the body proves. It looks at no more than [`REACH`] bytes after the opening line, `LEADER`
//! before it, and never past the next armour, so a file of a million BEGIN lines costs no more than its length.
//! Armour without a body (code that reads keys, documentation) is nothing.

mod block;
mod lines;
mod putty;

pub use block::Block;
pub(super) use block::body_of;

use super::key::{self, pgp};
use block::decode;
use lines::{End, Line, Lines};
use std::ops::Range;

/// How far a block may reach beyond its opening line, in bytes.
pub const REACH: usize = 32 * 1024;
/// How far the leader of the opening line (a comment, a mark of a diff) is looked for, in bytes.
pub const LEADER: usize = 32;
/// Fewest decoded bytes of a body that proves nothing by its structure: less is a stub.
const MIN_UNPROVEN: usize = 96;
/// Most lines without a body before and inside a block.
const MAX_IDLE: usize = 24;
/// Fewest different characters in a body; random base64 of the least length has over 40.
const MIN_DISTINCT: usize = 24;

/// Reads the block whose opening line (armour, or `PuTTY-User-Key-File-N:`) stands at `begin` in `text`.
pub fn parse(text: &[u8], begin: Range<usize>) -> Option<Block> {
    let opening = text.get(begin.clone())?;
    let after = text.get(begin.end..text.len().min(begin.end + REACH))?;
    let leader = leader(text, begin.start);
    if opening.starts_with(b"PuTTY") {
        return putty::parse(after, begin, leader);
    }
    let collected = collect(after, leader)?;
    let mut bytes = decode(&collected.base64)?;
    let facts = if contains(opening, b"PGP") { pgp::read(&bytes) } else { key::read(&bytes) };
    // What the body says counts more than what label and headers say: those are easily written over a plain key.
    let said = collected.encrypted || contains(opening, b"ENCRYPTED ");
    let encrypted = facts.as_ref().map(|f| f.encrypted).or(said.then_some(true));
    if let Some(facts) = &facts {
        bytes.truncate(facts.len);
    } else if bytes.len() < MIN_UNPROVEN || collected.elided || distinct(&collected.base64) < MIN_DISTINCT {
        return None;
    }
    let extent = begin.start..begin.end + collected.end;
    Some(Block::new(extent, &bytes, facts, encrypted))
}

/// What stands between the start of the line and the armour, if it can begin other lines as well.
pub(super) fn leader(text: &[u8], start: usize) -> &[u8] {
    let before = text.get(start.saturating_sub(LEADER)..start).unwrap_or_default();
    let line = before.rsplit(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or_default().trim_ascii();
    if line.iter().all(|b| b"/*#;>|+-!%".contains(b)) { line } else { b"" }
}

struct Collected {
    base64: Vec<u8>,
    /// End of the block after the opening line.
    end: usize,
    encrypted: bool,
    elided: bool,
}

/// Gathers the body's lines; `None` without a body.
fn collect(after: &[u8], leader: &[u8]) -> Option<Collected> {
    let mut lines = Lines::new(after);
    let mut line = Vec::new();
    let mut got = Collected { base64: Vec::new(), end: 0, encrypted: false, elided: false };
    let mut idle = 0;
    // A padded line ends the body: only END may follow.
    let mut closed = false;
    // A header's value goes on after a backslash (RFC 4716).
    let mut goes_on = false;
    loop {
        let end = lines.next(&mut line);
        let kind = if goes_on { Line::Empty } else { lines::classify(&line, leader) };
        goes_on = line.ends_with(b"\\") && (goes_on || matches!(&kind, Line::Header(_, body) if body.is_empty()));
        let body = match kind {
            Line::Body(body) => body,
            Line::Header(header, body) => {
                got.encrypted |= contains(&header, b"4,ENCRYPTED");
                body
            }
            Line::Empty => Vec::new(),
            Line::Sum(_) => {
                closed = true;
                Vec::new()
            }
            Line::Elided => {
                got.elided = true;
                Vec::new()
            }
            Line::Other if matches!(end, End::Armour) => Vec::new(),
            Line::Other => break,
        };
        if body.is_empty() {
            idle += 1;
        } else if closed {
            break;
        } else {
            closed = body.last() == Some(&b'=');
            got.base64.extend(body);
            got.end = lines.at - trailing(after, lines.at);
            idle = 0;
        }
        match end {
            End::Line if idle > MAX_IDLE => break,
            End::Line => {}
            End::Armour => {
                got.end = closing(after, lines.at).unwrap_or(got.end);
                break;
            }
            End::Bytes => break,
        }
    }
    (!got.base64.is_empty()).then_some(got)
}

/// Bytes before `at` that belong to no body: a line end and its escape.
fn trailing(after: &[u8], at: usize) -> usize {
    let line = after.get(..at).unwrap_or_default();
    let body = line.iter().rposition(|b| !b.is_ascii_whitespace()).map_or(0, |i| i + 1);
    at - body
}

/// Where the END line at `at` ends; `None` if it is no END line.
fn closing(after: &[u8], at: usize) -> Option<usize> {
    let rest = after.get(at..)?;
    let dashes = rest.iter().take_while(|b| **b == b'-').count();
    let name = rest.get(dashes..)?.trim_ascii_start();
    if !name.starts_with(b"END") {
        return None;
    }
    let tail = rest.get(dashes..rest.len().min(dashes + 80))?;
    let line = tail.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(tail.len());
    let close = tail.get(..line)?.windows(4).position(|w| w == b"----")?;
    let more = tail.get(close..)?.iter().take(5).take_while(|b| **b == b'-').count();
    Some(at + dashes + close + more)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

/// Number of different bytes.
fn distinct(text: &[u8]) -> usize {
    let mut seen = [false; 256];
    text.iter().for_each(|b| seen[usize::from(*b)] = true);
    seen.iter().filter(|s| **s).count()
}

#[cfg(test)]
mod tests;
