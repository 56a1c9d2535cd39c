//! What a revision names: an id or its start, a reference, and a few steps from there.
//!
//! In: text that was typed, or that a hook or CI hands over. Out: the id of a commit or tag, or a [`RevisionError`]. Reads
//! single references and never all of them. It refuses forms that depend on reflogs, dates or messages (`@{1}`, `:/text`):
//! what they name is not the same on two machines.

use super::access::Access;
use super::file::{self, Read};
use super::reftable::Value;
use crate::git::object::{Kind, Tag, parse_id};
use crate::text::escape;
use gix_hash::ObjectId;
use std::fmt;
use std::path::Path;

/// Bytes of a reference.
const LOOSE: u64 = 4096;
/// Bytes of a list of packed references.
const PACKED: u64 = 512 << 20;
/// References that name references, and tags that name tags.
const DEPTH: usize = 10;
/// Steps that a revision may take (`~N`).
const STEPS: u32 = 1_000_000;

/// Why a revision names nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionError {
    /// There is no such thing.
    Unknown(String),
    /// Several objects have ids that begin so.
    Ambiguous(String),
    /// It has a form that is not read.
    Form(String),
    /// It names something that is not there or is damaged: what, and why.
    Lost(String, String),
    /// It names something that is no commit.
    NoCommit(String, &'static str),
}

impl fmt::Display for RevisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &str| escape::terminal(text.chars().take(200).collect::<String>().as_bytes()).into_owned();
        match self {
            Self::Unknown(rev) => write!(f, "there is no revision `{}` in this repository", shown(rev)),
            Self::Ambiguous(rev) => write!(f, "several objects have ids that begin with `{}`", shown(rev)),
            Self::Form(rev) => write!(
                f,
                "`{}` is not read as a revision; give a commit's id, a branch, a tag or HEAD, with ~N or ^N",
                shown(rev)
            ),
            Self::Lost(rev, why) => write!(f, "`{}` cannot be read: {}", shown(rev), shown(why)),
            Self::NoCommit(rev, what) => write!(f, "`{}` is a {what}, and no commit", shown(rev)),
        }
    }
}

impl std::error::Error for RevisionError {}

