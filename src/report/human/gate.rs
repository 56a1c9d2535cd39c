//! A gate's findings, for the person who made the change: what, where, why, whether it looks real, how to mend it, and how
//! to ask for an exception.
//!
//! In: a finding with a state. Out: a block of at most [`MOST`] lines for what stops the change, one line for what is
//! below the threshold or was there before. It cuts what is least needed first, and never the place or the steps.

use super::page::{Page, wrap};
use crate::finding::evidence::Confidence;
use crate::finding::{Finding, Location, Snippet, State};
use crate::report::frame::Frame;
use crate::report::run::Command;
use crate::report::{fix, labels};
use crate::rule::Rule;
use crate::text::escape;

/// Lines that one finding may take.
const MOST: usize = 12;
/// Findings below the threshold that are listed.
const MOST_BELOW: usize = 50;

/// The lines of one finding, in the order in which they are shown.
struct Block {
    /// What, and where.
    head: Vec<String>,
    /// The line with the secret.
    frame: Vec<String>,
    why: Vec<String>,
    also: Vec<String>,
    steps: Vec<String>,
    ask: String,
}

impl Block {
    fn len(&self) -> usize {
        self.head.len() + self.frame.len() + self.why.len() + self.also.len() + self.steps.len() + 1
    }

    /// Leaves out what is least needed, as far as `most` lines demand it: never the place or the steps.
    fn fit(mut self, most: usize) -> Self {
        let room = most.saturating_sub(self.len() - self.why.len()).max(1);
        if self.why.len() > room {
            self.why.truncate(room);
            self.why
                .iter_mut()
                .next_back()
                .into_iter()
                .for_each(|last| *last = format!("{} …", last.trim_end_matches(',')));
        }
        if self.len() > most {
            self.also.clear();
        }
        if self.len() > most {
            self.frame.truncate(1);
        }
        self
    }

    fn text(self) -> String {
        let lines = [self.head, self.frame, self.why, self.also, self.steps, vec![self.ask, String::new()]];
        lines.into_iter().flatten().flat_map(|line| [line, "\n".to_owned()]).collect()
    }
}

