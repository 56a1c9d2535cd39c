//! Everything beneath one object of a tree of deltas, depth first, within a budget for the bytes of bases.
//!
//! In: an object whose bytes are there. Out: each delta beneath it handed over. A base gives up its bytes when the budget
//! is used up, and they are made again when its next delta needs them; a large subtree goes to a thread that is idle.

use super::{Node, Visit, Walk, Work};
use crate::git::store::delta::{self, Content};
use crate::git::store::forest::Forest;
use crate::git::store::pack::{MOST_BYTES, NONE, Pack};
use rayon::Scope;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A subtree of so many entries is worth handing to another thread.
const SHARED: u32 = 64;

/// A base on the way down, and its next delta.
struct Frame<K> {
    node: Arc<Node<K>>,
    next: u32,
}

impl<V: Visit> Walk<'_, V> {
    /// Resolves everything beneath `node`, depth first.
    pub(super) fn descend<'a>(
        &'a self,
        scope: &Scope<'a>,
        of: u32,
        pack: &'a Pack,
        forest: &'a Forest,
        node: Node<V::Kept>,
        work: &mut Work,
    ) {
        let next = forest.first_child[node.entry as usize];
        let mut frames = vec![Frame { node: Arc::new(node), next }];
        while let Some(frame) = frames.last_mut() {
            let child = frame.next;
            if child == NONE {
                self.drop_frame(frames.pop(), work);
                continue;
            }
            frame.next = forest.next_sibling[child as usize];
            // A sibling that is left goes to whoever has nothing to do, with the same base.
            if frame.node.bytes.is_some()
                && self.idle.load(Ordering::Relaxed)
                && forest.weight[child as usize] >= SHARED
                && self.alive.load(Ordering::Relaxed) < self.budget / 2
            {
                let base = Arc::clone(&frame.node);
                scope.spawn(move |scope| {
                    let mut work = Work::default();
                    if let Some(node) = self.child(of, pack, forest, &base, child, &mut work) {
                        self.released(Some(base), &mut work);
                        self.descend(scope, of, pack, forest, node, &mut work);
                    } else {
                        self.released(Some(base), &mut work);
                    }
                });
                continue;
            }
            if frame.node.bytes.is_none() {
                self.remake(&mut frames, of);
            }
            let Some(frame) = frames.last() else { break };
            if frame.node.bytes.is_none() {
                // Its bytes were there once and cannot be made again: the file changes under us.
                self.lost_entry(pack, forest, child);
                continue;
            }
            let base = Arc::clone(&frame.node);
            let made = self.child(of, pack, forest, &base, child, work);
            drop(base);
            if let Some(node) = made {
                // Its last delta, the one with the most beneath it: the base is not needed again.
                if frames.last().is_some_and(|frame| frame.next == NONE) {
                    self.drop_frame(frames.pop(), work);
                }
                if self.alive.load(Ordering::Relaxed) > self.budget {
                    self.drop_bases(&mut frames);
                }
                let next = forest.first_child[node.entry as usize];
                frames.push(Frame { node: Arc::new(node), next });
            }
        }
    }

    /// Resolves one delta and hands it over; the node where others are deltas on it.
    fn child(
        &self,
        of: u32,
        pack: &Pack,
        forest: &Forest,
        base: &Node<V::Kept>,
        entry: u32,
        work: &mut Work,
    ) -> Option<Node<V::Kept>> {
        let Work { inflate, raw, delta, pieces, spare } = work;
        let base_bytes = base.bytes.as_deref().unwrap_or_default();
        let Some(object) = self.entry_bytes(pack, entry, inflate, raw, delta) else {
            self.lost_children(pack, forest, entry);
            return None;
        };
        let made = match delta::sizes(delta) {
            Ok((_, size)) if size > MOST_BYTES => Err("it is larger than the limit of 1 GiB".to_owned()),
            _ => delta::parse(delta, base_bytes.len(), pieces).map_err(|e| e.to_string()),
        };
        let len = match made {
            Ok(len) => len,
            Err(why) => {
                self.corrupt(object, Some((pack, entry)), why);
                self.lost_children(pack, forest, entry);
                return None;
            }
        };
        let has_children = forest.first_child[entry as usize] != NONE;
        if self.bytes.load(Ordering::Relaxed) > self.limit {
            self.limited(object, pack, entry);
            self.lost_children(pack, forest, entry);
            return None;
        }
        let content = Content::Delta { base: base_bytes, delta, pieces };
        let number = self.number(of, pack, entry, object, base.kind, content);
        if !has_children {
            self.visit(number, base.kind, content, None, base.kept.as_ref(), false);
            return None;
        }
        let mut bytes = spare.pop().unwrap_or_default();
        bytes.clear();
        bytes.reserve_exact(len);
        content.append(0..len, &mut bytes);
        let Some(kept) = self.visit(number, base.kind, content, Some(&bytes), base.kept.as_ref(), true) else {
            self.lost_children(pack, forest, entry);
            return None;
        };
        Some(self.node(entry, base.kind, bytes, kept))
    }

    /// Gives up the bytes of bases whose turn comes again only when everything above them is done.
    fn drop_bases(&self, frames: &mut [Frame<V::Kept>]) {
        let Some((_, below)) = frames.split_last_mut() else { return };
        for frame in below {
            if let Some(node) = Arc::get_mut(&mut frame.node)
                && node.bytes.take().is_some()
            {
                node.kept = None;
                self.alive.fetch_sub(std::mem::take(&mut node.size), Ordering::Relaxed);
            }
        }
    }

    /// Makes the bytes of the last frame's base again.
    fn remake(&self, frames: &mut [Frame<V::Kept>], of: u32) {
        let Some(frame) = frames.last_mut() else { return };
        if let Ok((_, bytes)) = self.store.read_entry(of, frame.node.entry)
            && let Some(node) = Arc::get_mut(&mut frame.node)
        {
            node.size = bytes.capacity();
            self.alive.fetch_add(node.size, Ordering::Relaxed);
            node.bytes = Some(bytes);
        }
    }

    fn drop_frame(&self, frame: Option<Frame<V::Kept>>, work: &mut Work) {
        self.released(frame.map(|f| f.node), work);
    }

    /// Takes back the bytes of a base that nobody else holds.
    fn released(&self, node: Option<Arc<Node<V::Kept>>>, work: &mut Work) {
        if let Some(node) = node.and_then(Arc::into_inner) {
            self.alive.fetch_sub(node.size, Ordering::Relaxed);
            node.bytes.into_iter().for_each(|bytes| work.keep(bytes));
        }
    }
}
