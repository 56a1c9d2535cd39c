//! Reads what commits, tags and trees say, from their raw bytes.
//!
//! In: the bytes of an object. Out: ids, ranges into the bytes, dates; nothing is copied. Tolerant, because whoever made
//! the repository may have written them by hand: dates of any size, headers missing or doubled, text after a NUL. It
//! refuses nothing but the rest of a tree that is malformed, and decides nothing about what a text means.

use super::mode;
use gix_hash::Kind as Hash;
use gix_hash::ObjectId;
use std::fmt;
use std::ops::Range;

/// Kinds of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// Content of a file.
    Blob,
    /// An annotated tag.
    Tag,
}

impl Kind {
    /// The kind of this name in git's own formats.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"commit" => Self::Commit,
            b"tree" => Self::Tree,
            b"blob" => Self::Blob,
            b"tag" => Self::Tag,
            _ => return None,
        })
    }

    /// Its name in git's own formats.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }
}

impl From<Kind> for gix_object::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Commit => Self::Commit,
            Kind::Tree => Self::Tree,
            Kind::Blob => Self::Blob,
            Kind::Tag => Self::Tag,
        }
    }
}

/// Who made a commit or tag, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signature {
    /// `Name <mail>`.
    pub text: Range<usize>,
    /// Seconds since 1970; 0 where there is no date, the nearest number where it is absurd.
    pub seconds: i64,
    /// Minutes east of Greenwich; 0 where there are none.
    pub zone: i32,
}

/// A commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// Its tree.
    pub tree: Option<ObjectId>,
    /// The lines that name parents; [`Commit::parents`] reads them.
    parents: Range<usize>,
    /// Who wrote it.
    pub author: Option<Signature>,
    /// Who recorded it.
    pub committer: Option<Signature>,
    /// The first byte after the lines of tree and parents: from here on it is text.
    pub text_start: usize,
    /// The message.
    pub message: Range<usize>,
}

impl Commit {
    /// Reads a commit.
    pub fn read(bytes: &[u8], hash: Hash) -> Self {
        let mut commit = Self::default();
        let mut at = 0;
        // As git does: a tree first, then parents, one after the other.
        if let Some(id) = line(bytes, at).and_then(|l| header_id(&bytes[l], b"tree ", hash)) {
            commit.tree = Some(id);
            at = next(bytes, at);
        }
        commit.parents.start = at;
        while line(bytes, at).is_some_and(|l| header_id(&bytes[l], b"parent ", hash).is_some()) {
            at = next(bytes, at);
        }
        commit.parents.end = at;
        commit.text_start = at;
        commit.message = headers(bytes, at, |name, value| match name {
            b"author" if commit.author.is_none() => commit.author = Some(signature(bytes, value)),
            b"committer" if commit.committer.is_none() => commit.committer = Some(signature(bytes, value)),
            _ => {}
        });
        commit
    }

    /// Its parents, in order. `bytes` are those that it was read from.
    pub fn parents<'a>(&self, bytes: &'a [u8], hash: Hash) -> impl Iterator<Item = ObjectId> + use<'a> {
        let lines = bytes.get(self.parents.clone()).unwrap_or_default().split(|b| *b == b'\n');
        lines.filter_map(move |line| header_id(line, b"parent ", hash))
    }
}

/// An annotated tag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tag {
    /// What it points at.
    pub target: Option<ObjectId>,
    /// What that is, by the tag's own word.
    pub target_kind: Option<Kind>,
    /// Who made it.
    pub tagger: Option<Signature>,
    /// Its name.
    pub name: Range<usize>,
    /// The first byte after the line of its target: from here on it is text.
    pub text_start: usize,
    /// The message, with the signature that may follow it.
    pub message: Range<usize>,
}

impl Tag {
    /// Reads a tag.
    pub fn read(bytes: &[u8], hash: Hash) -> Self {
        let mut tag = Self::default();
        if let Some(id) = line(bytes, 0).and_then(|l| header_id(&bytes[l], b"object ", hash)) {
            tag.target = Some(id);
            tag.text_start = next(bytes, 0);
        }
        tag.message = headers(bytes, tag.text_start, |name, value| match name {
            b"type" if tag.target_kind.is_none() => tag.target_kind = Kind::from_name(&bytes[value]),
            b"tag" if tag.name.is_empty() => tag.name = value,
            b"tagger" if tag.tagger.is_none() => tag.tagger = Some(signature(bytes, value)),
            _ => {}
        });
        tag
    }
}

/// One entry of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeEntry<'a> {
    /// Where it starts.
    pub offset: usize,
    /// Mode: what it is, and whether it can be executed.
    pub mode: u32,
    /// Its name, of any bytes but NUL.
    pub name: &'a [u8],
    /// Its object.
    pub id: ObjectId,
    /// The first byte after it.
    pub end: usize,
}

