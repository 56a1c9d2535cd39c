//! A gate's findings, for the person who made the change: what, where, why, whether it looks real, how to mend it, and how
//! to ask for an exception.
//!
//! In: a finding with a state. Out: a block of at most [`MOST`] lines for what stops the change, one line for what was there
//! before. It cuts what is least needed first, and never the place or the steps.

use super::page::{Page, wrap};
use crate::finding::evidence::Confidence;
use crate::finding::{Finding, Location, State};
use crate::report::frame::Frame;
use crate::report::{fix, labels};
use crate::text::escape;
use std::fmt::Write as _;

/// Lines that one finding may take.
const MOST: usize = 12;

impl Page<'_> {
    /// One finding of a gate.
    pub(super) fn gated(&self, f: &Finding, state: State) -> String {
        let rule = self.run.rules.rule(f.rule);
        let (color, bold) = (self.severity(f.severity), self.bold());
        let name = escape::terminal(rule.name.as_bytes());
        let (severity, id) = (f.severity.name(), escape::terminal(rule.id.as_bytes()));
        if !state.is_from_change() {
            let dim = self.dim();
            return format!("{dim}{}{dim:#} {name} at {}\n", state.name(), labels::place(&f.location));
        }
        let mut sure = vec![match f.confidence {
            Confidence::Proven => "real: proven",
            Confidence::Likely => "looks real: likely",
            Confidence::Possible => "may be real: possible",
        }];
        sure.extend(Some(labels::environment(f.environment)).filter(|e| !e.is_empty()));
        sure.extend((state == State::RemovedAgain).then_some("still in the history, though removed again"));
        sure.extend((!self.run.fails(f)).then_some("below the gate"));
        let mut head = format!("{color}{severity}[{id}]{color:#} {bold}{name}{bold:#} ({})\n", sure.join(", "));
        let _ = writeln!(head, " {}-->{:#} {}", self.rail(), self.rail(), labels::place(&f.location));
        // The line alone; its neighbours are in the editor.
        let snippet = crate::finding::Snippet {
            first_line: f.snippet.first_line + f.snippet.mark.0 as u64,
            lines: f.snippet.lines.get(f.snippet.mark.0).cloned().into_iter().collect(),
            mark: (0, f.snippet.mark.1, f.snippet.mark.2),
            ..Default::default()
        };
        let mut frame = String::new();
        if let Some(lines) = Frame::new(&snippet, self.how.width) {
            self.frame(&mut frame, &lines, &rule.summary, color);
            // The empty line above it.
            frame = frame.split_once('\n').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        }
        let why = f.evidence.iter().map(|e| e.text().into_owned()).collect::<Vec<_>>().join(", ");
        let mut why = self.labelled("why", &why);
        let mut also = match f.also.as_slice() {
            [] => Vec::new(),
            [place] => self.labelled("also", &format!("{}{}", labels::place(place), states(&f.also))),
            places => self.labelled("also", &format!("{} more places{}", places.len(), states(places))),
        };
        let steps: Vec<Vec<String>> =
            (1..).zip(fix::steps(f, rule)).map(|(n, step)| self.labelled(&format!("mend {n}"), &step)).collect();
        // Not wrapped: it is there to be copied.
        let (rail, bold) = (self.rail(), self.bold());
        let ask = vec![format!(" {rail}={rail:#} {bold}ask{bold:#}: {}", fix::ask(f, &rule.id))];
        let fixed =
            head.lines().count() + frame.lines().count() + steps.iter().map(Vec::len).sum::<usize>() + ask.len();
        // What is least needed goes first.
        let room = MOST.saturating_sub(fixed + also.len()).max(1);
        if why.len() > room {
            why.truncate(room);
            why.iter_mut().next_back().into_iter().for_each(|last| *last = format!("{} …", last.trim_end_matches(',')));
        }
        if fixed + why.len() + also.len() > MOST {
            also.clear();
        }
        if fixed + why.len() > MOST {
            frame = frame.lines().take(1).map(|l| format!("{l}\n")).collect();
        }
        let mut out = head + &frame;
        for line in why.iter().chain(&also).chain(steps.iter().flatten()).chain(&ask) {
            out.push_str(line);
            out.push('\n');
        }
        out.push('\n');
        out
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
