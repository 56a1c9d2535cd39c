//! Git hooks: where git looks for them, the scripts that are put there, and the proof that they refuse a secret.
//!
//! In: a repository, and what git says of it. Out: files in the folder of hooks, with everything that was there before kept
//! and still called. `git` is asked, never imitated: where hooks are depends on configuration that only git reads right.
//! It prints nothing and parses no command line; that is `cli/hook.rs`.

pub(crate) mod canary;
pub(crate) mod files;
pub(crate) mod git;
pub(crate) mod layout;
pub(crate) mod message;
pub(crate) mod script;
pub(crate) mod user;

use crate::text::escape;
use std::fmt;
use std::io;
use std::path::Path;

/// Why something about hooks cannot be done, for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HookError(String);

impl HookError {
    /// With this message.
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self(message.to_string())
    }

    /// What was being done with which path, and why it failed.
    pub(crate) fn io(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self(crate::fs::failed(doing, path, error))
    }
}

impl fmt::Display for HookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for HookError {}

/// A path as messages show it.
pub(crate) fn shown(path: &Path) -> String {
    escape::terminal(crate::fs::shown(path).as_os_str().as_encoded_bytes()).into_owned()
}
