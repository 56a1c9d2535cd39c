//! A user's own rules (`--rules FILE`): what they need, and every mistake in them at once.

use crate::harness::{Run, Tree, made};

const SMALL: &str = "\
[[rule]]
id = \"acme-key\"
family = \"credential\"
identity = \"random\"
pattern = '(?<secret>acmekey_[0-9a-f]{32})'
";

fn rules(tree: &Tree, name: &str, text: impl AsRef<[u8]>) -> Run {
    tree.file(name, text);
    tree.leaktight(&["rules", "test", name])
}

/// `line:column` of each mistake of a file.
fn places(run: &Run, file: &str) -> Vec<String> {
    assert_eq!(run.code, Some(2), "{}{}", run.text(), run.stderr);
    let lines = run.stderr.lines().map(|l| l.trim_start_matches("leaktight: error: "));
    let places = lines.filter_map(|l| l.strip_prefix(&format!("{file}:")));
    places.map(|rest| rest.splitn(3, ':').take(2).collect::<Vec<_>>().join(":")).collect()
}

#[test]
fn a_rule_of_ones_own_needs_an_id_a_family_an_identity_and_a_pattern() {
    let tree = Tree::new();
    tree.file("ours.toml", SMALL);
    tree.file("leak.txt", made("{{acmekey_ + hex(32)}}", 1));
    let run = tree.scan(&["leak.txt", "--rules", "ours.toml"]);
    assert_eq!((run.code, run.findings()), (Some(1), vec!["acme-key likely leak.txt:1:1".to_owned()]));
    let finding = &run.json()["findings"][0];
    assert_eq!((&finding["name"], &finding["severity"]), (&"acme-key".into(), &"medium".into()));
    let show = tree.leaktight(&["rules", "show", "acme-key", "--rules", "ours.toml", "--format", "json"]).json();
    assert_eq!((&show["name"], &show["summary"]), (&"acme-key".into(), &"Found by a custom rule.".into()));
    // What they are is in the guide.
    let guide = include_str!("../../CONTRIBUTING.md");
    for words in ["`name` is the id", "`severity` is `medium`", "\"Found by a custom rule.\""] {
        assert!(guide.contains(words), "{words}");
    }
    // The example of the guide is such a rule.
    let example = guide.split("```toml\n").find(|part| part.contains("id = \"acme-session\"")).expect("an example");
    let run = rules(&tree, "guide.toml", example.split("```").next().unwrap_or_default());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[test]
fn a_rule_without_examples_passes_and_is_not_taken_for_tested() {
    let tree = Tree::new();
    let run = rules(&tree, "ours.toml", SMALL);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        run.text(),
        "ours.toml: acme-key: not tested: it has no examples\n1 rule, 0 examples, 0 failed; 1 rule without examples\n"
    );
    // One example is enough to be tested, and a miss need not say why.
    let tested = format!("{SMALL}[[rule.miss]]\ntext = 'acmekey_'\n");
    assert_eq!(rules(&tree, "ours.toml", tested).text(), "1 rule, 1 example, 0 failed\n");
    let broken = format!("{SMALL}[[rule.match]]\ntext = 'acmekey_'\n");
    let run = rules(&tree, "ours.toml", broken);
    assert_eq!(run.code, Some(1));
    assert!(run.text().contains("ours.toml: acme-key: match 1"), "{}", run.text());
}

