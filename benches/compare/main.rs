//! How fast, how much memory, and against whom: one command, one run, ratios side by side.
//!
//! ```text
//! cargo bench --bench compare                                     # its own corpus, ripgrep if it is installed
//! cargo bench --bench compare -- --corpus DIR --peers --runs 9    # a real tree, and other scanners on PATH
//! cargo bench --bench compare -- --corpus DIR --verify            # no timing: the engine against an exhaustive search
//! cargo bench --bench compare -- --history                        # whole histories; `history.rs` says more
//! cargo bench --bench compare -- --gates                          # a commit and a request; `gates.rs` says more
//! cargo bench --bench compare -- --dense [--corpus DIR]           # what files full of telling words cost
//! cargo bench --bench compare -- --hits [--corpus DIR]            # which rules have the most anchors in text
//! cargo bench --bench compare -- --anchors [--corpus DIR]         # our prefilter against automata of aho-corasick
//! cargo bench --bench compare -- --random                         # what random text is taken for
//! cargo bench --bench compare -- --memory                         # peaks of inputs that were made to take memory
//! ```
//!
//! The yardstick is ripgrep looking for a word that is nowhere: nobody who reads all bytes is much faster. Two threads
//! for everybody who has such a flag, warm cache, runs in turns; medians and minima. Other scanners are started without
//! validation (no network). It measures and says which aims are met. Only `--memory` and `--verify` fail when a limit or a
//! law does not hold; everything else fails only when something cannot be run.
#![allow(clippy::print_stdout, reason = "a benchmark's output is its result")]
#![allow(clippy::print_stderr, reason = "progress goes where it does not disturb the table")]

mod anchors;
mod arguments;
mod corpus;
mod dense;
mod engine;
mod gates;
mod history;
mod hits;
mod memory;
mod process;
mod random;

use anyhow::{Context, Result, bail, ensure};
use arguments::Arguments;
use leaktight::rule::RuleSet;
use process::{Contender, installed, race};
use std::ffi::{OsStr, OsString};
use std::path::Path;

const LEAKTIGHT: &str = env!("CARGO_BIN_EXE_leaktight");

fn main() -> Result<()> {
    let arguments = arguments::given()?;
    let rules = RuleSet::builtin();
    if arguments.history {
        return history::run(&rules, &arguments);
    }
    if arguments.gates {
        return gates::run(&rules, &arguments);
    }
    if arguments.memory {
        return memory::run();
    }
    if arguments.random {
        return random::run(&rules);
    }
    ensure!(arguments.corpus.len() < 2, "several folders go with --history");
    let made = tempfile::tempdir()?;
    let root = match arguments.corpus.first() {
        Some(dir) => dir.canonicalize().with_context(|| format!("{} does not exist", dir.display()))?,
        None => {
            eprintln!("making the corpus");
            corpus::write(&rules, made.path())?;
            made.path().to_owned()
        }
    };
    if arguments.dense {
        return dense::run(&root);
    }
    if arguments.anchors {
        return anchors::run(&rules, &root);
    }
    if arguments.hits {
        hits::run(&rules, &root);
        return Ok(());
    }
    if arguments.verify {
        return verify(&rules, &root);
    }
    println!(
        "{} rules; leaktight {}; {} runs each, in turns\n",
        rules.len(),
        env!("CARGO_PKG_VERSION"),
        arguments.runs
    );
    trees(&root, &arguments)?;
    one_file(arguments.runs)?;
    eprintln!("the engine alone");
    let m = engine::measure(&rules, &root);
    println!(
        "\nengine, one thread, {:.1} MB in memory: {:.0} MB/s, {} candidates",
        m.bytes as f64 / 1e6,
        m.speed,
        m.candidates
    );
    println!(
        "pattern stage on {:.1} MB: {:.0} MB/s with prefilter, {:.2} MB/s without ({:.0} times); {} matches, {} only with, {} only without",
        m.piece as f64 / 1e6,
        m.with,
        m.without,
        m.with / m.without,
        m.matches,
        m.only_with,
        m.only_without
    );
    Ok(())
}

/// Laws 2 and 3 over a whole tree; fails when one does not hold.
fn verify(rules: &RuleSet, root: &Path) -> Result<()> {
    let v = engine::verify(rules, root);
    ensure!(v.exhaustive > 0, "{} holds no match of any rule: nothing to compare", root.display());
    println!("{} files, {:.1} MB, {} rules", v.files, v.bytes as f64 / 1e6, rules.len());
    println!("every pattern over everything: {} matches, {} that the engine lacks", v.exhaustive, v.lacking);
    println!(
        "fresh ranges against everything fresh: {} candidates in {} pieces, {} differ",
        v.fresh, v.pieces, v.differing
    );
    if v.lacking + v.differing > 0 {
        bail!("the engine does not find what it must");
    }
    Ok(())
}

