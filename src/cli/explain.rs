//! `leaktight explain`: why something was found, what it opens, how to mend it and how to keep it out of code.
//!
//! In: the id of a rule, or of a finding that is looked up in a report or by a scan of the current directory. Out: text
//! for people. A report is read as JSON whoever made it, so both ways show the same; all of it is escaped.

use super::args::flags::{self, ConfigFlags, RuleFlags, RunFlags};
use super::args::values::{MAX_REPORT, MIN_DIGITS};
use super::console::{Done, Failure, Out};
use super::run::policy::reported;
use super::run::{ruleset, scan};
use super::{exit, rules};
use crate::config::Layer;
use crate::finding::evidence::{Confidence, Evidence, LIKELY, POSSIBLE, Reason};
use crate::finding::schema;
use crate::fs::bounded;
use crate::report::run::Command;
use crate::report::{Format, fix, human};
use crate::rule::{Family, Rule, RuleSet};
use crate::text::escape;
use crate::{detect, mask};
use serde_json::Value;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Say why something was found, what it opens and how to mend it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Id of a finding (lt1:...; its first 8 digits or more will do) or of a rule
    #[arg(value_name = "ID|RULE")]
    id: String,
    /// Look the finding up in this JSON report instead of scanning the current directory
    #[arg(long, value_name = "REPORT")]
    from: Option<PathBuf>,
    #[command(flatten)]
    rules: RuleFlags,
    #[command(flatten)]
    config: ConfigFlags,
    #[command(flatten)]
    run: RunFlags,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    let mut layer = Layer::default();
    args.rules.layer(&mut layer);
    args.run.layer(&mut layer);
    let settings = flags::settings(Path::new("."), &args.config, layer, out)?;
    let set = ruleset::chosen(&settings)?;
    if !args.id.starts_with("lt1:") {
        let rule = rules::rule_of(&set, &args.id)?;
        out.people(|to| about_rule(rule, to))?;
        return Ok(exit::CLEAN);
    }
    if args.id.len() < "lt1:r".len() + MIN_DIGITS {
        return Err(Failure::new(format!(
            "write at least {MIN_DIGITS} digits of the id after its class: lt1:r01234567"
        )));
    }
    let (found, place, advice) = match &args.from {
        Some(path) => {
            let bytes =
                bounded::read_report(path, MAX_REPORT).map_err(|e| Failure::io("cannot read the report", path, &e))?;
            let name = format!("`{}`", path.display());
            (findings(&bytes).map_err(|why| Failure::new(format!("{name} {why}")))?, name, "")
        }
        None => {
            let outcome = scan::outcome(
                &set,
                &settings,
                args.run.keys(&settings.root)?,
                &args.run,
                &[PathBuf::from(".")],
                &[],
                out,
            )?;
            let mut run = reported(Command::Scan, ".", &set, &outcome, &settings);
            // Who asks for a finding by name wants to see it, however weak it is.
            run.min_confidence = Confidence::Possible;
            let mut bytes = Vec::new();
            Format::Json.report(&human::Human::default()).write(&run, &mut bytes).map_err(Failure::new)?;
            let place = "a scan of the current directory".to_owned();
            (findings(&bytes).unwrap_or_default(), place, "; name the report that shows it: --from REPORT")
        }
    };
    let mut hits = found.iter().filter(|f| names(f, &args.id));
    let Some(finding) = hits.next() else {
        return Err(Failure::new(format!("{place} has no finding `{}`{advice}", args.id)));
    };
    if hits.next().is_some() {
        return Err(Failure::new(format!("several findings begin with `{}`; write more digits", args.id)));
    }
    let rule = finding["rule"].as_str().and_then(|id| set.find(id)).map(|id| set.rule(id));
    out.people(|to| about_finding(finding, rule, &set, to))?;
    Ok(exit::CLEAN)
}

