//! Walks a pattern's outline over a window: is there a match, and where can it end?
//!
//! In: an [`Outline`], a window and the places where a match may start. Out: the places where one may end, exactly those
//! of the regular expression. All starts are walked together, as a set of places in one pass over the pattern; most
//! walks end a few bytes behind the anchor, where no place is left. A walk that leaves the set's size gives no answer.

use crate::rule::outline::{CLASS, EITHER, FOLDED, LITERAL, Outline};

/// Words of a set: places up to 511 bytes into the window.
const WORDS: usize = 8;
const PLACES: usize = WORDS * 64;

/// A set of places in a window.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Places([u64; WORDS]);

impl Places {
    const NONE: Self = Self([0; WORDS]);

    /// All places from `first` to `last`; `None` when they are too many.
    pub(super) fn of(first: usize, last: usize) -> Option<Self> {
        let mut places = Self::NONE;
        (last < PLACES).then(|| places.add(first, last))?;
        Some(places)
    }

    fn add(&mut self, first: usize, last: usize) {
        let (low, high) = (first >> 6, last >> 6);
        for (word, bits) in self.0.iter_mut().enumerate().take(high + 1).skip(low) {
            let from = if word == low { !0 << (first & 63) } else { !0 };
            let to = if word == high { !0 >> (63 - (last & 63)) } else { !0 };
            *bits |= from & to;
        }
    }

    fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    fn is_empty(&self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) == 0
    }

    fn within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |all, (a, b)| all | (a & !b)) == 0
    }

    /// The last place.
    pub(super) fn last(&self) -> Option<usize> {
        self.0.iter().rposition(|word| *word != 0).map(|i| i * 64 + 63 - self.0[i].leading_zeros() as usize)
    }

    /// The only place, if there is just one.
    pub(super) fn only(&self) -> Option<usize> {
        let count: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        if count == 1 { self.last() } else { None }
    }

    fn each(&self, mut act: impl FnMut(usize)) {
        for (i, word) in self.0.iter().enumerate() {
            let mut word = *word;
            while word != 0 {
                act(i * 64 + word.trailing_zeros() as usize);
                word &= word - 1;
            }
        }
    }
}

struct Walk<'a> {
    window: &'a [u8],
    classes: &'a [[u64; 4]],
    /// A place was beyond the set.
    beyond: bool,
}

/// Where matches that start at one of `starts` can end; `None` when that is not known.
pub(super) fn ends(outline: &Outline, window: &[u8], starts: Places) -> Option<Places> {
    if outline.code.is_empty() {
        return None;
    }
    let mut walk = Walk { window, classes: &outline.classes, beyond: false };
    let ends = walk.block(&outline.code, starts)?;
    (!walk.beyond).then_some(ends)
}

/// A number of two bytes.
fn number(code: &[u8]) -> Option<(usize, &[u8])> {
    let (bytes, rest) = code.split_first_chunk::<2>()?;
    Some((usize::from(u16::from_le_bytes(*bytes)), rest))
}

