//! Where the reports of one run go: standard output and the files of `-o`.
//!
//! In: the flags. Out: targets that were proven to be writable before the scan, and the reports in them after it. Files
//! come first, so that a reader of standard output that goes away loses nothing else.

use crate::cli::args::flags::ReportFlags;
use crate::cli::console::{Failure, Out};
use crate::config::{Settings, Source};
use crate::report::output::{self, Target};
use crate::report::run::{Report as _, Run};
use crate::report::{Format, human};
use std::path::{Path, PathBuf};

/// Reports to write.
#[derive(Debug)]
pub(crate) struct Reports {
    files: Vec<(Format, Target)>,
    stdout: Option<Format>,
}

impl Reports {
    /// Decides formats and proves that every file can be written.
    pub(crate) fn open(flags: &ReportFlags, settings: &Settings, out: &Out) -> Result<Self, Failure> {
        Self::open_for(flags, settings, &[], out)
    }

    /// The same for a run over these paths, which no report may overwrite.
    pub(crate) fn open_for(
        flags: &ReportFlags,
        settings: &Settings,
        arguments: &[PathBuf],
        out: &Out,
    ) -> Result<Self, Failure> {
        let set: Format = settings.format.value.parse().unwrap_or_default();
        let asked = matches!(settings.format.source, Source::Flag(_)).then_some(set);
        // A --format that some -o file takes is used up; standard output is for people then.
        let taken = asked.is_some() && flags.output.iter().any(|r| r.format.is_none() && r.path != Path::new("-"));
        let mut stdout = match (asked, taken) {
            (Some(format), false) => Some(format),
            (Some(_), true) => Some(Format::Human),
            (None, _) => Some(set),
        };
        if out.quiet && stdout == Some(Format::Human) && (asked.is_none() || taken) {
            stdout = None;
        }
        let mut files: Vec<(Format, Target)> = Vec::new();
        let mut to_stdout = None;
        for request in &flags.output {
            let stdout = request.path == Path::new("-");
            let by_name = || if stdout { Some(set) } else { Format::of_ending(&request.path) };
            let Some(format) = request.format.or(asked).or_else(by_name) else {
                return Err(Failure::new(format!(
                    "`{}` has no ending that names a format ({}, each also with .gz): write FORMAT=FILE, such as `json={}`",
                    request.path.display(),
                    Format::all_endings(),
                    request.path.display()
                )));
            };
            if stdout {
                if to_stdout.replace(format).is_some() {
                    return Err(Failure::new("two reports cannot both go to standard output (`-o -`)"));
                }
                continue;
            }
            if files.iter().any(|(_, target)| output::is_same(target.path(), &request.path)) {
                return Err(Failure::new(format!("two reports would go to `{}`", request.path.display())));
            }
            output::refuse(&request.path, format, arguments).map_err(Failure::new)?;
            files.push((format, Target::open(&request.path).map_err(Failure::new)?));
        }
        Ok(Self { files, stdout: to_stdout.or(stdout) })
    }

    /// The files of this run's reports, absolute and with links resolved.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        self.files.iter().filter_map(|(_, target)| output::resolved(target.path())).collect()
    }

    /// Leaves out the report for people on standard output.
    pub(crate) fn without_people(&mut self) {
        self.stdout = self.stdout.filter(|format| *format != Format::Human);
    }

    /// The first JSON report that is a file.
    pub(crate) fn json(&self) -> Option<&Path> {
        self.file(Format::Json)
    }

    /// The first report of a format that is a file.
    pub(crate) fn file(&self, format: Format) -> Option<&Path> {
        self.files.iter().find(|(of, _)| *of == format).map(|(_, target)| target.path())
    }

    /// A report that nobody asked for, unless somebody asked for one of that format.
    pub(crate) fn also(&mut self, format: Format, path: PathBuf) -> Result<(), Failure> {
        if self.file(format).is_none() {
            output::refuse(&path, format, &[]).map_err(Failure::new)?;
            self.files.push((format, Target::open(path).map_err(Failure::new)?));
        }
        Ok(())
    }

    /// Whether standard output is for people, so that lines for a platform may follow.
    pub(crate) fn for_people(&self) -> bool {
        matches!(self.stdout, None | Some(Format::Human))
    }

    /// Writes all reports of `run`. `root`: the folder that its paths are relative to, if there is one.
    pub(crate) fn write(self, run: &Run<'_>, root: Option<&Path>, out: &Out) -> Result<(), Failure> {
        let plain = human::Human { verbose: out.verbose, ..human::Human::default() };
        let json = self.json().or(self.file(Format::Jsonl)).map(quoted);
        let mut lost = Ok(());
        for (format, mut target) in self.files {
            let done = match format.report(&plain).write(run, &mut target) {
                Ok(()) => target.finish(),
                Err(e) => Err(target.error(e)),
            };
            // The other reports are still worth having.
            lost = lost.and(done.map_err(Failure::new));
        }
        let printed = match self.stdout {
            None => Ok(()),
            Some(Format::Human) => {
                let columns = std::env::var("COLUMNS").ok();
                let human = human::Human {
                    width: human::width(columns.as_deref(), human::terminal_width()),
                    styled: out.styled(),
                    links: root.filter(|_| out.links()).and_then(|root| std::fs::canonicalize(root).ok()),
                    quiet: out.quiet,
                    verbose: out.verbose,
                    json,
                };
                out.people(|to| human.write(run, to))
            }
            Some(format) => out.bytes(|to| format.report(&plain).write(run, to)),
        };
        lost.and(printed)
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%,=".contains(c);
    match path.chars().all(plain) {
        true => path.into_owned(),
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}
