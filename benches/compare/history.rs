//! Whole histories: how fast, how much memory, against whom, and whether nothing is lost.
//!
//! ```text
//! cargo bench --bench compare -- --history                            # generated repositories: race, flatness, guard
//! cargo bench --bench compare -- --history --corpus DIR --peers       # the race over the repositories at or beneath DIR
//! cargo bench --bench compare -- --history --corpus DIR --verify      # no timing: every occurrence equals the oracle's
//! cargo bench --bench compare -- --history --corpus DIR --count       # no timing: objects by kind equal git's
//! cargo bench --bench compare -- --history --only flat                # one part: race, flat or guard
//! ```
//!
//! The yardstick is `git cat-file`, which merely prints all objects. Two threads for whoever has them, warm cache, runs in
//! turns; processor time and peak memory from the run before them, which warms up. Of kingfisher, which takes minutes, one run is timed after the one that shows its memory.

mod flat;
mod guard;
mod oracle;
pub(crate) mod repository;

use crate::arguments::{Arguments, Part};
use crate::process::{Contender, installed, race as warm, turns};
use crate::{LEAKTIGHT, aim};
use anyhow::{Result, bail};
use leaktight::rule::RuleSet;
use repository::Shape;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// 4,001 commits; the first has all files, the others change five each.
const GENERATED: Shape = Shape { files: 2_000, versions: 11, changed: 5, repacked: true };

/// Everything that was asked.
///
/// # Errors
/// When something cannot be run, or a comparison that must hold does not.
pub(crate) fn run(rules: &RuleSet, arguments: &Arguments) -> Result<()> {
    let made = tempfile::tempdir()?;
    let own = arguments.corpus.is_empty();
    let part = |part: Part| arguments.only.map_or(part == Part::Race || own, |only| only == part);
    let checks = arguments.verify || arguments.count;
    if checks || part(Part::Race) {
        let repositories = match own {
            false => repository::beneath(&arguments.corpus)?,
            true => {
                eprintln!("making a repository");
                let repo = made.path().join("generated");
                repository::generate(rules, &repo, &GENERATED)?;
                vec![repo]
            }
        };
        if checks {
            return verify(rules, &repositories, arguments.verify);
        }
        println!("{} rules; leaktight {}; two threads; runs in turns", rules.len(), env!("CARGO_PKG_VERSION"));
        load();
        for repo in &repositories {
            race(repo, arguments)?;
        }
    }
    if part(Part::Flat) {
        flat::measure(rules, made.path(), arguments.runs)?;
    }
    if part(Part::Guard) {
        guard::measure(rules, made.path())?;
    }
    Ok(())
}

/// What else the machine does, where it says so.
fn load() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load of the machine before: {}", load.split(' ').take(3).collect::<Vec<_>>().join(" "));
}

