//! Results of single repositories on disk, so that an interrupted run loses none of them.
//!
//! In: the outcome of one repository, or what a scan of it found nothing in so far (`*.part`). Out: a `leaktight/1` document with all its places, written whole or not at all, and
//! the outcome again if it is the one that a scan would give now: same version, rules, time, keys, flags and state of the
//! repository. It holds no secret in clear and no key; what it follows from is one keyed hash ([`fingerprint`]).

use super::names::{Repository, target};
use crate::finding::Outcome;
use crate::fs::bounded;
use crate::fs::open::Root;
use crate::fs::replace::{Draft, FileMode};
use crate::fs::root;
use crate::history::Options;
use crate::history::clean_blobs::{Partial, Seen};
use crate::report::json;
use crate::report::output::Target;
use crate::report::read::Reader;
use crate::report::run::{Command, Report as _, Run, RunInputs};
use crate::rule::RuleSet;
use std::fs;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Longest result that is read, in bytes.
const MAX_RESULT: u64 = 1 << 30;
/// Least time between two times that a part is kept.
const PAUSE: Duration = Duration::from_secs(10);
/// Longest file of a part that is read, in bytes.
const MAX_PART: u64 = 4 << 30;
/// Most files of a repository that its fingerprint looks at; beyond, two states may pass for one.
const MAX_FILES: usize = 1 << 20;
/// Bytes at the start of a bundle in which its references are looked for.
const BUNDLE_HEAD: u64 = 16 << 20;

/// A folder of results.
#[derive(Debug, Clone)]
pub struct Work {
    folder: PathBuf,
    /// Nothing is kept but what an interrupted scan need not do again, and the folder is not made before that.
    partial: bool,
}

