//! Reads the text of a rule file: all mistakes in it at once, each with its place.
//!
//! In: the text, and whose rules they are. Out: the rules that can be read, and the mistakes; a file with any is not used.
//! An entry with a mistake is taken out and the rest of its rule is read again, so that one typo does not hide the next.
//! Compiled twice, as `written.rs` is. Patterns are not looked into here: that is `anchor.rs`.

use super::written::{Family, MAX_PAIR_DISTANCE, MIN_EXAMPLES, RuleFile, WrittenRule};
use serde::Deserialize;
use serde::de::IntoDeserializer as _;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Mistakes of one file that are told; after one more, what follows is not read.
pub const MAX_MISTAKES: usize = 100;

/// Whose rules a file holds, which decides what each must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// Built-in rules say everything and have [`MIN_EXAMPLES`] of each kind.
    Project,
    /// A user's own rules need an id, a pattern, an identity and a family.
    User,
}

/// A mistake in a rule file: where (byte range in the text) and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Byte range in the file's text.
    pub span: Range<usize>,
    /// What is wrong and what to do, without the place.
    pub message: String,
}

/// Reads one rule file and checks what can be checked without compiling patterns. Of a rule with mistakes as much is in the
/// file as could be read, so that the caller can go on looking for more.
pub fn read(text: &str, author: Author) -> (RuleFile, Vec<Mistake>) {
    let mut reader = Reader { author, mistakes: Vec::new() };
    let file = reader.file(text);
    (file, reader.mistakes)
}

struct Reader {
    author: Author,
    mistakes: Vec<Mistake>,
}

type Table<'i> = Spanned<DeTable<'i>>;

impl Reader {
    fn wrong(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.mistakes.push(Mistake { span, message: message.into() });
    }

    fn full(&self) -> bool {
        self.mistakes.len() > MAX_MISTAKES
    }

    fn file(&mut self, text: &str) -> RuleFile {
        let mut file = RuleFile { family: None, rule: Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            // What follows on the same line is mostly a consequence.
            let line = |at: usize| text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count();
            let said = self.mistakes.last().is_some_and(|last| line(last.span.start) == line(span.start));
            if !said && !self.full() {
                self.wrong(span, error.message());
            }
        }
        if !self.mistakes.is_empty() {
            return file;
        }
        let mut rules = None;
        for (key, value) in table.into_inner() {
            match key.get_ref().as_ref() {
                "family" => match Family::deserialize(value.into_deserializer()) {
                    Ok(family) => file.family = Some(family),
                    Err(e) => {
                        self.wrong(e.span().unwrap_or(key.span()), e.message());
                        // It is there, and every rule of the file would say that it is missing.
                        file.family = Some(Family::Credential);
                    }
                },
                "rule" => rules = Some(value),
                name => self.wrong(key.span(), format!("unknown field `{name}`, expected `family` or `rule`")),
            }
        }
        for table in self.tables(rules, "rule") {
            if self.full() {
                break;
            }
            let span = table.span();
            if let Some(rule) = self.rule(table, file.family) {
                file.rule.push(Spanned::new(span, rule));
            }
        }
        file
    }

