//! The walk over everything a store keeps, each object handed over once, deltas with what their base taught.
//!
//! In: a [`Store`] and a [`Visit`]or. Out: one call an object, with its [`Content`] and what the visitor kept of its
//! base; [`Gap`]s for what cannot be decoded. Packs are walked by trees of deltas: a base's bytes live only while its
//! children need them, large subtrees are shared between threads, the last delta of a chain is never put together unless
//! the visitor asks. It knows nothing of what is looked for.

mod descend;
mod entry;

use super::delta::{Content, Piece};
pub use super::forest::Forests;
use super::forest::{Forest, corrupt, name};
use super::numbers::Number;
use super::pack::{NONE, Pack};
use super::{Store, loose, most_made};
use crate::blob::{Gap, GapKind};
use crate::fs::open::Root;
use crate::git::object::Kind;
use gix_zlib::Inflate;
use rayon::Scope;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Bytes of bases, with what is kept of them, that may be alive at once; beyond, they are dropped, and made again when
/// they are needed.
pub const BASES: usize = 192 << 20;

/// What a visitor is told about an object.
pub struct Item<'a, K> {
    /// Its number, if somebody claims an id for it.
    pub object: Number,
    /// Its kind.
    pub kind: Kind,
    /// Its bytes.
    pub content: Content<'a>,
    /// The same in one piece, where they had to be put together anyway.
    pub whole: Option<&'a [u8]>,
    /// What the visitor kept of its base.
    pub base: Option<&'a K>,
    /// Others are deltas on it, so that what is returned is used; then `whole` is there.
    pub has_children: bool,
}

impl<K> Item<'_, K> {
    /// Its bytes in one piece; put together in `made` where they are not there yet.
    pub fn bytes<'b>(&'b self, made: &'b mut Vec<u8>) -> &'b [u8] {
        match self.whole {
            Some(bytes) => bytes,
            None => {
                self.content.append(0..self.content.len(), made);
                made
            }
        }
    }
}

/// Takes objects, on many threads.
pub trait Visit: Sync {
    /// What is kept of an object for its deltas.
    type Kept: Send + Sync;
    /// Bytes that this takes, beside its own size.
    fn size(_: &Self::Kept) -> usize {
        0
    }
    /// One object. What is returned comes back as the base of each delta on it.
    fn object(&self, item: &Item<'_, Self::Kept>) -> Self::Kept;
    /// Something that could not be looked at.
    fn gap(&self, gap: Gap);
}

/// A walk over the objects of some kinds.
pub struct Walk<'s, V: Visit> {
    store: &'s Store,
    forests: &'s Forests,
    visitor: &'s V,
    wanted: fn(Kind) -> bool,
    rehash: bool,
    /// Bytes of all objects so far.
    pub bytes: AtomicU64,
    /// Objects so far, each as often as it is stored.
    pub objects: AtomicU64,
    seen: Vec<AtomicU64>,
    extra: Mutex<HashSet<Number>>,
    distinct: [AtomicU64; 4],
    limit: u64,
    alive: AtomicUsize,
    budget: usize,
    /// Some thread found no root left: now subtrees are worth sharing.
    idle: AtomicBool,
}

/// An object whose deltas are being resolved.
struct Node<K> {
    entry: u32,
    kind: Kind,
    bytes: Option<Vec<u8>>,
    /// Dropped with the bytes: then its deltas are scanned as if they had no base.
    kept: Option<K>,
    /// What both take.
    size: usize,
}

/// Working memory of one task.
#[derive(Default)]
struct Work {
    inflate: Inflate,
    raw: Vec<u8>,
    delta: Vec<u8>,
    pieces: Vec<Piece>,
    spare: Vec<Vec<u8>>,
}

impl<'s, V: Visit> Walk<'s, V> {
    /// A walk over the objects that are `wanted`.
    pub fn new(store: &'s Store, forests: &'s Forests, visitor: &'s V, wanted: fn(Kind) -> bool) -> Self {
        let stored: u64 = store.packs.iter().map(|p| p.end).sum();
        Self {
            store,
            forests,
            visitor,
            wanted,
            rehash: false,
            bytes: AtomicU64::new(0),
            objects: AtomicU64::new(0),
            seen: (0..=store.objects.claimed() / 64).map(|_| AtomicU64::new(0)).collect(),
            extra: Mutex::default(),
            distinct: [const { AtomicU64::new(0) }; 4],
            limit: most_made(stored),
            alive: AtomicUsize::new(0),
            budget: BASES,
            idle: AtomicBool::new(false),
        }
    }

