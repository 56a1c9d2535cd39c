//! `leaktight ci`: the gate for a pull request, merge request or push, as the platform's own event describes it.
//!
//! In: the platform's variables and event, flags. Out: the reports, what the platform shows (annotations, a summary,
//! outputs), and the exit code. What to look at is decided in `crate::ci`; here files are read and written. Nothing of the
//! change is run or obeyed, and what could not be looked at never ends with 0.

mod files;

use super::console::{Done, Failure, Out};
use super::exit;
use super::run::change::{self, GateFlags, GateRun};
use super::run::reports::Reports;
use crate::blob::{Gap, GapKind};
use crate::change::{Range, Subject};
use crate::ci::{self, CiEnv, CiFlags, Plan, Platform, Scope};
use crate::fs::bounded;
use crate::mask::{self, Masker};
use crate::report::run::{Command, Provenance, Run};
use crate::report::{Format, azure, github};
use clap::ValueEnum;
use files::{Append, outputs};
use std::path::{Path, PathBuf};

/// Gate what a pull request, merge request or push brings, as the CI's event says
///
/// Looks at every commit that the change brings, as `leaktight range` does, and at its title, description and branch name.
/// GitHub: annotations, the job's summary, outputs and a SARIF file. GitLab: gl-secret-detection-report.json and
/// gl-code-quality-report.json in the current folder. Elsewhere: --base and --head, or the usual variables; -o junit=FILE.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::EXIT_CODES)]
pub(crate) struct Args {
    /// The platform [default: the one whose variables are set]
    #[arg(value_enum, value_name = "PLATFORM")]
    platform: Option<Named>,
    /// What is known already, instead of what the platform says
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// What is new, instead of what the platform says
    #[arg(long, value_name = "REV")]
    head: Option<String>,
    #[command(flatten)]
    flags: GateFlags,
}

/// A platform, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Named {
    /// GitHub Actions
    Github,
    /// GitLab CI
    Gitlab,
    /// Azure Pipelines, Bitbucket, Jenkins, Buildkite, Travis, and everything else
    Generic,
}

/// Longest event that is read: GitHub's are at most 25 MB.
const MAX_EVENT: u64 = 64 << 20;
/// GitHub refuses a SARIF file that is longer than this when it is compressed.
const MAX_SARIF: u64 = 10_000_000;

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Out) -> Done {
    let variable = |name: &str| std::env::var_os(name).map(|v| v.to_string_lossy().into_owned());
    let access = change::access(&args.flags)?;
    let resolve = |rev: &str| access.resolve_commit(rev).ok().map(|id| id.to_string());
    let around = CiEnv { variable: &variable, resolve: &resolve };
    let platform = args.platform.map_or_else(|| Platform::detected(&around), Platform::from);
    let mut plan = plan(args, platform, &around)?;
    // Whoever makes a change names its branch.
    plan.notes.iter_mut().for_each(|note| *note = mask::message(note).into_owned());
    for note in &plan.notes {
        out.note(note);
    }
    let range = match &plan.look {
        Scope::Range(range) => range.clone(),
        Scope::Nothing(_) | Scope::Absent(..) => Range::default(),
    };
    // Without a base the policy is that of the branch which everybody's changes go to, never that of what is looked at.
    let without_base = range.bases.is_empty() && args.flags.policy.policy_ref.is_none();
    let subject = Subject::Range(range);
    let opened = if without_base {
        let commit = plan.policy.as_deref().and_then(|rev| access.resolve_commit(rev).ok());
        change::with_policy_of(&args.flags, change::access(&args.flags)?, commit, out)?
    } else {
        change::open(&args.flags, &subject, out)?
    };
    let mut reports = Reports::open(&args.flags.shared.report, &opened.in_force.settings, out)?;
    let sarif = own_reports(platform, &around, &mut reports)?;
    // Known before the scan, as every report's file is.
    let own = |name| if platform == Platform::Github { around.text(name) } else { None };
    let page = own("GITHUB_STEP_SUMMARY").map(Append::open).transpose()?;
    let values = own("GITHUB_OUTPUT").map(Append::open).transpose()?;
    let target = plan.target();
    let mut ran = match &plan.look {
        Scope::Range(_) => opened.run(&subject, &target, out)?,
        Scope::Nothing(why) => {
            out.note(why);
            opened.without_looking(Vec::new(), &target)
        }
        Scope::Absent(what, why) => opened.without_looking(vec![lost(what, why)], &target),
    };
    if plan.missing.is_some() || matches!(plan.look, Scope::Absent(..)) {
        ran.outcome.gaps.extend(plan.missing.as_deref().map(missing));
        mask::outcome(&mut ran.outcome, Masker::builtin());
    }
    let run = described(&ran, platform, &around, args)?;
    let code = run.exit;
    let for_people = reports.for_people();
    reports.write(&run, None, out)?;
    if for_people {
        let lines = match platform {
            Platform::Github => github::annotations(&run),
            Platform::Generic if around.text("TF_BUILD").is_some() => azure::issues(&run),
            Platform::Gitlab | Platform::Generic => Vec::new(),
        };
        out.bytes(|to| lines.iter().try_for_each(|line| writeln!(to, "{line}")))?;
    }
    if platform == Platform::Github {
        tell(&run, &plan, page, values, sarif.as_deref(), out)?;
    }
    Ok(code)
}

