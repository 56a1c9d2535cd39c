//! The results of several repositories as one: what a run over many, a resumed run and `leaktight merge` have in common.
//!
//! In: outcomes in any order and grouping. Out: one outcome that depends on neither, so that shards give the same bytes
//! as one run. For that every choice is the least of something that is carried along whole: the *face* (primary place
//! with its severity and environment, id, lines around it) is the one with the worst place, the *voice* (rule,
//! confidence, evidence) the one that says most.

use crate::blob::{Gap, Reach};
use crate::finding::evidence::{Evidence, Reason};
use crate::finding::few::MOST_PLACES;
use crate::finding::group::report_order;
use crate::finding::{Covered, Finding, Life, Location, Outcome, listed};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One outcome of all. Equal `org_id`s, or else equal ids, are one secret; findings of one part are never put together.
pub fn merge(parts: impl IntoIterator<Item = Outcome>) -> Outcome {
    let mut all = Outcome::default();
    let mut groups: BTreeMap<(String, usize), Finding> = BTreeMap::new();
    for mut part in parts {
        add(&mut all.covered, &part.covered);
        all.weak_ids |= part.weak_ids;
        all.gaps.append(&mut part.gaps);
        // A weak id may name two secrets of one repository. The first by place of each part belong together, then the
        // second ones: which is first does not change when parts are merged in another grouping.
        part.findings.sort_by(|a, b| face(a).cmp(&face(b)));
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for finding in part.findings {
            let key = finding.org_id.clone().unwrap_or_else(|| finding.id.as_str().to_owned());
            let nth = seen.entry(key.clone()).or_default();
            let slot = (key, *nth);
            *nth += 1;
            let united = match groups.remove(&slot) {
                Some(other) => unite(other, finding),
                None => finding,
            };
            groups.insert(slot, united);
        }
    }
    all.findings = groups.into_values().collect();
    all.findings.sort_by(report_order);
    all.gaps.sort();
    all.gaps.dedup();
    all
}

fn face(f: &Finding) -> impl Ord + '_ {
    (&f.location, &f.id, &f.redacted)
}

/// Least for what says most.
fn voice(f: &Finding) -> impl Ord + '_ {
    let weights: i32 = f.evidence.iter().map(Evidence::weight).fold(0, i32::saturating_add);
    let words: Vec<_> = f.evidence.iter().map(|e| (e.text(), e.weight())).collect();
    let rest = (f.rule, f.length, f.identity, &f.redacted);
    (Reverse(f.confidence), Reverse(weights), words, rest)
}

/// One secret in two places of the run.
fn unite(a: Finding, b: Finding) -> Finding {
    let (mut first, mut second) = if face(&a) <= face(&b) { (a, b) } else { (b, a) };
    let mut also = std::mem::take(&mut first.also);
    also.append(&mut second.also);
    also.push(second.location.clone());
    also.sort();
    also.dedup();
    also.retain(|place| *place != first.location);
    let more = second.more + also.len().saturating_sub(MOST_PLACES) as u64;
    also.truncate(MOST_PLACES);
    first.also = also;
    first.more += more;
    first.follow_place();
    first.org_id = first.org_id.or_else(|| second.org_id.clone());
    // Of a part that was read from a report it is not known; one secret has one.
    first.known_as.check = first.known_as.check.or(second.known_as.check);
    first.life = match (first.life.take(), second.life.take()) {
        (Some(a), Some(b)) => Some(live(a, b)),
        (a, b) => a.or(b),
    };
    let more = first.more;
    let mut one = if voice(&second) < voice(&first) {
        Finding {
            rule: second.rule,
            confidence: second.confidence,
            evidence: second.evidence,
            redacted: second.redacted,
            length: second.length,
            identity: second.identity,
            ..first
        }
    } else {
        first
    };
    // Both may have a note about their own places.
    (one.more, one.evidence) = (0, one.evidence.into_iter().filter(|e| e.reason != Reason::PlacesCut).collect());
    one.count_more(more);
    one
}

