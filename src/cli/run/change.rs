//! What all gates share: opening the repository, the policy of the base, the run.
//!
//! In: flags and a [`Subject`]. Out: a [`GateRun`], from which commands make reports and an exit code. Settings, rules, salt,
//! exceptions and baseline come from the tree of the base, or from where `--policy` says; what the change does to them is
//! said and not obeyed.

use super::policy::{EffectivePolicy, Request};
use super::reports::Reports;
use crate::blob::{Gap, GapKind};
use crate::change::{self, Range, Subject};
use crate::cli::args::flags::{NoExclude, PolicyFlags, Shared};
use crate::cli::console::{Done, Failure, Out};
use crate::finding::Outcome;
use crate::fs::Files;
use crate::git::{Access, IndexFiles, ObjectId, TreeFiles};
use crate::mask::{self, Masker};
use crate::report::run::{Command, Run};
use crate::{config, scan};
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
    pub(crate) policy: PolicyFlags,
    #[command(flatten)]
    pub(crate) exclude: NoExclude,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

/// A gate that was run.
#[derive(Debug)]
pub(crate) struct GateRun {
    pub(crate) in_force: EffectivePolicy,
    pub(crate) outcome: Outcome,
    /// What was looked at, in words.
    pub(crate) target: String,
}

impl GateRun {
    /// The run as reports see it; its `exit` is the exit code.
    pub(crate) fn run<'a>(&'a self, command: Command) -> Run<'a> {
        self.in_force.run(command, &self.target, &self.outcome)
    }
}

/// A repository whose policy was read, ready to be looked at.
#[derive(Debug)]
pub(crate) struct Opened<'a> {
    pub(crate) access: Access,
    pub(crate) in_force: EffectivePolicy,
    flags: &'a GateFlags,
    /// The tree that the policy comes from.
    policy: Option<ObjectId>,
}

/// Opens the repository.
pub(crate) fn access(flags: &GateFlags) -> Result<Access, Failure> {
    flags.exclude.check()?;
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
pub(crate) fn open<'a>(flags: &'a GateFlags, subject: &Subject, out: &Out) -> Result<Opened<'a>, Failure> {
    with_access(flags, access(flags)?, subject, out)
}

/// [`open`] for a repository that is open already.
pub(crate) fn with_access<'a>(
    flags: &'a GateFlags,
    access: Access,
    subject: &Subject,
    out: &Out,
) -> Result<Opened<'a>, Failure> {
    let commit = match &flags.policy.policy_ref {
        Some(rev) => Some(access.resolve_commit(rev).map_err(|e| Failure::new(format!("--policy-ref: {e}")))?),
        None => base_of(&access, subject),
    };
    with_policy_of(flags, access, commit, out)
}

/// [`open`] with the policy of this commit; without one there is none.
pub(crate) fn with_policy_of<'a>(
    flags: &'a GateFlags,
    mut access: Access,
    commit: Option<ObjectId>,
    out: &Out,
) -> Result<Opened<'a>, Failure> {
    // A base that is not there is a gap of the run, which then looks at nothing.
    let policy = commit.and_then(|id| Some((id, access.commit(&id).ok()?.tree)));
    let load = |policy| EffectivePolicy::load(&request(flags, &TreeFiles::new(&access, policy)), out);
    let loaded = load(policy.map(|(_, tree)| tree));
    let unread = access.unread();
    if !unread.is_empty() && flags.policy.policy.is_none() {
        // A store that lost the policy is a gap, and no mistake in the policy: the run goes on without it, and blocks.
        let in_force = load(None)?;
        access.gaps.extend(unread);
        return Ok(Opened { in_force, flags, policy: None, access });
    }
    let in_force = loaded.map_err(|failure| match (failure, policy) {
        (Failure::Message(message), Some((id, _))) if flags.policy.policy.is_none() => {
            Failure::Message(format!("{message}\n(in commit {id}, from which the policy comes)"))
        }
        (failure, _) => failure,
    })?;
    Ok(Opened { in_force, flags, policy: policy.map(|(_, tree)| tree), access })
}

