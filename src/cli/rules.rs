//! `leaktight rules`: what is looked for, and whether the examples beside the rules hold.
//!
//! In: a rule set. Out: tables for people, JSON for programs. Examples are shown as the templates they are written as,
//! never expanded: an expanded one looks like a secret.

mod test;

use super::args::flags::{self, ConfigFlags, RuleFlags, named};
use super::console::{Done, Failure, Out};
use super::exit;
use super::run::ruleset;
use crate::config::{Layer, Settings};
use crate::rule::{Example, Rule, RuleSet};
use crate::text::escape;
use clap::Subcommand;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// List, show and test rules
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// All rules: id, severity, family, provider, name
    List(List),
    /// Everything about one rule: pattern, anchors, reach, checks, examples
    Show(Show),
    /// Run the examples beside the rules through the engine: the built-in rules, or those of files
    ///
    /// A match must give a finding of its rule at likely or above, a miss none. Exit code 1 when one does not hold. A rule
    /// without examples is named and does not fail the test.
    Test(Test),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Human,
    Json,
}

const FORMS: &[(&str, Form)] = &[("human", Form::Human), ("json", Form::Json)];

#[derive(Debug, clap::Args)]
struct List {
    /// human or json [default: human]
    #[arg(long, value_name = "FORMAT", value_parser = named(FORMS), hide_possible_values = true)]
    format: Option<Form>,
    #[command(flatten)]
    rules: RuleFlags,
    #[command(flatten)]
    config: ConfigFlags,
}

#[derive(Debug, clap::Args)]
struct Show {
    /// Id of the rule
    id: String,
    /// human or json [default: human]
    #[arg(long, value_name = "FORMAT", value_parser = named(FORMS), hide_possible_values = true)]
    format: Option<Form>,
    #[command(flatten)]
    rules: RuleFlags,
    #[command(flatten)]
    config: ConfigFlags,
}

#[derive(Debug, clap::Args)]
struct Test {
    /// Rule files; the built-in rules without one
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    match &args.command {
        Command::List(args) => {
            let rules = ruleset::chosen(&settings(&args.rules, &args.config, out)?)?;
            match args.format.unwrap_or(Form::Human) {
                Form::Human => out.people(|to| table(&rules, to))?,
                Form::Json => json_out(out, &Value::Array(rules.iter().map(|(_, r)| brief(r)).collect()))?,
            }
        }
        Command::Show(args) => {
            let rules = ruleset::chosen(&settings(&args.rules, &args.config, out)?)?;
            let rule = rule_of(&rules, &args.id)?;
            match args.format.unwrap_or(Form::Human) {
                Form::Human => out.people(|to| show(rule, to))?,
                Form::Json => json_out(out, &full(rule))?,
            }
        }
        Command::Test(args) => return test::run(&args.files, out),
    }
    Ok(exit::CLEAN)
}

fn settings(rules: &RuleFlags, config: &ConfigFlags, out: &Out) -> Result<Settings, Failure> {
    let mut layer = Layer::default();
    rules.layer(&mut layer);
    flags::settings(Path::new("."), config, layer, out)
}

/// The rule of that id, or an error that says what may have been meant.
pub(super) fn rule_of<'a>(rules: &'a RuleSet, id: &str) -> Result<&'a Rule, Failure> {
    let found = rules.find(id).map(|found| rules.rule(found));
    found.ok_or_else(|| Failure::new(ruleset::unknown(id, rules.iter().map(|(_, r)| r))))
}

fn json_out(out: &Out, value: &Value) -> Result<(), Failure> {
    out.bytes(|to| {
        serde_json::to_writer_pretty(&mut *to, value)?;
        to.write_all(b"\n")
    })
}

fn table(rules: &RuleSet, to: &mut dyn Write) -> io::Result<()> {
    let width = |of: fn(&Rule) -> &str, least: usize| {
        rules.iter().map(|(_, r)| of(r).chars().count()).max().unwrap_or(0).clamp(least, 48)
    };
    let [id, of_family, provider] = [width(|r| &r.id, 2), width(|r| r.family.name(), 6), width(|r| &r.provider, 8)];
    let bold = anstyle::Style::new().bold();
    let head = ["ID", "SEVERITY", "FAMILY", "PROVIDER"];
    writeln!(to, "{bold}{:id$}  {:8}  {:of_family$}  {:provider$}  NAME{bold:#}", head[0], head[1], head[2], head[3])?;
    for (_, r) in rules.iter() {
        // Rules of files are text that somebody else wrote.
        let [shown_id, shown_provider, name] = [&r.id, &r.provider, &r.name].map(|t| escape::terminal(t.as_bytes()));
        let severity = r.severity.name();
        let family = r.family.name();
        writeln!(to, "{shown_id:id$}  {severity:8}  {family:of_family$}  {shown_provider:provider$}  {name}")?;
    }
    Ok(())
}

