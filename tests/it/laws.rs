//! The laws of `docs/design.md`, each with a test that would fail without it. Laws 2 and 3 (the prefilter silences nothing,
//! fresh ranges lose nothing) are properties over all rules: `oracle.rs`, and `src/source/window.rs` for large files.

use crate::harness::{self, Tree, made, token};
use leaktight::finding::Keys;
use leaktight::finding::evidence::{Confidence, Evidence, Reason, confidence};
use leaktight::finding::secret::{Id, Secret};
use leaktight::report::Format;
use leaktight::rule::{Family, Identity, RuleSet};
use std::collections::BTreeSet;

/// Law 1: what could not be looked at is a gap, and a blocking one ends with 3, never 0.
#[cfg(unix)]
#[test]
fn law_1_nothing_is_silently_skipped() {
    let tree = Tree::new();
    tree.file("clean.txt", "nothing\n");
    assert_eq!(tree.scan(&["."]).code, Some(0));
    // A named device cannot be looked at; the clean file beside it can.
    let run = tree.scan(&["clean.txt", "/dev/null"]);
    assert_eq!(run.code, Some(3));
    assert_eq!(run.json()["run"]["complete"], false);
    for format in Format::NAMES {
        let run = tree.leaktight(&["scan", "clean.txt", "/dev/null", "--format", format]);
        assert!(run.text().contains("special-file") || run.text().contains("device"), "{format} does not say it");
    }
    // Findings win over it, and the report says both.
    tree.file("leak.txt", token(1));
    let run = tree.scan(&["leak.txt", "/dev/null"]);
    assert_eq!((run.code, run.gaps().len(), run.findings().len()), (Some(1), 1, 1));
}

/// Law 4: the same bytes out, whatever the number of threads. Two formats are enough: every format is written from the same
/// outcome on one thread, and that each writes the same bytes twice is tested where they are.
#[test]
fn law_4_same_input_same_output() {
    let tree = Tree::new();
    let rules = RuleSet::builtin();
    let mut seed = 0;
    for (_, rule) in rules.iter() {
        seed += 1;
        // A key in binary is no text: its bytes go into the file as they are.
        let text = leaktight::example::expand(&rule.matches[0].text, seed).expect("a template").text;
        tree.file(format!("d{}/{}.txt", seed % 17, rule.id), &text);
        tree.file(format!("again{}/{}.txt", seed % 5, rule.id), &text);
    }
    for format in ["json", "human"] {
        let run =
            |threads| tree.leaktight(&["scan", ".", "--format", format, "-j", threads, "--color", "never"]).stdout;
        let first = run("1");
        assert!(first.len() > 100_000, "{format}: {} bytes", first.len());
        for threads in ["1", "8", "8"] {
            assert!(run(threads) == first, "{format} differs with -j {threads}");
        }
    }
}

