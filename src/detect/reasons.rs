//! Which reasons can apply to what a rule finds: for `explain`, which would otherwise print the whole table for every rule.
//!
//! In: a rule. Out: reasons in the order of the table. It mirrors `weigh`, stage by stage; a test holds it against the
//! evidence of all examples. Notes of the policy are not listed: they are about exceptions and never count.

use super::assignment::{self, Telling};
use crate::check;
use crate::finding::evidence::Reason::{self, *};
use crate::rule::{Check, Identity, Parser, Rule};
use std::collections::BTreeSet;

/// Reasons of `check::placeholder::judge`.
const NOT_A_SECRET: &[Reason] = &[Placeholder, Repeats, Sequence];
/// Reasons of `check::host::judge`, but for a host that is this machine.
const HOSTS: &[Reason] = &[ReservedHost, ServiceHost, PrivateHost];
/// Reasons of `context::context`, which every path can have.
const PLACES: &[Reason] = &[TestPath, DocsPath, LockFile, GeneratedFile, VendoredPath, ProductionFile];
/// Reasons from the text around a match (`around`).
const AROUND: &[Reason] = &[DocComment, IndentedComment, Transcript, ProductionBeside];
/// Who made a value that can be guessed, and that it is published.
const MADE: &[Reason] = &[OrdinaryWord, Filler, MadeUpValue, CommonStandIn, VendorExample, PublicByDesign];

/// The reasons that can apply to a finding of `rule`.
pub fn reasons(rule: &Rule) -> Vec<Reason> {
    let mut all: BTreeSet<Reason> = PLACES.iter().copied().collect();
    match rule.parser {
        None => {
            all.insert(shape(rule));
            match rule.identity {
                Identity::Random => all.extend([&[VendorExample, Random, NotRandom], NOT_A_SECRET].concat()),
                Identity::Guessable => all.extend(NOT_A_SECRET),
                Identity::Setting | Identity::Dataset => {}
            }
        }
        Some(Parser::Pem) => all.extend([shape(rule), KeyBody, KeyEncrypted]),
        Some(Parser::Phrase) => all.extend([NamedShape, ChecksumRight, ChecksumWrong, VendorExample, Repeats]),
        Some(Parser::Key) => {
            all.extend([shape(rule), KeyBody, KeyEncrypted, VendorExample, Random, NotRandom]);
            all.extend(NOT_A_SECRET);
        }
        Some(Parser::Assignment) => all.extend(of_assignment(rule)),
        Some(Parser::Command) => all.extend([&[CommandLine], assignment::OF_VALUE].concat()),
        Some(Parser::Call) => all.extend([&[ByPosition], assignment::OF_VALUE].concat()),
        Some(Parser::Manifest) => all.extend([OfSecret, Random, NotRandom]),
        Some(Parser::File) => all.extend([&[OwnFile, NoKeyFile, MadeUpKey], assignment::OF_VALUE].concat()),
        Some(Parser::Url) => all.extend([&[RuleShape, SameAsUser, LocalLogin], NOT_A_SECRET, HOSTS].concat()),
    }
    if rule.is_guessed() {
        all.extend([AROUND, MADE].concat());
    }
    if rule.identity == Identity::Setting {
        all.extend([AROUND, &[Comment]].concat());
    }
    // Accepted beside more of its own alphabet: what a proof or a distinctive prefix vouches for.
    if rule.neighbours.prefixed || rule.checks.iter().any(|check| check::is_proof(*check)) {
        all.insert(Glued);
    }
    for check in rule.checks.iter() {
        all.extend(of_check(*check, rule));
    }
    if let Some(pair) = &rule.pair {
        all.insert(PairFound);
        if pair.holds_secret {
            all.extend([&[PairMissing, VendorExample], NOT_A_SECRET].concat());
        }
    }
    all.into_iter().collect()
}

/// That the pattern matches.
fn shape(rule: &Rule) -> Reason {
    match rule.identity {
        Identity::Random if rule.distinctive => ProviderShape,
        Identity::Random => NamedShape,
        _ => RuleShape,
    }
}

