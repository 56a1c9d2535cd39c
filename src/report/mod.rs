//! Reports: what a run says, in every format.
//!
//! In: a [`Run`] (the outcome and what it is measured against). Out: bytes, through one [`Report`] for each [`Format`].
//! A report looks at nothing and decides nothing: what gates is computed by [`Run::verdict`] and the same in all formats.
//! Paths, snippets and gaps are untrusted; each sink has one function that they pass (`escape`, the JSON formatter in
//! `json`). Times of the run are in no report, so that reports can be compared.

pub mod azure;
mod change;
pub mod codequality;
pub mod escape;
mod frame;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
mod markdown;
mod mend;
pub mod output;
pub mod read;
#[cfg(test)]
pub(crate) mod sample;
pub mod sarif;
mod tally;
mod wire;
mod words;

use crate::evidence::Confidence;
use crate::finding::{Finding, Outcome, State, Suppressed};
use crate::policy::notice;
use crate::rule::{Environment, Family, RuleSet, Severity};
use std::fmt;
use std::io;
use std::str::FromStr;

/// Other places of one secret that a report lists, unless the user asks for another number.
pub const ALSO_LIMIT: usize = 100;

/// What every report needs to know of a run.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// Name of the command: `scan`.
    pub command: &'a str,
    /// What the user asked to look at, in the user's words (`.`, several paths joined by a blank). Untrusted.
    pub target: &'a str,
    /// The rules that were used.
    pub rules: &'a RuleSet,
    /// What was found and what could not be looked at.
    pub outcome: &'a Outcome,
    /// Findings that somebody accepted; those of the outcome.
    pub suppressed: &'a [Suppressed],
    /// Confidence from which a finding gates.
    pub gate_confidence: Confidence,
    /// Severity from which a finding gates; `None`: none does.
    pub fail_on: Option<Severity>,
    /// Other gates for some findings: of those that apply, the last one decides.
    pub gates: &'a [Gate],
    /// Confidence from which a finding is listed. It decides nothing else: what is hidden still fails the check.
    pub min_confidence: Confidence,
    /// Most other places of one secret in a report; `None`: all. Their number is always there.
    pub also_limit: Option<usize>,
    /// The exit code that the process will end with: [`Verdict::code`], unless the caller knows better.
    pub exit: u8,
    /// Where the content is kept, if that is known.
    pub provenance: Option<Provenance>,
    /// Names of the repositories of a history, sorted; empty for every other command.
    pub repositories: &'a [String],
    /// What else the result of a history follows from.
    pub made: Option<Made>,
    /// "Now" of the run, in seconds since 1970, for formats that demand a time.
    pub now: Option<i64>,
}

/// What the result of a history follows from, beside rules and version: reports that differ in it are not merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// "Now" of the run, in seconds since 1970.
    pub now: i64,
    /// Tells whether two runs had the same organisation's key, without giving it away; `none` without one.
    pub key: String,
    /// Names the state of one repository and the flags of its scan; only in the results that `--resume` takes up.
    pub state: Option<String>,
}

/// What makes the exit code 1, for some findings (`[gate.family.…]`, `[gate.environment.…]` of leaktight.toml).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gate {
    /// Only for findings of this family.
    pub family: Option<Family>,
    /// Only for findings of this environment.
    pub environment: Option<Environment>,
    /// Confidence from which they gate; `None`: as everything else.
    pub confidence: Option<Confidence>,
    /// Severity from which they gate; `Some(None)`: none does; `None`: as everything else.
    pub fail_on: Option<Option<Severity>>,
}

impl Gate {
    fn applies(&self, rules: &RuleSet, finding: &Finding) -> bool {
        self.family.is_none_or(|family| rules.rule(finding.rule).family == family)
            && self.environment.is_none_or(|environment| finding.environment == environment)
    }
}

/// The version control that holds what was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// URI of the repository, without credentials.
    pub repository_uri: String,
    /// Commit id.
    pub revision: Option<String>,
    /// Branch name.
    pub branch: Option<String>,
}

/// What a run means for the gate. Findings win over gaps, but both are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Findings at or above the gate.
    pub gating: usize,
    /// Whether everything that was asked was looked at.
    pub complete: bool,
}

impl Verdict {
    /// The exit code: 1 for findings at or above the gate, else 3 for a blocking gap, else 0.
    pub fn code(self) -> u8 {
        match (self.gating, self.complete) {
            (1.., _) => 1,
            (0, false) => 3,
            (0, true) => 0,
        }
    }
}

impl<'a> Run<'a> {
    /// A run with the defaults of the command line: gate at likely and medium, everything shown.
    pub fn new(command: &'a str, target: &'a str, rules: &'a RuleSet, outcome: &'a Outcome) -> Self {
        let mut run = Self {
            command,
            target,
            rules,
            outcome,
            suppressed: &outcome.suppressed,
            gate_confidence: Confidence::Likely,
            fail_on: Some(Severity::Medium),
            gates: &[],
            min_confidence: Confidence::Possible,
            also_limit: Some(ALSO_LIMIT),
            exit: 0,
            provenance: None,
            repositories: &[],
            made: None,
            now: None,
        };
        run.exit = run.verdict().code();
        run
    }

    /// The same run measured against another gate; sets `exit` as well.
    #[must_use]
    pub fn gate(mut self, confidence: Confidence, fail_on: Option<Severity>) -> Self {
        self.gate_confidence = confidence;
        self.fail_on = fail_on;
        self.exit = self.verdict().code();
        self
    }

    /// What the run means for the gate.
    pub fn verdict(&self) -> Verdict {
        let gating = self.outcome.findings.iter().filter(|f| self.gates(f)).count();
        Verdict { gating, complete: self.outcome.complete() }
    }