impl Work {
    /// Makes the folder and proves that it can be written to.
    ///
    /// # Errors
    /// When it cannot, or is a link: a scanned repository could have put it there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let work = Self { folder: folder.to_owned(), partial: false };
        work.make()?;
        Draft::beside(&folder.join("now"), FileMode::Owner)?;
        Ok(work)
    }

    /// For a run whose results nobody needs when it is over: the folder is made when there is something to resume.
    pub fn partial(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), partial: true }
    }

    fn make(&self) -> io::Result<()> {
        if fs::symlink_metadata(&self.folder).is_ok_and(|m| m.is_symlink()) {
            return Err(io::Error::other("it is a symbolic link"));
        }
        fs::create_dir_all(&self.folder)?;
        // Results are nothing to commit.
        let ignore = self.folder.join(".gitignore");
        if fs::symlink_metadata(&ignore).is_err() {
            fs::File::create_new(&ignore)?.write_all(b"*\n")?;
        }
        Ok(())
    }

    /// "Now" of the run that was interrupted.
    pub fn now(&self) -> Option<i64> {
        let text = bounded::read_limited(&self.folder.join("now"), 64).ok()?;
        std::str::from_utf8(&text).ok()?.trim().parse().ok()
    }

    /// Keeps "now" for the run that takes this one up.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_now(&self, now: i64) -> io::Result<()> {
        if self.partial {
            return Ok(());
        }
        put(&self.folder.join("now"), |to| writeln!(to, "{now}"))
    }

    /// The result of a repository, if there is one and it was made as `made` says.
    ///
    /// # Errors
    /// Why what is there is not taken: the rest of a sentence.
    pub(super) fn load(
        &self,
        repository: &Repository,
        made: &RunInputs,
        reader: &Reader<'_>,
    ) -> Result<Option<Outcome>, String> {
        let bytes = match bounded::read_report(&self.file(repository), MAX_RESULT) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(format!("cannot be read: {e}")),
        };
        let document = reader.read(&bytes).map_err(|e| e.to_string())?;
        let Some(have) = document.made else { return Err("does not say how it was made".into()) };
        match () {
            () if have.now != made.now => Err("was made for another time (--now)".into()),
            () if have.key != made.key => Err("was made with another key of the organisation".into()),
            () if have.state != made.state => {
                Err("is of another state of the repository, or was made with other flags".into())
            }
            () if document.repositories != [repository.name.as_str()] => Err("is of another repository".into()),
            () => Ok(Some(document.outcome)),
        }
    }

    /// Whether an interrupted scan of one of these repositories left something.
    pub fn has_part(&self, repositories: &[Repository]) -> bool {
        repositories.iter().any(|repository| self.part(repository).is_file())
    }

    /// What an interrupted scan of the repository found nothing in, if `resume`, and the way to keep it again.
    pub(super) fn of_part(&self, repository: &Repository, resume: bool, rules: &RuleSet, now: i64) -> Partial {
        let file = self.part(repository);
        let mut known = Seen::default();
        if resume && let Ok(bytes) = bounded::read_limited(&file, MAX_PART) {
            // What is of other rules or another time is of no use, and what is damaged neither: all is searched then.
            let _ = known.read(&bytes, rules, now);
        }
        let work = self.clone();
        let save = move |clean: &Seen, rules: &RuleSet, now: i64| {
            work.make()?;
            if work.partial {
                put(&work.folder.join("now"), |to| writeln!(to, "{now}"))?;
            }
            put(&file, |to| clean.write(rules, now, to))
        };
        Partial { known: Arc::new(known), save: Arc::new(save), pause: PAUSE }
    }

    /// Keeps the result of a repository.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn save(
        &self,
        repository: &Repository,
        outcome: &Outcome,
        made: RunInputs,
        rules: &RuleSet,
    ) -> io::Result<()> {
        if self.partial {
            return Ok(());
        }
        let names = [repository.name.clone()];
        let target = target(&names);
        let mut run = Run::new(Command::History, &target, rules, outcome);
        run.also_limit = None;
        run.repositories = &names;
        run.made = Some(made);
        // Another part of the run may have taken the folder away with the last of its own results.
        fs::create_dir_all(&self.folder)?;
        put(&self.file(repository), |to| json::Json.write(&run, to))?;
        let _ = fs::remove_file(self.part(repository));
        Ok(())
    }

    /// Takes away the results of these repositories, and the folder with the last of them.
    pub fn clear(&self, repositories: &[Repository]) {
        // What cannot be removed does no harm: it is checked before it is used.
        for repository in repositories {
            let _ = fs::remove_file(self.file(repository));
            let _ = fs::remove_file(self.part(repository));
        }
        // A run that was killed may leave a file that it was writing; one that runs beside this one writes newer ones.
        let old = |e: &fs::DirEntry| e.metadata().and_then(|m| m.modified()).ok()?.elapsed().ok();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let ours = name.to_str().is_some_and(|n| n.starts_with(".leaktight-") && n.ends_with(".tmp"));
            if ours && old(&entry).is_some_and(|age| age.as_secs() > 60) {
                let _ = fs::remove_file(entry.path());
            }
        }
        let results = |e: &fs::DirEntry| e.path().extension().is_some_and(|e| e == "json" || e == "part");
        if fs::read_dir(&self.folder).is_ok_and(|mut dir| !dir.any(|e| e.as_ref().is_ok_and(results))) {
            let _ = fs::remove_file(self.folder.join("now"));
            let _ = fs::remove_file(self.folder.join(".gitignore"));
            let _ = fs::remove_dir(&self.folder);
        }
    }

    fn file(&self, repository: &Repository) -> PathBuf {
        let hash = blake3::hash(repository.name.as_bytes()).to_hex();
        self.folder.join(format!("{}.json", hash.get(..32).unwrap_or_default()))
    }

    fn part(&self, repository: &Repository) -> PathBuf {
        self.file(repository).with_extension("part")
    }
}

