//! Weighs a match: parser, checks, pair, and what the value itself looks like.
//!
//! In: a match. Out: extent, normalised value and evidence, or none when a parser or a check says that it is not what
//! the rule looks for. It does not decide whether the evidence suffices.

use super::assignment;
use super::matcher::{self, Match};
use crate::check::subject::{Outcome, Subject};
use crate::check::{self, host, pem, placeholder, url};
use crate::finding::evidence::{Evidence, Reason};
use crate::finding::secret::Secret;
use crate::rule::{Identity, Parser, Rule, RuleId, RuleSet};
use std::ops::Range;

pub(super) struct Weighed {
    pub(super) whole: Range<usize>,
    pub(super) secret: Range<usize>,
    pub(super) value: Secret,
    pub(super) evidence: Vec<Evidence>,
    pub(super) related: Vec<(String, Range<usize>)>,
    pub(super) host: Vec<u8>,
}

pub(super) fn weigh(rules: &RuleSet, id: RuleId, text: &[u8], m: Match, now: i64) -> Option<Weighed> {
    let rule = rules.rule(id);
    let glued = m.glued.then(|| Evidence::new(Reason::Glued));
    let mut w = match rule.parser {
        None => plain(rule, text, m),
        Some(Parser::Pem) => armour(rule, text, m)?,
        Some(Parser::Assignment) => assigned(text, m)?,
        Some(Parser::Url) => in_url(text, m)?,
    };
    w.evidence.extend(glued);
    for check in rule.checks.iter() {
        let subject = Subject {
            secret: &text[w.secret.clone()],
            whole: &text[w.whole.clone()],
            before: &text[w.secret.start.saturating_sub(check::subject::NEAR)..w.secret.start],
            after: &text[w.secret.end..text.len().min(w.secret.end + check::subject::NEAR)],
            now,
        };
        match check::run(*check, &subject) {
            Outcome::Reject => return None,
            Outcome::Says(more) => w.evidence.extend(more),
        }
    }
    if let Some(pair) = &rule.pair {
        match matcher::pair_of(rules, id, text, &w.whole) {
            Some(other) if pair.holds_secret => {
                w.evidence.push(Evidence::new(Reason::PairFound));
                w.related.push((rule.name.to_string(), w.secret.clone()));
                w.value = Secret::normalise(&text[other.clone()]);
                w.evidence.extend(placeholder::published(&text[other.clone()]));
                w.evidence.extend(placeholder::judge(&text[other.clone()]));
                w.secret = other;
            }
            Some(other) => {
                w.evidence.push(Evidence::new(Reason::PairFound));
                w.related.push((pair.role.to_string(), other));
            }
            None if pair.holds_secret => w.evidence.push(Evidence::new(Reason::PairMissing)),
            None => {}
        }
    }
    Some(w)
}

/// A match of the pattern alone.
fn plain(rule: &Rule, text: &[u8], m: Match) -> Weighed {
    let bytes = &text[m.secret.clone()];
    let mut evidence = vec![Evidence::new(match rule.identity {
        Identity::Random if rule.distinctive => Reason::ProviderShape,
        Identity::Random => Reason::NamedShape,
        _ => Reason::RuleShape,
    })];
    let body = bytes.get(rule.public_prefix..).unwrap_or_default();
    match rule.identity {
        Identity::Random => {
            evidence.extend(placeholder::published(bytes));
            evidence.extend(placeholder::judge(body));
            evidence.extend(super::entropy::judge(body));
        }
        Identity::Guessable => evidence.extend(placeholder::judge(bytes)),
        Identity::Setting | Identity::Dataset => {}
    }
    Weighed {
        value: Secret::normalise(bytes),
        whole: m.whole,
        secret: m.secret,
        evidence,
        related: vec![],
        host: vec![],
    }
}

/// Private-key armour.
fn armour(rule: &Rule, text: &[u8], m: Match) -> Option<Weighed> {
    let block = pem::parse(text, m.whole.clone())?;
    let mut w = plain(rule, text, Match { whole: block.extent.clone(), secret: block.extent.clone(), glued: false });
    w.evidence.truncate(1);
    w.evidence.extend(block.evidence);
    // The same key with other line breaks, indents or escapes is the same key.
    w.value = Secret::normalise(&block.body);
    Some(w)
}

/// `name = value`.
fn assigned(text: &[u8], m: Match) -> Option<Weighed> {
    let parsed = assignment::parse(text, m.secret)?;
    let value = Secret::normalise(parsed.value.as_deref().unwrap_or(&text[parsed.secret.clone()]));
    Some(Weighed {
        value,
        whole: parsed.whole,
        secret: parsed.secret,
        evidence: parsed.evidence,
        related: vec![],
        host: vec![],
    })
}

/// `scheme://user:password@host`.
fn in_url(text: &[u8], m: Match) -> Option<Weighed> {
    let authority = url::parse(text, m.whole)?;
    let password = url::percent_decoded(&text[authority.password.clone()]);
    let user = &text[authority.user.clone()];
    let host = text[authority.host.clone()].to_ascii_lowercase();
    let mut evidence = vec![Evidence::new(Reason::RuleShape)];
    evidence.extend(placeholder::judge(&password));
    if password == user {
        evidence.push(Evidence::new(Reason::SameAsUser));
    }
    // A password of the machine itself is worth a look where a setting would not be.
    evidence.extend(host::judge(&host).into_iter().map(|e| match e.reason {
        Reason::LocalHost => Evidence { reason: Reason::LocalLogin, ..e },
        _ => e,
    }));
    Some(Weighed {
        value: Secret::normalise(&password),
        whole: authority.whole,
        secret: authority.password,
        evidence,
        related: vec![("host".into(), authority.host)],
        host,
    })
}
