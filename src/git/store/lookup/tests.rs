use super::*;
use crate::git::fixture::Repo;

#[test]
fn a_store_of_which_too_much_was_made_gives_nothing_more_until_it_starts_again() {
    let repo = Repo::new(&[]);
    repo.file("f", "x\n");
    repo.git(&["add", "f"]);
    repo.git(&["commit", "-q", "-m", "m"]);
    let id = ObjectId::from_hex(repo.git(&["rev-parse", "HEAD"]).as_bytes()).expect("an id");
    repo.git(&["repack", "-q", "-a", "-d"]);
    let (lookup, _) = Lookup::open(&[repo.path().join(".git/objects")], HashKind::Sha1);
    assert_eq!(lookup.read(&id).map(|o| o.0), Ok(Kind::Commit));
    lookup.start_again();
    lookup.made.store(most_made(0), Relaxed);
    assert!(!lookup.is_exhausted());
    let lost = lookup.read(&id).expect_err("a limit");
    assert_eq!((&lost, lost.gap("x").kind), (&Lost::TooMuch, GapKind::Limit));
    lookup.start_again();
    assert_eq!(lookup.read(&id).map(|o| o.0), Ok(Kind::Commit));
}
