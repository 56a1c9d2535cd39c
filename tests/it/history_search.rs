//! The history of generated repositories, made with real git and held against a plain oracle: every object as
//! `git cat-file` prints it, whole to the matcher (docs/design.md, law 3), and every kind of object counted (law 1).

use crate::harness::{self, Tree};
use leaktight::blob::Fresh;
use leaktight::detect::{Detector, Input};
use leaktight::example;
use leaktight::finding::evidence;
use leaktight::git::store::Store;
use leaktight::git::store::lookup::{Lookup, Lost};
use leaktight::git::store::numbers::Number;
use leaktight::git::store::walk::{Forests, Visit as _, Walk};
use leaktight::git::{Kind, Repository};
use leaktight::history::clean_blobs::{Partial, Seen};
use leaktight::history::search::History;
use leaktight::history::search::graph::{BlobSet, GraphBuilder};
use leaktight::history::{Options, Progress};
use leaktight::rule::RuleSet;
use leaktight::scan::RunOptions;
use leaktight::text::view;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);
pub(crate) static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&RULES, 1_800_000_000));

/// Object, first byte, length, rule, reasons.
pub(crate) type Occurrence = (String, usize, usize, u32, String);

/// What git itself prints: id, kind, bytes of every object.
fn objects(repo: &Path) -> Vec<(String, String, Vec<u8>)> {
    let args = ["cat-file", "--batch-all-objects", "--batch", "--unordered"];
    let child = harness::git(repo, repo).args(args).stdout(Stdio::piped()).spawn().expect("git");
    let out = child.wait_with_output().expect("git ends").stdout;
    let (mut all, mut rest) = (Vec::new(), out.as_slice());
    while let Some(end) = rest.iter().position(|b| *b == b'\n') {
        let head = String::from_utf8(rest[..end].to_vec()).expect("a header");
        let words: Vec<&str> = head.split(' ').collect();
        let size: usize = words[2].parse().expect("a size");
        all.push((words[0].to_owned(), words[1].to_owned(), rest[end + 1..end + 1 + size].to_vec()));
        rest = &rest[end + 2 + size..];
    }
    all
}

/// Every occurrence by the plain way: each object whole to the matcher.
pub(crate) fn oracle(repo: &Path) -> BTreeSet<Occurrence> {
    let mut all = BTreeSet::new();
    for (id, kind, bytes) in objects(repo) {
        let core = match kind.as_str() {
            "blob" => 0..bytes.len(),
            "commit" | "tag" => {
                let lines = bytes.split_inclusive(|b| *b == b'\n');
                let head = |l: &&[u8]| [&b"tree "[..], b"parent ", b"object "].iter().any(|h| l.starts_with(h));
                lines.take_while(head).map(<[u8]>::len).sum()..bytes.len()
            }
            _ => continue,
        };
        let binary = kind == "blob" && view::view(&bytes).binary;
        let found = DETECTOR.candidates(&Input { text: &bytes, core, fresh: Fresh::All, binary, file: kind == "blob" });
        for c in found.candidates {
            if evidence::confidence(&c.evidence, RULES.rule(c.rule).distinctive).is_some() {
                all.insert((id.clone(), c.secret.start, c.secret.len(), c.rule, format!("{:?}", c.evidence)));
            }
        }
    }
    all
}

/// The same by the engine, and the number of objects of each kind. `budget`: bytes of bases.
pub(crate) fn engine(
    repo: &Path,
    budget: usize,
    threads: usize,
) -> (BTreeSet<Occurrence>, BTreeMap<&'static str, u64>) {
    let repository = Repository::open(repo, &[]).expect("a repository");
    let (store, gaps) = Store::open(&repository.object_dirs, repository.hash);
    assert_eq!(gaps, []);
    let history = History::new(&DETECTOR, false);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let mut counts = BTreeMap::new();
    pool.install(|| {
        let forests = Forests::new(&store, &|gap| history.gap(gap));
        let blobs = Walk::new(&store, &forests, &history, |k| k == Kind::Blob).with_budget(budget);
        blobs.run();
        let shape = GraphBuilder::new(&history, &store.objects, store.hash, BlobSet::default(), false);
        let others = Walk::new(&store, &forests, &shape, |k| k != Kind::Blob).with_budget(budget);
        others.run();
        for kind in [Kind::Blob, Kind::Tree, Kind::Commit, Kind::Tag] {
            counts.insert(kind.name(), blobs.distinct(kind) + others.distinct(kind));
        }
        drop(others);
        assert_eq!(shape.finish().missing.len(), 0);
    });
    let record = history.finish();
    assert_eq!(record.gaps, []);
    let id = |n: Number| store.objects.id(n).expect("an id").to_string();
    let one = |p: &leaktight::history::search::Place| {
        let m = &record.matched[p.matched as usize];
        (id(p.object), p.offset as usize, m.len as usize, m.rule, format!("{:?}", m.evidence))
    };
    (record.places.iter().map(one).collect(), counts)
}

