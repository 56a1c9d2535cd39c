//! `leaktight init`: a commented leaktight.toml and the repository's salt.
//!
//! In: nothing but the current directory. Out: two files at the root of the work tree, each whole or not at all. It
//! overwrites nothing: a new salt would change the id of every password, and with them all suppressions.

use super::files;
use super::out::{Done, Failure, Out};
use crate::config::{self, FILE_NAME};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// Write a commented leaktight.toml and .leaktight/salt at the root of the work tree
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

const TEMPLATE: &str = "\
# leaktight.toml: what `leaktight` looks at, shows and fails on. Flags win over this file.
# `leaktight config show` says what is in force and from where; `leaktight config schema` is for editors.
# Every value below is the default; take away a leading # to change it.

[scan]
# Look at files that git ignores, too.
#all = false
# Threads; one a core unless set.
#threads = 4

[report]
# human, json, jsonl, sarif, junit, gitlab or codequality.
#format = \"human\"
# What is shown: possible, likely or proven.
#min-confidence = \"possible\"
# Other places of one secret to list at most; 0 for all.
#also-limit = 100

[gate]
# What makes the exit code 1: findings of this confidence (possible, likely, proven) ...
#confidence = \"likely\"
# ... and this severity (info, low, medium, high, critical, never) or above.
#fail-on = \"medium\"
# Let gaps that are only noted (submodules, archives, ...) make the exit code 3, too.
#strict = false

[rules]
# Your own rule files, relative to this file and below its folder. `leaktight rules test FILE` tries their examples.
#files = [\"rules/ours.toml\"]
# Use only, or leave out: ids, families (credential, production-data, transport, exposed-file, policy) or globs.
#only = []
#skip = [\"transport\"]

# A family or an environment may have a gate of its own; an environment wins over a family.
#[gate.family.transport]
#fail-on = \"high\"
#[gate.environment.test]
#confidence = \"proven\"

[policy]
# Comments beside a secret (`leaktight: allow(rule-id) reason`) are obeyed in a scan and not in gates, unless this is set.
#comments = true
# Obey the comments of these tools, too: gitleaks, betterleaks, detect-secrets, trufflehog, gitguardian, kingfisher,
# secretlint. They accept whatever stands on their line.
#dialects = [\"gitleaks\"]

# What cannot be looked at and is accepted; `leaktight allow` accepts findings.
#[[gap]]
#kind = \"archive\"
#path = \"fixtures/*.zip\"
#reason = \"test data, checked on 2026-01-31\"
#expires = \"2027-01-31\"
";

/// Runs the command.
pub(crate) fn run(_: &Args, out: &Out) -> Done {
    let root = config::root(Path::new("."));
    let folder = root.join(".leaktight");
    let wanted = [(root.join(FILE_NAME), TEMPLATE.to_owned()), (folder.join("salt"), salt()?)];
    let there = |path: &Path| fs::symlink_metadata(path).is_ok();
    let existing: Vec<String> =
        wanted.iter().filter(|(p, _)| there(p)).map(|(p, _)| format!("`{}`", config::shown(p).display())).collect();
    if existing.len() == wanted.len() {
        return Err(Failure::new(format!("{} exist already; nothing was written", existing.join(" and "))));
    }
    for existing in existing {
        out.note(format_args!("{existing} exists already and stays as it is"));
    }
    files::folder(&root, ".leaktight")?;
    for (path, text) in &wanted {
        if !there(path) {
            create(path, text).map_err(|e| Failure::io("cannot write", path, &e))?;
            out.note(format_args!("wrote {}", config::shown(path).display()));
        }
    }
    out.note("commit both files: they make the ids of findings the same for everybody");
    Ok(super::CLEAN)
}

/// 32 bytes of the operating system's randomness as a line of hexadecimal digits.
fn salt() -> Result<String, Failure> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| Failure::new(format!("the system gives no random bytes: {e}")))?;
    let mut out = String::new();
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out.push('\n');
    Ok(out)
}

/// A new file, whole or not at all; never over one that exists.
fn create(path: &Path, text: &str) -> io::Result<()> {
    let file = files::beside(path.parent().unwrap_or(Path::new(".")), text)?;
    file.persist_noclobber(path).map_err(|e| e.error)?;
    Ok(())
}
