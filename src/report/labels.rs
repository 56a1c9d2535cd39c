//! Words and numbers that several reports share: the names of severities, counts, sizes, places.

use crate::blob::{Gap, GitKind, GitPlace, Origin, Reach};
use crate::finding::Location;
use crate::rule::Environment;
use crate::text::escape;

/// The name in reports; nothing for an unknown environment.
pub(super) fn environment(environment: Environment) -> &'static str {
    match environment {
        Environment::Unknown => "",
        known => known.name(),
    }
}

/// A path for a terminal. A colon in front would be the start of a workflow command, were the path to open a line.
pub(super) fn path(path: &[u8]) -> String {
    match (path, escape::terminal(path)) {
        (b"", _) => "./".to_owned(),
        ([b':', ..], shown) => format!("./{shown}"),
        (_, shown) => shown.into_owned(),
    }
}

/// A place for a terminal: `path:line:column`, with what part of the file it is if that is not its content.
pub(super) fn place(location: &Location) -> String {
    let (mut path, after) = match location.origin.git() {
        Some(git) => (named(git), holder(git)),
        None => {
            let kind = || format!("<{}>", location.origin.kind());
            (location.origin.path().map_or_else(kind, path), String::new())
        }
    };
    if let Origin::Member(member) = &location.origin {
        path = format!("{path}!{}", escape::terminal(&member.inner()));
    }
    match location.origin.part() {
        None => format!("{path}:{}:{}{after}", location.line, location.column),
        Some(part) => format!("{path} ({part}){after}"),
    }
}

/// Characters of an object's id that are shown.
pub(super) const SHORT_ID: usize = 10;

fn short(id: &str) -> String {
    let short: String = id.chars().take(SHORT_ID).collect();
    escape::terminal(short.as_bytes()).into_owned()
}

/// What a place in a repository is called: its path, else what it is; the repository before it, where there are several.
fn named(git: &GitPlace) -> String {
    let id = git.commit.as_deref().map(|c| format!("commit {}", short(c)));
    let id = id.or_else(|| git.object.as_deref().map(|o| format!("object {}", short(o)))).unwrap_or_default();
    let name = match (&git.path, git.kind) {
        (Some(of), _) => path(of),
        (None, GitKind::Message) if id.is_empty() => "the commit message".to_owned(),
        (None, GitKind::Message) if git.reach == Reach::Tag && git.commit.is_none() => {
            format!("message of tag {}", short(git.object.as_deref().unwrap_or_default()))
        }
        (None, GitKind::Message) => format!("message of {id}"),
        (None, GitKind::Ref) => git.refs.first().map_or_else(String::new, |r| path(r)),
        (None, _) => id,
    };
    if git.repo.is_empty() { name } else { format!("{}/{name}", path(&git.repo)) }
}

/// What holds a path: ` in commit abc1234567`.
fn holder(git: &GitPlace) -> String {
    match (&git.path, &git.commit, &git.object) {
        _ if git.kind == GitKind::Index || git.reach == Reach::Index => String::new(),
        (Some(_), Some(commit), _) => format!(" in commit {}", short(commit)),
        (Some(_), None, Some(object)) => format!(" in object {}", short(object)),
        _ => String::new(),
    }
}

/// How many gaps block: `1 of 3 blocks`.
pub(super) fn blocking(gaps: &[Gap]) -> String {
    match gaps.iter().filter(|g| g.blocks).count() as u64 {
        0 => "none blocks".to_owned(),
        n if n == gaps.len() as u64 => count(n, "gap blocks", "gaps block"),
        1 => format!("1 of {} blocks", thousands(gaps.len() as u64)),
        n => format!("{} of {} block", thousands(n), thousands(gaps.len() as u64)),
    }
}

/// `1 file`, `2,345 files`.
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

/// `1234567` as `1,234,567`.
pub(super) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes in decimal units: `512 bytes`, `12.3 MB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return count(bytes, "byte", "bytes");
    }
    // In tenths, whole numbers only: 999,950 bytes and more are 1.0 MB, never 1000.0 kB.
    let mut tenths = bytes.saturating_add(50) / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths = tenths.saturating_add(500) / 1000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "file", "files"), "1 file");
        assert_eq!(count(1_234_567, "file", "files"), "1,234,567 files");
        assert_eq!(
            [0, 999, 1000, 999_949, 999_950, 12_345_678].map(size),
            ["0 bytes", "999 bytes", "1.0 kB", "999.9 kB", "1.0 MB", "12.3 MB"]
        );
        assert!(size(u64::MAX).ends_with("EB"));
    }
}
