//! Azure Pipelines: logging commands that show findings beside a build.
//!
//! In: a run. Out: at most ten lines that the agent obeys. What ends a property or a line is escaped as the agent reads it
//! back; everything else passed the escape for terminals, which breaks any other logging command in it.

use super::change::{self, at_the_end};
use super::labels;
use super::run::Run;
use crate::finding::State;
use crate::text::escape;

/// The issues of a run: lines without their ends.
pub fn issues(run: &Run<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let hidden = run.hidden_reason();
    let room = super::github::ANNOTATIONS - 1 - usize::from(hidden.is_some());
    for f in change::brought(run).into_iter().take(room) {
        let rule = run.rules.rule(f.rule);
        let level = if run.fails(f) { "error" } else { "warning" };
        let mut properties = format!("type={level};code={}", escaped(&rule.id));
        let place = at_the_end(f);
        if let Some(place) = place {
            let path = labels::path(place.origin.path().unwrap_or_default());
            let path = path.strip_prefix("./").unwrap_or(&path);
            properties += &format!(
                ";sourcepath={};linenumber={};columnnumber={}",
                escaped(path),
                place.line.max(1),
                place.column.max(1)
            );
        }
        let rest = if f.state == Some(State::RemovedAgain) { change::REMOVED_AGAIN } else { &rule.help };
        let at = if place.is_none() { format!(" in {}", change::place(f)) } else { String::new() };
        let (severity, confidence) = (f.severity.name(), f.confidence.name());
        let text = format!("{} ({severity}, {confidence}){at}. {rest} ({})", rule.name, f.id.as_str());
        lines.push(format!("##vso[task.logissue {properties}]{}", escaped(&text)));
    }
    if let Some(reason) = hidden {
        lines.push(format!("##vso[task.logissue type=error]leaktight: {}", escaped(&reason)));
    }
    let gaps: Vec<_> = run.outcome.gaps.iter().filter(|g| g.blocks).collect();
    if let Some(gap) = gaps.first() {
        let text = format!(
            "leaktight could not look at everything ({}): {}: {}: {}. {}",
            labels::blocking(&run.outcome.gaps),
            gap.kind.name(),
            labels::path(&gap.what),
            gap.why,
            gap.help()
        );
        lines.push(format!("##vso[task.logissue type=error]{}", escaped(&text)));
    }
    lines
}

fn escaped(text: &str) -> String {
    let text = escape::terminal(text.as_bytes()).replace('%', "%AZP25");
    text.replace(';', "%3B").replace(']', "%5D").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;
    use crate::report::run::Command;
    use crate::rule::RuleSet;

    #[test]
    fn nothing_ends_a_property_or_a_line() {
        let rules = RuleSet::builtin();
        for outcome in [
            fixtures::usual(&rules),
            fixtures::change(&rules),
            fixtures::hostile(&rules),
            fixtures::hostile_history(&rules),
        ] {
            let run = Run::new(Command::Ci, "x", &rules, &outcome);
            let lines = issues(&run);
            assert!(!lines.is_empty() && lines.len() <= 10);
            for line in &lines {
                let rest = line.strip_prefix("##vso[task.logissue ").expect("a command");
                let (properties, text) = rest.split_once(']').expect("its end");
                assert!(
                    !text.contains(']') && !text.contains("##vso[") && !line.chars().any(escape::is_unsafe),
                    "{line}"
                );
                for property in properties.split(';') {
                    let (name, value) = property.split_once('=').expect("a property");
                    assert!(["type", "code", "sourcepath", "linenumber", "columnnumber"].contains(&name), "{property}");
                    assert!(!value.is_empty());
                }
            }
        }
        assert_eq!(escaped("a;b]c%d\r\n"), "a%3Bb%5Dc%AZP25d\\r\\n");
    }
}
