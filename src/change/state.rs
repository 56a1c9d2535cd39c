//! What a change does to each secret, place by place.
//!
//! In: the occurrences of a change, and the trees that it is compared with. Out: the state of every occurrence. A place is
//! a value at a path; a setting has no value, so its place is the rule and host at a path, and how often it is there. The
//! first line of this table that holds decides:
//!
//! | the base holds it at this path | it is at this path at the end | it left another path     | state         |
//! |--------------------------------|-------------------------------|--------------------------|---------------|
//! | yes, as weighty                | either                        | either                   | existing      |
//! | no, or less weighty            | yes                           | yes, from there to here  | moved         |
//! | no, or less weighty            | no: a stop on the way         | yes                      | moved         |
//! | no, or less weighty            | yes                           | no                       | new           |
//! | no, or less weighty            | no: a stop on the way back    | no                       | existing      |
//! | no, or less weighty            | no                            | no                       | removed-again |
//!
//! *Weighty* is how bad and how sure: a test password that is put into `src/prod.env` weighs more there, so it is new,
//! copied or moved. A value *left* a path if the base held it there and the end does not. Each path that it left accounts
//! for one path at the end. For example, the base holds `v` in `a.env` and in `old/b.env`:
//!
//! | the change                             | states                                                            |
//! |----------------------------------------|-------------------------------------------------------------------|
//! | copies `a.env` to `c.env`              | `c.env` new: `a.env` still holds it                               |
//! | renames `old` to `lib`                 | `lib/b.env` moved: it left `old/b.env`                            |
//! | renames `a.env` to `t.env` to `z.env`  | `z.env` moved, `t.env` moved: a stop on the way                   |
//! | renames `a.env` to `t.env` and back    | both existing: at the end it is where the base held it            |
//! | replaces `a.env` by `c.env`, `d.env`   | one of them moved, the other new: one path was left, not two      |
//! | copies `a.env` to `c.env`, removes it  | `c.env` removed-again if `c.env` was removed, moved if `a.env` was |
//!
//! With several ends (a push of two branches) each is compared by itself, and what is moved must be moved in each of them.
//! Only contents of files can be existing or moved; a message or a name repeats what it repeats, and is new. What lies
//! beyond a limit ([`left`]) counts as new, never the other way round, and the limit is a gap.

mod left;
mod past;
mod weight;

use super::new_content::Material;
use crate::blob::{Gap, GapKind, GitKind, GitPlace, Origin, Reach};
use crate::detect::Detector;
use crate::finding::group::{GroupKey, group_key};
use crate::finding::{Occurrence, State};
use crate::git::{Access, ObjectId};
use left::{Left, Sought, file_name};
use past::Past;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use weight::{Weight, is_setting};

/// Paths of one value that are asked whether it was away from there for a while.
const MOST_HOMES: usize = 100;

/// A value at a path of the change.
struct Place {
    /// Index of the value.
    value: usize,
    path: Arc<[u8]>,
    /// Its occurrences.
    group: Vec<usize>,
    weight: Weight,
    /// The ends that hold it here.
    ends: Vec<usize>,
}

/// A value, or a setting at any path.
struct Value {
    key: GroupKey,
    /// One of its occurrences.
    first: usize,
}

