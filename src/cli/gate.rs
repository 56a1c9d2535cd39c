//! What all gates share: opening the repository, the policy of the base, the run, its reports.
//!
//! In: flags and a [`Subject`]. Out: a [`Ran`], from which commands make reports and an exit code. Nothing that the
//! change itself says is obeyed.

use super::out::{Failure, Out};
use super::ruleset;
use super::scan::{Shared, reported};
use crate::config::{self, Settings};
use crate::finding::Outcome;
use crate::gate::{self, Subject};
use crate::git::Access;
use crate::report::{Gate, Run};
use crate::rule::RuleSet;
use crate::source::Gap;
use std::path::{Path, PathBuf};

/// The flags of every gate.
#[derive(Debug, clap::Args)]
pub(crate) struct GateFlags {
    /// The repository: a work tree, a bare repository or a .git folder [default: the one that git would take here]
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: Option<PathBuf>,
    /// Take objects that the repository borrows (alternates) from this folder, too (repeatable)
    #[arg(long, value_name = "DIR")]
    pub(crate) allow_alternates: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

/// A gate that was run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) rules: RuleSet,
    pub(crate) settings: Settings,
    pub(crate) outcome: Outcome,
    /// Gates by family and environment.
    pub(crate) gates: Vec<Gate>,
    /// What was looked at, in words.
    pub(crate) target: String,
}

impl Ran {
    /// The run as reports see it; its `exit` is the exit code.
    pub(crate) fn run<'a>(&'a self, command: &'a str) -> Run<'a> {
        let mut run = reported(command, &self.target, &self.rules, &self.outcome, &self.settings);
        run.gates = &self.gates;
        run.exit = run.verdict().code();
        run
    }
}

/// A repository whose policy was read, ready to be looked at.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) access: Access,
    pub(crate) settings: Settings,
    rules: RuleSet,
    options: gate::Options,
}

/// Opens the repository.
pub(crate) fn access(flags: &GateFlags) -> Result<Access, Failure> {
    let access = match &flags.repo {
        Some(path) => Access::at(path, &flags.allow_alternates),
        None => Access::here(&flags.allow_alternates),
    };
    access.map_err(|e| {
        let place = flags.repo.as_deref().map_or_else(|| ".".into(), |p| p.to_string_lossy());
        Failure::new(format!("{place}: {e}"))
    })
}

/// Opens the repository and reads the policy that is in force for `subject`.
pub(crate) fn open(flags: &GateFlags, _: &Subject, out: &Out) -> Result<Opened, Failure> {
    let access = access(flags)?;
    let settings = flags.shared.settings(Path::new("."), false, out)?;
    let rules = ruleset::chosen(&settings)?;
    let options = gate::Options {
        threads: config::threads(settings.threads.value),
        now: flags.shared.run.now()?,
        keys: flags.shared.run.keys(&settings.root)?,
        strict: settings.strict.value,
    };
    Ok(Opened { access, settings, rules, options })
}

impl Opened {
    /// Looks at `subject`; `target` says in words what that is.
    pub(crate) fn run(self, subject: &Subject, target: &str) -> Result<Ran, Failure> {
        let Self { access, settings, rules, options } = self;
        let outcome = gate::run(&rules, &access, subject, &options).map_err(Failure::new)?;
        Ok(Ran { rules, settings, outcome, gates: Vec::new(), target: target.to_owned() })
    }

    /// Looks at nothing, and says why with these gaps.
    pub(crate) fn without_looking(self, gaps: Vec<Gap>, target: &str) -> Ran {
        let Self { settings, rules, .. } = self;
        let outcome = Outcome { gaps, ..Outcome::default() };
        Ran { rules, settings, outcome, gates: Vec::new(), target: target.to_owned() }
    }
}
