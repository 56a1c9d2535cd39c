//! Reports: what a run says, in every format.
//!
//! In: a [`run::Run`] (the outcome and what it is measured against). Out: bytes, through one [`run::Report`] for each [`Format`].
//! A report looks at nothing and decides nothing: what fails the check is computed by [`run::Run::verdict`] and the same in all formats.
//! Paths, snippets and gaps are untrusted; each sink has one function that they pass (`escape`, the JSON formatter in
//! `json`). Times of the run are in no report, so that reports can be compared.

pub mod azure;
mod change;
pub mod codequality;
pub(crate) mod fix;
#[cfg(test)]
pub(crate) mod fixtures;
mod frame;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
mod labels;
mod markdown;
pub mod output;
pub mod read;
pub mod run;
pub mod sarif;
mod tally;
mod wire;

use crate::text::escape;
use human::Human;
use run::Report;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One row for each format. A new one is a file that implements [`Report`], its `mod` line above, and a row here: help,
/// configuration, its schema, completions and the template of `init` take their lists from this table.
macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident: $name:literal, $endings:expr, $make:expr;)*) => {
        /// The formats that can be asked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub enum Format { $($(#[$doc])* $variant,)* }

        impl Format {
            /// All formats.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Their names, in the same order.
            pub const NAMES: &[&str] = &[$($name),*];

            /// The name that is typed.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The report of this format; `human` says how the one for people looks.
            pub fn report(self, human: &Human) -> Box<dyn Report> {
                let make: fn(&Human) -> Box<dyn Report> = match self { $(Self::$variant => $make,)* };
                make(human)
            }

            /// Endings of file names that mean this format.
            fn endings(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $endings,)* }
            }
        }
    };
}

formats! {
    /// For people, in a terminal.
    #[default]
    Human: "human", &[], |human| Box::new(human.clone());
    /// `leaktight/1`, one document.
    Json: "json", &["json"], |_| Box::new(json::Json);
    /// `leaktight/1`, one finding a line, the summary last.
    Jsonl: "jsonl", &["jsonl"], |_| Box::new(json::Jsonl);
    /// SARIF 2.1.0, for code scanning.
    Sarif: "sarif", &["sarif"], |_| Box::new(sarif::Sarif);
    /// JUnit XML, for any CI.
    Junit: "junit", &["xml"], |_| Box::new(junit::Junit);
    /// GitLab's report of secret detection.
    Gitlab: "gitlab", &[], |_| Box::new(gitlab::Gitlab);
    /// Issues of Code Quality.
    Codequality: "codequality", &[], |_| Box::new(codequality::Codequality);
}

impl Format {
    /// The format that a file's ending names; `.gz` after it compresses.
    pub fn of_ending(path: &Path) -> Option<Self> {
        let mut name = PathBuf::from(path.file_name()?);
        if name.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz")) {
            name.set_extension("");
        }
        let ending = name.extension()?.to_str()?.to_ascii_lowercase();
        Self::ALL.iter().copied().find(|f| f.endings().contains(&ending.as_str()))
    }

    /// All endings that name a format: `.json, .jsonl, ...`.
    pub fn all_endings() -> String {
        let endings: Vec<String> = Self::ALL.iter().flat_map(|f| f.endings()).map(|e| format!(".{e}")).collect();
        endings.join(", ")
    }

    /// All names as a sentence says them: `human, json or sarif`.
    pub fn any_of() -> String {
        match Self::NAMES {
            [first @ .., last] => format!("{} or {last}", first.join(", ")),
            [] => String::new(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A format that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat(pub String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Format::NAMES.join(", ");
        write!(f, "unknown format `{}`; there are {known}", escape::terminal(self.0.as_bytes()))
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|f| f.name() == text).ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::run::{Command, Run};
    use super::*;
    use crate::finding::Outcome;
    use crate::policy::threshold::Threshold;
    use crate::rule::{RuleSet, Severity};

    /// Whatever stands in names, lines and gaps, a report is text that drives nothing.
    #[test]
    fn hostile_text_reaches_no_report_raw() {
        let rules = RuleSet::builtin();
        let names = ["\u{1b}[2J\u{202e}".to_owned(), "::error::x".to_owned()];
        for (outcome, repositories) in
            [(fixtures::hostile(&rules), &[][..]), (fixtures::hostile_history(&rules), names.as_slice())]
        {
            let mut run = Run::new(Command::Scan, "\u{1b}[2J\u{202e}", &rules, &outcome);
            run.repositories = repositories;
            hostile_run(&run);
        }
    }

    fn hostile_run(run: &Run<'_>) {
        for quiet in [false, true] {
            let human = Human { quiet, verbose: true, ..Default::default() };
            for format in Format::ALL.iter().copied() {
                let mut out = Vec::new();
                format.report(&human).write(run, &mut out).unwrap();
                let text = String::from_utf8(out).expect("reports are UTF-8");
                assert!(text.len() > 1000);
                let bad = text.chars().find(|c| *c != '\n' && escape::is_unsafe(*c));
                assert_eq!(bad, None, "{format}");
                assert!(!text.lines().any(|l| l.trim_start().starts_with("::")), "{format}");
            }
        }
    }

    #[test]
    fn the_same_run_gives_the_same_bytes() {
        let rules = RuleSet::builtin();
        let outcome = fixtures::usual(&rules);
        let run = Run::new(Command::Scan, ".", &rules, &outcome);
        for format in Format::ALL.iter().copied() {
            let write = || {
                let mut out = Vec::new();
                format.report(&Human::default()).write(&run, &mut out).map(|()| out)
            };
            assert_eq!(write().unwrap(), write().unwrap());
        }
    }

    #[test]
    fn findings_win_over_gaps_and_never_means_never() {
        let rules = RuleSet::builtin();
        let mut outcome = fixtures::usual(&rules);
        let exit = |outcome: &Outcome, fail_on| {
            let threshold = Threshold { fail_on, ..Threshold::default() };
            Run::new(Command::Scan, ".", &rules, outcome).measured(threshold).exit
        };
        assert_eq!(exit(&outcome, Some(Severity::Medium)), 1);
        assert_eq!(exit(&outcome, None), 3, "a blocking gap");
        outcome.gaps.retain(|g| !g.blocks);
        assert_eq!(exit(&outcome, None), 0);
        outcome.findings.clear();
        assert_eq!(exit(&outcome, Some(Severity::Info)), 0);
    }

    #[test]
    fn formats_are_what_is_typed() {
        for format in Format::ALL.iter().copied() {
            assert_eq!(format.name().parse(), Ok(format));
        }
        let error = "yaml\u{1b}".parse::<Format>().unwrap_err().to_string();
        assert_eq!(error, format!("unknown format `yaml\\x1b`; there are {}", Format::NAMES.join(", ")));
    }
}
