//! The policy that a command applies: settings, rules, keys, what is accepted.
//!
//! In: where policy comes from (the work tree for a scan, the tree of the base for a gate, or a file that `--policy`
//! names) and the flags. Out: [`EffectivePolicy`]. In a gate nothing of it comes from what is scanned.

mod change;
pub(crate) mod own;

use super::ruleset;
use crate::policy::threshold::Threshold;

use crate::cli::args::flags::{AllowFlags, ConfigFlags, PolicyFlags, Shared};
use crate::cli::args::values;
use crate::cli::console::{Failure, Out};
use crate::config::{self, FILE_NAME, File, Layer, Settings};
use crate::finding::{Keys, Outcome};
use crate::fs::{Disk, Files, beside};
use crate::mask;
use crate::policy::{self, EntryKind, Policy, Usage, notice};
use crate::report::Format;
use crate::report::run::{Command, Run};
use crate::rule::RuleSet;
use std::path::Path;

/// What to load.
pub(crate) struct Request<'a> {
    /// Where leaktight.toml and `.leaktight/` are.
    pub(crate) files: &'a dyn Files,
    /// What their folder is called in messages.
    pub(crate) label: &'a Path,
    /// Which leaktight.toml.
    pub(crate) config: &'a ConfigFlags,
    /// Further exceptions.
    pub(crate) allow: &'a AllowFlags,
    /// `--key-file`.
    pub(crate) key_file: Option<&'a Path>,
    /// What flags set.
    pub(crate) layer: Layer,
    /// `--policy`.
    pub(crate) policy: Option<&'a Path>,
    /// It is a gate: comments are requests, unless the policy says otherwise.
    pub(crate) gate: bool,
    /// Something is scanned that does not belong to the folder of the policy: comments in it count only if the policy says so.
    pub(crate) foreign: bool,
}

impl<'a> Request<'a> {
    /// What the files themselves say, for commands that write policy.
    pub(crate) fn plain(files: &'a dyn Files, label: &'a Path, config: &'a ConfigFlags, allow: &'a AllowFlags) -> Self {
        Self {
            files,
            label,
            config,
            allow,
            key_file: None,
            layer: Layer::default(),
            policy: None,
            gate: false,
            foreign: false,
        }
    }

    /// A scan with these flags, with the policy of these files. `label`: what their folder is called in messages.
    pub(crate) fn new(shared: &'a Shared, files: &'a dyn Files, label: &'a Path) -> Self {
        Self {
            files,
            label,
            config: &shared.config,
            allow: &shared.allow,
            key_file: shared.run.key_file.as_deref(),
            layer: shared.layer(),
            policy: None,
            gate: false,
            foreign: false,
        }
    }

    /// A gate with these flags, with the policy of these files unless `policy` names another.
    pub(crate) fn gate(shared: &'a Shared, files: &'a dyn Files, label: &'a Path, policy: &'a PolicyFlags) -> Self {
        Self { policy: policy.policy.as_deref(), gate: true, ..Self::new(shared, files, label) }
    }
}

/// The policy that is in force.
#[derive(Debug)]
pub(crate) struct EffectivePolicy {
    /// Flags over file over defaults.
    pub(crate) settings: Settings,
    /// The rules, those of notices included.
    pub(crate) rules: RuleSet,
    /// What decides ids.
    pub(crate) keys: Keys,
    /// What is accepted.
    pub(crate) policy: Policy,
    /// What of it was found, and named by no flag.
    own: Own,
}

/// The part of a policy that was found where it was looked for.
#[derive(Debug, Default)]
struct Own {
    /// How many of the entries; they come first.
    entries: usize,
    /// Whether leaktight.toml is one that was found.
    file: bool,
}

