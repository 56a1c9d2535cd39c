//! The outline of a pattern: the same language as its regular expression, as a few bytes that are walked without being
//! compiled (`detect/walk.rs`).
//!
//! In: the HIR of a pattern. Out: an [`Outline`], made when the program is built. Most anchors lead to no match, and a
//! regular expression takes 60 to 100 us to compile and thousands of instructions to say so; the outline says it in some
//! hundred, and for nothing at start-up. It keeps no preference between alternatives: it tells where matches of a start
//! can end, not which of them is taken. What it cannot express has an empty outline, which excludes nothing.
//! This file is compiled into the build script, too.

use regex_syntax::hir::{Class, ClassBytes, Hir, HirKind};
use std::borrow::Cow;

/// Bytes, one after the other: their number, then they.
pub const LITERAL: u8 = 0;
/// The same, where letters stand for both cases; written in lower case.
pub const FOLDED: u8 = 1;
/// A class, some times over: index of the class, least and greatest number (two bytes each, low byte first).
pub const CLASS: u8 = 2;
/// A block, some times over: least and greatest number, length of the block (two bytes each), the block.
pub const REPEAT: u8 = 3;
/// One of several blocks: their number, and for each one its length (two bytes) and the block.
pub const EITHER: u8 = 4;

/// A pattern without its preferences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Operations in order; empty when the pattern has no outline.
    pub code: Cow<'static, [u8]>,
    /// Sets of bytes that the code names.
    pub classes: Cow<'static, [[u64; 4]]>,
    /// The bytes that a match can begin with.
    pub first: [u64; 4],
    /// Bytes before and after the secret, where these are the same in every match.
    pub margins: Option<(u16, u16)>,
}

/// The outline of a pattern.
pub fn outline(hir: &Hir) -> Outline {
    let mut writer = Writer::default();
    match writer.block(hir) {
        Some(code) => {
            Outline { code: code.into(), classes: writer.classes.into(), first: first(hir).0, margins: margins(hir) }
        }
        None => Outline::default(),
    }
}

/// The bytes that `hir` can begin with, and whether it can be empty.
fn first(hir: &Hir) -> ([u64; 4], bool) {
    let either = |a: [u64; 4], b: [u64; 4]| [a[0] | b[0], a[1] | b[1], a[2] | b[2], a[3] | b[3]];
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => ([0; 4], true),
        HirKind::Literal(l) => (single(l.0[0]), false),
        HirKind::Class(class) => (bytes(class).map_or([!0; 4], set), false),
        HirKind::Repetition(r) => {
            let (all, empty) = first(&r.sub);
            (all, empty || r.min == 0)
        }
        HirKind::Capture(c) => first(&c.sub),
        HirKind::Concat(subs) => {
            let mut all = [0; 4];
            for sub in subs {
                let (more, empty) = first(sub);
                all = either(all, more);
                if !empty {
                    return (all, false);
                }
            }
            (all, true)
        }
        HirKind::Alternation(subs) => {
            subs.iter().map(first).fold(([0; 4], false), |(all, e), (more, empty)| (either(all, more), e || empty))
        }
    }
}

/// How many bytes stand before and after the group `secret`, if that is fixed.
fn margins(hir: &Hir) -> Option<(u16, u16)> {
    let fixed = |hir: &Hir| {
        let p = hir.properties();
        p.minimum_len().filter(|n| Some(*n) == p.maximum_len()).and_then(|n| u16::try_from(n).ok())
    };
    match hir.kind() {
        HirKind::Capture(c) if c.name.as_deref() == Some("secret") => Some((0, 0)),
        HirKind::Capture(c) => margins(&c.sub),
        HirKind::Concat(subs) => {
            let (at, inner) = subs.iter().enumerate().find_map(|(i, sub)| margins(sub).map(|m| (i, m)))?;
            let sum = |subs: &[Hir]| subs.iter().try_fold(0_u16, |n, sub| n.checked_add(fixed(sub)?));
            Some((sum(&subs[..at])?.checked_add(inner.0)?, sum(&subs[at + 1..])?.checked_add(inner.1)?))
        }
        _ => None,
    }
}

#[derive(Default)]
struct Writer {
    classes: Vec<[u64; 4]>,
}

/// What a sequence of pieces is written into.
#[derive(Default)]
struct Block {
    code: Vec<u8>,
    /// Where the literal that was written last begins, while it may be continued.
    literal: Option<usize>,
}

