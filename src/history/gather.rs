//! From matches and their places to findings: one per secret, with all its places and its life.
//!
//! In: what the walks recorded and what is known of commits and paths. Out: [`Found`]s, findings without their text yet.
//! Paths act here and not before: a place is weighed under every path that its blob ever had, and the confidence of a
//! secret is the highest of them (docs/design.md, law 3). The same rules as for a scan say which of several matches that
//! overlap speaks, and what is the same secret.

mod paths;

use crate::blob::{GitKind, GitPlace, Origin, Reach};
use crate::detect::Detector;
use crate::detect::context::{self, Assessed, Context};
use crate::finding::evidence::Confidence;
use crate::finding::few::MOST_PLACES;
use crate::finding::group::{GroupKey, finding, group_key};
use crate::finding::overlap::{self, Claim, Reading, Role, Taken};
use crate::finding::{Finding, Keys, Life, Location, Occurrence, Related, Snippet};
use crate::git::object::{Commit, Tag};
use crate::git::store::Store;
use crate::git::store::numbers::Number;
use crate::git::{CommitNode, Kind};
use crate::history::search::graph::HistoryGraph;
use crate::history::search::{Matched, Place, Record};
use crate::history::timeline::Attribution;
use crate::rule::{Environment, RuleSet, Severity};
use crate::source::excluded::Exclude;
use crate::time::date_time;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Names of references that a place lists.
const REFS: usize = 5;

/// What findings are made of.
pub(super) struct Sources<'a> {
    pub(super) store: &'a Store,
    pub(super) record: &'a Record,
    pub(super) shaped: &'a HistoryGraph,
    pub(super) attribution: &'a Attribution<'a>,
    /// What the policy or a flag leaves out.
    pub(super) exclude: &'a Exclude,
    /// Matches in names of references: index of the match, where in the name, the name.
    pub(super) ref_names: Vec<(u32, u32, Vec<u8>)>,
    /// Paths that an index has for blobs in which something was found.
    pub(super) staged: BTreeMap<Number, BTreeSet<&'a [u8]>>,
}

/// A finding, and where its text can be read.
pub(super) struct Found {
    pub(super) finding: Finding,
    /// The object that the primary place stands in.
    pub(super) object: Option<Number>,
    /// Parts besides the secret: role, start relative to the secret's, length.
    pub(super) related: Vec<(String, i64, u32)>,
}

/// A match at a place of the repository.
#[derive(Clone)]
struct Spot {
    place: Place,
    git: Arc<[Arc<GitPlace>]>,
    /// Further paths that are not kept: one of `git` where it is worth as much, and how many.
    cut: Arc<[(usize, u64)]>,
    /// The object can be read again, and the secret stands in its bytes.
    content: bool,
    /// Of a name: the trees that have it as an entry.
    trees: Option<Arc<[Number]>>,
}

/// A secret under one path of one spot.
#[derive(Clone)]
struct Entry {
    spot: usize,
    git: Arc<GitPlace>,
    worth: Worth,
}

/// The places of one secret.
#[derive(Default)]
struct Group {
    entries: Vec<Entry>,
    /// How many more there are.
    more: u64,
}

/// How sure and how bad a match is under a path, and which deployment that belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Worth {
    confidence: Confidence,
    severity: Severity,
    environment: Environment,
}

/// What each match is worth under each of its paths; `None`: too little for a report.
type Weighed = HashMap<(u32, Option<Arc<[u8]>>), Option<Worth>>;

/// Of these so many are remembered.
const WEIGHED: usize = 100_000;

impl Worth {
    fn of(assessed: &Assessed) -> Self {
        Self { confidence: assessed.confidence, severity: assessed.severity, environment: assessed.environment }
    }
}

struct Gather<'a, 'r> {
    of: &'a Sources<'a>,
    rules: &'r RuleSet,
    name: Arc<[u8]>,
    commits: HashMap<Number, &'a CommitNode>,
    weighed: Weighed,
}

