//! The gates from outside, over repositories that the real git makes: `staged` and `range` in every situation that a
//! contractor's machine and a hostile pull request bring, each with its exit code and states.

mod bypass;
mod coverage;
mod empty;
mod hostile_stores;
mod ids;
mod policy;
mod push;
mod range;
mod repo;
mod staged;
mod states;

use self::repo::{Repo, Said};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One line of the table: what is done in a new repository, and what the gate must say.
struct Situation {
    name: &'static str,
    /// Sets it up; gives the arguments of leaktight, in words, and what goes with them.
    make: fn(&Repo) -> Ask,
    code: i32,
    /// `state place` of each finding, sorted; `gap kind` of each gap that blocks.
    said: &'static [&'static str],
}

/// How leaktight is called.
#[derive(Default)]
struct Ask {
    args: Vec<String>,
    /// Folder, relative to that of the test; `r` is the repository.
    folder: Option<&'static str>,
    env: Vec<(&'static str, String)>,
    /// What git writes to the hook.
    input: String,
    /// Arguments of a `git push` to `server.git`, whose pre-receive hook it is that speaks.
    push: Option<Vec<String>>,
}

impl Ask {
    fn new(args: &[&str]) -> Self {
        Self { args: args.iter().map(|a| (*a).to_owned()).collect(), ..Self::default() }
    }

    fn staged() -> Self {
        Self::new(&["staged"])
    }

    fn range(range: &str) -> Self {
        Self::new(&["range", range])
    }

    fn push(args: &[&str]) -> Self {
        Self { push: Some(args.iter().map(|a| (*a).to_owned()).collect()), ..Self::default() }
    }

    fn within(self, folder: &'static str) -> Self {
        Self { folder: Some(folder), ..self }
    }

    fn env(mut self, name: &'static str, value: &str) -> Self {
        self.env.push((name, value.to_owned()));
        self
    }
}

/// Runs a table; every line that does not hold is named.
fn hold(table: &[Situation]) {
    hold_by(table, |said| &said.said);
}

/// The same, where each line names every place of every finding.
fn hold_places(table: &[Situation]) {
    hold_by(table, |said| &said.places);
}

fn hold_by(table: &[Situation], named: fn(&Said) -> &[String]) {
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(situation) = table.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let repo = Repo::new(&[]);
                    let ask = (situation.make)(&repo);
                    let got = repo.ask(&ask);
                    let said: Vec<&str> = named(&got).iter().map(String::as_str).collect();
                    if (got.code, said.as_slice()) != (situation.code, situation.said) {
                        failures.lock().unwrap().push(format!(
                            "{}: {} {:?} where {} {:?} must be\n{}",
                            situation.name, got.code, said, situation.code, situation.said, got.stderr
                        ));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), table.len(), failures.join("\n"));
}

#[test]
fn names_are_unique_and_there_are_enough() {
    let tables =
        [staged::TABLE, range::TABLE, push::TABLE, bypass::TABLE, empty::TABLE, states::TABLE, states::MADE_UP];
    let all: Vec<&str> = tables.into_iter().flatten().map(|s| s.name).collect();
    let mut unique = all.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), all.len());
    assert!(all.len() >= 60, "{}", all.len());
}
