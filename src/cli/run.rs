//! TODO

pub(crate) mod change;
pub(crate) mod files;
pub(crate) mod policy;
pub(crate) mod reports;
pub(crate) mod ruleset;
pub(crate) mod salt;
