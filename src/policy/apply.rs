//! Applies policy to the outcome of a run: what is accepted is put aside and counted, never dropped.
//!
//! In: an [`Outcome`], "now". Out: the same with accepted findings in `suppressed`, accepted gaps in `accepted`, and
//! notices last. A finding is accepted only where every place of it is; else its first uncovered place speaks for it.

use super::comment::LEAKTIGHT;
use super::{Entry, notice, place};
use crate::config::AcceptedGap;
use crate::evidence::{Evidence, Reason};
use crate::finding::{Finding, Outcome, Snippet, State, Suppressed};
use crate::mask::Words;
use crate::rule::RuleSet;
use crate::source::Gap;
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

/// How often each entry and each accepted gap was needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Use {
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
    pub fn apply(&self, rules: &RuleSet, outcome: &mut Outcome, now: i64, whole: bool) -> Use {
        let mut used = Use { entries: vec![0; self.entries.len()], gaps: vec![0; self.gaps.len()] };
        let known = std::mem::take(&mut outcome.known);
        let mut words = Words::new(&known);
        let mut notices = Vec::new();
        let by_id = self.by_id();
        let mut stay = Vec::with_capacity(outcome.findings.len());
        for mut finding in std::mem::take(&mut outcome.findings) {
            let entries = by_id.get(finding.id.as_str()).map(Vec::as_slice).unwrap_or_default();
            match self.judge(&finding, entries, rules, now, &mut used) {
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
            if self.gate && finding.state.is_none_or(State::gates) {
                notices.extend(request(rules, &finding, &mut words));
            }
            stay.push(finding);
        }
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

    fn by_id(&self) -> HashMap<&str, Vec<usize>> {
        // Allow entries first: they have words of their own.
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|i| self.entries[*i].by);
        let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
        for i in order {
            by_id.entry(&self.entries[i].id).or_default().push(i);
        }
        by_id
    }

    fn judge(&self, finding: &Finding, entries: &[usize], rules: &RuleSet, now: i64, used: &mut Use) -> Verdict {
        let rule = &*rules.rule(finding.rule).id;
        let places = || std::iter::once(&finding.location).chain(&finding.also);
        let about: Vec<usize> = entries.iter().copied().filter(|i| self.entries[*i].rule == rule).collect();
        let mut first_uncovered = None;
        let mut covered = 0;
        let mut speaks = None;
        if !about.is_empty() {
            let mut hit = vec![false; about.len()];
            for (n, location) in places().enumerate() {
                let path = place(&location.origin);
                let mut here = false;
                for (slot, i) in hit.iter_mut().zip(&about) {
                    let entry = &self.entries[*i];
                    if entry.path.matches(&path) {
                        *slot = true;
                        if !entry.expires.is_some_and(|d| d.over(now)) {
                            here = true;
                            speaks = speaks.or(Some(*i));
                        }
                    }
                }
                if here {
                    covered += 1;
                } else if first_uncovered.is_none() {
                    first_uncovered = Some(n);
                }
            }
            for (hit, i) in hit.iter().zip(&about) {
                used.entries[*i] += usize::from(*hit);
            }
        } else {
            first_uncovered = Some(0);
        }
        if let (None, Some(i)) = (first_uncovered, speaks) {
            let entry = &self.entries[i];
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
        match first_uncovered {
            Some(first) if covered > 0 => Verdict::Partly(first, covered),
            _ => Verdict::Stands,
        }
    }

    /// Which of these findings it would accept.
    pub fn accepts(&self, rules: &RuleSet, findings: &[Finding], now: i64) -> Vec<bool> {
        let mut used = Use { entries: vec![0; self.entries.len()], gaps: Vec::new() };
        let by_id = self.by_id();
        let mut one = |finding: &Finding| {
            let entries = by_id.get(finding.id.as_str()).map(Vec::as_slice).unwrap_or_default();
            matches!(self.judge(finding, entries, rules, now, &mut used), Verdict::Accepted(_))
        };
        findings.iter().map(&mut one).collect()
    }

    /// Whether it would accept this gap.
    pub fn accepts_gap(&self, gap: &Gap, now: i64) -> bool {
        let valid = |a: &AcceptedGap| !a.expires.is_some_and(|d| d.over(now));
        self.gaps.iter().any(|a| a.kind == gap.kind && a.path.matches(&gap.what) && valid(a))
    }

    fn accept_gaps(&self, outcome: &mut Outcome, now: i64, used: &mut Use) {
        if self.gaps.is_empty() {
            return;
        }
        let mut stay = Vec::new();
        for gap in std::mem::take(&mut outcome.gaps) {
            let mut reason = None;
            for (i, accepted) in self.gaps.iter().enumerate() {
                if accepted.kind == gap.kind && accepted.path.matches(&gap.what) {
                    used.gaps[i] += 1;
                    if !accepted.expires.is_some_and(|d| d.over(now)) {
                        reason = reason.or(Some(accepted.reason.clone()));
                    }
                }
            }
            match reason {
                Some(reason) => outcome.accepted.push((gap, reason)),
                None => stay.push(gap),
            }
        }
        outcome.gaps = stay;
    }

    fn about_entries(&self, rules: &RuleSet, used: &Use, now: i64, whole: bool, words: &mut Words<'_>) -> Vec<Finding> {
        let mut out = Vec::new();
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
                _ if whole && *used == 0 && entry.by == super::By::Baseline => {
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
            let key = format!("{} {}", entry.id, entry.path.as_str());
            out.extend(notice::at(rules, rule, place, &key, words.safe(sentence)));
        }
        for (file, line, n) in left_over {
            let sentence = format!("{} of the baseline match nothing any more", notice::count(n, "entry", "entries"));
            out.extend(notice::at(rules, notice::UNUSED, notice::line_of(file, line), "baseline", sentence));
        }
        out
    }

    fn about_gaps(&self, rules: &RuleSet, used: &Use, now: i64, whole: bool, words: &mut Words<'_>) -> Vec<Finding> {
        let mut out = Vec::new();
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
            let key = format!("{} {}", gap.kind.name(), gap.path.as_str());
            out.extend(notice::at(rules, rule, place, &key, words.safe(sentence)));
        }
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

/// The first place that nothing accepts speaks for the finding. The lines that were shown belong to another place.
fn uncover(finding: &mut Finding, first: usize, covered: usize) {
    if let Some(slot) = first.checked_sub(1).and_then(|i| finding.also.get_mut(i)) {
        std::mem::swap(slot, &mut finding.location);
        finding.also.sort();
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
