//! What all scans of files share: the scan itself, and its reports.
//!
//! In: paths, flags, and where the policy comes from. Out: an outcome, or the reports and the exit code.

use super::policy::{EffectivePolicy, Request};
use super::reports::Reports;
use crate::cli::args::flags::{RunFlags, Shared};
use crate::cli::console::{Done, Failure, Out};
use crate::config::{self, Settings};
use crate::finding::{Keys, Outcome};
use crate::report::run::Command;
use crate::rule::RuleSet;
use crate::scan;
use std::path::{Path, PathBuf};

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
    let request = scan::Request {
        paths: paths.to_vec(),
        all: settings.all.value,
        run: scan::RunOptions {
            threads: config::threads(settings.threads.value),
            now: flags.now()?,
            keys,
            strict: settings.strict.value,
            exclude: settings.exclude.value.clone(),
        },
        progress: out.progress() && !flags.no_progress,
        left_out: left_out.to_vec(),
    };
    scan::scan(rules, &request).map_err(Failure::new)
}

/// Scans `paths` with the policy of `request` and writes the reports. `root`: that of the work tree. `hook`: with nothing
/// to report, print nothing.
pub(crate) fn report(
    paths: &[PathBuf],
    shared: &Shared,
    request: &Request<'_>,
    root: &Path,
    hook: bool,
    out: &Out,
) -> Done {
    let started = std::time::Instant::now();
    let in_force = EffectivePolicy::load(request, out)?;
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
    let run = in_force.run(Command::Scan, &target, &outcome);
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
pub(crate) fn is_whole(paths: &[PathBuf], root: &Path) -> bool {
    let root = root.canonicalize().ok();
    paths.iter().any(|p| p != Path::new("-") && p.canonicalize().ok().is_some_and(|p| Some(p) == root))
}
