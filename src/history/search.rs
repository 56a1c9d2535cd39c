//! The blobs and messages of a repository's whole history, each looked at once, deltas only where they are new.
//!
//! In: objects of `git::store::walk`, with what was learned of their base. Out: [`Matched`]s and every [`Place`] they stand at.
//! What a delta copies is not searched again: anchors and matches of the base are carried over, and only what depends on
//! new bytes, or on a seam between two copies, goes to the matcher (docs/design.md, law 3). A delta in which nothing can
//! depend on anything new is never put together. It knows no commits and no paths.

mod carry;
mod dense;
pub mod graph;

use crate::blob::{Fresh, Gap, GapKind};
use crate::detect::{Candidate, Detector, Found, Hit, Input};
use crate::finding::evidence::{self, Evidence};
use crate::finding::secret::Secret;
use crate::git::lfs;
use crate::git::store::delta::Content;
use crate::git::store::numbers::Number;
use crate::git::store::walk::{Item, Visit};
use crate::rule::RuleId;
use crate::text::lines::{Lines, Start};
use crate::text::view::{self, Encoding, View};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Blobs beyond this size are searched window by window, and their deltas anew: what is carried would be too much.
const CARRIED: usize = 32 << 20;
/// Anchors of one object that are kept for its deltas: six megabytes.
const MOST_HITS: usize = 1 << 18;
/// Anchors are looked for in parts of this size, which bounds working memory.
const PART: usize = 1 << 20;

/// What was found, apart from where: shared by all copies of it.
#[derive(Debug)]
pub struct Matched {
    /// The rule.
    pub rule: RuleId,
    /// The secret.
    pub value: Secret,
    /// Length of the secret in the object's bytes.
    pub len: u32,
    /// Reasons for and against, context excluded.
    pub evidence: Vec<Evidence>,
    /// Other parts: role, start relative to the secret's, length.
    pub related: Vec<(String, i64, u32)>,
    /// Host of a connection.
    pub host: Vec<u8>,
}

/// One copy of a [`Matched`]. Lines and columns as in [`crate::finding::Location`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The object.
    pub object: Number,
    /// First byte of the secret.
    pub offset: u32,
    /// Index of the [`Matched`].
    pub matched: u32,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
}

/// What was found in all objects.
#[derive(Debug, Default)]
pub struct Record {
    /// Matches, in no particular order.
    pub matched: Vec<Matched>,
    /// Where they stand, in no particular order.
    pub places: Vec<Place>,
    /// What could not be looked at.
    pub gaps: Vec<Gap>,
    /// Objects with more candidates than one may have.
    pub limited: Vec<Number>,
    /// Blobs whose content is not opened, by why.
    pub unopened: BTreeMap<(GapKind, String), Vec<Number>>,
}

impl Record {
    /// The objects that are not known to hold nothing.
    pub fn unclean(&self) -> impl Iterator<Item = Number> + '_ {
        self.places.iter().map(|p| p.object).chain(self.limited.iter().copied())
    }
}

/// Looks at objects.
pub struct History<'d, 'r> {
    detector: &'d Detector<'r>,
    record: Mutex<Record>,
    /// Everything is searched, as if each object were new: what the tests hold the rest against.
    exhaustive: bool,
    /// Bytes that went to the matcher's anchors: what was new.
    pub fresh: AtomicU64,
    /// The folder in which Git LFS keeps content, if the repository has one.
    lfs: Option<PathBuf>,
    /// Bytes of content of Git LFS that were searched.
    pub lfs_bytes: AtomicU64,
}

/// What is kept of an object for its deltas.
#[derive(Debug, Default)]
pub struct DeltaState {
    hits: Vec<Hit>,
    /// It has more anchors than are kept.
    dense: bool,
    found: Vec<Carried>,
    view: Option<View>,
    /// It holds a NUL, so that some of it may be UTF-16 or UTF-32.
    nul: bool,
    /// Everything in it was searched, by every rule, without reaching a limit.
    sound: bool,
}

/// A match in an object, as ranges of its bytes.
#[derive(Debug, Clone)]
struct Carried {
    matched: u32,
    rule: RuleId,
    secret: Range<usize>,
    whole: Range<usize>,
    depends: Range<usize>,
}

