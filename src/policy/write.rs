//! Writes entries of policy as people read them in a review.
//!
//! In: what somebody accepts. Out: the text of one file for `.leaktight/allow/`, and its name, which follows from the id,
//! so that accepting the same finding twice is one file and accepting two never touches the same one.

use crate::text::glob::PathGlob;
use std::fmt::Write as _;

/// What is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The finding.
    pub id: String,
    /// Its rule.
    pub rule: String,
    /// Globs over the paths where it may stand.
    pub paths: Vec<PathGlob>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day, `YYYY-MM-DD`.
    pub expires: Option<String>,
}

impl Accepted {
    /// The name of its file: the rule, for people, and what tells the finding from others.
    pub fn file_name(&self) -> String {
        Self::name_of(&self.rule, &self.id)
    }

    /// The name of the file for a finding.
    pub fn name_of(rule: &str, id: &str) -> String {
        let digits: String = id.trim_start_matches("lt1:").chars().take(17).collect();
        let rule: String = rule.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(60).collect();
        format!("{rule}-{digits}.toml")
    }

    /// The text of its file.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for path in &self.paths {
            if !out.is_empty() {
                out.push('\n');
            }
            let mut line = |key: &str, value: &str| {
                let _ = writeln!(out, "{key} = {}", quoted(value));
            };
            line("[[allow]]\nid", &self.id);
            line("rule", &self.rule);
            line("path", path.as_str());
            line("reason", &self.reason);
            if let Some(owner) = &self.owner {
                line("owner", owner);
            }
            if let Some(expires) = &self.expires {
                line("expires", expires);
            }
        }
        out
    }
}

/// A TOML string. What would hide in a review (control and direction characters) is written as an escape.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if crate::text::escape::is_unsafe(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
