//! What must not rise when a value moves: how bad and how sure it is at a path, and how often a setting is there.
//!
//! Both depend on the place: a made-up password weighs more in `src/prod.env` than in `tests/login.py`.

use crate::finding::evidence::Confidence;
use crate::finding::group::GroupKey;
use crate::rule::Severity;

/// How bad and how sure a value is at a path, and how often it is there if it is a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight {
    severity: Severity,
    confidence: Confidence,
    times: usize,
}

impl Weight {
    pub(super) fn new(severity: Severity, confidence: Confidence) -> Self {
        Self { severity, confidence, times: 1 }
    }

    pub(super) fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// The more of both, by each measure.
    pub(super) fn join(self, other: Self) -> Self {
        Self {
            severity: self.severity.max(other.severity),
            confidence: self.confidence.max(other.confidence),
            times: self.times.max(other.times),
        }
    }

    /// Both in one file: they are counted together.
    pub(super) fn with(self, other: Self) -> Self {
        self.join(other).times(self.times + other.times)
    }

    /// The less of both, by each measure.
    pub(super) fn meet(self, other: Self) -> Self {
        Self {
            severity: self.severity.min(other.severity),
            confidence: self.confidence.min(other.confidence),
            times: self.times.min(other.times),
        }
    }

    /// Whether nothing rises from this to `other`.
    pub(super) fn covers(self, other: Self) -> bool {
        self.join(other) == self
    }
}

/// Whether a key without a path is that of a setting, which has no value and is counted.
pub(super) fn is_setting(key: &GroupKey) -> bool {
    !key.2.is_empty()
}
