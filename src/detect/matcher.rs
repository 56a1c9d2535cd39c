//! The matcher: from an anchor to a match of its rule, looking only at the window that the rule's reach allows.
//!
//! In: text and an anchor. Out: the match with the smallest start that covers the anchor, or none. Nothing else decides:
//! not where the text begins, not what was matched before (docs/design.md, law 3).

use super::neighbours::{self, Verdict};
use super::table::{Places, Table};
use super::walk::{self, Ends};
use crate::rule::anchor::MIN_ANCHOR;
use crate::rule::steps::Steps;
use crate::rule::{Rule, RuleId, RuleSet};
use std::collections::BTreeMap;
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
/// Work that an anchor may take without being counted: with one in every four bytes it is still little for each byte.
const FREE: usize = 256;
/// Starts that are answered together where anchors are dense, in bytes of text.
const STRETCH: usize = 64 * 1024;
/// Work for each byte of a stretch, in places tried and bytes read, from which one pass over it takes less.
const DENSE: usize = 4;
/// Smallest stretch that counts as dense, in bytes.
const SMALLEST: usize = 4 * 1024;

/// Finds the matches around the anchors of one text, which come in ascending order.
///
/// A pattern's outline is walked first: it excludes most anchors, and where a start has one end only, that is its match. What
/// is left is read from a [`Table`] of the starts of this anchor. Where the anchors of a rule are so dense that all this takes
/// more than a few steps for each byte of the text, one table answers a whole stretch of it.
pub(crate) struct Matcher<'r, 't> {
    rules: &'r RuleSet,
    text: &'t [u8],
    counted: BTreeMap<RuleId, Counted<'r, 't>>,
    /// All work for all rules.
    #[cfg(test)]
    work: usize,
}

/// What the anchors of a rule took since it had a stretch, and the stretch that it has.
#[derive(Default)]
struct Counted<'r, 't> {
    work: usize,
    stretch: Option<Stretch<'r, 't>>,
}

/// The answers for some starts of a rule.
struct Stretch<'r, 't> {
    starts: Range<usize>,
    /// The text from the first start on, as far as a match may reach.
    window: &'t [u8],
    table: Table<'r>,
    /// Starts whose match may be one of its own, counted from the first one.
    open: Places,
    /// Starts whose match is a piece of a longer run.
    pieces: Places,
}

/// What a walk of the outline says.
enum Walked {
    Decided(Option<Match>),
    Open,
}

impl<'r, 't> Matcher<'r, 't> {
    /// A matcher for one text.
    pub(crate) fn new(rules: &'r RuleSet, text: &'t [u8]) -> Self {
        Self {
            rules,
            text,
            counted: BTreeMap::new(),
            #[cfg(test)]
            work: 0,
        }
    }

    /// The match of `rule` that covers the anchor `text[at..at + len]`.
    ///
    /// For every start from `at - before` to `at` in turn, the match that the pattern has there is taken (leftmost-first, as
    /// the regex crate defines it); the first one that covers the anchor and is no piece of a longer run is it. Where all are
    /// pieces, it is the first one that its proof or its distinctive prefix makes a match.
    pub(crate) fn at_anchor(&mut self, id: RuleId, at: usize, len: usize) -> Option<Match> {
        let (text, rule) = (self.text, self.rules.rule(id));
        if !rule.may_follow(text.get(at + len).copied()) {
            return None;
        }
        let starts = at.saturating_sub(rule.before)..at + 1;
        let size = STRETCH.min(text.len());
        let mut dense = false;
        if let Some(counted) = self.counted.get_mut(&id) {
            let known = counted.stretch.as_mut();
            if let Some(stretch) = known.filter(|s| s.starts.start <= starts.start && starts.end <= s.starts.end) {
                return stretch.pick(rule, text, &starts, at + len);
            }
            dense = counted.work > DENSE * size.max(SMALLEST);
        }
        let mut work = 0;
        let walked = if dense { Walked::Open } else { walked(rule, text, at, len, &mut work) };
        #[cfg(test)]
        {
            self.work += work;
        }
        if let Walked::Decided(found) = walked {
            if work > FREE {
                self.counted.entry(id).or_default().work += work;
            }
            return found;
        }
        let last = if dense { text.len().min(starts.end + size) } else { starts.end };
        let stretch = Stretch::new(rule, self.rules.steps(id)?, text, starts.start..last);
        #[cfg(test)]
        {
            self.work += stretch.table.work;
        }
        let counted = self.counted.entry(id).or_default();
        counted.work = if dense { 0 } else { counted.work + work + stretch.table.work };
        let found = counted.stretch.insert(stretch).pick(rule, text, &starts, at + len);
        if dense {
            let passed = |s: &Stretch<'_, '_>| s.starts.end <= at;
            self.counted.values_mut().for_each(|c| c.stretch = c.stretch.take().filter(|s| !passed(s)));
        }
        found
    }
}