fn counted(repo: &Path) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::from([("blob", 0), ("tree", 0), ("commit", 0), ("tag", 0)]);
    for (_, kind, _) in objects(repo) {
        *counts.get_mut(kind.as_str()).expect("a kind") += 1;
    }
    counts
}

/// A step in the making of a repository. Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Step {
    /// A line with an example of a rule (rule, seed) at a place of a file, in an encoding.
    Plant {
        file: u8,
        line: u8,
        rule: u16,
        seed: u64,
        form: u8,
    },
    /// Text at a place of a file.
    Edit {
        file: u8,
        line: u8,
        text: u16,
    },
    /// Lines go, from a place on.
    Cut {
        file: u8,
        line: u8,
        lines: u8,
    },
    /// A part of one file is copied into another.
    Copy {
        from: u8,
        to: u8,
        line: u8,
    },
    /// A file gets another name.
    Rename {
        file: u8,
        to: u8,
    },
    /// A file goes.
    Delete {
        file: u8,
    },
    Commit {
        secret_in_message: bool,
    },
    Tag,
    Branch,
    Merge,
    Stash,
    Amend,
    Repack {
        depth: u8,
        window: u8,
        all: bool,
    },
    Gc,
}

fn step() -> impl Strategy<Value = Step> {
    let (f, l) = (any::<u8>(), any::<u8>());
    prop_oneof![
        8 => (f, l, any::<u16>(), any::<u64>(), 0..7_u8)
            .prop_map(|(file, line, rule, seed, form)| Step::Plant { file, line, rule, seed, form }),
        6 => (f, l, any::<u16>()).prop_map(|(file, line, text)| Step::Edit { file, line, text }),
        3 => (f, l, 1..6_u8).prop_map(|(file, line, lines)| Step::Cut { file, line, lines }),
        3 => (f, f, l).prop_map(|(from, to, line)| Step::Copy { from, to, line }),
        1 => (f, f).prop_map(|(file, to)| Step::Rename { file, to }),
        1 => f.prop_map(|file| Step::Delete { file }),
        8 => any::<bool>().prop_map(|secret_in_message| Step::Commit { secret_in_message }),
        1 => Just(Step::Tag),
        1 => Just(Step::Branch),
        1 => Just(Step::Merge),
        1 => Just(Step::Stash),
        1 => Just(Step::Amend),
        2 => (1..60_u8, 2..40_u8, any::<bool>()).prop_map(|(depth, window, all)| Step::Repack { depth, window, all }),
        1 => Just(Step::Gc),
    ]
}

/// A repository in the making.
struct Maker {
    tree: Tree,
    files: BTreeMap<String, Vec<Vec<u8>>>,
    commits: u32,
    branches: u32,
}

impl Maker {
    fn new(sha256: bool) -> Self {
        let tree = Tree::new();
        tree.git(&["init", "-q", if sha256 { "--object-format=sha256" } else { "--object-format=sha1" }]);
        let mut maker = Self { tree, files: BTreeMap::new(), commits: 0, branches: 0 };
        for n in 0..4 {
            let line =
                |i: usize| format!("line {i} of file {n} with some words in it: {}\n", i * 7919 % 1000).into_bytes();
            maker.files.insert(format!("dir{}/file{n}.txt", n % 2), (0..60).map(line).collect());
        }
        maker.commit(false);
        maker
    }

    fn name(&self, n: u8) -> String {
        let names: Vec<&String> = self.files.keys().collect();
        if names.is_empty() { "dir0/file0.txt".into() } else { names[usize::from(n) % names.len()].clone() }
    }

    fn lines(&mut self, n: u8) -> &mut Vec<Vec<u8>> {
        let name = self.name(n);
        self.files.entry(name).or_default()
    }

    fn insert(&mut self, file: u8, line: u8, text: Vec<u8>) {
        let lines = self.lines(file);
        let at = usize::from(line) % (lines.len() + 1);
        lines.insert(at, text);
    }

    fn planted(rule: u16, seed: u64, form: u8) -> Vec<u8> {
        let examples: Vec<_> = RULES.iter().flat_map(|(_, r)| r.matches.iter()).collect();
        let one = examples[usize::from(rule) % examples.len()];
        let mut text = example::expand(&one.text, seed).expect("a template").text;
        text.push(b'\n');
        let utf16 = |text: &[u8]| String::from_utf8_lossy(text).encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf32 = |text: &[u8], to: fn(u32) -> [u8; 4]| -> Vec<u8> {
            String::from_utf8_lossy(text).chars().flat_map(|c| to(c.into())).collect()
        };
        match form {
            1 => utf16(&text),
            2 => [&b"x"[..], &utf16(&text)].concat(),
            3 => {
                use base64::Engine as _;
                let mut line = base64::engine::general_purpose::STANDARD.encode(&text).into_bytes();
                line.push(b'\n');
                line
            }
            5 => utf32(&text, u32::to_le_bytes),
            6 => [&b"xyz"[..], &utf32(&text, u32::to_be_bytes)].concat(),
            // Without an end of line, so that it touches what follows.
            4 => text[..text.len() - 1].to_vec(),
            _ => text,
        }
    }

