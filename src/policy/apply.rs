//! Applies policy to the outcome of a run: what is accepted is put aside and counted, never dropped.
//!
//! In: an [`Outcome`], "now". Out: the same with accepted findings in `suppressed`, accepted gaps in `accepted`, and
//! notices last. A finding is accepted only where every place of it is; else its worst uncovered place speaks for it.

use super::comment::LEAKTIGHT;
use super::entry::{Entry, EntryKind};
use super::lookup::{Judged, Lookup, Paths, Steps};
use super::notice;
use crate::blob::{Gap, GapKind};
use crate::finding::evidence::{Evidence, Reason};
use crate::finding::group::rank;
use crate::finding::{Finding, Location, Outcome, Snippet, State, Suppressed};
use crate::mask::Words;
use crate::rule::RuleSet;
use crate::text::glob::PathGlob;
use crate::time::Date;
use std::collections::HashMap;

/// Days before an end from which it is said.
pub const SOON: i64 = 14;
/// What accepts a finding where a comment does.
const COMMENT: &str = "comment";

/// What is accepted, and how.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Entries of allow files and baselines.
    pub entries: Vec<Entry>,
    /// Gaps.
    pub gaps: Vec<AcceptedGap>,
    /// Comments beside a secret are obeyed.
    pub comments: bool,
    /// Those of these tools, too.
    pub dialects: Vec<String>,
    /// It is a gate: comments that are not obeyed are said.
    pub gate: bool,
    /// The leaktight.toml that gaps are accepted in, for notices.
    pub file: String,
}

/// A gap that is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedGap {
    /// Its kind.
    pub kind: GapKind,
    /// What it is about.
    pub path: PathGlob,
    /// Why.
    pub reason: String,
    /// The last day on which this holds.
    pub expires: Option<Date>,
    /// The line of its kind.
    pub line: usize,
}

/// How often each entry and each accepted gap was needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Findings that each entry is about, in the order of `entries`.
    pub entries: Vec<usize>,
    /// Gaps, in the order of `gaps`.
    pub gaps: Vec<usize>,
}

/// What becomes of one finding.
enum Verdict {
    Stands,
    /// Accepted at some places; the first that is not, as index (0 is the primary place).
    Partly(usize, usize),
    Accepted(Accepted),
}

/// What accepts a finding.
struct Accepted {
    by: &'static str,
    reason: String,
    owner: Option<String>,
    expires: Option<String>,
}

impl Policy {
    /// Applies it. `whole`: everything that the entries could be about was looked at, so that one which nothing matched
    /// is unused.
    pub fn apply(&self, rules: &RuleSet, outcome: &mut Outcome, now: i64, whole: bool) -> Usage {
        let mut used = Usage { entries: vec![0; self.entries.len()], gaps: vec![0; self.gaps.len()] };
        let known = std::mem::take(&mut outcome.known);
        let mut words = Words::new(&known);
        let mut notices = Vec::new();
        let lookup = Lookup::new(&self.entries);
        let mut stay = Vec::with_capacity(outcome.findings.len());
        for mut finding in std::mem::take(&mut outcome.findings) {
            let judged = lookup.judge(&finding, rules, now, true, &mut Steps::unlimited());
            judged.hits.iter().for_each(|i| used.entries[*i] += 1);
            match self.verdict(&finding, &judged) {
                Verdict::Accepted(Accepted { by, reason, owner, expires }) => {
                    outcome.suppressed.push(Suppressed {
                        finding,
                        by: by.into(),
                        in_source: by == COMMENT,
                        reason: words.safe(reason),
                        owner: owner.map(|o| words.safe(o)),
                        expires,
                    });
                    continue;
                }
                Verdict::Partly(first, covered) => uncover(&mut finding, first, covered),
                Verdict::Stands => {}
            }
            // What was there before asks for nothing.
            if self.gate && finding.state.is_none_or(State::is_from_change) {
                notices.extend(request(rules, &finding, &mut words));
            }
            if finding.state.is_none_or(State::is_from_change) {
                notices.extend(malformed(rules, &finding, &mut words));
            }
            stay.push(finding);
        }
        // What stays may be less bad without its accepted places.
        stay.sort_by_key(rank);
        outcome.findings = stay;
        self.accept_gaps(outcome, now, &mut used);
        notices.extend(self.about_entries(rules, &used, now, whole, &mut words));
        notices.extend(self.about_gaps(rules, &used, now, whole, &mut words));
        outcome.accepted.iter_mut().for_each(|(_, reason)| *reason = words.safe(std::mem::take(reason)));
        outcome.findings.extend(notices);
        drop(words);
        outcome.known = known;
        used
    }

