//! Sample outcomes for the tests of the reports: a plain one, an empty one, and one as hostile as it gets.

mod change;
mod history;

pub(crate) use change::change;
pub(crate) use history::{git_at, history, hostile_history};

use crate::blob::{Gap, GapKind, GitKind, GitPlace, Member, Origin, Reach};
use crate::example;
use crate::finding::evidence::{Confidence, Evidence, Reason};
use crate::finding::secret::{Id, Secret};
use crate::finding::{Covered, Excluded, Finding, Location, Outcome, Related, Snippet, Suppressed};
use crate::rule::{Environment, RuleSet, Severity};
use std::sync::Arc;

/// A place.
pub(crate) fn at(path: &[u8], line: u64, column: u64, length: u64) -> Location {
    Location {
        state: None,
        severity: Severity::Critical,
        environment: Environment::Unknown,
        origin: Origin::File(path.into()),
        byte_offset: line.saturating_mul(40),
        byte_length: length,
        line,
        column,
        end_line: line,
        end_column: column.saturating_add(length),
    }
}

/// A finding of `rule` with a generated value.
pub(crate) fn finding(rules: &RuleSet, rule: &str, seed: u64, location: Location, snippet: Snippet) -> Finding {
    let rule_id = rules.find(rule).expect("a built-in rule");
    let rule = rules.rule(rule_id);
    let value = example::expand("{{ghp_ + base62(30) + crc32}}", seed).expect("a template").text;
    let secret = Secret::normalise(&value);
    Finding {
        id: Id::random(rule.family, &secret),
        org_id: None,
        rule: rule_id,
        severity: rule.severity,
        confidence: Confidence::Likely,
        environment: location.environment,
        evidence: vec![Evidence::new(Reason::ProviderShape), Evidence::new(Reason::TestPath)],
        redacted: "ghp_…x7".into(),
        length: Some(secret.len()),
        identity: rule.identity,
        location: Location { severity: rule.severity, ..location },
        also: Vec::new(),
        more: 0,
        related: Vec::new(),
        snippet,
        life: None,
        state: None,
        comment: None,
        malformed: Vec::new(),
        known_as: crate::finding::KnownAs::default(),
    }
}

/// Lines around a masked secret, which is `mask` in the line `at`.
pub(crate) fn snippet(first_line: u64, lines: &[&str], at: usize, mask: &str) -> Snippet {
    let before = lines[at].split(mask).next().unwrap_or_default().chars().count();
    Snippet {
        first_line,
        lines: lines.iter().map(|l| (*l).to_owned()).collect(),
        mark: (at, before, before + mask.chars().count()),
        draft: None,
    }
}

/// What a usual run finds.
pub(crate) fn usual(rules: &RuleSet) -> Outcome {
    let mut pat = finding(
        rules,
        "github-pat",
        1,
        at(b"deploy/release.sh", 12, 21, 40),
        snippet(11, &["# nightly release", "export GITHUB_TOKEN=ghp_…x7 # bot account", "npm publish"], 1, "ghp_…x7"),
    );
    pat.confidence = Confidence::Proven;
    pat.evidence = vec![Evidence::new(Reason::ChecksumRight), Evidence::new(Reason::ProviderShape)];
    pat.also = (1..=12).map(|n| at(format!("services/worker-{n}/deploy.env").as_bytes(), n, 14, 40)).collect();
    let mut aws = finding(
        rules,
        "aws-access-key",
        2,
        at(b"infra/prod.tfvars", 3, 15, 20),
        snippet(2, &["region     = \"eu-central-1\"", "access_key = \"AKIA…QX\"", "secret_key = \"…\""], 1, "AKIA…QX"),
    );
    aws.environment = Environment::Production;
    aws.location.environment = Environment::Production;
    aws.evidence.push(Evidence::with(Reason::AccountId, "123456789012"));
    aws.related = vec![Related { role: "secret access key".into(), location: at(b"infra/prod.tfvars", 4, 15, 40) }];
    let mut url = finding(
        rules,
        "url-password",
        3,
        at("src/größe/連接.py".as_bytes(), 88, 40, 12),
        snippet(
            87,
            &[
                "",
                // In parts: our own scan would find it.
                concat!(
                    "    engine = create_engine(\"postgresql:",
                    "//app:…@db.example.org:5432/orders\", pool_pre_ping=True, pool_size=20, echo=False)"
                ),
                "",
            ],
            1,
            "…",
        ),
    );
    url.redacted = "…".into();
    url.length = None;
    url.identity = crate::rule::Identity::Guessable;
    let setting = concat!("sslmode", "=disable");
    let line = format!("\tDSN: \"host=db {setting} user=app\"");
    let mut tls = finding(
        rules,
        "postgres-sslmode-disable",
        4,
        at(b"docker/compose.yml", 7, 30, 15),
        snippet(6, &["environment:", &line], 1, setting),
    );
    tls.redacted = setting.into();
    tls.confidence = Confidence::Possible;
    tls.evidence =
        vec![Evidence::new(Reason::RuleShape), Evidence::new(Reason::DocsPath), Evidence::new(Reason::TestPath)];
    Outcome {
        findings: vec![pat, aws, url, tls],
        gaps: vec![
            Gap {
                kind: GapKind::Unreadable,
                what: b"secrets/backup.key".to_vec(),
                why: "permission denied".into(),
                blocks: true,
            },
            Gap {
                kind: GapKind::Submodule,
                what: b"vendor/theme".to_vec(),
                why: "its files are not there".into(),
                blocks: false,
            },
        ],
        covered: covered(),
        weak_ids: true,
        ..Outcome::default()
    }
}

