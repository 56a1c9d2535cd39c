//! Flags that mean the same in every command, and what follows from them together with leaktight.toml.
//!
//! In: what was typed. Out: [`Settings`] with the source of every value, the rules of the run, the keys of its ids.

use super::values;
use crate::cli::console::{Color, Failure, Out};
use crate::config::{self, Layer, RuleFile, Setting, Settings};
use crate::finding::Keys;
use crate::report::Format;
use crate::report::output::Request;
use crate::text::glob::PathGlob;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::{Path, PathBuf};

/// Flags of every command.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// When to use colour; NO_COLOR and CLICOLOR_FORCE are obeyed
    #[arg(long, global = true, display_order = 900, value_enum, default_value_t = Color::Auto, value_name = "WHEN", hide_possible_values = true)]
    #[arg(help = "Use colour: auto, always or never; auto obeys NO_COLOR and CLICOLOR_FORCE")]
    pub(crate) color: Color,
    /// No report for people and no notes: only errors, -o files and an explicit --format
    #[arg(short, long, global = true, display_order = 901)]
    pub(crate) quiet: bool,
    /// Say more; with --version, the hash of the rules
    #[arg(short, long, global = true, display_order = 902, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// Which leaktight.toml.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct ConfigFlags {
    /// Read this file instead of the leaktight.toml at the root of the work tree
    ///
    /// Flags win over it. What is scanned brings its own leaktight.toml: in a gate, name yours or use --no-config.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,
    /// Read no leaktight.toml, and obey no exception and no comment of the repository
    #[arg(long)]
    pub(crate) no_config: bool,
}

/// Which rules.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Rules")]
pub(crate) struct RuleFlags {
    /// Use the rules of this file, too; one with the id of a built-in rule replaces it (repeatable)
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// Use only these rules: ids, families or globs, with commas or repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Leave out these rules: ids, families or globs, with commas or repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) skip: Vec<String>,
}

/// The formats by their names.
const FORMATS: &[(&str, Format)] = &{
    let mut all = [("", Format::Human); Format::ALL.len()];
    let mut n = 0;
    while n < all.len() {
        all[n] = (Format::ALL[n].name(), Format::ALL[n]);
        n += 1;
    }
    all
};

fn format_help() -> String {
    format!("Format of the report: {} [default: human]", Format::any_of())
}

fn output_help() -> String {
    format!(
        "Also write a report to this file (repeatable); `-` is standard output\n\nThe format is the one before `=`, else \
         --format, else that of the ending ({}). The report for people still goes to standard output; -q silences it. The \
         file appears when the report is complete.",
        Format::all_endings()
    )
}

const FORMAT_OF_FILES: &str =
    "With -o files that name no format of their own it is theirs, and standard output keeps the report for people.";

/// What is shown, what gates, and where reports go.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Report and gate")]
pub(crate) struct ReportFlags {
    #[arg(long, value_name = "FORMAT", value_parser = named(FORMATS), hide_possible_values = true)]
    #[arg(help = format_help(), long_help = format!("{}\n\n{FORMAT_OF_FILES}", format_help()))]
    pub(crate) format: Option<Format>,
    /// Also write a report to this file (repeatable); `-` is standard output
    #[arg(short, long, value_name = "[FORMAT=]FILE", value_parser = clap::builder::OsStringValueParser::new().try_map(|text| Request::parse(&text)))]
    #[arg(long_help = output_help())]
    pub(crate) output: Vec<Request>,
    /// List findings of at least this confidence: possible, likely, proven [default: possible]
    ///
    /// The exit code stays the same: the last line counts the findings that fail the check and are hidden.
    #[arg(long, value_name = "CONFIDENCE", value_parser = named(config::CONFIDENCES), hide_possible_values = true)]
    pub(crate) min_confidence: Option<crate::finding::evidence::Confidence>,
    /// Confidence from which a finding makes the exit code 1 [default: likely]
    #[arg(long, value_name = "CONFIDENCE", value_parser = named(config::CONFIDENCES), hide_possible_values = true)]
    pub(crate) gate_confidence: Option<crate::finding::evidence::Confidence>,
    /// Severity from which a finding makes the exit code 1: info, low, medium, high, critical, never [default: medium]
    #[arg(long, value_name = "SEVERITY", value_parser = named(config::FAIL_ON), hide_possible_values = true)]
    pub(crate) fail_on: Option<config::FailOn>,
    /// Gaps that are only noted make the exit code 3, too
    #[arg(long)]
    pub(crate) strict: bool,
    /// Other places of one secret to list at most, 0 for all [default: 100]
    #[arg(long, value_name = "N")]
    pub(crate) also_limit: Option<usize>,
}

