//! leakgate.toml: read, checked with places, laid between the defaults and the flags.
//!
//! In: the file at the root of the work tree (`place`), or the one that was named, and the flags. Out: [`Settings`],
//! each value with where it comes from. A file that was found lies in a repository that is not trusted: it is read only
//! if it is a plain file, and may name rule files only below its own folder. It refuses unknown keys, so that a
//! misspelt gate is no gate that is silently missing. Messages mask what is no known setting ([`ConfigError`]).

pub(crate) mod error;
mod place;

pub use error::ConfigError;
pub use place::{hex32, read_limited, read_salt, root, shown};

use crate::evidence::Confidence;
use crate::report::{ALSO_LIMIT, Format};
use crate::rule::Severity;
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// Name of the file.
pub const FILE_NAME: &str = "leakgate.toml";
/// JSON schema of the file, for editors.
pub const SCHEMA: &str = include_str!("config.schema.json");
/// Longest leakgate.toml that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Names of formats.
pub const FORMATS: &[(&str, Format)] = &[
    ("human", Format::Human),
    ("json", Format::Json),
    ("jsonl", Format::Jsonl),
    ("sarif", Format::Sarif),
    ("junit", Format::Junit),
    ("gitlab", Format::Gitlab),
    ("codequality", Format::Codequality),
];
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
    /// leakgate.toml, at this line.
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
        /// What one source sets: leakgate.toml or the flags.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Layer { $($(#[$doc])* pub $name: Option<Setting<$type>>,)* }

        /// What is in force.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Settings {
            /// The folder that leakgate.toml and `.leakgate/salt` are looked for in.
            pub root: PathBuf,
            /// The leakgate.toml that was read.
            pub file: Option<PathBuf>,
            $($(#[$doc])* pub $name: Setting<$type>,)*
        }

        impl Settings {
            /// Lays the flags over the file over the defaults.
            pub fn layered(root: PathBuf, file: Option<File>, flags: Layer) -> Self {
                let (path, mut layer) = file.map_or_else(Default::default, |f| (Some(f.path), f.layer));
                Self {
                    root,
                    file: path,
                    $($name: flags.$name.or_else(|| layer.$name.take())
                        .unwrap_or_else(|| Setting { value: $default, source: Source::Default }),)*
                }
            }

            /// Every key as `section.key`, its value as TOML, and where it comes from.
            pub fn rows(&self) -> Vec<(&'static str, String, Source)> {
                let show = |f: &dyn Fn() -> String| f();
                vec![$(($key, show(&|| ($show)(&self.$name.value)), self.$name.source),)*]
            }
        }
    };
}

settings! {
    /// Look at what git ignores, too.
    all: bool = false, "scan.all", bool::to_string;
    /// Threads; 0: one a core.
    threads: usize = 0, "scan.threads", |v: &usize| threads(*v).to_string();
    /// Format of the report.
    format: Format = Format::Human, "report.format", |v: &Format| quoted(v.name());
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
    files: Vec<PathBuf> = Vec::new(), "rules.files", |v: &Vec<PathBuf>| list(v.iter().map(|p| p.display().to_string()));
    /// Only these rules.
    only: Vec<String> = Vec::new(), "rules.only", |v: &Vec<String>| list(v.iter().cloned());
    /// Not these rules.
    skip: Vec<String> = Vec::new(), "rules.skip", |v: &Vec<String>| list(v.iter().cloned());
}

/// The number of threads for a setting: 0 is one a core.
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

