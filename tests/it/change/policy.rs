//! Policy of gates: what the base says holds, what the change says is said.

use crate::change::Ask;
use crate::change::repo::{Repo, Said, line};
use crate::harness::{made, token};

fn id_of(said: &Said) -> String {
    said.json["findings"][0]["id"].as_str().expect("an id").to_owned()
}

/// Sentences of the notices.
fn notices(said: &Said) -> Vec<String> {
    let findings = said.json["findings"].as_array().cloned().unwrap_or_default();
    let policy = findings.into_iter().filter(|f| f["family"] == "policy");
    let sentence = |f: serde_json::Value| {
        assert_eq!((&f["severity"], &f["gates"]), (&"info".into(), &false.into()), "{f}");
        let evidence = f["evidence"].as_array().cloned().unwrap_or_default();
        evidence.iter().filter_map(|e| e["reason"].as_str()).collect::<Vec<_>>().join("; ")
    };
    policy.map(sentence).collect()
}

fn write_exception(r: &Repo, id: &str, path: &str) {
    let entry = format!("[[allow]]\nid = \"{id}\"\nrule = \"github-pat\"\npath = \"{path}\"\nreason = \"revoked\"\n");
    r.put(".leaktight/allow/one.toml", entry);
}

#[test]
fn an_exception_counts_once_it_is_in_the_base() {
    let r = Repo::new(&[]);
    r.commit_file("a.txt", "a\n");
    r.stage("x.env", line(1));
    let id = id_of(&r.ask(&Ask::staged()));

    // Beside the secret it is a request.
    write_exception(&r, &id, "x.env");
    r.git(&["add", "-A"]);
    let asked = r.ask(&Ask::staged());
    assert_eq!((asked.code, asked.said.as_slice()), (1, &["new x.env".to_owned()][..]));
    let [said] = notices(&asked).try_into().expect("one notice");
    assert!(said.contains("this request would silence 1 finding"), "{said}");

    // By itself it passes, and is said.
    r.git(&["rm", "-q", "--cached", "x.env"]);
    let alone = r.ask(&Ask::staged());
    assert_eq!((alone.code, alone.said.len(), notices(&alone).len()), (0, 0, 1));
    r.git(&["commit", "-q", "-m", "ask for an exception"]);

    // Then it counts.
    r.git(&["add", "x.env"]);
    let then = r.ask(&Ask::staged());
    assert_eq!((then.code, then.said.len(), notices(&then).len()), (0, 0, 0), "{}", then.json);
    assert_eq!(then.json["suppressed"][0]["reason"], "revoked");

    // Another secret in its place, or the same under another path, is found.
    r.stage("x.env", line(2));
    assert_eq!(r.ask(&Ask::staged()).said, ["new x.env"]);
    r.stage("x.env", "clean\n");
    r.stage("y.env", line(1));
    assert_eq!(r.ask(&Ask::staged()).said, ["new y.env"]);
}

#[test]
fn a_request_that_only_changes_policy_passes_and_is_said_by_name() {
    let r = Repo::new(&[]);
    r.put("leaktight.toml", "[gate]\nfail-on = \"medium\"\n");
    r.commit_file("a.txt", "a\n");
    r.git(&["checkout", "-q", "-b", "work"]);
    r.put("leaktight.toml", "[gate]\nfail-on = \"never\"\n[policy]\ncomments = true\n");
    write_exception(&r, &format!("lt1:r{}", "0".repeat(32)), "x.env");
    r.commit("policy");
    let said = r.ask(&Ask::range("main..work"));
    assert_eq!((said.code, said.said.len()), (0, 0));
    let all = notices(&said).join("\n");
    for part in ["leaktight.toml", "fail-on", "never", ".leaktight/allow/one.toml"] {
        assert!(all.contains(part), "{part} in {all}");
    }
}

#[test]
fn comments_in_added_lines_are_requests_unless_the_base_allows_them() {
    let r = Repo::new(&[]);
    r.commit_file("a.txt", "a\n");
    r.git(&["checkout", "-q", "-b", "work"]);
    r.commit_file("x.env", format!("API_TOKEN={} # leaktight: allow(github-pat) revoked last year\n", token(1)));
    let asked = r.ask(&Ask::range("main..work"));
    assert_eq!((asked.code, asked.said.as_slice()), (1, &["new x.env".to_owned()][..]));
    assert_eq!(notices(&asked).len(), 1, "{:?}", notices(&asked));

    r.git(&["checkout", "-q", "main"]);
    r.commit_file("leaktight.toml", "[policy]\ncomments = true\n");
    r.git(&["checkout", "-q", "work"]);
    r.git(&["rebase", "-q", "main"]);
    let allowed = r.ask(&Ask::range("main..work"));
    assert_eq!((allowed.code, allowed.said.len()), (0, 0), "{}", allowed.json);
    assert_eq!(allowed.json["suppressed"][0]["by"], "comment");
}

