//! Findings: what a run reports. One finding is one secret, however many places hold it.
//!
//! In: occurrences (a rule's match in a blob, weighed). Out: [`Outcome`]. A finding is built only by [`group::gather`], which
//! puts the occurrences of one secret together, picks the worst place by a total order, and takes the highest
//! confidence. The secret is redacted when it is built; everything else may be shown once `mask::outcome` was called.

mod comment;
mod context;
pub mod evidence;
pub(crate) mod few;
pub mod group;
pub(crate) mod overlap;
pub mod schema;
pub mod secret;
pub mod severity;

pub use comment::Comment;
pub use context::{Draft, Known};
pub(crate) use context::{DraftBlock, DraftLine, Span};

use crate::blob::{Gap, Origin};
use crate::finding::evidence::{Confidence, Evidence, Reason};
use crate::finding::secret::{Check, Id, Secret};
use crate::rule::{Environment, Identity, RuleId, RuleSet, Severity, named};
use std::cmp::{Ordering, Reverse};

/// A place in a blob, and how bad the secret is there. Lines and columns count from 1; columns in UTF-16 code units,
/// ends exclusive. Sorted, the worst place is first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Location {
    /// What the change does to the secret at this place, in a gate.
    pub state: Option<State>,
    /// How bad it is at this place.
    pub severity: Severity,
    /// Which deployment this place belongs to.
    pub environment: Environment,
    /// File, link, name or standard input, with its path.
    pub origin: Origin,
    /// Bytes from the start of the blob.
    pub byte_offset: u64,
    /// Length in bytes.
    pub byte_length: u64,
    /// First line.
    pub line: u64,
    /// First column.
    pub column: u64,
    /// Last line.
    pub end_line: u64,
    /// Column after the last character.
    pub end_column: u64,
}

impl Location {
    /// What the change is to blame for comes first, then what is worst. What was removed again fails a check as what is
    /// new does: a password that went through a production file and ended in a test is as bad as it was there.
    pub(crate) fn badness(&self) -> impl Ord + Copy + use<> {
        (!self.gates(), Reverse(self.severity), self.state)
    }

    /// Whether this place may fail a check.
    pub(crate) fn gates(&self) -> bool {
        self.state.is_none_or(State::is_from_change)
    }
}

impl Ord for Location {
    fn cmp(&self, other: &Self) -> Ordering {
        let ends = |l: &Self| (l.byte_offset, l.byte_length, l.line, l.column, l.end_line, l.end_column, l.environment);
        self.badness()
            .cmp(&other.badness())
            .then_with(|| self.origin.cmp(&other.origin))
            .then_with(|| ends(self).cmp(&ends(other)))
    }
}

impl PartialOrd for Location {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

named! {
    /// What a change does to a secret at a place, in a gate (`state` in reports); worst first.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum State {
        /// The change brings it here, and it is still here at the end. A copy of what is still elsewhere is new.
        New = "new",
        /// The change brings it here and takes it away again: it stays in the history, and must be rotated.
        RemovedAgain = "removed-again",
        /// The base holds it at another path, from which the change took it.
        Moved = "moved",
        /// The base holds it here.
        Existing = "existing",
    }
}

impl State {
    /// Whether the change is to blame: what was there before fails no check.
    pub fn is_from_change(self) -> bool {
        matches!(self, Self::New | Self::RemovedAgain)
    }
}

/// Lines around a secret with every secret in them masked. Still untrusted text: each sink escapes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snippet {
    /// Number of the first line.
    pub first_line: u64,
    /// The lines, cut to a bounded width, without line ends.
    pub lines: Vec<String>,
    /// The masked secret: index into `lines`, first character, character after the last.
    pub mark: (usize, usize, usize),
    /// The lines before `mask::outcome` made them of it.
    pub(crate) draft: Option<Box<Draft>>,
}

/// Another part of the finding: the other half of a pair, the host of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// What it is.
    pub role: String,
    /// Where.
    pub location: Location,
}

/// One match of one rule in one blob, weighed: the input of [`group::gather`].
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// The rule.
    pub rule: RuleId,
    /// The secret.
    pub secret: Secret,
    /// Where it stands.
    pub location: Location,
    /// How sure we are at this place.
    pub confidence: Confidence,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// Other parts.
    pub related: Vec<Related>,
    /// Lines around it.
    pub snippet: Snippet,
    /// Host of a connection, for the id of a setting.
    pub host: Vec<u8>,
    /// The comment beside it that names its rule, if there is one.
    pub comment: Option<Comment>,
    /// What is wrong with a comment beside it that looks as if it should.
    pub malformed: Option<String>,
    /// How many more places of the same content there are, of which no occurrence was made.
    pub more: u64,
}