fn of_check(check: Check, rule: &Rule) -> Vec<Reason> {
    match check {
        Check::Crc32Base62
        | Check::GrafanaCrc32
        | Check::Bech32
        | Check::Base58Check
        | Check::StellarSeed
        | Check::NkeySeed => vec![ChecksumRight, ChecksumWrong],
        // Our code is confirmed for this prefix alone.
        Check::GitlabRoutable if rule.pattern.contains("glpat-") => vec![ChecksumRight, ChecksumWrong],
        Check::GitlabRoutable
        | Check::Crc32HexUpper
        | Check::Crc32HexLower
        | Check::ConfluentCrc32
        | Check::AzureDevopsLegacy
        | Check::AzureSignature => vec![ChecksumRight],
        Check::Macaroon => vec![StructureRight, StructureWrong],
        Check::Jwt => vec![Unsigned, Expired, Expires, PublicByDesign, VendorExample],
        Check::AwsKeyId => vec![AccountId],
        Check::Base64Bytes64 | Check::Base64Bytes32 => vec![NotRandom],
        Check::PrivateKey => vec![KeyBody, KeyEncrypted],
        Check::PaymentCard => vec![CheckDigit, VendorExample, Repeats, Sequence],
        Check::UsSsn => vec![VendorExample, Repeats, Sequence],
        Check::Iban => vec![ChecksumRight, VendorExample],
        Check::LocalHost => [&[LocalHost, LocalHostNear], HOSTS].concat(),
        Check::MixedLettersDigits | Check::LineEnd | Check::LineStart | Check::NameStart => Vec::new(),
    }
}