/// Law 5: a secret never leaves in clear, in no format, nor any other one beside it, nor its encoded form.
#[test]
fn law_5_a_secret_never_leaves_in_clear() {
    let rules = RuleSet::builtin();
    let tree = Tree::new();
    let mut secrets = Vec::new();
    let detector = leaktight::detect::Detector::new(&rules, 0);
    for (n, (_, rule)) in rules.iter().enumerate() {
        if matches!(rule.identity, Identity::Setting | Identity::Dataset) {
            continue;
        }
        // Two secrets on one line, and the same ones on neighbouring lines of another file.
        let neighbour = token(n as u64 + 1000);
        let expanded = leaktight::example::expand(&rule.matches[0].text, n as u64).expect("a template");
        // A key in binary stands on no line beside another secret.
        let Ok(text) = String::from_utf8(expanded.text.clone()) else { continue };
        tree.file(format!("{}.txt", rule.id), format!("{text} {neighbour}\n{neighbour}\n"));
        secrets.push(("neighbour".to_owned(), neighbour));
        let all = detector.candidates(&leaktight::detect::Input::all(&expanded.text)).candidates;
        for c in all.iter().filter(|c| rules.rule(c.rule).id == rule.id && c.secret.len() >= 12) {
            secrets.push((rule.id.to_string(), String::from_utf8_lossy(&expanded.text[c.secret.clone()]).into_owned()));
        }
    }
    assert!(secrets.len() > 500);
    // The middle of each: what is shown of a random one are its public start and its last two characters.
    let middle = |secret: &str| secret.chars().skip(secret.chars().count() / 2).take(10).collect::<String>();
    let (owners, middles): (Vec<String>, Vec<String>) = secrets
        .into_iter()
        .map(|(rule, secret)| (rule, middle(&secret).lines().next().unwrap_or_default().to_owned()))
        .filter(|(_, middle)| middle.len() >= 8)
        .unzip();
    // One search for all of them: one for each takes minutes.
    let search = aho_corasick::AhoCorasick::new(middles).expect("few short texts");
    for format in Format::NAMES {
        let out = tree.leaktight(&["scan", ".", "--format", format, "--also-limit", "0"]).text();
        assert!(out.len() > 100_000);
        let shown: BTreeSet<&String> = search.find_iter(&out).map(|m| &owners[m.pattern().as_usize()]).collect();
        assert!(shown.is_empty(), "{format} shows a part of what these found: {shown:?}");
    }
}

/// Law 5: the type has no way to be printed.
#[test]
fn law_5_debug_is_redacted() {
    let secret = Secret::normalise(token(2).as_bytes());
    let shown = format!("{secret:?} {:?}", std::slice::from_ref(&secret));
    assert!(!shown.contains("ghp"), "{shown}");
}

/// Law 6: nothing of a repository is executed or followed. `hostile_trees.rs` has the trees; here its configuration.
#[cfg(unix)]
#[test]
fn law_6_the_repository_is_not_obeyed() {
    let tree = Tree::new();
    tree.git(&["init", "-q"]);
    tree.file("leak.txt", token(3));
    tree.git(&["add", "."]);
    let marker = tree.path().join("executed");
    let program = tree.file("program.sh", format!("#!/bin/sh\ntouch {}\n", marker.display()));
    let mut config = std::fs::read_to_string(tree.path().join(".git/config")).expect("a configuration");
    let program = program.display();
    config.push_str(&format!(
        "[core]\n\tfsmonitor = {program}\n\tworktree = /\n\tpager = {program}\n[filter \"x\"]\n\tclean = {program}\n\
         \tsmudge = {program}\n[diff \"x\"]\n\ttextconv = {program}\n[include]\n\tpath = /dev/zero\n"
    ));
    tree.file(".git/config", config);
    tree.file(".gitattributes", "* filter=x diff=x binary -text\n");
    tree.file(".ignore", "*\n");
    tree.file(".rgignore", "*\n");
    let run = tree.scan(&["."]);
    assert_eq!((run.code, run.findings().len()), (Some(1), 1));
    assert!(!marker.exists(), "a program of the repository was run");
}

/// Law 7: what an author chooses beside a secret of a provider's shape never takes it below `likely`.
#[test]
fn law_7_context_never_hides_a_provider_secret() {
    let tree = Tree::new();
    let places = [
        "test/fixtures/example_test.rb",
        "docs/examples/README.md",
        "package-lock.json",
        "yarn.lock",
        "Cargo.lock",
        "dist/app.min.js",
        "vendor/x/y.go",
        "node_modules/a/b.js",
        "spec/placeholder_spec.rb",
        "locales/en.yml",
        "generated/schema.pb.go",
        "a.svg",
        "x.map",
        "sample.env.example",
    ];
    for (seed, place) in places.iter().enumerate() {
        let token = token(seed as u64 + 50);
        tree.file(
            place,
            format!("// EXAMPLE placeholder dummy test: do not use\nexample_{token}_EXAMPLE changeme = \"{token}\"\n"),
        );
    }
    let run = tree.scan(&["."]);
    assert_eq!(run.findings().len(), places.len());
    for finding in run.findings() {
        assert!(!finding.contains(" possible "), "{finding}");
    }
    // And by the table: no sum of context takes a firm one below `likely`.
    let mut evidence = vec![Evidence::new(Reason::ProviderShape)];
    evidence.extend(Reason::ALL.iter().filter(|r| r.is_context()).map(|r| Evidence::new(*r)));
    assert_eq!(confidence(&evidence, true), Some(Confidence::Likely));
    assert!(confidence(&evidence, false) < Some(Confidence::Likely));
}

