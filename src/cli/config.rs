//! `leaktight config`: what is in force and from where.
//!
//! In: leaktight.toml and the flags of a scan. Out: every value with its source, a verdict on the file, or JSON schemas.

use super::args::flags::Shared;
use super::console::{Done, Failure, Out};
use super::exit;
use super::run::ruleset;
use crate::config::{self, Settings, Source};
use crate::fs::Disk;
use crate::mask;
use crate::policy::{self, Entry, EntryKind, notice};
use crate::report::Format;
use crate::text::escape;
use clap::Subcommand;
use std::path::Path;

/// Show and check the configuration that is in force
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every value and where it comes from: default, a line of leaktight.toml, a flag
    Show(Box<Shared>),
    /// Check leaktight.toml, the rule files it names and .leaktight/salt; exit code 2 when one is wrong
    Check(Box<Shared>),
    /// Print the JSON schema of leaktight.toml, for editors
    Schema(Schema),
}

#[derive(Debug, clap::Args)]
struct Schema {
    /// The schema of the JSON report instead
    #[arg(long)]
    report: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    match &args.command {
        Command::Show(flags) => show(flags, out),
        Command::Check(flags) => check(flags, out),
        Command::Schema(schema) => {
            let text = match schema.report {
                true => crate::report::json::JSON_SCHEMA.to_owned(),
                false => config::schema(Format::NAMES),
            };
            out.bytes(|to| to.write_all(text.as_bytes()))?;
            Ok(exit::CLEAN)
        }
    }
}

fn show(flags: &Shared, out: &Out) -> Done {
    let settings = flags.settings(Path::new("."), out)?;
    let path = |p: &Path| escape::terminal(p.as_os_str().as_encoded_bytes()).into_owned();
    let keys = flags.run.keys(&settings.root)?;
    let file = settings.file.as_deref().map(path);
    let rows: Vec<(String, String)> = settings
        .rows()
        .into_iter()
        .map(|(key, value, source)| {
            let source = match (source, &file) {
                (Source::File(line), Some(file)) => format!("{file}:{line}"),
                (source, _) => source.to_string(),
            };
            (format!("{key} = {}", escape::terminal(mask::message(&value).as_bytes())), source)
        })
        .collect();
    let width = rows.iter().map(|(row, _)| row.chars().count()).max().unwrap_or(0).min(60);
    let salt = if keys.salt.is_some() { ".leaktight/salt" } else { "none (`leaktight init` makes one)" };
    let key = match (keys.organisation, &flags.run.key_file) {
        (None, _) => "none",
        (Some(_), Some(_)) => "--key-file",
        (Some(_), None) => "LEAKTIGHT_KEY",
    };
    let entries = exceptions(flags, &settings)?;
    let of = |by: EntryKind| entries.iter().filter(|e| e.by == by).count();
    let (allowed, known) = (of(EntryKind::Allow), of(EntryKind::Baseline));
    let dim = anstyle::Style::new().dimmed();
    out.people(|to| {
        writeln!(to, "{dim}# root: {}{dim:#}", path(&settings.root))?;
        writeln!(to, "{dim}# file: {}{dim:#}", file.as_deref().unwrap_or("none"))?;
        writeln!(to, "{dim}# salt: {salt}{dim:#}")?;
        writeln!(to, "{dim}# organisation key: {key}{dim:#}")?;
        writeln!(to, "{dim}# exceptions: {allowed}; lines of baselines: {known}{dim:#}")?;
        rows.iter().try_for_each(|(row, source)| writeln!(to, "{row:width$}  {dim}# {source}{dim:#}"))
    })?;
    Ok(exit::CLEAN)
}

fn check(flags: &Shared, out: &Out) -> Done {
    let settings = flags.settings(Path::new("."), out)?;
    let rules = ruleset::chosen(&settings)?;
    flags.run.keys(&settings.root)?;
    let entries = exceptions(flags, &settings)?;
    let Some(file) = &settings.file else {
        if flags.config.no_config {
            return Err(Failure::new("--no-config leaves nothing to check"));
        }
        out.note(format_args!("no {} in {}: defaults hold", config::FILE_NAME, settings.root.display()));
        return Ok(exit::CLEAN);
    };
    if !out.quiet {
        let file = escape::terminal(file.as_os_str().as_encoded_bytes());
        let exceptions = notice::count(entries.len(), "exception", "exceptions");
        out.people(|to| writeln!(to, "{file}: right; {} rules in force, {exceptions}", rules.len()))?;
    }
    Ok(exit::CLEAN)
}

/// What is accepted in the files of policy; a mistake in one is a mistake of the configuration.
fn exceptions(flags: &Shared, settings: &Settings) -> Result<Vec<Entry>, Failure> {
    let mut entries = policy::load(&Disk::new(&settings.root), &settings.root).map_err(Failure::new)?;
    for (by, paths) in [(EntryKind::Allow, &flags.allow.allow), (EntryKind::Baseline, &flags.allow.baseline)] {
        for path in paths {
            entries.extend(policy::parse_file(path, by).map_err(Failure::new)?);
        }
    }
    Ok(entries)
}
