//! Rules: as written (`written`, `read`), what their patterns promise (`anchor`), as used (`model`), and the compiled
//! set that a run uses (`RuleSet`).
//!
//! The built-in rules come from `rules/*.toml` through the build script as static data: nothing is parsed at start-up.
//! `--rules FILE` goes through the same reader at run time. Regular expressions are compiled when an anchor first hits.

pub mod anchor;
mod builtin;
pub mod follow;
pub mod literals;
mod load;
mod model;
pub mod neighbours;
pub mod outline;
pub(crate) mod rarity;
pub mod read;
pub mod run;
mod set;
pub(crate) mod steps;
pub mod tables;
pub mod written;

pub(crate) use builtin::{FORM_HEADS, FORMS, TABLES};
pub use load::{RuleFileError, RuleFileErrors, load_file, load_files};
pub use model::{Anchor, Example, Examples, List, Pair, Rule, SharedRule, Text};
#[cfg(test)]
pub(crate) use set::steps as steps_of;
pub use set::{MAX_REACH, RuleId, RuleSet};
pub(crate) use written::named;
pub use written::{Boundary, Check, Environment, Family, Identity, Parser, Severity};
