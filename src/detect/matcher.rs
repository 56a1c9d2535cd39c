//! The matcher: from an anchor to a match of its rule, looking only at the window that the rule's reach allows.
//!
//! In: text and an anchor. Out: the match with the smallest start that covers the anchor, or none. Nothing else decides:
//! not where the text begins, not what was matched before (docs/design.md, law 3).

use super::neighbours::{self, Verdict};
use super::walk::{self, Ends};
use crate::rule::{RuleId, RuleSet};
use std::ops::Range;

/// A match of a rule's pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Match {
    /// The whole match.
    pub whole: Range<usize>,
    /// The group `secret`.
    pub secret: Range<usize>,
    /// It is a piece of a longer run of its alphabet: its proof or its prefix alone says that it is a match.
    pub glued: bool,
}

/// Most starts that are walked one by one.
const FEW_STARTS: usize = 64;

/// The match of `rule` that covers the anchor `text[at..at + len]`.
///
/// For every start from `at - before` to `at` in turn, the match that the pattern has there is taken (leftmost-first, as
/// the regex crate defines it); the first one that covers the anchor and is no piece of a longer run is it. Where all are
/// pieces, it is the first one that its proof or its distinctive prefix makes a match.
/// The pattern's outline is walked first: it excludes most anchors, and where a start has one end only, that is its
/// match. What is left to the regular expression are starts with several ends.
pub(crate) fn at_anchor(rules: &RuleSet, id: RuleId, text: &[u8], at: usize, len: usize) -> Option<Match> {
    let rule = rules.rule(id);
    if !rule.may_follow(text.get(at + len).copied()) {
        return None;
    }
    let base = at.saturating_sub(rule.before);
    // A match that starts at the anchor at the latest ends in this window, so cutting the text changes no match.
    let window = text.get(base..text.len().min(at + rule.max_len))?;
    let (last_start, covered) = (at - base, at + len - base);
    let excluded = |ends| match ends {
        Ends::None => true,
        Ends::One(end) | Ends::Some(end) => end < covered,
        Ends::Unknown => false,
    };
    if last_start > 0 && excluded(walk::ends(&rule.outline, window, 0, last_start)) {
        return None;
    }
    let mut piece = None;
    let mut free = |whole: Range<usize>, secret: Range<usize>| {
        let secret = base + secret.start..base + secret.end;
        // The first piece will do: hundreds of starts must not ask for hundreds of proofs.
        let verdict = neighbours::judge(rule, text, &secret, piece.is_none());
        let m = Match { whole: base + whole.start..base + whole.end, secret, glued: verdict == Verdict::Glued };
        match verdict {
            Verdict::Free => return Some(m),
            Verdict::Glued => piece = Some(m),
            Verdict::Refused => {}
        }
        None
    };
    let mut from = 0;
    // Start by start only where they are few: hostile text must not make a walk for each of hundreds of starts.
    while from <= last_start && last_start <= FEW_STARTS {
        let ends = walk::ends(&rule.outline, window, from, from);
        if !excluded(ends) {
            let (Ends::One(end), Some((lead, trail))) = (ends, rule.outline.margins) else { break };
            let m = free(from..end, from + usize::from(lead)..end - usize::from(trail));
            if m.is_some() {
                return m;
            }
        }
        from += 1;
    }
    if from > last_start {
        return piece;
    }
    let regex = rules.regex(id)?;
    while let Some(whole) = regex.find_at(window, from).map(|m| m.range()).filter(|m| m.start <= last_start) {
        from = whole.start + 1;
        if whole.end >= covered {
            // Groups take the regular expression several times as long as the match.
            let secret = match rule.outline.margins {
                Some((lead, trail)) => whole.start + usize::from(lead)..whole.end - usize::from(trail),
                None => regex.captures_at(window, whole.start)?.name("secret")?.range(),
            };
            let m = free(whole.clone(), secret);
            if m.is_some() {
                return m;
            }
        }
    }
    piece
}

/// Whether `part` begins with a match of the rule.
pub(crate) fn begins(rules: &RuleSet, id: RuleId, text: &[u8], part: &Range<usize>) -> bool {
    let head = text.get(part.start..part.end.min(part.start + rules.rule(id).max_len));
    let found = rules.regex(id).zip(head).and_then(|(regex, head)| regex.find(head));
    found.is_some_and(|found| found.start() == 0)
}

/// The nearest match of the rule's other half within its distance of `near`, and not inside it.
pub(crate) fn pair_of(rules: &RuleSet, id: RuleId, text: &[u8], near: &Range<usize>) -> Option<Range<usize>> {
    let within = rules.rule(id).pair.as_ref()?.within;
    let regex = rules.pair_regex(id)?;
    let base = near.start.saturating_sub(within);
    let window = text.get(base..text.len().min(near.end + within))?;
    let mut best: Option<(usize, Range<usize>)> = None;
    let mut from = 0;
    while let Some(captures) = regex.captures_at(window, from) {
        let (Some(all), Some(secret)) = (captures.get(0), captures.name("secret")) else { break };
        from = all.start() + 1;
        let range = base + secret.start()..base + secret.end();
        if range.start < near.end && near.start < range.end {
            continue;
        }
        let distance = if range.start >= near.end { range.start - near.end } else { near.start - range.end };
        // After the match wins a tie: the name of a pair usually comes first.
        if best.as_ref().is_none_or(|(d, _)| distance < *d || (distance == *d && range.start >= near.end)) {
            best = Some((distance, range));
        }
    }
    best.map(|(_, range)| range)
}
