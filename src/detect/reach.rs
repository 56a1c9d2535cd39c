//! How far from its match a rule looks.
//!
//! In: a rule. Out: bytes before and after. What a reader of structure reads farther away is counted by what was read.

use super::{argument, around, assignment, neighbours};
use crate::check::{self, bare, pem, phrase, url};
use crate::rule::{Identity, Parser, Rule};

/// How far before and after the match of its pattern a rule looks, in bytes: as far as its parser, which takes nothing
/// from beyond that, and from there as far as neighbours, checks, pair, and what tells the kind of place.
pub(super) fn reach(rule: &Rule) -> (usize, usize) {
    let (before, after) = match rule.parser {
        None => (0, 0),
        Some(Parser::Pem) => (pem::LEADER, pem::REACH),
        Some(Parser::Phrase) => (0, phrase::REACH),
        Some(Parser::Key) => (bare::BEFORE, bare::REACH),
        Some(Parser::Assignment) => (assignment::BEFORE, assignment::AFTER),
        Some(Parser::Url) => (0, url::REACH),
        Some(Parser::Command | Parser::Call) => (argument::BEFORE, argument::AFTER),
        // What is read further away is counted by what was read.
        Some(Parser::Manifest | Parser::File) => (0, 0),
    };
    let checks = if rule.checks.is_empty() { 0 } else { check::subject::NEAR };
    let beside = checks.max(rule.pair.as_ref().map_or(0, |p| p.within + crate::rule::anchor::MAX_MATCH.min(512)));
    let near = check::subject::NEAR;
    let (back, near) = match rule.identity {
        _ if rule.is_guessed() => (around::BACK, near),
        Identity::Setting => (near, near),
        _ => (0, 0),
    };
    (before + beside.max(neighbours::BEFORE).max(back), after + beside.max(neighbours::AFTER).max(near))
}
