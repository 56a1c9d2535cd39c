//! What the mask needs between the worker that has a blob and the end of the run: lines that still hold their text, and the
//! values that were found.
//!
//! In: filled by `mask`. Out: taken by `mask`. Both types refuse to be printed, and nothing writes them anywhere: a value
//! that is known at the end only can be redacted whole only in text that was not cut into pieces before.

use crate::finding::secret::Secret;
use crate::rule::Identity;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// The lines of a snippet with everything that is to be hidden in them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Draft(pub(crate) Vec<DraftLine>);

/// Text around the lines of one snippet or more, with what is to be hidden in it. Ranges are bytes of `text`, at boundaries
/// of characters.
#[derive(PartialEq, Eq, Default)]
pub(crate) struct DraftBlock {
    /// The text.
    pub(crate) text: String,
    /// What is to be hidden: sorted, disjoint, each with what stands for it.
    pub(crate) hidden: Vec<Span>,
}

/// One line. Ranges are bytes of the text of its block.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct DraftLine {
    /// The text that it is a part of: thousands of findings may share a line, so they share its text.
    pub(crate) block: Arc<DraftBlock>,
    /// What is to be hidden, where that is not what the block says.
    pub(crate) hidden: Option<Vec<Span>>,
    /// What is shown.
    pub(crate) cut: Range<usize>,
    /// The place of the finding.
    pub(crate) mark: Option<Range<usize>>,
}

/// A part of a text and what is shown instead of it; `None`: `…`.
pub(crate) type Span = (Range<usize>, Option<Box<str>>);

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft([{} lines])", self.0.len())
    }
}

impl fmt::Debug for DraftLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DraftLine([{} bytes])", self.cut.len())
    }
}

/// The values that a run found, at every confidence: none of them may be shown anywhere.
#[derive(Clone, Default)]
pub struct Known(pub(crate) HashMap<Secret, (Identity, usize)>);

impl Known {
    /// Adds a value of that class, of whose start so many bytes may be shown.
    pub(crate) fn add(&mut self, value: &Secret, identity: Identity, prefix: usize) {
        // Of two rules that found it the one that shows less decides.
        let class = |known: &(Identity, usize)| (known.0 == Identity::Random, known.1);
        let new = (identity, prefix);
        match self.0.get_mut(value) {
            Some(have) if class(&new) < class(have) => *have = new,
            Some(_) => {}
            None => drop(self.0.insert(value.clone(), new)),
        }
    }

    /// Adds all values of another one.
    pub(crate) fn extend(&mut self, other: Self) {
        other.0.iter().for_each(|(value, (identity, prefix))| self.add(value, *identity, *prefix));
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known([{} values])", self.0.len())
    }
}
