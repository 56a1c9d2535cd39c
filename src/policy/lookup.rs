//! Finds the entries that are about a finding, and the accepted gaps that are about a gap, without comparing all with all.
//!
//! In: entries or gaps in the order in which they decide; paths. Out: their indexes. A path without metacharacters is looked
//! up; only globs are tried one by one, and [`Steps`] bounds that where both sides are a stranger's.

use super::entry::Entry;
use super::place::place;
use crate::finding::secret::{Check, Id};
use crate::finding::{Finding, Location};
use crate::rule::RuleSet;
use crate::text::glob::PathGlob;
use std::collections::{BTreeSet, HashMap};

/// Globs tried and places visited that are still allowed. What has no limit is counted all the same.
#[derive(Debug)]
pub(crate) struct Steps(u64);

impl Steps {
    pub(crate) fn unlimited() -> Self {
        Self(u64::MAX)
    }

    pub(crate) fn at_most(limit: u64) -> Self {
        Self(limit)
    }

    /// Whether none is left: what was not compared yet is unknown.
    pub(crate) fn used_up(&self) -> bool {
        self.0 == 0
    }

    /// Spends one; whether there was one.
    pub(crate) fn spend(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}

/// Things with a glob each, by what the globs match.
#[derive(Debug, Default)]
pub(super) struct Paths<'p> {
    exact: HashMap<&'p [u8], Vec<usize>>,
    globs: Vec<(usize, &'p PathGlob)>,
}

impl<'p> Paths<'p> {
    pub(super) fn add(&mut self, n: usize, glob: &'p PathGlob) {
        match glob.exact() {
            Some(path) => self.exact.entry(path).or_default().push(n),
            None => self.globs.push((n, glob)),
        }
    }

    /// Which of them name this path and no other.
    fn naming(&self, path: &[u8]) -> &[usize] {
        self.exact.get(path).map(Vec::as_slice).unwrap_or_default()
    }

    /// Which of them match. `path` is UTF-8, as reports show it.
    pub(super) fn at(&self, path: &[u8], steps: &mut Steps) -> Vec<usize> {
        let mut out = self.naming(path).to_vec();
        for (n, glob) in &self.globs {
            if !steps.spend() {
                break;
            }
            if glob.matches(path) {
                out.push(*n);
            }
        }
        out.sort_unstable();
        out
    }
}

/// Entries by finding and rule.
#[derive(Debug)]
pub(crate) struct Lookup<'p> {
    entries: &'p [Entry],
    by_subject: HashMap<&'p str, HashMap<&'p str, Paths<'p>>>,
    /// The paths of those whose id depends on a location, by rule.
    located: HashMap<&'p str, Paths<'p>>,
}

/// What entries say about one finding.
#[derive(Debug, Default)]
pub(super) struct Judged<'p> {
    /// The first place that none of them covers; 0 is the primary one.
    pub(super) uncovered: Option<usize>,
    /// Places that they cover.
    pub(super) covered: usize,
    /// The entry that speaks for them.
    pub(super) speaks: Option<&'p Entry>,
    /// Entries that are about it, expired ones too.
    pub(super) hits: BTreeSet<usize>,
}

impl<'p> Lookup<'p> {
    /// A look-up of these. Allow entries decide before baselines: they have words of their own.
    pub(crate) fn new(entries: &'p [Entry]) -> Self {
        let mut by_subject: HashMap<&str, HashMap<&str, Paths<'_>>> = HashMap::new();
        let mut located: HashMap<&str, Paths<'_>> = HashMap::new();
        for (n, entry) in entries.iter().enumerate() {
            let of_id = by_subject.entry(&entry.id).or_default();
            of_id.entry(&entry.rule).or_default().add(n, &entry.path);
            if Id::is_located(&entry.id) {
                located.entry(&entry.rule).or_default().add(n, &entry.path);
            }
        }
        Self { entries, by_subject, located }
    }

    /// What makes the location-based ids of a finding. Of one that was read from a report it is not known; it is searched
    /// for in its id (4,096 hashes) if there is an entry that could be about another of its places.
    fn check(&self, finding: &Finding, rules: &RuleSet, steps: &mut Steps) -> Option<Check> {
        if finding.known_as.check.is_some() || finding.also.is_empty() || !Id::is_located(finding.id.as_str()) {
            return finding.known_as.check;
        }
        let paths = self.located.get(&*rules.rule(finding.rule).id)?;
        let mut places = std::iter::once(&finding.location).chain(&finding.also);
        let named = places.any(|l| !paths.at(String::from_utf8_lossy(&place(&l.origin)).as_bytes(), steps).is_empty());
        if named { finding.check_of_id(rules) } else { None }
    }

    /// What they say about this finding. `whole`: about all its places; else up to the first that none covers.
    ///
    /// An entry covers a place if its glob matches it and its id is that of the finding. An id that depends on a location
    /// (an exception from before there was a salt) is that of one place: it covers that place, and others that it names.
    pub(super) fn judge(
        &self,
        finding: &Finding,
        rules: &RuleSet,
        now: i64,
        whole: bool,
        steps: &mut Steps,
    ) -> Judged<'p> {
        let mut out = Judged::default();
        let rule = &*rules.rule(finding.rule).id;
        let group = |id: &str| self.by_subject.get(id)?.get(rule);
        let salted = finding.known_as.salted.iter().filter_map(|id| group(id.as_str()));
        let by_value: Vec<&Paths<'_>> = group(finding.id.as_str()).into_iter().chain(salted).collect();
        if self.by_subject.is_empty() {
            return Judged { uncovered: Some(0), ..out };
        }
        let places: Vec<&Location> = std::iter::once(&finding.location).chain(&finding.also).collect();
        let check = self.check(finding, rules, steps);
        let mut located = |place: &&Location| {
            let id = steps.spend().then(|| finding.located_with(check?, rules, place)).flatten()?;
            group(id.as_str())
        };
        let by_place: Vec<Option<&Paths<'_>>> = places.iter().map(&mut located).collect();
        let mut any: Vec<&Paths<'_>> = by_place.iter().flatten().copied().collect();
        any.sort_by_key(|p| std::ptr::from_ref(*p));
        any.dedup_by_key(|p| std::ptr::from_ref(*p));
        if by_value.is_empty() && any.is_empty() {
            out.uncovered = Some(0);
            return out;
        }
        for (n, location) in places.iter().enumerate() {
            let path = place(&location.origin);
            let path = String::from_utf8_lossy(&path);
            let path = path.as_bytes();
            let mut about: Vec<usize> = Vec::new();
            for paths in by_value.iter().copied().chain(by_place.get(n).copied().flatten()) {
                about.extend(paths.at(path, steps));
            }
            for paths in &any {
                if !steps.spend() {
                    break;
                }
                about.extend(paths.naming(path));
            }
            let mut valid: Vec<&Entry> = about.iter().map(|i| &self.entries[*i]).filter(|e| e.valid(now)).collect();
            out.hits.extend(about);
            valid.sort_by_key(|e| e.by);
            if let Some(entry) = valid.first() {
                out.covered += 1;
                out.speaks = out.speaks.filter(|first| first.by <= entry.by).or(Some(entry));
            } else {
                out.uncovered = out.uncovered.or(Some(n));
            }
            if (out.uncovered.is_some() && !whole) || !steps.spend() {
                break;
            }
        }
        // The paths of places that were not kept are not known, and no exception covers every path.
        if finding.more > 0 && out.uncovered.is_none() {
            (out.uncovered, out.covered) = (Some(0), 0);
        }
        out
    }
}
