//! The few settings of a repository that say how it is stored: format version, extensions, bareness, promised objects,
//! and whether there is a remote.
//!
//! In: the bytes of `config`. Out: [`Config`]. A parser of git's own grammar (sections, quotes, escapes, comments,
//! continued lines, names without value), tolerant of anything. It refuses to follow an include, or to look at any other
//! setting: nothing here can name a program or a path.

use super::file::{self, Read};
use gix_hash::Kind;
use std::path::Path;

/// Bytes of a configuration that are read; real ones have a few hundred.
const LIMIT: u64 = 4 << 20;

/// What a configuration says about storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// Whether it declares itself bare.
    pub(crate) bare: bool,
    /// The kind of object ids.
    pub(crate) hash: Kind,
    /// Whether objects are promised by somebody else.
    pub(crate) promised: bool,
    /// Whether it names a remote repository.
    pub(crate) remote: bool,
    /// Whether references are kept as reftable.
    pub(crate) reftable: bool,
    /// Why the repository cannot be read with certainty, in words.
    pub(crate) problems: Vec<String>,
}

impl Config {
    /// Of the repository whose common folder this is.
    pub(crate) fn read(common: &Path) -> Self {
        match file::read(&file::root(common), Path::new("config"), LIMIT) {
            Read::Bytes(bytes) => Self::parse(&bytes),
            Read::Missing => Self::parse(b""),
            Read::Failed(why) => {
                let mut config = Self::parse(b"");
                config.problems.push(format!("the configuration cannot be read: {why}"));
                config
            }
        }
    }

    /// From the text of a configuration.
    fn parse(bytes: &[u8]) -> Self {
        let mut config = Self {
            bare: false,
            hash: Kind::Sha1,
            promised: false,
            remote: false,
            reftable: false,
            problems: Vec::new(),
        };
        let mut version = Some(0i64);
        let mut unknown = Vec::new();
        let mut needs_version = Vec::new();
        let sound = settings(bytes, |section, name, value| match section {
            b"core" if name == b"bare" => config.bare = truth(value),
            b"core" if name == b"repositoryformatversion" => {
                version = value.and_then(|v| std::str::from_utf8(v).ok()).and_then(|v| v.trim().parse().ok());
            }
            b"extensions" => match name {
                b"objectformat" => {
                    needs_version.push("objectFormat");
                    match value.map(<[u8]>::to_ascii_lowercase).as_deref() {
                        Some(b"sha1") => config.hash = Kind::Sha1,
                        Some(b"sha256") => config.hash = Kind::Sha256,
                        _ => unknown.push("an object format that is not known".to_owned()),
                    }
                }
                b"refstorage" => {
                    needs_version.push("refStorage");
                    match value.map(<[u8]>::to_ascii_lowercase).as_deref() {
                        Some(b"files") => config.reftable = false,
                        Some(b"reftable") => config.reftable = true,
                        _ => config.problems.push("references are kept in a format that is not known".to_owned()),
                    }
                }
                b"partialclone" => config.promised = true,
                b"noop"
                | b"noop-v1"
                | b"preciousobjects"
                | b"worktreeconfig"
                | b"compatobjectformat"
                | b"relativeworktrees"
                | b"submodulepathconfig" => {}
                _ => unknown.push(format!("the extension `{}` is not known", shown(name))),
            },
            b"remote" if name == b"promisor" => config.promised |= truth(value),
            b"remote" if name == b"url" => config.remote = true,
            _ => {}
        });
        if !sound {
            config.problems.push("the configuration is malformed".to_owned());
        }
        match version {
            // Git itself ignores extensions that it does not know in version 0, and refuses those that change storage.
            Some(0) => {
                needs_version.dedup();
                for name in needs_version {
                    config.problems.push(format!("the extension `{name}` is set in a repository of version 0"));
                }
            }
            Some(1) => config.problems.append(&mut unknown),
            Some(v) => config.problems.push(format!("repository format version {v} is not known")),
            None => config.problems.push("the repository format version is no number".to_owned()),
        }
        config
    }
}

/// The name of a setting as it may stand in a message: bounded, printable.
fn shown(name: &[u8]) -> String {
    name.iter().take(40).map(|b| if b.is_ascii_graphic() { char::from(*b) } else { '?' }).collect()
}

/// Git's idea of a boolean; no value at all is true.
fn truth(value: Option<&[u8]>) -> bool {
    let Some(value) = value else { return true };
    let value = value.to_ascii_lowercase();
    match value.as_slice() {
        b"true" | b"yes" | b"on" => true,
        b"" | b"false" | b"no" | b"off" => false,
        number => std::str::from_utf8(number).ok().and_then(|n| n.parse::<i64>().ok()).is_some_and(|n| n != 0),
    }
}

/// Calls `each` with section and name (both in lower case, subsections left out) and value of every setting; gives
/// whether all of it could be parsed. What follows a malformed line is still looked at.
fn settings(bytes: &[u8], mut each: impl FnMut(&[u8], &[u8], Option<&[u8]>)) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (mut at, mut sound, mut section) = (0, true, Vec::new());
    let skip_line = |at: usize| at + bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len() - at, |n| n + 1);
    while let Some(&b) = bytes.get(at) {
        match b {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' | b';' => at = skip_line(at),
            b'[' => match header(&bytes[at + 1..]) {
                Some((name, length)) => {
                    section = name;
                    at += 1 + length;
                }
                None => {
                    // The settings beneath belong to no section we know.
                    section.clear();
                    sound = false;
                    at = skip_line(at);
                }
            },
            b if b.is_ascii_alphabetic() => {
                let length = bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
                let name = bytes[at..at + length].to_ascii_lowercase();
                at += length;
                at += bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
                match bytes.get(at) {
                    Some(b'=') => {
                        let (value, length) = value(&bytes[at + 1..]);
                        at += 1 + length;
                        sound &= value.is_some();
                        if let Some(value) = value {
                            each(&section, &name, Some(&value));
                        }
                    }
                    None | Some(b'\n' | b'\r' | b'#' | b';') => each(&section, &name, None),
                    Some(_) => {
                        sound = false;
                        at = skip_line(at);
                    }
                }
            }
            _ => {
                sound = false;
                at = skip_line(at);
            }
        }
    }
    sound
}

