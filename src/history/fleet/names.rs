//! Which repositories a run scans, and what they are called in its report.
//!
//! In: paths that were typed or listed. Out: each repository once, named by the shortest end of its path that no other
//! one has, so that a report names no folder of this machine that it need not; and the [`Shard`] of a run. Both follow
//! from the paths below the folder that all have in common, so that machines with other base folders agree about them.

use crate::fs::root::native;
use crate::report::run::Part;
use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

/// A repository of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Its location.
    pub path: PathBuf,
    /// What reports call it.
    pub name: String,
    /// A list names it, so that it is expected to be there and to hold something.
    pub listed: bool,
}

/// Part K of N of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    k: u32,
    n: u32,
}

impl Shard {
    /// The repositories of this part: every N-th by name. Each is in exactly one of the N parts, and the sizes of two
    /// parts differ by at most one.
    pub fn of(self, all: &[Repository]) -> Vec<Repository> {
        let (first, step) = (self.k as usize - 1, self.n as usize);
        by_name(all).into_iter().skip(first).step_by(step).cloned().collect()
    }

    /// What the report of this part of `all` says about itself.
    pub fn part(self, all: &[Repository]) -> Part {
        Part { index: self.k, count: self.n, list: list_hash(by_name(all).into_iter().map(|r| r.name.as_str())) }
    }
}

fn by_name(all: &[Repository]) -> Vec<&Repository> {
    let mut sorted: Vec<&Repository> = all.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    sorted
}

/// Identifies a list of repositories: a hash over their names, which come sorted. 32 hexadecimal digits.
pub fn list_hash<'a>(sorted: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = blake3::Hasher::new();
    for name in sorted {
        // With its length, because a name may hold any separator.
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
        match parts {
            Some((k, n)) if (1..=n).contains(&k) => Ok(Self { k, n }),
            _ => Err("expected K/N with 1 <= K <= N".into()),
        }
    }
}

/// A list of repositories that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListError(String);

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ListError {}

/// The paths of a list: one per line, relative to `folder`; blank lines and those that begin with `#` are skipped.
///
/// # Errors
/// When a line is not a path of this system.
pub fn read_list(list: &[u8], folder: &Path) -> Result<Vec<PathBuf>, ListError> {
    let list = list.strip_prefix(b"\xef\xbb\xbf").unwrap_or(list);
    let mut paths = Vec::new();
    for (n, line) in list.split(|b| *b == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let path = native(line)
            .filter(|_| !line.contains(&0))
            .ok_or_else(|| ListError(format!("line {}: not a path", n + 1)))?;
        paths.push(folder.join(path));
    }
    Ok(paths)
}

/// The repositories at these paths, each once, in order; those after the first `typed` ones come from a list. `mask`:
/// takes secrets out of a name.
pub fn named(paths: &[PathBuf], typed: usize, mask: &dyn Fn(&str) -> Option<String>) -> Vec<Repository> {
    let mut all: Vec<(&PathBuf, Vec<OsString>, bool)> = Vec::new();
    let mut known: HashMap<Vec<OsString>, usize> = HashMap::new();
    for (n, path) in paths.iter().enumerate() {
        let (parts, listed) = (parts(path), n >= typed);
        match known.get(&parts).and_then(|at| all.get_mut(*at)) {
            Some((.., before)) => *before |= listed,
            None => {
                known.insert(parts.clone(), all.len());
                all.push((path, parts, listed));
            }
        }
    }
    let mut ends = Ends::default();
    for (_, parts, _) in &all {
        ends.add(parts);
    }
    let mut order: Vec<(&[OsString], usize)> = Vec::with_capacity(all.len());
    for (n, (_, parts, _)) in all.iter().enumerate() {
        order.push((parts.get(ends.unique(parts)..).unwrap_or_default(), n));
    }
    // Names that were masked or are not UTF-8 may be equal. They are told apart in the order of the ends of their paths,
    // so that the order of the list decides nothing.
    order.sort();
    let mut names = vec![String::new(); all.len()];
    let mut taken: HashSet<String> = HashSet::with_capacity(all.len());
    let mut equal = Vec::new();
    for (end, n) in order {
        let shown: Vec<_> = end.iter().map(|part| part.to_string_lossy()).collect();
        let name = shown.join("/");
        let mut name = mask(&name).unwrap_or(name);
        if name.is_empty() {
            name = "repository".into();
        }
        if taken.insert(name.clone()) {
            names[n] = name;
        } else {
            equal.push((name, n));
        }
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (name, n) in equal {
        let nth = counts.entry(name.clone()).or_insert(1);
        names[n] = loop {
            *nth += 1;
            let numbered = format!("{name}~{nth}");
            if taken.insert(numbered.clone()) {
                break numbered;
            }
        };
    }
    let each = all.into_iter().zip(names);
    each.map(|((path, _, listed), name)| Repository { path: path.clone(), name, listed }).collect()
}

/// How many paths have an end in common, for every end: a tree of parts from the last one up. Time and memory are
/// linear in the number of parts of all paths.
#[derive(Default)]
struct Ends<'p> {
    /// The end that is longer by the part before it. Ends are numbered from 1; 0 is the empty one.
    longer: HashMap<(usize, &'p OsStr), usize>,
    /// Paths with each end, from end 1 on.
    paths: Vec<usize>,
}

impl<'p> Ends<'p> {
    fn add(&mut self, parts: &'p [OsString]) {
        let mut end = 0;
        for part in parts.iter().rev() {
            let next = self.longer.len() + 1;
            end = *self.longer.entry((end, part.as_os_str())).or_insert(next);
            if self.paths.len() < end {
                self.paths.push(0);
            }
            if let Some(count) = self.paths.get_mut(end - 1) {
                *count += 1;
            }
        }
    }

    /// Where the shortest end begins that only this path has; 0 if another path ends with all of it.
    fn unique(&self, parts: &'p [OsString]) -> usize {
        let mut end = 0;
        for (at, part) in parts.iter().enumerate().rev() {
            end = self.longer.get(&(end, part.as_os_str())).copied().unwrap_or_default();
            if end.checked_sub(1).and_then(|n| self.paths.get(n)) == Some(&1) {
                return at;
            }
        }
        0
    }
}

/// What a report says was scanned.
pub fn target(names: &[String]) -> String {
    match names {
        [name] => name.clone(),
        names => format!("{} repositories", names.len()),
    }
}

/// The parts of a path, as far as they tell repositories apart; `.git` at its end does not.
fn parts(path: &Path) -> Vec<OsString> {
    let whole = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
    let mut parts: Vec<OsString> = Vec::new();
    for component in whole.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_owned()),
            // The drive, on Windows.
            Component::Prefix(prefix) => parts.push(prefix.as_os_str().to_owned()),
            Component::ParentDir => drop(parts.pop()),
            Component::RootDir | Component::CurDir => {}
        }
    }
    if parts.len() > 1 && parts.last().is_some_and(|p| p == ".git") {
        parts.pop();
    }
    parts
}

#[cfg(test)]
mod tests;
