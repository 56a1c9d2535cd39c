//! A user with a home of their own, a copy of the program, and repositories.

use crate::harness;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

/// What a command gave: its code and everything that it said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
}

impl Said {
    fn of(out: Output) -> Self {
        let text = [out.stdout, out.stderr].concat();
        Self { code: out.status.code(), text: String::from_utf8_lossy(&text).into_owned() }
    }

    /// It must have worked.
    #[track_caller]
    pub(crate) fn fine(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.text);
        self.text
    }

    /// It must have been refused, and said this.
    #[track_caller]
    pub(crate) fn refused(self, why: &str) -> String {
        assert!(self.code.is_some_and(|code| code != 0) && self.text.contains(why), "{:?}: {}", self.code, self.text);
        self.text
    }
}

pub(crate) struct World {
    root: tempfile::TempDir,
    /// The program that hooks are made to call.
    pub(crate) program: PathBuf,
    pub(crate) variables: BTreeMap<String, String>,
}

impl World {
    /// A world whose folders have names that a careless script trips over.
    pub(crate) fn new() -> Self {
        let root = tempfile::Builder::new().prefix("it's a $HOME `x` \"").tempdir().expect("a folder");
        let program = root.path().join("bin of 'mine'").join("leaktight");
        std::fs::create_dir_all(program.parent().expect("a folder")).expect("a folder");
        std::fs::create_dir_all(root.path().join("home")).expect("a folder");
        let world = Self { root, program, variables: BTreeMap::new() };
        world.restore();
        world
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    pub(crate) fn run(&self, program: impl AsRef<Path>, dir: &str, args: &[&str], input: &str) -> Said {
        let mut command = harness::program(program.as_ref(), &self.path(dir), &self.path("home"));
        command.args(args);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "t").env(format!("GIT_{who}_EMAIL"), "t@t.invalid");
        }
        command.envs(&self.variables);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        // A program that does not read it is none of our business.
        let _ = std::io::Write::write_all(&mut child.stdin.take().expect("an input"), input.as_bytes());
        Said::of(child.wait_with_output().expect("it ends"))
    }

    pub(crate) fn git(&self, dir: &str, args: &[&str]) -> Said {
        self.run("git", dir, args, "")
    }

    /// `leaktight hook ...`, by the copy.
    pub(crate) fn hook(&self, dir: &str, args: &[&str]) -> Said {
        self.run(&self.program, dir, &[&["hook"], args].concat(), "")
    }

    /// A repository with one commit.
    pub(crate) fn repository(&self, dir: &str) {
        std::fs::create_dir_all(self.path(dir)).expect("a folder");
        self.git(dir, &["init", "-q", "-b", "main"]).fine();
        self.file(&format!("{dir}/README"), "hello\n");
        self.git(dir, &["add", "."]).fine();
        self.git(dir, &["commit", "-q", "--no-verify", "-m", "first"]).fine();
    }

    /// Puts the program back where it was.
    pub(crate) fn restore(&self) {
        harness::copy_program(Path::new(env!("CARGO_BIN_EXE_leaktight")), &self.program);
    }

    pub(crate) fn file(&self, path: &str, content: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder above")).expect("folders");
        std::fs::write(&path, content).expect("a file");
    }

    pub(crate) fn script(&self, path: &str, content: &str) {
        harness::executable(&self.path(path), content);
    }

    /// A hook that notes its name, its arguments and its input in `log`, and ends with `code`.
    pub(crate) fn recorder(&self, path: &str, name: &str, code: u8) {
        let log = self.path("log").display().to_string().replace('\'', r"'\''");
        self.script(path, &format!("#!/bin/sh\n{{ echo \"{name}:$*\"; sed 's/^/  /'; }} >>'{log}'\nexit {code}\n"));
    }

    /// Puts a recorder where the program was that installed the hooks.
    pub(crate) fn stand_in(&self, code: u8) {
        std::fs::remove_file(&self.program).expect("the program goes");
        let path = self.program.strip_prefix(self.root.path()).expect("inside").to_str().expect("text").to_owned();
        self.recorder(&path, "leaktight", code);
    }

    /// What the recorders noted; it is empty afterwards.
    pub(crate) fn log(&self) -> String {
        let text = std::fs::read_to_string(self.path("log")).unwrap_or_default();
        let _ = std::fs::remove_file(self.path("log"));
        text
    }

    pub(crate) fn text(&self, path: &str) -> String {
        String::from_utf8(std::fs::read(self.path(path)).expect("a file")).expect("text")
    }

    /// All files below a folder: name, mode, content.
    pub(crate) fn all(&self, dir: &str) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        fn walk(dir: &Path, all: &mut BTreeMap<PathBuf, (u32, Vec<u8>)>) {
            for entry in std::fs::read_dir(dir).expect("a folder") {
                let path = entry.expect("an entry").path();
                let meta = path.symlink_metadata().expect("it is there");
                if meta.is_dir() {
                    walk(&path, all);
                } else if meta.is_symlink() {
                    let to = std::fs::read_link(&path).expect("a link");
                    all.insert(path, (0, to.into_os_string().into_encoded_bytes()));
                } else {
                    let bytes = std::fs::read(&path).expect("a file");
                    all.insert(path, (meta.permissions().mode(), bytes));
                }
            }
        }
        let mut all = BTreeMap::new();
        walk(&self.path(dir), &mut all);
        all
    }

    /// Stages a change and commits it.
    pub(crate) fn commit(&self, dir: &str, content: &str) -> Said {
        self.file(&format!("{dir}/file.txt"), content);
        self.git(dir, &["add", "file.txt"]).fine();
        self.git(dir, &["commit", "-q", "-m", "a change"])
    }
}

/// A line with a secret that nobody doubts.
pub(crate) fn leak(seed: u64) -> String {
    format!("token = {}\n", harness::token(seed))
}
