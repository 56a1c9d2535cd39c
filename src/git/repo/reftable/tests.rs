//! Tables that real git wrote, and tables that are made here byte by byte, sound and damaged.

use super::*;
use crate::git::fixture::Repo;
use crate::git::{Access, RefKind, Refs, Repository};

/// A table of version 1 with these references, one block each: name, type and value.
fn table(references: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let mut out = b"REFT\x01\0\0\0".to_vec();
    out.extend([0; 16]);
    for (name, kind, value) in references {
        let block = if out.len() == 24 { 0 } else { out.len() };
        let at = out.len();
        out.extend(b"r\0\0\0");
        out.extend([0, (name.len() << 3) as u8 | kind]);
        out.extend(name.bytes());
        out.push(0);
        out.extend(*value);
        out.extend([0, 0, 4, 0, 1]);
        let len = (out.len() - block) as u32;
        out[at + 1..at + 4].copy_from_slice(&len.to_be_bytes()[1..]);
    }
    ended(out, [0; 5])
}

/// With a footer of these five places.
fn ended(mut out: Vec<u8>, places: [u64; 5]) -> Vec<u8> {
    let mut footer = out[..24].to_vec();
    places.iter().for_each(|place| footer.extend(place.to_be_bytes()));
    footer.extend(crc32fast::hash(&footer).to_be_bytes());
    out.extend(footer);
    out
}

/// A repository that says it keeps references as reftable, with these tables.
fn made(tables: &[&[u8]]) -> Repo {
    let repo = Repo::new(&[]);
    repo.file(".git/config", "[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable\n");
    let mut list = String::new();
    for (n, bytes) in tables.iter().enumerate() {
        repo.file(&format!(".git/reftable/{n}.ref"), bytes);
        list += &format!("{n}.ref\n");
    }
    repo.file(".git/reftable/tables.list", list);
    repo
}

fn read(repo: &Repo) -> (Vec<String>, Vec<String>) {
    let refs = Refs::read(&Repository::open(repo.path(), &[]).expect("a repository"));
    let shown = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let named = refs.all.iter().filter(|r| !matches!(r.kind, RefKind::Reflog | RefKind::Stash) && r.name != b"index");
    let gaps = refs.gaps.iter().map(|g| format!("{} {} {}: {}", g.kind.name(), g.blocks, shown(&g.what), g.why));
    (named.map(|r| format!("{} {}", r.target, shown(&r.name))).collect(), gaps.collect())
}

const A: [u8; 20] = [0xaa; 20];
const B: [u8; 20] = [0xbb; 20];

#[test]
fn later_tables_override_earlier_ones() {
    let (a, b) = ("aa".repeat(20), "bb".repeat(20));
    let head: (&str, u8, &[u8]) = ("HEAD", 3, b"\x0frefs/heads/main");
    let main_a: (&str, u8, &[u8]) = ("refs/heads/main", 1, &A);
    let main_b: (&str, u8, &[u8]) = ("refs/heads/main", 1, &B);
    let old = table(&[head, ("refs/heads/gone", 1, &A), main_a, ("refs/tags/v1", 2, &[A, B].concat())]);
    let new = table(&[("refs/heads/gone", 0, b""), main_b]);
    let repo = made(&[&old, &new]);
    let expected = [format!("{b} HEAD"), format!("{b} refs/heads/main"), format!("{a} refs/tags/v1")];
    assert_eq!(read(&repo), (expected.to_vec(), Vec::new()));
    let access = Access::at(repo.path(), &[]).expect("a repository");
    let found = |name: &str| access.reference(name.as_bytes()).map(|id| id.map(|id| id.to_string()));
    assert_eq!(found("HEAD"), Ok(Some(b)));
    assert_eq!(found("refs/tags/v1"), Ok(Some(a)));
    assert_eq!((found("refs/heads/gone"), found("refs/heads/never")), (Ok(None), Ok(None)));
}