#[test]
fn all_mistakes_of_all_files_are_listed_at_once() {
    let tree = Tree::new();
    let one = "\
family = \"credentials\"
colour = \"red\"
[[rule]]
id = \"Acme\"
nmae = \"Acme\"
severity = \"hgih\"
identity = \"random\"
pattern = '(?<secret>acme_[0-9]{8}'
checks = [\"crc32-base62\", \"crc\"]
[[rule]]
pattern = 1
[[rule.match]]
txet = 'x'
[[rule]]
id = \"acme-two\"
identity = \"random\"
pattern = \"\\\\b(?<secret>acme_[0-9]{8})\"
pair = { role = \"id\", pattern = '(?<secret>acme)', within = 9999 }
[[rule]]
id = \"acme-two\"
name = \"\"
pattern = '(?<secret>acme_[0-9]+)'
";
    tree.file("one.toml", one);
    tree.file("two.toml", SMALL.replace("acme-key", "acme-two").replace("[0-9a-f]{32}", "[0-9a-f]{32})"));
    tree.file("three.toml", "[[rule]]\nid = \n[[rule]]\nid == \n");
    let run = tree.leaktight(&[
        "scan",
        "--rules",
        "one.toml",
        "--rules",
        "missing.toml",
        "--rules",
        "two.toml",
        "--rules",
        "three.toml",
    ]);
    let stderr = &run.stderr;
    assert_eq!(
        places(&run, "one.toml"),
        [
            "1:10", "2:1", "4:6", "5:1", "6:12", "8:12", "9:27", "10:1", "10:1", "11:11", "13:1", "17:11", "18:33",
            "19:1", "20:6", "20:6", "22:11"
        ],
        "{stderr}"
    );
    for words in [
        "one.toml:1:10: unknown value `credentials`; did you mean `credential`?",
        "one.toml:2:1: unknown key `colour`",
        "one.toml:4:6: rule id \"Acme\" is not kebab-case",
        "one.toml:5:1: unknown key `nmae`; did you mean `name`?",
        "one.toml:6:12: unknown value `hgih`; did you mean `high`?",
        "one.toml:8:12: rule Acme: the pattern does not parse: unclosed group",
        "one.toml:9:27: unknown value `crc`",
        "one.toml:10:1: `id` is missing",
        "one.toml:10:1: `identity` is missing: \"random\" for what a machine made, \"guessable\" for what a person made up",
        "one.toml:11:11: this is an integer; write a string",
        "one.toml:13:1: unknown key `txet`; did you mean `text`?",
        "one.toml:17:11: rule acme-two: the pattern uses ^, $ or \\b",
        "one.toml:18:33: the pair of acme-two reaches 9999 bytes; at most 2048",
        "one.toml:19:1: `identity` is missing",
        "one.toml:20:6: a second rule has the id `acme-two`; the first is on line 15",
        "one.toml:20:6: rule acme-two has an empty name",
        "one.toml:22:11: rule acme-two: the pattern has an unbounded repeat",
        "cannot read the rule file `missing.toml`",
        "two.toml:2:6: a second rule has the id `acme-two`; the first is at one.toml:15",
        "two.toml:5:43: rule acme-two: the pattern does not parse: unopened group",
    ] {
        assert!(stderr.contains(words), "{words}\n{stderr}");
    }
    assert_eq!(places(&run, "three.toml").len(), 2, "{stderr}");
    assert!(run.stdout.is_empty(), "the scan was made");
}

#[test]
fn a_rule_with_the_id_of_a_built_in_one_replaces_it() {
    let tree = Tree::new();
    tree.file("ours.toml", SMALL.replace("acme-key", "github-pat"));
    tree.file("leak.txt", format!("{}\n{}\n", made("{{acmekey_ + hex(32)}}", 1), crate::harness::token(1)));
    let run = tree.scan(&["leak.txt", "--rules", "ours.toml", "--only", "github-pat"]);
    assert_eq!(run.findings(), ["github-pat likely leak.txt:1:1"]);
}

#[test]
fn files_that_are_no_text_are_refused_with_their_place() {
    let tree = Tree::new();
    let run = rules(&tree, "bom.toml", format!("\u{feff}{SMALL}"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let wide: Vec<u8> = format!("\u{feff}{SMALL}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let run = rules(&tree, "wide.toml", wide);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let run = rules(&tree, "latin.toml", [SMALL.as_bytes(), b"# gr\xfcn\n"].concat());
    assert_eq!(places(&run, "latin.toml"), ["6:5"]);
    let run = rules(&tree, "huge.toml", vec![b'#'; (8 << 20) + 1]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("it is longer than 8388608 bytes"), "{}", run.stderr);
}

/// Each anchor begins a match of thousands of bytes: together they are thousands of times as long as the text.
#[test]
fn long_matches_that_overlap_are_a_gap_and_stay_hidden() {
    let tree = Tree::new();
    let rule = SMALL.replace("acmekey_[0-9a-f]{32}", "acmekey[\\s\\S]{0,4000}?-END");
    let body = made("{{base62(3000)}}", 1);
    let part = format!("{}{body} -END\n", "acmekey ".repeat(120));
    let run = rules(&tree, "ours.toml", &rule);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    tree.file("flood.txt", part.repeat(50));
    let run = tree.leaktight(&["scan", "flood.txt", "--rules", "ours.toml", "--only", "acme-key", "--format", "json"]);
    assert!(run.text().contains("more candidates than one file may have"), "{}", run.text());
    for at in (0..2960).step_by(40) {
        assert!(!run.text().contains(&body[at..at + 40]), "{}", run.text());
    }
}

/// What a pattern costs is bounded, and a rule that cannot be used is never silently left out.
#[test]
fn a_pattern_that_takes_too_many_steps_does_not_load() {
    let tree = Tree::new();
    // Six hundred times two steps.
    let large = SMALL.replace("[0-9a-f]{32}", "(?:[0-9a-f]{1,9}-){600}");
    let run = rules(&tree, "ours.toml", &large);
    assert!(
        run.stderr.contains("ours.toml:5:11: rule acme-key: the pattern has more than 256 steps"),
        "{}",
        run.stderr
    );
    for small in ["[0-9a-f]{1,16000}", "-[\\s\\S]{0,4000}?-END", "(?:[0-9]{1,3},\\s{0,9}){63}[0-9]{1,3}"] {
        assert_eq!(rules(&tree, "ours.toml", SMALL.replace("[0-9a-f]{32}", small)).code, Some(0), "{small}");
    }
    let pair = format!(
        "{SMALL}pair = {{ role = \"id\", within = 100, pattern = '(?<secret>acme(?:[acegikmoqsuwy]{{900}}){{900}})' }}\n"
    );
    let run = rules(&tree, "ours.toml", pair);
    assert!(run.stderr.contains("ours.toml:6:47: rule acme-key: in the pair: the pattern"), "{}", run.stderr);
    let deep = SMALL.replace("[0-9a-f]{32}", &format!("{}a{}", "(?:".repeat(5000), ")".repeat(5000)));
    let run = rules(&tree, "ours.toml", deep);
    assert!(run.stderr.contains("the pattern does not parse"), "{}", run.stderr);
    let deep = format!("x = {}", "[".repeat(100_000));
    assert_eq!(rules(&tree, "ours.toml", deep).code, Some(2));
}

#[test]
fn ten_thousand_rules_load_and_ten_thousand_mistakes_are_cut() {
    let tree = Tree::new();
    let many = |pattern: &str| -> String {
        (0..10_000).map(|n| SMALL.replace("acme-key", &format!("acme-{n}")).replace("acmekey", pattern)).collect()
    };
    tree.file("many.toml", many("acmekey"));
    let run = tree.leaktight(&["rules", "list", "--rules", "many.toml", "--only", "acme-*"]);
    assert_eq!((run.code, run.text().lines().count()), (Some(0), 10_001), "{}", run.stderr);
    for text in [many("acme("), many("acmekey").replace("family", "fmaily"), "[[rule]]\n".repeat(10_000)] {
        let run = rules(&tree, "broken.toml", text);
        assert_eq!(run.code, Some(2));
        assert_eq!(places(&run, "broken.toml").len(), 101);
        assert!(run.stderr.ends_with(": more mistakes from here on\n"), "{}", run.stderr);
    }
    // One rule with as many keys that nobody knows: each is taken out by itself, and that must not go on for ever.
    let keys: String = (0..20_000).map(|n| format!("key{n} = 1\n")).collect();
    assert_eq!(places(&rules(&tree, "keys.toml", format!("{SMALL}{keys}")), "keys.toml").len(), 101);
}
