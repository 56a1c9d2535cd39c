//! From written rules to [`Rule`]s: derives anchors and reach, and refuses what cannot be scanned for soundly.
//!
//! In: the bytes of rule files given at run time. Out: rules equal to what the build script makes of the same text, or all
//! mistakes of all files, each with its place. One mistake is enough for no rule to be used: a rule that is silently left out
//! would find nothing.

use super::model::{Anchor, Example, Pair, Rule};
use super::read::{self, Author, Mistake};
use super::steps::MAX_USER_STEPS;
use super::written::{self, WrittenRule};
use super::{anchor, rarity, set};
use crate::text::mistake::{line_and_column, words};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A mistake in a rule file: file, line, column and what is wrong there.
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

/// Rule files that cannot be used: every mistake in them, in the order of files and lines. Of a file with more than
/// [`read::MAX_MISTAKES`], the last one says that more follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFileErrors(pub Vec<RuleFileError>);

impl fmt::Display for RuleFileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if n == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for RuleFileErrors {}

/// Reads the rules of one file; `path` is for messages only.
///
/// # Errors
/// All mistakes in it.
pub fn load_file(path: &Path, text: &str) -> Result<Vec<Rule>, RuleFileErrors> {
    let files = load_files(&[(path.to_owned(), text.as_bytes().to_vec())])?;
    Ok(files.into_iter().flatten().collect())
}

/// Reads the rules of these files, which are one set: the rules of each, in order. Paths are for messages only.
///
/// # Errors
/// All mistakes in all of them. An id that a built-in rule has is none: the rule of the file replaces that one.
pub fn load_files(files: &[(PathBuf, Vec<u8>)]) -> Result<Vec<Vec<Rule>>, RuleFileErrors> {
    let mut all = Vec::new();
    let mut errors = Vec::new();
    let mut first: BTreeMap<String, (&Path, &str, usize)> = BTreeMap::new();
    for (path, bytes) in files {
        let text = match text_of(bytes) {
            Ok(text) => text,
            Err((valid, message)) => {
                errors.push(located(path, valid, valid.len(), message));
                continue;
            }
        };
        let (file, mut mistakes) = read::read(text, Author::User);
        let mut rules = Vec::new();
        mistakes.iter_mut().for_each(|m| m.message = words(&m.message));
        for rule in file.rule {
            let rule = rule.into_inner();
            let (id, at_id) = (rule.id.get_ref().clone(), rule.id.span());
            if mistakes.len() > read::MAX_MISTAKES {
                break;
            }
            if let Some((other, text, at)) = first.get(&id) {
                let line = line_and_column(text, *at).0;
                let place =
                    if *other == path { format!("on line {line}") } else { format!("at {}:{line}", other.display()) };
                let message = format!("a second rule has the id `{id}`; the first is {place}");
                mistakes.push(Mistake { span: at_id, message });
            } else {
                first.insert(id, (path, text, at_id.start));
            }
            match build(rule, file.family, text) {
                Ok(rule) => rules.push(rule),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        all.push(rules);
        mistakes.sort_by_key(|m| m.span.start);
        mistakes.truncate(read::MAX_MISTAKES + 1);
        if let Some(last) = mistakes.get_mut(read::MAX_MISTAKES) {
            "more mistakes from here on".clone_into(&mut last.message);
        }
        errors.extend(mistakes.into_iter().map(|m| located(path, text, m.span.start, m.message)));
    }
    if errors.is_empty() { Ok(all) } else { Err(RuleFileErrors(errors)) }
}

/// The text of a file, or what of it is text, and why the rest is not.
fn text_of(bytes: &[u8]) -> Result<&str, (&str, String)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    std::str::from_utf8(bytes).map_err(|e| {
        let valid = bytes.get(..e.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default();
        let what = if utf16 { "the file is UTF-16" } else { "this is not UTF-8" };
        (valid, format!("{what}; save the file as UTF-8"))
    })
}

fn located(path: &Path, text: &str, at: usize, message: String) -> RuleFileError {
    let (line, column) = line_and_column(text, at);
    RuleFileError { path: path.to_owned(), line, column, message }
}

fn build(rule: WrittenRule, family: Option<written::Family>, text: &str) -> Result<Rule, Mistake> {
    let id = rule.id.get_ref();
    let wrong = |pattern: &toml::Spanned<String>, what: &str, error: anchor::PatternError| {
        let (span, error) = exactly(pattern, text, error);
        Mistake { span, message: format!("rule {id}: {what}{error}") }
    };
    let derived = anchor::derive(rule.pattern.get_ref(), rule.parser).map_err(|e| wrong(&rule.pattern, "", e))?;
    if set::steps(rule.pattern.get_ref()).is_none_or(|steps| steps.all.len() > MAX_USER_STEPS) {
        let message = format!(
            "the pattern has more than {MAX_USER_STEPS} steps when its groups are written out as often as they may be repeated; \
             repeat one class (`[a-z.]{{0,4000}}`) instead of a group (`(?:[a-z]{{1,9}}\\.){{0,400}}`), or repeat it less often"
        );
        return Err(wrong(&rule.pattern, "", message.into()));
    }
    if let Some(pair) = &rule.pair {
        let checked = anchor::compile_only(pair.pattern.get_ref());
        let checked = checked.and_then(|()| compiles(pair.pattern.get_ref()));
        checked.map_err(|e| wrong(&pair.pattern, "in the pair: ", e))?;
    }
    let (neighbours, distinctive) = (derived.neighbours_for(rule.identity), derived.is_distinctive(rule.identity));
    let examples = |list: Vec<toml::Spanned<written::WrittenExample>>| -> Vec<Example> {
        list.into_iter()
            .map(|e| e.into_inner())
            .map(|e| Example { text: e.text.into(), path: e.path.into(), why: e.why.into() })
            .collect()
    };
    Ok(Rule {
        // Without a family the file is refused already.
        family: rule.family.or(family).unwrap_or(written::Family::Credential),
        id: rule.id.into_inner().into(),
        name: rule.name.into(),
        summary: rule.summary.into(),
        provider: rule.provider.into(),
        severity: rule.severity,
        identity: rule.identity,
        pattern: rule.pattern.into_inner().into(),
        boundary: rule.boundary,
        neighbours,
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
            .map(|l| {
                let [folded, exact] = [&l.folded, &l.exact].map(|bytes| anchor::padded(bytes));
                Anchor { folded, exact, len: l.folded.len() as u8, rarest: rarity::rarest(&l.folded) as u8 }
            })
            .collect(),
        follow: derived.follow,
        run: derived.run,
        before: derived.before,
        max_len: derived.max_len,
        distinctive,
        public_prefix: derived.public_prefix,
        outline: derived.outline,
    })
}

/// A pattern that the engine refuses would silently find nothing.
fn compiles(pattern: &str) -> Result<(), anchor::PatternError> {
    match set::compile(pattern) {
        Ok(_) => Ok(()),
        Err(_) => Err("the pattern is too large when compiled; write shorter repeats".into()),
    }
}

/// The place of a mistake in the file: in the pattern itself where that stands there letter for letter.
fn exactly(
    pattern: &toml::Spanned<String>,
    text: &str,
    mut error: anchor::PatternError,
) -> (Range<usize>, anchor::PatternError) {
    let span = pattern.span();
    let written = text.get(span.clone()).unwrap_or_default();
    let start = written.find(pattern.get_ref().as_str()).filter(|start| *start <= 4);
    match (start, error.at) {
        (Some(start), Some(at)) => {
            error.at = None;
            let at = span.start + start + at;
            (at..at, error)
        }
        _ => (span, error),
    }
}