/// Names of references that a life lists: a mirror may have one for each of 50,000 pull requests, and a secret in HEAD
/// stands in all of them.
pub const LISTED: usize = 100;

/// Sorts names, and cuts off those beyond [`LISTED`]; gives their number.
pub fn listed(names: &mut Vec<Vec<u8>>) -> u64 {
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    more as u64
}

/// The life of a secret in a history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Life {
    /// Committer's date of the earliest commit that holds it, seconds since 1970.
    pub first: Option<i64>,
    /// Committer's date of the latest commit that holds it, seconds since 1970.
    pub last: Option<i64>,
    /// The same by authors' dates.
    pub authored: Option<(i64, i64)>,
    /// Ids of the commits that hold it while none of their parents does, oldest first.
    pub introduced: Vec<String>,
    /// Ids of the commits that no longer hold it, oldest first.
    pub removed: Vec<String>,
    /// HEAD's tree holds it, or the message is part of HEAD's history.
    pub in_head: bool,
    /// Branches and other references, tags excepted, whose tip holds it: full names, the first [`LISTED`] of them.
    pub refs: Vec<Vec<u8>>,
    /// How many more there are.
    pub more_refs: u64,
    /// Tags whose commit holds it: full names, the first [`LISTED`] of them.
    pub tags: Vec<Vec<u8>>,
    /// How many more there are.
    pub more_tags: u64,
    /// Who introduced it: `Name <mail>`, sorted.
    pub authors: Vec<Vec<u8>>,
    /// Days between its first commit and its removal, or now where a reference still holds it.
    pub days: u64,
    /// In how many objects it stands.
    pub objects: u64,
    /// How those objects can be reached.
    pub reach: Vec<crate::blob::Reach>,
}

/// One secret, wherever it stands.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Its id (docs/design.md, "Identity of findings").
    pub id: Id,
    /// Links the same value across repositories and companies; only with an organisation's key.
    pub org_id: Option<String>,
    /// The rule that speaks for it.
    pub rule: RuleId,
    /// How bad it is at its worst place, `location`.
    pub severity: Severity,
    /// The highest confidence over all its places; in a gate over those that gate, if one does.
    pub confidence: Confidence,
    /// Which deployment `location` belongs to.
    pub environment: Environment,
    /// Why, at the place with the highest confidence.
    pub evidence: Vec<Evidence>,
    /// What may be shown of it.
    pub redacted: String,
    /// Length in bytes; `None` if it can be guessed.
    pub length: Option<usize>,
    /// Identity class.
    pub identity: Identity,
    /// The primary place: the worst that nobody accepted; of several the surest.
    pub location: Location,
    /// Its other places, sorted: the worst first, so that a list that is cut keeps them.
    pub also: Vec<Location>,
    /// How many more there are: of a secret at a million places only some are kept, the worst among them.
    pub more: u64,
    /// Other parts.
    pub related: Vec<Related>,
    /// Lines around the primary place.
    pub snippet: Snippet,
    /// Its life, in a history.
    pub life: Option<Life>,
    /// What the change does to it at the worst of its places, in a gate: the state of `location`.
    pub state: Option<State>,
    /// The comment beside it that asks not to report it, if there is one at each of its places.
    pub comment: Option<Comment>,
    /// Comments beside it that ask for that in a way that asks for nothing, the first [`MALFORMED`] of them.
    pub malformed: Vec<(Location, String)>,
    /// What exceptions may call it besides its id.
    pub known_as: KnownAs,
}

/// Malformed comments that are kept for one finding.
pub const MALFORMED: usize = 20;

/// Other ids of a guessable value, for exceptions that were written with another salt or with none (docs/design.md,
/// "Identity of findings").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownAs {
    /// Makes the id that it has without a salt, for each of its places.
    pub check: Option<Check>,
    /// Its ids with the other salts ([`Keys::exceptions`]).
    pub salted: Vec<Id>,
}

impl Finding {
    /// Counts places that are not kept, and says so.
    pub fn count_more(&mut self, more: u64) {
        if more > 0 {
            self.more += more;
            self.evidence.retain(|e| e.reason != Reason::PlacesCut);
            self.evidence.push(Self::places_cut(self.more));
        }
    }

    /// The note about places that are not kept.
    pub(crate) fn places_cut(more: u64) -> Evidence {
        Evidence::with(Reason::PlacesCut, format!("{more} more were found"))
    }

