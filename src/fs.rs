//! What the disk says about folders, without running git: the ground that configuration, sources and git share.

pub mod bounded;
mod error;
mod files;
pub mod open;
pub mod replace;
pub mod root;
mod signals;

pub use error::ConfigError;
pub use files::{Disk, Files, beside};

use crate::text::escape;
use std::path::{Path, PathBuf};

/// What was being done with which path, and why it failed: the wording of every such message.
pub(crate) fn failed(doing: &str, path: &Path, error: &std::io::Error) -> String {
    format!("{doing} `{}`: {error}", escape::terminal(path.as_os_str().as_encoded_bytes()))
}

/// Why a path cannot be read that is longer than the system allows: permissions have nothing to do with it.
pub const TOO_LONG: &str = "its path is longer than the system allows";

/// The system's words without its error number.
pub(crate) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::InvalidFilename => TOO_LONG.into(),
        _ => error.to_string(),
    }
}

/// The path as a message should show it: relative to the current directory where it lies below it.
pub fn shown(path: &Path) -> PathBuf {
    match std::env::current_dir().ok().and_then(|c| path.strip_prefix(c).ok().map(Path::to_owned)) {
        Some(relative) if !relative.as_os_str().is_empty() => relative,
        _ => path.to_owned(),
    }
}
