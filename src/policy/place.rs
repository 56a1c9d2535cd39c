//! What the globs of policy are held against.
//!
//! In: the origin of a finding, or its place in a JSON report. Out: its path; for what has none, a colon and what it is
//! (`:message`), so that policy can name a commit message or a reference as well.

use crate::blob::{GitKind, Origin};
use std::borrow::Cow;

/// What globs of policy are held against: the path of a place; of what has none, a colon and what it is (`:message`).
pub fn place(origin: &Origin) -> Cow<'_, [u8]> {
    match (origin.git(), origin.path()) {
        (Some(git), Some(path)) if git.kind == GitKind::Event => Cow::Owned([b":event/", path].concat()),
        (_, Some(path)) => Cow::Borrowed(path),
        (_, None) => Cow::Owned(format!(":{}", origin.kind()).into_bytes()),
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
