//! GitLab CI: variables say what is new.
//!
//! In: the predefined variables. Out: a [`Plan`]. In a merge request's pipeline the base is the one that GitLab compares
//! with (`CI_MERGE_REQUEST_DIFF_BASE_SHA`); in one for merged results the head is that of the source branch, not the merge
//! that GitLab made for the pipeline.

use super::{CiEnv, CiFlags, Plan, PlanError, Push, Scope, absent, is_id};
use crate::change::Range;

/// What the variables ask to look at.
///
/// # Errors
/// When they lack what GitLab always gives.
pub fn plan(asked: &CiFlags, around: &CiEnv<'_>) -> Result<Plan, PlanError> {
    let commit = around.text("CI_COMMIT_SHA").filter(|id| is_id(id));
    let Some(commit) = commit.or_else(|| asked.head.clone()) else {
        return Err(PlanError(
            "CI_COMMIT_SHA is no commit's id: this is no job of GitLab CI; give --base and --head".into(),
        ));
    };
    let source = around.text("CI_PIPELINE_SOURCE").unwrap_or_default();
    let default = around.text("CI_DEFAULT_BRANCH");
    let plan = if around.text("CI_MERGE_REQUEST_IID").is_some() || source == "merge_request_event" {
        merge_request(&commit, around)?
    } else if matches!(source.as_str(), "push" | "external_pull_request_event" | "") {
        let before = around.text("CI_COMMIT_BEFORE_SHA").filter(|id| is_id(id)).unwrap_or_else(|| "0".repeat(40));
        let (tag, branch) = (around.text("CI_COMMIT_TAG"), around.text("CI_COMMIT_BRANCH"));
        let name = match (&tag, &branch) {
            (Some(tag), _) => format!("refs/tags/{tag}"),
            (None, Some(branch)) => format!("refs/heads/{branch}"),
            (None, None) => "HEAD".to_owned(),
        };
        // The tag itself, where it is there: an annotated one has a message.
        let after = if tag.is_some() && (around.resolve)(&name).is_some() { &name } else { &commit };
        Push { name: &name, before: &before, after, default: default.as_deref() }.plan(around)
    } else {
        let mut plan = Plan::whole("pipeline without a change", &commit, around);
        plan.policy = default.and_then(|name| around.tip(&name));
        plan
    };
    Ok(plan.asked(asked, around))
}

fn merge_request(commit: &str, around: &CiEnv<'_>) -> Result<Plan, PlanError> {
    let number = around.text("CI_MERGE_REQUEST_IID").filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
    let about = number.map_or_else(|| "merge request".to_owned(), |n| format!("merge request {n}"));
    let id = |name| around.text(name).filter(|id| is_id(id));
    // In a pipeline for merged results only; CI_COMMIT_SHA is the merge there.
    let (head, target) = (id("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"), id("CI_MERGE_REQUEST_TARGET_BRANCH_SHA"));
    let head = head.unwrap_or_else(|| commit.to_owned());
    let project = |name| around.text(&format!("CI_MERGE_REQUEST_{name}"));
    let fork = project("SOURCE_PROJECT_PATH").is_some_and(|source| Some(source) != project("PROJECT_PATH"));
    let branch = project("TARGET_BRANCH_NAME").filter(|_| !fork).and_then(|name| around.remote_tip(&name));
    let Some(base) = id("CI_MERGE_REQUEST_DIFF_BASE_SHA").or_else(|| target.clone()).or_else(|| branch.clone()) else {
        return Err(PlanError(
            "neither CI_MERGE_REQUEST_DIFF_BASE_SHA nor the target branch names a commit; give --base".into(),
        ));
    };
    let mut plan = Plan::new(about, absent(&head));
    plan.fork = fork;
    if (around.resolve)(&head).is_none() {
        return Ok(plan);
    }
    let mut texts = Vec::new();
    for (name, variable) in [("title", "CI_MERGE_REQUEST_TITLE"), ("body", "CI_MERGE_REQUEST_DESCRIPTION")] {
        texts.extend(around.text(variable).map(|text| (name.to_owned(), text.into_bytes())));
    }
    if around.text("CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED").is_some_and(|v| v == "true") {
        plan.notes.push("GitLab gives only the start of the description to a job: the rest was not looked at".into());
    }
    let refs = around.text("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME").map(|r| format!("refs/heads/{r}").into_bytes());
    plan.look = Scope::Range(Range {
        bases: vec![base],
        known: target.into_iter().chain(branch).collect(),
        heads: vec![head],
        refs: refs.into_iter().collect(),
        texts,
        unrelated: false,
    });
    Ok(plan)
}