/// Sets the state of every occurrence; gives the gap of a limit that was reached.
pub(super) fn decide(
    all: &mut [Occurrence],
    access: &Access,
    material: &Material,
    detector: &Detector<'_>,
) -> Option<Gap> {
    let mut past = Past::new(access, material, detector);
    let ends = mark_ends(all, &mut past, material);
    let (values, places) = group(all, &ends, detector);
    let (existing, others): (Vec<&Place>, Vec<&Place>) =
        places.iter().partition(|p| past.held(&values[p.value].key, &p.path, p.weight));
    let mut states = vec![State::Existing; existing.len()];
    let (moved, whole) = moved(&others, &places, &values, all, &mut past);
    let cut: HashSet<usize> =
        places.iter().filter(|p| p.group.iter().any(|i| all[*i].more > 0)).map(|p| p.value).collect();
    let mut homes: HashMap<usize, Vec<&Place>> = HashMap::new();
    existing.iter().for_each(|home| homes.entry(home.value).or_default().push(home));
    states.extend(others.iter().zip(moved).map(|(place, moved)| match moved {
        // Of places that were not kept it is not known which path they account for.
        true if !cut.contains(&place.value) => State::Moved,
        _ if !place.ends.is_empty() => State::New,
        _ => {
            let homes = homes.get(&place.value).map(Vec::as_slice).unwrap_or_default();
            let back = is_stop(place, homes, &values[place.value].key, all, &mut past);
            if back { State::Existing } else { State::RemovedAgain }
        }
    }));
    // What is not the content of a file.
    for (o, ends) in all.iter_mut().zip(&ends) {
        let gone = content(o).is_none() && kind(o) == Some(GitKind::Name) && ends.is_empty();
        o.location.state = Some(if gone { State::RemovedAgain } else { State::New });
    }
    for (place, state) in existing.iter().chain(&others).zip(states) {
        place.group.iter().for_each(|i| all[*i].location.state = Some(state));
    }
    (!whole).then(|| Gap {
        kind: GapKind::Limit,
        what: b"moved secrets".to_vec(),
        why: "the change removes more than is searched for secrets that it only moves; the rest count as new".into(),
        blocks: false,
    })
}

/// Whether a place that is gone at the end was a stop on the way back: every commit that brought the value here had taken
/// it from a path where both the base and each end hold it. `homes`: the places of this value that the base holds.
fn is_stop(place: &Place, homes: &[&Place], key: &GroupKey, all: &[Occurrence], past: &mut Past<'_>) -> bool {
    let ends = past.material.ends.as_ref().map_or(1, Vec::len);
    let commit = |i: &usize| content(&all[*i]).and_then(|at| ObjectId::from_hex(at.commit.as_deref()?.as_bytes()).ok());
    let Some(commits) = place.group.iter().map(commit).collect::<Option<BTreeSet<ObjectId>>>() else { return false };
    let homes = || homes.iter().filter(|home| home.ends.len() == ends).take(MOST_HOMES);
    commits.iter().all(|commit| {
        let Ok(commit) = past.access.commit(commit) else { return false };
        homes().any(|home| {
            let away = past.at(&commit.tree, &home.path).is_none_or(|held| !held.contains_key(key));
            away && past.held(key, &home.path, place.weight)
        })
    })
}

/// Where the content of a file is; `None` for messages, names and the like.
fn content(o: &Occurrence) -> Option<&GitPlace> {
    o.location.origin.git().map(|place| &**place).filter(|place| matches!(place.kind, GitKind::Index | GitKind::Commit))
}

fn kind(o: &Occurrence) -> Option<GitKind> {
    o.location.origin.git().map(|place| place.kind)
}

/// Groups the contents of files by value and path, in an order that does not depend on threads.
fn group(all: &[Occurrence], ends: &[Vec<usize>], detector: &Detector<'_>) -> (Vec<Value>, Vec<Place>) {
    let mut order: Vec<usize> = (0..all.len()).filter(|i| content(&all[*i]).is_some()).collect();
    order.sort_by(|a, b| (&all[*a].location, all[*a].rule).cmp(&(&all[*b].location, all[*b].rule)));
    let (mut values, mut places) = (Vec::new(), Vec::<Place>::new());
    let (mut value_of, mut place_of) = (HashMap::new(), HashMap::new());
    // Another setting of the same kind is a new one: what counts is how many the blob with the most of them holds.
    let mut counts: HashMap<(usize, &Origin), usize> = HashMap::new();
    for i in order {
        let o = &all[i];
        let path = content(o).and_then(|place| place.path.clone()).unwrap_or_default();
        // Without the path, so that a setting is the same one elsewhere.
        let key = group_key(detector.rules(), o.rule, &o.secret, &o.host, b"");
        let setting = is_setting(&key);
        let value = *value_of.entry(key).or_insert_with_key(|key| {
            values.push(Value { key: key.clone(), first: i });
            values.len() - 1
        });
        let weight = Weight::new(o.location.severity, o.confidence);
        let at = *place_of.entry((value, Arc::clone(&path))).or_insert_with(|| {
            places.push(Place { value, path, group: Vec::new(), weight, ends: Vec::new() });
            places.len() - 1
        });
        let times = counts.entry((at, &o.location.origin)).or_default();
        *times += 1;
        let place = &mut places[at];
        place.group.push(i);
        place.weight = place.weight.join(if setting { weight.times(*times) } else { weight });
        place.ends.extend(&ends[i]);
    }
    for place in &mut places {
        place.ends.sort_unstable();
        place.ends.dedup();
    }
    (values, places)
}

