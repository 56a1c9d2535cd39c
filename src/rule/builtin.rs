//! The built-in rules, as static data that the build script made of `rules/*.toml`: nothing is parsed at start-up.
//!
//! In: `rules.rs` of the build. Out: `BUILTIN`, [`FORM_HEADS`], [`FORMS`] and [`TABLES`]. It holds data only: `set` makes a rule set of it.

use super::model::{Anchor, Examples, List, Pair, Rule, Text};
use super::neighbours::Neighbours;
use super::outline::Outline;
use super::run::Run;
use super::tables::{Bytes, Table, Tables};
use super::written::{Boundary, Check, Environment, Family, Identity, Parser, Severity};
use crate::text::forms::{EncodedForm, Kind};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
