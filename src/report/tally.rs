//! What a history means in a few numbers, the same in every report.
//!
//! In: the findings that are shown. Out: how many secrets are in use today, how many lie in the past only, how many
//! nothing refers to any more, and over which time. A run that looks at no history has none.

use crate::blob::Reach;
use crate::finding::{Finding, Life};

/// Numbers over the lives of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    /// Findings that HEAD still holds.
    pub(super) in_head: usize,
    /// Those that a branch, tag or other reference still leads to, and HEAD's own tree does not hold.
    pub(super) past: usize,
    /// Those in objects that nothing refers to.
    pub(super) unreachable: usize,
    /// Earliest commit that holds any.
    pub(super) first: Option<i64>,
    /// Latest commit that holds any.
    pub(super) last: Option<i64>,
}

impl Tally {
    /// `None` when no finding has a life.
    pub(super) fn of<'a>(findings: impl Iterator<Item = &'a Finding>) -> Option<Self> {
        let mut lives = findings.filter_map(|f| f.life.as_ref()).peekable();
        lives.peek()?;
        let mut tally = Self::default();
        for life in lives {
            match () {
                () if life.in_head => tally.in_head += 1,
                () if unreachable(life) => tally.unreachable += 1,
                () => tally.past += 1,
            }
            tally.first = tally.first.into_iter().chain(life.first).min();
            tally.last = tally.last.max(life.last);
        }
        Some(tally)
    }
}

/// Whether nothing refers to any object that holds it.
pub(super) fn unreachable(life: &Life) -> bool {
    !life.in_head && life.reach.iter().all(|r| *r == Reach::Unreachable)
}
