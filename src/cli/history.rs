//! `leaktight history`: everything that one or many repositories keep, from their first commit to what nothing refers to.
//!
//! In: repositories, typed or from a list, and flags. Out: the reports of one run, whatever was scanned when, and the exit
//! code that follows from the gate. Several repositories are scanned by `history::fleet`, which keeps each result for `--resume`.

use super::args::flags::{ExcludeFlags, ReportFlags, Shared};
use super::args::values;
use super::console::{Done, Failure, Out};
use super::exit;
use super::run::policy::{self, EffectivePolicy};
use super::run::reports::Reports;
use super::run::scan::is_whole;
use crate::blob::GapKind;
use crate::config;
use crate::detect::Detector;
use crate::finding::evidence::Confidence;
use crate::finding::{Keys, Outcome};
use crate::fs::root::{beneath, work_tree};
use crate::fs::{Disk, bounded};
use crate::git;
use crate::history::clean_blobs::{self, Seen};
use crate::history::fleet::{self, Repository, Request, Shard, Work};
use crate::history::{self, Options};
use crate::mask::Masker;
use crate::policy::notice;
use crate::report::output::{Target, refuse_unless};
use crate::report::run::{Command, RunInputs};
use crate::rule::RuleSet;
use crate::scan::RunOptions;
use crate::text::escape;
use crate::time::DAY;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Scan everything that one or many git repositories keep
///
/// All commits, branches, tags, stashes, notes, reflogs, messages and names, and objects that nothing refers to any more.
/// A repository is a work tree, a bare repository or a .git folder. Reports call each of several repositories by the end
/// of its path that no other one has. Configuration and exceptions are those of the current folder, never those of a
/// repository named elsewhere; if they come from a scanned repository and changed the result, the report says so. Without --now, "now" is the start of the day (UTC), so that shards of one day agree.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::EXIT_CODES)]
pub(crate) struct Args {
    /// Repositories [default: the one here]
    #[arg(value_name = "REPO")]
    repositories: Vec<PathBuf>,
    /// Scan the repositories that this file lists, too; `-` is standard input
    ///
    /// One path per line, relative to the file's folder; lines that begin with # are skipped.
    #[arg(long, value_name = "FILE")]
    repos_from: Option<PathBuf>,
    /// Take objects that a repository borrows (alternates) from this folder, too (repeatable)
    #[arg(long, value_name = "DIR")]
    allow_alternates: Vec<PathBuf>,
    /// Take up an interrupted run: repositories that it finished are not scanned again, and of others not the blobs in
    /// which it found nothing
    ///
    /// A result is taken only if version, rules, --now, keys, flags and the repository are the same. Without --now it is
    /// that of the interrupted run.
    #[arg(long)]
    resume: bool,
    /// Scan part K of N: every repository is in exactly one; `leaktight merge` makes one report of all parts
    ///
    /// Give every part the same list and flags; the base folder of the list may differ. Its reports hold all findings and places, whatever --min-confidence and
    /// --also-limit say: those are for merge.
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Search only what an earlier run, which wrote this report with --seen, did not look at (repeatable)
    ///
    /// Takes the file REPORT.seen beside it. The report is that of a full scan, earlier findings included; with another
    /// version or other rules everything is searched, and that is said. The ids of objects are believed: add --rehash
    /// where somebody may have changed a repository's files by hand.
    #[arg(long, value_name = "REPORT")]
    since_report: Vec<PathBuf>,
    /// Write beside the JSON report of -o, under its name and `.seen`, what a later run with --since-report can spare
    ///
    /// That is the ids of all blobs in which nothing was found.
    #[arg(long)]
    seen: bool,
    /// Keep the result of each repository in this folder as soon as it is there, for --resume
    ///
    /// [default: .leaktight-history beside the first -o report, else here; it is removed when the reports are written and
    /// no repository failed]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Compute the id of every object and compare it with the one it is kept under: a store that lies about ids is said
    #[arg(long)]
    rehash: bool,
    /// Match every object whole instead of what is new in it: slow, for checking leaktight itself
    #[arg(long, hide = true)]
    exhaustive: bool,
    #[command(flatten)]
    exclude: ExcludeFlags,
    #[command(flatten)]
    shared: Shared,
}

