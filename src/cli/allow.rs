//! `leaktight allow`: accepts a finding with a reason, lists what is accepted, removes what nothing needs any more.
//!
//! In: the id of a finding, which is looked up in a report or by a scan of the work tree. Out: one file in
//! `.leaktight/allow/`, whole or not at all, so that two branches that accept different findings merge. It writes no
//! entry without a reason, for every path, or for a finding that is not there (unless --rule and --path say all of it).

mod list;
mod prune;

use super::args::flags::{AllowFlags, ConfigFlags, RuleFlags, RunFlags};
use super::args::values::{MAX_REPORT, MIN_DIGITS};
use super::console::{Done, Failure, Out};
use super::run::files;
use super::run::policy::{EffectivePolicy, Request};
use super::run::salt::{self, Salt, Upgrade};
use super::{exit, explain};
use crate::config::{self, Layer};
use crate::detect::Detector;
use crate::finding::secret::Id;
use crate::finding::{Finding, Outcome};
use crate::fs::{Disk, bounded, shown};
use crate::mask::Masker;
use crate::policy::write::Accepted;
use crate::policy::{ALLOW_FOLDER, PathGlob, notice, place, place_of};
use crate::time::Date;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Accept a finding, with a reason
///
/// Writes a file to .leaktight/allow at the root of the work tree: this secret, of this rule, at its current paths, is
/// counted and not reported again. Another secret on the same line, or the same one in another file, still is.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Id of the finding (lt1:...; its first 8 digits or more will do)
    #[arg(value_name = "ID", required_unless_present_any = ["list", "prune"], conflicts_with_all = ["list", "prune"])]
    id: Option<String>,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["list", "prune"])]
    reason: Option<String>,
    /// The last day on which this holds: YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    expires: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// Look the finding up in this JSON report instead of scanning the work tree
    #[arg(long, value_name = "REPORT")]
    from: Option<PathBuf>,
    /// Accept it where this glob matches instead of at its current paths (repeatable)
    #[arg(long, value_name = "GLOB")]
    path: Vec<String>,
    /// Take your word that it is of this rule, and look nothing up: for what is in no file, such as a message
    #[arg(long, value_name = "RULE", requires = "path", conflicts_with_all = ["from", "list", "prune"])]
    rule: Option<String>,
    /// List what is accepted, and whether it is valid, needed and for how long
    #[arg(long, conflicts_with = "prune")]
    list: bool,
    /// Remove entries that have expired and, after a complete scan, those that nothing in the work tree needs
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    rules: RuleFlags,
    #[command(flatten)]
    config: ConfigFlags,
    #[command(flatten)]
    run: RunFlags,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    let root = config::root(Path::new("."));
    let mut layer = Layer::default();
    args.rules.layer(&mut layer);
    args.run.layer(&mut layer);
    let (files, allow) = (Disk::new(&root), AllowFlags::default());
    let (config, key_file) = (&args.config, args.run.key_file.as_deref());
    let request = Request {
        files: &files,
        label: &root,
        config,
        allow: &allow,
        key_file,
        layer,
        policy: None,
        gate: false,
        foreign: false,
    };
    let in_force = EffectivePolicy::load(&request, out)?;
    let now = args.run.now()?;
    let progress = out.progress() && !args.run.no_progress;
    if args.list || args.prune {
        let scan = || Ok(salt::scanned(&in_force, &root, None, (now, progress), &mut |_| ())?.0);
        return match args.list {
            true => list::run(&in_force, scan, now, out),
            false => prune::run(&in_force, scan, &root, now, out),
        };
    }
    let located = salt::located(&root)?;
    let salt = Salt::plan(&root)?;
    // One scan at most: for the finding, and for the values of exceptions from before there was a salt.
    let scan = || salt::scanned(&in_force, &root, Some(&salt), (now, progress), &mut |_| ());
    let mut done: Option<(Outcome, Upgrade)> = None;
    let mut accepted = accepted(args, &in_force, now, &mut || match &mut done {
        Some((outcome, _)) => Ok(outcome.clone()),
        none => {
            let (outcome, upgrade) = scan()?;
            Ok(none.insert((outcome, upgrade)).0.clone())
        }
    })?;
    if done.is_none() && (Id::is_located(&accepted.id) || !located.is_empty()) {
        done = Some(scan()?);
    }
    let upgrade = done.map(|(_, upgrade)| upgrade).unwrap_or_default();
    if let Some(salted) = upgrade.id(&accepted.id) {
        accepted.id = salted.to_owned();
    }
    let name = format!("{ALLOW_FOLDER}/{}", accepted.file_name());
    salt.write(&root, out)?;
    salt::rewrite(&root, &located, &upgrade, out)?;
    let there = files::write(&root, &name, &accepted.text())?;
    let path = shown(&root.join(&name));
    let wrote = if there { "replaced" } else { "wrote" };
    let (rule, places) = (&accepted.rule, accepted.paths.len());
    let globs = notice::count(places, "path", "paths");
    out.note(format_args!(
        "{wrote} {}: {} ({rule}) is accepted at {globs}; commit it by itself",
        path.display(),
        accepted.id
    ));
    files::note_outside(&root, out);
    if Id::is_located(&accepted.id) {
        out.note("this id depends on the path of the file, because the value was not found in the work tree");
    }
    Ok(exit::CLEAN)
}

