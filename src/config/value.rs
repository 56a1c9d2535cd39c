//! Values of settings: where each comes from, what may be written, and how it is shown.
//!
//! In: names as people write them. Out: values, and the same names again.

use crate::finding::evidence::Confidence;
use crate::rule::Severity;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Name of the file.
pub const FILE_NAME: &str = "leaktight.toml";
/// Other places of one secret that a report lists, unless the user asks for another number.
pub const ALSO_LIMIT: usize = 100;
/// Longest rule file that is read, in bytes.
pub const MAX_RULES: u64 = 8 << 20;

/// Names of confidences.
pub const CONFIDENCES: &[(&str, Confidence)] = &[
    (Confidence::Possible.name(), Confidence::Possible),
    (Confidence::Likely.name(), Confidence::Likely),
    (Confidence::Proven.name(), Confidence::Proven),
];
/// Severity from which a finding fails the check; `None`: none does.
pub type FailOn = Option<Severity>;
/// Names of severities from which a finding fails the check.
pub const FAIL_ON: &[(&str, FailOn)] = &[
    (Severity::Info.name(), Some(Severity::Info)),
    (Severity::Low.name(), Some(Severity::Low)),
    (Severity::Medium.name(), Some(Severity::Medium)),
    (Severity::High.name(), Some(Severity::High)),
    (Severity::Critical.name(), Some(Severity::Critical)),
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

/// As TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// A list as TOML writes it.
pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.map(|i| quoted(&i)).collect::<Vec<_>>().join(", "))
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
