//! `leaktight rules test`: every example, expanded from several seeds, through the real engine.
//!
//! In: rules. Out: which examples do not hold, as templates; the expanded text is never shown. A rule without examples
//! passes, for a user's own needs none, and is named, so that nobody takes it for tested.

use crate::cli::console::{Done, Failure, Out};
use crate::cli::exit;
use crate::cli::run::ruleset;
use crate::config::RuleFile;
use crate::detect::context::{self, Context};
use crate::detect::{Detector, Input};
use crate::example;
use crate::finding::evidence::Confidence;
use crate::policy::notice;
use crate::rule::{Example, RuleId, RuleSet};
use crate::text::escape;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Each example must hold for all of them.
const SEEDS: [u64; 3] = [1, 2, 3];

/// "Now" for expiry dates in examples: 2026-01-01, so that a test says the same every year.
const NOW: i64 = 1_767_225_600;

/// Tests the rules of these files, or the built-in ones.
pub(super) fn run(files: &[PathBuf], out: &Out) -> Done {
    let (rules, source) = if files.is_empty() { (RuleSet::builtin(), BTreeMap::new()) } else { read(files)? };
    let detector = Detector::new(&rules, NOW);
    let mut failures = Vec::new();
    let mut untested = Vec::new();
    let mut examples = 0;
    for (id, rule) in rules.iter() {
        let of = |kind: &'static str, list: &[Example]| -> Vec<(&'static str, usize, Example)> {
            list.iter().enumerate().map(|(i, e)| (kind, i + 1, e.clone())).collect()
        };
        let file = source.get(&*rule.id).map_or_else(|| "built-in".to_owned(), |p| shown(&p.display().to_string()));
        if rule.matches.is_empty() && rule.misses.is_empty() {
            untested.push(format!("{file}: {}: not tested: it has no examples", shown(&rule.id)));
        }
        for (kind, number, example) in [of("match", &rule.matches), of("miss", &rule.misses)].concat() {
            examples += 1;
            if let Err(why) = holds(&detector, id, kind == "match", &example) {
                let template = shown(&example.text);
                failures.push(format!("{file}: {}: {kind} {number}: {why}\n    {template}", shown(&rule.id)));
            }
        }
    }
    let mut summary = format!(
        "{}, {}, {} failed",
        notice::count(rules.len(), "rule", "rules"),
        notice::count(examples, "example", "examples"),
        failures.len()
    );
    if !untested.is_empty() {
        summary += &format!("; {} without examples", notice::count(untested.len(), "rule", "rules"));
    }
    if !(out.quiet && failures.is_empty()) {
        out.people(|to| {
            untested.iter().chain(&failures).try_for_each(|line| writeln!(to, "{line}"))?;
            writeln!(to, "{summary}")
        })?;
    }
    Ok(if failures.is_empty() { exit::CLEAN } else { exit::FINDINGS })
}

fn shown(text: &str) -> String {
    escape::terminal(text.as_bytes()).into_owned()
}

/// The rules of the files as one set, and which file each is from.
fn read(files: &[PathBuf]) -> Result<(RuleSet, BTreeMap<String, PathBuf>), Failure> {
    let named: Vec<RuleFile> = files.iter().map(RuleFile::named).collect();
    let (mut rules, mut source) = (Vec::new(), BTreeMap::new());
    for (file, own) in files.iter().zip(ruleset::by_file(&named)?) {
        source.extend(own.iter().map(|rule| (rule.id.to_string(), file.clone())));
        rules.extend(own);
    }
    Ok((RuleSet::new(rules), source))
}

/// Whether the example gives what it must for every seed; else why not, without what was expanded.
fn holds(detector: &Detector<'_>, id: RuleId, is_match: bool, example: &Example) -> Result<(), String> {
    for seed in SEEDS {
        let text = example::expand(&example.text, seed)?.text;
        let best = find_in(detector, &text, &example.path).into_iter().filter(|(r, _)| *r == id).map(|(_, c)| c).max();
        match (is_match, best) {
            (true, None) => return Err(format!("seed {seed}: nothing was found")),
            (true, Some(Confidence::Possible)) => return Err(format!("seed {seed}: found, but only as possible")),
            (false, Some(c)) if c >= Confidence::Likely => {
                let why = if example.why.is_empty() { String::new() } else { format!("; it is none: {}", example.why) };
                return Err(format!("seed {seed}: found as {}{why}", c.name()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What the engine finds in a file of that name, as a scan assesses it.
fn find_in(detector: &Detector<'_>, text: &[u8], path: &str) -> Vec<(RuleId, Confidence)> {
    let found = detector.candidates(&Input::all(text)).candidates;
    let place = Context::new(path.as_bytes());
    let assessed = found.into_iter().filter_map(|c| {
        let rule = detector.rules().rule(c.rule);
        context::assess(rule, &c.evidence, &c.host, Some(&place)).map(|a| (c.rule, a.confidence))
    });
    assessed.collect()
}
