//! What is typed: flags that several commands share, and the values that flags take.

pub(crate) mod flags;
pub(crate) mod values;
