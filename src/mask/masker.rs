//! Finds what is to be hidden in a text: everything that a rule calls a secret, reported or not.
//!
//! In: a text, and the detector of a run. Out: the secrets in it, as [`Hidden`], as [`Masks`] of its lines, or as the text
//! without them. All built-in rules count, whatever the run selects; the values that the run knows are added in `outcome`.

use super::context::Masks;
use super::hidden::Hidden;
use super::spans::{self, bytes_replaced};
use crate::detect::{Detector, Found, Input};
use crate::finding::secret::Id;
use crate::finding::{Known, Span};
use crate::rule::RuleSet;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

/// The built-in rules, for everything that is shown; made when there is something to show.
static BUILTIN: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);

static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&BUILTIN, 0));

static MASKER: Masker<'static> = Masker { own: None, all: false };

/// Finds what is to be hidden.
pub struct Masker<'d> {
    /// The run's own detector, where it knows rules that are not built in.
    own: Option<&'d Detector<'d>>,
    /// It knows all that are built in.
    all: bool,
}

impl<'d> Masker<'d> {
    /// For a run with this detector.
    pub fn new(detector: &'d Detector<'d>) -> Self {
        let rules = detector.rules();
        // A run without a selection has the built-in rules first, in their order.
        let same =
            |(a, b): ((_, &crate::rule::Rule), (_, &crate::rule::Rule))| a.1.id == b.1.id && a.1.pattern == b.1.pattern;
        let all = rules.len() >= BUILTIN.len() && BUILTIN.iter().zip(rules.iter()).all(same);
        let known = |rule: &crate::rule::Rule| {
            BUILTIN.find(&rule.id).is_some_and(|id| BUILTIN.rule(id).pattern == rule.pattern)
        };
        let own = all || rules.iter().any(|(_, rule)| rule.is_searched() && !known(rule));
        Self { own: own.then_some(detector), all }
    }

    /// For texts that no run is about.
    pub fn builtin() -> &'static Masker<'static> {
        &MASKER
    }

    /// Whether the run's own detector finds everything that is to be hidden.
    pub(crate) fn is_run(&self) -> bool {
        self.all
    }

    /// `text` (a path, a name) with every secret in it masked; `None` when there is none.
    pub fn masked(&self, text: &[u8]) -> Option<String> {
        let all = spans::merged(self.spans(text), Vec::new());
        let new = (!all.is_empty()).then(|| bytes_replaced(text, &all))?;
        Some(String::from_utf8_lossy(&new).into_owned())
    }

    /// `text` as it may be shown.
    pub fn safe(&self, text: &str) -> String {
        self.masked(text.as_bytes()).unwrap_or_else(|| text.to_owned())
    }

    /// `file`: the text is from a file. In any other one a word that is all of it is no key: it may be the id of a commit.
    fn hidden(&self, text: &[u8], file: bool) -> Vec<Hidden> {
        let find = |detector: &Detector<'_>| -> Vec<Hidden> {
            Hidden::all(detector.candidates(&Input { file, ..Input::all(text) }), detector.rules())
        };
        let mut all = self.own.map(find).unwrap_or_default();
        if !self.all {
            all.extend(find(&DETECTOR));
        }
        // The id of a finding is made to be shown, also after a file name that says `password`.
        all.retain(|h| !text.get(h.secret.clone()).is_some_and(is_id));
        all
    }

    /// What is to be hidden in the lines of a file; the values go to `known`.
    pub fn masks(&self, text: &[u8], known: &mut Known) -> Masks {
        let hidden = self.hidden(text, true);
        known.add_hidden(&hidden);
        Masks::new(hidden)
    }

    /// The same with what the run's own detector found in it; only if that [is enough](Self::is_run).
    pub(crate) fn masks_of(&self, found: Found, rules: &RuleSet, known: &mut Known) -> Masks {
        let hidden = Hidden::all(found, rules);
        known.add_hidden(&hidden);
        Masks::new(hidden)
    }

    /// What rules find in a short text; what was redacted before stays as it is.
    pub(super) fn spans(&self, text: &[u8]) -> Vec<Span> {
        let mut hidden = self.hidden(text, false);
        let redacted = |r: &Range<usize>| {
            text.get(r.clone()).is_some_and(|t| memchr::memmem::find(t, spans::BLANK.as_bytes()).is_some())
        };
        hidden.retain(|h| !redacted(&h.secret));
        Masks::new(hidden).ranges().to_vec()
    }
}

fn is_id(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| Id::parse(text).is_some())
}

/// A text for people (an error, a note, a branch) with every secret in it masked.
pub fn message(text: &str) -> Cow<'_, str> {
    // Nothing that is shorter than every secret needs a detector, which is not made in a blink.
    if text.split(char::is_whitespace).all(|word| word.len() < 6) {
        return Cow::Borrowed(text);
    }
    MASKER.masked(text.as_bytes()).map_or(Cow::Borrowed(text), Cow::Owned)
}