fn names(finding: &Value, id: &str) -> bool {
    ["id", "org_id"].iter().any(|key| finding[key].as_str().is_some_and(|have| have.starts_with(id)))
}

/// The findings of a report, suppressed ones too: one document, or one value a line.
///
/// # Errors
/// Why it is not a report of this schema version.
pub(super) fn findings(bytes: &[u8]) -> Result<Vec<Value>, String> {
    let mut out = Vec::new();
    let mut ours = false;
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>() {
        let value = value.map_err(|e| schema::not_ours(bytes, &e).to_string())?;
        if !value["schema"].is_null() {
            schema::is_this_schema(value["schema"].as_str().unwrap_or_default()).map_err(|e| e.to_string())?;
            ours = true;
        }
        if value["runs"].is_array() && value["version"].as_str().is_some_and(|v| v.starts_with("2.")) {
            return Err(schema::SARIF.into());
        }
        for list in ["findings", "suppressed"] {
            out.extend(value[list].as_array().into_iter().flatten().cloned());
        }
        if value["finding"].is_object() {
            out.push(value["finding"].clone());
        } else if value["id"].is_string() {
            out.push(value);
        }
    }
    // Of JSON lines the last one names the schema: without it the report is not complete, or not ours.
    if ours { Ok(out) } else { Err("is not a complete JSON report of leaktight: no `schema` in it".into()) }
}

const BOLD: anstyle::Style = anstyle::Style::new().bold();

fn heading(to: &mut dyn Write, text: &str) -> io::Result<()> {
    writeln!(to, "\n{BOLD}{text}{BOLD:#}")
}

fn escaped(text: &str) -> std::borrow::Cow<'_, str> {
    escape::terminal(text.as_bytes())
}

fn about_rule(rule: &Rule, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "{BOLD}{}{BOLD:#} ({})", escaped(&rule.name), escaped(&rule.id))?;
    let severity = rule.severity.name();
    let provider = if rule.provider.is_empty() { String::new() } else { format!(", {}", escaped(&rule.provider)) };
    writeln!(to, "{} of severity {severity}{provider}", rule.family.name())?;
    consequences(rule, to)?;
    heading(to, "How the confidence comes about")?;
    let reasons: Vec<Reason> = detect::reasons(rule).into_iter().filter(|reason| !reason.is_internal()).collect();
    let proof = if reasons.iter().any(|r| r.proves()) { "; a proof makes it proven" } else { "" };
    writeln!(to, "  Weights are added: from {LIKELY} it is likely, from {POSSIBLE} possible{proof}.")?;
    for reason in reasons {
        let evidence = Evidence::new(reason);
        let note = match (reason.proves(), reason.is_context()) {
            (true, _) => "  (proof)",
            (_, true) => "  (place)",
            _ => "",
        };
        writeln!(to, "  {:+5}  {}{note}", evidence.weight(), evidence.text())?;
    }
    keep_out(rule.family, to)?;
    references(rule.references.iter().map(|r| &**r), to)
}

fn consequences(rule: &Rule, to: &mut dyn Write) -> io::Result<()> {
    if !rule.summary.is_empty() {
        heading(to, "What it opens")?;
        writeln!(to, "  {}", escaped(&rule.summary))?;
    }
    if !rule.help.is_empty() {
        heading(to, "What to do")?;
        writeln!(to, "  {}", escaped(&rule.help))?;
    }
    Ok(())
}

fn references<'a>(list: impl Iterator<Item = &'a str>, to: &mut dyn Write) -> io::Result<()> {
    let mut list = list.peekable();
    if list.peek().is_some() {
        heading(to, "References")?;
    }
    list.try_for_each(|reference| writeln!(to, "  {}", escaped(reference)))
}

