//! What the head of a change would do to the policy: said by name, and not obeyed.
//!
//! In: the policy in force, the files of base and head, the outcome of the run. Out: one notice for each file of policy
//! that differs, with how many findings of this run it would silence. A file that is broken at the head is said as such
//! and is no error of the gate.

use super::{EffectivePolicy, Request, accepted, threshold};
use crate::blob::GitKind;
use crate::cli::console::Out;
use crate::cli::run::ruleset;
use crate::config::{self, RuleFile, Settings, diff};
use crate::detect::Detector;
use crate::finding::{Finding, Location, Outcome};
use crate::fs::{ConfigError, Files, shown};
use crate::mask::Masker;
use crate::policy::lookup::Steps;
use crate::policy::{Entry, Policy, notice};
use crate::report::Format;
use crate::rule::RuleSet;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// Longest file that is compared, in bytes.
const MAX_FILE: u64 = 32 << 20;
/// Comparisons of a glob with a place, in all: about two seconds.
const MOST_STEPS: u64 = 2_000_000;

/// A file that differs: its name, what becomes of it, the findings that it would silence.
struct Difference {
    name: String,
    words: String,
    silenced: Vec<bool>,
}

impl EffectivePolicy {
    /// What `head` changes in the policy of `base`. `outcome`: after [`EffectivePolicy::apply`]. Nothing if the policy does not
    /// come from the repository.
    pub(crate) fn changes(
        &self,
        base: &Request<'_>,
        head: &dyn Files,
        outcome: &Outcome,
        now: i64,
        out: &Out,
    ) -> Vec<Finding> {
        if base.policy.is_some() || base.config.no_config {
            return Vec::new();
        }
        let mut compare = Compare { in_force: self, base, head, outcome, now, steps: Steps::at_most(MOST_STEPS) };
        let all = compare.all();
        let complete = !compare.steps.used_up();
        // Nearly every change: nothing to say, and no detector to make for it.
        if all.is_empty() {
            return Vec::new();
        }
        let detector = Detector::new(&self.rules, now);
        let masker = Masker::new(&detector);
        let mut total = vec![false; outcome.findings.len()];
        for difference in &all {
            total.iter_mut().zip(&difference.silenced).for_each(|(all, one)| *all |= one);
        }
        let count = |silenced: &[bool]| match silenced.iter().filter(|s| **s).count() {
            0 => "no findings".to_owned(),
            n => notice::count(n, "finding", "findings"),
        };
        out.detail(format_args!("files of policy that the head changes: {}", all.len()));
        let several = all.len() > 1;
        let mut notices = Vec::new();
        for (n, Difference { name, words, silenced }) in all.iter().enumerate() {
            let sentence = match n {
                0 if !total.contains(&true) => {
                    format!("this request changes the policy, and silences nothing that it brings: {name} {words}")
                }
                0 => format!("this request would silence {}: {name} {words}", count(&total)),
                _ => format!("{name} {words}"),
            };
            let sentence = if complete || n > 0 {
                sentence
            } else {
                format!("{sentence} (at most: it has more globs than are compared)")
            };
            let own = if several { format!(" (this file: {})", count(silenced)) } else { String::new() };
            let sentence = format!("{sentence}{own}");
            let sentence = masker.safe(&sentence);
            notices.extend(notice::at(&self.rules, notice::CHANGE, notice::line_of(name, 1), name, sentence));
        }
        notices
    }
}

/// Findings and entries of the base by the ids that connect them.
struct Answering<'a> {
    findings: HashMap<String, Vec<usize>>,
    entries: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Answering<'a> {
    fn new(in_force: &'a EffectivePolicy, outcome: &Outcome) -> Self {
        let mut findings: HashMap<String, Vec<usize>> = HashMap::new();
        for (n, finding) in outcome.findings.iter().enumerate() {
            for id in ids_of(finding, in_force, &mut Steps::unlimited()) {
                findings.entry(id).or_default().push(n);
            }
        }
        let mut entries: HashMap<&str, Vec<usize>> = HashMap::new();
        for (n, entry) in in_force.policy.entries.iter().enumerate() {
            entries.entry(&entry.id).or_default().push(n);
        }
        Self { findings, entries }
    }
}

/// All ids that an exception may call a finding.
fn ids_of(finding: &Finding, in_force: &EffectivePolicy, steps: &mut Steps) -> BTreeSet<String> {
    let mut ids = BTreeSet::from([finding.id.as_str().to_owned()]);
    ids.extend(finding.known_as.salted.iter().map(|id| id.as_str().to_owned()));
    for place in std::iter::once(&finding.location).chain(&finding.also) {
        let located = steps.spend().then(|| finding.located(&in_force.rules, place)).flatten();
        let Some(id) = located else { break };
        ids.insert(id.as_str().to_owned());
    }
    ids
}

