//! Flags that several commands share, and the values that they take.
//!
//! In: what was typed. Out: settings, rules and keys of a run. It reads no repository and prints nothing.

pub(crate) mod flags;
pub(crate) mod values;
