//! Tests of the plans: each event and platform, with what is and what is not in the checkout.

use super::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const BASE: &str = "1111111111111111111111111111111111111111";
const HEAD: &str = "2222222222222222222222222222222222222222";
const MERGE: &str = "3333333333333333333333333333333333333333";
const MAIN: &str = "4444444444444444444444444444444444444444";
const ZERO: &str = "0000000000000000000000000000000000000000";

/// A checkout that has everything.
const FULL: &[(&str, &str)] = &[
    ("HEAD", MERGE),
    (BASE, BASE),
    (HEAD, HEAD),
    (MERGE, MERGE),
    (MAIN, MAIN),
    ("3333333333333333333333333333333333333333^1", MAIN),
    ("3333333333333333333333333333333333333333^2", HEAD),
    ("refs/remotes/origin/main", MAIN),
];

fn with<T>(variables: &[(&str, &str)], there: &[(&str, &str)], run: impl FnOnce(&CiEnv<'_>) -> T) -> T {
    let variables: BTreeMap<&str, &str> = variables.iter().copied().collect();
    let there: BTreeMap<&str, &str> = there.iter().copied().collect();
    let variable = |name: &str| variables.get(name).map(|v| (*v).to_owned());
    let resolve = |rev: &str| there.get(rev).map(|v| (*v).to_owned());
    run(&CiEnv { variable: &variable, resolve: &resolve })
}

fn github(name: &str, event: &Value, variables: &[(&str, &str)], there: &[(&str, &str)]) -> Plan {
    with(variables, there, |around| github::plan(name, event, &CiFlags::default(), around)).unwrap()
}

fn range(plan: &Plan) -> &Range {
    match &plan.look {
        Scope::Range(range) => range,
        other => panic!("no range: {other:?}"),
    }
}

fn request(head_repo: Option<&str>) -> Value {
    json!({
        "number": 7,
        "pull_request": {
            "number": 7, "title": "Add a thing", "body": null,
            "head": {"sha": HEAD, "ref": "topic", "repo": head_repo.map(|name| json!({"full_name": name}))},
            "base": {"sha": BASE, "ref": "main", "repo": {"full_name": "o/r"}},
        },
        "repository": {"full_name": "o/r", "default_branch": "main"},
    })
}

#[test]
fn a_pull_request_is_compared_with_what_it_would_be_merged_into() {
    let event = request(Some("o/r"));
    let plan = github("pull_request", &event, &[("GITHUB_SHA", MERGE)], FULL);
    let found = range(&plan);
    assert_eq!((found.bases.as_slice(), found.heads.as_slice()), (&[MAIN.to_owned()][..], &[HEAD.to_owned()][..]));
    assert_eq!(found.known, [BASE, MAIN]);
    assert_eq!(found.texts, [("title".to_owned(), b"Add a thing".to_vec())]);
    assert_eq!(found.refs, [b"refs/heads/topic".to_vec()]);
    assert!(!plan.fork && !found.unrelated);
    assert_eq!(plan.target(), "pull request 7: 4444444444..2222222222");
    // Without the merge, with the base of the event; a base that is not there stays the base, and becomes a gap.
    let plan = github("pull_request", &event, &[("GITHUB_SHA", HEAD)], &[(HEAD, HEAD)]);
    assert_eq!(range(&plan).bases, [BASE]);
}

#[test]
fn a_fork_decides_nothing_by_the_branches_of_its_own() {
    for repo in [Some("evil/r"), None] {
        let plan = github("pull_request", &request(repo), &[("GITHUB_SHA", MERGE)], FULL);
        assert!(plan.fork);
        assert_eq!(range(&plan).known, [BASE], "the remote of the checkout may be the fork");
    }
    // HEAD is whatever was checked out: a merge that the author made is no base.
    let there = &[("HEAD", "x"), ("HEAD^1", "evil"), ("HEAD^2", HEAD), (HEAD, HEAD), (BASE, BASE)];
    assert_eq!(range(&github("pull_request", &request(Some("evil/r")), &[], there)).bases, [BASE]);
}

#[test]
fn a_head_that_is_not_there_is_never_replaced() {
    for (name, event) in [
        ("pull_request", request(Some("o/r"))),
        ("pull_request_target", request(Some("evil/r"))),
        ("merge_group", json!({"merge_group": {"base_sha": BASE, "head_sha": HEAD, "head_ref": "refs/heads/q"}})),
        ("push", json!({"ref": "refs/heads/topic", "before": BASE, "after": HEAD})),
        ("push", json!({"ref": "refs/heads/topic", "before": ZERO, "after": HEAD})),
    ] {
        let plan = github(name, &event, &[], &[("HEAD", MAIN), (BASE, BASE), ("refs/remotes/origin/main", MAIN)]);
        let Scope::Absent(what, help) = &plan.look else { panic!("{name}: {plan:?}") };
        assert!(what == HEAD && help.contains(&format!("git fetch --no-tags origin {HEAD}")), "{help}");
    }
}

#[test]
fn pushes() {
    let push = |name: &str, before: &str, after: &str, there| {
        let event = json!({"ref": name, "before": before, "after": after, "repository": {"default_branch": "main"}});
        github("push", &event, &[], there)
    };
    let plan = push("refs/heads/topic", BASE, HEAD, FULL);
    assert_eq!(
        (range(&plan).bases.as_slice(), range(&plan).known.as_slice()),
        (&[BASE.into()][..], &[MAIN.into()][..])
    );
    // New: since the default branch.
    let plan = push("refs/heads/topic", ZERO, HEAD, FULL);
    assert_eq!((range(&plan).bases.as_slice(), range(&plan).unrelated), (&[MAIN.to_owned()][..], true));
    // The first push of the default branch is not compared with itself.
    let plan = push("refs/heads/main", ZERO, MAIN, FULL);
    assert!(range(&plan).bases.is_empty() && range(&plan).known.is_empty() && range(&plan).unrelated);
    assert_eq!(plan.policy.as_deref(), Some(MAIN));
    let plan = push("refs/heads/main", BASE, MAIN, FULL);
    assert!(range(&plan).known.is_empty());
    // Nothing to compare with: everything.
    let plan = push("refs/heads/topic", ZERO, HEAD, &[(HEAD, HEAD)]);
    assert!(range(&plan).bases.is_empty() && range(&plan).unrelated);
    assert_eq!(range(&plan).refs, [b"refs/heads/topic".to_vec()]);
    // Forced: what was there before is gone. What the branch adds to the default branch is looked at instead, and that has
    // to have a commit in common with it.
    let there = &[(HEAD, HEAD), (MAIN, MAIN), ("refs/remotes/origin/main", MAIN)];
    let plan = push("refs/heads/topic", BASE, HEAD, there);
    assert_eq!((range(&plan).bases.as_slice(), plan.missing.as_deref()), (&[MAIN.to_owned()][..], None));
    assert!(!range(&plan).unrelated && plan.policy.as_deref() == Some(MAIN));
    assert!(plan.notes.iter().any(|n| n.contains("the merge base of the default branch")), "{:?}", plan.notes);
    // The default branch itself has nothing else to be compared with: a gap.
    let plan = push("refs/heads/main", BASE, HEAD, there);
    assert_eq!(range(&plan).bases, [BASE]);
    assert!(plan.notes.iter().any(|n| n.contains(&format!("git fetch --no-tags origin {BASE}"))), "{:?}", plan.notes);
    let plan = push("refs/heads/topic", BASE, HEAD, &[(HEAD, HEAD)]);
    assert_eq!(
        (range(&plan).bases.as_slice(), plan.missing.as_deref()),
        (&[BASE.to_owned()][..], None),
        "the engine says it"
    );
    // Deleted.
    assert!(matches!(push("refs/heads/topic", BASE, ZERO, FULL).look, Scope::Nothing(_)));
    let plan = push("refs/tags/v1", ZERO, HEAD, FULL);
    assert_eq!((range(&plan).bases.as_slice(), plan.about.as_str()), (&[MAIN.to_owned()][..], "push of a tag"));
}

#[test]
fn events_without_a_change_look_at_everything() {
    let event = json!({"repository": {"default_branch": "main"}});
    for name in ["schedule", "workflow_dispatch", "release", "\u{1b}]x::error::"] {
        let plan = github(name, &event, &[], FULL);
        assert!(range(&plan).bases.is_empty() && range(&plan).unrelated && range(&plan).heads == ["HEAD"]);
        assert_eq!(plan.policy.as_deref(), Some(MAIN));
        assert!(!plan.notes.is_empty() && !plan.notes.iter().any(|n| n.contains('\u{1b}')));
    }
    assert!(matches!(github("schedule", &event, &[], &[]).look, Scope::Absent(..)));
}

#[test]
fn events_that_say_too_little_are_errors() {
    let long = json!({"pull_request": {"head": {"sha": "--upload-pack=x"}, "base": {"sha": BASE}}});
    for (name, event) in [
        ("pull_request", json!({})),
        ("pull_request", json!({"pull_request": null})),
        ("pull_request", long),
        ("merge_group", json!({"merge_group": {"base_sha": BASE}})),
        ("push", json!({"before": BASE, "after": HEAD})),
        ("push", json!({"ref": "refs/heads/x", "before": "main", "after": HEAD})),
    ] {
        let done = with(&[], FULL, |around| github::plan(name, &event, &CiFlags::default(), around));
        assert!(done.is_err(), "{name}: {done:?}");
    }
    for bytes in [&b""[..], b"{", b"[]", b"\xff", b"3"] {
        assert!(github::event(bytes).is_err());
    }
}

#[test]
fn flags_win_over_the_event() {
    let asked = CiFlags { base: Some("v1".into()), head: None };
    let there = [FULL, &[("v1", BASE)]].concat();
    let plan = with(&[], &there, |around| github::plan("schedule", &json!({}), &asked, around)).unwrap();
    assert_eq!(
        (range(&plan).bases.as_slice(), range(&plan).heads.as_slice()),
        (&["v1".into()][..], &["HEAD".into()][..])
    );
    assert!(!range(&plan).unrelated && plan.notes.is_empty());
    let asked = CiFlags { base: None, head: Some("nothing".into()) };
    let plan = with(&[], FULL, |around| github::plan("pull_request", &request(None), &asked, around)).unwrap();
    assert!(matches!(plan.look, Scope::Absent(..)));
}

#[test]
fn gitlab_merge_requests_and_pushes() {
    let run = |variables: &[(&str, &str)], there: &[(&str, &str)]| {
        with(variables, there, |around| gitlab::plan(&CiFlags::default(), around)).unwrap()
    };
    let request = [
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_MERGE_REQUEST_IID", "5"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", BASE),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "topic"),
        ("CI_MERGE_REQUEST_TITLE", "Add"),
        ("CI_MERGE_REQUEST_DESCRIPTION", "text"),
        ("CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED", "true"),
        ("CI_DEFAULT_BRANCH", "main"),
    ];
    let plan = run(&[&request[..], &[("CI_COMMIT_SHA", HEAD)]].concat(), FULL);
    assert_eq!(
        (range(&plan).bases.as_slice(), range(&plan).heads.as_slice()),
        (&[BASE.into()][..], &[HEAD.into()][..])
    );
    assert_eq!((range(&plan).known.as_slice(), range(&plan).texts.len(), plan.notes.len()), (&[MAIN.into()][..], 2, 1));
    // Merged results: the head is the source branch.
    let merged = [("CI_COMMIT_SHA", MERGE), ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", HEAD)];
    let merged = [&request[..], &merged, &[("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", MAIN)]].concat();
    assert_eq!(range(&run(&merged, FULL)).heads, [HEAD]);
    // A fork's own branches say nothing.
    let fork = [("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "evil/r"), ("CI_MERGE_REQUEST_PROJECT_PATH", "o/r")];
    let plan = run(&[&request[..], &fork, &[("CI_COMMIT_SHA", HEAD)]].concat(), FULL);
    assert!(plan.fork && range(&plan).known.is_empty());
    let push = |before: &str, branch: &str| {
        let variables = [
            ("CI_PIPELINE_SOURCE", "push"),
            ("CI_COMMIT_SHA", HEAD),
            ("CI_COMMIT_BEFORE_SHA", before),
            ("CI_COMMIT_BRANCH", branch),
            ("CI_DEFAULT_BRANCH", "main"),
        ];
        run(&variables, FULL)
    };
    assert_eq!(range(&push(BASE, "topic")).bases, [BASE]);
    assert_eq!(range(&push(ZERO, "topic")).bases, [MAIN]);
    let gone = "d".repeat(40);
    assert_eq!(
        (range(&push(&gone, "topic")).bases.as_slice(), push(&gone, "topic").notes.len()),
        (&[MAIN.into()][..], 1)
    );
    assert_eq!(range(&push(&gone, "main")).bases, [gone.as_str()]);
    assert!(range(&push(ZERO, "main")).bases.is_empty());
    let plan = run(&[("CI_PIPELINE_SOURCE", "schedule"), ("CI_COMMIT_SHA", HEAD), ("CI_DEFAULT_BRANCH", "main")], FULL);
    assert!(range(&plan).bases.is_empty() && plan.policy.as_deref() == Some(MAIN));
    assert!(with(&[], FULL, |around| gitlab::plan(&CiFlags::default(), around)).is_err());
}

#[test]
fn other_platforms_by_their_variables() {
    let run = |variables: &[(&str, &str)]| with(variables, FULL, |around| generic::plan(&CiFlags::default(), around));
    let main = "refs/remotes/origin/main";
    let short = &BASE[..12];
    for (variables, base, head) in [
        (
            &[
                ("TF_BUILD", "True"),
                ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
                ("SYSTEM_PULLREQUEST_SOURCECOMMITID", HEAD),
                ("BUILD_SOURCEVERSION", MERGE),
            ][..],
            MAIN,
            HEAD,
        ),
        (
            &[
                ("BITBUCKET_COMMIT", HEAD),
                ("BITBUCKET_PR_DESTINATION_COMMIT", short),
                ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
            ],
            main,
            HEAD,
        ),
        (&[("JENKINS_URL", "x"), ("CHANGE_TARGET", "main"), ("GIT_COMMIT", HEAD)], main, HEAD),
        (&[("JENKINS_URL", "x"), ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", BASE), ("GIT_COMMIT", HEAD)], BASE, HEAD),
        (
            &[
                ("BUILDKITE", "true"),
                ("BUILDKITE_PULL_REQUEST", "3"),
                ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
                ("BUILDKITE_COMMIT", HEAD),
            ],
            main,
            HEAD,
        ),
        (
            &[
                ("TRAVIS", "true"),
                ("TRAVIS_PULL_REQUEST", "3"),
                ("TRAVIS_BRANCH", "main"),
                ("TRAVIS_PULL_REQUEST_SHA", HEAD),
            ],
            main,
            HEAD,
        ),
    ] {
        let plan = run(variables).unwrap();
        assert_eq!((range(&plan).bases[0].as_str(), range(&plan).heads[0].as_str()), (base, head), "{variables:?}");
    }
    for variables in [
        &[][..],
        &[("TF_BUILD", "True"), ("BUILD_SOURCEVERSION", HEAD)],
        &[("BUILDKITE", "true"), ("BUILDKITE_PULL_REQUEST", "false")],
    ] {
        assert!(run(variables).unwrap_err().0.contains("--base"), "{variables:?}");
    }
    let asked = CiFlags { base: Some("origin/gone".into()), head: None };
    let plan = with(&[], FULL, |around| generic::plan(&asked, around)).unwrap();
    assert_eq!((range(&plan).bases.as_slice(), plan.notes.len()), (&["origin/gone".to_owned()][..], 1));
}

#[test]
fn platforms_are_detected() {
    let of = |variables: &[(&str, &str)]| with(variables, &[], Platform::detected);
    assert_eq!(of(&[("GITHUB_ACTIONS", "true")]), Platform::Github);
    assert_eq!(of(&[("GITLAB_CI", "true")]), Platform::Gitlab);
    assert_eq!(of(&[("GITHUB_ACTIONS", "")]), Platform::Generic);
}
