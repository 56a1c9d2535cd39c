//! What is accepted, by whom, until when; and where that is written.
//!
//! In: files of the base of a change, or of a folder ([`crate::fs::Files`]), and the outcome of a run. Out: the outcome with what was
//! accepted put aside ([`Policy::apply`]), and notices about the policy itself (`notice`), which gate nothing. Acceptance
//! is by content: an id and a rule, at places that a glob names; never by line. What the head of a change says about
//! policy is told (`cli/run/policy/change.rs`), and not obeyed.

mod allow;
mod apply;
pub mod baseline;
pub mod comment;
mod entry;
pub mod import;
pub(crate) mod lookup;
pub mod notice;
mod place;
pub mod threshold;
pub mod write;

pub use crate::text::glob::PathGlob;
pub use allow::{ALLOW_FILE, ALLOW_FOLDER, load, parse_allow, parse_file};
pub use apply::{AcceptedGap, Policy, SOON, Usage};
pub use baseline::parse_baseline;
pub use entry::{Entry, EntryKind};
pub use place::{place, place_of};
