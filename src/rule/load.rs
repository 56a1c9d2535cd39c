//! From a written rule to a [`Rule`]: derives anchors and reach, and refuses what cannot be scanned for soundly.
//!
//! In: the text of a rule file given at run time. Out: rules equal to what the build script makes of the same text.

use super::neighbours::Neighbours;
use super::written::{self, Identity, WrittenRule};
use super::{Anchor, Example, Pair, Rule, anchor};
use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

/// A rule file that cannot be used: file, line, column and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFileError {
    /// The file as given.
    pub path: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for RuleFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.path.display(), self.line, self.column, self.message)
    }
}

impl std::error::Error for RuleFileError {}

/// Reads the rules of `text`; `path` is for messages only.
///
/// # Errors
/// The first mistake in the file, with its place.
pub fn load_file(path: &Path, text: &str) -> Result<Vec<Rule>, RuleFileError> {
    let located = |span: std::ops::Range<usize>, message: String| {
        let before = String::from_utf8_lossy(&text.as_bytes()[..span.start.min(text.len())]);
        RuleFileError {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
            message,
        }
    };
    let file = written::read(text).map_err(|e| located(e.span, e.message))?;
    let mut rules = Vec::new();
    for rule in file.rule {
        let span = rule.get_ref().pattern.span();
        let id = rule.get_ref().id.get_ref().clone();
        rules.push(
            build(rule.into_inner(), file.family).map_err(|message| located(span, format!("rule {id}: {message}")))?,
        );
    }
    Ok(rules)
}

fn build(rule: WrittenRule, family: Option<written::Family>) -> Result<Rule, String> {
    let derived = anchor::derive(rule.pattern.get_ref())?;
    if let Some(pair) = &rule.pair {
        anchor::compile_only(pair.pattern.get_ref()).map_err(|m| format!("in the pair: {m}"))?;
    }
    let examples = |list: Vec<toml::Spanned<written::WrittenExample>>| -> Vec<Example> {
        list.into_iter()
            .map(|e| e.into_inner())
            .map(|e| Example { text: e.text.into(), path: e.path.into(), why: e.why.into() })
            .collect()
    };
    Ok(Rule {
        id: rule.id.into_inner().into(),
        name: rule.name.into(),
        summary: rule.summary.into(),
        provider: rule.provider.into(),
        severity: rule.severity,
        family: rule.family.or(family).ok_or("no family")?,
        identity: rule.identity,
        pattern: rule.pattern.into_inner().into(),
        boundary: rule.boundary,
        neighbours: match rule.identity {
            Identity::Setting | Identity::Dataset => Neighbours::of_words(),
            Identity::Random | Identity::Guessable => derived.neighbours,
        },
        checks: rule.checks.into(),
        parser: rule.parser,
        pair: rule.pair.map(|p| Pair {
            role: p.role.into(),
            pattern: p.pattern.into_inner().into(),
            within: p.within,
            holds_secret: p.holds_secret,
        }),
        environment: rule.environment,
        help: rule.help.into(),
        references: rule.references.into_iter().map(Cow::from).collect(),
        matches: examples(rule.matches).into(),
        misses: examples(rule.misses).into(),
        anchors: derived
            .literals
            .into_iter()
            .map(|l| Anchor { folded: l.folded.into(), exact: l.exact.into() })
            .collect(),
        before: derived.before,
        max_len: derived.max_len,
        distinctive: derived.in_secret && rule.identity == Identity::Random,
        public_prefix: derived.public_prefix,
        outline: derived.outline,
    })
}