fn request<'a>(flags: &'a GateFlags, files: &'a dyn Files) -> Request<'a> {
    Request::gate(&flags.shared, files, Path::new(""), &flags.policy)
}

/// The commit that a change is made on: its policy holds.
fn base_of(access: &Access, subject: &Subject) -> Option<ObjectId> {
    let head = || access.resolve_commit("HEAD").ok();
    let Subject::Range(Range { bases, known, .. }) = subject else { return head() };
    if let Some(base) = bases.first() {
        return access.resolve_commit(base).ok();
    }
    // A new branch: what the other side has of it, its default branch, else what is here.
    let named = |name: &String| match name.strip_suffix('/') {
        Some(folder) => access.resolve_commit(&format!("{folder}/HEAD")).ok(),
        None => access.resolve_commit(name).ok(),
    };
    known.iter().find_map(named).or_else(head)
}

impl Opened<'_> {
    /// Looks at `subject`; `target` says in words what that is.
    pub(crate) fn run(self, subject: &Subject, target: &str, out: &Out) -> Result<GateRun, Failure> {
        let Self { access, in_force, flags, policy } = self;
        let run = scan::RunOptions {
            threads: config::threads(in_force.settings.threads.value),
            now: flags.shared.run.now()?,
            keys: in_force.keys.clone(),
            strict: in_force.settings.strict.value,
            exclude: in_force.settings.exclude.value.clone(),
        };
        let mut outcome = change::run(&in_force.rules, &access, subject, &run).map_err(Failure::new)?;
        in_force.apply(&mut outcome, run.now, false);
        let base = TreeFiles::new(&access, policy);
        let mut changes = Vec::new();
        let mut change = |head: &dyn Files| {
            changes.extend(in_force.changes(&request(flags, &base), head, &outcome, run.now, out));
        };
        let baseless = outcome.gaps.iter().any(|g| g.kind == GapKind::MissingBase);
        match subject {
            // Compared with nothing, everything would be a change.
            Subject::Range(_) if baseless => {}
            Subject::Staged => change(&IndexFiles(&access)),
            Subject::Range(range) => {
                let tree = |rev: &String| Some(access.commit(&access.resolve_commit(rev).ok()?).ok()?.tree);
                for tree in range.heads.iter().filter_map(tree) {
                    change(&TreeFiles::new(&access, Some(tree)));
                }
            }
            Subject::Message(_) => {}
        }
        outcome.findings.extend(changes);
        let unread = access.unread();
        if !unread.is_empty() {
            // The policy of the head is part of the change, and was not scanned.
            outcome.gaps.extend(unread);
            Gap::join_borrowed(&mut outcome.gaps);
            mask::outcome(&mut outcome, Masker::builtin());
        }
        Ok(GateRun { target: in_force.safe(target), in_force, outcome })
    }

    /// Looks at nothing, and says why with these gaps.
    pub(crate) fn without_looking(self, mut gaps: Vec<Gap>, target: &str) -> GateRun {
        // Where a checkout failed, an event that brings nothing is no reason to pass.
        let blocks_without_scan =
            |g: &Gap| matches!(g.kind, GapKind::Empty | GapKind::MissingObject | GapKind::CorruptObject);
        gaps.extend(self.access.gaps.into_iter().filter(blocks_without_scan));
        let outcome = Outcome { gaps, ..Outcome::default() };
        GateRun { target: self.in_force.safe(target), in_force: self.in_force, outcome }
    }
}

/// Runs a gate and writes its reports.
pub(crate) fn report(flags: &GateFlags, subject: &Subject, command: Command, out: &Out) -> Done {
    let started = std::time::Instant::now();
    let opened = open(flags, subject, out)?;
    let reports = Reports::open(&flags.shared.report, &opened.in_force.settings, out)?;
    let ran = opened.run(subject, &subject.to_string(), out)?;
    let run = ran.run(command);
    let code = run.exit;
    reports.write(&run, None, out)?;
    out.detail(format_args!("time: {:.3} s", started.elapsed().as_secs_f64()));
    Ok(code)
}
