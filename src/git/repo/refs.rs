//! What points at objects: references, HEAD and its like, reflogs, indexes, of all work trees.
//!
//! In: a [`Repository`]. Out: [`Refs`], each name with the id that it stands for, and a gap for every one that cannot be
//! read. Files are read in bounded size and number, links are not followed (only a HEAD that is a link into `refs`, as
//! git once made it, is read as what it says). Whether the objects are there is not looked at here.

mod work_tree;

use super::file::{Read, native, read, root};
use super::open::Repository;
use super::reftable::{Problem, Stack, Value};
use crate::blob::{Gap, GapKind};
use crate::git::object::parse_id;
use crate::text::count;
use gix_hash::ObjectId;
use std::collections::BTreeMap;
use std::path::Path;

/// Bytes of a loose reference.
const LOOSE: u64 = 64 << 10;
/// Bytes of a reflog or the packed references.
const LIST: u64 = 1 << 30;
/// Folders beneath each other.
const DEPTH: usize = 128;
/// Files of references, reflogs and work trees.
const FILES: usize = 4_000_000;
/// Symbolic references in a row; git's own limit.
const LINKS: usize = 5;
/// Gaps of one file that are told one by one.
const TOLD: usize = 20;

/// What kind a reference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefKind {
    /// HEAD of the work tree that was named.
    Head,
    /// A branch, of this repository or of a remote.
    Branch,
    /// A tag.
    Tag,
    /// The stash, its older entries included.
    Stash,
    /// Notes.
    Note,
    /// A replacement of another object.
    Replace,
    /// Something else: bisecting, other work trees, the index.
    Other,
    /// A reflog: where a reference once was.
    Reflog,
}

/// A name and the object it stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    /// Full name. A reflog and the stash have one entry for each id.
    pub name: Vec<u8>,
    /// The object; tags are not peeled.
    pub target: ObjectId,
    /// What kind of reference it is.
    pub kind: RefKind,
}

/// Everything that points at objects.
#[derive(Debug, Default)]
pub struct Refs {
    /// All of it, sorted, each pair of name and object once a kind.
    pub all: Vec<Ref>,
    /// What HEAD stands for; `None` before the first commit.
    pub head: Option<ObjectId>,
    /// What indexes name, each with its path there.
    pub staged: Vec<(ObjectId, Vec<u8>)>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// What a reference's file says.
enum Target {
    Id(ObjectId),
    Symbolic(Vec<u8>),
}

/// A reader with what it has read so far.
struct Reader<'a> {
    repository: &'a Repository,
    /// References proper, loose ones over packed ones.
    named: BTreeMap<Vec<u8>, Target>,
    out: Refs,
    files: usize,
}

impl Refs {
    /// Reads them all.
    pub fn read(repository: &Repository) -> Self {
        let mut reader = Reader { repository, named: BTreeMap::new(), out: Self::default(), files: 0 };
        let (own, common) = (repository.git_dir.clone(), repository.common_dir.clone());
        if !repository.reftable {
            reader.packed(&common);
        }
        reader.work_tree(&common, if own == common { b"" } else { b"main-worktree/" });
        reader.stored(&common, b"", own == common);
        if own != common {
            reader.work_tree(&own, b"");
            reader.stored(&own, b"", true);
        }
        let (folders, _) = reader.entries(&common.join("worktrees"), b"worktrees");
        for name in folders {
            let dir = common.join("worktrees").join(native(&name));
            if dir != own {
                let prefix = [b"worktrees/", name.as_slice(), b"/"].concat();
                reader.work_tree(&dir, &prefix);
                reader.stored(&dir, &prefix, true);
            }
        }
        reader.finish()
    }
}