fn of_assignment(rule: &Rule) -> Vec<Reason> {
    let mut all = Vec::new();
    for word in assignment::telling(&rule.pattern) {
        match word {
            Telling::Basic => all.extend([BasicHeader, CommonStandIn]),
            Telling::Bearer => all.extend([&[BearerHeader], assignment::OF_HEADER].concat()),
            Telling::Name(name) => {
                all.extend([&[name], assignment::OF_NAME, assignment::OF_VALUE].concat());
                all.extend([LocaleFile, BareInSource, Catalogue]);
                all.extend((name == NamePassword).then_some([AccountBeside, SeedAccount]).into_iter().flatten());
                if !matches!(name, NamePassword | NameCredential) {
                    all.extend([WordForToken, ShortForToken]);
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Detector, Input};
    use crate::example;
    use crate::rule::{Family, RuleSet};
    use crate::scan::weighed;
    use std::collections::BTreeMap;

    /// What detection says of all examples, wherever they are and whichever rule finds something in them.
    fn said(rules: &RuleSet) -> BTreeMap<String, BTreeSet<Reason>> {
        // 2026-01-01, as `rules test` has it.
        let detector = Detector::new(rules, 1_767_225_600);
        let mut said: BTreeMap<String, BTreeSet<Reason>> = BTreeMap::new();
        for (_, rule) in rules.iter() {
            for (seed, example) in (1..).zip(rule.matches.iter().chain(rule.misses.iter())) {
                let text = example::expand(&example.text, seed).unwrap().text;
                let candidates = detector.candidates(&Input::all(&text)).candidates;
                for path in ["src/main.py", "tests/locales/en.yml", "docs/vendor/x.min.js", "yarn.lock"] {
                    for (c, assessed) in weighed(&candidates, Some(path.as_bytes()), rules) {
                        let of_rule = said.entry(rules.rule(c.rule).id.to_string()).or_default();
                        of_rule.extend(assessed.evidence.iter().map(|e| e.reason));
                    }
                    // Too weak to be reported, and still weighed.
                    for c in &candidates {
                        let of_rule = said.entry(rules.rule(c.rule).id.to_string()).or_default();
                        of_rule.extend(c.evidence.iter().map(|e| e.reason));
                    }
                }
            }
        }
        said
    }

    #[test]
    fn every_reason_that_detection_gives_is_listed_for_its_rule() {
        let rules = RuleSet::builtin();
        let said = said(&rules);
        assert_eq!(said.len(), rules.len(), "a rule without a candidate proves nothing");
        let mut missing = Vec::new();
        let mut seen = BTreeSet::new();
        for (_, rule) in rules.iter() {
            let listed = reasons(rule);
            assert!(listed.is_sorted() && !listed.is_empty());
            for reason in said.get(&*rule.id).into_iter().flatten() {
                seen.insert(*reason);
                if !listed.contains(reason) {
                    missing.push(format!("{}: {reason:?}", rule.id));
                }
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
        // The examples reach most of the table; a list that nothing is held against would be worth nothing.
        assert!(seen.len() * 10 >= Reason::ALL.len() * 7, "{} of {}", seen.len(), Reason::ALL.len());
    }

    #[test]
    fn no_reason_is_listed_that_the_rule_cannot_have() {
        let rules = RuleSet::builtin();
        let assignments: BTreeSet<Reason> =
            [assignment::OF_NAME, assignment::OF_VALUE, &[ByPosition, CommandLine, BasicHeader, BearerHeader]]
                .concat()
                .into_iter()
                .filter(|reason| !MADE.contains(reason))
                .collect();
        for (_, rule) in rules.iter() {
            let listed = reasons(rule);
            let any = |of: &[Reason]| of.iter().any(|r| listed.contains(r));
            let checked = |of: &[Check]| of.iter().any(|c| rule.checks.contains(c));
            let id = &rule.id;
            let sums = rule.checks.iter().any(|c| of_check(*c, rule).contains(&ChecksumRight))
                || rule.parser == Some(Parser::Phrase);
            assert_eq!(any(&[ChecksumRight, ChecksumWrong]), sums, "{id}");
            assert_eq!(any(&[StructureRight, StructureWrong]), checked(&[Check::Macaroon]), "{id}");
            assert_eq!(any(&[Unsigned, Expired, Expires]), checked(&[Check::Jwt]), "{id}");
            assert_eq!(any(&[AccountId]), checked(&[Check::AwsKeyId]), "{id}");
            assert_eq!(any(&[CheckDigit]), checked(&[Check::PaymentCard]), "{id}");
            assert_eq!(any(&[LocalHost, LocalHostNear]), checked(&[Check::LocalHost]), "{id}");
            assert_eq!(
                any(&[KeyBody, KeyEncrypted]),
                matches!(rule.parser, Some(Parser::Pem | Parser::Key)) || checked(&[Check::PrivateKey]),
                "{id}"
            );
            assert_eq!(any(&[SameAsUser, LocalLogin]), rule.parser == Some(Parser::Url), "{id}");
            assert_eq!(any(&[PairFound]), rule.pair.is_some(), "{id}");
            let assigned =
                matches!(rule.parser, Some(Parser::Assignment | Parser::Command | Parser::Call | Parser::File));
            assert_eq!(listed.iter().any(|r| assignments.contains(r)), assigned, "{id}");
            let judged = matches!(rule.parser, None | Some(Parser::Key)) && rule.identity == Identity::Random;
            let judged = judged || rule.parser == Some(Parser::Manifest);
            assert_eq!(any(&[Random]), judged, "{id}");
            if rule.family == Family::Transport {
                let secret = [NOT_A_SECRET, &[Random, NotRandom, NamePassword, LooksRandom, VendorExample]].concat();
                assert!(!any(&secret), "{id}");
            }
            let shapes = [ProviderShape, NamedShape, RuleShape].iter().filter(|r| listed.contains(r)).count();
            assert_eq!(shapes, usize::from(!rule.is_by_name()), "{id}");
            assert!(!listed.contains(&PolicyNote), "{id}");
        }
        // Each rule of assignments has the name that it looks for, and no other.
        let names = |id: &str| -> Vec<Reason> {
            let all = [
                NamePassword,
                NameSecret,
                NameToken,
                NameKey,
                NameCredential,
                NamePlainKey,
                CommandLine,
                BasicHeader,
                BearerHeader,
            ];
            let listed = reasons(rules.rule(rules.find(id).unwrap()));
            all.into_iter().filter(|r| listed.contains(r)).collect()
        };
        for (id, expected) in [
            // `pswd` is read as credentials.
            ("generic-password", &[NamePassword, NameCredential][..]),
            ("generic-secret", &[NameSecret]),
            ("generic-token", &[NameToken]),
            ("generic-api-key", &[NameKey]),
            ("generic-key", &[NamePlainKey]),
            ("generic-credential", &[NameCredential]),
            ("sql-password", &[NamePassword]),
            ("command-password", &[CommandLine]),
            ("authorization-header", &[BasicHeader, BearerHeader]),
            ("github-pat", &[]),
        ] {
            assert_eq!(names(id), expected, "{id}");
        }
    }
}