impl From<Named> for Platform {
    fn from(named: Named) -> Self {
        match named {
            Named::Github => Self::Github,
            Named::Gitlab => Self::Gitlab,
            Named::Generic => Self::Generic,
        }
    }
}

/// What to look at.
fn plan(args: &Args, platform: Platform, around: &CiEnv<'_>) -> Result<Plan, Failure> {
    let asked = CiFlags { base: args.base.clone(), head: args.head.clone() };
    match platform {
        Platform::Gitlab => ci::gitlab::plan(&asked, around).map_err(Failure::new),
        Platform::Generic => ci::generic::plan(&asked, around).map_err(Failure::new),
        Platform::Github => {
            let (Some(name), Some(path)) = (around.text("GITHUB_EVENT_NAME"), around.text("GITHUB_EVENT_PATH")) else {
                if asked.base.is_some() {
                    return ci::generic::plan(&asked, around).map_err(Failure::new);
                }
                return Err(Failure::new(
                    "GITHUB_EVENT_NAME or GITHUB_EVENT_PATH is not set: this is no step of GitHub Actions; give --base, \
                     or use `leaktight ci generic`",
                ));
            };
            let path = PathBuf::from(path);
            let bytes = bounded::read_limited(&path, MAX_EVENT)
                .map_err(|e| Failure::io("cannot read the event that GITHUB_EVENT_PATH names", &path, &e))?;
            let wrong = |e: ci::PlanError| Failure::new(format!("the event `{}`: {e}", path.display()));
            ci::github::plan(&name, &ci::github::event(&bytes).map_err(wrong)?, &asked, around).map_err(wrong)
        }
    }
}

/// Reports that the platform takes without being asked for; the SARIF file, if there is one.
fn own_reports(platform: Platform, around: &CiEnv<'_>, reports: &mut Reports) -> Result<Option<PathBuf>, Failure> {
    match platform {
        Platform::Github => {
            if let Some(folder) = around.text("RUNNER_TEMP") {
                reports.also(Format::Sarif, Path::new(&folder).join("leaktight.sarif"))?;
            }
        }
        Platform::Gitlab => {
            reports.also(Format::Gitlab, "gl-secret-detection-report.json".into())?;
            reports.also(Format::Codequality, "gl-code-quality-report.json".into())?;
        }
        Platform::Generic => {}
    }
    Ok(reports.file(Format::Sarif).map(Path::to_owned))
}

/// A head that is not in the checkout.
fn lost(what: &str, why: &str) -> Gap {
    Gap { kind: GapKind::MissingObject, what: format!("commit {what}").into_bytes(), why: why.to_owned(), blocks: true }
}

