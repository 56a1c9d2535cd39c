//! What is new in a change: blobs with their paths, and texts that are no blobs.
//!
//! In: a repository and a [`Subject`]. Out: [`Material`]. Every commit of a range is compared with all its parents, so that
//! the content of a merge, of a second parent, and what was added and taken away again are all there; then the tree at the
//! end with the base. A base that is missing leaves nothing to compare with: then nothing is looked at, and that is said.

use super::subject::{Range, Subject};
use super::workers::Workers;
use crate::blob::{Gap, GapKind, GitKind, GitPlace, Origin, Reach};
use crate::finding::Covered;
use crate::git::object::{Commit, Tag};
use crate::git::repo::access::CommitAt;
use crate::git::repo::entry::EntryAt;
use crate::git::tree::changes::{self, Budget, Changes};
use crate::git::tree::range;
use crate::git::{Access, Kind, ObjectId, RefKind, Refs, RevisionError};
use crate::scan::RequestError;
use crate::source::excluded::Exclude;
use crate::time::date_time;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Trees that findings are compared with, at most: a branch into which its base was merged again and again has many.
const MOST_COMPARED: usize = 32;
/// Tags of tags that are followed.
const TAGS: usize = 100;

/// A blob that is new at some paths.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) id: ObjectId,
    /// Where: the index or a commit of the range, and the path. A tree of a few objects can name a blob a million times.
    pub(super) places: Vec<(Arc<GitPlace>, Box<[u8]>)>,
}

impl Piece {
    /// One of its places.
    pub(super) fn origin(&self, at: usize) -> Origin {
        let (place, path) = &self.places[at];
        let object = Some(self.id.to_string().into());
        Origin::Git(Arc::new(GitPlace { path: Some(path.as_ref().into()), object, ..(**place).clone() }))
    }
}

/// What is known to be new: blobs with their paths, by what they hash to.
type Seen = HashSet<[u8; 32]>;

/// A text that is no blob.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) place: Arc<GitPlace>,
    pub(super) bytes: Vec<u8>,
}

/// Everything that is new.
#[derive(Debug, Default)]
pub(super) struct Material {
    pub(super) pieces: Vec<Piece>,
    /// Index of each blob's piece.
    piece_of: HashMap<ObjectId, usize>,
    pub(super) texts: Vec<Text>,
    /// Trees that hold what was there before.
    pub(super) compared: Vec<ObjectId>,
    /// The same trees by what they speak for: the bases as they are today, the commits at which the range left them. A
    /// value has left a path only if each side held it there; else it was the base that moved it or took it away.
    pub(super) sides: Vec<Vec<ObjectId>>,
    /// Trees at the end of a range, each once. `None`: everything new is there at the end.
    pub(super) ends: Option<Vec<ObjectId>>,
    /// For each end: what the compared trees hold at paths where it holds something else or nothing, directories as a whole.
    /// One list if `ends` is `None`.
    pub(super) left: Vec<Vec<(Vec<u8>, EntryAt)>>,
    pub(super) gaps: Vec<Gap>,
    pub(super) covered: Covered,
    /// What the policy leaves out.
    pub(super) exclude: Exclude,
}

/// What `subject` brings; what `exclude` leaves out is counted.
pub(super) fn of(
    access: &Access,
    subject: &Subject,
    workers: &Workers,
    exclude: Exclude,
) -> Result<Material, RequestError> {
    // A shallow boundary blocks only a range that crosses it.
    let stand = access.repository.gaps.iter().filter(|g| g.kind != GapKind::Shallow);
    let gaps = stand.chain(&access.gaps).cloned().collect();
    let mut material = Material { gaps, exclude, ..Material::default() };
    match subject {
        Subject::Staged => staged(access, &mut material)?,
        Subject::Range(range) => self::range(access, range, workers, &mut material)?,
        Subject::Message(text) => {
            let place = GitPlace { kind: GitKind::Message, ..empty(Reach::Index) };
            material.texts.push(Text { place: Arc::new(place), bytes: text.clone() });
        }
    }
    Ok(material)
}

fn empty(reach: Reach) -> GitPlace {
    GitPlace {
        reach,
        kind: GitKind::Commit,
        repo: Arc::from(&b""[..]),
        path: None,
        date: None,
        commit: None,
        object: None,
        refs: Vec::new(),
        author: None,
    }
}

