//! A repository that the real git makes, and what leaktight says of it.

use crate::change::Ask;
use crate::harness::{self, Tree, command, token};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with a repository `r` in it, and room for others beside it.
pub(crate) struct Repo(Tree);

/// What leaktight said.
pub(crate) struct Said {
    pub(crate) code: i32,
    /// `state place` of each finding, `gap kind` of each gap that blocks; sorted.
    pub(crate) said: Vec<String>,
    /// `state place` of each place of each finding; sorted.
    pub(crate) places: Vec<String>,
    pub(crate) json: serde_json::Value,
    pub(crate) stderr: String,
}

impl Repo {
    /// A new repository, with these arguments for `git init`.
    pub(crate) fn new(args: &[&str]) -> Self {
        let repo = Self(Tree::new());
        std::fs::create_dir(repo.path("r")).unwrap();
        repo.git(&[&["init", "-q", "-b", "main"], args].concat());
        repo
    }

    /// Makes the repository anew, with these arguments for `git init`.
    pub(crate) fn again(&self, args: &[&str]) {
        std::fs::remove_dir_all(self.path("r")).unwrap();
        std::fs::create_dir(self.path("r")).unwrap();
        self.git(&[&["init", "-q", "-b", "main"], args].concat());
    }

    /// Makes the repository anew with references as reftable; whether this git can.
    pub(crate) fn reftable(&self) -> bool {
        self.tries(&["init", "-q", "--ref-format=reftable", "../probe"]) && {
            self.again(&["--ref-format=reftable"]);
            true
        }
    }