/// Which exceptions hold, beside those in `.leaktight/`.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Exceptions")]
pub(crate) struct AllowFlags {
    /// Accept what this file of [[allow]] entries lists, too (repeatable)
    #[arg(long, value_name = "FILE")]
    pub(crate) allow: Vec<PathBuf>,
    /// Accept what this baseline, or JSON report of an earlier run, holds, too (repeatable)
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Vec<PathBuf>,
}

/// Which files are left out.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct ExcludeFlags {
    /// Leave out the files that this glob matches, instead of those of `[scan] exclude` (repeatable)
    ///
    /// Relative to the root of the repository. `*` stays within a folder, `**` does not, and a folder stands for all that is
    /// in it: `third_party`, `docs/**/*.svg`, `**/testdata`. Every report says how many files and bytes each glob left out.
    #[arg(long, value_name = "GLOB", value_parser = PathGlob::any)]
    pub(crate) exclude: Vec<PathGlob>,
}

impl ExcludeFlags {
    /// Adds these flags to a layer.
    pub(crate) fn layer(&self, layer: &mut Layer) {
        layer.exclude = (!self.exclude.is_empty()).then(|| Setting::flag(self.exclude.clone(), "--exclude"));
    }
}

/// In a gate nobody but the base excludes: the flag is known only so that it can be refused with a reason.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct NoExclude {
    #[arg(long = "exclude", value_name = "GLOB", hide = true)]
    refused: Vec<String>,
}

impl NoExclude {
    /// Refuses the flag.
    ///
    /// # Errors
    /// If it was given.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.refused.is_empty() {
            return Ok(());
        }
        Err(Failure::new(
            "`--exclude` cannot be used here: the hook or CI file of a change could name what is not scanned. Add the glob \
             to `[scan] exclude` in the leaktight.toml of the base, from which the policy comes",
        ))
    }
}

/// Where the policy of a gate comes from, instead of from the base.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct PolicyFlags {
    /// Take the policy from this leaktight.toml outside of the repository, and from the .leaktight folder beside it
    ///
    /// Nothing of the repository decides then: neither its leaktight.toml nor its exceptions, baseline or salt.
    #[arg(long, value_name = "FILE", conflicts_with = "policy_ref")]
    pub(crate) policy: Option<PathBuf>,
    /// Take the policy from this revision instead of the base
    #[arg(long, value_name = "REV")]
    pub(crate) policy_ref: Option<String>,
}

/// How a run is made.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Run")]
pub(crate) struct RunFlags {
    /// Key of the organisation for ids that link repositories: text of 16 bytes or more, or 64 hex digits [env: LEAKTIGHT_KEY]
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// "Now", for expiry dates: RFC 3339 or seconds since 1970 [default: SOURCE_DATE_EPOCH, else the clock]
    #[arg(long, value_name = "TIME", value_parser = crate::time::parse, allow_negative_numbers = true)]
    pub(crate) now: Option<i64>,
    /// Threads [default: one a core]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Show no progress bar
    #[arg(long)]
    pub(crate) no_progress: bool,
}

