//! Runs the real program in a folder of its own, with an environment that decides nothing.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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
        let fixed = ["-c", "user.name=t", "-c", "user.email=t@t.invalid", "-c", "init.defaultBranch=main"];
        let out = Command::new("git").args(fixed).args(args).current_dir(self.path()).output().expect("git runs");
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
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

/// The program, with a clean environment.
pub(crate) fn command(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaktight"));
    command.current_dir(dir).env_clear().env("HOME", dir).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
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

    /// `rule confidence path:line:column` of every finding.
    pub(crate) fn findings(&self) -> Vec<String> {
        let json = self.json();
        let all = json["findings"].as_array().expect("findings").iter();
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
    let text = leaktight::rule::example::expand(template, seed).expect("a template").text;
    String::from_utf8(text).expect("templates of tests are text")
}

/// A GitHub token with a right checksum.
pub(crate) fn token(seed: u64) -> String {
    made("{{ghp_ + base62(30) + crc32}}", seed)
}