impl<'r, 't> Stretch<'r, 't> {
    fn new(rule: &Rule, steps: &'r Steps, text: &'t [u8], starts: Range<usize>) -> Self {
        // A match that begins at the last start ends in this window, so cutting the text changes no match.
        let window = text.get(starts.start..text.len().min(starts.end - 1 + rule.max_len)).unwrap_or_default();
        let table = Table::new(steps, window);
        let open = table.starts();
        Self { pieces: Places::none(window.len() + 1), starts, window, table, open }
    }

    /// The match among those of `starts` for the anchor at the last of them, which ends at `covered`. What can be none of a later
    /// anchor either is forgotten, so that a start is read a few times at most, however many anchors it is tried for.
    fn pick(&mut self, rule: &Rule, text: &[u8], starts: &Range<usize>, covered: usize) -> Option<Match> {
        let base = self.starts.start;
        let (first, end) = (starts.start - base, starts.end - base);
        // No anchor from here on ends before this place.
        let passed = starts.end - 1 + MIN_ANCHOR;
        let mut from = first;
        while let Some(start) = self.open.first(from..end) {
            from = start + 1;
            let read = self.table.read(self.window, start)?;
            if base + read.end >= covered {
                let secret = read.secret?;
                let secret = base + secret.start..base + secret.end;
                if neighbours::judge(rule, text, &secret, false) == Verdict::Free {
                    return Some(Match { whole: base + start..base + read.end, secret, glued: false });
                }
                self.pieces.add(start);
                self.open.remove(start);
            } else if base + read.end < passed {
                self.open.remove(start);
            }
        }
        from = first;
        while let Some(start) = self.pieces.first(from..end) {
            from = start + 1;
            let read = self.table.read(self.window, start)?;
            if base + read.end >= covered {
                let secret = read.secret?;
                let secret = base + secret.start..base + secret.end;
                if neighbours::judge(rule, text, &secret, true) == Verdict::Glued {
                    return Some(Match { whole: base + start..base + read.end, secret, glued: true });
                }
                self.pieces.remove(start);
            } else if base + read.end < passed {
                self.pieces.remove(start);
            }
        }
        None
    }
}