    fn write(&self) {
        for entry in std::fs::read_dir(self.tree.path()).expect("a folder").flatten() {
            if entry.file_name() != ".git" {
                let path = entry.path();
                if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }.expect("gone");
            }
        }
        for (name, lines) in &self.files {
            self.tree.file(name, lines.concat());
        }
    }

    fn commit(&mut self, secret: bool) {
        self.write();
        self.commits += 1;
        let message = match secret {
            true => String::from_utf8_lossy(&Self::planted(self.commits as u16 * 31, 7, 0)).replace('\0', ""),
            false => format!("change {}", self.commits),
        };
        self.tree.git(&["add", "-A"]);
        self.tree.git(&["commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", &message]);
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Plant { file, line, rule, seed, form } => {
                self.insert(*file, *line, Self::planted(*rule, *seed, *form))
            }
            Step::Edit { file, line, text } => {
                self.insert(
                    *file,
                    *line,
                    format!("edit {text} {}\n", "abc ".repeat(usize::from(text % 40))).into_bytes(),
                );
            }
            Step::Cut { file, line, lines: count } => {
                let lines = self.lines(*file);
                let from = usize::from(*line) % (lines.len() + 1);
                lines.drain(from..lines.len().min(from + usize::from(*count)));
            }
            Step::Copy { from, to, line } => {
                let part: Vec<Vec<u8>> =
                    self.lines(*from).iter().skip(usize::from(*line) % 50).take(20).cloned().collect();
                self.insert(*to, *line, part.concat());
            }
            Step::Rename { file, to } => {
                let lines = self.files.remove(&self.name(*file)).unwrap_or_default();
                self.files.insert(format!("dir{}/renamed{}.env", to % 3, to % 5), lines);
            }
            Step::Delete { file } => {
                self.files.remove(&self.name(*file));
            }
            Step::Commit { secret_in_message } => self.commit(*secret_in_message),
            Step::Tag => self.tree.git(&["tag", "-f", "-a", &format!("v{}", self.commits), "-m", "a tag"]),
            Step::Branch => {
                self.branches += 1;
                self.tree.git(&["branch", "-f", &format!("b{}", self.branches)]);
            }
            Step::Merge if self.branches > 0 => {
                let message = format!("merge {}", self.commits);
                let branch = format!("b{}", self.branches);
                self.commit(false);
                self.tree.git(&[
                    "merge",
                    "-q",
                    "-s",
                    "ours",
                    "--no-ff",
                    "--allow-unrelated-histories",
                    "-m",
                    &message,
                    &branch,
                ]);
            }
            Step::Merge => {}
            Step::Stash => {
                self.insert(0, 3, format!("stashed {}\n", self.commits).into_bytes());
                self.write();
                self.tree.git(&["add", "-A"]);
                self.tree.git(&["stash", "-q"]);
            }
            Step::Amend => {
                self.write();
                self.tree.git(&["add", "-A"]);
                self.tree.git(&[
                    "commit",
                    "-q",
                    "--amend",
                    "--allow-empty",
                    "-m",
                    &format!("amended {}", self.commits),
                ]);
            }
            Step::Repack { depth, window, all } => {
                let (depth, window) = (format!("--depth={depth}"), format!("--window={window}"));
                let mut args = vec!["repack", "-q", "-d", "-f", &depth, &window];
                if *all {
                    args.push("-a");
                }
                self.tree.git(&args);
            }
            Step::Gc => self.tree.git(&["gc", "-q", "--prune=now"]),
        }
    }
}

