//! The proof that a hook refuses a secret: a canary, and the hook run as git would run it.
//!
//! In: a repository and the name of a hook. Out: whether it refused, and named the canary. The canary is made now, from
//! random bytes, and lives in objects and an index of a temporary folder: the repository is not written to. Only our part
//! of a hook runs (LEAKTIGHT_DRY_RUN); what others put there could do anything.

use super::HookError;
use super::git::{self, Git};
use super::layout::Hooks;
use super::script::HookKind;
use crate::example;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The file that holds the canary.
const NAME: &str = "leaktight-canary.txt";
/// The rule that must find it.
const RULE: &str = "github-pat";

/// What a dry run gave.
#[derive(Debug)]
pub(crate) enum Proof {
    /// The hook refused, and named the canary.
    Refused,
    /// It did not: what it ended with, and what it said.
    Passed(Option<i32>, String),
}

/// Objects and an index beside those of a repository.
struct Aside<'a> {
    git: &'a Git,
    folder: tempfile::TempDir,
    /// The folders of objects that are read as well.
    lent: OsString,
}

/// Runs the hook `name`, which looks at `look`, over a canary.
pub(crate) fn of(git: &Git, hooks: &Hooks, name: &str, look: HookKind) -> Result<Proof, HookError> {
    let aside = Aside::new(git)?;
    let mut seed = [0_u8; 8];
    getrandom::fill(&mut seed).map_err(|e| HookError::new(format!("the system gives no random bytes: {e}")))?;
    let template = "CANARY={{ghp_ + base62(30) + crc32}}\n";
    let canary = example::expand(template, u64::from_le_bytes(seed)).map_err(HookError::new)?.text;
    let (args, input): (Vec<OsString>, String) = match look {
        HookKind::Staged => {
            let blob = aside.written(&["hash-object", "-w", "--stdin"], &canary)?;
            let entry = format!("100644,{blob},{NAME}");
            aside.written(&["update-index", "--add", "--cacheinfo", &entry], b"")?;
            (Vec::new(), String::new())
        }
        HookKind::Message => {
            let path = aside.file("message", &canary)?;
            (vec![path.into_os_string()], String::new())
        }
        HookKind::Push => {
            let id = aside.commit(&canary)?;
            let name = "refs/heads/leaktight-canary";
            let zero = "0".repeat(id.len());
            (vec!["origin".into(), "origin".into()], format!("{name} {id} {name} {zero}\n"))
        }
        HookKind::Received => {
            let id = aside.commit(&canary)?;
            (Vec::new(), format!("{} {id} refs/heads/leaktight-canary\n", "0".repeat(id.len())))
        }
    };
    let input = aside.file("input", input.as_bytes())?;
    let Output { status, stdout, stderr } = aside.hook(hooks, name, look, &args, &input)?;
    let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
    let named = if look == HookKind::Message { said.contains(RULE) } else { said.contains(NAME) };
    if !status.success() && named {
        return Ok(Proof::Refused);
    }
    Ok(Proof::Passed(status.code(), said))
}

