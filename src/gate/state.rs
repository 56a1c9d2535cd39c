//! Whether what was found had been there before.
//!
//! In: the occurrences of a change, and the trees that it is compared with. Out: their states. A secret is known by its
//! value, not by its line: what a compared tree holds at the same path is existing, elsewhere it is moved, if it was as
//! sure a finding there as it is here. A setting has no value, so it is counted at its path. Trees are searched only when
//! something was found, for the bytes of the secret first, up to a limit of bytes; beyond it a secret counts as new.

use super::material::Material;
use crate::detect::{Detector, Input};
use crate::evidence::Confidence;
use crate::finding::{Occurrence, Sameness, State, sameness};
use crate::git::access::EntryAt;
use crate::git::changes::{self, Budget};
use crate::git::{Access, Kind, ObjectId};
use crate::rule::Identity;
use crate::scan::weighed;
use crate::source::{GitKind, GitPlace, Origin, Reach};
use crate::text::view;
use aho_corasick::AhoCorasick;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// Bytes of a compared tree that are searched for secrets which are not at their path.
const MOST_SEARCHED: usize = 256 << 20;
/// Shortest piece of a secret that is searched for.
const SHORTEST: usize = 6;
/// Bytes of it that are searched for; more would not tell it from others.
const LONGEST: usize = 64;
/// Secrets of one change that are searched for in the whole of the compared trees.
const MOST_SOUGHT: usize = 1000;

/// What a blob holds: for each secret the highest confidence and how often.
type Held = HashMap<Sameness, (Confidence, usize)>;

/// Sets the state of every occurrence.
pub(super) fn decide(all: &mut [Occurrence], access: &Access, material: &Material, detector: &Detector<'_>) {
    let mut past = Past { access, material, detector, held: HashMap::new() };
    past.mark_ends(all);
    let mut groups: HashMap<Sameness, Vec<usize>> = HashMap::new();
    for (at, o) in all.iter().enumerate() {
        groups.entry(key_of(o, detector)).or_default().push(at);
    }
    // In an order that does not depend on threads.
    let mut groups: Vec<(Sameness, Vec<usize>)> = groups.into_iter().collect();
    groups.sort_by(|a, b| {
        let least = |group: &[usize]| group.iter().map(|i| &all[*i].location).min();
        least(&a.1).cmp(&least(&b.1)).then_with(|| a.0.2.cmp(&b.0.2))
    });
    let mut unknown: Vec<Sought> = Vec::new();
    for (key, group) in groups {
        let confidence = group.iter().map(|i| all[*i].confidence).max().unwrap_or(Confidence::Proven);
        // In the blob with the most of them; another setting of the same kind is a new one.
        let mut counts: HashMap<&Origin, usize> = HashMap::new();
        group.iter().for_each(|i| *counts.entry(&all[*i].location.origin).or_default() += 1);
        let times = counts.into_values().max().unwrap_or(0);
        let sought = Sought { key, confidence, times, needle: Vec::new(), group };
        if past.existing(&sought, all) {
            sought.group.iter().for_each(|i| all[*i].state = Some(State::Existing));
        } else {
            let needle = past.needle(&all[sought.group[0]]);
            unknown.push(Sought { needle, ..sought });
        }
    }
    let moved = past.moved(&unknown);
    for (sought, moved) in unknown.iter().zip(moved) {
        let state = match moved {
            true => State::Moved,
            false if sought.group.iter().any(|i| past.at_end(&all[*i])) => State::New,
            false => State::RemovedAgain,
        };
        sought.group.iter().for_each(|i| all[*i].state = Some(state));
    }
}

/// A secret that is not at its path in what was there before.
struct Sought {
    key: Sameness,
    confidence: Confidence,
    /// How often one blob holds it: a setting has no value, so it is known by how many there are.
    times: usize,
    /// Bytes that stand in every text which holds it in the same form.
    needle: Vec<u8>,
    group: Vec<usize>,
}

fn path_of(o: &Occurrence) -> &[u8] {
    o.location.origin.path().unwrap_or_default()
}

fn key_of(o: &Occurrence, detector: &Detector<'_>) -> Sameness {
    sameness(detector.rules(), o.rule, &o.secret, &o.host, path_of(o))
}

/// A secret's key without its path: settings are looked for under other paths, too.
fn anywhere(key: &Sameness) -> Sameness {
    let mut apart = key.2.clone();
    let cut = apart.iter().rposition(|b| *b == 0).unwrap_or(0);
    apart.truncate(cut);
    (key.0, key.1.clone(), apart)
}