/// Law 8: no code that opens a connection: no dependency brings a client, and our own code names no socket.
#[test]
fn law_8_no_network() {
    let lock = include_str!("../../Cargo.lock");
    for name in ["ureq", "reqwest", "hyper", "curl", "tokio", "rustls", "native-tls", "openssl", "socket2", "quinn"] {
        assert!(!lock.contains(&format!("name = \"{name}\"\n")), "{name} is in the tree of dependencies");
    }
    fn sources(dir: &std::path::Path, all: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(dir).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { sources(&path, all) } else { all.push(path) }
        }
    }
    let mut all = Vec::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    assert!(all.len() > 50);
    for path in all {
        let text = std::fs::read_to_string(&path).expect("source text");
        for word in [concat!("std::", "net"), concat!("Tcp", "Stream")] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
        // Putting hooks in asks git where they are, and the proof runs them; what scans never starts a program. Any use of
        // the module counts, however it is imported; the id, the end and the limits of the own process start
        // nothing.
        let starts = text.match_indices(concat!("process", "::")).any(|(at, found)| {
            let rest = &text[at + found.len()..];
            !["exit", "id()", "ExitCode", "getrlimit", "Resource"].iter().any(|harmless| rest.starts_with(harmless))
        });
        // The last one is compiled for tests only.
        let asks = ["src/hook/git.rs", "src/hook/canary.rs", "src/git/fixture.rs"].iter().any(|p| path.ends_with(p));
        assert_eq!(starts, asks, "{}", path.display());
    }
}

/// Law 9: there is no way to silence by place: comments of other tools change nothing, and another secret on the same
/// line has another id.
#[test]
fn law_9_nothing_is_suppressed_by_place() {
    let tree = Tree::new();
    let (one, two) = (token(4), token(5));
    tree.file(
        "a.py",
        format!("key = \"{one}\"  # gitleaks:allow nosec leaktight: allow(all) pragma: allowlist secret\n"),
    );
    let first = tree.scan(&["."]);
    // The second is the notice that `all` names no rule.
    assert_eq!((first.code, first.findings().len()), (Some(1), 2), "{:?}", first.findings());
    assert!(first.findings()[1].starts_with("policy-"), "{:?}", first.findings());
    let id = |run: &harness::Run| run.json()["findings"][0]["id"].as_str().unwrap_or_default().to_owned();
    tree.file("a.py", format!("\n\n\nkey = \"{one}\"\n"));
    assert_eq!(id(&tree.scan(&["."])), id(&first), "the id depends on the line");
    tree.file("a.py", format!("key = \"{two}\"\n"));
    assert_ne!(id(&tree.scan(&["."])), id(&first), "the id does not depend on the secret");
}

/// Law 10: a right checksum proves and a wrong one demotes, with the reason.
#[test]
fn law_10_a_checksum_speaks_in_both_directions() {
    let tree = Tree::new();
    tree.file("right.txt", token(6));
    tree.file("wrong.txt", made("{{ghp_ + base62(36)}}", 7));
    let run = tree.scan(&["."]);
    assert_eq!(run.findings(), ["github-pat proven right.txt:1:1", "github-pat possible wrong.txt:1:1"]);
    let json = run.json();
    let reasons = |n: usize| json["findings"][n]["evidence"].to_string();
    assert!(reasons(0).contains("checksum is right") && reasons(1).contains("checksum is wrong"));
}