fn cases() -> u32 {
    std::env::var("LEAKTIGHT_HISTORY_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 60, ..ProptestConfig::default() })]
    #[test]
    fn every_occurrence_equals_the_oracle(steps in prop::collection::vec(step(), 20..60), sha256 in prop::bool::weighted(0.2)) {
        let mut maker = Maker::new(sha256);
        for step in &steps {
            maker.step(step);
        }
        maker.commit(false);
        let repo = maker.tree.path();
        let want = oracle(repo);
        // A budget of nothing makes every base anew; three threads share subtrees.
        for (budget, threads) in [(usize::MAX, 1), (0, 1), (1 << 20, 3)] {
            let (have, counts) = engine(repo, budget, threads);
            prop_assert_eq!(&have, &want, "budget {}, {} threads", budget, threads);
            prop_assert_eq!(&counts, &counted(repo));
        }
        maker.tree.git(&["repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=20"]);
        let (have, _) = engine(repo, usize::MAX, 2);
        prop_assert_eq!(&have, &oracle(repo), "one pack");
    }
}

/// A scan as one text, and what the next one may spare.
fn scanned_since(repo: &Path, rules: &RuleSet, before: Option<&[u8]>) -> (String, Vec<u8>) {
    let mut seen = Seen::default();
    if let Some(file) = before {
        seen.read(file, rules, 1_800_000_000).expect("a file of --seen");
    }
    let seen = Arc::new(seen);
    let options = Options {
        run: RunOptions { threads: 2, now: 1_800_000_000, ..RunOptions::default() },
        seen: Some(Arc::clone(&seen)),
        ..Options::default()
    };
    let outcome = leaktight::history::scan(rules, repo, &options, &Progress::default()).expect("a repository");
    let mut file = Vec::new();
    seen.write(rules, 1_800_000_000, &mut file).expect("memory");
    (format!("{outcome:#?}"), file)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 60, ..ProptestConfig::default() })]
    #[test]
    fn a_scan_that_spares_what_was_seen_equals_a_full_one(
        before in prop::collection::vec(step(), 10..40),
        after in prop::collection::vec(step(), 10..40),
    ) {
        let mut maker = Maker::new(false);
        for step in &before {
            maker.step(step);
        }
        maker.commit(false);
        let (_, seen) = scanned_since(maker.tree.path(), &RULES, None);
        for step in &after {
            maker.step(step);
        }
        maker.commit(false);
        let (want, full) = scanned_since(maker.tree.path(), &RULES, None);
        let (have, again) = scanned_since(maker.tree.path(), &RULES, Some(&seen));
        prop_assert_eq!(have, want);
        prop_assert_eq!(again, full, "what the next run may spare");
    }
}

/// What a signal, a full disk or a power cut leaves is what was kept last.
#[test]
fn a_scan_keeps_what_it_found_nothing_in_for_one_that_takes_it_up() {
    let maker = small();
    let repo = maker.tree.path();
    let kept: Arc<Mutex<Vec<u8>>> = Arc::default();
    let scan = |known: Seen| {
        let to = Arc::clone(&kept);
        let save = move |clean: &Seen, rules: &RuleSet, now: i64| {
            let mut file = Vec::new();
            clean.write(rules, now, &mut file)?;
            *to.lock().expect("no test panics while it holds the lock") = file;
            Ok(())
        };
        let options = Options {
            run: RunOptions { threads: 2, now: 1_800_000_000, ..RunOptions::default() },
            partial: Some(Partial { known: Arc::new(known), save: Arc::new(save), pause: Duration::ZERO }),
            ..Options::default()
        };
        let outcome = leaktight::history::scan(&RULES, repo, &options, &Progress::default()).expect("a repository");
        (format!("{outcome:#?}"), kept.lock().expect("no test panics while it holds the lock").clone())
    };
    let (want, full) = scanned_since(repo, &RULES, None);
    assert_eq!(scan(Seen::default()), (want.clone(), full.clone()));
    let mut known = Seen::default();
    known.read(&full, &RULES, 1_800_000_000).expect("what was kept");
    assert!(known.count() > 0);
    assert_eq!(scan(known), (want, full));
}

/// A small repository with secrets in packs and loose, and nothing else.
fn small() -> Maker {
    let mut maker = Maker::new(false);
    for n in 0..6_u8 {
        let rule = RULES.find("github-pat").expect("a built-in rule");
        let text = &RULES.rule(rule).matches[0].text;
        let mut line = example::expand(text, u64::from(n)).expect("a template").text;
        line.push(b'\n');
        maker.insert(n, n * 9, line);
        maker.commit(false);
        if n == 3 {
            maker.step(&Step::Repack { depth: 10, window: 10, all: true });
        }
    }
    maker.tree.git(&["repack", "-q", "-d"]);
    maker.insert(0, 1, b"the last one\n".to_vec());
    maker.commit(false);
    maker
}

fn few_rules() -> RuleSet {
    let keep = ["github-pat", "generic-password", "gitlab-pat"];
    RuleSet::new(RULES.iter().filter(|(_, r)| keep.contains(&&*r.id)).map(|(_, r)| r.clone()).collect())
}

