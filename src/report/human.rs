//! The report for people: a block for each secret, what could not be looked at, and what it means for the gate.
//!
//! In: a run and how to show it ([`Human`]). Out: text in `width` columns that is right without colour. Every untrusted
//! string passes `escape::terminal`; a secret was masked before it came here. It refuses to decide: it says what
//! [`Run::verdict`] says.

mod excluded;
mod gaps;
mod gate;
mod history;
mod life;
mod page;
mod policy;

pub use page::Human;

use super::frame::{Frame, columns};
use super::labels;
use super::run::{Beginning, Command, Report, Run};
use crate::blob::Origin;
use crate::finding::evidence::{Confidence, Evidence, Reason};
use crate::finding::{Finding, Location};
use crate::policy::notice;
use crate::rule::Severity;
use crate::text::escape;
use anstyle::{AnsiColor, Style};
use page::{Page, wrap};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

/// Other places of a secret that are listed unless the reader wants all.
const FEW: usize = 3;

impl Default for Human {
    fn default() -> Self {
        Self { width: 80, styled: false, links: None, quiet: false, verbose: false, json: None }
    }
}

/// The width to use: `COLUMNS` if it is a number, else the terminal's, else 80; never under 40 or over 100.
pub fn width(columns: Option<&str>, terminal: Option<usize>) -> usize {
    columns.and_then(|c| c.trim().parse().ok()).or(terminal).unwrap_or(80).clamp(40, 100)
}

/// Columns of the terminal that standard output is, if it is one.
pub fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0))
}

impl Report for Human {
    fn write(&self, run: &Run<'_>, to: &mut dyn io::Write) -> io::Result<()> {
        let page = Page { how: self, run };
        // One write for a block: a terminal shows it at once, and memory stays bounded.
        let mut helped = BTreeSet::new();
        let (below, others): (Vec<&Finding>, Vec<&Finding>) =
            run.shown().partition(|f| !self.quiet && page.is_below(f));
        // What was there before, and notices, come after what is below the threshold.
        let first = |f: &&Finding| f.location.gates() && !notice::is_notice(run.rules.rule(f.rule));
        let (first, last): (Vec<&Finding>, Vec<&Finding>) = others.into_iter().partition(first);
        let mut text = |finding: &Finding| {
            // What to do about a rule's findings is said once; more often it is noise.
            match finding.state {
                _ if self.quiet => page.line(finding),
                _ if policy::is_own(run, finding) => String::new(),
                Some(state) => page.gated(finding, state),
                None => page.block(finding, helped.insert(finding.rule)),
            }
        };
        for finding in first {
            to.write_all(text(finding).as_bytes())?;
        }
        to.write_all(page.below(&below).as_bytes())?;
        for finding in last {
            to.write_all(text(finding).as_bytes())?;
        }
        let end = if self.quiet { page.quiet_end() } else { page.summary() };
        to.write_all(end.as_bytes())?;
        to.flush()
    }

    fn recognises(&self, beginning: &Beginning<'_>) -> bool {
        const FIRST: &[&str] =
            &["info[", "low[", "medium[", "high[", "critical[", "no finding", "looked at", "scanned"];
        const LATER: &[&str] = &["leaktight", "\n --> ", "looked at ", "exit code", ": exit "];
        let text = &beginning.text;
        FIRST.iter().any(|w| text.starts_with(w)) || LATER.iter().any(|w| text.contains(w))
    }
}

