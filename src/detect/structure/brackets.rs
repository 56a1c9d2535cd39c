//! Records in brackets: JSON, flow style of YAML, dictionaries and hashes of programming languages, blocks of HCL.
//!
//! In: text and the name of a field. Out: the fields between the bracket before it and the one after it. A text in quotes is
//! passed over whole, and what stands in brackets of its own as well; the quotes of a record that is itself written in a
//! text have backslashes, always the same number. Refuses records whose quotes do not close on their line, and names without
//! a sign behind them.

use super::field::{DEPTH, Field, Own, Wanted, at, names};
use std::ops::Range;

/// Fields of the record around `name`.
pub(super) fn fields(
    text: &[u8],
    name: &Range<usize>,
    escapes: usize,
    see: &mut dyn FnMut(Field) -> Wanted,
) -> Range<usize> {
    // The quote of the name belongs to it.
    let mark = name.start.checked_sub(1).map_or(0, |before| at(text, before));
    let quote = matches!(mark, b'"' | b'\'' | b'`');
    // The end of a longer name is no name.
    let glued = names(mark) && mark != b'.';
    let sign = sign_after(text, name.end, escapes, quote);
    let looked_at = text.len().min(sign + 1);
    if glued || !is_field(text, name.end, sign, escapes, quote.then_some(mark)) {
        return name.start.saturating_sub(1)..looked_at;
    }
    let before = Before { text, escapes, own: Own::new(text, name) };
    let outside = name.start.saturating_sub(if quote { escapes + 1 } else { 0 });
    // Where the start was looked for counts as read, even if it was not found.
    let (from, read_from) = before.start(outside).unwrap_or((outside, 0));
    let end = forward(text, from, escapes, Some((name.start, &before.own)), see);
    read_from..end.max(looked_at)
}

/// Fields of the record that begins at `from`, white space before it left out.
pub(super) fn nested(text: &[u8], from: usize, escapes: usize, see: &mut dyn FnMut(Field) -> Wanted) -> Range<usize> {
    let mut open = from;
    while at(text, open).is_ascii_whitespace() {
        open += 1;
    }
    if at(text, open) != b'{' {
        return from..open + 1;
    }
    from..forward(text, open + 1, escapes, None, see)
}

/// Where the sign after the name that ends at `end` would be.
fn sign_after(text: &[u8], end: usize, escapes: usize, quoted: bool) -> usize {
    let mut here = end + if quoted { escapes + 1 } else { 0 };
    while at(text, here).is_ascii_whitespace() || at(text, here) == b'\\' {
        here += 1;
    }
    here
}

/// Whether what is at `sign` makes a field of the name that ends at `end`. What is no field itself would not end the record of another
/// one like it, and each of them would read all of the others.
fn is_field(text: &[u8], end: usize, sign: usize, escapes: usize, quote: Option<u8>) -> bool {
    let closes = |mark: u8| (0..escapes).all(|n| at(text, end + n) == b'\\') && at(text, end + escapes) == mark;
    quote.is_none_or(closes) && matches!(at(text, sign), b':' | b'=')
}

/// Number of backslashes directly before `quote`.
fn slashes(text: &[u8], quote: usize) -> usize {
    text.get(..quote).unwrap_or_default().iter().rev().take_while(|b| **b == b'\\').count()
}

/// Just behind the text that the quote at `open` begins; `None` if it does not end on its line.
fn string_end(text: &[u8], open: usize, escapes: usize) -> Option<usize> {
    let mark = at(text, open);
    let mut from = open + 1;
    loop {
        let found = from + memchr::memchr3(mark, b'\\', b'\n', text.get(from..)?)?;
        match at(text, found) {
            b'\n' if mark != b'`' => return None,
            b'\\' => {
                let run = text.get(found..)?.iter().take_while(|b| **b == b'\\').count();
                let next = found + run;
                if at(text, next) == mark && (run == escapes || (escapes == 0 && run.is_multiple_of(2))) {
                    return Some(next + 1);
                }
                from = next + usize::from(at(text, next) == mark && run >= escapes);
                if at(text, next) == mark && run < escapes {
                    return None;
                }
            }
            b'\n' => from = found + 1,
            _ if escapes == 0 => return Some(found + 1),
            // The text around this record ends.
            _ => return None,
        }
    }
}

/// How far the end of the text that the quote at `open` begins was looked for.
fn searched(text: &[u8], open: usize) -> usize {
    let line = text.get(open..).filter(|_| at(text, open) != b'`').and_then(|rest| memchr::memchr(b'\n', rest));
    line.map_or(text.len(), |end| open + end + 1)
}

