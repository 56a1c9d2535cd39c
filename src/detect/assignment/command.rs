//! Commands that take a password in a flag of their own: `sshpass -p`, `curl -u`, `mysql -p`.
//!
//! In: text and the command up to its flag, as the rule's pattern matched it. Out: [`Parsed`]. Refuses variables, a flag
//! without a value (the command asks), and users without a password.

use super::join::blanks;
use super::judge;
use super::key::{at, cut};
use super::parsed::Parsed;
use super::shape::refused;
use crate::finding::evidence::{Evidence, Reason};
use std::ops::Range;

/// Whether the telling word is such a command.
pub(super) fn is_command(word: &[u8]) -> bool {
    word.contains(&b' ') && (word.ends_with(b"-p") || word.ends_with(b"-u") || word.ends_with(b"--user"))
}

/// The password behind the flag that `word` ends with.
pub(super) fn parse(view: &[u8], word: Range<usize>) -> Option<Parsed> {
    let taken = cut(view, word.clone());
    let user = !taken.ends_with(b"-p");
    let mysql = taken.first().is_some_and(|b| b.eq_ignore_ascii_case(&b'm'));
    let mut start = word.end;
    if at(view, start) == b'=' {
        start += 1;
    } else if !mysql {
        // mysql's own flag takes its value without a blank; with one it asks.
        start = blanks(view, start);
    }
    let mark = at(view, start);
    let quoted = matches!(mark, b'"' | b'\'');
    start += usize::from(quoted);
    let rest = cut(view, start..start + 160);
    let len = rest.iter().position(|b| {
        if quoted {
            *b == mark || *b == b'\n'
        } else {
            b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b';' | b'|' | b'<' | b'\\' | b')')
        }
    })?;
    let mut value = cut(rest, 0..len);
    if user {
        let colon = value.iter().position(|b| *b == b':')?;
        start += colon + 1;
        value = value.get(colon + 1..)?;
    }
    if value.len() < 3 || matches!(at(value, 0), b'$' | b'-' | b'<' | b'{' | b'%') || refused(value, true) {
        return None;
    }
    let mut evidence = vec![Evidence::new(Reason::CommandLine)];
    judge::of_command(value, &mut evidence);
    let whole = word.start..start + value.len();
    Some(Parsed { read: whole.clone(), whole, secret: start..start + value.len(), value: None, evidence })
}