/// Longest file of --seen that is read, in bytes.
const MAX_SEEN: u64 = 4 << 30;
/// Where results are kept unless --work says.
const WORK: &str = ".leaktight-history";

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    let started = std::time::Instant::now();
    let paths = paths(args)?;
    // What a list names and is not there is a gap of the run; what was typed is a mistake.
    if let Some(path) = args.repositories.iter().find(|path| fleet::is_absent(path)) {
        let error = std::io::Error::other("no such file or directory");
        return Err(Failure::io("cannot open the repository", path, &error));
    }
    // Who is scanned does not set the rules: the leaktight.toml of the current folder is ours, that of a repository which
    // was named somewhere else is part of what is scanned.
    let root = config::root(Path::new("."));
    let files = Disk::new(&root);
    let mut request = policy::Request::new(&args.shared, &files, &root);
    args.exclude.layer(&mut request.layer);
    let in_force = EffectivePolicy::load(&request, out)?;
    let reports = Reports::open(&args.shared.report, &in_force.settings, out)?;
    let plan = Plan::new(args, paths, &in_force, &reports, out)?;
    let mut outcome = plan.scan(args, &in_force, out)?;
    if args.shard.is_none() {
        // A part says all that it found: `leaktight merge` applies the policy to the whole.
        let used = in_force.apply(&mut outcome, plan.now, is_whole(&plan.paths, &root));
        in_force.say_own(&mut outcome, &used, &root, &plan.paths);
    }
    let code = plan.finish(args, &in_force, &outcome, reports, out)?;
    if out.verbose {
        out.detail(format_args!("rules: {} ({})", in_force.rules.len(), in_force.rules.hash()));
        out.detail(format_args!("time: {:.3} s", started.elapsed().as_secs_f64()));
    }
    Ok(code)
}

/// What a run does, decided before anything is scanned.
struct Plan {
    /// What was named.
    paths: Vec<PathBuf>,
    /// Each repository once.
    all: Vec<Repository>,
    /// Those of this run's shard.
    ours: Vec<Repository>,
    /// Where the result of each is kept.
    work: Option<Work>,
    now: i64,
    /// What earlier runs found nothing in.
    seen: Option<Arc<Seen>>,
    /// Where `seen` is written when this run is over.
    beside: Option<Target>,
}

impl Plan {
    fn new(
        args: &Args,
        paths: Vec<PathBuf>,
        in_force: &EffectivePolicy,
        reports: &Reports,
        out: &Out,
    ) -> Result<Self, Failure> {
        let rules = &in_force.rules;
        let all = repositories(&paths, args.repositories.len(), rules);
        if all.len() < paths.len() {
            let (one, several) = ("repository was", "repositories were");
            out.note(format_args!("{} named more than once", notice::count(paths.len() - all.len(), one, several)));
        }
        let ours = args.shard.map_or_else(|| all.clone(), |shard| shard.of(&all));
        let work = work(args, all.len() > 1, out)?;
        if !args.resume && work.as_ref().is_some_and(|work| work.has_part(&ours)) {
            out.note("an interrupted scan is begun anew; to take it up, add --resume");
        }
        let now = now(args, work.as_ref())?;
        if let Some(work) = &work {
            work.set_now(now).map_err(|e| Failure::new(format!("cannot write to the folder of --work: {e}")))?;
        }
        let seen = seen(args, rules, now, out)?;
        let beside = match (args.seen, reports.json()) {
            (false, _) => None,
            (true, Some(report)) => {
                let path = clean_blobs::beside(report);
                refuse_unless(&path, "the file of --seen", &Seen::begins, &paths).map_err(Failure::new)?;
                Some(Target::open(path).map_err(Failure::new)?)
            }
            (true, None) => return Err(Failure::new("--seen needs a JSON report in a file: `-o FILE.json`")),
        };
        Ok(Self { paths, all, ours, work, now, seen, beside })
    }

    /// Scans the repositories of this run.
    fn scan(&self, args: &Args, in_force: &EffectivePolicy, out: &Out) -> Result<Outcome, Failure> {
        let (settings, rules, keys) = (&in_force.settings, &in_force.rules, &in_force.keys);
        let options = Options {
            run: RunOptions {
                threads: config::threads(settings.threads.value),
                now: self.now,
                keys: Keys {
                    salt: None,
                    exceptions: keys.salt.into_iter().chain(keys.exceptions.clone()).collect(),
                    organisation: keys.organisation,
                },
                strict: settings.strict.value,
                exclude: settings.exclude.value.clone(),
            },
            exhaustive: args.exhaustive,
            rehash: args.rehash,
            alternates: args.allow_alternates.clone(),
            name: Vec::new(),
            listed: false,
            seen: self.seen.clone(),
            partial: None,
        };
        let request = Request {
            rules,
            repositories: &self.ours,
            several: self.all.len() > 1,
            shard: args.shard.is_some(),
            options: &options,
            work: self.work.as_ref(),
            resume: args.resume,
            progress: out.progress() && !args.shared.run.no_progress,
            scan: &|repo, options, progress| history::scan(rules, repo, options, progress),
            say: &|text| out.note(text),
        };
        fleet::run(&request).map_err(Failure::new)
    }

