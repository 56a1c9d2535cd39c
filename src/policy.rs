//! What is accepted, by whom, until when; and where that is written.
//!
//! In: files of the base of a change, or of a folder ([`Files`]), and the outcome of a run. Out: the outcome with what was
//! accepted put aside ([`Policy::apply`]), and notices about the policy itself (`notice`), which gate nothing. Acceptance
//! is by content: an id and a rule, at places that a glob names; never by line. What the head of a change says about
//! policy is told (`change`), and not obeyed.

mod allow;
mod apply;
pub mod baseline;
pub mod change;
pub mod comment;
mod disk;
pub mod foreign;
mod glob;
pub(crate) mod lookup;
pub mod notice;
pub mod write;

pub use allow::{ALLOW_FILE, ALLOW_FOLDER, By, Entry, load, parse_allow, parse_baseline, parse_file};
pub use apply::{Policy, SOON, Use};
pub use disk::{Disk, beside};
pub use glob::PathGlob;

use crate::source::{GitKind, Origin};
use crate::text::saved;
use std::borrow::Cow;

/// The files that policy is read from: a folder on disk, or the tree of a commit.
pub trait Files {
    /// The content of a plain file; `None` if there is none of that name. `path` is relative, with `/`.
    ///
    /// # Errors
    /// Why it is there and cannot be read: no plain file, longer than `limit` bytes, damaged.
    fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String>;

    /// The same for text, however it was saved (`text::saved`): UTF-8 comes out, without a mark.
    ///
    /// # Errors
    /// Why it is there and cannot be read, and the name of an encoding that it is not valid in.
    fn text(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
        self.read(path, limit)?.map(saved::utf8).transpose()
    }

    /// Names of the plain files in a folder, sorted; empty if there is no such folder.
    ///
    /// # Errors
    /// Why it is there and cannot be read.
    fn list(&self, folder: &str) -> Result<Vec<String>, String>;

    /// Whether a file could not be read because the store lost its content: a gap of the run, and no mistake in the file.
    fn is_lost(&self, _path: &str) -> bool {
        false
    }
}

/// What globs of policy are held against: the path of a place; of what has none, a colon and what it is (`:message`).
pub fn place(origin: &Origin) -> Cow<'_, [u8]> {
    match origin {
        Origin::Stdin => Cow::Borrowed(b":stdin"),
        Origin::Git(git) => match (&git.path, git.kind) {
            (Some(path), GitKind::Event) => Cow::Owned([b":event/", &path[..]].concat()),
            (Some(path), _) => Cow::Borrowed(path),
            (None, kind) => Cow::Owned(format!(":{}", kind.name()).into_bytes()),
        },
        origin => Cow::Borrowed(origin.path().unwrap_or_default()),
    }
}

/// The same for a place of a JSON report.
pub fn place_of(kind: &str, path: Option<&str>) -> String {
    match (kind, path) {
        ("event", Some(path)) => format!(":event/{path}"),
        (_, Some(path)) => path.to_owned(),
        (kind, None) => format!(":{kind}"),
    }
}
