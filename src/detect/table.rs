//! For all places of a stretch of text at once: can a match of a pattern begin here?
//!
//! In: the steps of a pattern, a text, and how many of its first places may be starts. Out: the starts that have a match, and
//! the match that the regular expression has at one of them. The steps are answered from the last to the first, each for
//! all places in one pass, so that the work follows the text and not the number of anchors in it: with a reach of thousands of
//! bytes, a walk from each anchor would take thousands of times as long. A match is then read off forwards without trying
//! anything, because each step knows where the rest of the pattern matches.

use crate::rule::neighbours::{Set, has};
use crate::rule::steps::{Step, Steps};
use std::cell::OnceCell;
use std::ops::Range;

/// Runs of up to so many bytes are counted where they are, and not for the whole text.
const SHORT: usize = 64;

/// Places of a text, in ascending order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places(Vec<u64>);

impl Places {
    /// None of `len`.
    pub(super) fn none(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    /// Adds a place.
    pub(super) fn add(&mut self, at: usize) {
        self.0[at >> 6] |= 1 << (at & 63);
    }

    /// Takes a place out.
    pub(super) fn remove(&mut self, at: usize) {
        self.0[at >> 6] &= !(1 << (at & 63));
    }

    fn has(&self, at: usize) -> bool {
        self.0.get(at >> 6).is_some_and(|word| word >> (at & 63) & 1 != 0)
    }

    fn add_range(&mut self, first: usize, last: usize) {
        let (low, high) = (first >> 6, last >> 6);
        for (n, word) in self.0[low..=high].iter_mut().enumerate() {
            let from = if n == 0 { !0 << (first & 63) } else { !0 };
            let to = if n == high - low { !0 >> (63 - (last & 63)) } else { !0 };
            *word |= from & to;
        }
    }

    /// The first place of a range.
    pub(super) fn first(&self, range: Range<usize>) -> Option<usize> {
        let mut mask = !0 << (range.start & 63);
        let words = self.0.get(range.start >> 6..self.0.len().min(range.end.div_ceil(64)))?;
        for (word, n) in words.iter().zip(range.start >> 6..) {
            if word & mask != 0 {
                return Some(n * 64 + (word & mask).trailing_zeros() as usize).filter(|at| *at < range.end);
            }
            mask = !0;
        }
        None
    }

    /// The last place up to `at`.
    fn previous(&self, at: usize) -> Option<usize> {
        let mut mask = !0 >> (63 - (at & 63));
        for n in (0..=(at >> 6).min(self.0.len().checked_sub(1)?)).rev() {
            let word = self.0[n] & mask;
            if word != 0 {
                return Some(n * 64 + 63 - word.leading_zeros() as usize);
            }
            mask = !0;
        }
        None
    }

    /// All places, the last one first.
    fn descending(&self, mut act: impl FnMut(usize)) {
        for (n, word) in self.0.iter().enumerate().rev() {
            let mut word = *word;
            while word != 0 {
                let bit = 63 - word.leading_zeros() as usize;
                act(n * 64 + bit);
                word &= !(1 << bit);
            }
        }
    }
}

/// Where each step of a pattern can lead to a match.
pub(super) struct Table<'r> {
    steps: &'r Steps,
    /// For each step, the places from which the rest of the pattern matches.
    places: Vec<Places>,
    /// For each set of a run, the places whose byte is outside of it; the end of the text is one.
    ends: Vec<OnceCell<Places>>,
    /// What building it took: places that were tried and bytes that were read.
    pub(super) work: usize,
}

/// A match that begins at a given start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read {
    /// Where it ends.
    pub(super) end: usize,
    /// The group `secret`, if it took part.
    pub(super) secret: Option<Range<usize>>,
}

impl<'r> Table<'r> {
    /// Answers all steps for `text`. No match may reach beyond it that begins at a place that will be asked for.
    pub(super) fn new(steps: &'r Steps, text: &[u8]) -> Self {
        let mut table = Self {
            steps,
            places: Vec::with_capacity(steps.all.len()),
            ends: vec![OnceCell::new(); steps.sets.len()],
            work: 0,
        };
        for step in &steps.all {
            let mut out = Places::none(text.len() + 1);
            let work = &mut table.work;
            match step {
                Step::End => out.add_range(0, text.len()),
                Step::Row(sets, next) => table.places[*next].descending(|end| {
                    *work += 1;
                    let Some(start) = end.checked_sub(sets.len()) else { return };
                    if sets.iter().zip(&text[start..end]).all(|(set, byte)| has(set, *byte)) {
                        out.add(start);
                    }
                }),
                Step::Run { set, min, max, next, .. } => {
                    let set = &steps.sets[*set];
                    *work += run(text, set, (*min, *max), &table.places[*next], &mut out);
                }
                Step::Choice(firsts) => {
                    for first in firsts {
                        out.0.iter_mut().zip(&table.places[*first].0).for_each(|(all, more)| *all |= more);
                    }
                    *work += out.0.len();
                }
                Step::Mark(_, next) => out.clone_from(&table.places[*next]),
            }
            table.places.push(out);
        }
        table
    }

    /// The places where a match begins.
    pub(super) fn starts(&self) -> Places {
        self.places.last().cloned().unwrap_or_default()
    }

