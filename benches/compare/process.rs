//! Runs programs and measures them: wall time from start to finish, and the peak of memory.
//!
//! Runs alternate (A B C A B C ...), so that whatever else the machine does falls on all of them alike. Output goes
//! nowhere; a program that could not be started, or that ended by a signal, is an error and never a time.

use anyhow::{Context, Result, ensure};
use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program with its arguments, and what was measured.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    line: Vec<OsString>,
    /// Runs that are timed, after one that is not.
    runs: usize,
    times: Vec<Duration>,
    /// Exit code of the last run.
    pub(crate) code: i32,
}

impl Contender {
    pub(crate) fn new<S: Into<OsString>>(name: &'static str, runs: usize, line: impl IntoIterator<Item = S>) -> Self {
        Self { name, line: line.into_iter().map(Into::into).collect(), runs, times: Vec::new(), code: 0 }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.line[0]);
        command.args(&self.line[1..]);
        command
    }

    fn once(&self, mut command: Command) -> Result<(Duration, i32)> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let status = command.status().with_context(|| format!("{} cannot be started", self.name))?;
        let time = start.elapsed();
        let code = status.code().with_context(|| format!("{} ended by a signal", self.name))?;
        ensure!(code != 127, "{} cannot be started", self.name);
        Ok((time, code))
    }

    /// The fastest run, in seconds.
    pub(crate) fn min(&self) -> f64 {
        self.times.iter().min().map_or(f64::NAN, Duration::as_secs_f64)
    }

    /// The middle one, in seconds; of an even number the slower of the two.
    pub(crate) fn median(&self) -> f64 {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get(times.len() / 2).map_or(f64::NAN, Duration::as_secs_f64)
    }

    pub(crate) fn timed(&self) -> usize {
        self.times.len()
    }

    /// Peak of the resident memory in MiB, in a run of its own; `None` where GNU time is not installed.
    pub(crate) fn peak(&self) -> Option<f64> {
        self.usage().map(|usage| usage.0)
    }

    /// The same, and the seconds that processors spent, which other programs hardly change.
    pub(crate) fn usage(&self) -> Option<(f64, f64)> {
        let report = tempfile::NamedTempFile::new().ok()?;
        let mut command = Command::new("/usr/bin/time");
        command.args(["-f", "%M %U %S", "-o"]).arg(report.path()).args(&self.line);
        self.once(command).ok()?;
        let text = std::fs::read_to_string(report.path()).ok()?;
        let mut words = text.lines().last()?.split(' ').map(str::parse::<f64>);
        let mut next = || words.next()?.ok();
        let (kib, user, system) = (next()?, next()?, next()?);
        Some((kib / 1024.0, user + system))
    }
}

/// Times all of them: one run each to warm the cache, then in turns until each has its runs.
///
/// # Errors
/// When one cannot be started or ends by a signal.
pub(crate) fn race(all: &mut [Contender]) -> Result<()> {
    for contender in all.iter_mut() {
        contender.code = contender.once(contender.command())?.1;
    }
    turns(all)
}

/// The same where the cache is warm already.
///
/// # Errors
/// When one cannot be started or ends by a signal.
pub(crate) fn turns(all: &mut [Contender]) -> Result<()> {
    for round in 0..all.iter().map(|c| c.runs).max().unwrap_or(0) {
        for contender in all.iter_mut().filter(|c| round < c.runs) {
            let (time, code) = contender.once(contender.command())?;
            contender.times.push(time);
            contender.code = code;
        }
    }
    Ok(())
}

/// Whether a program of that name can be found.
pub(crate) fn installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(name).is_file() || dir.join(format!("{name}.exe")).is_file())
}

/// How many instructions a program takes, as callgrind counts them.
///
/// # Errors
/// When valgrind cannot be started or counts nothing.
pub(crate) fn counted<'a>(line: impl IntoIterator<Item = &'a OsStr>) -> Result<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).args(line);
    let out = command.output().context("valgrind cannot be started")?;
    let said = String::from_utf8_lossy(&out.stderr);
    let line = said.lines().find_map(|l| l.split_once("Collected :"));
    let count = line.and_then(|(_, n)| n.trim().parse().ok());
    count.with_context(|| format!("callgrind counted nothing: {said}"))
}