/// Both lives as one.
fn live(a: Life, b: Life) -> Life {
    let sorted = |mut a: Vec<Vec<u8>>, b: Vec<Vec<u8>>| {
        a.extend(b);
        a.sort();
        a.dedup();
        a
    };
    let mut reach: Vec<Reach> = a.reach.into_iter().chain(b.reach).collect();
    reach.sort_unstable();
    reach.dedup();
    let key = |first: Option<i64>, list: &[String]| (first.is_none(), first, list.first().cloned());
    let a_first = key(a.first, &a.introduced) <= key(b.first, &b.introduced);
    let (mut refs, mut tags) = ([a.refs, b.refs].concat(), [a.tags, b.tags].concat());
    // Names of several repositories are different ones, so that numbers add up.
    let more_refs = a.more_refs.saturating_add(b.more_refs).saturating_add(listed(&mut refs));
    let more_tags = a.more_tags.saturating_add(b.more_tags).saturating_add(listed(&mut tags));
    Life {
        first: a.first.into_iter().chain(b.first).min(),
        last: a.last.max(b.last),
        authored: match (a.authored, b.authored) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        },
        introduced: chained(a.introduced, b.introduced, a_first, true),
        removed: chained(a.removed, b.removed, a_first, false),
        in_head: a.in_head || b.in_head,
        refs,
        more_refs,
        tags,
        more_tags,
        authors: sorted(a.authors, b.authors),
        days: a.days.max(b.days),
        objects: a.objects.saturating_add(b.objects),
        reach,
    }
}

/// Commits of several repositories, each one's in its own order, the repositories by name. Dates of commits are not known
/// here; but with `by_date` the repository with the earliest one leads, so that the list begins with it.
fn chained(a: Vec<String>, b: Vec<String>, a_first: bool, by_date: bool) -> Vec<String> {
    let repo = |commit: &str| commit.rsplit_once(':').map_or(String::new(), |(name, _)| name.to_owned());
    let (mut all, rest) = if a_first { (a, b) } else { (b, a) };
    let lead = all.first().or(rest.first()).map(|c| repo(c)).filter(|_| by_date);
    all.extend(rest);
    all.sort_by_cached_key(|c| {
        let name = repo(c);
        (lead.as_ref().is_some_and(|lead| *lead != name), name)
    });
    let mut seen = std::collections::HashSet::new();
    all.retain(|c| seen.insert(c.clone()));
    all
}

fn add(to: &mut Covered, from: &Covered) {
    let Covered {
        files,
        bytes,
        repositories,
        blobs,
        trees,
        commits,
        tags,
        refs,
        links,
        ignored_files,
        ignored_folders,
        report_files,
        excluded,
    } = from;
    for (slot, n) in [
        (&mut to.files, files),
        (&mut to.bytes, bytes),
        (&mut to.repositories, repositories),
        (&mut to.blobs, blobs),
        (&mut to.trees, trees),
        (&mut to.commits, commits),
        (&mut to.tags, tags),
        (&mut to.refs, refs),
        (&mut to.links, links),
        (&mut to.ignored_files, ignored_files),
        (&mut to.ignored_folders, ignored_folders),
        (&mut to.report_files, report_files),
    ] {
        *slot = slot.saturating_add(*n);
    }
    for part in excluded {
        match to.excluded.iter_mut().find(|e| e.glob == part.glob) {
            Some(sum) => {
                sum.files = sum.files.saturating_add(part.files);
                sum.bytes = sum.bytes.saturating_add(part.bytes);
            }
            None => to.excluded.push(part.clone()),
        }
    }
}

/// Puts the repository's name before what names a thing of it: commits and references of lives, and gaps.
pub(super) fn named(outcome: &mut Outcome, name: &str) {
    let prefix = format!("{name}:");
    for life in outcome.findings.iter_mut().filter_map(|f| f.life.as_mut()) {
        life.introduced.iter_mut().chain(&mut life.removed).for_each(|c| c.insert_str(0, &prefix));
        for name in life.refs.iter_mut().chain(&mut life.tags) {
            name.splice(0..0, prefix.bytes());
        }
    }
    for gap in &mut outcome.gaps {
        gap.what.splice(0..0, format!("{name}: ").into_bytes());
    }
}

/// Makes the outcome of a run over one repository a part of one over several: its places say which one they are in.
/// One that does so already stays as it is.
pub fn adopt(outcome: &mut Outcome, name: &str) {
    let nameless = |place: &Location| place.origin.git().is_some_and(|git| git.repo.is_empty());
    let has_name = |gap: &Gap| gap.what == name.as_bytes() || gap.what.starts_with(format!("{name}: ").as_bytes());
    let of_one = match outcome.findings.first() {
        Some(first) => nameless(&first.location),
        None => !outcome.gaps.iter().any(has_name),
    };
    if !of_one {
        return;
    }
    let repo: Arc<[u8]> = name.as_bytes().into();
    for f in &mut outcome.findings {
        let parts = f.related.iter_mut().map(|r| &mut r.location);
        for place in f.also.iter_mut().chain(parts).chain([&mut f.location]) {
            if let Some(git) = place.origin.git_mut() {
                git.repo = Arc::clone(&repo);
            }
        }
    }
    named(outcome, name);
}

#[cfg(test)]
mod tests;