    /// The match that begins at `start`, leftmost-first as the regex crate defines it; `text` is that of the table.
    pub(super) fn read(&self, text: &[u8], start: usize) -> Option<Read> {
        let (mut number, mut at) = (self.steps.all.len() - 1, start);
        let (mut opened, mut secret) = (start, None);
        if !self.places.last()?.has(at) {
            return None;
        }
        loop {
            number = match &self.steps.all[number] {
                Step::End => return Some(Read { end: at, secret }),
                Step::Row(sets, next) => {
                    at += sets.len();
                    *next
                }
                Step::Choice(firsts) => *firsts.iter().find(|first| self.places[**first].has(at))?,
                Step::Mark(opens, next) => {
                    if *opens {
                        opened = at;
                    } else {
                        secret = Some(opened..at);
                    }
                    *next
                }
                Step::Run { set, min, max, greedy, next } => {
                    let rest = &self.places[*next];
                    at = match greedy {
                        true => rest.previous(self.run_end(text, *set, at, *max))?,
                        false => rest.first(at + min..(at + max).saturating_add(1))?,
                    };
                    *next
                }
            };
        }
    }

    /// Where a run of at most `max` bytes of a set ends that begins at `at`.
    fn run_end(&self, text: &[u8], set: usize, at: usize, max: usize) -> usize {
        let bytes = &self.steps.sets[set];
        let most = text.len().min(at.saturating_add(max));
        if max <= SHORT {
            return text[at..most].iter().position(|byte| !has(bytes, *byte)).map_or(most, |n| at + n);
        }
        let ends = self.ends[set].get_or_init(|| {
            let mut out = Places::none(text.len() + 1);
            text.iter().enumerate().filter(|(_, byte)| !has(bytes, **byte)).for_each(|(n, _)| out.add(n));
            out
        });
        ends.first(at..most).unwrap_or(most)
    }
}

/// Adds the places from which `min` to `max` bytes of the set lead to one of `rest`; returns what it took.
fn run(text: &[u8], set: &Set, (min, max): (usize, usize), rest: &Places, out: &mut Places) -> usize {
    let mut work = 0;
    // Places descend, so that what one of them has passed over need not be read again for the next.
    let mut seen = usize::MAX;
    rest.descending(|end| {
        work += 1;
        let known = seen;
        seen = seen.min(end);
        while seen > 0 && end - seen < max && has(set, text[seen - 1]) {
            seen -= 1;
            work += 1;
        }
        // What is known was added for the place before.
        let last = end.checked_sub(min).zip(known.checked_sub(1)).map(|(last, new)| last.min(new));
        if let Some(last) = last.filter(|last| seen <= *last) {
            out.add_range(seen, last);
        }
    });
    work
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Rng;
    use regex::bytes::RegexBuilder;

    /// Patterns of every kind of step, greedy and lazy, with several ends and with empty parts.
    const PATTERNS: &[&str] = &[
        "(?<secret>ab.{0,70}b)",
        "(?<secret>ab.{0,70}?b)c?",
        "(?i)(?<secret>ab[^c]{2,9}?)[bc]{0,3}",
        "a{0,3}(?<secret>b{1,4}?)(?:c|ca|b{0,2}a)",
        "(?:ab|a|(?<secret>b[ac]?)){1,4}?c",
        "(?<secret>(?:[ab]{1,3}?c?){2,5})a{0,90}",
        "(?:(?<secret>a{0,2}?)b??){0,3}c",
        "(?<secret>c[abc]{0,66}[ab]{0,65}?c)",
        "[abc]{65,70}(?<secret>a)",
        "a(?<secret>(?:a|c){2,3})b?",
    ];

    #[test]
    fn matches_are_those_of_the_regular_expression() {
        let mut rng = Rng(11);
        for pattern in PATTERNS {
            let regex = RegexBuilder::new(&format!(r"\A(?:{pattern})")).unicode(false).build().expect("compiles");
            let steps = crate::rule::steps_of(pattern).expect("few steps");
            for len in (0..40).chain([64, 65, 128, 190]) {
                let text: Vec<u8> = (0..len).map(|_| b"aabbc\n"[rng.below(if len % 3 == 0 { 5 } else { 6 })]).collect();
                let table = Table::new(&steps, &text);
                let starts = table.starts();
                for start in 0..=text.len() {
                    let want = regex.captures(&text[start..]).map(|found| Read {
                        end: start + found.get(0).expect("the whole match").end(),
                        secret: found.name("secret").map(|s| start + s.start()..start + s.end()),
                    });
                    assert_eq!(starts.has(start), want.is_some(), "{pattern} at {start} of {text:?}");
                    assert_eq!(table.read(&text, start), want, "{pattern} at {start} of {text:?}");
                }
            }
        }
    }

    #[test]
    fn a_long_reach_takes_no_more_work_than_the_text_is_long() {
        let steps = crate::rule::steps_of("(?<secret>abab.{0,4000}c)").expect("few steps");
        for text in [b"abab ".repeat(4000), b"ab".repeat(10_000), [&b"abab ".repeat(799)[..], b"c"].concat().repeat(5)]
        {
            let table = Table::new(&steps, &text);
            assert!(table.work < 8 * text.len(), "{} for {} bytes", table.work, text.len());
        }
    }
}