    /// The same without entries and gaps.
    pub(crate) fn without_entries(&self) -> Self {
        let (comments, gate) = (self.comments, self.gate);
        Self { comments, gate, dialects: self.dialects.clone(), file: self.file.clone(), ..Self::default() }
    }

    /// What becomes of a finding, once entries were asked.
    fn verdict(&self, finding: &Finding, judged: &Judged<'_>) -> Verdict {
        if let (None, Some(entry)) = (judged.uncovered, judged.speaks) {
            return Verdict::Accepted(Accepted {
                by: entry.by.name(),
                reason: entry.reason.clone(),
                owner: entry.owner.clone(),
                expires: entry.expires.map(|d| d.to_string()),
            });
        }
        if let Some(comment) = finding.comment.as_ref().filter(|_| self.comments) {
            let obeyed = |d: &&str| **d == *LEAKTIGHT || self.dialects.iter().any(|have| have == *d);
            if let Some(dialect) = comment.dialects().find(|d| obeyed(d)) {
                let reason = match comment.reason.as_str() {
                    "" => format!("a comment of {dialect}"),
                    reason => reason.to_owned(),
                };
                return Verdict::Accepted(Accepted { by: COMMENT, reason, owner: None, expires: None });
            }
        }
        match judged.uncovered {
            Some(first) if judged.covered > 0 => Verdict::Partly(first, judged.covered),
            _ => Verdict::Stands,
        }
    }

