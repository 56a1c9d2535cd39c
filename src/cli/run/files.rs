//! Files of policy that commands write: at the root of a work tree, whole or not at all.
//!
//! In: a name below the root, with `/`, and a text. Out: the file. It follows no symbolic link and makes the folders that
//! are missing.

use crate::cli::console::{Failure, Out};
use crate::fs::replace::{Draft, FileMode};
use crate::fs::root::is_work_tree;
use crate::fs::{Disk, Files as _, shown};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes `text` to the file of that name below `root`, in the place of what is there; gives whether something was.
pub(crate) fn write(root: &Path, name: &str, text: &str) -> Result<bool, Failure> {
    let (above, file) = name.rsplit_once('/').unwrap_or(("", name));
    let folder = folder(root, above)?;
    let path = folder.join(file);
    let there = match fs::symlink_metadata(&path) {
        Err(_) => false,
        Ok(meta) if meta.is_file() => true,
        Ok(_) => {
            return Err(Failure::new(format!("`{}` is no plain file; remove it first", shown(&path).display())));
        }
    };
    let done = draft(&path, text).and_then(|draft| draft.put(&path));
    done.map_err(|e| Failure::io("cannot write", &path, &e))?;
    Ok(there)
}

/// The folder of that name below `root`; what is missing of it is made.
pub(crate) fn folder(root: &Path, above: &str) -> Result<PathBuf, Failure> {
    let mut folder = root.to_owned();
    for part in above.split('/').filter(|p| !p.is_empty()) {
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                fs::create_dir(&folder).map_err(|e| Failure::io("cannot create the folder", &folder, &e))?;
            }
            Err(e) => return Err(Failure::io("cannot look at", &folder, &e)),
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => {
                let folder = shown(&folder);
                return Err(Failure::new(format!("`{}` is no folder; remove it first", folder.display())));
            }
        }
    }
    Ok(folder)
}

/// A new file, whole or not at all; never over one that exists.
pub(crate) fn create(path: &Path, text: &str) -> io::Result<()> {
    draft(path, text)?.put_new(path)
}

/// Says where policy was written if there is no work tree: it holds for scans of that folder only.
pub(crate) fn note_outside(root: &Path, out: &Out) {
    if !is_work_tree(root) {
        out.note(format_args!(
            "`{}` is not in a git work tree; these files hold for scans of this directory",
            root.display()
        ));
    }
}

/// Has git keep the lines of both sides when two branches change the baseline or each create a salt; gives whether that
/// had to be written.
pub(crate) fn attributes(root: &Path) -> Result<bool, Failure> {
    let old = Disk::new(root).read(ATTRIBUTES, MAX_ATTRIBUTES);
    let old = old.map_err(|why| Failure::new(format!("`{ATTRIBUTES}` {why}")))?.unwrap_or_default();
    let mut text = String::from_utf8(old).map_err(|_| Failure::new(format!("`{ATTRIBUTES}` is not UTF-8")))?;
    // Whoever wrote another driver for one of them knows why.
    let decided =
        |file: &str| text.lines().any(|line| line.split_whitespace().next() == Some(file) && line.contains("merge"));
    let missing: Vec<&str> = ["baseline.toml", "salt"].into_iter().filter(|file| !decided(file)).collect();
    if missing.is_empty() {
        return Ok(false);
    }
    match text.is_empty() {
        true => text.push_str("# Branches that each add an entry or create a salt merge without a conflict.\n"),
        false if !text.ends_with('\n') => text.push('\n'),
        false => {}
    }
    for file in missing {
        text.push_str(&format!("{file} merge=union\n"));
    }
    write(root, ATTRIBUTES, &text)?;
    Ok(true)
}

/// What tells git how to merge files of policy.
pub(crate) const ATTRIBUTES: &str = ".leaktight/.gitattributes";
const MAX_ATTRIBUTES: u64 = 1 << 20;

/// A draft beside `path` that holds `text`. Others of the project read it as well.
fn draft(path: &Path, text: &str) -> io::Result<Draft> {
    let mut draft = Draft::beside(path, FileMode::Usual)?;
    draft.write_all(text.as_bytes())?;
    Ok(draft)
}
