//! Whether the time for each fresh byte stays what it is while packs grow.
//!
//! In: generated repositories of one shape and several sizes. Out: time of the engine (no report, no attribution) for each
//! byte that it has to search, and how the largest one's compares with the smallest one's.

use super::oracle::{NOW, look};
use super::repository::{Shape, generate, packed};
use crate::aim;
use anyhow::Result;
use leaktight::detect::Detector;
use leaktight::rule::RuleSet;
use std::path::Path;

/// Files in four versions each: packs of about 10, 50 and 300 MB.
const FILES: [usize; 3] = [2_400, 12_000, 70_000];
/// Times a repository is read, but for the run that warms up.
const LEAST_RUNS: usize = 3;

/// Prints a line for each size.
///
/// # Errors
/// When git fails.
pub(crate) fn measure(rules: &RuleSet, folder: &Path, runs: usize) -> Result<()> {
    let detector = Detector::new(rules, NOW);
    println!(
        "\n{:<12} {:>9} {:>9} {:>9} {:>9} {:>13}",
        "flatness", "pack MB", "fresh MB", "all MB", "min s", "ns/fresh byte"
    );
    let mut each = Vec::new();
    for files in FILES {
        eprintln!("making a repository of {files} files");
        let repo = folder.join(format!("flat{files}"));
        generate(rules, &repo, &Shape { files, versions: 4, changed: 40, repacked: false })?;
        let mut best = look(&detector, &repo)?;
        for _ in 0..runs.min(LEAST_RUNS) {
            let again = look(&detector, &repo)?;
            if again.seconds < best.seconds {
                best = again;
            }
        }
        let nanoseconds = best.seconds * 1e9 / best.fresh as f64;
        println!(
            "{files:<12} {:>9.1} {:>9.1} {:>9.1} {:>9.3} {nanoseconds:>13.2}",
            packed(&repo) as f64 / 1e6,
            best.fresh as f64 / 1e6,
            best.bytes as f64 / 1e6,
            best.seconds
        );
        each.push(nanoseconds);
        std::fs::remove_dir_all(&repo)?;
    }
    if let (Some(first), Some(last)) = (each.first(), each.last()) {
        aim("time for a fresh byte, largest to smallest", last / first, 1.25, true);
    }
    Ok(())
}
