//! Places in `leaktight/1`: written for reports, read back for merging.
//!
//! In: a [`Location`]. Out: its fields, and from them the same place again; a link and a file on disk have one kind and
//! read back as a file. What a repository keeps has a `reach`, by which it is known. Bytes that are not UTF-8 are given
//! lossily, and exactly (base64) beside it.

use crate::blob::{GitKind, GitPlace, Member, Origin, Reach};
use crate::finding::{Location, State};
use crate::rule::{Environment, Severity};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

/// A place, as it is written.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct JsonLocation<'a> {
    kind: Cow<'a, str>,
    severity: Severity,
    environment: Environment,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inner: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inner_bytes: Option<String>,
    line: u64,
    column: u64,
    end_line: u64,
    end_column: u64,
    byte_offset: u64,
    byte_length: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    repo: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repo_bytes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    refs: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refs_bytes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author_bytes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reach: Option<Cow<'a, str>>,
}

/// A place for a report.
pub(crate) fn location(location: &Location) -> JsonLocation<'_> {
    let (path, path_bytes) = location.origin.path().map(text).unzip();
    let git = location.origin.git();
    let inner = match &location.origin {
        Origin::Member(member) => Some(member.inner()),
        _ => None,
    };
    let (inner, inner_bytes) = inner.as_deref().map(text).map(|(t, b)| (Cow::Owned(t.into_owned()), b)).unzip();
    let (repo, repo_bytes) = git.map(|g| &*g.repo).filter(|r| !r.is_empty()).map(text).unzip();
    let (author, author_bytes) = git.and_then(|g| g.author.as_deref()).map(text).unzip();
    let (refs, refs_bytes) = list(git.map(|g| g.refs.as_slice()).unwrap_or_default());
    JsonLocation {
        kind: location.origin.kind().into(),
        severity: location.severity,
        environment: location.environment,
        state: location.state.map(|s| s.name().into()),
        path,
        path_bytes: path_bytes.flatten(),
        inner,
        inner_bytes: inner_bytes.flatten(),
        line: location.line,
        column: location.column,
        end_line: location.end_line,
        end_column: location.end_column,
        byte_offset: location.byte_offset,
        byte_length: location.byte_length,
        repo,
        repo_bytes: repo_bytes.flatten(),
        commit: git.and_then(|g| g.commit.as_deref()).map(Cow::Borrowed),
        object: git.and_then(|g| g.object.as_deref()).map(Cow::Borrowed),
        refs,
        refs_bytes,
        author,
        author_bytes: author_bytes.flatten(),
        date: git.and_then(|g| g.date.as_deref()).map(Cow::Borrowed),
        reach: git.map(|g| Cow::Borrowed(g.reach.name())),
    }
}

impl JsonLocation<'_> {
    /// The place again.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(self, pool: &mut Pool) -> Result<Location, String> {
        let path = match self.path {
            Some(path) => Some(pool.bytes(bytes(&path, self.path_bytes.as_deref())?)),
            None => None,
        };
        let wrong = |what: &str, name: &str| format!("`{}` is no {what}", name.chars().take(40).collect::<String>());
        let origin = match (&self.reach, &*self.kind) {
            (Some(reach), kind) => {
                let author = match self.author {
                    Some(author) => Some(pool.bytes(bytes(&author, self.author_bytes.as_deref())?)),
                    None => None,
                };
                let repo = bytes(&self.repo.unwrap_or_default(), self.repo_bytes.as_deref())?;
                Origin::Git(Arc::new(GitPlace {
                    reach: read_reach(reach)?,
                    kind: GitKind::from_name(kind).ok_or_else(|| wrong("kind of place in a repository", kind))?,
                    repo: pool.bytes(repo),
                    path,
                    commit: self.commit.map(|c| pool.text(&c)),
                    object: self.object.map(|o| pool.text(&o)),
                    refs: read_list(&self.refs, self.refs_bytes.as_deref())?
                        .into_iter()
                        .map(|r| pool.bytes(r))
                        .collect(),
                    author,
                    date: self.date.map(|d| pool.text(&d)),
                }))
            }
            (None, kind) => Origin::from_kind(kind, path).ok_or_else(|| wrong("kind of place", kind))?,
        };
        let origin = match self.inner {
            Some(inner) => {
                let names = bytes(&inner, self.inner_bytes.as_deref())?;
                let names = names.split(|b| *b == b'!').map(|name| pool.bytes(name.to_vec())).collect();
                Origin::Member(Arc::new(Member { container: origin, names }))
            }
            None => origin,
        };
        let known = |name: &str| State::from_name(name);
        let state = self.state.map(|name| known(&name).ok_or_else(|| wrong("state", &name))).transpose()?;
        Ok(Location {
            state,
            severity: self.severity,
            environment: self.environment,
            origin,
            byte_offset: self.byte_offset,
            byte_length: self.byte_length,
            line: self.line,
            column: self.column,
            end_line: self.end_line,
            end_column: self.end_column,
        })
    }
}

/// Text that many places share is kept once.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    bytes: HashSet<Arc<[u8]>>,
    text: HashSet<Arc<str>>,
}

impl Pool {
    fn bytes(&mut self, bytes: Vec<u8>) -> Arc<[u8]> {
        if let Some(known) = self.bytes.get(bytes.as_slice()) {
            return Arc::clone(known);
        }
        let new: Arc<[u8]> = bytes.into();
        self.bytes.insert(Arc::clone(&new));
        new
    }

    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.text.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.text.insert(Arc::clone(&new));
        new
    }
}

/// The reach of that name.
pub(crate) fn read_reach(name: &str) -> Result<Reach, String> {
    let found = Reach::from_name(name);
    found.ok_or_else(|| format!("`{}` is no reach", name.chars().take(40).collect::<String>()))
}

/// Bytes as text, and exactly (base64) if they are no UTF-8.
pub(crate) fn text(bytes: &[u8]) -> (Cow<'_, str>, Option<String>) {
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => (text.into(), None),
        lossy => (lossy, Some(STANDARD.encode(bytes))),
    }
}

/// Several; if one of them is no UTF-8, all of them exactly.
pub(crate) fn list<T: AsRef<[u8]>>(items: &[T]) -> (Vec<Cow<'_, str>>, Option<Vec<String>>) {
    let (texts, exact): (Vec<_>, Vec<_>) = items.iter().map(|i| text(i.as_ref())).unzip();
    let all = || items.iter().map(|i| STANDARD.encode(i.as_ref())).collect();
    (texts, exact.iter().any(Option::is_some).then(all))
}

/// The bytes of a text again.
pub(crate) fn bytes(text: &str, exact: Option<&str>) -> Result<Vec<u8>, String> {
    match exact {
        None => Ok(text.as_bytes().to_vec()),
        Some(exact) => STANDARD.decode(exact).map_err(|e| format!("exact bytes that are no base64: {e}")),
    }
}

/// Several again.
pub(crate) fn read_list(texts: &[Cow<'_, str>], exact: Option<&[String]>) -> Result<Vec<Vec<u8>>, String> {
    match exact {
        None => Ok(texts.iter().map(|t| t.as_bytes().to_vec()).collect()),
        Some(exact) => exact.iter().map(|e| bytes("", Some(e))).collect(),
    }
}
