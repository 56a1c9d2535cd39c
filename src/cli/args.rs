//! TODO

pub(crate) mod flags;
pub(crate) mod values;
