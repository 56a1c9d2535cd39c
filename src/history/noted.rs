//! What the walks of a history noticed besides secrets.
//!
//! In: the record of all objects, the graph and the store. Out: a gap for each thing that was not searched or is not there; of
//! thousands of missing objects the first ones, and their number.

use super::search::Record;
use super::search::graph::{HistoryGraph, missing_gap};
use crate::blob::{Gap, GapKind};
use crate::git::store::Store;
use crate::git::store::numbers::Number;
use crate::text;
use std::collections::{BTreeSet, HashSet};

/// Objects that are named and not there which are told one by one.
const TOLD: usize = 1000;

/// What the walks noticed besides secrets, in all but the blobs that are `left_out`.
pub(super) fn noted(
    record: &Record,
    shaped: &HistoryGraph,
    store: &Store,
    shallow: &[gix_hash::ObjectId],
    left_out: &HashSet<Number>,
) -> Vec<Gap> {
    let id = |number: Number| store.objects.id(number).map(|id| id.to_string()).unwrap_or_default();
    let mut gaps = Vec::new();
    for number in record.limited.iter().filter(|number| !left_out.contains(number)) {
        gaps.push(Gap {
            kind: GapKind::Limit,
            what: id(*number).into_bytes(),
            why: "more candidates than one object may have".into(),
            blocks: true,
        });
    }
    for ((kind, why), numbers) in &record.unopened {
        let numbers = numbers.iter().copied().filter(|number| !left_out.contains(number));
        let what = match (numbers.clone().count(), numbers.min()) {
            (_, None) => continue,
            (1, Some(one)) => id(one),
            (n, Some(first)) => format!("{n} blobs, one of them {}", id(first)),
        };
        gaps.push(Gap { kind: *kind, what: what.into_bytes(), why: why.clone(), blocks: false });
    }
    for (tree, offset) in &shaped.malformed {
        gaps.push(Gap {
            kind: GapKind::CorruptObject,
            what: id(*tree).into_bytes(),
            why: format!("the tree is malformed from byte {offset} on"),
            blocks: true,
        });
    }
    if shaped.submodules > 0 {
        gaps.push(Gap {
            kind: GapKind::Submodule,
            what: text::count(shaped.submodules, "entry of a tree", "entries of trees").into_bytes(),
            why: "submodules: commits of other repositories, which were not scanned".into(),
            blocks: false,
        });
    }
    // The parents of a shallow boundary are known to be missing, and said once.
    let expected: BTreeSet<Number> = shallow.iter().filter_map(|id| store.objects.find(id.as_slice())).collect();
    let missing = shaped.missing.values().filter(|m| !(m.role == "parent of a commit" && expected.contains(&m.by)));
    let count = missing.clone().count();
    gaps.extend(missing.take(TOLD).map(|m| missing_gap(m, &store.objects)));
    if count > TOLD {
        gaps.push(Gap {
            kind: GapKind::MissingObject,
            what: text::count((count - TOLD) as u64, "more object", "more objects").into_bytes(),
            why: "named by trees or commits, and not there".into(),
            blocks: true,
        });
    }
    gaps
}