    /// The text of a file of the repository.
    pub(crate) fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.path("r").join(path)).unwrap()
    }

    /// A path beside the repository or in it.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn command(&self, folder: &str, args: &[&str]) -> Command {
        let mut command = harness::git(&self.path(folder), self.0.path());
        command.args(args);
        command
    }

    /// Runs git in the repository; it must succeed. What it printed, without its end.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.git_in("r", args)
    }

    /// Runs git in another folder.
    pub(crate) fn git_in(&self, folder: &str, args: &[&str]) -> String {
        harness::succeed(&mut self.command(folder, args))
    }

    /// Runs git, which may fail: a merge that conflicts. Whether it succeeded.
    pub(crate) fn tries(&self, args: &[&str]) -> bool {
        self.command("r", args).output().expect("git runs").status.success()
    }

    /// Runs git with this input.
    pub(crate) fn fed(&self, args: &[&str], input: &[u8]) -> String {
        let piped = |c: &mut Command| c.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = piped(&mut self.command("r", args)).expect("git runs");
        child.stdin.take().unwrap().write_all(input).unwrap();
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim_end().to_owned()
    }

    /// Writes a file of the repository.
    pub(crate) fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        self.0.file(Path::new("r").join(path), content);
    }

    /// Writes a file and stages it.
    pub(crate) fn stage(&self, path: &str, content: impl AsRef<[u8]>) {
        self.put(path, content);
        self.git(&["add", "-f", "--", path]);
    }

    /// Commits everything; gives the commit's id.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Writes a file and commits everything.
    pub(crate) fn commit_file(&self, path: &str, content: impl AsRef<[u8]>) -> String {
        self.put(path, content);
        self.commit(&format!("change {}", path.len()))
    }

    /// What leaktight says.
    pub(crate) fn ask(&self, ask: &Ask) -> Said {
        let (code, stdout, stderr) = match &ask.push {
            None => self.run(ask),
            Some(args) => self.pushed(args),
        };
        let json: serde_json::Value = serde_json::from_slice(&stdout).unwrap_or_default();
        let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
        let list = |v: &serde_json::Value| v.as_array().cloned().unwrap_or_default();
        let place = |l: &serde_json::Value| match text(&l["kind"]).as_str() {
            "index" | "commit" => text(&l["path"]),
            "name" => format!("name {}", text(&l["path"])),
            kind => kind.to_owned(),
        };
        let secrets = list(&json["findings"]).into_iter().filter(|f| f["family"] != "policy");
        let (mut said, mut places) = (Vec::new(), Vec::new());
        for f in secrets {
            said.push(format!("{} {}", text(&f["state"]), place(&f["location"])));
            let all = std::iter::once(f["location"].clone()).chain(list(&f["also"]));
            places.extend(all.map(|l| format!("{} {}", text(&l["state"]), place(&l))));
        }
        places.sort();
        places.dedup();
        let gaps = list(&json["run"]["gaps"]);
        said.extend(gaps.iter().filter(|g| g["blocks"] == true).map(|g| format!("gap {}", text(&g["kind"]))));
        said.sort();
        said.dedup();
        Said { code, said, places, json, stderr }
    }

    /// Runs leaktight: exit code, report, messages.
    fn run(&self, ask: &Ask) -> (i32, Vec<u8>, String) {
        let mut run = command(&self.path(ask.folder.unwrap_or("r")));
        run.env("HOME", self.0.path()).args(&ask.args).args(["--format", "json"]);
        run.envs(ask.env.iter().map(|(k, v)| (*k, v.as_str())));
        run.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = run.spawn().expect("leaktight runs");
        // It may end before it reads.
        let _ = child.stdin.take().unwrap().write_all(ask.input.as_bytes());
        let out = child.wait_with_output().unwrap();
        (out.status.code().unwrap_or(-1), out.stdout, String::from_utf8_lossy(&out.stderr).into_owned())
    }

    /// A bare repository `server.git` whose pre-receive hook is leaktight, with everything of `main` and `names`.
    pub(crate) fn server(&self, names: &[&str]) {
        self.git_in(".", &["init", "-q", "--bare", "-b", "main", "server.git"]);
        self.git(&[&["push", "-q", "../server.git"], names].concat());
        let script = format!(
            "#!/bin/sh\n'{}' hook pre-receive -q -o json=said.json\ncode=$?\necho $code > code\nexit $code\n",
            env!("CARGO_BIN_EXE_leaktight")
        );
        let hook = self.path("server.git/hooks/pre-receive");
        harness::executable(&hook, script);
    }

    /// Pushes to the server: what its hook said, and whether git obeyed.
    fn pushed(&self, args: &[String]) -> (i32, Vec<u8>, String) {
        let mut git = self.command("r", &["push", "../server.git"]);
        let out = git.args(args).output().expect("git runs");
        let stderr = String::from_utf8_lossy(&out.stderr).into_owned();
        let read = |name: &str| std::fs::read(self.path("server.git").join(name)).unwrap_or_default();
        let code = String::from_utf8_lossy(&read("code")).trim().parse().unwrap_or(-1);
        assert_eq!(out.status.success(), code == 0, "git obeys the hook: {stderr}");
        (code, read("said.json"), stderr)
    }
}

/// `main` with lines of filler, and secret 1 in `a.env`; then the branch `work`, which is checked out.
pub(crate) fn start_work(r: &Repo, lines: usize) {
    r.put("b.txt", filler(lines));
    r.commit_file("a.env", line(1));
    r.git(&["checkout", "-q", "-b", "work"]);
}

/// The same with 40 lines.
pub(crate) fn base(r: &Repo) {
    start_work(r, 40);
}

/// What `work` adds to `main`.
pub(crate) fn work() -> Ask {
    Ask::range("main..work")
}

/// A line that sets a token: the secret of that number.
pub(crate) fn line(seed: u64) -> String {
    format!("API_TOKEN={}\n", token(seed))
}

/// Lines that hold nothing.
pub(crate) fn filler(lines: usize) -> String {
    (0..lines).map(|n| format!("line {n} of a file that holds nothing at all\n")).collect()
}

/// Text as UTF-16, little end first, with its mark.
pub(crate) fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}