/// The identity table, whole: what each class depends on, and what not.
#[test]
fn ids_depend_on_what_the_table_says() {
    let family = Family::Credential;
    let (one, two) = (Secret::normalise(b"first value"), Secret::normalise(b"second value"));
    let (salt, other) = ([1; 32], [2; 32]);
    // Random: the value alone, equal across repositories by itself.
    assert_eq!(Id::random(family, &one), Id::random(family, &one));
    assert_ne!(Id::random(family, &one), Id::random(family, &two));
    assert_ne!(Id::random(family, &one), Id::random(Family::ProductionData, &one));
    // Guessable: value and salt; the place only without a salt.
    let id = |secret: &Secret, salt: Option<&[u8; 32]>, place: &[u8]| Id::guessable(family, secret, salt, place);
    assert_eq!(id(&one, Some(&salt), b"a"), id(&one, Some(&salt), b"b"));
    assert_ne!(id(&one, Some(&salt), b"a"), id(&one, Some(&other), b"a"));
    assert_ne!(id(&one, Some(&salt), b"a"), id(&two, Some(&salt), b"a"));
    assert_eq!(id(&one, None, b"a"), id(&one, None, b"a"));
    assert_ne!(id(&one, None, b"a"), id(&one, None, b"b"));
    assert_ne!(id(&one, None, b"a"), id(&one, Some(&salt), b"a"));
    // Without a salt only twelve bits of the value show: of many values some have the same id at one place.
    let ids: BTreeSet<_> = (0..20_000)
        .map(|n: u32| id(&Secret::normalise(n.to_string().as_bytes()), None, b"a").as_str().to_owned())
        .collect();
    assert!(ids.len() <= 4096, "{} different ids", ids.len());
    // Setting and data set: no value at all.
    assert_ne!(Id::setting("r", b"s", b"h", b"p"), Id::setting("r", b"s", b"h", b"q"));
    assert_ne!(Id::setting("r", b"s", b"h", b"p"), Id::setting("q", b"s", b"h", b"p"));
    assert_eq!(Id::dataset("r", b"p", b"c"), Id::dataset("r", b"p", b"c"));
    // Parts are kept apart: no two different lists of parts give one id by running together.
    assert_ne!(Id::setting("r", b"ab", b"c", b""), Id::setting("r", b"a", b"bc", b""));
    // The organisation's key links values, whatever the salt.
    assert_eq!(Id::organisation(&salt, family, &one), Id::organisation(&salt, family, &one));
    assert_ne!(Id::organisation(&salt, family, &one), Id::organisation(&other, family, &one));
    // Line ends and white space around are not the secret's; form and class are in the id.
    assert_eq!(Secret::normalise(b" a\r\nb\rc\n"), Secret::normalise(b"a\nb\nc"));
    assert!(Id::random(family, &one).as_str().starts_with("lt1:r") && Id::random(family, &one).as_str().len() == 37);
    assert!(Keys::default().salt.is_none());
}

/// The same key in other quotation marks, line ends and indents has the same id.
#[test]
fn a_private_key_has_one_id_however_it_is_written() {
    let tree = Tree::new();
    let key = made("{{pem(\"RSA PRIVATE KEY\", 600)}}", 8);
    tree.file("plain.pem", &key);
    tree.file("windows.pem", key.replace('\n', "\r\n"));
    tree.file("indented.yaml", format!("key: |\n  {}\n", key.replace('\n', "\n  ")));
    tree.file("escaped.json", format!("{{\"key\": \"{}\"}}", key.replace('\n', "\\n")));
    let run = tree.scan(&["."]);
    assert_eq!(run.findings().len(), 1, "{:?}", run.findings());
    assert_eq!(run.json()["findings"][0]["also_total"], 3);
}
