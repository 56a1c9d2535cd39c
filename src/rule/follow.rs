//! Which bytes can come next in a match: most anchors in text are words of another kind (`path/` for `pat...`), and the
//! next byte says so before the pattern is walked.
//!
//! In: parts of a pattern (HIR of regex-syntax). Out: sets of bytes; [`ANY`] where a match may end there. This file is
//! also compiled into the build script.

use super::literals::Literal;
use super::neighbours::{Set, with_byte};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Every byte, and the end of the text.
pub const ANY: Set = [!0; 4];

/// The union of two sets.
pub(super) fn union(a: Set, b: Set) -> Set {
    [0, 1, 2, 3].map(|word| a[word] | b[word])
}

/// The bytes that `hir` can begin with, and those of `next` where it can be empty.
pub(super) fn first(hir: &Hir, next: Set) -> Set {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => next,
        HirKind::Literal(literal) => literal.0.first().map_or(next, |byte| with_byte([0; 4], *byte)),
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            bytes.fold([0; 4], with_byte)
        }
        HirKind::Class(Class::Unicode(_)) => ANY,
        HirKind::Repetition(repeated) if repeated.min == 0 => union(first(&repeated.sub, next), next),
        HirKind::Repetition(repeated) => first(&repeated.sub, next),
        HirKind::Capture(group) => first(&group.sub, next),
        HirKind::Concat(parts) => parts.iter().rev().fold(next, |next, part| first(part, next)),
        HirKind::Alternation(branches) => branches.iter().fold([0; 4], |set, branch| union(set, first(branch, next))),
    }
}

/// The bytes that can follow a part of a literal that ends at `end`, `next` those after all of it.
pub(super) fn within(literal: &Literal, end: usize, next: Set) -> Set {
    match (literal.folded.get(end), literal.exact.get(end)) {
        (Some(_), Some(exact)) if *exact != 0 => with_byte([0; 4], *exact),
        (Some(b'0'), _) => (b'0'..=b'9').fold([0; 4], with_byte),
        (Some(folded), _) => [*folded, folded.to_ascii_uppercase()].into_iter().fold([0; 4], with_byte),
        _ => next,
    }
}