impl Page<'_> {
    fn style(&self, style: Style) -> Style {
        if self.how.styled { style } else { Style::new() }
    }

    fn bold(&self) -> Style {
        self.style(Style::new().bold())
    }

    fn dim(&self) -> Style {
        self.style(Style::new().dimmed())
    }

    /// Gutter of a frame, and labels.
    fn rail(&self) -> Style {
        self.style(AnsiColor::Blue.on_default())
    }

    fn severity(&self, severity: Severity) -> Style {
        self.style(match severity {
            Severity::Critical => AnsiColor::Red.on_default().bold(),
            Severity::High => AnsiColor::Red.on_default(),
            Severity::Medium => AnsiColor::Yellow.on_default(),
            Severity::Low => AnsiColor::Cyan.on_default(),
            Severity::Info => AnsiColor::Green.on_default(),
        })
    }

    /// The one line of quiet mode.
    fn line(&self, f: &Finding) -> String {
        let rule = self.run.rules.rule(f.rule);
        format!(
            "{}: {} {} {} [{}]\n",
            labels::place(&f.location),
            f.severity.name(),
            f.confidence.name(),
            policy::title(rule, f),
            f.id.as_str()
        )
    }

    fn quiet_end(&self) -> String {
        let mut out = String::new();
        for gap in &self.run.outcome.gaps {
            let blocks = if gap.blocks { "gap, blocks" } else { "gap" };
            let what = labels::path(&gap.what);
            let _ = writeln!(out, "{what}: {blocks}: {}: {}", gap.kind.name(), escape::terminal(gap.why.as_bytes()));
        }
        if let Some(reason) = self.run.hidden_reason() {
            let _ = writeln!(out, "{reason}");
        }
        if let Some(why) = self.nothing_scanned() {
            let _ = writeln!(out, "{why}");
        }
        out
    }

    fn block(&self, f: &Finding, help: bool) -> String {
        let rule = self.run.rules.rule(f.rule);
        let frame = Frame::new(&f.snippet, self.how.width);
        let pad = frame.as_ref().map_or(1, |f| f.digits);
        let (rail, color) = (self.rail(), self.severity(f.severity));
        let mut out = String::new();

        let notice = notice::is_notice(rule);
        let mut about = vec![if notice { "for your information" } else { f.confidence.name() }];
        about.extend(Some(labels::environment(f.environment)).filter(|e| !e.is_empty()));
        if self.run.threshold.fail_on.is_some() && !self.run.fails(f) && !notice {
            about.push("below the gate");
        }
        let bold = self.bold();
        let (severity, about) = (f.severity.name(), about.join(", "));
        let (id, name) = (escape::terminal(rule.id.as_bytes()), escape::terminal(rule.name.as_bytes()));
        let used = severity.len() + columns(&id) + columns(&name) + about.len() + 7;
        let gap = if used > self.how.width { "\n    " } else { " " };
        let _ = writeln!(out, "{color}{severity}{color:#}[{id}]: {bold}{name}{bold:#}{gap}({about})");
        let _ = writeln!(out, "{:pad$}{rail}-->{rail:#} {}", "", self.place(&f.location));
        if let Some(frame) = &frame {
            self.frame(&mut out, frame, &rule.summary, color);
        }

        let (notes, why): (Vec<&Evidence>, Vec<&Evidence>) =
            f.evidence.iter().partition(|e| e.reason == Reason::PolicyNote);
        let why: Vec<String> = why
            .into_iter()
            .map(|e| match e.weight() {
                0 => e.text().into_owned(),
                weight => format!("{} ({weight:+})", e.text()),
            })
            .collect();
        self.note(&mut out, pad, "life", &life::story(f).unwrap_or_default());
        self.note(&mut out, pad, "why", &why.join(", "));
        for note in notes {
            self.note(&mut out, pad, "note", note.detail.as_deref().unwrap_or_default());
        }
        if help {
            self.note(&mut out, pad, "fix", &rule.help);
        }
        for related in &f.related {
            self.note(&mut out, pad, "with", &format!("{} at {}", related.role, labels::place(&related.location)));
        }
        self.note(&mut out, pad, "also", &self.also(&f.also));
        if !notice {
            // Not wrapped: it is there to be copied.
            let (rail, more) = (self.rail(), self.more(f));
            let _ =
                writeln!(out, "{:pad$} {rail}={rail:#} {bold}more{bold:#}: {}", "", escape::terminal(more.as_bytes()));
        }
        out.push('\n');
        out
    }

    fn frame(&self, out: &mut String, frame: &Frame, label: &str, color: Style) {
        let (rail, pad) = (self.rail(), frame.digits);
        let _ = writeln!(out, "{rail}{:pad$} |{rail:#}", "");
        for row in &frame.rows {
            let _ = write!(out, "{rail}{:>pad$} |{rail:#} {}", row.number, row.before);
            if row.mask.is_empty() {
                out.truncate(out.trim_end().len());
                out.push('\n');
                continue;
            }
            let _ = writeln!(out, "{color}{}{color:#}{}", row.mask, row.after);
            let (indent, carets) = (columns(&row.before), columns(&row.mask).max(1));
            // The label says what a holder can do; it stands there only if it fits.
            let label = escape::terminal(label.trim_end_matches('.').as_bytes());
            let used = pad + 3 + indent + carets + 1 + columns(&label);
            let label = if used <= self.how.width && !label.is_empty() { format!(" {label}") } else { String::new() };
            let _ = writeln!(
                out,
                "{rail}{:pad$} |{rail:#} {:indent$}{color}{}{label}{color:#}",
                "",
                "",
                "^".repeat(carets)
            );
        }
    }

    /// The command that says more. Without a report `explain` scans the current directory, which finds nothing of a history
    /// or of standard input.
    fn more(&self, f: &Finding) -> String {
        let from = match &self.how.json {
            _ if self.run.repositories.is_empty() && f.location.origin.is_file() => String::new(),
            json => format!(" --from {}", json.as_deref().unwrap_or("REPORT")),
        };
        format!("leaktight explain {}{from}", f.id.as_str())
    }

    /// ` = label: text`, wrapped under itself. Nothing if there is no text.
    fn note(&self, out: &mut String, pad: usize, label: &str, text: &str) {
        let text = escape::terminal(text.as_bytes());
        if text.trim().is_empty() {
            return;
        }
        let (rail, bold) = (self.rail(), self.bold());
        let indent = pad + 3 + label.len() + 2;
        let lines = wrap(&text, self.how.width.saturating_sub(indent));
        for (i, line) in lines.iter().enumerate() {
            let _ = match i {
                0 => writeln!(out, "{:pad$} {rail}={rail:#} {bold}{label}{bold:#}: {line}", ""),
                _ => writeln!(out, "{:indent$}{line}", ""),
            };
        }
    }

    fn also(&self, also: &[Location]) -> String {
        let most = if self.how.verbose { self.run.also_limit.unwrap_or(usize::MAX) } else { FEW };
        let mut places: Vec<String> = also.iter().take(most).map(labels::place).collect();
        if also.len() > places.len() {
            let rest = labels::count((also.len() - places.len()) as u64, "more place", "more places");
            places.push(format!("and {rest}"));
        }
        places.join(", ")
    }

    /// A place, as a link if the terminal shows links.
    fn place(&self, location: &Location) -> String {
        let text = labels::place(location);
        match (&self.how.links, &location.origin) {
            (Some(root), Origin::File(path)) if self.how.styled => {
                let root = root.as_os_str().as_encoded_bytes();
                #[cfg(windows)]
                let root = &String::from_utf8_lossy(root).replace('\\', "/").replace("//?/", "").into_bytes()[..];
                let uri = format!("file:///{}/{}", escape::uri_path(root), escape::uri_path(path));
                format!("\u{1b}]8;;{uri}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
            }
            _ => text,
        }
    }

    fn summary(&self) -> String {
        let mut out = String::new();
        let (bold, dim) = (self.bold(), self.dim());
        // What is said about the policy is no finding in what was looked at.
        let about_policy = |f: &&Finding| notice::is_notice(self.run.rules.rule(f.rule));
        let listed = self.run.shown().filter(|f| !policy::is_own(self.run, f));
        let (notices, findings): (Vec<&Finding>, Vec<&Finding>) = listed.partition(about_policy);
        let hidden = self.run.hidden() as u64;
        let from = self.run.min_confidence.name();
        if findings.is_empty() {
            let of = if hidden > 0 { format!(" at or above `{from}`") } else { String::new() };
            let _ = writeln!(out, "{bold}no findings{of}{bold:#}");
        } else {
            let of_severity = Severity::ALL.iter().rev().filter_map(|s| {
                let n = findings.iter().filter(|f| f.severity == *s).count();
                let color = self.severity(*s);
                (n > 0).then(|| format!("{n} {color}{}{color:#}", s.name()))
            });
            let of_confidence = Confidence::ALL.iter().rev().filter_map(|c| {
                let n = findings.iter().filter(|f| f.confidence == *c).count();
                (n > 0).then(|| format!("{n} {}", c.name()))
            });
            let _ = writeln!(
                out,
                "{bold}{}{bold:#}: {}; {}",
                labels::count(findings.len() as u64, "finding", "findings"),
                of_severity.collect::<Vec<_>>().join(", "),
                of_confidence.collect::<Vec<_>>().join(", ")
            );
        }
        if !notices.is_empty() {
            let count = labels::count(notices.len() as u64, "note", "notes");
            let _ = writeln!(out, "{count} about the policy");
        }
        if hidden > 0 {
            let count = labels::count(hidden, "finding", "findings");
            let _ = writeln!(out, "{dim}{count} below `{from}` hidden by --min-confidence{dim:#}");
        }
        self.history(&mut out);
        self.advice(&mut out);
        self.lines(&mut out, dim, &self.covered());
        self.excluded(&mut out);
        self.accepted(&mut out);
        self.gaps(&mut out);
        let color = self.style(match self.run.exit {
            0 => AnsiColor::Green.on_default(),
            1 => AnsiColor::Red.on_default().bold(),
            _ => AnsiColor::Yellow.on_default().bold(),
        });
        let verdict = self.run.verdict();
        if !verdict.complete && verdict.failing > 0 {
            self.lines(&mut out, color, &self.incomplete());
        }
        self.lines(&mut out, color, &self.meaning());
        out
    }

    /// A paragraph.
    fn lines(&self, out: &mut String, style: Style, text: &str) {
        for line in wrap(text, self.how.width) {
            let _ = writeln!(out, "{style}{line}{style:#}");
        }
    }

    fn covered(&self) -> String {
        let covered = &self.run.outcome.covered;
        if !self.run.repositories.is_empty() {
            return history::covered(covered);
        }
        if self.run.command == Command::CommitMsg {
            return "looked at the commit message".to_owned();
        }
        if self.run.command.is_gate() || covered.blobs + covered.commits > 0 {
            let commits = match covered.commits {
                0 => String::new(),
                n => format!("{}, ", labels::count(n, "commit", "commits")),
            };
            let blobs = labels::count(covered.blobs, "new blob", "new blobs");
            return format!("looked at {commits}{blobs}, {}", labels::size(covered.bytes));
        }
        let mut text =
            format!("looked at {}, {}", labels::count(covered.files, "file", "files"), labels::size(covered.bytes));
        let files = (covered.ignored_files > 0).then(|| labels::count(covered.ignored_files, "file", "files"));
        let folders =
            (covered.ignored_folders > 0).then(|| labels::count(covered.ignored_folders, "folder", "folders"));
        match covered.links {
            0 => {}
            1 => text.push_str("; 1 symbolic link was not followed"),
            n => {
                let _ = write!(text, "; {} were not followed", labels::count(n, "symbolic link", "symbolic links"));
            }
        }
        let ignored: Vec<String> = files.into_iter().chain(folders).collect();
        if !ignored.is_empty() {
            let _ = write!(text, "; left out {} that git ignores", ignored.join(" and "));
        }
        if covered.report_files > 0 {
            let reports = labels::count(covered.report_files, "earlier report", "earlier reports");
            let _ = write!(text, "; left out {reports} that this run replaces");
        }
        text
    }

    fn meaning(&self) -> String {
        let verdict = self.run.verdict();
        let exit = self.run.exit;
        let gate = match self.run.threshold.fail_on {
            Some(severity) => {
                format!("the gate ({}, {})", self.run.threshold.confidence.name(), severity.name())
            }
            None => "a gate (--fail-on never)".to_owned(),
        };
        let hidden = match self.run.hidden_failing() as u64 {
            0 => String::new(),
            n => format!(", {} of them hidden", labels::thousands(n)),
        };
        let meaning = match (verdict.failing as u64, verdict.complete) {
            (0, true) => format!("nothing at or above {gate}"),
            (0, false) => self.incomplete(),
            (n, _) => format!("{} at or above {gate}{hidden}", labels::count(n, "finding", "findings")),
        };
        format!("{meaning}{}: exit {exit}", self.nothing_scanned().map(|why| format!("; {why}")).unwrap_or_default())
    }

    fn incomplete(&self) -> String {
        format!("could not look at everything that was asked ({})", labels::blocking(&self.run.outcome.gaps))
    }
}

#[cfg(test)]
mod tests;