/// What is to be written.
fn accepted(
    args: &Args,
    in_force: &EffectivePolicy,
    now: i64,
    scan: &mut dyn FnMut() -> Result<Outcome, Failure>,
) -> Result<Accepted, Failure> {
    let reason = args.reason.as_deref().unwrap_or_default().trim();
    if !reason.chars().any(char::is_alphanumeric) {
        return Err(Failure::new("--reason is empty: say why this finding is accepted"));
    }
    // The command that reports print, pasted as it is.
    if reason == "WHY" {
        return Err(Failure::new("--reason is `WHY`, a placeholder: say why this finding is accepted"));
    }
    let detector = Detector::new(&in_force.rules, now);
    if Masker::new(&detector).masked(reason.as_bytes()).is_some() {
        return Err(Failure::new("--reason holds what looks like a secret; the file is going to be committed"));
    }
    let expires = match &args.expires {
        None => None,
        Some(day) => match Date::parse(day) {
            Ok(day) if day.over(now) => return Err(Failure::new(format!("--expires: {day} is over already"))),
            Ok(day) => Some(day.to_string()),
            Err(why) => return Err(Failure::new(format!("--expires: {why}"))),
        },
    };
    let globs = args.path.iter().map(|glob| PathGlob::new(glob));
    let globs: Vec<PathGlob> = globs.collect::<Result<_, _>>().map_err(|why| Failure::new(format!("--path: {why}")))?;
    let id = args.id.as_deref().unwrap_or_default();
    let digits = id.strip_prefix("lt1:").map_or(0, |rest| rest.len().saturating_sub(1));
    if digits < MIN_DIGITS {
        return Err(Failure::new(format!(
            "`{id}` is no id of a finding: lt1:, a letter and at least {MIN_DIGITS} digits, as reports show it"
        )));
    }
    let (id, rule, places) = match (&args.from, &args.rule) {
        (Some(report), _) => of_report(report, id)?,
        (None, Some(rule)) => named(id, rule, in_force)?,
        (None, None) => of_scan(&scan()?, in_force, id)?,
    };
    let uncovered = |path: &&String| !globs.iter().any(|g| g.matches(path.as_bytes()));
    if !globs.is_empty()
        && let Some(path) = places.iter().find(uncovered)
    {
        return Err(Failure::new(format!(
            "the finding is also in `{path}`, which no --path matches: it would still be reported"
        )));
    }
    let paths = match globs.is_empty() {
        true => places.iter().map(|p| PathGlob::new(&PathGlob::escaped(p))).collect::<Result<_, _>>(),
        false => Ok(globs),
    };
    let paths = paths.map_err(|why| Failure::new(format!("the finding's path cannot be named: {why}; give --path")))?;
    let owner = args.owner.as_deref().map(str::trim).filter(|o| !o.is_empty()).map(str::to_owned);
    Ok(Accepted { id, rule, paths, reason: reason.to_owned(), owner, expires })
}

