//! Runs over several repositories with a scan that the test controls: failures, panics, interruption, shards.

use super::*;
use crate::report::human::Human;
use crate::report::run::{Command, Report as _, Run};
use crate::report::{Format, fixtures, sarif};
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

/// Folders that pass for repositories, and where results go.
struct Place {
    dir: tempfile::TempDir,
    rules: RuleSet,
    scanned: Mutex<Vec<String>>,
    said: Mutex<Vec<String>>,
}

impl Place {
    fn new(names: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in names {
            fs::create_dir_all(dir.path().join(name).join(".git/refs/heads")).unwrap();
            fs::write(dir.path().join(name).join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        }
        Self { dir, rules: RuleSet::builtin(), scanned: Mutex::default(), said: Mutex::default() }
    }

    fn repositories(&self, names: &[&str]) -> Vec<Repository> {
        let paths: Vec<PathBuf> = names.iter().map(|n| self.dir.path().join(n)).collect();
        named(&paths, paths.len(), &|_| None)
    }

    fn work(&self) -> Work {
        Work::open(&self.dir.path().join("work")).unwrap()
    }

    /// A scan whose result follows from the name; `bad` panics and `gone` does not open.
    fn scan(&self, repo: &Path, options: &Options) -> Result<Outcome, RequestError> {
        let name = String::from_utf8(options.name.clone()).unwrap();
        self.scanned.lock().unwrap().push(name.clone());
        let folder = repo.file_name().unwrap().to_str().unwrap();
        assert_ne!(folder, "bad");
        if folder == "gone" {
            return Err(RequestError(format!("{}: is no git repository", repo.display())));
        }
        let seed = u64::from(folder.bytes().last().unwrap());
        let mut outcome = fixtures::history(&self.rules, &name, [seed % 3, seed % 5, seed % 7]);
        outcome.gaps.push(Gap { kind: GapKind::Shallow, what: b"x".to_vec(), why: "cut off".into(), blocks: true });
        Ok(outcome)
    }

    fn run(
        &self,
        all: &[Repository],
        work: Option<&Work>,
        resume: bool,
        shard: Option<Shard>,
    ) -> (Vec<String>, Result<Outcome, RequestError>) {
        let ours = shard.map_or_else(|| all.to_vec(), |s| s.of(all));
        let request = Request {
            rules: &self.rules,
            repositories: &ours,
            several: all.len() > 1,
            shard: shard.is_some(),
            options: &Options {
                run: RunOptions { threads: 3, now: 1_795_219_200, ..RunOptions::default() },
                ..Options::default()
            },
            work,
            resume,
            progress: false,
            scan: &|repo, options, _| self.scan(repo, options),
            say: &|text| self.said.lock().unwrap().push(text.to_owned()),
        };
        let outcome = run(&request);
        let mut names: Vec<String> = ours.into_iter().map(|r| r.name).collect();
        names.sort();
        (names, outcome)
    }

    /// Every report, one after the other.
    fn reports(&self, (names, outcome): &(Vec<String>, Result<Outcome, RequestError>)) -> String {
        let target = target(names);
        let mut run = Run::new(Command::History, &target, &self.rules, outcome.as_ref().unwrap());
        run.repositories = names;
        let mut out = Vec::new();
        for format in Format::ALL.iter().copied() {
            format.report(&Human::default()).write(&run, &mut out).unwrap();
        }
        sarif::Sarif.write(&run, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}

const FIVE: [&str; 5] = ["a/app", "b/app", "lib", "tool", "web"];

#[test]
fn shards_merge_into_the_report_of_one_run() {
    let place = Place::new(&FIVE);
    let all = place.repositories(&FIVE);
    let whole = place.reports(&place.run(&all, None, false, None));
    assert!(whole.contains("a/app/deploy/0.sh") && !whole.contains(&*place.dir.path().to_string_lossy()));
    for n in [1, 2, 4] {
        let mut names = Vec::new();
        let mut parts = Vec::new();
        for k in 1..=n {
            let (ours, outcome) = place.run(&all, None, false, Some(format!("{k}/{n}").parse().unwrap()));
            let outcome = outcome.unwrap();
            let mut run = Run::new(Command::History, "x", &place.rules, &outcome);
            run.also_limit = None;
            let mut json = Vec::new();
            crate::report::json::Json.write(&run, &mut json).unwrap();
            parts.insert(0, Reader::new(&place.rules).read(&json).unwrap().outcome);
            names.extend(ours);
        }
        names.sort();
        let merged = place.reports(&(names, Ok(merge(parts))));
        assert_eq!(merged, whole, "{n} shards");
    }
}

#[test]
fn one_that_fails_is_a_gap_and_stops_no_other() {
    let names = ["one", "gone", "bad", "two"];
    let place = Place::new(&names);
    let all = place.repositories(&names);
    let outcome = place.run(&all, None, false, None).1.unwrap();
    assert_eq!(outcome.covered.repositories, 2);
    let gaps: Vec<_> =
        outcome.gaps.iter().map(|g| (g.kind.name(), String::from_utf8_lossy(&g.what), g.why.as_str())).collect();
    assert_eq!(
        gaps,
        [
            ("shallow", "one: x".into(), "cut off"),
            ("shallow", "two: x".into(), "cut off"),
            ("repository", "bad".into(), "a bug of leaktight stopped its scan"),
            ("repository", "gone".into(), "is no git repository"),
        ]
    );
    assert!(!outcome.complete());
    let alone = place.repositories(&["gone"]);
    assert!(place.run(&alone, None, false, None).1.is_err());
    let outcome = place.run(&place.repositories(&["bad"]), None, false, None).1.unwrap();
    assert!(!outcome.complete(), "a panic is a gap, not a wrong request");
    let [gone] = &place.repositories(&["gone"])[..] else { panic!("one") };
    let none = [gone.clone(), Repository { name: "gone2".into(), ..gone.clone() }];
    assert!(place.run(&none, None, false, None).1.is_err(), "none could be opened");
}

#[test]
fn what_was_interrupted_is_taken_up_with_the_same_bytes() {
    let place = Place::new(&FIVE);
    let all = place.repositories(&FIVE);
    let whole = place.reports(&place.run(&all, None, false, None));
    let work = place.work();
    // As after an interruption: some results are there, one is half a file of the time before results were whole.
    drop(place.run(&all, Some(&work), false, None));
    let file = |name: &str| {
        let hash = blake3::hash(name.as_bytes()).to_hex();
        place.dir.path().join("work").join(format!("{}.json", &hash[..32]))
    };
    fs::remove_file(file("lib")).unwrap();
    let half = fs::read(file("tool")).unwrap();
    fs::write(file("tool"), &half[..half.len() / 2]).unwrap();
    // And one repository has changed.
    fs::write(place.dir.path().join("web/.git/refs/heads/main"), "1").unwrap();
    place.scanned.lock().unwrap().clear();
    place.said.lock().unwrap().clear();
    let resumed = place.run(&all, Some(&work), true, None);
    let mut scanned = place.scanned.lock().unwrap().clone();
    scanned.sort();
    assert_eq!(scanned, ["lib", "tool", "web"]);
    let said = place.said.lock().unwrap().join("\n");
    assert!(said.contains("tool: scanned again, because its result is not a JSON report"), "{said}");
    assert!(said.contains("web: scanned again, because its result is of another state"), "{said}");
    assert!(said.contains("2 of 5 repositories were scanned before"), "{said}");
    assert_eq!(place.reports(&resumed), whole);
    place.scanned.lock().unwrap().clear();
    let again = place.run(&all, Some(&work), true, None);
    assert!(place.scanned.lock().unwrap().is_empty());
    assert_eq!(place.reports(&again), whole);
    work.clear(&all);
    assert!(!place.dir.path().join("work").exists(), "nothing is left");
}

#[test]
fn results_are_taken_only_if_they_were_made_in_the_same_way() {
    let place = Place::new(&["one"]);
    let [repository] = &place.repositories(&["one"])[..] else { panic!("one") };
    let base = Options { run: RunOptions { threads: 1, now: 5, ..RunOptions::default() }, ..Options::default() };
    let with = |run: RunOptions| Options { run, ..base.clone() };
    let work = place.work();
    let reader = Reader::new(&place.rules);
    let outcome = fixtures::history(&place.rules, "", [1, 2, 3]);
    work.save(repository, &outcome, made(&base, repository), &place.rules).unwrap();
    let load = |options: &Options| work.load(repository, &made(options, repository), &reader).map(|o| o.is_some());
    assert_eq!(load(&base), Ok(true));
    assert_eq!(load(&with(RunOptions { threads: 9, ..base.run.clone() })), Ok(true), "threads decide nothing");
    assert!(load(&with(RunOptions { now: 6, ..base.run.clone() })).unwrap_err().contains("--now"));
    assert!(load(&with(RunOptions { strict: true, ..base.run.clone() })).unwrap_err().contains("other flags"));
    assert!(load(&Options { alternates: vec!["x".into()], ..base.clone() }).is_err());
    let mut keys = base.run.keys.clone();
    keys.organisation = Some([7; 32]);
    assert!(load(&with(RunOptions { keys: keys.clone(), ..base.run.clone() })).unwrap_err().contains("key"));
    keys.organisation = None;
    keys.salt = Some([7; 32]);
    assert!(load(&with(RunOptions { keys, ..base.run.clone() })).is_err());
    let text = fs::read_to_string(work_file(&place)).unwrap();
    assert!(!text.contains(&*place.dir.path().to_string_lossy()), "no place on this machine");
}

#[test]
fn why_one_failed_says_nothing_of_this_machine() {
    let place = Place::new(&["deep/one"]);
    let [one] = &place.repositories(&["deep/../deep/one"])[..] else { panic!("one") };
    let whole = fs::canonicalize(&one.path).unwrap();
    for path in [&one.path, &whole] {
        let gap = failed(one, &format!("{}: cannot read {}/.git", path.display(), path.display()));
        assert_eq!(gap.why, "cannot read one/.git");
    }
    let here = Repository { path: ".".into(), name: "here".into(), listed: false };
    assert_eq!(failed(&here, ".: no such thing. Or is there?").why, "no such thing. Or is there?");
}

fn work_file(place: &Place) -> PathBuf {
    let mut all = fs::read_dir(place.dir.path().join("work")).unwrap().map(|e| e.unwrap().path());
    all.find(|p| p.extension().is_some_and(|e| e == "json")).unwrap()
}

#[cfg(unix)]
#[test]
fn a_fifo_among_the_files_of_git_stops_no_run() {
    let place = Place::new(&["one"]);
    let [repository] = &place.repositories(&["one"])[..] else { panic!("one") };
    let options = Options::default();
    let before = made(&options, repository);
    for name in [".git/packed-refs", ".git/config", ".git/refs/x"] {
        let pipe = repository.path.join(name);
        fs::create_dir_all(pipe.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&pipe);
        crate::git::fixture::fifo(&pipe);
    }
    assert_eq!(made(&options, repository), before, "it holds nothing, and is not waited for");
}