/// Ids of all findings with their places, and whether everything was looked at.
fn scanned(rules: &RuleSet, repo: &Path) -> (BTreeSet<String>, bool) {
    let options =
        Options { run: RunOptions { threads: 1, now: 1_800_000_000, ..RunOptions::default() }, ..Options::default() };
    match leaktight::history::scan(rules, repo, &options, &Progress::default()) {
        // Exit code 2: not mistaken for a pass.
        Err(_) => (BTreeSet::new(), false),
        Ok(outcome) => {
            let places = |f: &leaktight::finding::Finding| {
                std::iter::once(&f.location)
                    .chain(&f.also)
                    .map(|l| format!("{} {:?} {}", f.id.as_str(), l.origin.path(), l.byte_offset))
                    .collect::<Vec<_>>()
            };
            (outcome.findings.iter().flat_map(places).collect(), outcome.complete())
        }
    }
}

#[test]
fn a_flipped_byte_anywhere_in_the_store_is_a_gap_or_changes_nothing() {
    let maker = small();
    let rules = few_rules();
    let (sound, complete) = scanned(&rules, maker.tree.path());
    assert!(complete && sound.len() >= 6, "{sound:?}");
    let mut files: Vec<_> = Vec::new();
    let mut folders = vec![maker.tree.path().join(".git/objects")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            let kind = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if matches!(kind.as_str(), "pack" | "idx" | "") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut rng = example::Rng(11);
    let flips = std::env::var("LEAKTIGHT_FLIPS").ok().and_then(|n| n.parse().ok()).unwrap_or(1000);
    let (mut damaged, mut same) = (0, 0);
    for _ in 0..flips {
        // Files by their size, so that a pack gets its share; small ones are not forgotten.
        let file = &files[rng.below(files.len())];
        let before = std::fs::read(file).expect("a file");
        let mut bytes = before.clone();
        let at = rng.below(bytes.len());
        bytes[at] ^= 1 << rng.below(8);
        let permissions = std::fs::metadata(file).expect("a file").permissions();
        std::fs::remove_file(file).expect("it goes");
        std::fs::write(file, &bytes).expect("it is damaged");
        let (found, complete) = scanned(&rules, maker.tree.path());
        std::fs::write(file, &before).expect("it is mended");
        std::fs::set_permissions(file, permissions).expect("as before");
        assert!(!complete || found == sound, "byte {at} of {}", file.display());
        damaged += usize::from(!complete);
        same += usize::from(complete);
    }
    assert!(damaged > flips / 2, "{damaged} of {flips} damages were noticed, {same} changed nothing");
    assert_eq!(scanned(&rules, maker.tree.path()), (sound, true));
}

/// A file of one value is a key whatever is copied from it, and none where something was added to it.
#[test]
fn a_value_that_is_all_of_an_object_is_found_among_deltas() {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    let key = example::expand("{{hex(190)}}", 1).expect("a template").text;
    let more = "a line of notes below it\n".repeat(8).into_bytes();
    for (n, rest) in [&b"\n"[..], b"\n\n", b"\nnotes\n", &more, b"", b"-and-more\n"].into_iter().enumerate() {
        tree.file("config/master.key", [&key, rest].concat());
        tree.git(&["add", "-A"]);
        tree.git(&["commit", "-q", "-m", &format!("change {n}")]);
    }
    tree.git(&["repack", "-adfq", "--depth=50", "--window=50"]);
    let want = oracle(tree.path());
    assert_eq!(want.len(), 4, "{want:?}");
    let (have, _) = engine(tree.path(), usize::MAX, 1);
    assert_eq!(have, want);
    let packed = harness::git(tree.path(), tree.path()).args(["count-objects", "-v"]).output().expect("git");
    assert!(String::from_utf8_lossy(&packed.stdout).contains("count: 0"), "all are in a pack");
}

#[test]
fn objects_that_no_index_names_are_found() {
    let maker = small();
    let rules = few_rules();
    let (sound, _) = scanned(&rules, maker.tree.path());
    // Without their indexes packs are read from start to end.
    let folder = maker.tree.path().join(".git/objects/pack");
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().extension().is_some_and(|e| e == "idx") {
            std::fs::remove_file(entry.path()).expect("it goes");
        }
    }
    let (found, complete) = scanned(&rules, maker.tree.path());
    assert!(!complete, "a pack without index is said");
    assert_eq!(found, sound);
}

#[test]
fn bundles_bare_and_linked_repositories_say_the_same() {
    let maker = small();
    let rules = few_rules();
    let other = Tree::new();
    let path = |name: &str| other.path().join(name).to_string_lossy().into_owned();
    maker.tree.git(&["clone", "-q", "--bare", ".", &path("bare.git")]);
    maker.tree.git(&["bundle", "create", "-q", &path("all.bundle"), "--all"]);
    maker.tree.git(&["worktree", "add", "-q", "--detach", &path("linked")]);
    let (sound, _) = scanned(&rules, maker.tree.path());
    let ids = |all: &BTreeSet<String>| all.iter().map(|f| f[..36].to_owned()).collect::<BTreeSet<_>>();
    for name in ["bare.git", "linked"] {
        let (found, complete) = scanned(&rules, &other.path().join(name));
        assert!(complete, "{name}");
        assert_eq!(ids(&found), ids(&sound), "{name}");
    }
    // A bundle has no index: said, and all of it read.
    let (found, _) = scanned(&rules, &other.path().join("all.bundle"));
    assert_eq!(ids(&found), ids(&sound));
}

