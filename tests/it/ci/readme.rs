//! README, "In pull requests": each command exactly as it is there, in a checkout with that platform's variables. And the
//! sample of a refused commit, which the program itself must print.

use crate::ci::steps::Action;
use crate::ci::world::World;
use crate::harness::{self, Tree, token};
use leaktight::finding::secret::{Id, Secret};
use leaktight::rule::Family;
use std::fs;
use std::path::Path;

fn section() -> String {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, rest) = text.split_once("\n## In pull requests\n").expect("the section");
    rest.split("\n## ").next().unwrap_or_default().to_owned()
}

/// The code block that holds this text.
fn block(holds: &str) -> String {
    let section = section();
    let found = section.split("```").skip(1).step_by(2).find(|block| block.contains(holds));
    found.unwrap_or_else(|| panic!("no block with {holds}")).to_owned()
}

#[test]
fn the_commands_of_each_platform_work_as_they_are_written() {
    let world = World::new(500);
    let programs = Path::new(env!("CARGO_BIN_EXE_leaktight")).parent().unwrap();
    let path = harness::path_with(programs);
    let none: &[(&str, &str)] = &[];
    let gitlab = [
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &*world.base),
        ("CI_COMMIT_SHA", &*world.head),
    ];
    let azure = [
        ("TF_BUILD", "True"),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ("SYSTEM_PULLREQUEST_SOURCECOMMITID", &*world.head),
        ("BUILD_SOURCEVERSION", &*world.merge),
    ];
    let bitbucket = [
        ("BITBUCKET_COMMIT", &*world.head),
        ("BITBUCKET_PR_DESTINATION_COMMIT", &world.main[..12]),
        ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
    ];
    for (n, (holds, from, variables, files)) in [
        ("ci gitlab", "- ", &gitlab[..], &["gl-secret-detection-report.json", "gl-code-quality-report.json"][..]),
        ("fetchDepth", "- script: ", &azure, &["leaktight.xml", "leaktight.sarif"]),
        ("pull-requests", "- ", &bitbucket, &["test-results/leaktight.xml"]),
        ("--base origin/main", "", none, &["leaktight.xml"]),
    ]
    .into_iter()
    .enumerate()
    {
        let block = block(holds);
        let lines = block.lines().filter_map(|l| l.trim_start().strip_prefix(from));
        let script: Vec<&str> =
            lines.filter(|l| ["leaktight ", "mkdir ", "git "].iter().any(|c| l.starts_with(c))).collect();
        assert!(script.iter().any(|l| l.starts_with("leaktight ci")), "{block}");
        let dir = world.full(&format!("work-{n}"), &world.head);
        let mut command = harness::program("sh", &dir, world.tree.path());
        command.args(["-ec", &script.join("\n")]).env("PATH", &path);
        let out = command.envs(variables.iter().copied()).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(1), "{script:?}: {said}");
        for file in files {
            // Each says the secret that stays.
            assert!(fs::read_to_string(dir.join(file)).unwrap().contains("config/live.env"), "{file}");
        }
    }
}

#[test]
fn the_workflow_uses_outputs_that_the_action_has() {
    let workflow = block("OWNER/leaktight@COMMIT");
    let action = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/action.yml")).unwrap();
    let used: Vec<&str> = workflow.split("steps.leaktight.outputs.").skip(1).collect();
    assert_eq!(used.len(), 2);
    for name in used {
        let name: String = name.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
        assert!(action.contains(&format!("value: ${{{{ steps.gate.outputs.{name} }}}}")), "{name}");
    }
    assert!(Action::read().inputs.contains_key("binary-path"));
}

/// The tree that the first sample scans is not here; its id follows from the value and the path alone.
#[test]
fn the_id_in_the_sample_of_a_scan_is_that_of_its_value() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let value = Secret::normalise(b"petclinic");
    let id = Id::guessable(Family::Credential, &value, None, b"docker-compose.yml");
    assert!(text.contains(&format!("= more: leaktight explain {}\n", id.as_str())), "{}", id.as_str());
}

#[test]
fn the_sample_of_a_refused_commit_is_what_the_hook_prints() {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    tree.file("settings.py", format!("TOKEN = \"{}\"\n", token(7)));
    tree.git(&["add", "settings.py"]);
    let run = tree.leaktight(&["hook", "pre-commit"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let sample = format!("$ git commit -m settings\n{}```\n", run.text());
    assert!(text.contains(&sample), "README does not have this sample:\n{sample}");
}