/// All findings, in no particular order.
pub(super) fn findings(of: &Sources<'_>, detector: &Detector<'_>, name: &[u8], keys: &Keys) -> Vec<Found> {
    let commits = of.shaped.graph.commits.iter().map(|c| (c.object, c)).collect();
    let mut gather = Gather { of, rules: detector.rules(), name: name.into(), commits, weighed: HashMap::new() };
    let spots = gather.spots();
    let groups = gather.groups(&spots);
    let objects = |group: &Group| {
        let holding = |e: &Entry| match &spots[e.spot] {
            Spot { trees: Some(trees), .. } => trees.to_vec(),
            spot => vec![spot.place.object],
        };
        let mut all: Vec<Number> = group.entries.iter().filter(|e| !is_ref(&e.git)).flat_map(holding).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let secrets: Vec<Vec<Number>> = groups.iter().map(objects).collect();
    let hex = |number: Number| gather.hex(number).to_string();
    let lives = of.attribution.lives(&secrets, &hex);
    let one = |(group, life): (Group, Life)| gather.found(group, life, &spots, keys);
    groups.into_iter().zip(lives).filter_map(one).collect()
}

impl Gather<'_, '_> {
    fn hex(&self, number: Number) -> Arc<str> {
        self.of.store.objects.id(number).map(|id| id.to_string()).unwrap_or_default().into()
    }

    fn matched(&self, place: &Place) -> &Matched {
        &self.of.record.matched[place.matched as usize]
    }

    /// Every match with the places that the graph knows for it.
    fn spots(&self) -> Vec<Spot> {
        let mut places = self.of.record.places.clone();
        places.sort_unstable();
        let mut spots = Vec::with_capacity(places.len());
        let tags: HashSet<Number> = self.of.shaped.graph.tags.iter().map(|tag| tag.object).collect();
        let objects = || places.chunk_by(|a, b| a.object == b.object).map(|inside| (inside[0].object, inside));
        let shares = self.shares(objects().map(|(object, inside)| (object, inside.len())));
        for (object, in_object) in objects() {
            if self.commits.contains_key(&object) || tags.contains(&object) {
                spots.extend(self.messages(object, in_object));
                continue;
            }
            let (git, cut) = self.blob(object, None, in_object, shares.paths(in_object.len()));
            spots.extend(in_object.iter().map(|place| Spot {
                place: *place,
                git: Arc::clone(&git),
                cut: Arc::clone(&cut),
                content: true,
                trees: None,
            }));
        }
        let at = |object, matched, offset| Place {
            object,
            offset,
            matched,
            line: 1,
            column: offset + 1,
            end_line: 1,
            end_column: offset + 1 + self.of.record.matched[matched as usize].len,
        };
        let entries = self.entries();
        for named in &self.of.shaped.named {
            let name = self.of.shaped.graph.names.text(named.name);
            let place = at(named.child, named.matched, named.offset);
            let (git, cut) = self.blob(named.child, Some(name), &[place], shares.paths(1));
            // A name of a submodule, or of what is missing, comes with the tree itself.
            let trees = entries.get(&named.name).cloned().unwrap_or_else(|| [named.child].into());
            spots.push(Spot { place, git, cut, content: false, trees: Some(trees) });
        }
        for (matched, offset, name) in &self.of.ref_names {
            let git = GitPlace { refs: vec![name.as_slice().into()], ..self.git(Reach::Other, GitKind::Ref) };
            let place = at(0, *matched, *offset);
            spots.push(Spot { place, git: [Arc::new(git)].into(), cut: [].into(), content: false, trees: None });
        }
        spots
    }

    /// The trees that have each name with a secret in it as an entry. What is called so lives on under other names, so
    /// it says nothing about the life of the name.
    fn entries(&self) -> HashMap<u32, Arc<[Number]>> {
        let graph = &self.of.shaped.graph;
        let mut trees: HashMap<u32, Vec<Number>> = HashMap::new();
        for named in &self.of.shaped.named {
            trees.entry(named.name).or_default();
        }
        if !trees.is_empty() {
            for (row, tree) in graph.trees.iter().enumerate() {
                for edge in graph.edges_of(row) {
                    if let Some(trees) = trees.get_mut(&edge.name) {
                        trees.push(tree.object);
                    }
                }
            }
        }
        trees.into_iter().filter(|(_, trees)| !trees.is_empty()).map(|(name, trees)| (name, trees.into())).collect()
    }

    fn git(&self, reach: Reach, kind: GitKind) -> GitPlace {
        GitPlace {
            reach,
            kind,
            repo: Arc::clone(&self.name),
            path: None,
            commit: None,
            object: None,
            refs: Vec::new(),
            author: None,
            date: None,
        }
    }

    fn of_commit(&self, number: Number, place: GitPlace) -> GitPlace {
        let Some(commit) = self.commits.get(&number) else { return place };
        GitPlace {
            commit: Some(self.hex(number)),
            author: Some(self.of.shaped.graph.people.text(commit.author).into()),
            date: Some(date_time(commit.authored).into()),
            ..place
        }
    }

    /// The places in a commit or tag: its people, or its message.
    fn messages(&self, object: Number, places: &[Place]) -> Vec<Spot> {
        let reach = self.of.attribution.reach(object);
        let read = self.of.store.read(object);
        let people = read.map_or_else(
            |_| Vec::new(),
            |(kind, bytes)| match kind {
                Kind::Commit => {
                    let commit = Commit::read(&bytes, self.of.store.hash);
                    [commit.author, commit.committer].into_iter().flatten().map(|s| s.text).collect()
                }
                Kind::Tag => Tag::read(&bytes, self.of.store.hash).tagger.into_iter().map(|s| s.text).collect(),
                Kind::Tree | Kind::Blob => Vec::new(),
            },
        );
        let one = |place: &Place| {
            let author = people.iter().any(|range| range.contains(&(place.offset as usize)));
            let kind = if author { GitKind::Author } else { GitKind::Message };
            let git = GitPlace { object: Some(self.hex(object)), ..self.git(reach, kind) };
            let git = [Arc::new(self.of_commit(object, git))].into();
            Spot { place: *place, git, cut: [].into(), content: true, trees: None }
        };
        places.iter().map(one).collect()
    }

    fn assess(&self, matched: &Matched, context: Option<&Context>) -> Option<Assessed> {
        context::assess(self.rules.rule(matched.rule), &matched.evidence, &matched.host, context)
    }

    fn worth(&mut self, place: &Place, path: Option<&Arc<[u8]>>) -> Option<Worth> {
        let key = (place.matched, path.cloned());
        if let Some(known) = self.weighed.get(&key) {
            return *known;
        }
        let context = path.map(|path| Context::new(path));
        let worth = self.assess(self.matched(place), context.as_ref()).as_ref().map(Worth::of);
        if self.weighed.len() >= WEIGHED {
            self.weighed.clear();
        }
        self.weighed.insert(key, worth);
        worth
    }

    /// Entries of the same secret together; of those that overlap in one object, the one that says most.
    fn groups(&mut self, spots: &[Spot]) -> Vec<Group> {
        let mut groups: BTreeMap<GroupKey, Group> = BTreeMap::new();
        let mut from = 0;
        while from < spots.len() {
            let key = |s: &Spot| (s.place.object, s.content, s.git.first().cloned());
            let len = spots[from..].iter().take_while(|s| key(s) == key(&spots[from])).count();
            for (at, least) in self.without_overlaps(spots, from..from + len) {
                let spot = &spots[at];
                let matched = &self.of.record.matched[spot.place.matched as usize];
                let mut cut = spot.cut.iter().copied().peekable();
                for (n, git) in spot.git.iter().enumerate() {
                    let more = cut.next_if(|(like, _)| *like == n).map_or(0, |(_, more)| more);
                    let Some(worth) = self.worth(&spot.place, git.path.as_ref()) else { continue };
                    let path = git.path.as_deref().unwrap_or_default();
                    let same = group_key(self.rules, matched.rule, &matched.value, &matched.host, path);
                    let worth = Worth { confidence: worth.confidence.max(least), ..worth };
                    let entry = Entry { spot: at, git: Arc::clone(git), worth };
                    let group = groups.entry(same).or_default();
                    group.entries.push(entry);
                    group.more += more;
                }
            }
            from += len;
        }
        groups.into_values().collect()
    }

    /// Of the spots in one object those that no better one of their family overlaps, each with what a generic match inside it
    /// makes it worth at least.
    fn without_overlaps(&mut self, spots: &[Spot], range: std::ops::Range<usize>) -> Vec<(usize, Confidence)> {
        let (mut best_of, mut ranked) = (Vec::with_capacity(range.len()), Vec::with_capacity(range.len()));
        for at in range {
            let spot = &spots[at];
            let best = spot.git.iter().filter_map(|g| self.worth(&spot.place, g.path.as_ref()));
            let best = best.map(|worth| worth.confidence).max();
            let Some(best) = best else { continue };
            best_of.push((at, best));
        }
        let claims: Vec<Claim<_>> = best_of
            .iter()
            .map(|(at, confidence)| {
                let (matched, start) = (self.matched(&spots[*at].place), i64::from(spots[*at].place.offset));
                let rule = self.rules.rule(matched.rule);
                Claim {
                    key: rule.family,
                    range: (start, start + i64::from(matched.len)),
                    confidence: *confidence,
                    role: Role::of(rule, &matched.evidence),
                }
            })
            .collect();
        let mut raised = HashMap::new();
        for ((at, before), after) in best_of.iter().zip(overlap::merged(&claims)) {
            let Some(confidence) = after else { continue };
            let (spot, matched) = (&spots[*at], self.matched(&spots[*at].place));
            let rank = overlap::rank(self.rules, matched.rule, confidence, matched.len.into());
            ranked.push((Reverse(rank), spot.place.offset, matched.rule, *at));
            if confidence > *before {
                raised.insert(*at, confidence);
            }
        }
        overlap::without_pieces(&mut ranked, |(_, offset, rule, at)| {
            let matched = &self.of.record.matched[spots[*at].place.matched as usize];
            let (rule, start) = (self.rules.rule(*rule), i64::from(*offset));
            let (end, piece) = (start + i64::from(matched.len), overlap::is_piece(&matched.evidence));
            Reading { key: rule.family, start, end, provider: rule.distinctive, piece }
        });
        ranked.sort_unstable();
        let mut taken = Taken::default();
        let best = ranked.into_iter().filter(|(_, offset, rule, at)| {
            let matched = self.matched(&spots[*at].place);
            let start = i64::from(*offset);
            let related = matched.related.iter().map(|(_, relative, len)| {
                let start = start + relative;
                (start, start + i64::from(*len))
            });
            taken.takes(self.rules.rule(*rule).family, (start, start + i64::from(matched.len)), related)
        });
        best.map(|(.., at)| (at, raised.get(&at).copied().unwrap_or(Confidence::Possible))).collect()
    }

    /// The finding of one secret.
    fn found(&self, group: Group, mut life: Life, spots: &[Spot], keys: &Keys) -> Option<Found> {
        let Group { entries: mut group, mut more } = group;
        let location = |e: &Entry| location(&spots[e.spot].place, self.matched(&spots[e.spot].place).len, e);
        // The worst place speaks. Of several, one that HEAD holds, then the surest, so that a scan of the tree and of
        // the history choose alike.
        group.sort_by_cached_key(|e| {
            (Reverse(e.worth.severity), e.git.reach != Reach::Head, Reverse(e.worth.confidence), location(e))
        });
        group.dedup_by(|later, kept| location(later) == location(kept));
        let surest = group.iter().max_by_key(|e| (e.worth.confidence, Reverse(location(e))))?;
        let primary = group.first()?;
        let (place, git) = (&spots[primary.spot].place, &primary.git);
        let matched = self.matched(place);
        let mut first = location(primary);
        if is_ref(git) {
            life.refs = git.refs.iter().map(|r| r.to_vec()).collect();
        } else {
            let refs = life.tags.iter().chain(&life.refs).take(REFS).map(|r| r.as_slice().into()).collect();
            first.origin = Origin::Git(Arc::new(GitPlace { refs, ..(**git).clone() }));
        }
        let mut also: Vec<Location> = group.iter().skip(1).map(location).collect();
        also.sort();
        more += also.len().saturating_sub(MOST_PLACES) as u64;
        also.truncate(MOST_PLACES);
        let context = surest.git.path.as_deref().map(Context::new);
        let strongest = self.assess(self.matched(&spots[surest.spot].place), context.as_ref())?;
        let occurrence = Occurrence {
            rule: matched.rule,
            secret: matched.value.clone(),
            location: first,
            confidence: strongest.confidence.max(surest.worth.confidence),
            evidence: strongest.evidence,
            related: Vec::new(),
            snippet: Snippet::default(),
            host: matched.host.clone(),
            comment: None,
            malformed: None,
            more: 0,
        };
        let mut finding = finding(occurrence, also, self.rules, keys);
        finding.life = Some(life);
        finding.count_more(more);
        let object = spots[primary.spot].content.then_some(place.object);
        Some(Found { finding, object, related: matched.related.clone() })
    }
}

fn is_ref(git: &GitPlace) -> bool {
    git.kind == GitKind::Ref
}

fn location(place: &Place, len: u32, entry: &Entry) -> Location {
    Location {
        state: None,
        severity: entry.worth.severity,
        environment: entry.worth.environment,
        origin: Origin::Git(Arc::clone(&entry.git)),
        byte_offset: place.offset.into(),
        byte_length: len.into(),
        line: place.line.into(),
        column: place.column.into(),
        end_line: place.end_line.into(),
        end_column: place.end_column.into(),
    }
}

/// A part of a finding, once the text around it is known.
pub(super) fn related(role: &str, location: Location) -> Related {
    Related { role: role.to_owned(), location }
}
