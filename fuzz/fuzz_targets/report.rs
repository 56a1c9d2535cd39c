//! Findings with hostile texts in every place that takes text, through every format: nothing drives a terminal or a CI
//! runner, JSON is valid, XML is closed, and what is read back gives the same report.

#![no_main]

use leaktight::blob::{Gap, GapKind, GitKind, GitPlace, Origin, Reach};
use leaktight::finding::evidence::{Confidence, Evidence, Reason};
use leaktight::finding::secret::{Id, Secret};
use leaktight::finding::{Covered, Finding, KnownAs, Life, Location, Outcome, Related, Snippet, State, Suppressed};
use leaktight::policy::threshold::Threshold;
use leaktight::report::human::Human;
use leaktight::report::read::Reader;
use leaktight::report::run::{Command, Part, Provenance, Run, RunInputs};
use leaktight::report::{Format, azure, github};
use leaktight::rule::{Environment, RuleId, Severity};
use leaktight::text::escape::is_unsafe;
use leaktight_fuzz::{FEW, Input, NOW, Seeds, target};
use std::sync::{Arc, LazyLock};

static READER: LazyLock<Reader<'static>> = LazyLock::new(|| Reader::new(&FEW));

target!(seeds, |data| {
    let mut input = Input(data);
    let mode = input.byte();
    let (target, repository) = (input.text(), input.text());
    let outcome = outcome(&mut input, mode);
    let names = [repository.clone()];
    let mut run = Run::new(Command::Scan, &target, &FEW, &outcome);
    run.also_limit = (mode & 1 == 0).then_some(2);
    run.repositories = if mode & 2 == 0 { &[] } else { &names };
    run.made = (mode & 4 != 0).then(|| RunInputs { now: NOW, key: "none".into(), state: Some(repository.clone()) });
    run.shard = (mode & 8 != 0).then(|| Part { index: 1, count: 2, list: "0123456789abcdef".repeat(2) });
    run.provenance = (mode & 16 != 0).then(|| Provenance {
        repository_uri: "https://example.org/r".into(),
        revision: Some(repository.clone()),
        branch: Some(target.clone()),
    });
    run.now = Some(NOW);
    if mode & 32 != 0 {
        run.min_confidence = Confidence::Likely;
    }
    let plain = Human { verbose: mode & 64 != 0, ..Human::default() };
    let quiet = Human { quiet: true, width: 40, ..plain.clone() };
    sound(&written(&run, Format::Human, &quiet), Format::Human);
    for format in Format::ALL.iter().copied() {
        sound(&written(&run, format, &plain), format);
    }
    beside(&run);
    comes_back(&run, &outcome);
});

fn written(run: &Run<'_>, format: Format, human: &Human) -> String {
    let mut out = Vec::new();
    format.report(human).write(run, &mut out).expect("memory");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn sound(text: &str, format: Format) {
    let bad = text.chars().find(|c| *c != '\n' && is_unsafe(*c));
    assert_eq!(bad, None, "{format}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{format}");
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_else(|e| panic!("{format}: {e}"));
    match format {
        Format::Human => assert!(!text.contains("##vso[") && !text.contains("##["), "{format}"),
        Format::Junit => closed(text),
        Format::Jsonl => text.lines().for_each(|line| drop(json(line))),
        Format::Json | Format::Sarif | Format::Gitlab | Format::Codequality => drop(json(text)),
        // One that is newer than this target: the assertions above hold for all.
        #[allow(unreachable_patterns)]
        _ => {}
    }
}

/// Every tag is one of ours and closed.
fn closed(text: &str) {
    let mut open = Vec::new();
    for tag in text.split('<').skip(2) {
        let (tag, _) = tag.split_once('>').expect("a tag ends");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        assert!(["testsuites", "testsuite", "testcase", "failure", "error"].contains(&name), "{tag}");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        assert!(tag.matches('"').count() % 2 == 0, "{tag}");
    }
    assert!(open.is_empty());
}

/// What only platforms read.
fn beside(run: &Run<'_>) {
    for line in github::annotations(run) {
        assert!(!line.chars().any(is_unsafe), "{line}");
        let (head, _) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a command");
        let (name, properties) = head.split_once(' ').expect("properties");
        assert!(["error", "warning", "notice"].contains(&name));
        for property in properties.split(',') {
            let (name, value) = property.split_once('=').expect("a property");
            assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&name), "{property}");
            assert!(!value.contains(':') && !value.is_empty(), "{property}");
        }
    }
    for room in [1000, 1 << 20] {
        let text = github::summary(run, &github::About::default(), room);
        assert!(text.len() <= room && !text.chars().any(|c| c != '\n' && is_unsafe(c)));
    }
    for line in azure::issues(run) {
        let rest = line.strip_prefix("##vso[task.logissue ").expect("a command");
        let (properties, text) = rest.split_once(']').expect("its end");
        assert!(!text.contains(']') && !text.contains("##vso[") && !line.chars().any(is_unsafe), "{line}");
        for property in properties.split(';') {
            let (name, value) = property.split_once('=').expect("a property");
            assert!(["type", "code", "sourcepath", "linenumber", "columnnumber"].contains(&name), "{property}");
            assert!(!value.is_empty(), "{property}");
        }
    }
}