impl TreeEntry<'_> {
    /// Whether it is a folder.
    pub fn is_tree(&self) -> bool {
        mode::is_tree(self.mode)
    }

    /// Whether it is a submodule, whose commit is an object of another repository.
    pub fn is_submodule(&self) -> bool {
        mode::is_submodule(self.mode)
    }

    /// Whether it is a symbolic link, whose target is the blob.
    pub fn is_link(&self) -> bool {
        mode::is_link(self.mode)
    }
}

/// The rest of a tree, from `offset` on, is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeError {
    /// Where.
    pub offset: usize,
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the tree is malformed from byte {} on", self.offset)
    }
}

impl std::error::Error for TreeError {}

/// The entries of a tree, in its order; an error is the last item.
#[derive(Debug, Clone)]
pub struct TreeEntries<'a> {
    bytes: &'a [u8],
    at: usize,
    hash: Hash,
}

/// Reads a tree.
pub fn tree_entries(bytes: &[u8], hash: Hash) -> TreeEntries<'_> {
    TreeEntries { bytes, at: 0, hash }
}

impl<'a> TreeEntries<'a> {
    fn entry(&self) -> Option<TreeEntry<'a>> {
        let rest = &self.bytes[self.at..];
        let digits = rest.iter().take(8).position(|b| *b == b' ').filter(|n| *n > 0)?;
        let mode = rest[..digits].iter().try_fold(0u32, |mode, d| match d {
            b'0'..=b'7' => Some(mode * 8 + u32::from(d - b'0')),
            _ => None,
        })?;
        let rest = &rest[digits + 1..];
        let length = memchr::memchr(0, rest)?;
        let id = rest.get(length + 1..length + 1 + self.hash.len_in_bytes())?;
        let end = self.at + digits + 1 + length + 1 + id.len();
        Some(TreeEntry { offset: self.at, mode, name: &rest[..length], id: ObjectId::try_from(id).ok()?, end })
    }
}

impl<'a> Iterator for TreeEntries<'a> {
    type Item = Result<TreeEntry<'a>, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        match self.entry() {
            Some(entry) => {
                self.at = entry.end;
                Some(Ok(entry))
            }
            None => Some(Err(TreeError { offset: std::mem::replace(&mut self.at, self.bytes.len()) })),
        }
    }
}

/// The line at `at`, without its end; `None` at the end.
fn line(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = bytes.get(at..).filter(|r| !r.is_empty())?;
    Some(at..at + memchr::memchr(b'\n', rest).unwrap_or(rest.len()))
}

/// Where the line after the one at `at` starts.
fn next(bytes: &[u8], at: usize) -> usize {
    line(bytes, at).map_or(bytes.len(), |l| (l.end + 1).min(bytes.len()))
}

/// An id in hexadecimal, exactly.
pub(crate) fn parse_id(hex: &[u8], hash: Hash) -> Option<ObjectId> {
    if hex.len() == hash.len_in_hex() { ObjectId::from_hex(hex).ok() } else { None }
}

/// The id of a header line.
fn header_id(line: &[u8], name: &[u8], hash: Hash) -> Option<ObjectId> {
    parse_id(line.strip_prefix(name)?.trim_ascii_end(), hash)
}

/// Calls `each` with name and value of every header from `at` on; continued lines are left out. Gives the message.
fn headers(bytes: &[u8], mut at: usize, mut each: impl FnMut(&[u8], Range<usize>)) -> Range<usize> {
    while let Some(l) = line(bytes, at) {
        at = next(bytes, at);
        if l.is_empty() {
            return at..bytes.len();
        }
        if bytes[l.start] != b' '
            && let Some(space) = memchr::memchr(b' ', &bytes[l.clone()])
        {
            each(&bytes[l.start..l.start + space], l.start + space + 1..l.end);
        }
    }
    bytes.len()..bytes.len()
}

/// Name, mail and date of a header's value.
fn signature(bytes: &[u8], value: Range<usize>) -> Signature {
    let line = &bytes[value.clone()];
    // The last `>` ends the mail, however many there are in the name.
    let Some(close) = memchr::memrchr(b'>', line) else {
        return Signature { text: value, seconds: 0, zone: 0 };
    };
    let mut words = line[close + 1..].split(u8::is_ascii_whitespace).filter(|w| !w.is_empty());
    let seconds = words.next().map_or(0, number);
    let zone = words.next().map_or(0, zone);
    Signature { text: value.start..value.start + close + 1, seconds, zone }
}

