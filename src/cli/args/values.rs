//! Values of flags: points in time, the organisation's key, lists of paths.
//!
//! In: text of a flag, a file or the environment. Out: the value, or what is wrong with it, without quoting a key.

use crate::cli::console::Failure;
use crate::config;
use crate::fs::bounded;
use crate::fs::open::standard_input;
use crate::history::fleet;
use crate::text::saved;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Longest report that is read, in bytes.
pub(crate) const MAX_REPORT: u64 = 1 << 30;
/// Longest list of paths, in bytes.
const MAX_LIST: u64 = 16 << 20;
/// Digits after the class that name a finding.
pub(crate) const MIN_DIGITS: usize = 8;

/// The paths that a file lists, one per line, relative to its folder; `-` is standard input. `of`: what they are.
fn listed(list: &Path, of: &str) -> Result<Vec<PathBuf>, Failure> {
    let piped = list == Path::new("-");
    let bytes = if piped {
        let mut bytes = Vec::new();
        standard_input().and_then(|input| input.take(MAX_LIST).read_to_end(&mut bytes)).map(|_| bytes)
    } else {
        bounded::read_limited(list, MAX_LIST)
    };
    let bytes = bytes.map_err(|e| Failure::io(&format!("cannot read the list of {of}"), list, &e))?;
    let bytes =
        saved::utf8(bytes).map_err(|why| Failure::new(format!("the list of {of} `{}` {why}", list.display())))?;
    let folder = list.parent().filter(|_| !piped).unwrap_or(Path::new(""));
    fleet::read_list(&bytes, folder).map_err(|e| Failure::new(format!("the list of {of} `{}`: {e}", list.display())))
}

/// What was typed, then what a file lists, if there is one; a list that is the only input must not be empty.
pub(crate) fn typed_and_listed(typed: &[PathBuf], list: Option<&Path>, of: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = typed.to_vec();
    if let Some(list) = list {
        paths.extend(listed(list, of)?);
        if paths.is_empty() {
            return Err(Failure::new(format!("the list `{}` is empty", list.display())));
        }
    }
    Ok(paths)
}

/// "Now": the flag, else SOURCE_DATE_EPOCH, else the clock.
///
/// # Errors
/// When SOURCE_DATE_EPOCH is set and no number.
pub(crate) fn now(flag: Option<i64>) -> Result<i64, String> {
    if let Some(now) = flag {
        return Ok(now);
    }
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) if !text.is_empty() => {
            text.parse().map_err(|_| "SOURCE_DATE_EPOCH is not a number of seconds since 1970".to_owned())
        }
        Err(std::env::VarError::NotUnicode(_)) => Err("SOURCE_DATE_EPOCH is not a number".to_owned()),
        _ => Ok(std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .ok()
            .and_then(|d| i64::try_from(d.as_secs()).ok())
            .unwrap_or(0)),
    }
}

/// Shortest text that can be an organisation's key, in bytes.
const MIN_KEY: usize = 16;
/// Longest key file, in bytes.
const MAX_KEY: u64 = 64 * 1024;

/// The organisation's key: the file, else LEAKTIGHT_KEY, else none.
///
/// # Errors
/// When a key is given and cannot be used; the message names its source, never its text.
pub(crate) fn organisation_key(file: Option<&Path>) -> Result<Option<[u8; 32]>, String> {
    let (text, name) = match file {
        Some(path) => {
            let name = format!("the key file `{}`", path.display());
            let read = bounded::read_limited(path, MAX_KEY).map_err(|e| format!("cannot read {name}: {e}"))?;
            (read, name)
        }
        None => match std::env::var_os("LEAKTIGHT_KEY") {
            Some(text) if !text.is_empty() => (text.into_encoded_bytes(), "LEAKTIGHT_KEY".to_owned()),
            _ => return Ok(None),
        },
    };
    let text = text.trim_ascii();
    if text.len() < MIN_KEY {
        return Err(format!("{name} holds {} bytes; a key has at least {MIN_KEY}, or is 64 hex digits", text.len()));
    }
    let key = config::hex32(text).unwrap_or_else(|| blake3::derive_key("leaktight 2026 organisation key v1", text));
    Ok(Some(key))
}