/// The JSON report of what was read is the one that was read.
fn comes_back(run: &Run<'_>, outcome: &Outcome) {
    let plain = Outcome { suppressed: Vec::new(), ..outcome.clone() };
    let run =
        Run { outcome: &plain, suppressed: &[], also_limit: None, min_confidence: Confidence::Possible, ..run.clone() };
    let run = run.measured(Threshold { fail_on: None, ..Threshold::default() });
    let text = written(&run, Format::Json, &Human::default());
    let document = READER.read(text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!((document.target.as_str(), &document.made, &document.shard), (run.target, &run.made, &run.shard));
    assert_eq!(document.outcome.gaps, plain.gaps);
    let again = written(&Run { outcome: &document.outcome, ..run.clone() }, Format::Json, &Human::default());
    assert!(text == again, "{text}\n{again}");
}

fn outcome(input: &mut Input<'_>, mode: u8) -> Outcome {
    let mut findings = Vec::new();
    while findings.len() < 3 && !input.0.is_empty() {
        findings.push(finding(input));
    }
    let gap = |input: &mut Input<'_>| Gap {
        kind: GapKind::ALL[usize::from(input.byte()) % GapKind::ALL.len()],
        what: input.part().to_vec(),
        why: input.text(),
        blocks: mode & 1 == 0,
    };
    let (gaps, accepted) = (vec![gap(input)], vec![(gap(input), input.text())]);
    let suppressed = findings.first().map(|finding: &Finding| Suppressed {
        finding: finding.clone(),
        by: ["allow", "baseline", "comment"][usize::from(mode) % 3].into(),
        in_source: mode & 2 == 0,
        reason: input.text(),
        owner: Some(input.text()),
        expires: Some("2027-01-31".into()),
    });
    Outcome {
        findings,
        gaps,
        accepted,
        suppressed: suppressed.into_iter().collect(),
        covered: Covered { files: u64::from(mode), bytes: u64::MAX, ..Covered::default() },
        weak_ids: mode & 128 != 0,
        ..Outcome::default()
    }
}

fn finding(input: &mut Input<'_>) -> Finding {
    let mode = input.byte();
    let id = (input.below(FEW.len())) as RuleId;
    let rule = FEW.rule(id);
    let secret = Secret::normalise(&[&input.part(), b"more than nothing".as_slice()].concat());
    let location = location(input, mode);
    let lines: Vec<String> = (0..mode % 4).map(|_| input.text().replace('\n', " ")).collect();
    let mark = (input.byte().into(), input.byte().into(), input.byte().into());
    let mut snippet = Snippet::default();
    (snippet.first_line, snippet.lines, snippet.mark) = (location.line, lines, mark);
    if snippet.lines.is_empty() {
        (snippet.first_line, snippet.mark) = (0, (0, 0, 0));
    }
    let reason = Reason::ALL[usize::from(input.byte()) % Reason::ALL.len()];
    let life = (mode & 64 != 0).then(|| life(input));
    let mut finding = Finding {
        id: Id::random(rule.family, &secret),
        org_id: (mode & 1 == 0).then(|| Id::organisation(&[1; 32], rule.family, &secret)),
        rule: id,
        severity: location.severity,
        confidence: [Confidence::Possible, Confidence::Likely, Confidence::Proven][usize::from(mode) % 3],
        environment: location.environment,
        evidence: vec![Evidence::with(reason, input.text()), Evidence::new(Reason::ProviderShape)],
        redacted: input.text(),
        length: (mode & 2 == 0).then(|| secret.len()),
        identity: rule.identity,
        also: (0..mode % 5).map(|n| self::location(input, n)).collect(),
        more: 0,
        related: vec![Related { role: input.text(), location: location.clone() }],
        state: location.state,
        location,
        snippet,
        life,
        comment: None,
        malformed: Vec::new(),
        known_as: KnownAs::default(),
    };
    if mode & 4 != 0 {
        finding.count_more(input.byte().into());
    }
    finding
}