    /// Which of these findings it would accept. Beyond `steps` the answer is yes: a reviewer is warned of too much.
    pub(crate) fn accepts<'f>(
        &self,
        rules: &RuleSet,
        findings: impl IntoIterator<Item = &'f Finding>,
        now: i64,
        steps: &mut Steps,
    ) -> Vec<bool> {
        let lookup = Lookup::new(&self.entries);
        let mut one = |finding: &Finding| {
            let judged = lookup.judge(finding, rules, now, false, steps);
            steps.used_up() || matches!(self.verdict(finding, &judged), Verdict::Accepted(_))
        };
        findings.into_iter().map(&mut one).collect()
    }

    /// How many of these gaps it would accept; beyond `steps` all.
    pub(crate) fn accepted_gaps(&self, gaps: &[Gap], now: i64, steps: &mut Steps) -> usize {
        let lookup = self.gaps_by_kind();
        let mut accepts = |gap: &&Gap| {
            let about = about_gap(&lookup, gap, steps);
            steps.used_up() || about.iter().any(|i| !self.gaps[*i].expires.is_some_and(|d| d.over(now)))
        };
        gaps.iter().filter(&mut accepts).count()
    }

    fn gaps_by_kind(&self) -> HashMap<GapKind, Paths<'_>> {
        let mut by_kind: HashMap<GapKind, Paths<'_>> = HashMap::new();
        for (i, accepted) in self.gaps.iter().enumerate() {
            by_kind.entry(accepted.kind).or_default().add(i, &accepted.path);
        }
        by_kind
    }

    fn accept_gaps(&self, outcome: &mut Outcome, now: i64, used: &mut Usage) {
        if self.gaps.is_empty() {
            return;
        }
        let lookup = self.gaps_by_kind();
        let mut stay = Vec::new();
        for gap in std::mem::take(&mut outcome.gaps) {
            let about = about_gap(&lookup, &gap, &mut Steps::unlimited());
            about.iter().for_each(|i| used.gaps[*i] += 1);
            let valid = about.iter().map(|i| &self.gaps[*i]).find(|a| !a.expires.is_some_and(|d| d.over(now)));
            match valid {
                Some(accepted) => outcome.accepted.push((gap, accepted.reason.clone())),
                None => stay.push(gap),
            }
        }
        outcome.gaps = stay;
    }

    fn about_entries(
        &self,
        rules: &RuleSet,
        used: &Usage,
        now: i64,
        whole: bool,
        words: &mut Words<'_>,
    ) -> Vec<Finding> {
        let (mut out, mut listing) = (Vec::new(), notice::Listing::default());
        let mut left_over: Vec<(&str, usize, usize)> = Vec::new();
        for (entry, used) in self.entries.iter().zip(&used.entries) {
            let what = format!("the exception for {} ({}) at `{}`", entry.id, entry.rule, entry.path.as_str());
            let (rule, sentence) = match entry.expires {
                Some(day) if day.over(now) && (whole || *used > 0) => {
                    let effect = if *used > 0 { "the finding is reported again" } else { "nothing needs it" };
                    (notice::EXPIRED, format!("{what} expired after {day}; {effect}"))
                }
                Some(day) if day.over(now) => continue,
                Some(day) if *used > 0 && day.days_left(now) <= SOON => {
                    (notice::SOON, format!("{what} expires after {day} ({})", days(day.days_left(now))))
                }
                _ if whole && *used == 0 && entry.by == EntryKind::Baseline => {
                    // A baseline shrinks by the dozen; one line says it.
                    match left_over.iter_mut().find(|(file, ..)| *file == entry.file) {
                        Some((_, _, n)) => *n += 1,
                        None => left_over.push((&entry.file, entry.line, 1)),
                    }
                    continue;
                }
                _ if whole && *used == 0 && !entry.in_no_file() => {
                    (notice::UNUSED, format!("{what} matches nothing in what was looked at"))
                }
                _ => continue,
            };
            let place = notice::line_of(&entry.file, entry.line);
            if !listing.lists(rule, &place) {
                continue;
            }
            let key = format!("{} {}", entry.id, entry.path.as_str());
            out.extend(notice::at(rules, rule, place, &key, words.safe(sentence)));
        }
        out.extend(listing.others(rules, "exception", "exceptions"));
        for (file, line, n) in left_over {
            let which = notice::count(n, "entry of the baseline matches", "entries of the baseline match");
            let sentence = format!("{which} nothing any more");
            out.extend(notice::at(rules, notice::UNUSED, notice::line_of(file, line), "baseline", sentence));
        }
        out
    }

    fn about_gaps(&self, rules: &RuleSet, used: &Usage, now: i64, whole: bool, words: &mut Words<'_>) -> Vec<Finding> {
        let (mut out, mut listing) = (Vec::new(), notice::Listing::default());
        for (gap, used) in self.gaps.iter().zip(&used.gaps) {
            let what = format!("the accepted gap {} at `{}`", gap.kind.name(), gap.path.as_str());
            let (rule, sentence) = match gap.expires {
                Some(day) if day.over(now) && (whole || *used > 0) => {
                    (notice::EXPIRED, format!("{what} expired after {day}"))
                }
                Some(day) if !day.over(now) && *used > 0 && day.days_left(now) <= SOON => {
                    (notice::SOON, format!("{what} expires after {day} ({})", days(day.days_left(now))))
                }
                Some(day) if day.over(now) => continue,
                _ if whole && *used == 0 => (notice::UNUSED, format!("{what} matches nothing")),
                _ => continue,
            };
            let place = notice::line_of(&self.file, gap.line);
            if !listing.lists(rule, &place) {
                continue;
            }
            let key = format!("{} {}", gap.kind.name(), gap.path.as_str());
            out.extend(notice::at(rules, rule, place, &key, words.safe(sentence)));
        }
        out.extend(listing.others(rules, "accepted gap", "accepted gaps"));
        out
    }
}

/// A comment that is not obeyed is a request.
fn request(rules: &RuleSet, finding: &Finding, words: &mut Words<'_>) -> Option<Finding> {
    let comment = finding.comment.as_ref()?;
    let reason = match comment.reason.as_str() {
        "" => String::new(),
        reason => format!(", because: {reason}"),
    };
    let rule = &rules.rule(finding.rule).id;
    let sentence =
        format!("asks to accept {} ({rule}), in the way of {}{reason}", finding.id.as_str(), comment.dialect);
    notice::at(rules, notice::REQUEST, finding.location.clone(), finding.id.as_str(), words.safe(sentence))
}

/// A comment that asks for nothing, because it is not written as a request is.
fn malformed(rules: &RuleSet, finding: &Finding, words: &mut Words<'_>) -> Vec<Finding> {
    let one = |(place, why): &(Location, String)| {
        let key = format!("malformed {} {}", finding.id.as_str(), place.line);
        let sentence = words.safe(format!("malformed request, ignored: {why}"));
        notice::at(rules, notice::REQUEST, place.clone(), &key, sentence)
    };
    finding.malformed.iter().filter_map(one).collect()
}