    /// Writes the reports, then what a later run can spare; gives the exit code.
    fn finish(self, args: &Args, in_force: &EffectivePolicy, outcome: &Outcome, reports: Reports, out: &Out) -> Done {
        let mut names: Vec<String> = self.ours.iter().map(|r| r.name.clone()).collect();
        names.sort();
        let target = fleet::target(&names);
        let mut run = in_force.run(Command::History, &target, outcome);
        run.repositories = &names;
        run.made =
            Some(RunInputs { now: self.now, key: fleet::key_check(in_force.keys.organisation.as_ref()), state: None });
        run.shard = args.shard.map(|shard| shard.part(&self.all));
        if args.shard.is_some() {
            run.also_limit = None;
            run.min_confidence = Confidence::Possible;
        }
        let code = run.exit;
        reports.write(&run, None, out)?;
        if let (Some(mut file), Some(seen)) = (self.beside, &self.seen) {
            let written = seen.write(&in_force.rules, self.now, &mut file).map_err(|e| file.error(e));
            written.and_then(|()| file.finish()).map_err(Failure::new)?;
            if args.resume {
                out.note("repositories that were scanned before are not in the file of --seen");
            }
        }
        // A repository that failed may be mended: then --resume needs the others' results.
        let failed = outcome.gaps.iter().any(|g| matches!(g.kind, GapKind::Repository | GapKind::Fetch));
        if let Some(work) = self.work.filter(|_| args.work.is_none() && !failed) {
            work.clear(&self.ours);
        }
        Ok(code)
    }
}

/// What earlier runs found nothing in; `None` where nobody asks for it.
fn seen(args: &Args, rules: &RuleSet, now: i64, out: &Out) -> Result<Option<Arc<Seen>>, Failure> {
    if !args.seen && args.since_report.is_empty() {
        return Ok(None);
    }
    let mut seen = Seen::default();
    for report in &args.since_report {
        let file = clean_blobs::beside(report);
        let bytes = bounded::read_limited(&file, MAX_SEEN)
            .map_err(|e| Failure::io("cannot read what an earlier run wrote with --seen", &file, &e))?;
        if let Err(why) = seen.read(&bytes, rules, now) {
            let file = file.display().to_string();
            let file = escape::terminal(file.as_bytes());
            out.note(format_args!("everything in `{file}` is searched again, because it {why}"));
        }
    }
    Ok(Some(Arc::new(seen)))
}

/// What was typed, then what is listed; the current directory if nothing was.
fn paths(args: &Args) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = values::typed_and_listed(&args.repositories, args.repos_from.as_deref(), "repositories")?;
    if paths.is_empty() {
        paths.push(".".into());
    }
    Ok(paths)
}

/// Each repository once, with its name; a secret in a name is masked. `typed`: how many paths are not from a list.
fn repositories(paths: &[PathBuf], typed: usize, rules: &RuleSet) -> Vec<Repository> {
    let detector = Detector::new(rules, 0);
    let masker = Masker::new(&detector);
    fleet::named(paths, typed, &|name| masker.masked(name.as_bytes()))
}

/// The folder for results, if this run needs one.
fn work(args: &Args, several: bool, out: &Out) -> Result<Option<Work>, Failure> {
    let folder = match &args.work {
        Some(folder) => folder.clone(),
        None if several || args.resume || args.shard.is_some() => beside(&args.shared.report).join(WORK),
        None => return Ok(Some(Work::partial(&beside(&args.shared.report).join(WORK)))),
    };
    if args.resume {
        refuse_tracked(&folder)?;
    }
    match Work::open(&folder) {
        Ok(work) => Ok(Some(work)),
        Err(e) if args.work.is_some() || args.resume => Err(Failure::io("cannot write to the folder", &folder, &e)),
        Err(e) => {
            out.note(format_args!("results are not kept for --resume: `{}`: {e}", folder.display()));
            Ok(None)
        }
    }
}

/// Results that git tracks came with a repository: whoever wrote them would decide what is not searched.
fn refuse_tracked(folder: &Path) -> Result<(), Failure> {
    let Ok(whole) = folder.canonicalize() else { return Ok(()) };
    let Some(root) = work_tree(&whole) else { return Ok(()) };
    let unknown = |e| Failure::new(format!("cannot tell whether git tracks `{}`: {e:#}", folder.display()));
    let tracked = git::tracked(root).map_err(unknown)?;
    if beneath(&whole, root).is_some_and(|path| tracked.holds_beneath(&path)) {
        let why = "git tracks it, so its results came with the repository and not from an interrupted run";
        return Err(Failure::new(format!(
            "--resume takes nothing from `{}`: {why}; name another with --work",
            folder.display()
        )));
    }
    Ok(())
}

/// The folder of the first report that is a file.
fn beside(flags: &ReportFlags) -> PathBuf {
    let files = flags.output.iter().map(|r| r.path.as_path());
    let mut plain = files.filter(|p| *p != Path::new("-") && !p.starts_with("/dev") && !p.starts_with("/proc"));
    plain.next().and_then(Path::parent).map(Path::to_owned).unwrap_or_default()
}

/// "Now": as in every command; of the interrupted run; else the start of the day.
fn now(args: &Args, work: Option<&Work>) -> Result<i64, Failure> {
    let given = args.shared.run.now.is_some() || std::env::var_os("SOURCE_DATE_EPOCH").is_some_and(|v| !v.is_empty());
    let now = args.shared.run.now()?;
    if given {
        return Ok(now);
    }
    let kept = work.filter(|_| args.resume).and_then(Work::now);
    Ok(kept.unwrap_or(now - now.rem_euclid(DAY)))
}
