//! Where git looks for hooks here, and who else has a say in that folder.
//!
//! In: git's answers. Out: [`Hooks`]: the folder, its layout, what set it. It guesses nothing that git can be asked.

use super::git::{self, Git};
use super::{HookError, shown, user};
use std::fs;
use std::path::{Path, PathBuf};

/// How hooks lie in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One executable file a hook.
    Plain,
    /// husky 9: git calls `.husky/_/NAME`, which runs `.husky/NAME` by `sh -e`.
    Husky,
}

/// What set core.hooksPath.
#[derive(Debug, Clone)]
pub(crate) struct SetBy {
    /// `local`, `worktree`, `global`, `system` or `command`.
    pub(crate) scope: String,
    /// `file:.git/config` and the like.
    pub(crate) origin: String,
    pub(crate) value: String,
}

/// The hooks of a repository.
#[derive(Debug)]
pub(crate) struct Hooks {
    /// Where git looks.
    pub(crate) dir: PathBuf,
    pub(crate) layout: Layout,
    /// Whether the folder belongs to the project: it lies in the work tree and may be committed.
    pub(crate) project: bool,
    /// core.hooksPath, if it is set.
    pub(crate) set_by: Option<SetBy>,
    /// Whether it is the folder of `--global`.
    pub(crate) everywhere: bool,
    /// Whether git looks into the folder of `--global`, which runs what is here.
    pub(crate) behind: bool,
}

impl Hooks {
    /// Asks git.
    pub(crate) fn of(git: &Git) -> Result<Self, HookError> {
        let dir = git.ask(&["rev-parse", "--git-path", "hooks"])?.unwrap_or_default();
        let dir = git.top.join(git::path(dir));
        let set_by = git.ask(&["config", "-z", "--show-scope", "--show-origin", "--get", "core.hooksPath"])?;
        let set_by = set_by.and_then(|bytes| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let mut parts = text.split('\0').map(str::to_owned);
            Some(SetBy { scope: parts.next()?, origin: parts.next()?, value: parts.next()? })
        });
        let husky = dir.file_name().is_some_and(|n| n == "_") && (dir.join("h").is_file() || !dir.exists());
        let layout = if husky && set_by.is_some() { Layout::Husky } else { Layout::Plain };
        let project =
            !git.bare && below(&dir, &git.top) && ![&git.git_dir, &git.common_dir].iter().any(|d| below(&dir, d));
        let everywhere = user::folder().is_ok_and(|folder| same(&folder, &dir));
        // What is pushed to a bare repository is that repository's own business: those for all only forward it.
        let behind = everywhere && git.bare;
        let dir = if behind { git.common_dir.join("hooks") } else { dir };
        Ok(Self { dir, layout, project, set_by, everywhere: everywhere && !behind, behind })
    }

    /// The file that a hook's commands stand in.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        match self.layout {
            Layout::Plain => self.dir.join(name),
            Layout::Husky => self.dir.parent().unwrap_or(&self.dir).join(name),
        }
    }

    /// The file that git starts.
    pub(crate) fn started(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// What is in the way, where git is told to look for hooks in something that is no folder (`/dev/null`, a file).
    pub(crate) fn no_folder(&self) -> Option<String> {
        let there = fs::metadata(&self.dir).is_ok_and(|m| !m.is_dir());
        let how = match &self.set_by {
            None => "move it away",
            Some(_) => "set core.hooksPath to a folder, or unset it",
        };
        there.then(|| format!("{} is no folder, so git runs no hook here: {how}", shown(&self.dir)))
    }

    /// core.hooksPath in words.
    pub(crate) fn because(&self) -> String {
        let word = |text: &str| crate::text::escape::terminal(text.as_bytes()).into_owned();
        match &self.set_by {
            None => String::new(),
            Some(_) if self.behind => " (run by the hooks for every repository)".to_owned(),
            Some(s) => {
                format!(" (core.hooksPath = {}, {} configuration, {})", word(&s.value), word(&s.scope), word(&s.origin))
            }
        }
    }

    /// What is special about the folder, one line each, for whoever is about to write to it.
    pub(crate) fn remarks(&self, git: &Git) -> Vec<String> {
        let mut lines = vec![format!("git takes hooks from {}{}", shown(&self.dir), self.because())];
        let mut remark = |text: &str| lines.push(text.to_owned());
        if self.layout == Layout::Husky {
            remark("husky runs the files beside that folder, so our lines go there");
        }
        if self.project {
            remark(
                "these files belong to the project: whoever takes them over needs `leaktight` on PATH; where yours lies is \
                 in the repository's own configuration (leaktight.program)",
            );
        } else if self.set_by.as_ref().is_some_and(|s| matches!(s.scope.as_str(), "global" | "system")) {
            remark("that folder serves every repository of its owner, and so will these hooks");
        }
        if ["lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", "lefthook.toml", "lefthook.json"]
            .iter()
            .any(|name| git.top.join(name).is_file())
        {
            remark(
                "lefthook writes its hooks anew when its configuration changes and puts ours aside then: add a command \
                 `leaktight hook pre-commit` to its configuration instead (README)",
            );
        }
        lines
    }
}

/// Whether two paths name one folder.
pub(crate) fn same(one: &Path, other: &Path) -> bool {
    one == other || matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(a), Ok(b)) if a == b)
}

/// Whether `path` lies below `folder`; what does not exist yet counts by its nearest folder that does.
fn below(path: &Path, folder: &Path) -> bool {
    let real = path.ancestors().find_map(|p| fs::canonicalize(p).ok().map(|r| (p, r)));
    let (Some((there, real)), Ok(folder)) = (real, fs::canonicalize(folder)) else { return false };
    real.starts_with(&folder) && (real != folder || there != path)
}
