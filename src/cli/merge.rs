//! `leaktight merge`: the reports of shards as the report of one run.
//!
//! In: JSON reports of `leaktight history`. Out: the reports and the exit code that one run over all their repositories
//! would have given, byte for byte. It refuses reports that no such run can have made: other rules, version, "now" or key,
//! and a repository that stands in two of them.

use super::flags::{ConfigFlags, ReportFlags, RuleFlags};
use super::out::{Done, Failure, Out};
use super::policy::{AllowFlags, InForce, Request};
use super::reports::Reports;
use super::values::MAX_REPORT;
use crate::config::{self, Layer};
use crate::many;
use crate::mask::{self, Masker};
use crate::policy::{Disk, notice};
use crate::report::Made;
use crate::report::read::{Document, Reader};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Make one report of the reports of shards
///
/// Takes JSON reports of `leaktight history` (those of --shard hold all that is needed) and writes the report that one run
/// over all their repositories would have written.
#[derive(Debug, clap::Args)]
#[command(after_help = super::EXIT_CODES)]
pub(crate) struct Args {
    /// JSON reports
    #[arg(value_name = "REPORT", required = true)]
    inputs: Vec<PathBuf>,
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
    let root = config::root(Path::new("."));
    let files = Disk::new(&root);
    let (config, allow) = (&args.config, &args.allow);
    let (files, label) = (&files, root.as_path());
    let request = Request { files, label, config, allow, key_file: None, layer, policy: None, gate: false };
    let in_force = InForce::load(&request, out)?;
    let (settings, rules) = (&in_force.settings, &in_force.rules);
    let reports = Reports::open(&args.report, settings, out)?;
    let reader = Reader::new(rules);
    let mut made: Option<(Made, &Path)> = None;
    // Every repository with the report that it stands in.
    let mut names: BTreeMap<String, &Path> = BTreeMap::new();
    let mut parts = Vec::new();
    for path in &args.inputs {
        let document = read(&reader, path)?;
        let refuse = |why: String| Failure::new(format!("`{}` {why}", path.display()));
        let Some(its) = document.made.filter(|_| document.command == "history") else {
            return Err(refuse("is no report of `leaktight history`".into()));
        };
        match &made {
            None => made = Some((its, path)),
            Some((first, other)) => {
                let why = match () {
                    () if first.now != its.now => "was made for another time (--now)",
                    () if first.key != its.key => "was made with another key of the organisation",
                    () => "",
                };
                if !why.is_empty() {
                    return Err(refuse(format!("{why} than `{}`", other.display())));
                }
            }
        }
        let its_names = document.repositories;
        for name in &its_names {
            if let Some(other) = names.insert(name.clone(), path) {
                return Err(refuse(format!("holds the repository `{name}`, which `{}` holds, too", other.display())));
            }
        }
        parts.push((document.outcome, its_names));
    }
    // Reports of single repositories name none in their places; in one over several, every place says where it is.
    if names.len() > 1 {
        for (outcome, its_names) in &mut parts {
            if let [name] = its_names.as_slice() {
                many::adopt(outcome, name);
            }
        }
    }
    let mut outcome = many::merge(parts.into_iter().map(|(outcome, _)| outcome));
    if many::none_opened(&outcome) {
        return Err(Failure::new("none of the repositories could be opened"));
    }
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
    let target = many::target(&names);
    let mut run = in_force.run("history", &target, &outcome);
    run.repositories = &names;
    run.made = made.map(|(made, _)| Made { state: None, ..made });
    let code = run.exit;
    reports.write(&run, None, out)?;
    Ok(code)
}

fn read(reader: &Reader<'_>, path: &Path) -> Result<Document, Failure> {
    let bytes = config::read_limited(path, MAX_REPORT).map_err(|e| Failure::io("cannot read the report", path, &e))?;
    reader.read(&bytes).map_err(|e| Failure::new(format!("`{}` {e}", path.display())))
}
