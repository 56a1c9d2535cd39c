//! The commits that some commits reach and others do not.
//!
//! In: heads and bases. Out: [`Commits`], oldest first, and where they border on what the bases reach. Dates only say in
//! which order commits are read, never which ones count: the walk goes on until it has passed the oldest date it met, so
//! that a forged one costs time and hides nothing. No replacement, graft or commit-graph file is honoured; where a clone
//! was cut off, that is said.

use crate::git::repo::access::{Access, CommitAt};
use crate::git::store::lookup::Lost;
use gix_hash::ObjectId;
use std::collections::{BinaryHeap, HashMap, HashSet};

/// Commits older than all that are asked about that are read nevertheless: dates may be forged.
const SLACK: usize = 10_000;

/// Commits of a range.
#[derive(Debug, Default)]
pub struct Commits {
    /// Parents before children.
    pub all: Vec<(ObjectId, CommitAt)>,
    /// Commits that the bases reach and that are parents of some of these.
    pub border: Vec<ObjectId>,
    /// Those of the border that no other one of it reaches: the last state of the bases that the range took in. An older one
    /// that a merge names once more is not among them, for what was removed since would come back with it.
    pub merge_bases: Vec<ObjectId>,
    /// Commits of the range whose parents are not in this clone.
    pub cut: Vec<ObjectId>,
    /// Commits that could not be read.
    pub lost: Vec<(ObjectId, Lost)>,
}

/// What is known of a commit.
struct Seen {
    /// `None`: it could not be read.
    at: Option<CommitAt>,
    /// A base reaches it.
    known: bool,
}

/// Everything that `heads` reach and `bases` do not.
pub fn commits(access: &Access, heads: &[ObjectId], bases: &[ObjectId]) -> Commits {
    let mut walk = Walk { access, seen: HashMap::new(), queue: BinaryHeap::new(), fresh: 0, oldest: i64::MAX };
    let mut out = Commits::default();
    for base in bases {
        walk.meet(*base, true, &mut out);
    }
    for head in heads {
        walk.meet(*head, false, &mut out);
    }
    walk.run(&mut out);
    walk.sorted(heads, &mut out);
    out.merge_bases = without_ancestors(access, &out.border);
    out
}

/// Those of `commits` that are no ancestors of others among them.
fn without_ancestors(access: &Access, commits: &[ObjectId]) -> Vec<ObjectId> {
    if commits.len() < 2 {
        return commits.to_vec();
    }
    let read: Vec<(ObjectId, CommitAt)> =
        commits.iter().filter_map(|id| Some((*id, access.commit(id).ok()?))).collect();
    let oldest = read.iter().map(|(_, at)| at.date).min().unwrap_or(i64::MAX);
    let (mut reached, mut queue) = (HashSet::new(), BinaryHeap::new());
    let mut waiting: HashSet<ObjectId> = commits.iter().copied().collect();
    let parents = |at: &CommitAt| at.parents.iter().filter_map(|p| Some((access.commit(p).ok()?.date, *p))).collect();
    queue.extend(read.iter().flat_map(|(_, at)| -> Vec<(i64, ObjectId)> { parents(at) }));
    let mut older = 0;
    while let Some((date, id)) = queue.pop() {
        // What is older than all of them reaches none of them, unless a clock was wrong.
        older += usize::from(date < oldest);
        if older > SLACK || waiting.len() < 2 {
            break;
        }
        if reached.insert(id) {
            waiting.remove(&id);
            let more: Vec<(i64, ObjectId)> = access.commit(&id).map(|at| parents(&at)).unwrap_or_default();
            queue.extend(more);
        }
    }
    commits.iter().filter(|id| !reached.contains(*id)).copied().collect()
}

struct Walk<'a> {
    access: &'a Access,
    seen: HashMap<ObjectId, Seen>,
    queue: BinaryHeap<(i64, ObjectId)>,
    /// Commits in the queue that no base is known to reach.
    fresh: usize,
    /// The oldest date of a commit that no base was known to reach.
    oldest: i64,
}

impl Walk<'_> {
    /// Comes upon a commit.
    fn meet(&mut self, id: ObjectId, known: bool, out: &mut Commits) {
        if let Some(seen) = self.seen.get(&id) {
            if known && !seen.known {
                self.know(id);
            }
            return;
        }
        let at = match self.access.commit(&id) {
            Ok(at) => {
                self.queue.push((at.date, id));
                self.fresh += usize::from(!known);
                if !known {
                    self.oldest = self.oldest.min(at.date);
                }
                Some(at)
            }
            // What only the bases reach may well end at a shallow boundary.
            Err(_) if known => None,
            Err(lost) => {
                out.lost.push((id, lost));
                None
            }
        };
        self.seen.insert(id, Seen { at, known });
    }

    /// Learns that a base reaches a commit, and with it all that was met behind it.
    fn know(&mut self, id: ObjectId) {
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            let Some(seen) = self.seen.get_mut(&id).filter(|s| !s.known) else { continue };
            seen.known = true;
            stack.extend(seen.at.iter().flat_map(|at| at.parents.iter().copied()));
        }
        let fresh = self.queue.iter().filter(|(_, id)| self.seen.get(id).is_some_and(|s| !s.known)).count();
        self.fresh = fresh;
    }

    fn run(&mut self, out: &mut Commits) {
        while let Some((date, id)) = self.queue.pop() {
            let Some(seen) = self.seen.get(&id) else { continue };
            let known = seen.known;
            if !known {
                self.fresh -= 1;
            } else if self.fresh == 0 && date < self.oldest {
                // Everything that is left is older than all that counts, and known.
                break;
            }
            let parents = seen.at.as_ref().map(|at| at.parents.clone()).unwrap_or_default();
            if self.access.repository.shallow.binary_search(&id).is_ok() {
                continue;
            }
            for parent in parents {
                self.meet(parent, known, out);
            }
        }
    }

    /// Puts what no base reaches in order.
    fn sorted(mut self, heads: &[ObjectId], out: &mut Commits) {
        let fresh =
            |seen: &HashMap<ObjectId, Seen>, id: &ObjectId| seen.get(id).is_some_and(|s| !s.known && s.at.is_some());
        let (mut done, mut border) = (HashSet::new(), HashSet::new());
        for head in heads {
            // Depth first, without recursion: a commit comes out behind its parents.
            let mut stack = vec![(*head, false)];
            while let Some((id, entered)) = stack.pop() {
                if !fresh(&self.seen, &id) || done.contains(&id) {
                    continue;
                }
                if entered {
                    done.insert(id);
                    if let Some(at) = self.seen.get_mut(&id).and_then(|s| s.at.clone()) {
                        out.all.push((id, at));
                    }
                    continue;
                }
                stack.push((id, true));
                let parents = self.seen.get(&id).and_then(|s| s.at.as_ref()).map(|at| at.parents.clone());
                if self.access.repository.shallow.binary_search(&id).is_ok() {
                    out.cut.push(id);
                    continue;
                }
                for parent in parents.unwrap_or_default().iter().rev() {
                    if self.seen.get(parent).is_some_and(|s| s.known) && border.insert(*parent) {
                        out.border.push(*parent);
                    }
                    stack.push((*parent, false));
                }
            }
        }
        // What turned out to be known in the end was no loss.
        out.lost.retain(|(id, _)| self.seen.get(id).is_some_and(|s| !s.known));
    }
}
