//! What the gates cost: a commit with one changed file, and the hundred newest commits as a request.
//!
//! The yardsticks: `git status` with fsmonitor and untracked cache off, which everybody has waited for, and for a range
//! `git log -p`, which only prints it. With `--peers` also kingfisher's and ripsecrets' own ways to look at what is staged.
//! `--corpus REPO` is cloned to a temporary folder first, for something is staged there.

use crate::aim;
use crate::arguments::Arguments;
use crate::history::repository::{Shape, done, generate, git};
use crate::process::{Contender, installed, race};
use anyhow::{Context, Result, ensure};
use leaktight::rule::RuleSet;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;

/// Commits of the range.
const COMMITS: usize = 100;
/// The repository that is made where none is given: a tree as large as that of rails.
const GENERATED: Shape = Shape { files: 5000, versions: 2, changed: 40, repacked: true };

/// Measures the gates over a clone of each corpus.
pub(crate) fn run(rules: &RuleSet, arguments: &Arguments) -> Result<()> {
    let made = tempfile::tempdir()?;
    let mut repositories = arguments.corpus.clone();
    if repositories.is_empty() {
        eprintln!("making the repository");
        let repo = made.path().join("generated.git");
        generate(rules, &repo, &GENERATED)?;
        repositories.push(repo);
    }
    for (n, repo) in repositories.iter().enumerate() {
        let repo = repo.canonicalize().with_context(|| format!("{} does not exist", repo.display()))?;
        let tree = made.path().join(format!("tree-{n}"));
        eprintln!("cloning {}", repo.display());
        let mut clone = git(made.path());
        clone.args(["clone", "-q", "--no-tags"]).arg(&repo).arg(&tree);
        done(clone)?;
        one(&tree, arguments)?;
    }
    Ok(())
}

fn one(tree: &Path, arguments: &Arguments) -> Result<()> {
    let listed = git(tree).args(["ls-files", "*.rb", "*.c", "*.py", "*.rs", "*.js", "*.go"]).output()?;
    let files = String::from_utf8_lossy(&listed.stdout).into_owned();
    let file = files.lines().nth(files.lines().count() / 2).context("the repository has no source file")?;
    let all = String::from_utf8_lossy(&git(tree).arg("ls-files").output()?.stdout).lines().count();
    let mut to = std::fs::OpenOptions::new().append(true).open(tree.join(file))?;
    to.write_all(b"\n# one more line\n")?;
    drop(to);
    let mut add = git(tree);
    add.args(["add", file]);
    done(add)?;

    let line = |args: &[&str]| -> Vec<OsString> {
        let place = tree.as_os_str();
        args.iter().map(|a| if *a == "TREE" { place.to_owned() } else { OsString::from(a) }).collect()
    };
    let runs = arguments.runs * 10;
    let leaktight = env!("CARGO_BIN_EXE_leaktight");
    let status =
        ["git", "-C", "TREE", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false", "status", "--porcelain"];
    let mut racers = vec![
        Contender::new("leaktight staged", runs, line(&[leaktight, "staged", "--repo", "TREE"])),
        Contender::new("git status", runs, line(&status)),
        Contender::new("git --version", runs, line(&["git", "--version"])),
    ];
    if arguments.peers && installed("kingfisher") {
        let scan = ["kingfisher", "scan", "TREE", "--staged", "--no-validate", "--no-update-check", "-j", "2"];
        racers.push(Contender::new("kingfisher --staged", arguments.runs, line(&scan)));
    }
    if arguments.peers && installed("ripsecrets") {
        // As its hook calls it: with the names of the staged files.
        let path = tree.join(file);
        let scan = [OsString::from("ripsecrets"), path.into_os_string()];
        racers.push(Contender::new("ripsecrets FILE", arguments.runs, scan));
    }
    race(&mut racers)?;
    ensure!(racers[0].code == 0, "leaktight staged ends with {}", racers[0].code);
    println!(
        "\none staged change among {all} files: {:>14} {:>9} {:>5} {:>13}",
        "median ms", "min ms", "runs", "x git status"
    );
    let yard = racers[1].median();
    for c in &racers {
        println!(
            "{:<32} {:>14.2} {:>9.2} {:>5} {:>13.2}",
            c.name,
            c.median() * 1e3,
            c.min() * 1e3,
            c.timed(),
            c.median() / yard
        );
    }
    aim("times `git status`", racers[0].median() / yard, 1.0, true);
    aim("times `git status`, goal", racers[0].median() / yard, 0.34, true);

    let first_parents = git(tree).args(["rev-list", "--count", "HEAD"]).output()?;
    let count: usize = String::from_utf8_lossy(&first_parents.stdout).trim().parse().unwrap_or(0);
    let newest =
        String::from_utf8_lossy(&git(tree).args(["rev-list", "-n", "101", "--first-parent", "HEAD"]).output()?.stdout)
            .lines()
            .last()
            .map(str::to_owned)
            .context("there is no commit")?;
    let range = format!("{newest}..HEAD");
    let looked = git(tree).args(["rev-list", "--count", &range]).output()?;
    let looked = String::from_utf8_lossy(&looked.stdout).trim().to_owned();
    let scan = [leaktight, "range", &range, "--repo", "TREE", "--fail-on", "never", "--format", "json"];
    let mut racers = [
        Contender::new("leaktight range", arguments.runs, line(&scan)),
        Contender::new("git log -p -m", arguments.runs, line(&["git", "-C", "TREE", "log", "-p", "-m", &range])),
    ];
    race(&mut racers)?;
    println!(
        "\n{looked} of {count} commits ({COMMITS} first parents): {:>9} {:>9} {:>5}",
        "median ms", "min ms", "runs"
    );
    for c in &racers {
        println!("{:<32} {:>14.1} {:>9.1} {:>5}", c.name, c.median() * 1e3, c.min() * 1e3, c.timed());
    }
    aim("times `git log -p -m`", racers[0].median() / racers[1].median(), 1.0, true);
    Ok(())
}
