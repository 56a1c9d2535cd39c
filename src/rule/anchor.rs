//! Anchors and reach, derived from a pattern (docs/design.md, law 2).
//!
//! In: a regular expression. Out: the literals of which at least one stands in every match, how far before a match's
//! anchor the match can begin, and how long it can be. regex-syntax's own extractor gives prefixes and suffixes only;
//! a context rule (`datadog.{0,20}[0-9a-f]{32}`) needs the best literal anywhere, so the HIR is walked here.
//! A pattern without a usable anchor, or without an upper bound on its length, is refused. This file is compiled into the
//! build script, too.

use super::follow::{self, ANY, first, union};
use super::literals::{Literal, MAX_LITERALS, exact, least, merge, nothing, product, tail};
use super::neighbours::{Neighbours, Set};
use super::outline::{Outline, outline};
use super::rarity::{rarity, score};
use super::run::{Run, run};
use super::written::{Identity, Parser};
use regex_syntax::hir::{Hir, HirKind};

/// Shortest anchor in bytes: the gate looks at four bytes of each.
pub const MIN_ANCHOR: usize = 4;
/// Of longer literals the rarest part is taken: more bytes make the prefilter hardly more selective, and its automaton
/// larger.
pub const MAX_ANCHOR: usize = 12;
/// Farthest from the start of a match to its anchor, in bytes: every start in between may have to be tried.
pub const MAX_BEFORE: usize = 512;
/// Longest match of any rule in bytes, parsers excluded.
pub const MAX_MATCH: usize = 16 * 1024;

/// The certain start of a literal, at most `most` bytes of it; `None` when it is shorter than an anchor.
pub fn head(exact: &[u8], most: usize) -> Option<Vec<u8>> {
    let certain = exact.iter().position(|b| *b == 0).unwrap_or(exact.len());
    (certain >= MIN_ANCHOR).then(|| exact[..certain.min(most)].to_vec())
}

/// An anchor's bytes, and zeros.
pub(crate) fn padded(bytes: &[u8]) -> [u8; MAX_ANCHOR] {
    let mut all = [0; MAX_ANCHOR];
    all[..bytes.len()].copy_from_slice(bytes);
    all
}

/// What a pattern promises about its matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// Every match contains one of these, [`MIN_ANCHOR`] to [`MAX_ANCHOR`] bytes each; none for a file of its own.
    pub literals: Vec<Literal>,
    /// What can be the byte after the anchor.
    pub follow: Set,
    /// The run of bytes that every match contains.
    pub run: Run,
    /// Most bytes from the start of a match to the start of its anchor.
    pub before: usize,
    /// Longest match in bytes.
    pub max_len: usize,
    /// The anchor is part of the secret itself, not of its surroundings.
    pub in_secret: bool,
    /// Bytes at the start of the secret that are the same in every match: what may be shown.
    pub public_prefix: usize,
    /// The pattern without its preferences, to be walked.
    pub outline: Outline,
    /// What may not stand beside the secret.
    pub neighbours: Neighbours,
}

impl Derived {
    /// What may not stand beside the secret of a rule of this identity: settings and tables are delimited by words.
    pub fn neighbours_for(&self, identity: Identity) -> Neighbours {
        match identity {
            Identity::Setting | Identity::Dataset => Neighbours::of_words(),
            Identity::Random | Identity::Guessable => self.neighbours,
        }
    }

    /// Whether the secret itself has a provider's shape.
    pub fn is_distinctive(&self, identity: Identity) -> bool {
        self.in_secret && identity == Identity::Random
    }
}

/// What is wrong with a pattern, in words for the author of the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The words.
    pub message: String,
    /// Where in the pattern, in bytes; `None`: it is about the whole.
    pub at: Option<usize>,
}

impl From<String> for PatternError {
    fn from(message: String) -> Self {
        Self { message, at: None }
    }
}

impl From<&str> for PatternError {
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

impl From<PatternError> for String {
    fn from(error: PatternError) -> Self {
        error.to_string()
    }
}

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.at {
            Some(at) => write!(f, "{} (byte {} of the pattern)", self.message, at + 1),
            None => f.write_str(&self.message),
        }
    }
}

/// A pattern as the engine reads it: bytes, no Unicode.
pub(super) fn parsed(pattern: &str) -> Result<Hir, PatternError> {
    let parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
    parser.map_err(|e| {
        let (why, at) = match &e {
            regex_syntax::Error::Parse(e) => (e.kind().to_string(), Some(e.span().start.offset)),
            regex_syntax::Error::Translate(e) => (e.kind().to_string(), Some(e.span().start.offset)),
            other => (other.to_string(), None),
        };
        PatternError { message: format!("the pattern does not parse: {why}"), at }
    })
}