impl Access {
    /// The object that `revision` names: a commit, an annotated tag, or whatever an id belongs to.
    ///
    /// # Errors
    /// Why it names nothing.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, RevisionError> {
        let end = revision.find(['~', '^']).unwrap_or(revision.len());
        let (name, mut steps) = revision.split_at(end);
        let mut at = self.named(name, revision)?;
        while let Some(step) = steps.chars().next() {
            let form = || RevisionError::Form(revision.to_owned());
            let rest = &steps[1..];
            if let Some(kind) = rest.strip_prefix('{').filter(|_| step == '^') {
                let (kind, rest) = kind.split_once('}').ok_or_else(form)?;
                if !matches!(kind, "" | "commit" | "0") {
                    return Err(form());
                }
                at = self.peeled(&at, revision)?;
                steps = rest;
                continue;
            }
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: u32 = match &rest[..digits] {
                "" => 1,
                digits => digits.parse().map_err(|_| form())?,
            };
            steps = &rest[digits..];
            at = self.peeled(&at, revision)?;
            let parent = |at: &ObjectId, n: u32| {
                let commit = self.commit(at).map_err(|e| RevisionError::Lost(revision.to_owned(), e.to_string()))?;
                commit.parents.get(n as usize).copied().ok_or_else(|| RevisionError::Unknown(revision.to_owned()))
            };
            match (step, number) {
                ('^', 0) => {}
                ('^', n) => at = parent(&at, n - 1)?,
                (_, n) if n <= STEPS => {
                    for _ in 0..n {
                        at = parent(&at, 0)?;
                    }
                }
                _ => return Err(form()),
            }
        }
        Ok(at)
    }

    /// The commit that `revision` names, tags followed.
    ///
    /// # Errors
    /// Why it names none.
    pub fn resolve_commit(&self, revision: &str) -> Result<ObjectId, RevisionError> {
        self.peeled(&self.resolve(revision)?, revision)
    }

    /// The commit that a tag leads to.
    fn peeled(&self, id: &ObjectId, revision: &str) -> Result<ObjectId, RevisionError> {
        let lost = |why: String| RevisionError::Lost(revision.to_owned(), why);
        let mut at = *id;
        for _ in 0..DEPTH {
            match self.objects.read(&at).map_err(|e| lost(e.to_string()))? {
                (Kind::Commit, _) => return Ok(at),
                (Kind::Tag, bytes) => {
                    at =
                        Tag::read(&bytes, self.objects.hash()).target.ok_or_else(|| lost("a tag of nothing".into()))?;
                }
                (kind, _) => return Err(RevisionError::NoCommit(revision.to_owned(), kind.name())),
            }
        }
        Err(lost("it is a tag of a tag, too many times over".into()))
    }

    /// What a name without steps stands for: an id, a reference as git looks for one, or the start of an id.
    fn named(&self, name: &str, revision: &str) -> Result<ObjectId, RevisionError> {
        if let Some(id) = parse_id(name.as_bytes(), self.objects.hash()) {
            return Ok(id);
        }
        if name.is_empty() || name.contains("@{") || name.starts_with([':', '-']) || name.contains(':') {
            return Err(RevisionError::Form(revision.to_owned()));
        }
        let name = if name == "@" { "HEAD" } else { name };
        // Beside `refs` git keeps other files, too: a branch may well be called `config`.
        let root =
            name.starts_with("refs/") || name.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-'));
        for full in [
            if root { name.to_owned() } else { String::new() },
            format!("refs/{name}"),
            format!("refs/tags/{name}"),
            format!("refs/heads/{name}"),
            format!("refs/remotes/{name}"),
            format!("refs/remotes/{name}/HEAD"),
        ] {
            if let Some(id) = self.reference(full.as_bytes()).map_err(|e| RevisionError::Lost(full, e))? {
                return Ok(id);
            }
        }
        let hex = name.len() >= 4 && name.bytes().all(|b| b.is_ascii_hexdigit());
        let found = if hex {
            self.objects.beginning(&name.to_ascii_lowercase(), &self.repository.object_dirs)
        } else {
            Vec::new()
        };
        match found.as_slice() {
            [] => Err(RevisionError::Unknown(revision.to_owned())),
            [one] => Ok(*one),
            // Of several, the one that is a commit, as git does where only commits make sense.
            several => {
                let mut commits = several.iter().filter(|id| self.commit(id).is_ok());
                match (commits.next(), commits.next()) {
                    (Some(one), None) => Ok(*one),
                    _ => Err(RevisionError::Ambiguous(revision.to_owned())),
                }
            }
        }
    }

    /// What the reference with this full name points at; `None` if there is none.
    ///
    /// # Errors
    /// Why it is there and cannot be read.
    pub fn reference(&self, name: &[u8]) -> Result<Option<ObjectId>, String> {
        let mut name = name.to_vec();
        for _ in 0..DEPTH {
            match self.value(&name)? {
                Some(Value::Symbolic(target)) => name = target,
                Some(Value::Id(id)) => return Ok(Some(id)),
                None => return Ok(None),
            }
        }
        Err("it leads from reference to reference without end".into())
    }

    /// The full name of the branch that HEAD stands for; in a repository that is pushed to, the default branch.
    pub fn head_branch(&self) -> Option<Vec<u8>> {
        match self.value(b"HEAD") {
            Ok(Some(Value::Symbolic(name))) => Some(name),
            _ => None,
        }
    }

    /// What one reference says. All that reads single references goes through here, as all that lists them goes through
    /// [`super::refs::Refs::read`].
    fn value(&self, name: &[u8]) -> Result<Option<Value>, String> {
        if !sound(name) {
            return Ok(None);
        }
        let path = file::native(name);
        // What belongs to one work tree lies in its own folder.
        let of_one = [&b"refs/bisect/"[..], b"refs/worktree/", b"refs/rewritten/"];
        let own = !name.starts_with(b"refs/") || of_one.iter().any(|start| name.starts_with(start));
        // These two hold more than an id, and are files in every repository.
        if self.repository.reftable && name != b"FETCH_HEAD" && name != b"MERGE_HEAD" {
            return self.tables(own).find(name).map_err(|p| format!("{}: {}", p.what, p.why));
        }
        let folder = if own { &self.repository.git_dir } else { &self.repository.common_dir };
        let text = match file::read(&file::root(folder), &path, LOOSE) {
            Read::Bytes(text) => text,
            Read::Missing => return Ok(self.packed_reference(name)?.map(Value::Id)),
            // A folder of references has no value of its own.
            Read::Failed(_) if folder.join(&path).is_dir() => {
                return Ok(self.packed_reference(name)?.map(Value::Id));
            }
            Read::Failed(why) => return Err(why),
        };
        if let Some(target) = text.strip_prefix(b"ref:") {
            return Ok(Some(Value::Symbolic(target.trim_ascii().to_vec())));
        }
        let line = text.split(|b| b.is_ascii_whitespace()).next().unwrap_or_default();
        match parse_id(line, self.objects.hash()) {
            Some(id) => Ok(Some(Value::Id(id))),
            // FETCH_HEAD, MERGE_HEAD and others of several lines begin with an id; anything else is none.
            None => Err("it holds no id".into()),
        }
    }

    fn packed_reference(&self, name: &[u8]) -> Result<Option<ObjectId>, String> {
        let list = match file::read(&file::root(&self.repository.common_dir), Path::new("packed-refs"), PACKED) {
            Read::Bytes(list) => list,
            Read::Missing => return Ok(None),
            Read::Failed(why) => return Err(format!("packed-refs: {why}")),
        };
        let finder = memchr::memmem::Finder::new(name);
        let len = self.objects.hash().len_in_hex();
        for at in finder.find_iter(&list) {
            let ends = list.get(at + name.len()).is_none_or(|b| matches!(b, b'\n' | b'\r'));
            let Some(start) = at.checked_sub(len + 1) else { continue };
            if ends && (start == 0 || list[start - 1] == b'\n') && list[at - 1] == b' ' {
                let id = parse_id(&list[start..at - 1], self.objects.hash());
                return id.map(Some).ok_or_else(|| "its line in packed-refs holds no id".into());
            }
        }
        Ok(None)
    }

    /// Commits that are merged into the one that is being made: `MERGE_HEAD`.
    ///
    /// # Errors
    /// Why the list is there and cannot be read.
    pub fn merge_heads(&self) -> Result<Vec<ObjectId>, String> {
        let text = match file::read(&file::root(&self.repository.git_dir), Path::new("MERGE_HEAD"), 1 << 20) {
            Read::Missing => return Ok(Vec::new()),
            Read::Bytes(text) => text,
            Read::Failed(why) => return Err(why),
        };
        let lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty());
        lines
            .map(|line| parse_id(line, self.objects.hash()).ok_or_else(|| "a line of it is no id".to_owned()))
            .collect()
    }
}

/// Whether `name` may be looked for as a file: git's own rules for names, as far as they keep us inside.
fn sound(name: &[u8]) -> bool {
    let parts = || name.split(|b| *b == b'/');
    !name.is_empty()
        && parts().all(|p| !p.is_empty() && p[0] != b'.' && !p.ends_with(b".lock"))
        && !name
            .iter()
            .any(|b| b.is_ascii_control() || matches!(b, b' ' | b'~' | b'^' | b':' | b'?' | b'*' | b'[' | b'\\'))
        && memchr::memmem::find(name, b"..").is_none()
}
