//! Walks a pattern's outline over a window: is there a match, and where can it end?
//!
//! In: an [`Outline`], a window and the places where a match may start. Out: the places where one may end, exactly those
//! of the regular expression. All starts are walked together, as a set of places in one pass over the pattern; most
//! walks end a few bytes behind the anchor, where no place is left. A walk that leaves the set's size gives no answer.

use crate::rule::outline::{CLASS, EITHER, FOLDED, LITERAL, Outline};

/// Words of the set that is tried first: most walks stay within its 128 places, and less is written for each.
const FEW: usize = 2;
/// Words of the set that is tried then: 512 places.
const MANY: usize = 8;

/// A set of places in a window.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Places<const N: usize>([u64; N]);

impl<const N: usize> Places<N> {
    const NONE: Self = Self([0; N]);

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

    fn each(&self, mut act: impl FnMut(usize)) {
        for (i, word) in self.0.iter().enumerate() {
            let mut word = *word;
            while word != 0 {
                act(i * 64 + word.trailing_zeros() as usize);
                word &= word - 1;
            }
        }
    }

    fn ends(&self) -> Ends {
        let last = self.0.iter().rposition(|word| *word != 0).map(|i| i * 64 + 63 - self.0[i].leading_zeros() as usize);
        let count: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        match (last, count) {
            (None, _) => Ends::None,
            (Some(end), 1) => Ends::One(end),
            (Some(last), _) => Ends::Some(last),
        }
    }
}

/// Where matches can end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// There is none.
    None,
    /// Only here.
    One(usize),
    /// At several places, of which this is the last.
    Some(usize),
    /// That is not known.
    Unknown,
}

/// Where matches that start from `first` to `last` can end. What it takes, in places tried and bytes read, is added to `work`.
pub(super) fn ends(outline: &Outline, window: &[u8], first: usize, last: usize, work: &mut usize) -> Ends {
    match walk::<FEW>(outline, window, first, last, work).or_else(|| walk::<MANY>(outline, window, first, last, work)) {
        _ if outline.code.is_empty() => Ends::Unknown,
        Some(ends) => ends,
        None => Ends::Unknown,
    }
}

fn walk<const N: usize>(outline: &Outline, window: &[u8], first: usize, last: usize, work: &mut usize) -> Option<Ends> {
    let mut starts = Places::<N>::NONE;
    if last >= 64 * N {
        return None;
    }
    let candidates = window.get(first..window.len().min(last + 1)).unwrap_or_default();
    for (at, _) in candidates.iter().enumerate().filter(|(_, byte)| has(&outline.first, **byte)) {
        starts.add(first + at, first + at);
    }
    if starts.is_empty() {
        return Some(Ends::None);
    }
    let mut walk = Walk { window, classes: &outline.classes, beyond: false, work: candidates.len() };
    let ends = walk.block(&outline.code, starts);
    *work += walk.work;
    let ends = ends?;
    (!walk.beyond).then(|| ends.ends())
}

#[inline(always)]
fn has(class: &[u64; 4], byte: u8) -> bool {
    (class[usize::from(byte >> 6)] >> (byte & 63)) & 1 != 0
}

struct Walk<'a, const N: usize> {
    window: &'a [u8],
    classes: &'a [[u64; 4]],
    /// A place was beyond the set.
    beyond: bool,
    /// Places that were tried and bytes that were read.
    work: usize,
}

/// A number of two bytes.
fn number(code: &[u8]) -> Option<(usize, &[u8])> {
    let (bytes, rest) = code.split_first_chunk::<2>()?;
    Some((usize::from(u16::from_le_bytes(*bytes)), rest))
}