    /// The tables of an array `[[name]]`.
    fn tables<'i>(&mut self, value: Option<Spanned<DeValue<'i>>>, name: &str) -> Vec<Table<'i>> {
        let Some(value) = value else { return Vec::new() };
        let span = value.span();
        let DeValue::Array(items) = value.into_inner() else {
            self.wrong(span, format!("`{name}` is written as [[{name}]], once for each"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            let span = item.span();
            match item.into_inner() {
                DeValue::Table(table) => tables.push(Spanned::new(span, table)),
                _ if self.full() => {}
                _ => self.wrong(span, format!("this is not a table: write [[{name}]]")),
            }
        }
        tables
    }

    fn rule(&mut self, mut table: Table<'_>, family: Option<Family>) -> Option<WrittenRule> {
        let span = table.span();
        let mut examples = |name: &str| {
            let taken = table.as_mut().remove(name);
            self.tables(taken, name).into_iter().filter_map(|t| self.parts(t, &[])).collect::<Vec<_>>()
        };
        let (matches, misses) = (examples("match"), examples("miss"));
        // Read on with these instead, so that the other mistakes of the rule are found, too.
        const NEEDED: &[(&str, &str)] = &[("identity", "random"), ("pattern", "(?<secret>stand-in)")];
        let given = |name: &str| table.get_ref().contains_key(name);
        let mut missing = Vec::new();
        if !given("identity") {
            missing.push(
                "`identity` is missing: \"random\" for what a machine made, \"guessable\" for what a person made up",
            );
        }
        if !given("pattern") {
            missing.push("`pattern` is missing: a regular expression with a group (?<secret>...)");
        }
        if !given("id") {
            missing.push("`id` is missing: a unique name in lower-case letters, digits and single hyphens");
        }
        if self.author == Author::Project && !given("name") {
            missing.push("`name` is missing");
        }
        if self.author == Author::Project && !given("severity") {
            missing.push("`severity` is missing");
        }
        missing.into_iter().for_each(|message| self.wrong(span.clone(), message));
        let named = given("name");
        let mut rule: WrittenRule = self.parts(table, NEEDED)?.into_inner();
        if named && rule.name.is_empty() {
            self.wrong(rule.id.span(), format!("rule {} has an empty name", rule.id.get_ref()));
        }
        (rule.matches, rule.misses) = (matches, misses);
        self.check(&rule, family);
        if self.author == Author::User {
            rule.fill_in();
        }
        Some(rule)
    }

    /// One table as a `T`. Each entry with a mistake is noted and taken out; `needed` gives what stands in for entries that
    /// a `T` cannot do without. `None`: what is missing has no stand-in.
    fn parts<'i, T: Deserialize<'i>>(
        &mut self,
        table: Table<'i>,
        needed: &[(&'static str, &'static str)],
    ) -> Option<Spanned<T>> {
        let span = table.span();
        let mut table = table.into_inner();
        // What stands in has no place, so that no mistake is ever found in it.
        let nowhere = span.start..span.start;
        let mut taken_out = false;
        loop {
            for (name, value) in needed {
                if !table.contains_key(*name) {
                    let value = DeValue::String((*value).into());
                    table.insert(Spanned::new(nowhere.clone(), (*name).into()), Spanned::new(nowhere.clone(), value));
                }
            }
            let whole = Spanned::new(span.clone(), DeValue::Table(table.clone()));
            let error = match T::deserialize(whole.into_deserializer()) {
                Ok(value) => return Some(Spanned::new(span, value)),
                Err(error) => error,
            };
            let at = error.span().unwrap_or(span.clone());
            let holds =
                |(key, value): &(&Spanned<_>, &Spanned<DeValue<'_>>)| within(&key.span(), &at) || covers(value, &at);
            let key = table.iter().find(holds).map(|(key, _)| (key.get_ref().to_string(), within(&key.span(), &at)));
            if self.full() {
                return None;
            }
            match key {
                Some((key, itself)) => {
                    taken_out = true;
                    let unknown = error.message().strip_prefix(&format!("unknown field `{key}`"));
                    if let Some(known) = unknown.filter(|_| itself) {
                        // All of them at once: there may be very many.
                        self.unknown(&mut table, known);
                        continue;
                    }
                    self.wrong(at, error.message());
                    table.remove(key.as_str());
                }
                // Only what is missing altogether is in no entry. A missing id is known already, and what is missing where
                // something was taken out was most likely misspelt.
                None if taken_out || error.message().contains("`id`") => return None,
                None => {
                    self.wrong(at, error.message());
                    return None;
                }
            }
        }
    }

    /// Takes out the keys that are not among the `known` ones, as the reader's message lists these.
    fn unknown(&mut self, table: &mut DeTable<'_>, known: &str) {
        let names: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        let strange = table.keys().filter(|key| !names.contains(&key.get_ref().as_ref()));
        let mut strange: Vec<(Range<usize>, String)> =
            strange.map(|key| (key.span(), key.get_ref().to_string())).collect();
        strange.sort_by_key(|(span, _)| span.start);
        for (span, key) in strange {
            table.remove(key.as_str());
            if !self.full() {
                self.wrong(span, format!("unknown field `{key}`{known}"));
            }
        }
    }

    fn check(&mut self, rule: &WrittenRule, default: Option<Family>) {
        let id = rule.id.get_ref();
        let at_id = rule.id.span();
        let kebab = !id.is_empty()
            && id
                .split('-')
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        if !kebab {
            self.wrong(
                at_id.clone(),
                format!("rule id {id:?} is not kebab-case (lower-case letters, digits, single hyphens)"),
            );
        }
        if rule.family.or(default).is_none() {
            let message =
                format!("rule {id} has no family: write family = \"credential\" in it or at the top of the file");
            self.wrong(at_id.clone(), message);
        }
        if let Some(pair) = rule.pair.as_ref().filter(|pair| pair.within > MAX_PAIR_DISTANCE) {
            let message = format!("the pair of {id} reaches {} bytes; at most {MAX_PAIR_DISTANCE}", pair.within);
            self.wrong(pair.pattern.span(), message);
        }
        if self.author == Author::User {
            return;
        }
        let (matches, misses) = (rule.matches.len(), rule.misses.len());
        if matches < MIN_EXAMPLES || misses < MIN_EXAMPLES {
            let message =
                format!("rule {id} has {matches} match and {misses} miss examples; it needs {MIN_EXAMPLES} of each");
            self.wrong(at_id, message);
        }
        for miss in rule.misses.iter().filter(|miss| miss.get_ref().why.is_empty()) {
            self.wrong(miss.span(), format!("a miss of {id} does not say why"));
        }
    }
}

fn within(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end && outer.start < outer.end
}

/// Whether the place is in this value. A table that is written with headers does not span what is in it.
fn covers(value: &Spanned<DeValue<'_>>, at: &Range<usize>) -> bool {
    within(&value.span(), at)
        || match value.get_ref() {
            DeValue::Array(items) => items.iter().any(|item| covers(item, at)),
            DeValue::Table(table) => table.iter().any(|(key, value)| within(&key.span(), at) || covers(value, at)),
            _ => false,
        }
}