/// Which of `others` are moved; and whether all that the change removed was searched for them.
fn moved(
    others: &[&Place],
    places: &[Place],
    values: &[Value],
    all: &[Occurrence],
    past: &mut Past<'_>,
) -> (Vec<bool>, bool) {
    let mut sought: Vec<usize> = others.iter().map(|p| p.value).collect();
    sought.sort_unstable();
    sought.dedup();
    let sought: Vec<Sought<'_>> = sought.into_iter().map(|v| (v, &values[v].key, &all[values[v].first])).collect();
    let there: HashSet<(usize, usize, &[u8])> =
        places.iter().flat_map(|p| p.ends.iter().map(|end| (*end, p.value, &*p.path))).collect();
    let (left, whole) = left::left(past, &sought, |end, value, path| there.contains(&(end, value, path)));

    // The weightiest place first, and for each the least that suffices, so that as many as possible are accounted for.
    let mut order: Vec<usize> = (0..others.len()).collect();
    // Of equal ones that which keeps the name of a file that the value left: the other is the copy.
    let renamed = |place: &Place| {
        let named = |left: &Left| left.get(&place.value).is_some_and(|l| l.names.contains(file_name(&place.path)));
        place.ends.iter().any(|end| left.get(*end).is_some_and(named))
    };
    order.sort_by_cached_key(|i| (std::cmp::Reverse(others[*i].weight), !renamed(others[*i]), *i));
    let (mut free, mut moved) = (left.clone(), vec![false; others.len()]);
    for i in order {
        let Place { value, weight, ends, .. } = others[i];
        moved[i] = if ends.is_empty() {
            !left.is_empty() && left.iter().all(|left| suffices(left, *value, *weight).is_some())
        } else {
            let found: Option<Vec<Weight>> =
                ends.iter().map(|end| suffices(free.get(*end)?, *value, *weight)).collect();
            for (end, weight) in ends.iter().zip(found.iter().flatten()) {
                if let Some(times) = free[*end].get_mut(value).and_then(|left| left.weights.get_mut(weight)) {
                    *times -= 1;
                }
            }
            found.is_some()
        };
    }
    (moved, whole)
}

/// The least weight of a path that the value left and that accounts for one of this weight.
fn suffices(left: &Left, value: usize, weight: Weight) -> Option<Weight> {
    let paths = &left.get(&value)?.weights;
    paths.range(weight..).find(|(least, free)| **free > 0 && least.covers(weight)).map(|(least, _)| *least)
}

/// The ends that hold each occurrence where it is. Says of those that HEAD reaches them: such a place speaks for a finding
/// before one in the history, and it is the one that a platform can open.
fn mark_ends(all: &mut [Occurrence], past: &mut Past<'_>, material: &Material) -> Vec<Vec<usize>> {
    let mut known: HashMap<Origin, (Origin, Vec<usize>)> = HashMap::new();
    let mut out = Vec::with_capacity(all.len());
    for o in all {
        let known = known.entry(o.location.origin.clone()).or_insert_with_key(|origin| {
            let Origin::Git(place) = origin else { return (origin.clone(), Vec::new()) };
            let ends = match (&material.ends, &place.path) {
                (None, _) => vec![0],
                (Some(ends), Some(path)) => {
                    let object = place.object.as_ref().and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
                    let mut here = |end: &ObjectId| match (past.entry(end, path), place.kind) {
                        (Some(entry), GitKind::Commit) => Some(entry.id) == object,
                        (entry, GitKind::Name) => entry.is_some(),
                        _ => false,
                    };
                    (0..ends.len()).filter(|i| here(&ends[*i])).collect()
                }
                (Some(_), None) => Vec::new(),
            };
            let head = material.ends.is_some() && place.reach == Reach::Branch && !ends.is_empty();
            let reach = if head { Reach::Head } else { place.reach };
            (Origin::Git(Arc::new(GitPlace { reach, ..(**place).clone() })), ends)
        });
        o.location.origin = known.0.clone();
        out.push(known.1.clone());
    }
    out
}