/// What a scan of a work tree read and left out.
fn covered() -> Covered {
    Covered { files: 1234, bytes: 12_345_678, links: 2, ignored_files: 3, ignored_folders: 2, ..Covered::default() }
}

/// A finding that somebody accepted.
pub(crate) fn accepted(rules: &RuleSet) -> Vec<Suppressed> {
    vec![Suppressed {
        finding: finding(rules, "github-pat", 7, at(b"old/notes.md", 3, 9, 40), Snippet::default()),
        by: "allow".into(),
        in_source: false,
        reason: "revoked in May".into(),
        owner: Some("platform".into()),
        expires: Some("2027-01-31".into()),
    }]
}

/// A run that found nothing and looked at everything.
pub(crate) fn clean() -> Outcome {
    Outcome { findings: Vec::new(), gaps: Vec::new(), covered: covered(), weak_ids: false, ..Outcome::default() }
}

/// An origin of every kind, each with `text` where it takes text from outside.
pub(crate) fn origins(text: &[u8]) -> Vec<Origin> {
    let text = || Arc::<[u8]>::from(text);
    let git = |kind: GitKind| {
        Origin::Git(Arc::new(GitPlace {
            reach: Reach::Head,
            kind,
            repo: Arc::from(&b""[..]),
            path: matches!(kind, GitKind::Index | GitKind::Commit).then(text),
            date: None,
            commit: None,
            object: Some("12".into()),
            refs: Vec::new(),
            author: None,
        }))
    };
    let member = |container| Origin::Member(Arc::new(Member { container, names: vec![text(), text()] }));
    let mut all = vec![Origin::File(text()), Origin::Link(text()), Origin::Name(text()), Origin::Stdin];
    all.extend(GitKind::ALL.iter().map(|kind| git(*kind)));
    all.extend([member(Origin::File(text())), member(git(GitKind::Commit))]);
    for origin in &all {
        match origin {
            // A new kind is added here and to the list above.
            Origin::File(_)
            | Origin::Link(_)
            | Origin::Name(_)
            | Origin::Stdin
            | Origin::Git(_)
            | Origin::Member(_) => {}
        }
    }
    all
}

/// Every kind of hostile text, in every place that takes text from outside.
pub(crate) fn hostile(rules: &RuleSet) -> Outcome {
    let evil = "\u{1b}]8;;http://evil\u{7}\u{1b}[2J\r\n::error::x\u{8}\u{7f}\u{9b}31m\u{202e}gnp.\u{2066}\u{2028}\u{feff}\0`<b>`";
    let mut path = evil.as_bytes().to_vec();
    path.extend_from_slice(b"\xff\xc0/ a%2fb#?.env");
    let lines = [evil, &format!("{evil}key=ghp_…x7{evil}"), evil];
    let mut all = Vec::new();
    let empty = Origin::File(b"".as_slice().into());
    for (seed, origin) in origins(&path).into_iter().chain([empty]).enumerate() {
        let mut location = at(&path, 1, 1, 40);
        location.origin = origin;
        let mut f = finding(rules, "github-pat", seed as u64, location.clone(), snippet(1, &lines, 1, "ghp_…x7"));
        f.redacted = evil.into();
        f.evidence.push(Evidence::with(Reason::AccountId, evil));
        f.also = vec![location.clone()];
        f.related = vec![Related { role: evil.into(), location }];
        all.push(f);
    }
    // Marks that point nowhere, lines that are not there, numbers at their ends.
    for mark in [(0, 0, 0), (9, 9, 9), (1, 500, 2), (1, 0, usize::MAX)] {
        let mut f = finding(rules, "github-pat", 9, at(&path, u64::MAX, u64::MAX, 0), Snippet::default());
        f.snippet =
            Snippet { first_line: u64::MAX, lines: vec!["\u{301}日本".repeat(300), evil.into()], mark, draft: None };
        all.push(f);
    }
    all.push(finding(rules, "github-pat", 10, at(&path, 0, 0, 0), Snippet::default()));
    let gap = |kind, blocks| Gap { kind, what: path.clone(), why: evil.into(), blocks };
    Outcome {
        findings: all,
        gaps: vec![gap(GapKind::Unreadable, true), gap(GapKind::Archive, false)],
        covered: Covered {
            files: u64::MAX,
            bytes: u64::MAX,
            links: u64::MAX,
            ignored_files: u64::MAX,
            ignored_folders: u64::MAX,
            excluded: vec![Excluded { glob: evil.into(), files: u64::MAX, bytes: u64::MAX }],
            ..Covered::default()
        },
        weak_ids: true,
        ..Outcome::default()
    }
}
