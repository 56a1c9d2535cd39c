//! Instructions for each fresh byte, which a busy machine does not change: the engine must not get slower unnoticed.
//!
//! In: a small generated repository and `valgrind --tool=callgrind`. Out: instructions of `leaktight history` with one
//! thread, less those over a repository with nothing in it, for each byte that is fresh; MISS beyond what was recorded.

use super::oracle::{NOW, look};
use super::repository::{Shape, done, generate, git};
use crate::process::{counted, installed};
use crate::{LEAKTIGHT, aim};
use anyhow::Result;
use leaktight::detect::Detector;
use leaktight::rule::RuleSet;
use std::ffi::OsStr;
use std::path::Path;

/// What was measured when it was last changed on purpose; with `SHAPE`, on x86-64 with AVX2. It
/// falls when the engine gets better: record it anew then.
const RECORDED: f64 = 323.4;
/// Compilers and rules move it by less.
const TOLERANCE: f64 = 1.10;
const SHAPE: Shape = Shape { files: 200, versions: 8, changed: 2, repacked: false };

/// Prints instructions for each fresh byte.
///
/// # Errors
/// When git or valgrind fails.
pub(crate) fn measure(rules: &RuleSet, folder: &Path) -> Result<()> {
    if !installed("valgrind") {
        println!("\ninstructions: valgrind is not installed");
        return Ok(());
    }
    eprintln!("counting instructions");
    let (repo, empty) = (folder.join("guard"), folder.join("empty"));
    generate(rules, &repo, &SHAPE)?;
    std::fs::create_dir_all(&empty)?;
    let mut init = git(&empty);
    init.args(["init", "-q", "--bare", "-b", "main", "."]);
    done(init)?;
    let looked = look(&Detector::new(rules, NOW), &repo)?;
    let (start, all) = (instructions(&empty)?, instructions(&repo)?);
    let each = all.saturating_sub(start) as f64 / looked.fresh as f64;
    println!(
        "\ninstructions: {:.1} million for {:.2} MB that are fresh of {:.1} MB, {:.1} million to start: {each:.1} a fresh byte",
        all as f64 / 1e6,
        looked.fresh as f64 / 1e6,
        looked.bytes as f64 / 1e6,
        start as f64 / 1e6
    );
    aim("times the instructions for a fresh byte that were recorded", each / RECORDED, TOLERANCE, true);
    Ok(())
}

/// What one run takes.
fn instructions(repo: &Path) -> Result<u64> {
    let report = tempfile::NamedTempFile::new()?;
    let options = ["-j", "1", "--no-config", "--no-progress", "--now", "1800000000", "--format", "json", "-q", "-o"];
    let line = [LEAKTIGHT, "history"].map(OsStr::new).into_iter().chain([repo.as_os_str()]);
    counted(line.chain(options.map(OsStr::new)).chain([report.path().as_os_str()]))
}
