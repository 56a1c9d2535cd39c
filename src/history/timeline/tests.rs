//! Lives, places and reaches against a walk that looks at every commit for every secret, over a repository of real git.

use super::*;
use crate::git::fixture::{Made, Repo};
use crate::git::object::{self, Commit, Kind, Tag};
use crate::git::tree::graph::{CommitNode, Edge, TagNode};
use crate::git::{Refs, Repository};
use gix_hash::ObjectId;
use std::collections::{BTreeMap, BTreeSet, HashSet};

const NOW: i64 = 1_800_000_000;

/// Paths and blobs.
type Files = Vec<(Vec<u8>, u32)>;

/// A repository read whole, by git.
struct Whole {
    ids: Vec<ObjectId>,
    objects: BTreeMap<u32, (Kind, Vec<u8>)>,
    hash: gix_hash::Kind,
    tips: Vec<(RefKind, Vec<u8>, u32)>,
    /// Of each commit: itself and its ancestors, the files of its tree.
    known: BTreeMap<u32, (HashSet<u32>, Files)>,
}

impl Whole {
    fn read(repo: &Repo) -> Self {
        let repository = Repository::open(repo.path(), &[]).expect("a repository");
        let mut all: Vec<(ObjectId, Kind, Vec<u8>)> = repo.objects();
        all.sort_by_key(|o| o.0);
        let ids: Vec<ObjectId> = all.iter().map(|o| o.0).collect();
        let objects = (0..).zip(all).map(|(n, (_, kind, bytes))| (n, (kind, bytes))).collect();
        let refs = Refs::read(&repository);
        assert_eq!(refs.gaps, []);
        let number = |id: &ObjectId| ids.binary_search(id).map(|n| n as u32).ok();
        let tips = refs.all.iter().filter_map(|r| Some((r.kind, r.name.clone(), number(&r.target)?))).collect();
        let mut whole = Self { ids, objects, hash: repository.hash, tips, known: BTreeMap::new() };
        let commits: Vec<u32> = whole.of_kind(Kind::Commit).collect();
        for commit in commits {
            let mut files = Vec::new();
            whole.files(whole.commit(commit).tree.expect("a tree"), b"", &mut files);
            let known = (whole.ancestors(commit), files);
            whole.known.insert(commit, known);
        }
        whole
    }

    fn number(&self, id: &ObjectId) -> Option<u32> {
        self.ids.binary_search(id).map(|n| n as u32).ok()
    }