#[test]
fn the_policy_can_come_from_elsewhere() {
    let r = Repo::new(&[]);
    r.commit_file("a.txt", "a\n");
    r.git(&["checkout", "-q", "-b", "strict"]);
    r.commit_file("leaktight.toml", "[gate]\nfail-on = \"never\"\n");
    r.git(&["checkout", "-q", "-b", "work", "main"]);
    r.commit_file("x.env", line(1));
    let code = |more: &[&str]| r.ask(&Ask::new(&[&["range", "main..work"], more].concat())).code;
    assert_eq!(code(&[]), 1);
    assert_eq!(code(&["--policy-ref", "strict"]), 0);
    assert_eq!(code(&["--policy-ref", "nosuch"]), 2);
    std::fs::create_dir(r.path("ours")).unwrap();
    std::fs::write(r.path("ours/leaktight.toml"), "[gate]\nfail-on = \"never\"\n").unwrap();
    assert_eq!(code(&["--policy", "../ours/leaktight.toml"]), 0);
    assert_eq!(code(&["--policy", "../nosuch.toml"]), 2);
    // A broken one at the base is an error, and says where it comes from.
    r.git(&["checkout", "-q", "strict"]);
    let broken = r.commit_file("leaktight.toml", "[gate\n");
    let said = r.ask(&Ask::new(&["range", "main..work", "--policy-ref", "strict"]));
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains(&broken), "{}", said.stderr);
}

#[test]
fn gaps_are_accepted_by_the_base_only() {
    let r = Repo::new(&[]);
    let accepted = "[[gap]]\nkind = \"archive\"\npath = \"assets/*.zip\"\nreason = \"fonts\"\n";
    let zip = b"PK\x03\x04\x14\0\0\0\x08\0rest of an archive that is not opened";
    r.commit_file("a.txt", "a\n");
    r.git(&["checkout", "-q", "-b", "work"]);
    r.put("leaktight.toml", accepted);
    r.commit_file("assets/x.zip", zip);
    assert_eq!(r.ask(&Ask::range("main..work")).code, 3);
    r.git(&["checkout", "-q", "main"]);
    r.commit_file("leaktight.toml", accepted);
    let said = r.ask(&Ask::range("main..work"));
    assert_eq!(said.code, 0, "{}", said.json);
    assert_eq!(said.json["run"]["gaps"][0]["accepted_by"], "fonts");
    assert_eq!(said.json["run"]["complete"], true);
    // Elsewhere it blocks.
    r.git(&["checkout", "-q", "work"]);
    r.commit_file("other/y.zip", zip);
    assert_eq!(r.ask(&Ask::range("main..work")).code, 3);
}

#[test]
fn rules_come_from_the_base() {
    let r = Repo::new(&[]);
    r.put("leaktight.toml", "[rules]\nskip = [\"github-pat\"]\n");
    r.commit_file("a.txt", "a\n");
    r.git(&["checkout", "-q", "-b", "work"]);
    r.git(&["rm", "-q", "leaktight.toml"]);
    r.commit_file("x.cfg", format!("{}\n", token(1)));
    let said = r.ask(&Ask::range("main..work"));
    assert_eq!((said.code, said.said.len()), (0, 0), "the base looks for none: {}", said.json);
    // With the canary's own rule skipped, another canary is planted; with none, the run says that it is blind.
    r.git(&["checkout", "-q", "main"]);
    r.commit_file("leaktight.toml", "[rules]\nonly = [\"*\"]\nskip = [\"*\"]\n");
    let none = r.ask(&Ask::range("main..work"));
    assert!([2, 3].contains(&none.code), "{}", none.stderr);
}

#[test]
fn one_finding_takes_twelve_lines() {
    for (path, text) in [
        ("conf/settings.py", format!("GITHUB_TOKEN = \"{}\"\n", token(1))),
        (".env", line(1)),
        ("a/rather/long/path/to/some/file/deep/in/the/tree/of/this/repository/settings.ts", line(1)),
        ("db.yml", made("url: postgres://app:{{base62(14)}}@db.acme-corp.io/prod\n", 3)),
    ] {
        let r = Repo::new(&[]);
        r.stage(path, &text);
        let out = crate::harness::command(&r.path("r")).args(["staged"]).output().unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        let block = text.split("\n\n").next().unwrap();
        assert_eq!(out.status.code(), Some(1), "{text}");
        assert!(block.lines().count() <= 12, "{block}");
        for part in [path, "why:", "mend 1:", "mend 2:", "mend 3:", "leaktight allow lt1:"] {
            assert!(block.contains(part), "{part} in\n{block}");
        }
    }
}
