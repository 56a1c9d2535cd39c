//! Outcomes of a history for tests: places in repositories, lives, and hostile text in both.

use super::{finding, hostile, snippet};
use crate::finding::{Covered, Life, Location, Outcome};
use crate::rule::RuleSet;
use crate::source::{GitKind, GitPlace, Origin, Reach};
use std::sync::Arc;

/// A place in a repository; an empty name is that of a run over one.
pub(crate) fn git_at(repo: &str, path: &[u8], commit: u8, reach: Reach) -> Location {
    let id = |byte: u8| Arc::<str>::from(format!("{byte:02x}").repeat(20).as_str());
    Location {
        state: None,
        origin: Origin::Git(Arc::new(GitPlace {
            reach,
            kind: if reach == Reach::Unreachable { GitKind::Object } else { GitKind::Commit },
            repo: repo.as_bytes().into(),
            path: Some(path.into()),
            commit: (reach != Reach::Unreachable).then(|| id(commit)),
            object: Some(id(commit.wrapping_add(100))),
            refs: vec![b"refs/heads/main".as_slice().into()],
            author: Some(b"Ada <ada@example.org>".as_slice().into()),
            date: Some("2019-03-02T10:20:30+01:00".into()),
        })),
        byte_offset: 120,
        byte_length: 40,
        line: 4,
        column: 7,
        end_line: 4,
        end_column: 47,
    }
}

/// A life that ended, or that goes on in HEAD.
fn life(commit: u8, in_head: bool) -> Life {
    let id = |byte: u8| format!("{byte:02x}").repeat(20);
    Life {
        first: Some(1_551_521_400 + i64::from(commit)),
        last: Some(1_587_895_200),
        authored: Some((1_551_521_400, 1_587_895_200)),
        introduced: vec![id(commit), id(commit.wrapping_add(1))],
        removed: if in_head { Vec::new() } else { vec![id(commit.wrapping_add(2))] },
        in_head,
        refs: if in_head { vec![b"refs/heads/main".to_vec()] } else { Vec::new() },
        more_refs: 0,
        tags: vec![b"refs/tags/v1".to_vec()],
        more_tags: 0,
        authors: vec![b"Ada <ada@example.org>".to_vec()],
        days: 421,
        objects: 12,
        reach: vec![if in_head { Reach::Head } else { Reach::Tag }],
    }
}

/// What a scan of one repository finds: a secret that HEAD holds, one of the past, one that nothing refers to.
pub(crate) fn history(rules: &RuleSet, repo: &str, seeds: [u64; 3]) -> Outcome {
    let lines = ["# release", "export GITHUB_TOKEN=ghp_…x7 # bot", "npm publish"];
    let findings = seeds.into_iter().enumerate().map(|(n, seed)| {
        let commit = u8::try_from(seed % 50).unwrap_or(0);
        let reach = [Reach::Head, Reach::Tag, Reach::Unreachable][n % 3];
        let place = git_at(repo, format!("deploy/{n}.sh").as_bytes(), commit, reach);
        let mut f = finding(rules, "github-pat", seed, place, snippet(3, &lines, 1, "ghp_…x7"));
        f.also = (0..n as u8 * 60).map(|i| git_at(repo, format!("old/{i}.sh").as_bytes(), i, Reach::Tag)).collect();
        f.also.sort();
        f.life = Some(match reach {
            Reach::Unreachable => Life { objects: 1, reach: vec![reach], ..Life::default() },
            _ => life(commit, reach == Reach::Head),
        });
        f
    });
    Outcome {
        findings: findings.collect(),
        gaps: Vec::new(),
        covered: Covered {
            bytes: 12_345_678,
            repositories: 1,
            blobs: 1234,
            trees: 567,
            commits: 89,
            tags: 2,
            refs: 5,
            ..Covered::default()
        },
        weak_ids: false,
        ..Outcome::default()
    }
}

/// The hostile outcome with its places in a repository, every text of which is hostile, too.
pub(crate) fn hostile_history(rules: &RuleSet) -> Outcome {
    let mut outcome = hostile(rules);
    let Some(evil) = outcome.gaps.first().map(|g| g.what.clone()) else { return outcome };
    let text = String::from_utf8_lossy(&evil).into_owned();
    let to_git = |place: &mut Location, n: usize| {
        let named = place.origin.path().map(Into::into);
        place.origin = Origin::Git(Arc::new(GitPlace {
            reach: Reach::ALL[n % Reach::ALL.len()],
            kind: GitKind::ALL[n % GitKind::ALL.len()],
            repo: evil.as_slice().into(),
            path: named,
            commit: Some(text.as_str().into()),
            object: n.is_multiple_of(2).then(|| text.as_str().into()),
            refs: vec![evil.as_slice().into(), b"refs/heads/a".as_slice().into()],
            author: Some(evil.as_slice().into()),
            date: Some(text.as_str().into()),
        }));
    };
    for (n, f) in outcome.findings.iter_mut().enumerate() {
        to_git(&mut f.location, n);
        f.also.iter_mut().for_each(|l| to_git(l, n + 1));
        f.related.iter_mut().for_each(|r| to_git(&mut r.location, n + 2));
        // The engine takes lines without line ends only.
        f.snippet.lines.iter_mut().for_each(|l| *l = l.replace('\n', " "));
        f.life = Some(Life {
            first: Some(if n % 2 == 0 { i64::MIN } else { 0 }),
            last: Some(i64::MAX),
            authored: Some((i64::MIN, 5)),
            introduced: vec![text.clone()],
            removed: vec![text.clone(); 9],
            in_head: n % 2 == 0,
            refs: vec![evil.clone(); 9],
            more_refs: 3,
            tags: vec![evil.clone()],
            more_tags: u64::MAX / 4,
            authors: vec![evil.clone(), b"plain".to_vec()],
            days: u64::MAX,
            objects: u64::MAX,
            reach: Reach::ALL.to_vec(),
        });
    }
    outcome.covered.commits = u64::MAX;
    outcome.covered.repositories = 2;
    outcome
}