fn gap(kind: GapKind, what: impl Into<Vec<u8>>, why: impl Into<String>) -> Gap {
    Gap { kind, what: what.into(), why: why.into(), blocks: true }
}

fn staged(access: &Access, out: &mut Material) -> Result<(), RequestError> {
    if access.repository.bare && access.index_path.symlink_metadata().is_err() {
        return Err(RequestError("a bare repository has no index; there is nothing staged".into()));
    }
    let index = match access.index() {
        Ok(index) => index,
        Err(e) => {
            out.gaps.push(gap(GapKind::DamagedIndex, *b"index", e.as_str()));
            return Ok(());
        }
    };
    // Before the first commit everything is new.
    let head = access.reference(b"HEAD").unwrap_or_else(|why| {
        out.gaps.push(gap(GapKind::BrokenRef, *b"HEAD", why));
        None
    });
    let merged = access.merge_heads().unwrap_or_else(|why| {
        out.gaps.push(gap(GapKind::BrokenRef, *b"MERGE_HEAD", why));
        Vec::new()
    });
    for parent in head.iter().chain(&merged) {
        match access.commit(parent) {
            Ok(commit) => out.compared.push(commit.tree),
            Err(lost) => out.gaps.push(lost.gap(format!("commit {parent}"))),
        }
    }
    out.sides = vec![out.compared.clone()];
    let changes = changes::of_index(access, index, &out.compared, &Budget::default());
    let place = GitPlace { kind: GitKind::Index, ..empty(Reach::Index) };
    out.take(access, changes, &place, &mut Seen::new(), true);
    out.covered.files = index.len() as u64;
    Ok(())
}

/// The commit behind a revision; `None` where that is a gap.
fn resolved(
    revision: &str,
    found: Result<ObjectId, RevisionError>,
    kind: GapKind,
    out: &mut Material,
) -> Result<Option<ObjectId>, RequestError> {
    match found {
        Ok(id) => Ok(Some(id)),
        Err(e @ (RevisionError::Form(_) | RevisionError::NoCommit(..))) => Err(RequestError(e.to_string())),
        Err(e) => {
            let mut why = e.to_string();
            if kind == GapKind::MissingBase {
                why.push_str("; nothing was looked at");
            }
            out.gaps.push(gap(kind, revision.as_bytes(), why));
            Ok(None)
        }
    }
}

