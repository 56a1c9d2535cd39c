//! A server's repository with a pull request, and checkouts of it as CI makes them.

use crate::harness::{self, Tree, token};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What is on the server: `main` with two commits, and a topic with a secret that stays, one that goes, and a clean end.
pub(crate) struct World {
    pub(crate) tree: Tree,
    /// First commit of main: where the topic begins.
    pub(crate) base: String,
    /// The tip of main.
    pub(crate) main: String,
    /// First commit of the topic: clean.
    pub(crate) before: String,
    /// The tip of the topic.
    pub(crate) head: String,
    /// What GitHub would merge: main and the topic.
    pub(crate) merge: String,
    /// The secret that stays, and the one that was taken away again.
    pub(crate) secrets: Vec<String>,
}

/// What a step of CI left behind.
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) summary: String,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) sarif: String,
}

pub(crate) fn git(dir: &Path, args: &[&str]) -> String {
    let mut command = harness::git(dir, dir);
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_DATE"), "1700000000 +0000");
    }
    harness::succeed(command.args(args))
}

/// Everything in a folder as a commit; its id.
pub(crate) fn commit(dir: &Path, message: &str) -> String {
    git(dir, &["add", "-A"]);
    git(dir, &["commit", "-q", "--allow-empty", "-m", message]);
    git(dir, &["rev-parse", "HEAD"])
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self::made(seed, |_, _| {})
    }

    /// `more` adds to the topic before its last commit.
    pub(crate) fn made(seed: u64, more: impl FnOnce(&Tree, &Path)) -> Self {
        let tree = Tree::new();
        let secrets = vec![token(seed), token(seed + 1)];
        tree.file("server/readme", "nothing\n");
        let dir = tree.path().join("server");
        git(&dir, &["init", "-q"]);
        git(&dir, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
        let base = commit(&dir, "first");
        tree.file("server/main.txt", "main goes on\n");
        let main = commit(&dir, "main goes on");
        git(&dir, &["checkout", "-q", "-b", "topic", &base]);
        tree.file("server/topic.txt", "a start\n");
        let before = commit(&dir, "a start");
        tree.file("server/gone.env", format!("GITHUB_TOKEN={}\n", secrets[1]));
        commit(&dir, "settings");
        fs::remove_file(dir.join("gone.env")).unwrap();
        tree.file("server/config/live.env", format!("# live\nGITHUB_TOKEN={}\n", secrets[0]));
        more(&tree, &dir);
        let head = commit(&dir, "other settings");
        git(&dir, &["checkout", "-q", "--detach", &main]);
        git(&dir, &["merge", "-q", "--no-ff", "-m", "merge", &head]);
        let merge = git(&dir, &["rev-parse", "HEAD"]);
        git(&dir, &["update-ref", "refs/pull/7/merge", &merge]);
        git(&dir, &["update-ref", "refs/pull/7/head", &head]);
        git(&dir, &["checkout", "-q", "main"]);
        Self { tree, base, main, before, head, merge, secrets }
    }

    fn url(&self) -> String {
        format!("file://{}", self.tree.path().join("server").display())
    }

    /// A checkout with the whole history, as with `fetch-depth: 0`.
    pub(crate) fn full(&self, name: &str, at: &str) -> PathBuf {
        let dir = self.tree.path().join(name);
        git(self.tree.path(), &["clone", "-q", "--no-checkout", &self.url(), name]);
        git(&dir, &["fetch", "-q", "origin", "+refs/pull/*:refs/remotes/pull/*"]);
        git(&dir, &["checkout", "-q", "--detach", at]);
        dir
    }

    /// A checkout of one commit, as actions/checkout makes it by default.
    pub(crate) fn shallow(&self, name: &str, at: &str) -> PathBuf {
        self.deep(name, at, 1)
    }

    /// A checkout of so many commits of each line.
    pub(crate) fn deep(&self, name: &str, at: &str, depth: u8) -> PathBuf {
        let dir = self.tree.path().join(name);
        fs::create_dir(&dir).unwrap();
        git(&dir, &["init", "-q"]);
        git(&dir, &["remote", "add", "origin", &self.url()]);
        git(&dir, &["fetch", "-q", "--no-tags", &format!("--depth={depth}"), "origin", at]);
        git(&dir, &["checkout", "-q", "--detach", at]);
        dir
    }

    /// The text of an event with the ids of this repository.
    pub(crate) fn event(&self, fixture: &str) -> String {
        let path = format!("{}/fixtures/github/{fixture}.json", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(path).expect("an event file");
        let ids = [("base", &self.base), ("head", &self.head), ("before", &self.before), ("merge", &self.merge)];
        ids.iter().fold(text, |text, (name, id)| text.replace(&format!("{{{{{name}}}}}"), id))
    }

    /// The variables of a runner for this event; each call gives files of its own.
    pub(crate) fn runner(&self, name: &str, event: &str, dir: &Path) -> Runner {
        let mut n = 0;
        let temp = loop {
            let temp = self.tree.path().join(format!("runner-{n}"));
            if !temp.exists() {
                break temp;
            }
            n += 1;
        };
        fs::create_dir(&temp).unwrap();
        fs::write(temp.join("event.json"), event).unwrap();
        let sha =
            if name.starts_with("pull_request") && name != "pull_request_target" { &self.merge } else { &self.main };
        let at = |file: &str| temp.join(file).display().to_string();
        let variables = [
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_EVENT_NAME", name.to_owned()),
            ("GITHUB_EVENT_PATH", at("event.json")),
            ("GITHUB_SHA", sha.clone()),
            ("GITHUB_REPOSITORY", "acme/app".to_owned()),
            ("GITHUB_SERVER_URL", "https://github.example".to_owned()),
            ("GITHUB_WORKSPACE", dir.display().to_string()),
            ("GITHUB_STEP_SUMMARY", at("summary.md")),
            ("GITHUB_OUTPUT", at("output")),
            ("RUNNER_TEMP", temp.display().to_string()),
        ];
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Runner { temp, dir: dir.to_owned(), variables }
    }

    /// `leaktight ci github` for an event of the fixtures.
    pub(crate) fn github(&self, dir: &Path, name: &str, fixture: &str, args: &[&str]) -> Done {
        let done = self.runner(name, &self.event(fixture), dir).leaktight(&[&["ci", "github"], args].concat());
        done.is_safe(&self.secrets);
        done
    }
}

/// A runner of GitHub Actions.
pub(crate) struct Runner {
    pub(crate) temp: PathBuf,
    pub(crate) dir: PathBuf,
    pub(crate) variables: BTreeMap<String, String>,
}

impl Runner {
    pub(crate) fn leaktight(&self, args: &[&str]) -> Done {
        let run = harness::Run::of(harness::command(&self.dir).args(args).envs(&self.variables));
        self.done(run.code, run.text(), run.stderr)
    }

    /// What is there after a step.
    pub(crate) fn done(&self, code: Option<i32>, stdout: String, stderr: String) -> Done {
        let read = |name: &str| fs::read_to_string(self.temp.join(name)).unwrap_or_default();
        Done {
            code,
            stdout,
            stderr,
            summary: read("summary.md"),
            outputs: outputs(&read("output")),
            sarif: read("leaktight.sarif"),
        }
    }
}

/// Reads GITHUB_OUTPUT as the runner does; what is in no known form fails the test.
pub(crate) fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut lines = text.lines();
    let mut all = BTreeMap::new();
    while let Some(line) = lines.next() {
        let (name, value) = if let Some((name, delimiter)) = line.split_once("<<") {
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
            (name, value.join("\n"))
        } else {
            let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("no output: {line}"));
            (name, value.to_owned())
        };
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
        all.insert(name.to_owned(), value);
    }
    all
}