/// A name of an enum as rule files write it: `Crc32Base62` is `crc32-base62`.
fn kebab(name: &impl std::fmt::Debug) -> String {
    let mut out = String::new();
    for c in format!("{name:?}").chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn show(rule: &Rule, to: &mut dyn Write) -> io::Result<()> {
    let bold = anstyle::Style::new().bold();
    let mut line = |name: &str, value: &str| {
        if value.is_empty() {
            return Ok(());
        }
        writeln!(to, "{bold}{name:12}{bold:#}  {}", escape::terminal(value.as_bytes()))
    };
    line("id", &rule.id)?;
    line("name", &rule.name)?;
    line("summary", &rule.summary)?;
    line("provider", &rule.provider)?;
    line("severity", rule.severity.name())?;
    line("family", rule.family.name())?;
    line("identity", &kebab(&rule.identity))?;
    line("environment", &kebab(&rule.environment))?;
    line("pattern", &rule.pattern)?;
    line("boundary", rule.boundary.name())?;
    line("checks", &rule.checks.iter().map(kebab).collect::<Vec<_>>().join(", "))?;
    line("parser", &rule.parser.as_ref().map(kebab).unwrap_or_default())?;
    if let Some(pair) = &rule.pair {
        let holds = if pair.holds_secret { ", holds the secret" } else { "" };
        line("pair", &format!("{} within {} bytes{holds}: {}", pair.role, pair.within, pair.pattern))?;
    }
    line("anchors", &anchors(rule).join(", "))?;
    line("reach", &format!("{} bytes before an anchor, {} bytes in all", rule.before, rule.max_len))?;
    line("help", &rule.help)?;
    for reference in rule.references.iter() {
        line("reference", reference)?;
    }
    for example in rule.matches.iter() {
        line("match", &example_line(example))?;
    }
    for example in rule.misses.iter() {
        line("miss", &example_line(example))?;
    }
    Ok(())
}

fn example_line(example: &Example) -> String {
    let mut out = example.text.clone().into_owned();
    if !example.path.is_empty() {
        out.push_str(&format!("  in {}", example.path));
    }
    if !example.why.is_empty() {
        out.push_str(&format!("  ({})", example.why));
    }
    out
}

fn anchors(rule: &Rule) -> Vec<String> {
    rule.anchors.iter().map(|a| String::from_utf8_lossy(a.folded()).into_owned()).collect()
}

fn brief(rule: &Rule) -> Value {
    json!({
        "id": rule.id, "name": rule.name, "severity": rule.severity, "family": rule.family, "provider": rule.provider,
    })
}

fn full(rule: &Rule) -> Value {
    let example = |e: &Example| json!({ "template": e.text, "path": e.path, "why": e.why });
    let pair = rule
        .pair
        .as_ref()
        .map(|p| json!({ "role": p.role, "pattern": p.pattern, "within": p.within, "holds_secret": p.holds_secret }));
    let mut out = brief(rule);
    if let Some(out) = out.as_object_mut() {
        let more = json!({
            "summary": rule.summary, "identity": rule.identity, "environment": rule.environment,
            "pattern": rule.pattern, "boundary": rule.boundary.name(),
            "checks": rule.checks.iter().map(kebab).collect::<Vec<_>>(),
            "parser": rule.parser.as_ref().map(kebab), "pair": pair,
            "anchors": anchors(rule), "before": rule.before, "max_len": rule.max_len,
            "help": rule.help, "references": rule.references,
            "matches": rule.matches.iter().map(example).collect::<Vec<_>>(),
            "misses": rule.misses.iter().map(example).collect::<Vec<_>>(),
        });
        if let Value::Object(more) = more {
            out.extend(more);
        }
    }
    out
}
