//! What is to be said about the policy itself: findings of the family `policy`, severity info, that never gate.
//!
//! In: a sentence and the file that it is about. Out: a [`Finding`], so that every report shows it. Their rules have no
//! anchors: nothing in a repository matches them, and the hash of a rule set leaves them out.

use super::place::place;
use crate::blob::Origin;
use crate::finding::evidence::{Confidence, Evidence, Reason};
use crate::finding::secret::Id;
use crate::finding::{Finding, Location, Snippet};
use crate::rule::{Environment, Family, Identity, Rule, RuleSet, Severity, SharedRule};

/// A file of policy differs from that of the base.
pub const CHANGE: &str = "policy-change";
/// A comment asks that a finding be accepted.
pub const REQUEST: &str = "policy-request";
/// An entry whose last day is over.
pub const EXPIRED: &str = "policy-expired";
/// An entry whose last day is near.
pub const SOON: &str = "policy-expires-soon";
/// An entry that nothing matched.
pub const UNUSED: &str = "policy-unused";
/// The policy in force is that of a repository that was scanned.
pub const OWN: &str = "policy-from-scanned";

/// Notices of one kind that are listed.
const LISTED: usize = 100;

/// Id, name, what it means, what to do.
const RULES: [[&str; 4]; 6] = [
    [
        CHANGE,
        "change of policy",
        "What this changes takes effect after the merge only; the policy of the base was used",
        "Somebody who may decide about exceptions reviews it: see CODEOWNERS in the README of leaktight.",
    ],
    [
        REQUEST,
        "comment that asks for an exception",
        "A comment does not decide here; the finding beside it stands",
        "To accept the finding: `leaktight allow ID --reason TEXT`, reviewed by somebody who may decide; or `comments = true` in [policy] of the base.",
    ],
    [
        EXPIRED,
        "exception that has expired",
        "What it accepted is reported again",
        "Mend the finding, or renew the entry with a new date; `leaktight allow --prune` removes it.",
    ],
    [
        SOON,
        "exception that expires soon",
        "After that day, what it accepts is reported again",
        "Mend the finding, or renew the entry with a new date.",
    ],
    [
        UNUSED,
        "exception that nothing needs",
        "It accepts a finding that is not there any more",
        "Remove it: `leaktight allow --prune`.",
    ],
    [
        OWN,
        "policy of the scanned repository",
        "What it accepts or leaves out was decided by whoever can write to that repository",
        "Run with --no-config to ignore it, or with a policy of your own: --config FILE, --allow FILE.",
    ],
];

/// Adds the rules of notices to a set.
#[must_use]
pub fn add(mut rules: Vec<SharedRule>) -> Vec<SharedRule> {
    for [id, name, summary, help] in RULES {
        // A rule file may have a rule of that name; ours speaks.
        rules.retain(|r| r.id != id);
        rules.push(Rule::without_pattern(id, name, summary, help).into());
    }
    rules
}

/// The same for a set that is made already.
#[must_use]
pub fn with_notices(rules: &RuleSet) -> RuleSet {
    RuleSet::new(add(rules.to_list()))
}

/// Whether findings of this rule are notices.
pub fn is_notice(rule: &Rule) -> bool {
    rule.family == Family::Policy && !rule.is_searched()
}

/// What a notice says.
pub fn sentence(finding: &Finding) -> &str {
    let note = finding.evidence.iter().find(|e| e.reason == Reason::PolicyNote);
    note.and_then(|e| e.detail.as_deref()).unwrap_or_default()
}

/// A notice about a place; `key` tells it from others there. `None` where the set has no such rule.
pub fn at(rules: &RuleSet, rule: &str, location: Location, key: &str, sentence: String) -> Option<Finding> {
    let id = rules.find(rule)?;
    let path = place(&location.origin).into_owned();
    Some(Finding {
        id: Id::setting(rule, key.as_bytes(), b"", &path),
        org_id: None,
        rule: id,
        severity: Severity::Info,
        // It is a fact: whoever asks for sure findings only wants to see it, too.
        confidence: Confidence::Proven,
        environment: Environment::Unknown,
        evidence: vec![Evidence::with(Reason::PolicyNote, sentence)],
        redacted: "policy".into(),
        length: None,
        identity: Identity::Setting,
        // What the change does to a secret, and how bad it is there, says nothing about the notice.
        location: Location { state: None, severity: Severity::Info, environment: Environment::Unknown, ..location },
        also: Vec::new(),
        more: 0,
        related: Vec::new(),
        snippet: Snippet::default(),
        life: None,
        state: None,
        comment: None,
        malformed: Vec::new(),
        known_as: crate::finding::KnownAs::default(),
    })
}

/// Lists the first notices of each kind and counts the others: a file of policy may have a hundred thousand entries.
#[derive(Default)]
pub(super) struct Listing(Vec<(&'static str, usize, Option<Location>)>);

impl Listing {
    /// Whether the next notice of this kind, about this place, is listed.
    pub(super) fn lists(&mut self, rule: &'static str, place: &Location) -> bool {
        let slot = self.0.iter().position(|(of, ..)| *of == rule).unwrap_or_else(|| {
            self.0.push((rule, 0, None));
            self.0.len() - 1
        });
        let Some((_, n, first)) = self.0.get_mut(slot) else { return true };
        *n += 1;
        if *n > LISTED && first.is_none() {
            *first = Some(place.clone());
        }
        *n <= LISTED
    }

    /// A notice for each kind of which not all are listed.
    pub(super) fn others(self, rules: &RuleSet, one: &str, many: &str) -> Vec<Finding> {
        let other = |(rule, n, first): (&'static str, usize, Option<Location>)| {
            let (one, many) = (format!("more {one} like the one before"), format!("more {many} like those before"));
            let sentence = format!("{}, from this line on", count(n - LISTED, &one, &many));
            at(rules, rule, first?, &format!("more {many}"), sentence)
        };
        self.0.into_iter().filter(|(_, n, _)| *n > LISTED).filter_map(other).collect()
    }
}

/// A line of a file of policy.
pub fn line_of(file: &str, line: usize) -> Location {
    let line = line.max(1) as u64;
    Location {
        state: None,
        severity: Severity::Info,
        environment: Environment::Unknown,
        origin: Origin::File(file.replace('\\', "/").into_bytes().into()),
        byte_offset: 0,
        byte_length: 0,
        line,
        column: 1,
        end_line: line,
        end_column: 1,
    }
}

/// `1 finding`, `3 findings`.
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    crate::text::count(n as u64, one, many)
}