/// Scans the whole tree with everybody.
fn trees(root: &Path, arguments: &Arguments) -> Result<()> {
    let with = |line: &[&str]| -> Vec<OsString> { line.iter().map(OsString::from).chain([root.into()]).collect() };
    let scan = [LEAKTIGHT, "scan", "-j", "2", "--no-config", "--no-progress", "--fail-on", "never", "--format", "json"];
    let mut all = vec![Contender::new("leaktight", arguments.runs, with(&scan))];
    if installed("rg") {
        let line = ["rg", "-j", "2", "-a", "-c", "--hidden", "--glob", "!.git", "zqxjkv"];
        all.push(Contender::new("rg", arguments.runs, with(&line)));
    }
    if arguments.peers && installed("kingfisher") {
        // The run that warms up fills its cache of compiled rules.
        let scan = ["kingfisher", "scan", "-j", "2", "--no-validate", "--no-update-check", "--git-history", "none"];
        let rest = ["--no-extract-archives", "--format", "json"];
        all.push(Contender::new("kingfisher", arguments.runs.min(3), with(&[&scan[..], &rest].concat())));
    }
    race(&mut all)?;
    if arguments.peers && installed("ripsecrets") {
        // Minutes on a large tree: one run, and what warmed up the others did so for it.
        let mut slow = [Contender::new("ripsecrets", 1, with(&["ripsecrets"]))];
        race(&mut slow)?;
        all.extend(slow);
    }
    println!(
        "{:<12} {:>9} {:>9} {:>5} {:>7} {:>7} {:>9}  exit",
        root.display().to_string().rsplit('/').next().unwrap_or("tree"),
        "median s",
        "min s",
        "runs",
        "x rg",
        "min/min",
        "peak MiB"
    );
    let rg = all.iter().find(|c| c.name == "rg").map(|rg| (rg.median(), rg.min()));
    for c in &all {
        let (median, min) = rg.map_or((f64::NAN, f64::NAN), |rg| (c.median() / rg.0, c.min() / rg.1));
        // A run of its own; of those that take minutes the peak is not worth another one.
        let peak = if c.min() < 60.0 { c.peak() } else { None };
        let peak = peak.map_or_else(|| "-".to_owned(), |peak| format!("{peak:.0}"));
        println!(
            "{:<12} {:>9.3} {:>9.3} {:>5} {median:>7.2} {min:>7.2} {peak:>9}  {}",
            c.name,
            c.median(),
            c.min(),
            c.timed(),
            c.code
        );
        if c.name == "leaktight" {
            continue;
        }
        let ours = all[0].median();
        match c.name {
            "rg" => aim("wall time, times ripgrep's", ours / c.median(), 3.0, true),
            "kingfisher" => aim("times faster than kingfisher", c.median() / ours, 8.0, false),
            _ => aim("times faster than ripsecrets", c.median() / ours, 50.0, false),
        }
    }
    Ok(())
}

/// One small file from the start of the program to its end: what a hook costs.
fn one_file(runs: usize) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("settings.py");
    let text: String = (0..40).map(|i| format!("option_{i} = \"value {i}\"\n")).collect();
    std::fs::write(&file, &text.as_bytes()[..1024.min(text.len())])?;
    let line = |args: &[&str], path: Option<&OsStr>| -> Vec<OsString> {
        args.iter().map(OsString::from).chain(path.map(OsString::from)).collect()
    };
    let runs = runs * 20;
    let mut all = [
        Contender::new("leaktight", runs, line(&[LEAKTIGHT, "scan", "--no-config"], Some(file.as_os_str()))),
        Contender::new("git --version", runs, line(&["git", "--version"], None)),
        Contender::new("leaktight --version", runs, line(&[LEAKTIGHT, "--version"], None)),
    ];
    race(&mut all)?;
    println!("\n{:<20} {:>9} {:>9} {:>5}", "one file of 1 KiB", "median ms", "min ms", "runs");
    for c in &all {
        println!("{:<20} {:>9.2} {:>9.2} {:>5}", c.name, c.median() * 1e3, c.min() * 1e3, c.timed());
    }
    aim("times `git --version`", all[0].median() / all[1].median(), 8.0, true);
    Ok(())
}

/// Says whether a value is what it is meant to be.
pub(crate) fn aim(what: &str, value: f64, bound: f64, most: bool) {
    let (met, word) = if most { (value <= bound, "at most") } else { (value >= bound, "at least") };
    println!("    {} {value:.2} {what} (aim: {word} {bound})", if met { "ok  " } else { "MISS" });
}
