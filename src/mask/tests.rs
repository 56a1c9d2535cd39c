use super::*;
use crate::blob::{Blob, Gap, GapKind, Origin};
use crate::detect::Detector;
use crate::example;
use crate::finding::{Finding, Keys, Outcome};
use crate::rule::{Identity, RuleSet};
use crate::scan::Collector;
use crate::source::Sink as _;

fn made(template: &str, seed: u64) -> String {
    String::from_utf8(example::expand(template, seed).expect("a template").text).expect("text")
}

fn token(seed: u64) -> String {
    made("{{ghp_ + base62(30) + crc32}}", seed)
}

/// The findings of a run of these rules over files.
fn run(rules: &RuleSet, files: &[(&str, Vec<u8>)]) -> Outcome {
    let detector = Detector::new(rules, 0);
    let collector = Collector::new(&detector, false);
    for (path, bytes) in files {
        collector.blob(&Blob::whole(bytes, &Origin::File(path.as_bytes().into())));
    }
    let known = collector.known();
    let (occurrences, gaps, _) = collector.parts();
    let findings = crate::finding::group::gather(occurrences, rules, &Keys::default());
    let mut outcome = Outcome { findings, gaps, known, ..Outcome::default() };
    finish(&mut outcome, &detector);
    outcome
}

fn only(names: &[&str]) -> RuleSet {
    RuleSet::new(
        RuleSet::list().into_iter().filter(|r| names.contains(&&*r.id) || names.contains(&r.family.name())).collect(),
    )
}

fn lines(outcome: &Outcome) -> String {
    outcome.findings.iter().flat_map(|f| f.snippet.lines.clone()).collect::<Vec<_>>().join("\n")
}

fn marked(f: &Finding) -> String {
    let (line, from, to) = f.snippet.mark;
    f.snippet.lines[line].chars().skip(from).take(to - from).collect()
}

#[test]
fn a_value_is_hidden_wherever_else_it_stands() {
    let password = made("{{password()}}", 1);
    let builtin = RuleSet::builtin();
    for text in [
        format!("password: \"{password}\"\n# was {password} until May\n"),
        format!("auth(\"{password}\", token=\"{password}\")\n"),
        format!("password: \"{password}\"\nnote({password})\npassword: \"{password}\"\n"),
    ] {
        let outcome = run(&builtin, &[("a.yml", text.clone().into())]);
        assert!(!outcome.findings.is_empty(), "{text}");
        assert!(!lines(&outcome).contains(&password), "{}", lines(&outcome));
    }
    // In another file, too, where nothing tells of it.
    let other = format!("hello {password}\nGITHUB={}\n", token(2));
    let outcome = run(&builtin, &[("a.yml", format!("password: \"{password}\"\n").into()), ("b.txt", other.into())]);
    assert_eq!(outcome.findings.len(), 2);
    assert!(lines(&outcome).contains("hello …") && !lines(&outcome).contains(&password));
}

#[test]
fn rules_that_are_not_selected_hide_all_the_same() {
    let url = concat!("http", "://api.acme-corp.io/v1");
    let text = format!("{}\nBASE_URL=\"{url}\"\n{}\n", token(3), made("api_key = \"{{base62(32)}}\"", 4));
    for rules in [only(&["transport"]), RuleSet::builtin()] {
        let outcome = run(&rules, &[("a.env", text.clone().into())]);
        let shown = lines(&outcome);
        assert!(!shown.contains(&token(3)[6..30]), "{shown}");
        assert!(shown.contains("acme-corp.io"), "{shown}");
        assert!(!shown.contains(&made("{{base62(32)}}", 4)), "{shown}");
    }
}

