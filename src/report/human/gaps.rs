//! What could not be looked at, for people: by kind, with what to do said once.
//!
//! In: the gaps of a run. Out: lines, those that block first. What is named there is somebody's text and is escaped.

use super::page::{Page, wrap};
use crate::blob::{Gap, GapKind};
use crate::report::{change, labels};
use crate::text::escape;
use anstyle::AnsiColor;
use std::fmt::Write as _;

/// Items of one kind of gap that are listed unless the reader wants all.
const SOME: usize = 10;

impl Page<'_> {
    /// Gaps by kind: what to do once, then the items.
    pub(super) fn gaps(&self, out: &mut String) {
        let gaps = &self.run.outcome.gaps;
        self.accepted_gaps(out);
        if gaps.is_empty() {
            return;
        }
        let bold = self.bold();
        let blocks = labels::blocking(gaps);
        let _ = writeln!(
            out,
            "\n{bold}could not look at {}{bold:#} ({blocks})",
            labels::count(gaps.len() as u64, "item", "items")
        );
        let mut groups: Vec<(bool, GapKind)> = gaps.iter().map(|g| (!g.blocks, g.kind)).collect();
        groups.sort_unstable();
        groups.dedup();
        for (noted, kind) in groups {
            let items: Vec<&Gap> = gaps.iter().filter(|g| g.kind == kind && g.blocks != noted).collect();
            self.gap_group(out, kind, noted, &items);
        }
        out.push('\n');
    }

    fn gap_group(&self, out: &mut String, kind: GapKind, noted: bool, items: &[&Gap]) {
        let color = self.style(match noted {
            true => AnsiColor::Cyan.on_default(),
            false => AnsiColor::Yellow.on_default().bold(),
        });
        let state = if noted { "noted" } else { "blocks" };
        let _ = writeln!(out, "  {color}{}{color:#} ({}, {state})", kind.name(), labels::thousands(items.len() as u64));
        let most = if self.how.verbose { usize::MAX } else { SOME };
        let width = self.how.width.saturating_sub(4);
        for gap in items.iter().take(most) {
            let text = format!("{}: {}", labels::path(&gap.what), escape::terminal(gap.why.as_bytes()));
            for (i, line) in wrap(&text, width.saturating_sub(2)).iter().enumerate() {
                let _ = writeln!(out, "    {} {line}", if i == 0 { "-" } else { " " });
            }
        }
        if items.len() > most {
            let _ = writeln!(out, "    and {} more (-v lists them)", labels::thousands((items.len() - most) as u64));
        }
        let rail = self.rail();
        let help =
            |gap: &Gap| if self.run.command.is_gate() && !noted { change::help(gap) } else { gap.help().to_owned() };
        let mut helps: Vec<String> = Vec::new();
        for help in items.iter().map(|gap| help(gap)) {
            if !helps.contains(&help) {
                helps.push(help);
            }
        }
        for help in helps {
            for (i, line) in wrap(&help, width.saturating_sub(2)).iter().enumerate() {
                let sign = if i == 0 { "=" } else { " " };
                let _ = writeln!(out, "    {rail}{sign}{rail:#} {line}");
            }
        }
    }
}
