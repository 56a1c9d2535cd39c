//! Makes values of what a leaktight.toml says, and mistakes with their places.
//!
//! In: what serde read, with spans. Out: a [`Setting`], or a [`ConfigError`] at the line and column. It refuses rule files
//! outside of the folder of a leaktight.toml that was found and not named.

use super::value::{MAX_RULES, RuleFile, Setting, Source, by_name};
use crate::fs::{ConfigError, Files, shown};
use crate::policy::comment;
use crate::text::mistake;
use std::path::Path;
use toml::Spanned;

/// Where the rule files that a leaktight.toml names may lie.
pub(super) enum Beside<'a> {
    /// Anywhere; relative names are relative to this folder.
    Anywhere(&'a Path),
    /// Among these files only; the folder's name is for messages.
    Below(&'a dyn Files, &'a Path),
}

/// Makes values of what is written, and mistakes with their places.
pub(super) struct Reader<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Reader<'_> {
    pub(super) fn source<T>(&self, spanned: &Spanned<T>) -> Source {
        Source::File(mistake::line_and_column(self.text, spanned.span().start).0)
    }

    pub(super) fn wrong<T, V>(&self, spanned: &Spanned<T>, message: String) -> Result<V, ConfigError> {
        Err(ConfigError::at(self.path, self.text, spanned.span(), message))
    }

    pub(super) fn plain<T>(&self, spanned: Spanned<T>) -> Setting<T> {
        let source = self.source(&spanned);
        Setting { value: spanned.into_inner(), source }
    }

    pub(super) fn number(&self, spanned: &Spanned<i64>, least: i64, most: i64) -> Result<Setting<usize>, ConfigError> {
        let value = *spanned.get_ref();
        match usize::try_from(value) {
            Ok(number) if (least..=most).contains(&value) => {
                Ok(Setting { value: number, source: self.source(spanned) })
            }
            _ => self.wrong(spanned, format!("the number must be {least} to {most}")),
        }
    }

    pub(super) fn named<T: Clone>(
        &self,
        spanned: &Spanned<String>,
        table: &[(&str, T)],
    ) -> Result<Setting<T>, ConfigError> {
        match by_name(table, spanned.get_ref()) {
            Some(value) => Ok(Setting { value, source: self.source(spanned) }),
            None => {
                let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
                self.wrong(spanned, mistake::unknown("value", spanned.get_ref(), &names))
            }
        }
    }

    pub(super) fn dialect(&self, name: &Spanned<String>) -> Result<String, ConfigError> {
        match comment::DIALECTS.iter().find(|d| **d == name.get_ref().as_str()) {
            Some(known) => Ok((*known).to_owned()),
            None => self.wrong(name, mistake::unknown("dialect", name.get_ref(), comment::DIALECTS)),
        }
    }

    pub(super) fn rule_file(&self, name: &Spanned<String>, beside: &Beside<'_>) -> Result<RuleFile, ConfigError> {
        let (files, label) = match beside {
            Beside::Anywhere(folder) => return Ok(RuleFile::named(shown(&folder.join(name.get_ref())))),
            Beside::Below(files, label) => (files, label),
        };
        let outside = "a rule file must exist below the folder of this leaktight.toml; \
                       name others with --rules, or this file with --config";
        let plain = name.get_ref().replace('\\', "/");
        let plain = plain.strip_prefix("./").unwrap_or(&plain);
        match files.text(plain, MAX_RULES) {
            Ok(Some(text)) => Ok(RuleFile { path: shown(&label.join(plain)), text: Some(text.into()) }),
            Ok(None) => self.wrong(name, outside.into()),
            Err(why) => self.wrong(name, format!("the rule file {why}; {outside}")),
        }
    }
}