/// A leakgate.toml that was read.
#[derive(Debug, Clone)]
pub struct File {
    /// Where it lies, for messages.
    pub path: PathBuf,
    /// What it sets.
    pub layer: Layer,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    scan: WrittenScan,
    report: WrittenReport,
    gate: WrittenGate,
    rules: WrittenRules,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct WrittenScan {
    all: Option<Spanned<bool>>,
    threads: Option<Spanned<i64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct WrittenReport {
    format: Option<Spanned<String>>,
    min_confidence: Option<Spanned<String>>,
    also_limit: Option<Spanned<i64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct WrittenGate {
    confidence: Option<Spanned<String>>,
    fail_on: Option<Spanned<String>>,
    strict: Option<Spanned<bool>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct WrittenRules {
    files: Option<Spanned<Vec<Spanned<String>>>>,
    only: Option<Spanned<Vec<String>>>,
    skip: Option<Spanned<Vec<String>>>,
}

/// Reads the file that the user named; it may be anything that can be read, and name rule files anywhere.
///
/// # Errors
/// When it cannot be read, or the first mistake in it.
pub fn read_named(path: &Path) -> Result<File, ConfigError> {
    let bytes = read_limited(path, MAX_FILE).map_err(|e| ConfigError::unreadable(path, &e))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(File { path: path.to_owned(), layer: parse(path, &bytes, folder, false)? })
}

/// Reads `leakgate.toml` in `root`, if there is one.
///
/// # Errors
/// When it is no plain file or cannot be read, or the first mistake in it.
pub fn read_at(root: &Path) -> Result<Option<File>, ConfigError> {
    let path = root.join(FILE_NAME);
    let shown = shown(&path);
    match std::fs::symlink_metadata(&path) {
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(e) => return Err(ConfigError::unreadable(&shown, &e)),
        Ok(meta) if !meta.is_file() => {
            return Err(ConfigError::whole(&shown, "is no plain file; name it with --config if you trust it"));
        }
        Ok(_) => {}
    }
    let bytes = read_limited(&path, MAX_FILE).map_err(|e| ConfigError::unreadable(&shown, &e))?;
    let layer = parse(&shown, &bytes, root, true)?;
    Ok(Some(File { path: shown, layer }))
}

/// Reads the text of a leakgate.toml. `folder`: what its rule files are relative to; `below`: they must lie in it.
fn parse(path: &Path, bytes: &[u8], folder: &Path, below: bool) -> Result<Layer, ConfigError> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let valid = String::from_utf8_lossy(bytes.get(..e.valid_up_to()).unwrap_or_default());
            return Err(ConfigError::at(path, &valid, valid.len()..valid.len(), "this is not UTF-8".into()));
        }
    };
    let written: Written = toml::from_str(text).map_err(|e| ConfigError::of_toml(path, text, &e))?;
    let reader = Reader { path, text };
    let mut files = None;
    if let Some(list) = written.rules.files {
        let value = list.as_ref().iter().map(|name| reader.rule_file(name, folder, below)).collect::<Result<_, _>>()?;
        files = Some(Setting { value, source: reader.source(&list) });
    }
    Ok(Layer {
        all: written.scan.all.map(|s| reader.plain(s)),
        threads: written.scan.threads.map(|s| reader.number(&s, 1, 1024)).transpose()?,
        format: written.report.format.map(|s| reader.named(&s, FORMATS)).transpose()?,
        min_confidence: written.report.min_confidence.map(|s| reader.named(&s, CONFIDENCES)).transpose()?,
        also_limit: written.report.also_limit.map(|s| reader.number(&s, 0, i64::from(i32::MAX))).transpose()?,
        gate_confidence: written.gate.confidence.map(|s| reader.named(&s, CONFIDENCES)).transpose()?,
        fail_on: written.gate.fail_on.map(|s| reader.named(&s, FAIL_ON)).transpose()?,
        strict: written.gate.strict.map(|s| reader.plain(s)),
        files,
        only: written.rules.only.map(|s| reader.plain(s)),
        skip: written.rules.skip.map(|s| reader.plain(s)),
    })
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Reader<'_> {
    fn source<T>(&self, spanned: &Spanned<T>) -> Source {
        Source::File(error::line_and_column(self.text, spanned.span().start).0)
    }

    fn wrong<T, V>(&self, spanned: &Spanned<T>, message: String) -> Result<V, ConfigError> {
        Err(ConfigError::at(self.path, self.text, spanned.span(), message))
    }

    fn plain<T>(&self, spanned: Spanned<T>) -> Setting<T> {
        let source = self.source(&spanned);
        Setting { value: spanned.into_inner(), source }
    }

    fn number(&self, spanned: &Spanned<i64>, least: i64, most: i64) -> Result<Setting<usize>, ConfigError> {
        let value = *spanned.get_ref();
        match usize::try_from(value) {
            Ok(number) if (least..=most).contains(&value) => {
                Ok(Setting { value: number, source: self.source(spanned) })
            }
            _ => self.wrong(spanned, format!("the number must be {least} to {most}")),
        }
    }

    fn named<T: Clone>(&self, spanned: &Spanned<String>, table: &[(&str, T)]) -> Result<Setting<T>, ConfigError> {
        match by_name(table, spanned.get_ref()) {
            Some(value) => Ok(Setting { value, source: self.source(spanned) }),
            None => {
                let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
                self.wrong(spanned, error::unknown("value", spanned.get_ref(), &names))
            }
        }
    }

    fn rule_file(&self, name: &Spanned<String>, folder: &Path, below: bool) -> Result<PathBuf, ConfigError> {
        let path = folder.join(name.get_ref());
        if below && !place::lies_below(&path, folder) {
            let message = "a rule file must exist below the folder of this leakgate.toml; \
                           name others with --rules, or this file with --config";
            return self.wrong(name, message.into());
        }
        Ok(shown(&path))
    }
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