#[test]
fn every_form_of_a_value_is_hidden() {
    use base64::Engine as _;
    let (password, builtin) = (made("{{password()}}", 5), RuleSet::builtin());
    let percent: String = password.bytes().map(|b| format!("%{b:02X}")).collect();
    let escaped: String = password.chars().map(|c| format!("\\u{:04x}", c as u32)).collect();
    let html: String = password.chars().map(|c| format!("&#{};", c as u32)).collect();
    let base64 = |before: &str| base64::engine::general_purpose::STANDARD.encode(format!("{before}{password} etc"));
    for form in [percent, escaped, html, base64(""), base64("x"), base64("xy")] {
        let text = format!("password: \"{password}\"\nsee {form} there\n");
        let outcome = run(&builtin, &[("a.yml", text.into())]);
        let shown = lines(&outcome);
        let middle = &form[8..form.len() - 8];
        assert!(!shown.contains(middle), "{form}: {shown}");
        assert!(shown.contains("see "), "{shown}");
    }
}

#[test]
fn what_is_cut_off_is_hidden_before_it_is_cut() {
    let (one, two) = (token(6), made("{{password()}}", 7));
    // The neighbour begins 100 bytes beside the token, and what is shown ends 120 bytes beside it.
    let text = format!("a = \"{one}\" {}'{two}' {two}\npassword: \"{two}\"\n", "- ".repeat(54));
    let outcome = run(&RuleSet::builtin(), &[("a.txt", text.into())]);
    let shown = lines(&outcome);
    for n in 4..two.len() {
        assert!(!shown.contains(&two[..n]) && !shown.contains(&two[two.len() - n..]), "{shown}");
    }
}

#[test]
fn utf16_is_hidden_as_all_text() {
    let (one, password) = (token(8), made("{{password()}}", 9));
    let text = format!("\u{feff}x\r\npassword: \"{password}\"\r\ntoken = \"{one}\" # {password} {one}\r\n");
    for units in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(units).collect();
        let outcome = run(&RuleSet::builtin(), &[("a.txt", bytes)]);
        assert_eq!(outcome.findings.len(), 2);
        let shown = lines(&outcome);
        assert!(shown.contains("password: \"") && shown.contains("token = \""), "{shown}");
        assert!(!shown.contains(&password) && !shown.contains(&one[6..30]), "{shown}");
        assert!(outcome.findings.iter().all(|f| marked(f) == f.redacted), "{shown}");
    }
}

#[test]
fn a_short_value_is_hidden_near_its_match_only() {
    let far = "-\n".repeat(200);
    let short = concat!("kq7", "w2z");
    let text = format!("password = '{short}'\n# was {short}\n{far}see {short} here: {}\n", token(10));
    let outcome = run(&RuleSet::builtin(), &[("a.ini", text.into())]);
    let near: Vec<&Finding> = outcome.findings.iter().filter(|f| f.location.line == 1).collect();
    assert_eq!(near.len(), 1, "{:?}", outcome.findings);
    assert!(!near[0].snippet.lines.join("\n").contains(short), "{:?}", near[0].snippet.lines);
    assert!(lines(&outcome).contains(&format!("see {short} here")), "{}", lines(&outcome));
}

#[test]
fn paths_lose_values_and_no_words() {
    let value = made("{{base62(40)}}", 11);
    let files = [
        (
            "a.env".to_owned(),
            format!("password: \"{}\"\nDB_PASSWORD={}\nACCESS_TOKEN={value}\n", "secret", "production"),
        ),
        (format!("src/secret/{value}/b.txt"), format!("x = {}\n", token(12))),
        ("src/production/password/c.txt".to_owned(), format!("x = {}\n", token(13))),
    ];
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(p, t)| (p.as_str(), t.clone().into_bytes())).collect();
    let outcome = run(&RuleSet::builtin(), &files);
    let paths: Vec<String> = outcome
        .findings
        .iter()
        .filter_map(|f| f.location.origin.path())
        .map(|p| String::from_utf8_lossy(p).into_owned())
        .collect();
    assert!(paths.contains(&"src/secret/…/b.txt".to_owned()), "{paths:?}");
    assert!(paths.contains(&"src/production/password/c.txt".to_owned()), "{paths:?}");
}

