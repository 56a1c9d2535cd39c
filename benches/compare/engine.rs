//! The detector alone, on text in memory and on one thread: its speed, and what the prefilter saves.
//!
//! In: files of the corpus. Out: megabytes a second with the prefilter; on a smaller piece also for a search of every
//! pattern over everything, and whether both find the same.

use leaktight::blob::Fresh;
use leaktight::detect::{self, Detector, Input};
use leaktight::rule::{RuleId, RuleSet};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

/// Most text that is held in memory.
const HELD: usize = 64 << 20;
/// Text for the search without prefilter: every rule reads all of it.
const PIECE: usize = 1 << 20;

/// Rule and place of a match.
type Matches = BTreeSet<(RuleId, usize, usize)>;

/// What was measured; speeds in MB (10^6 bytes) a second.
pub(crate) struct Measured {
    pub(crate) bytes: usize,
    pub(crate) speed: f64,
    pub(crate) candidates: usize,
    pub(crate) piece: usize,
    pub(crate) with: f64,
    pub(crate) without: f64,
    pub(crate) matches: usize,
    /// Matches that only one of the two has.
    pub(crate) only_with: usize,
    pub(crate) only_without: usize,
}

/// Measures with the files under `root`.
pub(crate) fn measure(rules: &RuleSet, root: &Path) -> Measured {
    let files = files(root);
    let detector = Detector::new(rules, 1_800_000_000);
    let bytes = files.iter().map(Vec::len).sum();
    let all = || files.iter().map(|text| detector.candidates(&Input::all(text)).candidates.len()).sum();
    let _: usize = all(); // patterns are compiled at their first use
    let (candidates, time) = timed(all);

    let mut piece: Vec<u8> = Vec::new();
    for text in files.iter().filter(|text| !text.contains(&0) && text.len() < 50_000) {
        if piece.len() < PIECE {
            piece.extend(text);
        }
    }
    let _ = exhaustive(rules, &piece[..piece.len().min(1 << 14)]);
    let found = || detector.matches(&piece).into_iter().map(|(id, m)| (id, m.secret.start, m.secret.end)).collect();
    let _: Matches = found();
    let (found, with): (Matches, f64) = timed(found);
    let (wanted, without) = timed(|| exhaustive(rules, &piece));
    let mega = |bytes: usize, seconds: f64| bytes as f64 / 1e6 / seconds;
    Measured {
        bytes,
        speed: mega(bytes, time),
        candidates,
        piece: piece.len(),
        with: mega(piece.len(), with),
        without: mega(piece.len(), without),
        matches: found.len(),
        only_with: unmatched(&found, &wanted),
        only_without: unmatched(&wanted, &found),
    }
}

/// What [`verify`] counted.
#[derive(Default)]
pub(crate) struct Verified {
    pub(crate) files: usize,
    pub(crate) bytes: usize,
    pub(crate) exhaustive: usize,
    /// Of these, how many overlap no match of the engine.
    pub(crate) lacking: usize,
    pub(crate) pieces: usize,
    pub(crate) fresh: usize,
    /// Files whose fresh pieces together do not give what the whole gives.
    pub(crate) differing: usize,
}

/// Holds the engine against every pattern over every file under `root` (law 2), and the candidates of fresh pieces
/// against those of the whole (law 3): each must be there for exactly the pieces that it depends on.
pub(crate) fn verify(rules: &RuleSet, root: &Path) -> Verified {
    let detector = Detector::new(rules, 1_800_000_000);
    let mut v = Verified::default();
    for text in files(root) {
        v.files += 1;
        v.bytes += text.len();
        let wanted = exhaustive(rules, &text);
        let found: Matches =
            detector.matches(&text).into_iter().map(|(id, m)| (id, m.secret.start, m.secret.end)).collect();
        v.exhaustive += wanted.len();
        v.lacking += unmatched(&wanted, &found);
        let all = detector.candidates(&Input::all(&text)).candidates;
        let facts = |c: &detect::Candidate| format!("{} {:?} {:?} {:?}", c.rule, c.whole, c.secret, c.evidence);
        // Pieces whose ends fall anywhere, each alone fresh.
        let step = (text.len() / 5).max(997);
        for start in (0..text.len()).step_by(step).filter(|_| !all.is_empty()) {
            let range = start..text.len().min(start + step / 3);
            let fresh = Fresh::Ranges(std::slice::from_ref(&range));
            let input = Input { fresh, ..Input::all(&text) };
            let got: Vec<String> = detector.candidates(&input).candidates.iter().map(facts).collect();
            let want: Vec<String> = all.iter().filter(|c| fresh.touches(c.depends.clone())).map(facts).collect();
            v.pieces += 1;
            v.fresh += want.len();
            v.differing += usize::from(got != want);
        }
    }
    v
}

fn timed<T>(what: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let result = what();
    (result, start.elapsed().as_secs_f64())
}

/// What is in the files under `root`, until it is [`HELD`] bytes.
pub(crate) fn files(root: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = ignore::WalkBuilder::new(root)
        .hidden(false)
        .build()
        .flatten()
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(ignore::DirEntry::into_path)
        .collect();
    paths.sort();
    let mut held = 0;
    let read = paths.iter().filter(|path| !path.components().any(|part| part.as_os_str() == ".git"));
    read.filter_map(|path| std::fs::read(path).ok())
        .take_while(|text| {
            held += text.len();
            held < HELD
        })
        .collect()
}

/// Every rule's pattern over all of the text, without looking for anchors; overlapping matches included. A rule that has none is
/// about files that are one value, not about text.
fn exhaustive(rules: &RuleSet, text: &[u8]) -> Matches {
    let mut all = Matches::new();
    for (id, rule) in rules.iter().filter(|(_, rule)| !rule.anchors.is_empty()) {
        let Some(regex) = rules.regex(id) else { continue };
        let mut from = 0;
        // A capture search costs more than a plain one; so it runs only where there is something.
        while let Some(m) = regex.find_at(text, from) {
            let secret = regex.captures_at(text, m.start()).and_then(|c| c.name("secret").map(|s| s.range()));
            if let Some(secret) = secret.filter(|secret| detect::accepts(rule, text, secret)) {
                all.insert((id, secret.start, secret.end));
            }
            from = m.start() + 1;
        }
    }
    all
}

/// How many of `these` overlap none of `those` of the same rule. The engine takes one match an anchor and this search one
/// a start, so extents differ inside one secret; `tests/it/oracle.rs` holds them against each other exactly.
fn unmatched(these: &Matches, those: &Matches) -> usize {
    let overlaps = |(id, start, end): &(RuleId, usize, usize)| {
        let reach = 1 << 14;
        let near = those.range((*id, start.saturating_sub(reach), 0)..(*id, *end, 0));
        near.into_iter().any(|(_, _, e)| e > start)
    };
    these.iter().filter(|m| !overlaps(m)).count()
}
