//! Opens files of a hostile tree: beneath the target only, no symbolic link followed, regular files only, and never
//! waiting for a FIFO or a device.
//!
//! In: a root folder and a path beneath it. Out: an open regular file with its size, or why not.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A folder beneath which files are opened.
#[derive(Debug)]
pub struct Root {
    path: PathBuf,
    #[cfg(any(target_os = "linux", target_os = "android"))]
    dir: Option<std::os::fd::OwnedFd>,
}

/// Why a file was not opened.
#[derive(Debug)]
pub enum OpenError {
    /// The system's reason.
    Io(io::Error),
    /// A device, FIFO, socket or folder: which.
    Special(&'static str),
}

impl From<io::Error> for OpenError {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

impl Root {
    /// A root; the folder itself may be reached through links, for its path was given by the user.
    pub fn new(path: &Path) -> Self {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        {
            use rustix::fs::{Mode, OFlags, open};
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            Self { path: path.to_owned(), dir: open(path, flags, Mode::empty()).ok() }
        }
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        Self { path: path.to_owned() }
    }

    /// Opens `relative`, which must be beneath this root, without following any link on the way.
    ///
    /// # Errors
    /// When it cannot be opened or is no regular file.
    pub fn open(&self, relative: &Path) -> Result<(File, u64), OpenError> {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Some(dir) = &self.dir {
            use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
            let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
            match openat2(dir, relative, flags, Mode::empty(), resolve) {
                Ok(fd) => return regular(File::from(fd)),
                // A kernel before 5.6, or a sandbox that forbids the call.
                Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM) => {}
                Err(e) => return Err(OpenError::Io(e.into())),
            }
        }
        // Elsewhere each component is looked at before the file is opened.
        let mut path = self.path.clone();
        for part in relative.components() {
            path.push(part);
            if path.symlink_metadata()?.file_type().is_symlink() {
                return Err(OpenError::Io(io::Error::other("a symbolic link took its place")));
            }
        }
        open_file(&path, false)
    }
}

/// Opens a file that the user named: links are followed, but it must be a regular file.
///
/// # Errors
/// When it cannot be opened or is no regular file.
pub fn open_named(path: &Path) -> Result<(File, u64), OpenError> {
    open_file(path, true)
}

/// Standard input as a file. The standard library reads one that is not open for reading as empty; here that is an error.
///
/// # Errors
/// The system's.
pub fn standard_input() -> io::Result<File> {
    #[cfg(unix)]
    let own = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()?;
    #[cfg(windows)]
    let own = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned()?;
    Ok(File::from(own))
}

fn open_file(path: &Path, follow: bool) -> Result<(File, u64), OpenError> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        if !follow {
            flags |= OFlags::NOFOLLOW;
        }
        options.custom_flags(flags.bits() as i32);
    }
    let _ = follow;
    regular(options.open(path)?)
}

fn regular(file: File) -> Result<(File, u64), OpenError> {
    let meta = file.metadata()?;
    if meta.is_file() {
        return Ok((file, meta.len()));
    }
    Err(OpenError::Special(special_name(meta.file_type())))
}

/// What a file that is not regular is, in words.
pub fn special_name(kind: std::fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            return "a FIFO";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if kind.is_dir() { "a folder" } else { "no regular file" }
}