/// A base for which another one stands in.
fn missing(base: &str) -> Gap {
    let why = "the base is not in this checkout; what was compared with instead may lack a part of it".to_owned();
    Gap { kind: GapKind::MissingBase, what: base.as_bytes().to_vec(), why, blocks: true }
}

/// The run as reports see it.
fn described<'a>(ran: &'a GateRun, platform: Platform, around: &CiEnv<'_>, args: &Args) -> Result<Run<'a>, Failure> {
    let mut run = ran.run(Command::Ci);
    let now = args.flags.shared.run.now()?;
    run.now = Some(now);
    let (uri, revision, branch) = match platform {
        Platform::Github => (
            around.text("GITHUB_REPOSITORY").map(|name| {
                format!("{}/{name}", around.text("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".into()))
            }),
            around.text("GITHUB_SHA"),
            around.text("GITHUB_REF"),
        ),
        Platform::Gitlab => {
            (around.text("CI_PROJECT_URL"), around.text("CI_COMMIT_SHA"), around.text("CI_COMMIT_REF_NAME"))
        }
        Platform::Generic => {
            (around.text("BUILD_REPOSITORY_URI"), around.text("BUILD_SOURCEVERSION"), around.text("BUILD_SOURCEBRANCH"))
        }
    };
    // Whoever makes a change names its branch.
    let safe = |text: String| ran.in_force.safe(&text);
    run.provenance = uri.and_then(|uri| clean_uri(&uri)).map(|uri| Provenance {
        repository_uri: safe(uri),
        revision: revision.map(safe),
        branch: branch.map(safe),
    });
    Ok(run)
}

/// A URI of a repository without user and password; nothing if it has a form that we do not know.
fn clean_uri(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://").filter(|(scheme, _)| matches!(*scheme, "https" | "http"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let good = |c: char| c.is_ascii_alphanumeric() || "-._~:/%+".contains(c);
    (!host.is_empty() && host.chars().chain(path.chars()).all(good)).then(|| format!("{scheme}://{host}/{path}"))
}

/// The summary of the job and the outputs of the step.
fn tell(
    run: &Run<'_>,
    plan: &Plan,
    page: Option<Append>,
    values: Option<Append>,
    sarif: Option<&Path>,
    out: &Out,
) -> Result<(), Failure> {
    let nothing = if let Scope::Nothing(why) = &plan.look { Some(why.as_str()) } else { None };
    let about = github::About { notes: &plan.notes, nothing, fork: plan.fork };
    if plan.fork {
        out.note("the change comes from a fork: the token may only read, so nothing can be uploaded to code scanning");
    }
    if let Some(page) = page {
        let room = page.room();
        page.write(&github::summary(run, &about, room))?;
    }
    if let Some(path) = sarif
        && std::fs::metadata(path).is_ok_and(|meta| meta.len() > MAX_SARIF)
    {
        out.note("the SARIF file is longer than 10 MB; GitHub refuses it if it is that long when compressed");
    }
    let Some(values) = values else { return Ok(()) };
    let (all, new) = github::counts(run);
    let sarif = sarif.map(|path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    let sarif = sarif.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    let upload = !plan.fork && !sarif.is_empty();
    let text = outputs(&[
        ("findings", &all.to_string()),
        ("new-findings", &new.to_string()),
        ("complete", if run.outcome.complete() { "true" } else { "false" }),
        ("exit-code", &run.exit.to_string()),
        ("sarif-file", &sarif),
        ("upload", if upload { "true" } else { "false" }),
    ])?;
    values.write(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_of_repositories_hold_no_credentials() {
        assert_eq!(clean_uri("https://u:p@example.org/o/r.git").as_deref(), Some("https://example.org/o/r.git"));
        assert_eq!(clean_uri("https://github.com/o/r").as_deref(), Some("https://github.com/o/r"));
        for wrong in ["git@example.org:o/r", "file:///srv/x", "https:///x", "https://e/\u{1b}", "", "https://e/<b>"] {
            assert_eq!(clean_uri(wrong), None, "{wrong}");
        }
    }
}
