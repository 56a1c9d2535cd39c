//! GitLab and everything else: variables, reports, exit codes.

use crate::ci::world::World;
use crate::harness::{self, Run};
use std::fs;
use std::path::Path;

fn ci(dir: &Path, args: &[&str], variables: &[(&str, &str)]) -> Run {
    Run::of(harness::command(dir).arg("ci").args(args).envs(variables.iter().copied()))
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn hides(bytes: &[u8], world: &World) {
    let text = String::from_utf8_lossy(bytes);
    for secret in &world.secrets {
        assert!(!text.contains(&secret[..20]) && !text.contains(&secret[20..]));
    }
}

#[test]
fn gitlab_writes_both_reports() {
    let world = World::new(300);
    let dir = world.full("work", &world.head);
    let variables = [
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &world.base),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_TITLE", "::error::x"),
        ("CI_COMMIT_SHA", &world.head),
        ("CI_PROJECT_URL", "https://u:p@gitlab.example/acme/app"),
    ];
    let run = ci(&dir, &["--now", "1795219200"], &variables);
    assert_eq!(run.code, Some(1), "{}{}", run.text(), run.stderr);
    let report = json(&dir.join("gl-secret-detection-report.json"));
    assert_eq!(
        (&report["scan"]["status"], &report["scan"]["start_time"]),
        (&"success".into(), &"2026-11-21T00:00:00".into())
    );
    let all = report["vulnerabilities"].as_array().unwrap();
    assert_eq!(all.len(), 2);
    let live = all.iter().find(|v| v["location"]["file"] == "config/live.env").expect("the one that stays");
    assert_eq!(
        (&live["location"]["start_line"], &live["location"]["commit"]["sha"]),
        (&2.into(), &world.head.as_str().into())
    );
    assert!(all.iter().any(|v| v["description"].as_str().unwrap().contains("rewrite the branch before merging")));
    let issues = json(&dir.join("gl-code-quality-report.json"));
    assert_eq!(issues.as_array().map(Vec::len), Some(2));
    for file in ["gl-secret-detection-report.json", "gl-code-quality-report.json"] {
        hides(&fs::read(dir.join(file)).unwrap(), &world);
    }
    // Again, byte for byte.
    let first = fs::read(dir.join("gl-secret-detection-report.json")).unwrap();
    ci(&dir, &["gitlab", "--now", "1795219200", "-o", "gitlab=again.json"], &variables);
    assert_eq!(fs::read(dir.join("again.json")).unwrap(), first);
    // A push, and a head that the runner's shallow clone lacks.
    let push = [
        ("CI_PIPELINE_SOURCE", "push"),
        ("CI_COMMIT_SHA", &*world.head),
        ("CI_COMMIT_BEFORE_SHA", "0000000000000000000000000000000000000000"),
        ("CI_COMMIT_BRANCH", "topic"),
        ("CI_DEFAULT_BRANCH", "main"),
    ];
    assert_eq!(ci(&dir, &["gitlab"], &push).code, Some(1));
    let gone = "1".repeat(40);
    let lost = ci(&dir, &["gitlab"], &[("CI_PIPELINE_SOURCE", "push"), ("CI_COMMIT_SHA", &gone)]);
    assert_eq!(lost.code, Some(3), "{}", lost.text());
    assert_eq!(json(&dir.join("gl-secret-detection-report.json"))["scan"]["status"], "failure");
    assert_eq!(ci(&dir, &["gitlab"], &[]).code, Some(2));
}

#[test]
fn generic_takes_flags_or_usual_variables() {
    let world = World::new(310);
    let dir = world.full("work", &world.merge);
    let (base, head) = (format!("--base={}", world.base), format!("--head={}", world.head));
    for (args, variables) in [
        (vec![base.as_str(), head.as_str()], vec![]),
        (vec!["--base", "origin/main", head.as_str()], vec![]),
        (
            vec![],
            vec![
                ("TF_BUILD", "True"),
                ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
                ("SYSTEM_PULLREQUEST_SOURCECOMMITID", world.head.as_str()),
                ("BUILD_SOURCEVERSION", world.merge.as_str()),
            ],
        ),
        (vec![], vec![("BITBUCKET_COMMIT", &*world.head), ("BITBUCKET_PR_DESTINATION_COMMIT", &world.base[..12])]),
        (vec![], vec![("JENKINS_URL", "x"), ("CHANGE_TARGET", "main"), ("GIT_COMMIT", &*world.head)]),
    ] {
        let args = [&["generic", "-o", "junit=report.xml"][..], &args].concat();
        let run = ci(&dir, &args, &variables);
        assert_eq!(run.code, Some(1), "{args:?}: {}{}", run.text(), run.stderr);
        let xml = fs::read(dir.join("report.xml")).unwrap();
        hides(&xml, &world);
        let xml = String::from_utf8(xml).unwrap();
        assert!(
            xml.contains("tests=\"3\" failures=\"2\" errors=\"0\"") && xml.contains("file=\"config/live.env\""),
            "{xml}"
        );
        let issues = run.text().lines().filter(|l| l.starts_with("##vso[task.logissue type=error;")).count();
        assert_eq!(issues, if variables.iter().any(|(name, _)| *name == "TF_BUILD") { 2 } else { 0 });
        hides(&run.stdout, &world);
    }
    let run = ci(&dir, &["generic"], &[]);
    assert!(run.code == Some(2) && run.stderr.contains("--base"), "{}", run.stderr);
    let run = ci(&dir, &["--base", "origin/nowhere", "-o", "report.xml"], &[]);
    assert!(matches!(run.code, Some(1 | 3)), "{}", run.text());
    assert!(fs::read_to_string(dir.join("report.xml")).unwrap().contains("<error type=\"missing-base\""));
    let run = ci(&dir, &["--base", "origin/main", "--head", "--upload-pack=x"], &[]);
    assert!(matches!(run.code, Some(2 | 3)), "{}", run.text());
}
