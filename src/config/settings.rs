//! What is in force: flags over leaktight.toml over defaults.
//!
//! In: a [`Layer`] from each source. Out: [`Settings`], each value with where it comes from. One table lists all settings.

use super::accept::{self, OwnGate};
use super::value::{ALSO_LIMIT, CONFIDENCES, FAIL_ON, FailOn, RuleFile, Setting, Source, list, name_of, quoted};
use crate::finding::evidence::Confidence;
use crate::policy::AcceptedGap;
use crate::rule::Severity;
use crate::text::glob::PathGlob;
use std::path::PathBuf;

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr, $key:literal, $show:expr;)*) => {
        /// What one source sets: leaktight.toml or the flags.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Layer { $($(#[$doc])* pub $name: Option<Setting<$type>>,)* }

        /// What is in force.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Settings {
            /// The folder that leaktight.toml and `.leaktight/salt` are looked for in.
            pub root: PathBuf,
            /// The leaktight.toml that was read.
            pub file: Option<PathBuf>,
            /// Gates of families and environments: of those that apply to a finding, the last one decides.
            pub gates: Vec<OwnGate>,
            /// Gaps that are accepted.
            pub gaps: Vec<AcceptedGap>,
            $($(#[$doc])* pub $name: Setting<$type>,)*
        }

        impl Settings {
            /// Lays the flags over the file over the defaults.
            pub fn layered(root: PathBuf, file: Option<File>, flags: Layer) -> Self {
                let path = file.as_ref().map(|f| f.path.clone());
                let File { mut layer, gates, gaps, .. } = file.unwrap_or_default();
                Self {
                    root,
                    file: path,
                    gates,
                    gaps,
                    $($name: flags.$name.or_else(|| layer.$name.take())
                        .unwrap_or_else(|| Setting { value: $default, source: Source::Default }),)*
                }
            }

            /// Every key as `section.key`, its value as TOML, and where it comes from.
            pub fn rows(&self) -> Vec<(String, String, Source)> {
                let show = |f: &dyn Fn() -> String| f();
                let mut rows = vec![$(($key.to_owned(), show(&|| ($show)(&self.$name.value)), self.$name.source),)*];
                rows.extend(self.gates.iter().flat_map(OwnGate::rows));
                rows.extend(self.gaps.iter().map(accept::gap_row));
                rows
            }
        }
    };
}

settings! {
    /// Look at what git ignores, too.
    all: bool = false, "scan.all", bool::to_string;
    /// Threads; 0: one per core.
    threads: usize = 0, "scan.threads", |v: &usize| threads(*v).to_string();
    /// Files that are left out and counted.
    exclude: Vec<PathGlob> = Vec::new(), "scan.exclude", |v: &Vec<PathGlob>| list(v.iter().map(|g| g.as_str().to_owned()));
    /// Name of the format of the report.
    format: &'static str = "human", "report.format", |v: &&'static str| quoted(v);
    /// Confidence from which findings are shown.
    min_confidence: Confidence = Confidence::Possible, "report.min-confidence", |v| quoted(name_of(CONFIDENCES, v));
    /// Other places of one secret to list; 0: all.
    also_limit: usize = ALSO_LIMIT, "report.also-limit", usize::to_string;
    /// Confidence from which findings gate.
    gate_confidence: Confidence = Confidence::Likely, "gate.confidence", |v| quoted(name_of(CONFIDENCES, v));
    /// Severity from which findings gate.
    fail_on: FailOn = Some(Severity::Medium), "gate.fail-on", |v| quoted(name_of(FAIL_ON, v));
    /// Noted gaps block, too.
    strict: bool = false, "gate.strict", bool::to_string;
    /// Rule files, beside the built-in rules.
    files: Vec<RuleFile> = Vec::new(), "rules.files",
        |v: &Vec<RuleFile>| list(v.iter().map(|f| f.path.display().to_string()));
    /// Only these rules.
    only: Vec<String> = Vec::new(), "rules.only", |v: &Vec<String>| list(v.iter().cloned());
    /// Not these rules.
    skip: Vec<String> = Vec::new(), "rules.skip", |v: &Vec<String>| list(v.iter().cloned());
    /// Comments beside a secret are obeyed. Unless it is set, they are in a scan, and not in gates and histories.
    comments: bool = true, "policy.comments", bool::to_string;
    /// Comments of these tools are obeyed, too.
    dialects: Vec<String> = Vec::new(), "policy.dialects", |v: &Vec<String>| list(v.iter().cloned());
}

/// Threads that are worth their memory on any machine.
const MOST_THREADS: usize = 16;

/// The number of threads for a setting: 0 is one per core, and more than a machine has use or memory for are not started.
pub fn threads(setting: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    crate::threads::affordable(if setting == 0 { cores } else { setting.min(cores.max(MOST_THREADS)) })
}

/// A leaktight.toml that was read.
#[derive(Debug, Clone, Default)]
pub struct File {
    /// Where it lies, for messages.
    pub path: PathBuf,
    /// What it sets.
    pub layer: Layer,
    /// Gates of families and environments.
    pub gates: Vec<OwnGate>,
    /// Gaps that it accepts.
    pub gaps: Vec<AcceptedGap>,
}
