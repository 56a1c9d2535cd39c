//! Places in SARIF: physical ones that code scanning shows, logical ones for what has no file.
//!
//! In: a [`Location`]. Out: a relative, percent-encoded URI with a region; for what a repository keeps, commit, object and
//! references in `properties` and as logical locations, and the repository's name before the path in a run over several.
//! What has no path gets a URI that says what it is. No URI is absolute and none leads out of the root.

use super::parts::{ROOT, bag, message, number, plain};
use crate::blob::{GitKind, GitPlace};
use crate::finding::{Finding, Life, Location, Snippet, State};
use crate::text::escape;
use crate::time;
use serde_json::{Value, json};
use serde_sarif::sarif;

/// The primary place of a finding, with the masked lines around it.
pub(super) fn primary(f: &Finding) -> sarif::Location {
    let mut place = location(&f.location);
    if let Some(physical) = &mut place.physical_location {
        physical.context_region = context(&f.snippet, &f.location);
    }
    place
}

/// Another place.
pub(super) fn related_location(index: usize, place: &Location, text: &str) -> sarif::Location {
    let text = if text.is_empty() { "another part" } else { text };
    let mut shown = location(place);
    if let Some(bag) = &mut shown.properties {
        bag.additional_properties.insert("severity".into(), json!(place.severity.name()));
        bag.additional_properties.insert("environment".into(), json!(place.environment.name()));
    }
    sarif::Location { id: Some(number(index as u64 + 1, 1)), message: Some(message(&plain(text))), ..shown }
}

fn location(place: &Location) -> sarif::Location {
    let part = place.origin.part();
    let uri = match place.origin.git() {
        Some(git) => git_uri(git),
        None => match place.origin.path() {
            Some(path) => escape::uri_path(path.strip_prefix(b"./").unwrap_or(path)),
            None => place.origin.kind().to_owned(),
        },
    };
    let uri = if uri.is_empty() { ".".to_owned() } else { uri };
    // A name or the target of a link is no content of the file: its first line stands for it.
    let region = match part {
        Some(_) => sarif::Region {
            start_line: Some(1),
            start_column: Some(1),
            end_line: Some(1),
            end_column: Some(1),
            ..Default::default()
        },
        None => region(place),
    };
    let (logical, properties) = match place.origin.git() {
        Some(git) => (logical(git), properties(git, place.state)),
        None => (part.into_iter().map(|part| logical_part(part, &uri)).collect(), None),
    };
    // What has no place in the tree is not relative to its root.
    let base = (place.origin.git().is_some() || place.origin.path().is_some()).then(|| ROOT.to_owned());
    sarif::Location {
        physical_location: Some(sarif::PhysicalLocation {
            artifact_location: Some(sarif::ArtifactLocation {
                uri: Some(uri),
                uri_base_id: base,
                ..Default::default()
            }),
            region: Some(region),
            ..Default::default()
        }),
        logical_locations: (!logical.is_empty()).then_some(logical),
        properties,
        ..Default::default()
    }
}

/// The path in its repository; of what has none, what it is and its id.
fn git_uri(git: &GitPlace) -> String {
    let named = match (&git.path, git.kind) {
        (Some(path), _) => escape::uri_path(path.strip_prefix(b"./").unwrap_or(path)),
        (None, GitKind::Ref) => format!(".git/{}", git.refs.first().map(|r| escape::uri_path(r)).unwrap_or_default()),
        (None, kind) => {
            let id = git.commit.as_deref().or(git.object.as_deref()).unwrap_or_default();
            format!(".git/{}/{}", kind.name(), escape::uri_path(id.as_bytes()))
        }
    };
    if git.repo.is_empty() { named } else { format!("{}/{named}", escape::uri_path(&git.repo)) }
}

fn logical_part(kind: &str, name: &str) -> sarif::LogicalLocation {
    sarif::LogicalLocation { kind: Some(kind.into()), name: Some(name.into()), ..Default::default() }
}

