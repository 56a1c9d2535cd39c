//! A pattern as steps that are followed without trying anything twice (`detect/table.rs`).
//!
//! In: the HIR of a pattern. Out: [`Steps`], an acyclic graph: repeats have an upper bound, so each is written out, except that of
//! one class, which is one step. A step's number is higher than those of the steps that can follow it. Order and greed are
//! kept, so that of all matches of a start the one of the regular expression can be told. It refuses patterns of more
//! than [`MAX_STEPS`]; each step may cost a look at every byte of a text.

use super::neighbours::{Set, with_byte};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Most steps of a pattern that a user wrote.
pub(super) const MAX_USER_STEPS: usize = 256;
/// Most steps of one pattern.
const MAX_STEPS: usize = 2048;

/// One step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The match ends.
    End,
    /// One byte of each set in turn, then the step of that number.
    Row(Vec<Set>, usize),
    /// `min` to `max` bytes of one set, then the step `next`.
    Run {
        /// Index into [`Steps::sets`].
        set: usize,
        /// Fewest bytes.
        min: usize,
        /// Most bytes.
        max: usize,
        /// As many as possible are taken, else as few.
        greedy: bool,
        /// The step that follows.
        next: usize,
    },
    /// One of these steps, the first that leads to a match.
    Choice(Vec<usize>),
    /// The group `secret` begins (`true`) or ends here; then the step of that number.
    Mark(bool, usize),
}

/// A pattern, written out. The last step is the first one of a match, and step 0 is its end.
#[derive(Debug)]
pub(crate) struct Steps {
    /// The steps.
    pub all: Vec<Step>,
    /// The sets of runs.
    pub sets: Vec<Set>,
}

impl Steps {
    /// Writes a pattern out; `None` if it has more than [`MAX_STEPS`] or no upper bound.
    pub(crate) fn new(hir: &Hir) -> Option<Self> {
        let mut steps = Self { all: vec![Step::End], sets: Vec::new() };
        let first = steps.write(hir, 0)?;
        // What is written last comes first.
        if first + 1 != steps.all.len() {
            steps.push(Step::Choice(vec![first]))?;
        }
        Some(steps)
    }

    fn push(&mut self, step: Step) -> Option<usize> {
        self.all.push(step);
        (self.all.len() <= MAX_STEPS).then(|| self.all.len() - 1)
    }

    /// Writes the steps of `hir`, after which `next` follows; returns the first of them.
    fn write(&mut self, hir: &Hir, next: usize) -> Option<usize> {
        match hir.kind() {
            HirKind::Empty => Some(next),
            HirKind::Literal(_) | HirKind::Class(_) => self.push(Step::Row(row(hir)?, next)),
            HirKind::Capture(c) if c.name.as_deref() == Some("secret") => {
                let close = self.push(Step::Mark(false, next))?;
                let inner = self.write(&c.sub, close)?;
                self.push(Step::Mark(true, inner))
            }
            HirKind::Capture(c) => self.write(&c.sub, next),
            HirKind::Concat(parts) => {
                let mut next = next;
                let mut parts = parts.as_slice();
                while let Some((last, rest)) = parts.split_last() {
                    let rows = parts.iter().rev().map_while(row).count();
                    if rows == 0 {
                        (next, parts) = (self.write(last, next)?, rest);
                    } else {
                        let (before, together) = parts.split_at(parts.len() - rows);
                        let row = together.iter().filter_map(row).flatten().collect();
                        (next, parts) = (self.push(Step::Row(row, next))?, before);
                    }
                }
                Some(next)
            }
            HirKind::Alternation(branches) => {
                let firsts = branches.iter().map(|branch| self.write(branch, next)).collect::<Option<_>>()?;
                self.push(Step::Choice(firsts))
            }
            HirKind::Repetition(r) => {
                let max = r.max?;
                if let Some([set]) = row(&r.sub).as_deref() {
                    let index = self.sets.iter().position(|known| known == set).unwrap_or(self.sets.len());
                    if index == self.sets.len() {
                        self.sets.push(*set);
                    }
                    let (min, max) = (r.min as usize, max as usize);
                    return self.push(Step::Run { set: index, min, max, greedy: r.greedy, next });
                }
                let mut first = next;
                for _ in r.min..max {
                    let once_more = self.write(&r.sub, first)?;
                    let choice = if r.greedy { vec![once_more, next] } else { vec![next, once_more] };
                    first = self.push(Step::Choice(choice))?;
                }
                for _ in 0..r.min {
                    first = self.write(&r.sub, first)?;
                }
                Some(first)
            }
            HirKind::Look(_) => None,
        }
    }
}

/// What a literal or a class matches, byte by byte.
fn row(hir: &Hir) -> Option<Vec<Set>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(literal.0.iter().map(|byte| with_byte([0; 4], *byte)).collect()),
        HirKind::Class(class) => {
            // A choice of single letters is a class of characters, all of them ASCII.
            let class = match class {
                Class::Bytes(bytes) => bytes.clone(),
                Class::Unicode(characters) => characters.to_byte_class()?,
            };
            let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            Some(vec![bytes.fold([0; 4], with_byte)])
        }
        _ => None,
    }
}
