//! Which of our findings another tool already accepts.
//!
//! In: a scan of the work tree with its values, then entries of the other tool, one by one. Out: findings, and the lines of a
//! baseline. Neither side has a limit, so values and places are looked up: the cost is that of their sum, not their product.
//! It finds what [`import::Known::is`] accepts, and what is on a line that the other tool names.

use crate::blob::Origin;
use crate::cli::run::policy::EffectivePolicy;
use crate::finding::secret::Secret;
use crate::finding::{Finding, Location, Outcome};
use crate::policy::baseline::Known;
use crate::policy::import::{self, MIN_PART};
use crate::policy::{PathGlob, place};
use aho_corasick::AhoCorasick;
use std::collections::{BTreeSet, HashMap};

/// Lines of one place that are indexed: no key has more.
const MOST_LINES: u64 = 1000;

pub(super) struct Matcher<'o> {
    outcome: &'o Outcome,
    by_value: HashMap<Secret, BTreeSet<usize>>,
    by_hash: HashMap<[u8; 20], BTreeSet<usize>>,
    by_line: HashMap<(Vec<u8>, u64), BTreeSet<usize>>,
    /// Our values that may be a part of theirs, and the findings of each.
    parts: Option<(AhoCorasick, Vec<BTreeSet<usize>>)>,
    /// The paths of findings that are accepted.
    paths: HashMap<usize, BTreeSet<String>>,
    /// Findings whose places are all in the baseline.
    whole: BTreeSet<usize>,
}

impl<'o> Matcher<'o> {
    pub(super) fn new(outcome: &'o Outcome, values: Vec<(Location, Secret)>) -> Self {
        let all = Places::new(outcome);
        let mut by_value: HashMap<Secret, BTreeSet<usize>> = HashMap::new();
        for (location, secret) in values {
            if let Some(n) = all.overlapping(&location) {
                by_value.entry(secret).or_default().insert(n);
            }
        }
        let mut by_hash: HashMap<[u8; 20], BTreeSet<usize>> = HashMap::new();
        for (secret, findings) in &by_value {
            if let Some(hash) = import::hash_of(secret) {
                by_hash.entry(hash).or_default().extend(findings);
            }
        }
        let mut by_line: HashMap<(Vec<u8>, u64), BTreeSet<usize>> = HashMap::new();
        for (n, finding) in outcome.findings.iter().enumerate() {
            for location in places(finding) {
                let path = place(&location.origin).into_owned();
                for line in location.line..=location.end_line.min(location.line + MOST_LINES) {
                    by_line.entry((path.clone(), line)).or_default().insert(n);
                }
            }
        }
        let long: Vec<(&Secret, &BTreeSet<usize>)> = by_value.iter().filter(|(s, _)| s.len() >= MIN_PART).collect();
        // Only too many values could make it fail; whole values are still compared then.
        let parts = AhoCorasick::new(long.iter().map(|(s, _)| s.expose_in_clear())).ok();
        let parts = parts.map(|parts| (parts, long.iter().map(|(_, findings)| (*findings).clone()).collect()));
        Self { outcome, by_value, by_hash, by_line, parts, paths: HashMap::new(), whole: BTreeSet::new() }
    }

    /// The findings that this entry is about: by value, else by file and line.
    pub(super) fn findings(&self, theirs: &import::Known, file: &str) -> BTreeSet<usize> {
        if !theirs.has_value() {
            return self.by_line.get(&(file.as_bytes().to_vec(), theirs.line)).cloned().unwrap_or_default();
        }
        let mut found = BTreeSet::new();
        found.extend(theirs.hash().and_then(|hash| self.by_hash.get(&hash)).into_iter().flatten());
        for value in theirs.values() {
            found.extend(self.by_value.get(value).into_iter().flatten());
            if let Some((parts, findings)) = &self.parts {
                for part in parts.find_overlapping_iter(value.expose_in_clear()) {
                    found.extend(&findings[part.pattern().as_usize()]);
                }
            }
        }
        found
    }

    /// Adds the lines of a finding that is accepted in `file`; if it is no longer there, those of its current places.
    pub(super) fn lines(&mut self, n: usize, file: &str, in_force: &EffectivePolicy, known: &mut BTreeSet<Known>) {
        let finding = &self.outcome.findings[n];
        let rule = &in_force.rules.rule(finding.rule).id;
        let line = |path: &str| (finding.id.as_str().to_owned(), rule.to_string(), PathGlob::escaped(path));
        let path_of = |l: &Location| String::from_utf8_lossy(&place(&l.origin)).into_owned();
        let paths = self.paths.entry(n).or_insert_with(|| places(finding).map(path_of).collect());
        if paths.contains(file) {
            known.insert(line(file));
        } else if self.whole.insert(n) {
            known.extend(paths.iter().map(|path| line(path)));
        }
    }
}

/// The places of all findings by what holds them.
struct Places<'o>(HashMap<&'o Origin, Vec<Placed>>);

struct Placed {
    start: u64,
    end: u64,
    /// The farthest end of this place and of all before it.
    reach: u64,
    finding: usize,
}

impl<'o> Places<'o> {
    fn new(outcome: &'o Outcome) -> Self {
        let mut all: HashMap<&Origin, Vec<Placed>> = HashMap::new();
        for (finding, f) in outcome.findings.iter().enumerate() {
            for l in places(f) {
                let (start, end) = (l.byte_offset, l.byte_offset + l.byte_length);
                all.entry(&l.origin).or_default().push(Placed { start, end, reach: end, finding });
            }
        }
        for list in all.values_mut() {
            list.sort_by_key(|p| (p.start, p.end));
            let mut reach = 0;
            for placed in list {
                reach = placed.end.max(reach);
                placed.reach = reach;
            }
        }
        Self(all)
    }

    /// The first finding, in the order of the report, with a place that overlaps this one.
    fn overlapping(&self, location: &Location) -> Option<usize> {
        let (start, end) = (location.byte_offset, location.byte_offset + location.byte_length);
        let list = self.0.get(&location.origin)?;
        let before = list.partition_point(|p| p.start < end);
        let near = list[..before].iter().rev().take_while(|p| p.reach > start);
        near.filter(|p| p.end > start).map(|p| p.finding).min()
    }
}

fn places(finding: &Finding) -> impl Iterator<Item = &Location> {
    std::iter::once(&finding.location).chain(&finding.also)
}