impl<'a> Aside<'a> {
    fn new(git: &'a Git) -> Result<Self, HookError> {
        let failed = |e| HookError::new(format!("cannot make a temporary folder: {e}"));
        let folder = tempfile::Builder::new().prefix("leaktight-").tempdir().map_err(failed)?;
        fs::create_dir(folder.path().join("objects")).map_err(failed)?;
        let place =
            |what: &str| Ok(git.top.join(git::path(git.ask(&["rev-parse", "--git-path", what])?.unwrap_or_default())));
        let index: PathBuf = place("index")?;
        match fs::copy(&index, folder.path().join("index")) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(HookError::io("cannot copy", &index, &e)),
            // A new repository has none.
            _ => {}
        }
        let objects: PathBuf = place("objects")?;
        Ok(Self { git, folder, lent: listed(&objects) })
    }

    fn file(&self, name: &str, content: &[u8]) -> Result<PathBuf, HookError> {
        let path = self.folder.path().join(name);
        fs::write(&path, content).map_err(|e| HookError::io("cannot write", &path, &e))?;
        Ok(path)
    }

    /// A git that writes to the temporary folder only.
    fn command(&self) -> Command {
        let mut command = self.git.command();
        command.env("GIT_INDEX_FILE", self.folder.path().join("index"));
        command.env("GIT_OBJECT_DIRECTORY", self.folder.path().join("objects"));
        command.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &self.lent);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "leaktight");
            command.env(format!("GIT_{who}_EMAIL"), "leaktight@invalid");
        }
        command
    }

    /// What git answers to `input`.
    fn written(&self, args: &[&str], input: &[u8]) -> Result<String, HookError> {
        let mut command = self.command();
        // Neither a monitor of files is asked nor an index shared.
        command.args(["-c", "core.fsmonitor=false", "-c", "core.splitIndex=false"]).args(args);
        let failed = |e: std::io::Error| HookError::new(format!("cannot run git: {e}"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A git that ends early says why below.
            let _ = stdin.write_all(input);
        }
        let out = child.wait_with_output().map_err(failed)?;
        if !out.status.success() {
            let why = crate::text::escape::terminal(out.stderr.trim_ascii()).into_owned();
            return Err(HookError::new(format!("git cannot make the canary: {why}")));
        }
        Ok(String::from_utf8_lossy(out.stdout.trim_ascii()).into_owned())
    }

    /// A commit without parents that holds the canary.
    fn commit(&self, canary: &[u8]) -> Result<String, HookError> {
        let blob = self.written(&["hash-object", "-w", "--stdin"], canary)?;
        let tree = self.written(&["mktree"], format!("100644 blob {blob}\t{NAME}\n").as_bytes())?;
        self.written(&["-c", "commit.gpgSign=false", "commit-tree", &tree], b"canary\n")
    }

    /// Runs the hook as git does; a git that cannot (before 2.36, or 2.38 with input) leaves it to the shell.
    fn hook(
        &self,
        hooks: &Hooks,
        name: &str,
        look: HookKind,
        args: &[OsString],
        input: &Path,
    ) -> Result<Output, HookError> {
        let reads = matches!(look, HookKind::Push | HookKind::Received);
        let prepared = |command: &mut Command| {
            command.env("LEAKTIGHT_DRY_RUN", "1").env("GIT_EDITOR", ":").env("LC_ALL", "C");
            if look == HookKind::Received {
                command.env("GIT_QUARANTINE_PATH", self.folder.path().join("objects"));
            }
        };
        let mut command = self.command();
        prepared(&mut command);
        if hooks.behind {
            // A dry run of the hook in front runs nothing else.
            let mut here = OsString::from("core.hooksPath=");
            here.push(&hooks.dir);
            command.arg("-c").arg(here);
        }
        command.args(["hook", "run"]);
        if reads {
            let mut to = OsString::from("--to-stdin=");
            to.push(input);
            command.arg(to);
        }
        let out = git::output(command.arg(name).arg("--").args(args))?;
        let old = out.status.code() == Some(129) || memchr::memmem::find(&out.stderr, b"not a git command").is_some();
        if !old {
            return Ok(out);
        }
        let failed = |e| HookError::new(format!("cannot run `sh`: {e}"));
        let git = self.command();
        let mut shell = Command::new("sh");
        for (key, value) in git.get_envs() {
            match value {
                Some(value) => shell.env(key, value),
                None => shell.env_remove(key),
            };
        }
        prepared(&mut shell);
        let stdin = fs::File::open(input).map_err(|e| HookError::io("cannot read", input, &e))?;
        shell.arg(hooks.started(name)).args(args).current_dir(&self.git.top).stdin(stdin).output().map_err(failed)
    }
}

/// A path as an entry of GIT_ALTERNATE_OBJECT_DIRECTORIES, in quotes where it would be taken for two.
fn listed(path: &Path) -> OsString {
    let separator = if cfg!(windows) { ';' } else { ':' };
    match path.to_str() {
        Some(text) if text.contains(separator) || text.starts_with('"') => {
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")).into()
        }
        _ => path.as_os_str().to_owned(),
    }
}
