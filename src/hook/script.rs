//! The text of hooks: POSIX shell that git's own `sh` runs on every system.
//!
//! In: a hook's name and where this program lies. Out: a script, or lines within somebody else's. All of them fail closed:
//! when the program is gone they say so in one line and refuse. What was there before gets the same arguments and the
//! same input. Order: commit hooks run it first, because it may still change what is committed; hooks of a push run it
//! last, because it may already send (Git LFS does).

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What an earlier hook is called.
pub(crate) const BEFORE: &str = ".before-leaktight";
/// Where lines in files of a project find this program: a key of the repository's own configuration.
pub(crate) const CONFIG: &str = "leaktight.program";
/// A line of every hook of ours; the number changes when its text does.
const MARK: &str = "# leaktight hook v";
const VERSION: u32 = 1;
/// First and last line of ours within a file of husky's.
const BEGIN: &str = "# leaktight: begin v";
const END: &str = "# leaktight: end";
/// Says that the file had no line end where ours begin.
const CUT: &str = "# leaktight: no line end before this";

/// What a hook of ours looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookKind {
    /// The index.
    Staged,
    /// The message, in the file that git names.
    Message,
    /// What is pushed from here.
    Push,
    /// What is pushed to here.
    Received,
}

/// The hooks that look at something.
pub(crate) const OURS: [(&str, HookKind); 5] = [
    ("pre-commit", HookKind::Staged),
    ("pre-merge-commit", HookKind::Staged),
    ("commit-msg", HookKind::Message),
    ("pre-push", HookKind::Push),
    ("pre-receive", HookKind::Received),
];

/// Every hook that git looks for in its folder of hooks (githooks, git 2.47). `fsmonitor-watchman` is not among them: git
/// calls it by the path in core.fsmonitor.
pub(crate) const ALL: [&str; 27] = [
    "applypatch-msg",
    "commit-msg",
    "p4-changelist",
    "p4-post-changelist",
    "p4-pre-submit",
    "p4-prepare-changelist",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
    "sendemail-validate",
    "update",
];

/// Where a script finds this program.
#[derive(Debug)]
pub(crate) enum Program<'a> {
    /// Here.
    At(&'a Path),
    /// Where the repository's configuration says.
    Configured,
}

/// What a hook of this name looks at, if it is one of ours.
pub(crate) fn look(name: &str) -> Option<HookKind> {
    OURS.iter().find(|(ours, _)| *ours == name).map(|(_, look)| *look)
}

/// Whether a file is a hook that we wrote.
pub(crate) fn is_ours(text: &[u8]) -> bool {
    text.split(|b| *b == b'\n').any(|line| line.starts_with(MARK.as_bytes()))
}

/// Whether a file calls this program in any way.
pub(crate) fn mentions(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"leaktight").is_some()
}

/// A hook for one repository.
pub(crate) fn local(name: &str, program: &Program<'_>) -> Vec<u8> {
    let head = format!(
        "#!/bin/sh\n{MARK}{VERSION}\n# Written by `leaktight hook install`; `leaktight hook uninstall` takes it away. A hook \
         that was here before is kept as\n# {name}{BEFORE} beside this file, and still runs.\n"
    );
    let before = format!(
        "case $0 in */*) before=${{0%/*}}/{name}{BEFORE} ;; *) before=./{name}{BEFORE} ;; esac\n\
         [ -f \"$before\" ] && [ -x \"$before\" ] && [ -z \"${{LEAKTIGHT_DRY_RUN-}}\" ] || before=\n"
    );
    [head.as_bytes(), &found(name, program), before.as_bytes(), run(name, "exec ").as_bytes()].concat()
}

/// A hook of this name for every repository. `earlier`: the folder that git took hooks from before us.
pub(crate) fn everywhere(name: &str, program: &Path, earlier: Option<&Path>) -> Vec<u8> {
    let mut text = format!(
        "#!/bin/sh\n{MARK}{VERSION}\n# Written by `leaktight hook install --global`; `leaktight hook uninstall --global` takes \
         it away. git looks for hooks here\n# and nowhere else, so this one runs the repository's own, too.\n"
    )
    .into_bytes();
    match earlier {
        Some(folder) => {
            text.extend_from_slice(b"before=");
            text.extend_from_slice(&quoted(folder.as_os_str()));
            text.extend_from_slice(format!("/{name}\n").as_bytes());
        }
        // No program is started to find it: git calls some hooks many times in one command.
        None => text.extend_from_slice(format!("{REPOSITORY}before=$git/hooks/{name}\n").as_bytes()),
    }
    text.extend_from_slice(
        b"[ -f \"$before\" ] && [ -x \"$before\" ] && [ -z \"${LEAKTIGHT_DRY_RUN-}\" ] || before=\n",
    );
    if earlier.is_none() && ["pre-push", "post-checkout", "post-commit", "post-merge"].contains(&name) {
        text.extend_from_slice(LFS.replace("NAME", name).as_bytes());
    }
    match look(name).filter(|look| *look != HookKind::Received) {
        Some(_) => {
            text.extend_from_slice(&found(name, &Program::At(program)));
            text.extend_from_slice(run(name, "exec ").as_bytes());
        }
        None => {
            text.extend_from_slice(b"if [ -n \"$before\" ]; then \"$before\" \"$@\"; exit; fi\n");
            if name == "push-to-checkout" && earlier.is_none() {
                text.extend_from_slice(CHECKOUT.as_bytes());
            }
        }
    }
    text
}