    /// Number of its places besides the primary one, kept or not.
    pub fn also_total(&self) -> u64 {
        (self.also.len() as u64).saturating_add(self.more)
    }

    /// Says of the finding what holds at its primary place.
    pub(crate) fn follow_place(&mut self) {
        let Location { state, severity, environment, .. } = self.location;
        (self.state, self.severity, self.environment) = (state, severity, environment);
    }

    /// The id that it has at this place without a salt.
    pub fn located(&self, rules: &RuleSet, place: &Location) -> Option<Id> {
        self.located_with(self.known_as.check?, rules, place)
    }

    /// The same for what [`Self::check_of_id`] gave.
    pub(crate) fn located_with(&self, check: Check, rules: &RuleSet, place: &Location) -> Option<Id> {
        let path = place.origin.path().unwrap_or_default();
        Some(Id::located(rules.rule(self.rule).family, check, path))
    }

    /// The check of its value, for a finding that was read from a report: one without a salt has it in its id. `None` if the
    /// id does not depend on a location, or the path of the report is not the one that it was made with (redacted).
    pub(crate) fn check_of_id(&self, rules: &RuleSet) -> Option<Check> {
        let family = rules.rule(self.rule).family;
        let path = self.location.origin.path().unwrap_or_default();
        Id::is_located(self.id.as_str())
            .then(|| Secret::checks().find(|check| Id::located(family, *check, path) == self.id))
            .flatten()
    }
}

/// A finding that somebody accepted: it gates nothing, and every report says so.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// What was accepted.
    pub finding: Finding,
    /// What accepts it: `allow`, `baseline`, `comment`.
    pub by: String,
    /// Whether that stands beside the finding in the source (a comment), not in a file of its own.
    pub in_source: bool,
    /// Why, in the words of who accepted it. Untrusted.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Until when: a date, `YYYY-MM-DD`.
    pub expires: Option<String>,
}

/// What a run was asked to look at and what it looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Covered {
    /// Files read to their end.
    pub files: u64,
    /// Bytes in them, or in the objects of a history.
    pub bytes: u64,
    /// Repositories whose history was looked at.
    pub repositories: u64,
    /// Distinct blobs of a history.
    pub blobs: u64,
    /// Distinct trees of a history.
    pub trees: u64,
    /// Distinct commits of a history.
    pub commits: u64,
    /// Distinct annotated tags of a history.
    pub tags: u64,
    /// References of a history.
    pub refs: u64,
    /// Symbolic links that were not followed. What their targets hold was not scanned, only the text of the links.
    pub links: u64,
    /// Files left out because git ignores them.
    pub ignored_files: u64,
    /// Folders left out, with all that is in them, because git ignores them.
    pub ignored_folders: u64,
    /// Files left out because the reports of the run replace them.
    pub report_files: u64,
    /// What was left out because the policy or a flag excludes it, by glob.
    pub excluded: Vec<Excluded>,
}

/// What one glob of `[scan] exclude` or `--exclude` left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excluded {
    /// The glob as it was written.
    pub glob: String,
    /// Files, or blobs of a change or history.
    pub files: u64,
    /// Bytes in them.
    pub bytes: u64,
}

/// The result of a run, ready for every report.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Findings in the order of the report: worst first, then by place.
    pub findings: Vec<Finding>,
    /// What could not be looked at, sorted.
    pub gaps: Vec<Gap>,
    /// Findings that somebody accepted; not among `findings`.
    pub suppressed: Vec<Suppressed>,
    /// Gaps that the policy accepts, with the reason it gives; not among `gaps`.
    pub accepted: Vec<(Gap, String)>,
    /// What was looked at.
    pub covered: Covered,
    /// Whether some ids depend on the place only, because the repository has no salt.
    pub weak_ids: bool,
    /// Values that were found: no text that is added to the outcome may show them.
    pub known: Known,
}

impl Outcome {
    /// Whether everything that was asked was looked at: no blocking gap.
    pub fn complete(&self) -> bool {
        !self.gaps.iter().any(|g| g.blocks)
    }
}

/// What decides ids.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// The repository's salt (`.leaktight/salt`).
    pub salt: Option<[u8; 32]>,
    /// Other salts that exceptions may have ids of: a history takes its salt from the tree of HEAD and its exceptions from
    /// the work tree, and a merge of two branches may bring two.
    pub exceptions: Vec<[u8; 32]>,
    /// The organisation's key.
    pub organisation: Option<[u8; 32]>,
}
