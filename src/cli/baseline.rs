//! `leaktight baseline`: takes what a report holds as known, or what another tool was told to accept.
//!
//! In: a JSON report of leaktight, or (`--from`) a file of gitleaks, detect-secrets or trufflehog. Out: a baseline, one
//! line a finding and place. Of a foreign file, which holds secrets in clear, nothing is shown but files and lines.

use super::files;
use super::flags::{ConfigFlags, RuleFlags, RunFlags};
use super::out::{Done, Failure, Out};
use super::policy::{AllowFlags, InForce, Request};
use crate::config::{self, Layer};
use crate::detect::Detector;
use crate::finding::{Finding, Location, Outcome};
use crate::mask::masked;
use crate::policy::baseline::{self, Known};
use crate::policy::{Disk, foreign, notice, place};
use crate::report::output::Target;
use crate::scan;
use crate::secret::Secret;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Take what a report holds as known
///
/// Writes .leaktight/baseline.toml at the root of the work tree: later runs count these findings and do not report them.
/// The same secret in another file is reported. With --from, the work tree is scanned, and findings that another tool was
/// told to accept are added to the baseline: by their value where its file has one, else by file and line.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A JSON report of leaktight; with --from, the other tool's file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file is of this tool: gitleaks (JSON report or .gitleaksignore), detect-secrets (.secrets.baseline) or trufflehog (--json)
    #[arg(long, value_name = "TOOL", value_parser = clap::builder::PossibleValuesParser::new(foreign::TOOLS), hide_possible_values = true)]
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
    let bytes = config::read_report(&args.file, baseline::MAX_REPORT)
        .map_err(|e| Failure::io("cannot read", &args.file, &e))?;
    let refuse = |why: String| Failure::new(format!("`{}` {why}", args.file.display()));
    let known = match &args.from {
        None => baseline::known(&bytes).map_err(refuse)?,
        Some(tool) => {
            let foreign = foreign::read(tool, &bytes).map_err(refuse)?;
            let mut known = carried(args, &root, &foreign, out)?;
            known.extend(present(args, &root)?);
            known
        }
    };
    let text = baseline::text(&known);
    let name = match &args.output {
        None => {
            files::write(&root, baseline::FILE, &text)?;
            config::shown(&root.join(baseline::FILE))
        }
        Some(path) => {
            let mut target = Target::open(path).map_err(Failure::new)?.shared();
            target.write_all(text.as_bytes()).map_err(|e| target.error(e)).map_err(Failure::new)?;
            target.finish().map_err(Failure::new)?;
            path.clone()
        }
    };
    let findings: BTreeSet<&str> = known.iter().map(|(id, ..)| id.as_str()).collect();
    let (findings, lines) = (findings.len(), known.len());
    let count = notice::count(findings, "finding", "findings");
    let places = notice::count(lines, "place", "places");
    out.note(format_args!("wrote {}: {count} at {places}; commit it", name.display()));
    Ok(super::CLEAN)
}

/// What the baseline that is to be written holds already: a second tool's file adds to it.
fn present(args: &Args, root: &Path) -> Result<Vec<Known>, Failure> {
    let path = args.output.clone().unwrap_or_else(|| root.join(baseline::FILE));
    if std::fs::symlink_metadata(&path).is_err() {
        return Ok(Vec::new());
    }
    let entries = crate::policy::parse_file(&path, crate::policy::By::Baseline).map_err(Failure::new)?;
    Ok(entries.into_iter().map(|e| (e.id, e.rule, e.path.unescaped())).collect())
}

/// Our findings that the other tool was told to accept. What has none is listed.
fn carried(args: &Args, root: &Path, foreign: &[foreign::Known], out: &Out) -> Result<BTreeSet<Known>, Failure> {
    let mut layer = Layer::default();
    args.rules.layer(&mut layer);
    args.run.layer(&mut layer);
    let (files, allow) = (Disk::new(root), AllowFlags::default());
    let (config, key_file) = (&args.config, args.run.key_file.as_deref());
    let request =
        Request { files: &files, label: root, config, allow: &allow, key_file, layer, policy: None, gate: false };
    let in_force = InForce::load(&request, out)?;
    let options = scan::Options {
        paths: vec![root.to_owned()],
        all: in_force.settings.all.value,
        threads: config::threads(in_force.settings.threads.value),
        now: args.run.now()?,
        keys: in_force.keys.clone(),
        progress: out.progress() && !args.run.no_progress,
        strict: false,
    };
    let mut values: Vec<(Location, Secret)> = Vec::new();
    let outcome = scan::scan_with(&in_force.rules, &options, &mut |o| {
        values.push((o.location.clone(), o.secret.clone()));
    });
    let outcome = outcome.map_err(Failure::new)?;
    let mut by_value: Vec<(usize, Secret, Option<[u8; 20]>)> = Vec::new();
    for (location, secret) in values {
        if let Some(n) = outcome.findings.iter().position(|f| places(f).any(|p| overlap(p, &location))) {
            let hash = foreign::hash_of(&secret);
            by_value.push((n, secret, hash));
        }
    }
    let mut known = BTreeSet::new();
    let (mut left, mut done) = (Vec::new(), BTreeSet::new());
    for theirs in foreign {
        let file = below(&theirs.file, root);
        let mut found: BTreeSet<usize> =
            by_value.iter().filter(|(_, secret, hash)| theirs.is(secret, *hash)).map(|(n, ..)| *n).collect();
        if !theirs.has_value() {
            found.extend(at(&outcome, &file, theirs.line));
        }
        for n in &found {
            known.extend(lines(&in_force, &outcome.findings[*n], &file));
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
        for (file, line) in left {
            let file = masked(file.as_bytes(), &detector).unwrap_or(file);
            out.note(format_args!("  {file}:{line}"));
        }
    }
    Ok(known)
}

fn places(finding: &Finding) -> impl Iterator<Item = &Location> {
    std::iter::once(&finding.location).chain(&finding.also)
}

fn overlap(a: &Location, b: &Location) -> bool {
    a.origin == b.origin
        && a.byte_offset < b.byte_offset + b.byte_length
        && b.byte_offset < a.byte_offset + a.byte_length
}

/// Findings on that line of that file.
fn at<'a>(outcome: &'a Outcome, file: &'a str, line: u64) -> impl Iterator<Item = usize> + 'a {
    let here = move |l: &Location| *place(&l.origin) == *file.as_bytes() && l.line <= line && line <= l.end_line;
    outcome.findings.iter().enumerate().filter(move |(_, f)| places(f).any(here)).map(|(n, _)| n)
}

/// The lines of the baseline for a finding that was accepted in `file`; if it stands there no more, where it stands now.
fn lines(in_force: &InForce, finding: &Finding, file: &str) -> Vec<Known> {
    let rule = in_force.rules.rule(finding.rule).id.to_string();
    let all: BTreeSet<String> =
        places(finding).map(|l| String::from_utf8_lossy(&place(&l.origin)).into_owned()).collect();
    let own = all.contains(file);
    let these = all.into_iter().filter(|p| !own || p == file);
    these.map(|path| (finding.id.as_str().to_owned(), rule.clone(), path)).collect()
}

/// A path of another tool as ours: relative to the root.
fn below(file: &str, root: &Path) -> String {
    let root = root.to_string_lossy().replace('\\', "/");
    let inside = file.strip_prefix(root.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
    inside.unwrap_or(file).to_owned()
}
