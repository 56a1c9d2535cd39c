//! All strings that a part of a pattern matches, where they are few: anchors are chosen among them.
//!
//! In: a part of a pattern (HIR of regex-syntax). Out: its strings, or `None` where they are many or long.
//!
//! All strings are *folded*: ASCII upper case becomes lower case and every digit becomes `0`, as in the bytes that
//! the prefilter looks at. This file is compiled into the build script, too.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Most literals of one pattern.
pub const MAX_LITERALS: usize = 96;

/// Lower case for letters, `0` for digits, the byte itself otherwise.
#[inline]
pub const fn fold(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => byte | 0x20,
        b'0'..=b'9' => b'0',
        _ => byte,
    }
}

/// One string that a part of a pattern matches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// Folded bytes.
    pub folded: Vec<u8>,
    /// The exact byte at each place, or 0 where any byte with the same fold may stand.
    pub exact: Vec<u8>,
}

/// Whether all bytes are the same.
pub(crate) fn is_run(bytes: &[u8]) -> bool {
    bytes.windows(2).all(|pair| pair[0] == pair[1])
}

/// The empty string: what every product begins with.
pub(super) fn nothing() -> Vec<Literal> {
    vec![Literal { folded: vec![], exact: vec![] }]
}

/// Every string of `hir`, folded, if they are few and short.
pub(super) fn exact(hir: &Hir) -> Option<Vec<Literal>> {
    match hir.kind() {
        HirKind::Empty => Some(nothing()),
        HirKind::Literal(l) => {
            Some(vec![Literal { folded: l.0.iter().map(|b| fold(*b)).collect(), exact: l.0.to_vec() }])
        }
        HirKind::Class(class) => {
            let Class::Bytes(bytes) = class else { return None };
            let mut all: Vec<Literal> = Vec::new();
            for range in bytes.ranges() {
                for byte in range.start()..=range.end() {
                    let folded = fold(byte);
                    match all.iter_mut().find(|l| l.folded[0] == folded) {
                        Some(known) => known.exact[0] = 0,
                        None => all.push(Literal { folded: vec![folded], exact: vec![byte] }),
                    }
                }
            }
            (all.len() <= 40).then_some(all)
        }
        HirKind::Repetition(r) if r.max == Some(r.min) => repeat(&exact(&r.sub)?, r.min as usize),
        HirKind::Repetition(_) | HirKind::Look(_) => None,
        HirKind::Capture(c) => exact(&c.sub),
        HirKind::Concat(subs) => {
            let mut all = nothing();
            for sub in subs {
                all = product(&all, &exact(sub)?)?;
            }
            Some(all)
        }
        HirKind::Alternation(subs) => {
            let mut all = Vec::new();
            for sub in subs {
                all.extend(exact(sub)?);
            }
            merge(&mut all);
            (all.len() <= MAX_LITERALS).then_some(all)
        }
    }
}

/// The strings of a repetition's least count: what every match of it starts with.
pub(super) fn least(hir: &Hir) -> Option<Vec<Literal>> {
    match hir.kind() {
        HirKind::Repetition(r) if r.min > 0 => repeat(&exact(&r.sub)?, r.min as usize),
        _ => None,
    }
}

/// The strings that a run may start with after `hir`: the end of its least part, or nothing.
pub(super) fn tail(hir: &Hir) -> Vec<Literal> {
    least(hir).unwrap_or_else(nothing)
}

/// Every string of `times` strings of `set` in a row.
fn repeat(set: &[Literal], times: usize) -> Option<Vec<Literal>> {
    let mut all = nothing();
    for _ in 0..times.min(64) {
        all = product(&all, set)?;
    }
    (times <= 64).then_some(all)
}

/// Every string of `left` followed by every one of `right`; `None` when they are too many or too long.
pub(super) fn product(left: &[Literal], right: &[Literal]) -> Option<Vec<Literal>> {
    if left.len() * right.len() > MAX_LITERALS || left.iter().any(|l| l.folded.len() > 64) {
        return None;
    }
    let mut all = Vec::with_capacity(left.len() * right.len());
    for l in left {
        for r in right {
            all.push(Literal { folded: [&l.folded[..], &r.folded].concat(), exact: [&l.exact[..], &r.exact].concat() });
        }
    }
    merge(&mut all);
    Some(all)
}

/// One literal for each folded form; where the exact bytes differ, any will do.
pub(super) fn merge(all: &mut Vec<Literal>) {
    all.sort();
    all.dedup_by(|later, kept| {
        let same = later.folded == kept.folded;
        if same {
            for (k, l) in kept.exact.iter_mut().zip(&later.exact) {
                if k != l {
                    *k = 0;
                }
            }
        }
        same
    });
}
