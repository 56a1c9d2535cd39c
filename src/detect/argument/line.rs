//! A command line taken apart: of a shell, a batch file, a list in JSON or YAML.
//!
//! In: text and the name of a command. Out: [`Parsed`]s of the passwords among its arguments, as the table says. A line ends where the
//! shell ends it: at its end, unless a backslash goes on, at `;`, `|`, `&`, and at the quote that the whole line stands in. Of the
//! commands that read a password from a pipe it is what `echo` or `printf` writes into it.

use super::password::password;
use super::table::{Row, TABLE};
use super::way::{AFTER, BEFORE, Way};
use crate::detect::assignment::Parsed;
use crate::finding::evidence::Reason;
use std::ops::Range;

/// Longest name of a command in bytes.
const MAX_NAME: usize = 24;
/// Most arguments of a command that are looked at.
const MAX_ARGUMENTS: usize = 64;

fn at(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// The passwords that the command at `name` is given.
pub(crate) fn parse(text: &[u8], name: Range<usize>) -> Vec<Parsed> {
    let Some(written) = text.get(name.clone()) else { return Vec::new() };
    // A pattern may take a quote or a dash of a list before a short name, and what is behind it.
    let part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let skip = written.iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
    let start = name.start + skip;
    let before = at(text, start.wrapping_sub(1));
    if start > 0 && (before.is_ascii_alphanumeric() || matches!(before, b'_' | b'-' | b'.' | b'=' | b'$' | b'@')) {
        return Vec::new();
    }
    let mut end = start;
    while part(at(text, end)) || (at(text, end) == b'.' && at(text, end + 1).is_ascii_alphabetic()) {
        end += 1;
    }
    let ends = end == text.len() || matches!(text[end], b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'');
    if !ends || end > start + MAX_NAME {
        return Vec::new();
    }
    let name = start..end;
    let command = text.get(name.clone()).unwrap_or_default().to_ascii_lowercase();
    let command =
        [&b".exe"[..], b".bat", b".cmd", b".sh"].iter().find_map(|e| command.strip_suffix(*e)).unwrap_or(&command);
    let rows: Vec<&Row> = TABLE.iter().filter(|row| row.names.iter().any(|n| n.as_bytes() == command)).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let arguments = arguments(text, name.end);
    let word = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let mut found = Vec::new();
    for row in rows {
        let allowed = row.with.is_empty() || row.with.iter().any(|w| arguments.iter().any(|a| word(a) == w.as_bytes()));
        if !allowed {
            continue;
        }
        for way in row.ways {
            let (secret, start) = match way {
                Way::Stdin => (piped(text, name.start), name.start),
                _ => (of(text, &arguments, *way), name.start),
            };
            found.extend(secret.and_then(|secret| password(text, start, secret, Reason::CommandLine)));
        }
    }
    found
}

/// The argument that holds the password.
fn of(text: &[u8], arguments: &[Range<usize>], way: Way) -> Option<Range<usize>> {
    let word = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    // What an option has: the next argument, or what is behind its equals sign or colon.
    let option = |name: &str| {
        arguments.iter().enumerate().find_map(|(i, a)| {
            let rest = word(a).strip_prefix(name.as_bytes())?;
            match rest.first() {
                None => arguments.get(i + 1).filter(|next| !word(next).starts_with(b"-")).cloned(),
                Some(b'=' | b':') if name.len() > 2 => Some(a.start + name.len() + 1..a.end),
                _ => None,
            }
        })
    };
    // `-ubob:...` and `-sSfu bob:...`: letters of options in one word, the last of which takes what follows.
    let short = |name: &str| {
        let letter = name.as_bytes().get(1).copied().filter(|_| name.len() == 2)?;
        arguments.iter().enumerate().find_map(|(i, a)| {
            let letters = word(a).strip_prefix(b"-").filter(|rest| rest.len() > 1)?;
            let place = letters.iter().position(|b| !b.is_ascii_alphabetic() || *b == letter)?;
            match letters.get(place + 1) {
                _ if letters[place] != letter => None,
                None => arguments.get(i + 1).cloned(),
                Some(_) if place == 0 => Some(a.start + 2..a.end),
                Some(_) => None,
            }
        })
    };
    // `lftp -c "open -u bob,... host"`: the option is inside an argument that is itself a command.
    let inner = |name: &str| {
        arguments.iter().find_map(|a| {
            let place = memchr::memmem::find(word(a), name.as_bytes())? + name.len();
            let rest = word(a).get(place..)?.strip_prefix(b" ")?;
            let len = rest.iter().position(|b| matches!(b, b' ' | b';')).unwrap_or(rest.len());
            Some(a.start + place + 1..a.start + place + 1 + len)
        })
    };
    let behind = |range: Range<usize>, mark: u8| {
        let place = memchr::memchr(mark, word(&range))?;
        Some(range.start + place + 1..range.end)
    };
    match way {
        Way::Option(name) => option(name),
        Way::Glued(name) => arguments.iter().find_map(|a| {
            let head = word(a).get(..name.len())?;
            let same =
                if name.len() > 2 { head.eq_ignore_ascii_case(name.as_bytes()) } else { head == name.as_bytes() };
            (same && a.len() > name.len()).then(|| a.start + name.len()..a.end)
        }),
        Way::Colon(name) => behind(option(name).or_else(|| short(name))?, b':'),
        Way::Comma(name) => behind(option(name).or_else(|| short(name)).or_else(|| inner(name))?, b','),
        Way::Percent(name) => behind(option(name).or_else(|| short(name))?, b'%'),
        Way::Slash => arguments.iter().find(|a| !word(a).starts_with(b"-")).and_then(|login| {
            let user = word(login).iter().take_while(|b| **b != b'@').count();
            let slash = memchr::memchr(b'/', &word(login)[..user]).filter(|slash| *slash > 0)?;
            let rest = &word(login)[slash + 1..];
            let rest =
                if rest.first() == Some(&b'"') { memchr::memchr(b'"', &rest[1..]).map(|end| 1..end + 1) } else { None }
                    .unwrap_or(0..memchr::memrchr(b'@', rest).unwrap_or(rest.len()));
            let start = login.start + slash + 1;
            Some(start + rest.start..start + rest.end)
        }),
        Way::After(name) => {
            // `/user:CORP\svc`, `//registry.acme.io/:_authToken`, and words.
            let is_it = |word: &[u8]| match name.as_bytes() {
                [.., b':'] => word.len() > name.len() && word[..name.len()].eq_ignore_ascii_case(name.as_bytes()),
                [b':', ..] => word.ends_with(name.as_bytes()),
                name => word.eq_ignore_ascii_case(name),
            };
            let i = arguments.iter().position(|a| is_it(word(a)))?;
            arguments.get(i + 1).filter(|next| !matches!(word(next).first(), Some(b'-' | b'/'))).cloned()
        }
        Way::Second(head) => {
            let i = arguments.iter().position(|a| word(a).starts_with(head.as_bytes()))?;
            arguments.get(i + 2).filter(|next| !word(next).starts_with(b"-")).cloned()
        }
        Way::Named => {
            let named = |a: &Range<usize>| {
                let last = word(a).rsplit(|b| matches!(b, b':' | b'.')).next().unwrap_or_default().to_ascii_lowercase();
                let ends = [&b"password"[..], b"secret", b"token", b"key", b"pwd", b"pass", b"connectionstring"];
                ends.iter().any(|end| last.ends_with(end))
            };
            let i = arguments.iter().position(named)?;
            arguments.get(i + 1).filter(|next| !word(next).starts_with(b"-")).cloned()
        }
        Way::Word(place) => {
            let mut words =
                arguments.iter().filter(|a| !matches!(word(a).first(), Some(b'-' | b'/')) || word(a).contains(&b'.'));
            let words: Vec<_> = words.by_ref().collect();
            // Of three: what is done, to whom, and the password; a file, a user and the password.
            let place = if place < 0 {
                words.len().checked_sub(1).filter(|n| *n >= 1)?
            } else {
                usize::try_from(place).ok()?
            };
            words.get(place).map(|range| (*range).clone())
        }
        Way::Stdin => None,
    }
}

/// What `echo` or `printf` pipes into the command that begins at `start`: its last word, behind the colon of a login.
fn piped(text: &[u8], start: usize) -> Option<Range<usize>> {
    let floor = start.saturating_sub(BEFORE);
    let before = text.get(floor..start)?;
    let line = memchr::memrchr(b'\n', before).map_or(floor, |n| floor + n + 1);
    let pipe = line + memchr::memrchr(b'|', text.get(line..start)?)?;
    // `sudo` and the like may stand between.
    let between = text.get(pipe + 1..start)?.trim_ascii();
    if !(between.is_empty() || between.starts_with(b"sudo")) {
        return None;
    }
    let writer = text.get(line..pipe)?;
    let echo = [&b"echo "[..], b"printf ", b"Write-Output "]
        .iter()
        .find_map(|w| memchr::memmem::rfind(writer, w).map(|place| line + place + w.len()))?;
    let words = split(text, echo, pipe, None);
    let last = words.iter().rfind(|w| !text[(*w).clone()].starts_with(b"-"))?;
    let value = text.get(last.clone())?;
    let value_end = last.end - [&b"\\n"[..], b"\\r\\n"].iter().find(|e| value.ends_with(e)).map_or(0, |e| e.len());
    let from = memchr::memchr(b':', &text[last.start..value_end]).map_or(last.start, |colon| last.start + colon + 1);
    (from < value_end).then_some(from..value_end)
}

/// The arguments behind the name that ends at `end`, without their quotes.
fn arguments(text: &[u8], end: usize) -> Vec<Range<usize>> {
    let limit = text.len().min(end + AFTER);
    let mark = at(text, end);
    let open = matches!(mark, b'"' | b'\'');
    if open && next_sign(text, end + 1) == b',' {
        return items(text, end + 1, limit);
    }
    let line = end + usize::from(open);
    if matches!(next_sign(text, line), b'\n' | b'\r') {
        return dashes(text, line, limit);
    }
    split(text, end, limit, enclosing(text, end))
}

fn next_sign(text: &[u8], from: usize) -> u8 {
    text.get(from..).unwrap_or_default().iter().find(|b| !matches!(b, b' ' | b'\t')).copied().unwrap_or(0)
}

/// The quote that is open where the command stands, if its line begins it.
fn enclosing(text: &[u8], end: usize) -> Option<u8> {
    let floor = end.saturating_sub(BEFORE);
    let before = text.get(floor..end)?;
    let line = memchr::memrchr(b'\n', before).map_or(before, |n| &before[n + 1..]);
    let mut open = None;
    for b in line {
        match open {
            None if matches!(b, b'"' | b'\'' | b'`') => open = Some(*b),
            Some(mark) if *b == mark => open = None,
            _ => {}
        }
    }
    open
}

/// Words of a shell from `from` to the end of the command.
fn split(text: &[u8], from: usize, limit: usize, enclosing: Option<u8>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut here = from;
    while here < limit && out.len() < MAX_ARGUMENTS {
        match at(text, here) {
            b' ' | b'\t' => here += 1,
            b'\\' | b'^' | b'`' if matches!(at(text, here + 1), b'\n' | b'\r') => {
                here += 2;
                while at(text, here).is_ascii_whitespace() && here < limit {
                    here += 1;
                }
            }
            b'\n' | b'\r' | b';' | b'|' | 0 => break,
            b'&' | b'>' | b'<' => break,
            b')' => break,
            b if Some(b) == enclosing => break,
            mark @ (b'"' | b'\'') => {
                let rest = text.get(here + 1..limit).unwrap_or_default();
                let Some(len) = rest.iter().position(|b| *b == mark || *b == b'\n').filter(|n| rest[*n] == mark) else {
                    break;
                };
                out.push(here + 1..here + 1 + len);
                here += len + 2;
                // What is glued behind the quote belongs to the word; a password is hardly ever written so.
                while here < limit
                    && !at(text, here).is_ascii_whitespace()
                    && !matches!(at(text, here), b';' | b'|' | b')' | 0)
                    && Some(at(text, here)) != enclosing
                {
                    here += 1;
                }
            }
            _ => {
                let start = here;
                let mut quote = None;
                while here < limit {
                    let b = at(text, here);
                    let ends = match quote {
                        Some(mark) if b == mark => {
                            quote = None;
                            false
                        }
                        Some(_) => b == b'\n',
                        None if Some(b) == enclosing => true,
                        None if matches!(b, b'"' | b'\'') => {
                            quote = Some(b);
                            false
                        }
                        None => {
                            b.is_ascii_whitespace()
                                || matches!(b, b';' | b'|' | b'`' | b')')
                                || (b == b'\\' && matches!(at(text, here + 1), b'\n' | b'\r' | b'"' | b'n'))
                        }
                    };
                    if ends {
                        break;
                    }
                    here += 1;
                }
                if here == start {
                    break;
                }
                out.push(unquoted(text, start..here));
            }
        }
    }
    out
}

/// `-p"..."`, `--user='a:b'`: without the quotes at the end, if the last part is in quotes.
fn unquoted(text: &[u8], range: Range<usize>) -> Range<usize> {
    let word = text.get(range.clone()).unwrap_or_default();
    match word.last() {
        Some(mark @ (b'"' | b'\'')) if memchr::memchr(*mark, word).is_some_and(|n| n + 1 < word.len()) => {
            range.start..range.end - 1
        }
        _ => range,
    }
}

/// The further items of a list in brackets: `"redis-cli", "-a", "..."`.
fn items(text: &[u8], from: usize, limit: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut here = from;
    while here < limit && out.len() < MAX_ARGUMENTS {
        match at(text, here) {
            b',' | b' ' | b'\t' | b'\n' | b'\r' => here += 1,
            mark @ (b'"' | b'\'') => {
                let Some(len) = text.get(here + 1..limit).and_then(|rest| memchr::memchr(mark, rest)) else { break };
                out.push(here + 1..here + 1 + len);
                here += len + 2;
            }
            _ => break,
        }
    }
    out
}

/// The further items of a list with dashes, one a line.
fn dashes(text: &[u8], from: usize, limit: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut here = from;
    while let Some(next) = text.get(here..limit).and_then(|rest| memchr::memchr(b'\n', rest)) {
        let start = here + next + 1;
        let end = text.get(start..limit).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(limit, |n| start + n);
        let line = text.get(start..end).unwrap_or_default();
        let body = line.trim_ascii();
        let Some(item) = body.strip_prefix(b"- ").map(<[u8]>::trim_ascii).filter(|_| out.len() < MAX_ARGUMENTS) else {
            break;
        };
        let begin = end - line.len() + (line.len() - line.trim_ascii_start().len()) + (body.len() - item.len());
        let quoted = matches!(item.first(), Some(b'"' | b'\'')) && item.first() == item.last() && item.len() > 1;
        let cut = usize::from(quoted);
        out.push(begin + cut..begin + item.len() - cut);
        here = end;
    }
    out
}