#[test]
fn a_damaged_table_is_a_gap_that_blocks_and_no_lookup_passes_over_it() {
    let head: (&str, u8, &[u8]) = ("HEAD", 1, &A);
    let sound = table(&[head]);
    let with = |at: usize, byte: u8| {
        let mut bytes = table(&[head, ("refs/heads/x", 1, &B)]);
        bytes[at] = byte;
        bytes
    };
    let again = |bytes: &[u8], places| ended(bytes[..bytes.len() - 68].to_vec(), places);
    let unsorted = table(&[head, ("A", 1, &B)]);
    let long = table(&[("HEAD", 1, &A[..19])]);
    let second = sound.len() - 68;
    let two = table(&[head, ("refs/heads/x", 1, &B)]);
    for (bytes, said) in [
        (Vec::new(), "it does not begin like a reftable"),
        (sound[..60].to_vec(), "it is cut off"),
        (sound[..sound.len() - 1].to_vec(), "its footer is damaged, or the file is cut off"),
        (with(140, 9), "its checksum is wrong"),
        (with(4, 7), "its version of reftable is not known"),
        (with(24, b'x'), "its first block is of no known type"),
        (with(second, b'o'), "a block of references in it is damaged"),
        (with(26, 0xff), "a block of references in it is damaged"),
        (with(28, 1), "its names are out of order, or one is damaged"),
        (unsorted, "its names are out of order, or one is damaged"),
        (long, "a block of references in it is damaged"),
        // A footer that ends the references early hides the rest.
        (again(&two, [second as u64, 0, 0, 0, 0]), "its footer hides a block of references"),
        (again(&two, [1 << 40, 0, 0, 0, 0]), "its footer names a place outside of it"),
        (again(&two, [0, 0, 0, u64::MAX, 0]), "its footer names a place outside of it"),
    ] {
        let repo = made(&[&sound, &bytes]);
        let (_, gaps) = read(&repo);
        assert_eq!(gaps, [format!("broken-ref true reftable/1.ref: {said}")]);
        let access = Access::at(repo.path(), &[]).expect("a repository");
        assert_eq!(access.reference(b"HEAD"), Err(format!("reftable/1.ref: {said}")));
    }
    // What the list says.
    for (list, said) in [
        ("0.ref\nx.ref\n", "broken-ref true reftable/x.ref: it is listed in tables.list and is not there"),
        ("../../x\n", "broken-ref true reftable/tables.list: a line of it is not the name of a table"),
        (&"0.ref\n".repeat(TABLES + 1), "limit true reftable/tables.list: it names more than 4096 tables"),
        ("", "broken-ref true HEAD: it is not there"),
    ] {
        let repo = made(&[&sound]);
        repo.file(".git/reftable/tables.list", list);
        assert_eq!(read(&repo).1, [said]);
    }
    let repo = made(&[&sound]);
    std::fs::remove_file(repo.path().join(".git/reftable/tables.list")).expect("gone");
    assert_eq!(read(&repo).1, ["broken-ref true reftable/tables.list: it is not there, and it names the tables"]);
}

#[test]
fn no_bytes_of_a_table_make_it_stumble() {
    let sound = table(&[("HEAD", 3, b"\x0frefs/heads/main"), ("refs/heads/main", 1, &A), ("refs/tags/v", 2, &[7; 40])]);
    let body = sound.len() - 68;
    for seed in 0u64..20_000 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize
        };
        let mut bytes = sound[..body].to_vec();
        for _ in 0..1 + next() % 3 {
            let at = 5 + next() % (body - 5);
            bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'r', b'g'][next() % 7];
        }
        let places = [0, 0, 0, [0, 24, next() as u64 % 200][next() % 3], 0];
        let Ok(table) = Table::new(ended(bytes, places), Kind::Sha1) else { continue };
        let _ = table.references(&mut |name, _| {
            assert!(!name.is_empty());
            ControlFlow::Continue(())
        });
        let _ = log::read(&table, &mut BTreeMap::new(), &mut 1000, &mut (1 << 20));
    }
}

/// A repository of real git with a commit; `None` where git is older than the format.
fn real(args: &[&str]) -> Option<Repo> {
    let repo = Repo::try_new(&[&["--ref-format=reftable"], args].concat())?;
    repo.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
    Some(repo)
}

/// What git says that references are, as [`read`] gives it.
fn listed(repo: &Repo) -> Vec<String> {
    let mut all: Vec<String> = repo
        .git(&["for-each-ref", "--format=%(objectname) %(refname)"])
        .lines()
        .map(str::to_owned)
        .chain([format!("{} HEAD", repo.git(&["rev-parse", "HEAD"]))])
        .collect();
    all.sort_by(|a, b| a.split(' ').nth(1).cmp(&b.split(' ').nth(1)));
    all
}

#[test]
fn what_git_wrote_is_read() {
    for hash in ["sha1", "sha256"] {
        let Some(repo) = real(&[&format!("--object-format={hash}")]) else { return };
        repo.git(&["tag", "-a", "-m", "t", "v1"]);
        repo.git(&["branch", "gone"]);
        repo.git(&["symbolic-ref", "refs/heads/other", "refs/heads/main"]);
        repo.git(&["branch", "-D", "gone"]);
        repo.git(&["pack-refs"]);
        repo.git(&["commit", "-q", "--allow-empty", "-m", "two"]);
        assert_eq!(read(&repo), (listed(&repo), Vec::new()));
        let access = Access::at(repo.path(), &[]).expect("a repository");
        for revision in ["HEAD", "HEAD~1", "main", "other", "v1^{commit}"] {
            assert_eq!(access.resolve(revision).expect(revision).to_string(), repo.git(&["rev-parse", revision]));
        }
        assert!(access.resolve("gone").is_err());
        // A branch without a commit is no broken reference.
        repo.git(&["symbolic-ref", "HEAD", "refs/heads/unborn"]);
        assert_eq!((read(&repo).1, Access::at(repo.path(), &[]).expect("one").reference(b"HEAD")), (vec![], Ok(None)));
    }
}