impl Reader<'_> {
    fn broken(&mut self, what: &[u8], why: impl Into<String>) {
        self.out.gaps.push(Gap { kind: GapKind::BrokenRef, what: what.to_vec(), why: why.into(), blocks: true });
    }

    fn push(&mut self, name: &[u8], target: ObjectId, kind: RefKind) {
        if !target.is_null() {
            self.out.all.push(Ref { name: name.to_vec(), target, kind });
        }
    }

    /// References and reflogs in `dir`, however they are kept. `with_head`: HEAD of this folder is not that of the main
    /// work tree of another one.
    fn stored(&mut self, dir: &Path, prefix: &[u8], with_head: bool) {
        if self.repository.reftable {
            self.tables(dir, prefix, with_head);
        } else {
            self.loose(dir, prefix);
            self.logs(dir, prefix, with_head);
        }
    }

    /// References and reflogs in the tables of `dir`.
    fn tables(&mut self, dir: &Path, prefix: &[u8], with_head: bool) {
        let stack = Stack::read(dir, self.repository.hash);
        let (all, mut problems) = stack.references();
        // HEAD and its like belong to one work tree; the main one shares its folder with all.
        let owner = |name: &[u8]| if with_head || name.starts_with(b"refs/") { prefix } else { &b"main-worktree/"[..] };
        let head = [owner(b"HEAD"), b"HEAD"].concat();
        for (name, value) in all {
            let target = match value {
                Value::Id(id) => Target::Id(id),
                Value::Symbolic(to) => Target::Symbolic(to),
            };
            self.named.insert([owner(&name), name.as_slice()].concat(), target);
        }
        if problems.is_empty() && !self.named.contains_key(&head) {
            self.broken(&head, "it is not there");
        }
        let (logs, more) = stack.logs();
        problems.extend(more);
        for (name, ids) in logs {
            let full = [owner(&name), name.as_slice()].concat();
            let kind = if name == b"refs/stash" { RefKind::Stash } else { RefKind::Reflog };
            ids.into_iter().for_each(|id| self.push(&full, id, kind));
        }
        for Problem { what, why, limit } in problems {
            let kind = if limit { GapKind::Limit } else { GapKind::BrokenRef };
            self.out.gaps.push(Gap { kind, what: [prefix, what.as_bytes()].concat(), why, blocks: true });
        }
    }

    /// Names of folders and of files in `dir`, sorted. `what` is its name in messages.
    fn entries(&mut self, dir: &Path, what: &[u8]) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        match dir.symlink_metadata() {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return (folders, files),
            Ok(meta) if meta.is_dir() => {}
            _ => {
                self.broken(what, "it is no folder, or cannot be read");
                return (folders, files);
            }
        }
        let listed = match std::fs::read_dir(dir) {
            Ok(listed) => listed,
            Err(e) => {
                self.broken(what, e.kind().to_string());
                return (folders, files);
            }
        };
        for entry in listed {
            if self.files == FILES {
                let why = format!("there are more than {FILES} references");
                self.out.gaps.push(Gap { kind: GapKind::Limit, what: what.to_vec(), why, blocks: true });
                break;
            }
            self.files += 1;
            let Ok(entry) = entry else {
                self.broken(what, "it cannot be listed");
                break;
            };
            let Ok(name) = gix_path::into_bstr(Path::new(&entry.file_name())).map(|n| n.to_vec()) else {
                self.broken(what, "a name in it is no text of this system");
                continue;
            };
            // A link counts as a file, and opening it fails.
            if entry.file_type().is_ok_and(|t| t.is_dir()) { folders.push(name) } else { files.push(name) }
        }
        folders.sort_unstable();
        files.sort_unstable();
        (folders, files)
    }

    /// Calls `each` with every file beneath `dir/top` and its name relative to `dir`.
    fn walk(&mut self, dir: &Path, top: &[u8], mut each: impl FnMut(&mut Self, &Path, &[u8])) {
        let mut stack = vec![(top.to_vec(), 0)];
        while let Some((folder, depth)) = stack.pop() {
            if depth > DEPTH {
                let why = format!("folders are nested more than {DEPTH} deep");
                self.out.gaps.push(Gap { kind: GapKind::Limit, what: folder, why, blocks: true });
                continue;
            }
            let (folders, files) = self.entries(&dir.join(native(&folder)), &folder);
            for name in files {
                let name = [folder.as_slice(), b"/", &name].concat();
                each(self, &native(&name), &name);
            }
            stack.extend(folders.into_iter().rev().map(|name| ([folder.as_slice(), b"/", &name].concat(), depth + 1)));
        }
    }

    /// Loose references beneath `dir/refs`.
    fn loose(&mut self, dir: &Path, prefix: &[u8]) {
        let root = root(dir);
        self.walk(dir, b"refs", |reader, file, name| {
            // Git's own temporary files; no reference may be called so.
            if name.ends_with(b".lock") {
                return;
            }
            let full = [prefix, name].concat();
            match read(&root, file, LOOSE) {
                Read::Bytes(bytes) => match reader.target(&bytes) {
                    Some(target) => {
                        reader.named.insert(full, target);
                    }
                    None => reader.broken(&full, "it holds neither an id nor the name of another reference"),
                },
                Read::Missing => reader.broken(&full, "it went away while it was read"),
                Read::Failed(why) => reader.broken(&full, why),
            }
        });
    }

    /// What the file of a reference says.
    fn target(&self, bytes: &[u8]) -> Option<Target> {
        if let Some(name) = bytes.strip_prefix(b"ref:") {
            let name = name.trim_ascii();
            return (!name.is_empty()).then(|| Target::Symbolic(name.to_vec()));
        }
        let end = bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len());
        parse_id(&bytes[..end], self.repository.hash).map(Target::Id)
    }

    fn packed(&mut self, dir: &Path) {
        let bytes = match read(&root(dir), Path::new("packed-refs"), LIST) {
            Read::Missing => return,
            Read::Failed(why) => return self.broken(b"packed-refs", why),
            Read::Bytes(bytes) => bytes,
        };
        let mut bad = 0;
        for (number, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // What a tag peels to is read from the tag.
            if line.is_empty() || line[0] == b'#' || line[0] == b'^' {
                continue;
            }
            let length = self.repository.hash.len_in_hex();
            let target = line.get(..length).and_then(|hex| parse_id(hex, self.repository.hash));
            match (target, line.get(length..)) {
                (Some(target), Some([b' ', name @ ..])) if !name.is_empty() => {
                    self.named.insert(name.to_vec(), Target::Id(target));
                }
                _ => {
                    bad += 1;
                    if bad <= TOLD {
                        self.broken(b"packed-refs", format!("line {number} is malformed"));
                    }
                }
            }
        }
        if bad > TOLD {
            self.broken(
                b"packed-refs",
                count((bad - TOLD) as u64, "more line is malformed", "more lines are malformed"),
            );
        }
    }

    /// Resolves symbolic references and sorts.
    fn finish(mut self) -> Refs {
        let named = std::mem::take(&mut self.named);
        for (name, target) in &named {
            let mut target = target;
            let mut links = 0;
            let resolved = loop {
                match target {
                    Target::Id(id) => break Some(*id),
                    Target::Symbolic(_) if links == LINKS => {
                        self.broken(name, format!("more than {LINKS} symbolic references follow each other"));
                        break None;
                    }
                    Target::Symbolic(to) => {
                        links += 1;
                        // A work tree has some references of its own.
                        let own = prefix_of(name).map(|prefix| [prefix, to.as_slice()].concat());
                        match own.and_then(|own| named.get(&own)).or_else(|| named.get(to)) {
                            Some(next) => target = next,
                            // A branch without commits yet, or one that was deleted: nothing is hidden.
                            None => break None,
                        }
                    }
                }
            };
            if let Some(id) = resolved {
                self.push(name, id, kind_of(name));
                if name == b"HEAD" && !id.is_null() {
                    self.out.head = Some(id);
                }
            }
        }
        self.out.all.sort_unstable();
        self.out.all.dedup();
        self.out.gaps.sort();
        self.out
    }
}

/// `worktrees/x/` of the name of a work tree's own reference.
fn prefix_of(name: &[u8]) -> Option<&[u8]> {
    let rest = name.strip_prefix(b"worktrees/")?;
    let end = rest.iter().position(|b| *b == b'/')?;
    Some(&name[..b"worktrees/".len() + end + 1])
}

/// The kind that a full name says.
pub(crate) fn kind_of(name: &[u8]) -> RefKind {
    match name {
        b"HEAD" => RefKind::Head,
        b"refs/stash" => RefKind::Stash,
        _ if name.starts_with(b"refs/heads/") || name.starts_with(b"refs/remotes/") => RefKind::Branch,
        _ if name.starts_with(b"refs/tags/") => RefKind::Tag,
        _ if name.starts_with(b"refs/notes/") => RefKind::Note,
        _ if name.starts_with(b"refs/replace/") => RefKind::Replace,
        _ => RefKind::Other,
    }
}
