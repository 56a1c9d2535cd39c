//! What several commands do between their arguments and their exit code.
//!
//! In: parsed flags. Out: the policy that holds, the run of a change, reports in their places, files of policy. What one
//! command alone does is in the file of that command.

pub(crate) mod change;
pub(crate) mod files;
pub(crate) mod policy;
pub(crate) mod reports;
pub(crate) mod ruleset;
pub(crate) mod salt;