struct Compare<'a> {
    in_force: &'a EffectivePolicy,
    base: &'a Request<'a>,
    head: &'a dyn Files,
    outcome: &'a Outcome,
    now: i64,
    /// Head and findings are both the author's: comparing all globs with all places must not stall the check.
    steps: Steps,
}

impl Compare<'_> {
    fn all(&mut self) -> Vec<Difference> {
        let mut out = Vec::new();
        let mut answering = None;
        for name in diff::names(self.base.files, self.head) {
            let (was, is) = (self.base.files.read(&name, MAX_FILE), self.head.read(&name, MAX_FILE));
            let found = match (was, is) {
                (Ok(was), Ok(is)) if was == is => continue,
                (Ok(was), Ok(is)) if name == config::SALT => match diff::of_salt(was.is_some(), is.as_deref()) {
                    // Of a salt that no exception needs, only a broken one matters.
                    Some(words) if self.needs_salt() || is.is_some() => Ok((words.to_owned(), Vec::new())),
                    _ => continue,
                },
                // Said as a gap.
                (_, Err(_)) if self.head.is_lost(&name) => continue,
                (_, Err(why)) => Err(why),
                (was, Ok(is)) => {
                    let answering = answering.get_or_insert_with(|| Answering::new(self.in_force, self.outcome));
                    self.one(answering, &name, was.ok().flatten().as_deref(), is.as_deref())
                }
            };
            let (words, silenced) = found.unwrap_or_else(|why| {
                let words = format!("is broken at the head, where every gate would stop at it (exit code 2): {why}");
                (words, Vec::new())
            });
            out.push(Difference { name, words, silenced });
        }
        out.extend(self.rule_files());
        out
    }

    /// Whether the base has an exception for a guessable value.
    fn needs_salt(&self) -> bool {
        self.in_force.policy.entries.iter().any(|e| e.id.starts_with("lt1:g"))
    }

    fn one(
        &mut self,
        answering: &Answering<'_>,
        name: &str,
        was: Option<&[u8]>,
        is: Option<&[u8]>,
    ) -> Result<(String, Vec<bool>), String> {
        if diff::holds_entries(name) {
            let before = diff::entries(name, was).unwrap_or_default();
            let after = diff::entries(name, is).map_err(|e| short(&e))?;
            return Ok((diff::of_entries(&before, &after), self.by_entries(answering, name, after)));
        }
        self.by_settings()
    }

    /// What these entries would accept, in the place of those that the file has now. Only findings that they name can
    /// change: what other entries accept is not among the findings any more.
    fn by_entries(&mut self, answering: &Answering<'_>, name: &str, after: Vec<Entry>) -> Vec<bool> {
        let mut silenced = vec![false; self.outcome.findings.len()];
        let ids: BTreeSet<&str> = after.iter().map(|e| e.id.as_str()).collect();
        let named: BTreeSet<usize> = ids.iter().flat_map(|id| answering.findings.get(*id)).flatten().copied().collect();
        if named.is_empty() {
            return silenced;
        }
        let findings: Vec<&Finding> = named.iter().map(|n| &self.outcome.findings[*n]).collect();
        let mut entries = after;
        // Other files accept some places of a finding, this one the rest.
        let own: BTreeSet<String> = findings.iter().flat_map(|f| ids_of(f, self.in_force, &mut self.steps)).collect();
        for n in own.iter().flat_map(|id| answering.entries.get(id.as_str())).flatten() {
            let entry = &self.in_force.policy.entries[*n];
            if entry.file != name && self.steps.spend() {
                entries.push(entry.clone());
            }
        }
        let policy = Policy { entries, ..self.in_force.policy.without_entries() };
        let accepted = policy.accepts(&self.in_force.rules, findings.iter().copied(), self.now, &mut self.steps);
        named.iter().zip(accepted).for_each(|(n, accepted)| silenced[*n] = accepted);
        silenced
    }

    /// What the settings of the head would leave out, let pass or accept.
    fn by_settings(&mut self) -> Result<(String, Vec<bool>), String> {
        let Request { config: which, gate, label, .. } = *self.base;
        if which.config.is_some() {
            // The file of the repository has no say: whatever it holds.
            return Ok(("differs, and is not read here".into(), Vec::new()));
        }
        let file = config::read_files(self.head, label, Format::NAMES).map_err(|e| short(&e))?;
        let settings = Settings::layered(label.to_owned(), file, self.base.layer.clone());
        let detector = Detector::new(&self.in_force.rules, self.now);
        let masker = Masker::new(&detector);
        let safe = |value: &str| masker.safe(value);
        let words = diff::of_settings(&self.in_force.settings.rows(), &settings.rows(), &safe);
        let rules = ruleset::listed(&settings).map_err(|_| "its rules, --only or --skip cannot be used".to_owned())?;
        let after = EffectivePolicy {
            rules: RuleSet::new(notice::add(rules)),
            keys: self.in_force.keys.clone(),
            policy: accepted(&settings, self.in_force.policy.entries.clone(), gate),
            own: super::Own::default(),
            settings,
        };
        // Findings name rules by number, and the head's rules are numbered in another way.
        let of_head = |f: &Finding| {
            let rule = after.rules.find(&self.in_force.rules.rule(f.rule).id)?;
            Some(Finding { rule, ..f.clone() })
        };
        let (before, then) = (threshold(&self.in_force.settings), threshold(&after.settings));
        let findings = &self.outcome.findings;
        let exclude = &after.settings.exclude.value;
        // Messages and names of references have no path, and no glob leaves them out.
        let steps = &mut self.steps;
        let mut is_excluded = |place: &Location| {
            let of_file = !matches!(place.origin.git().map(|git| git.kind), Some(GitKind::Event));
            let path = place.origin.path().filter(|_| of_file);
            path.is_some_and(|path| exclude.iter().any(|glob| steps.spend() && glob.covers(path)))
        };
        let excluded: Vec<bool> =
            findings.iter().map(|f| std::iter::once(&f.location).chain(&f.also).all(&mut is_excluded)).collect();
        let accepts = after.policy.accepts(&self.in_force.rules, findings, self.now, &mut self.steps);
        let silenced =
            self.outcome.findings.iter().zip(accepts).zip(excluded).map(|((finding, accepted), excluded)| {
                let rule = self.in_force.rules.rule(finding.rule);
                if notice::is_notice(rule) {
                    return false;
                }
                of_head(finding).is_none_or(|then_found| {
                    accepted
                        || excluded
                        || (before.fails(&self.in_force.rules, finding) && !then.fails(&after.rules, &then_found))
                })
            });
        let silenced = silenced.collect();
        let gaps = after.policy.accepted_gaps(&self.outcome.gaps, self.now, &mut self.steps);
        let gaps = match gaps {
            0 => String::new(),
            n => format!(", would accept {} of this run", notice::count(n, "gap", "gaps")),
        };
        Ok((format!("{words}{gaps}"), silenced))
    }

    /// Rule files that leaktight.toml names, here or there, and that differ.
    fn rule_files(&self) -> Vec<Difference> {
        let name = |file: &RuleFile| {
            let path = shown(self.base.label);
            let path = file.path.strip_prefix(&path).unwrap_or(&file.path);
            path.to_string_lossy().replace('\\', "/")
        };
        let of_repository = |file: &&RuleFile| file.text.is_some();
        let files = self.in_force.settings.files.value.iter().filter(of_repository);
        let mut out = Vec::new();
        for file in files {
            let name = name(file);
            let words = match self.head.read(&name, config::MAX_RULES) {
                Ok(Some(text)) if file.text.as_deref() == Some(&text[..]) => continue,
                Ok(Some(text)) => match self.rules_of(&name, text) {
                    Ok(ids) => format!("changes rules; it has {}", notice::count(ids, "rule", "rules")),
                    Err(()) => "is broken at the head, where every gate would stop at it (exit code 2)".into(),
                },
                Ok(None) => "is removed, with its rules".into(),
                Err(_) if self.head.is_lost(&name) => continue,
                Err(why) => format!("{why} at the head"),
            };
            out.push(Difference { name, words, silenced: Vec::new() });
        }
        out
    }

    fn rules_of(&self, name: &str, text: Vec<u8>) -> Result<usize, ()> {
        let file = RuleFile { path: Path::new(name).to_owned(), text: Some(text.into()) };
        ruleset::from_files(&[file]).map(|rules| rules.len()).map_err(|_| ())
    }
}

/// A mistake without the lines that it quotes.
fn short(error: &ConfigError) -> String {
    let place = error.place.map_or_else(String::new, |(line, column)| format!("line {line}, column {column}: "));
    format!("{place}{}", error.message)
}
