//! What is accepted, by whom, until when; and where that is written.
//!
//! In: files of the base of a change, or of a folder ([`Files`]), and the outcome of a run. Out: the outcome with what was
//! accepted put aside ([`Policy::apply`]), and notices about the policy itself (`notice`), which gate nothing. Acceptance
//! is by content: an id and a rule, at places that a glob names; never by line. What the head of a change says about
//! policy is told (`cli/run/policy/change.rs`), and not obeyed.

mod allow;
mod apply;
pub mod baseline;
pub mod comment;
mod glob;
pub mod import;
pub(crate) mod lookup;
pub mod notice;
pub mod threshold;
pub mod write;

pub use allow::{ALLOW_FILE, ALLOW_FOLDER, By, Entry, load, parse_allow, parse_baseline, parse_file};
pub use apply::{AcceptedGap, Policy, SOON, Use};
pub use glob::PathGlob;

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
