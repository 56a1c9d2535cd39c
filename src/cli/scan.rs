//! `leaktight scan`: files and folders as they lie on disk.
//!
//! In: paths and flags. Out: the reports, and the exit code that follows from the gate. Also the scan that `explain` makes
//! when it is given no report.

use super::flags::{self, ConfigFlags, ReportFlags, RuleFlags, RunFlags};
use super::out::{Done, Failure, Out};
use super::policy::{AllowFlags, InForce, Request};
use super::reports::Reports;
use crate::config::{self, Layer, Setting, Settings};
use crate::finding::{Keys, Outcome};
use crate::policy::Disk;
use crate::report::Run;
use crate::rule::RuleSet;
use crate::scan;
use std::path::{Path, PathBuf};

/// Scan files and folders as they lie on disk
///
/// In a git work tree: all tracked files, and untracked files that git does not ignore. Outside git: everything. Hidden
/// files always count, .git folders never do.
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
    };
    scan::scan(rules, &options).map_err(Failure::new)
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    let started = std::time::Instant::now();
    let near = args.paths.first().map_or(Path::new("."), PathBuf::as_path);
    let root = config::root(near);
    let shared = &args.shared;
    let files = Disk::new(&root);
    let mut request = Request::new(shared, &files, &root);
    request.layer.all = args.all.then(|| Setting::flag(true, "--all"));
    let in_force = InForce::load(&request, out)?;
    let (settings, rules) = (&in_force.settings, &in_force.rules);
    let reports = Reports::open(&shared.report, settings, out)?;
    let mut outcome = outcome(rules, settings, in_force.keys.clone(), &shared.run, &args.paths, out)?;
    in_force.apply(&mut outcome, shared.run.now()?, is_whole(&args.paths, &root));
    let target: Vec<_> = args.paths.iter().map(|p| p.to_string_lossy()).collect();
    let target = in_force.safe(&target.join(" "));
    let run = in_force.run("scan", &target, &outcome);
    let code = run.exit;
    // Paths in reports are relative to the one folder that was named.
    let root = if let [path] = args.paths.as_slice() { Some(path.as_path()).filter(|p| p.is_dir()) } else { None };
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
    let mut run =
        Run::new(command, target, rules, outcome).gate(settings.gate_confidence.value, settings.fail_on.value);
    run.min_confidence = settings.min_confidence.value;
    run.also_limit = (settings.also_limit.value > 0).then_some(settings.also_limit.value);
    run
}