/// Commit, object and references, each with the repository before it where there are several.
fn logical(git: &GitPlace) -> Vec<sarif::LogicalLocation> {
    let repo = escape::terminal(&git.repo);
    let one = |kind: &str, name: &str| {
        let full = if repo.is_empty() { name.to_owned() } else { format!("{repo}:{name}") };
        sarif::LogicalLocation { fully_qualified_name: Some(full), ..logical_part(kind, name) }
    };
    let mut out = Vec::new();
    let mut push = |kind, name: &[u8]| {
        if !name.is_empty() {
            out.push(one(kind, &escape::terminal(name)));
        }
    };
    push("repository", &git.repo);
    push("commit", git.commit.as_deref().unwrap_or_default().as_bytes());
    push("object", git.object.as_deref().unwrap_or_default().as_bytes());
    git.refs.iter().for_each(|r| push("ref", r));
    out
}

fn properties(git: &GitPlace, state: Option<State>) -> Option<sarif::PropertyBag> {
    let mut all = vec![("kind", json!(git.kind.name())), ("reach", json!(git.reach.name()))];
    all.extend(state.map(|state| ("state", json!(state.name()))));
    let mut text = |name, value: Option<&[u8]>| {
        all.extend(value.filter(|v| !v.is_empty()).map(|v| (name, json!(escape::terminal(v)))));
    };
    text("repo", Some(&git.repo));
    text("commit", git.commit.as_deref().map(str::as_bytes));
    text("object", git.object.as_deref().map(str::as_bytes));
    text("author", git.author.as_deref());
    text("date", git.date.as_deref().map(str::as_bytes));
    let refs: Vec<_> = git.refs.iter().filter(|r| !r.is_empty()).map(|r| escape::terminal(r)).collect();
    if !refs.is_empty() {
        all.push(("refs", json!(refs)));
    }
    Some(bag(all))
}

/// The life of a secret, for the properties of a result.
pub(super) fn life(life: &Life) -> Value {
    let texts = |list: &[Vec<u8>]| -> Vec<String> {
        list.iter().filter(|t| !t.is_empty()).map(|t| escape::terminal(t).into_owned()).collect()
    };
    let commits = |list: &[String]| -> Vec<String> {
        list.iter().filter(|t| !t.is_empty()).map(|t| escape::terminal(t.as_bytes()).into_owned()).collect()
    };
    json!({
        "first": life.first.map(time::date_time),
        "last": life.last.map(time::date_time),
        "introduced": commits(&life.introduced),
        "removed": commits(&life.removed),
        "inHead": life.in_head,
        "refs": texts(&life.refs),
        "refsTotal": life.more_refs.saturating_add(life.refs.len() as u64),
        "tags": texts(&life.tags),
        "tagsTotal": life.more_tags.saturating_add(life.tags.len() as u64),
        "authors": texts(&life.authors),
        "days": life.days,
        "objects": life.objects,
        "reach": life.reach.iter().map(|r| r.name()).collect::<Vec<_>>(),
    })
}

fn region(place: &Location) -> sarif::Region {
    let (line, column) = (number(place.line, 1), number(place.column, 1));
    let end_line = number(place.end_line, 1).max(line);
    let end_column = number(place.end_column, 1);
    sarif::Region {
        start_line: Some(line),
        start_column: Some(column),
        end_line: Some(end_line),
        end_column: Some(if end_line == line { end_column.max(column) } else { end_column }),
        byte_offset: Some(number(place.byte_offset, 0)),
        byte_length: Some(number(place.byte_length, 0)),
        ..Default::default()
    }
}

/// The masked lines around it, if they hold the whole region, as the standard demands.
fn context(snippet: &Snippet, place: &Location) -> Option<sarif::Region> {
    let last = snippet.first_line.checked_add(snippet.lines.len() as u64)?.checked_sub(1)?;
    let holds = snippet.first_line >= 1 && snippet.first_line <= place.line && place.end_line <= last;
    let content = match place.origin.git() {
        Some(git) => matches!(git.kind, GitKind::Index | GitKind::Commit | GitKind::Object | GitKind::Message),
        None => place.origin.part().is_none(),
    };
    (holds && content && !snippet.lines.is_empty()).then(|| sarif::Region {
        start_line: Some(number(snippet.first_line, 1)),
        end_line: Some(number(last, 1)),
        snippet: Some(sarif::ArtifactContent { text: Some(snippet.lines.join("\n")), ..Default::default() }),
        ..Default::default()
    })
}
