//! What Git LFS keeps beside a repository: the content that a small pointer file stands for.
//!
//! In: the folder that all work trees share, and the bytes of a pointer. Out: the content, hashed while it is read, if this
//! clone has it and it is as long as the pointer says. It follows no link, opens nothing but regular files beneath
//! `lfs/objects`, and fetches nothing.

use crate::fs::open::{OpenError, Root};
use crate::text::view;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The longest content that is held in memory.
pub(crate) const MOST_HELD: u64 = 64 << 20;

/// Content that is hashed while it is read.
pub(crate) struct Stored {
    file: File,
    hash: Sha256,
    expected: Vec<u8>,
    /// Its length.
    pub(crate) size: u64,
}

impl Stored {
    /// Whether what was read is what the pointer names.
    pub(crate) fn ends_sound(self) -> bool {
        self.hash.finalize().as_slice() == self.expected
    }
}

impl Read for Stored {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let got = self.file.read(out)?;
        self.hash.update(&out[..got]);
        Ok(got)
    }
}

/// The content of a pointer; `None` if it is not here, or the pointer is none.
pub(crate) fn open(common_dir: &Path, pointer: &[u8]) -> Option<Result<Stored, String>> {
    let text = Some(pointer).filter(|bytes| view::lfs_pointer(bytes)).and_then(|p| std::str::from_utf8(p).ok())?;
    let value = |name: &str| text.lines().find_map(|l| l.strip_prefix(name));
    let hex = value("oid sha256:").map(str::trim).filter(|h| h.len() == 64)?;
    let expected =
        (0..64).step_by(2).map(|i| u8::from_str_radix(hex.get(i..i + 2)?, 16).ok()).collect::<Option<_>>()?;
    let size: u64 = value("size ")?.trim().parse().ok()?;
    let hex = hex.to_ascii_lowercase();
    let path = Path::new("lfs/objects").join(&hex[..2]).join(&hex[2..4]).join(&hex);
    match Root::new(common_dir).open(&path) {
        Ok((file, len)) if len == size => Some(Ok(Stored { file, hash: Sha256::new(), expected, size })),
        Ok(_) => Some(Err("the content that Git LFS keeps has another size than its pointer says".into())),
        Err(OpenError::Io(e)) if e.kind() == io::ErrorKind::NotFound => None,
        Err(OpenError::Io(e)) => Some(Err(format!("the content that Git LFS keeps cannot be read: {}", e.kind()))),
        Err(OpenError::Special(what)) => Some(Err(format!("the content that Git LFS keeps is {what}"))),
    }
}

/// The whole content of a pointer; `None` as for [`open`].
///
/// # Errors
/// Why it is here and cannot be read, or is longer than [`MOST_HELD`].
pub(crate) fn content(common_dir: &Path, pointer: &[u8]) -> Option<Result<Vec<u8>, String>> {
    let mut stored = match open(common_dir, pointer)? {
        Ok(stored) if stored.size <= MOST_HELD => stored,
        Ok(_) => return Some(Err("the content that Git LFS keeps is longer than 64 MiB".into())),
        Err(why) => return Some(Err(why)),
    };
    let mut bytes = Vec::new();
    // One that grows is not what the pointer names.
    if let Err(e) = (&mut stored).take(MOST_HELD + 1).read_to_end(&mut bytes) {
        return Some(Err(format!("the content that Git LFS keeps cannot be read: {}", e.kind())));
    }
    let sound = bytes.len() as u64 == stored.size && stored.ends_sound();
    Some(if sound { Ok(bytes) } else { Err("the content that Git LFS keeps is not what its pointer names".into()) })
}

/// Whether a pointer says nothing but which content it stands for, so that its own bytes need no search.
pub(crate) fn is_bare(pointer: &[u8]) -> bool {
    let digits = |text: &[u8], is: fn(&u8) -> bool| !text.is_empty() && text.iter().all(is);
    pointer.split(|b| *b == b'\n').all(|line| {
        line.is_empty()
            || line == b"version https://git-lfs.github.com/spec/v1"
            || line.strip_prefix(b"oid sha256:").is_some_and(|id| id.len() == 64 && digits(id, u8::is_ascii_hexdigit))
            || line.strip_prefix(b"size ").is_some_and(|size| size.len() < 20 && digits(size, u8::is_ascii_digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_with_other_words_is_searched_itself() {
        let id = "0".repeat(64);
        let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize 3\n");
        assert!(is_bare(pointer.as_bytes()));
        for more in ["ext-0-x sha256:0\n", "password = x\n", "size 3 x\n", "oid sha256:x\n"] {
            assert!(!is_bare(format!("{pointer}{more}").as_bytes()), "{more}");
        }
    }

    #[test]
    fn only_what_the_pointer_names_is_read() {
        let dir = tempfile::tempdir().expect("a folder");
        let hex: String = Sha256::digest(b"abc").iter().map(|b| format!("{b:02x}")).collect();
        let pointer = |size: usize| {
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{hex}\nsize {size}\n").into_bytes()
        };
        assert_eq!(content(dir.path(), &pointer(3)), None);
        let folder = dir.path().join("lfs/objects").join(&hex[..2]).join(&hex[2..4]);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(&hex), "abc").expect("a file");
        assert_eq!(content(dir.path(), &pointer(3)), Some(Ok(b"abc".to_vec())));
        assert!(content(dir.path(), &pointer(4)).is_some_and(|c| c.is_err()));
        assert!(content(dir.path(), &pointer(1 << 40)).is_some_and(|c| c.is_err()));
        std::fs::write(folder.join(&hex), "abd").expect("a file");
        assert!(content(dir.path(), &pointer(3)).is_some_and(|c| c.is_err()));
        #[cfg(unix)]
        {
            std::fs::remove_file(folder.join(&hex)).expect("gone");
            std::fs::write(dir.path().join("elsewhere"), "abc").expect("a file");
            std::os::unix::fs::symlink(dir.path().join("elsewhere"), folder.join(&hex)).expect("a link");
            assert!(content(dir.path(), &pointer(3)).is_some_and(|c| c.is_err()), "a link is not followed");
        }
    }
}