    /// The findings to list, worst first: those of `min_confidence` and above, whether they gate or not.
    pub fn shown(&self) -> impl Iterator<Item = &'a Finding> + '_ {
        self.outcome.findings.iter().filter(|f| f.confidence >= self.min_confidence)
    }

    /// Number of findings that are hidden: not listed.
    pub fn hidden(&self) -> usize {
        self.outcome.findings.len().saturating_sub(self.shown().count())
    }

    /// Number of findings that are hidden and at or above the gate. Every format says it when there are any, because
    /// a check that fails must say why.
    pub fn hidden_gating(&self) -> usize {
        self.outcome.findings.iter().filter(|f| f.confidence < self.min_confidence && self.gates(f)).count()
    }

    /// Why the check fails although not all that fails it is listed, without a full stop; `None` if all of it is.
    pub(crate) fn hidden_reason(&self) -> Option<String> {
        let hidden = self.hidden_gating() as u64;
        let what = words::count(hidden, "finding that fails the check is", "findings that fail the check are");
        (hidden > 0).then(|| format!("{what} hidden by --min-confidence {}", words::confidence(self.min_confidence)))
    }

    /// Whether this finding is at or above the gate.
    pub fn gates(&self, finding: &Finding) -> bool {
        // A notice about the policy is no finding in what was scanned: a change of the policy alone is for its reviewers.
        if notice::is_notice(self.rules.rule(finding.rule)) {
            return false;
        }
        let (mut confidence, mut fail_on) = (self.gate_confidence, self.fail_on);
        for gate in self.gates.iter().filter(|g| g.applies(self.rules, finding)) {
            confidence = gate.confidence.unwrap_or(confidence);
            fail_on = gate.fail_on.unwrap_or(fail_on);
        }
        finding.state.is_none_or(State::gates)
            && finding.confidence >= confidence
            && fail_on.is_some_and(|s| finding.severity >= s)
    }
}

/// The formats that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// For people, in a terminal.
    #[default]
    Human,
    /// `leaktight/1`, one document.
    Json,
    /// `leaktight/1`, one finding a line, the summary last.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML, for any CI.
    Junit,
    /// GitLab's report of secret detection.
    Gitlab,
    /// Issues of Code Quality.
    Codequality,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 7] =
        [Self::Human, Self::Json, Self::Jsonl, Self::Sarif, Self::Junit, Self::Gitlab, Self::Codequality];

    /// The name that is typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Gitlab => "gitlab",
            Self::Codequality => "codequality",
        }
    }

    /// The report of this format; `human` says how the one for people looks.
    pub fn report(self, human: &human::Human) -> Box<dyn Report> {
        match self {
            Self::Human => Box::new(human.clone()),
            Self::Json => Box::new(json::Json),
            Self::Jsonl => Box::new(json::Jsonl),
            Self::Sarif => Box::new(sarif::Sarif),
            Self::Junit => Box::new(junit::Junit),
            Self::Gitlab => Box::new(gitlab::Gitlab),
            Self::Codequality => Box::new(codequality::Codequality),
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
        let known: Vec<_> = Format::ALL.iter().map(|f| f.name()).collect();
        write!(f, "unknown format `{}`; there are {}", escape::terminal(self.0.as_bytes()), known.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|f| f.name() == text).ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// Writes a run in one format.
pub trait Report {
    /// Writes all of it; buffers by itself where it writes in small pieces.
    ///
    /// # Errors
    /// Those of `to`: the report is not complete then.
    fn write(&self, run: &Run<'_>, to: &mut dyn io::Write) -> io::Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T25 to T27: whatever stands in names, lines and gaps, a report is text that drives nothing.
    #[test]
    fn hostile_text_reaches_no_report_raw() {
        let rules = RuleSet::builtin();
        let names = ["\u{1b}[2J\u{202e}".to_owned(), "::error::x".to_owned()];
        for (outcome, repositories) in
            [(sample::hostile(&rules), &[][..]), (sample::hostile_history(&rules), names.as_slice())]
        {
            let mut run = Run::new("scan", "\u{1b}[2J\u{202e}", &rules, &outcome);
            run.repositories = repositories;
            hostile_run(&run);
        }
    }

    fn hostile_run(run: &Run<'_>) {
        for quiet in [false, true] {
            let human = human::Human { quiet, verbose: true, ..Default::default() };
            for format in Format::ALL {
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
        let outcome = sample::usual(&rules);
        let run = Run::new("scan", ".", &rules, &outcome);
        for format in Format::ALL {
            let write = || {
                let mut out = Vec::new();
                format.report(&human::Human::default()).write(&run, &mut out).map(|()| out)
            };
            assert_eq!(write().unwrap(), write().unwrap());
        }
    }

    #[test]
    fn findings_win_over_gaps_and_never_means_never() {
        let rules = RuleSet::builtin();
        let mut outcome = sample::usual(&rules);
        let exit =
            |outcome: &Outcome, fail_on| Run::new("scan", ".", &rules, outcome).gate(Confidence::Likely, fail_on).exit;
        assert_eq!(exit(&outcome, Some(Severity::Medium)), 1);
        assert_eq!(exit(&outcome, None), 3, "a blocking gap");
        outcome.gaps.retain(|g| !g.blocks);
        assert_eq!(exit(&outcome, None), 0);
        outcome.findings.clear();
        assert_eq!(exit(&outcome, Some(Severity::Info)), 0);
    }

    #[test]
    fn formats_are_what_is_typed() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        let error = "yaml\u{1b}".parse::<Format>().unwrap_err().to_string();
        assert_eq!(
            error,
            "unknown format `yaml\\x1b`; there are human, json, jsonl, sarif, junit, gitlab, codequality"
        );
    }
}
