//! The threshold: which findings fail the check, and what that means for the exit code.
//!
//! In: the confidence and severity that the command line and leaktight.toml set, with overrides for families and
//! environments. Out: for each finding whether it fails the check, and the [`Verdict`] of a run. Whatever reports hide or
//! show, this decides alone; notices about the policy itself never fail a check.

use super::notice;
use crate::finding::evidence::Confidence;
use crate::finding::{Finding, Outcome, State};
use crate::rule::{Environment, Family, RuleSet, Severity};

/// From where on a finding fails the check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// Confidence from which it does.
    pub confidence: Confidence,
    /// Severity from which it does; `None`: none does.
    pub fail_on: Option<Severity>,
    /// Others for some findings: of those that apply, the last one decides.
    pub overrides: Vec<Override>,
}

/// Another threshold for some findings (`[gate.family.…]`, `[gate.environment.…]` of leaktight.toml).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Override {
    /// Only for findings of this family.
    pub family: Option<Family>,
    /// Only for findings of this environment.
    pub environment: Option<Environment>,
    /// Confidence from which they fail the check; `None`: as everything else.
    pub confidence: Option<Confidence>,
    /// Severity from which they fail the check; `Some(None)`: none does; `None`: as everything else.
    pub fail_on: Option<Option<Severity>>,
}

impl Override {
    fn applies(&self, rules: &RuleSet, finding: &Finding) -> bool {
        self.family.is_none_or(|family| rules.rule(finding.rule).family == family)
            && self.environment.is_none_or(|environment| finding.environment == environment)
    }
}

impl Default for Threshold {
    /// That of the command line: likely and medium.
    fn default() -> Self {
        Self { confidence: Confidence::Likely, fail_on: Some(Severity::Medium), overrides: Vec::new() }
    }
}

impl Threshold {
    /// Whether this finding is at or above the threshold, and the change is to blame for it.
    pub fn fails(&self, rules: &RuleSet, finding: &Finding) -> bool {
        // A notice about the policy is no finding in what was scanned: a change of the policy alone is for its reviewers.
        if notice::is_notice(rules.rule(finding.rule)) {
            return false;
        }
        let (mut confidence, mut fail_on) = (self.confidence, self.fail_on);
        for other in self.overrides.iter().filter(|o| o.applies(rules, finding)) {
            confidence = other.confidence.unwrap_or(confidence);
            fail_on = other.fail_on.unwrap_or(fail_on);
        }
        finding.state.is_none_or(State::is_from_change)
            && finding.confidence >= confidence
            && fail_on.is_some_and(|s| finding.severity >= s)
    }

    /// What an outcome means for the check.
    pub fn verdict(&self, rules: &RuleSet, outcome: &Outcome) -> Verdict {
        let failing = outcome.findings.iter().filter(|f| self.fails(rules, f)).count();
        Verdict { failing, complete: outcome.complete() }
    }
}

/// What a run means for the check. Findings win over gaps, but both are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Findings at or above the threshold.
    pub failing: usize,
    /// Whether everything that was asked was scanned.
    pub complete: bool,
}

impl Verdict {
    /// The exit code: 1 for findings at or above the threshold, else 3 for a blocking gap, else 0.
    pub fn code(self) -> u8 {
        match (self.failing, self.complete) {
            (1.., _) => 1,
            (0, false) => 3,
            (0, true) => 0,
        }
    }
}
