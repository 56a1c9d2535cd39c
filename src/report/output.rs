//! Files that reports are written to (`-o [FORMAT=]FILE`).
//!
//! In: a path, before the scan. Out: the whole report under that name, or an [`OutputError`], never half a report.
//! [`Target::open`] proves that a file can be made beside the target, so that a mistake is known before the scan and not
//! after it; the report goes to a temporary file that is renamed. The temporary file exists only while the report is
//! written: it must not stand in the tree that is being scanned. A device or FIFO is written through. It refuses symbolic
//! links (outside `/dev` and `/proc`): a scanned repository could point one at a file of the user.

mod gzip;
mod overwrite;

pub use overwrite::{is_same, refuse, refuse_unless, resolved};

use super::Format;
use crate::fs::replace::{Draft, FileMode};
use crate::text::escape;
use gzip::Gzip;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What `-o` was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The format before `=`; without one the run's `--format` holds.
    pub format: Option<Format>,
    /// Where the report goes.
    pub path: PathBuf,
}

impl Request {
    /// Reads `[FORMAT=]FILE`. A plain word before the first `=` is a format, so that a mistyped one does not become
    /// part of a file name; `./a=b` names a file with an equals sign.
    ///
    /// # Errors
    /// What is wrong with it, for the user.
    pub fn parse(text: &OsStr) -> Result<Self, String> {
        let (format, path) = match split_at_equals(text) {
            Some((word, path)) if !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                let format =
                    word.parse::<Format>().map_err(|e| format!("{e} (a file of that name is `./{word}=...`)"))?;
                (Some(format), path)
            }
            _ => (None, text.to_owned()),
        };
        if path.is_empty() {
            return Err("the name of the file is missing".into());
        }
        Ok(Self { format, path: path.into() })
    }
}

#[cfg(unix)]
fn split_at_equals(text: &OsStr) -> Option<(&str, OsString)> {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = text.as_bytes();
    let at = memchr::memchr(b'=', bytes)?;
    let word = std::str::from_utf8(bytes.get(..at)?).ok()?;
    Some((word, OsStr::from_bytes(bytes.get(at + 1..)?).to_owned()))
}

#[cfg(not(unix))]
fn split_at_equals(text: &OsStr) -> Option<(&str, OsString)> {
    let (word, path) = text.to_str()?.split_once('=')?;
    Some((word, path.into()))
}

/// A report that cannot be written: exit code 2.
#[derive(Debug)]
pub struct OutputError {
    /// The file the user named.
    pub path: PathBuf,
    /// What went wrong.
    pub source: io::Error,
    /// What to do about it.
    pub help: &'static str,
}

impl OutputError {
    fn new(path: &Path, source: io::Error) -> Self {
        let help = match source.kind() {
            io::ErrorKind::NotFound => "create the folder first, or name another",
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "name a place where you may write",
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room, or name a place on another disk",
            io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => "name a file",
            _ => "name another file",
        };
        Self { path: path.to_owned(), source, help }
    }