#[test]
fn gaps_reasons_and_settings_lose_secrets_and_a_second_time_changes_nothing() {
    let (one, password) = (token(14), made("{{password()}}", 15));
    let url = format!("{}://api.acme-corp.io/v1?key={}", "http", token(16));
    let text = format!("password: \"{password}\"\nBASE_URL=\"{url}\"\n");
    let rules = RuleSet::builtin();
    let mut all = run(&rules, &[("a.yml", text.into())]);
    all.gaps.push(Gap {
        kind: GapKind::Unreadable,
        what: format!("dir/{one}.key").into_bytes(),
        why: format!("permission denied for {password}"),
        blocks: true,
    });
    all.accepted.push((all.gaps[0].clone(), format!("because of {password}")));
    outcome(&mut all, Masker::builtin());
    let shown = format!("{all:?} {}", String::from_utf8_lossy(&all.gaps[0].what));
    for secret in [&one[6..30], &token(16)[6..30], &password] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(all.findings.iter().all(|f| marked(f) == f.redacted || f.identity == Identity::Setting));
    let again = |all: &Outcome| {
        let mut again = all.clone();
        outcome(&mut again, Masker::builtin());
        format!("{again:?}")
    };
    assert_eq!(again(&all), format!("{all:?}"));
}

#[test]
fn messages_lose_secrets() {
    let one = token(17);
    assert_eq!(message("nothing to see in src/main.rs"), "nothing to see in src/main.rs");
    let shown = message(&format!("cannot read `{one}`: no such file")).into_owned();
    assert!(shown.starts_with("cannot read `ghp_…") && !shown.contains(&one[6..30]), "{shown}");
}

#[test]
fn the_name_of_a_repository_is_blanked_by_no_password() {
    let (password, builtin) = (made("{{password()}}", 30), RuleSet::builtin());
    let mut outcome = run(&builtin, &[("a.yml", format!("password: \"{password}\"\n").into())]);
    let repo = |name: &str| {
        let place = crate::blob::GitPlace {
            reach: crate::blob::Reach::Head,
            kind: crate::blob::GitKind::Commit,
            repo: name.as_bytes().into(),
            path: Some(format!("{name}/a.yml").as_bytes().into()),
            date: None,
            commit: None,
            object: None,
            refs: Vec::new(),
            author: Some(format!("{name} <a@example.org>").as_bytes().into()),
        };
        Origin::Git(std::sync::Arc::new(place))
    };
    let detector = Detector::new(&builtin, 0);
    let mut shown = |name: &str| {
        outcome.findings[0].location.origin = repo(name);
        finish(&mut outcome, &detector);
        let Origin::Git(place) = &outcome.findings[0].location.origin else { panic!("a place") };
        String::from_utf8([&*place.repo, b" ", place.author.as_deref().expect("one")].concat()).expect("text")
    };
    // Whoever calls a repository like a password says so in clear; what a person is called is a text like any other.
    assert_eq!(shown(&password), format!("{password} … <a@example.org>"));
    let token = shown(&token(31));
    assert!(token.starts_with("ghp_…") && token.contains(" ghp_…"), "{token}");
}

#[test]
fn a_password_that_goes_on_in_the_next_line_shows_none_of_it() {
    let (first, rest) = (made("{{password()}}", 41), "qzvhwtkbxj");
    for text in [
        format!("const password = \"{first}\" +\n  \"{rest}\";\n"),
        format!("const password = \"{first}\"\r\n  + \"{rest}\";\r\n"),
        format!("password: >-\n  {first}\n  {rest}\n"),
        format!("# one\n# two\npassword={first}\\\n  {rest}\n"),
    ] {
        let outcome = run(&RuleSet::builtin(), &[("a", text.clone().into())]);
        assert!(!outcome.findings.is_empty() && !lines(&outcome).contains(rest), "{text}{}", lines(&outcome));
    }
}
