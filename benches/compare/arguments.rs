//! What can be typed behind `cargo bench --bench compare --`.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// A part of the benchmark of histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Against git and other scanners.
    Race,
    /// Time for each fresh byte, from a small pack to a large one.
    Flat,
    /// Instructions for each fresh byte.
    Guard,
}

/// What was typed.
pub(crate) struct Arguments {
    pub(crate) corpus: Vec<PathBuf>,
    pub(crate) history: bool,
    /// What gates cost.
    pub(crate) gates: bool,
    /// What files full of telling words cost.
    pub(crate) dense: bool,
    /// What random text is taken for.
    pub(crate) random: bool,
    /// What inputs that were made to take memory take.
    pub(crate) memory: bool,
    /// Which rules have the most anchors in text.
    pub(crate) hits: bool,
    /// Our prefilter against automata.
    pub(crate) anchors: bool,
    pub(crate) peers: bool,
    pub(crate) verify: bool,
    /// Of `--history --verify` only the numbers of objects.
    pub(crate) count: bool,
    /// Only this part of `--history`.
    pub(crate) only: Option<Part>,
    pub(crate) runs: usize,
}

const USAGE: &str = "usage: cargo bench --bench compare -- [--corpus DIR] [--verify | [--peers] [--runs N]]\n   \
    or: cargo bench --bench compare -- --history [--corpus DIR]... [--verify | --count | [--only race|flat|guard] [--peers] [--runs N]]\n   \
    or: cargo bench --bench compare -- --gates [--corpus REPO]... [--peers] [--runs N]\n   \
    or: cargo bench --bench compare -- [--dense | --hits | --anchors] [--corpus DIR]\n   \
    or: cargo bench --bench compare -- [--random | --memory]";

/// Reads the command line.
///
/// # Errors
/// When it says something else.
pub(crate) fn given() -> Result<Arguments> {
    let mut arguments = Arguments {
        corpus: Vec::new(),
        history: false,
        gates: false,
        dense: false,
        random: false,
        memory: false,
        hits: false,
        anchors: false,
        peers: false,
        verify: false,
        count: false,
        only: None,
        runs: 7,
    };
    let mut given = std::env::args_os().skip(1);
    while let Some(argument) = given.next() {
        let mut value = || given.next().with_context(|| format!("{} needs a value", argument.display()));
        match argument.to_str() {
            Some("--corpus") => arguments.corpus.push(value()?.into()),
            Some("--runs") => arguments.runs = value()?.to_string_lossy().parse().context("--runs needs a number")?,
            Some("--history") => arguments.history = true,
            Some("--gates") => arguments.gates = true,
            Some("--dense") => arguments.dense = true,
            Some("--random") => arguments.random = true,
            Some("--memory") => arguments.memory = true,
            Some("--hits") => arguments.hits = true,
            Some("--anchors") => arguments.anchors = true,
            Some("--peers") => arguments.peers = true,
            Some("--verify") => arguments.verify = true,
            Some("--count") => arguments.count = true,
            Some("--only") => {
                arguments.only = Some(match value()?.to_str() {
                    Some("race") => Part::Race,
                    Some("flat") => Part::Flat,
                    Some("guard") => Part::Guard,
                    _ => bail!(USAGE),
                });
            }
            Some("--bench") => {} // cargo's own
            _ => bail!(USAGE),
        }
    }
    if !arguments.history && (arguments.count || arguments.only.is_some()) {
        bail!(USAGE);
    }
    arguments.runs = arguments.runs.max(1);
    Ok(arguments)
}