/// Reads the record from `from` on, and gives where it ends or stops.
fn forward(
    text: &[u8],
    from: usize,
    escapes: usize,
    own: Option<(usize, &Own<'_>)>,
    see: &mut dyn FnMut(Field) -> Wanted,
) -> usize {
    let name_of = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let mut depth = 0_usize;
    let mut here = from;
    // The last text or word at this depth, if nothing but white space and backslashes stands behind it.
    let mut last: Option<Range<usize>> = None;
    while let Some(b) = text.get(here) {
        match b {
            b'"' | b'\'' | b'`' => {
                if slashes(text, here) != escapes {
                    return here + 1;
                }
                let Some(end) = string_end(text, here, escapes) else { return searched(text, here) };
                last = (depth == 0).then(|| here + 1..end - 1 - escapes);
                here = end;
            }
            b'{' | b'[' | b'(' => {
                depth += 1;
                last = None;
                here += 1;
                if depth > DEPTH {
                    return here;
                }
            }
            b'}' | b']' | b')' => {
                if depth == 0 {
                    return here + 1;
                }
                depth -= 1;
                last = None;
                here += 1;
            }
            b':' | b'=' if depth == 0 => {
                here += 1;
                while matches!(at(text, here), b'=' | b'>') {
                    here += 1;
                }
                let Some(name) = last.take() else { continue };
                // The same name once more: another record, in a list without brackets of its own.
                if own.is_some_and(|(start, own)| name.start > start && own.is(name_of(&name))) {
                    return text.len().min(here + 1);
                }
                if see(Field { name, value: here }) == Wanted::Enough {
                    return text.len().min(here + 1);
                }
            }
            b if names(*b) => {
                let start = here;
                while names(at(text, here)) {
                    here += 1;
                }
                last = (depth == 0).then_some(start..here);
            }
            b if b.is_ascii_whitespace() || *b == b'\\' => here += 1,
            _ => {
                last = None;
                here += 1;
            }
        }
    }
    here
}

/// Looks for the start of a record, backwards.
struct Before<'t> {
    text: &'t [u8],
    escapes: usize,
    /// The name of our field.
    own: Own<'t>,
}

impl Before<'_> {
    /// Just behind the bracket around `from`, or, where the record before has a field like ours, behind that field's name or
    /// at the start of our line; and from where the text was read to know it.
    fn start(&self, from: usize) -> Option<(usize, usize)> {
        let mut depth = 0_usize;
        let mut here = from;
        // Whether what stands behind `here` makes a name of it.
        let mut named = false;
        while here > 0 {
            let b = at(self.text, here - 1);
            let token = match b {
                b'"' | b'\'' | b'`' => {
                    let open = self.string_start(here - 1)?;
                    let inner = open + 1..(here - 1).saturating_sub(self.escapes);
                    here = open - self.escapes.min(open);
                    Some(inner)
                }
                b'}' | b']' | b')' => {
                    depth += 1;
                    if depth > DEPTH {
                        return None;
                    }
                    None
                }
                b'{' | b'[' | b'(' if depth == 0 => return Some((here, here - 1)),
                b'{' | b'[' | b'(' => {
                    depth -= 1;
                    None
                }
                b if names(b) => {
                    let end = here;
                    while here > 0 && names(at(self.text, here - 1)) {
                        here -= 1;
                    }
                    Some(here..end)
                }
                _ => None,
            };
            let Some(token) = token else {
                here -= 1;
                if !b.is_ascii_whitespace() && b != b'\\' {
                    named = matches!(b, b':' | b'=') || (named && b == b'>');
                }
                continue;
            };
            if named && depth == 0 && self.own.is(self.text.get(token.clone()).unwrap_or_default()) {
                // What lies between the two belongs to the record that its line is about.
                let between = self.text.get(token.end..from).unwrap_or_default();
                let line = memchr::memrchr(b'\n', between).map_or(0, |end| token.end + end + 1);
                // How many backslashes there are before its quote decides whether it begins there.
                let read_from = here - slashes(self.text, here);
                return Some((line.max(token.end + self.escapes + 1), read_from.saturating_sub(1)));
            }
            named = false;
        }
        None
    }

    /// Where the text begins that the quote at `close` ends.
    fn string_start(&self, close: usize) -> Option<usize> {
        if slashes(self.text, close) != self.escapes {
            return None;
        }
        let mark = at(self.text, close);
        let mut end = close.checked_sub(self.escapes)?;
        loop {
            let found = memchr::memrchr2(mark, b'\n', self.text.get(..end)?)?;
            if at(self.text, found) == b'\n' && mark != b'`' {
                return None;
            }
            let run = slashes(self.text, found);
            if at(self.text, found) == mark && (run == self.escapes || (self.escapes == 0 && run.is_multiple_of(2))) {
                return Some(found);
            }
            end = found - run.min(found);
        }
    }
}