impl EffectivePolicy {
    /// Loads it.
    pub(crate) fn load(request: &Request<'_>, out: &Out) -> Result<Self, Failure> {
        let (disk, folder);
        let (files, label): (&dyn Files, &Path) = match request.policy {
            Some(file) => {
                folder = beside(file);
                disk = Disk::new(&folder);
                (&disk, &folder)
            }
            None => (request.files, request.label),
        };
        let file: Option<File> = match (request.config.config.as_deref(), request.config.no_config, request.policy) {
            (Some(path), ..) | (None, false, Some(path)) => {
                Some(config::read_named(path, Format::NAMES).map_err(Failure::new)?)
            }
            (None, true, _) => None,
            (None, false, None) => config::read_files(files, label, Format::NAMES).map_err(Failure::new)?,
        };
        match &file {
            Some(file) => out.detail(format_args!("configuration: {}", file.path.display())),
            None => out.detail("configuration: defaults and flags"),
        }
        let mut settings = Settings::layered(label.to_owned(), file, request.layer.clone());
        // A file that a flag names may be the work tree's, which is the author's.
        if request.gate && request.config.config.is_some() && request.layer.exclude.is_none() {
            let ignored = std::mem::take(&mut settings.exclude.value);
            if !ignored.is_empty() {
                out.note("`[scan] exclude` in the file of --config is not used: in a gate only the policy of the base excludes");
            }
        }
        let rules = RuleSet::new(notice::add(ruleset::listed(&settings)?));
        let mut salts = config::salts(files, label).map_err(Failure::new)?.into_iter();
        let organisation = values::organisation_key(request.key_file).map_err(Failure::new)?;
        // Without configuration nothing of what is scanned decides: no exception in it, and no comment.
        let unheard = request.config.no_config && request.policy.is_none();
        let mut entries = if unheard { Vec::new() } else { policy::load(files, label).map_err(Failure::new)? };
        let own = Own { entries: entries.len(), file: settings.file.is_some() && request.config.config.is_none() };
        for (by, paths) in [(EntryKind::Allow, &request.allow.allow), (EntryKind::Baseline, &request.allow.baseline)] {
            for path in paths {
                entries.extend(policy::parse_file(path, by).map_err(Failure::new)?);
            }
        }
        let mut policy = accepted(&settings, entries, request.gate);
        let by_default = settings.comments.source == config::Source::Default;
        policy.comments &= !(unheard || request.foreign && by_default);
        Ok(Self {
            settings,
            rules,
            keys: Keys { salt: salts.next(), exceptions: salts.collect(), organisation },
            policy,
            own,
        })
    }

    /// The run as reports see it, measured against these gates.
    pub(crate) fn run<'a>(&'a self, command: Command, target: &'a str, outcome: &'a Outcome) -> Run<'a> {
        reported(command, target, &self.rules, outcome, &self.settings)
    }

    /// A name of somebody's (a branch, a revision), with secrets masked: not all that reports name is a finding's.
    pub(crate) fn safe(&self, text: &str) -> String {
        // Ids and short words hold none; a detector is not made in a blink.
        let mut parts = text.split(|c: char| c.is_whitespace() || matches!(c, '/' | ':' | '.'));
        let may_hold = |part: &str| part.len() >= 8 && !part.bytes().all(|b| b.is_ascii_hexdigit());
        if parts.any(may_hold) { mask::message(text).into_owned() } else { text.to_owned() }
    }

    /// Applies it to an outcome. `whole`: everything that exceptions could be about was looked at.
    pub(crate) fn apply(&self, outcome: &mut Outcome, now: i64, whole: bool) -> Usage {
        self.policy.apply(&self.rules, outcome, now, whole)
    }
}

/// The policy of these settings and entries.
pub(crate) fn accepted(settings: &Settings, entries: Vec<policy::Entry>, gate: bool) -> Policy {
    // Who is scanned does not set the rules: in a gate a comment is a request unless the policy says otherwise.
    let by_default = settings.comments.source == config::Source::Default;
    let shown = settings.file.as_deref().unwrap_or(Path::new(FILE_NAME));
    Policy {
        entries,
        gaps: settings.gaps.clone(),
        comments: if by_default { !gate } else { settings.comments.value },
        dialects: settings.dialects.value.clone(),
        gate,
        file: shown.to_string_lossy().into_owned(),
    }
}

/// From where on a finding fails the check.
fn threshold(settings: &Settings) -> Threshold {
    Threshold {
        confidence: settings.gate_confidence.value,
        fail_on: settings.fail_on.value,
        overrides: settings.gates.iter().map(|own| own.gate.clone()).collect(),
    }
}

/// The run as reports see it.
pub(crate) fn reported<'a>(
    command: Command,
    target: &'a str,
    rules: &'a RuleSet,
    outcome: &'a Outcome,
    settings: &Settings,
) -> Run<'a> {
    let mut run = Run::new(command, target, rules, outcome).measured(threshold(settings));
    run.min_confidence = settings.min_confidence.value;
    run.also_limit = (settings.also_limit.value > 0).then_some(settings.also_limit.value);
    run
}