/// The repository's folder that holds `hooks`, found as git finds it, from where git starts a hook.
const REPOSITORY: &str = r#"git=${GIT_COMMON_DIR-}
if [ -z "$git" ]; then
  git=${GIT_DIR-}
  if [ -n "$git" ]; then :
  elif [ -d .git ]; then git=.git
  elif [ -f .git ]; then read -r git <.git; git=${git#gitdir: }
  elif [ -f HEAD ] && [ -d objects ]; then git=.
  else git=$(git rev-parse --git-dir 2>/dev/null) || git=.git # git send-email and git p4 run without a repository, too
  fi
  if [ -f "$git/commondir" ]; then
    read -r common <"$git/commondir"
    case $common in /* | ?:*) git=$common ;; *) git=$git/$common ;; esac
  fi
fi
"#;

/// Git LFS puts its hooks where git looks for hooks, which is here, and gives way to ours. So a repository that it works in
/// and that has no hook of its own gets what LFS would have put there.
const LFS: &str = r#"if [ -z "$before" ] && [ -d "$git/lfs" ] && [ ! -e "$git/hooks/NAME" ] && [ -z "${LEAKTIGHT_DRY_RUN-}" ]; then
  if command -v git-lfs >/dev/null; then
    before=lfs
    lfs() { git lfs NAME "$@"; }
  else
    echo "this repository uses Git LFS, and git-lfs is not on PATH" >&2
    exit 2
  fi
fi
"#;

/// What git does by itself when there is no such hook (receive.denyCurrentBranch = updateInstead): having one turns it off.
const CHECKOUT: &str = r#"refuse() { echo "$1" >&2; exit 1; }
git update-index -q --ignore-submodules --refresh || refuse "the work tree is not up to date"
git diff-files --quiet --ignore-submodules -- || refuse "the work tree has changes that are not staged"
head=HEAD
git rev-parse -q --verify HEAD >/dev/null || head=$(git hash-object -t tree --stdin </dev/null)
git diff-index --quiet --cached --ignore-submodules "$head" -- || refuse "the work tree has staged changes"
exec git read-tree -u -m "$1"
"#;

/// Sets `program`, or says that it is gone and refuses.
fn found(name: &str, program: &Program<'_>) -> Vec<u8> {
    let mut text = b"leaktight=".to_vec();
    match program {
        Program::At(path) => text.extend_from_slice(&quoted(slashes(path).as_os_str())),
        Program::Configured => text.extend_from_slice(format!("$(git config --get {CONFIG})").as_bytes()),
    }
    let rest = format!(
        "\nprogram=$leaktight\n[ -x \"$program\" ] || program=$(command -v leaktight) || {{\n  printf 'leaktight: the scanner is gone \
         (%s), so {name} refuses, for nothing was looked at: install it again, or remove %s\\n' \\\n    \
         \"${{leaktight:-leaktight}}\" \"$0\" >&2\n  exit 1\n}}\n"
    );
    text.extend_from_slice(rest.as_bytes());
    text
}

/// Runs `$program` and `$before`, each with the arguments and the input of the hook.
fn run(name: &str, exec: &str) -> String {
    match look(name) {
        Some(HookKind::Push | HookKind::Received) => {
            let command = if name == "pre-push" { "pre-push -- \"$@\"" } else { "pre-receive" };
            format!(
                "[ -n \"$before\" ] || exec \"$program\" hook {command}\n\
                 input=$(cat && echo .)\ninput=${{input%.}}\n\
                 printf %s \"$input\" | \"$program\" hook {command} || exit\n\
                 printf %s \"$input\" | \"$before\" \"$@\"\n"
            )
        }
        Some(HookKind::Message) => {
            format!("[ -z \"$before\" ] || \"$before\" \"$@\" || exit\n{exec}\"$program\" hook commit-msg -- \"$1\"\n")
        }
        _ => format!("[ -z \"$before\" ] || \"$before\" \"$@\" || exit\n{exec}\"$program\" hook pre-commit\n"),
    }
}

/// A file of husky's with our lines in it: at its start, so that nothing in it can end before them; at the end once more,
/// for what the lines between have staged or written. A push is looked at once, and its input put back.
pub(crate) fn into_husky(name: &str, text: &[u8]) -> Vec<u8> {
    let rest = out_of_husky(text).unwrap_or_else(|| text.to_vec());
    let mut out = Vec::new();
    // A line that names the interpreter stays the first.
    let first = if rest.starts_with(b"#!") { memchr::memchr(b'\n', &rest).map_or(rest.len(), |at| at + 1) } else { 0 };
    let (first, rest) = rest.split_at(first);
    out.extend_from_slice(first);
    let cut = |out: &mut Vec<u8>| {
        if out.last().is_some_and(|b| *b != b'\n') {
            out.extend_from_slice(format!("\n{CUT}\n").as_bytes());
        }
    };
    cut(&mut out);
    let push = look(name) == Some(HookKind::Push);
    let call = match look(name) {
        Some(HookKind::Push) => "printf '%s\\n' \"$leaktight_input\" | \"$leaktight_program\" hook pre-push -- \"$@\"",
        Some(HookKind::Message) => "\"$leaktight_program\" hook commit-msg -- \"$1\"",
        _ => "\"$leaktight_program\" hook pre-commit",
    };
    let input = if push { "leaktight_input=$(cat)\n" } else { "" };
    let back = if push { "exec <<LEAKTIGHT\n$leaktight_input\nLEAKTIGHT\n" } else { "" };
    let block = format!(
        "{BEGIN}{VERSION}\n{input}leaktight_look() {{\n  leaktight_program=$(git config --get {CONFIG}) && [ -x \"$leaktight_program\" ] ||\n    \
         leaktight_program=$(command -v leaktight) || {{\n    echo 'leaktight: the scanner is gone, so {name} refuses, for nothing was \
         looked at: install it, or take its lines out of this file' >&2\n    return 1\n  }}\n  {call}\n}}\n\
         leaktight_look \"$@\" || exit\n[ -z \"${{LEAKTIGHT_DRY_RUN-}}\" ] || exit 0\n{back}{END}\n"
    );
    out.extend_from_slice(block.as_bytes());
    out.extend_from_slice(rest);
    if !push && !rest.is_empty() {
        cut(&mut out);
        out.extend_from_slice(format!("{BEGIN}{VERSION}\nleaktight_look \"$@\" || exit\n{END}\n").as_bytes());
    }
    out
}

/// The file without our lines, byte for byte as it was; `None` if it has none.
pub(crate) fn out_of_husky(text: &[u8]) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    let (mut within, mut any) = (false, false);
    for line in text.split_inclusive(|b| *b == b'\n') {
        if line.starts_with(CUT.as_bytes()) {
            out.pop();
        } else if line.starts_with(BEGIN.as_bytes()) {
            (within, any) = (true, true);
        } else if within {
            within = !line.starts_with(END.as_bytes());
        } else {
            out.extend_from_slice(line);
        }
    }
    any.then_some(out)
}

/// A path with the slashes that `sh` understands everywhere.
fn slashes(path: &Path) -> PathBuf {
    match path.to_str() {
        Some(text) if cfg!(windows) => PathBuf::from(text.trim_start_matches(r"\\?\").replace('\\', "/")),
        _ => path.to_owned(),
    }
}

/// A word of the shell, whatever is in it.
fn quoted(word: &OsStr) -> Vec<u8> {
    let mut out = vec![b'\''];
    for &byte in word.as_encoded_bytes() {
        match byte {
            b'\'' => out.extend_from_slice(br"'\''"),
            byte => out.push(byte),
        }
    }
    out.push(b'\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_into_a_file_and_out_again() {
        let files: [&[u8]; 7] = [
            b"",
            b"npx lint-staged\n",
            b"npx lint-staged",
            b"#!/usr/bin/env sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\n\nnpm test",
            b"#!/bin/sh",
            b"a\r\nb\r\n",
            b"\n\n",
        ];
        for (name, _) in OURS {
            for file in files {
                let once = into_husky(name, file);
                assert_eq!(into_husky(name, &once), once, "{name}: twice is not once");
                assert_eq!(out_of_husky(&once).as_deref(), Some(file), "{name}: {}", String::from_utf8_lossy(&once));
                assert_eq!(once.starts_with(b"#!"), file.starts_with(b"#!"));
            }
        }
        assert_eq!(out_of_husky(b"npm test\n"), None);
    }

    #[test]
    fn words_are_quoted() {
        assert_eq!(quoted(OsStr::new("/a b/it's $x`")), br"'/a b/it'\''s $x`'");
    }
}
