//! `leaktight init`: a commented leaktight.toml, the repository's salt, and how git merges the baseline.
//!
//! In: nothing but the current directory. Out: three files at the root of the work tree, each whole or not at all; exceptions
//! from before get salted ids. It overwrites nothing: a new salt would change the id of every password.

use super::args::flags::{AllowFlags, ConfigFlags, RunFlags};
use super::console::{Done, Failure, Out};
use super::exit;
use super::run::files;
use super::run::policy::{EffectivePolicy, Request};
use super::run::salt::{self, Salt};
use crate::config::{self, FILE_NAME, SALT};
use crate::fs::{Disk, shown};
use crate::policy::Entry;
use crate::report::Format;
use std::fs;
use std::path::Path;

/// Write a commented leaktight.toml and .leaktight/salt at the root of the work tree
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// A commented leaktight.toml.
fn template() -> String {
    TEMPLATE.replace("FORMATS", &Format::any_of())
}

const TEMPLATE: &str = "\
# leaktight.toml: what `leaktight` looks at, shows and fails on. Flags win over this file.
# `leaktight config show` says what is in force and from where; `leaktight config schema` is for editors.
# Every value below is the default; take away a leading # to change it.

[scan]
# Look at files that git ignores, too.
#all = false
# Threads; one per core unless set.
#threads = 4
# Leave these files out; every report says how many that were. `*` stays within a folder, `**` does not, and a folder
# stands for all that is in it. In staged, range, ci and hooks what the base says counts, never what a change adds.
#exclude = [\"third_party\", \"docs/**/*.svg\", \"**/testdata\"]

[report]
# FORMATS.
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

# A family or an environment (production, staging, test, development, documentation, unknown) may have a gate of its own;
# an environment wins over a family.
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
    let located = salt::located(&root)?;
    let salt = Salt::plan(&root)?;
    let path = root.join(FILE_NAME);
    let named = shown(&path);
    let there = fs::symlink_metadata(&path).is_ok();
    if !there {
        files::create(&path, &template()).map_err(|e| Failure::io("cannot write", &path, &e))?;
        out.note(format_args!("wrote {}", named.display()));
    }
    let salted = salt.write(&root, out)?;
    let attributes = files::attributes(&root)?;
    if attributes {
        out.note(format_args!("wrote {}", shown(&root.join(files::ATTRIBUTES)).display()));
    }
    let rewritten = if located.is_empty() { 0 } else { upgraded(&root, &located, &salt, out)? };
    match (there, salted, attributes || rewritten > 0) {
        (true, false, false) => {
            let salt = shown(&root.join(SALT));
            let both = format!("`{}` and `{}`", named.display(), salt.display());
            return Err(Failure::new(format!("{both} exist already; nothing was written")));
        }
        (true, ..) => out.note(format_args!("`{}` exists already and stays as it is", named.display())),
        (false, false, _) => {
            let salt = shown(&root.join(SALT));
            out.note(format_args!("`{}` exists already and stays as it is", salt.display()));
        }
        (false, true, _) => {}
    }
    out.note("commit these files: they make the ids of findings the same for everybody");
    files::note_outside(&root, out);
    Ok(exit::CLEAN)
}

/// Rewrites the exceptions that were written before there was a salt.
fn upgraded(root: &Path, located: &[Entry], salt: &Salt, out: &Out) -> Result<usize, Failure> {
    let (files, config, allow) = (Disk::new(root), ConfigFlags::default(), AllowFlags::default());
    let in_force = EffectivePolicy::load(&Request::plain(&files, root, &config, &allow), out)?;
    let now = RunFlags::default().now()?;
    let (_, upgrade) = salt::scanned(&in_force, root, Some(salt), (now, out.progress()), &mut |_| ())?;
    salt::rewrite(root, located, &upgrade, out)
}