impl Walk<'_> {
    /// `None` for code that ends where it must not, which is as good as no answer.
    fn block(&mut self, mut code: &[u8], mut places: Places) -> Option<Places> {
        while let Some((operation, rest)) = code.split_first() {
            if places.is_empty() || self.beyond {
                return Some(Places::NONE);
            }
            match *operation {
                LITERAL | FOLDED => {
                    let (len, rest) = rest.split_first()?;
                    let (literal, rest) = rest.split_at_checked(usize::from(*len))?;
                    places = self.literal(literal, *operation == FOLDED, &places);
                    code = rest;
                }
                CLASS => {
                    let (index, rest) = rest.split_first()?;
                    let (min, rest) = number(rest)?;
                    let (max, rest) = number(rest)?;
                    places = self.class(self.classes.get(usize::from(*index))?, min, max, &places);
                    code = rest;
                }
                EITHER => {
                    let (count, mut rest) = rest.split_first()?;
                    let mut all = Places::NONE;
                    for _ in 0..*count {
                        let (len, tail) = number(rest)?;
                        let (body, tail) = tail.split_at_checked(len)?;
                        all.join(&self.block(body, places)?);
                        rest = tail;
                    }
                    places = all;
                    code = rest;
                }
                _ => {
                    let (min, rest) = number(rest)?;
                    let (max, rest) = number(rest)?;
                    let (len, rest) = number(rest)?;
                    let (body, rest) = rest.split_at_checked(len)?;
                    places = self.repeat(body, min, max, places)?;
                    code = rest;
                }
            }
        }
        Some(places)
    }

    fn literal(&mut self, literal: &[u8], folded: bool, places: &Places) -> Places {
        let mut out = Places::NONE;
        places.each(|at| {
            let Some(have) = self.window.get(at..at + literal.len()) else { return };
            let same = if folded {
                have.iter().zip(literal).all(|(h, l)| h.to_ascii_lowercase() == *l)
            } else {
                have.iter().zip(literal).all(|(h, l)| h == l)
            };
            if same {
                self.reach(at + literal.len(), at + literal.len(), &mut out);
            }
        });
        out
    }

    fn class(&mut self, class: &[u64; 4], min: usize, max: usize, places: &Places) -> Places {
        let mut out = Places::NONE;
        // Places ascend, so that what one of them has passed over need not be looked at again for the next.
        let mut seen = 0;
        places.each(|at| {
            seen = seen.max(at);
            while seen < at + max
                && self.window.get(seen).is_some_and(|b| class[usize::from(b >> 6)] >> (b & 63) & 1 != 0)
            {
                seen += 1;
            }
            if seen >= at + min {
                self.reach(at + min, seen, &mut out);
            }
        });
        out
    }

    fn repeat(&mut self, body: &[u8], min: usize, max: usize, mut places: Places) -> Option<Places> {
        for _ in 0..min {
            places = self.block(body, places)?;
            if places.is_empty() {
                return Some(places);
            }
        }
        let mut all = places;
        for _ in min..max {
            places = self.block(body, places)?;
            // What was reached before with more rounds left leads to nothing new.
            if places.within(&all) {
                break;
            }
            all.join(&places);
        }
        Some(all)
    }

    fn reach(&mut self, first: usize, last: usize, out: &mut Places) {
        if last < PLACES {
            out.add(first, last);
        } else {
            self.beyond = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::anchor::derive;
    use regex::bytes::RegexBuilder;

    /// Every end that the pattern has from a start, found by demanding the end: `\z` behind it, the text cut there.
    fn exhaustive(pattern: &str, text: &[u8], start: usize) -> Vec<usize> {
        let whole = RegexBuilder::new(&format!(r"\A(?:{pattern})\z")).unicode(false).build().expect("compiles");
        (start..=text.len()).filter(|end| whole.is_match(&text[start..*end])).collect()
    }

    #[test]
    fn ends_are_those_of_the_regular_expression() {
        let text = b"Abcd: x0 = AbCd-12-34-5, abcdabcd7 ABCD";
        for pattern in [
            "(?<secret>(?i:abcd)[:-]?)",
            "(?i)(?<secret>abcd)[^,]{0,9}[0-9]{1,2}",
            "(?<secret>AbCd(?:-[0-9]{1,2}){1,3})",
            "(?<secret>(?:abcd|abcda|[A-D]{1,4}bcd){1,2})[0-9a-d]{0,3}?",
            "(?i)(?<secret>abcd-1)2",
            "abcd(?<secret>(?:ab?c?){0,2}(?:d|cd|[a-d]{2})7)",
        ] {
            let outline = derive(pattern).expect("a usable pattern").outline;
            for start in 0..text.len() {
                let mut found = Vec::new();
                let starts = Places::of(start, start).expect("few");
                ends(&outline, text, starts).expect("known").each(|end| found.push(end));
                assert_eq!(found, exhaustive(pattern, text, start), "{pattern} at {start}");
            }
        }
    }

    #[test]
    fn all_starts_at_once_and_no_answer_beyond_the_set() {
        let outline = derive("(?<secret>abcd[0-9]{0,600})").expect("a usable pattern").outline;
        let text = [&b"abcdabcd1"[..], &[b'0'; 600]].concat();
        assert!(ends(&outline, &text[..40], Places::of(0, 8).expect("few")).expect("known").last() == Some(40));
        assert!(ends(&outline, &text, Places::of(0, 8).expect("few")).is_none());
        assert!(Places::of(0, PLACES).is_none());
        assert_eq!(outline.margins, Some((0, 0)));
        let outline = derive("(?i)[ =](?<secret>abcd[0-9]{2,9})[a-f]{2}[ \t]").expect("a usable pattern").outline;
        assert_eq!(outline.margins, Some((1, 3)));
    }
}