fn about_gap(lookup: &HashMap<GapKind, Paths<'_>>, gap: &Gap, steps: &mut Steps) -> Vec<usize> {
    let path = String::from_utf8_lossy(&gap.what);
    lookup.get(&gap.kind).map(|paths| paths.at(path.as_bytes(), steps)).unwrap_or_default()
}

/// The first place that nothing accepts speaks for the finding, and says how bad it is. The lines that were shown belong
/// to another place.
fn uncover(finding: &mut Finding, first: usize, covered: usize) {
    if let Some(slot) = first.checked_sub(1).and_then(|i| finding.also.get_mut(i)) {
        std::mem::swap(slot, &mut finding.location);
        finding.also.sort();
        // The worst places are first: of those that nothing accepts none is worse.
        finding.follow_place();
        finding.snippet = Snippet::default();
    }
    let detail = format!("accepted at {}, and not here", notice::count(covered, "other place", "other places"));
    finding.evidence.push(Evidence::with(Reason::PolicyNote, detail));
}

fn days(n: i64) -> String {
    match n {
        0 => "its last day".into(),
        1 => "1 day left".into(),
        n => format!("{n} days left"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::EntryKind;
    use super::*;
    use crate::report::fixtures;
    use crate::rule::{Environment, Severity};

    #[test]
    fn the_worst_place_that_nobody_accepted_says_how_bad_a_finding_is() {
        let rules = RuleSet::builtin();
        let at = |path: &str, severity, environment| Location {
            severity,
            environment,
            ..fixtures::at(path.as_bytes(), 1, 1, 9)
        };
        let (production, test) = (Environment::Production, Environment::Test);
        let mut finding =
            fixtures::finding(&rules, "generic-password", 1, at("a", Severity::Low, test), Snippet::default());
        finding.location = at("src/prod.env", Severity::High, production);
        finding.also = vec![
            at("src/app.env", Severity::Medium, Environment::Unknown),
            at("tests/a.py", Severity::Low, test),
            at("tests/b.py", Severity::Low, test),
        ];
        finding.follow_place();
        let other = fixtures::finding(&rules, "generic-password", 2, at("z", Severity::Low, test), Snippet::default());
        let entry = |path: &str| Entry {
            by: EntryKind::Allow,
            id: finding.id.as_str().to_owned(),
            rule: "generic-password".into(),
            path: PathGlob::new(path).unwrap(),
            reason: "known".into(),
            owner: None,
            expires: None,
            file: "allow.toml".into(),
            line: 1,
        };
        // The paths that are accepted, and what is left.
        for (accepted, path, severity, environment) in [
            (&["tests/*"][..], "src/prod.env", Severity::High, production),
            (&["src/prod.env"], "src/app.env", Severity::Medium, Environment::Unknown),
            (&["src/*"], "tests/a.py", Severity::Low, test),
            (&["src/*", "tests/a.py"], "tests/b.py", Severity::Low, test),
        ] {
            let policy = Policy { entries: accepted.iter().map(|path| entry(path)).collect(), ..Policy::default() };
            let mut outcome = Outcome { findings: vec![other.clone(), finding.clone()], ..Outcome::default() };
            policy.apply(&rules, &mut outcome, 0, false);
            let left = outcome.findings.iter().find(|f| f.id == finding.id).unwrap();
            assert_eq!(left.location, at(path, severity, environment), "{accepted:?}");
            assert_eq!((left.severity, left.environment), (severity, environment), "{accepted:?}");
            assert_eq!(left.also.len(), 3, "accepted places stay listed");
            assert!(outcome.findings.is_sorted_by_key(|f| std::cmp::Reverse(f.severity)), "worst first");
        }
        // Places that were not kept are covered by nothing.
        for (more, stands) in [(0, 0), (1, 1)] {
            let accepted = ["src/*", "tests/*"];
            let policy = Policy { entries: accepted.iter().map(|path| entry(path)).collect(), ..Policy::default() };
            let finding = Finding { more, ..finding.clone() };
            let mut outcome = Outcome { findings: vec![finding], ..Outcome::default() };
            policy.apply(&rules, &mut outcome, 0, false);
            assert_eq!(outcome.findings.len(), stands, "{more} more");
        }
    }
}
