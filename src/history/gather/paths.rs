//! The places of a blob in a history: each of its paths, or a few of very many.
//!
//! In: a blob, and what was found in it. Out: its places, and what those speak for that are not kept. A place is cut only
//! where others are kept at which every match is as sure and as bad ([`Few`]).

use super::{Gather, Worth};
use crate::blob::{GitKind, GitPlace, Reach};
use crate::detect::context::Context;
use crate::finding::few::{Few, Shares};
use crate::git::store::numbers::Number;
use crate::history::search::{Matched, Place};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// Places, and of those that are cut: one of the others where all is worth as much, and how many.
pub(super) type Paths = (Arc<[Arc<GitPlace>]>, Arc<[(usize, u64)]>);

impl Gather<'_, '_> {
    /// How many paths there may be of each blob in which something was found: `objects` in content, with how much.
    pub(super) fn shares(&self, objects: impl Iterator<Item = (Number, usize)>) -> Shares {
        let named = self.of.shaped.named.iter().map(|named| (named.child, 1));
        Shares::of(objects.chain(named).map(|(object, findings)| (self.count(object), findings)))
    }

    /// Number of paths of a blob.
    fn count(&self, object: Number) -> usize {
        self.of.attribution.places(object).len() + self.of.staged.get(&object).map_or(0, BTreeSet::len)
    }

    /// The places of a blob: its paths that are not excluded, or one without a path if it has none; and what of very many
    /// was cut. `name`: the secret is in the last part of the path. `inside`: what was found in it. `most`: how many are kept.
    pub(super) fn blob(&self, object: Number, name: Option<&[u8]>, inside: &[Place], most: usize) -> Paths {
        let reach = self.of.attribution.reach(object);
        let kind = if name.is_some() { GitKind::Name } else { GitKind::Commit };
        let hex = self.hex(object);
        let named = |path: &[u8]| name.is_none_or(|name| path.rsplit(|b| *b == b'/').next() == Some(name));
        let all = self.of.attribution.places(object);
        // Most blobs have a few paths, which are all kept and need not be weighed twice.
        let mut few = (self.count(object) > most).then(|| (Few::new(most), self.kinds(inside)));
        let mut takes = |path: &[u8], reach: Reach| {
            let Some((few, kinds)) = &mut few else { return true };
            let context = Context::new(path);
            let class: Vec<_> = kinds.iter().map(|m| self.assess(m, Some(&context)).as_ref().map(Worth::of)).collect();
            few.takes((reach, class))
        };
        let mut places: Vec<Arc<GitPlace>> = Vec::new();
        let mut excluded = false;
        // What is staged has a path before it is in a commit.
        let mut staged: BTreeSet<&[u8]> = self.of.staged.get(&object).cloned().unwrap_or_default();
        staged.retain(|path| named(path));
        for (place, in_head) in all.filter(|(p, _)| named(&p.path)) {
            staged.remove(&*place.path);
            if self.of.exclude.find(&place.path).is_some() {
                excluded = true;
                continue;
            }
            let reach = if reach == Reach::Head && !in_head { Reach::Branch } else { reach };
            if !takes(&place.path, reach) {
                continue;
            }
            let path = Some(place.path);
            let git = GitPlace { path, object: Some(Arc::clone(&hex)), ..self.git(reach, kind) };
            places.push(Arc::new(self.of_commit(place.commit, git)));
        }
        for path in staged {
            if self.of.exclude.find(path).is_some() {
                excluded = true;
                continue;
            }
            if takes(path, reach) {
                let kind = if name.is_some() { GitKind::Name } else { GitKind::Index };
                let path = Some(Arc::from(path));
                places.push(Arc::new(GitPlace { path, object: Some(Arc::clone(&hex)), ..self.git(reach, kind) }));
            }
        }
        if places.is_empty() && !excluded {
            let kind = if name.is_some() { GitKind::Name } else { GitKind::Object };
            let path = name.map(Arc::from);
            places.push(Arc::new(GitPlace { path, object: Some(hex), ..self.git(reach, kind) }));
        }
        (places.into(), few.map(|(few, _)| few.cut()).unwrap_or_default().into())
    }

    /// Of these matches those that a path may make worth something else.
    fn kinds(&self, inside: &[Place]) -> Vec<&Matched> {
        let mut kinds: Vec<&Matched> = Vec::new();
        let mut known = HashSet::new();
        for matched in inside.iter().map(|place| self.matched(place)) {
            if known.insert((matched.rule, &matched.evidence, &matched.host)) {
                kinds.push(matched);
            }
        }
        kinds
    }
}