/// A parser for the names of a table.
pub(crate) fn named<T: Clone + Send + Sync + 'static>(
    table: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(table.iter().map(|(name, _)| *name))
        .try_map(|text| config::by_name(table, &text).ok_or_else(|| format!("unknown value {text:?}")))
}

/// Reads leaktight.toml as the flags say and lays the flags over it. `near`: what is looked at, for finding its root.
pub(crate) fn settings(near: &Path, config: &ConfigFlags, flags: Layer, out: &Out) -> Result<Settings, Failure> {
    let root = config::root(near);
    let file = match (&config.config, config.no_config) {
        (Some(path), _) => Some(config::read_named(path, Format::NAMES).map_err(Failure::new)?),
        (None, true) => None,
        (None, false) => config::read_at(&root, Format::NAMES).map_err(Failure::new)?,
    };
    match &file {
        Some(file) => out.detail(format_args!("configuration: {}", file.path.display())),
        None => out.detail("configuration: defaults and flags"),
    }
    Ok(Settings::layered(root, file, flags))
}

impl RuleFlags {
    /// Adds these flags to a layer.
    pub(crate) fn layer(&self, layer: &mut Layer) {
        let set = |list: &[String], flag| (!list.is_empty()).then(|| Setting::flag(list.to_vec(), flag));
        layer.files = (!self.rules.is_empty())
            .then(|| Setting::flag(self.rules.iter().map(RuleFile::named).collect(), "--rules"));
        layer.only = set(&self.only, "--only");
        layer.skip = set(&self.skip, "--skip");
    }
}

impl ReportFlags {
    /// Adds these flags to a layer.
    pub(crate) fn layer(&self, layer: &mut Layer) {
        layer.format = self.format.map(|v| Setting::flag(v.name(), "--format"));
        layer.min_confidence = self.min_confidence.map(|v| Setting::flag(v, "--min-confidence"));
        layer.also_limit = self.also_limit.map(|v| Setting::flag(v, "--also-limit"));
        layer.gate_confidence = self.gate_confidence.map(|v| Setting::flag(v, "--gate-confidence"));
        layer.fail_on = self.fail_on.map(|v| Setting::flag(v, "--fail-on"));
        layer.strict = self.strict.then(|| Setting::flag(true, "--strict"));
    }
}

impl RunFlags {
    /// Adds these flags to a layer.
    pub(crate) fn layer(&self, layer: &mut Layer) {
        layer.threads = self.threads.map(|v| Setting::flag(usize::from(v), "--threads"));
    }

    /// What decides ids: the salt at the root, the organisation's key.
    pub(crate) fn keys(&self, root: &Path) -> Result<Keys, Failure> {
        let mut salts = config::read_salts(root).map_err(Failure::new)?.into_iter();
        Ok(Keys {
            salt: salts.next(),
            exceptions: salts.collect(),
            organisation: values::organisation_key(self.key_file.as_deref()).map_err(Failure::new)?,
        })
    }

    /// "Now" of the run.
    pub(crate) fn now(&self) -> Result<i64, Failure> {
        values::now(self.now).map_err(Failure::new)
    }
}

/// The flags of everything that scans.
#[derive(Debug, clap::Args)]
pub(crate) struct Shared {
    #[command(flatten)]
    pub(crate) report: ReportFlags,
    #[command(flatten)]
    pub(crate) rules: RuleFlags,
    #[command(flatten)]
    pub(crate) config: ConfigFlags,
    #[command(flatten)]
    pub(crate) allow: AllowFlags,
    #[command(flatten)]
    pub(crate) run: RunFlags,
}

impl Shared {
    /// What the flags set.
    pub(crate) fn layer(&self) -> Layer {
        let mut layer = Layer::default();
        self.report.layer(&mut layer);
        self.rules.layer(&mut layer);
        self.run.layer(&mut layer);
        layer
    }

    /// What is in force for a scan of `near`.
    pub(crate) fn settings(&self, near: &Path, out: &Out) -> Result<Settings, Failure> {
        settings(near, &self.config, self.layer(), out)
    }
}
