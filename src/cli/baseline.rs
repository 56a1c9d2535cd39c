//! `leaktight baseline`: adds the findings of a report to the baseline, or those that another tool already accepts.
//!
//! In: a JSON report of leaktight, or (`--from`) a file of gitleaks, detect-secrets or trufflehog. Out: a baseline with one
//! line per finding and place; the lines that it had are kept. Of a foreign file, which holds secrets in clear, nothing is
//! shown but files and lines.

mod matcher;

use super::args::flags::{AllowFlags, ConfigFlags, RuleFlags, RunFlags};
use super::console::{Done, Failure, Out};
use super::exit;
use super::run::files;
use super::run::policy::{EffectivePolicy, Request};
use super::run::salt::{self, Salt, Upgrade};
use crate::config::{self, Layer};
use crate::detect::Detector;
use crate::finding::secret::{Id, Secret};
use crate::finding::{Location, Occurrence, Outcome};
use crate::fs::{Disk, bounded, shown};
use crate::mask::Masker;
use crate::policy::baseline::{self, Known};
use crate::policy::{PathGlob, import, notice};
use crate::report::output::Target;
use matcher::Matcher;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Add the findings of a report to the baseline
///
/// Writes .leaktight/baseline.toml at the root of the work tree: later runs count these findings and do not report them.
/// The same secret in another file is reported. Entries that the baseline already has are kept; delete the file to start
/// anew. With --from, the work tree is scanned, and findings that another tool already accepts are added: by their value
/// where its file has one, else by file and line.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A JSON report of leaktight; with --from, the other tool's file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file is of this tool: gitleaks (JSON report or .gitleaksignore), detect-secrets (.secrets.baseline) or trufflehog (--json)
    #[arg(long, value_name = "TOOL", value_parser = clap::builder::PossibleValuesParser::new(import::TOOLS), hide_possible_values = true)]
    from: Option<String>,
    /// Write to this file instead; `--baseline FILE` reads it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
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
    let bytes = bounded::read_report(&args.file, baseline::MAX_REPORT)
        .map_err(|e| Failure::io("cannot read", &args.file, &e))?;
    let refuse = |why: String| Failure::new(format!("`{}` {why}", args.file.display()));
    let mut target = args.output.as_deref().map(output).transpose()?;
    let located = salt::located(&root)?;
    let salt = Salt::plan(&root)?;
    let (known, upgrade) = match &args.from {
        None => {
            let known = baseline::known(&bytes).map_err(refuse)?;
            misplaced(&known, &args.file, &root, out);
            (known, None)
        }
        Some(tool) => {
            let foreign = import::read(tool, &bytes).map_err(refuse)?;
            let (known, upgrade) = carried(args, &root, &foreign, &salt, out)?;
            (known, Some(upgrade))
        }
    };
    let present = present(args, &root)?;
    let upgrade = match upgrade {
        Some(upgrade) => upgrade,
        None if located.is_empty() && !known.iter().any(|(id, ..)| Id::is_located(id)) => Upgrade::default(),
        None => scanned(args, &root, &salt, out, &mut |_| ())?.2,
    };
    let salted = |known: BTreeSet<Known>| -> BTreeSet<Known> {
        let one = |(id, rule, glob): Known| (upgrade.id(&id).map_or(id.clone(), str::to_owned), rule, glob);
        known.into_iter().map(one).collect()
    };
    let mut known = salted(known);
    let present = salted(present);
    let kept = present.len();
    known.extend(present);
    let text = baseline::text(&known);
    salt.write(&root, out)?;
    salt::rewrite(&root, &located, &upgrade, out)?;
    let name = match &mut target {
        None => {
            files::write(&root, baseline::FILE, &text)?;
            if files::attributes(&root)? {
                out.note(format_args!("wrote {}", shown(&root.join(files::ATTRIBUTES)).display()));
            }
            shown(&root.join(baseline::FILE))
        }
        Some(target) => {
            target.write_all(text.as_bytes()).map_err(|e| target.error(e)).map_err(Failure::new)?;
            target.path().to_owned()
        }
    };
    if let Some(target) = target {
        target.finish().map_err(Failure::new)?;
    }
    let findings: BTreeSet<&str> = known.iter().map(|(id, ..)| id.as_str()).collect();
    let (findings, lines) = (findings.len(), known.len());
    let count = notice::count(findings, "finding", "findings");
    let places = notice::count(lines, "place", "places");
    let new = lines - kept;
    out.note(format_args!("wrote {}: {count} at {places} ({new} new, {kept} kept); commit it", name.display()));
    files::note_outside(&root, out);
    Ok(exit::CLEAN)
}