    fn commit(&self, object: u32) -> CommitNode {
        let bytes = &self.objects[&object].1;
        let commit = Commit::read(bytes, self.hash);
        CommitNode {
            object,
            tree: commit.tree.and_then(|t| self.number(&t)),
            parents: commit.parents(bytes, self.hash).filter_map(|p| self.number(&p)).collect(),
            author: 0,
            authored: commit.author.map_or(0, |a| a.seconds),
            committed: commit.committer.map_or(0, |c| c.seconds),
        }
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = u32> {
        self.objects.iter().filter(move |(_, o)| o.0 == kind).map(|(n, _)| *n)
    }

    fn entries(&self, tree: u32) -> Vec<(Vec<u8>, u32, bool)> {
        let entries = object::tree_entries(&self.objects[&tree].1, self.hash).map(|e| e.expect("a sound tree"));
        entries.filter_map(|e| Some((e.name.to_vec(), self.number(&e.id)?, e.is_tree()))).collect()
    }

    fn graph(&self, held: &BTreeSet<u32>) -> Graph {
        let mut graph = Graph::default();
        for object in self.of_kind(Kind::Commit) {
            let bytes = &self.objects[&object].1;
            let author = Commit::read(bytes, self.hash).author.expect("an author");
            let author = graph.people.number(&bytes[author.text]);
            graph.commits.push(CommitNode { author, ..self.commit(object) });
        }
        for object in self.of_kind(Kind::Tag) {
            let target = Tag::read(&self.objects[&object].1, self.hash).target.and_then(|t| self.number(&t));
            graph.tags.push(TagNode { object, target: target.expect("a target") });
        }
        for object in self.of_kind(Kind::Tree) {
            let mut edges = Vec::new();
            for (name, child, is_tree) in self.entries(object) {
                if is_tree || held.contains(&child) {
                    edges.push(Edge { name: graph.names.number(&name), child });
                }
            }
            graph.push_tree(object, edges);
        }
        graph
    }

    /// Every file of a tree.
    fn files(&self, tree: u32, path: &[u8], out: &mut Vec<(Vec<u8>, u32)>) {
        for (name, child, is_tree) in self.entries(tree) {
            let path = if path.is_empty() { name } else { [path, b"/", &name].concat() };
            if is_tree {
                self.files(child, &path, out);
            } else {
                out.push((path, child));
            }
        }
    }

    /// Parents first, else by date, else by number: by looking at all that are left again and again.
    fn ordered(&self) -> Vec<CommitNode> {
        let mut left: Vec<CommitNode> = self.of_kind(Kind::Commit).map(|c| self.commit(c)).collect();
        let mut out: Vec<CommitNode> = Vec::new();
        while !left.is_empty() {
            let ready = |c: &&CommitNode| c.parents.iter().all(|p| out.iter().any(|o| o.object == *p));
            let next = left.iter().filter(ready).min_by_key(|c| (c.committed, c.object)).expect("no cycle").object;
            out.push(left.iter().find(|c| c.object == next).expect("it").clone());
            left.retain(|c| c.object != next);
        }
        out
    }

    fn ancestors(&self, of: u32) -> HashSet<u32> {
        let (mut seen, mut stack) = (HashSet::new(), vec![of]);
        while let Some(c) = stack.pop() {
            if seen.insert(c) {
                stack.extend(self.commit(c).parents);
            }
        }
        seen
    }

    /// The tags between a reference and what it stands for in the end.
    fn tags(&self, mut object: u32) -> Vec<u32> {
        let mut tags = Vec::new();
        while let (Kind::Tag, bytes) = &self.objects[&object] {
            tags.push(object);
            object = Tag::read(bytes, self.hash).target.and_then(|t| self.number(&t)).expect("a target");
        }
        tags
    }

    fn peeled(&self, mut object: u32) -> u32 {
        while let (Kind::Tag, bytes) = &self.objects[&object] {
            object = Tag::read(bytes, self.hash).target.and_then(|t| self.number(&t)).expect("a target");
        }
        object
    }

    fn hex(&self, object: u32) -> String {
        self.ids[object as usize].to_string()
    }

    /// The life of the secret that these objects hold, by the words of the specification.
    fn life(&self, secret: &[u32], reach: &dyn Fn(u32) -> Reach) -> Life {
        let secret: BTreeSet<u32> = secret.iter().copied().collect();
        let order = self.ordered();
        let holds = |commit: u32| self.known[&commit].1.iter().any(|(_, blob)| secret.contains(blob));
        let held: HashSet<u32> = order.iter().map(|c| c.object).filter(|c| holds(*c)).collect();
        let ever = |commit: u32| self.known[&commit].0.iter().any(|c| held.contains(c));
        let said = |c: &&CommitNode| secret.contains(&c.object);
        let holding: Vec<&CommitNode> = order.iter().filter(|c| held.contains(&c.object) || said(c)).collect();
        let introduced: Vec<&CommitNode> = order
            .iter()
            .filter(|c| said(c) || (held.contains(&c.object) && !c.parents.iter().any(|p| held.contains(p))))
            .collect();
        let removed: Vec<&CommitNode> = order
            .iter()
            .filter(|c| !held.contains(&c.object) && c.parents.iter().any(|p| held.contains(p)))
            .filter(|c| c.parents.iter().filter(|p| !held.contains(p)).all(|p| !ever(*p)))
            .collect();
        let mut life = Life {
            first: holding.iter().map(|c| c.committed).min(),
            last: holding.iter().map(|c| c.committed).max(),
            authored: holding.iter().map(|c| c.authored).min().zip(holding.iter().map(|c| c.authored).max()),
            introduced: introduced.iter().map(|c| self.hex(c.object)).collect(),
            removed: removed.iter().map(|c| self.hex(c.object)).collect(),
            objects: secret.len() as u64,
            ..Life::default()
        };
        let names = |c: &&CommitNode| {
            let bytes = &self.objects[&c.object].1;
            bytes[Commit::read(bytes, self.hash).author.expect("an author").text].to_vec()
        };
        life.authors = introduced.iter().map(names).collect::<BTreeSet<_>>().into_iter().collect();
        let (mut refs, mut tags) = (BTreeSet::new(), BTreeSet::new());
        for (kind, name, object) in &self.tips {
            let end = self.peeled(*object);
            let mut on_the_way = self.tags(*object).iter().any(|tag| secret.contains(tag));
            on_the_way |= secret.contains(&end);
            if self.objects[&end].0 == Kind::Commit {
                on_the_way |= held.contains(&end) || self.known[&end].0.iter().any(|c| secret.contains(c));
            }
            match kind {
                _ if !on_the_way => {}
                RefKind::Head => life.in_head = true,
                RefKind::Tag => drop(tags.insert(name.clone())),
                RefKind::Reflog => {}
                _ => drop(refs.insert(name.clone())),
            }
        }
        life.refs = refs.into_iter().collect();
        life.tags = tags.into_iter().collect();
        let still = life.in_head || !life.refs.is_empty() || !life.tags.is_empty();
        let end = if still { Some(NOW) } else { removed.iter().map(|c| c.committed).max().or(life.last) };
        life.days = life.first.zip(end).map_or(0, |(f, e)| if e > f { (e - f) as u64 / 86_400 } else { 0 });
        life.reach = secret.iter().map(|o| reach(*o)).collect::<BTreeSet<_>>().into_iter().collect();
        life
    }

    /// The nearest way to an object, by looking from every reference.
    fn reach(&self, object: u32) -> Reach {
        let mut best = Reach::Unreachable;
        for (kind, _, target) in &self.tips {
            let kind = REACHES[bit(*kind).trailing_zeros() as usize];
            let mut tag = *target;
            while let (Kind::Tag, bytes) = &self.objects[&tag] {
                best = if tag == object { best.min(kind) } else { best };
                tag = Tag::read(bytes, self.hash).target.and_then(|t| self.number(&t)).expect("a target");
            }
            best = if tag == object { best.min(kind) } else { best };
            if self.objects[&tag].0 != Kind::Commit {
                continue;
            }
            for commit in &self.known[&tag].0 {
                best = if *commit == object { best.min(kind) } else { best };
                let kind = if kind == Reach::Head && *commit != tag { Reach::Branch } else { kind };
                let holds = self.known[commit].1.iter().any(|(_, blob)| *blob == object);
                best = if holds { best.min(kind) } else { best };
            }
        }
        best
    }
}

/// Compares everything that is said about these values with the slow way.
fn compare(repo: &Repo, values: &[Vec<u8>]) -> Vec<Life> {
    let whole = Whole::read(repo);
    let text = |kind: &Kind| *kind != Kind::Tree;
    let secrets: Vec<Vec<u32>> = values
        .iter()
        .map(|v| {
            let holds = |bytes: &[u8]| memchr::memmem::find(bytes, v).is_some();
            whole.objects.iter().filter(|(_, (k, b))| text(k) && holds(b)).map(|(n, _)| *n).collect()
        })
        .collect();
    let held: BTreeSet<u32> = secrets.iter().flatten().copied().collect();
    let graph = whole.graph(&held);
    let attribution = Attribution::new(&graph, &whole.tips, NOW);
    assert_eq!(attribution.gaps, []);
    let reaches: BTreeMap<u32, Reach> = held.iter().map(|object| (*object, whole.reach(*object))).collect();
    for (object, reach) in &reaches {
        assert_eq!(attribution.reach(*object), *reach, "{object}");
    }
    let lives = attribution.lives(&secrets, &|n| whole.hex(n));
    for (secret, life) in secrets.iter().zip(&lives) {
        assert_eq!(*life, whole.life(secret, &|o| reaches[&o]));
    }
    let mut places: BTreeMap<u32, BTreeMap<Vec<u8>, u32>> = BTreeMap::new();
    for commit in whole.ordered() {
        for (path, blob) in &whole.known[&commit.object].1 {
            places.entry(*blob).or_default().entry(path.clone()).or_insert(commit.object);
        }
    }
    for blob in held.iter().filter(|o| whole.objects[o].0 == Kind::Blob) {
        let ours: Vec<(Vec<u8>, u32)> = attribution.places(*blob).map(|(p, _)| (p.path.to_vec(), p.commit)).collect();
        let theirs: BTreeMap<Vec<u8>, u32> = places.remove(blob).unwrap_or_default();
        assert_eq!(ours.len(), theirs.len());
        assert_eq!(ours.into_iter().collect::<BTreeMap<_, _>>(), theirs);
    }
    lives
}

fn value(seed: u64) -> Vec<u8> {
    crate::example::expand("{{base62(24)}}", seed).expect("a template").text
}

/// A history of random changes, branches, merges and deletions in which 50 values come and go.
fn random(seed: u64, format: &str) {
    let repo = Repo::new(&["--object-format", format]);
    let values: Vec<Vec<u8>> = (0..50).map(|n| value(seed * 1000 + n)).collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut rand = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % below
    };
    let mut made: Vec<Made> = Vec::new();
    for n in 0..90 {
        // None, one, two or three parents; now and then a root.
        let count = if made.is_empty() || n % 29 == 28 { 0 } else { [1, 1, 1, 1, 2, 2, 3][rand(7)] };
        let parents: Vec<usize> = (0..count).map(|_| made.len() - 1 - rand(made.len().min(8))).collect();
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        for p in &parents {
            // A merge takes what either side has, or drops it.
            files.extend(made[*p].files.clone().into_iter().filter(|_| parents.len() == 1 || rand(4) > 0));
        }
        for _ in 0..1 + rand(3) {
            let path = ["a.txt", "b.txt", "dir/a.txt", "dir/sub/c.txt", "other/c.txt"][rand(5)].to_owned();
            let text = String::from_utf8(values[rand(50)].clone()).expect("ASCII");
            match rand(6) {
                0 => drop(files.remove(&path)),
                1 => {
                    let first = files.pop_first();
                    files.extend(first.map(|(_, text)| (path, text)));
                }
                2 => {
                    drop(files.insert(path, format!("{text}\n{}", files.values().next().cloned().unwrap_or_default())))
                }
                _ => drop(files.insert(path, text)),
            }
        }
        // Equal dates, dates that go backwards, absurd ones.
        let date = [1_700_000_000, 1_700_000_000 + n * 100_000, 1_600_000_000 - n, 100_000_000][rand(4)];
        let message = match rand(5) {
            0 => String::from_utf8(values[rand(50)].clone()).expect("ASCII"),
            _ => format!("change {n}"),
        };
        let mut parents: Vec<String> = parents.iter().map(|p| format!(":{}", p + 1)).collect();
        parents.dedup();
        made.push(Made { files, parents, date, message, who: ["A <a@x>", "B <b@x>"][rand(2)] });
    }
    let commits = repo.commits(&made);
    for (name, kind) in [
        ("refs/heads/main", 0),
        ("refs/heads/two", 0),
        ("refs/tags/light", 0),
        ("refs/remotes/o/x", 0),
        ("refs/notes/commits", 0),
        ("refs/pull/1/head", 0),
        ("refs/tags/v1", 1),
        ("refs/tags/v2", 1),
    ] {
        let id = &commits[commits.len() - 1 - rand(30)];
        if kind == 0 {
            repo.git(&["update-ref", name, id]);
        } else {
            let text = String::from_utf8(values[rand(50)].clone()).expect("ASCII");
            repo.git(&["tag", "-a", "-m", &text, name.trim_start_matches("refs/tags/"), id]);
        }
    }
    repo.git(&["tag", "-a", "-m", "tag of a tag", "v3", "v1"]);
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    compare(&repo, &values);
    repo.git(&["update-ref", "--no-deref", "HEAD", &commits[60]]);
    compare(&repo, &values);
    repo.git(&["gc", "-q"]);
    compare(&repo, &values);
}