/// A search for what is not at its path.
struct Search<'s> {
    sought: &'s [Sought],
    /// The needles of all of them, for one pass over a blob however many there are.
    needles: AhoCorasick,
    /// Which of `sought` each needle belongs to.
    of: Vec<usize>,
    found: &'s mut [bool],
    seen: HashSet<ObjectId>,
    /// Settings of files that are gone, each good for one move.
    used: HashSet<(ObjectId, Sameness)>,
    /// Bytes that may still be searched.
    budget: usize,
}

struct Past<'a> {
    access: &'a Access,
    material: &'a Material,
    detector: &'a Detector<'a>,
    /// What blobs of the past hold, by object and path: the path counts for confidence.
    held: HashMap<(ObjectId, Vec<u8>), Rc<Held>>,
}

impl Past<'_> {
    /// What a blob of the past holds.
    fn held(&mut self, id: &ObjectId, path: &[u8]) -> Rc<Held> {
        if let Some(known) = self.held.get(&(*id, path.to_vec())) {
            return Rc::clone(known);
        }
        let mut held = Held::new();
        // What cannot be read holds nothing that we know of.
        if let Ok(bytes) = self.access.objects.read_as(id, Kind::Blob) {
            let binary = view::view(&bytes).binary;
            let found = self.detector.candidates(&Input { binary, ..Input::all(&bytes) });
            let rules = self.detector.rules();
            for (c, _, confidence) in weighed(&found.candidates, Some(path), rules) {
                let entry = held.entry(sameness(rules, c.rule, &c.value, &c.host, path)).or_insert((confidence, 0));
                *entry = (entry.0.max(confidence), entry.1 + 1);
            }
        }
        let held = Rc::new(held);
        self.held.insert((*id, path.to_vec()), Rc::clone(&held));
        held
    }

    /// Whether a compared tree holds it at one of its paths.
    fn existing(&mut self, sought: &Sought, all: &[Occurrence]) -> bool {
        let setting = matches!(self.identity(all, sought), Identity::Setting | Identity::Dataset);
        let mut paths: Vec<&[u8]> =
            sought.group.iter().map(|i| &all[*i]).filter(|o| is_content(o)).map(path_of).collect();
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            for tree in &self.material.compared.clone() {
                let Ok(Some(entry)) = self.access.entry(tree, path) else { continue };
                let held = self.held(&entry.id, path);
                let enough = |(confidence, times): &(Confidence, usize)| {
                    *confidence >= sought.confidence && (!setting || *times >= sought.times)
                };
                if held.get(&sought.key).is_some_and(enough) {
                    return true;
                }
            }
        }
        false
    }

    fn identity(&self, all: &[Occurrence], sought: &Sought) -> Identity {
        self.detector.rules().rule(all[sought.group[0]].rule).identity
    }

    /// The longest run of the secret, as it is written there, without blanks and escapes: what a copy holds, too, even if
    /// it is indented in another way.
    fn needle(&self, o: &Occurrence) -> Vec<u8> {
        let Origin::Git(place) = &o.location.origin else { return Vec::new() };
        if !is_content(o) {
            return o.secret.expose_in_clear().to_vec();
        }
        let id = place.object.as_ref().and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
        let Some(bytes) = id.and_then(|id| self.access.objects.read_as(&id, Kind::Blob).ok()) else {
            return Vec::new();
        };
        let from = o.location.byte_offset as usize;
        let text = bytes.get(from..from + o.location.byte_length as usize).unwrap_or_default();
        let runs = text.split(|b| b.is_ascii_whitespace() || matches!(b, b'\\' | b'"' | b'\''));
        runs.max_by_key(|run| run.len()).unwrap_or_default().to_vec()
    }

    /// Which of these a compared tree holds under another path.
    fn moved(&mut self, sought: &[Sought]) -> Vec<bool> {
        let mut found = vec![false; sought.len()];
        if sought.is_empty() || sought.len() > MOST_SOUGHT {
            return found;
        }
        let of: Vec<usize> = (0..sought.len()).filter(|i| sought[*i].needle.len() >= SHORTEST).collect();
        let starts = of.iter().map(|i| &sought[*i].needle[..sought[*i].needle.len().min(LONGEST)]);
        // Only too many needles could make it fail, and their number has a limit.
        let Ok(needles) = AhoCorasick::new(starts) else { return found };
        let (seen, used) = (HashSet::new(), HashSet::new());
        let mut search = Search { sought, found: &mut found, needles, of, seen, used, budget: MOST_SEARCHED };
        // What is gone or altered comes first: that is where things are moved from.
        for (path, entry) in &self.material.gone {
            self.within(path, entry, true, &mut search);
        }
        for (path, entry) in &self.material.altered {
            self.within(path, entry, false, &mut search);
        }
        for tree in self.material.compared.iter().take(2) {
            if search.found.iter().all(|f| *f) {
                break;
            }
            self.within(b"", &EntryAt { mode: 0o040_000, id: *tree }, false, &mut search);
        }
        found
    }

    /// Searches a blob, or all blobs of a folder. `gone`: it is no longer at its path, so that a setting may have come from
    /// there; one that still stands elsewhere was not moved.
    fn within(&mut self, path: &[u8], entry: &EntryAt, gone: bool, search: &mut Search<'_>) {
        let sought = search.sought;
        let blobs = match entry.mode & 0o170_000 {
            0o040_000 => {
                let path = if path.is_empty() { Vec::new() } else { [path, b"/"].concat() };
                let all = changes::of_tree(self.access, &entry.id, &[], &Budget::default()).new;
                all.into_iter().map(|c| ([path.as_slice(), &c.path].concat(), c.now)).collect()
            }
            0o160_000 => Vec::new(),
            _ => vec![(path.to_vec(), *entry)],
        };
        for (path, blob) in blobs {
            if blob.mode & 0o170_000 == 0o160_000 || !search.seen.insert(blob.id) {
                continue;
            }
            let Ok(bytes) = self.access.objects.read_as(&blob.id, Kind::Blob) else { continue };
            search.budget = search.budget.saturating_sub(bytes.len());
            if search.budget == 0 {
                return;
            }
            let met = search.needles.find_overlapping_iter(bytes.as_slice()).map(|m| search.of[m.pattern().as_usize()]);
            let candidates: BTreeSet<usize> = met.filter(|i| !search.found[*i]).collect();
            if candidates.is_empty() {
                continue;
            }
            let held = self.held(&blob.id, &path);
            for i in candidates {
                let wanted = &sought[i];
                let sure = |held: &(Confidence, usize)| held.0 >= wanted.confidence;
                search.found[i] = if wanted.key.2.is_empty() {
                    held.get(&wanted.key).is_some_and(sure)
                } else {
                    // A file that is gone accounts for one that has its setting now, not for many.
                    let same = |(key, held): &(&Sameness, &(Confidence, usize))| {
                        sure(held) && held.1 >= wanted.times && anywhere(key) == anywhere(&wanted.key)
                    };
                    gone && held.iter().any(|held| same(&held)) && search.used.insert((blob.id, anywhere(&wanted.key)))
                };
            }
        }
    }

    /// Says of what stands in the tree at the end that HEAD reaches it: such a place speaks for a finding before one in the
    /// history, and it is the one that a platform can open.
    fn mark_ends(&self, all: &mut [Occurrence]) {
        let mut known: HashMap<Origin, Option<Origin>> = HashMap::new();
        for o in all.iter_mut().filter(|_| self.material.ends.is_some()) {
            let there = known.entry(o.location.origin.clone()).or_insert_with(|| match &o.location.origin {
                Origin::Git(place) if place.path.is_some() && place.reach == Reach::Branch && self.at_end(o) => {
                    Some(Origin::Git(Arc::new(GitPlace { reach: Reach::Head, ..(**place).clone() })))
                }
                _ => None,
            });
            if let Some(origin) = there {
                o.location.origin = origin.clone();
            }
        }
    }

    /// Whether it stands in the tree at the end, or is no content of a file at all.
    fn at_end(&self, o: &Occurrence) -> bool {
        let (Some(ends), Origin::Git(place)) = (&self.material.ends, &o.location.origin) else { return true };
        let Some(path) = &place.path else { return true };
        ends.iter().any(|end| {
            let entry = self.access.entry(end, path).ok().flatten();
            let same = |e: EntryAt| place.object.as_deref() == Some(e.id.to_string().as_str());
            match place.kind {
                GitKind::Commit => entry.is_some_and(same),
                GitKind::Name => entry.is_some(),
                _ => true,
            }
        })
    }
}

/// Whether it stands in the content of a file.
fn is_content(o: &Occurrence) -> bool {
    matches!(&o.location.origin, Origin::Git(place) if matches!(place.kind, GitKind::Index | GitKind::Commit))
}