/// Packs written by hand, for what git would not write.
struct PackWriter {
    bytes: Vec<u8>,
    entries: Vec<([u8; 20], u32, u32)>,
}

impl PackWriter {
    fn new(count: u32) -> Self {
        let bytes = [&b"PACK"[..], &2_u32.to_be_bytes(), &count.to_be_bytes()].concat();
        Self { bytes, entries: Vec::new() }
    }

    /// An entry: type, the size that its header claims, what stands between header and data, data.
    fn entry(&mut self, id: [u8; 20], kind: u8, size: usize, link: &[u8], data: &[u8]) {
        let at = self.bytes.len();
        let mut rest = size >> 4;
        let mut first = (kind << 4) | (size & 15) as u8;
        while rest > 0 {
            self.bytes.push(first | 0x80);
            first = (rest & 0x7f) as u8;
            rest >>= 7;
        }
        self.bytes.push(first);
        self.bytes.extend(link);
        // zlib with stored blocks only.
        self.bytes.extend([0x78, 0x01]);
        let len = data.len() as u16;
        self.bytes.push(1);
        self.bytes.extend(len.to_le_bytes());
        self.bytes.extend((!len).to_le_bytes());
        self.bytes.extend(data);
        let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), d| {
            let a = (a + u32::from(*d)) % 65_521;
            (a, (b + a) % 65_521)
        });
        self.bytes.extend((b << 16 | a).to_be_bytes());
        self.entries.push((id, at as u32, crc32fast::hash(&self.bytes[at..])));
    }

    /// Writes the pack with an index whose checksums are right, whatever it claims.
    fn write(mut self, repo: &Path) {
        let sha1 = |bytes: &[u8]| {
            let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
            hasher.update(bytes);
            hasher.try_finalize().expect("a hash").as_slice().to_vec()
        };
        let trailer = sha1(&self.bytes);
        self.bytes.extend(&trailer);
        self.entries.sort_unstable();
        let mut index = vec![0xff, b't', b'O', b'c', 0, 0, 0, 2];
        for n in 0..=255_u8 {
            index.extend((self.entries.iter().filter(|e| e.0[0] <= n).count() as u32).to_be_bytes());
        }
        index.extend(self.entries.iter().flat_map(|e| e.0));
        index.extend(self.entries.iter().flat_map(|e| e.2.to_be_bytes()));
        index.extend(self.entries.iter().flat_map(|e| e.1.to_be_bytes()));
        index.extend(trailer);
        index.extend(sha1(&index));
        let folder = repo.join(".git/objects/pack");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("pack-hostile.pack"), &self.bytes).expect("a pack");
        std::fs::write(folder.join("pack-hostile.idx"), index).expect("an index");
    }
}

/// The gaps of a repository that holds nothing but this pack, as `kind: why`.
fn gaps_of(pack: PackWriter) -> Vec<String> {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    pack.write(tree.path());
    let options =
        Options { run: RunOptions { threads: 2, now: 1_800_000_000, ..RunOptions::default() }, ..Options::default() };
    let outcome = leaktight::history::scan(&few_rules(), tree.path(), &options, &Progress::default()).expect("a scan");
    assert!(!outcome.complete());
    outcome.gaps.iter().map(|g| format!("{}: {}", g.kind.name(), g.why)).collect()
}

fn has(gaps: &[String], kind: &str, why: &str) {
    assert!(gaps.iter().any(|g| g.starts_with(kind) && g.contains(why)), "no `{kind}: …{why}…` among {gaps:#?}");
}

const BLOB: u8 = 3;
const OFS_DELTA: u8 = 6;
const REF_DELTA: u8 = 7;

#[test]
fn deltas_that_lead_in_a_circle_are_gaps() {
    let (a, b) = ([0xaa; 20], [0xbb; 20]);
    let mut pack = PackWriter::new(3);
    let delta = [1, 1, 1, b'x'];
    pack.entry(a, REF_DELTA, delta.len(), &b, &delta);
    pack.entry(b, REF_DELTA, delta.len(), &a, &delta);
    // One that is a delta on itself.
    pack.entry([0xcc; 20], REF_DELTA, delta.len(), &[0xcc; 20], &delta);
    let gaps = gaps_of(pack);
    has(&gaps, "corrupt-object", "leads back to itself");
    assert_eq!(gaps.iter().filter(|g| g.starts_with("corrupt-object")).count(), 3, "{gaps:#?}");
}