/// Name of a section, after its `[`, and the length with the `]`.
fn header(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let length = bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.')).count();
    // `[remote.origin]` is the old form of `[remote "origin"]`.
    let name = bytes[..length].split(|b| *b == b'.').next()?.to_ascii_lowercase();
    let mut at = length + bytes[length..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    if bytes.get(at) == Some(&b'"') {
        at += 1;
        loop {
            match bytes.get(at)? {
                b'"' => break,
                b'\n' => return None,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        at += 1;
    }
    (bytes.get(at) == Some(&b']')).then_some((name, at + 1))
}

/// A value after its `=`, and how many bytes were read; `None` if it is malformed.
fn value(bytes: &[u8]) -> (Option<Vec<u8>>, usize) {
    let (mut out, mut quoted, mut at, mut kept) = (Vec::new(), false, 0, 0);
    let mut sound = true;
    while let Some(&b) = bytes.get(at) {
        at += 1;
        match b {
            b'\n' => {
                sound &= !quoted;
                break;
            }
            b'"' => {
                quoted = !quoted;
                kept = out.len();
            }
            b'#' | b';' if !quoted => {
                at += bytes[at..].iter().position(|b| *b == b'\n').unwrap_or(bytes.len() - at);
            }
            b'\\' => {
                let next = bytes.get(at).copied();
                at += 1;
                match next {
                    Some(b'\n') => continue,
                    Some(b'\r') if bytes.get(at) == Some(&b'\n') => {
                        at += 1;
                        continue;
                    }
                    Some(b'n') => out.push(b'\n'),
                    Some(b't') => out.push(b'\t'),
                    Some(b'b') => out.push(8),
                    Some(c @ (b'"' | b'\\')) => out.push(c),
                    _ => sound = false,
                }
                kept = out.len();
            }
            b' ' | b'\t' | b'\r' if !quoted => {
                // Blanks count only between words.
                if kept > 0 {
                    out.push(b);
                }
            }
            b => {
                out.push(b);
                kept = out.len();
            }
        }
    }
    sound &= !quoted;
    out.truncate(kept);
    (sound.then_some(out), at.min(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_settings_of_the_right_section_count() {
        let config = Config::parse(
            b"[other]\n\tobjectformat = sha256\n# objectformat = sha256\n[core]\n\tx = \"[extensions]\\n\"\n",
        );
        assert_eq!(config, Config::parse(b""));
        let text = b"\xef\xbb\xbf[CORE] RepositoryFormatVersion = \"1\" ; yes\n bare\n[Extensions]\n\tOBJECTFORMAT=sha\\\n256\n";
        let config = Config::parse(text);
        assert_eq!((config.hash, config.bare, config.problems.len()), (Kind::Sha256, true, 0));
    }

    #[test]
    fn what_is_not_known_is_a_problem() {
        let problems = |text: &str| Config::parse(text.as_bytes()).problems;
        assert_eq!(problems("[core]\nrepositoryformatversion=2").len(), 1);
        assert_eq!(problems("[core]\nrepositoryformatversion=x").len(), 1);
        assert_eq!(problems("[core]\nrepositoryformatversion=0\n[extensions]\nnew=1").len(), 0);
        assert_eq!(problems("[core]\nrepositoryformatversion=1\n[extensions]\nnew=1").len(), 1);
        let storage = |kind: &str| {
            Config::parse(format!("[core]\nrepositoryformatversion=1\n[extensions]\nrefstorage={kind}").as_bytes())
        };
        assert!(storage("reftable").reftable && storage("reftable").problems.is_empty());
        assert!(!storage("files").reftable && storage("files").problems.is_empty());
        assert_eq!(storage("other").problems.len(), 1);
        assert_eq!(problems("[extensions]\nrefstorage=reftable").len(), 1);
        assert_eq!(problems("[extensions]\nobjectformat=sha256").len(), 1);
        assert_eq!(problems("[core\nrepositoryformatversion=9").len(), 1);
        assert!(Config::parse(b"[remote \"o\\\"x\"]\npromisor = yes").promised);
        assert!(Config::parse(b"[remote.origin]\npromisor").promised);
        assert!(!Config::parse(b"[remote \"origin\"]\npromisor = off").promised);
        assert!(Config::parse(b"[remote \"origin\"]\nurl = https://example.org/x.git").remote);
        assert!(!Config::parse(b"[remote]\npushDefault = origin\n[submodule \"s\"]\nurl = ../s").remote);
    }

    #[test]
    fn no_bytes_make_it_stumble() {
        let alphabet = b"[]\"\\=\n\r #;abcore.extensions\0\xff";
        for seed in 0u64..4000 {
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            let text: Vec<u8> = (0..40)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    alphabet[(state >> 40) as usize % alphabet.len()]
                })
                .collect();
            Config::parse(&text);
        }
    }
}
