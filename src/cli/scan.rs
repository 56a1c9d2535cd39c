//! `leaktight scan`: files and folders as they lie on disk.
//!
//! In: paths and flags. Out: the reports, and the exit code that follows from the gate. Also the scan that `explain` makes
//! when it is given no report.

use super::args::flags::{ExcludeFlags, NoExclude, PolicyFlags, Shared};
use super::console::{Done, Failure, Out};
use super::exit;
use super::run::policy::Request;
use super::run::policy::own::has_policy;
use super::run::scan::report;
use crate::config::{self, Setting};
use crate::fs::Disk;
use crate::git::{Access, TreeFiles};
use crate::text::escape;
use std::path::{Path, PathBuf};

/// Scan files and folders as they lie on disk
///
/// In a git work tree: all tracked files, and untracked files that git does not ignore. Outside git: everything. Hidden
/// files always count, .git folders never do. Configuration and exceptions are those of the current folder, never those of
/// a repository named elsewhere.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::EXIT_CODES)]
pub(crate) struct Args {
    /// Files and folders; `-` is standard input
    #[arg(default_value = ".", hide_default_value = true, value_name = "PATH|-")]
    paths: Vec<PathBuf>,
    /// Scan what git ignores, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    exclude: ExcludeFlags,
    #[command(flatten)]
    policy: PolicyFlags,
    #[command(flatten)]
    shared: Shared,
}

/// Scan whole files on disk (what pre-commit calls for `leaktight-files`)
///
/// Configuration and exceptions are those of HEAD. With nothing to report it prints nothing, because pre-commit splits a
/// long list of files over several runs.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::EXIT_CODES)]
pub(crate) struct Hook {
    /// Files
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    exclude: NoExclude,
    #[command(flatten)]
    shared: Shared,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    let near = args.paths.first().map_or(Path::new("."), PathBuf::as_path);
    let shared = &args.shared;
    let all = args.all.then(|| Setting::flag(true, "--all"));
    let Some(rev) = &args.policy.policy_ref else {
        // As in a history: who is scanned from outside does not set the rules.
        let (root, other) = (config::root(Path::new(".")), config::root(near));
        let unheard = args.policy.policy.is_some() || shared.config.no_config;
        if !unheard && other != root && has_policy(&other) {
            let name = other.display().to_string();
            out.note(format_args!(
                "the policy in `{}` is not used, because the scan was started outside of it; run it there if you trust it",
                escape::terminal(name.as_bytes())
            ));
        }
        let files = Disk::new(&root);
        let mut request = Request::new(shared, &files, &root);
        if args.policy.policy.is_some() {
            request = Request::gate(shared, &files, &root, &args.policy);
        }
        request.layer.all = all;
        args.exclude.layer(&mut request.layer);
        request.foreign = args.paths.iter().any(|path| path.as_path() != Path::new("-") && config::root(path) != root);
        return report(&args.paths, shared, &request, &root, false, out);
    };
    let root = config::root(near);
    let wrong = |why: &dyn std::fmt::Display| Failure::new(format!("--policy-ref: {why}"));
    let access = Access::at(&root, &[]).map_err(|e| wrong(&e))?;
    let commit = access.resolve_commit(rev).map_err(|e| wrong(&e))?;
    let tree = access.commit(&commit).map_err(|e| wrong(&e))?.tree;
    let files = TreeFiles::new(&access, Some(tree));
    let mut request = Request::gate(shared, &files, Path::new(""), &args.policy);
    request.layer.all = all;
    args.exclude.layer(&mut request.layer);
    report(&args.paths, shared, &request, &root, false, out)
}

/// Runs the hook.
pub(crate) fn hook(args: &Hook, out: &Out) -> Done {
    args.exclude.check()?;
    if args.paths.is_empty() {
        return Ok(exit::CLEAN);
    }
    // Here a file of the name `-` is a file.
    let paths: Vec<PathBuf> =
        args.paths.iter().map(|p| if p == Path::new("-") { "./-".into() } else { p.clone() }).collect();
    let access = Access::here(&[]).map_err(Failure::new)?;
    // Before the first commit there is no policy.
    let head = access.resolve_commit("HEAD").ok().and_then(|id| access.commit(&id).ok());
    let files = TreeFiles::new(&access, head.map(|commit| commit.tree));
    let policy = PolicyFlags::default();
    let request = Request::gate(&args.shared, &files, Path::new(""), &policy);
    report(&paths, &args.shared, &request, &config::root(Path::new(".")), true, out)
}
