//! Globs over paths: for which places an exception holds, which files are excluded.
//!
//! In: a glob as written, relative to the root of the repository, with `/`. Out: a [`PathGlob`], or why it is refused.
//! One that every path could match is refused for exceptions, which are for a place. Paths are bytes.

use globset::{GlobBuilder, GlobMatcher};
use std::fmt;
use std::path::Path;

/// Longest glob, in bytes: the engine's cost follows it.
const MAX_GLOB: usize = 4096;

/// A glob over paths. `*` and `?` stay inside a folder, `**` does not, `\` takes the next character as it is.
#[derive(Clone)]
pub struct PathGlob {
    text: String,
    /// Without metacharacters there is one path, and no engine is needed for it.
    exact: Option<Vec<u8>>,
    matcher: Option<GlobMatcher>,
    /// What lies beneath that which it matches.
    beneath: Option<GlobMatcher>,
}

impl PathGlob {
    /// Reads a glob.
    ///
    /// # Errors
    /// What is wrong with it and what to do.
    pub fn new(text: &str) -> Result<Self, String> {
        let glob = Self::any(text)?;
        if glob.exact.is_none() && !names_something(text) {
            return Err("every path could match this; name a folder, a file or an ending, such as `tests/**`".into());
        }
        Ok(glob)
    }

    /// Reads a glob that may match every path.
    ///
    /// # Errors
    /// What is wrong with it and what to do.
    pub fn any(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("the glob is empty; name a folder, a file or an ending, such as `tests/**`".into());
        }
        if text.len() > MAX_GLOB {
            return Err(format!("the glob is longer than {MAX_GLOB} bytes"));
        }
        if text.starts_with('/') || text.get(1..3).is_some_and(|t| t == ":\\" || t == ":/") {
            return Err("write the path relative to the root of the repository".into());
        }
        if text.split('/').any(|part| matches!(part, "." | "..")) {
            return Err("write the path without `.` and `..`".into());
        }
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            if c == '\\' && chars.next().is_none_or(char::is_alphanumeric) {
                return Err("write `/` between folders; `\\` only takes away the meaning of a sign behind it".into());
            }
        }
        if let Some(exact) = exact(text).filter(|path| !path.is_empty()) {
            return Ok(Self { text: text.to_owned(), exact: Some(exact.into_bytes()), matcher: None, beneath: None });
        }
        let compiled = |text: &str| {
            let glob = GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build();
            glob.map(|glob| glob.compile_matcher()).map_err(|e| format!("this is no glob: {}", e.kind()))
        };
        let matcher = Some(compiled(text)?);
        let beneath = if text.ends_with("**") { None } else { Some(compiled(&format!("{text}/**"))?) };
        Ok(Self { text: text.to_owned(), exact: None, matcher, beneath })
    }

    /// The glob that matches this path and no other.
    pub fn escaped(path: &str) -> String {
        let mut out = String::with_capacity(path.len());
        for c in path.chars() {
            if matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!' | ',') {
                out.push('\\');
            }
            out.push(c);
        }
        out
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The one path that it matches, if it is a path.
    pub(crate) fn exact(&self) -> Option<&[u8]> {
        self.exact.as_deref()
    }

    /// The one path that it matches; of a glob over several, its text.
    pub fn unescaped(&self) -> String {
        exact(&self.text).unwrap_or_else(|| self.text.clone())
    }

    /// Whether it matches this path. Bytes that are no UTF-8 match as the replacement character, which is how reports
    /// show them.
    pub fn matches(&self, path: &[u8]) -> bool {
        let path = String::from_utf8_lossy(path);
        match (&self.exact, &self.matcher) {
            (Some(exact), _) => exact == path.as_bytes(),
            (None, Some(matcher)) => matcher.is_match(Path::new(&*path)),
            (None, None) => false,
        }
    }
}