#[test]
fn random_histories_of_sha1() {
    for seed in 1..3 {
        random(seed, "sha1");
    }
}

#[test]
fn a_random_history_of_sha256() {
    random(9, "sha256");
}

#[test]
fn a_merge_that_takes_the_side_which_removed_it_is_no_remover_and_one_that_drops_it_is() {
    let repo = Repo::new(&[]);
    let (secret, none) = (String::from_utf8(value(1)).expect("ASCII"), String::from("x"));
    let day = 86_400;
    let commit = |text: &str, parents: &[&String], days: i64| {
        let files = BTreeMap::from([("f".to_owned(), text.to_owned()), ("g".to_owned(), none.clone())]);
        let parents = parents.iter().map(|p| (*p).clone()).collect();
        repo.commits(&[Made { files, parents, date: days * day, message: "m".to_owned(), who: "A <a>" }]).remove(0)
    };
    let base = commit(&secret, &[], 1);
    let gone = commit("y", &[&base], 3);
    let kept = commit(&format!("{secret} more"), &[&base], 2);
    let merge = commit("y", &[&kept, &gone], 9);
    repo.git(&["update-ref", "refs/heads/main", &merge]);
    let life = compare(&repo, &[value(1)]).remove(0);
    assert_eq!((life.introduced, life.removed, life.days), (vec![base.clone()], vec![gone], 2));
    let evil = commit("z", &[&kept], 11);
    repo.git(&["update-ref", "refs/heads/main", &evil]);
    let life = compare(&repo, &[value(1)]).remove(0);
    assert!(life.removed.contains(&evil) && life.removed.len() == 2 && life.days == 10 && !life.in_head);
}

