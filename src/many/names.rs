//! Which repositories a run looks at, and what they are called in its report.
//!
//! In: paths that were typed or stand in a list. Out: each repository once, with the shortest end of its path that no
//! other one has, so that a report names no folder of this machine that it need not; and the shard that it belongs to,
//! which follows from that name alone.

use std::collections::HashMap;
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

/// A repository of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Where it lies.
    pub path: PathBuf,
    /// What reports call it.
    pub name: String,
}

/// Part K of N of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    k: u64,
    n: u64,
}

impl Shard {
    /// Whether the repository of that name is in this part. It is in exactly one of the N.
    pub fn holds(self, name: &str) -> bool {
        let hash = blake3::hash(name.as_bytes());
        let head = hash.as_bytes().iter().take(8).fold(0, |n: u64, b| n << 8 | u64::from(*b));
        head % self.n == self.k - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<u32>().ok().map(u64::from);
        let parts = text.split_once('/').and_then(|(k, n)| Some((number(k)?, number(n)?)));
        match parts {
            Some((k, n)) if (1..=n).contains(&k) => Ok(Self { k, n }),
            _ => Err("write K/N, with 1 <= K <= N".into()),
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

/// The paths of a list: one a line, relative to `folder`; blank lines and those that begin with `#` are skipped.
///
/// # Errors
/// When a line is no path of this system.
pub fn read_list(list: &[u8], folder: &Path) -> Result<Vec<PathBuf>, ListError> {
    let list = list.strip_prefix(b"\xef\xbb\xbf").unwrap_or(list);
    let mut paths = Vec::new();
    for (n, line) in list.split(|b| *b == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let path = path_of(line)
            .filter(|_| !line.contains(&0))
            .ok_or_else(|| ListError(format!("line {}: this is no path", n + 1)))?;
        paths.push(folder.join(path));
    }
    Ok(paths)
}

/// Bytes as a path; outside of Unix they must be UTF-8.
pub(super) fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        Some(std::ffi::OsStr::from_bytes(bytes).into())
    }
    #[cfg(not(unix))]
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}

/// The repositories at these paths, each once, in order. `mask`: takes secrets out of a name.
pub fn named(paths: &[PathBuf], mask: &dyn Fn(&str) -> Option<String>) -> Vec<Repository> {
    let mut all: Vec<(PathBuf, Vec<String>)> = Vec::new();
    for path in paths {
        let parts = parts(path);
        if !all.iter().any(|(_, known)| *known == parts) {
            all.push((path.clone(), parts));
        }
    }
    // How many repositories end in the same parts, for every number of them.
    let mut ends: HashMap<&[String], usize> = HashMap::new();
    for (_, parts) in &all {
        for at in 0..parts.len() {
            *ends.entry(parts.get(at..).unwrap_or_default()).or_default() += 1;
        }
    }
    let mut taken: HashMap<String, usize> = HashMap::new();
    let mut out = Vec::with_capacity(all.len());
    for (path, parts) in &all {
        let unique = |at: &usize| ends.get(parts.get(*at..).unwrap_or_default()) == Some(&1);
        let at = (0..parts.len()).rev().find(unique).unwrap_or(0);
        let name = parts.get(at..).unwrap_or_default().join("/");
        let mut name = mask(&name).unwrap_or(name);
        if name.is_empty() {
            name = "repository".into();
        }
        // Only names that were masked, or are not UTF-8, can be equal.
        let nth = taken.entry(name.clone()).or_default();
        *nth += 1;
        if *nth > 1 {
            name = format!("{name}~{nth}");
        }
        out.push(Repository { path: path.clone(), name });
    }
    out
}

/// What a report says was looked at.
pub fn target(names: &[String]) -> String {
    match names {
        [name] => name.clone(),
        names => format!("{} repositories", names.len()),
    }
}

/// The parts of a path, as far as they name folders; `.git` at its end says nothing.
fn parts(path: &Path) -> Vec<String> {
    let whole = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
    let mut parts: Vec<String> = Vec::new();
    for component in whole.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::ParentDir => drop(parts.pop()),
            _ => {}
        }
    }
    if parts.len() > 1 && parts.last().is_some_and(|p| p == ".git") {
        parts.pop();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[&str]) -> Vec<String> {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        named(&paths, &|_| None).into_iter().map(|r| r.name).collect()
    }

    #[test]
    fn names_are_short_unique_and_no_place_on_this_machine() {
        assert_eq!(names(&["/x/a/app", "/x/b/app", "/x/b/lib/.git", "/x/c.git"]), ["a/app", "b/app", "lib", "c.git"]);
        assert_eq!(names(&["/x/app", "/x/./y/../app", "/app"]), ["x/app", "app"], "each once");
        assert_eq!(names(&["/x/app", "/y/x/app", "/z"]), ["x/app", "y/x/app", "z"]);
        assert_eq!(names(&["/"]), ["repository"]);
        let masked = named(&["/x/one".into(), "/x/two".into()], &|_| Some("…".into()));
        assert_eq!(masked.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["…", "…~2"]);
    }

    #[test]
    fn every_name_is_in_exactly_one_shard() {
        for n in [1, 2, 3, 7] {
            let shards: Vec<Shard> = (1..=n).map(|k| format!("{k}/{n}").parse().unwrap()).collect();
            for name in 0..200 {
                assert_eq!(shards.iter().filter(|s| s.holds(&format!("team/{name}"))).count(), 1);
            }
        }
        for wrong in ["", "1", "0/2", "3/2", "1/0", "a/b", "-1/2", "1/2/3"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_list_has_comments_and_relative_paths() {
        let list = b"\xef\xbb\xbfone\r\n\n  # no\ntwo words\n/abs\n";
        let paths = read_list(list, Path::new("/lists")).unwrap();
        assert_eq!(paths, ["/lists/one", "/lists/two words", "/abs"].map(PathBuf::from));
        assert_eq!(read_list(b"a\nb\0c\n", Path::new("")).unwrap_err().to_string(), "line 2: this is no path");
    }
}
