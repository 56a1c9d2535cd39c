//! What a report must not be written over.
//!
//! In: the file that somebody named, before the scan. Out: nothing, or why it is refused: it is what is to be scanned, git
//! tracks it, or it holds something that is not a report of this format. A mistyped `-o` must not cost anybody a file.

use crate::git;
use crate::report::Format;
use crate::report::human::Human;
use crate::report::run::Beginning;
use crate::text::gzip;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Bytes of a file that tell what it is.
const BEGINNING: u64 = 4096;

/// Refuses a file that is worth more than the report.
///
/// # Errors
/// Why, for the user.
pub fn refuse(path: &Path, format: Format, arguments: &[PathBuf]) -> Result<(), String> {
    let like = |bytes: &[u8]| looks_like(bytes, format);
    refuse_unless(path, &format!("a {format} report"), &like, arguments)
}

/// The same for another file that a run writes: `like` says whether what begins so may be an older one, `name` what it is.
///
/// # Errors
/// Why, for the user.
pub fn refuse_unless(
    path: &Path,
    name: &str,
    like: &dyn Fn(&[u8]) -> bool,
    arguments: &[PathBuf],
) -> Result<(), String> {
    let Ok(meta) = fs::symlink_metadata(path) else { return Ok(()) };
    // Devices and pipes are written to directly; folders and links are refused when the file is opened.
    if !meta.is_file() {
        return Ok(());
    }
    let why = if arguments.iter().any(|argument| is_same(argument, path)) {
        "it is a path argument of this run".to_owned()
    } else if is_tracked(path) {
        "git tracks it".to_owned()
    } else if meta.len() > 0 && !begins_like(path, like).unwrap_or(false) {
        format!("it is not empty and does not begin like {name}")
    } else {
        return Ok(());
    };
    let path = crate::text::escape::terminal(path.as_os_str().as_encoded_bytes());
    Err(format!("{name} would overwrite `{path}`: {why}; name another file, or remove it first"))
}

/// Whether two names lead to one file; one that does not exist is known by its folder.
pub fn is_same(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(a), Ok(b)) = (fs::metadata(a), fs::metadata(b)) {
        use std::os::unix::fs::MetadataExt as _;
        return (a.dev(), a.ino()) == (b.dev(), b.ino());
    }
    resolved(a).is_some_and(|a| resolved(b).is_some_and(|b| a == b))
}

/// The absolute path of a file, with the links of its folder resolved.
pub fn resolved(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let folder = absolute.parent()?.canonicalize().ok()?;
    Some(folder.join(absolute.file_name()?))
}

fn is_tracked(path: &Path) -> bool {
    let Some(path) = resolved(path) else { return false };
    let Some(root) = path.ancestors().skip(1).find(|folder| crate::fs::root::is_work_tree(folder)) else {
        return false;
    };
    let Ok(relative) = path.strip_prefix(root) else { return false };
    let relative = relative.to_string_lossy().replace('\\', "/");
    git::tracked(root).is_ok_and(|tracked| tracked.holds(relative.as_bytes()))
}

fn begins_like(path: &Path, like: &dyn Fn(&[u8]) -> bool) -> io::Result<bool> {
    let mut bytes = Vec::new();
    File::open(path)?.take(BEGINNING).read_to_end(&mut bytes)?;
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz")) {
        match gzip::beginning(&bytes) {
            Some(content) => bytes = content,
            None => return Ok(false),
        }
    }
    Ok(like(&bytes))
}

/// Whether a file that begins with `bytes` may be an older report of this format.
fn looks_like(bytes: &[u8], format: Format) -> bool {
    format.report(&Human::default()).recognises(&Beginning::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;
    use crate::report::run::{Command, Run};
    use crate::rule::RuleSet;

    #[test]
    fn each_report_begins_like_itself_and_like_no_other() {
        let rules = RuleSet::builtin();
        let empty = crate::finding::Outcome::default();
        for outcome in [fixtures::usual(&rules), fixtures::hostile(&rules), empty] {
            let run = Run::new(Command::Scan, ".", &rules, &outcome);
            for format in Format::ALL.iter().copied() {
                let mut report = Vec::new();
                format.report(&Human::default()).write(&run, &mut report).unwrap();
                report.truncate(BEGINNING as usize);
                for other in Format::ALL.iter().copied().filter(|f| *f != Format::Human) {
                    assert_eq!(looks_like(&report, other), format == other, "{format} as {other}");
                }
                if format == Format::Human {
                    assert!(looks_like(&report, format), "{}", String::from_utf8_lossy(&report));
                }
            }
        }
        for text in ["fn main() {}\n", "{\"name\": \"x\"}", "[1, 2]", "a,b\n1,2\n", "<html>", "\0\x01"] {
            for format in Format::ALL.iter().copied() {
                assert!(!looks_like(text.as_bytes(), format), "{text} as {format}");
            }
        }
    }
}
