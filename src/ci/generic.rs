//! Any other CI: `--base` and `--head`, or the variables of Azure Pipelines, Bitbucket Pipelines, Jenkins, Buildkite, Travis.
//!
//! In: flags and variables. Out: a [`Plan`]. What these platforms call the target of a request is a branch, so its tip is
//! looked up in the checkout. Where nothing names a base it refuses: what is new cannot be guessed.

use super::{CiEnv, CiFlags, Plan, PlanError, Scope, absent};
use crate::change::Range;

/// What a platform's variables say.
#[derive(Debug, Default)]
struct ChangeEnv {
    /// Bases, the best one first: the first that is in the checkout is taken.
    bases: Vec<String>,
    head: Option<String>,
    refs: Vec<String>,
    title: Option<String>,
}

/// What flags and variables ask to look at.
///
/// # Errors
/// When nothing names a base.
pub fn plan(asked: &CiFlags, around: &CiEnv<'_>) -> Result<Plan, PlanError> {
    let found = from_variables(around);
    let head = asked.head.clone().or(found.head).unwrap_or_else(|| "HEAD".to_owned());
    let there = found.bases.iter().find(|base| (around.resolve)(base).is_some());
    let Some(base) = asked.base.as_ref().or(there).or(found.bases.first()) else {
        return Err(PlanError(
            "nothing says what is new: give --base (what is known already: `--base origin/main`), and --head if it is \
             not HEAD. Known variables: those of pull requests in Azure Pipelines, Bitbucket, Jenkins, Buildkite, Travis"
                .into(),
        ));
    };
    if (around.resolve)(&head).is_none() {
        return Ok(Plan::new("change", absent(&head)));
    }
    let range = Range {
        bases: vec![base.clone()],
        heads: vec![head],
        refs: found.refs.into_iter().map(String::into_bytes).collect(),
        texts: found.title.into_iter().map(|t| ("title".to_owned(), t.into_bytes())).collect(),
        ..Range::default()
    };
    Ok(Plan::new("change", Scope::Range(range)).settled(around))
}

fn from_variables(around: &CiEnv<'_>) -> ChangeEnv {
    let get = |name: &str| around.text(name);
    let remote = |name: String| {
        let name = name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned();
        super::is_branch(&name).then(|| format!("refs/remotes/origin/{name}"))
    };
    let branch = |name: String| if name.starts_with("refs/") { name } else { format!("refs/heads/{name}") };
    let refs = |name: &str| get(name).map(branch).into_iter().collect::<Vec<_>>();
    let is_request = |name: &str| get(name).is_some_and(|v| v != "false");
    if get("TF_BUILD").is_some() {
        let head = get("SYSTEM_PULLREQUEST_SOURCECOMMITID");
        let target = get("SYSTEM_PULLREQUEST_TARGETBRANCH").and_then(remote);
        let source = head.clone().or_else(|| get("BUILD_SOURCEVERSION"));
        let current = head.as_deref().and_then(|head| around.merged_with(get("BUILD_SOURCEVERSION"), head));
        let bases = current.into_iter().chain(target).collect();
        return ChangeEnv { bases, head: source, refs: refs("SYSTEM_PULLREQUEST_SOURCEBRANCH"), title: None };
    }
    if get("BITBUCKET_BUILD_NUMBER").is_some() || get("BITBUCKET_COMMIT").is_some() {
        let target = get("BITBUCKET_PR_DESTINATION_BRANCH").and_then(remote);
        let bases = get("BITBUCKET_PR_DESTINATION_COMMIT").into_iter().chain(target).collect();
        return ChangeEnv { bases, head: get("BITBUCKET_COMMIT"), refs: refs("BITBUCKET_BRANCH"), title: None };
    }
    if get("JENKINS_URL").is_some() || get("CHANGE_TARGET").is_some() {
        let target = get("CHANGE_TARGET").and_then(remote);
        // Without a request: since the last build that passed. One that failed may have failed here.
        let bases = target.or_else(|| get("GIT_PREVIOUS_SUCCESSFUL_COMMIT")).into_iter().collect();
        return ChangeEnv { bases, head: get("GIT_COMMIT"), refs: refs("CHANGE_BRANCH"), title: get("CHANGE_TITLE") };
    }
    if get("BUILDKITE").is_some() && is_request("BUILDKITE_PULL_REQUEST") {
        let bases = get("BUILDKITE_PULL_REQUEST_BASE_BRANCH").and_then(remote).into_iter().collect();
        return ChangeEnv { bases, head: get("BUILDKITE_COMMIT"), refs: refs("BUILDKITE_BRANCH"), title: None };
    }
    if get("TRAVIS").is_some() && is_request("TRAVIS_PULL_REQUEST") {
        let bases = get("TRAVIS_BRANCH").and_then(remote).into_iter().collect();
        return ChangeEnv {
            bases,
            head: get("TRAVIS_PULL_REQUEST_SHA"),
            refs: refs("TRAVIS_PULL_REQUEST_BRANCH"),
            title: None,
        };
    }
    ChangeEnv::default()
}