/// What single look-ups of blobs in a repository that holds nothing but this pack give.
fn looked_up(pack: PackWriter, ids: &[[u8; 20]]) -> Vec<Result<Vec<u8>, Lost>> {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    pack.write(tree.path());
    let (lookup, gaps) = Lookup::open(&[tree.path().join(".git/objects")], gix_hash::Kind::Sha1);
    assert_eq!(gaps, []);
    let read = |id: &[u8; 20]| lookup.read(&gix_hash::ObjectId::Sha1(*id)).map(|(_, bytes)| bytes.to_vec());
    ids.iter().map(read).collect()
}

/// The id of a blob with these bytes.
fn blob_id(bytes: &[u8]) -> [u8; 20] {
    let id = gix_object::compute_hash(gix_hash::Kind::Sha1, Kind::Blob.into(), bytes).expect("an id");
    <[u8; 20]>::try_from(id.as_slice()).expect("twenty bytes")
}

#[test]
fn a_look_up_follows_chains_that_are_longer_than_any_of_git() {
    const LINKS: u32 = 20_000;
    let text = |n: u32| format!("{n:06} of a long chain\n").into_bytes();
    let len = text(0).len();
    let mut pack = PackWriter::new(LINKS);
    pack.entry(blob_id(&text(0)), BLOB, len, &[], &text(0));
    for n in 1..LINKS {
        // Six bytes of its own, the rest of its base.
        let delta = [&[len as u8, len as u8, 6], &text(n)[..6], &[0x91, 6, len as u8 - 6]].concat();
        pack.entry(blob_id(&text(n)), REF_DELTA, delta.len(), &blob_id(&text(n - 1)), &delta);
    }
    let asked = [LINKS - 1, 1, LINKS / 2];
    let found = looked_up(pack, &asked.map(|n| blob_id(&text(n))));
    assert_eq!(found, asked.map(|n| Ok(text(n))));
}

#[test]
fn a_look_up_tries_every_copy_of_an_object_as_the_walk_does() {
    let (a, b) = (blob_id(b"base"), blob_id(b"bas"));
    let (all, shorter, longer) = ([4, 4, 0x90, 4], [4, 3, 0x90, 3], [3, 4, 0x90, 3, 1, b'e']);
    let whole = [Ok(b"base".to_vec()), Ok(b"bas".to_vec())];
    // The first copy is a delta on its own id.
    let mut pack = PackWriter::new(3);
    pack.entry(a, REF_DELTA, all.len(), &a, &all);
    pack.entry(a, BLOB, 4, &[], b"base");
    pack.entry(b, REF_DELTA, shorter.len(), &a, &shorter);
    assert_eq!(looked_up(pack, &[a, b]), whole);
    // It is a delta on what is made from it.
    let mut pack = PackWriter::new(3);
    pack.entry(a, REF_DELTA, longer.len(), &b, &longer);
    pack.entry(b, REF_DELTA, shorter.len(), &a, &shorter);
    pack.entry(a, BLOB, 4, &[], b"base");
    assert_eq!(looked_up(pack, &[a, b]), whole);
    // One has other bytes than its id says, which is the one that git may show.
    let why = "its bytes have another id than the one it is kept under; another copy of it is sound";
    for texts in [[b"BASE", b"base"], [b"base", b"BASE"]] {
        let mut pack = PackWriter::new(3);
        pack.entry(a, BLOB, 4, &[], texts[0]);
        pack.entry(b, REF_DELTA, shorter.len(), &a, &shorter);
        pack.entry(a, BLOB, 4, &[], texts[1]);
        assert_eq!(looked_up(pack, &[a, b]), [Err(Lost::Damaged(why.into())), whole[1].clone()]);
    }
    // None is left out: not one that comes after many sound ones.
    let mut pack = PackWriter::new(18);
    (0..17).for_each(|_| pack.entry(a, BLOB, 4, &[], b"base"));
    pack.entry(a, BLOB, 4, &[], b"BASE");
    assert!(matches!(looked_up(pack, &[a])[..], [Err(Lost::Damaged(_))]));
    // All copies lead on to copies that lead back: 16^40 ways, of which a few are tried.
    let mut pack = PackWriter::new(640);
    for n in 0..40 {
        for _ in 0..16 {
            pack.entry([n; 20], REF_DELTA, all.len(), &[(n + 1) % 40; 20], &all);
        }
    }
    assert!(matches!(looked_up(pack, &[[0; 20]])[..], [Err(Lost::Damaged(_))]));
}

