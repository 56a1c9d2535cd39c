//! What a path says about the values in its file: tests, documents, lock files, configuration, source code.
//!
//! In: a path, read once for a file ([`Context`]), and the evidence of a match. Out: what the match is worth there. The
//! author of a change chooses the path, so that it never decides about a secret of a provider's shape (docs/design.md,
//! law 7). What is found never depends on it. Reads the path only, never the file.

mod own_file;
mod path;
mod translation;

use crate::detect::around::PRODUCTION;
use crate::finding::evidence::{self, Confidence, Evidence, Reason};
use crate::finding::severity::severity;
use crate::rule::{Environment, Rule, Severity};

use path::{HASH_DOCS, LOCK, SOURCE, TEST, name_of, roles};
use translation::is_translation;

/// A path, and what it says of every value in its file.
#[derive(Debug, Clone)]
pub struct Context {
    /// In small letters.
    lower: Vec<u8>,
    roles: Vec<Reason>,
}

impl Context {
    /// Reads `path`.
    pub fn new(path: &[u8]) -> Self {
        let lower = path.to_ascii_lowercase();
        Self { roles: roles(path, &lower), lower }
    }
}

/// What the path `lower` says about an assignment with this `evidence`: source code has no texts without quotes, and the
/// values of a translation are shown to people. Nothing for other candidates.
fn of_assignment(lower: &[u8], evidence: &[Evidence]) -> Vec<Evidence> {
    let has = |reasons: &[Reason]| evidence.iter().any(|e| reasons.contains(&e.reason));
    if !has(&[
        Reason::NamePassword,
        Reason::NameSecret,
        Reason::NameToken,
        Reason::NameKey,
        Reason::NamePlainKey,
        Reason::NameCredential,
    ]) {
        return Vec::new();
    }
    let (name, extension) = name_of(lower);
    let bare = has(&[Reason::Unquoted]) && !has(&[Reason::InsideText]);
    let mut out = Vec::new();
    // A value that no text for people could be is a secret in a translation as well.
    let text = has(&[
        Reason::Label,
        Reason::OrdinaryWord,
        Reason::TwoWords,
        Reason::Sentence,
        Reason::SmallWord,
        Reason::MoreWords,
    ]);
    if text && !has(&[Reason::Catalogue]) && is_translation(lower, name, extension) {
        out.push(Evidence::new(Reason::LocaleFile));
    }
    if has(&[Reason::AccountBeside]) && !has(&[Reason::TestPath]) && is_seed(lower) {
        out.push(Evidence::new(Reason::SeedAccount));
    }
    if LOCK.contains(&name) {
        out.push(Evidence { weight: Some(-75), ..Evidence::new(Reason::LockFile) });
    }
    if bare && SOURCE.contains(&extension) {
        // A name of the program stands where a text would have quotes.
        let is_name = has(&[Reason::BareIdentifier, Reason::BareName, Reason::ProgramName]);
        out.push(Evidence { weight: is_name.then_some(-100), ..Evidence::new(Reason::BareInSource) });
    }
    out
}

/// Whether it fills a database when a system is set up.
fn is_seed(lower: &[u8]) -> bool {
    let words = [&b"seed"[..], b"seeds", b"seeder", b"seeders", b"migrations", b"migrate"];
    lower.split(|b| !b.is_ascii_alphanumeric()).any(|word| words.contains(&word))
}

/// What a match is worth at a place.
#[derive(Debug, Clone)]
pub struct Assessed {
    /// All reasons, those of the place included.
    pub evidence: Vec<Evidence>,
    /// How sure it is there.
    pub confidence: Confidence,
    /// How bad it is there.
    pub severity: Severity,
    /// Which deployment the place belongs to.
    pub environment: Environment,
}

/// Assesses a match of `rule` in a file of this `context`, or in a text without a path; `None` when the evidence is too weak
/// for a report. `evidence` and `host` are those of the match.
pub fn assess(rule: &Rule, evidence: &[Evidence], host: &[u8], context: Option<&Context>) -> Option<Assessed> {
    let lower = context.map(|context| context.lower.as_slice()).unwrap_or_default();
    let documents = HASH_DOCS.contains(&name_of(lower).1);
    let mut all: Vec<Evidence> =
        evidence.iter().filter(|e| documents || e.reason != Reason::IndentedComment).cloned().collect();
    if let Some(context) = context {
        all.extend(context.roles.iter().copied().map(Evidence::new));
        all.extend(of_assignment(lower, &all));
    }
    all.extend(own_file::objection(lower, &all));
    all.retain(|e| !e.reason.is_internal());
    // Reports cut a long list: what decides comes first.
    all.sort_by_key(|e| !e.reason.is_production());
    Some(Assessed {
        confidence: evidence::confidence(&all, rule.distinctive)?,
        severity: severity(rule, &all),
        environment: match rule.environment {
            Environment::Unknown => environment(lower, host, &all),
            known => known,
        },
        evidence: all,
    })
}

/// Which deployment a path or a host speaks of. Tests and documentation first: a file of theirs that is named after
/// production is about it.
fn environment(lower: &[u8], host: &[u8], evidence: &[Evidence]) -> Environment {
    let has = |reasons: &[Reason]| evidence.iter().any(|e| reasons.contains(&e.reason));
    if has(&[Reason::ProductionBeside]) {
        return Environment::Production;
    }
    if has(&[Reason::DocsPath, Reason::DocComment, Reason::IndentedComment, Reason::Transcript]) {
        return Environment::Documentation;
    }
    if has(&[Reason::TestPath]) {
        return Environment::Test;
    }
    let host = host.to_ascii_lowercase();
    let has_word =
        |text: &[u8], list: &[&[u8]]| text.split(|b| !b.is_ascii_alphanumeric()).any(|word| list.contains(&word));
    let any = |list: &[&[u8]]| has_word(lower, list) || has_word(&host, list);
    if any(PRODUCTION) {
        Environment::Production
    } else if any(&[b"staging", b"stage", b"stg", b"preprod", b"uat", b"qa"]) {
        Environment::Staging
    } else if has_word(&host, TEST) || any(&[b"sandbox"]) {
        Environment::Test
    } else if any(&[b"ci", b"dev", b"devel", b"development", b"local", b"localhost"]) {
        Environment::Development
    } else {
        Environment::Unknown
    }
}

#[cfg(test)]
mod tests;