    fn with(path: &Path, words: &'static str, help: &'static str) -> Self {
        Self { path: path.to_owned(), source: io::Error::other(words), help }
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = escape::terminal(self.path.as_os_str().as_encoded_bytes());
        write!(f, "cannot write the report `{path}`: {}; {}", self.source, self.help)
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// A report's file, proven to be writable. Write through [`io::Write`], then [`Target::finish`]; dropped before that, it
/// leaves everything as it was.
#[derive(Debug)]
pub struct Target {
    path: PathBuf,
    to: To,
    /// Others may read it, as umask says: it is no report.
    shared: bool,
    /// A byte was lost: the report must not be put in its place, even if later ones could be written.
    lost: bool,
    /// Its name ends in `.gz`.
    gzip: Option<Gzip>,
}

#[derive(Debug)]
enum To {
    /// Nothing was written yet: the temporary file is made at the first byte.
    Later,
    /// Beside the target, to be renamed.
    Temporary(Box<io::BufWriter<Draft>>),
    /// A device, a FIFO, or an empty file: there is nothing to lose in it.
    Through(io::BufWriter<File>),
}

impl Target {
    /// Proves that a report can be written to `path`. Nothing changes yet.
    ///
    /// # Errors
    /// A folder that is missing or may not be written, a folder or a symbolic link under this name.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, OutputError> {
        let path = path.into();
        let system = path.starts_with("/dev") || path.starts_with("/proc");
        let to = match fs::symlink_metadata(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => To::Later,
            Err(e) => return Err(OutputError::new(&path, e)),
            Ok(meta) if meta.is_dir() => return Err(OutputError::with(&path, "it is a folder", "name a file")),
            Ok(meta) if meta.is_symlink() && !system => {
                return Err(OutputError::with(
                    &path,
                    "it is a symbolic link",
                    "name the file it points to, or remove it",
                ));
            }
            Ok(meta) if meta.is_file() && meta.len() > 0 => To::Later,
            // Appending, because /dev/stdout may be a file that already holds something.
            Ok(_) => match OpenOptions::new().append(true).open(&path) {
                Ok(file) => To::Through(io::BufWriter::new(file)),
                Err(e) => return Err(OutputError::new(&path, e)),
            },
        };
        if matches!(to, To::Later) {
            draft(&path, false).map_err(|e| OutputError::new(&path, e))?;
        }
        let gzip = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz")).then(Gzip::new);
        Ok(Self { path, to, shared: false, lost: false, gzip })
    }

    /// A file that is no report and that others work with: it gets the mode of the file that it replaces, else that of
    /// any new file.
    #[must_use]
    pub fn shared(self) -> Self {
        Self { shared: true, ..self }
    }

    /// The file the user named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Brings everything to the disk and puts the report in its place.
    ///
    /// # Errors
    /// When any byte of it was lost; the old report is still there then.
    pub fn finish(mut self) -> Result<(), OutputError> {
        if self.lost {
            return Err(OutputError::with(
                &self.path,
                "a part of it could not be written",
                "make room, or name another file",
            ));
        }
        let end = self.gzip.take().map(Gzip::finish).transpose();
        let end = end.and_then(|rest| self.writer()?.write_all(&rest.unwrap_or_default()));
        let done = end.and_then(|()| match std::mem::replace(&mut self.to, To::Later) {
            // An empty report is a report, too: it has a writer by now.
            To::Later => Err(io::Error::other("no file")),
            To::Temporary(writer) => match writer.into_inner() {
                Ok(draft) => draft.put(&self.path),
                Err(e) => Err(e.into_error()),
            },
            To::Through(mut writer) => writer.flush(),
        });
        done.map_err(|e| OutputError::new(&self.path, e))
    }

    /// An error of writing to this target, with its name.
    pub fn error(&self, source: io::Error) -> OutputError {
        OutputError::new(&self.path, source)
    }

    fn writer(&mut self) -> io::Result<&mut dyn io::Write> {
        if matches!(self.to, To::Later) {
            let file = draft(&self.path, self.shared)?;
            self.to = To::Temporary(Box::new(io::BufWriter::new(file)));
        }
        if let To::Through(writer) = &self.to
            && !self.shared
            && !self.path.starts_with("/dev")
            && !self.path.starts_with("/proc")
        {
            for_owner(writer.get_ref())?;
        }
        match &mut self.to {
            To::Temporary(writer) => Ok(&mut **writer),
            To::Through(writer) => Ok(writer),
            To::Later => Err(io::Error::other("no file")),
        }
    }
}

/// Takes a file that was there and empty from everybody but its owner. A device keeps its mode, and so does a file of
/// somebody else.
#[cfg(unix)]
fn for_owner(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let meta = file.metadata()?;
    if meta.is_file() && meta.len() == 0 && meta.permissions().mode() & 0o077 != 0 {
        match file.set_permissions(fs::Permissions::from_mode(0o600)) {
            Err(e) if e.kind() != io::ErrorKind::PermissionDenied => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn for_owner(_: &File) -> io::Result<()> {
    Ok(())
}

impl io::Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match self.gzip.as_mut().map(|gzip| gzip.write(bytes)) {
            None => self.writer().and_then(|w| w.write(bytes)),
            Some(Ok(packed)) => self.writer().and_then(|w| w.write_all(&packed)).map(|()| bytes.len()),
            Some(Err(e)) => Err(e),
        };
        self.lost |= matches!(&written, Err(e) if e.kind() != io::ErrorKind::Interrupted);
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.writer().and_then(|w| w.flush());
        self.lost |= flushed.is_err();
        flushed
    }
}

/// A draft beside `path`, for its owner alone whatever the mode of the file that it replaces: a report says where secrets
/// are. `shared`: it is no report.
fn draft(path: &Path, shared: bool) -> io::Result<Draft> {
    Draft::beside(path, if shared { FileMode::Usual } else { FileMode::Owner })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_report_appears_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.json");
        fs::write(&path, "old").unwrap();
        let mut target = Target::open(&path).unwrap();
        assert_eq!(names(dir.path()), ["report.json"], "nothing stands in the tree while it is scanned");
        target.write_all(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        drop(target);
        assert_eq!((fs::read(&path).unwrap().as_slice(), names(dir.path()).len()), (b"old".as_slice(), 1));
        let mut target = Target::open(&path).unwrap();
        target.write_all(b"new").unwrap();
        target.finish().unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), names(dir.path()).len()), (b"new".as_slice(), 1));
    }

    #[test]
    fn what_cannot_be_written_is_known_before_the_scan() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("no/such/report.json");
        let error = Target::open(&missing).unwrap_err().to_string();
        assert!(error.contains("no/such/report.json") && error.contains("create the folder first"), "{error}");
        let error = Target::open(dir.path()).unwrap_err().to_string();
        assert!(error.contains("it is a folder"), "{error}");
        let evil = dir.path().join("no\u{1b}[2J/x");
        assert!(!Target::open(evil).unwrap_err().to_string().contains('\u{1b}'));
    }

    #[test]
    fn a_folder_that_goes_away_loses_the_report_loudly() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("out");
        fs::create_dir(&folder).unwrap();
        let mut target = Target::open(folder.join("report.json")).unwrap();
        fs::remove_dir(&folder).unwrap();
        assert!(target.write_all(b"x").is_err());
        fs::create_dir(&folder).unwrap();
        assert!(target.finish().is_err(), "what was lost stays lost");
        assert!(names(&folder).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_report_is_for_its_owner_whatever_it_replaces() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let dir = tempfile::tempdir().unwrap();
        let (old, new, plain) = (dir.path().join("old"), dir.path().join("new"), dir.path().join("plain"));
        fs::write(&old, "").unwrap();
        fs::set_permissions(&old, fs::Permissions::from_mode(0o664)).unwrap();
        File::create(&plain).unwrap();
        let write = |path: &Path, content: &[u8], shared: bool| {
            let mut target = Target::open(path).unwrap();
            if shared {
                target = target.shared();
            }
            target.write_all(content).unwrap();
            target.finish().unwrap();
        };
        write(&old, b"x", true);
        write(&new, b"x", true);
        assert_eq!((mode(&old), mode(&new)), (0o664, mode(&plain)), "a file that others work with");
        for content in [&b"x"[..], b""] {
            fs::set_permissions(&old, fs::Permissions::from_mode(0o666)).unwrap();
            fs::remove_file(&new).unwrap();
            write(&old, content, false);
            write(&new, content, false);
            assert_eq!((mode(&old), mode(&new)), (0o600, 0o600));
        }
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_written_through_and_links_refused() {
        let mut target = Target::open("/dev/null").unwrap();
        target.write_all(b"x").unwrap();
        target.finish().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let (victim, link) = (dir.path().join("victim"), dir.path().join("link"));
        fs::write(&victim, "precious").unwrap();
        std::os::unix::fs::symlink(&victim, &link).unwrap();
        assert!(Target::open(&link).unwrap_err().to_string().contains("symbolic link"));
        assert_eq!(fs::read(&victim).unwrap(), b"precious");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        let mut target = Target::open("/dev/full").unwrap();
        let written = target.write_all(b"x");
        assert!(written.and_then(|()| target.finish().map_err(|e| e.source)).is_err());
    }

    #[test]
    fn requests_name_a_format_or_none() {
        let parse = |text: &str| Request::parse(OsStr::new(text));
        let ok = |format, path: &str| Ok(Request { format, path: path.into() });
        assert_eq!(parse("sarif=out.sarif"), ok(Some(Format::Sarif), "out.sarif"));
        assert_eq!(parse("json=a=b"), ok(Some(Format::Json), "a=b"));
        assert_eq!(parse("report.json"), ok(None, "report.json"));
        assert_eq!(parse("./a=b"), ok(None, "./a=b"));
        assert!(parse("sarfi=out").unwrap_err().contains("unknown format `sarfi`"));
        assert!(parse("json=").is_err() && parse("").is_err());
    }
}
