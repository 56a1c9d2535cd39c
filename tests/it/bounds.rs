//! What a repository of a few objects must not make grow: counted, not measured in time or memory.

use crate::harness::{self, Tree};
use crate::history_search::{DETECTOR, engine, oracle};
use leaktight::blob::Gap;
use leaktight::git::store::Store;
use leaktight::git::store::walk::{Forests, Item, Visit, Walk};
use leaktight::git::{Kind, Repository};
use leaktight::history::search::{DeltaState, History};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs git with this input, and gives what it prints.
fn git(tree: &Tree, args: &[&str], input: &[u8]) -> String {
    let mut command = harness::git(tree.path(), tree.path());
    let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git");
    child.stdin.take().expect("a pipe").write_all(input).expect("git reads it");
    let out = child.wait_with_output().expect("git ends");
    assert!(out.status.success());
    String::from_utf8(out.stdout).expect("text").trim().to_owned()
}

/// A file in these versions, each a delta on the one before.
fn versions(tree: &Tree, all: impl Iterator<Item = Vec<u8>>) {
    tree.git(&["init", "-q", "-b", "main", "."]);
    let mut stream = Vec::new();
    for (n, text) in all.enumerate() {
        let data = |text: &[u8]| [format!("data {}\n", text.len()).as_bytes(), text, b"\n"].concat();
        stream.extend(format!("commit refs/heads/main\ncommitter A <a@example.org> {n} +0000\n").as_bytes());
        stream.extend(data(b"a version"));
        stream.extend([&b"M 100644 inline a.txt\n"[..], &data(&text)].concat());
    }
    git(tree, &["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--depth=4000"], &stream);
}

/// Walks all blobs on one thread.
fn walk<V: Visit>(repo: &Path, visitor: &V) {
    let repository = Repository::open(repo, &[]).expect("a repository");
    let (store, _) = Store::open(&repository.object_dirs, repository.hash);
    let forests = Forests::new(&store, &|gap| visitor.gap(gap));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    pool.install(|| Walk::new(&store, &forests, visitor, |k| k == Kind::Blob).run());
}

#[derive(Default)]
struct Bases {
    alive: AtomicUsize,
    most: AtomicUsize,
    deltas: AtomicUsize,
}

/// Counts itself as long as it is kept. The counter lives as long as the test.
struct Kept(&'static Bases);

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.alive.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Visit for &'static Bases {
    type Kept = Kept;

    fn object(&self, item: &Item<'_, Kept>) -> Kept {
        self.deltas.fetch_add(usize::from(item.base.is_some()), Ordering::Relaxed);
        let alive = self.alive.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(alive, Ordering::Relaxed);
        Kept(self)
    }

    fn gap(&self, gap: Gap) {
        panic!("{gap:?}");
    }
}

#[test]
fn a_chain_of_deltas_keeps_no_more_than_its_last_base() {
    let tree = Tree::new();
    let text: String = (0..300).fold(String::new(), |mut all, n| {
        writeln!(all, "line {n}").expect("a string");
        all
    });
    versions(&tree, (0..400).map(|n| text.replace("line 7\n", &format!("version {n}\n")).into_bytes()));
    let bases: &'static Bases = Box::leak(Box::default());
    walk(tree.path(), &bases);
    let [deltas, most] = [&bases.deltas, &bases.most].map(|n| n.load(Ordering::Relaxed));
    assert!(deltas > 390, "{deltas} deltas");
    assert!(most <= 4, "{most} at a time");
}

/// What is kept of an object for its deltas, at most.
struct Sizes<'h> {
    history: &'h History<'static, 'static>,
    most: AtomicUsize,
}

impl Visit for Sizes<'_> {
    type Kept = DeltaState;

    fn object(&self, item: &Item<'_, DeltaState>) -> DeltaState {
        let kept = self.history.object(item);
        self.most.fetch_max(<History<'_, '_> as Visit>::size(&kept), Ordering::Relaxed);
        kept
    }

    fn gap(&self, gap: Gap) {
        panic!("{gap:?}");
    }
}

