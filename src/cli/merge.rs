//! `leaktight merge`: the reports of shards as the report of one run.
//!
//! In: JSON reports of `leaktight history`. Out: the reports and the exit code that one run over all their repositories
//! would have given, byte for byte. A shard that is missing, doubled or foreign is a blocking gap. It refuses reports that
//! no such run can have made: another "now" or key, a repository that two of them hold; and, where none is of a shard,
//! other rules or versions.

use super::args::flags::{AllowFlags, ConfigFlags, ReportFlags, RuleFlags};
use super::args::values::{self, MAX_REPORT};
use super::console::{Done, Failure, Out};
use super::exit;
use super::run::policy::{EffectivePolicy, Request};
use super::run::reports::Reports;
use crate::blob::Gap;
use crate::config::{self, Layer};
use crate::fs::{Disk, bounded};
use crate::history::fleet::{self, shards};
use crate::mask::{self, Masker};
use crate::policy::notice;
use crate::report::read::{Document, Reader};
use crate::report::run::{Command, RunInputs};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Merge the reports of shards into one
///
/// Takes JSON reports of `leaktight history` (those of --shard hold all that is needed) and writes the report that one run
/// over all their repositories would have written. With the reports of shards, each part must be there once: a missing or
/// doubled one, and a report of another list, number of parts, rule set or version, is a blocking gap.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::EXIT_CODES)]
pub(crate) struct Args {
    /// JSON reports
    #[arg(value_name = "REPORT", required_unless_present = "from")]
    inputs: Vec<PathBuf>,
    /// Also merge the reports that this file lists; `-` is standard input
    ///
    /// One path per line, relative to the file's folder; lines that begin with # are skipped.
    #[arg(long, value_name = "LIST")]
    from: Option<PathBuf>,
    #[command(flatten)]
    report: ReportFlags,
    #[command(flatten)]
    rules: RuleFlags,
    #[command(flatten)]
    config: ConfigFlags,
    #[command(flatten)]
    allow: AllowFlags,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    let mut layer = Layer::default();
    args.report.layer(&mut layer);
    args.rules.layer(&mut layer);
    let inputs = values::typed_and_listed(&args.inputs, args.from.as_deref(), "reports")?;
    let root = config::root(Path::new("."));
    let files = Disk::new(&root);
    let (config, allow) = (&args.config, &args.allow);
    let (files, label) = (&files, root.as_path());
    let request =
        Request { files, label, config, allow, key_file: None, layer, policy: None, gate: false, foreign: false };
    let in_force = EffectivePolicy::load(&request, out)?;
    let (settings, rules) = (&in_force.settings, &in_force.rules);
    let reports = Reports::open_for(&args.report, settings, &inputs, out)?;
    let (documents, incomplete) = documents(&inputs, &Reader::new(rules), &|file| in_force.safe(file))?;
    let mut made: Option<(RunInputs, String)> = None;
    // Every repository with the report that holds it.
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut parts = Vec::new();
    for (file, document) in documents {
        let refuse = |why: String| Failure::new(format!("`{file}` {why}"));
        let Some(its) = document.made.filter(|_| document.command == Command::History.name()) else {
            return Err(refuse("is no report of `leaktight history`".into()));
        };
        match &made {
            None => made = Some((its, file.clone())),
            Some((first, other)) => {
                let why = match () {
                    () if first.now != its.now => "was made for another time (--now)",
                    () if first.key != its.key => "was made with another key of the organisation",
                    () => "",
                };
                if !why.is_empty() {
                    return Err(refuse(format!("{why} than `{other}`")));
                }
            }
        }
        let its_names = document.repositories;
        for name in &its_names {
            if let Some(other) = names.insert(name.clone(), file.clone()) {
                return Err(refuse(format!("holds the repository `{name}`, which `{other}` also holds")));
            }
        }
        parts.push((document.outcome, its_names));
    }
    // Reports of single repositories name none in their places; in one over several, every place says where it is.
    if names.len() > 1 {
        for (outcome, its_names) in &mut parts {
            if let [name] = its_names.as_slice() {
                fleet::adopt(outcome, name);
            }
        }
    }
    let mut outcome = fleet::merge(parts.into_iter().map(|(outcome, _)| outcome));
    if incomplete.is_empty() && fleet::none_opened(&outcome) {
        return Err(Failure::new("none of the repositories could be opened"));
    }
    outcome.gaps.extend(incomplete);
    for gap in &mut outcome.gaps {
        gap.blocks |= settings.strict.value;
    }
    outcome.gaps.sort();
    outcome.gaps.dedup();
    // What parts say about the policy is said anew, over the whole.
    outcome.findings.retain(|f| !notice::is_notice(rules.rule(f.rule)));
    // Anybody may have written the reports.
    mask::outcome(&mut outcome, Masker::builtin());
    let now = made.as_ref().map_or(0, |(made, _)| made.now);
    in_force.apply(&mut outcome, now, false);
    let names: Vec<String> = names.into_keys().map(|name| mask::message(&name).into_owned()).collect();
    let target = fleet::target(&names);
    let mut run = in_force.run(Command::History, &target, &outcome);
    run.repositories = &names;
    run.made = made.map(|(made, _)| RunInputs { state: None, ..made });
    let code = run.exit;
    reports.write(&run, None, out)?;
    Ok(code)
}

/// A report with the name of its file.
type Named = (String, Document);

/// The reports to merge with the names of their files, and gaps for shards that are missing, doubled or foreign. `safe`:
/// takes secrets out of a name.
fn documents(
    inputs: &[PathBuf],
    reader: &Reader<'_>,
    safe: &dyn Fn(&str) -> String,
) -> Result<(Vec<Named>, Vec<Gap>), Failure> {
    let mut given = Vec::with_capacity(inputs.len());
    for path in inputs {
        let bytes =
            bounded::read_report(path, MAX_REPORT).map_err(|e| Failure::io("cannot read the report", path, &e))?;
        let report = reader.read(&bytes);
        if let Err(e) = &report
            && !e.is_foreign()
        {
            return Err(Failure::new(format!("`{}` {e}", path.display())));
        }
        given.push(shards::Given { file: safe(&path.to_string_lossy()), report });
    }
    if given.iter().any(|g| g.part().is_some()) {
        return Ok(shards::of_one_run(given));
    }
    let whole = given.into_iter().map(|shards::Given { file, report }| match report {
        Ok(document) => Ok((file, document)),
        Err(e) => Err(Failure::new(format!("`{file}` {e}"))),
    });
    Ok((whole.collect::<Result<_, _>>()?, Vec::new()))
}
