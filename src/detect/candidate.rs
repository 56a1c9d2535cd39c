//! What the detector is given and gives: a text with the parts of it that count, and candidates.
//!
//! In: nothing; these are types. Out: [`Input`], [`Candidate`], [`Found`].

use crate::blob::Fresh;
use crate::finding::evidence::Evidence;
use crate::rule::RuleId;
use std::collections::BTreeMap;
use std::ops::Range;

/// Most candidates in one blob or window; more is a limit, and reported.
pub const MAX_CANDIDATES: usize = 200_000;

/// Bytes from which a match counts as long.
const LONG: usize = 128;
/// Bytes that the long matches of a small text may share.
const SHARED: usize = 64 * 1024;

/// What the long matches of one text share with earlier ones of the same rule. Where each anchor begins a match of hundreds
/// of bytes or thousands, all that is done with matches would take as many times as long as the text is: more than a quarter of
/// the text is a limit, and reported.
#[derive(Default)]
pub(super) struct LongMatches {
    shared: usize,
    ends: BTreeMap<RuleId, usize>,
}

impl LongMatches {
    /// Whether there is room for a match in a text of so many bytes. They come in ascending order.
    pub(super) fn admit(&mut self, rule: RuleId, secret: &Range<usize>, text: usize) -> bool {
        if secret.len() < LONG {
            return true;
        }
        let end = self.ends.entry(rule).or_default();
        let shared = end.saturating_sub(secret.start).min(secret.len());
        if self.shared + shared > text / 4 + SHARED {
            return false;
        }
        (self.shared, *end) = (self.shared + shared, secret.end.max(*end));
        true
    }
}

/// A match with its evidence; ranges are bytes of the blob it was found in.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The rule.
    pub rule: RuleId,
    /// The whole match.
    pub whole: Range<usize>,
    /// The secret.
    pub secret: Range<usize>,
    /// Everything that its existence and its evidence depend on.
    pub depends: Range<usize>,
    /// The secret's bytes, decoded and unescaped.
    pub value: crate::finding::secret::Secret,
    /// Reasons for and against, context of the path excluded.
    pub evidence: Vec<Evidence>,
    /// Other parts, by role.
    pub related: Vec<(String, Range<usize>)>,
    /// Host of a connection, for the id of a setting.
    pub host: Vec<u8>,
}

/// What [`Detector::candidates`](super::Detector::candidates) looks at.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// The bytes.
    pub text: &'a [u8],
    /// The part whose anchors count; the rest is overlap with neighbouring windows.
    pub core: Range<usize>,
    /// What is new.
    pub fresh: Fresh<'a>,
    /// Only rules with a distinctive anchor: the bytes are no text.
    pub binary: bool,
    /// The text is from a file, which may hold one value and nothing else; a name or a message is not.
    pub file: bool,
}

impl<'a> Input<'a> {
    /// All of a file, all of it new.
    pub fn all(text: &'a [u8]) -> Self {
        Self { text, core: 0..text.len(), fresh: Fresh::All, binary: false, file: true }
    }
}

/// What was found, and whether that is all.
#[derive(Debug, Default)]
pub struct Found {
    /// Candidates, sorted by place and rule.
    pub candidates: Vec<Candidate>,
    /// [`MAX_CANDIDATES`] was reached, or long matches shared too much; the rest is missing.
    pub limited: bool,
    /// Where long matches are missing: in what is shown they are hidden all the same.
    pub missing: Vec<Range<usize>>,
}

impl Found {
    /// Notes a long match that is missing.
    pub(super) fn miss(&mut self, secret: Range<usize>) {
        self.limited = true;
        match self.missing.last_mut() {
            Some(last) if last.start <= secret.start && secret.start <= last.end => last.end = last.end.max(secret.end),
            _ => self.missing.push(secret),
        }
    }
}