impl Done {
    pub(crate) fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// The lines that a runner obeys.
    pub(crate) fn commands(&self) -> Vec<&str> {
        self.stdout.lines().chain(self.stderr.lines()).filter(|l| l.trim_start().starts_with("::")).collect()
    }

    pub(crate) fn all(&self) -> [(&'static str, &str); 4] {
        [("stdout", &self.stdout), ("stderr", &self.stderr), ("the summary", &self.summary), ("SARIF", &self.sarif)]
    }

    /// Laws 5 and 6 (docs/design.md): no secret, no escape, no command but ours, in anything that was written.
    pub(crate) fn is_safe(&self, secrets: &[String]) {
        for (what, text) in self.all() {
            for secret in secrets {
                for part in [&secret[..secret.len() / 2], &secret[secret.len() / 2..]] {
                    assert!(!text.contains(part), "{what} shows a part of a secret");
                }
            }
            let bad = text.chars().find(|c| *c != '\n' && leaktight::text::escape::is_unsafe(*c));
            assert_eq!(bad, None, "{what}: {text}");
            let obeyed = what != "SARIF" && (text.contains("##vso[") || text.contains("##["));
            assert!(!obeyed, "{what}: {text}");
        }
        let commands = self.commands();
        assert!(commands.len() <= 10, "{commands:?}");
        for command in commands {
            let known = ["::error ", "::warning ", "::notice "];
            assert!(known.iter().any(|k| command.starts_with(k)), "{command}");
        }
        let bare = self.summary.replace("<code>", "").replace("</code>", "");
        assert!(!bare.contains(['<', '[', ']']) && !bare.contains("://"), "{}", self.summary);
        for line in self.summary.lines().filter(|l| l.starts_with('|')) {
            assert_eq!(line.matches('|').count(), 6, "{line}");
        }
        for (name, value) in &self.outputs {
            let known = ["findings", "new-findings", "complete", "exit-code", "sarif-file", "upload"];
            assert!(known.contains(&name.as_str()) && !value.contains('\n'), "{name}={value}");
        }
    }
}
