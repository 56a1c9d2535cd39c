//! Repositories for the benchmark: those beneath a folder, and generated ones.
//!
//! A generated one is made by real git (`fast-import`) of the text that the tree of the other benchmark consists of:
//! files in versions that differ in a few lines, commits that change some of them, one file in sixteen with an example of
//! a rule. The same at every run with the same git.

use crate::corpus::{LANGUAGES, Maker};
use anyhow::{Context, Result, bail, ensure};
use leaktight::example;
use leaktight::rule::RuleSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a generated repository looks like.
pub(crate) struct Shape {
    pub(crate) files: usize,
    /// Versions of each file.
    pub(crate) versions: usize,
    /// Files that a commit changes.
    pub(crate) changed: usize,
    /// Git searches for deltas anew, as after `git gc`; else they are those of `fast-import`, version on version.
    pub(crate) repacked: bool,
}

/// Files that are committed one behind the other are so far apart; a prime, so that every file gets its turn.
const STEP: usize = 7919;
/// Folders beneath this depth are not searched for repositories.
const DEPTH: usize = 4;

/// Git, told nothing by its user's configuration.
pub(crate) fn git(repo: &Path) -> Command {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.args(["-c", "safe.directory=*"]).arg("-C").arg(repo);
    command
}

/// Runs git to its end; it must succeed.
pub(crate) fn done(mut command: Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().context("git cannot be started")?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

/// The repositories at or beneath these folders, bare ones too, by path.
///
/// # Errors
/// When a folder does not exist, or there is no repository.
pub(crate) fn beneath(folders: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in folders {
        let folder = folder.canonicalize().with_context(|| format!("{} does not exist", folder.display()))?;
        let before = found.len();
        search(&folder, 0, &mut found);
        ensure!(found.len() > before, "there is no repository in {}", folder.display());
    }
    Ok(found)
}

fn search(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    if folder.join(".git").exists() || (folder.join("HEAD").is_file() && folder.join("objects").is_dir()) {
        found.push(folder.to_owned());
        return;
    }
    let mut inside: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_dir()))
        .map(|e| e.path())
        .collect();
    inside.sort();
    for folder in inside.iter().filter(|_| depth < DEPTH) {
        search(folder, depth + 1, found);
    }
}

/// A name that says which repository it is: folders that many share do not.
pub(crate) fn name(repo: &Path) -> String {
    let names = repo.iter().rev().map(|n| n.to_string_lossy().into_owned());
    names.into_iter().find(|n| !matches!(n.as_str(), "repo" | ".git")).unwrap_or_default()
}

/// Bytes of all packs.
pub(crate) fn packed(repo: &Path) -> u64 {
    let folders = [repo.join("objects/pack"), repo.join(".git/objects/pack")];
    let files = folders.iter().flat_map(|f| std::fs::read_dir(f).into_iter().flatten().flatten());
    files
        .filter(|f| f.path().extension().is_some_and(|e| e == "pack"))
        .filter_map(|f| Some(f.metadata().ok()?.len()))
        .sum()
}

/// Makes a bare repository at `repo`.
///
/// # Errors
/// When git cannot be run or fails.
pub(crate) fn generate(rules: &RuleSet, repo: &Path, shape: &Shape) -> Result<()> {
    std::fs::create_dir_all(repo)?;
    let mut init = git(repo);
    init.args(["init", "-q", "--bare", "-b", "main", "."]);
    done(init)?;
    let mut import = git(repo);
    import.args(["-c", "core.compression=1", "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--depth=50"]);
    let mut child = import.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().context("git cannot be started")?;
    let Some(pipe) = child.stdin.take() else { bail!("git takes no input") };
    let mut stream = BufWriter::with_capacity(1 << 20, pipe);
    let mut maker = Maker::new(shape.files as u64);
    let names = blobs(rules, shape, &mut maker, &mut stream)?;
    commits(shape, &names, &mut maker, &mut stream)?;
    stream.flush()?;
    drop(stream);
    ensure!(child.wait()?.success(), "git fast-import failed");
    if shape.repacked {
        let mut repack = git(repo);
        // One thread: else the choice of deltas depends on the machine.
        repack.args(["-c", "pack.threads=1", "repack", "-a", "-d", "-f", "-q", "--depth=50", "--window=10"]);
        done(repack)?;
    }
    Ok(())
}

