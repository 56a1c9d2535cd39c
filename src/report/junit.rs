//! JUnit XML: what every CI shows as tests.
//!
//! In: a run. Out: a failed case for each finding that gates, one for all that gate and are hidden, one with an error
//! for each blocking gap, and cases that pass for what is well, so that an empty file is never taken for a run. Text is escaped for XML 1.0, which has no way to write
//! most control characters at all.

use super::run::{Beginning, Report, Run};
use super::{change, labels};
use crate::finding::{Finding, State};
use crate::text::escape;
use std::fmt::Write as _;
use std::io;

/// JUnit XML.
#[derive(Debug, Clone, Copy)]
pub struct Junit;

impl Report for Junit {
    fn write(&self, run: &Run<'_>, to: &mut dyn io::Write) -> io::Result<()> {
        let findings: Vec<&Finding> = change::brought(run).into_iter().filter(|f| run.fails(f)).collect();
        let gaps: Vec<_> = run.outcome.gaps.iter().filter(|g| g.blocks).collect();
        let hidden = run.hidden_reason();
        let (failures, errors) = (findings.len() + usize::from(hidden.is_some()), gaps.len());
        let passed = usize::from(failures == 0) + usize::from(gaps.is_empty());
        let numbers = format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", failures + errors + passed);
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        // Writing to a String cannot fail.
        let _ = writeln!(out, "<testsuites name=\"leaktight\" {numbers}>");
        let _ = writeln!(out, "  <testsuite name=\"leaktight {}\" {numbers}>", run.command.name());
        if run.excluded().next().is_some() {
            out += "    <properties>\n";
            for (glob, counts) in run.excluded() {
                let _ = writeln!(out, "      <property name=\"excluded by {}\" value=\"{counts}\"/>", xml(glob));
            }
            out += "    </properties>\n";
        }
        for f in findings {
            out += &failed(run, f);
        }
        if let Some(reason) = hidden {
            let _ = writeln!(
                out,
                "    <testcase classname=\"leaktight.gate\" name=\"hidden findings\">\n      <failure type=\"hidden\" message=\"{}\"/>\n    </testcase>",
                xml(&reason)
            );
        }
        if failures == 0 {
            out += "    <testcase classname=\"leaktight.gate\" name=\"no findings at or above the gate\"/>\n";
        }
        for gap in gaps {
            let what = labels::path(&gap.what);
            let _ = writeln!(
                out,
                "    <testcase classname=\"leaktight.coverage\" name=\"{0}: {1}\">\n      <error type=\"{0}\" message=\"{2}\">{3}</error>\n    </testcase>",
                gap.kind.name(),
                xml(&what),
                xml(&gap.why),
                xml(gap.help())
            );
        }
        if errors == 0 {
            out +=
                "    <testcase classname=\"leaktight.coverage\" name=\"everything that was asked was looked at\"/>\n";
        }
        out += "  </testsuite>\n</testsuites>\n";
        to.write_all(out.as_bytes())?;
        to.flush()
    }

    fn recognises(&self, beginning: &Beginning<'_>) -> bool {
        let text = &beginning.text;
        text.starts_with("<?xml") && text.contains("<testsuites") || text.starts_with("<testsuites")
    }
}

fn failed(run: &Run<'_>, f: &Finding) -> String {
    let rule = run.rules.rule(f.rule);
    let (severity, confidence) = (f.severity.name(), f.confidence.name());
    let mut text = format!("Why: {}. {}", change::why(f), rule.help);
    if f.state == Some(State::RemovedAgain) {
        text = format!("{} {text}", change::REMOVED_AGAIN);
    }
    let place = change::at_the_end(f).unwrap_or(&f.location);
    format!(
        "    <testcase classname=\"leaktight.{}\" name=\"{}\" file=\"{}\" line=\"{}\">\n      \
         <failure type=\"{severity}\" message=\"{}\">{}</failure>\n    </testcase>\n",
        xml(&rule.id),
        // Readers tell cases apart by their names.
        xml(&format!("{} at {} ({})", rule.name, change::place(f), f.id.as_str())),
        xml(&change::file(f)),
        place.line.max(1),
        xml(&format!("{} ({severity}, {confidence})", rule.name)),
        xml(&text)
    )
}

/// Text for an element or attribute of XML 1.0. U+FFFE and U+FFFF are no characters there.
fn xml(text: &str) -> String {
    let text = escape::terminal(text.as_bytes());
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;
    use crate::report::run::Command;
    use crate::rule::RuleSet;

    fn written(run: &Run<'_>) -> String {
        let mut out = Vec::new();
        Junit.write(run, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_case_for_each_finding_and_each_gap() {
        let rules = RuleSet::builtin();
        let outcome = fixtures::usual(&rules);
        let text = written(&Run::new(Command::Ci, "x", &rules, &outcome));
        assert!(text.contains("tests=\"4\" failures=\"3\" errors=\"1\""), "{text}");
        assert_eq!((text.matches("<failure ").count(), text.matches("<error ").count()), (3, 1));
        let outcome = fixtures::clean();
        let text = written(&Run::new(Command::Ci, "x", &rules, &outcome));
        assert!(text.contains("tests=\"2\" failures=\"0\" errors=\"0\""), "{text}");
        assert_eq!(text.matches("<testcase ").count(), 2);
    }

    /// Every tag is one of ours and closed, whatever stands in names.
    #[test]
    fn hostile_text_stays_text() {
        let rules = RuleSet::builtin();
        for outcome in [fixtures::hostile(&rules), fixtures::hostile_history(&rules)] {
            let text = written(&Run::new(Command::Ci, "</testsuite>", &rules, &outcome));
            assert!(!text.chars().any(|c| c != '\n' && (escape::is_unsafe(c) || matches!(c, '\u{fffe}' | '\u{ffff}'))));
            let mut open = Vec::new();
            for tag in text.split('<').skip(2) {
                let (tag, _) = tag.split_once('>').expect("a tag ends");
                let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
                let ours = ["testsuites", "testsuite", "properties", "property", "testcase", "failure", "error"];
                assert!(ours.contains(&name), "{tag}");
                if tag.starts_with('/') {
                    assert_eq!(open.pop(), Some(name));
                } else if !tag.ends_with('/') {
                    open.push(name);
                }
                assert!(tag.matches('"').count().is_multiple_of(2), "{tag}");
            }
            assert!(open.is_empty());
        }
        assert_eq!(xml("a<b>&\"'\u{1}\u{ffff}"), "a&lt;b&gt;&amp;&quot;&apos;\\x01\\u{ffff}");
    }
}