impl PathGlob {
    /// Whether it matches this path or a folder that the path is in.
    pub fn covers(&self, path: &[u8]) -> bool {
        if let Some(exact) = &self.exact {
            let exact = exact.strip_suffix(b"/").unwrap_or(exact);
            return String::from_utf8_lossy(path)
                .as_bytes()
                .strip_prefix(exact)
                .is_some_and(|rest| rest.is_empty() || rest[0] == b'/');
        }
        let path = String::from_utf8_lossy(path);
        let path = Path::new(&*path);
        [&self.matcher, &self.beneath].into_iter().flatten().any(|matcher| matcher.is_match(path))
    }
}

impl fmt::Debug for PathGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PathGlob({:?})", self.text)
    }
}

impl PartialEq for PathGlob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for PathGlob {}

/// Whether a letter or digit stands in it that every matching path must have: outside of classes and alternatives.
fn names_something(text: &str) -> bool {
    let (mut class, mut choice) = (false, 0_usize);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let literal = chars.next().is_some_and(|c| c.is_alphanumeric() || !c.is_ascii());
                if literal && !class && choice == 0 {
                    return true;
                }
            }
            '[' => class = true,
            ']' => class = false,
            '{' if !class => choice += 1,
            '}' if !class => choice = choice.saturating_sub(1),
            c if !class && choice == 0 && (c.is_alphanumeric() || !c.is_ascii()) => return true,
            _ => {}
        }
    }
    false
}

/// The one path that a glob without metacharacters matches.
fn exact(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' | '?' | '[' | '{' | '}' => return None,
            '\\' => out.push(chars.next()?),
            c => out.push(c),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_path_matches_is_refused() {
        for text in [
            "", "*", "**", "**/*", "*.*", "?*", "*/**", "[a-z]*", "{a,**}", "{*,a}/*", "./**", "/etc/x", "../x",
            "a/../*",
        ] {
            assert!(PathGlob::new(text).is_err(), "{text}");
        }
        for text in ["a", "src/**", "*.rs", "**/test_*", "src/{a,b}.py", ":message", "[ab]/x", "ä*"] {
            assert!(PathGlob::new(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn globs_match_as_documented() {
        let matches = |glob: &str, path: &str| PathGlob::new(glob).is_ok_and(|g| g.matches(path.as_bytes()));
        assert!(matches("src/*.rs", "src/a.rs") && !matches("src/*.rs", "src/a/b.rs"));
        assert!(matches("src/**", "src/a/b.rs") && !matches("src/**", "source/a"));
        assert!(matches("**/x.env", "x.env") && matches("**/x.env", "a/b/x.env"));
        assert!(!matches("src/a.rs", "a/src/a.rs"), "a glob is for the whole path");
        for path in ["a[1].txt", "b{x,y}", "c*d?", "e\\f", "!g", "h,i", "ä ö"] {
            let glob = PathGlob::escaped(path);
            assert!(matches(&glob, path), "{glob}");
            assert!(!matches(&glob, "ax"));
        }
        let covers = |glob: &str, path: &str| PathGlob::any(glob).is_ok_and(|g| g.covers(path.as_bytes()));
        for (glob, path) in [
            ("vendor", "vendor/a/b"),
            ("vendor/", "vendor/a/b"),
            ("vendor", "vendor"),
            ("**/node_modules", "a/node_modules/b/c.js"),
            ("*.d", "x.d/a"),
            ("**", "a/b"),
            ("docs/**", "docs/a/b"),
        ] {
            assert!(covers(glob, path), "{glob} {path}");
        }
        assert!(!covers("vendor", "vendored/a") && !covers("*.lock", "a/b.lock") && PathGlob::any("").is_err());
        let lossy = PathGlob::escaped(&String::from_utf8_lossy(b"caf\xe9.txt"));
        assert!(PathGlob::new(&lossy).is_ok_and(|g| g.matches(b"caf\xe9.txt")));
    }
}
