//! What several commands do: load the policy, scan, write reports, write files of policy.
//!
//! In: flags (`args`). Out: what commands print or turn into an exit code. Nothing here is a command.

pub(crate) mod change;
pub(crate) mod files;
pub(crate) mod policy;
pub(crate) mod reports;
pub(crate) mod ruleset;
pub(crate) mod salt;
pub(crate) mod scan;
