//! Names and shards of lists, hostile ones included.

use super::*;
use proptest::prelude::*;

fn all(paths: &[&str]) -> Vec<Repository> {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    named(&paths, paths.len(), &|_| None)
}

fn names(paths: &[&str]) -> Vec<String> {
    all(paths).into_iter().map(|r| r.name).collect()
}

#[test]
fn names_are_short_unique_and_no_place_on_this_machine() {
    assert_eq!(names(&["/x/a/app", "/x/b/app", "/x/b/lib/.git", "/x/c.git"]), ["a/app", "b/app", "lib", "c.git"]);
    assert_eq!(names(&["/x/app", "/x/./y/../app", "/app", "/x/app/"]), ["x/app", "app"], "each once");
    assert_eq!(names(&["/x/lib/.git", "/x/lib", "/x/lib/.git/"]), ["lib"], "a work tree is its repository");
    assert_eq!(names(&["/x/app", "/y/x/app", "/z"]), ["x/app", "y/x/app", "z"]);
    assert_eq!(names(&["/a", "/a/a", "/a/a/a"]), ["a", "a/a", "a/a/a"], "each is the end of the next");
    assert_eq!(names(&["/x/app", "/x/app.git", "/x/App"]), ["app", "app.git", "App"]);
    assert_eq!(names(&["/"]), ["repository"]);
}

#[test]
fn equal_names_are_told_apart_in_any_order_of_the_list() {
    let mask = |name: &str| (!name.starts_with('t')).then(|| "…".to_owned());
    let by_path = |paths: &[&str]| {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let mut all: Vec<_> = named(&paths, 0, &mask).into_iter().map(|r| (r.path, r.name)).collect();
        all.sort();
        all.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    assert_eq!(by_path(&["/x/one", "/x/six", "/x/two"]), ["…", "…~2", "two"]);
    assert_eq!(by_path(&["/x/two", "/x/six", "/x/one"]), ["…", "…~2", "two"]);
    // A repository that is called like a numbered one.
    let mask = |name: &str| name.starts_with('s').then(|| "t".to_owned());
    let paths = ["/x/s1", "/x/s2", "/x/s3", "/x/t~2"].map(PathBuf::from);
    let shown: Vec<_> = named(&paths, 0, &mask).into_iter().map(|r| r.name).collect();
    assert_eq!(shown, ["t", "t~3", "t~4", "t~2"]);
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf_8_are_different_repositories() {
    use std::os::unix::ffi::OsStrExt as _;
    let paths: Vec<PathBuf> = [b"/x/a\xff", b"/x/a\xfe"].iter().map(|p| OsStr::from_bytes(*p).into()).collect();
    let all = named(&paths, 0, &|_| None);
    let shown: Vec<_> = all.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(shown, ["a\u{fffd}~2", "a\u{fffd}"]);
}

#[test]
fn what_a_list_names_is_listed_even_if_it_was_typed_too() {
    let paths = ["/x/a", "/x/b", "/x/b", "/x/c"].map(PathBuf::from);
    let listed: Vec<_> = named(&paths, 2, &|_| None).into_iter().map(|r| (r.name, r.listed)).collect();
    assert_eq!(listed, [("a".into(), false), ("b".into(), true), ("c".into(), true)]);
}

/// A quadratic way to name them takes minutes here.
#[test]
fn twenty_thousand_repositories_are_named() {
    let paths: Vec<PathBuf> = (0..20_000).map(|n| format!("/srv/git/{}/{}/app.git", n / 100, n % 100).into()).collect();
    let all = named(&paths, 0, &|_| None);
    assert_eq!((all.len(), all[0].name.as_str(), all[19_999].name.as_str()), (20_000, "0/0/app.git", "199/99/app.git"));
    let same = named(&paths, 0, &|_| Some("…".into()));
    assert_eq!((same[0].name.as_str(), same[9_999].name.as_str()), ("…", "…~20000"), "by their paths");
    assert_eq!(same.iter().map(|r| &r.name).collect::<HashSet<_>>().len(), 20_000);
}

#[test]
fn the_ends_of_deep_paths_are_counted_once_each() {
    let deep = |last: &str| [vec![OsString::from("d"); 2000], vec![last.into()]].concat();
    let paths = [deep("a"), deep("b"), deep("a")[1..].to_vec()];
    let mut ends = Ends::default();
    paths.iter().for_each(|p| ends.add(p));
    assert_eq!(ends.paths.len(), 4002, "as many ends as parts: the third path adds none");
    assert_eq!((ends.unique(&paths[0]), ends.unique(&paths[1]), ends.unique(&paths[2])), (0, 2000, 0));
}

#[test]
fn a_list_has_comments_and_relative_paths() {
    let list = b"\xef\xbb\xbfone\r\n\n  # no\ntwo words\n/abs\n";
    let paths = read_list(list, Path::new("/lists")).unwrap();
    assert_eq!(paths, ["/lists/one", "/lists/two words", "/abs"].map(PathBuf::from));
    assert_eq!(read_list(b"a\nb\0c\n", Path::new("")).unwrap_err().to_string(), "line 2: not a path");
}

#[test]
fn shards_are_written_as_part_and_number() {
    assert_eq!("2/3".parse(), Ok(Shard { k: 2, n: 3 }));
    for wrong in ["", "1", "0/2", "3/2", "1/0", "a/b", "-1/2", "1/2/3", "1/4294967296"] {
        assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
    }
}

#[test]
fn the_hash_of_a_list_follows_from_its_names_alone() {
    let hash = |paths: &[&str]| "1/2".parse::<Shard>().unwrap().part(&all(paths)).list;
    let first = hash(&["/srv/a/app", "/srv/b/app", "/srv/lib"]);
    assert_eq!(first, hash(&["/mnt/x/git/lib", "/mnt/x/git/b/app", "/mnt/x/git/a/app"]), "another base, another order");
    assert_ne!(first, hash(&["/srv/a/app", "/srv/b/app"]));
    assert_ne!(first, hash(&["/srv/a/app", "/srv/b/app", "/srv/lib2"]));
    assert_ne!(list_hash(["ab", "c"]), list_hash(["a", "bc"]));
    assert_eq!(first.len(), 32);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shards_are_balanced_and_hold_every_repository_once(
        paths in proptest::collection::vec("(/[ab~2. é]{1,3}){1,4}", 0..40),
        n in 1_u32..50,
        turn in 0_usize..40,
    ) {
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let whole = all(&paths);
        let unique: HashSet<&str> = whole.iter().map(|r| r.name.as_str()).collect();
        prop_assert_eq!(unique.len(), whole.len());
        let mut together = Vec::new();
        let mut sizes = Vec::new();
        for k in 1..=n {
            let part = Shard { k, n }.of(&whole);
            sizes.push(part.len());
            together.extend(part);
        }
        prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{:?}", sizes);
        together.sort_by(|a, b| a.name.cmp(&b.name));
        let mut sorted = whole.clone();
        sorted.sort_by(|a, b| a.name.cmp(&b.name));
        prop_assert_eq!(&together, &sorted);
        // The list in another order has the same shards.
        let mut turned = paths.clone();
        turned.rotate_left(turn.min(paths.len()));
        let turned = all(&turned);
        for k in 1..=n {
            let ours = |all: &[Repository]| Shard { k, n }.of(all).into_iter().map(|r| r.name).collect::<Vec<_>>();
            prop_assert_eq!(ours(&whole), ours(&turned));
        }
        prop_assert_eq!(Shard { k: 1, n }.part(&whole), Shard { k: 1, n }.part(&turned));
    }
}
