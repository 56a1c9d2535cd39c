//! placeholder until merge
/// Kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A
    Commit,
    /// A
    Tree,
    /// A
    Blob,
    /// A
    Tag,
}
impl Kind {
    /// A
    pub fn from_name(name: &[u8]) -> Option<Self> {
        match name {
            b"commit" => Some(Self::Commit),
            b"tree" => Some(Self::Tree),
            b"blob" => Some(Self::Blob),
            b"tag" => Some(Self::Tag),
            _ => None,
        }
    }
}
impl From<Kind> for gix::objs::Kind {
    fn from(k: Kind) -> Self {
        match k {
            Kind::Commit => Self::Commit,
            Kind::Tree => Self::Tree,
            Kind::Blob => Self::Blob,
            Kind::Tag => Self::Tag,
        }
    }
}

/// Commit
pub struct Commit;
impl Commit {
    /// A
    pub fn text_start(b: &[u8]) -> usize {
        let mut at = 0;
        while b[at..].starts_with(b"tree ") || b[at..].starts_with(b"parent ") {
            at += memchr::memchr(b'\n', &b[at..]).map_or(b.len() - at, |n| n + 1);
        }
        at
    }
}