fn put(path: &Path, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()> {
    let mut target = Target::open(path).map_err(|e| e.source)?;
    write(&mut target)?;
    target.finish().map_err(|e| e.source)
}

/// Tells whether two runs had the same organisation's key, and gives nothing of it away.
pub fn key_check(key: Option<&[u8; 32]>) -> String {
    let check = |key| blake3::keyed_hash(key, b"leaktight: which key is it?").to_hex().chars().take(16).collect();
    key.map_or_else(|| "none".to_owned(), check)
}

/// Everything that decides the result of one repository and stands nowhere else in its document: keys, flags, path, and
/// what the repository holds (references by content, packs and objects by name and length).
pub(super) fn fingerprint(options: &Options, repository: &Repository) -> String {
    let mut hasher = match &options.run.keys.salt {
        Some(salt) => blake3::Hasher::new_keyed(salt),
        None => blake3::Hasher::new(),
    };
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(key_check(options.run.keys.organisation.as_ref()).as_bytes());
    part(&options.run.keys.exceptions.concat());
    let flags =
        [options.run.strict, options.exhaustive, options.rehash, options.run.keys.salt.is_some(), options.listed];
    part(&flags.map(u8::from));
    options.run.exclude.iter().for_each(|glob| part(glob.as_str().as_bytes()));
    for folder in options.alternates.iter().chain([&repository.path]) {
        let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
        part(whole.as_os_str().as_encoded_bytes());
    }
    bundle(&repository.path, &mut part);
    // What is borrowed belongs to it, too.
    for (path, length) in options.alternates.iter().flat_map(|folder| files(folder)) {
        part(path.as_os_str().as_encoded_bytes());
        part(&length.to_le_bytes());
    }
    for folder in git_folders(&repository.path) {
        // The name of a table changes with its content.
        for name in ["HEAD", "packed-refs", "reftable/tables.list", "shallow", "config"] {
            part(&content(&folder, Path::new(name), 64 << 20));
        }
        for (name, contents) in [("refs", true), ("logs", false), ("objects", false)] {
            for (path, length) in files(&folder.join(name)) {
                part(path.as_os_str().as_encoded_bytes());
                part(&length.to_le_bytes());
                if contents {
                    part(&content(&folder, path.strip_prefix(&folder).unwrap_or(&path), 4096));
                }
            }
        }
    }
    hasher.finalize().to_hex().to_string()
}

/// The beginning of a plain file, or where a link leads: a FIFO there would never answer.
fn content(folder: &Path, name: &Path, limit: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    match Root::new(folder).open(name) {
        // The scan reports what cannot be read.
        Ok((file, _)) => drop(file.take(limit).read_to_end(&mut bytes)),
        Err(_) => {
            let link = fs::read_link(folder.join(name)).unwrap_or_default();
            bytes.extend(link.as_os_str().as_encoded_bytes());
        }
    }
    bytes
}

/// A bundle is one file: its references stand at its start, and the last bytes of its pack are a hash of the pack.
fn bundle(path: &Path, part: &mut dyn FnMut(&[u8])) {
    let Ok(mut file) = fs::File::open(path) else { return };
    let Some(length) = file.metadata().ok().filter(fs::Metadata::is_file).map(|m| m.len()) else { return };
    part(&length.to_le_bytes());
    for from in [0, length.saturating_sub(64)] {
        let mut bytes = Vec::new();
        // What cannot be read now is said by the scan.
        let read = file.seek(io::SeekFrom::Start(from)).and_then(|_| (&file).take(BUNDLE_HEAD).read_to_end(&mut bytes));
        part(read.map_or(&[], |_| &bytes));
    }
}

/// Bytes of the packs of a repository: how long its scan will take.
pub(super) fn pack_bytes(repository: &Path) -> u64 {
    let packs = git_folders(repository).into_iter().flat_map(|folder| files(&folder.join("objects").join("pack")));
    packs.filter(|(path, _)| path.extension().is_some_and(|e| e == "pack")).map(|(_, length)| length).sum()
}

/// The folders of git's own files: that of the work tree, or the folder itself; and the one that work trees share.
fn git_folders(repository: &Path) -> Vec<PathBuf> {
    let own = root::git_dir(repository).unwrap_or_else(|_| repository.to_owned());
    let common = root::common_dir(&own);
    if common == own { vec![own] } else { vec![own, common] }
}

/// All plain files beneath a folder with their lengths, sorted; links are not followed.
fn files(folder: &Path) -> Vec<(PathBuf, u64)> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => {
                    out.push((entry.path(), entry.metadata().map_or(0, |m| m.len())));
                }
                _ => {}
            }
            if out.len() + folders.len() > MAX_FILES {
                return out;
            }
        }
    }
    out.sort();
    out
}