#[test]
fn a_loose_copy_with_other_bytes_makes_an_object_damaged() {
    let maker = small();
    let (tree, objects) = (&maker.tree, maker.tree.path().join(".git/objects"));
    let printed = |args: &[&str]| {
        let out = harness::git(tree.path(), tree.path()).args(args).output().expect("git");
        String::from_utf8(out.stdout).expect("an id").trim().to_owned()
    };
    let id = printed(&["rev-parse", "HEAD"]);
    let read = || {
        let (lookup, _) = Lookup::open(std::slice::from_ref(&objects), gix_hash::Kind::Sha1);
        lookup.read(&gix_hash::ObjectId::from_hex(id.as_bytes()).expect("an id")).map(|(kind, _)| kind)
    };
    tree.git(&["repack", "-q", "-a", "-d"]);
    assert_eq!(read(), Ok(Kind::Commit));
    let other = printed(&["commit-tree", "-m", "other", "HEAD^{tree}"]);
    let loose = |id: &str| objects.join(&id[..2]).join(&id[2..]);
    std::fs::create_dir_all(loose(&id).parent().expect("a folder")).expect("a folder");
    std::fs::rename(loose(&other), loose(&id)).expect("it is there");
    assert!(matches!(read(), Err(Lost::Damaged(why)) if why.contains("another copy of it is sound")));
}

#[test]
fn sizes_that_lie_are_gaps_and_cost_no_memory() {
    let mut pack = PackWriter::new(5);
    pack.entry([1; 20], BLOB, 900 << 20, &[], b"small");
    pack.entry([2; 20], BLOB, 1 << 40, &[], b"small");
    pack.entry([3; 20], BLOB, 3, &[], b"more than three");
    pack.entry([4; 20], BLOB, 4, &[], b"base");
    let base = pack.bytes.len();
    // A delta that announces a result of 2^40 bytes; the base stands right before it.
    let delta = [4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0x90, 4];
    let back = base - pack.entries.iter().map(|e| e.1 as usize).max().expect("an entry");
    pack.entry([5; 20], OFS_DELTA, delta.len(), &[back as u8], &delta);
    let gaps = gaps_of(pack);
    has(&gaps, "corrupt-object", "its size is more than its data can make");
    has(&gaps, "corrupt-object", "larger than the limit");
    has(&gaps, "corrupt-object", "more bytes than its header says");
}

#[test]
fn an_index_that_leaves_out_or_misplaces_objects_hides_none() {
    let rules = few_rules();
    let rule = rules.rule(rules.find("github-pat").expect("a rule"));
    let secret = example::expand(&rule.matches[0].text, 5).expect("a template").text;
    let mut pack = PackWriter::new(2);
    pack.entry([1; 20], BLOB, 4, &[], b"open");
    pack.entry([2; 20], BLOB, secret.len(), &[], &secret);
    pack.entries.pop();
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    pack.write(tree.path());
    let options =
        Options { run: RunOptions { threads: 1, now: 1_800_000_000, ..RunOptions::default() }, ..Options::default() };
    let outcome = leaktight::history::scan(&rules, tree.path(), &options, &Progress::default()).expect("a scan");
    assert_eq!(outcome.findings.len(), 1, "what the index leaves out is found");
    let gaps: Vec<String> = outcome.gaps.iter().map(|g| format!("{}: {}", g.kind.name(), g.why)).collect();
    has(&gaps, "damaged-pack", "its index leaves out 1 object; it was scanned");
    has(&gaps, "damaged-pack", "it says that it holds 2 objects; 1 were found");

    let mut pack = PackWriter::new(3);
    pack.entry([1; 20], BLOB, 4, &[], b"open");
    pack.entry([2; 20], BLOB, 4, &[], b"shut");
    pack.entry([3; 20], BLOB, 4, &[], b"ajar");
    pack.entries[1].1 += 3;
    pack.entries[2].1 = 1 << 30;
    let gaps = gaps_of(pack);
    has(&gaps, "damaged-pack", "names 1 objects outside of it");
    has(&gaps, "corrupt-object", "");
}

#[test]
fn a_pack_that_is_cut_off_anywhere_is_a_gap() {
    let maker = small();
    let rules = few_rules();
    let folder = maker.tree.path().join(".git/objects/pack");
    let pack = std::fs::read_dir(&folder).expect("a folder").flatten().map(|e| e.path());
    let pack = pack.filter(|p| p.extension().is_some_and(|e| e == "pack")).max().expect("a pack");
    let bytes = std::fs::read(&pack).expect("a pack");
    std::fs::remove_file(&pack).expect("it goes");
    for cut in (0..bytes.len()).step_by(41) {
        std::fs::write(&pack, &bytes[..cut]).expect("it is cut");
        let (_, complete) = scanned(&rules, maker.tree.path());
        assert!(!complete, "cut at {cut} of {}", bytes.len());
    }
}
