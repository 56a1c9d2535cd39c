//! The run of bytes that every match of a pattern contains: forty hexadecimal digits, thirty letters and digits. Most anchors are
//! words of ordinary text with nothing like it near them, and to look for a run takes a look at one byte in many.
//!
//! In: the HIR of a pattern. Out: a [`Run`], or none where matches need not contain one. This file is compiled into the build
//! script, too.

use super::follow::union;
use super::neighbours::{Set, has, with_byte};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Shortest run that is worth a look, in bytes.
const SHORTEST: usize = 8;

/// So many bytes of a set, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Run {
    /// The bytes.
    pub set: Set,
    /// How many at least; 0 where nothing is asked for.
    pub min: usize,
}

impl Run {
    /// Whether it is in `text`; adds the bytes that were looked at to `work`.
    pub fn is_in(&self, text: &[u8], work: &mut usize) -> bool {
        let mut from = 0;
        while let Some(window) = text.get(from..from + self.min) {
            // From the end on: a byte that is none of them rules out all starts before it.
            let other = window.iter().rposition(|byte| !has(&self.set, *byte));
            *work += self.min - other.unwrap_or(0);
            match other {
                Some(other) => from += other + 1,
                None => return true,
            }
        }
        false
    }

    /// How rare it is, in bits.
    fn rarity(&self) -> f64 {
        let bytes: u32 = self.set.iter().map(|word| word.count_ones()).sum();
        self.min as f64 * (256.0 / f64::from(bytes.max(1))).log2()
    }
}

/// The rarest run that is in every match of `hir`.
pub(super) fn run(hir: &Hir) -> Run {
    any(hir).filter(|run| run.min >= SHORTEST).unwrap_or_default()
}

fn any(hir: &Hir) -> Option<Run> {
    match hir.kind() {
        HirKind::Capture(group) => any(&group.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(any).max_by(|a, b| a.rarity().total_cmp(&b.rarity())),
        HirKind::Alternation(branches) => {
            let mut all = branches.iter().map(any);
            let first = all.next()??;
            all.try_fold(first, |all, one| {
                let one = one?;
                Some(Run { set: union(all.set, one.set), min: all.min.min(one.min) })
            })
        }
        HirKind::Repetition(repeated) if repeated.min > 0 => match one_byte(&repeated.sub) {
            Some(set) => Some(Run { set, min: repeated.min as usize }),
            None => any(&repeated.sub),
        },
        _ => None,
    }
}

/// The set of a part that matches one byte.
fn one_byte(hir: &Hir) -> Option<Set> {
    match hir.kind() {
        HirKind::Capture(group) => one_byte(&group.sub),
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            Some(bytes.fold([0; 4], with_byte))
        }
        HirKind::Literal(literal) if literal.0.len() == 1 => Some(with_byte([0; 4], literal.0[0])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::anchor::derive;

    #[test]
    fn every_match_contains_the_run() {
        let run = |pattern| derive(pattern, None).expect("a usable pattern").run;
        let is_in = |run: Run, text: &[u8]| run.is_in(text, &mut 0);
        let hex = run("(?i)acme[ =]{1,4}(?<secret>[0-9a-f]{40,64})");
        assert_eq!(hex.min, 40);
        assert!(
            is_in(hex, &[&b"acme = "[..], &[b'0'; 40]].concat())
                && !is_in(hex, &[&b"acme = "[..], &[b'0'; 39]].concat())
        );
        assert!(is_in(hex, &[&[b'1'; 39][..], b"x", &[b'A'; 40], b"-"].concat()) && !is_in(hex, b""));
        // The shortest of all branches, of any of their bytes.
        let either = run("wxyz(?<secret>[0-9]{20}|[a-f]{12}x)");
        assert!(is_in(either, b"wxyz0123456789ab") && !is_in(either, b"wxyz0123456789a"));
        for none in ["acme(?<secret>[0-9]{20}|x)", "acme(?<secret>[0-9]{0,20})", "acme(?<secret>[0-9]{7})"] {
            assert!(run(none).min == 0 && is_in(run(none), b""), "{none}");
        }
    }
}
