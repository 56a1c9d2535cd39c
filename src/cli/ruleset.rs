//! The rules of one run: built-in, from files, and chosen by name.
//!
//! In: rule files and the names of `--only` and `--skip`. Out: a [`RuleSet`]. A name that matches no rule is an error: a
//! misspelt `--only` must not scan for nothing and end with 0.

use super::out::Failure;
use crate::config::{self, MAX_RULES, RuleFile, Settings, error};
use crate::report::escape;
use crate::rule::{Family, Rule, RuleSet, load_file};
use crate::text::saved;
use globset::Glob;

/// The rules that the settings choose.
pub(crate) fn chosen(settings: &Settings) -> Result<RuleSet, Failure> {
    listed(settings).map(RuleSet::new)
}

/// The same as a list, in the order of the set.
pub(crate) fn listed(settings: &Settings) -> Result<Vec<Rule>, Failure> {
    let (files, only, skip) = (&settings.files.value, &settings.only.value, &settings.skip.value);
    let mut rules = RuleSet::list();
    if files.is_empty() && only.is_empty() && skip.is_empty() {
        return Ok(rules);
    }
    let written = from_files(files)?;
    rules.retain(|rule| !written.iter().any(|w| w.id == rule.id));
    rules.extend(written);
    if !only.is_empty() {
        let only = Names::read(only, &rules, "--only")?;
        rules.retain(|rule| only.name(rule));
    }
    if !skip.is_empty() {
        // Names that --only has left out already are no mistake.
        let all: Vec<Rule> = RuleSet::list().into_iter().chain(rules.clone()).collect();
        let skip = Names::read(skip, &all, "--skip")?;
        rules.retain(|rule| !skip.name(rule));
    }
    if rules.is_empty() {
        return Err(Failure::new("--only and --skip leave no rule; a run without rules would find nothing"));
    }
    Ok(rules)
}

/// The rules of these files, in order.
pub(crate) fn from_files(files: &[RuleFile]) -> Result<Vec<Rule>, Failure> {
    let mut rules: Vec<Rule> = Vec::new();
    for RuleFile { path, text } in files {
        let bytes = match text {
            Some(text) => text.to_vec(),
            None => {
                config::read_limited(path, MAX_RULES).map_err(|e| Failure::io("cannot read the rule file", path, &e))?
            }
        };
        let shown = escape::terminal(path.as_os_str().as_encoded_bytes());
        let bytes = saved::utf8(bytes).map_err(|why| Failure::new(format!("{shown}:1:1: the rule file {why}")))?;
        let text =
            String::from_utf8(bytes).map_err(|_| Failure::new(format!("{shown}:1:1: the rule file is not UTF-8")))?;
        for rule in load_file(path, &text).map_err(Failure::new)? {
            if rules.iter().any(|r| r.id == rule.id) {
                return Err(Failure::new(format!("{shown}: a second rule has the id `{}`", rule.id)));
            }
            rules.push(rule);
        }
    }
    Ok(rules)
}

/// Names of rules: ids, families, globs over ids.
struct Names {
    exact: Vec<String>,
    globs: Vec<globset::GlobMatcher>,
}

impl Names {
    fn read(names: &[String], rules: &[Rule], flag: &str) -> Result<Self, Failure> {
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
            let family = FAMILIES.iter().any(|f| f.name() == name);
            if !family && !rules.iter().any(|rule| one.name(rule)) {
                return Err(Failure::new(format!("{flag}: {}", unknown(name, rules.iter()))));
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

const FAMILIES: [Family; 5] =
    [Family::Credential, Family::ProductionData, Family::Transport, Family::ExposedFile, Family::Policy];

/// "no rule is called ...", with what may have been meant.
pub(crate) fn unknown<'a>(name: &str, rules: impl Iterator<Item = &'a Rule>) -> String {
    let families = FAMILIES.iter().map(|f| f.name());
    let near = error::nearest(name, rules.map(|r| &*r.id).chain(families));
    let meant = near.map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
    let name: String = name.chars().take(80).collect();
    format!("no rule or family is called `{name}`{meant} (`leaktight rules list` names all)")
}