/// Id, rule and paths of a finding.
type Found = (String, String, BTreeSet<String>);

fn of_scan(outcome: &Outcome, in_force: &EffectivePolicy, id: &str) -> Result<Found, Failure> {
    let begins = |have: &Id| have.as_str().starts_with(id);
    // A report from before there was a salt calls a guessable value by its location.
    let located = |f: &Finding| {
        let mut places = std::iter::once(&f.location).chain(&f.also);
        Id::is_located(id) && places.any(|place| f.located(&in_force.rules, place).is_some_and(|id| begins(&id)))
    };
    let mut hits = outcome.findings.iter().filter(|f| begins(&f.id) || located(f));
    let Some(finding) = hits.next() else {
        return Err(Failure::new(format!(
            "a scan of the work tree has no finding `{id}`; name the report that shows it: --from REPORT"
        )));
    };
    if hits.any(|other| other.id != finding.id || other.rule != finding.rule) {
        return Err(several(id));
    }
    let places = std::iter::once(&finding.location).chain(&finding.also);
    let places = places.map(|l| String::from_utf8_lossy(&place(&l.origin)).into_owned()).collect();
    Ok((finding.id.as_str().to_owned(), in_force.rules.rule(finding.rule).id.to_string(), places))
}

/// A finding that only its id and rule name.
fn named(id: &str, rule: &str, in_force: &EffectivePolicy) -> Result<Found, Failure> {
    if Id::parse(id).is_none() {
        return Err(Failure::new(format!("`{id}` is no whole id of a finding: with --rule nothing is looked up")));
    }
    if in_force.rules.find(rule).is_none() {
        return Err(Failure::new(format!("--rule: there is no rule `{rule}`; `leaktight rules list` has all")));
    }
    Ok((id.to_owned(), rule.to_owned(), BTreeSet::new()))
}

fn of_report(path: &Path, id: &str) -> Result<Found, Failure> {
    let bytes = bounded::read_report(path, MAX_REPORT).map_err(|e| Failure::io("cannot read the report", path, &e))?;
    let refuse = |why: &str| Failure::new(format!("`{}` {why}", path.display()));
    let all = explain::findings(&bytes).map_err(|why| refuse(&why))?;
    let named = |f: &&Value| f["id"].as_str().is_some_and(|have| have.starts_with(id));
    let mut hits = all.iter().filter(named);
    let Some(finding) = hits.next() else { return Err(refuse(&format!("has no finding `{id}`"))) };
    if hits.any(|other| other["id"] != finding["id"] || other["rule"] != finding["rule"]) {
        return Err(several(id));
    }
    if finding["family"] == "policy" {
        return Err(refuse(&format!("calls `{id}` a notice about the policy, which is no finding")));
    }
    let also = finding["also"].as_array().map(Vec::as_slice).unwrap_or_default();
    if finding["also_total"].as_u64().is_some_and(|n| n > also.len() as u64) {
        return Err(refuse("leaves places of the finding out; make it again with `--also-limit 0`"));
    }
    let one = |l: &Value| place_of(l["kind"].as_str().unwrap_or("file"), l["path"].as_str());
    let places = std::iter::once(&finding["location"]).chain(also).map(one).collect();
    let (Some(id), Some(rule)) = (finding["id"].as_str(), finding["rule"].as_str()) else {
        return Err(refuse("has a finding without id or rule"));
    };
    if Id::parse(id).is_none() {
        return Err(refuse("has an id that is none of leaktight's"));
    }
    Ok((id.to_owned(), rule.to_owned(), places))
}

fn several(id: &str) -> Failure {
    Failure::new(format!("several findings begin with `{id}`; write more digits"))
}