/// A graph by hand: commits with parents, all with one tree of one blob.
fn forged(parents: &[&[u32]]) -> Graph {
    let mut graph = Graph::default();
    for (object, parents) in (0..).zip(parents) {
        let parents = parents.to_vec();
        graph.commits.push(CommitNode { object, tree: Some(100), parents, ..CommitNode::default() });
    }
    let name = graph.names.number(b"f");
    graph.push_tree(100, [Edge { name, child: 200 }]);
    graph
}

#[test]
fn cycles_end() {
    let graph = forged(&[&[1], &[0, 1], &[1, 999], &[]]);
    let tips = [(RefKind::Head, b"HEAD".to_vec(), 2)];
    let attribution = Attribution::new(&graph, &tips, NOW);
    let life = attribution.lives(&[vec![200]], &|n| n.to_string()).remove(0);
    assert!(life.in_head && !life.introduced.is_empty());
    assert_eq!(attribution.places(200).len(), 1);
    // Trees and tags that hold each other.
    let mut graph = forged(&[&[]]);
    let name = graph.names.number(b"d");
    graph.trees.clear();
    graph.push_tree(100, [Edge { name, child: 101 }]);
    graph.push_tree(101, [Edge { name, child: 100 }, Edge { name, child: 101 }, Edge { name, child: 200 }]);
    graph.tags = vec![TagNode { object: 300, target: 301 }, TagNode { object: 301, target: 300 }];
    let tips = [(RefKind::Tag, b"refs/tags/x".to_vec(), 300)];
    let attribution = Attribution::new(&graph, &tips, NOW);
    assert_eq!(attribution.places(200).next().map(|(p, _)| p.path.to_vec()).as_deref(), Some(&b"d/d"[..]));
    assert_eq!((attribution.reach(301), attribution.reach(200)), (Reach::Tag, Reach::Unreachable));
}

