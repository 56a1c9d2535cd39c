//! `leaktight scan`: files and folders as they lie on disk.
//!
//! In: paths and flags. Out: the reports, and the exit code that follows from the gate. Also the scan that `explain` makes
//! when it is given no report.

use super::args::flags::{self, ConfigFlags, ReportFlags, RuleFlags, RunFlags};
use super::console::{Done, Failure, Out};
use super::run::policy::own::has_policy;
use super::run::policy::{AllowFlags, InForce, PolicyFlags, Request};
use super::run::reports::Reports;
use crate::config::{self, Layer, Setting, Settings};
use crate::finding::{Keys, Outcome};
use crate::fs::Disk;
use crate::git::{Access, TreeFiles};
use crate::policy::threshold::Threshold;
use crate::report::run::Run;
use crate::rule::RuleSet;
use crate::scan;
use crate::text::escape;
use std::path::{Path, PathBuf};

/// Scan files and folders as they lie on disk
///
/// In a git work tree: all tracked files, and untracked files that git does not ignore. Outside git: everything. Hidden
/// files always count, .git folders never do. Configuration and exceptions are those of the current folder, never those of
/// a repository named elsewhere.
#[derive(Debug, clap::Args)]
#[command(after_help = super::EXIT_CODES)]
pub(crate) struct Args {
    /// Files and folders; `-` is standard input
    #[arg(default_value = ".", hide_default_value = true, value_name = "PATH|-")]
    paths: Vec<PathBuf>,
    /// Scan what git ignores, too
    #[arg(long)]
    all: bool,
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
#[command(after_help = super::EXIT_CODES)]
pub(crate) struct Hook {
    /// Files
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    shared: Shared,
}

/// The flags of everything that scans.
#[derive(Debug, clap::Args)]
pub(crate) struct Shared {
    #[command(flatten)]
    pub(crate) report: ReportFlags,
    #[command(flatten)]
    pub(crate) rules: RuleFlags,
    #[command(flatten)]
    pub(crate) config: ConfigFlags,
    #[command(flatten)]
    pub(crate) allow: AllowFlags,
    #[command(flatten)]
    pub(crate) run: RunFlags,
}

impl Shared {
    /// What the flags set.
    pub(crate) fn layer(&self) -> Layer {
        let mut layer = Layer::default();
        self.report.layer(&mut layer);
        self.rules.layer(&mut layer);
        self.run.layer(&mut layer);
        layer
    }

    /// What is in force for a scan of `near`.
    pub(crate) fn settings(&self, near: &Path, out: &Out) -> Result<Settings, Failure> {
        flags::settings(near, &self.config, self.layer(), out)
    }
}

/// Scans `paths` with what is in force.
pub(crate) fn outcome(
    rules: &RuleSet,
    settings: &Settings,
    keys: Keys,
    flags: &RunFlags,
    paths: &[PathBuf],
    left_out: &[PathBuf],
    out: &Out,
) -> Result<Outcome, Failure> {
    let options = scan::Options {
        paths: paths.to_vec(),
        all: settings.all.value,
        threads: config::threads(settings.threads.value),
        now: flags.now()?,
        keys,
        progress: out.progress() && !flags.no_progress,
        strict: settings.strict.value,
        left_out: left_out.to_vec(),
    };
    scan::scan(rules, &options).map_err(Failure::new)
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
    report(&args.paths, shared, &request, &root, false, out)
}

/// Runs the hook.
pub(crate) fn hook(args: &Hook, out: &Out) -> Done {
    if args.paths.is_empty() {
        return Ok(super::CLEAN);
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

/// Scans `paths` with the policy of `request` and writes the reports. `root`: that of the work tree. `hook`: with nothing
/// to report, print nothing.
fn report(paths: &[PathBuf], shared: &Shared, request: &Request<'_>, root: &Path, hook: bool, out: &Out) -> Done {
    let started = std::time::Instant::now();
    let in_force = InForce::load(request, out)?;
    let (settings, rules) = (&in_force.settings, &in_force.rules);
    let mut reports = Reports::open_for(&shared.report, settings, paths, out)?;
    let mut outcome = outcome(rules, settings, in_force.keys.clone(), &shared.run, paths, &reports.paths(), out)?;
    // In a gate nobody is told which exceptions of the base nothing needs.
    let used = in_force.apply(&mut outcome, shared.run.now()?, !request.gate && is_whole(paths, root));
    if !request.gate {
        in_force.say_own(&mut outcome, &used, root, paths);
    }
    let target: Vec<_> = paths.iter().map(|p| p.to_string_lossy()).collect();
    let target = in_force.safe(&target.join(" "));
    let run = in_force.run("scan", &target, &outcome);
    let code = run.exit;
    if hook && run.has_nothing_to_say() && !out.verbose && shared.report.format.is_none() {
        reports.without_people();
    }
    // Paths in reports are relative to the one folder that was named.
    let root = if let [path] = paths { Some(path.as_path()).filter(|p| p.is_dir()) } else { None };
    reports.write(&run, root, out)?;
    if out.verbose {
        out.detail(format_args!("rules: {} ({})", rules.len(), rules.hash()));
        out.detail(format_args!("time: {:.3} s", started.elapsed().as_secs_f64()));
    }
    Ok(code)
}

/// Whether everything that the policy of `root` could be about is looked at.
pub(super) fn is_whole(paths: &[PathBuf], root: &Path) -> bool {
    let root = root.canonicalize().ok();
    paths.iter().any(|p| p != Path::new("-") && p.canonicalize().ok().is_some_and(|p| Some(p) == root))
}

/// The run as reports see it.
pub(crate) fn reported<'a>(
    command: &'a str,
    target: &'a str,
    rules: &'a RuleSet,
    outcome: &'a Outcome,
    settings: &Settings,
) -> Run<'a> {
    let threshold = Threshold {
        confidence: settings.gate_confidence.value,
        fail_on: settings.fail_on.value,
        overrides: settings.gates.iter().map(|own| own.gate.clone()).collect(),
    };
    let mut run = Run::new(command, target, rules, outcome).measured(threshold);
    run.min_confidence = settings.min_confidence.value;
    run.also_limit = (settings.also_limit.value > 0).then_some(settings.also_limit.value);
    run
}