/// Parses `pattern` as the engine will (bytes, no Unicode) and derives its anchors and reach. What is a file of its own
/// is found by that, and has no anchors.
///
/// # Errors
/// What is wrong with the pattern.
pub fn derive(pattern: &str, parser: Option<Parser>) -> Result<Derived, PatternError> {
    let hir = parsed(pattern)?;
    if !hir.properties().look_set().is_empty() {
        return Err(
            "the pattern uses ^, $ or \\b; leave them out, the boundary follows from the alphabet of the secret".into(),
        );
    }
    let Some(max_len) = hir.properties().maximum_len() else {
        return Err("the pattern has an unbounded repeat (* or + or {n,}); write an upper bound".into());
    };
    if max_len > MAX_MATCH {
        return Err(format!("a match can be {max_len} bytes long; at most {MAX_MATCH}").into());
    }
    if hir.properties().minimum_len() == Some(0) {
        return Err("the pattern matches the empty string".into());
    }
    let Some(secret) = secret_of(&hir) else {
        return Err("the pattern has no group (?<secret>...)".into());
    };
    let mut best = None;
    walk(&hir, Place { offset: 0, in_secret: false, next: ANY }, &mut best);
    let choice: Choice = match best {
        _ if parser == Some(Parser::File) => Choice { follow: ANY, ..Choice::default() },
        Some(choice) => choice,
        None => {
            let why = format!(
                "the pattern has no usable anchor: every match must contain one of at most {MAX_LITERALS} \
                 literals of {MIN_ANCHOR} bytes or more, at most {MAX_BEFORE} bytes after its start"
            );
            return Err(why.into());
        }
    };
    Ok(Derived {
        public_prefix: public_prefix(secret),
        neighbours: Neighbours::from_pattern(&hir, secret),
        outline: outline(&hir),
        run: run(&hir),
        literals: choice.literals,
        follow: choice.follow,
        before: choice.before,
        max_len,
        in_secret: choice.in_secret,
    })
}

fn secret_of(hir: &Hir) -> Option<&Hir> {
    match hir.kind() {
        HirKind::Capture(c) if c.name.as_deref() == Some("secret") => Some(&c.sub),
        HirKind::Capture(c) => secret_of(&c.sub),
        HirKind::Repetition(r) => secret_of(&r.sub),
        HirKind::Concat(subs) | HirKind::Alternation(subs) => subs.iter().find_map(secret_of),
        _ => None,
    }
}

/// Length of the literal that a secret's pattern starts with, in bytes.
fn public_prefix(secret: &Hir) -> usize {
    match secret.kind() {
        HirKind::Literal(l) => l.0.len(),
        HirKind::Capture(c) => public_prefix(&c.sub),
        HirKind::Alternation(subs) => subs.iter().map(public_prefix).min().unwrap_or(0),
        HirKind::Concat(subs) => {
            let mut n = 0;
            for sub in subs {
                // A choice between a few prefixes (`xox[bp]-`) is public as well; a class of digits is not, though all
                // of them fold alike.
                match exact(sub) {
                    Some(set) if set.len() <= 8 && set.iter().all(|l| !l.exact.contains(&0)) => {
                        n += set.iter().map(|l| l.exact.len()).min().unwrap_or(0);
                    }
                    _ => break,
                }
            }
            n
        }
        _ => 0,
    }
}

#[derive(Default)]
struct Choice {
    literals: Vec<Literal>,
    follow: Set,
    before: usize,
    in_secret: bool,
    score: f64,
}

impl Choice {
    fn worth(&self) -> f64 {
        self.score + if self.in_secret { IN_SECRET } else { 0.0 }
    }
}

/// Where a part of a pattern is.
#[derive(Clone, Copy)]
struct Place {
    /// Most bytes from the start of the match to it.
    offset: usize,
    in_secret: bool,
    /// What can be the byte after it.
    next: Set,
}

/// Offers the best literals of `hir`.
fn walk(hir: &Hir, place: Place, best: &mut Option<Choice>) {
    // What holds the secret is opened, or it would not be known whether the anchor lies in it.
    if let Some(set) = exact(hir).filter(|_| secret_of(hir).is_none()) {
        offer(set, place, best);
        return;
    }
    match hir.kind() {
        HirKind::Capture(c) => {
            let in_secret = place.in_secret || c.name.as_deref() == Some("secret");
            walk(&c.sub, Place { in_secret, ..place }, best);
        }
        HirKind::Repetition(r) if r.min > 0 => {
            walk(&r.sub, Place { next: union(first(&r.sub, place.next), place.next), ..place }, best);
        }
        HirKind::Alternation(subs) => {
            // Every branch must bring its own literals.
            let mut all = Vec::new();
            let (mut before, mut inside, mut follow) = (0, true, [0; 4]);
            for sub in subs {
                let mut one = None;
                walk(sub, place, &mut one);
                let Some(one) = one else { return };
                before = before.max(one.before);
                inside &= one.in_secret;
                follow = union(follow, one.follow);
                all.extend(one.literals);
            }
            all.sort();
            all.dedup();
            let score = score(&all);
            keep_better(Choice { literals: all, follow, before, in_secret: inside, score }, best);
        }
        HirKind::Concat(subs) => walk_concat(subs, place, best),
        _ => {}
    }
}