fn range(access: &Access, range: &Range, workers: &Workers, out: &mut Material) -> Result<(), RequestError> {
    let (mut bases, mut heads) = (Vec::new(), Vec::new());
    for base in &range.bases {
        bases.extend(resolved(base, access.resolve_commit(base), GapKind::MissingBase, out)?);
    }
    let mut tagged = Vec::new();
    for head in &range.heads {
        let object = resolved(head, access.resolve(head), GapKind::MissingObject, out)?;
        let commit = resolved(head, access.resolve_commit(head), GapKind::MissingObject, out)?;
        heads.extend(commit);
        tagged.extend(object.filter(|id| commit.is_some_and(|c| c != *id)));
    }
    if bases.len() < range.bases.len() || heads.len() < range.heads.len() {
        // Without the base everything would look new, without a head nothing would.
        return Ok(());
    }
    out.own_texts(range);
    for tag in tagged {
        out.tag(access, tag);
    }
    let known: Vec<ObjectId> = bases.iter().copied().chain(known(access, range)).collect();
    let commits = range::commits(access, &heads, &known);
    for (id, lost) in &commits.lost {
        out.gaps.push(lost.gap(format!("commit {id}")));
    }
    if let Some(first) = commits.cut.first() {
        let why = format!("this clone ends at {} of the commits to look at", commits.cut.len());
        out.gaps.push(gap(GapKind::Shallow, first.to_string(), why));
    }
    let apart = !bases.is_empty() && !commits.all.is_empty() && commits.border.is_empty();
    if apart && commits.cut.is_empty() && !range.unrelated {
        let why = "it has no commit in common with what is to be looked at";
        out.gaps.push(gap(GapKind::MissingBase, range.bases.join(" "), why));
    }

    let tree = |id: &ObjectId| access.commit(id).map(|c| c.tree);
    for side in [&bases, &commits.merge_bases].into_iter().filter(|side| !side.is_empty()) {
        let mut trees = Vec::new();
        for commit in side.iter().take(MOST_COMPARED) {
            match tree(commit) {
                Ok(tree) if !trees.contains(&tree) => trees.push(tree),
                Ok(_) => {}
                Err(lost) => out.gaps.push(lost.gap(format!("commit {commit}"))),
            }
        }
        let more: Vec<ObjectId> = trees.iter().filter(|tree| !out.compared.contains(tree)).copied().collect();
        out.compared.extend(more);
        out.sides.push(trees);
    }
    out.compared.truncate(MOST_COMPARED);
    let cut: HashSet<ObjectId> = commits.cut.iter().copied().collect();
    let compared = out.compared.clone();
    let instead = |id: &ObjectId| cut.contains(id).then_some(compared.as_slice());
    let budget = Budget::default();
    let brought = workers.map(&commits.all, |(id, at)| CommitChanges::of(access, *id, at, instead(id), &budget));
    let mut seen = Seen::new();
    for one in brought {
        out.gaps.extend(one.gaps);
        out.texts.extend(one.texts);
        out.take(access, one.changes, &one.place, &mut seen, false);
    }
    let mut ends = Vec::new();
    // A head that is known itself brings nothing: without a base, all of its tree would look new.
    let brings: HashSet<ObjectId> = commits.all.iter().map(|(id, _)| *id).collect();
    for head in heads.iter().filter(|head| !bases.is_empty() || brings.contains(*head)) {
        match tree(head) {
            Ok(tree) if !ends.contains(&tree) => ends.push(tree),
            Ok(_) => {}
            Err(lost) => out.gaps.push(lost.gap(format!("commit {head}"))),
        }
    }
    // The end against the base: nothing that a walk over commits might have missed is left out.
    for end in &ends {
        let place = empty(Reach::Head);
        out.take(access, changes::of_tree(access, end, &compared, &budget), &place, &mut seen, true);
    }
    out.ends = Some(ends);
    out.covered.commits = commits.all.len() as u64;
    Ok(())
}

/// Commits that are known besides the bases.
fn known(access: &Access, range: &Range) -> Vec<ObjectId> {
    let mut out = Vec::new();
    let listed = |name: &str| name == "--all" || name.ends_with('/');
    if range.known.iter().any(|name| listed(name)) {
        let refs = Refs::read(&access.repository);
        let wanted = |name: &[u8]| {
            range.known.iter().any(|k| k == "--all" || (k.ends_with('/') && name.starts_with(k.as_bytes())))
        };
        let all = refs.all.iter().filter(|r| r.kind != RefKind::Reflog && wanted(&r.name));
        out.extend(all.map(|r| r.target));
    }
    out.extend(range.known.iter().filter(|name| !listed(name)).filter_map(|name| access.resolve(name).ok()));
    out.iter().filter_map(|id| access.resolve_commit(&id.to_string()).ok()).collect()
}

/// What one commit brings.
struct CommitChanges {
    place: GitPlace,
    changes: Changes,
    texts: Vec<Text>,
    gaps: Vec<Gap>,
}

impl CommitChanges {
    /// `instead`: what to compare it with where its parents are not in this clone.
    fn of(access: &Access, id: ObjectId, at: &CommitAt, instead: Option<&[ObjectId]>, budget: &Budget) -> Self {
        let mut place = GitPlace { commit: Some(id.to_string().into()), ..empty(Reach::Branch) };
        let (mut texts, mut gaps) = (Vec::new(), Vec::new());
        match access.objects.read_as(&id, Kind::Commit) {
            Ok(bytes) if !budget.keeps(bytes.len()) => {
                let why = format!("the commits have more text than is looked at; this one has {} bytes", bytes.len());
                gaps.push(gap(GapKind::Limit, format!("commit {id}"), why));
            }
            Ok(bytes) => {
                let commit = Commit::read(&bytes, access.objects.hash());
                if let Some(author) = &commit.author {
                    place.author = Some(bytes[author.text.clone()].into());
                    place.date = Some(date_time(author.seconds).into());
                }
                let object = Some(id.to_string().into());
                let place = GitPlace { object, ..place.clone() };
                for (kind, range) in
                    [(GitKind::Author, commit.text_start..commit.message.start), (GitKind::Message, commit.message)]
                {
                    let bytes = bytes.get(range).unwrap_or_default().to_vec();
                    texts.push(Text { place: Arc::new(GitPlace { kind, ..place.clone() }), bytes });
                }
            }
            Err(lost) => gaps.push(lost.gap(format!("commit {id}"))),
        }
        let mut parents = Vec::new();
        for parent in if instead.is_some() { &[] } else { at.parents.as_slice() } {
            match access.commit(parent) {
                Ok(commit) => parents.push(commit.tree),
                Err(lost) => gaps.push(lost.gap(format!("commit {parent}"))),
            }
        }
        let mut changes = changes::of_tree(access, &at.tree, instead.unwrap_or(&parents), budget);
        // Only at the end does it count what is gone.
        changes.gone = Vec::new();
        Self { place, changes, texts, gaps }
    }
}

