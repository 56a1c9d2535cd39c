//! Our prefilter against the automata of aho-corasick, for the same anchors and encoded forms in the same text.
//!
//! In: files under a folder. Out: a row for each way to look for them, with its time as a ratio of ours. An automaton gets the
//! text as ours does, folded (letters small, digits 0), which it needs for digits of any value; that is part of its time, and
//! what must then be compared with the exact bytes is not. It finds anchors inside others as well (`Standard`, overlapping).

use crate::engine;
use aho_corasick::packed::{self, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use anyhow::Result;
use leaktight::detect::Detector;
use leaktight::rule::RuleSet;
use leaktight::rule::anchor;
use leaktight::rule::literals::fold;
use leaktight::text::forms::{FORM_LITERAL, encoded_forms};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

/// Runs of each, in turns.
const RUNS: usize = 5;

/// Something that counts anchors in a text.
type Search<'a> = Box<dyn FnMut(&[u8]) -> usize + 'a>;

/// Times each way over all files.
pub(crate) fn run(rules: &RuleSet, root: &Path) -> Result<()> {
    let files = engine::files(root);
    let literals = literals(rules);
    let detector = Detector::new(rules, 1_800_000_000);
    let (mut hits, mut folded) = (Vec::new(), Vec::new());
    let ours = move |text: &[u8]| {
        hits.clear();
        detector.hits(text, 0..text.len(), &mut hits);
        hits.len()
    };
    let automaton = |kind| AhoCorasick::builder().kind(Some(kind)).build(&literals);
    let [nfa, dfa] = [AhoCorasickKind::ContiguousNFA, AhoCorasickKind::DFA].map(automaton);
    let (nfa, dfa) = (nfa?, dfa?);
    let mut other = folded.clone();
    let mut ways: Vec<(&str, usize, Search<'_>)> = vec![
        ("leaktight", 0, Box::new(ours)),
        ("contiguous NFA", nfa.memory_usage(), Box::new(|text| overlapping(&nfa, text, &mut folded))),
        ("DFA", dfa.memory_usage(), Box::new(|text| overlapping(&dfa, text, &mut other))),
    ];
    let bytes: usize = files.iter().map(Vec::len).sum();
    println!(
        "{:.1} MB, {} anchors and forms, one thread, best of {RUNS} runs in turns\n",
        bytes as f64 / 1e6,
        literals.len()
    );
    let mut best = vec![(Duration::MAX, 0); ways.len()];
    for _ in 0..RUNS {
        for ((_, _, search), best) in ways.iter_mut().zip(&mut best) {
            let started = Instant::now();
            let found = files.iter().map(|text| search(text)).sum();
            *best = (best.0.min(started.elapsed()), found);
        }
    }
    println!("{:<16} {:>8} {:>7} {:>10} {:>8}", "", "MB/s", "times", "found", "MiB");
    for ((name, memory, _), (time, found)) in ways.iter().zip(&best) {
        let (speed, times) = (bytes as f64 / 1e6 / time.as_secs_f64(), time.as_secs_f64() / best[0].0.as_secs_f64());
        println!("{name:<16} {speed:>8.0} {times:>7.2} {found:>10} {:>8.1}", *memory as f64 / f64::from(1 << 20));
    }
    match packed(&literals) {
        Some(_) => println!("packed (Teddy): takes all of them; race it here"),
        None => println!("packed (Teddy): takes fewer literals than there are"),
    }
    Ok(())
}

fn overlapping(automaton: &AhoCorasick, text: &[u8], folded: &mut Vec<u8>) -> usize {
    folded.clear();
    folded.extend(text.iter().map(|byte| fold(*byte)));
    automaton.find_overlapping_iter(folded.as_slice()).count()
}

fn packed(literals: &BTreeSet<Vec<u8>>) -> Option<Searcher> {
    let mut builder = packed::Config::new().builder();
    builder.extend(literals);
    builder.build()
}

/// What our prefilter looks for, folded.
fn literals(rules: &RuleSet) -> BTreeSet<Vec<u8>> {
    let mut all = BTreeSet::new();
    for (_, rule) in rules.iter() {
        for found in rule.anchors.iter() {
            all.insert(found.folded().to_vec());
            let head = if rule.distinctive { anchor::head(found.exact(), FORM_LITERAL) } else { None };
            all.extend(head.iter().flat_map(|head| encoded_forms(head)).map(|form| form.folded(fold)));
        }
    }
    all
}