fn walk_concat(subs: &[Hir], Place { offset, in_secret, next }: Place, best: &mut Option<Choice>) {
    // `run` is the product of neighbouring pieces whose strings are few; `start` is its largest offset.
    let mut run: Vec<Literal> = nothing();
    let (mut start, mut at, mut run_in_secret) = (offset, offset, in_secret);
    let pieces = flatten(subs);
    for (n, piece) in pieces.iter().enumerate() {
        let (hir, inside) = (piece.0, in_secret || piece.1);
        // What can come after this piece, and instead of it.
        let next = pieces[n + 1..].iter().rev().fold(next, |next, piece| first(piece.0, next));
        let place = Place { offset: at, in_secret: inside, next };
        let whole = exact(hir);
        let head = whole.clone().or_else(|| least(hir));
        let product = head.as_ref().and_then(|set| product(&run, set));
        match (&whole, product) {
            (Some(_), Some(p)) => {
                run_in_secret |= inside;
                run = p;
            }
            (None, Some(p)) => {
                // The piece goes on after its least part: the run may end there, and may not continue.
                let next = union(next, first(hir, next));
                offer(p, Place { offset: start, in_secret: run_in_secret || inside, next }, best);
                walk(hir, place, best);
                run = tail(hir);
                start = at + max_len(hir) - run.first().map_or(0, |l| l.folded.len());
                run_in_secret = inside;
                at += max_len(hir);
                continue;
            }
            (_, None) => {
                let before = Place { offset: start, in_secret: run_in_secret, next: first(hir, next) };
                offer(std::mem::take(&mut run), before, best);
                walk(hir, place, best);
                run = whole.unwrap_or_else(|| tail(hir));
                start = at + max_len(hir) - run.iter().map(|l| l.folded.len()).min().unwrap_or(0);
                run_in_secret = inside;
                at += max_len(hir);
                continue;
            }
        }
        at += max_len(hir);
    }
    offer(run, Place { offset: start, in_secret: run_in_secret, next }, best);
}

/// The pieces of a concatenation with captures opened, each with whether it lies in the secret.
fn flatten(subs: &[Hir]) -> Vec<(&Hir, bool)> {
    let mut out = Vec::new();
    for sub in subs {
        match sub.kind() {
            HirKind::Capture(c) => {
                let secret = c.name.as_deref() == Some("secret");
                match c.sub.kind() {
                    HirKind::Concat(inner) => out.extend(flatten(inner).into_iter().map(|(h, s)| (h, s || secret))),
                    _ => out.push((&c.sub, secret)),
                }
            }
            _ => out.push((sub, false)),
        }
    }
    out
}

fn max_len(hir: &Hir) -> usize {
    hir.properties().maximum_len().unwrap_or(MAX_MATCH)
}

fn offer(mut set: Vec<Literal>, place: Place, best: &mut Option<Choice>) {
    let (mut later, mut follow) = (0, [0; 4]);
    for literal in &mut set {
        // Of a long literal the rarest part; its place counts for how far the match may begin before it.
        let starts = 0..=literal.folded.len().saturating_sub(MAX_ANCHOR);
        let part = |n: usize| n..literal.folded.len().min(n + MAX_ANCHOR);
        let rarest = starts.max_by(|a, b| {
            let rarity = |n: usize| rarity(&literal.folded[part(n)]);
            // The earliest of equals.
            rarity(*a).total_cmp(&rarity(*b)).then(b.cmp(a))
        });
        let start = rarest.unwrap_or(0);
        later = later.max(start);
        let range = part(start);
        follow = union(follow, follow::within(literal, range.end, place.next));
        literal.folded = literal.folded[range.clone()].to_vec();
        literal.exact = literal.exact[range].to_vec();
    }
    merge(&mut set);
    let (score, before) = (score(&set), place.offset + later);
    keep_better(Choice { literals: set, follow, before, in_secret: place.in_secret, score }, best);
}

/// What an anchor is worth that tells the secret by itself, in bits: it is looked for where nothing is said of the secret.
const IN_SECRET: f64 = 1.0;
/// How much rarer a later anchor has to be than the first one, in bits: a match is then found from its start.
const RARER: f64 = 0.25;

fn keep_better(choice: Choice, best: &mut Option<Choice>) {
    let usable = !choice.literals.is_empty()
        && choice.literals.len() <= MAX_LITERALS
        && choice.before <= MAX_BEFORE
        && choice.literals.iter().all(|l| l.folded.len() >= MIN_ANCHOR);
    if usable && best.as_ref().is_none_or(|b| choice.worth() > b.worth() + RARER) {
        *best = Some(choice);
    }
}

/// Checks a pattern that has no anchor of its own (the other half of a pair).
///
/// # Errors
/// What is wrong with it.
pub fn compile_only(pattern: &str) -> Result<(), PatternError> {
    let hir = parsed(pattern)?;
    if hir.properties().maximum_len().is_none() {
        return Err("the pattern has an unbounded repeat".into());
    }
    if secret_of(&hir).is_none() {
        return Err("the pattern has no group (?<secret>...)".into());
    }
    Ok(())
}