/// Walks the outline of a pattern around an anchor, as far as it decides; counts what that takes.
fn walked(rule: &Rule, text: &[u8], at: usize, len: usize, work: &mut usize) -> Walked {
    let base = at.saturating_sub(rule.before);
    // A match that starts at the anchor at the latest ends in this window, so cutting the text changes no match.
    let window = text.get(base..text.len().min(at + rule.max_len)).unwrap_or_default();
    if !rule.run.is_in(window, work) {
        return Walked::Decided(None);
    }
    let (last_start, covered) = (at - base, at + len - base);
    let excluded = |ends| match ends {
        Ends::None => true,
        Ends::One(end) | Ends::Some(end) => end < covered,
        Ends::Unknown => false,
    };
    let mut none_from = |first, last| excluded(walk::ends(&rule.outline, window, first, last, work));
    if last_start > 0 && none_from(0, last_start) {
        return Walked::Decided(None);
    }
    // Start by start only where they are few: hostile text must not make a walk for each of hundreds of starts.
    if last_start > FEW_STARTS {
        return Walked::Open;
    }
    // The first start that may have a match is halved down to, or each start before it would be walked by itself.
    let (mut first, mut last) = (0, last_start);
    while first < last {
        let middle = first + (last - first) / 2;
        if none_from(first, middle) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    let mut piece = None;
    for from in first..=last_start {
        let ends = walk::ends(&rule.outline, window, from, from, work);
        if excluded(ends) {
            continue;
        }
        let (Ends::One(end), Some((lead, trail))) = (ends, rule.outline.margins) else { return Walked::Open };
        let secret = base + from + usize::from(lead)..base + end - usize::from(trail);
        // The first piece will do: hundreds of starts must not ask for hundreds of proofs.
        let verdict = neighbours::judge(rule, text, &secret, piece.is_none());
        let m = Match { whole: base + from..base + end, secret, glued: verdict == Verdict::Glued };
        match verdict {
            Verdict::Free => return Walked::Decided(Some(m)),
            Verdict::Glued => piece = Some(m),
            Verdict::Refused => {}
        }
    }
    Walked::Decided(piece)
}

/// Whether `part` begins with a match of the rule.
pub(crate) fn begins(rules: &RuleSet, id: RuleId, text: &[u8], part: &Range<usize>) -> bool {
    let head = text.get(part.start..part.end.min(part.start + rules.rule(id).max_len));
    let found = rules.steps(id).zip(head).map(|(steps, head)| Table::new(steps, head).starts());
    found.is_some_and(|starts| starts.first(0..1).is_some())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::load_file;
    use std::path::Path;

    #[test]
    fn work_follows_the_text_and_not_the_reach_of_a_rule() {
        let texts = [
            b"aaaa ".repeat(20_000),
            b"aaaab ".repeat(20_000),
            [&b"aaaa ".repeat(799)[..], b"bbbbb"].concat().repeat(25),
            vec![b'a'; 100_000],
        ];
        for pattern in [
            "(?<secret>aaaa.{0,4000}b)",
            "(?<secret>aaaa.{0,4000}?b)",
            "(?<secret>aaaa[a-z ]{0,400}1)",
            "[a ]{0,500}?(?<secret>aaaa)",
            "(?<secret>aaaa.{0,900}.{0,900}.{0,900}b)",
        ] {
            let toml = format!(
                "family = \"credential\"\n[[rule]]\nid = \"own\"\nidentity = \"random\"\npattern = '{pattern}'\n"
            );
            let rules = RuleSet::new(load_file(Path::new("own.toml"), &toml).expect("a rule"));
            for text in &texts {
                let mut matcher = Matcher::new(&rules, text);
                for at in memchr::memmem::find_iter(text, b"aaaa") {
                    matcher.at_anchor(0, at, 4);
                }
                assert!(matcher.work < 40 * text.len(), "{pattern}: {} for {} bytes", matcher.work, text.len());
            }
        }
    }

    #[test]
    fn no_built_in_rule_takes_many_steps_for_each_byte_of_its_own_anchors() {
        const SIZE: usize = 8 * 1024;
        let rules = RuleSet::builtin();
        let mut all = 0;
        for (id, rule) in rules.iter() {
            let next = (b'!'..=b'~').rev().find(|byte| rule.may_follow(Some(*byte)));
            for anchor in rule.anchors.iter() {
                let exact = anchor.folded().iter().zip(anchor.exact());
                let literal: Vec<u8> =
                    exact.map(|(folded, exact)| if *exact == 0 { *folded } else { *exact }).collect();
                let near = |count: usize| [&literal[..], &vec![next.unwrap_or(b'.'); count]].concat();
                for unit in [literal.clone(), near(1), near(9), near(40), [&literal[..], b"\n"].concat()] {
                    let text = unit.repeat(SIZE / unit.len());
                    let mut matcher = Matcher::new(&rules, &text);
                    for at in (0..text.len()).step_by(unit.len()) {
                        matcher.at_anchor(id, at, literal.len());
                    }
                    let (work, most) = (matcher.work, MOST_FOR_A_BYTE * text.len());
                    assert!(work < most, "{}: {} for {}", rule.id, work / text.len(), unit.escape_ascii());
                    all += work;
                }
            }
        }
        assert!(all > 1000 * SIZE, "work is counted: {all}");
    }

    /// Places tried and bytes read. The rule with the most, a line of `.pgpass`, has 915 steps, of which each may look at a byte.
    const MOST_FOR_A_BYTE: usize = 1000;
}