/// A whole number; 0 if it is none, the nearest one if it is too large.
fn number(word: &[u8]) -> i64 {
    let (negative, digits) = match word {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return 0;
    }
    let sum = digits.iter().fold(0i64, |n, d| n.saturating_mul(10).saturating_add(i64::from(d - b'0')));
    if negative { -sum } else { sum }
}

/// `+hhmm` in minutes.
fn zone(word: &[u8]) -> i32 {
    let [sign @ (b'+' | b'-'), digits @ ..] = word else { return 0 };
    if digits.len() != 4 || !digits.iter().all(u8::is_ascii_digit) {
        return 0;
    }
    let n = digits.iter().fold(0i32, |n, d| n * 10 + i32::from(d - b'0'));
    let minutes = n / 100 * 60 + n % 100;
    if *sign == b'-' { -minutes } else { minutes }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    fn commit(text: &str) -> Commit {
        Commit::read(text.as_bytes(), Hash::Sha1)
    }

    #[test]
    fn a_usual_commit_and_its_text() {
        let text = format!(
            "tree {ID}\nparent {ID}\nparent {ID}\nauthor A B <a@b> 1700000000 +0130\ncommitter C <c> 5 -0100\n\
             gpgsig x\n y\n\nsubject\n\nbody\0after\n"
        );
        let c = commit(&text);
        assert_eq!(c.parents(text.as_bytes(), Hash::Sha1).count(), 2);
        assert!(c.tree.is_some() && text[c.text_start..].starts_with("author"));
        let author = c.author.expect("an author");
        assert_eq!((&text[author.text], author.seconds, author.zone), ("A B <a@b>", 1_700_000_000, 90));
        assert_eq!(c.committer.expect("a committer").zone, -60);
        assert_eq!(&text[c.message], "subject\n\nbody\0after\n");
    }

    #[test]
    fn dates_of_any_kind() {
        let date = |d: &str| {
            let c = commit(&format!("tree {ID}\nauthor a <b>{d}\n\n"));
            c.author.expect("an author").seconds
        };
        assert_eq!([date(""), date(" x"), date(" 0 +0000"), date(" -5 +9999")], [0, 0, 0, -5]);
        assert_eq!((date(" 4070908800 +0000"), date(" 99999999999999999999999 +0000")), (4_070_908_800, i64::MAX));
        assert_eq!(date(" -99999999999999999999999"), -i64::MAX);
    }

    #[test]
    fn what_is_missing_or_in_disorder_is_no_trouble() {
        assert_eq!(commit("").message, 0..0);
        assert_eq!(commit("tree x\nauthor\n").text_start, 0);
        assert_eq!(commit(&format!("tree {ID}")).text_start, 45);
        let c = commit("author no mail\n\n");
        assert_eq!((c.tree, c.author.map(|a| a.text), c.message), (None, Some(7..14), 16..16));
        let text = format!("object {ID}\ntype commit\ntag v1\ntagger t <t> 7 +0000\n\nm");
        let tag = Tag::read(text.as_bytes(), Hash::Sha1);
        assert!(tag.target.is_some() && tag.target_kind == Some(Kind::Commit));
        assert_eq!((&text[tag.name], &text[tag.message], tag.tagger.map(|t| t.seconds)), ("v1", "m", Some(7)));
        assert_eq!(Tag::read(b"type commit", Hash::Sha1).target, None);
    }

    #[test]
    fn a_tree_is_read_up_to_where_it_breaks() {
        let mut bytes = b"100644 a\0".to_vec();
        bytes.extend([7; 20]);
        bytes.extend(b"40000 d\0");
        bytes.extend([8; 20]);
        let end = bytes.len();
        let entries: Vec<_> = tree_entries(&bytes, Hash::Sha1).collect::<Result<_, _>>().expect("a sound tree");
        assert_eq!((entries[0].mode, entries[0].name, entries[0].end), (0o100_644, &b"a"[..], 29));
        assert!(entries[1].is_tree() && entries[1].end == end && entries[1].offset == 29);
        for broken in [&b"100644 b"[..], b"x b\0", b" b\0", b"100644 b\0short", b"10064444444 b\0"] {
            let bytes = [&bytes[..], broken].concat();
            let last = tree_entries(&bytes, Hash::Sha1).last();
            assert_eq!(last, Some(Err(TreeError { offset: end })));
            assert_eq!(tree_entries(&bytes, Hash::Sha1).count(), 3);
        }
    }

    #[test]
    fn both_kinds_of_ids() {
        let id = "ab".repeat(32);
        let text = format!("tree {id}\nparent {id}\nauthor a <b> 1 +0000\n\n");
        let c = Commit::read(text.as_bytes(), Hash::Sha256);
        assert_eq!(c.parents(text.as_bytes(), Hash::Sha256).count(), 1);
        assert!(Commit::read(text.as_bytes(), Hash::Sha1).tree.is_none());
    }
}
