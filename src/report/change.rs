//! What the reports of CI platforms have in common: which findings a change is about, and where a platform can show them.
//!
//! In: findings with a state. Out: those that the change brings, what stops it first, and a place in the tree that it ends
//! with. What lies in its history or in a message has no line that a platform could open.

use super::labels;
use super::run::Run;
use crate::blob::{Gap, GapKind};
use crate::finding::evidence::Evidence;
use crate::finding::{Finding, Location, State};
use crate::rule::Family;
use crate::text::escape;

/// What to do about something that the change brings and that cannot be looked at: not only to take it out again.
pub(super) fn help(gap: &Gap) -> String {
    let help = gap.help();
    match gap.kind {
        GapKind::Archive | GapKind::Submodule | GapKind::LfsPointer => format!(
            "{help} If it may stay, accept it in leaktight.toml: [[gap]] with kind = \"{}\", path and reason; it counts once it is \
             in the base.",
            gap.kind.name()
        ),
        _ => help.to_owned(),
    }
}

/// Whether the change brings it, listed or not.
pub(super) fn is_brought(run: &Run<'_>, f: &Finding) -> bool {
    let of_change = f.state.is_none_or(State::is_from_change) && run.rules.rule(f.rule).family != Family::Policy;
    of_change || run.fails(f)
}

/// Findings that the change brings and that are listed: what gates first, then as the report has them.
pub(super) fn brought<'a>(run: &Run<'a>) -> Vec<&'a Finding> {
    let mut all: Vec<&Finding> = run.shown().filter(|f| is_brought(run, f)).collect();
    all.sort_by_key(|f| !run.fails(f));
    all
}

/// What the change would change in the policy: notices, not findings in its content.
pub(super) fn notices<'a>(run: &Run<'a>) -> Vec<&'a Finding> {
    run.shown().filter(|f| run.rules.rule(f.rule).family == Family::Policy && !run.fails(f)).collect()
}

/// Findings that were there before, and those that only moved.
pub(super) fn before(run: &Run<'_>) -> usize {
    run.shown().filter(|f| f.state.is_some_and(|s| !s.is_from_change()) && !run.fails(f)).count()
}

/// Where it stands in the tree that the change ends with.
pub(super) fn at_the_end(f: &Finding) -> Option<&Location> {
    if f.state == Some(State::RemovedAgain) {
        return None;
    }
    let named = std::iter::once(&f.location).chain(&f.also).filter(|l| l.origin.path().is_some_and(|p| !p.is_empty()));
    let mut there = named.filter(|place| place.origin.is_in_tree());
    there.next()
}

/// The path of its primary place, or a name for what has none: for formats that demand a file.
pub(super) fn file(f: &Finding) -> String {
    let place = at_the_end(f).unwrap_or(&f.location);
    match (place.origin.git(), place.origin.path()) {
        (_, Some(path)) if !path.is_empty() => {
            let path = path.strip_prefix(b"./").unwrap_or(path);
            escape::terminal(path).into_owned()
        }
        (Some(git), _) => {
            let id = git.commit.as_deref().or(git.object.as_deref()).unwrap_or("unknown");
            format!(".git/{}/{}", git.kind.name(), escape::terminal(id.as_bytes()))
        }
        _ => place.origin.kind().to_owned(),
    }
}

/// Where it is, in words: with the commit where it is not in the final tree.
pub(super) fn place(f: &Finding) -> String {
    match at_the_end(f) {
        Some(place) if place.origin.part().is_none() => {
            let path = place.origin.path().map(labels::path).unwrap_or_default();
            format!("{path}:{}:{}", place.line, place.column)
        }
        _ => labels::place(&f.location),
    }
}

/// What its state means for the reader.
pub(super) fn state(f: &Finding) -> &'static str {
    f.state.map_or("", State::name)
}

/// What to do about a secret that is in the history of the change only.
pub(super) const REMOVED_AGAIN: &str = "It was taken away again, but it stays in the history of this change: rotate it, \
                                        and rewrite the branch before merging.";

/// Why we think so, without the details, which may be somebody's text.
pub(super) fn why(f: &Finding) -> String {
    f.evidence.iter().map(|e| Evidence::new(e.reason).text().into_owned()).collect::<Vec<_>>().join(", ")
}