/// Everybody over one repository.
fn race(repo: &Path, arguments: &Arguments) -> Result<()> {
    let report = tempfile::NamedTempFile::new()?;
    let line = |words: &[&str]| -> Vec<OsString> { words.iter().map(OsString::from).collect() };
    let mut ours = line(&[LEAKTIGHT, "history"]);
    ours.push(repo.into());
    ours.extend(line(&["-j", "2", "--no-config", "--no-progress", "--format", "json", "-q", "-o"]));
    ours.push(report.path().into());
    let mut print = line(&["git", "-c", "safe.directory=*", "-C"]);
    print.push(repo.into());
    print.extend(line(&["cat-file", "--batch-all-objects", "--unordered", "--batch"]));
    let mut all =
        vec![Contender::new("leaktight", arguments.runs, ours), Contender::new("git cat-file", arguments.runs, print)];
    if arguments.peers && installed("kingfisher") {
        let scan = ["kingfisher", "scan", "-j", "2", "--no-validate", "--no-update-check", "--git-history", "full"];
        let with = |folder: &Path| {
            let mut with = line(&scan);
            with.extend(line(&["--no-extract-archives", "--format", "json"]));
            with.push(folder.into());
            with
        };
        // Its cache of compiled rules is filled where there is nothing to scan.
        let empty = tempfile::tempdir()?;
        warm(&mut [Contender::new("kingfisher", 0, with(empty.path()))])?;
        all.push(Contender::new("kingfisher", 1, with(repo)));
    }
    let usages: Vec<Option<(f64, f64)>> = all.iter().map(Contender::usage).collect();
    turns(&mut all)?;
    println!(
        "\n{:<18} {:>9} {:>9} {:>5} {:>7} {:>7} {:>9} {:>9}  exit",
        repository::name(repo),
        "median s",
        "min s",
        "runs",
        "x git",
        "min/min",
        "cpu s",
        "peak MiB"
    );
    let git = (all[1].median(), all[1].min());
    for (c, usage) in all.iter().zip(&usages) {
        let (peak, cpu) =
            usage.map_or(("-".into(), "-".into()), |(peak, cpu)| (format!("{peak:.0}"), format!("{cpu:.2}")));
        println!(
            "{:<18} {:>9.3} {:>9.3} {:>5} {:>7.2} {:>7.2} {cpu:>9} {peak:>9}  {}",
            c.name,
            c.median(),
            c.min(),
            c.timed(),
            c.median() / git.0,
            c.min() / git.1,
            c.code
        );
    }
    if !matches!(all[0].code, 0 | 1 | 3) || all[1].code != 0 {
        bail!("{} could not be read", repo.display());
    }
    let ratio = all[0].median() / git.0;
    aim("wall time, times what git needs to print all objects", ratio, 1.0, true);
    println!("    goal {ratio:.2} (0.33)");
    if let Some((peak, _)) = usages[0] {
        println!("    goal {peak:.0} MiB of memory (381)");
    }
    if let Some(kingfisher) = all.get(2) {
        aim("times faster than kingfisher", kingfisher.median() / all[0].median(), 10.0, false);
        if let (Some(ours), Some(theirs)) = (usages[0], usages[2]) {
            aim("of kingfisher's memory", ours.0 / theirs.0, 1.0, true);
        }
    }
    Ok(())
}

/// The engine against git and the oracle; fails when one does not hold.
fn verify(rules: &RuleSet, repositories: &[PathBuf], occurrences: bool) -> Result<()> {
    let mut wrong = 0;
    for repo in repositories {
        let v = oracle::verify(rules, repo, occurrences)?;
        println!("{}: {:.1} MB of packs", repository::name(repo), repository::packed(repo) as f64 / 1e6);
        let counts = |counts: [u64; 4]| {
            let kinds = ["blobs", "trees", "commits", "tags"];
            let each: Vec<String> = counts.iter().zip(kinds).map(|(n, kind)| format!("{n} {kind}")).collect();
            format!("{} objects ({})", counts.iter().sum::<u64>(), each.join(", "))
        };
        println!("    engine {}", counts(v.ours));
        println!("    git    {}: {}", counts(v.gits), if v.ours == v.gits { "equal" } else { "NOT EQUAL" });
        println!("    {} gaps, {} objects named and not there", v.gaps.len(), v.missing);
        for gap in v.gaps.iter().take(5) {
            println!("        {gap}");
        }
        wrong += usize::from(v.ours != v.gits);
        let Some(found) = v.found else { continue };
        println!(
            "    {:.1} MB whole to the matcher: {} occurrences in {} objects; the engine has {}; {} objects differ, {} are at a limit and not compared",
            found.bytes as f64 / 1e6,
            found.oracle,
            found.holders,
            found.engine,
            found.differing,
            found.limited
        );
        for example in &found.examples {
            println!("        {example}");
        }
        wrong += usize::from(found.differing > 0);
    }
    if wrong > 0 {
        bail!("the engine does not find what it must");
    }
    Ok(())
}
