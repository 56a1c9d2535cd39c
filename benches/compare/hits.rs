//! The rules whose anchors are in the text most often, each time for a walk of the pattern.
//!
//! In: files under a folder. Out: a row for each of the [`ROWS`] rules with the most anchors a megabyte, with the anchor that
//! most of them are. A rule that is new here is one whose pattern needs a rarer literal.

use crate::engine;
use leaktight::detect::Detector;
use leaktight::rule::{RuleId, RuleSet};
use std::collections::BTreeMap;
use std::path::Path;

/// Rules that are listed.
const ROWS: usize = 20;

/// Counts the anchors of all rules.
pub(crate) fn run(rules: &RuleSet, root: &Path) {
    let detector = Detector::new(rules, 1_800_000_000);
    let mut counts: BTreeMap<RuleId, BTreeMap<Vec<u8>, usize>> = BTreeMap::new();
    let (mut bytes, mut encoded, mut all) = (0, 0, 0);
    let mut hits = Vec::new();
    for text in engine::files(root) {
        bytes += text.len();
        hits.clear();
        detector.hits(&text, 0..text.len(), &mut hits);
        all += hits.len();
        for hit in &hits {
            let Some(rule) = hit.rule() else {
                encoded += 1;
                continue;
            };
            let anchor = text[hit.at..hit.end()].to_ascii_lowercase();
            *counts.entry(rule).or_default().entry(anchor).or_default() += 1;
        }
    }
    let megabytes = bytes as f64 / 1e6;
    let each = |n: usize| n as f64 / megabytes;
    println!("{megabytes:.1} MB, {all} anchors, {:.0} a MB; {:.0} of them encoded forms\n", each(all), each(encoded));
    println!("{:<36} {:>8} {:>7}  most of them", "rule", "a MB", "% of all");
    let mut rows: Vec<_> = counts.iter().map(|(rule, of)| (of.values().sum::<usize>(), rule, of)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));
    for (count, rule, of) in rows.into_iter().take(ROWS) {
        let most = of.iter().max_by_key(|(_, n)| **n).map(|(anchor, n)| format!("{} ({n})", anchor.escape_ascii()));
        let share = 100.0 * count as f64 / all as f64;
        println!("{:<36} {:>8.1} {share:>7.1}  {}", rules.rule(*rule).id, each(count), most.unwrap_or_default());
    }
}