#[test]
fn a_git_bomb_is_a_gap_and_soon_over() {
    let mut graph = forged(&[&[]]);
    graph.trees.clear();
    let names: Vec<u32> = (0..10u8).map(|n| graph.names.number(&[b'a' + n])).collect();
    for level in 0..10 {
        let child = if level == 9 { 200 } else { 101 + level };
        graph.push_tree(100 + level, names.iter().map(|name| Edge { name: *name, child }).collect::<Vec<_>>());
    }
    let attribution = Attribution::new(&graph, &[], NOW);
    assert_eq!(attribution.gaps.len(), 1);
    assert!(attribution.gaps[0].blocks && attribution.places(200).len() > 0);
    let life = attribution.lives(&[vec![200]], &|n| n.to_string()).remove(0);
    assert_eq!(life.introduced, ["0"]);
    // Deeper than any path may be.
    let mut graph = forged(&[&[]]);
    graph.trees.clear();
    let name = graph.names.number(b"d");
    for level in 0..6000u32 {
        graph.push_tree(if level == 0 { 100 } else { 1000 + level }, [Edge { name, child: 1001 + level }]);
    }
    let attribution = Attribution::new(&graph, &[], NOW);
    assert_eq!((attribution.gaps.len(), attribution.places(7000).len()), (1, 0));
}

