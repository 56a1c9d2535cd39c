//! Text that may be shown: every secret in it redacted (docs/design.md, law 5).
//!
//! In: text, and a detector. Out: the same text without secrets. A neighbour may be a secret that this run had no reason to
//! report, so all built-in rules count at every confidence, whatever the run selects, and the rules of the run as well.
//! Two stages. On the worker that has a blob, `context` decides what is hidden in the lines around a finding: what rules
//! find (ranges), what is near a telling word or looks generated (`beside`). At the end [`outcome`] adds every value that the
//! run knows, as it is and encoded (`known`, `layers`), and redacts everything else that is shown: paths, names, gaps,
//! reasons. Single texts (errors, notes) go through [`message`]. What comes out is still untrusted: each sink escapes it.

mod beside;
mod context;
mod hidden;
mod known;
mod layers;
mod masker;
mod outcome;
mod spans;
#[cfg(test)]
mod tests;
mod words;

pub use context::{Masks, learn};
pub use masker::{Masker, message};
pub use outcome::{Words, finish, outcome};