impl Carried {
    fn key(&self) -> (usize, usize, RuleId, usize, usize) {
        (self.secret.start, self.secret.end, self.rule, self.whole.start, self.whole.end)
    }

    fn moved(&self, from: usize, to: usize) -> Self {
        let at = |r: &Range<usize>| r.start - from + to..r.end - from + to;
        Self { secret: at(&self.secret), whole: at(&self.whole), depends: at(&self.depends), ..self.clone() }
    }
}

impl<'d, 'r> History<'d, 'r> {
    /// For one repository.
    pub fn new(detector: &'d Detector<'r>, exhaustive: bool) -> Self {
        let [fresh, lfs_bytes] = [AtomicU64::new(0), AtomicU64::new(0)];
        Self { detector, record: Mutex::default(), exhaustive, fresh, lfs: None, lfs_bytes }
    }

    /// The same for a repository that keeps its files in this folder: content of Git LFS in it is searched, too.
    pub fn beside(self, common_dir: Option<&Path>) -> Self {
        Self { lfs: common_dir.map(Path::to_owned), ..self }
    }

    /// What was found.
    pub fn finish(self) -> Record {
        self.record.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The objects so far that are not known to hold nothing.
    pub fn unclean(&self) -> Vec<Number> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).unclean().collect()
    }

    /// The objects in which something was found so far, sorted.
    pub fn objects(&self) -> Vec<Number> {
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Number> = record.places.iter().map(|p| p.object).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Looks at a text that is no blob: a message, the name of a reference.
    pub fn text(&self, object: Number, bytes: &[u8], core: Range<usize>) {
        let input = Input { text: bytes, core, fresh: Fresh::All, binary: false, file: false };
        let found = self.detector.candidates(&input);
        if found.limited {
            self.limited(object);
        }
        let carried = self.recorded(found);
        self.place(object, &carried, bytes, Encoding::Bytes);
    }

    /// Notes an object with more candidates than one may have.
    fn limited(&self, object: Number) {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).limited.push(object);
    }

    /// Takes new candidates into the record.
    fn recorded(&self, found: Found) -> Vec<Carried> {
        let rules = self.detector.rules();
        // Context only ever weakens: what is nothing without it is nothing.
        let reportable = |c: &Candidate| evidence::confidence(&c.evidence, rules.rule(c.rule).distinctive).is_some();
        let candidates: Vec<Candidate> = found.candidates.into_iter().filter(reportable).collect();
        if candidates.is_empty() {
            return Vec::new();
        }
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let mut one = |c: Candidate| {
            let matched = record.matched.len() as u32;
            let relative = |r: &Range<usize>| (r.start as i64 - c.secret.start as i64, r.len() as u32);
            let related = c.related.iter().map(|(role, r)| (role.clone(), relative(r).0, relative(r).1)).collect();
            let carried =
                Carried { matched, rule: c.rule, secret: c.secret.clone(), whole: c.whole, depends: c.depends };
            record.matched.push(Matched {
                rule: c.rule,
                value: c.value,
                len: c.secret.len() as u32,
                evidence: c.evidence,
                related,
                host: c.host,
            });
            carried
        };
        candidates.into_iter().map(&mut one).collect()
    }

    /// Notes where matches stand in an object.
    fn place(&self, object: Number, found: &[Carried], bytes: &[u8], encoding: Encoding) {
        if found.is_empty() {
            return;
        }
        let lines = Lines::new(Start::default(), bytes, encoding);
        let places: Vec<Place> = found
            .iter()
            .map(|c| {
                let (from, to) = (lines.position(c.secret.start), lines.position(c.secret.end));
                let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
                Place {
                    object,
                    offset: small(c.secret.start as u64),
                    matched: c.matched,
                    line: small(from.line),
                    column: small(from.column),
                    end_line: small(to.line),
                    end_column: small(to.column),
                }
            })
            .collect();
        self.record.lock().unwrap_or_else(PoisonError::into_inner).places.extend(places);
    }

    /// Anchors that begin in `part`, all of them unless that is more than [`MOST_HITS`].
    fn hits(&self, bytes: &[u8], part: Range<usize>, out: &mut Vec<Hit>) {
        self.fresh.fetch_add(part.len() as u64, Ordering::Relaxed);
        let mut at = part.start;
        while at < part.end && out.len() <= MOST_HITS {
            let end = part.end.min(at + PART);
            self.detector.hits(bytes, at..end, out);
            at = end;
        }
    }

    /// An object that is searched from start to end.
    fn all(&self, object: Number, bytes: &[u8], view: View) -> DeltaState {
        let mut hits = Vec::new();
        if bytes.len() <= CARRIED {
            self.hits(bytes, 0..bytes.len(), &mut hits);
        }
        if bytes.len() > CARRIED || hits.len() > MOST_HITS {
            drop(hits);
            let all = 0..bytes.len();
            return self.dense(object, bytes, view, std::slice::from_ref(&all), Vec::new());
        }
        let input = Input { binary: view.binary, ..Input::all(bytes) };
        let nul = memchr::memchr(0, bytes).is_some();
        let candidates = self.detector.candidates_at(&input, &mut hits, nul);
        let sound = !candidates.limited;
        if !sound {
            self.limited(object);
        }
        let found = self.recorded(candidates);
        self.place(object, &found, bytes, view.encoding);
        DeltaState { hits, dense: false, found, view: Some(view), nul, sound }
    }

    /// Notes a blob that is not opened; gives whether what it stands for was searched in its place.
    fn unopened(&self, object: Number, content: &Content<'_>) -> bool {
        let mut head = Vec::new();
        // Pointers of LFS are smaller than this, magic numbers shorter.
        content.append(0..content.len().min(1024), &mut head);
        let Some(mut gap) = crate::source::whole::not_opened(&head, b"") else { return false };
        if gap.kind == GapKind::LfsPointer
            && let Some(stored) = self.lfs.as_deref().and_then(|dir| lfs::content(dir, &head))
        {
            match stored {
                Ok(bytes) if lfs::is_bare(&head) => {
                    self.all(object, &bytes, view::view(&bytes));
                    self.lfs_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                    return true;
                }
                // What is found in both could not be told apart by its place.
                Ok(_) => gap.why = "a Git LFS pointer with further lines; the content in .git/lfs was not read".into(),
                Err(why) => gap.why = format!("a Git LFS pointer; {why}, and was not searched"),
            }
        }
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.unopened.entry((gap.kind, gap.why)).or_default().push(object);
        false
    }

    /// Looks at a commit or tag, from the first byte that is text.
    pub fn message(&self, object: Number, bytes: &[u8], start: usize) {
        self.fresh.fetch_add((bytes.len() - start.min(bytes.len())) as u64, Ordering::Relaxed);
        self.text(object, bytes, start..bytes.len());
    }

    /// Looks at a name: index of each match, and where in the name its secret begins.
    pub fn name(&self, name: &[u8]) -> Vec<(u32, u32)> {
        let found = self.detector.candidates(&Input { file: false, ..Input::all(name) });
        self.recorded(found).iter().map(|c| (c.matched, c.secret.start as u32)).collect()
    }
}

impl Visit for History<'_, '_> {
    type Kept = DeltaState;

    fn size(kept: &DeltaState) -> usize {
        kept.hits.capacity() * size_of::<Hit>() + kept.found.capacity() * size_of::<Carried>()
    }

    fn object(&self, item: &Item<'_, DeltaState>) -> DeltaState {
        if self.unopened(item.object, &item.content) {
            // Nothing was learned of the pointer's own bytes that a delta could carry on.
            return DeltaState::default();
        }
        match (item.content, item.base) {
            (Content::Delta { pieces, base: bytes, .. }, Some(base)) if !self.exhaustive => {
                self.delta(item, base, pieces, bytes.len())
            }
            _ => {
                let mut made = Vec::new();
                let bytes = item.bytes(&mut made);
                self.all(item.object, bytes, view::view(bytes))
            }
        }
    }

    fn gap(&self, gap: Gap) {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).gaps.push(gap);
    }
}