    /// The same walk with another budget for bases, in bytes.
    #[must_use]
    pub fn with_budget(mut self, budget: usize) -> Self {
        self.budget = budget;
        self
    }

    /// The same walk, which computes the id of every object and compares it with what is claimed.
    #[must_use]
    pub fn rehashing(mut self, rehash: bool) -> Self {
        self.rehash = rehash;
        self
    }

    /// Distinct objects of a kind so far.
    pub fn distinct(&self, kind: Kind) -> u64 {
        self.distinct[kind as usize].load(Ordering::Relaxed)
    }

    /// Hands every wanted object to the visitor. Runs in rayon's current pool.
    pub fn run(&self) {
        for (of, (pack, forest)) in (0..).zip(self.store.packs.iter().zip(&self.forests.0)) {
            let next = &AtomicUsize::new(0);
            self.idle.store(false, Ordering::Relaxed);
            rayon::scope(|scope| {
                for _ in 0..rayon::current_num_threads() {
                    scope.spawn(move |scope| {
                        let mut work = Work::default();
                        // In the order of the pack, which is that of its pages; a few at a time, for most are small.
                        loop {
                            let from = next.fetch_add(16, Ordering::Relaxed);
                            let Some(roots) = forest.roots.get(from..) else { break };
                            for (entry, kind) in roots.iter().take(16).copied() {
                                if (self.wanted)(kind) {
                                    self.root(scope, of, pack, forest, entry, kind, &mut work);
                                }
                            }
                            if roots.len() <= 16 {
                                break;
                            }
                        }
                        self.idle.store(true, Ordering::Relaxed);
                    });
                }
            });
            // Their bases may have got their ids just now.
            rayon::scope(|scope| {
                for entry in forest.outside.iter().copied() {
                    scope.spawn(move |scope| self.outside(scope, of, pack, forest, entry));
                }
            });
        }
        for (root, numbers) in &self.store.loose {
            rayon::scope(|scope| {
                for numbers in numbers.chunks(64) {
                    scope.spawn(move |_| self.loose(root, numbers));
                }
            });
        }
    }

