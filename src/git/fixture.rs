//! Repositories for tests, made by the real git with an environment that decides nothing.

use crate::git::Kind;
use gix_hash::ObjectId;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Makes a FIFO.
pub(crate) fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
}

/// A commit to make.
pub(crate) struct Made {
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) parents: Vec<String>,
    pub(crate) date: i64,
    pub(crate) message: String,
    pub(crate) who: &'static str,
}

/// A temporary repository.
pub(crate) struct Repo(tempfile::TempDir);

impl Repo {
    /// `git init` with these arguments.
    pub(crate) fn new(args: &[&str]) -> Self {
        let repo = Self(tempfile::tempdir().expect("a temporary folder"));
        repo.git(&[&["init", "-q", "-b", "main"], args].concat());
        repo
    }

    /// The same; `None` if this git does not know one of them.
    pub(crate) fn try_new(args: &[&str]) -> Option<Self> {
        let repo = Self(tempfile::tempdir().expect("a temporary folder"));
        let made = repo.command(&[&["init", "-q", "-b", "main"], args].concat()).output().expect("git runs");
        made.status.success().then_some(repo)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, args: &[&str]) -> Command {
        let search = std::env::var_os("PATH").unwrap_or_default();
        // By its path it starts without a copy of this process's memory.
        let place = std::env::split_paths(&search).map(|folder| folder.join("git")).find(|place| place.is_file());
        let mut command = Command::new(place.unwrap_or_else(|| "git".into()));
        command.args(args).current_dir(self.path()).env_clear().env("PATH", search);
        command.env("HOME", self.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "t").env(format!("GIT_{who}_EMAIL"), "t@t.invalid");
            command.env(format!("GIT_{who}_DATE"), "1700000000 +0000");
        }
        command
    }

    /// Runs git; gives what it prints.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        String::from_utf8(self.fed(args, b"")).expect("text").trim().to_owned()
    }

    /// Runs git with this input.
    pub(crate) fn fed(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let mut command = self.command(args);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("git runs");
        let mut stdin = child.stdin.take().expect("an input");
        let out = std::thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(input));
            child.wait_with_output().expect("git ends")
        });
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    }

    /// Writes a file of the work tree or of `.git`.
    pub(crate) fn file(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder above")).expect("folders");
        std::fs::write(path, content).expect("a file");
    }

    /// Commits without a work tree; gives their ids. `:3` as a parent is the third of this call.
    pub(crate) fn commits(&self, all: &[Made]) -> Vec<String> {
        let (mut stream, mut marks) = (String::new(), String::new());
        for (n, made) in (1..).zip(all) {
            let (date, message) = (made.date, &made.message);
            // A root starts a reference anew.
            stream += &format!("reset refs/made\n\ncommit refs/made\nmark :{n}\n");
            stream += &format!("author {} {} +0000\ncommitter {0} {date} +0000\n", made.who, date - 5);
            stream += &format!("data {}\n{message}\n", message.len());
            for (at, parent) in made.parents.iter().enumerate() {
                stream += &format!("{} {parent}\n", if at == 0 { "from" } else { "merge" });
            }
            stream += "deleteall\n";
            for (path, text) in &made.files {
                stream += &format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
            }
            marks += &format!("get-mark :{n}\n");
        }
        let stream = format!("{stream}\n{marks}done\n");
        let ids = self.fed(&["fast-import", "--quiet", "--force", "--done"], stream.as_bytes());
        self.git(&["update-ref", "-d", "refs/made"]);
        String::from_utf8(ids).expect("ids").lines().map(str::to_owned).collect()
    }

    /// All objects, as git reads them.
    pub(crate) fn objects(&self) -> Vec<(ObjectId, Kind, Vec<u8>)> {
        let out = self.fed(&["cat-file", "--batch-all-objects", "--unordered", "--batch"], b"");
        let (mut rest, mut all) = (&out[..], Vec::new());
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let line = std::str::from_utf8(&rest[..end]).expect("a header");
            let words: Vec<&str> = line.split(' ').collect();
            let size: usize = words[2].parse().expect("a size");
            let id = ObjectId::from_hex(words[0].as_bytes()).expect("an id");
            all.push((
                id,
                Kind::from_name(words[1].as_bytes()).expect("a kind"),
                rest[end + 1..end + 1 + size].to_vec(),
            ));
            rest = &rest[end + size + 2..];
        }
        all
    }
}