impl Material {
    /// Takes what some comparison found, at `place`; what `seen` holds already stays where it was first seen. `last`: it is
    /// the comparison of the end with what was there before.
    fn take(&mut self, access: &Access, changes: Changes, place: &GitPlace, seen: &mut Seen, last: bool) {
        self.gaps.extend(changes.gaps);
        if last {
            let was = changes.new.iter().flat_map(|c| c.was.iter().map(|was| (c.path.clone(), *was)));
            self.left.push(was.chain(changes.gone).collect());
        }
        let here = Arc::new(place.clone());
        let mut names: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        for change in changes.new {
            if !seen.insert(*blake3::hash(&[change.now.id.as_slice(), &change.path].concat()).as_bytes()) {
                continue;
            }
            if let Some(glob) = self.exclude.find(&change.path) {
                let bytes = || access.objects.read_as(&change.now.id, Kind::Blob).map_or(0, |bytes| bytes.len() as u64);
                self.exclude.count(glob, 1, if change.is_submodule() { 0 } else { bytes() });
                continue;
            }
            if change.was.is_empty() {
                for name in change.path.split(|b| *b == b'/').filter(|n| !n.is_empty()) {
                    if !names.contains_key(name) {
                        names.insert(name.to_vec(), change.path.clone());
                    }
                }
            }
            if change.is_submodule() {
                let why = "the change adds or moves a submodule, whose files are in another repository";
                self.gaps.push(gap(GapKind::Submodule, change.path, why));
                continue;
            }
            let id = change.now.id;
            let at = *self.piece_of.entry(id).or_insert_with(|| {
                self.pieces.push(Piece { id, places: Vec::new() });
                self.pieces.len() - 1
            });
            self.pieces[at].places.push((Arc::clone(&here), change.path.into()));
        }
        for (name, path) in names {
            let place = GitPlace { kind: GitKind::Name, path: Some(path.into()), ..place.clone() };
            self.texts.push(Text { place: Arc::new(place), bytes: name });
        }
    }

    /// Texts that come with the range itself.
    fn own_texts(&mut self, range: &Range) {
        for name in &range.refs {
            let refs = vec![name.as_slice().into()];
            let place = GitPlace { kind: GitKind::Ref, refs, ..empty(Reach::Other) };
            self.texts.push(Text { place: Arc::new(place), bytes: name.clone() });
        }
        for (name, text) in &range.texts {
            let path = Some(name.as_bytes().into());
            let place = GitPlace { kind: GitKind::Event, path, ..empty(Reach::Other) };
            self.texts.push(Text { place: Arc::new(place), bytes: text.clone() });
        }
        self.covered.refs = range.refs.len() as u64;
    }

    /// An annotated tag, and those that it is a tag of.
    fn tag(&mut self, access: &Access, id: ObjectId) {
        let mut at = id;
        for _ in 0..TAGS {
            let bytes = match access.objects.read(&at) {
                Ok((Kind::Tag, bytes)) => bytes,
                Ok(_) => return,
                Err(lost) => return self.gaps.push(lost.gap(format!("tag {at}"))),
            };
            let tag = Tag::read(&bytes, access.objects.hash());
            let object = Some(at.to_string().into());
            let place = GitPlace { object, kind: GitKind::Message, ..empty(Reach::Tag) };
            let text = bytes.get(tag.text_start..).unwrap_or_default().to_vec();
            self.texts.push(Text { place: Arc::new(place), bytes: text });
            self.covered.tags += 1;
            match tag.target {
                Some(target) => at = target,
                None => return,
            }
        }
    }
}
