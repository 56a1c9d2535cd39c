//! GitHub Actions: the event's file says what is new.
//!
//! In: the event's name and JSON, as GitHub documents them. Out: a [`Plan`]. The base of a pull request is the one that
//! GitHub's merge commit (GITHUB_SHA) names, where it is in the checkout: `pull_request.base.sha` stays what it was when
//! the request was opened or last pushed to. A head that is not in the checkout is never replaced by HEAD: for `pull_request_target` that
//! is the base itself, and the range would be empty.

use super::{CiEnv, CiFlags, Plan, PlanError, Push, Scope, absent, is_id, is_zero};
use crate::change::Range;
use crate::text::escape;
use serde_json::Value;

/// Reads the event's file.
///
/// # Errors
/// When it is no JSON object.
pub fn event(bytes: &[u8]) -> Result<Value, PlanError> {
    let event: Value = serde_json::from_slice(bytes)
        .map_err(|e| PlanError(format!("it is no JSON (line {} column {})", e.line(), e.column())))?;
    if !event.is_object() {
        return Err(PlanError("it holds no JSON object".into()));
    }
    Ok(event)
}

/// What an event asks to look at.
///
/// # Errors
/// When the event lacks what its kind always has.
pub fn plan(name: &str, event: &Value, asked: &CiFlags, around: &CiEnv<'_>) -> Result<Plan, PlanError> {
    let plan = match name {
        "merge_group" => merge_group(event)?.plan(around),
        "push" => push(event, around)?,
        _ if event.get("pull_request").is_some_and(Value::is_object) => pull_request(event, around)?,
        "pull_request" | "pull_request_target" => return Err(missing("pull_request")),
        _ => whole(name, event, around),
    };
    Ok(plan.asked(asked, around))
}

fn missing(field: &str) -> PlanError {
    PlanError(format!("it has no usable `{field}`; is it the file that GITHUB_EVENT_PATH names for this event?"))
}

fn text<'a>(event: &'a Value, field: &str) -> Option<&'a str> {
    event.pointer(&format!("/{}", field.replace('.', "/"))).and_then(Value::as_str).filter(|t| !t.is_empty())
}

fn id<'a>(event: &'a Value, field: &str) -> Result<&'a str, PlanError> {
    text(event, field).filter(|t| is_id(t)).ok_or_else(|| missing(field))
}

/// Whether the change comes from another repository: GitHub then gives a token that may only read.
fn is_fork(event: &Value) -> bool {
    let head = text(event, "pull_request.head.repo.full_name");
    let base = text(event, "pull_request.base.repo.full_name").or_else(|| text(event, "repository.full_name"));
    head.is_none() || head != base
}

fn pull_request(event: &Value, around: &CiEnv<'_>) -> Result<Plan, PlanError> {
    let (base, head) = (id(event, "pull_request.base.sha")?, id(event, "pull_request.head.sha")?);
    let number = event.pointer("/pull_request/number").or_else(|| event.get("number")).and_then(Value::as_u64);
    let about = number.map_or_else(|| "pull request".to_owned(), |n| format!("pull request {n}"));
    let mut plan = Plan::new(about, absent(head));
    plan.fork = is_fork(event);
    if (around.resolve)(head).is_none() {
        return Ok(plan);
    }
    // GitHub's own merge (refs/pull/N/merge): its first parent is the base as it was when the run began.
    let current = around.merged_with(around.text("GITHUB_SHA"), head);
    let branch = text(event, "pull_request.base.ref").filter(|_| !plan.fork).and_then(|name| around.remote_tip(name));
    let known: Vec<String> = [Some(base.to_owned()), branch].into_iter().flatten().collect();
    let mut texts = Vec::new();
    for name in ["title", "body"] {
        if let Some(found) = text(event, &format!("pull_request.{name}")) {
            texts.push((name.to_owned(), found.as_bytes().to_vec()));
        }
    }
    let refs = text(event, "pull_request.head.ref").map(|r| format!("refs/heads/{r}").into_bytes());
    plan.look = Scope::Range(Range {
        bases: vec![current.unwrap_or_else(|| base.to_owned())],
        known,
        heads: vec![head.to_owned()],
        refs: refs.into_iter().collect(),
        texts,
        unrelated: false,
    });
    Ok(plan)
}

/// A group of a merge queue: what it adds to its base.
struct Group<'a> {
    base: &'a str,
    head: &'a str,
    name: Option<&'a str>,
}

fn merge_group(event: &Value) -> Result<Group<'_>, PlanError> {
    Ok(Group {
        base: id(event, "merge_group.base_sha")?,
        head: id(event, "merge_group.head_sha")?,
        name: text(event, "merge_group.head_ref"),
    })
}

impl Group<'_> {
    fn plan(&self, around: &CiEnv<'_>) -> Plan {
        let look = match (around.resolve)(self.head) {
            None => absent(self.head),
            Some(_) => Scope::Range(Range {
                bases: vec![self.base.to_owned()],
                heads: vec![self.head.to_owned()],
                refs: self.name.iter().map(|n| n.as_bytes().to_vec()).collect(),
                ..Range::default()
            }),
        };
        Plan::new("merge group", look)
    }
}

fn push(event: &Value, around: &CiEnv<'_>) -> Result<Plan, PlanError> {
    let id = |field| {
        let given = text(event, field).filter(|t| is_id(t) || is_zero(t));
        given.ok_or_else(|| missing(field))
    };
    let push = Push {
        name: text(event, "ref").ok_or_else(|| missing("ref"))?,
        before: id("before")?,
        after: id("after")?,
        default: text(event, "repository.default_branch"),
    };
    Ok(push.plan(around))
}

/// An event that brings no change: everything that the checkout's commit reaches.
fn whole(name: &str, event: &Value, around: &CiEnv<'_>) -> Plan {
    let about = match name {
        "schedule" => "scheduled run",
        "workflow_dispatch" => "run by hand",
        _ => "run",
    };
    let mut plan = Plan::whole(about, "HEAD", around);
    if !matches!(name, "schedule" | "workflow_dispatch") {
        let name: String = name.chars().take(100).collect();
        plan.notes.push(format!("the event `{}` says nothing about a change", escape::terminal(name.as_bytes())));
    }
    // A scheduled run is one of the default branch; any other ref takes its policy from there.
    let default = text(event, "repository.default_branch").and_then(|name| around.tip(name));
    plan.policy = default.or_else(|| (name == "schedule").then(|| "HEAD".to_owned()));
    plan
}
