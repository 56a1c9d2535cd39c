//! The rules of one run: built-in, from files, and chosen by name.
//!
//! In: rule files and the names of `--only` and `--skip`. Out: a [`RuleSet`]. A name that matches no rule is an error: a
//! misspelt `--only` must not scan for nothing and end with 0.

use crate::cli::console::Failure;
use crate::config::{MAX_RULES, RuleFile, Settings};
use crate::fs::bounded;
use crate::rule::{Family, Rule, RuleSet, SharedRule, load_files};
use crate::text::{mistake, saved};
use globset::Glob;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The rules that the settings choose.
pub(crate) fn chosen(settings: &Settings) -> Result<RuleSet, Failure> {
    listed(settings).map(RuleSet::new)
}

/// The same as a list, in the order of the set.
pub(crate) fn listed(settings: &Settings) -> Result<Vec<SharedRule>, Failure> {
    let (files, only, skip) = (&settings.files.value, &settings.only.value, &settings.skip.value);
    let mut rules = RuleSet::list();
    if files.is_empty() && only.is_empty() && skip.is_empty() {
        return Ok(rules);
    }
    let written = from_files(files)?;
    let replaced: BTreeSet<String> = written.iter().map(|rule| rule.id.to_string()).collect();
    rules.retain(|rule| !replaced.contains(&*rule.id));
    rules.extend(written.into_iter().map(SharedRule::from));
    if !only.is_empty() {
        let only = Names::read(only, &rules, "--only")?;
        rules.retain(|rule| only.name(rule));
    }
    if !skip.is_empty() {
        // Names that --only has left out already are no mistake.
        let all: Vec<_> = RuleSet::list().into_iter().chain(rules.clone()).collect();
        let skip = Names::read(skip, &all, "--skip")?;
        rules.retain(|rule| !skip.name(rule));
    }
    if rules.is_empty() {
        return Err(Failure::new("--only and --skip leave no rule; a run without rules would find nothing"));
    }
    Ok(rules)
}

/// The rules of these files, in order; or everything that is wrong with any of them.
pub(crate) fn from_files(files: &[RuleFile]) -> Result<Vec<Rule>, Failure> {
    Ok(by_file(files)?.into_iter().flatten().collect())
}

/// [`from_files`], kept apart.
pub(crate) fn by_file(files: &[RuleFile]) -> Result<Vec<Vec<Rule>>, Failure> {
    let mut wrong: Vec<String> = Vec::new();
    let mut read: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for RuleFile { path, text } in files {
        let bytes = match text {
            Some(text) => Ok(text.to_vec()),
            None => bounded::read_limited(path, MAX_RULES),
        };
        match bytes.map(saved::utf8) {
            Ok(Ok(bytes)) => read.push((path.clone(), bytes)),
            Ok(Err(why)) => wrong.push(format!("{}:1:1: the rule file {why}", path.display())),
            Err(e) => wrong.push(format!("cannot read the rule file `{}`: {e}", path.display())),
        }
    }
    match load_files(&read) {
        Ok(rules) if wrong.is_empty() => return Ok(rules),
        Ok(_) => {}
        Err(errors) => wrong.push(errors.to_string()),
    }
    Err(Failure::new(wrong.join("\n")))
}

/// Names of rules: ids, families, globs over ids.
struct Names {
    exact: Vec<String>,
    globs: Vec<globset::GlobMatcher>,
}

impl Names {
    fn read(names: &[String], rules: &[SharedRule], flag: &str) -> Result<Self, Failure> {
        let mut out = Self { exact: Vec::new(), globs: Vec::new() };
        for name in names {
            let name = name.trim();
            let mut one = Self { exact: Vec::new(), globs: Vec::new() };
            if name.contains(['*', '?', '[', '{']) {
                let glob = Glob::new(name).map_err(|e| Failure::new(format!("{flag}: {e}")))?;
                one.globs.push(glob.compile_matcher());
            } else {
                one.exact.push(name.to_owned());
            }
            // A family is known even when no rule of it is left.
            let family = Family::from_name(name).is_some();
            if !family && !rules.iter().any(|rule| one.name(rule)) {
                return Err(Failure::new(format!("{flag}: {}", unknown(name, rules.iter().map(|rule| &**rule)))));
            }
            out.exact.extend(one.exact);
            out.globs.extend(one.globs);
        }
        Ok(out)
    }

    fn name(&self, rule: &Rule) -> bool {
        self.exact.iter().any(|n| *n == rule.id || n == rule.family.name())
            || self.globs.iter().any(|g| g.is_match(&*rule.id))
    }
}

/// "no rule is called ...", with what may have been meant.
pub(crate) fn unknown<'a>(name: &str, rules: impl Iterator<Item = &'a Rule>) -> String {
    let families = Family::ALL.iter().map(|f| f.name());
    let near = mistake::nearest(name, rules.map(|r| &*r.id).chain(families));
    let meant = near.map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
    let name: String = name.chars().take(80).collect();
    format!("no rule or family is called `{name}`{meant} (`leaktight rules list` names all)")
}
