//! A repository without objects: new, or what a clone that failed left behind.
//!
//! In: a repository in which no object was found, and what points at objects. Out: a gap. It blocks if anything expects
//! objects, because a scan of nothing says nothing; a repository that was just made is noted.

use super::open::Repository;
use super::refs::Refs;
use crate::blob::{Gap, GapKind};
use crate::git::store::loose;
use std::path::Path;

/// The gap of a repository without objects; of a bundle, where `repository` is `None`. `listed`: a list of repositories
/// to scan names it. None where it borrows objects from a place that is not read: that blocks already, and says why.
pub fn gap(repository: Option<&Repository>, refs: &Refs, listed: bool) -> Option<Gap> {
    let borrows = |r: &Repository| r.gaps.iter().any(|g| g.kind == GapKind::Alternate && g.blocks);
    if repository.is_some_and(borrows) {
        return None;
    }
    let mut expects = Vec::new();
    if !refs.all.is_empty() {
        expects.push("references or reflogs name some");
    }
    if let Some(repository) = repository {
        if repository.object_dirs.is_empty() {
            expects.push("its folder of objects should be there");
        }
        if repository.remote {
            expects.push("its configuration names a remote");
        }
        if !repository.shallow.is_empty() {
            expects.push("the shallow boundary names some");
        }
        if repository.object_dirs.iter().any(|folder| unfinished(folder)) {
            expects.push("git did not finish writing some");
        }
    }
    if listed {
        expects.push("the list of repositories names it");
    }
    let why = match expects.as_slice() {
        [] => "the repository holds no objects: there was nothing to scan".to_owned(),
        [first] => format!("the repository holds no objects, although {first}"),
        [most @ .., last] => format!("the repository holds no objects, although {} and {last}", most.join(", ")),
    };
    Some(Gap { kind: GapKind::Empty, what: b"objects".to_vec(), why, blocks: !expects.is_empty() })
}

/// Whether a folder of objects has files that git writes before it gives them their names.
fn unfinished(folder: &Path) -> bool {
    let temporary = |folder: &Path| {
        let names = loose::names(folder).unwrap_or_default();
        names.iter().any(|name| name.as_os_str().as_encoded_bytes().starts_with(b"tmp_"))
    };
    temporary(folder) || loose::names(folder).unwrap_or_default().iter().any(|fan| temporary(&folder.join(fan)))
}