impl<const N: usize> Walk<'_, N> {
    /// `None` for code that ends where it must not, which is as good as no answer.
    fn block(&mut self, mut code: &[u8], mut places: Places<N>) -> Option<Places<N>> {
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
                EITHER => (places, code) = self.either(rest, &places)?,
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

    /// One of the blocks at the start of `code`, and what follows them.
    fn either<'c>(&mut self, code: &'c [u8], places: &Places<N>) -> Option<(Places<N>, &'c [u8])> {
        let (count, mut rest) = code.split_first()?;
        // What stands at the places, so that most branches need not be entered.
        let mut heads = [0; 4];
        places.each(|at| {
            self.work += 1;
            if let Some(byte) = self.window.get(at) {
                heads[usize::from(byte >> 6)] |= 1_u64 << (byte & 63);
            }
        });
        let mut all = Places::NONE;
        for _ in 0..*count {
            let (len, tail) = number(rest)?;
            let (body, tail) = tail.split_at_checked(len)?;
            rest = tail;
            let enter = match body {
                [LITERAL, _, head, ..] => has(&heads, *head),
                [FOLDED, _, head, ..] => has(&heads, *head) || has(&heads, head.to_ascii_uppercase()),
                [CLASS, index, min, _, ..] if *min > 0 => {
                    let class = self.classes.get(usize::from(*index))?;
                    class.iter().zip(&heads).fold(0, |all, (c, h)| all | (c & h)) != 0
                }
                _ => true,
            };
            if enter {
                all.join(&self.block(body, *places)?);
            }
        }
        Some((all, rest))
    }

    fn literal(&mut self, literal: &[u8], folded: bool, places: &Places<N>) -> Places<N> {
        let mut out = Places::NONE;
        places.each(|at| {
            self.work += 1;
            let Some(have) = self.window.get(at..at + literal.len()) else { return };
            // The other case of a letter is as good where case does not matter.
            let same = have.iter().zip(literal).all(|(h, l)| h == l || (folded && h.to_ascii_lowercase() == *l));
            if same {
                self.reach(at + literal.len(), at + literal.len(), &mut out);
            }
        });
        out
    }

    fn class(&mut self, class: &[u64; 4], min: usize, max: usize, places: &Places<N>) -> Places<N> {
        let mut out = Places::NONE;
        // Places ascend, so that what one of them has passed over need not be looked at again for the next.
        let mut seen = 0;
        places.each(|at| {
            seen = seen.max(at);
            let known = seen;
            while seen < at + max && self.window.get(seen).is_some_and(|b| has(class, *b)) {
                seen += 1;
            }
            self.work += 1 + seen - known;
            if seen >= at + min {
                self.reach(at + min, seen, &mut out);
            }
        });
        out
    }

    fn repeat(&mut self, body: &[u8], min: usize, max: usize, mut places: Places<N>) -> Option<Places<N>> {
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

    fn reach(&mut self, first: usize, last: usize, out: &mut Places<N>) {
        if last < 64 * N {
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

    /// What the pattern has from a start, found by demanding each end: `\z` behind it, the text cut there.
    fn exhaustive(pattern: &str, text: &[u8], start: usize) -> Ends {
        let whole = RegexBuilder::new(&format!(r"\A(?:{pattern})\z")).unicode(false).build().expect("compiles");
        let ends: Vec<usize> = (start..=text.len()).filter(|end| whole.is_match(&text[start..*end])).collect();
        match ends[..] {
            [] => Ends::None,
            [end] => Ends::One(end),
            [.., last] => Ends::Some(last),
        }
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
            "[ ,]?(?i)(?<secret>: x|, a|abcd)(?-i)abcd",
            "abcd(?<secret>(?:ab?c?){0,2}(?:d|cd|[a-d]{2})7)",
        ] {
            let outline = derive(pattern, None).expect("a usable pattern").outline;
            assert!(!outline.code.is_empty());
            for start in 0..text.len() {
                let want = exhaustive(pattern, text, start);
                assert_eq!(ends(&outline, text, start, start, &mut 0), want, "{pattern} at {start}");
            }
            let last = |ends| if let Ends::One(n) | Ends::Some(n) = ends { Some(n) } else { None };
            let want = (0..text.len()).filter_map(|start| last(exhaustive(pattern, text, start))).max();
            assert_eq!(last(ends(&outline, text, 0, text.len(), &mut 0)), want, "{pattern} from anywhere");
        }
    }

    #[test]
    fn no_answer_beyond_the_set() {
        let outline = derive("(?<secret>abcd[0-9]{0,600})", None).expect("a usable pattern").outline;
        let text = [&b"abcdabcd1"[..], &[b'0'; 600]].concat();
        assert_eq!(ends(&outline, &text[..40], 0, 8, &mut 0), Ends::Some(40));
        assert_eq!(ends(&outline, &text[..400], 4, 4, &mut 0), Ends::Some(400));
        assert_eq!(ends(&outline, &text, 0, 8, &mut 0), Ends::Unknown);
        assert_eq!(ends(&outline, &text[..400], 0, 512, &mut 0), Ends::Unknown);
        assert_eq!(ends(&Outline::default(), &text, 0, 0, &mut 0), Ends::Unknown);
    }

    #[test]
    fn margins_are_known_where_they_are_fixed() {
        let margins = |pattern| derive(pattern, None).expect("a usable pattern").outline.margins;
        assert_eq!(margins("(?<secret>abcd[0-9]{0,600})"), Some((0, 0)));
        assert_eq!(margins("(?i)[ =](?<secret>abcd[0-9]{2,9})[a-f]{2}[ \t]"), Some((1, 3)));
        assert_eq!(margins("(?:abcd|(?<secret>abcde))"), None);
        assert_eq!(margins("x?(?<secret>abcde)"), None);
    }
}
