//! leaktight.toml: read, checked with places, laid between the defaults and the flags.
//!
//! In: the file at the root of the work tree or in a tree of git (`read`), or the one that was named, and the flags. Out:
//! [`Settings`], each value with where it comes from. A file that was found lies in a repository that is not trusted: it
//! is read only if it is a plain file, and may name rule files only below its own folder. It refuses unknown keys, so that
//! a misspelt gate is no gate that is silently missing. Messages mask what is no known setting ([`ConfigError`]).

mod accept;
pub mod diff;
mod place;
mod read;

pub use accept::OwnGate;
pub use place::{SALT, hex32, parse_salts, read_salts, root, salts};
pub use read::{read_at, read_files, read_named};

use crate::finding::evidence::Confidence;
use crate::policy::AcceptedGap;
use crate::rule::Severity;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Name of the file.
pub const FILE_NAME: &str = "leaktight.toml";
/// Other places of one secret that a report lists, unless the user asks for another number.
pub const ALSO_LIMIT: usize = 100;
/// JSON schema of the file, for editors, without the names of formats.
const SCHEMA: &str = include_str!("config.schema.json");

/// JSON schema of the file, for editors. `formats`: the names of all formats.
pub fn schema(formats: &[&str]) -> String {
    let names: Vec<String> = formats.iter().map(|name| quoted(name)).collect();
    SCHEMA.replace("\"FORMATS\"", &names.join(", "))
}
/// Longest rule file that is read, in bytes.
pub const MAX_RULES: u64 = 8 << 20;

/// Names of confidences.
pub const CONFIDENCES: &[(&str, Confidence)] =
    &[("possible", Confidence::Possible), ("likely", Confidence::Likely), ("proven", Confidence::Proven)];
/// Severity from which a finding gates; `None`: none does.
pub type FailOn = Option<Severity>;
/// Names of severities that gate.
pub const FAIL_ON: &[(&str, FailOn)] = &[
    ("info", Some(Severity::Info)),
    ("low", Some(Severity::Low)),
    ("medium", Some(Severity::Medium)),
    ("high", Some(Severity::High)),
    ("critical", Some(Severity::Critical)),
    ("never", None),
];

/// The value of that name in one of the tables above.
pub fn by_name<T: Clone>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone())
}

/// The name of that value in one of the tables above.
pub fn name_of<T: PartialEq>(table: &[(&'static str, T)], value: &T) -> &'static str {
    table.iter().find(|(_, v)| v == value).map_or("", |(name, _)| name)
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// leaktight.toml, at this line.
    File(usize),
    /// This flag.
    Flag(&'static str),
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub source: Source,
}

impl<T> Setting<T> {
    /// A value that a flag set.
    pub fn flag(value: T, flag: &'static str) -> Self {
        Self { value, source: Source::Flag(flag) }
    }
}

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

/// A file with rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// What it is called in messages; without a text, where it lies.
    pub path: PathBuf,
    /// What it holds, where that was read together with the leaktight.toml that names it.
    pub text: Option<Arc<[u8]>>,
}

impl RuleFile {
    /// A file on disk, to be read when it is needed.
    pub fn named(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), text: None }
    }
}

/// The number of threads for a setting: 0 is one per core.
pub fn threads(setting: usize) -> usize {
    match setting {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.map(|i| quoted(&i)).collect::<Vec<_>>().join(", "))
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

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(line) => write!(f, "line {line}"),
            Self::Flag(flag) => f.write_str(flag),
        }
    }
}

#[cfg(test)]
mod tests;