/// The file of `-o`: new, empty, or a baseline already.
fn output(path: &Path) -> Result<Target, Failure> {
    let target = Target::open(path).map_err(Failure::new)?.shared();
    let is_baseline = |path: &Path| {
        let bytes = bounded::read_limited(path, baseline::MAX_REPORT).ok()?;
        crate::policy::parse_baseline(path, "", &bytes).ok()
    };
    if std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() > 0) && is_baseline(path).is_none()
    {
        let path = path.display();
        return Err(Failure::new(format!("`{path}` is not a baseline; name another file, or remove it first")));
    }
    Ok(target)
}

/// What the baseline that is to be written holds already.
fn present(args: &Args, root: &Path) -> Result<BTreeSet<Known>, Failure> {
    let path = args.output.clone().unwrap_or_else(|| root.join(baseline::FILE));
    if !std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file()) {
        return Ok(BTreeSet::new());
    }
    let entries = crate::policy::parse_file(&path, crate::policy::EntryKind::Baseline).map_err(Failure::new)?;
    Ok(baseline::lines(entries))
}

/// Warns of a report that looks like that of another project: none of the files that it names is here. It is not refused:
/// what it names may have been deleted since.
fn misplaced(known: &BTreeSet<Known>, report: &Path, root: &Path, out: &Out) {
    let paths = known.iter().filter_map(|(.., glob)| PathGlob::new(glob).ok()).map(|glob| glob.unescaped());
    // What is in no file (a message, an author) begins with a colon.
    let paths: BTreeSet<String> = paths.filter(|path| !path.starts_with(':')).collect();
    let Some(first) = paths.first() else { return };
    if paths.iter().any(|path| std::fs::symlink_metadata(root.join(path)).is_ok()) {
        return;
    }
    let (report, root) = (report.display(), root.display());
    out.note(format_args!(
        "warning: none of the files that `{report}` names, such as `{first}`, is in `{root}`; check that it is the report of \
         this project"
    ));
}

/// A scan of the work tree before any policy; `look` sees every occurrence.
fn scanned(
    args: &Args,
    root: &Path,
    salt: &Salt,
    out: &Out,
    look: &mut dyn FnMut(&Occurrence),
) -> Result<(EffectivePolicy, Outcome, Upgrade), Failure> {
    let mut layer = Layer::default();
    args.rules.layer(&mut layer);
    args.run.layer(&mut layer);
    let (files, allow) = (Disk::new(root), AllowFlags::default());
    let key_file = args.run.key_file.as_deref();
    let request = Request { key_file, layer, ..Request::plain(&files, root, &args.config, &allow) };
    let in_force = EffectivePolicy::load(&request, out)?;
    let progress = out.progress() && !args.run.no_progress;
    let (outcome, upgrade) = salt::scanned(&in_force, root, Some(salt), (args.run.now()?, progress), look)?;
    Ok((in_force, outcome, upgrade))
}

/// Our findings that the other tool accepts. An entry without such a finding is listed.
fn carried(
    args: &Args,
    root: &Path,
    foreign: &[import::Known],
    salt: &Salt,
    out: &Out,
) -> Result<(BTreeSet<Known>, Upgrade), Failure> {
    let mut values: Vec<(Location, Secret)> = Vec::new();
    let (in_force, outcome, upgrade) =
        scanned(args, root, salt, out, &mut |o| values.push((o.location.clone(), o.secret.clone())))?;
    let mut matcher = Matcher::new(&outcome, values);
    let mut known = BTreeSet::new();
    let (mut left, mut done) = (Vec::new(), BTreeSet::new());
    for theirs in foreign {
        let file = below(&theirs.file, root);
        let found = matcher.findings(theirs, &file);
        for n in &found {
            matcher.lines(*n, &file, &in_force, &mut known);
        }
        match found.is_empty() {
            true => left.push((file, theirs.line)),
            false => {
                done.insert((file, theirs.line));
            }
        }
    }
    // The same secret under another of its detectors, which took less of it.
    left.retain(|place| place.1 == 0 || !done.contains(place));
    let carried = foreign.len() - left.len();
    let all = notice::count(foreign.len(), "entry", "entries");
    out.note(format_args!("{carried} of {all} carried over"));
    if !left.is_empty() {
        out.note("not carried over, because leaktight finds no such secret in the work tree:");
        let detector = Detector::new(&in_force.rules, 0);
        let masker = Masker::new(&detector);
        for (file, line) in left {
            out.note(format_args!("  {}:{line}", masker.safe(&file)));
        }
    }
    Ok((known, upgrade))
}

/// A path of another tool as ours: relative to the root.
fn below(file: &str, root: &Path) -> String {
    let root = root.to_string_lossy().replace('\\', "/");
    let inside = file.strip_prefix(root.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
    inside.unwrap_or(file).to_owned()
}