fn keep_out(family: Family, to: &mut dyn Write) -> io::Result<()> {
    heading(to, "How to keep it out of code")?;
    let row = |(where_to, how): (&str, &str)| writeln!(to, "  {where_to:11} {how}");
    let lines: &[(&str, &str)] = match family {
        Family::Credential => {
            let first = ("shell", "\"$NAME\", set by the caller or a secret store");
            let last = ("CI", "the CI's own secret store, handed to one step");
            return std::iter::once(first).chain(fix::languages()).chain([last]).try_for_each(row);
        }
        Family::ProductionData => &[
            ("tests", "generate records, or use the published test numbers of the format"),
            ("dumps", "keep them out of the work tree; commit the schema without rows"),
        ],
        Family::Transport => &[
            ("URL", "use the encrypted form of the scheme (https, wss, ldaps, ...)"),
            ("options", "leave certificate checks on; add the private CA to the trust store instead"),
        ],
        Family::ExposedFile => &[
            ("git", "add its name to .gitignore and remove it with `git rm --cached`"),
            ("program", "read it from a path that is configured, outside the work tree"),
        ],
        Family::Policy => &[("review", "let somebody else review changes of the policy")],
    };
    lines.iter().copied().try_for_each(row)
}

fn about_finding(finding: &Value, rule: Option<&Rule>, rules: &RuleSet, to: &mut dyn Write) -> io::Result<()> {
    let text = |value: &Value| safe(value.as_str().unwrap_or("-"));
    writeln!(to, "{BOLD}{}{BOLD:#} ({})", text(&finding["name"]), text(&finding["rule"]))?;
    writeln!(to, "{}", text(&finding["id"]))?;
    let [severity, confidence, environment] = ["severity", "confidence", "environment"].map(|key| text(&finding[key]));
    writeln!(to, "{severity}, {confidence}, environment {environment}")?;
    let length = finding["secret"]["length"].as_u64().map_or(String::new(), |n| format!(" ({n} bytes)"));
    writeln!(to, "{}{length}", text(&finding["secret"]["redacted"]))?;

    heading(to, "Why it was found")?;
    for evidence in finding["evidence"].as_array().into_iter().flatten() {
        writeln!(to, "  {:+5}  {}", evidence["weight"].as_i64().unwrap_or(0), text(&evidence["reason"]))?;
    }
    heading(to, "Where")?;
    writeln!(to, "  {}", place(&finding["location"]))?;
    let also = finding["also"].as_array().map(Vec::as_slice).unwrap_or_default();
    for location in also {
        writeln!(to, "  {}", place(location))?;
    }
    let total = finding["also_total"].as_u64().unwrap_or(0);
    let more = total.saturating_sub(also.len() as u64);
    if more > 0 {
        writeln!(to, "  and {more} more")?;
    }
    for related in finding["related"].as_array().into_iter().flatten() {
        writeln!(to, "  {}: {}", text(&related["role"]), place(&related["location"]))?;
    }
    match rule {
        Some(rule) => {
            consequences(rule, to)?;
            keep_out(rule.family, to)?;
        }
        None => {
            heading(to, "What to do")?;
            writeln!(to, "  {}", text(&finding["help"]))?;
            writeln!(to, "  (none of the {} rules in force has this id)", rules.len())?;
        }
    }
    references(finding["references"].as_array().into_iter().flatten().filter_map(Value::as_str), to)
}

/// A text of a report, which anybody may have written: no secret in it, and nothing that drives a terminal.
fn safe(text: &str) -> String {
    escaped(&mask::message(text)).into_owned()
}

fn place(location: &Value) -> String {
    let path = location["path"].as_str().or(location["kind"].as_str()).unwrap_or("-");
    let repo = location["repo"].as_str().map_or_else(String::new, |repo| format!("{}/", safe(repo)));
    let commit = location["commit"].as_str().map_or_else(String::new, |id| format!(" in commit {}", safe(id)));
    match (location["line"].as_u64(), location["column"].as_u64()) {
        (Some(line), Some(column)) => format!("{repo}{}:{line}:{column}{commit}", safe(path)),
        _ => format!("{repo}{}{commit}", safe(path)),
    }
}
