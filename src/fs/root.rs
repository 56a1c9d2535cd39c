//! The root of a work tree: the one definition for what is scanned, what paths are relative to, and whose policy holds.
//!
//! In: folders. Out: whether git would work in one, and the folder of the repository. It refuses `.git` files that are
//! longer than a path can be, and follows them no further than git does. An empty folder called `.git`, which an archive
//! can bring along, makes no work tree: whoever made it would set the policy.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

/// Longest `.git` or `commondir` file, in bytes.
const MAX_NAME: u64 = 4096;

/// Whether `folder` is the root of a work tree: it holds `.git`, a folder with a HEAD or a file that names one.
pub fn is_work_tree(folder: &Path) -> bool {
    git_dir(folder).is_ok_and(|dir| dir.join("HEAD").symlink_metadata().is_ok())
}

/// The root of the innermost work tree that holds `path`, which may be a file and need not exist.
pub fn work_tree(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| is_work_tree(folder))
}

/// The repository folder of a work tree: `.git`, or what a `.git` file names (linked work trees, submodules).
///
/// # Errors
/// When there is none, or a file that names none.
pub fn git_dir(root: &Path) -> io::Result<PathBuf> {
    let wrong = |why: &str| io::Error::other(format!("{} {why}", root.join(".git").display()));
    let dot = root.join(".git");
    let meta = dot.metadata()?;
    if meta.is_dir() {
        return Ok(dot);
    }
    if !meta.is_file() || meta.len() > MAX_NAME {
        return Err(wrong("is neither a folder nor a file that names one"));
    }
    let text = std::fs::read(&dot)?;
    let named = named(&text).and_then(native).ok_or_else(|| wrong("does not name a folder"))?;
    Ok(root.join(named))
}

/// The folder that all work trees of a repository share: `dir` itself, or what the `commondir` of a linked one names.
pub fn common_dir(dir: &Path) -> PathBuf {
    let named = dir.join("commondir");
    if !named.symlink_metadata().is_ok_and(|m| m.is_file() && m.len() <= MAX_NAME) {
        return dir.to_owned();
    }
    let text = std::fs::read(named).unwrap_or_default();
    native(text.trim_ascii()).map_or_else(|| dir.to_owned(), |named| dir.join(named))
}

/// The path in the text of a `.git` file.
pub(crate) fn named(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"gitdir:").map(<[u8]>::trim_ascii).filter(|name| !name.is_empty())
}

/// The path of what is beneath `root`, relative to it, as bytes with `/` between its parts; empty for `root` itself. Both are
/// compared as they are written, not part by part: a walk asks this for each file several times.
pub(crate) fn beneath<'p>(path: &'p Path, root: &Path) -> Option<Cow<'p, [u8]>> {
    let rest = path.as_os_str().as_encoded_bytes().strip_prefix(root.as_os_str().as_encoded_bytes());
    match rest {
        Some([]) => Some(Cow::Borrowed(&[])),
        Some([b'/', rest @ ..]) if cfg!(unix) && rest.first().is_some_and(|b| *b != b'/') => Some(Cow::Borrowed(rest)),
        _ => path.strip_prefix(root).ok().map(slashed),
    }
}

/// A relative path as bytes with `/` between its parts.
pub(crate) fn slashed(path: &Path) -> Cow<'_, [u8]> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if cfg!(unix) { Cow::Borrowed(bytes) } else { Cow::Owned(path.to_string_lossy().replace('\\', "/").into_bytes()) }
}

/// A path as git writes it; `None` where this system cannot have it.
pub(crate) fn native(bytes: &[u8]) -> Option<PathBuf> {
    gix_path::from_byte_slice(bytes).ok().map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_is_beneath_a_root_is_what_the_parts_of_the_paths_say() {
        for (path, root) in [
            ("/a/b/c", "/a"),
            ("/a/b", "/a/b"),
            ("/a/bc", "/a/b"),
            ("/a//b", "/a"),
            ("/a/b", "/"),
            ("a/b", "a/"),
            ("b", "a"),
        ] {
            let by_parts = Path::new(path).strip_prefix(root).ok().map(slashed);
            assert_eq!(beneath(Path::new(path), Path::new(root)), by_parts, "{path} {root}");
        }
    }

    #[test]
    fn a_work_tree_has_a_head_and_an_empty_dot_git_makes_none() {
        let dir = tempfile::tempdir().unwrap();
        let (outer, inner) = (dir.path().join("outer"), dir.path().join("outer/inner"));
        fs::create_dir_all(outer.join(".git")).unwrap();
        fs::create_dir_all(inner.join(".git")).unwrap();
        assert_eq!(work_tree(&inner), None);
        fs::write(outer.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        assert_eq!(work_tree(&inner.join("not/there.txt")), Some(outer.as_path()));
        // A linked work tree, and a file that names nothing.
        fs::remove_dir(inner.join(".git")).unwrap();
        fs::write(inner.join(".git"), "gitdir: ../.git\n").unwrap();
        assert_eq!(work_tree(&inner), Some(inner.as_path()));
        for text in ["", "gitdir:", "gitdir: ../nowhere", "nonsense"] {
            fs::write(inner.join(".git"), text).unwrap();
            assert_eq!(work_tree(&inner), Some(outer.as_path()), "{text}");
        }
    }
}