#[test]
fn anchors_of_a_blob_dense_in_them_are_found_again_instead_of_being_kept() {
    let tree = Tree::new();
    let secret = |n: usize| format!("password = \"{}\"\n", harness::made("{{base62(14)}}", n as u64));
    let mut lines: Vec<String> = (0..300_000).map(|_| "token: \n".to_owned()).collect();
    for n in 0..20 {
        lines[n * 14_000 + 3] = secret(n);
    }
    let mut all = vec![lines.concat().into_bytes()];
    for n in 0..4 {
        // New ones, others gone, and all behind them moved.
        lines[n * 70_000 + 11] = secret(100 + n);
        lines[n * 28_000 + 3] = "x".repeat(n);
        all.push(lines.concat().into_bytes());
    }
    // The last one is no longer dense.
    all.push(lines[..20_000].concat().into_bytes());
    versions(&tree, all.into_iter());
    let history = History::new(&DETECTOR, false);
    let sizes = Sizes { history: &history, most: AtomicUsize::new(0) };
    walk(tree.path(), &sizes);
    let most = sizes.most.load(Ordering::Relaxed);
    assert!(most < 7_000_000, "{most} bytes are kept");
    let want = oracle(tree.path());
    assert!(want.len() > 100);
    assert_eq!(engine(tree.path(), usize::MAX, 1).0, want);
}

#[test]
fn of_a_secret_at_very_many_paths_the_worst_are_kept_and_all_are_counted() {
    let tree = Tree::new();
    tree.git(&["init", "-q", "-b", "main", "."]);
    tree.git(&["commit", "-q", "--allow-empty", "-m", "nothing yet"]);
    let text = format!("password = \"{}\"\n", ["quiet", "river", "71"].concat());
    let blob = git(&tree, &["hash-object", "-w", "--stdin"], text.as_bytes());
    let trees = |kind: &str, id: &str| {
        (0..60)
            .map(|n| format!("{} {id}\td{n}.rb\n", if kind == "blob" { "100644 blob" } else { "040000 tree" }))
            .collect::<String>()
    };
    let mut id = blob.clone();
    for kind in ["blob", "tree", "tree"] {
        id = git(&tree, &["mktree"], trees(kind, &id).as_bytes());
    }
    // The one place that is bad comes last.
    let worst = git(&tree, &["mktree"], format!("100644 blob {blob}\tprod.env\n").as_bytes());
    let root = format!("040000 tree {id}\ttests\n040000 tree {worst}\tzz\n");
    let root = git(&tree, &["mktree"], root.as_bytes());
    let head = git(&tree, &["commit-tree", "-p", "HEAD", "-m", "copies", &root], b"");
    tree.git(&["update-ref", "refs/heads/main", &head]);
    for command in [&["range", "main~1..main"][..], &["history", ".", "--also-limit", "0"]] {
        let run = tree.leaktight(&[command, &["--no-config", "--format", "json"]].concat());
        assert_eq!((run.code, run.gaps()), (Some(1), vec![]), "{}", run.stderr);
        let report = run.json();
        let [finding] = report["findings"].as_array().expect("findings").as_slice() else { panic!("one finding") };
        assert_eq!(finding["location"]["path"], "zz/prod.env");
        assert_ne!(finding["severity"], "low");
        assert_eq!(finding["also_total"], 60 * 60 * 60);
        let note = "it is at more places than a report keeps: ";
        let notes = finding["evidence"].as_array().expect("evidence").iter();
        let notes: Vec<&str> = notes.filter_map(|e| e["reason"].as_str()?.strip_prefix(note)).collect();
        assert_eq!(notes.len(), 1);
        let listed = finding["also"].as_array().expect("places").len();
        assert!(listed <= 100_000);
        if command[0] == "history" {
            assert_eq!(notes, [format!("{} more were found", 216_000 - listed)]);
            // It can be read again.
            std::fs::write(tree.path().join("r.json"), &run.stdout).expect("a file");
            let again = tree.leaktight(&["merge", "r.json", "--format", "json"]).json();
            assert_eq!(again["findings"][0]["also_total"], 60 * 60 * 60);
        }
    }
}
