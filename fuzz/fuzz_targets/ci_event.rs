//! Events and variables of CI platforms: a range begins at commits that are in the checkout, and no word of an event drives
//! a terminal.

#![no_main]

use leaktight::ci::{CiEnv, CiFlags, Plan, Platform, Scope, generic, github, gitlab};
use leaktight::text::escape::is_unsafe;
use leaktight_fuzz::{Seeds, input, target};
use std::collections::BTreeMap;

target!(seeds, |data| {
    let mut parts = input::parts(data);
    let mut next = || parts.next().unwrap_or_default();
    let (name, event, variables, there) = (next(), next(), next(), next());
    let pairs = |text: &[u8]| -> BTreeMap<String, String> {
        let text = String::from_utf8_lossy(text).into_owned();
        text.lines().filter_map(|line| line.split_once('=')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
    };
    let (variables, there) = (pairs(variables), pairs(there));
    let variable = |name: &str| variables.get(name).cloned();
    let resolve = |revision: &str| there.get(revision).cloned();
    let around = CiEnv { variable: &variable, resolve: &resolve };
    let _ = Platform::detected(&around);
    let asked = CiFlags { base: variables.get("base").cloned(), head: variables.get("head").cloned() };
    let mut plans = vec![gitlab::plan(&asked, &around), generic::plan(&asked, &around)];
    if let Ok(event) = github::event(event) {
        plans.push(github::plan(&String::from_utf8_lossy(name), &event, &asked, &around));
    }
    for plan in plans {
        match plan {
            Ok(plan) => sound(&plan, &resolve),
            Err(error) => assert!(!error.to_string().chars().any(is_unsafe), "{error}"),
        }
    }
});

fn sound(plan: &Plan, resolve: &dyn Fn(&str) -> Option<String>) {
    assert!(!plan.target().chars().any(is_unsafe), "{:?}", plan.target());
    assert!(!plan.notes.iter().any(|note| note.chars().any(is_unsafe)), "{:?}", plan.notes);
    if let Scope::Range(range) = &plan.look {
        assert!(!range.heads.is_empty() && range.heads.iter().all(|head| resolve(head).is_some()), "{range:?}");
        let lost = range.bases.iter().any(|base| resolve(base).is_none());
        assert!(
            !(lost || range.bases.is_empty()) || !plan.notes.is_empty(),
            "nothing to compare with, and no word: {plan:?}"
        );
    }
}

fn seeds() -> Seeds {
    const EVENTS: &[(&str, &[u8])] = &[
        ("merge_group", include_bytes!("../../fixtures/github/merge_group.json")),
        ("pull_request", include_bytes!("../../fixtures/github/pull_request.json")),
        ("pull_request", include_bytes!("../../fixtures/github/pull_request_fork.json")),
        ("pull_request", include_bytes!("../../fixtures/github/pull_request_hostile.json")),
        ("pull_request_target", include_bytes!("../../fixtures/github/pull_request_target.json")),
        ("push", include_bytes!("../../fixtures/github/push.json")),
        ("push", include_bytes!("../../fixtures/github/push_forced.json")),
        ("push", include_bytes!("../../fixtures/github/push_new_branch.json")),
        ("push", include_bytes!("../../fixtures/github/push_tag.json")),
        ("schedule", include_bytes!("../../fixtures/github/schedule.json")),
        ("issues", include_bytes!("../../fixtures/github/issues.json")),
    ];
    let (one, two) = ("1".repeat(40), "2".repeat(40));
    let there =
        format!("{one}={one}\n{two}={two}\nHEAD={two}\nrefs/remotes/origin/main={one}\n{two}^1={one}\n{two}^2={two}\n");
    let variables = [
        format!("GITHUB_ACTIONS=true\nGITHUB_SHA={two}\n"),
        format!("GITLAB_CI=true\nCI_COMMIT_SHA={two}\nCI_MERGE_REQUEST_IID=7\nCI_MERGE_REQUEST_DIFF_BASE_SHA={one}\n"),
        format!("TF_BUILD=True\nSYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main\nBUILD_SOURCEVERSION={two}\n"),
        format!("BITBUCKET_COMMIT={two}\nBITBUCKET_PR_DESTINATION_COMMIT={one}\nBITBUCKET_BRANCH=topic\n"),
        format!("JENKINS_URL=x\nCHANGE_TARGET=main\nGIT_COMMIT={two}\nCHANGE_TITLE=words\nbase={one}\nhead={two}\n"),
    ];
    let mut inputs = Vec::new();
    for (n, (name, event)) in EVENTS.iter().enumerate() {
        // The ids of a fixture that are in the checkout.
        let text = String::from_utf8_lossy(event);
        let ids = text.split('"').filter(|word| word.len() == 40 && word.bytes().all(|b| b.is_ascii_hexdigit()));
        let there: String = ids.map(|id| format!("{id}={id}\n")).chain([there.clone()]).collect();
        inputs.push([name.as_bytes(), event, variables[n % variables.len()].as_bytes(), there.as_bytes()].join(&0xff));
        inputs.push([name.as_bytes(), event, variables[n % variables.len()].as_bytes(), b""].join(&0xff));
    }
    Seeds::new(inputs).words(&[
        "CI_COMMIT_BEFORE_SHA=",
        "CI_COMMIT_TAG=",
        "CI_PIPELINE_SOURCE=push\n",
        "\"sha\":",
        "\\u001b",
        "refs/tags/",
    ])
}