fn location(input: &mut Input<'_>, mode: u8) -> Location {
    let path: Arc<[u8]> = input.part().into();
    let text = |input: &mut Input<'_>| -> Arc<str> { input.text().into() };
    let origin = match mode & 7 {
        0 => Origin::Link(path),
        1 => Origin::Name(path),
        2 => Origin::Stdin,
        3 | 4 => Origin::Git(Arc::new(GitPlace {
            reach: Reach::ALL[usize::from(input.byte()) % Reach::ALL.len()],
            kind: GitKind::ALL[usize::from(input.byte()) % GitKind::ALL.len()],
            repo: input.part().into(),
            path: (mode & 8 == 0).then_some(path),
            date: Some(text(input)),
            commit: Some(text(input)),
            object: (mode & 16 == 0).then(|| text(input)),
            refs: vec![input.part().into()],
            author: Some(input.part().into()),
        })),
        _ => Origin::File(path),
    };
    let number = |input: &mut Input<'_>| match input.byte() {
        255 => u64::MAX,
        n => n.into(),
    };
    let (line, column) = (number(input), number(input));
    Location {
        state: (mode & 32 != 0).then(|| State::ALL[usize::from(mode & 3)]),
        severity: Severity::ALL[usize::from(mode) % Severity::ALL.len()],
        environment: Environment::ALL[usize::from(mode) % Environment::ALL.len()],
        origin,
        byte_offset: number(input),
        byte_length: number(input),
        line,
        column,
        end_line: line.saturating_add(number(input)),
        end_column: number(input),
    }
}

fn life(input: &mut Input<'_>) -> Life {
    let time = |input: &mut Input<'_>| match input.byte() {
        0 => None,
        1 => Some(i64::MIN),
        2 => Some(i64::MAX),
        n => Some(i64::from(n) * 100_000_000),
    };
    Life {
        first: time(input),
        last: time(input),
        authored: time(input).zip(time(input)),
        introduced: vec![input.text()],
        removed: vec![input.text()],
        in_head: input.byte() & 1 == 0,
        refs: vec![input.part().to_vec()],
        more_refs: input.byte().into(),
        tags: vec![input.part().to_vec()],
        more_tags: 0,
        authors: vec![input.part().to_vec()],
        days: u64::MAX,
        objects: input.byte().into(),
        reach: Reach::ALL.to_vec(),
    }
}

fn seeds() -> Seeds {
    let evil = "\u{1b}]8;;x\u{7}\r\n::error::x\u{202e}\u{2028}\u{feff}\0`<b>`##vso[x]]>&\"|*_[](";
    let part = [&[evil.len() as u8], evil.as_bytes()].concat();
    let plain = b"\x05a/b.c".repeat(60);
    let mut inputs = Vec::new();
    for mode in 0..32_u8 {
        let mode = mode.wrapping_mul(37);
        inputs.push([&[mode], plain.as_slice()].concat());
        inputs.push([&[mode], part.repeat(30).as_slice()].concat());
        inputs.push([&[mode], b"\x01x\x01y".as_slice(), &[mode, mode, 0], part.repeat(40).as_slice()].concat());
    }
    Seeds::new(inputs).words(&[
        evil,
        "::error::",
        "]]>",
        "\u{fffe}",
        "%0A",
        "javascript:",
        "../",
        "\u{e0001}",
        "\\u001b",
    ])
}