impl Writer {
    fn block(&mut self, hir: &Hir) -> Option<Vec<u8>> {
        let mut block = Block::default();
        self.write(hir, &mut block)?;
        u16::try_from(block.code.len()).is_ok().then_some(block.code)
    }

    fn write(&mut self, hir: &Hir, out: &mut Block) -> Option<()> {
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Literal(l) => l.0.iter().for_each(|b| out.byte(*b, false)),
            HirKind::Class(class) => match both_cases(class) {
                Some(letter) => out.byte(letter, true),
                None => self.class(set(bytes(class)?), 1, 1, out)?,
            },
            HirKind::Capture(c) => self.write(&c.sub, out)?,
            HirKind::Concat(subs) => subs.iter().try_for_each(|sub| self.write(sub, out))?,
            HirKind::Repetition(r) => {
                let (min, max) = (u16::try_from(r.min).ok()?, u16::try_from(r.max?).ok()?);
                // `_?` and `[a-z]{2}` are most of all repetitions.
                match r.sub.kind() {
                    HirKind::Class(class) => return self.class(set(bytes(class)?), min, max, out),
                    HirKind::Literal(l) if l.0.len() == 1 => return self.class(single(l.0[0]), min, max, out),
                    _ => {}
                }
                let body = self.block(&r.sub)?;
                out.operation(REPEAT);
                [min, max, body.len() as u16].iter().for_each(|n| out.number(*n));
                out.code.extend(body);
            }
            HirKind::Alternation(subs) => {
                let blocks: Vec<_> = subs.iter().map(|sub| self.block(sub)).collect::<Option<_>>()?;
                out.operation(EITHER);
                out.code.push(u8::try_from(blocks.len()).ok()?);
                for block in blocks {
                    out.number(block.len() as u16);
                    out.code.extend(block);
                }
            }
            HirKind::Look(_) => return None,
        }
        Some(())
    }

    fn class(&mut self, set: [u64; 4], min: u16, max: u16, out: &mut Block) -> Option<()> {
        let index = self.classes.iter().position(|c| *c == set).unwrap_or(self.classes.len());
        if index == self.classes.len() {
            self.classes.push(set);
        }
        out.operation(CLASS);
        out.code.push(u8::try_from(index).ok()?);
        out.number(min);
        out.number(max);
        Some(())
    }
}

impl Block {
    fn operation(&mut self, operation: u8) {
        self.literal = None;
        self.code.push(operation);
    }

    fn number(&mut self, n: u16) {
        self.code.extend(n.to_le_bytes());
    }

    /// One byte, or a letter in both cases; joined to the literal before it where that can be said in one.
    fn byte(&mut self, byte: u8, folded: bool) {
        let operation = if folded { FOLDED } else { LITERAL };
        if let Some(at) = self.literal {
            let (head, body) = self.code.split_at_mut(at + 2);
            let plain = !body.iter().any(u8::is_ascii_alphabetic);
            if (head[at] == operation || plain || !byte.is_ascii_alphabetic()) && head[at + 1] < u8::MAX {
                // Signs and digits are the same in both.
                if byte.is_ascii_alphabetic() {
                    head[at] = operation;
                }
                head[at + 1] += 1;
                self.code.push(byte);
                return;
            }
        }
        self.operation(operation);
        self.literal = Some(self.code.len() - 1);
        self.code.extend([1, byte]);
    }
}

fn bytes(class: &Class) -> Option<&ClassBytes> {
    match class {
        Class::Bytes(bytes) => Some(bytes),
        Class::Unicode(_) => None,
    }
}

fn single(byte: u8) -> [u64; 4] {
    let mut set = [0; 4];
    set[usize::from(byte >> 6)] |= 1 << (byte & 63);
    set
}

fn set(class: &ClassBytes) -> [u64; 4] {
    let mut set = [0; 4];
    for range in class.ranges() {
        for byte in range.start()..=range.end() {
            set[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
    }
    set
}

/// The letter, in lower case, whose two cases are the class.
fn both_cases(class: &Class) -> Option<u8> {
    match bytes(class)?.ranges() {
        [upper, lower] => {
            let letter = lower.start();
            let one = upper.start() == upper.end() && letter == lower.end();
            (one && letter.is_ascii_lowercase() && upper.start() == letter.to_ascii_uppercase()).then_some(letter)
        }
        _ => None,
    }
}
