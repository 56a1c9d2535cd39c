//! The configuration of this user, and the folder of hooks for every repository.
//!
//! In: the environment and git's own answers. Out: paths and values. It never writes but through `git config`.

use super::{HookError, git};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Where the value is kept that core.hooksPath had before.
pub(crate) const EARLIER: &str = "leaktight.previousHooksPath";

/// The folder of these hooks.
pub(crate) fn folder() -> Result<PathBuf, HookError> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = if cfg!(windows) {
        absolute("APPDATA")
    } else {
        absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")))
    };
    let name = if cfg!(windows) { "APPDATA" } else { "HOME" };
    base.map(|base| base.join("leaktight").join("hooks"))
        .ok_or_else(|| HookError::new(format!("{name} is not set, so this user has no folder for hooks")))
}

/// A value of a scope's configuration, as a path where it is one.
pub(crate) fn value(scope: &str, key: &str) -> Result<Option<PathBuf>, HookError> {
    let mut command = git::anywhere();
    let args = ["config", scope, "--includes", "--type=path", "--get", key];
    // A file of configuration that is not there is an answer, too.
    Ok(git::answer(command.args(args)).unwrap_or_default().filter(|v| !v.is_empty()).map(git::path))
}

/// Sets a value of the user's configuration.
pub(crate) fn set(key: &str, value: &Path) -> Result<(), HookError> {
    git::apply(git::anywhere().args(["config", "--global", key]).arg::<&OsStr>(value.as_os_str()))
}

/// Takes a value out of the user's configuration.
pub(crate) fn unset(key: &str) -> Result<(), HookError> {
    git::apply(git::anywhere().args(["config", "--global", "--unset-all", key]))
}