#[test]
fn thousands_of_references_in_several_tables_are_read() {
    let Some(repo) = real(&[]) else { return };
    let id = repo.git(&["rev-parse", "HEAD"]);
    let update = |range: std::ops::Range<u32>, block: &str| {
        let lines: String = range.map(|n| format!("update refs/heads/many/{n:05} {id}\n")).collect();
        repo.fed(&["-c", &format!("reftable.blockSize={block}"), "update-ref", "--stdin"], lines.as_bytes());
    };
    update(0..5000, "512");
    update(5000..5100, "4096");
    repo.git(&["update-ref", "-d", "refs/heads/many/00007"]);
    let list = std::fs::read_to_string(repo.path().join(".git/reftable/tables.list")).expect("a list");
    assert!(list.lines().count() > 1, "{list}");
    let (all, gaps) = read(&repo);
    assert_eq!((gaps, all.len()), (Vec::new(), 5101));
    assert!(all == listed(&repo), "other references than git lists");
    // A block of references that is called another is no end of them.
    let table = list.lines().next().expect("a table");
    let file = format!(".git/reftable/{table}");
    let mut bytes = std::fs::read(repo.path().join(&file)).expect("a table");
    let indexed = Table::new(bytes.clone(), Kind::Sha1).expect("a sound table");
    assert!(indexed.indexed, "so many have an index");
    let blocks: Vec<usize> = (0..indexed.references.end).step_by(512).filter(|at| bytes[*at] == b'r').collect();
    for at in [blocks[1], *blocks.last().expect("a block")] {
        bytes[at] = b'i';
        repo.file(&file, &bytes);
        assert!(read(&repo).1[0].contains(table), "{:?}", read(&repo).1);
        bytes[at] = b'r';
    }
    repo.file(&file, &bytes);
    let access = Access::at(repo.path(), &[]).expect("a repository");
    assert!(access.resolve("many/04999").is_ok() && access.resolve("many/00007").is_err());
}

#[test]
fn a_linked_work_tree_has_tables_of_its_own() {
    let Some(repo) = real(&[]) else { return };
    repo.git(&["worktree", "add", "-q", "-b", "side", "tree"]);
    repo.git(&["-C", "tree", "commit", "-q", "--allow-empty", "-m", "two"]);
    let [main, side] = ["HEAD", "side"].map(|name| repo.git(&["rev-parse", name]));
    let lines = |first: [&str; 2]| {
        let mut all = vec![format!("{main} refs/heads/main"), format!("{side} refs/heads/side")];
        let [own, other] = first;
        all.push(format!("{} HEAD", if own == "main" { &main } else { &side }));
        all.push(format!("{} {other}/HEAD", if own == "main" { &side } else { &main }));
        all.sort();
        all
    };
    let sorted = |path: &str| {
        let refs = Refs::read(&Repository::open(&repo.path().join(path), &[]).expect("a repository"));
        assert_eq!(refs.gaps, []);
        let named = refs.all.iter().filter(|r| r.kind != RefKind::Reflog);
        let mut all: Vec<_> = named.map(|r| format!("{} {}", r.target, String::from_utf8_lossy(&r.name))).collect();
        all.retain(|line| !line.ends_with("ORIG_HEAD") && !line.ends_with("index"));
        all.sort();
        all
    };
    assert_eq!(sorted("."), lines(["main", "worktrees/tree"]));
    assert_eq!(sorted("tree"), lines(["tree", "main-worktree"]));
    let head = |path: &str| Access::at(&repo.path().join(path), &[]).expect("one").resolve("HEAD").expect("a commit");
    assert_eq!([head(".").to_string(), head("tree").to_string()], [main, side]);
}

#[test]
fn reflogs_and_older_stashes_are_read_from_tables() {
    let Some(repo) = real(&[]) else { return };
    let first = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["commit", "-q", "--allow-empty", "--amend", "-m", "other"]);
    let mut stashes = Vec::new();
    for text in ["a", "b"] {
        repo.file("f", text);
        repo.git(&["add", "f"]);
        repo.git(&["stash", "-q"]);
        stashes.push(repo.git(&["rev-parse", "stash"]));
    }
    let refs = Refs::read(&Repository::open(repo.path(), &[]).expect("a repository"));
    assert_eq!(refs.gaps, []);
    let of = |kind: RefKind| refs.all.iter().filter(move |r| r.kind == kind).map(|r| r.target.to_string());
    assert!(of(RefKind::Reflog).any(|id| id == first), "the commit before it was amended");
    let mut found: Vec<String> = of(RefKind::Stash).collect();
    found.dedup();
    stashes.sort();
    assert_eq!(found, stashes);
    // What was dropped is in no reflog any more.
    repo.git(&["stash", "clear"]);
    let refs = Refs::read(&Repository::open(repo.path(), &[]).expect("a repository"));
    assert_eq!(refs.all.iter().filter(|r| r.kind == RefKind::Stash).count(), 0);
}