impl Page<'_> {
    /// One finding of a gate.
    pub(super) fn gated(&self, f: &Finding, state: State) -> String {
        let rule = self.run.rules.rule(f.rule);
        if !state.is_from_change() {
            let (dim, name) = (self.dim(), escape::terminal(rule.name.as_bytes()));
            return format!("{dim}{}{dim:#} {name} at {}\n", state.name(), labels::place(&f.location));
        }
        let why = f.evidence.iter().map(|e| e.text().into_owned()).collect::<Vec<_>>().join(", ");
        let also = match f.also.as_slice() {
            [] => Vec::new(),
            [place] => self.labelled("also", &format!("{}{}", labels::place(place), states(&f.also))),
            places => self.labelled("also", &format!("{} more places{}", places.len(), states(places))),
        };
        let steps = (1..).zip(fix::steps(f, rule)).flat_map(|(n, step)| self.labelled(&format!("mend {n}"), &step));
        // Not wrapped: it is there to be copied.
        let (rail, bold) = (self.rail(), self.bold());
        let ask = format!(" {rail}={rail:#} {bold}ask{bold:#}: {}", fix::ask(f, &rule.id));
        let block = Block {
            head: self.heading(f, state, rule),
            frame: self.marked_line(f, rule),
            why: self.labelled("why", &why),
            also,
            steps: steps.collect(),
            ask,
        };
        block.fit(MOST).text()
    }

    /// Whether the change brings it and it is below the threshold; where nothing fails the check, nothing is below.
    pub(super) fn is_below(&self, f: &Finding) -> bool {
        let threshold = self.run.threshold.fail_on.is_some();
        threshold && f.state.is_some_and(State::is_from_change) && !self.run.fails(f)
    }

    /// What the change brings and is below the threshold: a line for each, so that a reviewer sees a password that was
    /// called low. A hook only counts them: whoever commits has to read what stops them.
    pub(super) fn below(&self, findings: &[&Finding]) -> String {
        let mut out = String::new();
        let count = match (findings.len() as u64, self.run.command) {
            (0, _) => return out,
            (1, _) => "1 finding of this change is below the threshold".to_owned(),
            (n, _) => format!("{} findings of this change are below the threshold", labels::thousands(n)),
        };
        let list = match self.run.command {
            Command::PreCommit => "; see `leaktight staged`, or after the commit `leaktight range HEAD~1..HEAD`",
            Command::PrePush => "; see `leaktight range BASE..HEAD`",
            Command::CommitMsg => "",
            _ => {
                for f in findings.iter().take(MOST_BELOW) {
                    out.push_str(&self.below_line(f));
                }
                if findings.len() > MOST_BELOW {
                    let more = labels::thousands((findings.len() - MOST_BELOW) as u64);
                    self.lines(&mut out, self.dim(), &format!("and {more} more below the threshold"));
                }
                out.push('\n');
                return out;
            }
        };
        self.lines(&mut out, self.dim(), &format!("{count}{list}"));
        out
    }

    /// `low  generic-password  tests/login.py:12:9  …  (likely, below the threshold)`
    fn below_line(&self, f: &Finding) -> String {
        let rule = escape::terminal(self.run.rules.rule(f.rule).id.as_bytes());
        let (color, severity) = (self.severity(f.severity), f.severity.name());
        let mut about = vec![f.confidence.name().to_owned()];
        about.extend((f.state == Some(State::RemovedAgain)).then(|| State::RemovedAgain.name().to_owned()));
        if !f.also.is_empty() {
            about.push(labels::count(f.also_total(), "other place", "other places"));
        }
        about.push("below the threshold".to_owned());
        let (place, redacted) = (labels::place(&f.location), escape::terminal(f.redacted.as_bytes()));
        format!("{color}{severity}{color:#}  {rule}  {place}  {redacted}  ({})\n", about.join(", "))
    }

    /// What was found and how sure that is, and where.
    fn heading(&self, f: &Finding, state: State, rule: &Rule) -> Vec<String> {
        let (color, bold) = (self.severity(f.severity), self.bold());
        let name = escape::terminal(rule.name.as_bytes());
        let (severity, id) = (f.severity.name(), escape::terminal(rule.id.as_bytes()));
        let mut sure = vec![match f.confidence {
            Confidence::Proven => "real: proven",
            Confidence::Likely => "looks real: likely",
            Confidence::Possible => "may be real: possible",
        }];
        sure.extend(Some(labels::environment(f.environment)).filter(|e| !e.is_empty()));
        sure.extend((state == State::RemovedAgain).then_some("still in the history, though removed again"));
        vec![
            format!("{color}{severity}[{id}]{color:#} {bold}{name}{bold:#} ({})", sure.join(", ")),
            format!(" {}-->{:#} {}", self.rail(), self.rail(), labels::place(&f.location)),
        ]
    }

    /// The line with the secret alone; its neighbours are in the editor.
    fn marked_line(&self, f: &Finding, rule: &Rule) -> Vec<String> {
        let snippet = Snippet {
            first_line: f.snippet.first_line.saturating_add(f.snippet.mark.0 as u64),
            lines: f.snippet.lines.get(f.snippet.mark.0).cloned().into_iter().collect(),
            mark: (0, f.snippet.mark.1, f.snippet.mark.2),
            ..Default::default()
        };
        let mut frame = String::new();
        if let Some(lines) = Frame::new(&snippet, self.how.width) {
            self.frame(&mut frame, &lines, &rule.summary, self.severity(f.severity));
        }
        // The first line of a frame is empty.
        frame.lines().skip(1).map(str::to_owned).collect()
    }

    /// ` = label: text`, wrapped under itself.
    fn labelled(&self, label: &str, text: &str) -> Vec<String> {
        let (rail, bold) = (self.rail(), self.bold());
        let text = escape::terminal(text.as_bytes());
        let indent = label.len() + 5;
        let lines = wrap(&text, self.how.width.saturating_sub(indent));
        let one = |(n, line): (usize, String)| match n {
            0 => format!(" {rail}={rail:#} {bold}{label}{bold:#}: {line}"),
            _ => format!("{:indent$}{line}", ""),
        };
        lines.into_iter().enumerate().map(one).collect()
    }

    /// What a gate says at its end, besides the counts: what was there before, and how to go on.
    pub(super) fn advice(&self, out: &mut String) {
        let states = |state: State| self.run.shown().filter(|f| f.state == Some(state)).count() as u64;
        if states(State::RemovedAgain) > 0 {
            let text = "what was added and removed again stays in the history: rotate it, and rewrite the branch before merging";
            self.lines(out, self.bold(), text);
        }
        let before = states(State::Existing) + states(State::Moved);
        if before > 0 {
            let (one, several) = ("finding already existed; it does", "findings already existed; they do");
            let text = format!("{} not fail this check", labels::count(before, one, several));
            self.lines(out, self.dim(), &text);
        }
        let asked = self.run.shown().any(|f| f.state.is_some() && self.run.fails(f));
        if asked {
            let text = "an exception that `leaktight allow` writes is a request: commit it by itself; it counts once it is in the base";
            self.lines(out, self.dim(), text);
        }
    }
}

/// What the change does to these places: ` (existing)`, ` (1 new, 2 existing)`.
fn states(places: &[Location]) -> String {
    let one = |state: &State| match (places.iter().filter(|l| l.state == Some(*state)).count(), places.len()) {
        (0, _) => None,
        (_, 1) => Some(state.name().to_owned()),
        (n, _) => Some(format!("{n} {}", state.name())),
    };
    let parts: Vec<String> = State::ALL.iter().filter_map(one).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}