    fn loose(&self, root: &Root, numbers: &[Number]) {
        let (mut inflate, mut bytes) = (Inflate::default(), Vec::new());
        for number in numbers {
            let Some(id) = self.store.objects.id(*number) else { continue };
            match loose::read(root, &id, &mut inflate, &mut bytes) {
                Ok(kind) if (self.wanted)(kind) => {
                    let content = Content::Whole(&bytes);
                    let number = if self.rehash || !self.store.is_loose(*number) {
                        self.checked(*number, None, kind, content)
                    } else {
                        *number
                    };
                    self.visit(number, kind, content, Some(&bytes), None, false);
                }
                Ok(_) => {}
                Err(why) => self.corrupt(*number, None, why),
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a task needs, and one of a kind")]
    fn root<'a>(
        &'a self,
        scope: &Scope<'a>,
        of: u32,
        pack: &'a Pack,
        forest: &'a Forest,
        entry: u32,
        kind: Kind,
        work: &mut Work,
    ) {
        let mut bytes = work.spare.pop().unwrap_or_default();
        let Some(object) = self.entry_bytes(pack, entry, &mut work.inflate, &mut work.raw, &mut bytes) else {
            return self.lost_children(pack, forest, entry);
        };
        let has_children = forest.first_child[entry as usize] != NONE;
        let number = self.number(of, pack, entry, object, kind, Content::Whole(&bytes));
        match self.visit(number, kind, Content::Whole(&bytes), Some(&bytes), None, has_children) {
            Some(kept) if has_children => {
                let node = self.node(entry, kind, bytes, kept);
                self.descend(scope, of, pack, forest, node, work);
            }
            Some(_) => work.keep(bytes),
            None => self.lost_children(pack, forest, entry),
        }
    }

    /// A delta whose base is in another pack, or loose.
    fn outside<'a>(&'a self, scope: &Scope<'a>, of: u32, pack: &'a Pack, forest: &'a Forest, entry: u32) {
        let object = pack.entries[entry as usize].object;
        match self.store.read_entry(of, entry) {
            Err(why) => {
                self.corrupt(object, Some((pack, entry)), why);
                self.lost_children(pack, forest, entry);
            }
            Ok((kind, _)) if !(self.wanted)(kind) => {}
            Ok((kind, bytes)) => {
                let has_children = forest.first_child[entry as usize] != NONE;
                let number = self.number(of, pack, entry, object, kind, Content::Whole(&bytes));
                let kept = self.visit(number, kind, Content::Whole(&bytes), Some(&bytes), None, has_children);
                match kept {
                    Some(kept) if has_children => {
                        let node = self.node(entry, kind, bytes, kept);
                        self.descend(scope, of, pack, forest, node, &mut Work::default());
                    }
                    Some(_) => {}
                    None => self.lost_children(pack, forest, entry),
                }
            }
        }
    }

    fn node(&self, entry: u32, kind: Kind, bytes: Vec<u8>, kept: V::Kept) -> Node<V::Kept> {
        let size = bytes.capacity() + V::size(&kept);
        self.alive.fetch_add(size, Ordering::Relaxed);
        Node { entry, kind, bytes: Some(bytes), kept: Some(kept), size }
    }

    fn visit(
        &self,
        object: Number,
        kind: Kind,
        content: Content<'_>,
        whole: Option<&[u8]>,
        base: Option<&V::Kept>,
        has_children: bool,
    ) -> Option<V::Kept> {
        self.bytes.fetch_add(content.len() as u64, Ordering::Relaxed);
        self.objects.fetch_add(1, Ordering::Relaxed);
        let bit = 1 << (object % 64);
        let new = match self.seen.get(object as usize / 64).filter(|_| (object as usize) < self.store.objects.claimed())
        {
            Some(word) => word.fetch_or(bit, Ordering::Relaxed) & bit == 0,
            None => self.extra.lock().unwrap_or_else(PoisonError::into_inner).insert(object),
        };
        if new {
            self.distinct[kind as usize].fetch_add(1, Ordering::Relaxed);
        }
        let item = Item { object, kind, content, whole, base, has_children };
        // A panic is a bug of ours; it must cost one object, be said, and not pass for "nothing found".
        match catch_unwind(AssertUnwindSafe(|| self.visitor.object(&item))) {
            Ok(kept) => Some(kept),
            Err(_) => {
                let why = "a bug of leaktight stopped its scan".into();
                self.visitor.gap(Gap { kind: GapKind::Panic, what: name(self.store, object), why, blocks: true });
                None
            }
        }
    }

    /// Everything beneath an entry that could not be resolved cannot be resolved, either.
    fn lost_children(&self, pack: &Pack, forest: &Forest, entry: u32) {
        forest.beneath(entry, |at| {
            let why = "the object that it is a delta of cannot be read".into();
            self.corrupt(pack.entries[at as usize].object, Some((pack, at)), why);
        });
    }

    fn lost_entry(&self, pack: &Pack, forest: &Forest, entry: u32) {
        let why = "the object that it is a delta of cannot be read".into();
        self.corrupt(pack.entries[entry as usize].object, Some((pack, entry)), why);
        self.lost_children(pack, forest, entry);
    }

    fn corrupt(&self, object: Number, at: Option<(&Pack, u32)>, why: String) {
        self.visitor.gap(corrupt(self.store, object, at, why));
    }

    fn limited(&self, object: Number, pack: &Pack, at: u32) {
        let why = "all objects together are larger than this store can honestly hold".into();
        self.visitor.gap(Gap { kind: GapKind::Limit, ..corrupt(self.store, object, Some((pack, at)), why) });
    }
}

impl Work {
    /// Keeps memory for the next object, unless it is much.
    fn keep(&mut self, bytes: Vec<u8>) {
        if self.spare.len() < 4 && bytes.capacity() <= 8 << 20 {
            self.spare.push(bytes);
        }
    }
}