#[test]
fn a_folder_that_holds_something_in_a_name_has_places_and_a_life() {
    let mut graph = forged(&[&[], &[0]]);
    graph.commits[1].tree = Some(102);
    graph.trees.clear();
    graph.edges.clear();
    let name = graph.names.number(b"d");
    graph.push_tree(100, [Edge { name, child: 101 }]);
    graph.push_tree(101, []);
    graph.push_tree(102, []);
    graph.held = vec![101];
    let tips = [(RefKind::Branch, b"refs/heads/x".to_vec(), 1)];
    let attribution = Attribution::new(&graph, &tips, NOW);
    assert_eq!(
        attribution.places(101).map(|(p, _)| p).collect::<Vec<_>>(),
        [Place { path: b"d"[..].into(), commit: 0 }]
    );
    assert_eq!(attribution.reach(101), Reach::Branch);
    let life = attribution.lives(&[vec![101]], &|n| n.to_string()).remove(0);
    assert_eq!((life.introduced, life.removed), (vec!["0".to_owned()], vec!["1".to_owned()]));
}

/// As large as the largest histories: run by hand, `cargo test --release -- --ignored --nocapture large`.
#[test]
#[ignore = "a measurement"]
#[allow(clippy::print_stderr, reason = "a measurement")]
fn a_large_history_takes_a_second_or_two() {
    let (commits, dirs) = (160_000u32, 25u32);
    let mut graph = Graph::default();
    let names: Vec<u32> = (0..dirs).map(|n| graph.names.number(format!("dir{n}").as_bytes())).collect();
    // Commits, then blobs, then root trees, then subtrees: one subtree changes with each commit.
    let (blob, root, sub) = (commits, commits + 5000, 2 * commits + 5000);
    let mut now: Vec<u32> = (0..dirs).map(|n| sub + n).collect();
    for n in 0..dirs {
        graph.push_tree(sub + n, []);
    }
    for n in 0..commits {
        let at = (n % dirs) as usize;
        now[at] = sub + dirs + n;
        let edges: Vec<Edge> =
            (0..8).map(|k| Edge { name: names[k], child: blob + (n / 40 + k as u32 * 7) % 5000 }).collect();
        graph.push_tree(now[at], edges);
        graph.push_tree(root + n, names.iter().zip(&now).map(|(name, child)| Edge { name: *name, child: *child }));
        let parents = if n == 0 { vec![] } else { vec![n - 1] };
        let date = i64::from(n);
        graph.commits.push(CommitNode {
            object: n,
            tree: Some(root + n),
            parents,
            author: 0,
            authored: date,
            committed: date,
        });
    }
    let start = std::time::Instant::now();
    let tips = [(RefKind::Head, b"HEAD".to_vec(), commits - 1)];
    let attribution = Attribution::new(&graph, &tips, NOW);
    let built = start.elapsed();
    let secrets: Vec<Vec<u32>> = (0..500).map(|n| vec![blob + n * 10, blob + n * 10 + 3]).collect();
    let lives = attribution.lives(&secrets, &|n| n.to_string());
    eprintln!("{:?} and {:?}, {} lives, {:?}", built, start.elapsed() - built, lives.len(), attribution.gaps);
}
