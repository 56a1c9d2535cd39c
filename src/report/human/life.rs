//! The life of a secret in plain words, for readers who do not know git.
//!
//! In: a finding of a history. Out: one sentence: since when, by whom, until when, where it still is, for how long and in
//! how many objects. Names, authors and references are somebody's text; every one of them is escaped.

use crate::blob::Reach;
use crate::finding::{Finding, Life};
use crate::report::labels;
use crate::report::tally::unreachable;
use crate::text::escape;
use crate::time;
use std::collections::BTreeSet;

/// Names of one kind that are listed.
const FEW: usize = 3;

/// The sentence; `None` for what has no life.
pub(super) fn story(f: &Finding) -> Option<String> {
    let life = f.life.as_ref()?;
    let mut parts = Vec::new();
    if let Some(first) = life.first {
        let commit = life.introduced.first().map(|c| format!(" in commit {}", commit(c))).unwrap_or_default();
        parts.push(format!("first seen {}{commit}{}", time::date(first), by(life)));
    }
    if !life.in_head {
        parts.extend(life.last.map(|last| format!("last seen {}", time::date(last))));
        if let Some(removed) = life.removed.first() {
            let more = more(life.removed.len() - 1, "another", "others");
            parts.push(format!("removed in commit {}{more}", commit(removed)));
        }
    }
    parts.push(today(life));
    if life.first.is_some() {
        parts.push(format!("exposed {}", labels::count(life.days, "day", "days")));
    }
    let objects = format!("in {}", labels::count(life.objects, "object", "objects"));
    let repositories = repositories(f);
    parts.push(match repositories {
        0 | 1 => objects,
        n => format!("{objects}, {}", labels::count(n as u64, "repository", "repositories")),
    });
    Some(parts.join("; "))
}

/// In how many repositories of the run it stands.
fn repositories(f: &Finding) -> usize {
    let names = f.also.iter().chain([&f.location]).filter_map(|place| place.origin.git()).map(|git| &git.repo);
    names.collect::<BTreeSet<_>>().len()
}

fn by(life: &Life) -> String {
    let Some(author) = life.authors.first() else { return String::new() };
    format!(" by {}{}", escape::terminal(author), more(life.authors.len() - 1, "another", "others"))
}

/// Where it is now.
fn today(life: &Life) -> String {
    let mut places = Vec::new();
    if life.in_head {
        places.push("still in HEAD".to_owned());
    }
    let of_refs = (&life.refs, life.more_refs, "other reference", "other references");
    for (names, more, one, several) in [of_refs, (&life.tags, life.more_tags, "other tag", "other tags")] {
        places.extend(names.iter().take(FEW).map(|name| format!("in {}", reference(name))));
        let left = more.saturating_add(names.len().saturating_sub(FEW) as u64);
        if left > 0 {
            places.push(format!("in {}", labels::count(left, one, several)));
        }
    }
    if !places.is_empty() {
        return places.join(", ");
    }
    if unreachable(life) {
        return "nothing refers to it any more, and it is still stored".into();
    }
    let way = match life.reach.iter().min() {
        Some(Reach::Tag) => "of a tag",
        Some(Reach::Stash) => "of the stash",
        Some(Reach::Note) => "of notes",
        Some(Reach::Reflog) => "of a reflog only",
        Some(Reach::Replace) => "of a replaced object",
        Some(Reach::Other) => "of another reference",
        _ => "of a branch",
    };
    format!("only in the past {way}")
}

/// `abc1234567`, with its repository where there are several.
fn commit(id: &str) -> String {
    let (repo, id) = match id.rsplit_once(':') {
        Some((repo, id)) => (Some(repo), id),
        None => (None, id),
    };
    let short: String = id.chars().take(labels::SHORT_ID).collect();
    let short = escape::terminal(short.as_bytes()).into_owned();
    match repo {
        Some(repo) => format!("{short} of {}", escape::terminal(repo.as_bytes())),
        None => short,
    }
}

/// `branch main`, with its repository where there are several.
fn reference(name: &[u8]) -> String {
    let text = escape::terminal(name);
    let (repo, full) = match text.split_once(":refs/") {
        Some((repo, rest)) => (Some(repo), format!("refs/{rest}")),
        // A name of git's own; none of them has a colon.
        None => match text.rsplit_once(':') {
            Some((repo, name)) => (Some(repo), name.to_owned()),
            None => (None, text.clone().into_owned()),
        },
    };
    let kinds = [("refs/heads/", "branch"), ("refs/remotes/", "remote branch"), ("refs/tags/", "tag")];
    let known = kinds.iter().find_map(|(start, kind)| Some(format!("{kind} {}", full.strip_prefix(start)?)));
    let shown = known.unwrap_or_else(|| if full == "index" { "the index".into() } else { full });
    match repo {
        Some(repo) => format!("{shown} of {repo}"),
        None => shown,
    }
}

fn more(n: usize, one: &str, many: &str) -> String {
    match n {
        0 => String::new(),
        1 => format!(" and {one}"),
        n => format!(" and {} {many}", labels::thousands(n as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;
    use crate::rule::RuleSet;

    #[test]
    fn a_life_reads_like_this() {
        let rules = RuleSet::builtin();
        let mut found = fixtures::history(&rules, "", [1, 2, 3]).findings;
        let told = |f: &Finding| story(f).unwrap();
        assert_eq!(
            told(&found[0]),
            "first seen 2019-03-02 in commit 0101010101 by Ada <ada@example.org>; still in HEAD, in branch main, in \
             tag v1; exposed 421 days; in 12 objects"
        );
        assert_eq!(
            told(&found[1]),
            "first seen 2019-03-02 in commit 0202020202 by Ada <ada@example.org>; last seen 2020-04-26; removed in \
             commit 0404040404; in tag v1; exposed 421 days; in 12 objects"
        );
        assert_eq!(told(&found[2]), "nothing refers to it any more, and it is still stored; in 1 object");
        found[1].also = vec![fixtures::git_at("b", b"x", 1, Reach::Tag), fixtures::git_at("c", b"x", 1, Reach::Tag)];
        let life = found[1].life.as_mut().unwrap();
        life.tags.clear();
        life.introduced = vec!["team/app:0123456789abcdef".into()];
        life.authors.push(b"\x1b[2J".to_vec());
        assert_eq!(
            told(&found[1]),
            "first seen 2019-03-02 in commit 0123456789 of team/app by Ada <ada@example.org> and another; last seen \
             2020-04-26; removed in commit 0404040404; only in the past of a tag; exposed 421 days; in 12 objects, \
             3 repositories"
        );
        assert_eq!((&*reference(b"index"), &*reference(b"team/app:index")), ("the index", "the index of team/app"));
        assert_eq!(reference(b"team/app:refs/remotes/o/x\x1b"), "remote branch o/x\\x1b of team/app");
    }
}
