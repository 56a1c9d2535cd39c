//! Runs leaktight, git and other programs in folders of their own, with an environment that decides nothing.
//!
//! Every process of the tests is started through [`program`], [`git`] or [`command`]: the variables of the machine are gone,
//! git reads no configuration of the machine, and no leaktight that happens to be installed is on PATH.
#![allow(dead_code, reason = "hooks and CI are tested on Unix only")]

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

/// A program, started in `dir` with this home and nothing else of the machine but its PATH.
pub(crate) fn program(name: impl AsRef<OsStr>, dir: &Path, home: &Path) -> Command {
    let mut command = Command::new(name);
    command.current_dir(dir).env_clear().env("HOME", home).env("PATH", search_path());
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
    // Without these, Windows starts no program and finds no temporary folder.
    for name in ["SystemRoot", "TEMP", "TMP"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// git with an author, a first branch called main, and nobody's configuration.
pub(crate) fn git(dir: &Path, home: &Path) -> Command {
    // By its path it starts without a copy of this process's memory, in which the rules are many times: that copy took as long
    // as git itself.
    static PLACE: LazyLock<PathBuf> = LazyLock::new(|| {
        let mut all = std::env::split_paths(search_path()).map(|folder| folder.join("git"));
        all.find(|place| place.is_file()).unwrap_or_else(|| "git".into())
    });
    let mut command = program(PLACE.as_path(), dir, home);
    let settings =
        [("init.defaultBranch", "main"), ("protocol.file.allow", "always"), ("advice.detachedHead", "false")];
    for (n, (key, value)) in settings.iter().enumerate() {
        command.env(format!("GIT_CONFIG_KEY_{n}"), key).env(format!("GIT_CONFIG_VALUE_{n}"), value);
    }
    command.env("GIT_CONFIG_COUNT", settings.len().to_string()).env("GIT_EDITOR", "true");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.org");
    }
    command
}

/// leaktight in `dir`, which is its home as well.
pub(crate) fn command(dir: &Path) -> Command {
    program(env!("CARGO_BIN_EXE_leaktight"), dir, dir)
}

/// PATH without an installed leaktight: hooks find the program there, and several tests are about its absence.
pub(crate) fn search_path() -> &'static OsStr {
    static CLEAN: LazyLock<(OsString, Vec<tempfile::TempDir>)> = LazyLock::new(|| {
        let (mut folders, mut kept) = (Vec::new(), Vec::new());
        for folder in std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()) {
            if !folder.join(format!("leaktight{}", std::env::consts::EXE_SUFFIX)).exists() {
                folders.push(folder);
            } else if cfg!(unix) {
                // git may be in the same folder, so everything else in it stays.
                let links = links_without_leaktight(&folder);
                folders.push(links.path().to_owned());
                kept.push(links);
            }
        }
        (std::env::join_paths(folders).expect("folders of PATH"), kept)
    });
    &CLEAN.0
}

/// PATH with one more folder, which comes first.
pub(crate) fn path_with(first: &Path) -> String {
    let all = std::iter::once(first.to_owned()).chain(std::env::split_paths(search_path()));
    std::env::join_paths(all).expect("folders of PATH").into_string().expect("text")
}

#[cfg(unix)]
fn links_without_leaktight(folder: &Path) -> tempfile::TempDir {
    let links = tempfile::tempdir().expect("a temporary folder");
    for entry in std::fs::read_dir(folder).expect("a folder of PATH").flatten() {
        if entry.file_name() != "leaktight" {
            std::os::unix::fs::symlink(entry.path(), links.path().join(entry.file_name())).expect("a link");
        }
    }
    links
}

#[cfg(not(unix))]
fn links_without_leaktight(_: &Path) -> tempfile::TempDir {
    unreachable!("folders of PATH are replaced on Unix only")
}

/// A temporary folder to scan.
pub(crate) struct Tree(tempfile::TempDir);

impl Tree {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn file(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder above")).expect("folders");
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// Runs git here; it must succeed.
    pub(crate) fn git(&self, args: &[&str]) {
        succeed(git(self.path(), self.path()).args(args));
    }

    /// Runs `leaktight` here.
    pub(crate) fn leaktight(&self, args: &[&str]) -> Run {
        Run::of(command(self.path()).args(args))
    }

    /// `leaktight scan --format json` with these arguments.
    pub(crate) fn scan(&self, args: &[&str]) -> Run {
        self.leaktight(&[&["scan", "--format", "json"], args].concat())
    }
}

/// Writes a program. `cp` writes it and not this process: while a file is open for writing no program can be started from it,
/// and a child that another test is about to start would hold it open, too.
pub(crate) fn executable(path: &Path, content: impl AsRef<[u8]>) {
    let draft = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(draft.path(), content).expect("a file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(draft.path(), std::fs::Permissions::from_mode(0o755)).expect("a mode");
    }
    copy_program(draft.path(), path);
}

/// Copies a program, as [`executable`] writes one.
pub(crate) fn copy_program(from: &Path, to: &Path) {
    let folder = to.parent().expect("a folder above");
    std::fs::create_dir_all(folder).expect("folders");
    let _ = std::fs::remove_file(to);
    succeed(program("cp", folder, folder).args(["-p", "--"]).args([from, to]));
}

/// Runs a command that must succeed; what it printed, without the end of its last line.
#[track_caller]
pub(crate) fn succeed(command: &mut Command) -> String {
    let out = command.output().expect("it starts");
    assert!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim_end().to_owned()
}

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().expect("leaktight runs");
        Self { code: status.code(), stdout, stderr: String::from_utf8_lossy(&stderr).into_owned() }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|e| panic!("no JSON ({e}): {}\n{}", self.text(), self.stderr))
    }

    /// `rule confidence path:line:column` of every finding. Not the note that a policy of the scanned repository was used:
    /// that is about the run, and `policy::report` holds when it is there.
    pub(crate) fn findings(&self) -> Vec<String> {
        let json = self.json();
        let all = json["findings"].as_array().expect("findings").iter().filter(|f| f["rule"] != "policy-from-scanned");
        all.map(|f| {
            let l = &f["location"];
            let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
            format!(
                "{} {} {}:{}:{}",
                text(&f["rule"]),
                text(&f["confidence"]),
                text(&l["path"]),
                l["line"],
                l["column"]
            )
        })
        .collect()
    }

    /// `kind blocks what` of every gap.
    pub(crate) fn gaps(&self) -> Vec<String> {
        let json = self.json();
        let all = json["run"]["gaps"].as_array().expect("gaps").iter();
        all.map(|g| {
            let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
            format!("{} {} {}", text(&g["kind"]), g["blocks"], text(&g["what"]))
        })
        .collect()
    }
}

/// A fresh value of this template.
pub(crate) fn made(template: &str, seed: u64) -> String {
    let text = leaktight::example::expand(template, seed).expect("a template").text;
    String::from_utf8(text).expect("templates of tests are text")
}

/// A GitHub token with a right checksum.
pub(crate) fn token(seed: u64) -> String {
    made("{{ghp_ + base62(30) + crc32}}", seed)
}
