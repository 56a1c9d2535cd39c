//! `leaktight allow --list`: every entry with its state.
//!
//! In: the policy, a scan of the work tree. Out: a line an entry: valid, unused (nothing in the work tree needs it),
//! expired, or the day on which it ends when that is near.

use crate::cli::console::{Done, Failure, Out};
use crate::cli::exit;
use crate::cli::run::policy::EffectivePolicy;
use crate::detect::Detector;
use crate::finding::Outcome;
use crate::mask::Masker;
use crate::policy::{Entry, SOON};
use crate::text::escape;

pub(super) fn run(
    in_force: &EffectivePolicy,
    scan: impl FnOnce() -> Result<Outcome, Failure>,
    now: i64,
    out: &Out,
) -> Done {
    let entries = &in_force.policy.entries;
    if entries.is_empty() {
        out.note(
            "nothing is accepted: no entry in .leaktight/allow, .leaktight/allow.toml or .leaktight/baseline.toml",
        );
        return Ok(exit::CLEAN);
    }
    let mut outcome = scan()?;
    let used = in_force.apply(&mut outcome, now, true);
    let detector = Detector::new(&in_force.rules, now);
    let masker = Masker::new(&detector);
    let safe = |text: &str| escape::terminal(masker.safe(text).as_bytes()).into_owned();
    out.people(|to| {
        entries.iter().zip(&used.entries).try_for_each(|(entry, used)| {
            let owner = entry.owner.as_ref().map_or_else(String::new, |o| format!(" ({})", safe(o)));
            let place = format!("{}:{}", safe(&entry.file), entry.line);
            let (path, reason) = (safe(entry.path.as_str()), safe(&entry.reason));
            writeln!(to, "{}: {} {path} {}", state(entry, *used, now), safe(&entry.rule), entry.id)?;
            writeln!(to, "    {reason}{owner}, {place}")
        })
    })?;
    Ok(exit::CLEAN)
}

fn state(entry: &Entry, used: usize, now: i64) -> String {
    match entry.expires {
        Some(day) if day.over(now) => format!("expired after {day}"),
        _ if used == 0 && !entry.in_no_file() => "unused".into(),
        Some(day) if day.days_left(now) <= SOON => format!("valid, expires soon: after {day}"),
        Some(day) => format!("valid until {day}"),
        None => "valid".into(),
    }
}