/// All versions of each file, one behind the other: so `fast-import` makes chains of deltas. Returns the paths.
fn blobs(rules: &RuleSet, shape: &Shape, maker: &mut Maker, stream: &mut impl Write) -> Result<Vec<String>> {
    let examples: Vec<&str> =
        rules.iter().flat_map(|(_, rule)| rule.matches.iter().map(|example| &*example.text)).collect();
    let mut names = Vec::with_capacity(shape.files);
    for file in 0..shape.files {
        let (ending, lines) = LANGUAGES[file % LANGUAGES.len()];
        let secret = (file % 16 == 3).then(|| examples[file / 16 % examples.len()]);
        let mut text = maker.source(lines, secret, file as u64);
        names.push(format!("d{}/e{}/{}{file}.{ending}", file / 1600, file / 40 % 40, maker.word()));
        for version in 0..shape.versions {
            if version > 0 {
                edit(maker, lines, &mut text);
            }
            if version * 2 == shape.versions && file % 32 == 9 {
                let template = examples[file / 32 % examples.len()];
                let secret = example::expand(template, file as u64).map_err(anyhow::Error::msg)?;
                text.extend(secret.text);
                text.push(b'\n');
            }
            writeln!(stream, "blob\nmark :{}\ndata {}", mark(shape, file, version), text.len())?;
            stream.write_all(&text)?;
            stream.write_all(b"\n")?;
        }
    }
    Ok(names)
}

fn mark(shape: &Shape, file: usize, version: usize) -> usize {
    file * shape.versions + version + 1
}

/// A few lines somewhere are replaced by others.
fn edit(maker: &mut Maker, lines: &[&str], text: &mut Vec<u8>) {
    for _ in 0..=maker.rng.below(3) {
        let at = maker.rng.below(text.len());
        let start = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |n| at + n + 1);
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |n| start + n + 1);
        let mut new = Vec::new();
        for _ in 0..=maker.rng.below(3) {
            let form = lines[maker.rng.below(lines.len())];
            maker.line(form, &mut new);
        }
        text.splice(start..end, new);
    }
}

/// The first commit has all files; each one after it has some in their next version.
fn commits(shape: &Shape, names: &[String], maker: &mut Maker, stream: &mut impl Write) -> Result<()> {
    let step = if shape.repacked { STEP } else { 1 };
    let mut changes =
        (1..shape.versions).flat_map(|version| (0..shape.files).map(move |i| (i * step % shape.files, version)));
    let mut next: Vec<(usize, usize)> = (0..shape.files).map(|file| (file, 0)).collect();
    let mut count = 0_u64;
    while !next.is_empty() {
        let mut message = Vec::new();
        maker.line("$ @\n\n$.", &mut message);
        let time = 1_500_000_000 + count * 600;
        let who = format!("{} <{}@example.org> {time} +0000", maker.word(), maker.word());
        writeln!(stream, "commit refs/heads/main\nauthor {who}\ncommitter {who}\ndata {}", message.len())?;
        stream.write_all(&message)?;
        for (file, version) in &next {
            writeln!(stream, "M 100644 :{} {}", mark(shape, *file, *version), names[*file])?;
        }
        if count % 500 == 499 {
            writeln!(stream, "tag v{count}\nfrom refs/heads/main\ntagger {who}\ndata 5\na tag")?;
        }
        count += 1;
        next.clear();
        next.extend(changes.by_ref().take(shape.changed));
    }
    Ok(())
}
