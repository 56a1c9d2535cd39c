//! Asks git: where this repository is, where it looks for hooks, what its configuration says.
//!
//! In: a folder that was named, or the environment as it is. Out: git's own answers, as bytes where they are paths. Outside
//! of tests only this file and `canary.rs` start programs, for `hook install`, `uninstall` and `status`: where hooks lie depends
//! on includes and on git's version, and a proof by anything else than git would prove nothing (tests/it/laws.rs).

use super::{HookError, shown};
use crate::text::escape;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What the environment may say about a repository: it must not reach a git that works on another one.
const LOCAL: [&str; 18] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// A repository as git sees it.
#[derive(Debug)]
pub(crate) struct Git {
    /// Where git starts a hook: the root of the work tree, or the repository if it is bare.
    pub(crate) top: PathBuf,
    /// HEAD and index.
    pub(crate) git_dir: PathBuf,
    /// What all work trees share.
    pub(crate) common_dir: PathBuf,
    pub(crate) bare: bool,
    /// Whether the environment of this process counts.
    ambient: bool,
}

/// A git outside of any repository.
pub(crate) fn anywhere() -> Command {
    let mut command = Command::new("git");
    for name in LOCAL {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end; its input is empty.
pub(crate) fn output(command: &mut Command) -> Result<Output, HookError> {
    command.stdin(Stdio::null());
    let name = command.get_program().to_string_lossy().into_owned();
    command.output().map_err(|e| HookError::new(format!("cannot run `{name}`: {e}; install git, or put it on PATH")))
}

/// What a command prints without the line end, or `None` when it ends with 1 and says nothing: "there is no such thing".
pub(crate) fn answer(command: &mut Command) -> Result<Option<Vec<u8>>, HookError> {
    let Output { status, mut stdout, stderr } = output(command)?;
    if !status.success() {
        if status.code() == Some(1) && stderr.is_empty() {
            return Ok(None);
        }
        let why = String::from_utf8_lossy(&stderr);
        let why = why.lines().next().unwrap_or("it said nothing").trim_start_matches("fatal: ");
        if why.starts_with("not a git repository (or any of") {
            return Err(HookError::new("not a git repository: go into one, or name it with --repo"));
        }
        return Err(HookError::new(format!("git cannot tell: {}", escape::terminal(why.as_bytes()))));
    }
    if stdout.last() == Some(&b'\n') {
        stdout.pop();
    }
    Ok(Some(stdout))
}

/// A path that git printed.
pub(crate) fn path(bytes: Vec<u8>) -> PathBuf {
    #[cfg(unix)]
    return PathBuf::from(<OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes));
    #[cfg(not(unix))]
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

/// This program, as a hook is to call it.
pub(crate) fn own_program() -> Result<PathBuf, HookError> {
    std::env::current_exe().map_err(|e| HookError::new(format!("cannot find out where this program lies: {e}")))
}

impl Git {
    /// The repository at `named`, whatever the environment says; or the one that git would take here.
    pub(crate) fn at(named: Option<&Path>) -> Result<Self, HookError> {
        let start = named.unwrap_or(Path::new("."));
        if !start.is_dir() {
            return Err(HookError::new(format!("`{}` is no folder", shown(start))));
        }
        let start = std::path::absolute(start).map_err(|e| HookError::io("cannot find", start, &e))?;
        let mut git = Self {
            top: start.clone(),
            git_dir: PathBuf::new(),
            common_dir: PathBuf::new(),
            bare: false,
            ambient: named.is_none(),
        };
        let word = |git: &Self, arg: &str| Ok(answer(git.command().args(["rev-parse", arg]))?.unwrap_or_default());
        git.git_dir = path(word(&git, "--absolute-git-dir")?);
        git.common_dir = start.join(path(word(&git, "--git-common-dir")?));
        git.bare = word(&git, "--is-bare-repository")? == b"true";
        git.top = if git.bare {
            git.git_dir.clone()
        } else if word(&git, "--is-inside-work-tree")? == b"true" {
            path(word(&git, "--show-toplevel")?)
        } else {
            // Within the .git folder.
            git.git_dir.parent().unwrap_or(&git.git_dir).to_owned()
        };
        Ok(git)
    }

    /// A git for this repository, started where git starts hooks.
    pub(crate) fn command(&self) -> Command {
        let mut command = if self.ambient { Command::new("git") } else { anywhere() };
        if self.ambient && !self.git_dir.as_os_str().is_empty() && std::env::var_os("GIT_DIR").is_some() {
            // It may be relative to where we were started.
            command.env("GIT_DIR", &self.git_dir);
            if !self.bare {
                command.env("GIT_WORK_TREE", &self.top);
            }
        }
        command.current_dir(&self.top);
        command
    }

    /// What git answers.
    pub(crate) fn ask(&self, args: &[&str]) -> Result<Option<Vec<u8>>, HookError> {
        answer(self.command().args(args))
    }

    /// Tells git something; that there is nothing to change is no error.
    pub(crate) fn apply(&self, args: &[&str], more: &[&OsStr]) -> Result<(), HookError> {
        apply(self.command().args(args).args(more))
    }
}

/// Runs a command that changes something; that there is nothing to unset (5) is no error.
pub(crate) fn apply(command: &mut Command) -> Result<(), HookError> {
    let Output { status, stderr, .. } = output(command)?;
    if status.success() || status.code() == Some(5) {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&stderr);
    Err(HookError::new(format!("git refuses: {}", escape::terminal(why.trim().as_bytes()))))
}
